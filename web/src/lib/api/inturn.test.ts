import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { inTurn } from './inturn';

test('changes of one thing arrive one after the other, whatever becomes of them; others do not wait', async () => {
  const came: string[] = [];
  const held: (() => void)[] = [];
  const server = createServer((q, r) => {
    let body = '';
    q.on('data', (b: Buffer) => (body += b.toString()));
    q.on('end', () => {
      came.push(`${q.method} ${q.url} ${body}`);
      if (body === 'broken') q.socket.destroy();
      else if (body === 'held') held.push(() => r.end());
      else r.end();
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const ask = (method: string, path: string, body: string) => inTurn(new Request(base + path, { method, ...(body && { body }) }));

  const first = ask('PATCH', '/inbox', 'held');
  const broken = ask('PATCH', '/inbox', 'broken');
  const last = ask('PATCH', '/inbox', 'newest');
  await ask('PATCH', '/other', 'elsewhere');
  await ask('GET', '/inbox', '');
  expect(came).toEqual(['PATCH /inbox held', 'PATCH /other elsewhere', 'GET /inbox ']);
  held.forEach((go) => go());
  await first;
  await expect(broken).rejects.toThrow();
  await last;
  expect(came.slice(3).map((c) => c.split(' ')[2])).toEqual(expect.arrayContaining(['broken', 'newest']));
  expect(came.at(-1)).toBe('PATCH /inbox newest');
  server.close();
});
