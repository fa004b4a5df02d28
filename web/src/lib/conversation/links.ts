/** Links to our own conversations. */
import { router } from '../router/router.svelte';

/** A conversation that a text links to, and the message in it. */
export interface OwnLink {
  conversation: string;
  message?: string;
}

const own = (origin: string) => new RegExp(`${origin.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}/[^\\s<>"')\\]]*?(cnv_[0-9a-z]{13})(?:#(msg_[0-9a-z]{13}))?`, 'g');

/** The conversations that a text links to, each once, at most five. */
export function ownLinks(text: string, origin = location.origin): OwnLink[] {
  const found = new Map<string, OwnLink>();
  for (const [, conversation = '', message] of text.matchAll(own(origin)))
    if (!found.has(conversation)) found.set(conversation, { conversation, ...(message ? { message } : {}) });
  return [...found.values()].slice(0, 5);
}

/** The address of a conversation, or of a message in it, wherever the reader has found it. */
export function linkTo(conversation: string, message?: string): string {
  return `/${router.parts[0] ?? ''}/all/${conversation}${message ? `#${message}` : ''}`;
}

/** The message that the address of the page names. */
export function linkedMessage(hash = router.hash): string | undefined {
  return /^#(msg_[0-9a-z]{13})$/.exec(hash)?.[1];
}
