/**
 * Drafts: on this device within a second, on the server within three, one per
 * conversation and mode. Every window keeps its own on the device. When another
 * window changed the draft, both texts are kept until the reader chooses.
 */
import type { Attachment, Draft, MailHeader, Mode } from './model';
import { painted } from '../router/painted';
import type { MakeMap } from './store';

/** What the composer shows of a draft. */
export interface DraftView {
  text: string;
  /** To whom a mail is to go, where that was chosen. */
  header?: MailHeader | undefined;
  files: readonly Attachment[];
  /** The revision the server has; 0 when it has none. */
  revision: number;
  state: 'idle' | 'saving' | 'saved' | 'local';
  /** Teammates who see it. */
  shared?: readonly string[];
  /** What the other window wrote, when the server refused ours. */
  conflict?: Draft;
}

/** How drafts reach the server. save rejects with ConflictError when the revision is stale. */
export interface DraftServer {
  load(conversation: string, mode: Mode): Promise<Draft>;
  save(conversation: string, mode: Mode, draft: Draft): Promise<Draft>;
  /** Drops it, unless it was changed since a revision. */
  drop(conversation: string, mode: Mode, revision: number): Promise<void>;
}

/** The draft was changed elsewhere; stored is what the server has. */
export class ConflictError extends Error {
  constructor(readonly stored: Draft) {
    super('This draft was changed in another window.');
  }
}

/** The parts of Storage that are used. */
export type Shelf = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> & { keys(): string[] };

/** Milliseconds until a draft is kept on this device, and on the server. */
export const localAfter = 400;
export const serverAfter = 1500;

const none: DraftView = { text: '', files: [], revision: 0, state: 'idle' };

type Kept = Pick<DraftView, 'text' | 'header' | 'files' | 'revision'> & { at: number };

/** The drafts of one reader in one workspace. */
export class Drafts {
  readonly map: Map<string, DraftView>;
  private readonly timers = new Map<string, ReturnType<typeof setTimeout>>();
  private readonly busy = new Map<string, Promise<void>>();
  private readonly loaded = new Set<string>();
  /** Places on the shelf of windows that are gone, until the server has what is there. */
  private readonly inherited = new Map<string, string[]>();
  /** Grows with what teammates do to the drafts they show the reader, by conversation. */
  readonly others: Map<string, number>;

  /** prefix separates the drafts of users and workspaces on one device, window those of its windows. */
  constructor(
    private readonly server: DraftServer,
    private readonly shelf: Shelf,
    private readonly prefix: string,
    make: MakeMap = () => new Map(),
    private readonly window = Math.random().toString(36).slice(2),
  ) {
    this.map = make();
    this.others = make();
  }

  /** Returns the draft, from this device when it was not opened yet. */
  get(conversation: string, mode: Mode): DraftView {
    return this.map.get(key(conversation, mode)) ?? none;
  }

  /** Brings a draft in: from this device at once, then from the server unless this device has unsaved words. */
  async open(conversation: string, mode: Mode): Promise<void> {
    const k = key(conversation, mode);
    if (!this.map.has(k)) this.inherit(k);
    if (this.loaded.has(k)) return;
    this.loaded.add(k);
    await painted();
    try {
      const stored = await this.server.load(conversation, mode);
      const here = this.get(conversation, mode);
      if (here.state === 'local') this.meet(k, stored);
      else if (here.state === 'idle' && here.text === '') this.hold(conversation, mode, stored);
    } catch {
      this.loaded.delete(k); // the next opening tries again
    }
  }

  /** Shows what the server has. */
  hold(conversation: string, mode: Mode, stored: Draft): void {
    const files = stored.attachments ?? [];
    this.map.set(key(conversation, mode), {
      text: stored.text,
      ...(stored.header ? { header: stored.header } : {}),
      files,
      revision: stored.revision,
      state: stored.text || files.length > 0 ? 'saved' : 'idle',
      shared: stored.shared_with ?? [],
    });
  }

  /** Remembers which teammates see a draft. */
  shownTo(conversation: string, mode: Mode, users: readonly string[]): void {
    this.map.set(key(conversation, mode), { ...this.get(conversation, mode), shared: users });
  }

  /** A draft of the reader was changed in another window, or one that they are shown by somebody else. */
  async heard(conversation: string, mode: Mode, revision: number, mine: boolean): Promise<void> {
    if (!mine) this.others.set(conversation, (this.others.get(conversation) ?? 0) + 1);
    const k = key(conversation, mode);
    const here = this.get(conversation, mode);
    const calm = () => here === this.get(conversation, mode) && here.state !== 'local' && here.state !== 'saving';
    if (!this.loaded.has(k) || !calm() || here.revision === (mine ? revision : here.shared?.length ? 0 : here.revision)) return;
    try {
      const stored = await this.server.load(conversation, mode);
      if (calm()) this.hold(conversation, mode, stored);
    } catch {
      this.loaded.delete(k); // the next opening tries again
    }
  }

  /** The connection is back: what the server does not have is sent, and what others do may have been missed. */
  again(): void {
    for (const [k, d] of this.map) if (d.state === 'local') void this.push(k);
    for (const [c, n] of this.others) this.others.set(c, n + 1);
  }

  /** The reader typed or attached something. */
  change(conversation: string, mode: Mode, change: Partial<Pick<DraftView, 'text' | 'header' | 'files'>>): void {
    const k = key(conversation, mode);
    this.map.set(k, { ...this.get(conversation, mode), ...change, state: 'local' });
    this.later(conversation, mode);
  }

  /** Keeps everything that waits at once; used when the reader leaves. */
  async flush(): Promise<void> {
    const waiting = [...this.timers.keys()];
    for (const k of waiting) this.keep(k);
    await Promise.all(waiting.map((k) => this.push(k)));
  }

  /** Keeps drafts on this device at once, without the server; used when the page goes away. */
  keepAll(): void {
    for (const k of this.timers.keys()) this.keep(k);
  }

  /** The message was sent or thrown away: the draft ends. */
  async clear(conversation: string, mode: Mode): Promise<void> {
    const k = key(conversation, mode);
    this.stop(k);
    const had = this.get(conversation, mode);
    this.map.set(k, { ...none, revision: had.revision });
    this.forget(k);
    await this.busy.get(k);
    if (this.get(conversation, mode).revision === 0) return;
    try {
      await this.server.drop(conversation, mode, this.get(conversation, mode).revision);
      this.map.set(k, { ...this.get(conversation, mode), revision: 0 });
    } catch {
      this.loaded.delete(k); // it is offered again with the next opening; nothing is lost
    }
  }

  /** Ends a conflict: with this window's words, or with the other's. */
  choose(conversation: string, mode: Mode, which: 'mine' | 'theirs'): void {
    const k = key(conversation, mode);
    const d = this.get(conversation, mode);
    if (!d.conflict) return;
    const { conflict, ...rest } = d;
    const other = which === 'mine' ? {} : { text: conflict.text, header: conflict.header, files: conflict.attachments ?? d.files };
    this.map.set(k, { ...rest, ...other, revision: conflict.revision, state: 'local' });
    this.later(conversation, mode);
  }

  private later(conversation: string, mode: Mode): void {
    const k = key(conversation, mode);
    if (this.timers.has(k)) return; // at most every serverAfter, also while typing
    const local = setTimeout(() => this.keep(k), localAfter);
    const timer = setTimeout(() => {
      clearTimeout(local);
      this.keep(k);
      void this.push(k);
    }, serverAfter);
    this.timers.set(k, timer);
  }

  private stop(k: string): void {
    clearTimeout(this.timers.get(k));
    this.timers.delete(k);
  }

  private keep(k: string): void {
    const d = this.map.get(k);
    if (!d || d.state !== 'local') return;
    try {
      this.shelf.setItem(
        this.place(k),
        JSON.stringify({ text: d.text, header: d.header, files: d.files, revision: d.revision, at: Date.now() } satisfies Kept),
      );
    } catch {
      // a full or forbidden storage: the server still gets it
    }
  }

  private place = (k: string) => `${this.prefix}${k}@${this.window}`;

  /** Takes over what other windows have left on this device, the newest first; a second text is asked about. */
  private inherit(k: string): void {
    const begin = this.prefix + k;
    const places = this.shelf.keys().filter((x) => x === begin || x.startsWith(`${begin}@`));
    const all = places.flatMap((x) => this.read(x) ?? []).sort((a, b) => b.at - a.at);
    const [first] = all;
    if (!first) return;
    this.inherited.set(k, places);
    const other = all.find((d) => !first.text.includes(d.text));
    const { text, header, files, revision } = first;
    this.map.set(k, {
      ...none,
      ...{ text, header, files, revision },
      state: 'local',
      ...(other ? { conflict: { text: other.text, attachment_ids: other.files.map((f) => f.id), attachments: [...other.files], revision } } : {}),
    });
  }

  /** Nothing of a draft has to be on this device any more. */
  private forget(k: string): void {
    for (const x of [this.place(k), ...(this.inherited.get(k) ?? [])]) this.shelf.removeItem(x);
    this.inherited.delete(k);
  }

  private read(place: string): Kept | undefined {
    try {
      const v: unknown = JSON.parse(this.shelf.getItem(place) ?? 'null');
      if (typeof v !== 'object' || v === null || typeof (v as Kept).text !== 'string') return undefined;
      const d = v as Kept;
      return { text: d.text, header: d.header, files: Array.isArray(d.files) ? d.files : [], revision: Number(d.revision) || 0, at: Number(d.at) || 0 };
    } catch {
      return undefined;
    }
  }

  /** Unsaved words meet what the server has: what holds all of it goes on, anything else is asked about. */
  private meet(k: string, stored: Draft): void {
    const now = this.map.get(k) ?? none;
    const { revision, attachment_ids: ids } = stored;
    const holds = now.text.startsWith(stored.text) && ids.every((id) => now.files.some((f) => f.id === id));
    if (now.conflict || (!holds && revision !== now.revision)) {
      this.map.set(k, { ...now, state: 'local', conflict: { ...(now.conflict ?? stored), revision } });
    } else if (now.text === stored.text && holds && now.files.length === ids.length) {
      this.map.set(k, { ...now, revision, state: 'saved' });
      this.forget(k);
    } else {
      this.map.set(k, { ...now, revision, state: 'local' });
      this.later(...part(k));
    }
  }

  /** Sends what is there to the server; one request per draft at a time. */
  private async push(k: string): Promise<void> {
    this.stop(k);
    await this.busy.get(k);
    const d = this.map.get(k);
    if (!d || d.state !== 'local' || d.conflict) return;
    const run = this.save(k, d);
    this.busy.set(k, run);
    await run;
    if (this.busy.get(k) === run) this.busy.delete(k);
  }

  private async save(k: string, sent: DraftView): Promise<void> {
    const [conversation, mode] = part(k);
    this.map.set(k, { ...sent, state: 'saving' });
    const still = () => this.map.get(k) ?? none;
    const draft = { text: sent.text, ...(sent.header ? { header: sent.header } : {}), attachment_ids: sent.files.map((f) => f.id), revision: sent.revision };
    try {
      const stored = await this.server.save(conversation, mode, draft);
      const now = still();
      const same = now.text === sent.text && now.files === sent.files && now.header === sent.header;
      this.map.set(k, { ...now, revision: stored.revision, state: same && now.state === 'saving' ? 'saved' : now.state });
      if (same) this.forget(k);
    } catch (err) {
      if (err instanceof ConflictError) this.meet(k, err.stored);
      else this.map.set(k, { ...still(), state: 'local' }); // kept on this device; the next change tries again, and the next connection
      this.keep(k);
    }
  }
}

function part(k: string): [string, Mode] {
  const [conversation = '', mode = 'reply'] = k.split('/') as [string, Mode];
  return [conversation, mode];
}

function key(conversation: string, mode: Mode): string {
  return `${conversation}/${mode}`;
}
