import { describe, expect, it } from 'vitest';
import { colonAt } from './colon';
import { emoji, emojiNamed, findEmoji } from './emoji';

describe('emoji', () => {
  it('have each a name of its own that can be typed', () => {
    expect(emoji.length).toBeGreaterThan(300);
    expect(new Set(emoji.map((e) => e.name)).size).toBe(emoji.length);
    expect(new Set(emoji.map((e) => e.char)).size).toBe(emoji.length);
    for (const e of emoji) {
      expect(e.name).toMatch(/^[a-z0-9_]+$/);
      expect(e.char).toMatch(/\p{Extended_Pictographic}|\p{Emoji}/u);
      expect(colonAt(`:${e.name}`, e.name.length + 1)?.slice(1) ?? (e.name.length < 2 ? e.name : '')).toBe(e.name);
    }
  });
  it('are found by their name first, then by other words', () => {
    expect(findEmoji('smile')[0]?.char).toBe('😄');
    expect(findEmoji('thank').map((e) => e.name)).toContain('pray');
    expect(findEmoji('crossed').map((e) => e.name)).toContain('fingers_crossed');
    expect(findEmoji('no such thing')).toEqual([]);
    expect(emojiNamed('+1')?.char).toBe('👍');
  });
  it('are meant by a colon after a space only', () => {
    expect(colonAt('well :smi', 9)).toBe(':smi');
    expect(colonAt(':smile:', 7)).toBe(':smile:');
    for (const text of ['at 10:30', 'https://example', 'well :', 'well :s', 'a:smile']) expect(colonAt(text, text.length)).toBeUndefined();
  });
});
