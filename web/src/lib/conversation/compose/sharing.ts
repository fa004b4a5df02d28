/** Drafts that teammates see, over HTTP. */
import { client, must } from '../../api/client';
import type { components } from '../../api/schema';
import { draftsOf } from '../../state/draftserver';
import type { Draft, Mode } from '../../state/model';
import type { Workspace } from '../../state/workspace';

/** A draft of a teammate that the reader is shown. */
export type SharedDraft = components['schemas']['SharedDraft'];

const at = (w: Workspace, id: string) => ({ workspace: w.reader.workspace, id });

/** The drafts of teammates in a conversation that the reader is shown. */
export async function sharedDrafts(w: Workspace, conversation: string): Promise<SharedDraft[]> {
  const page = await must(client.GET('/api/v1/workspaces/{workspace}/conversations/{id}/shared-drafts', { params: { path: at(w, conversation) } }));
  return page.items;
}

/** Shows the reader's draft to these teammates and nobody else. */
export async function share(w: Workspace, conversation: string, mode: Mode, users: readonly string[]): Promise<void> {
  const drafts = draftsOf(w);
  await drafts.flush();
  const d = await must(
    client.PUT('/api/v1/workspaces/{workspace}/conversations/{id}/drafts/{mode}/shared', {
      params: { path: { ...at(w, conversation), mode } },
      body: { user_ids: [...users] },
    }),
  );
  drafts.shownTo(conversation, mode, d.shared_with ?? []);
}

/** Goes on with the draft of a teammate: it is the reader's then. */
export async function take(w: Workspace, conversation: string, mode: Mode, owner: string): Promise<void> {
  const drafts = draftsOf(w);
  await drafts.flush();
  const d = await must(
    client.POST('/api/v1/workspaces/{workspace}/conversations/{id}/drafts/{mode}/take', {
      params: { path: { ...at(w, conversation), mode } },
      body: { owner_id: owner },
    }),
  );
  drafts.hold(conversation, mode, d as unknown as Draft);
}
