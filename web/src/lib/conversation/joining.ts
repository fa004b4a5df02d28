/** Merging conversations and splitting them: what is done, and what is asked for it. */
import GitMerge from '@lucide/svelte/icons/git-merge';
import Split from '@lucide/svelte/icons/split';
import { t } from '../i18n/joining';
import type { Screen } from '../inbox/screen.svelte';
import type { Command } from '../keys/registry.svelte';
import type { Conversation, TimelineItem } from '../state/model';
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

/** What was dismissed while this page is open: it is not offered again. */
const dismissed = new Set<string>();
const pair = (a: string, b: string) => [a, b].sort().join(' ');

/** Says that two conversations are different matters. */
export function dismiss(a: string, b: string): void {
  dismissed.add(pair(a, b));
}

/** The likely duplicates of a conversation that nobody has dismissed here. */
export async function duplicates(w: Workspace, id: string): Promise<Related[]> {
  return (await related(w, id, { likely: true })).filter((r) => !dismissed.has(pair(id, r.conversation.id)));
}

/** Makes another conversation part of one. */
export async function merge(w: Workspace, c: Conversation, other: Conversation): Promise<boolean> {
  await w.drafts.flush(); // what is being written in either is kept
  return w.act(c.id, 'merge', { conversation_id: other.id }, () => ({}), { said: t('done.merge', { n: other.message_count }) });
}

/** Makes a conversation of its own of some messages. */
export function split(w: Workspace, c: Conversation, messages: readonly string[], subject: string, assignee: string): Promise<boolean> {
  const body = { message_ids: [...messages], ...(subject ? { subject } : {}), ...(assignee ? { assignee_id: assignee } : {}) };
  return w.act(c.id, 'split', body, () => ({}), { said: t('done.split', { n: messages.length }) });
}

/** What can be chosen in split mode: messages and notes that are here, oldest first. */
export function choosable(items: readonly TimelineItem[]): NonNullable<TimelineItem['message']>[] {
  const gone = new Set(items.filter((i) => i.event.kind === 'note_removed').map((i) => i.event.data['message_id']));
  for (const i of items) if (i.event.kind === 'note_restored') gone.delete(i.event.data['message_id']);
  return items.flatMap((i) => (i.message && !gone.has(i.message.id) ? [i.message] : []));
}

/** Why what is chosen cannot be split off, or ''. */
export function obstacle(all: readonly { id: string; kind: string }[], chosen: readonly string[], more: boolean, name: string): string {
  if (chosen.length === 0) return t('split.noneChosen');
  if (!all.some((m) => chosen.includes(m.id) && m.kind === 'message')) return t('split.notesOnly');
  if (!more && !all.some((m) => !chosen.includes(m.id) && m.kind === 'message')) return t('split.leaveOne', { name });
  return '';
}

/** The commands of an open conversation. */
export function joiningCommands(s: Screen): Command[] {
  const w = s.workspace;
  const here = (): Conversation | undefined => (s.open ? w.store.rows.get(s.open) : undefined);
  const may = (test: (c: Conversation) => boolean) => () => {
    const c = here();
    return !!c && w.reader.role !== 'viewer' && !c.read_only && !c.archived_at && c.closed_source !== 'conversation_merge' && test(c);
  };
  return [
    {
      id: 'merge',
      label: t('do.merge'),
      icon: GitMerge,
      keys: ['m'],
      group: 'conversation',
      also: t('do.mergeAlso'),
      when: may(() => true),
      run: () => (s.overlay = 'merge'),
    },
    {
      id: 'split',
      label: t('do.split'),
      icon: Split,
      keys: ['s'],
      group: 'conversation',
      also: t('do.splitAlso'),
      when: may((c) => c.message_count > 1),
      run: () => (s.splitting = s.open ?? ''),
    },
  ];
}
