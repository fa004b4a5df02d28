/** Blocking a customer, and letting them write again. */
import Ban from '@lucide/svelte/icons/ban';
import UserCheck from '@lucide/svelte/icons/user-round-check';
import { client, must } from '../api/client';
import { t } from '../i18n/blocking';
import type { Screen } from '../inbox/screen.svelte';
import type { Command } from '../keys/registry.svelte';
import type { Contact, Conversation } from '../state/model';
import { toasts } from '../state/toast.svelte';
import type { Workspace } from '../state/workspace';

/** A customer, as a row knows them. */
interface Who {
  id: string;
  name: string;
}

const at = (w: Workspace, who: Who) => ({ params: { path: { workspace: w.reader.workspace, id: who.id } } });

/** Shows what is so now, in the panel and in every row of the customer. */
async function show(w: Workspace, id: string, contact: unknown): Promise<void> {
  const had = w.contacts.get(id);
  const fresh = contact as Contact;
  w.contacts.set(id, { ...had, ...fresh, conversations: fresh.conversations ?? had?.conversations });
  const rows = [...w.store.rows.values()].filter((c) => c.contact.id === id).map((c) => c.id);
  const path = (row: string) => ({ params: { path: { workspace: w.reader.workspace, id: row } } });
  const now = await Promise.allSettled(rows.map((row) => must(client.GET('/api/v1/workspaces/{workspace}/conversations/{id}', path(row)))));
  for (const c of now) if (c.status === 'fulfilled') w.store.put(c.value as unknown as Conversation);
}

/** Blocks a customer; the way back opens again what that closed. */
export async function block(w: Workspace, who: Who): Promise<void> {
  try {
    const did = await must(client.POST('/api/v1/workspaces/{workspace}/contacts/{id}/block', at(w, who)));
    const n = did.conversation_ids.length;
    const command = did.command_id;
    toasts.show(t(n ? 'done.block' : 'done.blockAlone', { name: who.name, n }), command ? () => void unblock(w, who, command) : undefined);
    await show(w, who.id, did.contact);
  } catch (err) {
    toasts.fail(err);
  }
}

/** Lets a customer write again; undo is the command that blocked them, to be taken back. */
export async function unblock(w: Workspace, who: Who, undo?: string): Promise<void> {
  try {
    const body = undo ? { undo_command_id: undo } : {};
    const did = await must(client.POST('/api/v1/workspaces/{workspace}/contacts/{id}/unblock', { ...at(w, who), body }));
    toasts.show(t('done.unblock', { name: who.name }), undo ? undefined : () => void block(w, who));
    await show(w, who.id, did.contact);
  } catch (err) {
    toasts.fail(err);
  }
}

/** The commands of an open conversation about its customer. */
export function blockCommands(s: Screen): Command[] {
  const w = s.workspace;
  const here = () => s.conversation?.contact;
  const may = (blocked: boolean) => () => {
    const c = here();
    return w.reader.role !== 'viewer' && !!c && !!c.blocked === blocked;
  };
  const on = (run: (w: Workspace, who: Who) => Promise<void>) => () => {
    const c = here();
    if (c) void run(w, c);
  };
  const name = () => here()?.name ?? '';
  return [
    {
      id: 'block-contact',
      get label() {
        return t('block', { name: name() });
      },
      icon: Ban,
      keys: [],
      group: 'conversation',
      also: t('blockAlso'),
      when: may(false),
      run: on(block),
    },
    {
      id: 'unblock-contact',
      get label() {
        return t('unblock', { name: name() });
      },
      icon: UserCheck,
      keys: [],
      group: 'conversation',
      also: t('blockAlso'),
      when: may(true),
      run: on((x, who) => unblock(x, who)),
    },
  ];
}
