/**
 * One workspace as one reader works in it: what is known, what is asked for,
 * what is done. REST is the only writer; the feed only tells.
 */
import { Live, type Said, type SocketLike, type SourceLike } from '../live/live';
import { Acting } from './acting';
import type { Cache } from './cache';
import { Feed } from './feed';
import * as guess from './guess';
import { Keeper } from './keeper';
import { Known, type KnownOptions } from './known';
import type { Attachment, ContactChange, Conversation, Did, ListName, MailHeader, Mention, Mode, Priority } from './model';
import { Outbox } from './outbox';
import { Posting } from './posting';
import { Reading } from './reading';
import type { NoteVerb, Verb } from './verbs';

export type { Typing } from './known';
export type { Notice, NoteVerb, Reader, Verb } from './verbs';

/** What the workspace needs from outside. */
export interface WorkspaceOptions extends KnownOptions {
  socket: (cursor: string) => SocketLike;
  stream: (cursor: string) => SourceLike;
  schedule?: (run: () => void) => void;
  online?: () => boolean;
  /** A notification for the reader has come. */
  noticed?: () => void;
  /** What this device keeps for the next start. */
  cache?: Cache;
  /** Runs its argument when nothing else is to do. */
  idle?: (run: () => void) => void;
}

/** The work of one reader in one workspace. */
export class Workspace extends Known {
  readonly live: Live;
  private readonly keeper: Keeper;
  private readonly reading: Reading;
  private readonly acting: Acting;
  private readonly posting: Posting;
  private readonly feed: Feed;

  constructor(o: WorkspaceOptions) {
    super(o);
    const outbox = new Outbox();
    this.keeper = new Keeper(this, o.cache, o.idle);
    this.reading = new Reading(this, this.keeper);
    this.acting = new Acting(this, this.reading, this.keeper, outbox);
    this.posting = new Posting(this, this.reading, this.acting, this.keeper, outbox, o.shelf);
    this.feed = new Feed(this, this.reading, this.keeper, outbox, o.noticed, o.schedule);
    this.live = new Live({
      socket: o.socket,
      stream: o.stream,
      post: (said) => this.say(said),
      onFrame: (f) => this.feed.hear(f),
      onState: (s) => (this.state.value = s),
      ...(o.online ? { online: o.online } : {}),
    });
  }

  /** Connects and fetches what every screen needs. */
  start(): void {
    void this.keeper.recall();
    this.live.start();
    void this.settings();
    this.posting.start();
  }

  /** Ends the connection; drafts are kept on this device. */
  stop(): void {
    this.drafts?.keepAll();
    this.keeper.stop();
    this.live.stop();
  }

  /** Keeps drafts and what is shown on this device, because the page may go away. */
  keepNow(): void {
    this.drafts?.keepAll();
    this.keeper.now();
  }

  private async say({ conversation_id, ...rest }: Said): Promise<void> {
    await this.http.send('POST', '/presence', { ...rest, ...(conversation_id ? { conversation_id } : {}) });
  }

  // What is asked for.

  /** Fetches a list if it is not here yet. */
  load(name: ListName): Promise<void> {
    return this.reading.load(name);
  }

  /** Fetches the first page of a list again. */
  reload(name: ListName): Promise<void> {
    return this.reading.reload(name);
  }

  /** Fetches older rows of a list, if there are any. */
  more(name: ListName): Promise<void> {
    return this.reading.more(name);
  }

  /** Makes sure that a conversation and the end of its timeline are here. */
  open(id: string): Promise<void> {
    return this.reading.open(id);
  }

  /** Fetches quietly what the reader will probably open next. */
  prefetch(ids: readonly string[]): Promise<void> {
    return this.reading.prefetch(ids);
  }

  /** Fetches what happened earlier in a conversation. */
  earlier(id: string): Promise<void> {
    return this.reading.earlier(id);
  }

  /** Fetches the end of a timeline again. */
  refetchTimeline(id: string): Promise<void> {
    return this.reading.timelineAgain(id);
  }

  /** Fetches a customer with their conversations. */
  fetchContact(id: string): Promise<void> {
    return this.reading.contact(id);
  }

  /** Fetches a customer as they are from now on. */
  refetchContact(id: string): Promise<void> {
    return this.reading.contactAgain(id);
  }

  /** Changes what is known of a customer; it rejects with the reason when it is refused. */
  changeContact(id: string, change: ContactChange): Promise<void> {
    return this.reading.changeContact(id, change);
  }

  /** Fetches members, inboxes and tags. */
  settings(): Promise<void> {
    return this.reading.settings();
  }

  /** Waits until members, inboxes and tags are here, or could not be fetched. */
  primed(): Promise<void> {
    return this.reading.primed();
  }

  /** How many notifications of the reader were not looked at. */
  async unreadNotices(): Promise<number> {
    return (await this.http.get<{ unread: number }>('/notifications', { limit: 1 })).unread;
  }

  // What is written.

  /** Uploads a file; progress is from 0 to 1. */
  async upload(file: File, progress: (done: number) => void, signal: AbortSignal): Promise<Attachment> {
    const { uploadTo } = await import('./upload');
    return uploadTo(`/api/v1/workspaces/${this.reader.workspace}/attachments`, file, progress, signal);
  }

  /** Sends a message or a note; it is shown at once and never twice. */
  send(
    conversation: string,
    mode: Mode,
    text: string,
    attachments: readonly Attachment[],
    mentions: readonly Mention[] = [],
    header?: MailHeader,
  ): Promise<void> {
    return this.posting.send(conversation, mode, text, attachments, mentions, header);
  }

  /** Sends again what the server did not take. */
  resend(conversation: string, clientId: string): void {
    this.posting.resend(conversation, clientId);
  }

  /** Takes a message that was not sent back into the composer. */
  takeBack(conversation: string, clientId: string): void {
    this.posting.takeBack(conversation, clientId);
  }

  // What is done.

  /** Changes at once, asks the server, and goes back if it refuses; again is what Retry does. */
  act(
    id: string,
    verb: Verb,
    body: Record<string, unknown>,
    apply: (c: Conversation) => Partial<Conversation>,
    params?: Record<string, string>,
    again?: () => unknown,
  ): Promise<boolean> {
    return this.acting.act(id, verb, body, apply, params, again);
  }

  /** Shows what a command did whose answer was waited for; Z makes it back again. */
  did(id: string, verb: Verb, did: Did, back: Partial<Conversation>, params?: Record<string, string>): void {
    this.acting.did(id, verb, did, back, params);
  }

  resolve(id: string): Promise<boolean> {
    return this.act(id, 'resolve', {}, guess.resolved);
  }

  close(id: string): Promise<boolean> {
    return this.act(id, 'close', {}, guess.closed);
  }

  reopen(id: string): Promise<boolean> {
    return this.act(id, 'reopen', {}, guess.reopened);
  }

  unassign(id: string): Promise<boolean> {
    return this.act(id, 'unassign', {}, (c) => guess.assigned(c, undefined));
  }

  /** Assigns; expected makes it a compare-and-set, "" meaning nobody has it. */
  assign(
    id: string,
    assignee: string,
    more: { note?: string; priority?: Priority; follow?: boolean; remind_at?: string; expected?: string } = {},
    again?: () => unknown,
  ): Promise<boolean> {
    const { expected, ...rest } = more;
    const body = { assignee_id: assignee, ...rest, ...(expected === undefined ? {} : { expected_assignee_id: expected }) };
    const params = { name: this.members.get(assignee)?.name ?? '' };
    return this.act(id, 'assign', body, (c) => guess.assigned(c, assignee, more.priority), params, again);
  }

  /** Takes a conversation, unless somebody else was faster (F1-10). */
  assignToMe(id: string): Promise<boolean> {
    return this.assign(id, this.reader.user, { expected: this.store.rows.get(id)?.assignee_id ?? '' }, () => this.assignToMe(id));
  }

  prioritize(id: string, priority: Priority, reason?: string): Promise<boolean> {
    return this.act(id, 'prioritize', { priority, ...(reason ? { reason } : {}) }, () => ({ priority }), { priority });
  }

  /** Adds and removes tags, by id; a name that is no id becomes a new tag. */
  async tag(id: string, add: string[], remove: string[]): Promise<boolean> {
    const done = await this.act(id, 'tag', { add, remove }, (c) => guess.tagged(c, add, remove));
    if (done && add.some((t) => !this.tags.has(t))) await this.settings();
    return done;
  }

  /** Says that the reader has seen everything up to message. */
  async read(id: string, message?: string): Promise<void> {
    if (!this.store.rows.get(id)?.unread) return;
    await this.act(id, 'read', message ? { message_id: message } : {}, () => ({ unread: false }));
  }

  unread(id: string): Promise<boolean> {
    return this.act(id, 'unread', {}, () => ({ unread: true }));
  }

  /** Delivers a message again that failed. */
  retry(id: string, message: string): Promise<boolean> {
    return this.act(id, 'retry', { message_id: message }, () => ({}));
  }

  /** Does something to a note; it reports whether the server did it. */
  note(id: string, verb: NoteVerb, body: Record<string, unknown>): Promise<boolean> {
    return this.act(id, verb, body, () => ({}));
  }

  /** Takes back one command from the timeline. */
  undoCommand(id: string, command: string): Promise<boolean> {
    return this.acting.undoCommand(id, command);
  }

  /** Reports whether the last action can still be taken back with Z. */
  canUndo(): boolean {
    return this.acting.canUndo();
  }

  /** What was done to one conversation is not what Z takes back any more: something was done to many. */
  forgetUndo(): void {
    this.acting.remember();
  }

  /** Takes the last action back; it reports whether there was one in time. */
  undo(): boolean {
    return this.acting.undo();
  }
}
