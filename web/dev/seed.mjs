/**
 * Fills a fresh Parley with an invented shop, to look at the inbox:
 *
 *   node dev/seed.mjs http://127.0.0.1:8080 127.0.0.1:2525 [rows]
 *
 * The first address is Parley's, the second its SMTP; rows adds that many
 * generated conversations. It prints how to sign in.
 */
import { connect } from 'node:net';
import { deflateSync } from 'node:zlib';

const [base = 'http://127.0.0.1:8080', smtp = '127.0.0.1:2525', rows = '0'] = process.argv.slice(2);
const password = 'correct horse battery';

/** One signed-in person. */
class Client {
  cookie = '';
  async ask(method, path, body, headers = {}) {
    const r = await fetch(`${base}/api/v1${path}`, {
      method,
      headers: { 'X-Parley-CSRF': '1', 'Content-Type': 'application/json', Cookie: this.cookie, ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const set = r.headers.getSetCookie?.()[0];
    if (set) this.cookie = set.split(';')[0];
    const text = await r.text();
    if (!r.ok) throw new Error(`${method} ${path}: ${r.status} ${text}`);
    return text ? JSON.parse(text) : undefined;
  }
  post = (path, body, headers) => this.ask('POST', path, body, headers);
  get = (path) => this.ask('GET', path);
}

/** Hands one mail to Parley's SMTP server. */
function mail(from, to, headers, text) {
  return new Promise((done, fail) => {
    const [host, port] = smtp.split(':');
    const lines = [`EHLO seed`, `MAIL FROM:<${from}>`, `RCPT TO:<${to}>`, 'DATA', `${headers.join('\r\n')}\r\n\r\n${text}\r\n.`, 'QUIT'];
    const s = connect(Number(port), host);
    let rest = '';
    s.on('data', (d) => {
      rest += d;
      const last = /^(\d{3}) .*\r\n$/m.exec(rest);
      if (!last) return;
      rest = '';
      if (Number(last[1]) >= 400) return fail(new Error(last[0]));
      const next = lines.shift();
      if (next) s.write(`${next}\r\n`);
      else {
        s.end();
        done();
      }
    });
    s.on('error', fail);
  });
}

const maja = new Client();
const me = await maja.post('/setup', { workspace_name: 'Lindqvist Cycles', name: 'Maja Ek', email: 'maja@lindqvist.example', password });
const W = `/workspaces/${me.workspaces[0].id}`;

async function invite(name, email, role = 'agent') {
  const i = await maja.post(`${W}/invitations`, { email, role, inbox_ids: [support.id, site.id, shop.id] });
  const c = new Client();
  const who = await c.post(`/invitations/${i.url.split('/').pop()}/accept`, { name, password });
  return { c, id: who.user.id };
}
const support = await maja.post(`${W}/inboxes`, { name: 'Support', grouping: 'per_thread' });
await maja.post(`${W}/inboxes/${support.id}/channels`, {
  kind: 'email',
  name: 'Support mail',
  config: { address: 'support@lindqvist.example', smtp_host: '127.0.0.1', smtp_port: 1, smtp_security: 'none' },
});
const site = await maja.post(`${W}/inboxes`, { name: 'Website', grouping: 'per_contact' });
const chat = await maja.post(`${W}/inboxes/${site.id}/channels`, { kind: 'webchat', name: 'Website chat', config: {} });
const shop = await maja.post(`${W}/inboxes`, { name: 'Shop system', grouping: 'per_contact' });
const secret = 'a-secret-of-the-shop-system-0001';
const api = await maja.post(`${W}/inboxes/${shop.id}/channels`, {
  kind: 'api',
  name: 'Shop system',
  config: { webhook_url: 'http://127.0.0.1:9/none', inbound_secret: secret, webhook_secret: 'whsec_c2VlZC1zZWVkLXNlZWQtc2VlZC1zZWVkLXNlZWQ=' },
});

const priya = await invite('Priya Raman', 'priya@lindqvist.example');
const jonas = await invite('Jonas Weber', 'jonas@lindqvist.example');
await invite('Tomas Okafor', 'tomas@lindqvist.example', 'admin');

let n = 0;
async function post(name, text, more = {}) {
  await maja.post(
    `/channels/${api.address}/messages`,
    {
      contact: { external_id: more.phone ?? name, name, phone: more.phone, email: more.email },
      text,
      ...(more.subject ? { subject: more.subject } : {}),
      ...(more.at ? { at: more.at } : {}),
      ...(more.attachments ? { attachments: more.attachments } : {}),
    },
    { Authorization: `Bearer ${secret}`, 'Idempotency-Key': `seed-${n++}`, Cookie: '' },
  );
}
async function write(name, from, subject, text, more = {}) {
  const headers = [
    `From: ${name} <${from}>`,
    'To: support@lindqvist.example',
    `Subject: ${subject}`,
    `Message-ID: <seed-${n++}@example>`,
    `Date: ${new Date().toUTCString()}`,
    'MIME-Version: 1.0',
    ...(more.headers ?? ['Content-Type: text/plain; charset=utf-8']),
  ];
  await mail(from, 'support@lindqvist.example', headers, text);
}
async function talk(name, email, ...texts) {
  const s = await (
    await fetch(`${base}/api/widget/v1/${chat.address}/session`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' })
  ).json();
  let headers = { Authorization: `Bearer ${s.token}`, 'Content-Type': 'application/json' };
  const ask = async (path, body) =>
    (await fetch(`${base}/api/widget/v1/${chat.address}/${path}`, { method: 'POST', headers, body: JSON.stringify(body) })).json();
  for (const text of texts) await ask('messages', { client_id: crypto.randomUUID(), text });
  const known = await ask('profile', { name, email });
  if (known.token) headers = { ...headers, Authorization: `Bearer ${known.token}` };
  return headers;
}
/** A plain picture as a PNG in base64, width by height. */
function png(width, height) {
  const part = (type, data) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const out = Buffer.alloc(12 + data.length);
    out.writeUInt32BE(data.length, 0);
    body.copy(out, 4);
    out.writeUInt32BE(crc32(body), 8 + data.length);
    return out;
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2], 8);
  const lines = Buffer.alloc(height * (1 + 3 * width));
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      lines.set(y > height * 0.66 ? [158, 148, 127] : x > 50 && x < 190 && y > 50 && y < 120 ? [43, 48, 46] : [201, 194, 179], y * (1 + 3 * width) + 1 + 3 * x);
  return Buffer.concat([
    Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]),
    part('IHDR', head),
    part('IDAT', deflateSync(lines)),
    part('IEND', Buffer.alloc(0)),
  ]).toString('base64');
}
function crc32(data) {
  let c = -1;
  for (const byte of data) {
    c ^= byte;
    for (let k = 0; k < 8; k++) c = (c >>> 1) ^ (0xedb88320 & -(c & 1));
  }
  return ~c >>> 0;
}
const pixel = png(264, 176);

for (let i = 0; i < Number(rows); i++)
  await post(`Customer ${i + 1}`, `A generated question, number ${i + 1}.`, { email: `c${i}@example.com`, subject: `Generated question ${i + 1}` });
await write('Ingrid Solheim', 'ingrid@solheim.example', 'Test ride in Oslo', 'Saturday at ten would be perfect for both of us.');
await write('Bikehaus Köln', 'buchhaltung@bikehaus.example', 'Dealer invoice 2026-118', 'Please see the corrected VAT number.');
await post('Sofia Rossi', 'Grazie mille! The new address is Via Solari 14, Milano.', { email: 'sofia@rossi.example', subject: 'Change of delivery address' });
await write('Oliver Grant', 'oliver.grant@mail.example', 'Warranty: noise from rear hub', 'It is louder when coasting downhill.');
await write('Marta Kowalska', 'marta.k@poczta.example', 'Refund for cancelled helmet', 'When will the refund arrive?');
await talk('Yuki Tanaka', 'yuki@tanaka.example', 'My phone will not pair after update 2.4', 'I restarted both twice.');
await write('Henrik Lund', 'henrik.lund@firma.example', 'Service slot on Thursday', 'Hello, it is about my service slot on Thursday. Could I come earlier?');
await talk('Camille Durand', 'camille@durand.example', 'Sac de guidon compatible ?');
await post('', 'Die Sendungsnummer zeigt seit Montag nichts Neues an.', { phone: '+491715550134', subject: 'Wo ist mein Paket?' });
const table =
  '<p>Dear team,</p><p>our order in a table. <a href="https://example.com">Our terms</a></p><table border="1"><tr><th>Model</th><th>Pieces</th></tr><tr><td>Lastdrag 3</td><td>8</td></tr><tr><td>Lastdrag 3 long</td><td>4</td></tr></table><p>Kind regards<br>Elin, Studio Norr</p>';
await write('Studio Norr AB', 'info@studionorr.example', 'Quote for 12 cargo bikes', table, { headers: ['Content-Type: text/html; charset=utf-8'] });
await talk(
  'Daniel Osei',
  'daniel.osei@mail.example',
  'Hi, my bike came today but the frame is a 58. I ordered a 54.',
  'It says 58, photo above. I need it tomorrow.',
  'Can I talk to a person please?',
);
const boundary = 'b1';
await write(
  'Annika Bergström',
  'annika.bergstrom@posten.example',
  'Battery stops charging at 80%',
  `--${boundary}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nHi, since last week my battery stops at 80% and the charger light blinks amber. It is a Tvärbana 5 from September. Is it safe to keep charging overnight?\r\n\r\nOn 2 June 2026 at 10:12, Lindqvist Cycles <support@lindqvist.example> wrote:\r\n> How do you like your new bike?\r\n> It has ten years of warranty.\r\n--${boundary}\r\nContent-Type: image/png; name="charger.png"\r\nContent-Disposition: attachment; filename="charger.png"\r\nContent-Transfer-Encoding: base64\r\n\r\n${pixel.replace(/.{76}/g, '$&\r\n')}\r\n--${boundary}\r\nContent-Type: application/pdf; name="receipt-september.pdf"\r\nContent-Disposition: attachment; filename="receipt-september.pdf"\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjQKJSVFT0YK\r\n--${boundary}--`,
  { headers: [`Content-Type: multipart/mixed; boundary="${boundary}"`] },
);

// What comes in is taken in side by side: the last one may be there before others.
const named = ['Annika', 'Daniel', 'Studio', '+49', 'Camille', 'Henrik', 'Yuki', 'Marta', 'Oliver', 'Sofia', 'Ingrid', 'Bikehaus'];
const listed = async () => (await maja.get(`${W}/conversations?view=all&tab=open&limit=100`)).items;
let all = await listed();
for (let i = 0; i < 100 && !named.every((n) => all.some((c) => c.contact.name.startsWith(n))); i++) {
  await new Promise((r) => setTimeout(r, 100));
  all = await listed();
}
const of = (name) => all.find((c) => c.contact.name.startsWith(name)) ?? { id: 'missing' };
const verb = (who, c, v, body = {}) => who.c.post(`${W}/conversations/${c.id}/${v}`, body);
const me2 = { c: maja, id: me.user.id };
const annika = of('Annika');
await verb(priya, annika, 'prioritize', { priority: 'high' });
await verb(priya, annika, 'tag', { add: ['Battery'] });
await verb(priya, annika, 'assign', { assignee_id: me2.id });
// The one mail that cannot be delivered fails while the shop is filled, so that nothing happens in it later by itself.
await maja.ask('PATCH', `${W}/inboxes/${support.id}`, { settings: { undo_mail_seconds: 0 } });
await verb(me2, annika, 'reply', {
  text: 'Hej Annika. Yes, it is safe: the pack protects itself when one cell runs warm. Could you hold the power button for ten seconds with the charger unplugged, then charge again and tell me what the light does?',
  client_id: 'seed-reply-1',
});
await verb(priya, annika, 'note', {
  text: '@Maja serials from 24-B shipped with the old BMS firmware. If the reset fails, skip the questions and send a new pack.',
  client_id: 'seed-note-1',
});
await verb(jonas, of('Daniel'), 'prioritize', { priority: 'urgent' });
await verb(jonas, of('Daniel'), 'tag', { add: ['Delivery'] });
await verb(jonas, of('Daniel'), 'note', {
  text: '@Maja Malmö shop has a 54 in slate. The courier can swap it tonight before 19:00 if we confirm by noon.',
  client_id: 'seed-note-2',
});
for (const name of ['Studio', '+49', 'Henrik', 'Yuki', 'Marta', 'Sofia', 'Ingrid']) await verb(me2, of(name), 'assign', { assignee_id: me2.id });
await verb(priya, of('Camille'), 'assign', { assignee_id: priya.id });
await verb(priya, of('Camille'), 'reply', { text: 'Oui, le support KLICKfix convient aux deux tailles.', client_id: 'seed-reply-2' });
await verb(me2, of('Yuki'), 'reply', { text: 'Could you tell me which Android version it is?', client_id: 'seed-reply-3' });
await verb(me2, of('Oliver'), 'tag', { add: ['Warranty'] });
await verb(me2, of('Ingrid'), 'prioritize', { priority: 'low' });
await verb(me2, of('Sofia'), 'resolve');
const failed = async () => (await maja.get(`${W}/conversations/${annika.id}/timeline`)).items.some((i) => i.message?.delivery?.reason);
for (let i = 0; i < 100 && !(await failed()); i++) await new Promise((r) => setTimeout(r, 50));
await maja.ask('PATCH', `${W}/inboxes/${support.id}`, { settings: { undo_mail_seconds: null } });
console.log(
  JSON.stringify({
    base,
    workspace: me.workspaces[0].id,
    slug: me.workspaces[0].slug,
    email: 'maja@lindqvist.example',
    priya: 'priya@lindqvist.example',
    password,
    annika: annika.id,
  }),
);
