import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { eventually } from '../eventually';
import { Live, type Frame, type LiveOptions, type LiveState, type Said } from './live';
import { NodeSocket, NodeSource, TestServer } from './testserver';

let server: TestServer;
let live: Live;
let frames: Frame[];
let states: LiveState[];
let posted: Said[];

function connect(more: Partial<LiveOptions> = {}) {
  const url = (path: string, cursor: string) => `http://127.0.0.1:${server.port}/${path}?cursor=${cursor}`;
  live = new Live({
    socket: (c) => new NodeSocket(url('socket', c)),
    stream: (c) => new NodeSource(url('stream', c)),
    post: async (s) => void posted.push(s),
    onFrame: (f) => frames.push(f),
    onState: (s) => states.push(s),
    pause: 5,
    maxPause: 40,
    ...more,
  });
  return live;
}
const until = <T>(what: () => T) => eventually(() => expect(what()).toBeTruthy());
const change = (cursor: string) => ({ type: 'change', cursor, conversation: { id: 'cnv_1' }, items: [] });

beforeEach(async () => {
  server = new TestServer();
  await server.start();
  frames = [];
  states = [];
  posted = [];
});
afterEach(async () => {
  live.stop();
  await server.stop();
});

describe('the feed', () => {
  it('is live after the greeting and hands on what comes', async () => {
    const joined = server.next();
    connect().start();
    const peer = await joined;
    expect(peer.cursor).toBe('');
    expect(states).toEqual(['delayed']);
    peer.send({ type: 'hello', cursor: '10', node: '1' });
    peer.send(change('11'));
    await until(() => frames.length === 2);
    expect(states).toEqual(['delayed', 'live']);
  });

  it('goes on from its cursor after the connection broke', async () => {
    const first = server.next();
    connect().start();
    const a = await first;
    a.send({ type: 'hello', cursor: '10', node: '1' });
    a.send(change('12'));
    await until(() => frames.length === 2);
    const second = server.next();
    a.cut();
    const b = await second;
    expect(b.cursor).toBe('12');
    // The greeting alone must not move the cursor: what was missed follows it.
    b.send({ type: 'hello', cursor: '20', node: '1' });
    await until(() => frames.length === 3);
    const third = server.next();
    b.cut();
    expect((await third).cursor).toBe('12');
    expect(states).toEqual(['delayed', 'live', 'delayed', 'live', 'delayed']);
  });

  it('answers pings and says again what is looked at', async () => {
    const first = server.next();
    connect().start();
    live.view('cnv_9');
    const a = await first;
    a.send({ type: 'hello', cursor: '1', node: '1' });
    a.send({ type: 'ping', cursor: '1' });
    await until(() => a.heard.length === 2);
    expect(a.heard).toEqual([{ type: 'viewing', conversation_id: 'cnv_9' }, { type: 'pong' }]);
    live.typing('cnv_9', true, 'note');
    await until(() => a.heard.length === 3);
    expect(a.heard[2]).toEqual({ type: 'typing', conversation_id: 'cnv_9', on: true, mode: 'note' });
    expect(frames.map((f) => f.type)).toEqual(['hello']);
  });

  it('falls back to the event stream where sockets are blocked, and types by POST', async () => {
    server.blockSockets = true;
    const joined = server.next();
    connect().start('7');
    const peer = await joined;
    expect(peer.kind).toBe('stream');
    expect(peer.cursor).toBe('7');
    expect(server.attempts).toEqual(['socket', 'socket', 'socket', 'stream']);
    peer.send({ type: 'hello', cursor: '7', node: '1' });
    peer.send(change('8'));
    await until(() => frames.length === 2);
    expect(live.transport).toBe('stream');
    live.typing('cnv_1', true, 'reply');
    expect(posted).toEqual([{ type: 'typing', conversation_id: 'cnv_1', on: true, mode: 'reply' }]);
  });

  it('says that it is offline when nothing answers, and comes back by itself', async () => {
    server.down = true;
    connect().start();
    await until(() => states.includes('offline'));
    server.down = false;
    const peer = await server.next();
    peer.send({ type: 'hello', cursor: '1', node: '1' });
    await until(() => states.at(-1) === 'live');
    expect(states).toEqual(['delayed', 'offline', 'live']);
  });

  it('takes silence for a dead connection', async () => {
    // Where it is slow, one may count as dead before it was greeted: those after it are, too.
    server.greeting = { type: 'hello', cursor: '3', node: '1' };
    connect({ silence: 60 }).start();
    await until(() => server.peers.some((p) => p.cursor === '3'));
    expect(server.peers[0]?.cursor).toBe('');
    expect(states.filter((s) => s !== 'offline').slice(0, 3)).toEqual(['delayed', 'live', 'delayed']);
  });

  it('knows at once when the device loses its network, and wakes when it is back', async () => {
    const first = server.next();
    connect({ pause: 60_000, maxPause: 60_000 }).start();
    (await first).send({ type: 'hello', cursor: '5', node: '1' });
    await until(() => states.at(-1) === 'live');
    live.lost();
    expect(states.at(-1)).toBe('offline');
    const second = server.next();
    live.wake();
    const peer = await second;
    expect(peer.cursor).toBe('5');
    peer.send({ type: 'hello', cursor: '5', node: '1' });
    await until(() => states.at(-1) === 'live');
  });

  it('survives frames that are no JSON, and takes the cursor of a reset', async () => {
    const first = server.next();
    connect().start('1');
    const a = await first;
    a.send({ type: 'hello', cursor: '90', node: '1' });
    a.send({ type: 'reset', cursor: '90' });
    await until(() => frames.length === 2);
    const second = server.next();
    a.cut();
    expect((await second).cursor).toBe('90');
  });

  it('pauses longer each time, never beyond the limit, and not all clients alike', async () => {
    server.down = true;
    const pauses: number[] = [];
    const real = globalThis.setTimeout;
    const spy = vi.spyOn(globalThis, 'setTimeout').mockImplementation(((run: () => void, ms?: number) => {
      if (ms !== undefined && ms !== 60_000 && ms <= 40) pauses.push(ms);
      return real(run, 1);
    }) as never);
    let r = 0;
    connect({ random: () => (r = (r + 0.4) % 1), silence: 60_000 }).start();
    await until(() => server.attempts.length > 5);
    spy.mockRestore();
    const own = pauses.filter((p) => p >= 2.5);
    expect(Math.max(...own)).toBeLessThanOrEqual(40);
    expect(own[4]).toBeGreaterThan(own[0] as number);
  });
});
