import { describe, expect, it } from 'vitest';
import { whatChanged, whoChanged } from './changes';
import type { Member, TimelineItem } from './model';
import { row } from './testdata';

const members = new Map([['usr_p', { user_id: 'usr_p', name: 'Priya Raman' } as Member]]);
const fact = (version: number, actor: { kind: string; id?: string; name?: string }): TimelineItem => ({
  event: { id: String(version), version, at: '', actor, command_id: '', kind: 'status_changed', data: {}, undoable: false },
});

describe('what changed meanwhile', () => {
  it('names what a reader sees, and nothing when nothing is different', () => {
    const before = row('cnv_1', 1, { priority: 'normal', tag_ids: ['tag_a', 'tag_b'] });
    expect(whatChanged(before, before, members)).toEqual([]);
    const after = {
      ...before,
      status: 'closed' as const,
      assignee_id: 'usr_p',
      priority: 'urgent' as const,
      message_count: before.message_count + 2,
      tag_ids: ['tag_b', 'tag_a'],
    };
    expect(whatChanged(before, after, members)).toEqual(['closed', 'Priya Raman has it', 'priority Urgent', '2 new messages']);
    expect(whatChanged(after, { ...after, assignee_id: undefined, tag_ids: [] }, members)).toEqual(['nobody has it', 'other tags']);
  });
  it('says who, when it was a teammate and later than what was seen', () => {
    const items = [fact(3, { kind: 'user', id: 'usr_p', name: 'Priya Raman' }), fact(4, { kind: 'system' })];
    expect(whoChanged(items, 2, 'usr_me', members)).toBe('Priya Raman');
    expect(whoChanged(items, 3, 'usr_me', members)).toBeUndefined();
    expect(whoChanged([fact(3, { kind: 'user', id: 'usr_me', name: 'Maja' })], 2, 'usr_me', members)).toBeUndefined();
  });
});
