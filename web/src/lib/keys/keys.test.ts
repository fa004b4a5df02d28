import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { chordOf, keycaps, Keys, sequenceTime } from './keys';

function press(key: string, more: Partial<KeyboardEvent> = {}): KeyboardEvent {
  const e = { key, code: '', defaultPrevented: false, isComposing: false, preventDefault: vi.fn(), target: null, ...more };
  return e as unknown as KeyboardEvent;
}

let keys: Keys;
let log: string[];
const bind = (k: string, more = {}) => ({ keys: k, run: () => void log.push(k), ...more });
beforeEach(() => {
  vi.useFakeTimers();
  keys = new Keys(false);
  log = [];
});
afterEach(() => vi.useRealTimers());

describe('keys', () => {
  it('spells what was pressed', () => {
    expect(chordOf(press('E', { shiftKey: true }), false)).toBe('shift+e');
    expect(chordOf(press('?', { shiftKey: true }), false)).toBe('?');
    expect(chordOf(press('k', { metaKey: true }), true)).toBe('mod+k');
    expect(chordOf(press('k', { metaKey: true }), false)).toBe('other+k');
    expect(chordOf(press('Enter', { ctrlKey: true, shiftKey: true }), false)).toBe('mod+shift+Enter');
    expect(chordOf(press('о', { code: 'KeyJ' }), false)).toBe('j');
  });
  it('knows signs and digits of other layouts', () => {
    const altGr = { getModifierState: (m: string) => m === 'AltGraph', ctrlKey: true, altKey: true };
    expect(chordOf(press('[', { code: 'Digit8', ...altGr }), false)).toBe('['); // German
    expect(chordOf(press('/', { code: 'Digit7', shiftKey: true }), false)).toBe('/');
    expect(chordOf(press('&', { code: 'Digit1' }), false)).toBe('1'); // French
    expect(chordOf(press('1', { code: 'Digit1', shiftKey: true }), false)).toBe('1');
    expect(chordOf(press('!', { code: 'Digit1', shiftKey: true }), false)).toBe('!');
    expect(chordOf(press('E', { code: 'KeyE' }), false)).toBe('e'); // Caps Lock
  });
  it('does what is held down once, but goes on where that is meant', () => {
    keys.push({ bindings: [bind('e'), bind('j', { repeats: true })] });
    for (const repeat of [false, true, true]) {
      expect(keys.handle(press('e', { repeat }))).toBe(true);
      keys.handle(press('j', { repeat }));
    }
    expect(log).toEqual(['e', 'j', 'j', 'j']);
  });
  it('runs a combination in a field, and never a letter', () => {
    vi.stubGlobal(
      'HTMLElement',
      class {
        isContentEditable = true;
      },
    );
    const target = new HTMLElement();
    keys.push({ bindings: [bind('mod+Enter', { inFields: true }), bind('q', { inFields: true })] });
    expect(keys.handle(press('q', { target }))).toBe(false);
    keys.handle(press('Enter', { target, ctrlKey: true }));
    expect(log).toEqual(['mod+Enter']);
    vi.unstubAllGlobals();
  });
  it('runs a binding and keeps the browser from acting too', () => {
    keys.push({ bindings: [bind('j')] });
    const e = press('j');
    expect(keys.handle(e)).toBe(true);
    expect(log).toEqual(['j']);
    expect(e.preventDefault).toHaveBeenCalled();
    expect(keys.handle(press('q'))).toBe(false);
  });
  it('knows sequences, and forgets them after a while', () => {
    keys.push({ bindings: [bind('g i'), bind('i'), bind('g u')] });
    keys.handle(press('g'));
    keys.handle(press('i'));
    expect(log).toEqual(['g i']);
    keys.handle(press('g'));
    vi.advanceTimersByTime(sequenceTime + 1);
    keys.handle(press('i'));
    expect(log).toEqual(['g i', 'i']);
  });
  it('takes a key that breaks a sequence as itself', () => {
    keys.push({ bindings: [bind('p 1'), bind('e')] });
    keys.handle(press('p'));
    keys.handle(press('e'));
    expect(log).toEqual(['e']);
  });
  it('gives the keyboard to the top layer only (R8)', () => {
    keys.push({ bindings: [bind('Escape'), bind('j')] });
    const off = keys.push({ bindings: [{ keys: 'Escape', run: () => void log.push('dialog') }], exclusive: true });
    keys.handle(press('Escape'));
    keys.handle(press('j'));
    expect(log).toEqual(['dialog']);
    off();
    keys.handle(press('Escape'));
    expect(log).toEqual(['dialog', 'Escape']);
  });
  it('lets a layer that is not exclusive add to those below', () => {
    keys.push({ bindings: [bind('j')] });
    keys.push({ bindings: [bind('r')] });
    keys.handle(press('j'));
    keys.handle(press('r'));
    expect(log).toEqual(['j', 'r']);
  });
  it('asks when it has to be possible', () => {
    let may = false;
    keys.push({ bindings: [bind('e', { when: () => may })] });
    expect(keys.handle(press('e'))).toBe(false);
    may = true;
    expect(keys.handle(press('e'))).toBe(true);
  });
  it('leaves undo to the field that is written in (R14)', () => {
    vi.stubGlobal(
      'HTMLElement',
      class {
        isContentEditable = true;
      },
    );
    keys.push({ bindings: [bind('mod+z'), bind('mod+k')] });
    const target = new HTMLElement();
    expect(keys.handle(press('z', { ctrlKey: true, target }))).toBe(false);
    keys.handle(press('k', { ctrlKey: true, target }));
    keys.handle(press('z', { ctrlKey: true }));
    expect(log).toEqual(['mod+k', 'mod+z']);
    vi.unstubAllGlobals();
  });
  it('leaves composed input alone', () => {
    keys.push({ bindings: [bind('j')] });
    expect(keys.handle(press('j', { isComposing: true }))).toBe(false);
  });
  it('can switch single letters off, and keeps the rest (WCAG 2.1.4)', () => {
    keys.push({ bindings: [bind('e'), bind('shift+e'), bind('g i'), bind('mod+k'), bind('Escape')] });
    keys.letters = false;
    for (const e of [press('e'), press('E', { shiftKey: true }), press('g'), press('i')]) keys.handle(e);
    keys.handle(press('k', { ctrlKey: true }));
    keys.handle(press('Escape'));
    expect(log).toEqual(['mod+k', 'Escape']);
  });
  it('draws keycaps', () => {
    expect(keycaps('mod+shift+l', true)).toEqual(['⌘', '⇧', 'L']);
    expect(keycaps('g i', false)).toEqual(['G', 'I']);
  });
});
