import { describe, expect, it } from 'vitest';
import { clash, conflicts, refused, taken, withKeys } from './remap';

const resolve = { id: 'resolve', keys: ['e'] };
const close = { id: 'close', keys: ['shift+e'] };
const archive = { id: 'archive', keys: ['y'] };
const unarchive = { id: 'unarchive', keys: ['y'] };
const mine = { id: 'view-mine', keys: ['g i', '1'] };
const link = { id: 'copy-link', keys: [] };
const all = [resolve, close, archive, unarchive, mine, link];

describe('other keys', () => {
  it('clash when they are the same, or one begins the other', () => {
    expect(clash('shift+mod+k', 'mod+shift+K')).toBe(true);
    expect(clash('g', 'g i')).toBe(true);
    expect(clash('g i', 'g')).toBe(true);
    expect(clash('g i', 'g u')).toBe(false);
    expect(clash('e', 'shift+e')).toBe(false);
  });
  it('name who has them already', () => {
    expect(taken('e', close, all, {})).toEqual([resolve]);
    expect(taken('g', resolve, all, {})).toEqual([mine]);
    expect(taken('e', close, all, { resolve: ['q'] })).toEqual([]);
    expect(taken('q', close, all, { resolve: ['q'] })).toEqual([resolve]);
    expect(taken('e', resolve, all, {})).toEqual([]);
  });
  it('may be shared by what is possible in turn', () => {
    expect(taken('x', unarchive, all, { archive: ['x'] })).toEqual([]);
    expect(conflicts(all, { archive: ['x'], unarchive: ['x'] })).toEqual([]);
  });
  it('are taken from nobody by what goes before others', () => {
    const many = { id: 'bulk-resolve', keys: ['e'], over: true };
    const others = { id: 'bulk-close', keys: ['shift+e'], over: true };
    expect(taken('shift+e', many, [...all, many, others], {})).toEqual([others]);
    expect(conflicts([...all, many, others], {})).toEqual([]);
  });
  it('find every clash once', () => {
    expect(conflicts(all, {})).toEqual([]);
    expect(conflicts(all, { 'copy-link': ['e'] })).toEqual([{ key: 'e', a: resolve, b: link }]);
  });
  it('keep nothing of what is as shipped', () => {
    expect(withKeys({}, resolve, ['q'])).toEqual({ resolve: ['q'] });
    expect(withKeys({ resolve: ['q'] }, resolve, ['e'])).toEqual({});
    expect(withKeys({ resolve: ['q'] }, close, [])).toEqual({ resolve: ['q'], close: [] });
  });
  it('are not the browser’s, and not those that lead around the page', () => {
    expect(refused('mod+w')).toBe('browser');
    expect(refused('Tab')).toBe('needed');
    expect(refused('Escape')).toBe('needed');
    expect(refused('é')).toBe('unknown');
    expect(refused('other+k')).toBe('unknown');
    for (const k of ['q', 'shift+q', 'mod+shift+k', 'g x', 'F2', '#', '+', 'mod+.', 'ArrowLeft']) expect(refused(k)).toBeUndefined();
  });
});
