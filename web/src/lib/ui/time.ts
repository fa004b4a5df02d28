import { t as words } from '../i18n/t';

const made = new Map<object, Intl.DateTimeFormat>();
let language: string | undefined;

/** Writes dates and times as in a language (BCP 47); without one, or with one that is none, as the browser does. */
export function writeIn(as: string | undefined): void {
  let to: string | undefined;
  try {
    to = as ? Intl.getCanonicalLocales(as)[0] : undefined;
  } catch {
    // as the browser does
  }
  if (to === language) return;
  language = to;
  made.clear();
}

/** The language dates are written in; undefined is the browser's. */
export const locale = (): string | undefined => language;

/** Returns a way to write dates, in the language that is chosen; one of the same object is made once. */
export function format(o: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  let f = made.get(o);
  if (!f) made.set(o, (f = new Intl.DateTimeFormat(language, o)));
  return f;
}

const clock = { hour: 'numeric', minute: '2-digit' } as const;
const date = { day: 'numeric', month: 'short' } as const;
const dateYear = { ...date, year: 'numeric' } as const;
const full = { dateStyle: 'full', timeStyle: 'short' } as const;

/** ago is a time in a list: 2m, 3h, Yday, 14 Jun. */
export function ago(at: string, now: number): string {
  const t = Date.parse(at);
  const minutes = Math.floor((now - t) / 60_000);
  if (minutes < 1) return words('time.now');
  if (minutes < 60) return words('time.minutes', { n: minutes });
  if (minutes < 24 * 60 && new Date(t).getDate() === new Date(now).getDate()) return words('time.hours', { n: Math.floor(minutes / 60) });
  if (minutes < 48 * 60 && new Date(t).getDate() === new Date(now - 86_400_000).getDate()) return words('time.yday');
  return format(new Date(t).getFullYear() === new Date(now).getFullYear() ? date : dateYear).format(t);
}

export const hour = (at: string) => format(clock).format(Date.parse(at));
export const exact = (at: string) => format(full).format(Date.parse(at));

/** day is the heading between days. */
export function day(at: string, now: number): string {
  const d = new Date(at).toDateString();
  if (d === new Date(now).toDateString()) return words('time.today');
  if (d === new Date(now - 86_400_000).toDateString()) return words('time.yesterday');
  return format(dateYear).format(Date.parse(at));
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
