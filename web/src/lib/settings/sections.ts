/** The sections of the settings, for the sidebar, the palette and the page. */
import Bell from '@lucide/svelte/icons/bell';
import Building from '@lucide/svelte/icons/building-2';
import Inbox from '@lucide/svelte/icons/inbox';
import Mail from '@lucide/svelte/icons/mail';
import Keyboard from '@lucide/svelte/icons/keyboard';
import Sliders from '@lucide/svelte/icons/sliders-horizontal';
import Flag from '@lucide/svelte/icons/flag';
import Reply from '@lucide/svelte/icons/reply';
import Lock from '@lucide/svelte/icons/lock';
import User from '@lucide/svelte/icons/user';
import Users from '@lucide/svelte/icons/users';
import type { Icon } from '../keys/registry.svelte';
import { t as own } from '../i18n/own';
import { t } from '../i18n/t';

/** One section; group separates what is one's own from what is everybody's. */
export interface Section {
  id:
    | 'profile'
    | 'preferences'
    | 'keys'
    | 'notifications'
    | 'tokens'
    | 'quick'
    | 'macros'
    | 'workspace'
    | 'members'
    | 'inboxes'
    | 'mail'
    | 'teams'
    | 'responders'
    | 'promises';
  name: string;
  /** Other words by which the palette finds it. */
  also?: string;
  icon: Icon;
  group: 'you' | 'workspace';
}

const yours: Section[] = [
  { id: 'profile', name: t('settings.profile'), icon: User, group: 'you' },
  { id: 'preferences', name: own('settings.preferences'), icon: Sliders, group: 'you' },
  { id: 'keys', name: own('settings.keys'), icon: Keyboard, group: 'you' },
  { id: 'notifications', name: t('settings.notifications'), icon: Bell, group: 'you' },
  { id: 'tokens', name: t('settings.tokens'), icon: Lock, group: 'you' },
];
// Agents keep private ones; what is for others only owners and admins change.
const texts: Section[] = [
  { id: 'quick', name: t('settings.quick'), icon: Reply, group: 'workspace' },
  { id: 'macros', name: t('settings.macros'), icon: Reply, group: 'workspace' },
];
const everybodys: Section[] = [
  { id: 'inboxes', name: t('settings.inboxes'), icon: Inbox, group: 'workspace' },
  { id: 'mail', name: t('settings.mail'), also: t('settings.mailAlso'), icon: Mail, group: 'workspace' },
  { id: 'promises', name: t('settings.promises'), icon: Flag, group: 'workspace' },
  { id: 'members', name: t('settings.members'), icon: Users, group: 'workspace' },
  { id: 'teams', name: t('settings.teams'), icon: Users, group: 'workspace' },
  { id: 'responders', name: t('settings.responders'), icon: User, group: 'workspace' },
  { id: 'workspace', name: t('settings.workspace'), icon: Building, group: 'workspace' },
];

/** The sections somebody may open; manages is whether they are an owner or admin. */
export const sections = (manages: boolean): Section[] => [...yours, ...texts, ...(manages ? everybodys : [])];
