import { describe, expect, it } from 'vitest';
import { placePath, readPlace, inView } from './place';

describe('places', () => {
  it.each(['/w/mine', '/w/all/cnv_1', '/w/unassigned/closed', '/w/mine/needs_attention/cnv_2', '/w/inbox/ibx_1', '/w/inbox/ibx_1/closed/cnv_3'])(
    '%s is read and written alike',
    (path) => {
      const place = readPlace(path.split('/').slice(2));
      expect(place && placePath('/w', place)).toBe(path);
    },
  );
  it('leaves what is not the inbox', () => {
    expect(readPlace(['settings', 'profile'])).toBeUndefined();
    expect(readPlace([])).toBeUndefined();
    expect(readPlace(['mine', 'closed', 'cnv_1', 'more'])).toBeUndefined();
  });
});

describe('a row that is walked to', () => {
  const view = { from: 100, room: 50, end: 300 };
  it('is seen with the one beside it, by no more scrolling than that takes', () => {
    expect(inView(view, 120, 10, 10)).toBe(100);
    expect(inView(view, 130, 10, 10)).toBe(100);
    expect(inView(view, 140, 10, 10)).toBe(110);
    expect(inView(view, 200, 10, 10)).toBe(170);
    expect(inView(view, 105, 10, 10)).toBe(95);
    expect(inView(view, 105, 10, 0)).toBe(100);
  });
  it('is all that is seen at the ends', () => {
    expect(inView(view, 0, 10, 10)).toBe(0);
    expect(inView({ ...view, from: 250 }, 290, 10, 10)).toBe(250);
    expect(inView({ ...view, from: 270 }, 290, 10, 10)).toBe(270); // below the rows stands a word
    expect(inView({ from: 0, room: 50, end: 30 }, 20, 10, 10)).toBe(0);
  });
});
