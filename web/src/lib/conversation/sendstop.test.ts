import { describe, expect, it } from 'vitest';
import { fact, said } from '../state/testdata';
import { sinceDraft } from './sendstop';

const mine = { side: 'team' as const, author: { kind: 'user', id: 'usr_me', name: 'Me' } };

describe('the stop before sending (R19)', () => {
  it('counts what others wrote since the draft began', () => {
    const news = sinceDraft(
      [said(1), said(2), said(3, mine), said(4, { kind: 'note', side: 'team', author: { kind: 'user', id: 'usr_2', name: 'Priya' } })],
      '1',
      'usr_me',
    );
    expect(news.map((i) => i.event.id)).toEqual(['2', '4']);
  });
  it('counts a note and a reply of a teammate', () => {
    const theirs = { ...mine, author: { kind: 'user', id: 'usr_2', name: 'Priya' } };
    const note = { ...said(3, { kind: 'note', ...theirs }) };
    note.event = { ...note.event, kind: 'note_added' };
    expect(sinceDraft([said(2, theirs), note], '1', 'usr_me')).toHaveLength(2);
  });
  it('is silent about what was there, one’s own words, and mere facts', () => {
    expect(sinceDraft([said(1), said(2, mine), fact(3, 'assigned')], '1', 'usr_me')).toEqual([]);
  });
});
