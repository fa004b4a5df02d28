/** What is known of a workspace: one place where screens look, filled by what is fetched, done and told. */
import type { LiveState } from '../live/live';
import type { Drafts, Shelf } from './drafts';
import type { Http } from './http';
import type { Contact, Counts, Inbox, Member, Mode, Tag } from './model';
import { Store, type MakeMap } from './store';
import { Timelines } from './timeline';
import type { Notice, Reader } from './verbs';

/** Somebody who types right now. */
export interface Typing {
  kind: string;
  id?: string;
  name: string;
  mode?: Mode;
  until: number;
}

/** What everything known needs from outside. */
export interface KnownOptions {
  reader: Reader;
  http: Http;
  shelf: Shelf;
  notify: (n: Notice) => void;
  make?: MakeMap;
  now?: () => number;
  newId?: () => string;
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

/** Everything known, and the clock, the ids and the voice of whoever fills it. */
export class Known {
  readonly reader: Reader;
  readonly http: Http;
  readonly store: Store;
  readonly timelines: Timelines;
  /** What the reader has begun to write; it is here once something asked for it with draftsOf. */
  drafts: Drafts | undefined;
  readonly shelf: Shelf;
  readonly make: MakeMap;
  readonly members: Map<string, Member>;
  readonly inboxes: Map<string, Inbox>;
  readonly tags: Map<string, Tag>;
  /** What teammates look at, by user id. */
  readonly presence: Map<string, { state: string; viewing?: string }>;
  readonly typing: Map<string, readonly Typing[]>;
  readonly contacts: Map<string, Contact>;
  /** Who wants to know which customers have changed; undefined is any of them. */
  readonly customersHeard = new Set<(ids: readonly string[] | undefined) => void>();
  /** Why a conversation cannot be shown, by its id. */
  readonly missing: Map<string, { status: number; reason: string }>;
  readonly counts: Cell<Counts | undefined>;
  readonly state: Cell<LiveState>;
  readonly recent: Cell<readonly string[]>;
  readonly now: () => number;
  readonly newId: () => string;
  /** Tells the reader what was done or refused. */
  readonly notify: (n: Notice) => void;

  constructor(o: KnownOptions) {
    const make: MakeMap = o.make ?? (() => new Map());
    this.make = make;
    this.shelf = o.shelf;
    this.reader = o.reader;
    this.http = o.http;
    this.notify = o.notify;
    this.now = o.now ?? Date.now;
    this.newId = o.newId ?? (() => crypto.randomUUID());
    this.store = new Store(o.reader.user, this.now, make);
    this.timelines = new Timelines(make);
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
  }

  /** Forgets a conversation that the reader may not see any more. */
  forget(id: string): void {
    this.store.remove(id);
    this.timelines.map.delete(id);
  }
}
