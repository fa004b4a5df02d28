export type Attachment = { id: string; name: string; content_type: string; size: number; url: string; width?: number; height?: number };
export type Message = {
  seq: number;
  id: string;
  client_id?: string;
  side: 'customer' | 'team' | 'system';
  author: { name: string; kind: string };
  text: string;
  /** The same, formatted and made safe by the server. */
  html?: string;
  attachments: Attachment[];
  at: string;
  state?: 'sent' | 'delivered' | 'read';
  survey?: Survey;
};
/** It asks how satisfied the customer is; open while it can be answered, or the answer changed. */
export type Survey = { score?: number; comment?: string; open: boolean };
export type Config = {
  name: string;
  greeting: string;
  intro?: string;
  accent: string;
  header_color: string;
  side: 'left' | 'right';
  reply_time?: string;
  ask_email: boolean;
  max_upload: number;
  online: boolean;
  team: string[];
};
type Queued = { client_id: string; text: string; attachment_ids: string[]; files: Attachment[]; at: string };
type State = { conversation: { id: string; open: boolean } | null; messages: Message[]; last_seq: number; unread: number };

/** Storage that a browser may refuse: then it lasts as long as the page. */
class Memory {
  private map = new Map<string, string>();
  constructor(private prefix: string) {}
  get(name: string): string {
    try {
      return localStorage.getItem(this.prefix + name) ?? '';
    } catch {
      return this.map.get(name) ?? '';
    }
  }
  set(name: string, value: string) {
    try {
      if (value) localStorage.setItem(this.prefix + name, value);
      else localStorage.removeItem(this.prefix + name);
    } catch {
      this.map.set(name, value);
    }
  }
}

class Refused extends Error {
  constructor(
    public status: number,
    message: string,
  ) {
    super(message);
  }
}

/**
 * One visitor's chat. A message is kept before it is sent, sent in order, tried
 * again until it has arrived, and arrives once: the server knows its client_id.
 */
export class Chat {
  config = $state<Config>();
  messages = $state<Message[]>([]);
  queue = $state<Queued[]>([]);
  online = $state(true);
  typing = $state('');
  unread = $state(0);
  open = $state(false);
  present = $state(false);
  error = $state('');
  email = $state('');
  private base: string;
  private memory: Memory;
  private token = '';
  private ticket = '';
  private seq = 0;
  private identity?: string;
  private page = '';
  private source?: EventSource;
  private sending = false;
  private failures = 0;
  private timer = 0;
  private typed = 0;

  constructor(
    key: string,
    private tell: (type: string, detail?: object) => void,
  ) {
    this.base = `/api/widget/v1/${key}`;
    this.memory = new Memory(`parley:${key}:`);
    this.token = this.memory.get('token');
    this.queue = JSON.parse(this.memory.get('queue') || '[]') as Queued[];
    addEventListener('online', () => void this.start());
    addEventListener('offline', () => (this.online = false));
  }

  get draft() {
    return this.memory.get('draft');
  }
  set draft(text: string) {
    this.memory.set('draft', text);
  }

  private async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const headers: Record<string, string> = this.token ? { authorization: 'Bearer ' + this.token } : {};
    if (body && !(body instanceof FormData)) headers['content-type'] = 'application/json';
    const r = await fetch(this.base + path, { method, headers, body: body instanceof FormData ? body : body ? JSON.stringify(body) : undefined });
    const text = await r.text();
    const data = text ? (JSON.parse(text) as unknown) : undefined;
    if (!r.ok) throw new Refused(r.status, (data as { detail?: string })?.detail ?? 'Something went wrong.');
    return data as T;
  }

  /** start opens the chat's session, or opens it again after an outage. */
  async start() {
    clearTimeout(this.timer);
    try {
      this.config ??= await this.call<Config>('GET', '/config');
      const s = await this.call<State & { token: string; stream_ticket: string; visitor: { email?: string } }>('POST', '/session', {
        token: this.token || undefined,
        identity: this.identity,
      });
      if (s.token !== this.token) {
        this.token = s.token;
        this.memory.set('token', s.token);
      }
      this.ticket = s.stream_ticket;
      this.email = s.visitor.email ?? this.email;
      this.take(s);
      this.failures = 0;
      this.online = true;
      this.listen();
      void this.flush();
    } catch (e) {
      if (e instanceof Refused && e.status < 500 && e.status !== 429) {
        this.error = e.message;
        return;
      }
      this.fail();
    }
  }

  private take(s: State) {
    if (s.conversation) this.tell('has_conversation');
    for (const m of s.messages) this.put(m);
    this.count(s.unread);
  }

  private put(m: Message) {
    if (m.client_id) this.queue = this.queue.filter((q) => q.client_id !== m.client_id);
    const at = this.messages.findIndex((x) => x.id === m.id);
    if (at >= 0) this.messages[at] = m;
    else this.messages = [...this.messages, m].sort((a, b) => a.seq - b.seq);
    this.seq = Math.max(this.seq, m.seq);
    this.keep();
  }

  private count(n: number) {
    this.unread = this.open ? 0 : n;
    this.tell('unread', { count: this.unread });
  }

  private keep() {
    this.memory.set('queue', this.queue.length ? JSON.stringify(this.queue) : '');
  }

  private fail() {
    this.online = this.failures < 1 && navigator.onLine;
    this.source?.close();
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.start(), Math.min(500 * 2 ** this.failures++, 30_000) * (0.5 + Math.random()));
  }

  private listen() {
    this.source?.close();
    const es = new EventSource(`${this.base}/stream?ticket=${encodeURIComponent(this.ticket)}&after=${this.seq}`);
    this.source = es;
    const on = <T>(name: string, fn: (d: T) => void) => es.addEventListener(name, (e) => fn(JSON.parse((e as MessageEvent<string>).data) as T));
    on<Message>('message', (m) => {
      const fresh = !this.messages.some((x) => x.id === m.id);
      this.put(m);
      if (m.side === 'customer' || !fresh) return;
      this.typing = '';
      if (this.open) void this.see();
      else this.count(this.unread + 1);
    });
    on<{ seq: number; state: Message['state'] }>('receipt', (r) => {
      this.messages = this.messages.map((m) => (m.side === 'customer' && m.seq <= r.seq ? { ...m, state: r.state } : m));
    });
    on<{ on: boolean; name: string }>('typing', (t) => {
      this.typing = t.on ? t.name : '';
      if (t.on) setTimeout(() => (this.typing = this.typing === t.name ? '' : this.typing), 6000);
    });
    on<{ online: boolean }>('presence', (p) => (this.present = p.online));
    es.onerror = () => {
      if (es !== this.source) return;
      es.close();
      this.fail();
    };
  }

  /** show says that the visitor looks at the chat, or looks away. */
  show(open: boolean) {
    this.open = open;
    if (open) {
      this.count(0);
      void this.see();
    }
  }

  private async see() {
    const last = this.messages.findLast((m) => m.side !== 'customer');
    if (last) await this.call('POST', '/seen', { seq: last.seq }).catch(() => {});
  }

  /** write keeps a message and sends it, now or when the server is back. */
  write(text: string, files: Attachment[]) {
    const client_id = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random().toString(36).slice(2)}`;
    this.queue = [...this.queue, { client_id, text, attachment_ids: files.map((f) => f.id), files, at: new Date().toISOString() }];
    this.keep();
    this.draft = '';
    void this.flush();
  }

  private async flush() {
    if (this.sending || !this.token) return;
    this.sending = true;
    try {
      for (let q = this.queue[0]; q; q = this.queue[0]) {
        const m = await this.call<Message>('POST', '/messages', {
          client_id: q.client_id,
          text: q.text,
          attachment_ids: q.attachment_ids.length ? q.attachment_ids : undefined,
          page: this.page || undefined,
          time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
        });
        this.tell('has_conversation');
        this.put({ ...m, client_id: q.client_id });
      }
      this.error = '';
    } catch (e) {
      if (e instanceof Refused && e.status < 500 && e.status !== 429 && e.status !== 401) {
        this.error = e.message;
        this.queue = this.queue.slice(1); // it will never be taken; the words say why
        this.keep();
      } else this.fail();
    } finally {
      this.sending = false;
    }
  }

  async upload(file: File): Promise<Attachment | undefined> {
    this.error = '';
    if (this.config && file.size > this.config.max_upload) {
      this.error = `${file.name} is larger than ${Math.round(this.config.max_upload / 1048576)} MB.`;
      return;
    }
    const form = new FormData();
    form.append('file', file);
    try {
      return await this.call<Attachment>('POST', '/attachments', form);
    } catch (e) {
      this.error = e instanceof Refused ? e.message : 'The file could not be sent. Try again when you are online.';
    }
  }

  type() {
    if (Date.now() - this.typed < 3000 || !this.messages.length) return;
    this.typed = Date.now();
    void this.call('POST', '/typing', { on: true }).catch(() => {});
  }

  /** rate answers how satisfied the visitor is. */
  async rate(survey_id: string, score: number, comment: string): Promise<boolean> {
    try {
      const survey = await this.call<Survey>('POST', '/rating', { survey_id, score, comment: comment || undefined });
      this.messages = this.messages.map((m) => (m.id === survey_id ? { ...m, survey } : m));
      this.error = '';
      return true;
    } catch (e) {
      this.error = e instanceof Refused ? e.message : 'That did not work. Try again when you are online.';
      return false;
    }
  }

  async leave(email: string) {
    try {
      const r = await this.call<{ token: string }>('POST', '/profile', { email });
      this.token = r.token;
      this.memory.set('token', r.token);
      this.email = email;
      this.error = '';
    } catch (e) {
      this.error = e instanceof Refused ? e.message : 'That did not work. Try again.';
    }
  }

  /** heard does what the page around the frame says. */
  heard(m: { type: string; jwt?: string; url?: string }) {
    if (m.type === 'open' || m.type === 'close') this.show(m.type === 'open');
    else if (m.type === 'page') this.page = m.url ?? '';
    else if (m.type === 'identify' && m.jwt !== this.identity) {
      this.identity = m.jwt;
      this.messages = [];
      this.seq = 0;
      void this.start();
    } else if (m.type === 'shutdown') {
      this.source?.close();
      for (const n of ['token', 'queue', 'draft']) this.memory.set(n, '');
      this.token = '';
      this.identity = undefined;
      this.messages = [];
      this.queue = [];
      this.seq = 0;
      void this.start();
    }
  }
}
