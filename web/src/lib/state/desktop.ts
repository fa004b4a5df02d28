/** What disturbs on purpose: desktop notifications of a hidden tab, and push to this browser. */
import { client, must } from '../api/client';
import { t } from '../i18n/notices';

/** What the notification server says of one browser. */
export interface PushBrowser {
  id: string;
  user_agent: string;
  current: boolean;
}

/** What this browser can do, and what it may. */
export interface Ability {
  /** Whether it knows notifications at all, and whether they are allowed. */
  allowed: 'unable' | NotificationPermission;
  /** Whether it knows push, here. */
  push: boolean;
}

const shown = new Set<string>();
const worker = '/sw.js';

/** What this browser can do here. */
export function ability(): Ability {
  if (!('Notification' in window)) return { allowed: 'unable', push: false };
  return { allowed: Notification.permission, push: window.isSecureContext && 'serviceWorker' in navigator && 'PushManager' in window };
}

/** Asks the person whether notifications may be shown. */
export async function ask(): Promise<NotificationPermission> {
  return await Notification.requestPermission();
}

/** Shows what the reader was just told, if they want it on the desktop and this browser takes no push. */
export async function show(workspace: string, slug: string): Promise<void> {
  if (ability().allowed !== 'granted') return;
  const page = await must(client.GET('/api/v1/workspaces/{workspace}/notifications', { params: { path: { workspace }, query: { limit: 5 } } }));
  const fresh = page.items.filter((n) => !n.read_at && n.forms.includes('desktop') && !shown.has(n.id) && Date.now() - Date.parse(n.at) < 60_000);
  for (const n of fresh) shown.add(n.id);
  if (fresh.length === 0 || (await subscription())) return;
  for (const n of fresh) {
    const path = n.conversation_id ? `/${slug}/all/${n.conversation_id}` : `/${slug}/mine`;
    const note = new Notification(t(`told.${n.kind}`), { body: n.count ? t('told.many', { n: n.count }) : (n.subject ?? ''), tag: n.id, icon: '/mark.svg' });
    note.onclick = () => {
      window.focus();
      location.assign(path);
    };
  }
}

/** The push subscription of this browser, if it has one. */
export async function subscription(): Promise<PushSubscription | undefined> {
  if (!ability().push) return undefined;
  const registered = await navigator.serviceWorker.getRegistration(worker);
  return (await registered?.pushManager.getSubscription()) ?? undefined;
}

/** Registers the worker that shows pushed messages. */
export async function register(): Promise<ServiceWorkerRegistration> {
  await navigator.serviceWorker.register(trusted(worker) as string);
  return await navigator.serviceWorker.ready;
}

/** Subscribes this browser, and tells the server, until the session ends. */
export async function subscribe(): Promise<void> {
  const { key } = await must(client.GET('/api/v1/pushes'));
  const registered = await register();
  await (await registered.pushManager.getSubscription())?.unsubscribe();
  const made = await registered.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  const { endpoint, keys } = made.toJSON();
  await must(client.POST('/api/v1/pushes', { body: { endpoint: endpoint ?? '', keys: { p256dh: keys?.['p256dh'] ?? '', auth: keys?.['auth'] ?? '' } } }));
}

/** Ends push to a browser; here too when it is this one. */
export async function unsubscribe(browser: PushBrowser): Promise<void> {
  await must(client.DELETE('/api/v1/pushes/{id}', { params: { path: { id: browser.id } } }));
  if (browser.current) await (await subscription())?.unsubscribe();
}

interface Policies {
  createPolicy: (name: string, rules: { createScriptURL: (url: string) => string }) => { createScriptURL: (url: string) => unknown };
}

/** Our own worker's address, which a page with trusted types asks for. */
function trusted(url: string): unknown {
  const types = (window as unknown as { trustedTypes?: Policies }).trustedTypes;
  policy ??= types?.createPolicy('parley-worker', { createScriptURL: (u) => (u === worker ? u : '') });
  return policy ? policy.createScriptURL(url) : url;
}
let policy: ReturnType<Policies['createPolicy']> | undefined;
