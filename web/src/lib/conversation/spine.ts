/**
 * Turns a timeline into what is drawn on the spine: days, groups of messages by
 * one person within three minutes, events, and folds of three or more events of the
 * team and of rules.
 */
import type { Event, Message, TimelineItem } from '../state/model';
import { decided } from './trust/events';

/** Facts that others care about; what is already visible in a message is left out. */
const hidden = new Set([
  'message_posted',
  'aside_posted',
  'aside_recalled',
  'message_moved',
  'note_added',
  'delivery_changed',
  'read',
  'notified',
  'note_restored',
  'note_removed',
  'message_recalled',
  'settings_changed',
  'due_changed',
]);

/** Minutes within which a follow-up shares the header of the message before it. */
const together = 3 * 60_000;

/** One thing on the spine; key is stable while it is on screen. */
export type Knot =
  | { kind: 'day'; key: string; at: string }
  | { kind: 'messages'; key: string; messages: Spoken[] }
  | { kind: 'event'; key: string; event: Event }
  | { kind: 'fold'; key: string; events: Event[] };

/** A message with the fact that brought it. */
export interface Spoken {
  message: Message;
  event: Event;
  /** Somebody took it back. */
  removed: boolean;
}

/** Draws a timeline, oldest first. Days are those of the reader's time zone. */
export function spine(items: readonly TimelineItem[], foldFrom = 3): Knot[] {
  const removed = removedNotes(items);
  const out: Knot[] = [];
  let day = '';
  let events: Event[] = [];
  const flush = () => {
    if (events.length >= foldFrom) out.push({ kind: 'fold', key: `f${events[0]?.id}`, events });
    else for (const event of events) out.push({ kind: 'event', key: `e${event.id}`, event });
    events = [];
  };
  const now = decided(items);
  for (const { event: fact, message: loaded, moved_to_id } of items) {
    const message = loaded && now(loaded);
    const event = moved_to_id ? away(fact, moved_to_id) : fact;
    if (!message && hidden.has(event.kind)) continue;
    const at = message?.at ?? event.at;
    const today = new Date(at).toDateString();
    if (today !== day) {
      flush();
      day = today;
      out.push({ kind: 'day', key: `d${event.id}`, at });
    }
    if (!message && event.kind === 'csat_received') {
      flush(); // what a customer says is folded away with nothing
      out.push({ kind: 'event', key: `e${event.id}`, event });
      continue;
    }
    if (!message) {
      events.push(event);
      continue;
    }
    flush();
    const spoken = { message, event, removed: removed.has(message.id) };
    const last = out[out.length - 1];
    const before = last?.kind === 'messages' ? last.messages[last.messages.length - 1] : undefined;
    if (last?.kind === 'messages' && before && follows(before.message, message)) last.messages.push(spoken);
    else out.push({ kind: 'messages', key: `m${message.id}`, messages: [spoken] });
  }
  flush();
  return out;
}

/** Where a message was that went to another conversation. */
function away(event: Event, to: string): Event {
  return { ...event, kind: 'moved_away', data: { conversation_id: to }, undoable: false };
}

function follows(a: Message, b: Message): boolean {
  return (
    a.kind === b.kind &&
    a.side === b.side &&
    a.author.kind === b.author.kind &&
    a.author.id === b.author.id &&
    a.author.name === b.author.name &&
    a.auto === b.auto &&
    a.origin?.proof === b.origin?.proof && // nobody writes under the badge of another message
    a.origin?.here === b.origin?.here &&
    Date.parse(b.at) - Date.parse(a.at) <= together
  );
}

function removedNotes(items: readonly TimelineItem[]): Set<string> {
  const gone = new Set<string>();
  for (const { event } of items) {
    const id = event.data['message_id'];
    if (typeof id !== 'string') continue;
    if (event.kind === 'note_removed' || event.kind === 'message_recalled' || event.kind === 'aside_recalled') gone.add(id);
    if (event.kind === 'note_restored') gone.delete(id);
  }
  return gone;
}

/** Splits a text where quoted history begins. end counts code points, as the server does. */
export function visiblePart(text: string, end: number | undefined): { shown: string; quoted: string } {
  if (end === undefined || end <= 0) return { shown: text, quoted: '' };
  const points = Array.from(text);
  if (end >= points.length) return { shown: text, quoted: '' };
  const shown = points.slice(0, end).join('').trimEnd();
  const quoted = points.slice(end).join('').trim();
  return quoted ? { shown, quoted } : { shown: text, quoted: '' };
}

/** A stretch of text, or an address that can be opened. */
export type Piece = { text: string; href?: string };

/** Finds web addresses in plain text; nothing else is ever a link. */
export function pieces(text: string): Piece[] {
  const out: Piece[] = [];
  let at = 0;
  for (const m of text.matchAll(/\bhttps?:\/\/[^\s<>"'`]+/g)) {
    const url = m[0].replace(/[.,;:!?)\]}]+$/, '');
    const start = m.index;
    if (start > at) out.push({ text: text.slice(at, start) });
    out.push({ text: url, href: url });
    at = start + url.length;
  }
  if (at < text.length) out.push({ text: text.slice(at) });
  return out;
}
