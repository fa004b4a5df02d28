import { client, must, Problem, type Conversation, type Did } from '../api/client';
import { desk } from './desk.svelte';
import { toasts } from './toast.svelte';

type Verb = 'assign' | 'unassign' | 'resolve' | 'close' | 'reopen' | 'prioritize' | 'tag' | 'unread' | 'read' | 'undo' | 'retry' | 'reply' | 'note';

/** took shows what a command did. */
function took(d: Did) {
  desk.put(d.conversation);
  const items = d.items.map((i) => (d.message && i.event.data && (i.event.data as { message_id?: string }).message_id === d.message.id ? { ...i, message: d.message } : i));
  desk.add(d.conversation.id, items);
}

/** give sends a command and shows what it did. */
export async function give(id: string, verb: Verb, body: object): Promise<Did> {
  const path = `/api/v1/workspaces/{workspace}/conversations/{id}/${verb}` as '/api/v1/workspaces/{workspace}/conversations/{id}/note';
  const did = await must(client.POST(path, { params: { path: { workspace: desk.ws, id } }, body: body as never }));
  took(did);
  return did;
}

/**
 * act changes the screen at once, sends the command, and offers to take it back.
 * A refusal puts the server's state back and says why.
 */
export async function act(c: Conversation, verb: Verb, body: object, said: string, now: Partial<Conversation> = {}) {
  if (Object.keys(now).length) desk.put({ ...c, ...now });
  try {
    const did = await give(c.id, verb, body);
    if (said) toasts.show(said, did.undo_until ? () => void undo(c.id, did.command_id) : undefined);
    return did;
  } catch (e) {
    await restore(c);
    toasts.fail(e);
    return undefined;
  }
}

async function restore(c: Conversation) {
  desk.rows.set(c.id, { ...c, version: 0 });
  try {
    desk.put(await must(client.GET('/api/v1/workspaces/{workspace}/conversations/{id}', { params: { path: { workspace: desk.ws, id: c.id } } })));
  } catch (e) {
    if (!(e instanceof Problem)) throw e;
    desk.put(c);
  }
}

/** undo takes a command back. */
export async function undo(id: string, command: string) {
  try {
    await give(id, 'undo', { command_id: command });
    toasts.show('Taken back');
  } catch (e) {
    toasts.fail(e);
  }
}
