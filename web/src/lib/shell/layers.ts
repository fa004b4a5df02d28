/** What keys open over the screen, each fetched when it is asked for, or before (warm.ts). */
import { lazy } from '../ui/lazy';

export const layers = {
  palette: lazy(() => import('./CommandPalette.svelte')),
  search: lazy(() => import('./search/SearchBox.svelte')),
  help: lazy(() => import('./KeyboardHelp.svelte')),
  assign: lazy(() => import('../conversation/Assign.svelte')),
  life: lazy(() => import('../conversation/LifeDialog.svelte')),
  find: lazy(() => import('../find/FindDialog.svelte')),
};
