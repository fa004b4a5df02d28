/** The customers from A to Z as far as they were read: a stretch that grows at both ends. */
import type { components } from '../api/schema';
import { words } from '../state/words';

export type Customer = components['schemas']['DirectoryRow'];
type Page = components['schemas']['Directory'];

/** Asks the server for a page. */
export type Ask = (query: Record<string, string | number | boolean | undefined>) => Promise<Page>;

/** Asks the server for one customer as they are now; undefined is one who is there no more. */
export type Look = (id: string) => Promise<Omit<Customer, 'letter'> | undefined>;

/** Where one can jump to: # are digits and signs, '' is who has no name. */
export const letters: readonly string[] = ['#', ...'ABCDEFGHIJKLMNOPQRSTUVWXYZ', ''];

/** How long the fingers may rest between two letters before it is asked, in milliseconds. */
const restTime = 60;
const size = 60;

/** A list of customers and where its reader is in it. */
export class Browsing {
  rows = $state.raw<readonly Customer[]>([]);
  /** ready is also while something else is on its way: what is here stays until then. */
  state = $state<'empty' | 'ready' | 'failed'>('empty');
  problem = $state('');
  query = $state('');
  tag = $state('');
  /** Whether there may be others in front and behind. */
  prev = $state<string>();
  next = $state<string>();
  cut = $state(false);
  building = $state(false);
  /** How far it is scrolled, for whoever comes back. */
  scroll = 0;
  /** Grows when it shows something else, to be read from its top. */
  turn = $state(0);
  private asked = 0;
  /** Which list a page of is on its way; what is asked for another one does not wait for it. */
  private running = -1;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly ask: Ask,
    private readonly look: Look,
  ) {}

  /** Fetches the beginning, if nothing was fetched yet or the reader is there. */
  open(): void {
    if (this.state !== 'ready' || (this.scroll === 0 && this.prev === undefined)) void this.load();
  }

  /** Takes what the field says now. */
  type(query: string): void {
    this.query = query;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.load(), restTime);
  }

  /** Shows only who has a tag; '' is everybody. */
  mark(tag: string): void {
    this.tag = tag;
    void this.load();
  }

  /** Shows everybody again. */
  clear(): void {
    this.query = this.tag = '';
    void this.load();
  }

  /** Goes where a letter begins, with what is in front of it. */
  async jump(letter: string): Promise<void> {
    await this.load(letter === '#' ? {} : letter ? { from: letter } : { unnamed: true });
  }

  /** Reads the list anew, from a place on. */
  async load(from: { from?: string; unnamed?: boolean } = {}): Promise<void> {
    clearTimeout(this.timer);
    const at = ++this.asked;
    try {
      const page = await this.ask({ ...this.filter(), ...from, limit: size });
      if (at !== this.asked) return;
      this.rows = page.items;
      this.prev = page.prev_cursor;
      this.next = page.next_cursor;
      this.cut = page.cut;
      this.building = page.building;
      this.state = 'ready';
      this.problem = '';
      this.turn++;
    } catch (err) {
      if (at !== this.asked) return;
      this.problem = words(err);
      if (this.rows.length === 0) this.state = 'failed';
    }
  }

  /** Reads on at the end. */
  async after(): Promise<void> {
    const page = await this.page(this.next && { cursor: this.next });
    if (!page) return;
    this.rows = [...this.rows, ...page.items];
    this.next = page.next_cursor;
  }

  /** Reads what is in front; put is told how many rows that were, before they are shown. */
  async before(put: (rows: number) => void): Promise<void> {
    const page = await this.page(this.prev && { before: this.prev });
    if (!page) return;
    put(page.items.length);
    this.rows = [...page.items, ...this.rows];
    this.prev = page.prev_cursor;
  }

  /**
   * Shows what has become of customers, each where they stand: a list that somebody
   * reads is not put into another order. Of undefined it reads its beginning anew.
   */
  async heard(ids: readonly string[] | undefined): Promise<void> {
    if (!ids) return this.scroll === 0 && this.prev === undefined ? this.load() : undefined;
    for (const id of ids) {
      if (!this.rows.some((c) => c.id === id)) continue;
      try {
        const now = await this.look(id);
        this.rows = now ? this.rows.map((c) => (c.id === id ? { ...now, letter: c.letter } : c)) : this.rows.filter((c) => c.id !== id);
      } catch {
        // what is shown was true a moment ago; it is read again when somebody comes back
      }
    }
  }

  private async page(from: '' | undefined | { cursor: string } | { before: string }): Promise<Page | undefined> {
    const at = this.asked;
    if (!from || this.running === at) return undefined;
    this.running = at;
    try {
      const page = await this.ask({ ...this.filter(), ...from, limit: size });
      return at === this.asked ? page : undefined;
    } catch {
      return undefined; // scrolling on tries again
    } finally {
      if (this.running === at) this.running = -1;
    }
  }

  private filter() {
    return { q: this.query.trim() || undefined, tag_id: this.tag || undefined };
  }
}

const kept = new WeakMap<object, Browsing>();

/** The list of a workspace: whoever comes back finds it as it was. */
export function browsingOf(workspace: object, ask: Ask, look: Look): Browsing {
  const b = kept.get(workspace) ?? new Browsing(ask, look);
  kept.set(workspace, b);
  return b;
}
