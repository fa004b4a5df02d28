/**
 * Everything that can be done, as data. A screen adds its commands while it is
 * on; buttons, palette, keyboard and help are all made of this one list.
 */
import { tick, type Component } from 'svelte';
import { Keys, inField, single, type Binding } from './keys';
import { mac } from './platform';

/** The sections of help and palette, in order. */
export const groups = ['conversation', 'write', 'move', 'here', 'go', 'screen'] as const;
export type Group = (typeof groups)[number];

/** An icon as the icon set makes them. */
export type Icon = Component<Record<string, unknown>>;

/** One thing that can be done. */
export interface Command {
  id: string;
  label: string;
  icon: Icon;
  /** As Parley is shipped, or as somebody chose. */
  keys: readonly string[];
  group: Group;
  /** Works while text is written, too; combinations with mod always do. */
  inFields?: boolean;
  /** Held down, its key goes on. */
  repeats?: boolean;
  /** While it is possible it goes before others with its key: they are no conflict. */
  over?: boolean;
  /** Other words people would type for it in the palette. */
  also?: string;
  /** Whether it can be done now; always when absent. */
  when?: () => boolean;
  run: () => void;
}

/** What the palette may know of the screen below it. */
export interface Below {
  /** The conversation that commands act on. */
  open: () => string | undefined;
  /** Shows a conversation, in the list on screen when it is there. */
  reveal: (conversation: string) => void;
  /** Returns the way back to what is on screen now: the list, its scroll, the open conversation. */
  here: () => () => void;
}

/** Finds commands by id, for buttons. */
export function byId(all: readonly Command[], id: string): Command | undefined {
  return all.find((c) => c.id === id);
}

/** Reports whether a command can be done now. */
export const possible = (c: Command | undefined): c is Command => !!c && (!c.when || c.when());

/** The commands of the running page. */
export class Registry {
  private sources = $state.raw<readonly (readonly Command[])[]>([]);
  /** The keys that somebody chose, by command, in place of those that it is shipped with. */
  own = $state.raw<Readonly<Record<string, readonly string[]>>>({});
  /** Every command; a screen's own come before the shell's. */
  readonly all = $derived(
    this.sources
      .toReversed()
      .flat()
      .map((c) => this.keyed(c)),
  );
  /** What lies over the screen. */
  overlay = $state<'' | 'palette' | 'search' | 'help'>('');
  /** The screen below, for the palette; undefined where there are no conversations. */
  below = $state.raw<Below | undefined>(undefined);
  /** The way back from a conversation that was gone to, once. */
  back: ((open: string | undefined) => (() => void) | undefined) | undefined;
  /** Hears of every command that was run by its key. */
  ran: ((id: string) => void) | undefined;
  private readonly keys: Keys;
  private single = $state(true);
  private readonly early: KeyboardEvent[] = [];
  /** How many lists of commands are on their way, and what was pressed meanwhile. */
  private coming = 0;
  private pressed: KeyboardEvent[] = [];
  /** What is open above the screen, in a list that the browser keeps: looking for it anew took a fifth of a key. */
  private layers: HTMLCollectionOf<Element> | undefined;
  private bound: readonly Command[] = [];
  private bindings: readonly Binding[] = [];

  constructor(onMac: boolean) {
    this.keys = new Keys(onMac);
    const current = () => this.current();
    this.keys.push({
      get bindings() {
        return current();
      },
    });
  }

  /** Adds commands until the answer is called. */
  use(list: readonly Command[]): () => void {
    this.sources = [...this.sources, list];
    return () => (this.sources = this.sources.filter((s) => s !== list));
  }

  /** Keys that are pressed before these commands are here wait for them. */
  async await(commands: Promise<unknown>): Promise<void> {
    this.coming++;
    await commands.catch(() => undefined); // without the network they do not come
    await tick();
    if (--this.coming === 0) for (const e of this.pressed.splice(0)) this.press(e);
  }

  /** Switches single letters off for people who speak to their computer (WCAG 2.1.4). */
  set letters(on: boolean) {
    this.single = this.keys.letters = on;
  }

  /** The key to show for a command: its own or the one it is shipped with; none where that does nothing. */
  shown(shipped: string | undefined, id = ''): string {
    const own = this.own[id];
    const key = (own ? own[0] : shipped) ?? '';
    return this.works(key) ? key : '';
  }

  /** Whether a key does something: single ones can be switched off. */
  works(key: string): boolean {
    return this.single || !single(key);
  }

  /** A command with the keys that somebody chose for it. */
  private keyed(c: Command): Command {
    const keys = this.own[c.id];
    // What else it is stays as it is, also where that is computed.
    return keys ? (Object.create(c, { keys: { value: keys } }) as Command) : c;
  }

  /**
   * Runs the command of a key. To be called in the capture phase, so that one
   * Esc closes one layer: what is open above the screen has its own keys.
   */
  press(e: KeyboardEvent): void {
    const over = (this.layers ??= document.getElementsByClassName('layer'))[0];
    const coming = over?.hasAttribute('data-coming');
    if (over && !coming) return;
    if (this.overlay !== '' || coming) {
      this.wait(e);
      return;
    }
    this.early.length = 0; // what did not come gets nothing
    const target = e.target instanceof HTMLElement ? e.target : undefined;
    if ((e.key === 'Enter' || e.key === ' ') && target?.closest('button, a[href], summary')) return;
    if (this.coming > 0 && !inField(e)) {
      // One that is over cannot be taken again: its copy can.
      this.pressed.push(new KeyboardEvent('keydown', e));
      if (single(e.key) && !e.ctrlKey && !e.metaKey && !e.altKey) e.preventDefault();
      return;
    }
    if (this.keys.handle(e)) e.stopPropagation();
  }

  /** A layer was asked for and is not here yet: what is typed is meant for it. */
  private wait(e: KeyboardEvent): void {
    if (e.metaKey || e.altKey || (e.ctrlKey && e.key !== 'Enter')) return;
    e.preventDefault();
    e.stopPropagation();
    if (this.overlay !== '' && e.key === 'Escape') {
      this.overlay = '';
      this.early.length = 0;
    } else if (this.overlay !== 'help') this.early.push(new KeyboardEvent('keydown', e));
  }

  /** Returns what was typed before the layer came: its query, and whether Enter ended it. */
  typed(): { query: string; enter: boolean } {
    const keys = this.early.splice(0).map((e) => e.key);
    const end = keys.indexOf('Enter');
    const query = (end < 0 ? keys : keys.slice(0, end)).reduce((q, k) => (k === 'Backspace' ? q.slice(0, -1) : k.length === 1 ? q + k : q), '');
    return { query, enter: end >= 0 };
  }

  /** Gives the layer that came what was typed before it: letters to the field that has the focus, other keys to whoever listens. */
  give(): void {
    for (const e of this.early.splice(0)) {
      const to = document.activeElement;
      // Boxes to tick are inputs too, and have no caret.
      const writes = (to instanceof HTMLInputElement || to instanceof HTMLTextAreaElement) && to.selectionStart !== null;
      if (writes && e.key.length === 1) to.setRangeText(e.key, to.selectionStart ?? 0, to.selectionEnd ?? 0, 'end');
      else if (writes && e.key === 'Backspace') to.setRangeText('', Math.max(0, (to.selectionStart ?? 0) - 1), to.selectionEnd ?? 0, 'end');
      else {
        to?.dispatchEvent(e);
        continue;
      }
      to.dispatchEvent(new InputEvent('input', { bubbles: true }));
    }
  }

  private current(): readonly Binding[] {
    if (this.bound !== this.all) {
      this.bound = this.all;
      this.bindings = this.all.flatMap((c) => c.keys.map((k) => this.binding(k, c)));
    }
    return this.bindings;
  }

  private binding(keys: string, { id, run, when, inFields, repeats }: Command): Binding {
    const told = () => {
      this.ran?.(id);
      run();
    };
    return { keys, run: told, ...(when ? { when } : {}), ...(inFields ? { inFields } : {}), ...(repeats ? { repeats } : {}) };
  }
}

/** The registry of this page. */
export const registry = new Registry(mac);
