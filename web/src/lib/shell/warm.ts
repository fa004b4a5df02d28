/** What keys open, fetched while there is nothing else to do: the first press answers as fast as every other. */

import { layers } from './layers';

/** Fetches one after the other; who pays for what is fetched, or is offline, waits for the press. */
export async function warm(): Promise<void> {
  if ((navigator as { connection?: { saveData?: boolean } }).connection?.saveData) return;
  for (const fetch of Object.values(layers)) {
    await new Promise<void>((go) => ('requestIdleCallback' in window ? requestIdleCallback(() => go(), { timeout: 10_000 }) : setTimeout(go, 500)));
    await Promise.resolve(fetch()).catch(() => undefined); // the press asks again
  }
}
