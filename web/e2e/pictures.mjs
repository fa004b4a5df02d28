// Takes the README's pictures of the running product: node e2e/pictures.mjs http://127.0.0.1:8080 (a fresh install)
import { chromium } from '@playwright/test';

const base = process.argv[2];
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
});
const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-GB' })).newPage();
const api = async (method, path, body, headers = {}) => {
  const r = await page.request.fetch(base + path, { method, data: body, headers: { 'X-Parley-CSRF': '1', ...headers } });
  if (!r.ok()) throw new Error(`${method} ${path}: ${r.status()} ${await r.text()}`);
  return r.status() === 204 ? undefined : r.json();
};
const me = await api('POST', '/api/v1/setup', {
  workspace_name: 'Lindqvist Cycles',
  name: 'Maja Ek',
  email: 'maja@example.com',
  password: 'correct horse battery',
});
const ws = '/api/v1/workspaces/' + me.workspaces[0].id;
const chat = await api('POST', ws + '/inboxes', { name: 'Chat', grouping: 'per_contact' });
const web = await api('POST', `${ws}/inboxes/${chat.id}/channels`, {
  kind: 'webchat',
  config: { greeting: 'Hej! What can we fix?', reply_time: 'We usually answer within an hour' },
});
const shop = await api('POST', ws + '/inboxes', { name: 'Shop', grouping: 'per_thread' });
const inbound = 'a-secret-of-the-shop-system-1';
const hook = await api('POST', `${ws}/inboxes/${shop.id}/channels`, {
  kind: 'api',
  config: { webhook_url: 'https://shop.example.com/hook', inbound_secret: inbound, webhook_secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' },
});
const write = (n, name, subject, text) =>
  api(
    'POST',
    `/api/v1/channels/${hook.address}/messages`,
    { contact: { external_id: name, name, email: name.toLowerCase().replace(/[^a-z]+/g, '.') + '@example.org' }, thread_id: subject, subject, text },
    { Authorization: 'Bearer ' + inbound, 'Idempotency-Key': 'k' + n },
  );
await write(1, 'Henrik Lund', 'Service slot on Thursday', 'Hello, is there a slot for a full service this Thursday?');
await write(2, 'Marta Kowalska', 'Refund for cancelled helmet', 'The order was cancelled on Monday. When will the refund arrive?');
await write(3, 'Studio Norr AB', 'Quote for 12 cargo bikes', 'Purchasing would like to see the leasing terms as well.');
await write(4, 'Camille Durand', 'Sac de guidon compatible ?', 'Bonjour, le support KLICKfix convient-il au guidon du Tvärbana 5 ?');
await write(5, 'Daniel Osei', 'Wrong frame size delivered', 'I ordered 54 cm and the box says 58.');
await write(
  6,
  'Annika Bergström',
  'Battery stops charging at 80%',
  'Hi, since last week my battery stops at 80% and the charger light blinks amber. It is a Tvärbana 5 from September. Is it safe to keep charging overnight?',
);
const list = await api('GET', ws + '/conversations?view=all');
const annika = list.items.find((c) => c.contact.name.startsWith('Annika')).id;
const verb = (id, v, body) => api('POST', `${ws}/conversations/${id}/${v}`, body);
await verb(annika, 'assign', { assignee_id: me.user.id, priority: 'high' });
await verb(annika, 'tag', { add: ['Battery'] });
await verb(annika, 'note', { text: 'Serials from 24-B shipped with the old BMS firmware. If the reset fails, skip the questions and send a new pack.' });
await verb(annika, 'reply', {
  text: 'Hej Annika. Yes, it is safe: the pack protects itself when one cell runs warm. Could you hold the power button for ten seconds with the charger unplugged, then charge again and tell me what the light does?',
});
await write(
  7,
  'Annika Bergström',
  'Battery stops charging at 80%',
  'I ran the reset twice and it still blinks amber. The serial starts with 24-B if that helps.',
);
await verb(list.items.find((c) => c.contact.name.startsWith('Daniel')).id, 'prioritize', { priority: 'urgent' });

for (const theme of ['light', 'dark']) {
  await page.goto(base);
  await page.evaluate((t) => localStorage.setItem('parley.theme', t), theme);
  await page.goto(`${base}/lindqvist-cycles/all/${annika}`);
  await page.getByRole('log').getByText('24-B if that helps').waitFor();
  await page.getByText('Live', { exact: true }).waitFor();
  await page
    .getByRole('textbox', { name: 'Reply' })
    .fill('Thank you for trying that. Packs from 24-B can report one cell wrongly, so I am sending you a new battery today at no cost.');
  await page.getByText('Draft saved').waitFor();
  await page.screenshot({ path: `../docs/images/inbox-${theme}.png` });
}
await page.setViewportSize({ width: 390, height: 844 });
await page.goto(`${base}/lindqvist-cycles/all`);
await page.getByRole('option').first().waitFor();
await page.screenshot({ path: '../docs/images/inbox-phone.png' });
await page.setViewportSize({ width: 1120, height: 760 });
await page.goto(`${base}/try/${web.address}`);
await page.getByRole('button', { name: 'Open the chat' }).click();
await page.frameLocator('#parley-chat iframe').getByRole('heading', { name: 'Hej! What can we fix?' }).waitFor();
await page.screenshot({ path: '../docs/images/widget.png' });
await browser.close();
