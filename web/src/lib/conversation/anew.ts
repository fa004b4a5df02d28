/** Reads a conversation anew where messages came or went, with what was being written. */
import type { Draft, Message, TimelineItem } from '../state/model';
import type { Workspace } from '../state/workspace';

/** Fetches the end of a timeline and drops what is there no more. */
export async function anew(w: Workspace, id: string): Promise<void> {
  const { http, timelines, drafts } = w;
  const customer = w.store.rows.get(id)?.contact.id;
  if (customer) void w.fetchContact(customer); // what else they have is other conversations now
  try {
    const t = await http.get<{ items: TimelineItem[]; prev_cursor?: string; pinned?: Message[] }>(`/conversations/${id}/timeline`, { limit: 60 });
    const had = timelines.map.get(id);
    if (had) timelines.map.set(id, { ...had, items: [], prev: undefined });
    timelines.newest(id, t.items, t.prev_cursor, t.pinned);
    for (const mode of ['reply', 'note'] as const) {
      const d = await http.get<Draft>(`/conversations/${id}/drafts/${mode}`);
      const here = drafts.get(id, mode);
      if (here.state !== 'local') drafts.map.set(`${id}/${mode}`, { ...here, text: d.text, revision: d.revision, state: d.text ? 'saved' : 'idle' });
    }
  } catch {
    // what is shown stays until it is opened again
  }
}
