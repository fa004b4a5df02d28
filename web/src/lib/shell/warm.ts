/** What keys open, fetched while there is nothing else to do: the first press answers as fast as every other. */

const layers = [
  () => import('./CommandPalette.svelte'),
  () => import('./search/SearchBox.svelte'),
  () => import('./KeyboardHelp.svelte'),
  () => import('../conversation/Assign.svelte'),
  () => import('../conversation/LifeDialog.svelte'),
  () => import('../find/FindDialog.svelte'),
];

/** Fetches one after the other; who pays for what is fetched, or is offline, waits for the press. */
export async function warm(): Promise<void> {
  if ((navigator as { connection?: { saveData?: boolean } }).connection?.saveData) return;
  for (const fetch of layers) {
    await new Promise<void>((go) => ('requestIdleCallback' in window ? requestIdleCallback(() => go(), { timeout: 10_000 }) : setTimeout(go, 500)));
    await fetch().catch(() => undefined); // the press asks again
  }
}
