/** What others made of a conversation since the reader looked, for a refusal that explains itself. */
import { t, type Key } from '../i18n/t';
import type { Conversation, Member, TimelineItem } from './model';

const statuses: Record<Conversation['status'], Key> = {
  open: 'changed.open',
  pending: 'changed.pending',
  resolved: 'changed.resolved',
  closed: 'changed.closed',
};

/** Says in a few words what is different now; empty when nothing a reader sees is. */
export function whatChanged(before: Conversation, after: Conversation, members: Map<string, Member>): string[] {
  const said: string[] = [];
  if (before.status !== after.status) said.push(t(statuses[after.status]));
  if (before.archived_at !== after.archived_at) said.push(t(after.archived_at ? 'changed.archived' : 'changed.unarchived'));
  if (before.assignee_id !== after.assignee_id)
    said.push(after.assignee_id ? t('changed.assignee', { name: members.get(after.assignee_id)?.name ?? t('who.former') }) : t('changed.nobody'));
  if (before.priority !== after.priority) said.push(t('changed.priority', { priority: t(`priority.${after.priority}`) }));
  if ([...before.tag_ids].sort().join() !== [...after.tag_ids].sort().join()) said.push(t('changed.tags'));
  const more = after.message_count - before.message_count;
  if (more > 0) said.push(t('changed.messages', { n: more }));
  return said;
}

/** The name of who changed it last after a version, when it was not the reader. */
export function whoChanged(items: readonly TimelineItem[], since: number, me: string, members: Map<string, Member>): string | undefined {
  for (let i = items.length - 1; i >= 0; i--) {
    const e = items[i]?.event;
    if (!e || e.version <= since) return undefined;
    const id = e.actor.id ?? e.actor.user_id;
    if (e.actor.kind === 'user' && id !== me) return e.actor.name || members.get(id ?? '')?.name;
  }
  return undefined;
}
