import { expect, test } from 'vitest';
import { fill } from './fill';

test('what is known is filled in, what is not stays a blank', () => {
  const known = { 'contact.first_name': 'Kim', 'agent.name': 'Maja *Ek*', 'contact.phone': '' };
  expect(fill('Dear {{contact.first_name}}, {{ agent.name }} {{contact.phone|no number}} {{contact.email}} \\{{agent.name}} {{date}}', known)).toBe(
    'Dear Kim, Maja Ek no number {{contact.email}} \\{{agent.name}} {{date}}',
  );
});
