/**
 * The one script on the customer's page: a button in a shadow root, and a frame
 * of ours that is loaded when somebody reaches for it. Nothing personal is here.
 */
type Listener = (detail?: unknown) => void;
type Call = (name: string, ...args: unknown[]) => void;

(() => {
  const script = document.currentScript as HTMLScriptElement;
  const key = script.dataset.key ?? '';
  const host = new URL(script.src).origin;
  const started = 'parley:' + key;
  const look = started + ':look';
  const w = window as unknown as { Parley?: Call & { q?: unknown[][] } };
  if (!key || document.getElementById('parley-chat')) return;

  const root = document.createElement('div');
  root.id = 'parley-chat';
  const shadow = root.attachShadow({ mode: 'open' });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(
    `:host{all:initial}button{position:fixed;z-index:2147483000;right:20px;bottom:20px;width:56px;height:56px;border:0;border-radius:18px 18px 6px 18px;background:#14362E;color:#fff;box-shadow:0 8px 20px rgba(36,38,30,.18);cursor:pointer;display:grid;place-items:center}` +
      `button:focus-visible{outline:3px solid #72CDB4;outline-offset:2px}svg{width:26px;height:26px;fill:none;stroke:currentColor;stroke-width:1.7;stroke-linecap:round;stroke-linejoin:round}` +
      `b{position:absolute;top:-5px;right:-5px;min-width:20px;height:20px;border-radius:10px;background:#E2A24A;color:#1A211E;font:600 12px/20px system-ui,sans-serif;text-align:center;padding:0 5px;box-sizing:border-box}b:empty{display:none}` +
      `iframe{position:fixed;z-index:2147483000;right:20px;bottom:88px;width:384px;height:min(640px,calc(100dvh - 108px));border:0;border-radius:18px;box-shadow:0 32px 72px -16px rgba(36,38,30,.3),0 0 0 1px rgba(36,38,30,.09);background:#fff;color-scheme:normal}iframe[hidden]{display:none}` +
      `:host([data-side=left]) :is(button,iframe){right:auto;left:20px}:host([data-side=left]) button{border-radius:18px 18px 18px 6px}` +
      `@media(max-width:480px){:host iframe,:host([data-side]) iframe{inset:0;width:100%;height:100dvh;border-radius:0}:host([data-open]) button{display:none}}`,
  );
  shadow.adoptedStyleSheets = [sheet];

  const button = document.createElement('button');
  button.type = 'button';
  const badge = document.createElement('b');
  button.append(icon('M21 15a2 2 0 0 1-2 2H7l-4 4V5a2 2 0 0 1 2-2h14a2 2 0 0 1 2 2z'), badge);
  shadow.append(button);
  label(0);
  paint(kept(look)?.split(' ') ?? [script.dataset.color, script.dataset.side]);

  let frame: HTMLIFrameElement | undefined;
  let ready = false;
  let open = false;
  const waiting: unknown[] = [];
  const listeners: Record<string, Listener[]> = {};
  const tell = (name: string, detail?: unknown) => (listeners[name] ?? []).forEach((fn) => fn(detail));

  function icon(path: string) {
    const ns = 'http://www.w3.org/2000/svg';
    const svg = document.createElementNS(ns, 'svg');
    svg.setAttribute('viewBox', '0 0 24 24');
    svg.setAttribute('aria-hidden', 'true');
    const p = document.createElementNS(ns, 'path');
    p.setAttribute('d', path);
    svg.append(p);
    return svg;
  }

  /** What the page lets us keep: nothing, where storage is forbidden. */
  function kept(name: string, value?: string | null): string | null {
    try {
      if (value === null) localStorage.removeItem(name);
      else if (value) localStorage.setItem(name, value);
      return localStorage.getItem(name);
    } catch {
      return null;
    }
  }

  /** The settings of the chat as the frame told them last, until then those of the line on the page. */
  function paint([color = '', side = '']: (string | undefined)[]) {
    if (/^#[0-9a-f]{6}$/i.test(color)) button.style.background = color;
    root.dataset.side = side;
  }

  function label(unread: number) {
    badge.textContent = unread ? String(Math.min(unread, 99)) : '';
    button.setAttribute('aria-label', unread ? `Open the chat, ${unread} unread` : 'Open the chat');
  }

  function load() {
    if (frame) return;
    frame = document.createElement('iframe');
    frame.title = 'Chat';
    frame.allow = 'clipboard-write';
    frame.hidden = true;
    frame.src = host + '/w/' + encodeURIComponent(key);
    shadow.append(frame);
  }

  function send(message: object) {
    const m = { parley: 1, ...message };
    if (ready) frame?.contentWindow?.postMessage(m, host);
    else waiting.push(m);
  }

  function show(on: boolean) {
    load();
    if (!frame || open === on) return;
    open = on;
    frame.hidden = !on;
    root.toggleAttribute('data-open', on);
    button.setAttribute('aria-expanded', String(on));
    send({ type: on ? 'open' : 'close' });
    if (on) frame.focus();
    else button.focus();
    tell(on ? 'open' : 'close');
  }

  const page = () => send({ type: 'page', url: location.origin + location.pathname, title: document.title });

  addEventListener('message', (e) => {
    if (e.origin !== host || !frame || e.source !== frame.contentWindow || e.data?.parley !== 1) return;
    const { type, count, color, side } = e.data as { type: string; count?: number; color?: string; side?: string };
    if (type === 'ready') {
      ready = true;
      page();
      for (const m of waiting.splice(0)) frame.contentWindow?.postMessage(m, host);
    } else if (type === 'close') show(false);
    else if (type === 'unread') {
      label(open ? 0 : (count ?? 0));
      tell('unread', count);
    } else if (type === 'has_conversation') kept(started, '1');
    else if (type === 'look') {
      paint([color, side]);
      kept(look, `${color} ${side}`);
    }
  });

  button.onclick = () => show(!open);
  button.onpointerenter = load;
  addEventListener('keydown', (e) => e.key === 'Escape' && open && show(false));

  const calls: Record<string, (...args: unknown[]) => void> = {
    open: () => show(true),
    close: () => show(false),
    identify: (jwt) => (load(), send({ type: 'identify', jwt })),
    page,
    on: (name, fn) => (listeners[name as string] ??= []).push(fn as Listener),
    shutdown: () => {
      send({ type: 'shutdown' });
      show(false);
      label(0);
      kept(started, null);
    },
  };
  const early = w.Parley?.q ?? [];
  w.Parley = ((name: string, ...args: unknown[]) => calls[name]?.(...args)) as Call;
  const begin = () => {
    document.body.append(root);
    for (const [name, ...args] of early) w.Parley?.(name as string, ...args);
    // Who has written before sees at once whether somebody answered.
    if (kept(started)) setTimeout(load, 300);
  };
  if (document.body) begin();
  else addEventListener('DOMContentLoaded', begin);
})();
