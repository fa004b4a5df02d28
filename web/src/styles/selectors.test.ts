import { expect, test } from 'vitest';

const all = import.meta.glob<string>(['../**/*.svelte', './*.css'], { query: '?raw', import: 'default', eager: true });

// A browser that sees "* + *" styles anew all that stands beside whatever comes or goes, wherever that is.
test('no selector makes any element depend on any one before it', () => {
  expect(Object.keys(all).length).toBeGreaterThan(100);
  const wide = /(^|[\s>(])\*\s*[+~]\s*(\*|:)/;
  const found = Object.entries(all).flatMap(([file, text]) => {
    const css = file.endsWith('.css') ? text : text.slice(text.lastIndexOf('<style'));
    const lines = css.replaceAll(/\/\*[^]*?\*\//g, '').split('\n');
    return lines.filter((l) => /[{,]\s*$/.test(l) && wide.test(l)).map((l) => `${file}: ${l.trim()}`);
  });
  expect(found).toEqual([]);
});
