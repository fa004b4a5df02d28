import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { words } from './words';

const source = join(import.meta.dirname, '../..');
const files = (dir: string): string[] =>
  readdirSync(dir, { withFileTypes: true }).flatMap((e) => (e.isDirectory() ? files(join(dir, e.name)) : [join(dir, e.name)]));
const code = files(source)
  .filter((f) => /\.(svelte|ts)$/.test(f) && !f.endsWith('schema.d.ts') && !f.endsWith('.test.ts'))
  .map((f) => readFileSync(f, 'utf8'))
  .join('\n');

describe('words', () => {
  it('fills in names and numbers and chooses the plural', () => {
    const t = words({ hello: 'Hello {name}', new_one: '{n} new', new_other: '{n} new ones' });
    expect(t('hello', { name: 'Maja' })).toBe('Hello Maja');
    expect(t('new', { n: 1 })).toBe('1 new');
    expect(t('new', { n: 1200 })).toBe('1,200 new ones');
  });
  for (const area of [
    'inbox',
    'connection',
    'conversation',
    'customers',
    'life',
    'settings',
    'ledger',
    'gate',
    'handover',
    'promise',
    'notes',
    'notices',
    'find',
    'joining',
    'own',
    'related',
    'search',
    'sending',
    'together',
    'twins',
  ])
    it(`of ${area} are all used, and sorted`, () => {
      const en = JSON.parse(readFileSync(join(import.meta.dirname, `en/${area}.json`), 'utf8')) as Record<string, string>;
      const keys = Object.keys(en);
      // A key is written whole, or made of its beginning: t(`tab.${tab}`).
      const used = (key: string) => {
        const base = key.replace(/_(one|other)$/, '');
        const cut = base.slice(0, base.lastIndexOf('.') + 1);
        return code.includes(`'${base.replace(/Many$/, '')}'`) || (cut && code.includes(`\`${cut}\${`));
      };
      expect(keys.filter((k) => !used(k))).toEqual([]);
      expect(keys).toEqual([...keys].sort());
    });
});
