import { describe, expect, it } from 'vitest';
import { fact, said } from './testdata';
import { after, Timelines, type Outgoing } from './timeline';

const going: Outgoing = {
  client_id: 'cl1',
  conversation: 'cnv_1',
  mode: 'reply',
  text: 'Hello',
  attachments: [],
  at: '2026-06-01T12:00:00Z',
  state: 'sending',
};
const seen = (t: Timelines) =>
  t.map
    .get('cnv_1')
    ?.items.map((i) => i.event.id)
    .join(' ');

describe('timelines', () => {
  it('orders decimal ids of different lengths', () => {
    expect(after('10', '9')).toBe(true);
    expect(after('9', '10')).toBe(false);
    expect(after('10', '10')).toBe(false);
  });
  it('shows a sent message once, whichever comes first (R11)', () => {
    const t = new Timelines();
    t.newest('cnv_1', [said(1)], undefined);
    t.send(going);
    expect(t.map.get('cnv_1')?.outgoing).toHaveLength(1);
    t.add('cnv_1', [said(2, { client_id: 'cl1', side: 'team' })]);
    expect(t.map.get('cnv_1')?.outgoing).toHaveLength(0);
    t.add('cnv_1', [said(2, { client_id: 'cl1', side: 'team' })]);
    t.send(going); // a retry of what already arrived
    expect(t.map.get('cnv_1')?.outgoing).toHaveLength(0);
    expect(seen(t)).toBe('1 2');
  });
  it('brings the delivery of a message up to date, and not back', () => {
    const t = new Timelines();
    const delivery = { state: 'queued' as const, at: said(2).event.at, can_retry: false };
    t.newest('cnv_1', [said(2, { side: 'team', delivery })], undefined);
    t.add('cnv_1', [fact(4, 'delivery_changed', { message_id: 'msg_2', state: 'failed', reason: 'Mailbox full' })]);
    const state = () => t.map.get('cnv_1')?.items[0]?.message?.delivery;
    expect(state()).toMatchObject({ state: 'failed', reason: 'Mailbox full', can_retry: true });
    t.add('cnv_1', [fact(3, 'delivery_changed', { message_id: 'msg_2', state: 'sent' })]);
    expect(state()?.state).toBe('failed');
    t.newest('cnv_1', [said(2, { side: 'team', delivery })], undefined);
    expect(state()?.state).toBe('failed');
  });
  it('shows a message once when a later fact carries it along, as it is then', () => {
    const t = new Timelines();
    t.newest('cnv_1', [said(2)], undefined);
    t.add('cnv_1', [{ ...fact(3, 'note_removed', { message_id: 'msg_2' }), message: { ...said(2).message!, text: '' } }]);
    const items = t.map.get('cnv_1')?.items ?? [];
    expect(items.map((i) => i.message?.id)).toEqual(['msg_2', undefined]);
    expect(items[0]?.message?.text).toBe('');
  });
  it('joins stretches that overlap and drops what lies before a gap', () => {
    const t = new Timelines();
    t.newest('cnv_1', [said(1), said(2)], undefined);
    t.newest('cnv_1', [said(2), said(3)], '2');
    expect(seen(t)).toBe('1 2 3');
    t.newest('cnv_1', [said(8), said(9)], '8');
    expect(seen(t)).toBe('8 9');
    expect(t.map.get('cnv_1')?.prev).toBe('8');
    t.older('cnv_1', [said(4), said(5)], undefined);
    expect(seen(t)).toBe('4 5 8 9');
  });
  it('ignores news of conversations that were never opened', () => {
    const t = new Timelines();
    t.add('cnv_2', [said(1)]);
    expect(t.map.has('cnv_2')).toBe(false);
  });
  it('keeps what it has when a fetch fails', () => {
    const t = new Timelines();
    t.fail('cnv_1', 'No network');
    expect(t.map.get('cnv_1')?.state).toBe('failed');
    t.newest('cnv_1', [said(1)], undefined);
    t.fail('cnv_1', 'No network');
    expect(t.map.get('cnv_1')?.state).toBe('ready');
  });
  it('says why a message did not go, and forgets it when it is discarded', () => {
    const t = new Timelines();
    t.send(going);
    t.progress('cnv_1', 'cl1', 'failed', 'Closed');
    expect(t.map.get('cnv_1')?.outgoing[0]).toMatchObject({ state: 'failed', reason: 'Closed' });
    t.discard('cnv_1', 'cl1');
    expect(t.map.get('cnv_1')?.outgoing).toEqual([]);
  });
});
