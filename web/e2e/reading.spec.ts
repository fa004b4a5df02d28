import { PostOffice, send } from './mail';
import { accessible, begin, expect, looks, Parley, person, quiet, shot, test as base } from './parley';

const test = base.extend<{ desk: Parley }>({
  desk: async ({}, use) => {
    const post = new PostOffice();
    const desk = new Parley();
    await desk.start(await post.open());
    await use(desk);
    await desk.end();
    post.close();
  },
});

const invitation = `From: Kim Ek <kim@customer.test>
To: support@desk.test
Cc: Ann <ann@customer.test>, Bo <bo@customer.test>, Cleo <cleo@customer.test>, Dan <dan@customer.test>, Eve <eve@customer.test>,
 Fay <fay@customer.test>, Gus <gus@customer.test>, Hal <hal@customer.test>, Ida <ida@customer.test>
Subject: A test ride
Message-ID: <ride@customer.test>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: multipart/alternative; boundary=c

--c
Content-Type: text/html; charset=utf-8

<div dir="ltr">Shall we ride?</div><br><div class="gmail_quote"><div class="gmail_attr">On Mon, May 4, 2026 at 9:00 AM Maja wrote:<br></div><blockquote>The wheel is ready.</blockquote></div>
--c
Content-Type: text/calendar; charset=utf-8; method=REQUEST

BEGIN:VCALENDAR
VERSION:2.0
PRODID:x
METHOD:REQUEST
BEGIN:VEVENT
UID:1
SUMMARY:Test ride
DTSTART:20260504T070000Z
DTEND:20260504T080000Z
LOCATION:The shop
ORGANIZER;CN=Kim Ek:mailto:kim@customer.test
ATTENDEE;CN=Maja;PARTSTAT=ACCEPTED:mailto:maja@desk.test
END:VEVENT
END:VCALENDAR
--c--
--b
Content-Type: message/rfc822

From: Tom <tom@customer.test>
To: kim@customer.test
Subject: The old wheel

It was round.
--b--
`;

// A mail's new words stand first; its history, an invitation and a mail within it are one key away.
test('an invitation, a mail in a mail and a history are shown', async ({ browser, desk }) => {
  const agent = await person(browser);
  const silent = quiet(agent, [/frame is sandboxed/]);
  await begin(agent, desk.base);
  const me = (await (await agent.request.get(desk.base + '/api/v1/session')).json()) as { workspaces: { id: string }[] };
  const workspace = `${desk.base}/api/v1/workspaces/${me.workspaces[0]?.id}`;
  const post = async (path: string, data: object) => {
    const r = await agent.request.post(workspace + path, { headers: { 'X-Parley-CSRF': '1' }, data });
    expect(r.ok(), await r.text()).toBe(true);
    return (await r.json()) as { id: string };
  };
  const inbox = await post('/inboxes', { name: 'Support', grouping: 'per_thread' });
  await post(`/inboxes/${inbox.id}/channels`, { kind: 'email', name: 'Lindqvist', config: { address: 'support@desk.test' } });
  await send(desk.smtp, 'kim@customer.test', 'support@desk.test', invitation);
  await agent.getByRole('option', { name: /A test ride/ }).click();

  const mail = agent.locator('iframe[sandbox]').contentFrame();
  await expect(mail.getByText('Shall we ride?')).toBeVisible();
  await expect(mail.getByText('The wheel is ready.')).toBeHidden();
  await mail.getByText('•••').press('Enter');
  await expect(mail.getByText('The wheel is ready.')).toBeVisible();

  const log = agent.getByRole('log');
  const card = log.getByRole('region', { name: 'Invitation' });
  await expect(card).toContainText('Test ride');
  await expect(card).toContainText(/May 4|4 May/);
  await expect(card).toContainText('Where: The shop');
  await card.getByText('1 guest').press('Enter');
  await expect(card).toContainText('Maja <maja@desk.test> · comes');
  await expect(log.getByText('It was round.')).toBeHidden();
  await log.getByText('The old wheel').click();
  await expect(log.getByText('It was round.')).toBeVisible();
  await expect(log.getByRole('link', { name: /invite\.ics/ })).toBeVisible();

  // The head of a mail: who else has it in a line, all of it one key away, and the mail as it arrived.
  const head = log.getByRole('button', { name: /^The head of this mail:/ });
  await expect(head).toContainText('To support@desk.test');
  await expect(head).toContainText('Cc Ann, Bo, Cleo and 6 others');
  await head.press('Enter');
  await expect(head).toHaveAttribute('aria-expanded', 'true');
  const whole = log.getByRole('note').filter({ hasText: 'kim@customer.test' });
  await expect(whole).toContainText('Fay <fay@customer.test>');
  await expect(whole).not.toContainText('Ida');
  await whole.getByRole('button', { name: 'and 3 others' }).press('Enter');
  await expect(whole).toContainText('Ida <ida@customer.test>');
  for (const look of looks) {
    await agent.setViewportSize(look.size);
    await agent.emulateMedia({ colorScheme: look.dark ? 'dark' : 'light' });
    await accessible(agent);
    await shot(agent, `reading-head-${look.name}`);
  }
  const original = await agent.request.get(desk.base + ((await whole.getByRole('link', { name: 'Show original' }).getAttribute('href')) ?? ''));
  expect(original.headers()['content-type']).toBe('text/plain; charset=utf-8');
  expect(await original.text()).toContain('Message-ID: <ride@customer.test>\r\n');
  const download = agent.waitForEvent('download');
  await whole.getByRole('link', { name: 'Download as it arrived' }).click();
  expect((await download).suggestedFilename()).toBe('A test ride.eml');
  silent();
});
