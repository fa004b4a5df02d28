/** The workspace of the running page: reactive maps, the browser's sockets, its storage. */
import { getContext, setContext } from 'svelte';
import { SvelteMap } from 'svelte/reactivity';
import type { SocketLike, SourceLike } from '../live/live';
import { idle } from '../ui/idle';
import { openCache } from './cache';
import { shelf } from './device';
import { overFetch } from './http';
import { Workspace, type Notice, type Reader } from './workspace';

const key = Symbol('workspace');

/** Makes the workspace of a reader, connects it to the browser, and returns it with how to leave it. */
export function openWorkspace(
  reader: Reader,
  notify: (n: Notice) => void,
  signedOut: () => void,
  noticed: () => void,
): { workspace: Workspace; leave: () => void } {
  const base = `/api/v1/workspaces/${reader.workspace}`;
  const query = (cursor: string) => (cursor ? `?cursor=${encodeURIComponent(cursor)}` : '');
  const workspace = new Workspace({
    reader,
    http: overFetch(base, signedOut),
    shelf,
    cache: openCache(reader.user, reader.workspace),
    idle: (run) => void idle(run, 2000),
    notify,
    noticed,
    make: () => new SvelteMap(),
    online: () => navigator.onLine,
    socket: (cursor) => new WebSocket(`${location.origin.replace(/^http/, 'ws')}${base}/socket${query(cursor)}`) as unknown as SocketLike,
    stream: (cursor) => new EventSource(`${base}/stream${query(cursor)}`) as unknown as SourceLike,
  });
  const wake = () => workspace.live.wake();
  const lost = () => workspace.live.lost();
  const seen = () => document.visibilityState === 'visible' && wake();
  const away = () => workspace.keepNow();
  addEventListener('online', wake);
  addEventListener('offline', lost);
  document.addEventListener('visibilitychange', seen);
  addEventListener('pagehide', away);
  workspace.start();
  return {
    workspace,
    leave: () => {
      removeEventListener('online', wake);
      removeEventListener('offline', lost);
      document.removeEventListener('visibilitychange', seen);
      removeEventListener('pagehide', away);
      workspace.stop();
    },
  };
}

/** Hands the workspace to everything below; call it while a component is made. */
export function provideWorkspace(w: Workspace): void {
  setContext(key, w);
}

/** The workspace that a parent handed down. */
export function useWorkspace(): Workspace {
  return getContext<Workspace>(key);
}

/** A clock that ticks every half minute, for relative times (R30). */
class Clock {
  now = $state(Date.now());
  constructor() {
    if (typeof window !== 'undefined') setInterval(() => (this.now = Date.now()), 30_000);
  }
}

export const clock = new Clock();
