/**
 * One workspace as one reader works in it: what is known, what is asked for,
 * what is done. REST is the only writer; the feed only tells.
 */
import { Live, type Frame, type LiveState, type Said, type SocketLike, type SourceLike } from '../live/live';
import type { Cache, KeptThreads } from './cache';
import { whatChanged, whoChanged } from './changes';
import { ConflictError, Drafts, type Shelf } from './drafts';
import { Batch } from './frames';
import * as guess from './guess';
import { Refused, Unreachable, type Http } from './http';
import type {
  Attachment,
  Contact,
  Conversation,
  Counts,
  Did,
  Draft,
  Inbox,
  ListName,
  Member,
  Mention,
  Message,
  Mode,
  Priority,
  Tag,
  TimelineItem,
} from './model';
import { KeptMessages, Outbox, type KeptMessage } from './outbox';
import { Store, type MakeMap } from './store';
import { Timelines } from './timeline';
import { words } from './words';
import { t } from '../i18n/t';

/** Who reads, and where. */
export interface Reader {
  user: string;
  name: string;
  workspace: string;
  role: Member['role'];
}

/** Something to tell the reader after an action. */
export type Notice =
  | { kind: 'done'; verb: Verb; conversation: string; undo?: () => void; params?: Record<string, string> }
  | {
      kind: 'refused';
      verb: Verb;
      conversation: string;
      reason: string;
      /** What others changed meanwhile, in words, when that is why. */
      changes?: readonly string[];
      /** Who changed it. */
      by?: string;
      /** Does it again. */
      retry?: () => void;
    };

/** What can be done to a conversation; undo, read and message are done without a verb on screen. */
export type Verb =
  | 'assign'
  | 'unassign'
  | 'resolve'
  | 'close'
  | 'reopen'
  | 'tag'
  | 'prioritize'
  | 'read'
  | 'unread'
  | 'undo'
  | 'retry'
  | 'reply'
  | 'note'
  | 'takeover'
  | 'handback'
  | 'pend'
  | 'snooze'
  | 'unsnooze'
  | 'archive'
  | 'unarchive'
  | NoteVerb;

/** What can be done to a note. */
export type NoteVerb = 'edit-note' | 'pin-note' | 'unpin-note';

/** What the workspace needs from outside. */
export interface WorkspaceOptions {
  reader: Reader;
  http: Http;
  shelf: Shelf;
  notify: (n: Notice) => void;
  socket: (cursor: string) => SocketLike;
  stream: (cursor: string) => SourceLike;
  make?: MakeMap;
  now?: () => number;
  schedule?: (run: () => void) => void;
  newId?: () => string;
  online?: () => boolean;
  /** A notification for the reader has come. */
  noticed?: () => void;
  /** What this device keeps for the next start. */
  cache?: Cache;
  /** Runs its argument when nothing else is to do. */
  idle?: (run: () => void) => void;
}

/** Somebody who types right now. */
export interface Typing {
  kind: string;
  id?: string;
  name: string;
  mode?: Mode;
  until: number;
}

/** One value that screens can watch. */
export class Cell<T> {
  private readonly map: Map<'v', T>;
  constructor(make: MakeMap, value: T) {
    this.map = make();
    this.map.set('v', value);
  }
  get value(): T {
    return this.map.get('v') as T;
  }
  set value(v: T) {
    this.map.set('v', v);
  }
}

/** How long an action can be taken back with Z, in milliseconds (R14). */
export const undoTime = 10_000;
/** How long a refusal may wait for what others changed, in milliseconds. */
const explainTime = 1000;
const typingTime = 7000;
const pageSize = 50;
const keepTimelines = 200;
/** What is kept on this device: so many lists, rows of a list, and timelines. */
const keptLists = 8;
const keptRows = 100;
const keptThreads = 30;
/** It is written after so many quiet milliseconds, and at the latest after so many: never between two keys. */
const keepAfter = 1000;
const keepWithin = 15_000;

interface Undoable {
  run: () => void;
  until: number;
}

/** The work of one reader in one workspace. */
export class Workspace {
  readonly store: Store;
  readonly timelines: Timelines;
  readonly drafts: Drafts;
  readonly live: Live;
  readonly members: Map<string, Member>;
  readonly inboxes: Map<string, Inbox>;
  readonly tags: Map<string, Tag>;
  /** What teammates look at, by user id. */
  readonly presence: Map<string, { state: string; viewing?: string }>;
  readonly typing: Map<string, readonly Typing[]>;
  readonly contacts: Map<string, Contact>;
  /** Why a conversation cannot be shown, by its id. */
  readonly missing: Map<string, { status: number; reason: string }>;
  readonly counts: Cell<Counts | undefined>;
  readonly state: Cell<LiveState>;
  readonly recent: Cell<readonly string[]>;
  readonly reader: Reader;
  readonly http: Http;
  private readonly outbox = new Outbox();
  private readonly kept: KeptMessages;
  private readonly batch: Batch<Extract<Frame, { type: 'change' }>>;
  private readonly now: () => number;
  private readonly newId: () => string;
  private readonly notify: (n: Notice) => void;
  private readonly noticed: () => void;
  private readonly fetching = new Map<string, Promise<void>>();
  private readonly cache: Cache | undefined;
  private readonly idle: (run: () => void) => void;
  private keeping: ReturnType<typeof setTimeout> | undefined;
  private keepSince = 0;
  private lastUndo: Undoable | undefined;
  private greeted = false;
  private shown: ListName | undefined;
  private finding: ReturnType<typeof setTimeout> | undefined;

  constructor(o: WorkspaceOptions) {
    const make: MakeMap = o.make ?? (() => new Map());
    this.reader = o.reader;
    this.http = o.http;
    this.notify = o.notify;
    this.noticed = o.noticed ?? (() => undefined);
    this.cache = o.cache;
    this.idle = o.idle ?? ((run) => run());
    this.now = o.now ?? Date.now;
    this.newId = o.newId ?? (() => crypto.randomUUID());
    const prefix = `parley:${o.reader.user}:${o.reader.workspace}:`;
    this.store = new Store(o.reader.user, this.now, make);
    this.timelines = new Timelines(make);
    this.drafts = new Drafts(this.draftServer(), o.shelf, `${prefix}draft:`, make);
    this.kept = new KeptMessages(o.shelf, `${prefix}outbox`);
    this.members = make();
    this.inboxes = make();
    this.tags = make();
    this.presence = make();
    this.typing = make();
    this.contacts = make();
    this.missing = make();
    this.counts = new Cell<Counts | undefined>(make, undefined);
    this.state = new Cell<LiveState>(make, 'delayed');
    this.recent = new Cell<readonly string[]>(make, []);
    this.batch = new Batch((frames) => this.apply(frames), o.schedule);
    this.live = new Live({
      socket: o.socket,
      stream: o.stream,
      post: (said) => this.say(said),
      onFrame: (f) => this.hear(f),
      onState: (s) => this.stateIs(s),
      ...(o.online ? { online: o.online } : {}),
    });
  }

  /** Connects and fetches what every screen needs. */
  start(): void {
    void this.recall();
    this.live.start();
    void this.settings();
    void this.recount();
    for (const m of this.kept.all()) void this.deliverMessage(m);
  }

  /** Ends the connection; drafts are kept on this device. */
  stop(): void {
    this.drafts.keepAll();
    clearTimeout(this.keeping);
    this.live.stop();
  }

  /** Keeps drafts and what is shown on this device, because the page may go away. */
  keepNow(): void {
    this.drafts.keepAll();
    if (this.keeping) this.keep();
  }

  /** Fetches a list if it is not here yet. */
  async load(name: ListName): Promise<void> {
    const list = this.store.list(name);
    this.shown = name;
    if ((list.state === 'ready' && !list.kept && name.find === undefined) || list.state === 'loading') return;
    await this.reload(name);
  }

  /** Fetches the first page of a list again. */
  reload(name: ListName): Promise<void> {
    return this.once(`list ${JSON.stringify(name)}`, async () => {
      const had = this.store.list(name);
      if (had.state !== 'ready') this.store.mark(name, 'loading');
      try {
        const page = await this.page(name);
        this.store.page(name, page.items, page.next_cursor, true);
        this.keepSoon();
      } catch (err) {
        if (had.state !== 'ready') this.store.mark(name, 'failed', words(err));
      }
    });
  }

  /** Fetches older rows of a list, if there are any. */
  more(name: ListName): Promise<void> {
    return this.once(`more ${JSON.stringify(name)}`, async () => {
      const { cursor, state } = this.store.list(name);
      if (!cursor || state !== 'ready') return;
      try {
        const page = await this.page(name, cursor);
        this.store.page(name, page.items, page.next_cursor, false);
      } catch {
        // the list keeps its cursor; scrolling on tries again
      }
    });
  }

  /** Makes sure that a conversation and the end of its timeline are here. */
  async open(id: string): Promise<void> {
    this.recent.value = [id, ...this.recent.value.filter((x) => x !== id)].slice(0, 12);
    await Promise.all([this.fetchRow(id), this.fetchTimeline(id)]);
  }

  /** Fetches quietly what the reader will probably open next. */
  async prefetch(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      if (this.timelines.sure(id) || this.state.value === 'offline') continue;
      await this.fetchTimeline(id);
    }
  }

  /** Fetches what happened earlier in a conversation. */
  earlier(id: string): Promise<void> {
    return this.once(`earlier ${id}`, async () => {
      const prev = this.timelines.map.get(id)?.prev;
      if (!prev) return;
      try {
        const t = await this.http.get<{ items: TimelineItem[]; prev_cursor?: string }>(`/conversations/${id}/timeline`, { before: prev, limit: 60 });
        this.timelines.older(id, t.items, t.prev_cursor);
      } catch (err) {
        this.notify({ kind: 'refused', verb: 'read', conversation: id, reason: words(err) });
      }
    });
  }

  /** Fetches a customer with their conversations. */
  fetchContact(id: string): Promise<void> {
    return this.once(`contact ${id}`, async () => {
      try {
        const c = await this.http.get<Contact>(`/contacts/${id}`);
        this.contacts.set(id, c);
      } catch {
        // the panel shows what the conversation says of them
      }
    });
  }

  /** Changes what is known of a customer; it rejects with the reason when it is refused. */
  async changeContact(id: string, change: { name?: string; email?: string; phone?: string }): Promise<void> {
    const fresh = await this.http.send<Contact>('PATCH', `/contacts/${id}`, change);
    const had = this.contacts.get(id);
    this.contacts.set(id, { ...had, ...fresh, conversations: fresh.conversations ?? had?.conversations });
    for (const [rowId, c] of this.store.rows) {
      if (c.contact.id === id) await this.refetchRow(rowId);
    }
  }

  /** Uploads a file; progress is from 0 to 1. */
  upload(file: File, progress: (done: number) => void, signal: AbortSignal): Promise<Attachment> {
    return uploadTo(`/api/v1/workspaces/${this.reader.workspace}/attachments`, file, progress, signal);
  }

  /** Sends a message or a note; it is shown at once and never twice. */
  async send(conversation: string, mode: Mode, text: string, attachments: readonly Attachment[], mentions: readonly Mention[] = []): Promise<void> {
    const m: KeptMessage = {
      client_id: this.newId(),
      conversation,
      mode,
      text,
      attachments: [...attachments],
      at: new Date(this.now()).toISOString(),
      ...(mentions.length > 0 ? { mentions: [...mentions] } : {}),
    };
    this.kept.add(m);
    void this.drafts.clear(conversation, mode);
    await this.deliverMessage(m);
  }

  /** Sends again what the server did not take. */
  resend(conversation: string, clientId: string): void {
    const o = this.timelines.map.get(conversation)?.outgoing.find((x) => x.client_id === clientId);
    if (!o) return;
    const m: KeptMessage = {
      client_id: o.client_id,
      conversation,
      mode: o.mode,
      text: o.text,
      attachments: o.attachments,
      at: o.at,
      ...(o.mentions ? { mentions: o.mentions } : {}),
    };
    this.kept.add(m);
    void this.deliverMessage(m);
  }

  /** Takes a message that was not sent back into the composer. */
  takeBack(conversation: string, clientId: string): void {
    const o = this.timelines.map.get(conversation)?.outgoing.find((x) => x.client_id === clientId);
    if (!o) return;
    this.timelines.discard(conversation, clientId);
    const d = this.drafts.get(conversation, o.mode);
    const text = d.text.trim() ? `${o.text}\n\n${d.text}` : o.text;
    this.drafts.change(conversation, o.mode, { text, files: [...o.attachments, ...d.files] });
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

  async unread(id: string): Promise<boolean> {
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
    return this.act(id, 'undo', { command_id: command }, () => ({}));
  }

  /** Reports whether the last action can still be taken back with Z. */
  canUndo(): boolean {
    return !!this.lastUndo && this.lastUndo.until >= this.now();
  }

  /** Takes the last action back; it reports whether there was one within undoTime. */
  undo(): boolean {
    const u = this.lastUndo;
    if (!u || u.until < this.now()) return false;
    u.run();
    return true;
  }

  /** Changes at once, asks the server, and goes back if it refuses; again is what Retry does. */
  async act(
    id: string,
    verb: Verb,
    body: Record<string, unknown>,
    apply: (c: Conversation) => Partial<Conversation>,
    params: Record<string, string> = {},
    again: () => unknown = () => this.act(id, verb, body, apply, params),
  ): Promise<boolean> {
    const before = this.store.rows.get(id);
    const known = this.store.known(id);
    const op = { id: this.newId(), conversation: id, apply };
    this.store.begin(op);
    const answer = this.outbox.deliver(id, () => this.http.send<Did>('POST', `/conversations/${id}/${verb}`, body, op.id));
    // What has gone out to the customer is not taken back.
    const undo = before && !body['closing_message'] ? this.offerUndo(id, verb, before, apply(before), answer) : undefined;
    if (verb !== 'read' && verb !== 'undo') this.notify({ kind: 'done', verb, conversation: id, params, ...(undo ? { undo } : {}) });
    try {
      const did = await answer;
      this.store.settle(op, did.conversation);
      this.timelines.add(id, did.items ?? []);
      this.refind();
      this.keepSoon();
      if (verb === 'undo') this.notify({ kind: 'done', verb, conversation: id });
      return true;
    } catch (err) {
      this.store.refuse(op);
      if (this.lastUndo?.run === undo) this.lastUndo = undefined;
      if (verb === 'read') {
        if (err instanceof Refused && (err.status === 409 || err.status === 404)) void this.refetchRow(id);
        return false;
      }
      await this.refuse(id, verb, err, known, again);
      return false;
    }
  }

  /** Says why something was refused: what others changed meanwhile, and how to do it again. */
  private async refuse(id: string, verb: Verb, err: unknown, known: Conversation | undefined, again: () => unknown): Promise<void> {
    const status = err instanceof Refused ? err.status : 0;
    let changes: string[] = [];
    let by: string | undefined;
    const news = (async () => {
      if (status === 409 || status === 404) await this.refetchRow(id);
      if (status === 409 && known && (this.store.known(id)?.version ?? 0) > known.version) await this.refetchTimeline(id);
    })();
    // The reason does not wait for its explanation for long.
    await Promise.race([news, new Promise((done) => setTimeout(done, explainTime))]);
    const now = this.store.known(id);
    if (status === 409 && known && now && now.version > known.version) {
      changes = whatChanged(known, now, this.members);
      by = whoChanged(this.timelines.map.get(id)?.items ?? [], known.version, this.reader.user, this.members);
    }
    const retry = status === 403 || status === 404 ? undefined : () => void again();
    this.notify({
      kind: 'refused',
      verb,
      conversation: id,
      reason: words(err),
      ...(changes.length > 0 ? { changes } : {}),
      ...(by ? { by } : {}),
      ...(retry ? { retry } : {}),
    });
  }

  private offerUndo(id: string, verb: Verb, before: Conversation, change: Partial<Conversation>, answer: Promise<Did>): (() => void) | undefined {
    if (verb === 'read' || verb === 'undo' || verb === 'retry') return undefined;
    const back = Object.fromEntries(Object.keys(change).map((k) => [k, before[k as keyof Conversation]])) as Partial<Conversation>;
    let used = false;
    const run = () => {
      if (used) return;
      used = true;
      if (this.lastUndo?.run === run) this.lastUndo = undefined;
      void this.takeBackAction(id, verb, back, answer);
    };
    this.lastUndo = { run, until: this.now() + undoTime };
    return run;
  }

  private async takeBackAction(id: string, verb: Verb, back: Partial<Conversation>, answer: Promise<Did>): Promise<void> {
    const op = { id: this.newId(), conversation: id, apply: () => back };
    this.store.begin(op);
    try {
      const did = await answer;
      const request =
        verb === 'unread'
          ? () => this.http.send<Did>('POST', `/conversations/${id}/read`, {}, op.id)
          : () => this.http.send<Did>('POST', `/conversations/${id}/undo`, { command_id: did.command_id }, op.id);
      const undone = await this.outbox.deliver(id, request);
      this.store.settle(op, undone.conversation);
      this.timelines.add(id, undone.items ?? []);
      this.notify({ kind: 'done', verb: 'undo', conversation: id });
    } catch (err) {
      const known = this.store.known(id);
      this.store.refuse(op);
      await this.refuse(id, 'undo', err, known, () => this.takeBackAction(id, verb, back, answer));
    }
  }

  /** A note was added: Z and the toast take it back. */
  private offerNoteUndo(id: string, command: string): void {
    const run = () => {
      if (this.lastUndo?.run === run) this.lastUndo = undefined;
      void this.undoCommand(id, command);
    };
    this.lastUndo = { run, until: this.now() + undoTime };
    this.notify({ kind: 'done', verb: 'note', conversation: id, undo: run });
  }

  private async deliverMessage(m: KeptMessage): Promise<void> {
    const { conversation: id, client_id, mode } = m;
    this.timelines.send({ ...m, state: 'sending' });
    const op = { id: client_id, conversation: id, apply: (c: Conversation) => (mode === 'reply' ? guess.replied(c, m.text, m.at) : {}) };
    this.store.begin(op);
    const body = {
      text: m.text,
      client_id,
      ...(m.mentions ? { mentions: m.mentions } : {}),
      ...(m.attachments.length > 0 ? { attachment_ids: m.attachments.map((a) => a.id) } : {}),
    };
    try {
      const did = await this.outbox.deliver(
        id,
        () => this.http.send<Did>('POST', `/conversations/${id}/${mode}`, body, client_id),
        () => this.timelines.progress(id, client_id, 'waiting'),
      );
      this.kept.remove(client_id);
      this.store.settle(op, did.conversation);
      if (did.items && did.items.length > 0) this.timelines.add(id, did.items);
      // An answer to a repeated request may carry no facts: the timeline is asked for them.
      if (this.timelines.map.get(id)?.outgoing.some((o) => o.client_id === client_id)) await this.refetchTimeline(id);
      this.timelines.discard(id, client_id);
      if (mode === 'note') this.offerNoteUndo(id, did.command_id);
      this.keepSoon();
    } catch (err) {
      this.kept.remove(client_id);
      this.store.refuse(op);
      this.timelines.progress(id, client_id, 'failed', words(err));
      if (err instanceof Refused && err.status === 409) void this.refetchRow(id);
    }
  }

  private hear(f: Frame): void {
    switch (f.type) {
      case 'hello':
        this.outbox.wake();
        if (!this.greeted) this.refresh(); // what happened between the first answers and the greeting
        this.greeted = true;
        return;
      case 'change':
        this.batch.add(f);
        return;
      case 'gone':
        this.forget(f.conversation_id);
        return;
      case 'counts':
        this.counts.value = f.counts;
        return;
      case 'settings':
        void this.settings();
        return;
      case 'notification':
        this.noticed();
        return;
      case 'typing':
        this.types(f);
        return;
      case 'presence':
        this.present(f.users);
        return;
      case 'reset':
        this.batch.flush();
        this.store.stale();
        this.timelines.map.clear();
        this.refresh();
        void this.settings();
        return;
    }
  }

  private apply(frames: Extract<Frame, { type: 'change' }>[]): void {
    for (const f of frames) {
      this.store.put(f.conversation);
      this.timelines.add(f.conversation.id, f.items);
      if (f.items.some((i) => i.message?.side === 'customer')) this.quiet(f.conversation.id);
      if (f.items.some((i) => i.event.kind === 'note_restored')) void this.refetchTimeline(f.conversation.id);
    }
    this.refind();
    this.keepSoon();
  }

  /** Fetches again what is on screen: every list that is shown, and opened timelines. */
  private refresh(): void {
    for (const list of this.store.lists.values()) if (list.ids.length > 0 || list.state === 'empty') void this.reload(list.name);
    const open = this.recent.value[0];
    if (open) void this.open(open);
    void this.recount();
  }

  private types(f: Extract<Frame, { type: 'typing' }>): void {
    const others = (this.typing.get(f.conversation_id) ?? []).filter((t) => t.id !== f.actor.id || t.kind !== f.actor.kind);
    const until = this.now() + typingTime;
    if (f.on) {
      this.typing.set(f.conversation_id, [...others, { ...f.actor, ...(f.mode ? { mode: f.mode } : {}), until }]);
      setTimeout(() => this.expire(f.conversation_id), typingTime + 50);
    } else if (others.length > 0) this.typing.set(f.conversation_id, others);
    else this.typing.delete(f.conversation_id);
  }

  private expire(id: string): void {
    const all = this.typing.get(id);
    if (!all) return;
    const rest = all.filter((t) => t.until > this.now());
    if (rest.length === all.length) return;
    if (rest.length > 0) this.typing.set(id, rest);
    else this.typing.delete(id);
  }

  /** The customer's words have come: they type no more. */
  private quiet(id: string): void {
    const rest = (this.typing.get(id) ?? []).filter((t) => t.kind !== 'contact');
    if (rest.length > 0) this.typing.set(id, rest);
    else this.typing.delete(id);
  }

  private present(users: { user_id: string; state: string; viewing?: string }[]): void {
    for (const id of [...this.presence.keys()]) if (!users.some((u) => u.user_id === id)) this.presence.delete(id);
    for (const u of users) this.presence.set(u.user_id, { state: u.state, ...(u.viewing ? { viewing: u.viewing } : {}) });
  }

  private stateIs(s: LiveState): void {
    this.state.value = s;
  }

  private async say(said: Said): Promise<void> {
    const { conversation_id, ...rest } = said;
    await this.http.send('POST', '/presence', { ...rest, ...(conversation_id ? { conversation_id } : {}) });
  }

  /** How many notifications of the reader were not looked at. */
  async unreadNotices(): Promise<number> {
    return (await this.http.get<{ unread: number }>('/notifications', { limit: 1 })).unread;
  }

  /** Fetches members, inboxes and tags. */
  settings(): Promise<void> {
    return this.once('settings', async () => {
      const [, known] = await Promise.all([
        this.fill<Member>('/members', this.members, (m) => m.user_id),
        this.fill<Inbox>('/inboxes', this.inboxes, (i) => i.id),
        this.fill<Tag>('/tags', this.tags, (x) => x.id),
      ]);
      // What is of an inbox that the reader may not see any more goes at once.
      if (known) for (const [id, c] of this.store.rows) if (!this.inboxes.has(c.inbox_id)) this.forget(id);
      this.keepSoon();
    });
  }

  private forget(id: string): void {
    this.store.remove(id);
    this.timelines.map.delete(id);
  }

  /** Fetches all of a kind; it reports whether the server answered. */
  private async fill<T>(path: string, into: Map<string, T>, key: (v: T) => string): Promise<boolean> {
    try {
      const answer = await this.http.get<T[] | { items: T[] }>(path);
      const all = Array.isArray(answer) ? answer : answer.items;
      const keys = new Set(all.map(key));
      for (const k of [...into.keys()]) if (!keys.has(k)) into.delete(k);
      for (const v of all) into.set(key(v), v);
      return true;
    } catch {
      return false; // what was known stays; the next settings frame or start asks again
    }
  }

  /** Paints what this device kept, where the server has not answered yet. */
  private async recall(): Promise<void> {
    const kept = await this.cache?.lists();
    if (kept) {
      if (this.inboxes.size === 0) for (const i of kept.inboxes) this.inboxes.set(i.id, i);
      if (this.members.size === 0) for (const m of kept.members) this.members.set(m.user_id, m);
      if (this.tags.size === 0) for (const x of kept.tags) this.tags.set(x.id, x);
      this.counts.value ??= kept.counts;
      this.store.recall(kept.rows, kept.lists);
    }
    for (const x of (await this.cache?.threads()) ?? []) if (this.store.rows.has(x.id)) this.timelines.recall(x.id, x.items, x.prev);
  }

  /** Keeps what is shown on this device, soon and when nothing else is to do. */
  private keepSoon(): void {
    if (!this.cache) return;
    if (this.keeping && this.now() - this.keepSince > keepWithin) return;
    if (!this.keeping) this.keepSince = this.now();
    clearTimeout(this.keeping);
    this.keeping = setTimeout(() => this.idle(() => this.keep()), keepAfter);
  }

  private keep(): void {
    clearTimeout(this.keeping);
    this.keeping = undefined;
    const lists = [...this.store.lists.values()].filter((l) => l.state === 'ready').slice(-keptLists);
    const shown = lists.map((l) => ({ name: l.name, ids: l.ids.slice(0, keptRows) }));
    const known = (id: string) => this.store.known(id);
    const rows = [...new Set([...shown.flatMap((l) => l.ids), ...this.recent.value])].map(known).filter((c) => c !== undefined);
    const threads: KeptThreads = [];
    for (const [id, x] of [...this.timelines.map].slice(-keptThreads)) if (x.state === 'ready' && known(id)) threads.push({ id, items: x.items, prev: x.prev });
    void this.cache?.save(
      {
        lists: shown,
        rows,
        counts: this.counts.value,
        members: [...this.members.values()],
        inboxes: [...this.inboxes.values()],
        tags: [...this.tags.values()],
      },
      threads,
    );
  }

  private recount(): Promise<void> {
    return this.once('counts', async () => {
      try {
        this.counts.value = await this.http.get<Counts>('/counts');
      } catch {
        // the feed brings counts too
      }
    });
  }

  /** Asks for the filter on screen again: only the server knows what is in it. */
  private refind(): void {
    const name = this.shown;
    if (name?.find === undefined) return;
    clearTimeout(this.finding);
    this.finding = setTimeout(() => void this.reload(name), 250);
  }

  private page(name: ListName, cursor?: string): Promise<{ items: Conversation[]; next_cursor?: string }> {
    if (name.find !== undefined) {
      const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
      return this.http.get('/find', { ...Object.fromEntries(new URLSearchParams(name.find)), zone, cursor, limit: pageSize });
    }
    return this.http.get('/conversations', { view: name.view, tab: name.tab, inbox_id: name.inbox, cursor, limit: pageSize });
  }

  private async fetchRow(id: string): Promise<void> {
    if (this.store.sure(id)) return;
    await this.refetchRow(id);
  }

  private refetchRow(id: string): Promise<void> {
    return this.once(`row ${id}`, async () => {
      try {
        this.store.put(await this.http.get<Conversation>(`/conversations/${id}`));
        this.missing.delete(id);
      } catch (err) {
        if (!(err instanceof Refused)) {
          this.missing.set(id, { status: 0, reason: words(err) });
          return;
        }
        this.missing.set(id, { status: err.status, reason: err.message });
        if (err.status === 404 || err.status === 403) this.store.remove(id);
      }
    });
  }

  private async fetchTimeline(id: string): Promise<void> {
    if (this.timelines.sure(id)) return;
    await this.refetchTimeline(id);
  }

  /** Fetches the end of a timeline again. */
  refetchTimeline(id: string): Promise<void> {
    return this.once(`timeline ${id}`, async () => {
      this.timelines.begin(id);
      try {
        const t = await this.http.get<{ items: TimelineItem[]; prev_cursor?: string; pinned?: Message[] }>(`/conversations/${id}/timeline`, { limit: 60 });
        this.timelines.newest(id, t.items, t.prev_cursor, t.pinned);
        this.prune(id);
        this.keepSoon();
      } catch (err) {
        this.timelines.fail(id, words(err));
      }
    });
  }

  private prune(current: string): void {
    for (const [id, t] of this.timelines.map) {
      if (this.timelines.map.size <= keepTimelines) return;
      if (id !== current && t.outgoing.length === 0) this.timelines.map.delete(id);
    }
  }

  /** Runs one request of a kind at a time; who asks meanwhile waits for the same answer. */
  private once(what: string, run: () => Promise<void>): Promise<void> {
    const running = this.fetching.get(what);
    if (running) return running;
    const p = run().finally(() => this.fetching.delete(what));
    this.fetching.set(what, p);
    return p;
  }

  private draftServer() {
    return {
      load: (c: string, m: Mode) => this.http.get<Draft>(`/conversations/${c}/drafts/${m}`),
      save: async (c: string, m: Mode, d: Draft) => {
        try {
          return await this.http.send<Draft>('PUT', `/conversations/${c}/drafts/${m}`, d);
        } catch (err) {
          if (err instanceof Refused && err.status === 409 && err.conflict && typeof err.conflict['revision'] === 'number')
            throw new ConflictError(err.conflict as unknown as Draft);
          throw err;
        }
      },
      drop: (c: string, m: Mode) => this.http.send<void>('DELETE', `/conversations/${c}/drafts/${m}`),
    };
  }
}

/** XMLHttpRequest, because fetch does not tell how much of an upload is through. */
function uploadTo(url: string, file: File, progress: (done: number) => void, signal: AbortSignal): Promise<Attachment> {
  return new Promise((done, fail) => {
    const x = new XMLHttpRequest();
    x.open('POST', url);
    x.setRequestHeader('X-Parley-CSRF', '1');
    x.responseType = 'json';
    x.upload.onprogress = (e) => e.lengthComputable && progress(e.loaded / e.total);
    x.onload = () => {
      if (x.status < 300) return done(x.response as Attachment);
      const p = x.response as { detail?: string; code?: string } | null;
      fail(new Refused(x.status, p?.code ?? 'internal', p?.detail ?? t('error.upload')));
    };
    x.onerror = () => fail(new Unreachable('upload'));
    x.onabort = () => fail(new DOMException('Upload removed', 'AbortError'));
    signal.addEventListener('abort', () => x.abort());
    const form = new FormData();
    form.append('file', file);
    x.send(form);
  });
}
