import { describe, expect, it } from 'vitest';
import { duration, rules, valueOf } from './rules';

describe('rules of an inbox', () => {
  it('say durations as people do', () => {
    expect([0, 30, 60, 240, 1440, 4320, 90].map(duration)).toEqual(['Never', '30 minutes', '1 hour', '4 hours', '1 day', '3 days', '90 minutes']);
  });
  it('offer the value in effect, also one of the API', () => {
    const rule = rules({ auto_close_inactive_minutes: 45 }).find((r) => r.name === 'auto_close_inactive_minutes');
    expect(rule?.values).toContain(45);
  });
  it('know what is absent: off, none, never', () => {
    const of = (name: string) => rules({}).find((r) => r.name === name)!;
    expect(valueOf(of('pending_disabled'), {})).toBe(false);
    expect(of('pending_disabled').word(false)).toBe('Yes');
    expect(valueOf(of('auto_close_after_resolved_minutes'), {})).toBe(0);
  });
});
