/** What can be done about promises; fetched with the first conversation that is opened. */
import Flag from '@lucide/svelte/icons/flag';
import Siren from '@lucide/svelte/icons/siren';
import Timer from '@lucide/svelte/icons/timer';
import { t } from '../i18n/promise';
import type { Screen } from '../inbox/screen.svelte';
import type { Command } from '../keys/registry.svelte';
import { active, mayChange } from '../state/membership';

/** The commands of an open conversation. */
export function promiseCommands(s: Screen): Command[] {
  const w = s.workspace;
  const here = () => s.conversation;
  const may = () => {
    const c = here();
    return mayChange(w.reader, c) && !!c && active(c);
  };
  return [
    {
      id: 'due',
      label: t('do.due'),
      icon: Timer,
      keys: ['d'],
      group: 'conversation',
      also: t('do.dueAlso'),
      when: () => !!here(),
      run: () => (s.overlay = 'due'),
    },
    { id: 'priority-reason', label: t('do.priorityReason'), icon: Flag, keys: ['p r'], group: 'conversation', when: may, run: () => (s.overlay = 'priority') },
    { id: 'escalate', label: t('do.escalate'), icon: Siren, keys: ['shift+p'], group: 'conversation', when: may, run: () => (s.overlay = 'escalate') },
  ];
}
