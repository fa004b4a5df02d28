/** To whom an answer to a mail goes, and what is to be looked at twice before it leaves. */
import type { Conversation, Message, TimelineItem } from '../state/model';
import { domainOf, isOurs, once, readAddress, same, writeAddress } from './addresses';
import { everybody, type Header } from './header';

/** An answer to the newest mail: to whom it says, and who else had it. */
export interface Answers {
  to: string[];
  others: string[];
}

const mails = (items: readonly TimelineItem[]): Message[] => items.flatMap((i) => (i.message?.kind === 'message' ? [i.message] : []));

/** Every address that a mail names. */
const named = (m: Message): string[] => [
  m.email?.from ?? '',
  m.email?.reply_to ?? '',
  ...(m.email?.to ?? []),
  ...(m.email?.cc ?? []),
  ...(m.to ?? []),
  ...(m.cc ?? []),
  ...(m.bcc ?? []),
];

/** To whom an answer goes: as the newest mail from outside says, else to whom we wrote last, else to the customer. */
export function answers(items: readonly TimelineItem[], c: Conversation, ours: readonly string[]): Answers {
  const all = mails(items);
  const customer = c.contact.email ? [writeAddress({ name: c.contact.name === c.contact.email ? '' : c.contact.name, email: c.contact.email })] : [];
  const others = (list: readonly string[], without: readonly string[]) =>
    once(list.filter((a) => a.includes('@') && !isOurs(a, ours) && !without.some((b) => same(a, b))));
  const inbound = all.findLast((m) => m.side === 'customer' && (!m.auto || m.auto === 'imported') && !!m.email?.from?.includes('@'));
  if (inbound?.email) {
    const to = [inbound.email.reply_to ?? inbound.email.from ?? ''].filter((a) => !isOurs(a, ours));
    if (to.length > 0) return { to, others: others([...(inbound.email.to ?? []), ...(inbound.email.cc ?? [])], to) };
  }
  const written = all.findLast((m) => m.side === 'team' && (m.to ?? []).length > 0);
  if (written?.to) return { to: written.to, others: others(written.cc ?? [], written.to) };
  return { to: customer, others: [] };
}

/** Who gets a mail of this conversation for the first time. */
export function strangers(h: Header, items: readonly TimelineItem[], c: Conversation): string[] {
  const known = [...mails(items).flatMap(named), c.contact.email ?? ''].filter((a) => a !== '');
  return everybody(h).filter((a) => !known.some((k) => same(k, a)));
}

/** Whether an address is outside where everybody else of the mail is inside. */
export function leavesHouse(a: string, h: Header, house: ReadonlySet<string>): boolean {
  if (house.has(domainOf(a))) return false;
  const rest = everybody(h).filter((x) => !same(x, a));
  return rest.length > 0 && rest.every((x) => house.has(domainOf(x)));
}

/** Words that speak of a file that is sent along. */
const speaks = /\b(attach(ed|ment|ments|ing)?|enclosed|enclosing)\b/iu;

/** Whether a text speaks of an attachment; what is quoted in it does not count. */
export const speaksOfFiles = (text: string): boolean => speaks.test(text.replace(/^>.*$/gmu, ''));

/** How an address is called. */
export const called = (a: string): string => readAddress(a).name || readAddress(a).email;
