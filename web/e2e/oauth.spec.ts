import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { accessible, begin, expect, Parley, person, quiet, shot, test as base } from './parley';

const mailbox = 'support@desk.test';

/** An authorization server, and a mailbox that only it opens. */
class Provider {
  ports = { http: 0, imap: 0, smtp: 0 };
  base = '';
  private process?: ChildProcess;

  async start(redirect: string) {
    const p = spawn('go', ['run', './internal/oauthtest/serve', redirect, mailbox], {
      cwd: join(import.meta.dirname, '../..'),
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.process = p;
    for await (const line of createInterface({ input: p.stdout })) {
      this.ports = JSON.parse(line) as Provider['ports'];
      break;
    }
    this.base = `http://127.0.0.1:${this.ports.http}`;
  }

  async deliver(subject: string) {
    const raw = `From: Kim <kim@customer.test>\r\nTo: ${mailbox}\r\nSubject: ${subject}\r\nMessage-ID: <${subject.replace(/ /g, '.')}@customer.test>\r\n\r\nHello?\r\n`;
    expect((await fetch(`${this.base}/deliver`, { method: 'POST', body: raw })).ok).toBe(true);
  }

  async forget() {
    expect((await fetch(`${this.base}/forget`, { method: 'POST' })).ok).toBe(true);
  }

  sent = async () => ((await (await fetch(`${this.base}/sent`)).json()) as string[] | null) ?? [];

  end() {
    this.process?.stdin?.end();
  }
}

const test = base.extend<{ desk: Parley; provider: Provider }>({
  desk: async ({}, use) => {
    const desk = new Parley();
    await desk.start('', true, ['--allow', '127.0.0.0/8', '--mail-dns', 'off']);
    await use(desk);
    await desk.end();
  },
  // It is built first.
  provider: [
    async ({ desk }, use) => {
      const provider = new Provider();
      await provider.start(`${desk.base}/oauth/custom`);
      await use(provider);
      provider.end();
    },
    { timeout: 180_000 },
  ],
});

// Specification 7 (e-mail): a mailbox is opened by what its owner allows at a provider.
test('a mailbox is connected by a provider, closed by its owner, and connected again', async ({ browser, desk, provider }) => {
  const admin = await person(browser);
  const clean = quiet(admin, [/favicon/]); // the provider has none
  await begin(admin, desk.base);
  const slug = new URL(admin.url()).pathname.split('/')[1] ?? '';

  await admin.goto(`${desk.base}/${slug}/settings/mail`);
  const other = admin.getByRole('region', { name: 'Another provider' });
  await other.getByRole('button', { name: 'Set up' }).click();
  await expect(other).toContainText(`${desk.base}/oauth/custom`);
  await other.getByLabel('Name', { exact: true }).fill('Example Mail');
  await other.getByLabel('Client id').fill('parley');
  await other.getByLabel('Client secret').fill('a-secret/of:the client');
  await other.getByLabel('Address to sign in').fill(`${provider.base}/authorize`);
  await other.getByLabel('Address for tokens').fill(`${provider.base}/token`);
  await other.getByLabel('Address that says whose').fill(`${provider.base}/userinfo`);
  await other.getByLabel('Address that takes').fill(`${provider.base}/revoke`);
  await shot(admin, 'oauth-provider', { fullPage: true });
  await accessible(admin);
  await other.getByRole('button', { name: 'Save' }).click();
  await expect(admin.getByRole('region', { name: 'Example Mail' })).toContainText('Ready');

  await admin.goto(`${desk.base}/${slug}/settings/inboxes`);
  await admin.getByLabel('Name of a new inbox').fill('Support');
  await admin.locator('select.kind').first().selectOption('email');
  await admin.getByRole('button', { name: 'Make inbox' }).click();
  const box = admin.getByRole('region', { name: 'Support' });
  await box.getByLabel('Address', { exact: true }).fill(mailbox);
  await box.getByLabel('Sign-in').selectOption('custom');
  await expect(box.getByLabel('Mailbox password')).toHaveCount(0);
  await box.getByLabel('Mailbox server (IMAP)').fill('localhost');
  await box.getByLabel('Mailbox port').fill(String(provider.ports.imap));
  await box.getByLabel('Mailbox encryption').selectOption('none');
  await box.locator('[id$="-smtp_host"]').fill('localhost');
  await box.locator('[id$="-smtp_port"]').fill(String(provider.ports.smtp));
  await box.locator('[id$="-smtp_security"]').selectOption('none');
  await box.getByRole('button', { name: /^Connect/ }).click();

  // Denied at first: the settings say so in plain words.
  const chan = admin.locator('.chan', { hasText: mailbox });
  await chan.getByRole('button', { name: 'Connect with Example Mail' }).click();
  await admin.getByRole('button', { name: 'Deny' }).click();
  await expect(chan).toContainText('You did not let Parley into the mailbox at Example Mail');
  await expect(chan.getByRole('group', { name: 'How it works now' })).toBeInViewport();
  await shot(admin, 'oauth-denied');
  await chan.getByRole('button', { name: 'Connect with Example Mail' }).click();
  await admin.getByRole('button', { name: 'Allow' }).click();
  await expect(chan).toContainText(`lets Parley into ${mailbox}`);
  const health = chan.getByRole('group', { name: 'How it works now' });
  await health.getByRole('button', { name: 'Test now' }).click();
  await expect(health).toContainText('INBOX has 0 mails.');
  await expect(health).toContainText('Signed in at localhost.');
  for (const width of [1440, 390]) {
    for (const colorScheme of ['light', 'dark'] as const) {
      await admin.setViewportSize({ width, height: 900 });
      await admin.emulateMedia({ colorScheme });
      await chan.scrollIntoViewIfNeeded();
      await shot(admin, `oauth-connected-${width}-${colorScheme}`);
    }
  }
  await admin.setViewportSize({ width: 1440, height: 900 });

  await provider.deliver('By a provider');
  await admin.goto(`${desk.base}/${slug}/unassigned`);
  await admin.getByText('By a provider').first().click();
  await admin.getByRole('textbox', { name: /reply/i }).first().fill('It is there.');
  await admin.keyboard.press('ControlOrMeta+Enter');
  await expect.poll(async () => (await provider.sent()).filter((m) => m.includes('It is there.')).length, { timeout: 40_000 }).toBe(1);

  await provider.forget();
  await admin.goto(`${desk.base}/${slug}/settings/inboxes`);
  await expect
    .poll(
      async () => {
        await admin.reload();
        return chan.innerText();
      },
      { timeout: 40_000, intervals: [1500] },
    )
    .toContain('Example Mail asks you to sign in again');
  await chan.scrollIntoViewIfNeeded();
  await shot(admin, 'oauth-over');
  await provider.deliver('While it was closed');
  await chan.getByRole('button', { name: 'Reconnect' }).click();
  await admin.getByRole('button', { name: 'Allow' }).click();
  await expect(chan).toContainText(`lets Parley into ${mailbox}`);
  await admin.goto(`${desk.base}/${slug}/unassigned`);
  await expect(admin.getByText('While it was closed').first()).toBeVisible({ timeout: 20_000 });
  clean();
});
