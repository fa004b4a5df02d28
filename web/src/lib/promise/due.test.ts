import { describe, expect, it } from 'vitest';
import type { Conversation } from '../state/model';
import { dueOf } from './due';
import { parseSpan, shortSpan, writeSpan } from './span';

const now = Date.parse('2026-06-01T09:00:00Z');
const at = (minutes: number) => new Date(now + minutes * 60_000).toISOString();
const open = (c: Partial<Conversation>) => ({ status: 'open', ...c }) as Conversation;
const seen = (c: Partial<Conversation>) => {
  const d = dueOf(open(c), now);
  return d && `${d.what} ${d.tone} ${shortSpan(d.seconds)}`;
};

describe('the countdown', () => {
  it('goes to the target, then to the deadline, then counts how late it is', () => {
    expect(seen({})).toBeUndefined();
    expect(seen({ response_due_target: at(120), response_due_deadline: at(1440) })).toBe('target calm 2h');
    expect(seen({ response_due_target: at(44), response_due_deadline: at(1440) })).toBe('target soon 44m');
    expect(seen({ response_due_target: at(-1), response_due_deadline: at(1439) })).toBe('deadline soon 23h 59m');
    expect(seen({ response_due_target: at(-1500), response_due_deadline: at(0) })).toBe('deadline late 0m');
    expect(seen({ response_due_deadline: at(-72) })).toBe('deadline late 1h 12m');
    expect(seen({ response_due_deadline: at(300) })).toBe('deadline calm 5h');
    expect(seen({ response_due_target: at(-5) })).toBe('target soon 5m');
  });
  it('stands still while somebody outside has to act, and ends with the conversation', () => {
    expect(seen({ sla_paused: true })).toBe('deadline paused 0m');
    expect(seen({ status: 'closed', response_due_deadline: at(-72) })).toBeUndefined();
  });
  it('shows when the matter should be settled, while nobody waits for an answer', () => {
    expect(seen({ resolution_due_target: at(60), resolution_due_deadline: at(3000) })).toBe('resolution calm 2d 2h');
    expect(seen({ resolution_due_deadline: at(-60) })).toBe('resolution late 1h');
  });
});

describe('F0-37 lengths of time', () => {
  it('are read as people write them, and kept in seconds', () => {
    expect(['90 minutes', '2 hours', '1 day', '1.5h', '2h 30m', ''].map(parseSpan)).toEqual([5400, 7200, 86_400, 5400, 9000, 0]);
    expect(['soon', '90', '2 weeks', '-1 hour', '1 hour ago'].map(parseSpan)).toEqual([undefined, undefined, undefined, undefined, undefined]);
  });
  it('are written so that they can be read again', () => {
    expect([900, 5400, 7200, 86_400, 0].map(writeSpan)).toEqual(['15 minutes', '90 minutes', '2 hours', '1 day', '']);
    for (const s of [60, 3600, 4500, 86_400, 90_000]) expect(parseSpan(writeSpan(s))).toBe(s);
  });
});
