/**
 * What the team writes, without the marks of Markdown: shown until the server has said
 * how it looks. It need not be exact, only never leave out a word (as desk/previewmarks.go).
 */
const inline: readonly [RegExp, string][] = [
  [/!\[([^\]\n]*)\]\(att_[0-9a-z]{13}\)/g, '$1'],
  [/\[([^\]\n]+)\]\([^()\s]+\)/g, '$1'],
  [/\*\*([^\s*](?:[^*\n]*[^\s*])?)\*\*/g, '$1'],
  [/\b__([^\s_](?:[^_\n]*[^\s_])?)__\b/g, '$1'],
  [/~~([^\s~](?:[^~\n]*[^\s~])?)~~/g, '$1'],
  [/(^|[\s(])\*([^\s*](?:[^*\n]*[^\s*])?)\*/g, '$1$2'],
  [/\b_([^\s_](?:[^_\n]*[^\s_])?)_\b/g, '$1'],
  [/`+([^`\n]+)`+/g, '$1'],
];

/** The text of a message: its lists and quotes stay lines with their signs. */
export const withoutMarks = (text: string) => inline.reduce((s, [mark, words]) => s.replace(mark, words), text);

/** The one line of a list. */
export const previewLine = (text: string) =>
  withoutMarks(text.replace(/^ {0,3}(?:#{1,6} +|> ?|[-*+] +)+/gm, ''))
    .replace(/\s+/g, ' ')
    .trim();
