/** Lengths of time as people write and read them: 90 minutes, 2 hours, 1 day (F0-37). */

const units: Record<string, number> = {
  m: 60,
  min: 60,
  mins: 60,
  minute: 60,
  minutes: 60,
  h: 3600,
  hour: 3600,
  hours: 3600,
  d: 86_400,
  day: 86_400,
  days: 86_400,
};

/** Seconds of a text such as "90 minutes", "1.5 hours" or "2h 30m"; 0 for an empty one, undefined for what is none. */
export function parseSpan(text: string): number | undefined {
  const parts = text.trim().toLowerCase();
  if (parts === '') return 0;
  if (!/^(\d+([.,]\d+)?\s*[a-z]+[\s,]*)+$/.test(parts)) return undefined;
  let sum = 0;
  for (const [, n = '', unit = ''] of parts.matchAll(/(\d+(?:[.,]\d+)?)\s*([a-z]+)/g)) {
    const seconds = units[unit];
    if (!seconds) return undefined;
    sum += Number(n.replace(',', '.')) * seconds;
  }
  return Math.round(sum);
}

/** The largest whole unit of seconds, as it is written: "90 minutes". */
export function writeSpan(seconds: number | undefined): string {
  if (!seconds) return '';
  for (const [name, size] of [
    ['day', 86_400],
    ['hour', 3600],
    ['minute', 60],
  ] as const)
    if (seconds % size === 0) return `${seconds / size} ${name}${seconds === size ? '' : 's'}`;
  return writeSpan(Math.ceil(seconds / 60) * 60);
}

/** A time that is left or was spent, shortly: 2d 3h, 1h 40m, 12m. */
export function shortSpan(seconds: number): string {
  const minutes = Math.max(0, Math.floor(seconds / 60));
  if (minutes < 60) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 ? `${hours}h ${minutes % 60}m` : `${hours}h`;
  return hours % 24 ? `${Math.floor(hours / 24)}d ${hours % 24}h` : `${Math.floor(hours / 24)}d`;
}
