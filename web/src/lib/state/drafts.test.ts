import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ConflictError, Drafts, localAfter, serverAfter, type DraftServer } from './drafts';
import type { Draft } from './model';

/** A server that keeps drafts the way the API does. */
class Desk implements DraftServer {
  readonly stored = new Map<string, Draft>();
  saves = 0;
  down = false;
  async load(c: string, m: string) {
    return this.stored.get(c + m) ?? { text: '', attachment_ids: [], revision: 0 };
  }
  async save(c: string, m: string, d: Draft) {
    this.saves++;
    if (this.down) throw new Error('no network');
    const old = await this.load(c, m);
    if (old.revision !== d.revision) throw new ConflictError(old);
    const next = { ...d, revision: d.revision + 1 };
    this.stored.set(c + m, next);
    return next;
  }
  async drop(c: string, m: string) {
    this.stored.delete(c + m);
  }
}

class Box {
  readonly kept = new Map<string, string>();
  getItem = (k: string) => this.kept.get(k) ?? null;
  setItem = (k: string, v: string) => void this.kept.set(k, v);
  removeItem = (k: string) => void this.kept.delete(k);
}

let desk: Desk;
let box: Box;
let drafts: Drafts;
beforeEach(() => {
  vi.useFakeTimers();
  desk = new Desk();
  box = new Box();
  drafts = new Drafts(desk, box, 'd:');
});
afterEach(() => vi.useRealTimers());

describe('drafts', () => {
  it('are on this device within a second and on the server within three', async () => {
    drafts.change('c', 'reply', { text: 'Dear' });
    await vi.advanceTimersByTimeAsync(localAfter);
    expect(localAfter).toBeLessThanOrEqual(1000);
    expect(box.kept.get('d:c/reply')).toContain('Dear');
    await vi.advanceTimersByTimeAsync(serverAfter);
    expect(serverAfter).toBeLessThanOrEqual(3000);
    expect(desk.stored.get('creply')?.text).toBe('Dear');
    expect(drafts.get('c', 'reply').state).toBe('saved');
  });
  it('keep the modes apart (R21)', async () => {
    drafts.change('c', 'reply', { text: 'For you' });
    drafts.change('c', 'note', { text: 'For us' });
    await vi.advanceTimersByTimeAsync(serverAfter);
    expect(desk.stored.get('creply')?.text).toBe('For you');
    expect(desk.stored.get('cnote')?.text).toBe('For us');
  });
  it('survive a reload before the server had them (R9)', async () => {
    desk.down = true;
    drafts.change('c', 'reply', { text: 'Half a sen' });
    await vi.advanceTimersByTimeAsync(serverAfter);
    desk.down = false;
    const again = new Drafts(desk, box, 'd:');
    await again.open('c', 'reply');
    expect(again.get('c', 'reply').text).toBe('Half a sen');
    await vi.advanceTimersByTimeAsync(serverAfter);
    expect(desk.stored.get('creply')?.text).toBe('Half a sen');
  });
  it('come from the server on another device', async () => {
    desk.stored.set('creply', { text: 'Begun elsewhere', attachment_ids: [], revision: 4 });
    await drafts.open('c', 'reply');
    expect(drafts.get('c', 'reply')).toMatchObject({ text: 'Begun elsewhere', revision: 4, state: 'saved' });
  });
  it('show both texts when another window was first, and lose neither', async () => {
    drafts.change('c', 'reply', { text: 'Mine' });
    desk.stored.set('creply', { text: 'Theirs', attachment_ids: [], revision: 3 });
    await vi.advanceTimersByTimeAsync(serverAfter);
    expect(drafts.get('c', 'reply')).toMatchObject({ text: 'Mine', conflict: { text: 'Theirs' } });
    drafts.choose('c', 'reply', 'mine');
    await vi.advanceTimersByTimeAsync(serverAfter);
    expect(desk.stored.get('creply')?.text).toBe('Mine');
    expect(drafts.get('c', 'reply').conflict).toBeUndefined();
  });
  it('can give way to the other window', async () => {
    drafts.change('c', 'reply', { text: 'Mine' });
    desk.stored.set('creply', { text: 'Theirs', attachment_ids: [], revision: 3 });
    await vi.advanceTimersByTimeAsync(serverAfter);
    drafts.choose('c', 'reply', 'theirs');
    expect(drafts.get('c', 'reply').text).toBe('Theirs');
  });
  it('keep typing that goes on while the server saves', async () => {
    drafts.change('c', 'reply', { text: 'One' });
    const done = drafts.flush();
    drafts.change('c', 'reply', { text: 'One two' });
    await done;
    expect(drafts.get('c', 'reply').text).toBe('One two');
    await vi.advanceTimersByTimeAsync(serverAfter);
    expect(desk.stored.get('creply')?.text).toBe('One two');
  });
  it('end everywhere when the message was sent', async () => {
    drafts.change('c', 'reply', { text: 'Sent' });
    await vi.advanceTimersByTimeAsync(serverAfter);
    await drafts.clear('c', 'reply');
    expect(desk.stored.has('creply')).toBe(false);
    expect(box.kept.size).toBe(0);
    expect(drafts.get('c', 'reply').text).toBe('');
    drafts.change('c', 'reply', { text: 'Next' });
    await vi.advanceTimersByTimeAsync(serverAfter);
    expect(desk.stored.get('creply')?.text).toBe('Next');
  });
  it('do not ask the server at every key', async () => {
    for (const text of ['a', 'ab', 'abc', 'abcd']) drafts.change('c', 'reply', { text });
    await vi.advanceTimersByTimeAsync(serverAfter);
    expect(desk.saves).toBe(1);
  });
});
