/** Scheduled messages: what waits, and what can be done about it. Each of it can be taken back. */
import { client, must } from '../api/client';
import type { components } from '../api/schema';
import { t } from '../i18n/schedule';
import type { Attachment, Conversation, Did, MailHeader } from '../state/model';
import { toasts } from '../state/toast.svelte';
import type { Workspace } from '../state/workspace';
import { ahead } from '../conversation/moments';

export type Scheduled = components['schemas']['ScheduledMessage'];
export type ScheduledRow = components['schemas']['ScheduledRow'];
export type Then = 'nothing' | 'resolve' | 'pend';

/** What is asked for: a reply with its moment. */
export interface Plan {
  at: string;
  zone: string;
  unless: boolean;
  then: Then;
}

/** Who gives commands: a workspace that may know the conversation. */
type Desk = Pick<Workspace, 'reader' | 'store' | 'timelines'>;
type Verb = 'schedule' | 'edit-scheduled' | 'cancel-scheduled' | 'send-scheduled' | 'undo';

async function give(w: Desk, id: string, verb: Verb, body: Record<string, unknown>): Promise<Did> {
  const path = `/api/v1/workspaces/{workspace}/conversations/{id}/${verb}` as const;
  const did = (await must(client.POST(path, { params: { path: { workspace: w.reader.workspace, id } }, body: body as never }))) as unknown as Did;
  if (w.store.rows.has(id)) w.store.put(did.conversation);
  if (w.timelines.map.has(id)) w.timelines.add(id, did.items ?? []);
  return did;
}

/** What takes a command back; after is done then. */
function back(w: Desk, id: string, did: Did, after: () => void): () => void {
  return () =>
    void give(w, id, 'undo', { command_id: did.command_id }).then(
      () => {
        after();
        toasts.show(t('done.undone'));
      },
      (err: unknown) => toasts.fail(err),
    );
}

/** What waits in a conversation, the next one first. */
export async function scheduledIn(w: Desk, id: string): Promise<Scheduled[]> {
  const path = { workspace: w.reader.workspace, id };
  return (await must(client.GET('/api/v1/workspaces/{workspace}/conversations/{id}/scheduled', { params: { path } }))).items;
}

/** Puts words and files before what is in the composer. */
export function intoComposer(w: Workspace, id: string, text: string, files: readonly Attachment[]): void {
  const d = w.drafts?.get(id, 'reply');
  w.drafts?.change(id, 'reply', { text: d?.text.trim() ? `${text}\n\n${d.text}` : text, files: [...files, ...(d?.files ?? [])] });
}

/** Schedules what is in the composer; taken back, it is there again. */
export async function schedule(
  w: Workspace,
  c: Conversation,
  text: string,
  files: readonly Attachment[],
  plan: Plan,
  client_id: string,
  header: MailHeader = {},
): Promise<void> {
  const did = await give(w, c.id, 'schedule', {
    text,
    ...header,
    at: plan.at,
    zone: plan.zone,
    only_if_no_reply: plan.unless,
    then: plan.then,
    client_id,
    attachment_ids: files.map((f) => f.id),
  });
  await w.drafts?.clear(c.id, 'reply');
  toasts.show(
    t('done.schedule', { at: ahead(plan.at) }),
    back(w, c.id, did, () => intoComposer(w, c.id, text, files)),
  );
}

/** Moves a message to another moment. */
export async function move(w: Desk, m: Scheduled, plan: Plan, after: () => void): Promise<void> {
  const body = { scheduled_id: m.id, at: plan.at, zone: plan.zone, only_if_no_reply: plan.unless, then: plan.then, expected_edition: m.edition };
  const did = await give(w, m.conversation_id, 'edit-scheduled', body);
  after();
  toasts.show(t('done.move', { at: ahead(plan.at) }), back(w, m.conversation_id, did, after));
}

/** Gives a message other words, or fewer files. */
export async function edit(w: Desk, m: Scheduled, text: string, files: readonly { id: string }[], after: () => void): Promise<void> {
  const body = { scheduled_id: m.id, text, attachment_ids: files.map((f) => f.id), expected_edition: m.edition };
  const did = await give(w, m.conversation_id, 'edit-scheduled', body);
  after();
  toasts.show(t('done.edit'), back(w, m.conversation_id, did, after));
}

/** Keeps a message from being sent. */
export async function cancel(w: Desk, m: Scheduled, after: () => void): Promise<void> {
  const did = await give(w, m.conversation_id, 'cancel-scheduled', { scheduled_id: m.id });
  after();
  toasts.show(t('done.cancel'), back(w, m.conversation_id, did, after));
}

/** Sends a message now. */
export async function sendNow(w: Desk, m: Scheduled, after: () => void): Promise<void> {
  const did = await give(w, m.conversation_id, 'send-scheduled', { scheduled_id: m.id });
  after();
  toasts.show(t('done.send'), did.undo_until ? back(w, m.conversation_id, did, after) : undefined);
}
