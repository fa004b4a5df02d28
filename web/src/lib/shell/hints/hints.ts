/** Short hints for who is new: one at a time, gone when it is known, and never again. */

/** A hint: which command's key it shows, and by which commands somebody shows that they know. */
export interface Hint {
  id: 'keys' | 'palette' | 'quick' | 'undo' | 'views' | 'preferences';
  keys: readonly { command: string; shipped: string }[];
  learned: readonly string[];
  /** Where it is of use. */
  in: 'list' | 'conversation' | 'both';
}

/** In the order in which they are shown. */
export const hints: readonly Hint[] = [
  {
    id: 'keys',
    keys: [
      { command: 'next', shipped: 'j' },
      { command: 'previous', shipped: 'k' },
    ],
    learned: ['next', 'previous'],
    in: 'both',
  },
  { id: 'palette', keys: [{ command: 'palette', shipped: 'mod+k' }], learned: ['palette'], in: 'both' },
  { id: 'quick', keys: [{ command: '', shipped: '/' }], learned: [], in: 'conversation' },
  { id: 'undo', keys: [{ command: 'undo', shipped: 'z' }], learned: ['undo'], in: 'conversation' },
  {
    id: 'views',
    keys: [
      { command: 'filter', shipped: 'f' },
      { command: 'views', shipped: 'v' },
    ],
    learned: ['filter', 'views'],
    in: 'both',
  },
  { id: 'preferences', keys: [{ command: 'settings', shipped: 'g s' }], learned: ['settings', 'settings-preferences'], in: 'list' },
];

/** Who wants none of them. */
export const noMore = 'all';

/** The next hint for somebody who has seen these; shown tells which key works now. */
export function nextHint(seen: readonly string[], open: boolean, shown: (shipped: string, command: string) => string): Hint | undefined {
  if (seen.includes(noMore)) return undefined;
  return hints.find((h) => !seen.includes(h.id) && h.in !== (open ? 'list' : 'conversation') && h.keys.some((k) => shown(k.shipped, k.command)));
}

/** The hints that somebody who ran a command by its key needs no more. */
export const learnedBy = (command: string, seen: readonly string[]): string[] =>
  seen.includes(noMore) ? [] : hints.filter((h) => h.learned.includes(command) && !seen.includes(h.id)).map((h) => h.id);
