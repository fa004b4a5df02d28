/** Which list a conversation belongs to, and where: the same rules as the server's lists. */
import type { Conversation, ListName, Member } from './model';

/** Open or pending, and not archived: the work in hand. */
export function active(c: Conversation): boolean {
  return !c.archived_at && (c.status === 'open' || c.status === 'pending');
}

function asleep(c: Conversation, now: number): boolean {
  return c.snooze_until_reply || (!!c.snoozed_until && Date.parse(c.snoozed_until) > now);
}

/** Reports whether c is in the list for the reader me at now (ms since 1970). */
export function belongs(c: Conversation, list: ListName, me: string, now: number): boolean {
  if (c.merged_into_id && list.tab !== 'closed') return false;
  if (list.view === 'mine' && c.assignee_id !== me) return false;
  if (list.view === 'unassigned' && c.assignee_id) return false;
  if (list.inbox && c.inbox_id !== list.inbox) return false;
  switch (list.tab) {
    case 'open':
      return active(c);
    case 'needs_attention':
      return active(c) && c.waiting_on === 'agent' && !asleep(c, now);
    case 'responded':
      return active(c) && c.waiting_on === 'customer' && !asleep(c, now);
    case 'pending':
      return active(c) && c.status === 'pending';
    case 'snoozed':
      return active(c) && asleep(c, now);
    case 'overdue':
      return active(c) && !!c.overdue_at;
    case 'at_risk':
      return active(c) && !c.overdue_at && !!(c.target_notified_at ?? c.escalated_at);
    case 'resolved':
      return c.status === 'resolved' && !c.archived_at;
    case 'closed':
      return c.status === 'closed' && !c.archived_at;
    case 'archived':
      return !!c.archived_at;
  }
}

/**
 * Orders newest activity first, then by id. Times may differ in the number of
 * decimals, so equal milliseconds fall back to the text.
 */
export function newestFirst(a: Conversation, b: Conversation): number {
  const d = Date.parse(b.last_activity_at) - Date.parse(a.last_activity_at);
  if (d !== 0) return d;
  if (a.last_activity_at !== b.last_activity_at) return a.last_activity_at < b.last_activity_at ? 1 : -1;
  return a.id < b.id ? 1 : a.id > b.id ? -1 : 0;
}

/** Reports whether m can be given conversations of an inbox: owners and admins see all, others their own. */
export function mayAnswer(m: Member, inbox: string): boolean {
  if (!m.active || m.role === 'viewer') return false;
  return m.role === 'owner' || m.role === 'admin' || (m.inbox_ids ?? []).includes(inbox);
}
