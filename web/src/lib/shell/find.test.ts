import { describe, expect, it } from 'vitest';
import { marked, rank } from './find';

describe('finding', () => {
  it('prefers the beginning of the text, then of a word', () => {
    expect(rank('Assign to me', 'ass')).toBeGreaterThan(rank('Quick assign', 'ass'));
    expect(rank('Quick assign', 'ass')).toBeGreaterThan(rank('Unassign', 'ass'));
  });
  it('needs every word, in any order, and no accents', () => {
    expect(rank('Battery · Annika Bergström', 'bergstrom batt')).toBeGreaterThan(0);
    expect(rank('Battery', 'battery lamp')).toBe(0);
  });
  it('knows the first letters of words', () => {
    expect(rank('Assign to me', 'atm')).toBeGreaterThan(0);
    expect(rank('Settings → API tokens', 'sat')).toBeGreaterThan(0);
    expect(rank('Assign to me', 'tm')).toBe(0);
  });
  it('marks what was hit', () => {
    expect(marked('Unassign', 'assi')).toEqual([
      { text: 'Un', hit: false },
      { text: 'assi', hit: true },
      { text: 'gn', hit: false },
    ]);
    expect(marked('Unassign', '')).toEqual([{ text: 'Unassign', hit: false }]);
  });
});
