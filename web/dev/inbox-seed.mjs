/** The invented people and conversations of the stand-in server. */

export const people = [
  ['usr_maja', 'Maja Ek', 'owner', 'online'],
  ['usr_priya', 'Priya Raman', 'agent', 'online'],
  ['usr_jonas', 'Jonas Weber', 'agent', 'online'],
  ['usr_tomas', 'Tomas Okafor', 'agent', 'offline'],
  ['usr_lea', 'Lea Brandt', 'admin', 'away'],
].map(([user_id, name, role, availability]) => ({ user_id, name, role, availability, email: `${name.toLowerCase().replace(' ', '.')}@lindqvist.example`, active: true, inbox_ids: [], open_count: 0 }));

const minutes = (n) => new Date(Date.now() - n * 60_000).toISOString();

const image = `<svg xmlns="http://www.w3.org/2000/svg" width="444" height="300" viewBox="0 0 148 100"><rect width="148" height="100" fill="#C9C2B3"/><rect y="66" width="148" height="34" fill="#9E947F"/><rect x="26" y="34" width="82" height="40" rx="7" fill="#2B302E"/><circle cx="94" cy="58" r="4" fill="#F7B64D"/></svg>`;

// name, email, phone, channel, subject, preview, age in minutes, messages, unread, priority, assignee, extras
const table = [
  ['Annika Bergström', 'annika.bergstrom@posten.example', '+46 70 555 01 88', 'email', 'Battery stops charging at 80%', 'I ran the reset twice and it still blinks amber. Photo attached. The serial starts with 24-B if that helps.', 2, 6, true, 'high', 'usr_maja', { has_attachments: true, tag_ids: ['tag_battery'], first_reply_at: minutes(1100), replied: true }],
  ['Daniel Osei', 'daniel.osei@mail.example', '', 'webchat', 'Wrong frame size delivered', 'Can I talk to a person please?', 4, 11, true, 'urgent', undefined, { tag_ids: ['tag_delivery'], grouping: 'per_contact', overdue: true }],
  ['Studio Norr AB', 'info@studionorr.example', '', 'email', 'Quote for 12 cargo bikes', 'Purchasing would like to see the lease option next to it.', 11, 4, true, 'normal', 'usr_maja', { first_reply_at: minutes(300) }],
  ['+49 171 555 0134', '', '+49 171 555 0134', 'api', 'Wo ist mein Paket?', 'Die Sendungsnummer zeigt seit Montag nichts Neues an.', 26, 3, true, 'normal', 'usr_maja', {}],
  ['Camille Durand', 'camille@durand.example', '', 'webchat', 'Sac de guidon compatible ?', 'Oui, le support KLICKfix convient aux deux tailles.', 31, 5, false, 'normal', 'usr_priya', { waiting_on: 'customer', first_reply_at: minutes(40), replied: true }],
  ['Henrik Lund', 'henrik.lund@firma.example', '', 'email', 'Service slot on Thursday', 'Hello, it is about my service slot on Thursday. Could I come earlier?', 48, 1, false, 'normal', 'usr_maja', {}],
  ['Yuki Tanaka', 'yuki@tanaka.example', '', 'webchat', 'Phone will not pair after update 2.4', 'Could you tell me which Android version it is?', 66, 8, false, 'normal', 'usr_maja', { waiting_on: 'customer', first_reply_at: minutes(400), replied: true }],
  ['Marta Kowalska', 'marta.k@poczta.example', '', 'email', 'Refund for cancelled helmet', 'The refund left our bank this morning, it can take two days.', 88, 7, false, 'low', 'usr_maja', { waiting_on: 'customer', first_reply_at: minutes(500), replied: true, delivery_problem: true }],
  ['Oliver Grant', 'oliver.grant@mail.example', '', 'email', 'Warranty: noise from rear hub', 'Two short videos attached. It is louder when coasting downhill.', 125, 2, false, 'normal', undefined, { has_attachments: true, tag_ids: ['tag_warranty'] }],
  ['Sofia Rossi', 'sofia@rossi.example', '', 'api', 'Change of delivery address', 'Grazie mille! The new address is Via Solari 14, Milano.', 190, 4, false, 'normal', 'usr_maja', { first_reply_at: minutes(900), replied: true }],
  ['Bikehaus Köln', 'buchhaltung@bikehaus.example', '', 'email', 'Dealer invoice 2026-118', 'Please see the corrected VAT number in the attached PDF.', 1500, 9, false, 'low', undefined, { has_attachments: true, first_reply_at: minutes(3000) }],
  ['Ingrid Solheim', 'ingrid@solheim.example', '', 'email', 'Test ride in Oslo', 'Saturday at ten would be perfect for both of us.', 1600, 2, false, 'low', 'usr_maja', {}],
  ['Paul Meyer', 'paul.meyer@post.example', '', 'email', 'Missing charger in the box', 'The charger ships today with tracking. Sorry about that.', 1700, 5, false, 'normal', 'usr_maja', { waiting_on: 'customer', first_reply_at: minutes(1800), replied: true }],
  ['Elif Demir', 'elif@demir.example', '', 'webchat', 'Lock code reset', 'It works again, thank you.', 2900, 6, false, 'normal', 'usr_maja', { status: 'resolved', first_reply_at: minutes(3000) }],
  ['Ravi Nair', 'ravi@nair.example', '', 'webchat', 'Where can I rent a cargo bike', 'Thanks, see you on Saturday.', 4400, 3, false, 'normal', 'usr_maja', { status: 'closed', grouping: 'per_contact', first_reply_at: minutes(4500) }],
  ['Nora Lindgren', 'nora@lindgren.example', '', 'email', 'Old receipt', 'Found it, never mind.', 60_000, 2, false, 'low', undefined, { status: 'closed', archived_at: minutes(50_000), first_reply_at: minutes(60_500) }],
];

/** Returns a fresh desk; rows adds that many generated conversations. */
export function seed({ rows = 0 } = {}) {
  const conversations = new Map();
  const contacts = new Map();
  const timelines = new Map();
  const files = new Map([['att_photo', { meta: { content_type: 'image/svg+xml' }, data: image }], ['att_pdf', { meta: { content_type: 'application/pdf' }, data: '%PDF-1.4' }]]);
  const tags = [
    { id: 'tag_battery', name: 'Battery', color: 'c2' },
    { id: 'tag_delivery', name: 'Delivery', color: 'c3' },
    { id: 'tag_warranty', name: 'Warranty', color: 'c1' },
    { id: 'tag_dealer', name: 'Dealer', color: 'c4' },
  ];
  const inboxes = [
    { id: 'ibx_mail', name: 'Support', grouping: 'per_thread', settings: {}, member_ids: [], channels: [{ id: 'chn_mail', kind: 'email', name: 'Support mail', address: 'support@lindqvist.example', state: 'ok' }] },
    { id: 'ibx_chat', name: 'Website', grouping: 'per_contact', settings: {}, member_ids: [], channels: [{ id: 'chn_chat', kind: 'webchat', name: 'Website chat', address: 'k0123456789abcdef', state: 'ok' }] },
  ];
  const blank = (more) => ({
    id: '', version: 1, subject: '', preview: '', inbox_id: 'ibx_mail', channel_id: 'chn_mail', channel_kind: 'email', status: 'open', waiting_on: 'agent', ai_state: 'none', ai_epoch: 0,
    snooze_until_reply: false, priority: 'normal', opened_source: 'message', grouping: 'per_thread', is_primary: false, tag_ids: [], last_activity_at: minutes(0), message_count: 0, has_attachments: false, delivery_problem: false, unread: false, ...more,
  });
  const message = (more) => ({ kind: 'message', channel_kind: 'email', attachments: [], created_at: more.at, ...more });
  let seq = 0;
  const event = (id, at, kind, actor, data, m, more = {}) => ({ event: { id: String(++seq), conversation_id: id, version: 1, at, actor, command_id: `cmd_s${seq}`, kind, data, undoable: false, ...more }, ...(m ? { message: m } : {}) });
  const says = (c, n, side, text, at, more = {}) => {
    const author = side === 'team' ? { kind: 'user', id: more.user ?? 'usr_maja', name: people.find((p) => p.user_id === (more.user ?? 'usr_maja')).name } : { kind: 'contact', id: c.contact.id, name: c.contact.name };
    const m = message({ id: `msg_${c.id.slice(4)}_${n}`, conversation_id: c.id, side, author, text, at, channel_kind: c.channel_kind, ...more.message });
    const kind = m.kind === 'note' ? 'note_added' : 'message_posted';
    return event(c.id, at, kind, side === 'team' ? { kind: 'user', id: author.id } : { kind: 'contact' }, { message_id: m.id, side }, m, { undoable: m.kind === 'note' });
  };
  const act = (c, kind, data, at, by = 'usr_maja', more = {}) => event(c.id, at, kind, by ? { kind: 'user', id: by } : { kind: 'system' }, data, undefined, { undoable: true, ...more });

  table.forEach(([name, email, phone, channel, subject, preview, age, count, unread, priority, assignee, more], i) => {
    const contact = { id: `con_${i}`, name, ...(email ? { email } : {}), ...(phone ? { phone } : {}), verified: channel === 'email' };
    contacts.set(contact.id, contact);
    const c = blank({ id: `cnv_${i}`, contact, subject, preview, channel_kind: channel, inbox_id: channel === 'email' ? 'ibx_mail' : 'ibx_chat', last_activity_at: minutes(age), opened_at: minutes(age + 1200), message_count: count, unread, priority, ...(assignee ? { assignee_id: assignee, assigned_at: minutes(age + 100) } : {}), ...more });
    conversations.set(c.id, c);
    const opening = [event(c.id, minutes(age + 1200), 'opened', { kind: 'contact' }, { source: 'message' })];
    const words = [
      ['customer', `Hello, a question about “${subject}”. Is there somebody who can help me with it this week?`, 900],
      ['team', 'Hello, and thank you for writing. I am looking into it and come back to you today.', 400],
      ['customer', preview, 0],
    ].filter((_, n) => c.first_reply_at || n !== 1);
    timelines.set(c.id, [...opening, ...words.map(([side, text, ago], n) => says(c, n, n === words.length - 1 && c.waiting_on === 'customer' ? 'team' : side, text, minutes(age + ago), { message: side === 'team' || (n === words.length - 1 && c.waiting_on === 'customer') ? { delivery: { state: 'read', at: minutes(age), can_retry: false } } : {} }))]);
  });

  const a = conversations.get('cnv_0');
  timelines.set('cnv_0', [
    event(a.id, minutes(1180), 'opened', { kind: 'contact' }, { source: 'message' }),
    says(a, 1, 'customer', 'Hi, since last week my battery stops at 80% and the charger light blinks amber. It is a Tvärbana 5 from September. Is it safe to keep charging overnight?\n\nOn 2 June, Lindqvist wrote:\n> How do you like your new bike?', minutes(1180), { message: { visible_end: 152, email: { from: 'annika.bergstrom@posten.example', to: ['support@lindqvist.example'], message_id: '<a1@posten.example>' } } }),
    act(a, 'priority_changed', { old: 'normal', new: 'high' }, minutes(1178), 'usr_priya'),
    act(a, 'assigned', { assignee_id: 'usr_maja' }, minutes(1177), 'usr_priya'),
    act(a, 'tag_added', { tag_id: 'tag_battery' }, minutes(1176), 'usr_priya'),
    says(a, 2, 'team', 'Hej Annika. Yes, it is safe: the pack protects itself when one cell runs warm. Could you hold the power button for ten seconds with the charger unplugged, then charge again and tell me what the light does?', minutes(1150), { message: { delivery: { state: 'read', at: minutes(1100), can_retry: false } } }),
    says(a, 3, 'team', '@Maja serials from 24-B shipped with the old BMS firmware. If the reset fails, skip the questions and send a new pack.', minutes(160), { user: 'usr_priya', message: { kind: 'note' } }),
    says(a, 4, 'customer', 'I ran the reset twice and it still blinks amber. Photo attached. The serial starts with 24-B if that helps.', minutes(2), { message: { attachments: [
      { id: 'att_photo', name: 'charger.svg', content_type: 'image/svg+xml', size: 48_100, inline: false, url: '/api/v1/workspaces/wsp_1/attachments/att_photo', width: 444, height: 300 },
      { id: 'att_pdf', name: 'receipt-september.pdf', content_type: 'application/pdf', size: 182_000, inline: false, url: '/api/v1/workspaces/wsp_1/attachments/att_pdf' },
    ] } }),
  ]);
  const d = conversations.get('cnv_1');
  timelines.set('cnv_1', [
    event(d.id, minutes(60), 'opened', { kind: 'contact' }, { source: 'message' }),
    says(d, 1, 'customer', 'Hi, my bike came today but the frame is a 58. I ordered a 54.', minutes(50)),
    says(d, 2, 'team', 'I am sorry about that, Daniel. Order LC-41877 says 54 cm, delivered today at 09:40.', minutes(48), { message: { author: { kind: 'ai', name: 'Otto' }, delivery: { state: 'delivered', at: minutes(48), can_retry: false } } }),
    says(d, 3, 'customer', 'It says 58, photo above. Three to five days does not work, I need it tomorrow.', minutes(6)),
    says(d, 4, 'customer', 'Can I talk to a person please?', minutes(4)),
    act(d, 'priority_changed', { old: 'normal', new: 'urgent' }, minutes(3), 'usr_jonas'),
    says(d, 5, 'team', '@Maja Malmö shop has a 54 in slate. The courier can swap it tonight before 19:00 if we confirm by noon.', minutes(3), { user: 'usr_jonas', message: { kind: 'note' } }),
  ]);
  const n = conversations.get('cnv_2');
  timelines.get('cnv_2').push(says(n, 9, 'customer', 'Dear team,\n\nattached is our order in a table.', minutes(11), { message: { html_url: '/api/v1/workspaces/wsp_1/messages/msg_2_9/html', subject: 'Quote for 12 cargo bikes', email: { from: 'info@studionorr.example', to: ['support@lindqvist.example'] } } }));
  const mk = conversations.get('cnv_7');
  const last = timelines.get('cnv_7').at(-1);
  last.message.delivery = { state: 'failed', reason: 'The mailbox marta.k@poczta.example is full.', at: mk.last_activity_at, can_retry: true };
  const b = conversations.get('cnv_10');
  timelines.get('cnv_10').push(says(b, 8, 'customer', '', minutes(1500), { message: { unreadable: true, attachments: [{ id: 'att_pdf', name: 'message.eml', content_type: 'message/rfc822', size: 9200, inline: false, url: '/api/v1/workspaces/wsp_1/attachments/att_pdf' }] } }));
  const long = timelines.get('cnv_6');
  for (let i = 0; i < 90; i++) long.splice(long.length - 1, 0, says(conversations.get('cnv_6'), 20 + i, i % 3 ? 'customer' : 'team', `Step ${i + 1}: paired, restarted, and tried once more.`, minutes(390 - i), {}));

  for (let i = 0; i < rows; i++) {
    const contact = { id: `con_g${i}`, name: `Customer ${i + 1}`, email: `c${i}@example.com`, verified: false };
    contacts.set(contact.id, contact);
    const c = blank({ id: `cnv_g${i}`, contact, subject: `Generated question ${i + 1}`, preview: 'A line of text to fill the row.', last_activity_at: minutes(5000 + i), opened_at: minutes(6000 + i), message_count: 1, ...(i % 2 ? { assignee_id: 'usr_maja' } : {}) });
    conversations.set(c.id, c);
    timelines.set(c.id, [event(c.id, minutes(5000 + i), 'opened', { kind: 'contact' }, {}), says(c, 1, 'customer', 'A line of text to fill the row.', minutes(5000 + i))]);
  }
  const earlier = (contact) =>
    contact === 'con_0'
      ? ['Brake pads for Tvärbana', 'Delivery moved to Saturday', 'Frame size advice'].map((subject, k) => blank({ id: `cnv_old${k}`, subject, contact: contacts.get(contact), status: 'closed', label: 'Closed', stage: 'closed', last_activity_at: minutes(200_000 * (k + 1)), opened_at: minutes(200_000 * (k + 1)) }))
      : [];
  const html = `<!doctype html><meta charset="utf-8"><style>body{font:14px/21px sans-serif;margin:0;color:#1a211e}td,th{border:1px solid #ddd;padding:4px 10px}</style><p>Dear team,</p><p>attached is our order in a table. <a href="https://example.com" target="_blank">Our terms</a></p><table><tr><th>Model</th><th>Pieces</th></tr><tr><td>Lastdrag 3</td><td>8</td></tr><tr><td>Lastdrag 3 long</td><td>4</td></tr></table><p>Kind regards<br>Elin, Studio Norr</p>`;
  return { conversations, contacts, timelines, tags, inboxes, files, blank, message, earlier, html };
}
