/** Merging conversations and customers, and splitting: the commands. What they do comes when it is needed. */
import GitMerge from '@lucide/svelte/icons/git-merge';
import Split from '@lucide/svelte/icons/split';
import UsersRound from '@lucide/svelte/icons/users-round';
import { t } from '../i18n/joining';
import type { Screen } from '../inbox/screen.svelte';
import type { Command } from '../keys/registry.svelte';
import type { Conversation, TimelineItem } from '../state/model';

/** The newest fact after which messages are elsewhere, or ''. */
export const moved = (items: readonly TimelineItem[]): string => items.findLast((i) => /merged|^split_/.test(i.event.kind))?.event.id ?? '';

/** What can be chosen in split mode: messages and notes that are here, oldest first. */
export function choosable(items: readonly TimelineItem[]): NonNullable<TimelineItem['message']>[] {
  const gone = new Set(items.filter((i) => i.event.kind === 'note_removed').map((i) => i.event.data['message_id']));
  for (const i of items) if (i.event.kind === 'note_restored') gone.delete(i.event.data['message_id']);
  return items.flatMap((i) => (i.message && !gone.has(i.message.id) ? [i.message] : []));
}

/** The commands of an open conversation. */
export function joiningCommands(s: Screen): Command[] {
  const w = s.workspace;
  const here = (): Conversation | undefined => s.conversation;
  const may = (test: (c: Conversation) => boolean) => () => {
    const c = here();
    return !!c && w.reader.role !== 'viewer' && !c.read_only && !c.archived_at && c.closed_source !== 'conversation_merge' && test(c);
  };
  return [
    {
      id: 'merge',
      label: t('do.merge'),
      icon: GitMerge,
      keys: ['m'],
      group: 'conversation',
      also: t('do.mergeAlso'),
      when: may(() => true),
      run: () => (s.overlay = 'merge'),
    },
    {
      id: 'merge-customers',
      label: t('do.mergeCustomers'),
      icon: UsersRound,
      keys: [],
      group: 'conversation',
      also: t('do.mergeCustomersAlso'),
      when: () => w.reader.role !== 'viewer' && !!here() && !here()?.read_only,
      run: () => (s.overlay = 'twins'),
    },
    {
      id: 'split',
      label: t('do.split'),
      icon: Split,
      keys: ['s'],
      group: 'conversation',
      also: t('do.splitAlso'),
      when: may((c) => c.message_count > 1),
      run: () => (s.splitting = s.open ?? ''),
    },
  ];
}
