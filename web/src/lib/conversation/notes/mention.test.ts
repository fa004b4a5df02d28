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

const noTeams = new Map<string, string>();
const words = { everyone: 'all', team: 'Team' };

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
    const all = candidates([member('u1', 'Zoe', []), member('u2', 'Ann Ek'), member('u3', 'Bo', [], 'owner')], noTeams, 'ibx_1', words);
    expect(all.map((c) => c.name)).toEqual(['Ann Ek', 'Bo', 'Zoe', 'everyone']);
    expect(all.map((c) => c.here)).toEqual([true, true, false, true]);
    expect(all[0]?.search).toEqual(['ann ek', 'ek']);
  });
  it('says who is meant only where names are shared and still there', () => {
    const [a, b, c] = candidates([member('u1', 'Ann Ek'), member('u2', 'Ann Ek'), member('u3', 'Bo')], noTeams, 'ibx_1', words);
    if (!a || !b || !c) throw new Error('three');
    expect(chosenOf([b, b, c], '@Ann Ek and @Bo')).toEqual([{ user_id: b.id }]);
    expect(chosenOf([b], 'nobody')).toEqual([]);
  });
  it('offers teams before everybody, and says which is meant when a person has its name', () => {
    const all = candidates(
      [member('u1', 'Support')],
      new Map([
        ['t2', 'Support'],
        ['t1', 'Bikes'],
      ]),
      'ibx_1',
      words,
    );
    expect(all.map((c) => c.name)).toEqual(['Support', 'Bikes', 'Support', 'everyone']);
    expect(all.map((c) => c.shared)).toEqual([true, false, true, false]);
    expect(chosenOf(all.slice(2, 3), '@Support')).toEqual([{ team_id: 't2' }]);
  });
});
