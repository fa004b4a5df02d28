import { expect, test } from 'vitest';
import { contrast, readable } from './colour';

test('white text is readable on every accent', () => {
  for (const hex of ['#ffffff', '#ffcc00', '#00ff88', '#0F6A57', '#000000']) expect(contrast(readable(hex))).toBeGreaterThanOrEqual(4.5);
});

test('a colour that is dark enough stays as it is', () => {
  expect(readable('#0F6A57')).toBe('#0F6A57');
});

test('what is no colour becomes ours', () => {
  expect(readable('red;}')).toBe('#0F6A57');
});
