import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContext, Page } from '@playwright/test';
import { send } from './mail';
import { begin, expect, Parley, test } from './parley';
import { payloads } from './payloads';

/** How many mails are shown at once. */
const batch = 50;

/** What a mail's frame may hold, as the browser has read it: docs/adr/0012. */
const elements =
  'html head meta style body p br div span b strong i em u s strike del ins sub sup small big code pre blockquote hr h1 h2 h3 h4 h5 h6 ul ol li dl dt dd table thead tbody tfoot tr td th caption colgroup center font img a details summary';
const attributes =
  'href title dir alt src width height colspan rowspan cellpadding cellspacing border start align valign bgcolor color style rel target class data-remote data-trackers';

/** Payloads by name: our own, and those of a folder of examples, its files cases*.jsonl. */
function all(): [string, string][] {
  const own = Object.entries(payloads);
  const folder = process.env['PAYLOADS'];
  if (!folder) return own;
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((f) => /(^|\/)cases[^/]*\.jsonl$/.test(f));
  const theirs = files.flatMap((f) =>
    readFileSync(join(folder, f), 'utf8')
      .split('\n')
      .filter((line) => line.includes('"html-sanitize"'))
      .map((line) => JSON.parse(line) as { id: string; input: string })
      .map((c): [string, string] => [c.id, c.input]),
  );
  expect(theirs.length, `examples below ${folder}`).toBeGreaterThan(0);
  return theirs;
}

/** Remembers what pages of a context do that a mail must not do. */
function watch(context: BrowserContext, page: Page, base: string) {
  const did: string[] = [];
  page.on('dialog', (d) => {
    did.push('opened a dialog');
    void d.dismiss().catch(() => undefined);
  });
  context.on('page', (p) => did.push(`opened ${p.url()}`));
  context.on('request', (r) => {
    if (!r.url().startsWith(base) && !r.url().startsWith('data:')) did.push(`asked for ${r.url().slice(0, 80)}`);
    if (r.isNavigationRequest() && r.frame().parentFrame() && !/\/html$|\/raw\/\d+$/.test(r.url())) did.push(`led to ${r.url().slice(0, 80)}`);
  });
  context.on('response', (r) => !r.url().startsWith(base) && !r.url().startsWith('data:') && did.push(`got ${r.url().slice(0, 80)}`));
  return did;
}

/** Shows pages in frames, all with the same sandbox, until each is there; tells what is wrong in each, by its number. */
const show = (page: Page, urls: string[], sandbox: string | null, allowed?: { elements: string[]; attributes: string[] }) =>
  page.evaluate(
    async ({ urls, sandbox, allowed }) => {
      document.body.replaceChildren();
      const wrong: [number, string][] = [];
      const frames = await Promise.all(
        urls.map(async (url) => {
          const f = document.createElement('iframe');
          if (sandbox !== null) f.setAttribute('sandbox', sandbox);
          f.src = url;
          const loaded = new Promise((done) => (f.onload = done));
          // A payload without protection may keep its frame from ever being ready.
          const ready = allowed ? loaded : Promise.race([loaded, new Promise((done) => setTimeout(done, 2000))]);
          document.body.append(f);
          await ready;
          return f;
        }),
      );
      for (const [n, f] of allowed ? frames.entries() : []) {
        const d = f.contentDocument;
        if (!d || new URL(d.URL).pathname !== new URL(urls[n] ?? '', location.href).pathname) {
          wrong.push([n, `the frame shows ${d?.URL ?? 'what cannot be read'}`]);
          continue;
        }
        for (const e of d.querySelectorAll('*')) {
          if (e.namespaceURI !== 'http://www.w3.org/1999/xhtml' || !allowed?.elements.includes(e.localName)) wrong.push([n, `element ${e.localName}`]);
          const meta = e.localName === 'meta';
          for (const a of e.attributes) if (!meta && !allowed?.attributes.includes(a.name)) wrong.push([n, `attribute ${a.name}`]);
          if (e instanceof (d.defaultView as unknown as typeof window).HTMLAnchorElement && e.hasAttribute('href')) {
            // An address that is none has no protocol, and leads nowhere.
            if (![':', 'http:', 'https:', 'mailto:', 'tel:'].includes(e.protocol)) wrong.push([n, `a link to ${e.href}`]);
            if (e.target && (e.target !== '_blank' || !e.relList.contains('noopener'))) wrong.push([n, `a link into ${e.target}`]);
          }
          // What waits for the reader: the pointer over it, the focus in it, a click.
          for (const kind of ['pointerover', 'mouseover', 'focus', 'focusin', 'click', 'toggle']) {
            if (kind !== 'click' || !e.closest('a')) e.dispatchEvent(new Event(kind, { bubbles: true, cancelable: true }));
          }
        }
      }
      // What a frame does once it is ready: timers, animations, things that fail to load.
      await new Promise((done) => setTimeout(done, 250));
      return wrong;
    },
    { urls, sandbox, allowed },
  );

// F2-36: whatever a mail holds, shown as the inbox shows it, it runs nothing, opens nothing, leads nowhere and loads
// nothing from elsewhere. With PAYLOADS=FOLDER those of a folder of examples are shown; scripts/score-shown says the sum.
test('no mail does more than show', async ({ browser }) => {
  test.setTimeout(600_000);
  const tried = all();
  const parley = new Parley();
  await parley.start();
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } }); // with the policies of the pages
  const page = await context.newPage();
  try {
    await begin(page, parley.base);
    const me = (await (await page.request.get(parley.base + '/api/v1/session')).json()) as { workspaces: { id: string }[] };
    const workspace = `${parley.base}/api/v1/workspaces/${me.workspaces[0]?.id}`;
    const post = async (path: string, data: object) => {
      const r = await page.request.post(workspace + path, { headers: { 'X-Parley-CSRF': '1' }, data });
      expect(r.ok(), await r.text()).toBe(true);
      return (await r.json()) as { id: string };
    };
    const inbox = await post('/inboxes', { name: 'Support', grouping: 'per_contact' });
    await post(`/inboxes/${inbox.id}/channels`, { kind: 'email', name: 'Lindqvist', config: { address: 'support@desk.test' } });
    await page.goto('about:blank'); // not told of each
    const queue = tried.entries();
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        for (const [n, [, html]] of queue) await send(parley.smtp, 'kim@customer.test', 'support@desk.test', mail(n, html));
      }),
    );
    const pages = await mails(page, workspace, tried.length);

    // The inbox itself shows the newest; all others are shown as it does.
    await page.goto(parley.base);
    const did = watch(context, page, parley.base);
    await page.getByRole('option', { name: /Payloads/ }).click();
    const frame = page.locator('iframe[sandbox]').first();
    await expect(frame).toBeVisible();
    const sandbox = (await frame.getAttribute('sandbox')) ?? '';
    expect(sandbox).not.toMatch(/scripts|forms|modals|top-navigation|pointer|downloads/);
    await expect
      .poll(() => page.locator('iframe[sandbox]').evaluateAll((f) => f.filter((i) => (i as HTMLIFrameElement).contentDocument?.body?.children.length).length))
      .toBeGreaterThan(3);

    const bad = new Map<string, string[]>();
    const shown = pages.flatMap((url, n) => (url ? [n] : []));
    for (let i = 0; i < shown.length; i += batch) {
      const part = shown.slice(i, i + batch);
      const wrong = await show(
        page,
        part.map((n) => pages[n] ?? ''),
        sandbox,
        { elements: elements.split(' '), attributes: attributes.split(' ') },
      );
      for (const [k, what] of wrong) note(bad, tried[part[k] ?? 0]?.[0] ?? '', what);
      if (did.length > 0) note(bad, `one of ${part.map((n) => tried[n]?.[0]).join(', ')}`, did.splice(0).join(', '));
    }
    process.stdout.write(
      `${tried.length} payloads: ${shown.length} shown in a frame, ${tried.length - shown.length} as text; did more than show: ${bad.size}\n`,
    );
    expect(Object.fromEntries(bad)).toEqual({});

    // The same without a sanitiser, a sandbox and a policy: what is watched for does happen.
    await page.route(/\/raw\/\d+$/, (r) =>
      r.fulfill({
        contentType: 'text/html; charset=utf-8',
        headers: { 'Content-Security-Policy': '' },
        body: tried[Number(r.request().url().split('/').pop())]?.[1] ?? '',
      }),
    );
    const own = tried.slice(0, 2 * batch);
    await show(
      page,
      own.map((_, n) => `${parley.base}/raw/${n}`),
      'allow-scripts allow-same-origin allow-modals allow-popups allow-forms',
    );
    const happened = (what: RegExp) => did.filter((d) => what.test(d)).length;
    process.stdout.write(
      `without protection, the first ${own.length}: dialogs ${happened(/dialog/)}, asked elsewhere ${happened(/asked/)}, led elsewhere ${happened(/led/)}\n`,
    );
    if (tried.length === Object.keys(payloads).length) {
      await expect.poll(() => happened(/dialog/)).toBeGreaterThan(30); // one is open at a time
      expect(happened(/asked/)).toBeGreaterThan(15);
      expect(happened(/led/)).toBeGreaterThan(0);
    }
  } finally {
    await context.close();
    await parley.end();
  }
});

function note(bad: Map<string, string[]>, name: string, what: string) {
  bad.set(name, [...(bad.get(name) ?? []), what]);
}

/** A mail whose only part is HTML. */
function mail(n: number, html: string): string {
  const body = Buffer.from(`<p>Payload ${n}</p>${html}`).toString('base64');
  const head = ['From: Kim Ek <kim@customer.test>', 'To: support@desk.test', 'Subject: Payloads', `Message-ID: <p${n}@customer.test>`, 'MIME-Version: 1.0'];
  return [...head, 'Content-Type: text/html; charset=utf-8', 'Content-Transfer-Encoding: base64', '', body.replace(/.{76}/g, '$&\n'), ''].join('\n');
}

/** Where the pages of so many payloads are, by their number; undefined for what is shown as text. */
async function mails(page: Page, workspace: string, n: number): Promise<(string | undefined)[]> {
  type Item = { message?: { text: string; html_url?: string } };
  const conversation = async () => {
    const r = await page.request.get(`${workspace}/conversations`);
    return ((await r.json()) as { items: { id: string }[] }).items[0]?.id;
  };
  await expect.poll(conversation).toBeTruthy();
  const id = await conversation();
  let found: (string | undefined)[] = [];
  let seen = 0;
  await expect
    .poll(
      async () => {
        found = new Array<string | undefined>(n);
        seen = 0;
        for (let before: string | undefined = ''; before !== undefined;) {
          const r = await page.request.get(`${workspace}/conversations/${id}/timeline?limit=200${before ? `&before=${encodeURIComponent(before)}` : ''}`);
          const part = (await r.json()) as { items: Item[]; prev_cursor?: string };
          for (const { message } of part.items) {
            const number = /Payload (\d+)/.exec(message?.text ?? '')?.[1];
            if (!message || number === undefined) continue;
            seen++;
            found[Number(number)] = message.html_url;
          }
          before = part.prev_cursor;
        }
        return seen;
      },
      { timeout: 60_000 },
    )
    .toBe(n);
  return found;
}
