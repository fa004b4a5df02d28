import { describe, expect, it } from 'vitest';
import { placePath, readPlace } from './place';

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
