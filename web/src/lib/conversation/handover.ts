/** Handing a conversation over, and following it: what is done beside the verbs of every screen. */
import ArrowRightLeft from '@lucide/svelte/icons/arrow-right-left';
import Eye from '@lucide/svelte/icons/eye';
import EyeOff from '@lucide/svelte/icons/eye-off';
import UserX from '@lucide/svelte/icons/user-x';
import Users from '@lucide/svelte/icons/users';
import { client, must, type Did } from '../api/client';
import { t } from '../i18n/handover';
import type { Screen } from '../inbox/screen.svelte';
import type { Command } from '../keys/registry.svelte';
import { mayChange } from '../state/membership';
import type { Conversation, Did as Done } from '../state/model';
import { toasts } from '../state/toast.svelte';
import type { Workspace } from '../state/workspace';

/** What stands beside the facts of this file's verbs on the timeline. */
export const handoverIcons = { transferred: Users, channel_switched: ArrowRightLeft, followed: Eye, unfollowed: EyeOff, nobody_available: UserX };

/** How the Assign flow begins: with people, teams or channels. */
export type Kind = 'person' | 'team' | 'channel';
/** Where the next one begins; whoever opens it sets this before. */
export const beginning: { kind: Kind } = { kind: 'person' };

/** Shows what a command did, and offers to take it back. */
async function show(w: Workspace, id: string, said: string, ask: Promise<Did>): Promise<boolean> {
  try {
    const did = (await ask) as unknown as Done;
    w.store.put(did.conversation);
    w.timelines.add(id, did.items ?? []);
    toasts.show(said, () => void w.undoCommand(id, did.command_id));
    return true;
  } catch (err) {
    toasts.fail(err);
    return false;
  }
}

const at = (w: Workspace, id: string) => ({ params: { path: { workspace: w.reader.workspace, id } } });

/** Transfers to a team, and to somebody of it; without a note only where nobody has it yet. */
export function toTeam(w: Workspace, c: Conversation, team: string, name: string, assignee: string, note: string, remindAt?: string): Promise<boolean> {
  const body = { team_id: team, ...(assignee ? { assignee_id: assignee } : {}), ...(note ? { note } : {}), ...(remindAt ? { remind_at: remindAt } : {}) };
  const ask = note
    ? must(client.POST('/api/v1/workspaces/{workspace}/conversations/{id}/transfer', { ...at(w, c.id), body }))
    : must(client.POST('/api/v1/workspaces/{workspace}/conversations/{id}/assign', { ...at(w, c.id), body }));
  return show(w, c.id, t('done.transfer', { name }), ask);
}

/** Lets replies go through another channel. */
export function toChannel(w: Workspace, c: Conversation, channel: string, name: string, note: string): Promise<boolean> {
  const body = { channel_id: channel, ...(note ? { note } : {}) };
  return show(w, c.id, t('done.transfer', { name }), must(client.POST('/api/v1/workspaces/{workspace}/conversations/{id}/transfer', { ...at(w, c.id), body })));
}

/** The commands of a conversation on screen that are not needed before it is. */
export function handoverCommands(s: Screen): Command[] {
  const w = s.workspace;
  const here = () => s.conversation;
  const answers = () => mayChange(w.reader, here());
  const follows = () => here()?.follower_ids?.includes(w.reader.user);
  const follow = (verb: 'follow' | 'unfollow') => () => {
    const c = here();
    if (!c) return;
    const ask =
      verb === 'follow'
        ? client.POST('/api/v1/workspaces/{workspace}/conversations/{id}/follow', { ...at(w, c.id), body: {} })
        : client.POST('/api/v1/workspaces/{workspace}/conversations/{id}/unfollow', { ...at(w, c.id), body: {} });
    void show(w, c.id, t(verb === 'follow' ? 'done.follow' : 'done.unfollow'), must(ask));
  };
  return [
    {
      id: 'transfer',
      label: t('do.transfer'),
      icon: ArrowRightLeft,
      keys: ['shift+a'],
      group: 'conversation',
      when: () => answers() && !!here() && !here()?.archived_at,
      run: () => {
        beginning.kind = 'team';
        s.overlay = 'assign';
      },
    },
    {
      id: 'follow',
      label: t('do.follow'),
      icon: Eye,
      keys: ['shift+f'],
      group: 'conversation',
      when: () => answers() && !!here() && !follows(),
      run: follow('follow'),
    },
    {
      id: 'unfollow',
      label: t('do.unfollow'),
      icon: EyeOff,
      keys: ['shift+f'],
      group: 'conversation',
      when: () => answers() && !!follows(),
      run: follow('unfollow'),
    },
  ];
}
