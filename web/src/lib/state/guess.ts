/** What a verb will make of a conversation, shown until the server answers. */
import { previewLine } from './marks';
import { active } from './membership';
import type { Conversation, Priority, Stage } from './model';

function stageOf(c: Pick<Conversation, 'assignee_id' | 'first_reply_at'>): Stage {
  if (c.assignee_id) return 'assigned';
  return c.first_reply_at ? 'open' : 'new';
}

function labelOf(c: Conversation): string {
  if (c.waiting_on === 'customer') return 'Responded';
  return c.waiting_on === 'agent' ? 'Needs attention' : 'Open';
}

/** After Resolve. */
export function resolved(): Partial<Conversation> {
  return { status: 'resolved', label: 'Resolved', stage: 'resolved' };
}

/** After Close. */
export function closed(): Partial<Conversation> {
  return { status: 'closed', label: 'Closed', stage: 'closed' };
}

/** After Reopen. */
export function reopened(c: Conversation): Partial<Conversation> {
  return { status: 'open', label: labelOf(c), stage: stageOf(c), resolved_at: undefined, closed_at: undefined };
}

/** After Assign; no id puts it back to nobody. */
export function assigned(c: Conversation, assignee: string | undefined, priority?: Priority): Partial<Conversation> {
  const next = { ...c, assignee_id: assignee };
  return {
    assignee_id: assignee,
    ...(active(c) ? { stage: stageOf(next) } : {}),
    ...(priority ? { priority } : {}),
  };
}

/** After tags were added and removed; ids only, new names come with the answer. */
export function tagged(c: Conversation, add: readonly string[], remove: readonly string[]): Partial<Conversation> {
  const kept = c.tag_ids.filter((t) => !remove.includes(t));
  return { tag_ids: [...kept, ...add.filter((t) => t.startsWith('tag_') && !kept.includes(t))] };
}

/** After a reply. */
export function replied(c: Conversation, text: string, at: string): Partial<Conversation> {
  return {
    preview: previewLine(text).slice(0, 200) || c.preview,
    last_activity_at: at,
    message_count: c.message_count + 1,
    waiting_on: 'customer',
    ...(active(c) && c.status === 'open' ? { label: 'Responded' } : {}),
    ...(active(c) && c.assignee_id ? { stage: 'in_progress' as const } : {}),
    unread: false,
  };
}
