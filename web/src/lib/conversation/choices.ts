/** Commands as things to choose in a picker. */
import { keycaps } from '../keys/keys';
import { mac } from '../keys/platform';
import { registry, type Command } from '../keys/registry.svelte';
import type { Choice } from '../ui/Picker.svelte';

/** The keys of a command as text: those it is shipped with, or those that somebody chose. */
export const hint = (shipped: string | undefined, id: string): string => keycaps(registry.shown(shipped, id), mac).filter(Boolean).join(' ');

/** A command as a row, with its first key. */
export const choice = (x: Command): Choice => ({ id: x.id, label: x.label, hint: hint(x.keys[0], x.id) });

/** Runs the one that was chosen. */
export const run = (list: readonly Command[]) => (id: string) => list.find((x) => x.id === id)?.run();
