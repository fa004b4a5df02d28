const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const date = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const dateYear = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric' });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'short' });

/** ago is a time in a list: 2m, 3h, Yday, 14 Jun. */
export function ago(at: string, now: number): string {
  const t = Date.parse(at);
  const minutes = Math.floor((now - t) / 60_000);
  if (minutes < 1) return 'now';
  if (minutes < 60) return `${minutes}m`;
  if (minutes < 24 * 60 && new Date(t).getDate() === new Date(now).getDate()) return `${Math.floor(minutes / 60)}h`;
  if (minutes < 48 * 60 && new Date(t).getDate() === new Date(now - 86_400_000).getDate()) return 'Yday';
  return (new Date(t).getFullYear() === new Date(now).getFullYear() ? date : dateYear).format(t);
}

export const hour = (at: string) => clock.format(Date.parse(at));
export const exact = (at: string) => full.format(Date.parse(at));

/** day is the heading between days. */
export function day(at: string, now: number): string {
  const d = new Date(at).toDateString();
  if (d === new Date(now).toDateString()) return 'Today';
  if (d === new Date(now - 86_400_000).toDateString()) return 'Yesterday';
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

export const size = (n: number) => (n < 1024 ? `${n} B` : n < 1 << 20 ? `${Math.round(n / 1024)} kB` : `${(n / (1 << 20)).toFixed(1)} MB`);
export const capped = (n: number | undefined) => (n === undefined ? '' : n >= 1000 ? '1000+' : String(n));
