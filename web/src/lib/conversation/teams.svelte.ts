/** The names of teams, for the conversation on screen: fetched when one is opened. */
import { SvelteMap } from 'svelte/reactivity';
import { client, must } from '../api/client';
import { t } from '../i18n/handover';

const names = new SvelteMap<string, string>();
let fetched = '';

/** Fetches the teams of a workspace, once; again says that they may have changed. */
export async function loadTeams(workspace: string, again = false): Promise<void> {
  if (fetched === workspace && !again) return;
  fetched = workspace;
  try {
    const all = await must(client.GET('/api/v1/workspaces/{workspace}/teams', { params: { path: { workspace } } }));
    names.clear();
    for (const team of all.items) names.set(team.id, team.name);
  } catch {
    fetched = ''; // the next conversation asks again
  }
}

/** The names of all teams that are known, by id. */
export const knownTeams = (): ReadonlyMap<string, string> => names;

/** The name of a team; one that is not known yet is asked for. */
export const teamName = (id: string): string => names.get(id) ?? t('head.noTeam');
