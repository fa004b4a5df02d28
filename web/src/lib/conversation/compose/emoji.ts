/** Emoji by their names. */
import { data } from './emojidata';

/** One emoji, its name between colons, and other words people look for. */
export interface Emoji {
  char: string;
  name: string;
  words: readonly string[];
}

/** All of them, in the order of the picker. */
export const emoji: readonly Emoji[] = data
  .trim()
  .split('\n')
  .map((line) => {
    const [char = '', name = '', ...words] = line.split(' ');
    return { char, name, words };
  });

const byName = new Map(emoji.flatMap((e) => [e.name, ...e.words.filter((x) => /^[+-]\d$/.test(x))].map((n) => [n, e] as const)));

/** The emoji of a name, without its colons. */
export const emojiNamed = (name: string): Emoji | undefined => byName.get(name);

/** Those whose name or other words begin with what was typed, then those that hold it. */
export function findEmoji(query: string, most = Infinity): Emoji[] {
  const q = query.trim().toLowerCase().replace(/ /g, '_');
  if (!q) return emoji.slice(0, most);
  const rank = (e: Emoji) =>
    e.name === q ? 0 : e.name.startsWith(q) ? 1 : e.words.some((x) => x.startsWith(q)) || e.name.includes(`_${q}`) ? 2 : e.name.includes(q) ? 3 : 4;
  return emoji
    .map((e) => [rank(e), e] as const)
    .filter(([r]) => r < 4)
    .sort(([a], [b]) => a - b)
    .slice(0, most)
    .map(([, e]) => e);
}
