import { readFileSync } from 'node:fs';
import { send } from './mail';
import { begin, expect, person, quiet } from './parley';
import { test } from './posting';

// 24 by 16 pixels of one colour.
const picture = 'iVBORw0KGgoAAAANSUhEUgAAABgAAAAQCAIAAACDRijCAAAAHklEQVR4nGNQYGCgCmIYNWjUoFGDRg0aNWjUICSDACc4MAGnOl2oAAAAAElFTkSuQmCC';

const first = `From: Kim Ek <kim@customer.test>
To: support@desk.test
Subject: The chain jumps
Message-ID: <first@customer.test>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=outer

--outer
Content-Type: multipart/related; boundary=inner

--inner
Content-Type: text/html; charset=utf-8

<h2 style="color: rgb(200, 0, 0)">The chain jumps</h2><p>Look at <b>this</b>: <img src="cid:wheel" alt="the wheel"></p>
<script>parent.document.title = 'owned'; document.body.textContent = 'owned'</script>
<img src="https://tracker.example/pixel.png" onerror="document.title='owned'">
--inner
Content-Type: image/png; name=wheel.png
Content-ID: <wheel>
Content-Disposition: inline; filename=wheel.png
Content-Transfer-Encoding: base64

${picture}
--inner--
--outer
Content-Type: text/csv; name="=?UTF-8?Q?r=C3=A4kning.csv?="
Content-Disposition: attachment; filename*=UTF-8''r%C3%A4kning.csv

part,price
chain,39
--outer--
`;

// F2-36, F3-01, F3-02, F1-09: a customer writes by mail, the team answers, nobody reloads.
test('a customer writes by mail and the team answers', async ({ browser, desk, post }) => {
  const agent = await person(browser);
  // The test tool looks into the frame of the mail, which the browser reports.
  const silent = quiet(agent, [/frame is sandboxed/]);
  await begin(agent, desk.base);
  const asked: string[] = [];
  agent.on('request', (r) => asked.push(r.url()));
  const api = async (path: string, data: object) => {
    const r = await agent.request.post(desk.base + '/api/v1' + path, { headers: { 'X-Parley-CSRF': '1' }, data });
    expect(r.ok(), await r.text()).toBe(true);
    return (await r.json()) as { id: string };
  };
  const me = (await (await agent.request.get(desk.base + '/api/v1/session')).json()) as { workspaces: { id: string }[] };
  const workspace = `/workspaces/${me.workspaces[0]?.id}`;
  const inbox = await api(`${workspace}/inboxes`, { name: 'Support', grouping: 'per_thread' });
  const now = { headers: { 'X-Parley-CSRF': '1' }, data: { settings: { undo_mail_seconds: 0 } } };
  expect((await agent.request.patch(`${desk.base}/api/v1${workspace}/inboxes/${inbox.id}`, now)).ok()).toBe(true);
  await api(`${workspace}/inboxes/${inbox.id}/channels`, { kind: 'email', name: 'Lindqvist', config: { address: 'support@desk.test' } });

  await send(desk.smtp, 'kim@customer.test', 'support@desk.test', first);
  const row = agent.getByRole('option', { name: /The chain jumps/ });
  await expect(row).toContainText('Kim Ek');
  await row.click();

  // The mail is a page in a frame in which nothing runs and nothing is fetched from outside.
  const frame = agent.locator('iframe[sandbox]');
  await expect(frame).not.toHaveAttribute('sandbox', /allow-scripts|allow-forms|allow-top/);
  const mail = frame.contentFrame();
  await expect(mail.getByRole('heading', { name: 'The chain jumps' })).toHaveCSS('color', 'rgb(200, 0, 0)');
  await expect(mail.getByText('owned')).toHaveCount(0);
  await expect.poll(() => mail.getByAltText('the wheel').evaluate((i: HTMLImageElement) => [i.naturalWidth, i.naturalHeight])).toEqual([24, 16]);
  expect(asked.filter((u) => !u.startsWith(desk.base))).toEqual([]);
  await expect(agent).not.toHaveTitle(/owned/);

  // The frame is as high as the mail, and keys of the inbox work from within it.
  const natural = await mail.locator('body').evaluate((b) => Math.ceil(b.getBoundingClientRect().height));
  await expect.poll(() => frame.evaluate((f) => f.getBoundingClientRect().height)).toBe(natural);
  await expect(agent.getByRole('button', { name: 'Show more of this mail' })).toHaveCount(0);
  await mail.getByRole('heading', { name: 'The chain jumps' }).click();
  await agent.keyboard.press('r');
  await expect(agent.getByRole('textbox', { name: 'Reply' })).toBeFocused();
  await agent.keyboard.press('Escape');

  const download = agent.waitForEvent('download');
  await agent.getByRole('link', { name: /räkning\.csv/ }).click();
  const file = await download;
  expect(file.suggestedFilename()).toBe('räkning.csv');
  expect(
    readFileSync(await file.path(), 'utf8')
      .trim()
      .split(/\r?\n/),
  ).toEqual(['part,price', 'chain,39']);

  await agent.keyboard.press('r');
  await agent.keyboard.type('Which **wheel** is it?');
  await agent.keyboard.press('Control+Enter');
  await expect.poll(() => post.mails.length).toBe(1);
  const answer = post.mails[0];
  expect(answer?.to).toBe('kim@customer.test');
  expect(answer?.header('From')).toBe('"Maja Ek at Lindqvist" <support@desk.test>');
  expect(answer?.header('Subject')).toBe('Re: The chain jumps');
  expect(answer?.header('In-Reply-To')).toBe('<first@customer.test>');
  expect(answer?.raw).toContain('<strong>wheel</strong>');
  const reply = /<(support\+c.*)>/.exec(answer?.header('Reply-To') ?? '')?.[1] ?? '';
  expect(reply).not.toBe('');
  await expect(agent.getByRole('log')).toContainText('sent');

  // The customer's answer joins: by the address alone, as some programs lose the rest.
  await send(
    desk.smtp,
    'kim@customer.test',
    reply,
    `From: Kim Ek <kim@customer.test>\nTo: ${reply}\nSubject: wheels\nMessage-ID: <second@customer.test>\n\nThe rear one.\n\nOn Monday Maja wrote:\n> Which wheel is it?\n`,
  );
  await expect(agent.getByRole('log')).toContainText('The rear one.');
  await expect(agent.getByRole('log')).not.toContainText('On Monday Maja wrote');
  await agent.getByRole('button', { name: 'Show quoted text' }).click();
  await expect(agent.getByRole('log')).toContainText('On Monday Maja wrote');
  await expect(agent.getByRole('option')).toHaveCount(1);
  silent();
});

// A mail that cannot be read is kept, shown as such, and can be had as it came.
test('a mail that cannot be read is shown as such', async ({ browser, desk }) => {
  const agent = await person(browser);
  await begin(agent, desk.base);
  const me = (await (await agent.request.get(desk.base + '/api/v1/session')).json()) as { workspaces: { id: string }[] };
  const workspace = `${desk.base}/api/v1/workspaces/${me.workspaces[0]?.id}`;
  const headers = { 'X-Parley-CSRF': '1' };
  const inbox = (await (await agent.request.post(`${workspace}/inboxes`, { headers, data: { name: 'Support', grouping: 'per_thread' } })).json()) as {
    id: string;
  };
  await agent.request.post(`${workspace}/inboxes/${inbox.id}/channels`, {
    headers,
    data: { kind: 'email', name: 'Lindqvist', config: { address: 'support@desk.test' } },
  });
  await send(desk.smtp, 'kim@customer.test', 'support@desk.test', 'this is no mail at all\n');
  await agent.getByRole('option', { name: /could not be read/ }).click();
  await expect(agent.getByRole('log')).toContainText('This mail could not be read');
  const download = agent.waitForEvent('download');
  await agent.getByRole('link', { name: /mail\.eml/ }).click();
  expect(readFileSync(await (await download).path(), 'utf8')).toContain('this is no mail at all');
});
