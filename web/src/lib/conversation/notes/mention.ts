/** Who can be mentioned in a note, and where in a text somebody is. */
import type { Member, Mention } from '../../state/model';

/** A name that can stand behind an at sign. */
export interface Candidate {
  id: string;
  name: string;
  mention: Mention;
  /** Beginnings it is found by, in small letters. */
  search: string[];
  /** Words beside the name. */
  note?: string;
  /** Whether they see the conversation anyhow. */
  here: boolean;
  /** Whether others have the same name or first name. */
  shared: boolean;
}

/** Everybody first who sees the inbox, then others, then teams, by id, and the inbox as a whole. */
export function candidates(
  members: readonly Member[],
  teams: ReadonlyMap<string, string>,
  inbox: string,
  words: { everyone: string; team: string },
): Candidate[] {
  const names = [...members.map((m) => m.name), ...teams.values()].flatMap(beginnings);
  const shared = (name: string) => names.filter((n) => n === name.toLowerCase()).length > 1;
  const people = members
    .map((m): Candidate => {
      const here = m.role === 'owner' || m.role === 'admin' || !!m.inbox_ids?.includes(inbox);
      return { id: m.user_id, name: m.name, mention: { user_id: m.user_id }, search: beginnings(m.name), here, shared: shared(m.name) };
    })
    .sort((a, b) => Number(b.here) - Number(a.here) || a.name.localeCompare(b.name));
  const groups = [...teams]
    .map(([id, name]): Candidate => ({ id, name, mention: { team_id: id }, search: beginnings(name), note: words.team, here: true, shared: shared(name) }))
    .sort((a, b) => a.name.localeCompare(b.name));
  return [
    ...people,
    ...groups,
    { id: inbox, name: 'everyone', mention: { inbox_id: inbox }, search: ['everyone'], note: words.everyone, here: true, shared: false },
  ];
}

/** A name and each of its words. */
function beginnings(name: string): string[] {
  const low = name.toLowerCase();
  return [low, ...low.split(/\s+/).slice(1)];
}

/** The name that is being typed at a place of a text: what stands behind the last at sign, if it begins a word and is short. */
export function nameAt(text: string, caret: number): string | undefined {
  const before = text.slice(Math.max(0, caret - 60), caret);
  const sign = before.lastIndexOf('@');
  if (sign < 0 || /[\p{L}\p{N}@._\-/+\\`]/u.test(before[sign - 1] ?? ' ')) return undefined;
  const name = before.slice(sign + 1);
  return /^[\p{L}\p{N}._'-]*( [\p{L}\p{N}._'-]*)?$/u.test(name) ? name : undefined;
}

/** Of those who were picked, whose name others have too and still stands in the text. */
export function chosenOf(picked: readonly Candidate[], text: string): Mention[] {
  const ids = new Set<string>();
  return picked.filter((c) => c.shared && text.includes(`@${c.name}`) && !ids.has(c.id) && ids.add(c.id)).map((c) => c.mention);
}
