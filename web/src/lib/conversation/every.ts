/** Every command there is in an inbox, in one place: for the screen, and for the settings of keys. */
import { Bulk } from '../bulk/bulk.svelte';
import { choosingCommands, chosenCommands } from '../bulk/commands';
import { findCommands, savedCommands } from '../find/commands';
import { commands } from '../inbox/commands';
import type { Screen } from '../inbox/screen.svelte';
import type { Command } from '../keys/registry.svelte';
import { promiseCommands } from '../promise/commands';
import { blockCommands } from './blocking';
import { helpCommands } from './compose/commands';
import { handlerCommands } from './handler';
import { handoverCommands } from './handover';
import { joiningCommands } from './joining';
import { lifeCommands } from './life';
import { macroCommands } from './quick/macros.svelte';
import { ticketCommands } from './tickets';
import { togetherCommands } from './together';
import { writeCommands } from './write';

/** What a screen has from its beginning. */
export const screenCommands = (s: Screen): Command[] => [
  ...lifeCommands(s),
  ...findCommands(s),
  ...togetherCommands(s),
  ...writeCommands(),
  ...helpCommands(),
  ...commands(s),
];

/** What an open conversation adds; look goes back to an earlier moment of it. */
export const paneCommands = (s: Screen, look: () => void): Command[] => [
  ...handlerCommands(s, look),
  ...promiseCommands(s),
  ...blockCommands(s),
  ...handoverCommands(s),
  ...joiningCommands(s),
  ...ticketCommands(s),
  ...macroCommands(s),
];

/** Choosing many conversations, and what is done to those that are chosen; see bulk/BulkLayer.svelte. */
const bulkCommands = (b: Bulk): Command[] => [...choosingCommands(b), ...chosenCommands(b)];

/** Everything, also what cannot be done now: to be named, not to be run. */
export const everyCommand = (s: Screen): Command[] => [
  ...screenCommands(s),
  ...paneCommands(s, () => undefined),
  ...bulkCommands(new Bulk(s)),
  ...savedCommands(),
];
