/**
 * Pictures within the text of a mail: in the Markdown an image whose target is the id
 * of one of its files, like ![the key](att_01h2…), as desk/picture.go reads it.
 */
import type { Attachment } from '../../state/model';
import { replace } from './apply';

/** Whether every mail program shows a file in place. */
export const mayStand = (f: Pick<Attachment, 'size' | 'content_type'>): boolean => f.size > 0 && /^image\/(png|jpeg|gif|webp)$/.test(f.content_type);

const target = (f: Pick<Attachment, 'id'>): string => `](${f.id})`;

/** Whether a text shows a file. */
export const stands = (text: string, f: Pick<Attachment, 'id'>): boolean => text.includes(target(f));

/** A text with a picture at a place; its words are the name of the file until somebody writes others. */
export function withPicture(text: string, at: number, f: Pick<Attachment, 'id' | 'name'>): { from: number; to: number; text: string } {
  const words = f.name.replace(/[[\]\\\s]+/g, ' ').trim();
  const before = text.slice(0, at);
  const gap = before === '' || /\s$/.test(before) ? '' : ' ';
  return { from: at, to: at, text: `${gap}![${words}${target(f)}` };
}

/** Where a text shows a file, with the line that has nothing else. */
export function placeOf(text: string, f: Pick<Attachment, 'id'>): { from: number; to: number } | undefined {
  const end = text.indexOf(target(f));
  const from = text.lastIndexOf('![', end);
  if (end < 0 || from < 0) return undefined;
  const to = end + target(f).length;
  const alone = (from === 0 || text[from - 1] === '\n') && text[to] === '\n';
  return { from, to: alone ? to + 1 : to };
}

/** Where a text is written: the area while it is there, else what it holds. */
export interface Text {
  area: HTMLTextAreaElement | undefined;
  text: string;
  put: (text: string) => void;
}

function change({ area, text, put }: Text, from: number, to: number, by: string) {
  // In the field it is a step that Ctrl+Z takes back; who writes elsewhere meanwhile is not disturbed.
  if (area && document.activeElement === area && area.value === text) replace(area, from, to, by);
  else put(text.slice(0, from) + by + text.slice(to));
}

/** Shows a picture where the caret is, or is again a file only. */
export function toggle(t: Text, f: Attachment): void {
  if (!stands(t.text, f)) {
    const c = withPicture(t.text, Math.min(t.area?.selectionStart ?? t.text.length, t.text.length), f);
    return change(t, c.from, c.to, c.text);
  }
  takeOut(t, f);
}

/** Takes a picture out of a text, wherever it stands there. */
export function takeOut(t: Text, f: Pick<Attachment, 'id'>): void {
  let rest = t.text;
  for (let at = placeOf(rest, f); at; at = placeOf(rest, f)) {
    change({ ...t, text: rest }, at.from, at.to, '');
    rest = rest.slice(0, at.from) + rest.slice(at.to);
  }
}
