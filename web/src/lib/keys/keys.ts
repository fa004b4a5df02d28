/**
 * The keyboard: bindings in layers. The top layer owns the keyboard, so a
 * dialog's Esc never reaches what lies below. Single keys are silent while a
 * text field has focus (WCAG 2.1.4), and can be switched off.
 */

/** One key, or a sequence, and what it does. Keys: 'j', 'shift+e', 'mod+k', 'g i', '?', 'Escape'. */
export interface Binding {
  keys: string;
  run: (e: KeyboardEvent) => void;
  /** Works in text fields too; combinations with mod always do. */
  inFields?: boolean;
  /** When it returns false the binding is not there. */
  when?: () => boolean;
  /** Held down, it goes on; everything else is done once per press. */
  repeats?: boolean;
}

/** A set of bindings. An exclusive layer hides all below it. */
export interface Layer {
  bindings: readonly Binding[];
  exclusive?: boolean;
}

/** How long the second key of a sequence may take, in milliseconds. */
export const sequenceTime = 1200;

/** The stack of layers. */
export class Keys {
  /** Single letters can be turned off by people who speak to their computer. */
  letters = true;
  private readonly layers: Layer[] = [];
  private prefix = '';
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** mac decides whether mod is ⌘ or Ctrl. */
  constructor(readonly mac: boolean) {}

  /** Puts a layer on top; the answer takes it off again. */
  push(layer: Layer): () => void {
    this.layers.push(layer);
    this.reset();
    return () => {
      const i = this.layers.indexOf(layer);
      if (i >= 0) this.layers.splice(i, 1);
      this.reset();
    };
  }

  /** Runs the binding of a key, if there is one; it reports whether there was. */
  handle(e: KeyboardEvent): boolean {
    if (e.isComposing || e.defaultPrevented || e.key === 'Shift' || e.key === 'Control' || e.key === 'Meta' || e.key === 'Alt') return false;
    const chord = chordOf(e, this.mac);
    const wanted = this.prefix ? `${this.prefix} ${chord}` : chord;
    const found = this.find(wanted, e);
    if (found) {
      this.reset();
      e.preventDefault();
      if (!e.repeat || found.repeats) found.run(e);
      return true;
    }
    if (this.begins(wanted, e)) {
      this.prefix = wanted;
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.reset(), sequenceTime);
      e.preventDefault();
      return true;
    }
    const stray = this.prefix !== '';
    this.reset();
    return stray ? this.handle(e) : false;
  }

  private *visible(): Generator<Layer> {
    for (let i = this.layers.length - 1; i >= 0; i--) {
      const layer = this.layers[i];
      if (!layer) continue;
      yield layer;
      if (layer.exclusive) return;
    }
  }

  private find(wanted: string, e: KeyboardEvent): Binding | undefined {
    for (const layer of this.visible()) {
      const b = layer.bindings.find((b) => normal(b.keys) === wanted && this.allowed(b, e));
      if (b) return b;
    }
    return undefined;
  }

  private begins(wanted: string, e: KeyboardEvent): boolean {
    for (const layer of this.visible()) {
      if (layer.bindings.some((b) => normal(b.keys).startsWith(wanted + ' ') && this.allowed(b, e))) return true;
    }
    return false;
  }

  private allowed(b: Binding, e: KeyboardEvent): boolean {
    if (b.when && !b.when()) return false;
    // In a field, what every field has is the field's own: all of its text, undo.
    if (b.keys.includes('mod+') && !(/^mod\+[acvxyz]$/.test(b.keys) && inField(e))) return true;
    if (inField(e)) return !!b.inFields && !single(b.keys);
    return this.letters || !single(b.keys);
  }

  private reset(): void {
    this.prefix = '';
    clearTimeout(this.timer);
  }
}

/** Whether keys begin with one that makes a letter or a sign: those can be switched off. */
export const single = (keys: string): boolean => /^(shift\+)?\S( |$)/.test(keys);

/** Spells a key press the way bindings are written. */
export function chordOf(e: KeyboardEvent, mac: boolean): string {
  let key = e.key.length === 1 ? e.key.toLowerCase() : e.key;
  // AltGr makes signs, such as [ on many keyboards, and says on Windows that Ctrl is held.
  const makes = e.getModifierState?.('AltGraph') ?? false;
  // Letters of other alphabets act by their place on the keyboard, and so do digits that want Shift.
  const place = /^(?:Key([A-Z])|Digit(\d))$/.exec(e.code ?? '');
  if (place?.[1] && e.key.length === 1 && !/^[\x21-\x7e]$/.test(e.key)) key = place[1].toLowerCase();
  if (place?.[2] && e.key.length === 1 && !e.shiftKey && !e.altKey && !makes) key = place[2];
  if (key === ' ') key = 'Space';
  const mod = !makes && (mac ? e.metaKey : e.ctrlKey);
  const parts: string[] = [];
  if (mod) parts.push('mod');
  if (e.altKey && e.key.length > 1) parts.push('alt');
  // Shift is part of how signs are made, and of what letters and named keys mean.
  if (e.shiftKey && (key.length > 1 || /[a-z]/.test(key))) parts.push('shift');
  if (!mod && !makes && (mac ? e.ctrlKey : e.metaKey)) parts.push('other');
  return [...parts, key].join('+');
}

/** Keys as they are compared: what is held down in one order, letters small. */
export function normal(keys: string): string {
  let spelt = known.get(keys);
  if (spelt === undefined) known.set(keys, (spelt = spell(keys)));
  return spelt;
}

/** Every key that is pressed is compared with all there are: each is spelt once. */
const known = new Map<string, string>();

function spell(keys: string): string {
  return keys
    .split(' ')
    .map((k) => {
      const parts = k === '+' ? ['+'] : k.split('+');
      const last = parts.pop() ?? '';
      const order = ['mod', 'alt', 'shift'].filter((m) => parts.includes(m));
      return [...order, last.length === 1 ? last.toLowerCase() : last].join('+');
    })
    .join(' ');
}

/** Reports whether the event comes from where text is typed. */
export function inField(e: Event): boolean {
  const t = e.target;
  if (typeof HTMLElement === 'undefined' || !(t instanceof HTMLElement)) return false;
  if (t.isContentEditable || t instanceof HTMLTextAreaElement || t instanceof HTMLSelectElement) return true;
  return t instanceof HTMLInputElement && !['checkbox', 'radio', 'button', 'submit', 'range', 'color', 'file'].includes(t.type);
}

/** Spells keys for people: one entry per keycap. */
export function keycaps(keys: string, mac: boolean): string[] {
  const names: Record<string, string> = {
    mod: mac ? '⌘' : 'Ctrl',
    shift: mac ? '⇧' : 'Shift',
    alt: mac ? '⌥' : 'Alt',
    Enter: '↵',
    Escape: 'Esc',
    ArrowUp: '↑',
    ArrowDown: '↓',
  };
  return keys.split(' ').flatMap((k) => k.split('+').map((p) => names[p] ?? (p.length === 1 ? p.toUpperCase() : p)));
}
