/**
 * Drafts: on this device within a second, on the server within three, one per
 * conversation and mode. When another window changed the draft, both texts are
 * kept until the reader chooses.
 */
import type { Attachment, Draft, Mode } from './model';
import type { MakeMap } from './store';

/** What the composer shows of a draft. */
export interface DraftView {
  text: string;
  files: readonly Attachment[];
  /** The revision the server has; 0 when it has none. */
  revision: number;
  state: 'idle' | 'saving' | 'saved' | 'local';
  /** What the other window wrote, when the server refused ours. */
  conflict?: Draft;
}

/** How drafts reach the server. save rejects with ConflictError when the revision is stale. */
export interface DraftServer {
  load(conversation: string, mode: Mode): Promise<Draft>;
  save(conversation: string, mode: Mode, draft: Draft): Promise<Draft>;
  drop(conversation: string, mode: Mode): Promise<void>;
}

/** The draft was changed elsewhere; stored is what the server has. */
export class ConflictError extends Error {
  constructor(readonly stored: Draft) {
    super('This draft was changed in another window.');
  }
}

/** The parts of Storage that are used. */
export type Shelf = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** Milliseconds until a draft is kept on this device, and on the server. */
export const localAfter = 400;
export const serverAfter = 1500;

const none: DraftView = { text: '', files: [], revision: 0, state: 'idle' };

/** The drafts of one reader in one workspace. */
export class Drafts {
  readonly map: Map<string, DraftView>;
  private readonly timers = new Map<string, ReturnType<typeof setTimeout>>();
  private readonly busy = new Map<string, Promise<void>>();
  private readonly loaded = new Set<string>();

  /** prefix separates the drafts of users and workspaces on one device. */
  constructor(
    private readonly server: DraftServer,
    private readonly shelf: Shelf,
    private readonly prefix: string,
    make: MakeMap = () => new Map(),
  ) {
    this.map = make();
  }

  /** Returns the draft, from this device when it was not opened yet. */
  get(conversation: string, mode: Mode): DraftView {
    return this.map.get(key(conversation, mode)) ?? none;
  }

  /** Brings a draft in: from this device at once, then from the server unless this device has unsaved words. */
  async open(conversation: string, mode: Mode): Promise<void> {
    const k = key(conversation, mode);
    if (!this.map.has(k)) {
      const local = this.read(k);
      if (local) this.map.set(k, { ...none, ...local, state: 'local' });
    }
    if (this.loaded.has(k)) return;
    this.loaded.add(k);
    try {
      const stored = await this.server.load(conversation, mode);
      const here = this.get(conversation, mode);
      if (here.state === 'local') {
        if (stored.text === here.text) this.map.set(k, { ...here, revision: stored.revision, state: 'saved' });
        else if (stored.revision > here.revision && stored.text !== '') this.map.set(k, { ...here, revision: stored.revision, conflict: stored });
        else {
          this.map.set(k, { ...here, revision: stored.revision });
          this.later(conversation, mode);
        }
        return;
      }
      if (here.state === 'idle' && here.text === '') {
        this.map.set(k, { ...here, text: stored.text, revision: stored.revision, state: stored.text ? 'saved' : 'idle' });
      }
    } catch {
      this.loaded.delete(k); // the next opening tries again
    }
  }

  /** The reader typed or attached something. */
  change(conversation: string, mode: Mode, change: Partial<Pick<DraftView, 'text' | 'files'>>): void {
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
    this.shelf.removeItem(this.prefix + k);
    await this.busy.get(k);
    if (this.get(conversation, mode).revision === 0) return;
    try {
      await this.server.drop(conversation, mode);
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
    const text = which === 'mine' ? d.text : conflict.text;
    this.map.set(k, { ...rest, text, revision: conflict.revision, state: 'local' });
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
      this.shelf.setItem(this.prefix + k, JSON.stringify({ text: d.text, files: d.files, revision: d.revision }));
    } catch {
      // a full or forbidden storage: the server still gets it
    }
  }

  private read(k: string): Pick<DraftView, 'text' | 'files' | 'revision'> | undefined {
    try {
      const v: unknown = JSON.parse(this.shelf.getItem(this.prefix + k) ?? 'null');
      if (typeof v !== 'object' || v === null || typeof (v as DraftView).text !== 'string') return undefined;
      const d = v as DraftView;
      return { text: d.text, files: Array.isArray(d.files) ? d.files : [], revision: Number(d.revision) || 0 };
    } catch {
      return undefined;
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
    const [conversation = '', mode = 'reply'] = k.split('/') as [string, Mode];
    this.map.set(k, { ...sent, state: 'saving' });
    const still = () => this.map.get(k) ?? none;
    const draft = { text: sent.text, attachment_ids: sent.files.map((f) => f.id), revision: sent.revision };
    try {
      const stored = await this.server.save(conversation, mode, draft);
      const now = still();
      const same = now.text === sent.text && now.files === sent.files;
      this.map.set(k, { ...now, revision: stored.revision, state: same && now.state === 'saving' ? 'saved' : now.state });
      if (same) this.shelf.removeItem(this.prefix + k);
    } catch (err) {
      const now = still();
      if (err instanceof ConflictError && err.stored.text !== now.text) this.map.set(k, { ...now, state: 'local', conflict: err.stored });
      else if (err instanceof ConflictError) this.map.set(k, { ...now, state: 'saved', revision: err.stored.revision });
      else this.map.set(k, { ...now, state: 'local' }); // kept on this device; the next change tries again
      this.keep(k);
    }
  }
}

function key(conversation: string, mode: Mode): string {
  return `${conversation}/${mode}`;
}
