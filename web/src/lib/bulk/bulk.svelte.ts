/** Many conversations at once: which are chosen, and what is being done to them. Fetched after the first rows. */
import { client, must } from '../api/client';
import type { components } from '../api/schema';
import { asFilter, readFind } from '../find/place';
import type { Screen } from '../inbox/screen.svelte';
import { mayChange } from '../state/membership';
import { toasts } from '../state/toast.svelte';
import { listKey, type Conversation, type ListName } from '../state/model';
import { added, none, removed, toggled, within, type Ids } from './choice';

export type BulkJob = components['schemas']['Bulk'];
export type BulkReview = components['schemas']['BulkReview'];
export type BulkAction = components['schemas']['BulkAction'];
export type BulkStep = components['schemas']['BulkStep'];
export type BulkItem = components['schemas']['BulkItem'];
type Selection = components['schemas']['BulkSelection'];
type Query = NonNullable<Selection['query']>;

/** What can be asked for in the bar. */
export type Kind =
  | 'assign'
  | 'unassign'
  | 'tag'
  | 'untag'
  | 'priority'
  | 'snooze'
  | 'unsnooze'
  | 'pend'
  | 'reopen'
  | 'resolve'
  | 'close'
  | 'archive'
  | 'unarchive'
  | 'reply'
  | 'merge'
  | 'export';

/** What is asked to be done, before it was reviewed. */
export interface Plan {
  kind: Kind;
  /** What the step needs: a person, a tag, a text. */
  step: Partial<BulkStep>;
  /** Only those in which nothing happened for so many days. */
  quiet?: number;
  /** Archive those that are not closed, too. */
  closeFirst?: boolean;
  /** End those, too, whose customer wrote last. */
  unanswered?: boolean;
}

/** Fewer than this can be looked at one by one while they are chosen. */
const few = 5;
/** How often it is asked how far a job is, in milliseconds. */
const beat = 700;
/** For how long what ended is shown after the page was loaded again, in milliseconds. */
const recent = 60_000;
/** For how long it is shown that all is as before, in milliseconds. */
const brief = 10_000;

const zone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The question of a list, as bulk actions take it. */
export function queryOf(list: ListName): Query {
  if (list.find === undefined) return { filter: asFilter(list), zone: zone() };
  const asked = readFind(list.find);
  return {
    zone: zone(),
    ...(asked.view ? { view_id: asked.view } : {}),
    ...(asked.text ? { q: asked.text } : {}),
    ...(asked.filter ? { filter: asked.filter } : {}),
  };
}

/** What a plan asks of the server. */
export function actionOf(p: Plan): BulkAction {
  if (p.kind === 'export') return { export: true };
  const step: BulkStep = { ...p.step, do: p.kind };
  const first: BulkStep[] = p.closeFirst ? [{ do: 'close' }] : [];
  const spare = !p.unanswered && (p.kind === 'resolve' || p.kind === 'close');
  return { steps: [...first, step], ...(spare ? { spare_unanswered: true } : {}) };
}

/** What is chosen, and what became of what was done to it. */
export class Bulk {
  /** The ids that are chosen, in the order in which that was done; of all that the list has, those that are not. */
  private ids = $state.raw<Ids>(none);
  /** Everything that the list has is chosen, but ids. */
  every = $state(false);
  /** How many the list has; undefined while that is not known. */
  total = $state.raw<{ count: number; more: boolean }>();
  /** What is asked in the bar, and what is being reviewed. */
  asking = $state<Kind | 'more' | ''>('');
  plan = $state.raw<Plan>();
  /** The job that runs, or that ended last and was not put away. */
  job = $state.raw<BulkJob>();
  /** The results are on the screen: of this one, or of all. */
  showing = $state<string>();
  /** What went wrong with asking. */
  error = $state('');
  private anchor: string | undefined;
  private from: string | undefined;
  /** The rows that the last job was about. */
  private did = { job: '', rows: [] as readonly string[] };
  private timer: ReturnType<typeof setTimeout> | undefined;
  private gone = false;

  constructor(readonly s: Screen) {}

  private get ws() {
    return { workspace: this.s.workspace.reader.workspace };
  }

  /** How many are chosen. */
  get count(): number {
    return this.every ? Math.max(0, (this.total?.count ?? 0) - this.ids.size) : this.ids.size;
  }

  /** The rows that are chosen and here, for the overview. */
  get rows(): string[] {
    return this.every ? this.s.ids.filter((id) => !this.ids.has(id)) : [...this.ids];
  }

  has(id: string): boolean {
    return this.ids.has(id) !== this.every;
  }

  private set(ids: Ids, every = this.every): void {
    this.ids = ids;
    this.every = every;
    if (!every) this.total = undefined;
    this.asking = '';
    const some = every || ids.size > 0;
    if (!some) this.anchor = this.from = undefined;
    this.s.chosen = some ? (id) => this.has(id) : undefined;
  }

  clear(): void {
    this.set(none, false);
  }

  /** Chooses one, or takes the choice back. */
  toggle(id: string): void {
    this.set(toggled(this.ids, id));
    this.anchor = this.from = id;
  }

  /** Chooses all between the one chosen last and this one, in the order of the list (F1-28). */
  reach(id: string): void {
    const { ids } = this.s;
    const here = ids.indexOf(id);
    const there = Math.max(0, ids.indexOf(this.anchor ?? this.s.at ?? id));
    if (here < 0) return;
    const between = ids.slice(Math.min(here, there), Math.max(here, there) + 1);
    this.anchor ??= ids[there];
    this.from = id;
    this.set(this.every ? removed(this.ids, between) : added(this.ids, between));
  }

  /** Goes on choosing from the row chosen last, up or down. */
  extend(by: number): string | undefined {
    const at = this.from ?? this.s.at ?? this.s.ids[0];
    if (!at) return undefined;
    const next = this.count === 0 ? at : this.s.neighbour(by, at);
    if (!next) return undefined;
    // Going back takes back what was chosen on the way.
    if (this.count > 0 && this.anchor && next !== at) {
      const { ids } = this.s;
      const [a, f, n] = [ids.indexOf(this.anchor), ids.indexOf(at), ids.indexOf(next)];
      if (Math.abs(n - a) < Math.abs(f - a)) {
        this.from = next;
        this.set(this.every ? added(this.ids, [at]) : removed(this.ids, [at]));
        return next;
      }
    }
    this.reach(next);
    return next;
  }

  /** Takes a click on a row; it reports whether that was a choice. */
  readonly click = (id: string, e: MouseEvent): boolean => {
    const s = this.s;
    if (s.workspace.reader.role === 'viewer') return false;
    if (e.shiftKey) this.reach(id);
    else if (e.metaKey || e.ctrlKey || (e.target instanceof Element && e.target.closest('.av'))) this.toggle(id);
    else return false;
    getSelection()?.removeAllRanges();
    return true;
  };

  /** Chooses everything that the list has, however many pages that are. */
  async chooseAll(): Promise<void> {
    this.set(none, true);
    const list = this.s.place.list;
    const asked = listKey(list);
    const { filter, ...query } = queryOf(list);
    const q = { ...query, ...(filter ? { filter: JSON.stringify(filter) } : {}) };
    try {
      const n = await must(client.GET('/api/v1/workspaces/{workspace}/find/count', { params: { path: this.ws, query: q } }));
      if (this.every && asked === listKey(this.s.place.list)) this.total = { count: n.count, more: n.more };
    } catch (err) {
      this.clear();
      this.error = String(err instanceof Error ? err.message : err);
    }
  }

  /** Another list is on the screen: what it has as well stays chosen (R15). */
  moved(): void {
    if (this.every) return this.clear();
    const kept = within(this.ids, this.s.ids);
    if (kept.size !== this.ids.size) this.set(kept);
  }

  private selection(p: Plan): Selection {
    const quiet = p.quiet ? { quiet_days: p.quiet } : {};
    if (!this.every) return { conversation_ids: [...this.ids], ...quiet };
    return { query: queryOf(this.s.place.list), ...(this.ids.size ? { leave: [...this.ids] } : {}), ...quiet };
  }

  /** What is chosen, when all of it is here and with one customer: only then it can become one. */
  get ofOne(): Conversation[] {
    if (this.every || this.ids.size < 2) return [];
    const all = this.rows.map((id) => this.s.workspace.store.rows.get(id)).filter((c): c is Conversation => !!c);
    return all.length === this.ids.size && all.every((c) => c.contact.id === all[0]?.contact.id) ? all : [];
  }

  /** Whether something can be done to what is chosen. */
  may(): boolean {
    return this.count > 0 && mayChange(this.s.workspace.reader, undefined);
  }

  /** Begins something with what is chosen: it is reviewed before it is done (F1-35, F1-36). */
  begin(p: Plan): void {
    this.asking = '';
    this.error = '';
    // Who picked a few by hand has seen them: those nobody answered are meant, too.
    this.plan = { ...p, unanswered: !this.every && this.count < few };
  }

  /** What a plan would do. */
  review(p: Plan): Promise<BulkReview> {
    return must(
      client.POST('/api/v1/workspaces/{workspace}/bulk/review', {
        params: { path: this.ws },
        body: { selection: this.selection(p), action: actionOf(p) },
      }),
    );
  }

  /** Does what was reviewed; what is chosen stays chosen until that has begun. */
  async start(r: BulkReview): Promise<void> {
    this.plan = undefined;
    this.error = '';
    try {
      const job = await must(
        client.POST('/api/v1/workspaces/{workspace}/bulk/{id}/start', {
          params: { path: { ...this.ws, id: r.id } },
          body: { confirm_token: r.confirm_token },
        }),
      );
      // What was done last is taken back first.
      this.s.workspace.forgetUndo();
      toasts.close();
      this.did = { job: job.id, rows: this.rows };
      this.s.workspace.store.expect(this.rows);
      const first = this.s.ids.findIndex((id) => this.has(id));
      this.clear();
      if (!this.s.open) this.s.resume(first);
      this.s.listing++; // where it was asked from is gone
      this.follow(job);
    } catch (err) {
      this.error = String(err instanceof Error ? err.message : err);
    }
  }

  async stop(): Promise<void> {
    const { job } = this;
    if (!job) return;
    this.follow(await must(client.POST('/api/v1/workspaces/{workspace}/bulk/{id}/cancel', { params: { path: { ...this.ws, id: job.id } } })));
  }

  /** Takes back the whole. */
  async undo(id: string): Promise<void> {
    this.error = '';
    if (id === this.did.job) this.s.workspace.store.expect(this.did.rows, true);
    try {
      this.follow(await must(client.POST('/api/v1/workspaces/{workspace}/bulk/{id}/undo', { params: { path: { ...this.ws, id } } })));
    } catch (err) {
      this.error = String(err instanceof Error ? err.message : err);
    }
  }

  /** One, as it is now. */
  get(id: string): Promise<BulkJob> {
    return must(client.GET('/api/v1/workspaces/{workspace}/bulk/{id}', { params: { path: { ...this.ws, id } } }));
  }

  /** What was done before, newest first. */
  async before(limit = 20): Promise<BulkJob[]> {
    return (await must(client.GET('/api/v1/workspaces/{workspace}/bulk', { params: { path: this.ws, query: { limit } } }))).items;
  }

  /** What became of the conversations, a page after another one. */
  items(id: string, state: BulkItem['state'], reason: string | undefined, cursor: string | undefined) {
    const query = { state, limit: 50, ...(reason ? { reason } : {}), ...(cursor ? { cursor } : {}) };
    return must(client.GET('/api/v1/workspaces/{workspace}/bulk/{id}/items', { params: { path: { ...this.ws, id }, query } }));
  }

  /** Where the file of an export is. */
  file(id: string, format: 'csv' | 'messages' | 'json'): string {
    return `/api/v1/workspaces/${this.ws.workspace}/bulk/${id}/file?format=${format}`;
  }

  /** Finds what was going on when the page was loaded. */
  async recall(): Promise<void> {
    const [last] = await this.before(1).catch(() => []);
    if (!last || this.job) return;
    if (last.state === 'running' || (last.ended_at && Date.now() - Date.parse(last.ended_at) < recent)) this.follow(last);
  }

  private follow(job: BulkJob): void {
    clearTimeout(this.timer);
    if (this.gone) return;
    this.job = job;
    if (job.state !== 'running') {
      // That all is as it was needs no answer.
      if (job.undoes_id && !job.skipped && !job.todo) this.timer = setTimeout(() => this.job?.id === job.id && this.close(), brief);
      return;
    }
    this.timer = setTimeout(() => {
      void this.get(job.id).then(
        (now) => this.job?.id === now.id && this.follow(now),
        () => this.follow(job), // the network is away: it is asked again
      );
    }, beat);
  }

  /** Puts the result away. */
  close(): void {
    if (this.job?.state !== 'running') this.job = undefined;
    this.error = '';
  }

  end(): void {
    this.gone = true;
    clearTimeout(this.timer);
    this.s.chosen = undefined;
    this.s.choose = undefined;
  }
}
