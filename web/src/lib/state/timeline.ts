/**
 * Timelines of opened conversations: facts in order, the messages they are
 * about, and messages that are on their way. A message has one place whether
 * the answer, the realtime echo or a retry brings it first (R11).
 */
import type { Attachment, Delivery, DeliveryState, Mention, Message, Mode, TimelineItem, MailHeader } from './model';
import type { MakeMap } from './store';

/** A message that the server has not confirmed. */
export interface Outgoing {
  client_id: string;
  conversation: string;
  mode: Mode;
  text: string;
  attachments: Attachment[];
  mentions?: Mention[];
  /** To whom it goes, if it is a mail. */
  header?: MailHeader;
  at: string;
  /** waiting: no connection; failed: refused, and why. */
  state: 'sending' | 'waiting' | 'failed';
  reason?: string;
}

/** What is known of one conversation's timeline, oldest first. */
export interface Timeline {
  items: readonly TimelineItem[];
  outgoing: readonly Outgoing[];
  /** Where earlier facts go on; undefined when they are all here. */
  prev?: string;
  state: 'loading' | 'ready' | 'failed';
  error?: string;
  /** The notes that were on top when the end of it was fetched. */
  pinned?: readonly Message[];
  /** From this device, or from before something may have been missed: shown until the server answers. */
  kept?: boolean;
}

const nothing: Timeline = { items: [], outgoing: [], state: 'loading' };

/** Timelines by conversation id. */
export class Timelines {
  readonly map: Map<string, Timeline>;

  constructor(make: MakeMap = () => new Map()) {
    this.map = make();
  }

  /** Shows what this device kept of a timeline, if nothing is known of it. */
  recall(id: string, items: readonly TimelineItem[], prev: string | undefined): void {
    const t = this.map.get(id);
    if (t && (t.state !== 'loading' || t.items.length > 0)) return;
    this.map.set(id, { items, outgoing: unsent(t?.outgoing ?? [], items), state: 'ready', kept: true, ...(prev === undefined ? {} : { prev }) });
  }

  /** Reports whether a timeline is here as the server has it. */
  sure(id: string): boolean {
    const t = this.map.get(id);
    return t?.state === 'ready' && !t.kept;
  }

  /** Something may have been missed: what is here is shown until the server answers again. */
  doubt(): void {
    for (const [id, t] of [...this.map]) if (!t.kept) this.map.set(id, { ...t, kept: true });
  }

  /** Marks a timeline as being fetched, unless it is here already. */
  begin(id: string): void {
    const t = this.map.get(id);
    if (!t || t.state === 'failed') this.map.set(id, { ...(t ?? nothing), state: 'loading', error: undefined });
  }

  /** The fetch failed; what was here stays. */
  fail(id: string, error: string): void {
    const t = this.map.get(id) ?? nothing;
    this.map.set(id, t.items.length > 0 ? t : { ...t, state: 'failed', error });
  }

  /** Takes the newest stretch. What it overlaps is joined; a gap drops what was before it. */
  newest(id: string, items: readonly TimelineItem[], prev: string | undefined, pinned?: readonly Message[]): void {
    const t = this.map.get(id) ?? nothing;
    const first = items[0];
    const joins = first !== undefined && t.items.some((i) => i.event.id === first.event.id);
    const kept = joins || prev === undefined ? t.items : t.items.filter((i) => first !== undefined && after(i.event.id, first.event.id));
    const merged = merge(kept, items);
    this.map.set(id, {
      items: merged,
      outgoing: unsent(t.outgoing, merged),
      prev: joins && t.state === 'ready' ? t.prev : prev,
      state: 'ready',
      ...(pinned ? { pinned } : {}),
    });
  }

  /** Takes an earlier stretch. */
  older(id: string, items: readonly TimelineItem[], prev: string | undefined): void {
    const t = this.map.get(id);
    if (t) this.map.set(id, { ...t, items: merge(t.items, items), prev });
  }

  /** Takes new facts of a conversation whose timeline is here; others are left until they are opened. */
  add(id: string, items: readonly TimelineItem[]): void {
    const t = this.map.get(id);
    if (!t || items.length === 0) return;
    const merged = merge(t.items, items);
    this.map.set(id, { ...t, items: merged, outgoing: unsent(t.outgoing, merged) });
  }

  /** Shows a message before the server has it. */
  send(o: Outgoing): void {
    const t = this.map.get(o.conversation) ?? nothing;
    const rest = t.outgoing.filter((x) => x.client_id !== o.client_id);
    this.map.set(o.conversation, { ...t, outgoing: unsent([...rest, o], t.items) });
  }

  /** Changes what is said of a message on its way. */
  progress(id: string, clientId: string, state: Outgoing['state'], reason?: string): void {
    const t = this.map.get(id);
    if (!t) return;
    const outgoing = t.outgoing.map((o) => (o.client_id === clientId ? { ...o, state, reason } : o));
    this.map.set(id, { ...t, outgoing });
  }

  /** Drops a message that will not be sent. */
  discard(id: string, clientId: string): void {
    const t = this.map.get(id);
    if (t) this.map.set(id, { ...t, outgoing: t.outgoing.filter((o) => o.client_id !== clientId) });
  }
}

/** Reports whether event id a is later than b; both are decimal numbers of any length. */
export function after(a: string, b: string): boolean {
  return a.length === b.length ? a > b : a.length > b.length;
}

function unsent(outgoing: readonly Outgoing[], items: readonly TimelineItem[]): readonly Outgoing[] {
  if (outgoing.length === 0) return outgoing;
  const sent = new Set(items.map((i) => i.message?.client_id).filter(Boolean));
  return outgoing.filter((o) => !sent.has(o.client_id));
}

/** Joins two stretches by event id and brings delivery states up to date. */
function merge(old: readonly TimelineItem[], fresh: readonly TimelineItem[]): readonly TimelineItem[] {
  const byId = new Map(old.map((i) => [i.event.id, i]));
  const updated = new Map<string, Message>();
  for (const i of fresh) {
    if (i.message && !brings(i)) updated.set(i.message.id, i.message);
    byId.set(i.event.id, i.moved_to_id ? i : brings(i) ? newer(byId.get(i.event.id), i) : { event: i.event });
  }
  const all = [...byId.values()].sort((a, b) => (after(a.event.id, b.event.id) ? 1 : after(b.event.id, a.event.id) ? -1 : 0));
  const delivery = deliveries(all);
  if (delivery.size === 0 && updated.size === 0) return all;
  return all.map((i) => {
    if (!i.message) return i;
    const now = newer(i, { event: i.event, message: updated.get(i.message.id) ?? i.message });
    const d = delivery.get(i.message.id);
    return d && now.message && later(d, now.message.delivery) ? { ...now, message: { ...now.message, delivery: d } } : now;
  });
}

/** Only these facts put a message on the spine; others may carry it along as it is now. */
function brings(i: TimelineItem): boolean {
  return /^(message_(posted|moved)|note_added|aside_posted)$/.test(i.event.kind);
}

/** The answer of a verb and an echo may bring one fact twice; the one that knows the later delivery wins. */
function newer(old: TimelineItem | undefined, fresh: TimelineItem): TimelineItem {
  if (!old?.message || !fresh.message) return fresh.message || !old ? fresh : { ...fresh, message: old.message };
  const d = old.message.delivery;
  return d && later(d, fresh.message.delivery) && d.at !== fresh.message.delivery?.at ? { ...fresh, message: { ...fresh.message, delivery: d } } : fresh;
}

function later(d: Delivery, than: Delivery | undefined): boolean {
  return !than?.at || Date.parse(d.at ?? '') >= Date.parse(than.at);
}

function deliveries(items: readonly TimelineItem[]): Map<string, Delivery> {
  const out = new Map<string, Delivery>();
  for (const { event } of items) {
    if (event.kind !== 'delivery_changed') continue;
    const state = event.data['state'] as DeliveryState;
    const reason = event.data['reason'] as string | undefined;
    out.set(event.data['message_id'] as string, {
      state,
      ...(reason ? { reason } : {}),
      at: event.at,
      can_retry: state === 'failed' || state === 'unknown',
    });
  }
  return out;
}
