/**
 * The normalised store. A conversation is kept once; lists hold ids. What is
 * shown is the last state from the server with the pending operations on top,
 * so a refusal takes back only its own fields and nothing that came in between.
 *
 * Framework-free: the collections come from outside, and the app hands in
 * reactive ones. Values are replaced, never changed in place.
 */
import { belongs, orderOf, type Order } from './membership';
import { listKey, type Conversation, type ListName } from './model';

/** Makes the maps that screens read; the app passes reactive ones. */
export type MakeMap = <K, V>() => Map<K, V>;

/** A change that the server has not confirmed yet. */
export interface Op {
  id: string;
  conversation: string;
  /** What it makes of the server's state; must be pure. */
  apply: (c: Conversation) => Partial<Conversation>;
}

/** One list: its rows in the order shown, and what waits behind "n new". */
export interface List {
  name: ListName;
  ids: readonly string[];
  /** Rows that arrived or should move, held back while the order is frozen. */
  waiting: readonly string[];
  /** Where older rows go on; undefined when all are here. */
  cursor?: string;
  state: 'empty' | 'loading' | 'ready' | 'failed';
  error?: string;
  /** From this device, not from the server: shown until the server answers. */
  kept?: boolean;
}

interface Place {
  key: string;
  after: string | undefined;
  index: number;
}

interface Kept extends Op {
  places: Place[];
}

/** The rows and lists of one workspace for one reader. */
export class Store {
  /** What is shown of each conversation. */
  readonly rows: Map<string, Conversation>;
  /** Lists by key, see listKey. */
  readonly lists: Map<string, List>;
  private readonly truth = new Map<string, Conversation>();
  private readonly ops = new Map<string, Kept[]>();
  private readonly frozen = new Set<string>();
  /** What the reader has changed: it leaves a filter's list at once. */
  private readonly acted = new Set<string>();
  /** What the reader does something to elsewhere: where its next state puts it does not wait. */
  private readonly due = new Set<string>();
  /** What they bring back so: it is in its place in a filter's list as soon as the server says so. */
  private readonly returning = new Set<string>();
  /** Rows from this device that the server has not confirmed. */
  private readonly unsure = new Set<string>();
  /** When each conversation was last told or forgotten, in the order of this.moment. */
  private readonly told = new Map<string, number>();
  private ticks = 0;

  constructor(
    private readonly me: string,
    private readonly now: () => number,
    make: MakeMap = () => new Map(),
  ) {
    this.rows = make();
    this.lists = make();
  }

  /** The last state from the server, without pending operations. */
  known(id: string): Conversation | undefined {
    return this.truth.get(id);
  }

  /** Reports whether what is known of id comes from the server. */
  sure(id: string): boolean {
    return this.truth.has(id) && !this.unsure.has(id);
  }

  /** Shows what this device kept, where the server has not answered yet. */
  recall(rows: readonly Conversation[], lists: readonly Pick<List, 'name' | 'ids'>[]): void {
    for (const c of rows) {
      if (this.truth.has(c.id)) continue;
      this.truth.set(c.id, c);
      this.unsure.add(c.id);
      this.show(c.id);
    }
    for (const { name, ids } of lists) {
      const had = this.list(name);
      if (had.ids.length > 0 || had.state === 'ready') continue;
      this.lists.set(listKey(name), { ...had, ids: ids.filter((id) => this.rows.has(id)), state: 'ready', kept: true, error: undefined });
    }
  }

  /** A moment to hand to page with what was asked for at it: what is told from then on is newer than the answer may be. */
  moment(): number {
    return this.ticks;
  }

  /** Reports whether operations on id wait for the server. */
  pending(id: string): boolean {
    return this.ops.has(id);
  }

  /** Takes a state from the server. An older version is dropped (R7); it reports whether it was taken. */
  put(c: Conversation): boolean {
    const old = this.truth.get(c.id);
    if (old && old.version > c.version) return false;
    this.truth.set(c.id, c);
    this.unsure.delete(c.id);
    this.told.set(c.id, ++this.ticks);
    this.show(c.id);
    this.place(c.id, (old?.version ?? 0) < c.version && this.due.delete(c.id));
    return true;
  }

  /** The reader has the server do something to these, or take it back: the rows leave and come as their own changes do. */
  expect(ids: readonly string[], back = false): void {
    this.due.clear();
    this.returning.clear();
    for (const id of ids) {
      this.due.add(id);
      if (back) this.returning.add(id);
    }
  }

  /** Applies op on top of what the server said, at once. */
  begin(op: Op): void {
    const kept: Kept = { ...op, places: this.placesOf(op.conversation) };
    this.ops.set(op.conversation, [...(this.ops.get(op.conversation) ?? []), kept]);
    this.show(op.conversation);
    this.place(op.conversation, true);
  }

  /** The server confirmed op: its state replaces the guess in one step. */
  settle(op: Pick<Op, 'id' | 'conversation'>, server?: Conversation): void {
    this.drop(op);
    const old = this.truth.get(op.conversation);
    if (server && !(old && old.version > server.version)) this.truth.set(server.id, server);
    this.told.set(op.conversation, ++this.ticks);
    this.show(op.conversation);
    this.place(op.conversation, true);
  }

  /** The server refused op: only its fields go back, and the row to its exact place (R4). */
  refuse(op: Pick<Op, 'id' | 'conversation'>): void {
    const kept = this.drop(op);
    this.show(op.conversation);
    const c = this.rows.get(op.conversation);
    for (const p of kept?.places ?? []) {
      const list = this.lists.get(p.key);
      if (!list || !c || list.ids.includes(c.id) || !this.fits(c, list)) continue;
      const at = p.after === undefined ? 0 : list.ids.indexOf(p.after) + 1;
      this.setIds(p.key, list, insert(list.ids, p.after !== undefined && at === 0 ? p.index : at, c.id));
    }
    this.place(op.conversation, true);
  }

  /** Forgets a conversation the reader may no longer see, or that is gone. */
  remove(id: string): void {
    this.told.set(id, ++this.ticks);
    this.truth.delete(id);
    this.unsure.delete(id);
    this.ops.delete(id);
    this.rows.delete(id);
    for (const [key, list] of this.lists) {
      if (!list.ids.includes(id) && !list.waiting.includes(id)) continue;
      this.lists.set(key, { ...list, ids: list.ids.filter((x) => x !== id), waiting: list.waiting.filter((x) => x !== id) });
    }
  }

  /** Returns the list, made empty when it is new. */
  list(name: ListName): List {
    const key = listKey(name);
    let list = this.lists.get(key);
    if (!list) {
      list = { name, ids: [], waiting: [], state: 'empty' };
      this.lists.set(key, list);
    }
    return list;
  }

  /** Marks a list as being fetched, or as failed with the reason. */
  mark(name: ListName, state: List['state'], error?: string): void {
    const list = this.list(name);
    this.lists.set(listKey(name), { ...list, state, error });
  }

  /**
   * Takes a page of a list that was asked for at a moment. The first page replaces
   * what was there, unless the order is frozen: then rows keep their places and news
   * waits. What was told since the moment has its place in it.
   */
  page(name: ListName, page: readonly Conversation[], cursor: string | undefined, first: boolean, since = this.ticks): void {
    const key = listKey(name);
    const had = this.list(name);
    const later = [...this.told].filter(([, at]) => at > since).map(([id]) => id);
    const items = page.filter((c) => this.truth.has(c.id) || !later.includes(c.id)); // not what went meanwhile
    const fresh = items.map((c) => c.id);
    const keep = first && this.held(key, had) && had.state === 'ready' && !had.kept;
    if (keep && name.find !== undefined) {
      this.merge(key, had, items, cursor);
      return;
    }
    const ids = keep ? had.ids : first ? fresh : [...had.ids, ...fresh.filter((id) => !had.ids.includes(id))];
    const waiting = keep ? fresh.filter((id) => !had.ids.includes(id)) : first ? [] : had.waiting.filter((id) => !fresh.includes(id));
    this.lists.set(key, { ...had, ids, waiting, cursor: keep ? had.cursor : cursor, state: 'ready', error: undefined, kept: false });
    for (const c of items) this.put(c);
    if (first && !keep) this.settleList(key);
    if (name.find === undefined) for (const id of later) this.place(id, false, key);
  }

  /** A filter's first page again, while somebody looks at a place in it: what the reader did leaves, what is new waits. */
  private merge(key: string, had: List, items: readonly Conversation[], cursor: string | undefined): void {
    for (const c of items) this.put(c);
    const fresh = items.map((c) => c.id);
    let ids: readonly string[] = had.ids.filter((id, i) => fresh.includes(id) || !this.acted.has(id) || (cursor !== undefined && i >= fresh.length));
    fresh.forEach((id, i) => {
      if (ids.includes(id) || !this.returning.delete(id)) return;
      const before = fresh.slice(0, i).findLast((x) => ids.includes(x));
      ids = insert(ids, before === undefined ? 0 : ids.indexOf(before) + 1, id);
    });
    const last = fresh.findLastIndex((id) => ids.includes(id));
    const waiting = fresh.filter((id, i) => i < last && !ids.includes(id));
    this.lists.set(key, { ...had, ids: had.cursor ? ids : [...ids, ...fresh.slice(last + 1)], waiting });
  }

  /** The order is frozen and there is one: in an empty list nobody looks at a place. */
  private held(key: string, list: List): boolean {
    return this.frozen.has(key) && list.ids.length > 0;
  }

  /** Freezes or frees the order of a list; freeing applies what waited (R6). */
  freeze(name: ListName, on: boolean): void {
    const key = listKey(name);
    if (on) {
      this.frozen.add(key);
      return;
    }
    if (this.frozen.delete(key)) this.settleList(key);
  }

  /** Shows what waits: the reader asked for it. */
  release(name: ListName): void {
    this.settleList(listKey(name));
  }

  /** Forgets all lists but what is on screen; used when the server says the cursor is too old. */
  stale(): void {
    for (const [key, list] of this.lists) {
      if (list.state === 'ready' && !this.frozen.has(key)) this.lists.set(key, { ...list, state: 'empty' });
    }
  }

  private drop(op: Pick<Op, 'id' | 'conversation'>): Kept | undefined {
    const all = this.ops.get(op.conversation) ?? [];
    const rest = all.filter((o) => o.id !== op.id);
    if (rest.length > 0) this.ops.set(op.conversation, rest);
    else this.ops.delete(op.conversation);
    return all.find((o) => o.id === op.id);
  }

  private show(id: string): void {
    let c = this.truth.get(id);
    if (!c) return;
    for (const op of this.ops.get(id) ?? []) c = { ...c, ...op.apply(c) };
    this.rows.set(id, c);
  }

  private fits(c: Conversation, list: List): boolean {
    return list.name.find === undefined ? belongs(c, list.name, this.me, this.now()) : list.ids.includes(c.id) || list.waiting.includes(c.id);
  }

  private placesOf(id: string): Place[] {
    const places: Place[] = [];
    for (const [key, list] of this.lists) {
      const index = list.ids.indexOf(id);
      if (index >= 0) places.push({ key, index, after: index > 0 ? list.ids[index - 1] : undefined });
    }
    return places;
  }

  /** Puts a changed row where it belongs in every list, or in one; own changes do not wait. */
  private place(id: string, own: boolean, only?: string): void {
    const c = this.rows.get(id);
    if (!c) return;
    if (own) this.acted.add(id);
    for (const [key, list] of this.lists) {
      if (only !== undefined && only !== key) continue;
      if (list.name.find !== undefined) continue; // its server says what is in it
      if (list.state === 'empty' && list.ids.length === 0) continue;
      this.placeIn(key, list, c, own);
    }
  }

  private placeIn(key: string, list: List, c: Conversation, own: boolean): void {
    const fits = this.fits(c, list);
    const at = list.ids.indexOf(c.id);
    const held = this.held(key, list);
    if (!fits) {
      const waiting = list.waiting.filter((x) => x !== c.id);
      const ids = at >= 0 && (own || !held) ? list.ids.filter((x) => x !== c.id) : list.ids;
      if (ids !== list.ids || waiting.length !== list.waiting.length) this.lists.set(key, { ...list, ids, waiting });
      return;
    }
    const order = orderOf(list.name);
    if (at >= 0) {
      const rises = this.before(order, list.ids[at], list.ids[at - 1]);
      if (!rises && !this.before(order, list.ids[at + 1], list.ids[at])) return;
      if (!held) this.setIds(key, list, this.sorted(order, list.ids));
      else if (!own && rises) this.wait(key, list, c.id);
      return;
    }
    if (!this.inRange(order, list, c)) return;
    const index = this.sortedIndex(order, list.ids, c);
    // What comes at the end moves nothing that somebody looks at.
    if (held && !own && index < list.ids.length) this.wait(key, list, c.id);
    else this.setIds(key, list, insert(list.ids, index, c.id));
  }

  private wait(key: string, list: List, id: string): void {
    if (!list.waiting.includes(id)) this.lists.set(key, { ...list, waiting: [...list.waiting, id] });
  }

  private setIds(key: string, list: List, ids: readonly string[]): void {
    this.lists.set(key, { ...list, ids, waiting: list.waiting.filter((x) => !ids.includes(x)) });
  }

  private settleList(key: string): void {
    const list = this.lists.get(key);
    if (!list) return;
    const all = [...new Set([...list.waiting, ...list.ids])];
    const ids = (list.name.find === undefined ? this.sorted(orderOf(list.name), all) : all).filter((id) => {
      const c = this.rows.get(id);
      return c !== undefined && this.fits(c, list);
    });
    if (list.waiting.length === 0 && same(ids, list.ids)) return;
    this.lists.set(key, { ...list, ids, waiting: [] });
  }

  /** Behind the last row loaded: it will come with a later page. */
  private inRange(order: Order, list: List, c: Conversation): boolean {
    if (list.cursor === undefined) return true;
    const last = this.rows.get(list.ids[list.ids.length - 1] ?? '');
    return !last || order(c, last) <= 0;
  }

  private before(order: Order, a: string | undefined, b: string | undefined): boolean {
    const x = this.rows.get(a ?? '');
    const y = this.rows.get(b ?? '');
    return !!x && !!y && order(x, y) < 0;
  }

  private sorted(order: Order, ids: readonly string[]): string[] {
    const rows = ids.map((id) => this.rows.get(id)).filter((c): c is Conversation => c !== undefined);
    return rows.sort(order).map((c) => c.id);
  }

  private sortedIndex(order: Order, ids: readonly string[], c: Conversation): number {
    const i = ids.findIndex((id) => {
      const other = this.rows.get(id);
      return !!other && order(c, other) < 0;
    });
    return i < 0 ? ids.length : i;
  }
}

function insert(ids: readonly string[], at: number, id: string): string[] {
  return [...ids.slice(0, at), id, ...ids.slice(at)];
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((x, i) => x === b[i]);
}
