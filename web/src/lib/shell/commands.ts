/** What can be done on every screen. */
import ArrowLeft from '@lucide/svelte/icons/arrow-left';
import Bell from '@lucide/svelte/icons/bell';
import Chart from '@lucide/svelte/icons/chart-column';
import CircleDashed from '@lucide/svelte/icons/circle-dashed';
import Inbox from '@lucide/svelte/icons/inbox';
import Keyboard from '@lucide/svelte/icons/keyboard';
import Layers from '@lucide/svelte/icons/layers';
import LogOut from '@lucide/svelte/icons/log-out';
import SquarePen from '@lucide/svelte/icons/square-pen';
import Scroll from '@lucide/svelte/icons/scroll-text';
import Search from '@lucide/svelte/icons/search';
import Settings from '@lucide/svelte/icons/settings';
import Shuffle from '@lucide/svelte/icons/arrow-left-right';
import SunMoon from '@lucide/svelte/icons/sun-moon';
import Undo from '@lucide/svelte/icons/undo-2';
import User from '@lucide/svelte/icons/user';
import Users from '@lucide/svelte/icons/users';
import { t } from '../i18n/t';
import { registry, type Command, type Icon } from '../keys/registry.svelte';
import { router } from '../router/router.svelte';
import { sections } from '../settings/sections';
import { desk } from '../state/desk.svelte';
import { views, type View } from '../state/model';
import { choose } from '../state/own';
import { session } from '../state/session.svelte';
import { toasts } from '../state/toast.svelte';

export { warm } from './warm';

const viewIcons: Record<View, Icon> = { mine: Inbox, unassigned: CircleDashed, all: Layers };
const viewKeys: Record<View, string[]> = { mine: ['g i', '1'], unassigned: ['g u', '2'], all: ['g a', '3'] };

/** Goes from light to dark, or back. */
const toggleTheme = () => void choose({ theme: document.documentElement.dataset['theme'] === 'dark' ? 'light' : 'dark' });

/** The parts of the ledger somebody may open. */
export const ledgers = (manages: boolean) =>
  (['inbound', 'outbound', 'jobs'] as const).filter((id) => id !== 'jobs' || manages).map((id) => ({ id, name: t(`ledger.${id}`) }));

/** The commands of the shell for who is signed in now; notices opens the notifications. */
export function shellCommands(notices: () => void): Command[] {
  const base = `/${session.slug}`;
  const inSettings = () => router.parts[1] === 'settings';
  const go = (path: string) => () => router.go(base + path);
  return [
    ...views.map((v): Command => ({ id: `view-${v}`, label: t(`view.${v}`), icon: viewIcons[v], keys: viewKeys[v], group: 'go', run: go(`/${v}`) })),
    { id: 'home', label: t('go.home'), icon: Users, keys: ['g h'], group: 'go', run: go('/home') },
    { id: 'customers', label: t('go.customers'), icon: User, keys: ['g p'], group: 'go', run: go('/customers') },
    ...desk.inboxes.map((i): Command => ({
      id: `inbox-${i.id}`,
      label: t('go.inbox', { name: i.name }),
      icon: Inbox,
      keys: [],
      group: 'go',
      run: go(`/inbox/${i.id}`),
    })),
    { id: 'settings', label: t('do.settings'), icon: Settings, keys: ['g s'], group: 'go', run: go(`/settings/${session.manages ? 'inboxes' : 'profile'}`) },
    ...sections(session.manages).map((s): Command => ({
      id: `settings-${s.id}`,
      label: t('go.settings', { section: s.name }),
      icon: s.icon,
      keys: [],
      group: 'go',
      ...(s.also ? { also: s.also } : {}),
      run: go(`/settings/${s.id}`),
    })),
    ...ledgers(session.manages).map((l): Command => ({
      id: `ledger-${l.id}`,
      label: t('go.ledger', { part: l.name }),
      icon: Scroll,
      keys: l.id === 'inbound' ? ['g l'] : [],
      group: 'go',
      run: go(`/ledger/${l.id}`),
    })),
    ...(session.reports
      ? [{ id: 'ai-report', label: t('go.aiReport'), icon: Chart, keys: ['g e'], group: 'go', run: go('/reports/ai') } satisfies Command]
      : []),
    { id: 'notices', label: t('notices.title'), icon: Bell, keys: ['g m'], group: 'go', also: t('notices.also'), run: notices },
    ...(session.me?.workspaces ?? [])
      .filter((w) => w.id !== session.workspace?.id)
      .map((w): Command => ({
        id: `workspace-${w.id}`,
        label: t('go.workspace', { name: w.name }),
        icon: Shuffle,
        keys: [],
        group: 'go',
        run: () => router.go(`/${w.slug}/unassigned`),
      })),
    { id: 'leave-settings', label: t('go.leaveSettings'), icon: ArrowLeft, keys: ['Escape'], group: 'here', when: inSettings, run: go('/mine') },
    {
      id: 'new-mail',
      label: t('do.newMail'),
      icon: SquarePen,
      keys: ['c'],
      group: 'write',
      also: t('do.newMailAlso'),
      when: () => session.workspace?.role !== 'viewer',
      run: go('/write/new'),
    },
    {
      id: 'undo',
      label: t('do.undo'),
      icon: Undo,
      keys: ['z', 'mod+z'],
      group: 'screen',
      // What the message on the screen offers is what the key does.
      when: () => !!toasts.now?.undo || (desk.workspace?.canUndo() ?? false),
      run: () => {
        if (toasts.now?.undo) toasts.undo();
        else desk.workspace?.undo();
      },
    },
    { id: 'search', label: t('bottom.search'), icon: Search, keys: ['/'], group: 'screen', run: () => (registry.overlay = 'search') },
    { id: 'palette', label: t('do.palette'), icon: Search, keys: ['mod+k'], group: 'screen', run: () => (registry.overlay = 'palette') },
    { id: 'help', label: t('do.help'), icon: Keyboard, keys: ['?'], group: 'screen', also: t('do.helpAlso'), run: () => (registry.overlay = 'help') },
    { id: 'theme', label: t('do.theme'), icon: SunMoon, keys: ['mod+shift+l'], group: 'screen', also: t('do.themeAlso'), run: toggleTheme },
    {
      id: 'sign-out',
      label: t('do.signOut'),
      icon: LogOut,
      keys: [],
      group: 'screen',
      also: t('do.signOutAlso'),
      run: () => void session.signOut().catch((e: unknown) => toasts.fail(e)),
    },
  ];
}
