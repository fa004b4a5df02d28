/** Reads a conversation anew where messages came or went, with what was being written. */
import { draftsOf } from '../state/draftserver';
import type { Draft, Message, TimelineItem } from '../state/model';
import type { Workspace } from '../state/workspace';

/** Fetches the end of a timeline and drops what is there no more. */
export async function anew(w: Workspace, id: string): Promise<void> {
  const { http, timelines } = w;
  const drafts = draftsOf(w);
  const customer = w.store.rows.get(id)?.contact.id;
  if (customer) void w.fetchContact(customer); // what else they have is other conversations now
  try {
    const t = await http.get<{ items: TimelineItem[]; prev_cursor?: string; pinned?: Message[] }>(`/conversations/${id}/timeline`, { limit: 60 });
    const had = timelines.map.get(id);
    if (had) timelines.map.set(id, { ...had, items: [], prev: undefined });
    timelines.newest(id, t.items, t.prev_cursor, t.pinned);
    for (const mode of ['reply', 'note'] as const) {
      const d = await http.get<Draft>(`/conversations/${id}/drafts/${mode}`);
      if (drafts.get(id, mode).state !== 'local') drafts.hold(id, mode, d);
    }
  } catch {
    // what is shown stays until it is opened again
  }
}
