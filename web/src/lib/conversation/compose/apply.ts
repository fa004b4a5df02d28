/** Changes the text of an area as one step that Ctrl+Z takes back. */
import { format, type Format } from './format';

/** Puts text in the place of what is between two places. */
export function replace(area: HTMLTextAreaElement, from: number, to: number, text: string): void {
  area.focus();
  area.setSelectionRange(from, to);
  document.execCommand(text === '' ? 'delete' : 'insertText', false, text);
}

/** Formats what is selected in an area. */
export function formatIn(area: HTMLTextAreaElement, how: Format): void {
  const c = format(area.value, area.selectionStart, area.selectionEnd, how);
  replace(area, c.from, c.to, c.text);
  area.setSelectionRange(c.start, c.end);
}
