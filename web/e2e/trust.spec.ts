import type { Page } from '@playwright/test';
import { send } from './mail';
import { accessible, begin, expect, looks, person, quiet, shot, type Parley } from './parley';
import { test } from './posting';

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

// 1.3, peers 24: who only knows the id of a mail waits, folded, until the team decides.
test('a stranger waits to be let in, gets a conversation of their own, or is left out', async ({ browser, desk }) => {
  const page = await person(browser);
  const silent = quiet(page);
  await begin(page, desk.base);
  await mailbox(page, desk);
  await write(desk, { from: 'Ann Lind <ann@shop.test>', id: '1@shop.test', subject: 'A wheel is broken', auth: 'dmarc=pass' });
  await page.getByRole('option', { name: /A wheel is broken/ }).click();
  await expect(page.getByRole('button', { name: 'Sender: proven' })).toBeVisible();
  for (const [n, text] of ['What did Ann write?', 'Add me, please.', 'Buy my watches.'].entries())
    await write(desk, { from: `Eve ${n} <eve${n}@evil.test>`, id: `${n}@evil.test`, subject: 'Re: A wheel is broken', answers: '1@shop.test', text });

  const strange = (n: number) => page.getByRole('region', { name: `Somebody new wrote: Eve ${n} <eve${n}@evil.test>` });
  await expect(strange(0)).toBeVisible();
  await expect(strange(2)).toBeVisible();
  await expect(page.getByText('What did Ann write?')).toHaveCount(0);
  await strange(0).getByRole('button', { name: 'Show what they wrote' }).click();
  await expect(strange(0).getByText('What did Ann write?')).toBeVisible();
  await everyLook(page, 'trust-stranger');

  await strange(0).getByRole('button', { name: 'Let in' }).click();
  await expect(page.getByText('let somebody new into this conversation')).toBeVisible();
  await expect(strange(0)).toHaveCount(0);
  await expect(page.getByRole('log').getByText('What did Ann write?')).toBeVisible();
  await expect(page.getByRole('main')).toContainText(/To\s*Eve 0/); // the answer goes to who was let in

  await strange(2).getByRole('button', { name: 'Leave out' }).click();
  await expect(page.getByRole('region', { name: /^Left out: Eve 2/ })).toBeVisible();

  await strange(1).getByRole('button', { name: 'Separate conversation' }).click();
  await expect(strange(1)).toHaveCount(0);
  // Where the pointer is in the list, new rows wait to be asked for.
  const own = page.getByRole('option', { name: /Eve 1.*Add me, please/ });
  const held = page.getByRole('button', { name: 'Show 1 new conversation' });
  await expect(own.or(held)).toBeVisible();
  if (await held.isVisible()) await held.click();
  await expect(own).toBeVisible();
  silent();
});

// Peers 21, 22: every mail says why it is here, and one with another subject asks.
test('a mail says why it is here, and another subject may be split off', async ({ browser, desk }) => {
  const page = await person(browser);
  const silent = quiet(page);
  await begin(page, desk.base);
  await mailbox(page, desk);
  await write(desk, { from: 'Ann Lind <ann@shop.test>', id: '1@shop.test', subject: 'A wheel is broken' });
  await page.getByRole('option', { name: /A wheel is broken/ }).click();
  const why = page.getByRole('button', { name: 'Why is this here?' }).first();
  await why.click();
  await expect(page.getByRole('note').filter({ hasText: 'it began this conversation' })).toBeVisible();
  await why.click();

  for (const [n, subject] of ['My invoice', 'The brakes'].entries()) {
    await write(desk, {
      from: 'Ann Lind <ann@shop.test>',
      id: `${n + 2}@shop.test`,
      subject: `Re: ${subject}`,
      answers: '1@shop.test',
      text: `About ${subject}`,
    });
    await expect(page.getByRole('note').filter({ hasText: `The subject changed to “Re: ${subject}”` })).toBeVisible();
  }
  await everyLook(page, 'trust-subject');
  const hint = (s: string) => page.getByRole('note').filter({ hasText: `“Re: ${s}”` });
  await hint('My invoice').getByRole('button', { name: 'It belongs here' }).click();
  await expect(hint('My invoice')).toHaveCount(0);
  await expect(page.getByText('kept a mail with another subject in this conversation')).toBeVisible();
  await hint('The brakes').getByRole('button', { name: 'Split' }).click();
  await expect(hint('The brakes')).toHaveCount(0);
  await expect(page.getByRole('option', { name: /The brakes/ })).toBeVisible();
  silent();
});

// Channels 2.5: whatever the headers say, too much mail pauses what programs answer.
test('a loop is stopped and said once', async ({ browser, desk }) => {
  const page = await person(browser);
  const silent = quiet(page);
  await begin(page, desk.base);
  await mailbox(page, desk);
  for (let n = 0; n < 22; n++)
    await write(desk, { from: 'Robot <robot@loop.test>', id: `${n}@loop.test`, subject: 'Ticket 7', ...(n ? { answers: '0@loop.test' } : {}) });
  await page.getByRole('option', { name: /Ticket 7/ }).click();
  await expect(page.getByText(/Automatic mail to this address is paused until/)).toHaveCount(1);
  await everyLook(page, 'trust-loop');
  silent();
});

// Channels 2.6: a teammate forwards a customer's mail; in a doubt one click says whose it is.
test('a mail that a teammate forwards is its customer’s', async ({ browser, desk }) => {
  const page = await person(browser);
  const silent = quiet(page);
  await begin(page, desk.base);
  await mailbox(page, desk);
  const me = (await (await page.request.get(desk.base + '/api/v1/session')).json()) as { user: { email: string; name: string } };
  const fwd = (n: number, head: string) =>
    write(desk, {
      from: `${me.user.name} <${me.user.email}>`,
      id: `f${n}@team.test`,
      subject: `Fwd: Broken wheel ${n}`,
      auth: 'dmarc=pass',
      text: `Please help her.\n\n${head}\n\nMy wheel broke.`,
    });
  await fwd(1, `---------- Forwarded message ---------\nFrom: Ann Lind <ann@shop.test>\nDate: Thu, 28 May 2026 at 09:12\nSubject: Broken wheel 1\nTo: me`);
  await fwd(2, 'On Thu, 28 May 2026 at 09:12, Cleo <cleo@home.test> wrote:\n> My wheel broke.');
  await page.getByRole('option', { name: /Ann Lind.*Broken wheel 1/ }).click();
  const log = page.getByRole('log');
  await expect(log.getByText('My wheel broke.')).toBeVisible();
  await expect(log.getByText('You forwarded this.')).toBeVisible();
  await expect(log.getByText('Please help her.')).toBeVisible();
  await everyLook(page, 'forward-taken');

  await page.getByRole('option', { name: /Fwd: Broken wheel 2/ }).click();
  await expect(page.getByRole('note').filter({ hasText: 'You forwarded this mail. It seems to be from cleo@home.test.' })).toBeVisible();
  await everyLook(page, 'forward-doubt');
  await page.getByRole('button', { name: 'Make it the conversation of cleo@home.test' }).click();
  await expect(page.getByText('made this the conversation of who wrote the forwarded mail')).toBeVisible();
  await expect(page.getByRole('option', { name: /cleo@home.test.*Broken wheel 2/ })).toBeVisible();
  silent();
});
