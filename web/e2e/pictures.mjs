// Takes the README's pictures of the running demo (bin/parley demo --still --data "$(mktemp -d)"): node e2e/pictures.mjs http://127.0.0.1:8080
import { chromium } from '@playwright/test';

const base = process.argv[2];
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
});
const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-GB' });
const page = await context.newPage();
const api = async (method, path, data) => {
  const r = await page.request.fetch(base + path, { method, data, headers: { 'X-Parley-CSRF': '1' } });
  if (!r.ok()) throw new Error(`${method} ${path}: ${r.status()} ${await r.text()}`);
  return r.json();
};
const me = await api('POST', '/api/v1/session', { email: 'maja@halden.example', password: 'halden coffee' });
const desk = me.workspaces[0];
const w = '/api/v1/workspaces/' + desk.id;
const { items } = await api('GET', `${w}/conversations?view=all&tab=needs_attention&limit=100`);

/** The open conversation with the most to see: by mail, with a note, files and tags. */
async function richest() {
  let best,
    most = -1;
  for (const c of items.filter((c) => c.channel_kind === 'email' && c.message_count > 2)) {
    const { items: line } = await api('GET', `${w}/conversations/${c.id}/timeline?limit=60`);
    const has = (f) => (line.some(f) ? 1 : 0);
    const rich =
      4 * has((x) => x.message?.kind === 'note') +
      2 * has((x) => x.message?.attachments.some((a) => a.width)) +
      c.tag_ids.length +
      Math.min(c.message_count, 6) / 2;
    if (rich > most && /^[\x20-\x7e]+$/.test(c.subject)) [best, most] = [c, rich];
  }
  return best;
}
const open = await richest();

for (const theme of ['light', 'dark']) {
  await page.goto(base);
  await page.evaluate((t) => localStorage.setItem('parley.theme', t), theme);
  await page.goto(`${base}/${desk.slug}/all/${open.id}`);
  await page.getByRole('log').waitFor();
  await page.getByText('Live', { exact: true }).waitFor();
  await page.getByRole('textbox', { name: 'Reply' }).fill('That is good to hear. Our installer comes on Thursday at ten and calls you half an hour before.');
  await page.getByText('Draft saved').waitFor();
  await page.mouse.move(1439, 899);
  await page.screenshot({ path: `../docs/images/inbox-${theme}.png` });
}
await page.evaluate(() => localStorage.setItem('parley.theme', 'light'));
await page.setViewportSize({ width: 390, height: 844 });
await page.goto(`${base}/${desk.slug}/all`);
await page.getByRole('option').first().waitFor();
await page.screenshot({ path: '../docs/images/inbox-phone.png' });

const visitor = await (await browser.newContext({ viewport: { width: 1120, height: 760 }, locale: 'en-GB' })).newPage();
await visitor.goto(base + '/try');
await visitor.getByRole('button', { name: 'Open the chat' }).click();
const chat = visitor.frameLocator('#parley-chat iframe');
await chat.getByLabel('Write a message').fill('Hello! Which beans would you take for a moka pot?');
await chat.getByLabel('Write a message').press('Enter');
await page
  .getByRole('option', { name: /moka pot/ })
  .first()
  .click();
await page.getByRole('textbox', { name: 'Reply' }).fill('Hi! Harbour, ground a little coarser than for espresso. It stays sweet on the stove.');
await page.keyboard.press('Control+Enter');
await chat.getByText('It stays sweet').waitFor();
await chat.getByText('Seen').waitFor();
await visitor.screenshot({ path: '../docs/images/widget.png' });
await browser.close();
