import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const source = join(import.meta.dirname, '..');
const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((f) => f.endsWith('.ts') && !f.endsWith('.test.ts'));

// Keys are chosen for commands that are named: a list that is not in every.ts would be left out.
it('names every list of commands', () => {
  const every = readFileSync(join(source, 'conversation/every.ts'), 'utf8');
  const lists = files.flatMap((f) => [...readFileSync(join(source, f), 'utf8').matchAll(/export (?:function|const) (\w+Commands)\b/g)].map((m) => m[1] ?? ''));
  expect(lists.length).toBeGreaterThan(8);
  const missing = lists.filter((l) => l !== 'shellCommands' && !new RegExp(`\\b${l}\\(`).test(every));
  expect(missing).toEqual([]);
});
