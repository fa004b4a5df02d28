/** What is done to conversations: shown at once, taken back when it is refused, undone with Z. */
import { Refused } from './http';
import type { Keeper } from './keeper';
import type { Known } from './known';
import type { Conversation, Did } from './model';
import type { Outbox } from './outbox';
import type { Reading } from './reading';
import type { Verb } from './verbs';
import { words } from './words';

/** How long an action can be taken back with Z, in milliseconds (R14); an answer that waits longer, as long as it waits. */
export const undoTime = 10_000;
/** How long a refusal may wait for what others changed, in milliseconds. */
const explainTime = 1000;

/** Reports whether Z takes a verb back. */
const takenBack = (verb: Verb): boolean => verb !== 'read' && verb !== 'undo' && verb !== 'retry';

/** The parts of a conversation that a change names. */
const parts = (c: Conversation, change: Partial<Conversation>): Partial<Conversation> =>
  Object.fromEntries(Object.keys(change).map((k) => [k, c[k as keyof Conversation]]));

/** Gives commands and remembers the last one. */
export class Acting {
  private last: { run: () => void; until: number; of: string | undefined } | undefined;

  constructor(
    private readonly k: Known,
    private readonly reading: Reading,
    private readonly keeper: Keeper,
    private readonly outbox: Outbox,
  ) {}

  /** Reports whether the last action can still be taken back with Z. */
  canUndo(): boolean {
    return !!this.last && this.last.until >= this.k.now();
  }

  /** Takes the last action back; it reports whether there was one that still can be. */
  undo(): boolean {
    if (!this.last || !this.canUndo()) return false;
    this.last.run();
    return true;
  }

  /** Lets Z take back what was done last; without an argument nothing can be, also not what was done before. */
  remember(run?: () => void, of?: string, leaves?: string): void {
    this.last = run && { run, until: Math.max(this.k.now() + undoTime, Date.parse(leaves ?? '') || 0), of };
  }

  /** What Z takes back now, to see later whether that is still so. */
  mark(): unknown {
    return this.last;
  }

  /** What takes back what was done last, if that was done to a conversation. */
  lastOf(id: string): (() => void) | undefined {
    return this.last?.of === id ? this.last.run : undefined;
  }

  /** Z does not take back any more what run takes back. */
  forget(run: (() => void) | undefined): void {
    if (this.last?.run === run) this.last = undefined;
  }

  /** Takes back one command by its id. */
  undoCommand(id: string, command: string): Promise<boolean> {
    return this.act(id, 'undo', { command_id: command }, () => ({}));
  }

  /** Changes at once, asks the server, and goes back if it refuses; again is what Retry does. */
  async act(
    id: string,
    verb: Verb,
    body: Record<string, unknown>,
    apply: (c: Conversation) => Partial<Conversation>,
    params: Record<string, string> = {},
    again: () => unknown = () => this.act(id, verb, body, apply, params),
  ): Promise<boolean> {
    const { store, timelines, http, notify } = this.k;
    const before = store.rows.get(id);
    const known = store.known(id);
    const op = { id: this.k.newId(), conversation: id, apply };
    store.begin(op);
    const answer = this.outbox.deliver(id, () => http.send<Did>('POST', `/conversations/${id}/${verb}`, body, op.id));
    // What has gone out to the customer is not taken back, and Z does not reach behind it.
    const sent = !!body['closing_message'];
    if (sent) this.remember();
    const undo = before && !sent && takenBack(verb) ? this.offer(id, verb, parts(before, apply(before)), answer) : undefined;
    if (verb !== 'read' && verb !== 'undo') notify({ kind: 'done', verb, conversation: id, params, ...(undo ? { undo } : {}) });
    try {
      const did = await answer;
      store.settle(op, did.conversation);
      timelines.add(id, did.items ?? []);
      this.reading.refind();
      this.keeper.soon();
      if (verb === 'undo') notify({ kind: 'done', verb, conversation: id });
      return true;
    } catch (err) {
      store.refuse(op);
      this.forget(undo);
      if (verb === 'read') {
        if (err instanceof Refused && (err.status === 409 || err.status === 404)) void this.reading.rowAgain(id);
        return false;
      }
      await this.refuse(id, verb, err, known, again);
      return false;
    }
  }

  /** Shows what a command did whose answer was waited for; Z makes it back again. */
  did(id: string, verb: Verb, did: Did, back: Partial<Conversation>, params: Record<string, string> = {}): void {
    this.k.store.put(did.conversation);
    this.k.timelines.add(id, did.items ?? []);
    this.k.notify({ kind: 'done', verb, conversation: id, params, undo: this.offer(id, verb, back, Promise.resolve(did)) });
  }

  /** Says why something was refused: what others changed meanwhile, and how to do it again. */
  private async refuse(id: string, verb: Verb, err: unknown, known: Conversation | undefined, again: () => unknown): Promise<void> {
    const { k, reading } = this;
    const status = err instanceof Refused ? err.status : 0;
    let changes: string[] = [];
    let by: string | undefined;
    const news = (async () => {
      if (status === 409 || status === 404) await reading.rowAgain(id);
      if (status === 409 && known && (k.store.known(id)?.version ?? 0) > known.version) await reading.timelineAgain(id);
    })();
    // The reason does not wait for its explanation for long.
    await Promise.race([news, new Promise((done) => setTimeout(done, explainTime))]);
    const now = k.store.known(id);
    if (status === 409 && known && now && now.version > known.version) {
      const say = await import('./changes').catch(() => undefined); // the reason is told without it too
      changes = say?.whatChanged(known, now, k.members) ?? [];
      by = say?.whoChanged(k.timelines.map.get(id)?.items ?? [], known.version, k.reader.user, k.members);
    }
    const retry = status === 403 || status === 404 ? undefined : () => void again();
    k.notify({
      kind: 'refused',
      verb,
      conversation: id,
      reason: words(err),
      ...(changes.length > 0 ? { changes } : {}),
      ...(by ? { by } : {}),
      ...(retry ? { retry } : {}),
    });
  }

  private offer(id: string, verb: Verb, back: Partial<Conversation>, answer: Promise<Did>): () => void {
    let used = false;
    const run = () => {
      if (used) return;
      used = true;
      this.forget(run);
      void this.takeBack(id, verb, back, answer);
    };
    this.remember(run, id);
    return run;
  }

  private async takeBack(id: string, verb: Verb, back: Partial<Conversation>, answer: Promise<Did>): Promise<void> {
    const { store, timelines, http, notify } = this.k;
    const op = { id: this.k.newId(), conversation: id, apply: () => back };
    store.begin(op);
    try {
      const did = await answer;
      const request =
        verb === 'unread'
          ? () => http.send<Did>('POST', `/conversations/${id}/read`, {}, op.id)
          : () => http.send<Did>('POST', `/conversations/${id}/undo`, { command_id: did.command_id }, op.id);
      const undone = await this.outbox.deliver(id, request);
      store.settle(op, undone.conversation);
      timelines.add(id, undone.items ?? []);
      notify({ kind: 'done', verb: 'undo', conversation: id });
    } catch (err) {
      const known = store.known(id);
      store.refuse(op);
      await this.refuse(id, 'undo', err, known, () => this.takeBack(id, verb, back, answer));
    }
  }
}
