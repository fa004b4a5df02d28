/** Mails to somebody who is not the customer, about a conversation (ADR 39). */
import Forward from '@lucide/svelte/icons/forward';
import { t } from '../i18n/forward';
import type { Screen } from '../inbox/screen.svelte';
import type { Command } from '../keys/registry.svelte';
import { mayChange } from '../state/membership';
import type { Message, TimelineItem } from '../state/model';
import { wholeHeader, type Header } from './header';

/** What was begun and not sent, by the message it is about, until the page is left. */
export const begun: Record<string, { header: Header; text: string; whole: boolean }> = {};

let message = $state.raw<Message>();

/** What is being forwarded, or answered aside; undefined while nothing is. */
export const forwarding = {
  get message() {
    return message;
  },
  stop() {
    message = undefined;
  },
};

/** Opens the form with a message; one that somebody else wrote aside is answered. */
export function forward(m: Message): void {
  message = m;
}

/** Whether a message can go to somebody else. */
export const canForward = (m: Message): boolean => m.kind !== 'note' && m.delivery?.state !== 'withheld' && m.delivery?.state !== 'recalled';

/** Whether a message is what somebody else wrote, and can be answered. */
export const answersAside = (m: Message): boolean => m.kind === 'aside' && m.side === 'customer' && !m.auto;

/** The newest that a customer wrote, else the newest of all. */
function newest(items: readonly TimelineItem[]): Message | undefined {
  const all = items.flatMap((i) => (i.message?.kind === 'message' && canForward(i.message) && i.message.auto !== 'stranger' ? [i.message] : []));
  return all.findLast((m) => m.side === 'customer') ?? all.at(-1);
}

/** The command of an open conversation. */
export function forwardCommand(s: Screen): Command {
  const row = () => s.conversation;
  const found = () => newest(s.workspace.timelines.map.get(s.open ?? '')?.items ?? []);
  return {
    id: 'forward',
    label: t('do'),
    icon: Forward,
    keys: ['shift+w'],
    group: 'conversation',
    also: t('also'),
    when: () => mayChange(s.workspace.reader, row()) && !row()?.archived_at && !!found(),
    run: () => (message = found()),
  };
}

/** Opens the form with a mail that was taken back before it left: it is never put where an answer to the customer is written. */
export function again(m: Message, items: readonly TimelineItem[]): void {
  const about = items.find((i) => i.message?.id === (m.answers_id ?? m.forwarded_ids?.at(-1)))?.message;
  if (!about) return;
  begun[about.id] = { header: { ...wholeHeader(m), subject: m.subject ?? '' }, text: m.text, whole: (m.forwarded_ids?.length ?? 0) > 1 };
  message = about;
}
