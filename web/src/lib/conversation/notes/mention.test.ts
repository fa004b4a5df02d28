import { describe, expect, it } from 'vitest';
import type { Member } from '../../state/model';
import { candidates, chosenOf, nameAt } from './mention';

const member = (user_id: string, name: string, inbox_ids: string[] = ['ibx_1'], role: Member['role'] = 'agent'): Member => ({
  user_id,
  name,
  email: '',
  role,
  active: true,
  availability: 'offline',
  inbox_ids,
  open_count: 0,
});

describe('mentions (F1-43)', () => {
  it('finds the name that is being typed', () => {
    for (const [text, want] of [
      ['@', ''],
      ['hi @ma', 'ma'],
      ['hi @Maja E', 'Maja E'],
      ['(@ma', 'ma'],
      ['a@b', undefined],
      ['@Maja Ek and', undefined],
      ['`@ma', undefined],
      ['nobody', undefined],
      ['@ma\n', undefined],
    ] as const)
      expect(nameAt(text, text.length), text).toBe(want);
  });
  it('offers who sees the inbox first, and everybody of it last', () => {
    const all = candidates([member('u1', 'Zoe', []), member('u2', 'Ann Ek'), member('u3', 'Bo', [], 'owner')], 'ibx_1', 'all');
    expect(all.map((c) => c.name)).toEqual(['Ann Ek', 'Bo', 'Zoe', 'everyone']);
    expect(all.map((c) => c.here)).toEqual([true, true, false, true]);
    expect(all[0]?.search).toEqual(['ann ek', 'ek']);
  });
  it('says who is meant only where names are shared and still there', () => {
    const [a, b, c] = candidates([member('u1', 'Ann Ek'), member('u2', 'Ann Ek'), member('u3', 'Bo')], 'ibx_1', 'all');
    if (!a || !b || !c) throw new Error('three');
    expect(chosenOf([b, b, c], '@Ann Ek and @Bo')).toEqual([{ user_id: b.id }]);
    expect(chosenOf([b], 'nobody')).toEqual([]);
  });
});
