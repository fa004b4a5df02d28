/** Variables and blanks of quick replies; the grammar is that of desk/variable.go. */

/** The names that stand for something; a name without a dot is a blank to fill in. */
export const variables = [
  'contact.name',
  'contact.first_name',
  'contact.email',
  'contact.phone',
  'contact.language',
  'conversation.id',
  'conversation.subject',
  'agent.name',
  'agent.first_name',
  'agent.title',
  'agent.email',
  'inbox.name',
  'workspace.name',
] as const;

/** Something in a text that is still to be filled in. */
export interface Blank {
  name: string;
  start: number;
  end: number;
}

const grammar = /\\?\{\{[ \t]*(\p{L}[\p{L}\p{N}_-]*(?:\.[a-z_]+| [\p{L}\p{N}_ -]*[\p{L}\p{N}])?)[ \t]*(\|[^{}\n]*)?\}\}/gu;

/** What is still to be filled in of a text, in its order; a backslash before braces leaves them as they are. */
export function blanksIn(text: string): Blank[] {
  if (!text.includes('{{')) return [];
  return [...text.matchAll(grammar)].filter((m) => !m[0].startsWith('\\')).map((m) => ({ name: m[1] ?? '', start: m.index, end: m.index + m[0].length }));
}

/** The next blank from a place on, around the end. */
export function nextBlank(text: string, from: number): Blank | undefined {
  const all = blanksIn(text);
  return all.find((b) => b.start >= from) ?? all[0];
}

/** The shortcut being typed before the caret, with its slash. */
export const shortcutAt = (text: string, caret: number): string | undefined => /(?:^|\s)(\/[\p{L}\p{N}._-]*)$/u.exec(text.slice(0, caret))?.[1];

/** Parts of a text, for showing what is missing apart. */
export function parts(text: string): { text: string; missing: boolean }[] {
  const out: { text: string; missing: boolean }[] = [];
  let at = 0;
  for (const b of blanksIn(text)) {
    if (b.start > at) out.push({ text: text.slice(at, b.start), missing: false });
    out.push({ text: b.name, missing: true });
    at = b.end;
  }
  if (at < text.length) out.push({ text: text.slice(at), missing: false });
  return out;
}
