/**
 * The shapes of the wire (JSON of /api/v1), as the inbox uses them.
 * Ids are strings with a prefix, times RFC 3339, absent means omitted.
 */

export type Status = 'open' | 'pending' | 'resolved' | 'closed';
export type Priority = 'urgent' | 'high' | 'normal' | 'low';
export type Stage = 'new' | 'open' | 'assigned' | 'in_progress' | 'resolved' | 'closed' | 'archived';
export type View = 'mine' | 'unassigned' | 'all';
export type Tab = 'open' | 'needs_attention' | 'responded' | 'pending' | 'resolved' | 'snoozed' | 'overdue' | 'at_risk' | 'closed' | 'archived';
export type Mode = 'reply' | 'note';
export type DeliveryState = 'queued' | 'sent' | 'delivered' | 'read' | 'failed' | 'unknown' | 'withheld' | 'recalled';

/** What a row shows of a customer; name is never empty. */
export interface ContactBrief {
  id: string;
  name: string;
  email?: string;
  phone?: string;
  verified: boolean;
  /** Their conversations are neither opened nor closed. */
  blocked?: boolean;
}

/** A matter in another system that a conversation is linked to. */
export interface Ticket {
  /** The system, in lower case. */
  integration: string;
  title: string;
  url: string;
}

/** A conversation as lists and headers show it. version rises with every fact. */
export interface Conversation {
  id: string;
  version: number;
  subject: string;
  preview: string;
  inbox_id: string;
  channel_id?: string;
  channel_kind: string;
  contact: ContactBrief;
  status: Status;
  waiting_on: 'agent' | 'customer' | 'none';
  waiting_since?: string;
  assignee_id?: string;
  team_id?: string;
  assigned_at?: string;
  ai_state: 'none' | 'active' | 'paused';
  ai_epoch: number;
  ai_since?: string;
  /** Why the AI agent asks for a person. */
  needs_human?: 'asked_human' | 'frustrated' | 'not_understood' | 'complex' | 'sensitive';
  snoozed_until?: string;
  snooze_until_reply: boolean;
  archived_at?: string;
  priority: Priority;
  priority_reason?: string;
  sla_metric?: string;
  response_due_target?: string;
  response_due_deadline?: string;
  sla_paused?: boolean;
  target_notified_at?: string;
  overdue_at?: string;
  escalated_at?: string;
  resolution_due_target?: string;
  resolution_due_deadline?: string;
  first_reply_at?: string;
  first_response_at?: string;
  pending_reason?: string;
  follow_up_due?: string;
  /** What it waits for, or waited for until the customer wrote. */
  pending_note_id?: string;
  resolved_at?: string;
  closed_at?: string;
  closed_source?: string;
  closing_summary?: string;
  closing_category_id?: string;
  /** The customer's latest rating, 1 to 5. */
  rating?: number;
  opened_at: string;
  opened_source: string;
  previous_conversation_id?: string;
  merged_into_id?: string;
  split_from_id?: string;
  grouping: 'per_thread' | 'per_contact';
  is_primary: boolean;
  tag_ids: string[];
  follower_ids?: string[];
  /** Those of other systems that it is linked to. */
  tickets?: Ticket[];
  last_activity_at: string;
  message_count: number;
  has_attachments: boolean;
  /** How many messages wait to be sent at a moment, or are held. */
  scheduled?: number;
  delivery_problem: boolean;
  label: string;
  stage: Stage;
  unread: boolean;
  /** The reader was mentioned in it and may only read it: it is in none of their lists. */
  read_only?: boolean;
}

/** A file of a message, or one that was uploaded for a draft. Size in bytes. */
export interface Attachment {
  id: string;
  name: string;
  content_type: string;
  size: number;
  inline: boolean;
  url: string;
  width?: number;
  height?: number;
}

/** How far a message to the customer has come. */
export interface Delivery {
  state: DeliveryState;
  reason?: string;
  at?: string;
  can_retry: boolean;
}

/** What is known of a message from outside: how far it is proven who wrote it, and by what. */
export interface Origin {
  proof?: 'proven' | 'unproven' | 'failed' | 'suspicious';
  by?: string;
  domain?: string;
  server?: string;
  policy?: string;
  /** Why the message is in its conversation. */
  here?: string;
  answers_message_id?: string;
  /** Its subject is another than the conversation had, and nobody has said that it belongs here. */
  new_subject?: boolean;
}

/** A message or a note. visible_end counts code points of text. */
export interface Message {
  id: string;
  conversation_id: string;
  /** An aside is a mail to or from somebody else, of which the customer sees nothing. */
  kind: 'message' | 'note' | 'aside';
  side: 'customer' | 'team' | 'system';
  author: { kind: string; id?: string; name: string };
  text: string;
  visible_end?: number;
  html_url?: string;
  /** Of a reply of the team: its text formatted, made safe by the server; absent when there is nothing to format. */
  html?: string;
  subject?: string;
  attachments: Attachment[];
  at: string;
  created_at: string;
  channel_kind?: string;
  client_id?: string;
  auto?: string;
  unreadable?: boolean;
  origin?: Origin;
  email?: EmailHeaders;
  /** Whom a mail of the team went to. */
  to?: string[];
  cc?: string[];
  bcc?: string[];
  /** The messages that a forwarded mail carries, oldest first. */
  forwarded_ids?: string[];
  /** Of an aside of the team: the mail that it answers. */
  answers_id?: string;
  /** How sure the AI agent that wrote it was, from 0 to 1; absent where it did not say. */
  confidence?: number;
  /** Until then it waits and can be taken back. */
  leaves_at?: string;
  delivery?: Delivery;
  note?: NoteState;
}

/** Who a note calls: a person, or everybody of an inbox. */
export interface Mention {
  user_id?: string;
  team_id?: string;
  inbox_id?: string;
}

/** What only a note has; html is absent of long ones. */
export interface NoteState {
  html?: string;
  mentions: Mention[];
  edition: number;
  editions: number;
  edited_at?: string;
  pinned_at?: string;
}

/** The addresses of a mail. */
export interface EmailHeaders {
  from?: string;
  to?: string[];
  cc?: string[];
  reply_to?: string;
  message_id?: string;
  appointment?: Appointment;
  enclosed?: Enclosed[];
  forwarded?: Forwarded;
  /** How the mail says it is secured; nothing of it was checked. */
  security?: 'signed_smime' | 'signed_pgp' | 'encrypted_smime' | 'encrypted_pgp';
}

/** Of a mail that somebody of the team forwarded; waits says that nobody decided yet whose it is. */
export interface Forwarded {
  by: string;
  user_id?: string;
  from?: string;
  email?: string;
  date?: string;
  waits?: boolean;
}

/** What a calendar in a mail is about. A start is a moment with Z, a clock without, or a day. */
export interface Appointment {
  method?: string;
  title?: string;
  start?: string;
  end?: string;
  place?: string;
  organiser?: string;
  guests?: { name: string; answer?: string }[];
  repeats?: boolean;
  cancelled?: boolean;
}

/** A mail that is a file of another. */
export interface Enclosed {
  file: string;
  from?: string;
  to?: string[];
  subject?: string;
  date?: string;
  text?: string;
}

/** One fact. id is a decimal number that grows along the timeline. */
export interface Event {
  id: string;
  conversation_id?: string;
  version: number;
  at: string;
  actor: { kind: string; id?: string; user_id?: string; name?: string };
  command_id: string;
  cause_event_id?: string;
  kind: string;
  data: Record<string, unknown>;
  undoable: boolean;
}

/** A fact, with what was written when it is about a message. */
export interface TimelineItem {
  event: Event;
  message?: Message;
  /** The conversation that the message went to. */
  moved_to_id?: string;
}

/** Somebody of the team. */
export interface Member {
  user_id: string;
  name: string;
  email: string;
  role: 'owner' | 'admin' | 'agent' | 'viewer';
  active: boolean;
  availability: 'available' | 'away' | 'offline';
  online?: boolean;
  skills?: string[];
  languages?: string[];
  capacity?: number;
  team_ids?: string[];
  inbox_ids?: string[] | null;
  open_count: number;
}

/** Where conversations arrive; only what the inbox screen needs of it. */
export interface Inbox {
  id: string;
  name: string;
  grouping: 'per_thread' | 'per_contact';
  settings?: Record<string, unknown>;
  channels?: { id: string; kind: string; name: string; address?: string; state?: string }[] | null;
}

/** A tag; color names a token: c1 to c5, brick or ink-3. */
export interface Tag {
  id: string;
  name: string;
  color: string;
}

/** How many conversations each list has; 1000 means 1000 or more. */
export interface Counts {
  views: Record<string, number>;
  tabs: Record<string, Record<string, number>>;
  inboxes?: Record<string, number>;
  unread?: Record<string, number>;
}

/** What a verb answers. */
export interface Did {
  conversation: Conversation;
  command_id: string;
  message?: Message;
  /** The other conversation that it was about. */
  other?: Conversation;
  undo_until?: string;
  items?: TimelineItem[];
}

/** To whom a mail goes, and under which subject; what is empty is absent. */
export interface MailHeader {
  to?: string[];
  cc?: string[];
  bcc?: string[];
  subject?: string;
  quoting?: 'leave_out' | 'include' | undefined;
}

/** A draft as the server keeps it. */
export interface Draft {
  text: string;
  /** Absent is what the newest mail says. */
  header?: MailHeader;
  attachment_ids: string[];
  revision: number;
  /** Those of the files that are still there. */
  attachments?: Attachment[];
  /** Teammates who see it. */
  shared_with?: string[];
}

/** A customer with what is known of them. */
export interface Contact extends ContactBrief {
  first_contacted_at?: string;
  last_contacted_at?: string;
  created_at?: string;
  blocked?: boolean;
  known_name?: string;
  show_pictures?: boolean;
  /** Since when they want no mail that they did not ask for. */
  unsubscribed_at?: string;
  /** Their addresses that mail came back from, the newest first. */
  bounced?: Bounced[];
  conversations?: Conversation[];
}

/** An address that mail came back from. */
export interface Bounced {
  address: string;
  /** It takes no mail, as far as is known. */
  hard: boolean;
  /** How many mails came back. */
  times: number;
  /** Why the newest did, in a sentence. */
  reason: string;
  at: string;
}

/** What is to be changed of a customer. */
export interface ContactChange {
  name?: string;
  email?: string;
  phone?: string;
  show_pictures?: boolean;
  unsubscribed?: boolean;
}

/** The tabs in the order of the screen; those after mainTabs sit in an overflow, with what there is no room for. */
export const tabs: readonly Tab[] = ['open', 'needs_attention', 'responded', 'closed', 'archived', 'overdue', 'at_risk', 'pending', 'resolved', 'snoozed'];
/** How many of tabs are shown where there is room. */
export const mainTabs = 5;
/** The built-in views in the order of the sidebar. */
export const views: readonly View[] = ['mine', 'unassigned', 'all'];
/** Priorities from the most to the least urgent: the digits after P. */
export const priorities: readonly Priority[] = ['urgent', 'high', 'normal', 'low'];

/** The lifecycle strip, in order. */
export const stages: readonly Stage[] = ['new', 'open', 'assigned', 'in_progress', 'resolved', 'closed', 'archived'];

/** Names a list in the store, and reads it back. */
export interface ListName {
  view: View;
  tab: Tab;
  inbox?: string;
  /** In place of all that: a filter, as the query of the API's find. */
  find?: string;
}

/** The key of a list in the store. */
export function listKey(l: ListName): string {
  if (l.find !== undefined) return `find:${l.find}`;
  return l.inbox ? `${l.view}:${l.tab}:${l.inbox}` : `${l.view}:${l.tab}`;
}
