import type { Page } from '@playwright/test';
import { PostOffice, send } from './mail';
import { accessible, begin, expect, looks, Parley, person, quiet, shot, test as base } from './parley';

const test = base.extend<{ post: PostOffice; desk: Parley }>({
  post: async ({}, use) => {
    const post = new PostOffice();
    await use(post);
    post.close();
  },
  desk: async ({ post }, use) => {
    const desk = new Parley();
    await desk.start(await post.open());
    await use(desk);
    await desk.end();
  },
});

/** Gives the workspace an inbox with a mail address whose own server is believed. */
async function mailbox(page: Page, desk: Parley) {
  const api = async (path: string, data: object) => {
    const r = await page.request.post(desk.base + '/api/v1' + path, { headers: { 'X-Parley-CSRF': '1' }, data });
    expect(r.ok(), await r.text()).toBe(true);
    return (await r.json()) as { id: string };
  };
  const me = (await (await page.request.get(desk.base + '/api/v1/session')).json()) as { workspaces: { id: string }[] };
  const workspace = `/workspaces/${me.workspaces[0]?.id}`;
  const inbox = await api(`${workspace}/inboxes`, { name: 'Support', grouping: 'per_thread' });
  const now = { headers: { 'X-Parley-CSRF': '1' }, data: { settings: { undo_mail_seconds: 0 } } };
  expect((await page.request.patch(`${desk.base}/api/v1${workspace}/inboxes/${inbox.id}`, now)).ok()).toBe(true);
  await api(`${workspace}/inboxes/${inbox.id}/channels`, {
    kind: 'email',
    name: 'Lindqvist',
    config: { address: 'support@desk.test', auth_servers: 'mx.desk.test' },
  });
  return { workspace, inbox: inbox.id };
}

/** Looks at a page in every width and theme. */
async function everyLook(page: Page, what: string) {
  for (const { size, dark, name } of looks) {
    await page.emulateMedia({ colorScheme: dark ? 'dark' : 'light' });
    await page.setViewportSize(size);
    await accessible(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    await shot(page, `${what}-${name}`);
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 1440, height: 900 });
}

interface Letter {
  from: string;
  id: string;
  subject: string;
  text?: string;
  to?: string;
  answers?: string;
  auth?: string;
  more?: string;
}

/** Hands in a mail; auth is what our own mail server found out. */
function write(desk: Parley, l: Letter) {
  const address = /<(.*)>/.exec(l.from)?.[1] ?? l.from;
  const to = l.to ?? 'support@desk.test';
  const auth = l.auth ? `Authentication-Results: mx.desk.test; ${l.auth} header.from=${address.split('@')[1]}\n` : '';
  const answers = l.answers ? `In-Reply-To: <${l.answers}>\nReferences: <${l.answers}>\n` : '';
  return send(
    desk.smtp,
    address,
    to,
    `${auth}${l.more ?? ''}From: ${l.from}\nTo: ${to}\nSubject: ${l.subject}\nMessage-ID: <${l.id}>\n${answers}\n${l.text ?? 'Hello'}\n`,
  );
}

// Peers 2.E: a sender is a claim; the badge says how far it is proven, in words.
test('a badge says how far a sender is proven', async ({ browser, desk }) => {
  const page = await person(browser);
  const silent = quiet(page);
  await begin(page, desk.base);
  await mailbox(page, desk);
  await write(desk, { from: 'Ann Lind <ann@shop.test>', id: '1@shop.test', subject: 'A wheel is broken', auth: 'dmarc=pass' });
  await write(desk, { from: 'Bo Bank <bo@bank.test>', id: '1@bank.test', subject: 'Pay this invoice today', auth: 'dmarc=fail (p=REJECT)' });
  await write(desk, { from: 'Cleo <cleo@home.test>', id: '1@home.test', subject: 'When do you open?' });
  await write(desk, { from: '"boss@bank.test" <eve@evil.test>', id: '1@evil.test', subject: 'A small favour' });
  const all: [RegExp, string, RegExp][] = [
    [/A wheel is broken/, 'Sender: proven', /Your mail server mx\.desk\.test checked it\. This is really from shop\.test/],
    [/Pay this invoice/, 'Sender: failed the check', /Do not act on it before you have asked another way/],
    [/When do you open/, 'Sender: not proven', /Nothing in the mail shows that home\.test sent it/],
    [/A small favour/, 'Sender: suspicious', /The name shown is itself another mail address/],
  ];
  for (const [row, badge, why] of all) {
    await page.getByRole('option', { name: row }).click();
    const button = page.getByRole('button', { name: badge, exact: true });
    await expect(button).toHaveAttribute('title', why);
    await button.click();
    await expect(page.getByRole('note').filter({ hasText: why })).toBeVisible();
  }
  await everyLook(page, 'trust-badge');
  silent();
});
