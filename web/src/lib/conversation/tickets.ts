/** Tickets of other systems that a conversation is linked to: what is done with them, and how the timeline says it. */
import TicketIcon from '@lucide/svelte/icons/ticket';
import { t, type Key } from '../i18n/tickets';
import type { Screen } from '../inbox/screen.svelte';
import type { Command } from '../keys/registry.svelte';
import { mayChange } from '../state/membership';
import type { Conversation, Did, Event, Ticket } from '../state/model';
import type { Reader } from '../state/verbs';
import type { Workspace } from '../state/workspace';

/** How people write the name of a system. */
export function systemName(integration: string): string {
  const key = `system.${integration}` as Key;
  const known = t(key);
  return known === key ? integration : known;
}

/** Reports whether the reader may link a conversation, and remove links. */
export const mayLink = (reader: Reader, c: Conversation | undefined): boolean => !!c && mayChange(reader, c) && c.closed_source !== 'conversation_merge';

/** Reports whether a text can be the address of a ticket: the server looks closer. */
export function isAddress(text: string): boolean {
  try {
    return /^https?:$/.test(new URL(text.trim()).protocol);
  } catch {
    return false;
  }
}

/** Links a conversation; a refusal is thrown, for whoever typed the address. */
export async function link(w: Workspace, id: string, ticket: { url: string; title?: string; integration?: string }): Promise<void> {
  const did = await w.http.send<Did>('POST', `/conversations/${id}/link-ticket`, ticket, w.newId());
  const fresh = did.items?.find((i) => i.event.kind === 'ticket_linked')?.event.data as Ticket | undefined;
  if (!fresh) {
    w.store.put(did.conversation); // it was linked already
    return;
  }
  const back = { tickets: did.conversation.tickets?.filter((x) => x.url !== fresh.url) };
  w.did(id, 'link-ticket', did, back, { name: fresh.title });
}

/** Removes a link. */
export function unlink(w: Workspace, id: string, ticket: Ticket): Promise<boolean> {
  const without = (c: Conversation) => ({ tickets: c.tickets?.filter((x) => x.url !== ticket.url) });
  return w.act(id, 'unlink-ticket', { url: ticket.url }, without, { name: ticket.title });
}

/** Says what one of these facts says, and where the ticket is; undefined for any other. */
export function ticketSaid(event: Event): { text: string; object: string; reason: string; out: string } | undefined {
  if (event.kind !== 'ticket_linked' && event.kind !== 'ticket_unlinked') return undefined;
  const ticket = event.data as unknown as Ticket;
  return {
    text: t(event.kind === 'ticket_linked' ? 'event.linked' : 'event.unlinked'),
    object: ticket.title,
    reason: systemName(ticket.integration),
    out: ticket.url,
  };
}

/** The commands of an open conversation. */
export function ticketCommands(s: Screen): Command[] {
  return [
    {
      id: 'link-ticket',
      label: t('do.link'),
      icon: TicketIcon,
      keys: [],
      group: 'conversation',
      also: t('do.also'),
      when: () => mayLink(s.workspace.reader, s.conversation),
      run: () => (s.overlay = 'ticket'),
    },
  ];
}
