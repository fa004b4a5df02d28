import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { blanksIn, nextBlank, parts, shortcutAt, variables } from './variables';

const table = JSON.parse(readFileSync(join(import.meta.dirname, '../../../../../desk/testdata/variables.json'), 'utf8')) as {
  variables: string[];
  cases: { text: string; filled: string; missing: string[] }[];
};

test('what is left to fill in is what the server leaves (F2-20)', () => {
  expect([...variables]).toEqual(table.variables);
  for (const c of table.cases) expect([...new Set(blanksIn(c.filled).map((b) => b.name))], c.filled).toEqual(c.missing);
});

test('Tab goes from one blank to the next and around', () => {
  const text = 'between {{from}} and {{to}}';
  expect(nextBlank(text, 0)?.name).toBe('from');
  expect(nextBlank(text, 10)?.name).toBe('to');
  expect(nextBlank(text, 27)?.name).toBe('from');
  expect(nextBlank('none', 0)).toBeUndefined();
  expect(parts(text)).toEqual([
    { text: 'between ', missing: false },
    { text: 'from', missing: true },
    { text: ' and ', missing: false },
    { text: 'to', missing: true },
  ]);
});

test('a shortcut stands at the beginning or after a space, before the caret (F1-39)', () => {
  expect(shortcutAt('/hello', 6)).toBe('/hello');
  expect(shortcutAt('Dear Kim /he', 12)).toBe('/he');
  expect(shortcutAt('a/b', 3)).toBeUndefined();
  expect(shortcutAt('https://x', 9)).toBeUndefined();
  expect(shortcutAt('/hello there', 12)).toBeUndefined();
});
