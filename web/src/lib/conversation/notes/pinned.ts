/** Which notes are on top: those of when the timeline was fetched, and what happened since. */
import type { Message, TimelineItem } from '../../state/model';

/** The pinned notes, newest first, as they are now. */
export function pinnedNotes(then: readonly Message[], items: readonly TimelineItem[]): Message[] {
  const known = new Map<string, Message>();
  for (const { message } of items) if (message?.kind === 'note') known.set(message.id, message);
  const on = new Map(then.map((m) => [m.id, m]));
  for (const m of known.values()) {
    if (m.note?.pinned_at) on.set(m.id, m);
    else on.delete(m.id);
  }
  for (const { event } of items) {
    const id = event.data['message_id'];
    if (typeof id !== 'string') continue;
    if (event.kind === 'note_removed' || (event.kind === 'note_unpinned' && !known.has(id))) on.delete(id);
    if (event.kind === 'note_restored') {
      const m = known.get(id);
      if (m?.note?.pinned_at) on.set(id, m);
    }
  }
  return [...on.values()].sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
}
