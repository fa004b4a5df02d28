import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Refused } from '../../state/http';
import { Recent } from './recent';
import { parts, restTime, Searching, type Result } from './searching.svelte';

const result = (ids: string[], next?: string) =>
  ({
    conversations: ids.map((id) => ({ conversation: { id } })),
    contacts: [],
    corrections: [],
    cut: false,
    building: false,
    ...(next ? { next_cursor: next } : {}),
  }) as unknown as Result;

describe('searching', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('asks once when the fingers rest', async () => {
    const asked: string[] = [];
    const s = new Searching((q) => {
      asked.push(q);
      return Promise.resolve(result([q]));
    });
    for (const q of ['t', 'tu', 'tul']) {
      s.type(q);
      vi.advanceTimersByTime(restTime - 1);
    }
    expect(asked).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(asked).toEqual(['tul']);
    expect(s.answered).toBe('tul');
    expect(s.busy).toBe(false);
  });

  it('drops the answer of an older question, in whichever order they come', async () => {
    const answers = new Map<string, (r: Result) => void>();
    const s = new Searching((q) => new Promise((resolve) => answers.set(q, resolve)));
    s.type('old');
    await vi.advanceTimersByTimeAsync(restTime);
    s.type('new');
    await vi.advanceTimersByTimeAsync(restTime);
    answers.get('new')?.(result(['new']));
    await vi.advanceTimersByTimeAsync(0);
    answers.get('old')?.(result(['old']));
    await vi.advanceTimersByTimeAsync(0);
    expect(s.result?.conversations.map((c) => c.conversation.id)).toEqual(['new']);
    // Nor does an answer come after the box was emptied.
    s.type('late');
    await vi.advanceTimersByTimeAsync(restTime);
    s.type('');
    answers.get('late')?.(result(['late']));
    await vi.advanceTimersByTimeAsync(0);
    expect(s.result).toBeUndefined();
  });

  it('keeps what was found while a question is not finished, and says where it is wrong', async () => {
    const s = new Searching((q) =>
      q.includes('"') ? Promise.reject(new Refused(422, 'invalid', 'The quote is not closed.', undefined, { from: 4, to: 6 })) : Promise.resolve(result(['a'])),
    );
    s.type('red');
    await vi.advanceTimersByTimeAsync(restTime);
    s.type('red "b');
    await vi.advanceTimersByTimeAsync(restTime);
    expect(s.wrong).toEqual({ reason: 'The quote is not closed.', from: 4, to: 6 });
    expect(s.result?.conversations).toHaveLength(1);
    s.type('red b');
    await vi.advanceTimersByTimeAsync(restTime);
    expect(s.wrong).toBeUndefined();
  });

  it('goes on with older ones, each once', async () => {
    const s = new Searching((_, cursor) => Promise.resolve(cursor ? result(['b', 'c']) : result(['a', 'b'], '7')));
    s.type('x');
    await vi.advanceTimersByTimeAsync(restTime);
    await s.more();
    expect(s.result?.conversations.map((c) => c.conversation.id)).toEqual(['a', 'b', 'c']);
    await s.more();
    expect(s.result?.conversations).toHaveLength(3);
  });

  it('says when the server is away', async () => {
    const s = new Searching(() => Promise.reject(new Refused(500, 'internal', 'Something went wrong.')));
    s.type('x');
    await vi.advanceTimersByTimeAsync(restTime);
    expect(s.failed).toBe('Something went wrong.');
    expect(s.busy).toBe(false);
  });
});

describe('marks', () => {
  it('count characters as the server does', () => {
    expect(parts({ text: '👍🏽 the Räder', marks: [[7, 12]] })).toEqual([
      { text: '👍🏽 the ', hit: false },
      { text: 'Räder', hit: true },
    ]);
    expect(parts({ text: '', marks: [] })).toEqual([]);
  });
});

describe('recent searches', () => {
  const shelf = () => {
    const m = new Map<string, string>();
    return {
      getItem: (k: string) => m.get(k) ?? null,
      setItem: (k: string, v: string) => void m.set(k, v),
      removeItem: (k: string) => void m.delete(k),
      keys: () => [...m.keys()],
    };
  };
  it('are the last eight, each once, of one person', () => {
    const on = shelf();
    const mine = new Recent(on, 'usr_1', 'wsp_1');
    for (let i = 0; i < 12; i++) mine.keep(`word ${i % 10}`);
    expect(mine.all()).toHaveLength(8);
    expect(mine.all().slice(0, 3)).toEqual(['word 1', 'word 0', 'word 9']);
    mine.keep('  ');
    expect(mine.all()[0]).toBe('word 1');
    expect(new Recent(on, 'usr_2', 'wsp_1').all()).toEqual([]);
    on.setItem('parley:usr_1:wsp_1:searches', '{bad');
    expect(mine.all()).toEqual([]);
    mine.keep('again');
    mine.forget();
    expect(mine.all()).toEqual([]);
  });
});
