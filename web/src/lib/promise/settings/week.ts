/** The periods of a day as people write them: 09:00-12:00, 13:00-17:30. */
import type { components } from '../../api/schema';

export type Period = components['schemas']['Period'];

/** A day's periods as text; "" when it is closed. */
export const writeDay = (periods: readonly Period[] | null | undefined): string => (periods ?? []).map((p) => `${p.from}–${p.to}`).join(', ');

/** The periods of a text, or undefined for one that cannot be read. */
export function readDay(text: string): Period[] | undefined {
  if (text.trim() === '') return [];
  const out: Period[] = [];
  for (const part of text.split(/[,;]/)) {
    const m = /^\s*(\d{1,2})(?:[:.](\d{2}))?\s*(?:-|–|to)\s*(\d{1,2})(?:[:.](\d{2}))?\s*$/.exec(part);
    if (!m) return undefined;
    const clock = (h: string | undefined, min: string | undefined) => `${(h ?? '').padStart(2, '0')}:${min ?? '00'}`;
    out.push({ from: clock(m[1], m[2]), to: clock(m[3], m[4]) });
  }
  return out;
}
