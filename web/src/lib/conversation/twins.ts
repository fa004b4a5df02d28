/** Customers who are the same person: who they may be, making one of two, and two of one again. */
import { t } from '../i18n/twins';
import type { Contact, Conversation } from '../state/model';
import { toasts } from '../state/toast.svelte';
import type { Workspace } from '../state/workspace';

/** A field of which either customer's value can be kept. */
export const fields = ['name', 'email', 'phone', 'language'] as const;
export type Field = (typeof fields)[number];

/** A customer as they are known. */
export type Known = Contact & { language?: string };

/** Who a customer may be as well, and who they turned out to be. */
export interface Twins {
  twins: readonly Known[];
  merged: readonly { command_id: string; contact: { id: string; name: string }; at: string }[];
}

interface Did {
  contact: Contact;
  command_id: string;
  conversation_ids: readonly string[];
}

/** What is known of a field; a name only when somebody gave one. */
export const valueOf = (c: Known, f: Field): string => (f === 'name' ? c.known_name : c[f]) ?? '';

/** Who a customer may be as well, and who was merged into them lately. */
export const twins = (w: Workspace, id: string): Promise<Twins> => w.http.get<Twins>(`/contacts/${id}/twins`);

/** A customer whole. */
export const known = (w: Workspace, id: string): Promise<Known> => w.http.get<Known>(`/contacts/${id}`);

/** Customers who are called so, without one of them. */
export async function named(w: Workspace, q: string, except: string): Promise<Known[]> {
  const page = await w.http.get<{ items: Known[] }>('/contacts', { q, limit: 20 });
  return page.items.filter((c) => c.id !== except);
}

/** Shows what is so now, in the panel and in every row of the two. */
async function show(w: Workspace, did: Did, ...ids: string[]): Promise<void> {
  w.contacts.set(did.contact.id, did.contact);
  const rows = [...w.store.rows.values()].filter((c) => ids.includes(c.contact.id)).map((c) => c.id);
  const now = await Promise.allSettled(rows.map((id) => w.http.get<Conversation>(`/conversations/${id}`)));
  for (const c of now) if (c.status === 'fulfilled') w.store.put(c.value);
}

/** Makes one customer of two; of the fields in take the other one's value is kept. */
export async function merge(w: Workspace, stays: Known, goes: Known, take: readonly Field[]): Promise<boolean> {
  try {
    const did = await w.http.send<Did>('POST', `/contacts/${stays.id}/merge`, { contact_id: goes.id, take });
    const n = did.conversation_ids.length;
    toasts.show(t(n ? 'done.mergeClosed' : 'done.merge', { name: stays.name, other: goes.name, n }), () => void unmerge(w, stays.id, goes.id, did.command_id));
    await show(w, did, stays.id, goes.id);
    return true;
  } catch (err) {
    toasts.fail(err);
    return false;
  }
}

/** Makes two customers again of those whom a command merged. */
export async function unmerge(w: Workspace, stays: string, goes: string, command: string): Promise<boolean> {
  try {
    const did = await w.http.send<Did>('POST', `/contacts/${stays}/unmerge`, { command_id: command });
    toasts.show(t('done.unmerge'));
    w.contacts.delete(goes);
    await show(w, did, stays, goes);
    return true;
  } catch (err) {
    toasts.fail(err);
    return false;
  }
}

/** Says that two customers are different people. */
export async function apart(w: Workspace, one: string, other: string): Promise<boolean> {
  try {
    await w.http.send('POST', `/contacts/${one}/apart`, { contact_id: other });
    toasts.show(t('done.apart'));
    return true;
  } catch (err) {
    toasts.fail(err);
    return false;
  }
}
