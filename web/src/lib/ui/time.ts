import { t as words } from '../i18n/t';

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const date = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const dateYear = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric' });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'short' });

/** ago is a time in a list: 2m, 3h, Yday, 14 Jun. */
export function ago(at: string, now: number): string {
  const t = Date.parse(at);
  const minutes = Math.floor((now - t) / 60_000);
  if (minutes < 1) return words('time.now');
  if (minutes < 60) return words('time.minutes', { n: minutes });
  if (minutes < 24 * 60 && new Date(t).getDate() === new Date(now).getDate()) return words('time.hours', { n: Math.floor(minutes / 60) });
  if (minutes < 48 * 60 && new Date(t).getDate() === new Date(now - 86_400_000).getDate()) return words('time.yday');
  return (new Date(t).getFullYear() === new Date(now).getFullYear() ? date : dateYear).format(t);
}

export const hour = (at: string) => clock.format(Date.parse(at));
export const exact = (at: string) => full.format(Date.parse(at));

/** day is the heading between days. */
export function day(at: string, now: number): string {
  const d = new Date(at).toDateString();
  if (d === new Date(now).toDateString()) return words('time.today');
  if (d === new Date(now - 86_400_000).toDateString()) return words('time.yesterday');
  return dateYear.format(Date.parse(at));
}

/** tint picks a person's colour by their id, the same everywhere. */
export function tint(id: string): number {
  let h = 0;
  for (const c of id) h = (h * 31 + c.charCodeAt(0)) >>> 0;
  return (h % 8) + 1;
}

/** initials of a name: two letters at most. */
export function initials(name: string): string {
  const words = name
    .replace(/[^\p{L}\p{N} ]/gu, ' ')
    .split(' ')
    .filter(Boolean);
  return ((words[0]?.[0] ?? '?') + (words.length > 1 ? (words.at(-1)?.[0] ?? '') : '')).toUpperCase();
}

/** A number of bytes as people read it. */
export function size(n: number): string {
  if (n < 1024) return words('size.bytes', { n });
  return n < 1 << 20 ? words('size.kilo', { n: Math.round(n / 1024) }) : words('size.mega', { n: (n / (1 << 20)).toFixed(1) });
}

/** A count as it is shown; the server counts to 1000. */
export const capped = (n: number | undefined) => (n === undefined ? '' : n >= 1000 ? '1000+' : String(n));
