/** Commands as things to choose in a picker. */
import { keycaps } from '../keys/keys';
import { mac } from '../keys/platform';
import type { Command } from '../keys/registry.svelte';
import type { Choice } from '../ui/Picker.svelte';

/** A command as a row, with its first key. */
export const choice = (x: Command): Choice => ({ id: x.id, label: x.label, hint: x.keys[0] ? keycaps(x.keys[0], mac).join(' ') : '' });

/** Runs the one that was chosen. */
export const run = (list: readonly Command[]) => (id: string) => list.find((x) => x.id === id)?.run();
