/** The macros that the reader can run: fetched with the first conversation that is opened. */
import Layers from '@lucide/svelte/icons/layers';
import { client, must } from '../../api/client';
import { t } from '../../i18n/quick';
import type { Screen } from '../../inbox/screen.svelte';
import type { Command } from '../../keys/registry.svelte';
import { forwardCommand } from '../../mail/forwarding.svelte';
import { keepCommand } from './keep.svelte';

/** One macro, as far as running it goes. */
export interface Macro {
  id: string;
  name: string;
  sends: boolean;
  removed?: boolean;
  steps: { do: string }[];
}

let all = $state.raw<readonly Macro[]>([]);
let open = $state(false);
let fetched = '';

/** Fetches the macros of a workspace, once; again says that they may have changed. */
export async function loadMacros(workspace: string, again = false): Promise<void> {
  if (fetched === workspace && !again) return;
  fetched = workspace;
  try {
    all = (await must(client.GET('/api/v1/workspaces/{workspace}/macros', { params: { path: { workspace } } }))).items;
  } catch {
    fetched = ''; // the next conversation asks again
  }
}

/** Those that can be run. */
export const macros = (): readonly Macro[] => all.filter((m) => !m.removed);

/** Whether the list of macros is open. */
export const picking = {
  get on() {
    return open;
  },
  set on(value: boolean) {
    open = value;
  },
};

/** What the timeline says of one that was run. */
export function macroSaid(id: string): { text: string; object?: string } {
  const m = all.find((x) => x.id === id);
  return { text: t('event.ran'), object: m?.name ?? t('event.removed') };
}

/** Runs a macro on the open conversation; what it does is undone as one. */
export function run(s: Screen, m: Macro): void {
  const id = s.open;
  if (!id) return;
  const name = m.sends ? `${m.name}. ${t('macro.sends')}` : m.name;
  void s.workspace.act(id, 'run-macro', { macro_id: m.id, client_id: crypto.randomUUID() }, () => ({}), { name });
}

/** The list of macros, each of them, and keeping a reply, for the palette. */
export function macroCommands(s: Screen): Command[] {
  const may = () => s.workspace.reader.role !== 'viewer' && !!s.conversation;
  return [
    { id: 'macros', label: t('macro.run'), icon: Layers, keys: ['b'], group: 'conversation', also: t('macro.runAlso'), when: may, run: () => (open = true) },
    keepCommand(s),
    forwardCommand(s),
    ...macros().map((m): Command => ({
      id: `macro-${m.id}`,
      label: t('macro.palette', { name: m.name }),
      icon: Layers,
      keys: [],
      group: 'conversation',
      when: may,
      run: () => run(s, m),
    })),
  ];
}
