/** What somebody searched for lately, on this device. */
import type { Shelf } from '../../state/drafts';

const most = 8;

/** The last searches of one person in one workspace. */
export class Recent {
  private readonly key: string;

  constructor(
    private readonly shelf: Shelf,
    user: string,
    workspace: string,
  ) {
    this.key = `parley:${user}:${workspace}:searches`;
  }

  all(): string[] {
    try {
      const v = JSON.parse(this.shelf.getItem(this.key) ?? '[]') as unknown;
      return Array.isArray(v) ? v.filter((x) => typeof x === 'string').slice(0, most) : [];
    } catch {
      return [];
    }
  }

  /** Keeps a search that led somewhere. */
  keep(query: string): void {
    const q = query.trim();
    if (q) this.shelf.setItem(this.key, JSON.stringify([q, ...this.all().filter((x) => x !== q)].slice(0, most)));
  }

  forget(): void {
    this.shelf.removeItem(this.key);
  }
}
