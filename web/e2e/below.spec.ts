import type { Page } from '@playwright/test';
import { send, type Got } from './mail';
import { accessible, begin, expect, looks, person, quiet, shot, told } from './parley';
import { api, test } from './posting';

test.use({ known: true });

// What stands below a mail: the signature of the inbox or the agent, and the mail that
// is answered (F1-39); and what comes back.

const slug = (page: Page) => new URL(page.url()).pathname.split('/')[1];

/** Shows a page in every width and theme. */
async function look(page: Page, name: string) {
  for (const l of looks) {
    await page.setViewportSize(l.size);
    await page.emulateMedia({ colorScheme: l.dark ? 'dark' : 'light' });
    await shot(page, `${name}-${l.name}`, { fullPage: true });
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.emulateMedia({ colorScheme: 'light' });
}

/** The plain text of a mail, its soft line breaks joined. */
const plain = (m: Got) => {
  const part = m.raw.split(/\r\n--[0-9a-f]{20,}/).find((p) => /Content-Type: text\/plain/i.test(p)) ?? m.raw;
  return part
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
    .replace(/\r\n/g, '\n');
};

/** What a server says of a mail that it cannot deliver (RFC 3464). */
const returned = (id: string) => `From: MAILER-DAEMON@customer.test
To: support@desk.test
Subject: Undelivered Mail Returned to Sender
Message-ID: <back@customer.test>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

It could not be delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.customer.test

Final-Recipient: rfc822; kim@customer.test
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 No such user here
--b
Content-Type: text/rfc822-headers

Message-ID: ${id}

--b--
`;

test('a mail is signed, quotes what it answers, and a returned one is remembered', async ({ browser, desk, post }) => {
  const page = await person(browser);
  const clean = quiet(page, [/status of 422/]); // a signature that cannot be one
  await begin(page, desk.base);
  const inbox = await api(page, desk, 'POST', '/inboxes', { name: 'Support', grouping: 'per_thread', settings: { undo_mail_seconds: 0 } });
  await api(page, desk, 'POST', `/inboxes/${inbox.id}/channels`, { kind: 'email', name: 'Lindqvist', config: { address: 'support@desk.test' } });

  // The admin writes the signature of the inbox and sees how a mail looks with it.
  await page.goto(`${desk.base}/${slug(page)}/settings/inboxes`);
  const box = page.getByRole('region', { name: 'Support' });
  const field = box.getByRole('textbox', { name: 'Signature of the inbox' });
  await field.fill('{{contact.name}}');
  await expect(box.getByRole('alert')).toContainText('{{contact.name}} cannot stand in it');
  await field.fill('**{{inbox.name}}** team\n{{agent.title}}\n{{workspace.name}}');
  await expect(box.getByRole('figure')).toContainText('Support team');
  await expect(box.getByRole('alert')).toHaveCount(0);
  await expect(box.getByRole('figure')).not.toContainText('{{');
  await told(page, new RegExp(`/inboxes/${inbox.id}$`), () => field.blur());
  await accessible(page);
  await look(page, 'inbox-signature');

  // A customer writes; the answer has the signature and quotes the mail.
  await send(
    desk.smtp,
    'kim@customer.test',
    'support@desk.test',
    'From: Kim <kim@customer.test>\nTo: support@desk.test\nSubject: Wheel\nMessage-ID: <w1@customer.test>\nDate: Mon, 1 Jun 2026 09:00:00 +0000\n\nMy wheel is broken.\n',
  );
  await page.goto(`${desk.base}/${slug(page)}/all`);
  await page.getByRole('option', { name: /Wheel/ }).first().click();
  const composer = page.getByRole('group', { name: 'Reply' });
  await composer.getByRole('button', { name: 'Signature and quoted mail' }).click();
  const below = composer.getByRole('region', { name: 'Below your text' });
  await expect(below).toContainText('Support team');
  await expect(below).toContainText('> My wheel is broken.');
  await accessible(page);
  await look(page, 'below');
  await composer.getByRole('textbox', { name: 'Reply' }).fill('We send a new one.');
  await composer.getByRole('button', { name: 'Send', exact: false }).last().click();
  await expect.poll(() => post.mails.length).toBe(1);
  const first = post.mails[0]!;
  expect(plain(first)).toContain('We send a new one.\n\n-- \nSupport team\n');
  expect(plain(first)).toMatch(/On [-0-9]{10} at [0-9:]{5} UTC, Kim <kim@customer\.test> wrote:\n> My wheel is broken\./);
  expect(first.raw).toContain('gmail_quote');
  expect(first.raw).not.toContain('{{');

  // One answer leaves the quote out, and is signed by who wrote it.
  await page.goto(`${desk.base}/${slug(page)}/settings/profile`);
  const own = page.getByRole('form', { name: 'Your signature' });
  await own.getByRole('textbox', { name: 'What you are' }).fill('Fitter');
  await own.getByRole('textbox', { name: 'Your signature' }).fill('{{agent.name}}, {{agent.title|Team}}');
  await expect(own.getByRole('figure')).toContainText(', Fitter');
  await look(page, 'own-signature');
  await told(page, /own-signature$/, () => own.getByRole('button', { name: 'Save' }).click());
  await page.goto(`${desk.base}/${slug(page)}/all`);
  await page.getByRole('option', { name: /Wheel/ }).first().click();
  await composer.getByRole('button', { name: 'Signature and quoted mail' }).click();
  await expect(below).toContainText(', Fitter');
  await below.getByRole('button', { name: 'Leave the quote out' }).click();
  await expect(below).not.toContainText('My wheel is broken.');
  await composer.getByRole('textbox', { name: 'Reply' }).fill('It left today.');
  await composer.getByRole('button', { name: 'Send', exact: false }).last().click();
  await expect.poll(() => post.mails.length).toBe(2);
  expect(plain(post.mails[1]!)).toMatch(/It left today\.\n\n-- \n.+, Fitter\n*$/);

  // A mail comes back: whoever writes to that address next is told, here and in a new mail.
  await send(desk.smtp, '', 'support@desk.test', returned(post.mails[1]!.header('Message-ID')));
  const warning = 'Mail to kim@customer.test came back (';
  const reach = page.getByRole('region', { name: 'Reaching them by mail' });
  await expect(reach.getByRole('note')).toContainText(/kim@customer\.test.*Today · 1 mail\..*No such user here/s); // as it happens
  await page.reload();
  await expect(composer.getByText(warning)).toBeVisible();
  await expect(composer.getByText('No such user here')).toBeVisible();
  await composer.getByRole('textbox', { name: 'Reply' }).fill('Are you there?');
  await composer.getByRole('button', { name: 'Send', exact: false }).last().click();
  await expect(composer.getByRole('alertdialog')).toContainText(warning);
  await accessible(page);
  await look(page, 'bounced');
  await page.goto(`${desk.base}/${slug(page)}/write/new`);
  await page.getByRole('combobox', { name: 'To' }).fill('kim@customer.test');
  await page.getByRole('combobox', { name: 'To' }).press('Enter');
  await expect(page.getByText(warning)).toBeVisible();
  await look(page, 'bounced-new');
  await page.getByRole('button', { name: 'It works again' }).click();
  await expect(page.getByText(warning)).toHaveCount(0);

  // The customer's panel and page say it, as it happens, and end it.
  await page.goto(`${desk.base}/${slug(page)}/all`);
  await page.getByRole('option', { name: /Wheel/ }).first().click();
  await expect(page.getByRole('complementary', { name: 'Details' }).getByRole('heading', { name: 'Latest mail' })).toBeVisible();
  await expect(reach).toHaveCount(0);
  await send(desk.smtp, '', 'support@desk.test', returned(post.mails[0]!.header('Message-ID')).replace('<back@', '<back2@'));
  await expect(reach.getByRole('note')).toHaveCount(1);
  const found = await api<{ items: { id: string }[] }>(page, desk, 'GET', '/contacts?q=kim');
  const kim = found.items[0]!.id;
  await api(page, desk, 'PATCH', `/contacts/${kim}`, { unsubscribed: true });
  await expect(reach.getByRole('note')).toHaveCount(2);
  await accessible(page);
  await look(page, 'reach');
  await reach.getByRole('button', { name: 'It works again' }).click();
  await expect(reach.getByRole('note')).toHaveCount(1);
  await page.goto(`${desk.base}/${slug(page)}/customers/${kim}`);
  await reach.getByRole('button', { name: 'They asked to hear from us again' }).press('Enter');
  await expect(reach.getByRole('group')).toContainText('Only if they told you so');
  await accessible(page);
  await look(page, 'reach-sure');
  await reach.getByRole('button', { name: 'They told me so' }).click();
  await expect(reach).toHaveCount(0);
  expect(post.mails).toHaveLength(2);
  clean();
});
