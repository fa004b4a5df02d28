import { describe, expect, it } from 'vitest';
import type { ListName } from './model';
import { Store } from './store';
import { row } from './testdata';

const open: ListName = { view: 'all', tab: 'open' };
const now = () => Date.UTC(2026, 5, 1, 13);

function filled(cursor?: string) {
  const s = new Store('usr_me', now);
  s.page(open, [row('c', 30), row('b', 20), row('a', 10)], cursor, true);
  return s;
}
const ids = (s: Store, l: ListName = open) => s.list(l).ids.join('');

describe('versions', () => {
  it('never lets an older version overwrite a newer one (R7)', () => {
    const s = filled();
    s.put(row('a', 10, { version: 5, subject: 'new' }));
    expect(s.put(row('a', 10, { version: 4, subject: 'old' }))).toBe(false);
    expect(s.rows.get('a')?.subject).toBe('new');
  });
  it('takes an equal version, which carries what is personal', () => {
    const s = filled();
    s.put(row('a', 10, { unread: false }));
    expect(s.rows.get('a')?.unread).toBe(false);
  });
});

describe('a frozen order', () => {
  it('takes the first conversation of an empty list, and holds back the second (R6)', () => {
    const s = new Store('usr_me', now);
    s.page(open, [], undefined, true);
    s.freeze(open, true);
    s.put(row('a', 10));
    expect(ids(s)).toBe('a');
    s.put(row('b', 20));
    expect(ids(s)).toBe('a');
    expect(s.list(open).waiting).toEqual(['b']);
    s.freeze(open, false);
    expect(ids(s)).toBe('ba');
  });
  it('puts back into a filter what the reader takes back, and lets wait what comes by itself', () => {
    const s = new Store('usr_me', now);
    const found: ListName = { view: 'all', tab: 'open', find: 'q' };
    s.page(found, [row('d', 40), row('c', 30), row('b', 20)], undefined, true);
    s.freeze(found, true);
    s.expect(['c']);
    s.put(row('c', 30, { version: 2, status: 'resolved' }));
    s.page(found, [row('d', 40), row('b', 20)], undefined, true);
    expect(ids(s, found)).toBe('db');
    s.expect(['c'], true);
    s.page(found, [row('e', 50), row('d', 40), row('c', 30, { version: 3 }), row('b', 20)], undefined, true);
    expect(ids(s, found)).toBe('dcb');
    expect(s.list(found).waiting).toEqual(['e']);
  });
  it('lets go what the reader had the server do, once, and holds what others do', () => {
    const s = filled();
    s.freeze(open, true);
    s.expect(['b']);
    s.put(row('b', 20)); // the same state again is not it yet
    s.put(row('a', 10, { version: 2, status: 'resolved' }));
    s.put(row('b', 20, { version: 2, status: 'resolved' }));
    expect(ids(s)).toBe('ca');
    s.put(row('b', 40, { version: 3, status: 'open' }));
    expect(ids(s)).toBe('ca');
    expect(s.list(open).waiting).toEqual(['b']);
  });
});

describe('pending operations', () => {
  const resolve = { id: 'op1', conversation: 'b', apply: () => ({ status: 'resolved' as const }) };

  it('shows the change at once and takes the row out of the list (R3)', () => {
    const s = filled();
    s.freeze(open, true);
    s.begin(resolve);
    expect(s.rows.get('b')?.status).toBe('resolved');
    expect(s.known('b')?.status).toBe('open');
    expect(ids(s)).toBe('ca');
  });
  it('returns a refused row to its exact place, also in a frozen order (R4)', () => {
    const s = filled();
    s.freeze(open, true);
    s.put(row('a', 40, { version: 2 })); // would be first if the order were free
    s.begin(resolve);
    s.refuse(resolve);
    expect(ids(s)).toBe('cba');
    expect(s.rows.get('b')?.status).toBe('open');
    expect(s.pending('b')).toBe(false);
  });
  it('keeps what came in between when it takes a refusal back', () => {
    const s = filled();
    s.begin({ id: 'op2', conversation: 'b', apply: () => ({ priority: 'urgent' }) });
    s.put(row('b', 20, { version: 2, subject: 'Renamed meanwhile' }));
    expect(s.rows.get('b')).toMatchObject({ priority: 'urgent', subject: 'Renamed meanwhile' });
    s.refuse({ id: 'op2', conversation: 'b' });
    expect(s.rows.get('b')).toMatchObject({ priority: 'normal', subject: 'Renamed meanwhile' });
  });
  it('stacks operations and settles them one by one', () => {
    const s = filled();
    s.begin({ id: 'x', conversation: 'a', apply: () => ({ priority: 'high' }) });
    s.begin({ id: 'y', conversation: 'a', apply: () => ({ assignee_id: 'usr_2' }) });
    s.settle({ id: 'x', conversation: 'a' }, row('a', 10, { version: 2, priority: 'high' }));
    expect(s.rows.get('a')).toMatchObject({ priority: 'high', assignee_id: 'usr_2' });
    s.refuse({ id: 'y', conversation: 'a' });
    expect(s.rows.get('a')?.assignee_id).toBeUndefined();
    expect(s.rows.get('a')?.priority).toBe('high');
  });
  it('does not step back when the realtime echo was ahead of the answer', () => {
    const s = filled();
    s.begin(resolve);
    s.put(row('b', 20, { version: 3, status: 'closed' }));
    s.settle(resolve, row('b', 20, { version: 2, status: 'resolved' }));
    expect(s.rows.get('b')?.status).toBe('closed');
  });
  it('brings an undone row back although the order is frozen', () => {
    const s = filled();
    s.freeze(open, true);
    s.begin(resolve);
    s.settle(resolve, row('b', 20, { version: 2, status: 'resolved' }));
    s.begin({ id: 'undo', conversation: 'b', apply: () => ({ status: 'open' }) });
    expect(ids(s)).toBe('cba');
    expect(s.list(open).waiting).toEqual([]);
  });
});

describe('frozen order (R6)', () => {
  it('holds arrivals and moves, and changes contents in place', () => {
    const s = filled();
    s.freeze(open, true);
    s.put(row('d', 50));
    s.put(row('a', 45, { version: 2, preview: 'Again' }));
    expect(ids(s)).toBe('cba');
    expect(s.list(open).waiting).toEqual(['d', 'a']);
    expect(s.rows.get('a')?.preview).toBe('Again');
    s.release(open);
    expect(ids(s)).toBe('dacb');
    expect(s.list(open).waiting).toEqual([]);
  });
  it('keeps a row that others took out until the order is free', () => {
    const s = filled();
    s.freeze(open, true);
    s.put(row('b', 20, { version: 2, status: 'closed' }));
    expect(ids(s)).toBe('cba');
    s.freeze(open, false);
    expect(ids(s)).toBe('ca');
  });
  it('applies everything at once while nobody looks', () => {
    const s = filled();
    s.put(row('d', 50));
    s.put(row('a', 55, { version: 2 }));
    expect(ids(s)).toBe('adcb');
  });
  it('does not count an arrival that left again', () => {
    const s = filled();
    s.freeze(open, true);
    s.put(row('d', 50));
    s.put(row('d', 50, { version: 2, status: 'closed' }));
    expect(s.list(open).waiting).toEqual([]);
  });
  it('keeps the order when a frozen list is fetched again', () => {
    const s = filled();
    s.freeze(open, true);
    s.page(open, [row('e', 59), row('c', 30)], undefined, true);
    expect(ids(s)).toBe('cba');
    expect(s.list(open).waiting).toEqual(['e']);
  });
});

describe('lists', () => {
  it('keeps one row for several lists', () => {
    const s = filled();
    const mine: ListName = { view: 'mine', tab: 'open' };
    s.page(mine, [], undefined, true);
    s.put(row('a', 10, { version: 2, assignee_id: 'usr_me' }));
    expect(ids(s, mine)).toBe('a');
    expect(ids(s)).toBe('cba');
  });
  it('leaves rows that a later page will bring', () => {
    const s = filled('more');
    s.put(row('z', 1));
    expect(ids(s)).toBe('cba');
    s.page(open, [row('z', 1)], undefined, false);
    expect(ids(s)).toBe('cbaz');
  });
  it('forgets what is gone', () => {
    const s = filled();
    s.remove('b');
    expect(ids(s)).toBe('ca');
    expect(s.rows.has('b')).toBe(false);
  });
  it('knows every tab', () => {
    const s = new Store('usr_me', now);
    const names = (['open', 'needs_attention', 'responded', 'pending', 'resolved', 'snoozed', 'closed', 'archived'] as const).map((tab) => ({
      view: 'all' as const,
      tab,
    }));
    for (const n of names) s.page(n, [], undefined, true);
    s.put(row('n', 1));
    s.put(row('r', 2, { waiting_on: 'customer' }));
    s.put(row('p', 3, { status: 'pending', waiting_on: 'customer' }));
    s.put(row('s', 4, { snoozed_until: '2026-06-02T00:00:00Z' }));
    s.put(row('d', 5, { status: 'resolved' }));
    s.put(row('x', 6, { status: 'closed' }));
    s.put(row('y', 7, { status: 'closed', archived_at: '2026-06-01T00:00:00Z' }));
    expect(names.map((n) => ids(s, n))).toEqual(['sprn', 'n', 'pr', 'p', 'd', 's', 'x', 'y']);
  });
});
