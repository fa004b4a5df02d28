// Fails when a bundle is larger, gzipped, than it may be.
import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const file = (path) => readFileSync(new URL(path, import.meta.url));
const gz = (...paths) => paths.reduce((sum, path) => sum + gzipSync(file(path)).length, 0);
// Everything that index.html names has to be here before the first rows.
const named = [
  ...file('dist/app/index.html')
    .toString()
    .matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g),
].map((m) => 'dist/app' + m[1]);
const first = (ending) => named.filter((f) => f.endsWith(ending));
const all = readdirSync(new URL('dist/app/assets/', import.meta.url))
  .filter((f) => f.endsWith('.js'))
  .map((f) => 'dist/app/assets/' + f);
const next = all.filter((f) => /\/next-.{8}\.js$/.test(f));
const budgets = [
  ['loader', ['dist/widget/loader.js'], 3_000],
  ['frame script', ['dist/widget/frame.js'], 30_000],
  ['frame styles', ['dist/widget/frame.css'], 4_000],
  ['inbox script', first('.js'), 60_000],
  ['inbox styles', first('.css'), 15_000],
  ['next script', next, 110_000], // ADR 35
  ['whole app', all, 420_000],
  ...all.filter((f) => !named.includes(f) && !next.includes(f)).map((f) => [`later: ${f.replace(/.*\/|-.{8}\.js$/g, '')}`, [f], 60_000]),
];
let bad = false;
for (const [name, paths, most] of budgets) {
  const n = gz(...paths);
  console.log(`${name.padEnd(24)} ${String(n).padStart(6)} of ${most} bytes`);
  bad ||= n > most;
}
process.exit(bad ? 1 : 0);
