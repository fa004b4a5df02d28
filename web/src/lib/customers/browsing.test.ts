import { describe, expect, it } from 'vitest';
import { Browsing, type Ask, type Customer, type Look } from './browsing.svelte';

const all = [...'abcdefghij'].map((c) => ({ id: c, name: c, known_name: c, letter: c.toUpperCase(), verified: false, tag_ids: [] }) as unknown as Customer);

/** A server with ten customers, three to a page, that answers when it is let. */
function server() {
  const asked: Record<string, unknown>[] = [];
  const held: (() => void)[] = [];
  let hold = false;
  const ask: Ask = async (query) => {
    asked.push(query);
    if (hold) await new Promise<void>((go) => held.push(go));
    const some = query['q'] ? all.filter((c) => c.name === query['q']) : all;
    let from = query['from'] ? some.findIndex((c) => c.name >= String(query['from']).toLowerCase()) : 0;
    if (query['cursor']) from = Number(query['cursor']);
    let until = Math.min(from + 3, some.length);
    if (query['before']) [from, until] = [Math.max(0, Number(query['before']) - 3), Number(query['before'])];
    return {
      items: some.slice(from, until),
      cut: false,
      building: false,
      ...(until < some.length ? { next_cursor: String(until) } : {}),
      ...(from > 0 ? { prev_cursor: String(from) } : {}),
    } as Awaited<ReturnType<Ask>>;
  };
  return { ask, asked, hold: (on: boolean) => (hold = on), go: () => held.splice(0).forEach((h) => h()) };
}
/** Of e nobody knows anything any more, c has become C; the others cannot be asked about. */
const look: Look = async (id) => {
  if (id === 'e') return undefined;
  if (id !== 'c') throw new Error('away');
  return { id, name: 'C', known_name: 'C', verified: true, tag_ids: [] };
};
const names = (b: Browsing) => b.rows.map((c) => c.name).join('');

describe('browsing customers', () => {
  it('grows at both ends of where it was jumped to', async () => {
    const b = new Browsing(server().ask, look);
    await b.jump('E');
    expect(names(b)).toBe('efg');
    let put = 0;
    await b.before((n) => (put = n));
    expect([names(b), put]).toEqual(['bcdefg', 3]);
    await b.after();
    await b.after();
    await b.after();
    expect(names(b)).toBe('bcdefghij');
    await b.before((n) => (put = n));
    await b.before(() => (put = -1));
    expect([names(b), put, b.prev]).toEqual(['abcdefghij', 1, undefined]);
  });

  it('shows what was asked for last, and keeps what it has until then', async () => {
    const s = server();
    const b = new Browsing(s.ask, look);
    await b.load();
    s.hold(true);
    const more = b.after();
    const jump = b.jump('H');
    expect(names(b)).toBe('abc');
    s.go();
    await jump;
    expect(names(b)).toBe('hij');
    // What was on its way for the list before holds up nothing of this one.
    const slow = b.before(() => undefined);
    const other = b.jump('E');
    s.hold(false);
    await b.jump('C');
    await b.before(() => undefined);
    expect(names(b)).toBe('abcde');
    s.go();
    await Promise.all([more, slow, other]);
    expect(names(b)).toBe('abcde');
  });

  it('finds by words and tag, and says what went wrong', async () => {
    const s = server();
    const b = new Browsing(s.ask, look);
    b.query = ' d ';
    b.tag = 'tag_1';
    await b.load();
    expect([names(b), b.next]).toEqual(['d', undefined]);
    expect(s.asked.at(-1)).toMatchObject({ q: 'd', tag_id: 'tag_1' });
    const broken = new Browsing(() => Promise.reject(new Error('no')), look);
    await broken.load();
    expect(broken.state).toBe('failed');
    expect(broken.problem).not.toBe('');
  });

  it('shows what has become of customers where they stand', async () => {
    const s = server();
    const b = new Browsing(s.ask, look);
    await b.load();
    await b.after();
    await b.heard(['c', 'e', 'd', 'nobody']);
    expect(names(b)).toBe('abCdf');
    expect(b.rows[2]).toMatchObject({ verified: true, letter: 'C' });
    const asked = s.asked.length;
    b.scroll = 10;
    await b.heard(undefined); // somebody reads: it stays
    expect(s.asked).toHaveLength(asked);
    b.scroll = 0;
    await b.heard(undefined);
    expect(names(b)).toBe('abc');
  });
});
