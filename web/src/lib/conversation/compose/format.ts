/** Markdown around what is selected, as one change of a text. */

/** What can be done to a selection. */
export const formats = ['bold', 'italic', 'code', 'link', 'bullets', 'numbers', 'quote'] as const;
export type Format = (typeof formats)[number];

/** A change: text goes where from to to is, and what is between start and end is selected then. */
export interface Change {
  from: number;
  to: number;
  text: string;
  start: number;
  end: number;
}

const marks: Partial<Record<Format, string>> = { bold: '**', italic: '_', code: '`' };
const begins: Partial<Record<Format, (n: number) => string>> = { bullets: () => '- ', numbers: (n) => `${n + 1}. `, quote: () => '> ' };
const begun: Partial<Record<Format, RegExp>> = { bullets: /^- /, numbers: /^\d+\. /, quote: /^> ?/ };

/** Formats what is selected between two places, or takes the format off again. */
export function format(text: string, from: number, to: number, how: Format): Change {
  const mark = marks[how];
  if (mark) return around(text, from, to, mark);
  return how === 'link' ? link(text, from, to) : lines(text, from, to, how);
}

function around(text: string, from: number, to: number, mark: string): Change {
  // Spaces at the ends stay outside: a mark beside a space is none.
  while (from < to && /\s/.test(text[from] ?? '')) from++;
  while (to > from && /\s/.test(text[to - 1] ?? '')) to--;
  const n = mark.length;
  const inside = text.slice(from, to);
  if (inside.length >= 2 * n && inside.startsWith(mark) && inside.endsWith(mark)) {
    const bare = inside.slice(n, -n);
    return { from, to, text: bare, start: from, end: from + bare.length };
  }
  if (text.slice(from - n, from) === mark && text.slice(to, to + n) === mark)
    return { from: from - n, to: to + n, text: inside, start: from - n, end: from - n + inside.length };
  return { from, to, text: mark + inside + mark, start: from + n, end: to + n };
}

function link(text: string, from: number, to: number): Change {
  const inside = text.slice(from, to);
  const address = /^https?:\/\/\S+$/.test(inside);
  const made = address ? `[](${inside})` : `[${inside}](https://)`;
  // What is still to be written is selected: the words, or the address.
  const start = address || !inside ? from + 1 : from + inside.length + 3;
  return { from, to, text: made, start, end: address || !inside ? start : start + 'https://'.length };
}

function lines(text: string, from: number, to: number, how: Format): Change {
  const first = text.lastIndexOf('\n', from - 1) + 1;
  const next = text.indexOf('\n', Math.max(from, to));
  const last = next < 0 ? text.length : next;
  const all = text.slice(first, last).split('\n');
  const is = begun[how] ?? /^/;
  const off = all.every((l) => is.test(l));
  const made = all.map((l, i) => (off ? l.replace(is, '') : (begins[how]?.(i) ?? '') + l.replace(/^(- |\d+\. |> ?)/, ''))).join('\n');
  const end = first + made.length;
  return { from: first, to: last, text: made, start: from === to ? end : first, end };
}
