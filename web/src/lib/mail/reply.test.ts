import { expect, test } from 'vitest';
import type { Conversation, Message, TimelineItem } from '../state/model';
import { wholeHeader } from './header';
import { answers, leavesHouse, speaksOfFiles, strangers } from './reply';

const ours = ['support@desk.test'];
const c = { contact: { id: 'con_1', name: 'Kim', email: 'kim@customer.test' } } as unknown as Conversation;
const item = (m: Partial<Message>): TimelineItem => ({ event: {}, message: { kind: 'message', attachments: [], ...m } }) as unknown as TimelineItem;
const inbound = item({
  side: 'customer',
  email: { from: 'Kim Ek <kim@customer.test>', to: ['support+c1.x@desk.test', 'Per <per@customer.test>'], cc: ['boss@customer.test', 'KIM@customer.test'] },
});

test('an answer goes to whom the mail says, and to nobody of ours', () => {
  expect(answers([inbound], c, ours)).toEqual({ to: ['Kim Ek <kim@customer.test>'], others: ['Per <per@customer.test>', 'boss@customer.test'] });
  const elsewhere = item({ side: 'customer', email: { from: 'kim@customer.test', reply_to: 'office@customer.test', to: ['support@desk.test'] } });
  expect(answers([inbound, elsewhere], c, ours)).toEqual({ to: ['office@customer.test'], others: [] });
});

test('automatic mail is not what is answered; a conversation that we began goes on with whom we wrote to', () => {
  const away = item({ side: 'customer', auto: 'reply', email: { from: 'robot@customer.test' } });
  expect(answers([inbound, away], c, ours).to).toEqual(['Kim Ek <kim@customer.test>']);
  const written = item({ side: 'team', to: ['ann@else.test'], cc: ['per@else.test'] });
  expect(answers([written], c, ours)).toEqual({ to: ['ann@else.test'], others: ['per@else.test'] });
  expect(answers([], c, ours)).toEqual({ to: ['Kim <kim@customer.test>'], others: [] });
});

test('who is new is known, and who leaves the house', () => {
  const h = { ...wholeHeader(undefined), to: ['kim@customer.test'], cc: ['per@customer.test', 'new@else.test'] };
  expect(strangers(h, [inbound], c)).toEqual(['new@else.test']);
  const house = new Set(['desk.test']);
  expect(leavesHouse('x@else.test', { ...h, to: ['maja@desk.test'], cc: ['x@else.test'] }, house)).toBe(true);
  expect(leavesHouse('x@else.test', { ...h, to: ['x@else.test'], cc: [] }, house)).toBe(false);
  expect(leavesHouse('maja@desk.test', { ...h, to: ['maja@desk.test'], cc: ['x@else.test'] }, house)).toBe(false);
});

test('an attachment that is spoken of is asked for, one that is quoted is not', () => {
  expect(speaksOfFiles('The bill is attached.')).toBe(true);
  expect(speaksOfFiles('See the enclosed form')).toBe(true);
  expect(speaksOfFiles('Thanks.\n> I attached it')).toBe(false);
  expect(speaksOfFiles('We are attacked')).toBe(false);
});
