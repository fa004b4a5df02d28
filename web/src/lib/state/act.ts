/** Commands from parts around the inbox, such as the ledger. */
import { desk } from './desk.svelte';

/** Delivers a message again that failed; it reports whether the server took the wish. */
export async function give(conversation: string, verb: 'retry', body: { message_id: string }): Promise<boolean> {
  return (await desk.workspace?.retry(conversation, body.message_id)) ?? false;
}
