import { createServer, type IncomingMessage, type ServerResponse, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../eventually';
import type { Frame } from '../live/live';
import type { Cache, KeptLists, KeptThreads } from './cache';
import { draftsOf } from './draftserver';
import { overFetch } from './http';
import type { ListName } from './model';
import { row, said } from './testdata';
import { Workspace, type Notice } from './workspace';

/** A server that answers what the test says, and remembers what it was asked. */
class Desk {
  readonly asked: { method: string; path: string; body: unknown; key: string | undefined }[] = [];
  readonly answers = new Map<
    string,
    (body: Record<string, unknown>) => { status?: number; body: unknown } | 'cut' | Promise<{ status?: number; body: unknown }>
  >();
  private server: Server | undefined;

  async start() {
    this.server = createServer((req, res) => void this.serve(req, res));
    await new Promise<void>((done) => this.server?.listen(0, '127.0.0.1', done));
    return (this.server.address() as AddressInfo).port;
  }

  async stop() {
    this.server?.closeAllConnections();
    await new Promise((done) => this.server?.close(done));
  }

  private async serve(req: IncomingMessage, res: ServerResponse) {
    const chunks: Buffer[] = [];
    for await (const c of req) chunks.push(c as Buffer);
    const body = chunks.length > 0 ? (JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>) : {};
    const path = (req.url ?? '').replace('/api/v1/workspaces/wsp_1', '').replace(/\?.*/, '');
    const what = `${req.method} ${path}`;
    this.asked.push({ method: req.method ?? '', path, body, key: req.headers['idempotency-key'] as string | undefined });
    const a = await this.answers.get(what)?.(body);
    if (a === 'cut') return req.socket.destroy();
    res.writeHead(a?.status ?? (a ? 200 : 404), { 'Content-Type': 'application/json' });
    res.end(JSON.stringify(a?.body ?? { code: 'not_found', detail: 'Not here.' }));
  }
}

class Box {
  readonly kept = new Map<string, string>();
  getItem = (k: string) => this.kept.get(k) ?? null;
  setItem = (k: string, v: string) => void this.kept.set(k, v);
  removeItem = (k: string) => void this.kept.delete(k);
  keys = () => [...this.kept.keys()];
}

const open: ListName = { view: 'all', tab: 'open' };
let desk: Desk;
let box: Box;
let w: Workspace;
let notices: Notice[];
let now: number;
let port: number;

function workspace() {
  notices = [];
  return new Workspace(options());
}
function options() {
  return {
    reader: { user: 'usr_me', name: 'Maja', workspace: 'wsp_1', role: 'agent' as const },
    http: overFetch(
      '/api/v1/workspaces/wsp_1',
      () => undefined,
      (path, init) => fetch(`http://127.0.0.1:${port}${String(path)}`, init),
    ),
    shelf: box,
    notify: (n: Notice) => void notices.push(n),
    socket: () => ({ onopen: null, onmessage: null, onclose: null, onerror: null, send: () => undefined, close: () => undefined }),
    stream: () => ({ onmessage: null, onerror: null, close: () => undefined }),
    now: () => now,
    schedule: (run: () => void) => run(),
  } satisfies ConstructorParameters<typeof Workspace>[0];
}
const hear = (f: Frame) => (w as unknown as { feed: { hear(f: Frame): void } }).feed.hear(f);
const ids = () => w.store.list(open).ids.join('');
const posts = (path: string) => desk.asked.filter((a) => a.method === 'POST' && a.path === path);
const did = (version: number, more = {}, items: unknown[] = []) => ({ body: { conversation: row('b', 20, { version, ...more }), command_id: 'cmd_1', items } });

beforeEach(async () => {
  desk = new Desk();
  port = await desk.start();
  box = new Box();
  now = Date.UTC(2026, 5, 1, 13);
  w = workspace();
  desk.answers.set('GET /conversations', () => ({ body: { items: [row('c', 30), row('b', 20), row('a', 10)] } }));
  await w.load(open);
});
afterEach(async () => {
  w.stop();
  await desk.stop();
});

describe('actions', () => {
  it('show at once, carry a key, and can be taken back for ten seconds (R3, R14)', async () => {
    desk.answers.set('POST /conversations/b/resolve', () => did(2, { status: 'resolved' }));
    desk.answers.set('POST /conversations/b/undo', () => did(3));
    const done = w.resolve('b');
    expect(ids()).toBe('ca');
    expect(await done).toBe(true);
    expect(posts('/conversations/b/resolve')[0]?.key).toBeTruthy();
    expect(w.canUndo()).toBe(true);
    expect(w.undo()).toBe(true);
    expect(ids()).toBe('cba');
    await eventually(() => expect(notices.at(-1)).toMatchObject({ kind: 'done', verb: 'undo' }));
    expect(posts('/conversations/b/undo')[0]?.body).toEqual({ command_id: 'cmd_1' });
    expect(w.undo()).toBe(false);
  });
  it('cannot be taken back with Z after ten seconds', async () => {
    desk.answers.set('POST /conversations/b/resolve', () => did(2, { status: 'resolved' }));
    await w.resolve('b');
    now += 10_001;
    expect(w.undo()).toBe(false);
  });
  it('ends with what goes out to the customer: Z does not reach behind it', async () => {
    desk.answers.set('POST /conversations/b/prioritize', () => did(2, { priority: 'high' }));
    desk.answers.set('POST /conversations/b/resolve', () => did(3, { status: 'resolved' }));
    await w.prioritize('b', 'high');
    expect(w.canUndo()).toBe(true);
    await w.act('b', 'resolve', { closing_message: 'Bye' }, () => ({ status: 'resolved' }));
    expect(notices.at(-1)).not.toHaveProperty('undo');
    expect(w.undo()).toBe(false);
    await w.prioritize('b', 'low');
    desk.answers.set('POST /conversations/b/reply', () => did(4, {}, [said(7)]));
    desk.answers.set('GET /conversations/b/timeline', () => ({ body: { items: [] } }));
    await w.send('b', 'reply', 'Words', []);
    expect(w.undo()).toBe(false);
  });
  it('an answer that waits a minute before it leaves can be taken back as long (F1-58)', async () => {
    const until = new Date(now + 60_000).toISOString();
    desk.answers.set('POST /conversations/b/reply', () => ({ body: { ...did(2, {}, [said(7)]).body, undo_until: until } }));
    desk.answers.set('POST /conversations/b/undo', () => did(3));
    desk.answers.set('GET /conversations/b/timeline', () => ({ body: { items: [] } }));
    await w.send('b', 'reply', 'Words', []);
    now += 60_001;
    expect(w.canUndo()).toBe(false);
    now -= 2;
    expect(w.undo()).toBe(true);
  });
  it('waits with an undo until the command has its id', async () => {
    let answer: (v: { body: unknown }) => void = () => undefined;
    desk.answers.set('POST /conversations/b/close', () => new Promise((done) => (answer = done)));
    desk.answers.set('POST /conversations/b/undo', () => did(3));
    const done = w.close('b');
    await eventually(() => expect(posts('/conversations/b/close')).toHaveLength(1));
    w.undo();
    expect(ids()).toBe('cba');
    expect(posts('/conversations/b/undo')).toHaveLength(0);
    answer(did(2, { status: 'closed' }));
    await done;
    await eventually(() => expect(posts('/conversations/b/undo')).toHaveLength(1));
  });
  it('are what Z and the toast are about, also when a note that was sent before them arrives later', async () => {
    let noted: (v: { body: unknown }) => void = () => undefined;
    desk.answers.set('POST /conversations/b/note', () => new Promise((done) => (noted = done)));
    desk.answers.set('POST /conversations/b/resolve', () => did(3, { status: 'resolved' }));
    desk.answers.set('POST /conversations/b/undo', () => did(4));
    desk.answers.set('GET /conversations/b/timeline', () => ({ body: { items: [] } }));
    const note = w.send('b', 'note', 'Called', []);
    await eventually(() => expect(posts('/conversations/b/note')).toHaveLength(1));
    const resolved = w.resolve('b');
    noted({ body: { conversation: row('b', 20, { version: 2 }), command_id: 'cmd_note', items: [] } });
    await Promise.all([note, resolved]);
    expect(notices.at(-1)).toMatchObject({ kind: 'done', verb: 'resolve' });
    w.undo();
    await eventually(() => expect(posts('/conversations/b/undo')).toHaveLength(1));
    expect(posts('/conversations/b/undo')[0]?.body).toEqual({ command_id: 'cmd_1' });
  });
  it('say who won a lost race, and show the truth (F1-10)', async () => {
    desk.answers.set('POST /conversations/b/assign', () => ({
      status: 409,
      body: { code: 'conflict', detail: 'Priya has just taken this conversation.', conflict: { assignee_id: 'usr_2' } },
    }));
    desk.answers.set('GET /conversations/b', () => ({ body: row('b', 20, { version: 2, assignee_id: 'usr_2' }) }));
    const done = w.assignToMe('b');
    expect(w.store.rows.get('b')?.assignee_id).toBe('usr_me');
    expect(await done).toBe(false);
    expect(posts('/conversations/b/assign')[0]?.body).toMatchObject({ assignee_id: 'usr_me', expected_assignee_id: '' });
    expect(notices.at(-1)).toMatchObject({ kind: 'refused', reason: 'Priya has just taken this conversation.' });
    await eventually(() => expect(w.store.rows.get('b')?.assignee_id).toBe('usr_2'));
  });
  it('undo a mark of unread by reading', async () => {
    desk.answers.set('POST /conversations/b/unread', () => did(1, { unread: true }));
    desk.answers.set('POST /conversations/b/read', () => did(1, { unread: false }));
    await w.unread('b');
    w.undo();
    await eventually(() => expect(posts('/conversations/b/read')).toHaveLength(1));
  });
});

describe('messages', () => {
  const item = (clientId: string) => said(7, { client_id: clientId, side: 'team', conversation_id: 'b' });
  const shown = () => [
    ...(w.timelines.map.get('b')?.items ?? []).map((i) => i.message?.text),
    ...(w.timelines.map.get('b')?.outgoing ?? []).map((o) => o.text),
  ];

  it('are sent again with the same id while the server is not reached, and arrive once (R11)', async () => {
    let tries = 0;
    desk.answers.set('POST /conversations/b/reply', (b) => (++tries === 1 ? 'cut' : did(2, {}, [item(b['client_id'] as string)])));
    const done = w.send('b', 'reply', 'Message 7', []);
    await eventually(() => expect(w.timelines.map.get('b')?.outgoing[0]?.state).toBe('waiting'));
    expect([...box.kept.values()].join()).toContain('Message 7');
    hear({ type: 'hello', cursor: '1', node: '1' }); // the connection is back
    await done;
    const sent = posts('/conversations/b/reply');
    expect(sent).toHaveLength(2);
    expect(sent[0]?.key).toBe(sent[1]?.key);
    expect(shown()).toEqual(['Message 7']);
    expect([...box.kept.values()].join()).not.toContain('Message 7');
  });
  it('survive a reload before they were sent', async () => {
    desk.answers.set('POST /conversations/b/reply', () => 'cut');
    void w.send('b', 'reply', 'Message 7', []);
    await eventually(() => expect(posts('/conversations/b/reply')).toHaveLength(1));
    w.stop();
    desk.answers.set('POST /conversations/b/reply', (b) => did(2, {}, [item(b['client_id'] as string)]));
    w = workspace();
    w.start();
    await eventually(() => expect(posts('/conversations/b/reply')).toHaveLength(2));
    const [a, b] = posts('/conversations/b/reply');
    expect((a?.body as { client_id: string }).client_id).toBe((b?.body as { client_id: string }).client_id);
    await eventually(() => expect([...box.kept.values()].join()).not.toContain('Message 7'));
  });
  it('keep their text when they are refused, and can go back to the composer (R20)', async () => {
    desk.answers.set('POST /conversations/b/reply', () => ({ status: 409, body: { code: 'conflict', detail: 'This conversation is closed.' } }));
    await w.send('b', 'reply', 'Kept words', []);
    const o = w.timelines.map.get('b')?.outgoing[0];
    expect(o).toMatchObject({ state: 'failed', reason: 'This conversation is closed.' });
    draftsOf(w); // as the composer does
    w.takeBack('b', o?.client_id ?? '');
    expect(draftsOf(w).get('b', 'reply').text).toBe('Kept words');
    expect(w.timelines.map.get('b')?.outgoing).toEqual([]);
  });
  it('show once when the feed is faster than the answer', async () => {
    desk.answers.set('POST /conversations/b/reply', (b) => {
      hear({ type: 'change', cursor: '2', conversation: row('b', 40, { version: 2 }), items: [item(b['client_id'] as string)] });
      return did(2, {}, [item(b['client_id'] as string)]);
    });
    await w.send('b', 'reply', 'Message 7', []);
    expect(shown()).toEqual(['Message 7']);
  });
  it('go in order within a conversation', async () => {
    const order: string[] = [];
    let first: (v: { body: unknown }) => void = () => undefined;
    desk.answers.set('POST /conversations/b/reply', (b) => {
      order.push(b['text'] as string);
      return order.length === 1 ? new Promise((done) => (first = done)) : did(3, {}, [said(8, { client_id: b['client_id'] as string })]);
    });
    const one = w.send('b', 'reply', 'one', []);
    const two = w.send('b', 'reply', 'two', []);
    await eventually(() => expect(order).toEqual(['one']));
    first(did(2, {}, [item('none')]));
    desk.answers.set('GET /conversations/b/timeline', () => ({ body: { items: [] } }));
    await Promise.all([one, two]);
    expect(order).toEqual(['one', 'two']);
  });
});

describe('the feed', () => {
  it('puts changes, typing, presence and counts where screens look', () => {
    hear({ type: 'change', cursor: '2', conversation: row('a', 50, { version: 2 }), items: [] });
    expect(ids()).toBe('acb');
    hear({ type: 'typing', conversation_id: 'a', actor: { kind: 'contact', name: 'Anna' }, on: true });
    expect(w.typing.get('a')?.[0]?.name).toBe('Anna');
    hear({ type: 'change', cursor: '3', conversation: row('a', 51, { version: 3 }), items: [said(9)] });
    expect(w.typing.has('a')).toBe(false);
    hear({ type: 'presence', users: [{ user_id: 'usr_2', state: 'online', viewing: 'a' }] });
    hear({ type: 'presence', users: [{ user_id: 'usr_3', state: 'online' }] });
    expect([...w.presence.keys()]).toEqual(['usr_3']);
    hear({ type: 'counts', counts: { views: { mine: 4 }, tabs: {} } });
    expect(w.counts.value?.views['mine']).toBe(4);
  });
  it('looks at everything again when its cursor is too old', async () => {
    hear({ type: 'hello', cursor: '1', node: '1' });
    await eventually(() => expect(desk.asked.filter((a) => a.path === '/conversations')).toHaveLength(2));
    desk.answers.set('GET /conversations', () => ({ body: { items: [row('z', 59)] } }));
    hear({ type: 'reset', cursor: '99' });
    await eventually(() => expect(ids()).toBe('z'));
  });
});

// What happens around the greeting is in no answer from before it, and may be told before an answer comes.
describe('what comes while a list is on its way', () => {
  const mail = row('d', 40);
  const hello = () => hear({ type: 'hello', cursor: '1', node: '1' });
  const told = (c = mail) => hear({ type: 'change', cursor: '2', conversation: c, items: [] });
  let asked: number;
  /** The first answer waits until it is let go, the others come at once with the mail in them. */
  function held(counts = false) {
    asked = 0;
    let go: () => void = () => undefined;
    const gate = new Promise<void>((done) => (go = done));
    const old = [row('c', 30), row('b', 20), row('a', 10)];
    desk.answers.set('GET /conversations', async () => {
      if (asked++ > 0) return { body: { items: [mail, ...old] } };
      await gate;
      return { body: { items: old, ...(counts ? { counts: { views: { unassigned: 3 }, tabs: {} } } : {}) } };
    });
    w.stop();
    w = workspace();
    const loading = w.load(open);
    return async () => {
      await eventually(() => expect(asked).toBeGreaterThan(0));
      go();
      await loading;
    };
  }

  it('before the greeting is in an answer that was asked for after it', async () => {
    const go = held();
    hello();
    await go();
    await eventually(() => expect(ids()).toBe('dcba'));
    expect(asked).toBe(2);
  });
  it('on the feed stays in the list, and so do the counts', async () => {
    const go = held(true);
    await eventually(() => expect(asked).toBe(1));
    told();
    hear({ type: 'counts', counts: { views: { unassigned: 4 }, tabs: {} } });
    await go();
    expect([ids(), asked]).toEqual(['dcba', 1]);
    expect(w.counts.value?.views['unassigned']).toBe(4);
  });
  it('waits where the order is held, and what left or went is not brought back', async () => {
    const go = held();
    w.store.recall([row('b', 20), row('a', 10)], [{ name: open, ids: ['b', 'a'] }]);
    w.store.freeze(open, true);
    await go();
    expect(ids()).toBe('cba');
    const again = w.reload(open); // with the mail
    await again;
    expect(w.store.list(open).waiting).toEqual(['d']);
    let answer: (v: { body: unknown }) => void = () => undefined;
    desk.answers.set('GET /conversations', () => new Promise((done) => (answer = done)));
    const third = w.reload(open);
    await eventually(() => expect(desk.asked.filter((a) => a.path === '/conversations')).toHaveLength(4));
    told(row('e', 50));
    told(row('d', 40, { version: 2, status: 'closed' }));
    hear({ type: 'gone', cursor: '3', conversation_id: 'c' });
    answer({ body: { items: [mail, row('c', 30), row('b', 20), row('a', 10)] } });
    await third;
    expect([ids(), w.store.list(open).waiting]).toEqual(['ba', ['e']]);
  });
  it('is in an open conversation, too', async () => {
    let items = [said(1)];
    desk.answers.set('GET /conversations/b', () => ({ body: row('b', 20) }));
    desk.answers.set('GET /conversations/b/timeline', () => ({ body: { items } }));
    await w.open('b');
    items = [said(1), said(2)];
    hello();
    await eventually(() => expect(w.timelines.map.get('b')?.items).toHaveLength(2));
  });
});

/** What the device keeps, in memory. */
class Memory implements Cache {
  kept: KeptLists | undefined;
  ends: KeptThreads | undefined;
  lists = () => Promise.resolve(this.kept);
  threads = () => Promise.resolve(this.ends);
  save = (lists: KeptLists, threads: KeptThreads) => {
    this.kept = lists;
    this.ends = threads;
    return Promise.resolve();
  };
}

describe('what this device keeps', () => {
  const start = (cache: Cache) => {
    w.stop();
    w = new Workspace({ ...options(), cache });
    w.start();
    return w;
  };
  const kept = (more: Partial<KeptLists> = {}): KeptLists => ({
    lists: [{ name: open, ids: ['b', 'a'] }],
    rows: [row('b', 20), row('a', 10)],
    counts: undefined,
    members: [],
    inboxes: [{ id: 'ibx_1', name: 'Support', grouping: 'per_thread' }],
    tags: [],
    ...more,
  });

  it('is shown until the server answers, which replaces it, also under an open conversation', async () => {
    const memory = new Memory();
    memory.kept = kept();
    memory.ends = [{ id: 'b', items: [said(1)] }];
    let answer: ((v: { body: unknown }) => void) | undefined;
    desk.answers.set('GET /conversations', () => new Promise((done) => (answer = done)));
    start(memory);
    w.store.freeze(open, true);
    await eventually(() => expect(ids()).toBe('ba'));
    await eventually(() => expect(w.timelines.map.get('b')?.items).toHaveLength(1));
    const loading = w.load(open);
    await eventually(() => expect(answer).toBeDefined());
    answer?.({ body: { items: [row('c', 30), row('b', 20, { version: 2, subject: 'New words' })] } });
    await loading;
    expect(ids()).toBe('cb');
    expect(w.store.rows.get('b')?.subject).toBe('New words');
  });
  it('never replaces what the server said already', async () => {
    const memory = new Memory();
    memory.kept = kept({ rows: [row('b', 20, { subject: 'Old words' })] });
    const late = new Promise<KeptLists>((done) => setTimeout(() => done(memory.kept as KeptLists), 50));
    start({ ...memory, lists: () => late, threads: () => Promise.resolve(undefined) });
    await w.load(open);
    await late;
    await Promise.resolve();
    expect(ids()).toBe('cba');
    expect(w.store.rows.get('b')?.subject).toBe('Subject b');
  });
  it('is asked for again when it is opened, and goes with an inbox that is not ours any more', async () => {
    const memory = new Memory();
    memory.kept = kept({ rows: [row('b', 20), row('a', 10, { inbox_id: 'ibx_gone' })] });
    memory.ends = [{ id: 'b', items: [said(1)] }];
    desk.answers.set('GET /inboxes', () => ({ body: { items: [{ id: 'ibx_1', name: 'Support', grouping: 'per_thread' }] } }));
    desk.answers.set('GET /conversations/b', () => ({ body: row('b', 20, { version: 5 }) }));
    desk.answers.set('GET /conversations/b/timeline', () => ({ body: { items: [said(1), said(2)] } }));
    start(memory);
    await eventually(() => expect(w.timelines.map.has('b')).toBe(true));
    await w.open('b');
    expect(w.store.rows.get('b')?.version).toBe(5);
    expect(w.timelines.map.get('b')?.items).toHaveLength(2);
    await eventually(() => expect(w.store.rows.has('a')).toBe(false));
  });
  it('is written after a quiet moment, and at once when the page goes away', async () => {
    const memory = new Memory();
    start(memory);
    await w.load(open);
    w.keepNow();
    expect(memory.kept?.lists).toEqual([{ name: open, ids: ['c', 'b', 'a'] }]);
    expect(memory.kept?.rows.map((r) => r.id)).toEqual(['c', 'b', 'a']);
  });
  it('holds the server’s state, not what was only hoped for', async () => {
    const memory = new Memory();
    start(memory);
    await w.load(open);
    desk.answers.set('POST /conversations/b/prioritize', () => new Promise(() => undefined));
    void w.prioritize('b', 'urgent');
    expect(w.store.rows.get('b')?.priority).toBe('urgent');
    w.keepNow();
    expect(memory.kept?.rows.find((r) => r.id === 'b')?.priority).toBe('normal');
  });
});

describe('refusals', () => {
  it('say who changed it meanwhile and can be tried again', async () => {
    desk.answers.set('POST /conversations/b/resolve', () => ({ status: 409, body: { code: 'conflict', detail: 'This conversation is already closed.' } }));
    desk.answers.set('GET /conversations/b', () => ({ body: row('b', 20, { version: 2, status: 'closed' }) }));
    desk.answers.set('GET /conversations/b/timeline', () => {
      const f = said(2);
      return { body: { items: [{ event: { ...f.event, kind: 'status_changed', actor: { kind: 'user', id: 'usr_2', name: 'Priya' } } }] } };
    });
    expect(await w.resolve('b')).toBe(false);
    const last = notices.at(-1);
    expect(last).toMatchObject({ kind: 'refused', changes: ['closed'], by: 'Priya' });
    if (last?.kind !== 'refused') throw new Error('no refusal');
    desk.answers.set('POST /conversations/b/resolve', () => did(3, { status: 'resolved' }));
    last.retry?.();
    await eventually(() => expect(posts('/conversations/b/resolve')).toHaveLength(2));
  });
  it('of what is forbidden offer no second try', async () => {
    desk.answers.set('POST /conversations/b/close', () => ({ status: 403, body: { code: 'forbidden', detail: 'You may only read.' } }));
    await w.close('b');
    expect(notices.at(-1)).toMatchObject({ kind: 'refused', reason: 'You may only read.' });
    expect(notices.at(-1)).not.toHaveProperty('retry');
  });
  it('tell a message behind a stuck action that it waits', async () => {
    desk.answers.set('POST /conversations/b/prioritize', () => 'cut');
    void w.prioritize('b', 'low');
    void w.send('b', 'reply', 'Later', []);
    await eventually(() => expect(w.timelines.map.get('b')?.outgoing[0]?.state).toBe('waiting'));
  });

  it('asks again for settings that change while they are fetched', async () => {
    let asked = 0;
    let answer = () => undefined as void;
    const first = new Promise<void>((done) => (answer = done));
    desk.answers.set('GET /members', () => ({ body: { items: [] } }));
    desk.answers.set('GET /tags', () => ({ body: { items: [] } }));
    desk.answers.set('GET /inboxes', async () => {
      const n = ++asked;
      if (n === 1) await first;
      return { body: { items: n === 1 ? [] : [{ id: 'inb_1', name: 'Support' }] } };
    });
    const one = w.settings();
    await eventually(() => expect(asked).toBe(1));
    const two = [w.settings(), w.settings()]; // news that came meanwhile, twice
    answer();
    await Promise.all([one, ...two]);
    expect(asked).toBe(2);
    expect(w.inboxes.get('inb_1')?.name).toBe('Support');
  });
});
