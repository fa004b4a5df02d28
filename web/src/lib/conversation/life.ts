/** What can be done about how a conversation rests and ends. */
import Archive from '@lucide/svelte/icons/archive';
import ArchiveRestore from '@lucide/svelte/icons/archive-restore';
import BellRing from '@lucide/svelte/icons/bell-ring';
import Box from '@lucide/svelte/icons/box';
import Check from '@lucide/svelte/icons/check';
import Clock from '@lucide/svelte/icons/clock';
import Hourglass from '@lucide/svelte/icons/hourglass';
import Message from '@lucide/svelte/icons/message-square-check';
import RotateCcw from '@lucide/svelte/icons/rotate-ccw';
import { t } from '../i18n/life';
import type { Screen } from '../inbox/screen.svelte';
import type { Command } from '../keys/registry.svelte';
import { active, mayChange } from '../state/membership';
import type { Conversation } from '../state/model';
import type { Workspace } from '../state/workspace';

/** The settings of an inbox that say what is asked when a conversation ends. */
export interface EndSettings {
  closing_note_mode?: 'disabled' | 'optional' | 'category_required' | 'both_required';
  closing_messages?: string[];
  resolve_checklist?: 'off' | 'informative' | 'required';
  pending_disabled?: boolean;
  follow_up_reminder_minutes?: number;
  resolved_disabled?: boolean;
  auto_close_after_resolved_minutes?: number;
}

/** What the inbox of a conversation says. */
export const settingsOf = (w: Workspace, c: Conversation): EndSettings => (w.inboxes.get(c.inbox_id)?.settings ?? {}) as EndSettings;

/** Hidden until later. */
export const asleep = (c: Conversation): boolean => active(c) && (c.snooze_until_reply || !!c.snoozed_until);

/** Whether something has to be said before a conversation ends, or somebody has to be sure. */
export function asks(w: Workspace, c: Conversation, verb: 'resolve' | 'close'): boolean {
  const s = settingsOf(w, c);
  const said = c.status === 'resolved';
  if (!said && (s.resolve_checklist === 'informative' || s.resolve_checklist === 'required')) return true;
  if (s.closing_note_mode === 'category_required' || s.closing_note_mode === 'both_required') return !said;
  return verb === 'close' && !said && (c.waiting_on === 'agent' || !!c.needs_human);
}

/** The commands of a screen. */
export function lifeCommands(s: Screen): Command[] {
  const w = s.workspace;
  const here = (): Conversation | undefined => s.conversation;
  const may = (test: (c: Conversation) => boolean) => () => {
    const c = here();
    return !!c && mayChange(w.reader, c) && test(c);
  };
  const on = (run: (c: Conversation) => unknown) => () => {
    const c = here();
    if (c) void run(c);
  };
  const free = (c: Conversation) => !c.contact.blocked;
  const group = 'conversation';
  return [
    {
      id: 'resolve',
      label: t('do.resolve'),
      icon: Check,
      keys: ['e'],
      group,
      when: may((c) => active(c) && free(c)),
      run: on((c) => (asks(w, c, 'resolve') ? (s.overlay = 'resolve') : s.finish((id) => w.resolve(id)))),
    },
    {
      id: 'resolve-note',
      label: t('do.resolveNote'),
      icon: Message,
      keys: ['mod+e'],
      group,
      also: t('do.resolveNoteAlso'),
      when: may((c) => active(c) && free(c)),
      run: on(() => (s.overlay = 'resolve')),
    },
    {
      id: 'close',
      label: t('do.close'),
      icon: Archive,
      keys: ['shift+e'],
      group,
      when: may((c) => c.status !== 'closed' && free(c)),
      run: on((c) => (asks(w, c, 'close') ? (s.overlay = 'close') : s.finish((id) => w.close(id)))),
    },
    {
      id: 'reopen',
      label: t('do.reopen'),
      icon: RotateCcw,
      keys: [],
      group,
      when: may((c) => (c.status === 'resolved' || c.status === 'closed') && !c.archived_at && free(c)),
      run: on((c) => w.reopen(c.id)),
    },
    { id: 'snooze', label: t('do.snooze'), icon: Clock, keys: ['h'], group, also: t('do.snoozeAlso'), when: may(active), run: () => (s.overlay = 'snooze') },
    {
      id: 'unsnooze',
      label: t('do.unsnooze'),
      icon: BellRing,
      keys: ['shift+h'],
      group,
      also: t('do.unsnoozeAlso'),
      when: may(asleep),
      run: on((c) => w.act(c.id, 'unsnooze', {}, () => ({ snoozed_until: undefined, snooze_until_reply: false }))),
    },
    {
      id: 'pend',
      label: t('do.pend'),
      icon: Hourglass,
      keys: ['p p'],
      group,
      also: t('do.pendAlso'),
      when: may((c) => active(c) && !settingsOf(w, c).pending_disabled),
      run: () => (s.overlay = 'pend'),
    },
    {
      id: 'archive',
      label: t('do.archive'),
      icon: Box,
      keys: ['y'],
      group,
      when: may((c) => c.status === 'closed' && !c.archived_at),
      run: () => s.finish((id) => w.act(id, 'archive', {}, () => ({ archived_at: new Date().toISOString(), label: 'Archived', stage: 'archived' as const }))),
    },
    {
      id: 'unarchive',
      label: t('do.unarchive'),
      icon: ArchiveRestore,
      keys: ['y'],
      group,
      when: may((c) => !!c.archived_at),
      run: () => s.finish((id) => w.act(id, 'unarchive', {}, () => ({ archived_at: undefined, label: 'Closed', stage: 'closed' as const }))),
    },
  ];
}
