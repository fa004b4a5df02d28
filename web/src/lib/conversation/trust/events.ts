import { t, type Key } from '../../i18n/trust';
import type { Event, Message, TimelineItem } from '../../state/model';
import { hour } from '../../ui/time';

const told = ['automation_paused', 'forward_taken', 'kept_together', 'participant_let_in', 'participant_turned_away'];

/** What the timeline says of who may take part, and of the brake on programs. */
export function trustSentence(event: Event, actor: string): { actor: string; text: string } | undefined {
  if (!told.includes(event.kind)) return undefined;
  const until = event.data['until'];
  return {
    actor: event.kind === 'automation_paused' ? '' : actor,
    text: t(`event.${event.kind}` as Key, { at: typeof until === 'string' ? hour(until) : '' }),
  };
}

/** Messages as somebody has decided about them since they were loaded. */
export function decided(items: readonly TimelineItem[]): (m: Message) => Message {
  const by = new Map<string, string>();
  for (const { event } of items) {
    const id = event.data['message_id'];
    if (typeof id === 'string' && told.includes(event.kind)) by.set(id, event.kind);
  }
  return (m) => {
    switch (by.get(m.id)) {
      case 'participant_let_in': {
        const { auto: _, ...rest } = m;
        return rest;
      }
      case 'participant_turned_away':
        return { ...m, auto: 'turned_away' };
      case 'kept_together':
        return m.origin ? { ...m, origin: { ...m.origin, new_subject: false } } : m;
    }
    return m;
  };
}
