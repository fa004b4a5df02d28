/** What the server tells while the page is open. */
import type { Frame } from '../live/live';
import { Batch } from './frames';
import type { Keeper } from './keeper';
import type { Known } from './known';
import type { Outbox } from './outbox';
import type { Reading } from './reading';

type Change = Extract<Frame, { type: 'change' }>;

/** How long somebody counts as typing after their last key, in milliseconds. */
const typingTime = 7000;

/** Puts what is heard where screens look. */
export class Feed {
  private readonly batch: Batch<Change>;
  private greeted = false;

  /** noticed is called for every notification of the reader. */
  constructor(
    private readonly k: Known,
    private readonly reading: Reading,
    private readonly keeper: Keeper,
    private readonly outbox: Outbox,
    private readonly noticed: () => void = () => undefined,
    schedule?: (run: () => void) => void,
  ) {
    this.batch = new Batch((frames) => this.apply(frames), schedule);
  }

  hear(f: Frame): void {
    switch (f.type) {
      case 'hello':
        this.outbox.wake();
        this.k.drafts?.again();
        if (!this.greeted) this.reading.again(); // what happened between the first answers and the greeting
        this.greeted = true;
        return;
      case 'change':
        this.batch.add(f);
        return;
      case 'gone':
        this.k.forget(f.conversation_id);
        return;
      case 'counts':
        this.k.counts.value = f.counts;
        return;
      case 'contacts':
        for (const id of f.contact_ids) if (this.k.contacts.has(id)) void this.reading.contactAgain(id);
        for (const hear of this.k.customersHeard) hear(f.contact_ids);
        return;
      case 'settings':
        void this.reading.settings();
        return;
      case 'notification':
        this.noticed();
        return;
      case 'typing':
        this.types(f);
        return;
      case 'draft':
        void this.k.drafts?.heard(f.conversation_id, f.mode, f.revision, f.owner_id === this.k.reader.user);
        return;
      case 'presence':
        this.present(f.users);
        return;
      case 'reset':
        this.batch.flush();
        this.k.store.stale();
        this.k.timelines.map.clear();
        this.reading.again();
        for (const hear of this.k.customersHeard) hear(undefined);
        return;
    }
  }

  private apply(frames: Change[]): void {
    for (const f of frames) {
      this.k.store.put(f.conversation);
      this.k.timelines.add(f.conversation.id, f.items);
      // The customer's words have come: they type no more.
      if (f.items.some((i) => i.message?.side === 'customer')) this.keepTyping(f.conversation.id, (t) => t.kind !== 'contact');
      if (f.items.some((i) => i.event.kind === 'note_restored')) void this.reading.timelineAgain(f.conversation.id);
    }
    this.reading.refind();
    this.keeper.soon();
  }

  private types(f: Extract<Frame, { type: 'typing' }>): void {
    const { typing, now } = this.k;
    const id = f.conversation_id;
    this.keepTyping(id, (t) => t.id !== f.actor.id || t.kind !== f.actor.kind);
    if (!f.on) return;
    typing.set(id, [...(typing.get(id) ?? []), { ...f.actor, ...(f.mode ? { mode: f.mode } : {}), until: now() + typingTime }]);
    setTimeout(() => this.keepTyping(id, (t) => t.until > now()), typingTime + 50);
  }

  /** Keeps of those who type in a conversation whom test wants. */
  private keepTyping(id: string, test: (t: { kind: string; id?: string; until: number }) => boolean): void {
    const { typing } = this.k;
    const all = typing.get(id);
    const rest = all?.filter(test);
    if (!all || !rest || rest.length === all.length) return;
    if (rest.length > 0) typing.set(id, rest);
    else typing.delete(id);
  }

  private present(users: { user_id: string; state: string; viewing?: string }[]): void {
    const { presence } = this.k;
    for (const id of [...presence.keys()]) if (!users.some((u) => u.user_id === id)) presence.delete(id);
    for (const u of users) presence.set(u.user_id, { state: u.state, ...(u.viewing ? { viewing: u.viewing } : {}) });
  }
}
