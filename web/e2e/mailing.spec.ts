import type { Page } from '@playwright/test';
import type { Got } from './mail';
import { accessible, begin, expect, looks, person, quiet, shot, told, type Parley } from './parley';
import { api, test } from './posting';

test.use({ known: true });

// How mail is sent: the keys that sign it and the records they need.

/** A workspace with a mail address whose replies leave at once. */
async function office(page: Page, desk: Parley) {
  await begin(page, desk.base);
  const inbox = await api(page, desk, 'POST', '/inboxes', { name: 'Support', grouping: 'per_thread', settings: { undo_mail_seconds: 0 } });
  const channel = await api(page, desk, 'POST', `/inboxes/${inbox.id}/channels`, {
    kind: 'email',
    name: 'Lindqvist',
    config: { address: 'support@desk.test' },
  });
  return { inbox: inbox.id, channel: channel.id };
}

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

test('the keys that sign mail are made, shown to be copied, and used when an admin says so', async ({ browser, desk, post }) => {
  const page = await person(browser);
  const clean = quiet(page);
  const { inbox } = await office(page, desk);
  const write = (subject: string) =>
    api(page, desk, 'POST', '/conversations', { inbox_id: inbox, contact: { email: 'kim@customer.test' }, subject, text: 'Hello', client_id: subject });
  const sent = async (subject: string): Promise<Got> => {
    await write(subject);
    await expect.poll(() => post.mails.some((m) => m.header('Subject') === subject)).toBe(true);
    return post.mails.find((m) => m.header('Subject') === subject)!;
  };
  await page.goto(`${desk.base}/${slug(page)}/settings/mail`);
  const domain = page.getByRole('region', { name: 'desk.test' });
  await expect(domain).toContainText('Mail is not signed');
  await told(page, /\/keys$/, () => domain.getByRole('button', { name: 'Make keys' }).click());
  await expect(domain.getByText('Not looked for yet')).toHaveCount(2);
  await expect(domain.getByText(/^parley\w+\._domainkey\.desk\.test$/)).toHaveCount(2);
  await expect(domain.getByText(/^v=DKIM1; k=(rsa|ed25519); p=/)).toHaveCount(2);
  await accessible(page);
  await look(page, 'dkim');
  expect((await sent('Unsigned')).raw).not.toContain('DKIM-Signature');

  await told(page, /desk\.test$/, () => domain.getByRole('checkbox').check());
  await expect(domain).toContainText('Mail is signed');
  const signed = await sent('Signed');
  expect(signed.raw.match(/^DKIM-Signature:/gm)).toHaveLength(2);
  expect(signed.raw).toContain('d=desk.test');
  await accessible(page);
  await look(page, 'dkim-signed');

  // A key that signs is not removed; one that does not, is.
  await expect(domain.getByRole('button', { name: 'Remove' })).toHaveCount(0);
  await told(page, /desk\.test$/, () => domain.getByRole('checkbox').uncheck());
  await domain.getByRole('button', { name: 'Remove' }).first().click();
  await told(page, /\/keys\//, () => domain.getByRole('button', { name: 'Remove the key' }).click());
  await expect(domain.getByText('Not looked for yet')).toHaveCount(1);
  clean();
});
