/** What somebody chooses for themselves: how Parley looks and answers keys. It is shown at once and kept on the server. */
import { client, must } from '../api/client';
import type { components } from '../api/schema';
import { session } from './session.svelte';
import { toasts } from './toast.svelte';

/** What somebody chose. */
export type Own = components['schemas']['OwnSettings'];
/** A change of it; what is absent stays. */
export type OwnChange = components['schemas']['OwnSettingsChange'];

/** What is chosen, with what is on its way to the server. */
export const own = (): Own => session.me?.settings ?? {};

let asked = 0;

/** What is said to the other tabs of this browser: whose settings they are now. */
interface Told {
  user: string;
  settings: Own;
}
const channel = () => new BroadcastChannel('parley:own');

/** Tells the other tabs of this browser what was chosen here. */
function tell(settings: Own): void {
  const { me } = session;
  if (!me || typeof BroadcastChannel === 'undefined') return;
  const c = channel();
  c.postMessage({ user: me.user.id, settings: JSON.parse(JSON.stringify(settings)) } satisfies Told);
  c.close();
}

/** Takes what is chosen in other tabs of this browser at once, and what was chosen on other devices when this tab is looked at again; the answer ends that. */
export function follow(): () => void {
  const c = typeof BroadcastChannel === 'undefined' ? undefined : channel();
  const take = (user: string, settings: Own) => {
    if (session.me?.user.id === user) void session.enter({ ...session.me, settings });
  };
  if (c) c.onmessage = (e: MessageEvent<Told>) => take(e.data.user, e.data.settings);
  const look = () => {
    const turn = asked;
    if (document.visibilityState !== 'visible' || !session.me) return;
    must(client.GET('/api/v1/session')).then(
      (now) => turn === asked && take(now.user.id, now.settings),
      () => undefined, // it is asked again the next time
    );
  };
  document.addEventListener('visibilitychange', look);
  return () => {
    c?.close();
    document.removeEventListener('visibilitychange', look);
  };
}

/** Changes what somebody chose; it reports whether the server took it, and says why not. */
export async function choose(change: OwnChange): Promise<boolean> {
  const { me } = session;
  if (!me) return false;
  const before = own();
  const turn = ++asked;
  const { seen_hint, all_hints, ...rest } = change;
  const hints_seen = all_hints ? [] : seen_hint ? [...(before.hints_seen ?? []), seen_hint] : before.hints_seen;
  session.me = { ...me, settings: { ...before, ...rest, ...(hints_seen ? { hints_seen } : {}) } };
  try {
    const settings = await must(client.PATCH('/api/v1/me/settings', { body: change }));
    // The last answer is the one that has everything in it.
    if (turn === asked && session.me) await session.enter({ ...session.me, settings });
    if (turn === asked) tell(settings);
    return true;
  } catch (err) {
    if (session.me && turn === asked) session.me = { ...session.me, settings: before };
    toasts.fail(err);
    return false;
  }
}
