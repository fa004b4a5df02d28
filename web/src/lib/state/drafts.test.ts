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
  async drop(c: string, m: string, revision: number) {
    if ((this.stored.get(c + m)?.revision ?? 0) <= revision) this.stored.delete(c + m);
  }
}

class Box {
  readonly kept = new Map<string, string>();
  getItem = (k: string) => this.kept.get(k) ?? null;
  setItem = (k: string, v: string) => void this.kept.set(k, v);
  removeItem = (k: string) => void this.kept.delete(k);
  keys = () => [...this.kept.keys()];
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
    expect([...box.kept.values()].join()).toContain('Dear');
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
  it('keep what each of two windows wrote, also when both are killed without the server', async () => {
    desk.down = true;
    const other = new Drafts(desk, box, 'd:');
    drafts.change('c', 'reply', { text: 'One window' });
    other.change('c', 'reply', { text: 'The other' });
    await vi.advanceTimersByTimeAsync(serverAfter);
    desk.down = false;
    const again = new Drafts(desk, box, 'd:');
    await again.open('c', 'reply');
    const d = again.get('c', 'reply');
    expect([d.text, d.conflict?.text].sort()).toEqual(['One window', 'The other']);
    again.choose('c', 'reply', 'theirs');
    await vi.advanceTimersByTimeAsync(serverAfter);
    expect(desk.stored.get('creply')?.text).toBe(d.conflict?.text);
    expect(box.kept.size).toBe(0);
  });
  it('follow what another window writes, unless words of their own wait', async () => {
    await drafts.open('c', 'reply');
    desk.stored.set('creply', { text: 'From the other window', attachment_ids: [], revision: 1 });
    await drafts.heard('c', 'reply', 1, true);
    expect(drafts.get('c', 'reply')).toMatchObject({ text: 'From the other window', state: 'saved' });
    drafts.change('c', 'reply', { text: 'My own' });
    desk.stored.set('creply', { text: 'Later words', attachment_ids: [], revision: 2 });
    await drafts.heard('c', 'reply', 2, true);
    expect(drafts.get('c', 'reply').text).toBe('My own');
  });
  it('end in the other window when one has sent them', async () => {
    drafts.change('c', 'reply', { text: 'Sent' });
    await vi.advanceTimersByTimeAsync(serverAfter);
    const other = new Drafts(desk, box, 'd:');
    await other.open('c', 'reply');
    expect(other.get('c', 'reply').text).toBe('Sent');
    await drafts.clear('c', 'reply');
    await other.heard('c', 'reply', 0, true);
    expect(other.get('c', 'reply').text).toBe('');
  });
  it('stay on the server when another window went on since', async () => {
    drafts.change('c', 'reply', { text: 'Sent' });
    await vi.advanceTimersByTimeAsync(serverAfter);
    desk.stored.set('creply', { text: 'Sent, and more', attachment_ids: [], revision: 2 });
    await drafts.clear('c', 'reply');
    expect(desk.stored.get('creply')?.text).toBe('Sent, and more');
  });
  it('ask nothing when the words here hold those that are there', async () => {
    drafts.change('c', 'reply', { text: 'Dear Kim, hello' });
    desk.stored.set('creply', { text: 'Dear Kim', attachment_ids: [], revision: 3 });
    await vi.advanceTimersByTimeAsync(2 * serverAfter);
    expect(drafts.get('c', 'reply').conflict).toBeUndefined();
    expect(desk.stored.get('creply')?.text).toBe('Dear Kim, hello');
  });
  it('reach the server with the next connection, without another word', async () => {
    desk.down = true;
    drafts.change('c', 'reply', { text: 'Written in a tunnel' });
    await vi.advanceTimersByTimeAsync(4 * serverAfter);
    expect(desk.stored.has('creply')).toBe(false);
    desk.down = false;
    drafts.again();
    await vi.advanceTimersByTimeAsync(0);
    expect(desk.stored.get('creply')?.text).toBe('Written in a tunnel');
  });
  it('come with their files to another device', async () => {
    const file = { id: 'att_1', name: 'plan.txt', content_type: 'text/plain', size: 1, inline: false, url: '/plan' };
    desk.stored.set('creply', { text: '', attachment_ids: ['att_1'], attachments: [file], revision: 1 });
    await drafts.open('c', 'reply');
    expect(drafts.get('c', 'reply')).toMatchObject({ files: [file], state: 'saved' });
  });
  it('are empty here when a teammate goes on with them', async () => {
    await drafts.open('c', 'reply');
    drafts.change('c', 'reply', { text: 'Dear Kim' });
    await vi.advanceTimersByTimeAsync(serverAfter);
    drafts.hold('c', 'reply', { ...(desk.stored.get('creply') as Draft), shared_with: ['usr_2'] });
    desk.stored.delete('creply');
    await drafts.heard('c', 'reply', 7, false);
    expect(drafts.get('c', 'reply').text).toBe('');
    expect(drafts.others.get('c')).toBe(1);
  });
});
