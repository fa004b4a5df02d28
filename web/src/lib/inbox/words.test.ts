import { expect, test } from 'vitest';
import { beyond } from './words';

test('a row does not say the same line twice', () => {
  expect(beyond('Hi there', 'Hi there')).toBe('');
  expect(beyond('I would like to pause my…', 'I would like to pause my subscription.')).toBe('subscription.');
  expect(beyond('It tastes sour at mediu…', 'It tastes sour at medium grind.')).toBe('medium grind.');
  expect(beyond('Order 12', 'Where is it?')).toBe('Where is it?');
  expect(beyond('', 'Where is it?')).toBe('Where is it?');
});
