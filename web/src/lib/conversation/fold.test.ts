import { expect, test } from 'vitest';
import type { TimelineItem } from '../api/client';
import { fold } from './fold';

const item = (id: number, kind: string, minute: number, message?: { id: string; author: string; kind?: string }): TimelineItem => {
  const at = new Date(Date.UTC(2026, 5, 1, 9, minute)).toISOString();
  return {
    event: { id: String(id), kind, at, version: id, actor: { kind: 'user', id: 'usr_1' }, command_id: 'cmd_1', undoable: true, data: message ? { message_id: message.id } : {} },
    ...(message && { message: { id: message.id, kind: message.kind ?? 'message', author: { kind: 'user', id: message.author, name: message.author }, created_at: at, at } }),
  } as unknown as TimelineItem;
};

test('messages of one author within three minutes share a header', () => {
  const groups = fold([item(1, 'message_posted', 0, { id: 'a', author: 'x' }), item(2, 'message_posted', 2, { id: 'b', author: 'x' }), item(3, 'message_posted', 9, { id: 'c', author: 'x' }), item(4, 'message_posted', 9, { id: 'd', author: 'y' })]);
  expect(groups.map((g) => (g.kind === 'messages' ? g.messages.length : 0))).toEqual([2, 1, 1]);
});

test('a note never shares a header with a message', () => {
  const groups = fold([item(1, 'message_posted', 0, { id: 'a', author: 'x' }), item(2, 'note_added', 0, { id: 'b', author: 'x', kind: 'note' })]);
  expect(groups).toHaveLength(2);
});

test('a note that was taken back is gone, and back when that was undone', () => {
  const added = item(1, 'note_added', 0, { id: 'a', author: 'x', kind: 'note' });
  const removed = { ...item(2, 'note_removed', 1), event: { ...item(2, 'note_removed', 1).event, data: { message_id: 'a' } } } as TimelineItem;
  const restored = { ...removed, event: { ...removed.event, id: '3', kind: 'note_restored' } } as TimelineItem;
  expect(fold([added, removed])).toHaveLength(0);
  expect(fold([added, removed, restored])).toHaveLength(1);
});

test('changes that follow each other stand together', () => {
  const groups = fold([item(1, 'assigned', 0), item(2, 'tag_added', 0), item(3, 'delivery_changed', 0), item(4, 'status_changed', 1)]);
  expect(groups.map((g) => (g.kind === 'events' ? g.events.length : 0))).toEqual([3]);
});
