import { describe, expect, it } from 'vitest';
import { belongs, mayChange, nextFirst } from './membership';
import type { Conversation, ListName } from './model';
import { Store } from './store';
import { row } from './testdata';

const line: ListName = { view: 'all', tab: 'needs_attention' };
const now = () => Date.UTC(2026, 5, 1, 13);
const at = (minute: number) => new Date(Date.UTC(2026, 5, 1, 12, minute)).toISOString();
/** A customer who waits since a minute after noon. */
const waits = (id: string, since: number, more: Partial<Conversation> = {}) => row(id, 50, { waiting_since: at(since), ...more });
const late = { target_notified_at: at(40) };
const urgent = { priority: 'urgent' as const };
const ids = (s: Store) => s.list(line).ids.join('');

function filled(cursor?: string): Store {
  const s = new Store('usr_me', now);
  s.page(line, [waits('a', 10), waits('b', 20), waits('c', 30)], cursor, true);
  return s;
}

describe('the line of those who need attention (F0-20, F1-16)', () => {
  it('has overdue first, most overdue first, then past target, then who waits longest; urgent goes before what is no later', () => {
    const want = [
      waits('a', 9, { overdue_at: at(30), response_due_deadline: at(5) }),
      waits('b', 1, { overdue_at: at(10) }),
      waits('c', 2, { overdue_at: at(30), response_due_deadline: at(29), ...urgent }),
      waits('d', 8, { overdue_at: at(31), response_due_deadline: at(55) }),
      waits('e', 12, { ...late, ...urgent }),
      waits('f', 3, late),
      waits('g', 4, late),
      waits('h', 20, urgent),
      waits('i', 5),
      waits('j', 5),
      waits('k', 6, { priority: 'high' }),
    ];
    const sorted = [...want].reverse().sort(nextFirst);
    expect(sorted.map((c) => c.id).join('')).toBe(want.map((c) => c.id).join(''));
  });

  it('puts who comes last at the end, also while somebody looks at it: nothing moves', () => {
    const s = filled();
    s.freeze(line, true);
    s.put(waits('d', 40));
    expect(ids(s)).toBe('abcd');
    expect(s.list(line).waiting).toEqual([]);
  });

  it('keeps places under the pointer when somebody becomes late or a VIP comes, and moves them when it is free', () => {
    const s = filled();
    s.freeze(line, true);
    s.put(waits('c', 30, { version: 2, overdue_at: at(58) }));
    s.put(waits('v', 45, urgent));
    expect(ids(s)).toBe('abc');
    expect(s.list(line).waiting).toEqual(['c', 'v']);
    s.freeze(line, false);
    expect(ids(s)).toBe('cvab');
  });

  it('does not move a customer who writes again', () => {
    const s = filled();
    s.put(row('a', 59, { version: 2, waiting_since: at(10) }));
    expect(ids(s)).toBe('abc');
  });

  it('leaves to a later page what is behind the last row', () => {
    const s = filled('more');
    s.put(waits('d', 40));
    expect(ids(s)).toBe('abc');
    s.put(waits('e', 15));
    expect(ids(s)).toBe('aebc');
  });
});

describe('what somebody was only called to (F1-43)', () => {
  it('is in no list, and is not theirs to change', () => {
    const c = waits('a', 1, { read_only: true });
    expect(belongs(c, line, 'usr_me', now())).toBe(false);
    expect(mayChange({ role: 'agent' }, c)).toBe(false);
    expect(mayChange({ role: 'agent' }, waits('b', 1))).toBe(true);
    expect(mayChange({ role: 'viewer' }, waits('b', 1))).toBe(false);
    const s = filled();
    s.put(waits('b', 20, { version: 2, read_only: true }));
    expect(ids(s)).toBe('ac');
  });
});
