/** Choosing other keys: what may be chosen, what it would take away, and what is kept of it. */
import { chordOf, normal } from './keys';
import type { Command } from './registry.svelte';

/** The keys that somebody chose, by command. */
export type OwnKeys = Readonly<Record<string, readonly string[]>>;

/** A command, as far as its keys go. */
type Named = Pick<Command, 'id' | 'keys' | 'over'>;

/** As many keys as one command can have. */
export const mostKeys = 5;

/** What the browser keeps for itself, or people need in every field: no page should take it. */
const browsers = new Set([
  'mod+c',
  'mod+v',
  'mod+x',
  'mod+f',
  'mod+l',
  'mod+n',
  'mod+p',
  'mod+q',
  'mod+r',
  'mod+t',
  'mod+w',
  'mod+shift+n',
  'mod+shift+t',
  'mod+shift+w',
]);
/** What leads around and out of every page. */
const needed = new Set([
  'Tab',
  'shift+Tab',
  'Escape',
  'Enter',
  'shift+Enter',
  'Space',
  'shift+Space',
  'Backspace',
  'Delete',
  'Dead',
  'Process',
  'Unidentified',
]);

/** Why a key cannot be chosen, if so. */
export function refused(key: string): 'browser' | 'needed' | 'unknown' | undefined {
  const k = normal(key);
  if (browsers.has(k)) return 'browser';
  if (needed.has(k)) return 'needed';
  // The same form as the server takes: see desk/ownsettings.go.
  const part = '((mod|alt|shift)\\+){0,3}([!-~]|[A-Z][A-Za-z0-9]{1,15})';
  return new RegExp(`^${part}( ${part})?$`).test(key) ? undefined : 'unknown';
}

/** The key of a press, or undefined while only Shift and the like are down. */
export function pressed(e: KeyboardEvent, mac: boolean): string | undefined {
  if (e.isComposing || ['Shift', 'Control', 'Meta', 'Alt', 'AltGraph', 'CapsLock'].includes(e.key)) return undefined;
  return chordOf(e, mac);
}

/** Whether two keys cannot both be: they are the same, or one begins the other. */
export function clash(a: string, b: string): boolean {
  const [x, y] = [normal(a), normal(b)];
  return x === y || x.startsWith(`${y} `) || y.startsWith(`${x} `);
}

/** The keys of a command: its own, or those it is shipped with. */
export const keysOf = (c: Named, own: OwnKeys): readonly string[] => own[c.id] ?? c.keys;

/**
 * The commands that have a key already. Two that are shipped with the same key
 * are possible in turn, such as archive and unarchive: they may share others. What
 * goes before others, as for what is chosen in the list, takes nothing from them.
 */
export function taken<C extends Named>(key: string, of: C, all: readonly C[], own: OwnKeys): C[] {
  return all.filter((c) => c.id !== of.id && !c.over === !of.over && !partners(c, of) && keysOf(c, own).some((k) => clash(k, key)));
}

const partners = (a: Pick<Command, 'keys'>, b: Pick<Command, 'keys'>): boolean => a.keys.some((k) => b.keys.some((x) => normal(x) === normal(k)));

/** All that clash with the keys that are chosen: pairs of a command and one that it takes a key from. */
export function conflicts<C extends Named>(all: readonly C[], own: OwnKeys): { key: string; a: C; b: C }[] {
  return all.flatMap((a, i) => keysOf(a, own).flatMap((key) => taken(key, a, all.slice(i + 1), own).map((b) => ({ key, a, b }))));
}

/** What is kept when a command has these keys: nothing of one that has what it is shipped with. */
export function withKeys(own: OwnKeys, c: Named, keys: readonly string[]): Record<string, string[]> {
  const next = Object.fromEntries(Object.entries(own).map(([id, k]) => [id, [...k]]));
  if (keys.length === c.keys.length && keys.every((k, i) => normal(k) === normal(c.keys[i] ?? ''))) delete next[c.id];
  else next[c.id] = [...keys];
  return next;
}
