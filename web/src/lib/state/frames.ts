/** Collects work and does it once per animation frame, so that a burst of events is one update. */
export class Batch<T> {
  private queue: T[] = [];
  private due = false;

  /** apply gets everything since the last frame, in order; schedule runs its argument at the next frame. */
  constructor(
    private readonly apply: (items: T[]) => void,
    private readonly schedule: (run: () => void) => void = nextFrame,
  ) {}

  /** Adds one item. */
  add(item: T): void {
    this.queue.push(item);
    if (this.due) return;
    this.due = true;
    this.schedule(() => this.flush());
  }

  /** Does at once what waits. */
  flush(): void {
    this.due = false;
    const items = this.queue;
    this.queue = [];
    if (items.length > 0) this.apply(items);
  }
}

/** The next animation frame; a hidden tab has none, so a timer stands in. */
export function nextFrame(run: () => void): void {
  if (typeof requestAnimationFrame === 'function' && !document.hidden) requestAnimationFrame(() => run());
  else setTimeout(run, 50);
}
