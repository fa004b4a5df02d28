/**
 * The feed of changes: a WebSocket that resumes by cursor, and server-sent
 * events where no WebSocket gets through. Reconnects with growing, random
 * pauses so that a restarted server is not met by everybody at once.
 */
import type { Conversation, Counts, Mode, TimelineItem } from '../state/model';

/** What the server says. */
export type Frame =
  | { type: 'hello'; cursor: string; node: string }
  | { type: 'change'; cursor: string; conversation: Conversation; items: TimelineItem[] }
  | { type: 'gone'; cursor: string; conversation_id: string }
  | { type: 'counts'; counts: Counts }
  | { type: 'contacts'; cursor: string; contact_ids: string[] }
  | { type: 'settings'; cursor: string }
  | { type: 'notification'; cursor: string }
  | { type: 'typing'; conversation_id: string; actor: { kind: string; id?: string; name: string }; on: boolean; mode?: Mode }
  | { type: 'draft'; conversation_id: string; mode: Mode; owner_id: string; revision: number }
  | { type: 'presence'; users: { user_id: string; state: string; viewing?: string }[] }
  | { type: 'reset'; cursor?: string }
  | { type: 'ping'; cursor?: string };

/** live: connected; delayed: connecting again; offline: it has failed several times, or the device has no network. */
export type LiveState = 'live' | 'delayed' | 'offline';

/** What this client says. */
export type Said = { type: 'viewing'; conversation_id: string | null } | { type: 'typing'; conversation_id: string; on: boolean; mode: Mode };

/** The part of WebSocket that is used. */
export interface SocketLike {
  onopen: ((e: never) => void) | null;
  onmessage: ((e: { data: unknown }) => void) | null;
  onclose: ((e: never) => void) | null;
  onerror: ((e: never) => void) | null;
  /** 1 while what is sent can arrive. */
  readonly readyState?: number;
  send(data: string): void;
  close(): void;
}

/** The part of EventSource that is used. */
export interface SourceLike {
  onmessage: ((e: { data: unknown }) => void) | null;
  onerror: ((e: never) => void) | null;
  close(): void;
}

/** What the client needs from outside; times in milliseconds. */
export interface LiveOptions {
  socket: (cursor: string) => SocketLike;
  stream: (cursor: string) => SourceLike;
  /** Says something over HTTP while the stream is in use. */
  post: (said: Said) => Promise<void>;
  onFrame: (f: Frame) => void;
  onState: (s: LiveState) => void;
  random?: () => number;
  /** Reports whether the device believes to have a network. */
  online?: () => boolean;
  /** Silence after which a connection counts as dead: two missed pings. */
  silence?: number;
  /** The first pause before connecting again; it doubles up to maxPause. */
  pause?: number;
  maxPause?: number;
}

/** Failed attempts without a greeting after which the stream is tried, and after which the state is offline. */
const streamAfter = 3;
const offlineAfter = 3;

/** One feed of one workspace. */
export class Live {
  private cursor = '';
  private socket: SocketLike | undefined;
  private source: SourceLike | undefined;
  private failures = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private watchdog: ReturnType<typeof setTimeout> | undefined;
  private running = false;
  private state: LiveState | undefined;
  private viewing: string | null = null;
  private readonly o: Required<LiveOptions>;

  constructor(options: LiveOptions) {
    this.o = { random: Math.random, online: () => true, silence: 60_000, pause: 500, maxPause: 30_000, ...options };
  }

  /** Connects, from cursor on when there is one. */
  start(cursor = ''): void {
    if (this.running) return;
    this.running = true;
    this.cursor = cursor;
    this.connect();
  }

  /** Ends the connection for good. */
  stop(): void {
    this.running = false;
    this.hangUp();
    clearTimeout(this.timer);
  }

  /** Connects at once: the network is back, or the tab is looked at again. */
  wake(): void {
    if (!this.running || this.state === 'live') return;
    this.failures = Math.min(this.failures, offlineAfter);
    clearTimeout(this.timer);
    this.hangUp();
    this.connect();
  }

  /** The network is gone; says so without waiting for a timeout. */
  lost(): void {
    if (!this.running) return;
    this.hangUp();
    this.failures = Math.max(this.failures, offlineAfter);
    this.tell('offline');
    this.again();
  }

  /** Which transport carries the feed now. */
  get transport(): 'socket' | 'stream' | 'none' {
    return this.socket ? 'socket' : this.source ? 'stream' : 'none';
  }

  /** Says which conversation is looked at; it is said again after every connection. */
  view(conversation: string | null): void {
    this.viewing = conversation;
    this.say({ type: 'viewing', conversation_id: conversation });
  }

  /** Says that the reader types, or stopped. */
  typing(conversation: string, on: boolean, mode: Mode): void {
    this.say({ type: 'typing', conversation_id: conversation, on, mode });
  }

  private say(said: Said): void {
    if (this.state !== 'live') return;
    // One that closes just now takes nothing; what is looked at is said again by the next.
    if (this.socket && (this.socket.readyState ?? 1) !== 1) return;
    if (this.socket) this.socket.send(JSON.stringify(said));
    else this.o.post(said).catch(() => undefined); // a hint for others; losing it harms nobody
  }

  private connect(): void {
    if (!this.running) return;
    // After repeated failures both ways are tried in turn: the server may be down, or only sockets blocked.
    const useStream = this.failures >= streamAfter && this.failures % 2 === 1;
    this.tell(this.failures >= offlineAfter || !this.o.online() ? 'offline' : 'delayed');
    this.watch();
    if (useStream) this.openStream();
    else this.openSocket();
  }

  private openSocket(): void {
    const s = this.o.socket(this.cursor);
    this.socket = s;
    s.onmessage = (e) => this.socket === s && this.hear(String(e.data));
    s.onclose = () => this.socket === s && this.failed();
    s.onerror = () => undefined; // close follows
  }

  private openStream(): void {
    const s = this.o.stream(this.cursor);
    this.source = s;
    s.onmessage = (e) => this.source === s && this.hear(String(e.data));
    s.onerror = () => this.source === s && this.failed();
  }

  private hear(data: string): void {
    this.watch();
    let f: Frame;
    try {
      f = JSON.parse(data) as Frame;
    } catch {
      return; // a frame of another kind of server
    }
    // A hello tells where the feed stands, not what was seen: while a cursor is
    // held, what was missed still follows it.
    if ('cursor' in f && f.cursor && !(f.type === 'hello' && this.cursor)) this.cursor = f.cursor;
    if (f.type === 'hello') {
      this.failures = 0;
      this.tell('live');
      if (this.viewing) this.say({ type: 'viewing', conversation_id: this.viewing });
    }
    if (f.type === 'ping') {
      this.socket?.send('{"type":"pong"}');
      return;
    }
    this.o.onFrame(f);
  }

  private failed(): void {
    this.hangUp();
    if (!this.running) return;
    this.failures++;
    this.tell(this.failures >= offlineAfter || !this.o.online() ? 'offline' : 'delayed');
    this.again();
  }

  private again(): void {
    clearTimeout(this.timer);
    const ceiling = Math.min(this.o.maxPause, this.o.pause * 2 ** Math.max(0, this.failures - 1));
    this.timer = setTimeout(() => this.connect(), ceiling / 2 + this.o.random() * (ceiling / 2));
  }

  private watch(): void {
    clearTimeout(this.watchdog);
    this.watchdog = setTimeout(() => this.failed(), this.o.silence);
  }

  private hangUp(): void {
    clearTimeout(this.watchdog);
    const { socket, source } = this;
    this.socket = undefined;
    this.source = undefined;
    socket?.close();
    source?.close();
  }

  private tell(s: LiveState): void {
    if (this.state === s) return;
    this.state = s;
    this.o.onState(s);
  }
}
