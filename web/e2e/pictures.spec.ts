import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { send } from './mail';
import { accessible, begin, expect, looks, Parley, person, quiet, shot, test as base } from './parley';

// 240 by 60 pixels of one colour, as a server elsewhere has it.
const picture = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAPAAAAA8CAIAAADXHaAKAAAAjUlEQVR42u3SQQ0AAAgDsTlBFTrw/8PH0qQKLpe5hRqRAEODocHQYGgMDYYGQ4OhwdAYGgwNhgZDg6ExNBgaDA2GBkNjaDA0GBoMDYbG0GBoMDQYGgyNocHQYGgwNBgaQ4OhwdBgaAwNhgZDg6HB0BgaDA2GBkODoTE0GBoMDYYGQ2NoMDQYGgwNhqbfA2Y146Bakr4jAAAAAElFTkSuQmCC',
  'base64',
);

const test = base.extend<{ desk: Parley; elsewhere: { url: string; asked: IncomingMessage[] } }>({
  desk: async ({}, use) => {
    const desk = new Parley();
    await desk.start('', false, ['--pictures', '127.0.0.1/32']);
    await use(desk);
    await desk.end();
  },
  elsewhere: async ({}, use) => {
    const asked: IncomingMessage[] = [];
    const server: Server = createServer((r, answer) => {
      asked.push(r);
      answer.writeHead(200, { 'Content-Type': 'image/png', 'Set-Cookie': 'reader=1' }).end(picture);
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', () => done()));
    await use({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked });
    server.close();
  },
});

// F2-36: remote pictures are asked for by nobody until a reader wants them, and then by the server alone.
test('pictures from elsewhere are shown when somebody asks, by way of the server', async ({ browser, desk, elsewhere }) => {
  const agent = await person(browser);
  const silent = quiet(agent);
  await begin(agent, desk.base);
  const direct: string[] = [];
  agent.on('request', (r) => !r.url().startsWith(desk.base) && direct.push(r.url()));
  const me = (await (await agent.request.get(desk.base + '/api/v1/session')).json()) as { workspaces: { id: string }[] };
  const workspace = `${desk.base}/api/v1/workspaces/${me.workspaces[0]?.id}`;
  const post = async (path: string, data: object) => {
    const r = await agent.request.post(workspace + path, { headers: { 'X-Parley-CSRF': '1' }, data });
    expect(r.ok(), await r.text()).toBe(true);
    return (await r.json()) as { id: string };
  };
  const inbox = await post('/inboxes', { name: 'Support', grouping: 'per_thread' });
  await post(`/inboxes/${inbox.id}/channels`, {
    kind: 'email',
    name: 'Lindqvist',
    config: { address: 'support@desk.test', auth_servers: 'mx.desk.test' },
  });
  const open = async (n: number) => {
    const row = agent.getByRole('option', { name: new RegExp(`New wheels ${n}`) });
    const more = agent.getByRole('button', { name: /^Show \d+ new/ }); // a list in use stays still
    await expect(row.or(more)).toBeVisible();
    if (await more.isVisible()) await more.click();
    await row.click();
  };
  const news = (n: number) => `Authentication-Results: mx.desk.test; dmarc=pass header.from=shop.test
From: Shop <news@shop.test>
To: support@desk.test
Subject: New wheels ${n}
Message-ID: <${n}@shop.test>
Content-Type: text/html

<table background="${elsewhere.url}/back-${n}.png" width="400"><tr><td style="padding: 8px">
<img src="${elsewhere.url}/logo-${n}.png?a=1&amp;b=2" srcset="${elsewhere.url}/2x.png 2x" width="240" height="60" alt="Shop">
<p>Our new wheels are here.</p><p style="background-image: url('${elsewhere.url}/line-${n}.png')">Come and see them.</p></td></tr></table>
<img src="${elsewhere.url}/open.gif?who=maja" width="1" height="1">
`;
  await send(desk.smtp, 'news@shop.test', 'support@desk.test', news(1));
  await open(1);
  const bar = agent.getByRole('group', { name: 'Pictures' });
  await expect(bar).toContainText('Pictures are not loaded.');
  await expect(bar).toContainText('1 tracker blocked');
  const mail = agent.locator('iframe[sandbox][title^="Shop"]').contentFrame(); // another is made ready beside it
  await expect(mail.getByTitle('Shop')).toBeVisible();
  await expect(mail.getByText('Come and see them.')).toBeVisible();
  expect(elsewhere.asked).toEqual([]);
  for (const look of looks) {
    await agent.setViewportSize(look.size);
    await agent.emulateMedia({ colorScheme: look.dark ? 'dark' : 'light' });
    await accessible(agent);
    await shot(agent, `pictures-blocked-${look.name}`);
  }
  await agent.setViewportSize({ width: 1440, height: 900 });
  await agent.emulateMedia({ colorScheme: 'light' });

  await bar.getByRole('button', { name: 'Show pictures' }).press('Enter');
  const logo = mail.getByAltText('Shop');
  await expect.poll(() => logo.evaluate((i: HTMLImageElement) => i.naturalWidth)).toBe(240);
  await expect.poll(() => elsewhere.asked.map((r) => r.url?.split('?')[0]).sort()).toEqual(['/back-1.png', '/line-1.png', '/logo-1.png']);
  for (const r of elsewhere.asked) expect([r.headers.cookie, r.headers.referer, r.headers['user-agent']]).toEqual([undefined, undefined, 'Parley']);
  await expect(bar).not.toContainText('are not loaded');
  await expect(bar).toContainText('1 tracker blocked');
  await shot(agent, 'pictures-shown');

  // They are asked for again with the next mail, until somebody says that they need not be.
  elsewhere.asked.length = 0;
  await send(desk.smtp, 'news@shop.test', 'support@desk.test', news(2));
  await open(2);
  await expect(bar).toContainText('are not loaded');
  expect(elsewhere.asked).toEqual([]);
  await bar.getByRole('button', { name: 'Always from Shop' }).click();
  await expect.poll(() => elsewhere.asked.length).toBe(3);
  await agent.reload();
  await send(desk.smtp, 'news@shop.test', 'support@desk.test', news(3));
  await open(3);
  await expect.poll(() => mail.getByAltText('Shop').evaluate((i: HTMLImageElement) => i.naturalWidth)).toBe(240);
  await expect(bar).not.toContainText('are not loaded');

  // Who only says that they are this sender is not shown so.
  elsewhere.asked.length = 0;
  await send(desk.smtp, 'eve@evil.test', 'support@desk.test', news(4).replace('dmarc=pass', 'dmarc=none'));
  await open(4);
  await expect(bar).toContainText('are not loaded');
  await expect(bar.getByRole('button', { name: /^Always/ })).toHaveCount(0);
  expect(elsewhere.asked).toEqual([]);

  const panel = agent.getByRole('complementary', { name: /Details|Customer/ });
  await panel.getByRole('button', { name: 'Ask again' }).click();
  await expect(panel.getByRole('button', { name: 'Ask again' })).toHaveCount(0);
  expect(direct).toEqual([]);
  silent();
});
