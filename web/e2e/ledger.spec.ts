import { createServer, type AddressInfo, type Server } from 'node:net';
import { accessible, expect, quiet, test } from './parley';
import { enter, fill, post } from './shop';

/** A relay that takes a mail and is gone before it says so: nobody knows whether the mail went out. */
function silentRelay(): Promise<{ server: Server; address: string }> {
  const server = createServer((socket) => {
    let data = false;
    let mail = '';
    socket.on('error', () => undefined);
    socket.write('220 relay.example.com ESMTP\r\n');
    socket.on('data', (b) => {
      const said = b.toString();
      if (data) {
        mail += said;
        if (mail.endsWith('\r\n.\r\n')) socket.destroy();
      } else if (/^DATA/im.test(said)) {
        data = true;
        socket.write('354 go on\r\n');
      } else socket.write('250 ok\r\n');
    });
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve({ server, address: `127.0.0.1:${(server.address() as AddressInfo).port}` }));
  });
}

// What arrived is searched; what may not have arrived is looked at and only then sent again.
test('the ledger is searched, and an unknown message goes out again after a look', async ({ browser, parley }) => {
  const relay = await silentRelay();
  const shop = fill(parley);
  await parley.kill('SIGTERM');
  await parley.start(relay.address);
  const page = await enter(browser, parley, shop);
  const silent = quiet(page);
  await page.goto(`${parley.base}/${shop.slug}/ledger/inbound`);
  const rows = page.locator('tbody tr');
  await expect(rows.first().getByRole('link', { name: 'Open' })).toBeVisible();
  const all = await rows.count();
  const name = ((await rows.first().locator('.who').textContent()) ?? '').trim().split(/\s/)[0] ?? '';
  await page.getByRole('searchbox', { name: 'Search' }).fill(name.toUpperCase());
  await page.keyboard.press('Enter');
  await expect.poll(() => rows.count()).toBeLessThan(all);
  await expect(rows.first()).toContainText(name);
  await page.getByRole('searchbox', { name: 'Search' }).fill('nobody-has-this-name');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Nothing like that here.')).toBeVisible();

  // The shop's mail goes through the relay from now on.
  const ws = `/api/v1/workspaces/${shop.workspace}`;
  const inboxes = (await (await page.context().request.get(`${ws}/inboxes`)).json()) as { items: { channels: { id: string; kind: string }[] }[] };
  const channel = inboxes.items.flatMap((i) => i.channels).find((c) => c.kind === 'email');
  const changed = await page.context().request.patch(`${ws}/channels/${channel?.id}`, {
    headers: { 'X-Parley-CSRF': '1' },
    data: { config: { address: 'support@lindqvist.example' } },
  });
  expect(changed.ok()).toBe(true);
  const settings = { headers: { 'X-Parley-CSRF': '1' }, data: { settings: { undo_mail_seconds: 0 } } };
  expect((await page.context().request.patch(ws, settings)).ok()).toBe(true);
  const list = await page.context().request.get(`${ws}/conversations?view=all&tab=open&limit=100`);
  const { items } = (await list.json()) as { items: { id: string; channel_kind: string }[] };
  const mail = items.find((c) => c.channel_kind === 'email');
  expect((await post(page, shop, `${mail?.id}/reply`, { text: 'Your bicycle is ready', client_id: 'look-1' })).ok()).toBe(true);
  await expect(async () => {
    await page.goto(`${parley.base}/${shop.slug}/ledger/outbound`);
    await page.getByLabel('State').selectOption('Unknown');
    await expect(rows.first()).toContainText('Your bicycle is ready', { timeout: 1000 });
  }).toPass({ timeout: 30_000 });
  await accessible(page);
  await rows.first().getByRole('button', { name: 'Send again' }).click();
  await rows.first().getByRole('button', { name: 'Leave it' }).click();
  await rows.first().getByRole('button', { name: 'Send again' }).click();
  await rows.first().getByRole('button', { name: 'Send, it may arrive twice' }).click();
  await expect(page.getByText('Sending again')).toBeVisible();
  silent();
  relay.server.close();
});
