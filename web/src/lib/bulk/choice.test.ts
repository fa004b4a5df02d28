import { expect, test } from 'vitest';
import { actionOf, queryOf } from './bulk.svelte';
import { added, none, removed, toggled, within } from './choice';
import { kindOf, resultOf } from './result';

test('sets of chosen rows are new ones, and what was is left alone', () => {
  const a = toggled(none, 'a');
  expect([...a]).toEqual(['a']);
  expect([...toggled(a, 'a')]).toEqual([]);
  const abc = added(a, ['b', 'c', 'a']);
  expect([...abc]).toEqual(['a', 'b', 'c']);
  expect([...removed(abc, ['b'])]).toEqual(['a', 'c']);
  expect([...within(abc, ['c', 'd'])]).toEqual(['c']);
  expect([none.size, a.size, abc.size]).toEqual([0, 1, 3]);
});

test('F2-56 a list is asked for as a question, whatever list it is', () => {
  expect(queryOf({ view: 'mine', tab: 'open' }).filter).toEqual({
    all: [
      { field: 'status', op: 'is', values: ['active'] },
      { field: 'assignee', op: 'is', values: ['me'] },
    ],
  });
  const found = queryOf({ view: 'all', tab: 'open', find: 'q=tag%3Astorm&view_id=viw_1&sort=oldest' });
  expect(found).toMatchObject({ q: 'tag:storm', view_id: 'viw_1' });
  expect(found.filter).toBeUndefined();
});

test('D-06 what is asked is said to the server in steps', () => {
  expect(actionOf({ kind: 'archive', step: {}, closeFirst: true })).toEqual({ steps: [{ do: 'close' }, { do: 'archive' }] });
  expect(actionOf({ kind: 'resolve', step: { summary: 'x' } })).toEqual({ steps: [{ do: 'resolve', summary: 'x' }], spare_unanswered: true });
  expect(actionOf({ kind: 'resolve', step: {}, unanswered: true })).toEqual({ steps: [{ do: 'resolve' }] });
  expect(actionOf({ kind: 'export', step: {} })).toEqual({ export: true });
});

test('what became of it is said in a line', () => {
  const job = { action: { steps: [{ do: 'close' as const }, { do: 'archive' as const }] }, done: 5, same: 1, skipped: 3, todo: 0, state: 'done' as const };
  expect(kindOf(job)).toBe('archive');
  expect(kindOf({ ...job, undoes_id: 'blk_1' })).toBe('undo');
  expect(resultOf(job as never)).toBe('5 archived, 1 needs no change, 3 left as they are');
});
