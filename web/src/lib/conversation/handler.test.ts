import { describe, expect, it } from 'vitest';
import type { TimelineItem } from '../state/model';
import { row, said } from '../state/testdata';
import type { Workspace } from '../state/workspace';
import { seemsSettled } from './handler';
import { asks } from './life';

const suggested = (n: number): TimelineItem => ({ event: { ...said(n).event, kind: 'ai_suggested_close', data: {} } });
const answered = row('a', 1, { waiting_on: 'customer' });

describe('what the AI agent thinks is settled (F3-44)', () => {
  it('is said until somebody writes, asks for a person or ends it', () => {
    expect(seemsSettled(answered, [said(1), suggested(2)])).toBe(true);
    expect(seemsSettled(answered, [said(1), suggested(2), { event: { ...said(3).event, kind: 'tag_added' } }])).toBe(true);
    expect(seemsSettled(answered, [suggested(1), said(2)])).toBe(false);
    expect(seemsSettled(answered, [said(1)])).toBe(false);
    expect(seemsSettled(answered, [])).toBe(false);
    for (const more of [{ waiting_on: 'agent' as const }, { needs_human: 'complex' as const }, { status: 'closed' as const }])
      expect(seemsSettled({ ...answered, ...more }, [said(1), suggested(2)])).toBe(false);
  });
});

describe('before a conversation is closed (F3-46)', () => {
  const w = { inboxes: new Map() } as unknown as Workspace;
  it('somebody is asked when nobody has answered, or a person is needed', () => {
    expect(asks(w, row('a', 1, { waiting_on: 'agent' }), 'close')).toBe(true);
    expect(asks(w, row('a', 1, { waiting_on: 'customer', needs_human: 'frustrated' }), 'close')).toBe(true);
    expect(asks(w, row('a', 1, { waiting_on: 'customer' }), 'close')).toBe(false);
    expect(asks(w, row('a', 1, { waiting_on: 'agent', status: 'resolved' }), 'close')).toBe(false);
    expect(asks(w, row('a', 1, { waiting_on: 'agent' }), 'resolve')).toBe(false);
  });
});
