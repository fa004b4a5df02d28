/**
 * Everything that can be done, as data. A screen adds its commands while it is
 * on; buttons, palette, keyboard and help are all made of this one list.
 */
import type { Component } from 'svelte';
import { Keys, type Binding } from './keys';
import { mac } from './platform';

/** The sections of help and palette, in order. */
export const groups = ['conversation', 'move', 'here', 'go', 'screen'] as const;
export type Group = (typeof groups)[number];

/** An icon as the icon set makes them. */
export type Icon = Component<Record<string, unknown>>;

/** One thing that can be done. */
export interface Command {
  id: string;
  label: string;
  icon: Icon;
  keys: readonly string[];
  group: Group;
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
  /** Every command; a screen's own come before the shell's. */
  readonly all = $derived(this.sources.toReversed().flat());
  /** What lies over the screen. */
  overlay = $state<'' | 'palette' | 'search' | 'help'>('');
  /** The screen below, for the palette; undefined where there are no conversations. */
  below = $state.raw<Below | undefined>(undefined);
  /** The way back from a conversation that was gone to, once. */
  back: ((open: string | undefined) => (() => void) | undefined) | undefined;
  private readonly keys: Keys;
  private readonly early: string[] = [];
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

  /** Switches single letters off for people who speak to their computer (WCAG 2.1.4). */
  set letters(on: boolean) {
    this.keys.letters = on;
  }

  /**
   * Runs the command of a key. To be called in the capture phase, so that one
   * Esc closes one layer: what is open above the screen has its own keys.
   */
  press(e: KeyboardEvent): void {
    if (document.querySelector('[role=dialog], [data-layer]')) return;
    if (this.overlay !== '') {
      this.wait(e);
      return;
    }
    const target = e.target instanceof HTMLElement ? e.target : undefined;
    if ((e.key === 'Enter' || e.key === ' ') && target?.closest('button, a[href], summary')) return;
    if (this.keys.handle(e)) e.stopPropagation();
  }

  /** A layer was asked for and is not here yet: what is typed is meant for it. */
  private wait(e: KeyboardEvent): void {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    e.preventDefault();
    e.stopPropagation();
    if (e.key === 'Escape') {
      this.overlay = '';
      this.early.length = 0;
    } else if (this.overlay !== 'help') this.early.push(e.key);
  }

  /** Returns what was typed before the layer came: its query, and whether Enter ended it. */
  typed(): { query: string; enter: boolean } {
    const keys = this.early.splice(0);
    const end = keys.indexOf('Enter');
    const query = (end < 0 ? keys : keys.slice(0, end)).reduce((q, k) => (k === 'Backspace' ? q.slice(0, -1) : k.length === 1 ? q + k : q), '');
    return { query, enter: end >= 0 };
  }

  private current(): readonly Binding[] {
    if (this.bound !== this.all) {
      this.bound = this.all;
      this.bindings = this.all.flatMap((c) => c.keys.map((k) => ({ keys: k, run: c.run, ...(c.when ? { when: c.when } : {}) })));
    }
    return this.bindings;
  }
}

/** The registry of this page. */
export const registry = new Registry(mac);
