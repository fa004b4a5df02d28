/** Sets of ids that are never changed, so that a screen sees when another one takes their place. */
export type Ids = ReadonlySet<string>;

export const none: Ids = new Set();

/** The set with an id, or without it if it was there. */
export function toggled(ids: Ids, id: string): Ids {
  const out = new Set(ids);
  if (!out.delete(id)) out.add(id);
  return out;
}

export function added(ids: Ids, more: readonly string[]): Ids {
  return new Set([...ids, ...more]);
}

export function removed(ids: Ids, less: readonly string[]): Ids {
  const out = new Set(ids);
  for (const id of less) out.delete(id);
  return out;
}

/** What of the set is in a list. */
export function within(ids: Ids, list: readonly string[]): Ids {
  const there = new Set(list);
  return new Set([...ids].filter((id) => there.has(id)));
}
