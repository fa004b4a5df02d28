/** The emoji that somebody used last, on this device. */
import { shelf } from './device';

const place = 'parley:emoji';
const most = 18;

/** The names of those used last, the newest first. */
export function recentEmoji(): string[] {
  return (shelf.getItem(place) ?? '').split(' ').filter(Boolean);
}

/** Remembers that one was used. */
export function useEmoji(name: string): void {
  shelf.setItem(place, [name, ...recentEmoji().filter((n) => n !== name)].slice(0, most).join(' '));
}
