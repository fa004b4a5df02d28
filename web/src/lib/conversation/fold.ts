import type { DeskEvent, Message, TimelineItem } from '../api/client';

export type Group =
  | { id: string; at: string; kind: 'messages'; messages: { message: Message; event: DeskEvent }[] }
  | { id: string; at: string; kind: 'events'; events: DeskEvent[] };

const hidden = new Set(['delivery_changed', 'opened', 'note_removed', 'note_restored', 'woken']);
const THREE_MINUTES = 180_000;

/**
 * fold makes the groups of a timeline: messages of one author within three
 * minutes share a header, and changes that follow each other stand together.
 */
export function fold(items: TimelineItem[]): Group[] {
  const groups: Group[] = [];
  const removed = new Set<string>();
  for (const i of items) {
    const id = (i.event.data as { message_id?: string } | undefined)?.message_id ?? '';
    if (i.event.kind === 'note_removed') removed.add(id);
    if (i.event.kind === 'note_restored') removed.delete(id);
  }
  for (const { event, message } of items) {
    if (hidden.has(event.kind)) continue;
    const last = groups.at(-1);
    if (message && (event.kind === 'message_posted' || event.kind === 'note_added')) {
      if (removed.has(message.id)) continue;
      const before = last?.kind === 'messages' ? last.messages.at(-1)?.message : undefined;
      const joins =
        before && before.author.id === message.author.id && before.kind === message.kind && before.author.name === message.author.name &&
        Date.parse(message.created_at) - Date.parse(before.created_at) < THREE_MINUTES;
      if (joins && last?.kind === 'messages') last.messages.push({ message, event });
      else groups.push({ id: event.id, at: event.at, kind: 'messages', messages: [{ message, event }] });
      continue;
    }
    if (last?.kind === 'events') last.events.push(event);
    else groups.push({ id: event.id, at: event.at, kind: 'events', events: [event] });
  }
  return groups;
}
