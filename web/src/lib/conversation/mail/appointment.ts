import type { Appointment } from '../../state/model';

const clock: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit' };
const day: Intl.DateTimeFormatOptions = { weekday: 'short', day: 'numeric', month: 'long', year: 'numeric' };

/**
 * When an appointment is, in the reader's zone. A day has no zone, and a clock
 * whose zone nobody named is shown as it was written.
 */
export function span(a: Appointment, zone?: string): string {
  if (!a.start) return '';
  if (/^\d{4}-\d{2}-\d{2}$/.test(a.start)) {
    const days = new Intl.DateTimeFormat(undefined, { ...day, timeZone: 'UTC' });
    const first = new Date(a.start);
    const last = a.end ? new Date(new Date(a.end).getTime() - 86_400_000) : first; // the end is the day after
    return last > first ? days.formatRange(first, last) : days.format(first);
  }
  const floating = !a.start.endsWith('Z');
  const at = new Intl.DateTimeFormat(undefined, { ...day, ...clock, ...(floating ? { timeZone: 'UTC' } : { timeZone: zone, timeZoneName: 'short' as const }) });
  const first = new Date(floating ? `${a.start}Z` : a.start);
  if (!a.end || a.end.endsWith('Z') === floating) return at.format(first);
  const last = new Date(floating ? `${a.end}Z` : a.end);
  return last > first ? at.formatRange(first, last) : at.format(first);
}
