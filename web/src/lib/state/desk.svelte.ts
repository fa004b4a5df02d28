import { SvelteMap } from 'svelte/reactivity';
import { client, must, type Conversation, type Counts, type Inbox, type Member, type Tab, type Tag, type TimelineItem, type View } from '../api/client';
import { session } from './session.svelte';

type List = { ids: string[]; next?: string; loaded: boolean; loading: boolean; waiting: string[] };
type Thread = { items: TimelineItem[]; prev?: string; loaded: boolean };
type Typing = { name: string; mode: string; until: number };

const tabOf: Record<Tab, (c: Conversation, now: number) => boolean> = {
  open: (c) => active(c),
  needs_attention: (c, now) => active(c) && c.waiting_on === 'agent' && !asleep(c, now),
  responded: (c, now) => active(c) && c.waiting_on === 'customer' && !asleep(c, now),
  pending: (c) => c.status === 'pending',
  snoozed: (c, now) => active(c) && asleep(c, now),
  resolved: (c) => c.status === 'resolved',
  closed: (c) => c.status === 'closed' && !c.archived_at,
  archived: (c) => Boolean(c.archived_at),
};
const active = (c: Conversation) => c.status === 'open' || c.status === 'pending';
const asleep = (c: Conversation, now: number) => c.snooze_until_reply || (c.snoozed_until ? Date.parse(c.snoozed_until) > now : false);

/**
 * What the team's screens show: every conversation once, lists of their ids, and
 * the timelines that were opened. Whatever brings a newer version wins, whoever
 * sent it: an answer, the feed, a look again.
 */
class Desk {
  rows = new SvelteMap<string, Conversation>();
  threads = new SvelteMap<string, Thread>();
  lists = new SvelteMap<string, List>();
  typing = new SvelteMap<string, Typing>();
  viewing = new SvelteMap<string, string>();
  online = $state<string[]>([]);
  counts = $state<Counts | null>(null);
  members = $state<Member[]>([]);
  inboxes = $state<Inbox[]>([]);
  tags = $state<Tag[]>([]);
  notices = $state(0);
  /** rows do not move while somebody reads or points at the list */
  held = $state(false);

  get ws() {
    return session.workspace?.id ?? '';
  }

  member(id?: string) {
    return this.members.find((m) => m.user_id === id);
  }

  put(c: Conversation) {
    const old = this.rows.get(c.id);
    if (old && old.version > c.version) return;
    this.rows.set(c.id, c);
    for (const [key, list] of this.lists) if (list.loaded) this.place(key, list, c);
  }

  private fits(key: string, c: Conversation) {
    const [view, tab, inbox] = key.split(':') as [View, Tab, string];
    if (inbox && c.inbox_id !== inbox) return false;
    if (view === 'mine' && c.assignee_id !== session.me?.user.id) return false;
    if (view === 'unassigned' && c.assignee_id) return false;
    return tabOf[tab](c, Date.now());
  }

  private place(key: string, list: List, c: Conversation) {
    const has = list.ids.includes(c.id);
    if (!this.fits(key, c)) {
      if (has || list.waiting.includes(c.id))
        this.lists.set(key, { ...list, ids: list.ids.filter((i) => i !== c.id), waiting: list.waiting.filter((i) => i !== c.id) });
      return;
    }
    const first = this.rows.get(list.ids[0] ?? '');
    const last = this.rows.get(list.ids.at(-1) ?? '');
    if (!has && list.next && last && c.last_activity_at < last.last_activity_at) return;
    if (this.held && list.ids.length && (!has || (first && first.id !== c.id && c.last_activity_at > first.last_activity_at))) {
      if (!has && !list.waiting.includes(c.id)) this.lists.set(key, { ...list, waiting: [...list.waiting, c.id] });
      return;
    }
    this.lists.set(key, { ...list, ids: this.sorted(has ? list.ids : [...list.ids, c.id]) });
  }

  private sorted(ids: string[]) {
    const at = (id: string) => this.rows.get(id)?.last_activity_at ?? '';
    return [...ids].sort((a, b) => (at(a) < at(b) ? 1 : at(a) > at(b) ? -1 : a < b ? 1 : -1));
  }

  /** release shows what waits above the list and puts everything in order. */
  release(key: string) {
    const list = this.lists.get(key);
    if (list) this.lists.set(key, { ...list, ids: this.sorted([...list.ids, ...list.waiting]), waiting: [] });
  }

  async load(key: string, more = false) {
    const list = this.lists.get(key) ?? { ids: [], loaded: false, loading: false, waiting: [] };
    if (list.loading || (more && !list.next)) return;
    this.lists.set(key, { ...list, loading: true });
    const [view, tab, inbox] = key.split(':') as [View, Tab, string];
    try {
      const page = await must(
        client.GET('/api/v1/workspaces/{workspace}/conversations', {
          params: { path: { workspace: this.ws }, query: { view, tab, limit: 50, ...(inbox && { inbox_id: inbox }), ...(more && { cursor: list.next }) } },
        }),
      );
      for (const c of page.items) this.put(c);
      const ids = page.items.map((c) => c.id);
      const kept = more ? list.ids.filter((i) => !ids.includes(i)) : [];
      this.lists.set(key, { ids: [...kept, ...ids], next: page.next_cursor, loaded: true, loading: false, waiting: [] });
    } catch (e) {
      this.lists.set(key, { ...list, loading: false });
      throw e;
    }
  }

  async open(id: string) {
    const had = this.threads.get(id);
    const path = { workspace: this.ws, id };
    const [c, t] = await Promise.all([
      must(client.GET('/api/v1/workspaces/{workspace}/conversations/{id}', { params: { path } })),
      must(client.GET('/api/v1/workspaces/{workspace}/conversations/{id}/timeline', { params: { path, query: { limit: 60 } } })),
    ]);
    this.put(c);
    const older = had?.items.filter((i) => Number(i.event.id) < Number(t.items[0]?.event.id ?? 0)) ?? [];
    this.threads.set(id, { items: [...older, ...t.items], prev: older.length ? had?.prev : t.prev_cursor, loaded: true });
  }

  async older(id: string) {
    const t = this.threads.get(id);
    if (!t?.prev) return;
    const more = await must(
      client.GET('/api/v1/workspaces/{workspace}/conversations/{id}/timeline', { params: { path: { workspace: this.ws, id }, query: { limit: 60, before: t.prev } } }),
    );
    const now = this.threads.get(id);
    if (now) this.threads.set(id, { ...now, items: [...more.items, ...now.items], prev: more.prev_cursor });
  }

  /** add puts facts into an opened timeline, each once, and updates messages they are about. */
  add(id: string, items: TimelineItem[]) {
    const t = this.threads.get(id);
    if (!t) return;
    const known = new Map(t.items.map((i) => [i.event.id, i]));
    for (const i of items) known.set(i.event.id, i);
    let all = [...known.values()].sort((a, b) => Number(a.event.id) - Number(b.event.id));
    for (const i of items) {
      if (!i.message || i.event.kind === 'message_posted' || i.event.kind === 'note_added') continue;
      const m = i.message;
      all = all.map((x) => (x.message?.id === m.id ? { ...x, message: m } : x));
    }
    this.threads.set(id, { ...t, items: all });
  }

  async people() {
    const path = { workspace: this.ws };
    const [members, inboxes, tags] = await Promise.all([
      must(client.GET('/api/v1/workspaces/{workspace}/members', { params: { path } })),
      must(client.GET('/api/v1/workspaces/{workspace}/inboxes', { params: { path } })),
      must(client.GET('/api/v1/workspaces/{workspace}/tags', { params: { path } })),
    ]);
    this.members = members.items;
    this.inboxes = inboxes.items;
    this.tags = tags.items;
  }

  async countNotices() {
    const n = await must(client.GET('/api/v1/workspaces/{workspace}/notifications', { params: { path: { workspace: this.ws }, query: { limit: 1 } } }));
    this.notices = n.unread;
  }

  /** again forgets what may be old and looks at everything that is on the screen. */
  async again(open?: string) {
    const keys = [...this.lists.keys()];
    this.lists.clear();
    await Promise.all([...keys.map((k) => this.load(k)), ...(open ? [this.open(open)] : []), this.people()]);
  }
}

export const desk = new Desk();
