/** Searching while somebody types: one question at a time, and no answer of an older one. */
import type { components } from '../../api/schema';
import { Refused } from '../../state/http';
import { words } from '../../state/words';

export type Result = components['schemas']['SearchResult'];

/** Asks the server; cursor is where an earlier answer ended. */
export type Ask = (query: string, cursor?: string) => Promise<Result>;

/** What is wrong with a question, and where, in characters. */
export interface Wrong {
  reason: string;
  from: number;
  to: number;
}

/** How long the fingers may rest between two letters before it is asked, in milliseconds. */
export const restTime = 40;

/** A search box's state. */
export class Searching {
  query = $state('');
  /** The last answer, which stays while the next one comes. */
  result = $state.raw<Result>();
  /** What the last answer is about. */
  answered = $state('');
  busy = $state(false);
  wrong = $state.raw<Wrong>();
  failed = $state('');
  private asked = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly ask: Ask) {}

  /** Takes what the box says now. */
  type(query: string): void {
    this.query = query;
    this.asked++;
    clearTimeout(this.timer);
    if (query.trim() === '') {
      this.result = undefined;
      this.wrong = undefined;
      this.failed = '';
      this.answered = '';
      this.busy = false;
      return;
    }
    this.busy = true;
    this.timer = setTimeout(() => void this.run(query), restTime);
  }

  /** Asks at once: Enter does not wait. */
  now(): Promise<void> {
    clearTimeout(this.timer);
    return this.query.trim() && this.query !== this.answered ? this.run(this.query) : Promise.resolve();
  }

  /** Fetches older finds. */
  async more(): Promise<void> {
    const had = this.result;
    if (!had?.next_cursor || this.busy) return;
    const at = ++this.asked;
    this.busy = true;
    try {
      const next = await this.ask(this.answered, had.next_cursor);
      if (at !== this.asked) return;
      const known = had.conversations.map((c) => c.conversation.id);
      this.result = {
        ...next,
        contacts: had.contacts,
        conversations: [...had.conversations, ...next.conversations.filter((c) => !known.includes(c.conversation.id))],
      };
    } catch (err) {
      if (at === this.asked) this.failed = words(err);
    } finally {
      if (at === this.asked) this.busy = false;
    }
  }

  /** Nobody looks any more. */
  stop(): void {
    this.asked++;
    clearTimeout(this.timer);
  }

  private async run(query: string): Promise<void> {
    const at = ++this.asked;
    try {
      const result = await this.ask(query);
      if (at !== this.asked) return;
      this.result = result;
      this.answered = query;
      this.wrong = undefined;
      this.failed = '';
    } catch (err) {
      if (at !== this.asked) return;
      const place = err instanceof Refused ? err.place : undefined;
      this.wrong = place ? { reason: words(err), from: place.from, to: place.to } : undefined;
      this.failed = place ? '' : words(err);
    } finally {
      if (at === this.asked) this.busy = false;
    }
  }
}

/** A part of a text, found or not. */
export interface Part {
  text: string;
  hit: boolean;
}

/** Cuts a text at its marks, which count characters as the server does. */
export function parts(m: { text: string; marks: readonly (readonly number[])[] }): Part[] {
  const all = [...m.text];
  const out: Part[] = [];
  let at = 0;
  const put = (from: number, to: number, hit: boolean) => {
    if (to > from) out.push({ text: all.slice(from, to).join(''), hit });
  };
  for (const [from = 0, to = 0] of m.marks) {
    put(at, from, false);
    put(from, to, true);
    at = to;
  }
  put(at, all.length, false);
  return out;
}
