import { describe, expect, it } from 'vitest';
import { hints, learnedBy, nextHint, noMore } from './hints';

const works = (shipped: string) => shipped;

describe('hints', () => {
  it('come one after the other, where they are of use, and end', () => {
    const seen: string[] = [];
    const order: string[] = [];
    for (let h = nextHint(seen, true, works); h; h = nextHint(seen, true, works)) {
      order.push(h.id);
      seen.push(h.id);
    }
    expect(order).toEqual(hints.filter((h) => h.in !== 'list').map((h) => h.id));
    expect(nextHint(seen, false, works)?.id).toBe('preferences');
    expect(nextHint([...seen, 'preferences'], false, works)).toBeUndefined();
  });
  it('are none for who wants none', () => expect(nextHint([noMore], false, works)).toBeUndefined());
  it('name no key that does nothing', () => {
    expect(nextHint([], false, (k) => (k.startsWith('mod') ? k : ''))?.id).toBe('palette');
    expect(nextHint(['palette'], false, (k) => (k.startsWith('mod') ? k : ''))).toBeUndefined();
  });
  it('go when somebody does what they say', () => {
    expect(learnedBy('next', [])).toEqual(['keys']);
    expect(learnedBy('next', ['keys'])).toEqual([]);
    expect(learnedBy('next', [noMore])).toEqual([]);
    expect(learnedBy('resolve', [])).toEqual([]);
  });
});
