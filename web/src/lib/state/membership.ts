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
  if (c.read_only || c.closed_source === 'conversation_merge') return false;
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

/** Orders conversations: what is negative puts a first. */
export type Order = (a: Conversation, b: Conversation) => number;

/**
 * Which of two times is earlier: negative when it is a. Times may differ in the
 * number of decimals, so equal milliseconds fall back to the text.
 */
function earlier(a: string, b: string): number {
  return Date.parse(a) - Date.parse(b) || (a < b ? -1 : a > b ? 1 : 0);
}

const byId: Order = (a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

/** Newest activity first, then by id. */
export const newestFirst: Order = (a, b) => earlier(b.last_activity_at, a.last_activity_at) || byId(b, a);

/** How far ahead in the line: past the deadline, past the target, the rest; of the last two what is urgent first. */
function rank(c: Conversation): number {
  if (c.overdue_at) return 0;
  return (c.target_notified_at ? 1 : 3) + (c.priority === 'urgent' ? 0 : 1);
}

/** Since when it waits for what its rank is about: the deadline that passed, or the customer's message. */
function since(c: Conversation): string {
  const due = c.response_due_deadline;
  if (c.overdue_at) return due && earlier(due, c.overdue_at) <= 0 ? due : c.overdue_at;
  return c.waiting_since ?? c.opened_at;
}

/** The line of those who need attention (F0-20, F1-16): the server's queue key says the same. */
export const nextFirst: Order = (a, b) => rank(a) - rank(b) || earlier(since(a), since(b)) || byId(a, b);

/** How a list is ordered. */
export function orderOf(list: ListName): Order {
  return list.tab === 'needs_attention' ? nextFirst : newestFirst;
}

/** Reports whether the reader may change c: viewers change nothing, nor does who was only called to read it. */
export function mayChange(reader: { role: Member['role'] }, c: Conversation | undefined): boolean {
  return reader.role !== 'viewer' && !c?.read_only;
}

/** Reports whether m can be given conversations of an inbox: owners and admins see all, others their own. */
export function mayAnswer(m: Member, inbox: string): boolean {
  if (!m.active || m.role === 'viewer') return false;
  return m.role === 'owner' || m.role === 'admin' || (m.inbox_ids ?? []).includes(inbox);
}
