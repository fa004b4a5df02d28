/** What keys open, fetched while there is nothing else to do: the first press answers as fast as every other. */

import { idle } from '../ui/idle';
import { layers } from './layers';

/** Fetches one after the other, and says which has come; who pays for what is fetched, or is offline, waits for the press. */
export async function warm(came: (name: keyof typeof layers) => void): Promise<void> {
  if ((navigator as { connection?: { saveData?: boolean } }).connection?.saveData) return;
  for (const name of Object.keys(layers) as (keyof typeof layers)[]) {
    await new Promise<void>((go) => void idle(go, 10_000));
    await Promise.resolve(layers[name]()).then(
      () => came(name),
      () => undefined, // the press asks again
    );
  }
}
