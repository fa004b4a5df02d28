/** The program under measurement: on a database of its own, with an invented shop in it. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const free = () =>
  new Promise((done) => {
    const s = createServer().listen(0, '127.0.0.1', () => {
      const { port } = s.address();
      s.close(() => done(port));
    });
  });

/** Starts it with rows generated conversations; answers what dev/seed.mjs prints, and end, which stops it. */
export async function run(rows) {
  const data = mkdtempSync(join(tmpdir(), 'parley-bench-'));
  const [http, smtp] = [await free(), await free()];
  const base = `http://127.0.0.1:${http}`;
  const args = ['serve', '--data', data, '--listen', `127.0.0.1:${http}`, '--smtp', `127.0.0.1:${smtp}`];
  const program = spawn(join(import.meta.dirname, '../../bin/parley'), args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const end = async () => {
    const gone = new Promise((done) => program.once('exit', done));
    program.kill('SIGTERM');
    await gone;
    rmSync(data, { recursive: true, force: true });
  };
  for (let i = 0; ; i++) {
    const up = await fetch(`${base}/readyz`).then(
      (r) => r.ok,
      () => false,
    );
    if (up) break;
    if (i === 100) throw new Error('bin/parley does not answer; build it first (make build)');
    await new Promise((done) => setTimeout(done, 200));
  }
  const seeded = execFileSync('node', [join(import.meta.dirname, '../dev/seed.mjs'), base, `127.0.0.1:${smtp}`, String(rows)]);
  return { ...JSON.parse(seeded.toString()), end };
}
