/** What is asked for: lists, conversations and their timelines, customers, and what every screen needs. */
import { Refused } from './http';
import type { Keeper } from './keeper';
import type { Known } from './known';
import type { Contact, ContactChange, Conversation, Counts, Inbox, ListName, Member, Message, Tag, TimelineItem } from './model';
import { words } from './words';

// What the tallest screen shows, at once; then more at a time.
const firstPage = 30;
const nextPage = 60;
const keepTimelines = 200;

/** Fetches into what is known. */
export class Reading {
  private readonly fetching = new Map<string, Promise<void>>();
  private shown: ListName | undefined;
  private first: Promise<void> | undefined;
  private finding: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly k: Known,
    private readonly keeper: Keeper,
  ) {}

  /** Fetches a list if it is not here yet. */
  async load(name: ListName): Promise<void> {
    const list = this.k.store.list(name);
    this.shown = name;
    if ((list.state === 'ready' && !list.kept && name.find === undefined) || list.state === 'loading') return;
    await this.once(listed(name), () => this.firstPage(name));
  }

  /** Fetches the first page of a list as it is from now on. */
  reload(name: ListName): Promise<void> {
    return this.fresh(listed(name), () => this.firstPage(name));
  }

  private async firstPage(name: ListName): Promise<void> {
    const { store, counts } = this.k;
    const had = store.list(name);
    const since = store.moment();
    const counted = counts.value;
    if (had.state !== 'ready') store.mark(name, 'loading');
    try {
      const page = await this.page(name);
      store.page(name, page.items, page.next_cursor, true, since);
      if (page.counts && counts.value === counted) counts.value = page.counts; // what was told meanwhile is newer
      this.keeper.soon();
    } catch (err) {
      if (had.state !== 'ready') store.mark(name, 'failed', words(err));
    }
  }

  /** Fetches older rows of a list, if there are any. */
  more(name: ListName): Promise<void> {
    const { store } = this.k;
    return this.once(`more ${JSON.stringify(name)}`, async () => {
      const { cursor, state } = store.list(name);
      if (!cursor || state !== 'ready') return;
      const since = store.moment();
      try {
        const page = await this.page(name, cursor);
        store.page(name, page.items, page.next_cursor, false, since);
      } catch {
        // the list keeps its cursor; scrolling on tries again
      }
    });
  }

  /** Makes sure that a conversation and the end of its timeline are here. */
  async open(id: string): Promise<void> {
    const { recent } = this.k;
    recent.value = [id, ...recent.value.filter((x) => x !== id)].slice(0, 12);
    await Promise.all([this.row(id), this.timeline(id)]);
  }

  /** Fetches quietly what the reader will probably open next, two by two, and whose it is. */
  async prefetch(ids: readonly string[]): Promise<void> {
    const { timelines, contacts, store, state } = this.k;
    for (let i = 0; i < ids.length && state.value !== 'offline'; i += 2) {
      await Promise.all(
        ids.slice(i, i + 2).map((id) => {
          const who = store.rows.get(id)?.contact.id;
          return Promise.all([timelines.sure(id) ? undefined : this.timeline(id), who && !contacts.has(who) ? this.contact(who) : undefined]);
        }),
      );
    }
  }

  /** Fetches what happened earlier in a conversation. */
  earlier(id: string): Promise<void> {
    const { http, timelines, notify } = this.k;
    return this.once(`earlier ${id}`, async () => {
      const prev = timelines.map.get(id)?.prev;
      if (!prev) return;
      try {
        const t = await http.get<{ items: TimelineItem[]; prev_cursor?: string }>(`/conversations/${id}/timeline`, { before: prev, limit: 60 });
        timelines.older(id, t.items, t.prev_cursor);
      } catch (err) {
        notify({ kind: 'refused', verb: 'read', conversation: id, reason: words(err) });
      }
    });
  }

  /** Fetches a customer with their conversations. */
  contact(id: string): Promise<void> {
    return this.once(`contact ${id}`, () => this.contactNow(id));
  }

  /** Fetches a customer as they are from now on. */
  contactAgain(id: string): Promise<void> {
    return this.fresh(`contact ${id}`, () => this.contactNow(id));
  }

  private async contactNow(id: string): Promise<void> {
    try {
      this.k.contacts.set(id, await this.k.http.get<Contact>(`/contacts/${id}`));
    } catch {
      // the panel shows what the conversation says of them
    }
  }

  /** Changes what is known of a customer; it rejects with the reason when it is refused. */
  async changeContact(id: string, change: ContactChange): Promise<void> {
    const { http, contacts, store } = this.k;
    const fresh = await http.send<Contact>('PATCH', `/contacts/${id}`, change);
    const had = contacts.get(id);
    contacts.set(id, { ...had, ...fresh, conversations: fresh.conversations ?? had?.conversations });
    for (const [rowId, c] of store.rows) {
      if (c.contact.id === id) await this.rowAgain(rowId);
    }
  }

  /** Waits until members, inboxes and tags have been asked for once. */
  primed(): Promise<void> {
    return this.first ?? this.settings();
  }

  /** Fetches members, inboxes and tags. */
  settings(): Promise<void> {
    const { k } = this;
    const run = this.fresh('settings', async () => {
      const [, known] = await Promise.all([
        this.fill<Member>('/members', k.members, (m) => m.user_id),
        this.fill<Inbox>('/inboxes', k.inboxes, (i) => i.id),
        this.fill<Tag>('/tags', k.tags, (x) => x.id),
      ]);
      // What is of an inbox that the reader may not see any more goes at once.
      if (known) for (const [id, c] of k.store.rows) if (!k.inboxes.has(c.inbox_id) && !c.read_only) k.forget(id);
      this.keeper.soon();
    });
    this.first ??= run;
    return run;
  }

  /**
   * Fetches again what is on screen as it is from now on: the lists, the conversation
   * that was opened last, and settings. Other timelines are, when they are opened.
   */
  again(): void {
    const { store, timelines, recent } = this.k;
    for (const list of store.lists.values()) void this.reload(list.name);
    timelines.doubt();
    const open = recent.value[0];
    if (open) void Promise.all([this.rowAgain(open), this.timelineAgain(open)]);
    const who = open && store.rows.get(open)?.contact.id;
    if (who && this.k.contacts.has(who)) void this.contactAgain(who);
    void this.settings();
  }

  /** Fetches a conversation as it is from now on. */
  rowAgain(id: string): Promise<void> {
    return this.fresh(`row ${id}`, () => this.rowNow(id));
  }

  private async rowNow(id: string): Promise<void> {
    const { http, store, missing } = this.k;
    try {
      store.put(await http.get<Conversation>(`/conversations/${id}`));
      missing.delete(id);
    } catch (err) {
      if (!(err instanceof Refused)) {
        missing.set(id, { status: 0, reason: words(err) });
        return;
      }
      missing.set(id, { status: err.status, reason: err.message });
      if (err.status === 404 || err.status === 403) store.remove(id);
    }
  }

  /** Fetches the end of a timeline as it is from now on. */
  timelineAgain(id: string): Promise<void> {
    return this.fresh(`timeline ${id}`, () => this.timelineEnd(id));
  }

  private async timelineEnd(id: string): Promise<void> {
    const { http, timelines } = this.k;
    timelines.begin(id);
    try {
      const t = await http.get<{ items: TimelineItem[]; prev_cursor?: string; pinned?: Message[] }>(`/conversations/${id}/timeline`, { limit: 60 });
      timelines.newest(id, t.items, t.prev_cursor, t.pinned);
      this.prune(id);
      this.keeper.soon();
    } catch (err) {
      timelines.fail(id, words(err));
    }
  }

  private async row(id: string): Promise<void> {
    if (!this.k.store.sure(id)) await this.once(`row ${id}`, () => this.rowNow(id));
  }

  private async timeline(id: string): Promise<void> {
    if (!this.k.timelines.sure(id)) await this.once(`timeline ${id}`, () => this.timelineEnd(id));
  }

  private prune(current: string): void {
    const { map } = this.k.timelines;
    for (const [id, t] of map) {
      if (map.size <= keepTimelines) return;
      if (id !== current && t.outgoing.length === 0) map.delete(id);
    }
  }

  /** Asks for the filter on screen again: only the server knows what is in it. */
  refind(): void {
    const name = this.shown;
    if (name?.find === undefined) return;
    clearTimeout(this.finding);
    this.finding = setTimeout(() => void this.reload(name), 250);
  }

  private page(name: ListName, cursor?: string): Promise<{ items: Conversation[]; next_cursor?: string; counts?: Counts }> {
    const limit = cursor ? nextPage : firstPage;
    if (name.find !== undefined) {
      const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
      return this.k.http.get('/find', { ...Object.fromEntries(new URLSearchParams(name.find)), zone, cursor, limit });
    }
    return this.k.http.get('/conversations', { view: name.view, tab: name.tab, inbox_id: name.inbox, cursor, limit, counts: !cursor || undefined });
  }

  /** Fetches all of a kind; it reports whether the server answered. */
  private async fill<T>(path: string, into: Map<string, T>, key: (v: T) => string): Promise<boolean> {
    try {
      const answer = await this.k.http.get<T[] | { items: T[] }>(path);
      const all = Array.isArray(answer) ? answer : answer.items;
      const keys = new Set(all.map(key));
      for (const k of [...into.keys()]) if (!keys.has(k)) into.delete(k);
      for (const v of all) into.set(key(v), v);
      return true;
    } catch {
      return false; // what was known stays; the next settings frame or start asks again
    }
  }

  /** As once, but what is asked for while it runs is answered by one more run: the first may have read before the change. */
  private fresh(what: string, run: () => Promise<void>): Promise<void> {
    const running = this.fetching.get(what);
    if (!running) return this.once(what, run);
    const next = `${what} next`;
    return this.once(next, () =>
      running
        .catch(() => undefined)
        .then(() => {
          this.fetching.delete(next); // what is asked for from now on is for the run after this one
          return this.fresh(what, run);
        }),
    );
  }

  /** Runs one request of a kind at a time; who asks meanwhile waits for the same answer. */
  private once(what: string, run: () => Promise<void>): Promise<void> {
    const running = this.fetching.get(what);
    if (running) return running;
    const p = run().finally(() => this.fetching.delete(what));
    this.fetching.set(what, p);
    return p;
  }
}

const listed = (name: ListName) => `list ${JSON.stringify(name)}`;
