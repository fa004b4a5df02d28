/** Messages and notes on their way: shown at once, sent until they are through, never twice. */
import type { Acting } from './acting';
import type { Shelf } from './drafts';
import * as guess from './guess';
import { Refused } from './http';
import type { Keeper } from './keeper';
import type { Known } from './known';
import type { Attachment, Conversation, Did, MailHeader, Mention, Mode } from './model';
import { KeptMessages, type KeptMessage, type Outbox } from './outbox';
import type { Reading } from './reading';
import type { Outgoing } from './timeline';
import { words } from './words';

/** Sends what people wrote. */
export class Posting {
  private readonly kept: KeptMessages;

  constructor(
    private readonly k: Known,
    private readonly reading: Reading,
    private readonly acting: Acting,
    private readonly keeper: Keeper,
    private readonly outbox: Outbox,
    shelf: Shelf,
  ) {
    this.kept = new KeptMessages(shelf, `parley:${k.reader.user}:${k.reader.workspace}:outbox`);
  }

  /** Sends what an earlier page did not get through. */
  start(): void {
    for (const m of this.kept.all()) void this.deliver(m);
  }

  /** Sends a message or a note; it is shown at once and never twice. */
  async send(
    conversation: string,
    mode: Mode,
    text: string,
    attachments: readonly Attachment[],
    mentions: readonly Mention[],
    header?: MailHeader,
  ): Promise<void> {
    const m: KeptMessage = {
      client_id: this.k.newId(),
      conversation,
      mode,
      text,
      attachments: [...attachments],
      at: new Date(this.k.now()).toISOString(),
      ...(mentions.length > 0 ? { mentions: [...mentions] } : {}),
      ...(header ? { header } : {}),
      ...(mode === 'reply' ? this.seen(conversation) : {}),
    };
    this.kept.add(m);
    void this.k.drafts?.clear(conversation, mode);
    if (mode === 'reply') this.acting.remember(); // nothing done before an answer is taken back
    await this.deliver(m);
  }

  /** Sends again what the server did not take. */
  resend(conversation: string, clientId: string): void {
    const o = this.outgoing(conversation, clientId);
    if (!o) return;
    const m: KeptMessage = {
      client_id: o.client_id,
      conversation,
      mode: o.mode,
      text: o.text,
      attachments: o.attachments,
      at: o.at,
      ...(o.mentions ? { mentions: o.mentions } : {}),
      ...(o.header ? { header: o.header } : {}),
    };
    this.kept.add(m);
    void this.deliver(m);
  }

  /** Takes a message that was not sent back into the composer. */
  takeBack(conversation: string, clientId: string): void {
    const o = this.outgoing(conversation, clientId);
    if (!o) return;
    this.k.timelines.discard(conversation, clientId);
    this.restore(o);
  }

  /** Puts words and files before what is in the composer. */
  private restore({ conversation, ...o }: Pick<KeptMessage, 'conversation' | 'mode' | 'text' | 'header' | 'attachments'>): void {
    const { drafts } = this.k;
    const d = drafts?.get(conversation, o.mode);
    const text = d?.text.trim() ? `${o.text}\n\n${d.text}` : o.text;
    drafts?.change(conversation, o.mode, { text, ...(o.header ? { header: o.header } : {}), files: [...o.attachments, ...(d?.files ?? [])] });
  }

  private seen(conversation: string): { seen?: string } {
    const ids = (this.k.timelines.map.get(conversation)?.items ?? []).flatMap((i) => i.message?.id ?? []);
    return ids.length > 0 ? { seen: ids.reduce((a, b) => (a > b ? a : b)) } : {};
  }

  private outgoing(conversation: string, clientId: string): Outgoing | undefined {
    return this.k.timelines.map.get(conversation)?.outgoing.find((x) => x.client_id === clientId);
  }

  private async deliver(m: KeptMessage): Promise<void> {
    const { store, timelines, http } = this.k;
    const { conversation: id, client_id, mode } = m;
    const mark = this.acting.mark();
    timelines.send({ ...m, state: 'sending' });
    const op = { id: client_id, conversation: id, apply: (c: Conversation) => (mode === 'reply' ? guess.replied(c, m.text, m.at) : {}) };
    store.begin(op);
    const body = {
      text: m.text,
      client_id,
      ...m.header,
      ...(m.mentions ? { mentions: m.mentions } : {}),
      ...(m.seen ? { seen_id: m.seen } : {}),
      ...(m.attachments.length > 0 ? { attachment_ids: m.attachments.map((a) => a.id) } : {}),
    };
    try {
      const did = await this.outbox.deliver(
        id,
        () => http.send<Did>('POST', `/conversations/${id}/${mode}`, body, client_id),
        () => timelines.progress(id, client_id, 'waiting'),
      );
      this.kept.remove(client_id);
      store.settle(op, did.conversation);
      if (did.items && did.items.length > 0) timelines.add(id, did.items);
      // An answer to a repeated request may carry no facts: the timeline is asked for them.
      if (timelines.map.get(id)?.outgoing.some((o) => o.client_id === client_id)) await this.reading.timelineAgain(id);
      timelines.discard(id, client_id);
      if (mode === 'note' || did.undo_until) this.offerUndo(m, did, mark);
      this.keeper.soon();
    } catch (err) {
      this.kept.remove(client_id);
      store.refuse(op);
      timelines.progress(id, client_id, 'failed', words(err));
      if (err instanceof Refused && err.status === 409) void this.reading.rowAgain(id);
    }
  }

  /** Z and the toast take a note back, and an answer that has not left: with what was done to its conversation since. */
  private offerUndo(m: KeptMessage, did: Did, mark: unknown): void {
    const id = m.conversation;
    // What was done after it was sent is what Z and the toast are about.
    if (this.acting.mark() !== mark && (m.mode === 'note' || !this.acting.lastOf(id))) return;
    const since = m.mode === 'reply' ? this.acting.lastOf(id) : undefined;
    const undo = () => {
      this.acting.forget(undo);
      since?.();
      void this.acting.undoCommand(id, did.command_id).then((done) => done && m.mode === 'reply' && this.restore(m));
    };
    this.acting.remember(undo, id, did.undo_until);
    this.k.notify({ kind: 'done', verb: m.mode, conversation: id, undo });
  }
}
