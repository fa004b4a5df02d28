/** The saved views of the reader, their counts, and the names that conditions are said with. */
import { untrack } from 'svelte';
import { t as inboxWord } from '../i18n/t';
import { channelName } from '../inbox/words';
import { desk } from '../state/desk.svelte';
import { toasts } from '../state/toast.svelte';
import type { Http } from '../state/http';
import type { Field, NameOf, Node, Sort, View } from './filter';

/** What may be said of a view. */
export interface ViewChange {
  name?: string;
  filter?: Node;
  sort?: Sort;
  columns?: string[];
  audience?: View['audience'];
  user_ids?: string[];
  team_ids?: string[];
  expected_version?: number;
}

/** How long counts may be asked for again, in milliseconds. */
const countEvery = 1000;

class Views {
  all = $state.raw<readonly View[]>([]);
  counts = $state.raw<Readonly<Record<string, { count: number; more: boolean }>>>({});
  fields = $state.raw<readonly Field[]>([]);
  teams = $state.raw<ReadonlyMap<string, string>>(new Map());
  categories = $state.raw<ReadonlyMap<string, string>>(new Map());
  private of = '';
  private timer: ReturnType<typeof setTimeout> | undefined;
  private countedAt = 0;

  readonly pinned = $derived(this.all.filter((v) => v.pinned));

  private get http(): Http | undefined {
    return desk.workspace?.http;
  }

  byId(id: string | undefined): View | undefined {
    return this.all.find((v) => v.id === id);
  }

  /** Fetches the views, and with them what conditions are made of. */
  async load(): Promise<void> {
    const { http } = this;
    if (!http) return;
    if (this.of !== desk.ws) {
      this.of = desk.ws;
      this.all = [];
      this.counts = {};
    }
    try {
      this.all = (await http.get<{ items: View[] }>('/views')).items;
      this.recount();
    } catch {
      // what was known stays; the next settings frame asks again
    }
  }

  /** Fetches what an editor needs, once. */
  async parts(): Promise<void> {
    const { http } = this;
    if (!http) return;
    const names = async (path: string) => new Map((await http.get<{ items: { id: string; name: string }[] }>(path)).items.map((x) => [x.id, x.name]));
    try {
      const [fields, teams, categories] = await Promise.all([
        this.fields.length ? this.fields : http.get<{ items: Field[] }>('/filters/fields').then((p) => p.items),
        names('/teams'),
        names('/closing-categories'),
      ]);
      this.fields = fields;
      this.teams = teams;
      this.categories = categories;
    } catch (err) {
      toasts.fail(err);
    }
  }

  /** Asks for the counts of the sidebar, at most once a second. */
  recount(): void {
    if (this.timer || untrack(() => this.pinned.length) === 0) return;
    this.timer = setTimeout(
      () => {
        this.timer = undefined;
        this.countedAt = Date.now();
        const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
        void this.http?.get<{ views: Record<string, { count: number; more: boolean }> }>('/views/counts', { zone }).then(
          (c) => (this.counts = c.views),
          () => undefined, // the next change asks again
        );
      },
      Math.max(0, this.countedAt + countEvery - Date.now()),
    );
  }

  async create(change: ViewChange): Promise<View> {
    const v = await this.send<View>('POST', '/views', change);
    await this.load();
    return v;
  }

  async change(id: string, change: ViewChange): Promise<View> {
    const v = await this.send<View>('PATCH', `/views/${id}`, change);
    await this.load();
    return v;
  }

  async remove(id: string): Promise<void> {
    await this.send('DELETE', `/views/${id}`);
    await this.load();
  }

  /** Says which views are in the sidebar, in their order; it is shown at once. */
  async pin(ids: readonly string[]): Promise<void> {
    const had = this.all;
    this.all = had
      .map((v): View => {
        const at = ids.indexOf(v.id);
        const { pinned: _, ...rest } = v;
        return at < 0 ? rest : { ...rest, pinned: at + 1 };
      })
      .toSorted((a, b) => (a.pinned ?? Infinity) - (b.pinned ?? Infinity) || 0);
    try {
      await this.send('PUT', '/views/pinned', { view_ids: ids });
      this.recount();
    } catch (err) {
      this.all = had;
      toasts.fail(err);
    }
  }

  private send<T>(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<T> {
    const { http } = this;
    if (!http) throw new Error(inboxWord('error.unreachable'));
    return http.send<T>(method, path, body);
  }
}

export const views = new Views();

/** What things are called, for conditions in words. */
export const nameOf: NameOf = (noun, id) => {
  switch (noun) {
    case 'user':
      return desk.workspace?.members.get(id)?.name;
    case 'inbox':
      return desk.workspace?.inboxes.get(id)?.name;
    case 'tag':
      return desk.workspace?.tags.get(id)?.name;
    case 'team':
      return views.teams.get(id);
    case 'category':
      return views.categories.get(id);
    case 'channel':
      for (const i of desk.workspace?.inboxes.values() ?? []) for (const c of i.channels ?? []) if (c.id === id) return c.name;
      return id.startsWith('chn_') ? undefined : channelName(id);
  }
  return undefined;
};

/** Everything of a noun that can be chosen. */
export function choices(noun: string | undefined): { id: string; name: string }[] {
  const list = (all: Iterable<[string, string]>) => [...all].map(([id, name]) => ({ id, name }));
  const w = desk.workspace;
  switch (noun) {
    case 'user':
      return [...(w?.members.values() ?? [])].filter((m) => m.active).map((m) => ({ id: m.user_id, name: m.name }));
    case 'inbox':
      return [...(w?.inboxes.values() ?? [])];
    case 'tag':
      return [...(w?.tags.values() ?? [])];
    case 'team':
      return list(views.teams);
    case 'category':
      return list(views.categories);
    case 'channel': {
      const all = [...(w?.inboxes.values() ?? [])].flatMap((i) => i.channels ?? []);
      const kinds = all.map((c) => c.kind).filter((k, i, of) => of.indexOf(k) === i);
      return [...kinds.map((k) => ({ id: k, name: channelName(k) })), ...all.map((c) => ({ id: c.id, name: c.name }))];
    }
  }
  return [];
}
