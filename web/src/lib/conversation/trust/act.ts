import { toasts } from '../../state/toast.svelte';
import type { Conversation, TimelineItem } from '../../state/model';
import type { Workspace } from '../../state/workspace';

interface Did {
  conversation: Conversation;
  items: TimelineItem[] | null;
}

/** Gives a command about a message of a conversation; what it changed comes with the answer. */
export async function decide(
  w: Workspace,
  conversation: string,
  verb: 'let-in' | 'turn-away' | 'keep-together' | 'take-forward' | 'read-again',
  message: string,
): Promise<void> {
  try {
    const did = await w.http.send<Did>('POST', `/conversations/${conversation}/${verb}`, { message_id: message }, w.newId());
    w.store.put(did.conversation);
    w.timelines.add(conversation, did.items ?? []);
  } catch (err) {
    toasts.fail(err);
  }
}
