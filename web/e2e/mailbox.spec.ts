import { createServer, type AddressInfo, type Server } from 'node:net';
import { PostOffice } from './mail';
import { begin, expect, Parley, person, shot, test as base } from './parley';

/** A small IMAP server: one empty folder, one password. */
class Mailbox {
  private server: Server;

  constructor() {
    this.server = createServer((s) => {
      s.on('error', () => undefined);
      let idle = '';
      s.write('* OK [CAPABILITY IMAP4rev1 IDLE] ready\r\n');
      s.on('data', (d) => {
        for (const line of d.toString().split('\r\n').filter(Boolean)) {
          const [tag = '', verb = '', ...rest] = line.split(' ');
          if (line === 'DONE') s.write(`${idle} OK done\r\n`);
          else if (verb === 'IDLE') {
            idle = tag;
            s.write('+ idling\r\n');
          } else if (verb === 'LOGIN' && !rest.join(' ').includes('"right"')) s.write(`${tag} NO [AUTHENTICATIONFAILED] Wrong password\r\n`);
          else if (verb === 'EXAMINE') s.write(`* 0 EXISTS\r\n* OK [UIDVALIDITY 7] yes\r\n* OK [UIDNEXT 1] yes\r\n${tag} OK [READ-ONLY] open\r\n`);
          else if (verb === 'CAPABILITY') s.write(`* CAPABILITY IMAP4rev1 IDLE\r\n${tag} OK\r\n`);
          else s.write(`${tag} OK\r\n`);
          if (verb === 'LOGOUT') s.end();
        }
      });
    });
  }

  open(): Promise<number> {
    return new Promise((done) => this.server.listen(0, '127.0.0.1', () => done((this.server.address() as AddressInfo).port)));
  }

  close() {
    this.server.close();
  }
}

const test = base.extend<{ post: PostOffice; box: Mailbox; desk: Parley }>({
  post: async ({}, use) => {
    const post = new PostOffice();
    await use(post);
    post.close();
  },
  box: async ({}, use) => {
    const box = new Mailbox();
    await use(box);
    box.close();
  },
  desk: async ({ post }, use) => {
    const desk = new Parley();
    await desk.start(await post.open(), false, ['--allow', '127.0.0.0/8']);
    await use(desk);
    await desk.end();
  },
});

// Specification 7 (e-mail): whether a mailbox works, why not, and whether it does now.
test('a mailbox that refuses the password says so, and works when it is right', async ({ browser, desk, box }) => {
  const admin = await person(browser);
  await begin(admin, desk.base);
  const me = (await (await admin.request.get(desk.base + '/api/v1/session')).json()) as { workspaces: { id: string; slug: string }[] };
  const { id, slug } = me.workspaces[0] ?? { id: '', slug: '' };
  const api = async (path: string, data: object) => {
    const r = await admin.request.post(`${desk.base}/api/v1/workspaces/${id}${path}`, { headers: { 'X-Parley-CSRF': '1' }, data });
    expect(r.ok(), await r.text()).toBe(true);
    return (await r.json()) as { id: string };
  };
  const inbox = await api('/inboxes', { name: 'Support', grouping: 'per_thread' });
  const port = await box.open();
  const config = { address: 'support@desk.test', imap_host: 'localhost', imap_port: port, imap_security: 'none', imap_password: 'wrong' };
  await api(`/inboxes/${inbox.id}/channels`, { kind: 'email', config });

  await admin.goto(`${desk.base}/${slug}/settings/inboxes`);
  const health = admin.getByRole('group', { name: 'How it works now' });
  await health.getByRole('button', { name: 'Test now' }).click();
  await expect(health).toContainText('refuses the name and password');
  await expect(health).toContainText('Wrong password');
  await expect(health).toContainText('127.0.0.1 answers');
  for (const width of [1440, 390]) {
    for (const colorScheme of ['light', 'dark'] as const) {
      await admin.setViewportSize({ width, height: 900 });
      await admin.emulateMedia({ colorScheme });
      await health.scrollIntoViewIfNeeded();
      await shot(admin, `mailbox-failing-${width}-${colorScheme}`);
    }
  }
  await admin.setViewportSize({ width: 1440, height: 900 });

  // The admins are told at once: a password does not become right by itself.
  await admin.goto(`${desk.base}/${slug}/mine`);
  await admin.getByRole('button', { name: /^Notifications/ }).click();
  await expect(admin.getByText('A channel does not work. Its settings say why.')).toBeVisible();
  await admin.getByText('A channel does not work. Its settings say why.').click();
  await expect(admin).toHaveURL(/settings\/inboxes/);

  const form = admin.locator('.chan', { hasText: 'support@desk.test' });
  await form.getByRole('button', { name: 'Settings' }).click();
  await form.getByLabel('Mailbox password').fill('right');
  await shot(admin, 'mailbox-form', { fullPage: true });
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(form.getByText('Works', { exact: true })).toBeVisible();
  await health.getByRole('button', { name: 'Test now' }).click();
  await expect(health).toContainText('INBOX has 0 mails.');
  await expect(health).toContainText('Worked · now');
  await shot(admin, 'mailbox-works');
});
