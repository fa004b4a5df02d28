import { expect, test } from 'vitest';
import { addressesIn, domainOf, isEmail, isOurs, once, readAddress, writeAddress } from './addresses';

test('what is pasted becomes addresses, each whole', () => {
  expect(addressesIn('a@x.se, Jane Doe <jane@x.se>; "Doe, Jane" <j@x.se>\nb@x.se c@x.se\r\n, ;')).toEqual([
    'a@x.se',
    'Jane Doe <jane@x.se>',
    '"Doe, Jane" <j@x.se>',
    'b@x.se',
    'c@x.se',
  ]);
  expect(addressesIn('Jane Doe')).toEqual(['Jane Doe']);
  expect(addressesIn('  ')).toEqual([]);
  expect(addressesIn('"unclosed <a@x.se>').length).toBeGreaterThan(0);
});

test('an address is read as it is written', () => {
  for (const a of [
    { name: '', email: 'a@x.se' },
    { name: 'Jane Doe', email: 'a@x.se' },
    { name: 'Doe, "J" \\ Jane', email: 'a@x.se' },
    { name: 'Жанна 🚲', email: 'a@exämple.se' },
  ])
    expect(readAddress(writeAddress(a))).toEqual(a);
});

test('what is no address is known', () => {
  for (const s of ['', 'jane', '@', 'a@', '@x', 'a b@x', 'a@x,b@x', '<a@x>', `${'a'.repeat(250)}@x.se`]) expect(isEmail(s), s).toBe(false);
  for (const s of ['a@x', "o'neill@example.com", 'a+b@x.se']) expect(isEmail(s), s).toBe(true);
});

test('one mailbox is one recipient, and ours are known with what follows a plus', () => {
  expect(once(['A@x.se', 'Jane <a@X.se>', 'b@x.se'])).toEqual(['A@x.se', 'b@x.se']);
  expect(isOurs('Support <support+c1.k2@desk.test>', ['Support@desk.test'])).toBe(true);
  expect(isOurs('kim@customer.test', ['support@desk.test'])).toBe(false);
  expect(domainOf('Jane <a@X.se>')).toBe('x.se');
});
