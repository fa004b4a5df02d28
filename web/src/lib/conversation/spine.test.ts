import { describe, expect, it } from 'vitest';
import { fact, said } from '../state/testdata';
import { pieces, spine, visiblePart } from './spine';

const kinds = (items: Parameters<typeof spine>[0]) => spine(items).map((k) => (k.kind === 'messages' ? `m${k.messages.length}` : k.kind));

describe('the spine', () => {
  it('puts follow-ups within three minutes under one header', () => {
    expect(kinds([said(1), said(3), said(7)])).toEqual(['day', 'm2', 'm1']);
  });
  it('does not group other people, sides or notes', () => {
    expect(
      kinds([
        said(1),
        said(2, { side: 'team', author: { kind: 'user', id: 'usr_1', name: 'Maja' } }),
        said(3, { kind: 'note', side: 'team', author: { kind: 'user', id: 'usr_1', name: 'Maja' } }),
      ]),
    ).toEqual(['day', 'm1', 'm1', 'm1']);
  });
  it('shows two events and folds three', () => {
    expect(kinds([said(1), fact(2, 'assigned'), fact(3, 'tag_added')])).toEqual(['day', 'm1', 'event', 'event']);
    expect(kinds([said(1), fact(2, 'assigned'), fact(3, 'tag_added'), fact(4, 'priority_changed'), said(5)])).toEqual(['day', 'm1', 'fold', 'm1']);
  });
  it('folds no rating of a customer', () => {
    expect(kinds([fact(1, 'status_changed'), fact(2, 'csat_received'), fact(3, 'notification_sent'), fact(4, 'csat_received')])).toEqual([
      'day',
      'event',
      'event',
      'event',
      'event',
    ]);
  });
  it('leaves out what a message already shows', () => {
    expect(kinds([said(1), fact(2, 'delivery_changed'), fact(3, 'read')])).toEqual(['day', 'm1']);
  });
  it('divides days', () => {
    expect(kinds([said(1), said(60 * 36)])).toEqual(['day', 'm1', 'day', 'm1']);
  });
  it('marks notes that were taken back, until they are restored', () => {
    const note = said(1, { kind: 'note' });
    const gone = (items: Parameters<typeof spine>[0]) => spine(items).flatMap((k) => (k.kind === 'messages' ? k.messages.map((m) => m.removed) : []));
    expect(gone([note, fact(2, 'note_removed', { message_id: 'msg_1' })])).toEqual([true]);
    expect(gone([note, fact(2, 'note_removed', { message_id: 'msg_1' }), fact(3, 'note_restored', { message_id: 'msg_1' })])).toEqual([false]);
  });
});

describe('quoted history', () => {
  it('counts characters, not halves of them', () => {
    expect(visiblePart('😀 yes\n\n> no', 5)).toEqual({ shown: '😀 yes', quoted: '> no' });
    expect(visiblePart('all of it', undefined)).toEqual({ shown: 'all of it', quoted: '' });
    expect(visiblePart('all of it', 99)).toEqual({ shown: 'all of it', quoted: '' });
  });
});

describe('links', () => {
  it('are web addresses only, without the full stop after them', () => {
    expect(pieces('See https://example.com/a(b). Or javascript:alert(1)')).toEqual([
      { text: 'See ' },
      { text: 'https://example.com/a(b', href: 'https://example.com/a(b' },
      { text: '). Or javascript:alert(1)' },
    ]);
    expect(pieces('none')).toEqual([{ text: 'none' }]);
    expect(pieces('')).toEqual([]);
  });
});
