/** What stands below the text of a mail, as the server says it. */
import { client, must } from '../api/client';
import type { components } from '../api/schema';
import type { Header } from './header';

type Signed = components['schemas']['Signed'];
export type Stands = Pick<components['schemas']['Below'], 'quote' | 'quoted' | 'unseen' | 'quoting_disabled'> & { signature: Signed };

/** What would stand below an answer to these recipients. */
export const belowAnswer = (workspace: string, id: string, h: Header): Promise<Stands> =>
  must(
    client.POST('/api/v1/workspaces/{workspace}/conversations/{id}/below', {
      params: { path: { workspace, id } },
      body: { to: h.to, cc: h.cc, bcc: h.bcc, ...(h.quoting ? { quoting: h.quoting } : {}) },
    }),
  );

/** What would stand below a mail that answers none. */
export const belowFirst = async (workspace: string, inbox: string): Promise<Stands> => ({
  signature: await must(client.POST('/api/v1/workspaces/{workspace}/signature-preview', { params: { path: { workspace } }, body: { inbox_id: inbox } })),
  quoted: false,
});

/** A signature that is being written, as it would stand under a mail of whoever asks. */
export const sample = (workspace: string, signature: string, more: { inbox_id?: string; title?: string }): Promise<Signed> =>
  must(client.POST('/api/v1/workspaces/{workspace}/signature-preview', { params: { path: { workspace } }, body: { signature, ...more } }));
