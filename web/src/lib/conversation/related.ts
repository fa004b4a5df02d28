/** What merging and splitting ask of the server and what they do. */
import { t } from '../i18n/related';
import { shelf } from '../state/device';
import type { Conversation } from '../state/model';
import type { Workspace } from '../state/workspace';

/** Another conversation that may be about the same matter. */
export interface Related {
  conversation: Conversation;
  reasons: readonly string[];
  likely: boolean;
  mergeable: boolean;
  obstacle?: string;
}

/** Conversations that could become part of one, likely duplicates first. */
export async function related(w: Workspace, id: string, query: { q?: string; likely?: boolean } = {}): Promise<Related[]> {
  const page = await w.http.get<{ items: Related[] }>(`/conversations/${id}/related`, { q: query.q, likely: query.likely ? 'true' : undefined });
  return page.items;
}

/** What somebody said are different matters, on this device: it is not offered again. */
const key = 'parley:apart';
const most = 500;
const pair = (a: string, b: string) => [a, b].sort().join(' ');
const apart = () => (shelf.getItem(key) ?? '').split(',').filter(Boolean);

/** Says that two conversations are different matters. */
export function dismiss(a: string, b: string): void {
  shelf.setItem(key, [...apart(), pair(a, b)].slice(-most).join(','));
}

/** The likely duplicates of a conversation that nobody has called different matters here. */
export async function duplicates(w: Workspace, id: string): Promise<Related[]> {
  const known = apart();
  return (await related(w, id, { likely: true })).filter((r) => !known.includes(pair(id, r.conversation.id)));
}

/** Makes another conversation part of one. */
export async function merge(w: Workspace, c: Conversation, other: Conversation): Promise<boolean> {
  await w.drafts?.flush(); // what is being written in either is kept
  return w.act(c.id, 'merge', { conversation_id: other.id }, () => ({}), { said: t('done.merge', { n: other.message_count }) });
}

/** Makes a conversation of its own of some messages. */
export function split(w: Workspace, c: Conversation, messages: readonly string[], subject: string, assignee: string): Promise<boolean> {
  const body = { message_ids: [...messages], ...(subject ? { subject } : {}), ...(assignee ? { assignee_id: assignee } : {}) };
  return w.act(c.id, 'split', body, () => ({}), { said: t('done.split', { n: messages.length }) });
}

/** Why what is chosen cannot be split off, or ''. */
export function obstacle(all: readonly { id: string; kind: string }[], chosen: readonly string[], more: boolean, name: string): string {
  if (chosen.length === 0) return t('split.noneChosen');
  if (!all.some((m) => chosen.includes(m.id) && m.kind === 'message')) return t('split.notesOnly');
  if (!more && !all.some((m) => !chosen.includes(m.id) && m.kind === 'message')) return t('split.leaveOne', { name });
  return '';
}
