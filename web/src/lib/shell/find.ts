/** Finding a command by some of its letters. */

const plain = (s: string): string => s.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/** How well text fits query; 0 when a word of the query is not in it. Beginnings of words count more, and so do first letters: "atm" is "Assign to me". */
export function rank(text: string, query: string): number {
  const hay = plain(text);
  const initials = (hay.match(/(?<![\p{L}\p{N}])[\p{L}\p{N}]/gu) ?? []).join('');
  let score = 0;
  for (const word of plain(query).split(/\s+/).filter(Boolean)) {
    if (word.length > 1 && initials.startsWith(word)) {
      score += 3;
      continue;
    }
    const at = hay.indexOf(word);
    if (at < 0) return 0;
    const starts = at === 0 ? 3 : /[^\p{L}\p{N}]/u.test(hay[at - 1] ?? '') ? 2 : 1;
    score += starts;
  }
  return score;
}

/** Splits text into what the query hit and what it did not. */
export function marked(text: string, query: string): { text: string; hit: boolean }[] {
  const q = query.trim().toLowerCase();
  const at = q ? text.toLowerCase().indexOf(q) : -1;
  if (at < 0) return [{ text, hit: false }];
  return [
    { text: text.slice(0, at), hit: false },
    { text: text.slice(at, at + q.length), hit: true },
    { text: text.slice(at + q.length), hit: false },
  ].filter((p) => p.text !== '');
}
