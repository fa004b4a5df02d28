/** A real HTTP server with a WebSocket and an event stream on a free port, and small clients for it, for tests in Node 20. */
import { createHash } from 'node:crypto';
import { createServer, get, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { SocketLike, SourceLike } from './live';

/** One connected client, as the server sees it. */
export interface Peer {
  kind: 'socket' | 'stream';
  cursor: string;
  heard: unknown[];
  send(frame: unknown): void;
  /** Breaks the connection without a goodbye. */
  cut(): void;
}

/** A server that hands every new client to the test. */
export class TestServer {
  readonly peers: Peer[] = [];
  /** Refuses WebSockets like a proxy that knows none. */
  blockSockets = false;
  /** Refuses everything. */
  down = false;
  attempts: string[] = [];
  /** What every client is told when it has come. */
  greeting: unknown;
  private readonly come: Peer[] = [];
  private waiting: ((p: Peer) => void)[] = [];
  private readonly open = new Set<Socket>();
  private readonly http = createServer((req, res) => this.stream(req, res));

  async start(): Promise<void> {
    this.http.on('upgrade', (req, s) => this.upgrade(req, s as Socket));
    this.http.on('connection', (s) => {
      this.open.add(s);
      s.on('close', () => this.open.delete(s));
      s.on('error', () => undefined);
    });
    await new Promise<void>((done) => this.http.listen(0, '127.0.0.1', done));
  }

  async stop(): Promise<void> {
    for (const s of this.open) s.destroy();
    await new Promise((done) => this.http.close(done));
  }

  get port(): number {
    return (this.http.address() as AddressInfo).port;
  }

  /** The next client that connects and was not handed out yet. */
  next(): Promise<Peer> {
    const p = this.come.shift();
    return p ? Promise.resolve(p) : new Promise((done) => this.waiting.push(done));
  }

  private joined(p: Peer): void {
    this.peers.push(p);
    if (this.greeting) p.send(this.greeting);
    const next = this.waiting.shift();
    if (next) next(p);
    else this.come.push(p);
  }

  private stream(req: IncomingMessage, res: ServerResponse): void {
    this.attempts.push('stream');
    if (this.down) {
      res.writeHead(503).end();
      return;
    }
    res.writeHead(200, { 'Content-Type': 'text/event-stream' });
    res.flushHeaders();
    this.joined({
      kind: 'stream',
      cursor: cursorOf(req),
      heard: [],
      send: (f) => void res.write(`data: ${JSON.stringify(f)}\n\n`),
      cut: () => req.socket.destroy(),
    });
  }

  private upgrade(req: IncomingMessage, s: Socket): void {
    this.attempts.push('socket');
    if (this.down || this.blockSockets) {
      s.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n\r\n');
      return;
    }
    const accept = createHash('sha1').update(`${req.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
    s.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
    const peer: Peer = {
      kind: 'socket',
      cursor: cursorOf(req),
      heard: [],
      send: (f) => void s.write(encode(JSON.stringify(f), false)),
      cut: () => s.destroy(),
    };
    decode(s, (text) => peer.heard.push(JSON.parse(text)));
    this.joined(peer);
  }
}

function cursorOf(req: IncomingMessage): string {
  return new URL(req.url ?? '', 'http://x').searchParams.get('cursor') ?? '';
}

/** A WebSocket client over node:http; text frames only. */
export class NodeSocket implements SocketLike {
  onopen: SocketLike['onopen'] = null;
  onmessage: SocketLike['onmessage'] = null;
  onclose: SocketLike['onclose'] = null;
  onerror: SocketLike['onerror'] = null;
  private socket: Socket | undefined;
  private readonly req;

  constructor(url: string) {
    const headers = { Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': 'dGVzdHRlc3R0ZXN0dGVzdA==' };
    this.req = request(url, { headers, agent: false });
    const closed = () => this.onclose?.(undefined as never);
    this.req.on('upgrade', (_res, s, head) => {
      this.socket = s as Socket;
      if (head.length > 0) s.unshift(head); // frames that came along with the answer
      s.on('error', () => undefined);
      s.on('close', closed);
      decode(this.socket, (data) => this.onmessage?.({ data }));
      this.onopen?.(undefined as never);
    });
    this.req.on('response', (res) => {
      res.resume();
      closed();
    });
    this.req.on('error', closed);
    this.req.end();
  }

  send(data: string): void {
    this.socket?.write(encode(data, true));
  }

  close(): void {
    this.req.destroy();
    this.socket?.destroy();
  }
}

/** An event stream client over node:http; data lines only. */
export class NodeSource implements SourceLike {
  onmessage: SourceLike['onmessage'] = null;
  onerror: SourceLike['onerror'] = null;
  private readonly req;

  constructor(url: string) {
    const failed = () => this.onerror?.(undefined as never);
    this.req = get(url, { agent: false }, (res) => {
      if (res.statusCode !== 200) return failed();
      let rest = '';
      res.setEncoding('utf8');
      res.on('data', (chunk: string) => {
        const parts = (rest + chunk).split('\n\n');
        rest = parts.pop() ?? '';
        for (const p of parts) this.onmessage?.({ data: p.replace(/^data: /, '') });
      });
      res.on('close', failed);
      res.on('error', () => undefined);
    });
    this.req.on('error', failed);
  }

  close(): void {
    this.req.destroy();
  }
}

function encode(text: string, masked: boolean): Buffer {
  const body = Buffer.from(text);
  const long = body.length > 125;
  const head = Buffer.alloc(2 + (long ? 2 : 0) + (masked ? 4 : 0)); // a mask of zeros leaves the body as it is
  head[0] = 0x81;
  head[1] = (masked ? 0x80 : 0) | (long ? 126 : body.length);
  if (long) head.writeUInt16BE(body.length, 2);
  return Buffer.concat([head, body]);
}

function decode(s: Socket, onText: (text: string) => void): void {
  let rest: Buffer = Buffer.alloc(0);
  s.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    for (;;) {
      if (rest.length < 2) return;
      const masked = ((rest[1] ?? 0) & 0x80) !== 0;
      let length = (rest[1] ?? 0) & 0x7f;
      let at = 2;
      if (length === 126) {
        if (rest.length < 4) return;
        length = rest.readUInt16BE(2);
        at = 4;
      }
      if (masked) at += 4;
      if (rest.length < at + length) return;
      if (((rest[0] ?? 0) & 0x0f) === 1) onText(rest.subarray(at, at + length).toString());
      rest = rest.subarray(at + length);
    }
  });
}
