/** What can be done to many conversations, as commands: choosing them, and what is done to those that are chosen. */
import Archive from '@lucide/svelte/icons/archive';
import Check from '@lucide/svelte/icons/check';
import CheckCheck from '@lucide/svelte/icons/check-check';
import CircleCheck from '@lucide/svelte/icons/square-check';
import Clock from '@lucide/svelte/icons/clock';
import Download from '@lucide/svelte/icons/download';
import Flag from '@lucide/svelte/icons/flag';
import Layers from '@lucide/svelte/icons/layers';
import Merge from '@lucide/svelte/icons/git-merge';
import Reply from '@lucide/svelte/icons/reply';
import Tag from '@lucide/svelte/icons/tag';
import Undo from '@lucide/svelte/icons/undo-2';
import UserPlus from '@lucide/svelte/icons/user-plus';
import X from '@lucide/svelte/icons/x';
import { t, type Key } from '../i18n/bulk';
import type { Command, Icon } from '../keys/registry.svelte';
import { active } from '../state/membership';
import type { Bulk, Kind } from './bulk.svelte';

/** Choosing conversations. */
export function choosingCommands(b: Bulk): Command[] {
  const { s } = b;
  const some = () => s.ids.length > 0 && s.workspace.reader.role !== 'viewer';
  const extend = (by: number) => () => {
    const id = b.extend(by);
    document.getElementById(`row-${id}`)?.scrollIntoView({ block: 'nearest' });
  };
  return [
    {
      id: 'bulk-select',
      label: t('do.select'),
      also: t('do.selectAlso'),
      icon: CircleCheck,
      keys: ['x'],
      group: 'move',
      when: some,
      run: () => {
        const id = s.at ?? s.ids[0];
        if (id) b.toggle(id);
      },
    },
    { id: 'bulk-down', label: t('do.down'), icon: CheckCheck, keys: ['shift+j', 'shift+ArrowDown'], group: 'move', repeats: true, when: some, run: extend(1) },
    { id: 'bulk-up', label: t('do.up'), icon: CheckCheck, keys: ['shift+k', 'shift+ArrowUp'], group: 'move', repeats: true, when: some, run: extend(-1) },
    { id: 'bulk-all', label: t('do.all'), icon: CheckCheck, keys: ['mod+a'], group: 'move', when: some, run: () => void b.chooseAll() },
    { id: 'bulk-history', label: t('do.history'), also: t('do.historyAlso'), icon: Layers, keys: [], group: 'go', run: () => (b.showing = '') },
    {
      id: 'bulk-undo',
      label: t('do.undo'),
      icon: Undo,
      keys: ['z', 'mod+z'],
      group: 'screen',
      // What was done to one conversation since then is taken back first.
      when: () => !!b.job?.can_undo && !s.workspace.canUndo(),
      run: () => b.job && void b.undo(b.job.id),
    },
  ];
}

/** What is asked for something before it can be reviewed. */
const picks: Partial<Record<Kind, true>> = { assign: true, tag: true, untag: true, priority: true, snooze: true };

/** Does something to what is chosen, after asking what it needs. */
export function act(b: Bulk, kind: Kind): void {
  if (picks[kind]) b.asking = kind;
  else if (kind === 'merge') {
    // What is still open stays, and of those the one with the newest message.
    const into = b.ofOne.toSorted((x, y) => Number(active(y)) - Number(active(x)) || y.last_activity_at.localeCompare(x.last_activity_at))[0];
    if (into) b.begin({ kind, step: { into_id: into.id } });
  } else b.begin({ kind, step: {} });
}

/** What stands in the bar; the rest is behind the dots. */
export const inBar: readonly { kind: Kind; icon: Icon; key: string }[] = [
  { kind: 'assign', icon: UserPlus, key: 'a' },
  { kind: 'tag', icon: Tag, key: 'l' },
  { kind: 'priority', icon: Flag, key: 'p' },
  { kind: 'snooze', icon: Clock, key: 'h' },
];

/** What is behind the dots. */
export const behind: readonly Kind[] = ['reply', 'merge', 'close', 'archive', 'pend', 'reopen', 'unsnooze', 'unarchive', 'unassign', 'untag', 'export'];

/** Commands for what is chosen: they go before those for the open conversation. */
export function chosenCommands(b: Bulk): Command[] {
  const of = (kind: Kind, icon: Icon, ...keys: string[]): Command => ({
    id: `bulk-${kind}`,
    label: t('do.selected', { what: t(`do.${kind}` as Key) }),
    icon,
    keys,
    group: 'here',
    over: true,
    when: () => b.may(),
    run: () => act(b, kind),
  });
  return [
    ...inBar.map((x) => of(x.kind, x.icon, x.key)),
    of('resolve', Check, 'e'),
    { ...of('merge', Merge, 'm'), when: () => b.may() && b.ofOne.length > 0 },
    of('close', Archive, 'shift+e'),
    of('reply', Reply, 'r'),
    of('archive', Archive, 'y'),
    of('unsnooze', Clock, 'shift+h'),
    of('untag', Tag),
    of('pend', Clock),
    of('export', Download),
    { id: 'bulk-clear', label: t('do.clear'), icon: X, keys: ['Escape'], group: 'move', over: true, run: () => b.clear() },
  ];
}
