/** Rows for the tests of this folder. */
import type { Conversation, TimelineItem } from './model';

/** A conversation whose activity was n minutes after noon. */
export function row(id: string, n: number, more: Partial<Conversation> = {}): Conversation {
  return {
    id,
    version: 1,
    subject: `Subject ${id}`,
    preview: 'Words',
    inbox_id: 'ibx_1',
    channel_kind: 'email',
    contact: { id: `con_${id}`, name: `Customer ${id}`, verified: false },
    status: 'open',
    waiting_on: 'agent',
    ai_state: 'none',
    ai_epoch: 0,
    snooze_until_reply: false,
    priority: 'normal',
    opened_at: '2026-06-01T12:00:00Z',
    opened_source: 'message',
    grouping: 'per_thread',
    is_primary: false,
    tag_ids: [],
    last_activity_at: new Date(Date.UTC(2026, 5, 1, 12, n)).toISOString(),
    message_count: 1,
    has_attachments: false,
    delivery_problem: false,
    label: 'New',
    stage: 'new',
    unread: true,
    ...more,
  };
}

/** A fact about a message, the n-th of its conversation. */
export function said(n: number, more: Partial<NonNullable<TimelineItem['message']>> = {}): TimelineItem {
  const at = new Date(Date.UTC(2026, 5, 1, 12, n)).toISOString();
  return {
    event: {
      id: String(n),
      version: n,
      at,
      actor: { kind: 'contact' },
      command_id: `cmd_${n}`,
      kind: 'message_posted',
      data: { message_id: `msg_${n}` },
      undoable: false,
    },
    message: {
      id: `msg_${n}`,
      conversation_id: 'cnv_1',
      kind: 'message',
      side: 'customer',
      author: { kind: 'contact', name: 'Anna' },
      text: `Message ${n}`,
      attachments: [],
      at,
      created_at: at,
      ...more,
    },
  };
}

/** A fact without a message. */
export function fact(n: number, kind: string, data: Record<string, unknown> = {}): TimelineItem {
  const { event } = said(n);
  return { event: { ...event, kind, data } };
}
