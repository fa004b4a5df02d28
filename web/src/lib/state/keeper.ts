/** What this device keeps for the next start. */
import type { Cache, KeptThreads } from './cache';
import type { Known } from './known';

/** What is kept: so many lists, rows of a list, and timelines. */
const keptLists = 8;
const keptRows = 100;
const keptThreads = 30;
/** It is written after so many quiet milliseconds, and at the latest after so many: never between two keys. */
const keepAfter = 1000;
const keepWithin = 15_000;

/** Writes what is shown, and paints it at the next start. */
export class Keeper {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private since = 0;

  /** idle runs its argument when nothing else is to do. */
  constructor(
    private readonly k: Known,
    private readonly cache: Cache | undefined,
    private readonly idle: (run: () => void) => void = (run) => run(),
  ) {}

  /** Paints what this device kept, where the server has not answered yet. */
  async recall(): Promise<void> {
    const { k } = this;
    const kept = await this.cache?.lists();
    if (kept) {
      if (k.inboxes.size === 0) for (const i of kept.inboxes) k.inboxes.set(i.id, i);
      if (k.members.size === 0) for (const m of kept.members) k.members.set(m.user_id, m);
      if (k.tags.size === 0) for (const x of kept.tags) k.tags.set(x.id, x);
      k.counts.value ??= kept.counts;
      k.store.recall(kept.rows, kept.lists);
    }
    for (const x of (await this.cache?.threads()) ?? []) if (k.store.rows.has(x.id)) k.timelines.recall(x.id, x.items, x.prev);
  }

  /** Keeps what is shown, soon and when nothing else is to do. */
  soon(): void {
    if (!this.cache) return;
    if (this.timer && this.k.now() - this.since > keepWithin) return;
    if (!this.timer) this.since = this.k.now();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.idle(() => this.keep()), keepAfter);
  }

  /** Keeps at once what was to be kept soon. */
  now(): void {
    if (this.timer) this.keep();
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private keep(): void {
    const { k } = this;
    clearTimeout(this.timer);
    this.timer = undefined;
    const lists = [...k.store.lists.values()].filter((l) => l.state === 'ready').slice(-keptLists);
    const shown = lists.map((l) => ({ name: l.name, ids: l.ids.slice(0, keptRows) }));
    const known = (id: string) => k.store.known(id);
    const rows = [...new Set([...shown.flatMap((l) => l.ids), ...k.recent.value])].map(known).filter((c) => c !== undefined);
    const threads: KeptThreads = [];
    for (const [id, x] of [...k.timelines.map].slice(-keptThreads)) if (x.state === 'ready' && known(id)) threads.push({ id, items: x.items, prev: x.prev });
    void this.cache?.save(
      {
        lists: shown,
        rows,
        counts: k.counts.value,
        members: [...k.members.values()],
        inboxes: [...k.inboxes.values()],
        tags: [...k.tags.values()],
      },
      threads,
    );
  }
}
