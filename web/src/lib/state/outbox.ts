/**
 * What is on its way to the server. Requests about one conversation go in
 * order; one that finds no server is sent again with the same key until it
 * gets through, so nothing is lost and nothing happens twice.
 */
import { painted } from '../router/painted';
import { Unreachable } from './http';
import type { Shelf } from './drafts';
import type { Outgoing } from './timeline';

/** Requests in order, per conversation. */
export class Outbox {
  private readonly chains = new Map<string, Promise<unknown>>();
  /** Conversations whose requests find no server, and who wants to know of it. */
  private readonly stuck = new Set<string>();
  private readonly watchers = new Map<string, Set<() => void>>();
  private wakers: (() => void)[] = [];

  /** pause is the first wait in milliseconds before trying again; it doubles up to maxPause. */
  constructor(
    private readonly pause = 1000,
    private readonly maxPause = 30_000,
  ) {}

  /**
   * Sends when everything before it about the conversation is through. onWait is
   * called when the server is not reached, also by what goes before.
   */
  deliver<T>(conversation: string, send: () => Promise<T>, onWait: () => void = () => undefined): Promise<T> {
    const before = this.chains.get(conversation) ?? Promise.resolve();
    const watchers = this.watchers.get(conversation) ?? new Set();
    this.watchers.set(conversation, watchers.add(onWait));
    if (this.stuck.has(conversation)) onWait();
    const waits = () => {
      this.stuck.add(conversation);
      for (const w of watchers) w();
    };
    // What was done is seen first: to begin a request is work, too (ADR 27).
    const run = before
      .catch(() => undefined)
      .then(painted)
      .then(() => this.insist(send, waits));
    this.chains.set(conversation, run);
    const forget = () => {
      this.stuck.delete(conversation);
      watchers.delete(onWait);
      if (watchers.size === 0) this.watchers.delete(conversation);
      if (this.chains.get(conversation) === run) this.chains.delete(conversation);
    };
    run.then(forget, forget);
    return run;
  }

  /** The connection is back: what waits is sent now. */
  wake(): void {
    const wakers = this.wakers;
    this.wakers = [];
    for (const w of wakers) w();
  }

  private async insist<T>(send: () => Promise<T>, onWait: () => void): Promise<T> {
    for (let wait = this.pause; ; wait = Math.min(this.maxPause, wait * 2)) {
      try {
        return await send();
      } catch (err) {
        if (!(err instanceof Unreachable)) throw err;
        onWait();
        await new Promise<void>((done) => {
          const timer = setTimeout(done, wait);
          this.wakers.push(() => {
            clearTimeout(timer);
            done();
          });
        });
      }
    }
  }
}

/** A message kept on this device until the server has it. */
export type KeptMessage = Pick<Outgoing, 'client_id' | 'conversation' | 'mode' | 'text' | 'header' | 'attachments' | 'mentions' | 'at'> & {
  /** The newest message its writer had seen: the server refuses it when others have written since. */
  seen?: string;
};

/** Messages on their way that survive a reload; they are sent again with the same client_id. */
export class KeptMessages {
  constructor(
    private readonly shelf: Shelf,
    private readonly key: string,
  ) {}

  /** Everything kept, oldest first. */
  all(): KeptMessage[] {
    try {
      const v: unknown = JSON.parse(this.shelf.getItem(this.key) ?? '[]');
      return Array.isArray(v) ? (v as KeptMessage[]) : [];
    } catch {
      return [];
    }
  }

  /** Keeps one. */
  add(m: KeptMessage): void {
    this.write([...this.all().filter((x) => x.client_id !== m.client_id), m]);
  }

  /** Forgets one: the server has it, or refused it. */
  remove(clientId: string): void {
    this.write(this.all().filter((x) => x.client_id !== clientId));
  }

  private write(all: KeptMessage[]): void {
    try {
      if (all.length > 0) this.shelf.setItem(this.key, JSON.stringify(all));
      else this.shelf.removeItem(this.key);
    } catch {
      // a full or forbidden storage: the message is still sent while the page lives
    }
  }
}
