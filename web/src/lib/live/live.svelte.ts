import type { Conversation, Counts, TimelineItem } from '../api/client';
import { desk } from '../state/desk.svelte';

type Frame =
  | { type: 'hello' | 'ping' | 'settings' | 'notification' | 'reset'; cursor: string }
  | { type: 'change'; cursor: string; conversation: Conversation; items: TimelineItem[] }
  | { type: 'counts'; counts: Counts }
  | { type: 'typing'; conversation_id: string; actor: { id: string; name: string }; on: boolean; mode: string }
  | { type: 'presence'; users: { user_id: string; viewing?: string }[] };

/**
 * The feed of changes: a WebSocket, or server-sent events where none gets
 * through. After a gap it goes on from its cursor, so nothing is missed.
 */
class Live {
  state = $state<'live' | 'delayed' | 'offline'>('delayed');
  private cursor = '';
  private socket?: WebSocket;
  private source?: EventSource;
  private failures = 0;
  private timer = 0;
  private quiet = 0;
  private frames: Frame[] = [];
  private opened = '';
  private stopped = true;

  start() {
    this.stopped = false;
    this.connect();
    addEventListener('online', this.now);
    addEventListener('offline', this.lost);
    document.addEventListener('visibilitychange', this.now);
  }

  stop() {
    this.stopped = true;
    clearTimeout(this.timer);
    this.socket?.close();
    this.source?.close();
    removeEventListener('online', this.now);
    removeEventListener('offline', this.lost);
    document.removeEventListener('visibilitychange', this.now);
  }

  viewing(id: string) {
    this.opened = id;
    this.say({ type: 'viewing', conversation_id: id || undefined });
  }

  typing(id: string, on: boolean, mode: string) {
    this.say({ type: 'typing', conversation_id: id, on, mode });
  }

  private say(frame: object) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(frame));
    else if (this.source)
      void fetch(`/api/v1/workspaces/${desk.ws}/presence`, { method: 'POST', headers: { 'content-type': 'application/json', 'X-Parley-CSRF': '1' }, body: JSON.stringify(frame) });
  }

  private now = () => {
    if (this.state !== 'live' && document.visibilityState === 'visible') this.connect();
  };

  private lost = () => {
    this.state = 'offline';
    this.socket?.close();
  };

  private connect() {
    clearTimeout(this.timer);
    if (this.stopped || this.socket?.readyState === WebSocket.CONNECTING) return;
    this.socket?.close();
    this.source?.close();
    const query = this.cursor ? `?cursor=${encodeURIComponent(this.cursor)}` : '';
    // Every third failure tries the other way: some networks let no WebSocket through.
    if (this.failures % 4 === 3) this.listen(query);
    else this.dial(query);
  }

  private dial(query: string) {
    const ws = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/v1/workspaces/${desk.ws}/socket${query}`);
    this.socket = ws;
    ws.onmessage = (e) => this.got(e.data);
    ws.onclose = () => ws === this.socket && this.failed();
  }

  private listen(query: string) {
    const es = new EventSource(`/api/v1/workspaces/${desk.ws}/stream${query}`);
    this.source = es;
    es.onmessage = (e) => this.got(e.data);
    es.onerror = () => {
      es.close();
      if (es === this.source) this.failed();
    };
  }

  private failed() {
    if (this.stopped) return;
    this.state = navigator.onLine ? 'delayed' : 'offline';
    if (++this.failures > 3) this.state = 'offline';
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.connect(), Math.min(500 * 2 ** this.failures, 15_000) * (0.5 + Math.random()));
  }

  private got(data: string) {
    const frame = JSON.parse(data) as Frame;
    if (frame.type === 'hello') {
      this.failures = 0;
      this.state = 'live';
      if (this.opened) this.say({ type: 'viewing', conversation_id: this.opened });
    }
    clearTimeout(this.quiet);
    this.quiet = window.setTimeout(() => this.socket?.close(), 70_000); // the server pings every 25 s
    if (!this.frames.length) requestAnimationFrame(() => this.apply());
    this.frames.push(frame);
    if (this.frames.length > 200) this.apply();
  }

  private apply() {
    const frames = this.frames;
    this.frames = [];
    for (const f of frames) {
      if ('cursor' in f && f.cursor) this.cursor = f.cursor;
      if (f.type === 'change') {
        desk.put(f.conversation);
        desk.add(f.conversation.id, f.items);
      } else if (f.type === 'counts') desk.counts = f.counts;
      else if (f.type === 'settings') void desk.people();
      else if (f.type === 'notification') void desk.countNotices();
      else if (f.type === 'reset') void desk.again(this.opened);
      else if (f.type === 'presence') {
        desk.online = f.users.map((u) => u.user_id);
        desk.viewing.clear();
        for (const u of f.users) if (u.viewing) desk.viewing.set(u.user_id, u.viewing);
      } else if (f.type === 'typing') {
        if (f.on) desk.typing.set(f.conversation_id, { name: f.actor.name, mode: f.mode, until: Date.now() + 6000 });
        else desk.typing.delete(f.conversation_id);
        setTimeout(() => {
          const t = desk.typing.get(f.conversation_id);
          if (t && t.until <= Date.now()) desk.typing.delete(f.conversation_id);
        }, 6100);
      }
    }
  }
}

export const live = new Live();
