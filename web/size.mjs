// Fails when a bundle is larger, gzipped, than it may be.
import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const gz = (path) => gzipSync(readFileSync(new URL(path, import.meta.url))).length;
const assets = readdirSync(new URL('dist/app/assets/', import.meta.url));
const first = (ending) => 'dist/app/assets/' + assets.find((f) => f.startsWith('index-') && f.endsWith(ending));
const budgets = [
  ['loader', 'dist/widget/loader.js', 3 * 1024],
  ['frame script', 'dist/widget/frame.js', 30 * 1024],
  ['frame styles', 'dist/widget/frame.css', 4 * 1024],
  ['inbox script', first('.js'), 60 * 1024],
  ['inbox styles', first('.css'), 15 * 1024],
];
let bad = false;
for (const [name, path, most] of budgets) {
  const n = gz(path);
  console.log(`${name.padEnd(14)} ${String(n).padStart(6)} of ${most} bytes`);
  bad ||= n > most;
}
process.exit(bad ? 1 : 0);
