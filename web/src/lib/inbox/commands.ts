/** What can be done in the inbox. */
import ArrowDown from '@lucide/svelte/icons/arrow-down';
import ArrowLeft from '@lucide/svelte/icons/arrow-left';
import ArrowUp from '@lucide/svelte/icons/arrow-up';
import CornerDownLeft from '@lucide/svelte/icons/corner-down-left';
import Flag from '@lucide/svelte/icons/flag';
import Layers from '@lucide/svelte/icons/layers';
import Lock from '@lucide/svelte/icons/lock';
import MailOpen from '@lucide/svelte/icons/mail';
import PanelRight from '@lucide/svelte/icons/panel-right';
import Reply from '@lucide/svelte/icons/reply';
import Tag from '@lucide/svelte/icons/tag';
import UserCheck from '@lucide/svelte/icons/user-check';
import UserPlus from '@lucide/svelte/icons/user-plus';
import UserX from '@lucide/svelte/icons/user-x';
import { findList, readFind } from '../find/place';
import { views as saved } from '../find/views.svelte';
import { t } from '../i18n/t';
import { registry, type Command } from '../keys/registry.svelte';
import { mayChange } from '../state/membership';
import { priorities, tabs, views, type Conversation, type Tab } from '../state/model';
import type { Screen } from './screen.svelte';
import { priorityWord, tabWord } from './words';

/** G and these go to the tabs of the list (9.4). */
const tabKeys: Partial<Record<Tab, string[]>> = { open: ['g o'], needs_attention: ['g n'], responded: ['g r'], closed: ['g c'], archived: ['g v'] };

/** The commands of a screen. How a conversation rests and ends is in conversation/life.ts, what else needs an open one in conversation/together.ts. */
export function commands(s: Screen): Command[] {
  const w = s.workspace;
  const here = (): Conversation | undefined => s.conversation;
  const can =
    (test: (c: Conversation) => boolean = () => true) =>
    () => {
      const c = here();
      return !!c && test(c);
    };
  const may =
    (test: (c: Conversation) => boolean = () => true) =>
    () =>
      mayChange(w.reader, here()) && can(test)();
  const on = (run: (id: string, c: Conversation) => unknown) => () => {
    const c = here();
    if (c) void run(c.id, c);
  };
  // The lists of the sidebar, one after the other: the three that everybody has, and the pinned ones.
  const viewAt = (by: number) => () => {
    const { view, inbox, find } = s.place.list;
    const lists = [...views.map((v) => ({ view: v, tab: 'open' as const })), ...saved.pinned.map((v) => findList({ view: v.id }))];
    const here = find === undefined ? views.indexOf(view) : views.length + saved.pinned.findIndex((v) => v.id === readFind(find).view);
    const list = lists[((inbox ? 0 : here) + by + lists.length) % lists.length];
    if (list) s.go({ list });
  };

  /** Who walks without having the focus anywhere is in the list: screen readers say the row then. */
  const walk = (by: number) => () => {
    s.show(s.neighbour(by));
    if (document.activeElement === document.body) s.listing++;
  };

  return [
    { id: 'reply', label: t('do.reply'), icon: Reply, keys: ['r'], group: 'conversation', when: may(), run: () => s.write('reply') },
    { id: 'note', label: t('do.note'), icon: Lock, keys: ['n'], group: 'conversation', when: may(), run: () => s.write('note') },
    {
      id: 'assign',
      label: t('do.assign'),
      icon: UserPlus,
      keys: ['a'],
      group: 'conversation',
      when: may((c) => !c.archived_at),
      run: () => (s.overlay = 'assign'),
    },
    {
      id: 'assign-me',
      label: t('do.assignMe'),
      icon: UserCheck,
      keys: ['i'],
      group: 'conversation',
      when: may((c) => c.assignee_id !== w.reader.user && !c.archived_at),
      run: on(async (id) => {
        s.write('reply');
        await w.assignToMe(id);
      }),
    },
    {
      id: 'unassign',
      label: t('do.unassign'),
      icon: UserX,
      keys: [],
      group: 'conversation',
      when: may((c) => !!c.assignee_id && !c.archived_at),
      run: on((id) => w.unassign(id)),
    },
    ...priorities.map((p, i): Command => ({
      id: `priority-${p}`,
      label: t('do.priority', { level: priorityWord(p) }),
      icon: Flag,
      keys: [`p ${i + 1}`],
      group: 'conversation',
      when: may((c) => c.priority !== p),
      run: on((id) => w.prioritize(id, p)),
    })),
    { id: 'tags', label: t('do.tags'), icon: Tag, keys: ['l', '#'], group: 'conversation', when: may(), run: () => (s.picker = 'tags') },
    {
      id: 'unread',
      label: t('do.unread'),
      icon: MailOpen,
      keys: [],
      group: 'conversation',
      when: can((c) => !c.unread),
      run: on((id) => {
        s.keepUnread = id;
        void w.unread(id);
      }),
    },

    {
      id: 'next',
      label: t('do.next'),
      icon: ArrowDown,
      keys: ['j', 'ArrowDown'],
      group: 'move',
      repeats: true,
      when: () => s.ids.length > 0,
      run: walk(1),
    },
    {
      id: 'previous',
      label: t('do.previous'),
      icon: ArrowUp,
      keys: ['k', 'ArrowUp'],
      group: 'move',
      repeats: true,
      when: () => s.ids.length > 0,
      run: walk(-1),
    },
    {
      id: 'read',
      label: t('do.read'),
      icon: CornerDownLeft,
      keys: ['Enter', 'o'],
      group: 'move',
      when: () => !!s.open || s.ids.length > 0,
      run: () => {
        if (!s.open) s.show(s.ids[0]);
        s.reading++;
      },
    },
    {
      id: 'back',
      label: t('do.back'),
      icon: ArrowLeft,
      keys: ['u', 'Escape'],
      group: 'move',
      when: () => !!s.open || s.details,
      run: () => {
        if (s.details) s.details = false;
        else {
          const way = registry.back?.(s.open);
          if (way) return way();
          s.show(undefined);
          s.listing++;
        }
      },
    },
    {
      id: 'show-new',
      label: t('do.showNew'),
      icon: ArrowUp,
      keys: ['.'],
      group: 'move',
      when: () => w.store.list(s.place.list).waiting.length > 0,
      run: () => w.store.release(s.place.list),
    },

    ...tabs.map((tab): Command => ({
      id: `tab-${tab}`,
      label: t('go.tab', { tab: tabWord(tab) }),
      icon: Layers,
      keys: tabKeys[tab] ?? [],
      group: 'go',
      when: () => s.place.list.tab !== tab,
      run: () => s.go({ list: { ...s.place.list, tab } }),
    })),
    { id: 'view-before', label: t('do.viewBefore'), icon: ArrowLeft, keys: ['['], group: 'go', run: viewAt(-1) },
    { id: 'view-after', label: t('do.viewAfter'), icon: Layers, keys: [']'], group: 'go', run: viewAt(1) },
    {
      id: 'details',
      label: t('do.details'),
      icon: PanelRight,
      keys: ['mod+.'],
      group: 'screen',
      when: can(),
      run: () => {
        if (matchMedia('(max-width: 1240px)').matches) s.details = !s.details;
        else s.wideDetails = !s.wideDetails;
      },
    },
  ];
}
