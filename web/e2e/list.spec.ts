import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mailbox, PostOffice, send } from './mail';
import { expect, looks, Parley, person, quiet, shot, test as base, told } from './parley';

const test = base.extend<{ post: PostOffice; desk: Parley; folder: string }>({
  post: async ({}, use) => {
    const post = new PostOffice();
    await use(post);
    post.close();
  },
  desk: async ({ post }, use) => {
    const desk = new Parley();
    await desk.start(await post.open());
    await use(desk);
    await desk.end();
  },
  folder: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'parley-list-'));
    await use(folder);
    rmSync(folder, { recursive: true });
  },
});

const threads = 250;
const parts = ['chain', 'saddle', 'brake', 'bell', 'wheel', 'light', 'pedal'];
const people = ['Ann', 'Kim', 'Lena', 'Noor', 'Ole', 'Pia', 'Sam'];

/** What a list's archive is: so many threads, each of a question, two who know better, and thanks. */
function archive(): string {
  let out = '';
  for (let t = 0; t < threads; t++) {
    const subject = `The ${parts[t % parts.length]} of model ${t}`;
    for (let n = 0; n < 4; n++) {
      const who = people[(n % 3 === 0 ? t : t + n) % people.length] ?? '';
      const at = new Date(Date.UTC(2026, 3, 1, 8, t * 60 + n * 7));
      const answers = n
        ? `In-Reply-To: <${t}.${n - 1}@lists.test>\nReferences: ${Array.from({ length: n }, (_, i) => `<${t}.${i}@lists.test>`).join('\n ')}\n`
        : '';
      const said = n ? `On that day somebody wrote:\n> ${subject} squeaks.\n\nThen oil it, number ${n}.` : `${subject} squeaks.\nFrom where may that come?`;
      out += `From ${who.toLowerCase()}@riders.test ${at.toUTCString()}
From: ${who} Rider <${who.toLowerCase()}@riders.test>
To: Bicycles <bicycles@lists.test>
Subject: ${n ? 'Re: ' : ''}[bicycles] ${subject}
Date: ${at.toUTCString()}
Message-ID: <${t}.${n}@lists.test>
${answers}List-Id: Bicycles <bicycles.lists.test>
List-Post: <mailto:bicycles@lists.test>
Precedence: list
Content-Type: text/plain; charset=utf-8

${said.replace(/^From /gm, '>From ')}
-- 
bicycles mailing list
https://lists.test/bicycles

`;
    }
  }
  return out;
}

/** What a server says of a mail that it cannot deliver (RFC 3464). */
const returned = (id: string, to: string) => `From: MAILER-DAEMON@riders.test
To: support@desk.test
Subject: Undelivered Mail Returned to Sender
Message-ID: <back@riders.test>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

It could not be delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.riders.test

Final-Recipient: rfc822; ${to}
Action: failed
Status: 4.2.2
Diagnostic-Code: smtp; 452 4.2.2 The mailbox is full
--b
Content-Type: text/rfc822-headers

Message-ID: ${id}

--b--
`;

// Specification 7 (e-mail): the mail of years is brought, and worked on like any other.
test('a thousand mails of a list are imported, answered, forwarded, returned, merged and split', async ({ browser, desk, post, folder }) => {
  const page = await person(browser);
  const clean = quiet(page, [/ERR_CONNECTION_REFUSED|status of 50|WebSocket|ERR_/]); // while Parley is stopped
  const { slug, workspace } = await mailbox(page, desk.base);
  const file = join(folder, 'list.mbox');
  writeFileSync(file, archive());
  await page.goto('about:blank');
  await desk.kill('SIGTERM');
  const command = ['import', 'mbox', '--inbox', 'support@desk.test', '--status', 'open', file];
  expect(desk.run(...command)).toContain(`${threads * 4} mails: ${threads * 4} taken in, 0 were there already, 0 could not be taken in.`);
  expect(desk.run(...command)).toContain(`0 taken in, ${threads * 4} were there already`);
  await desk.start(post.address);

  // All of it is there, by threads, and nobody was told.
  const rows = async (query: string) =>
    (await (await page.request.get(`${desk.base}/api/v1${workspace}/conversations?view=all&tab=open&${query}`)).json()) as {
      items: { id: string; subject: string; message_count: number; status: string; waiting_on: string; contact: { id: string; name: string } }[];
      counts?: { views: Record<string, number> };
    };
  const first = await rows('limit=30&counts=true');
  expect([first.counts?.views['all'], first.items[0]?.message_count]).toEqual([threads, 4]);
  expect(post.mails).toEqual([]);
  const newest = first.items[0]!;
  await page.goto(`${desk.base}/${slug}/all`);
  const picture = async (name: string) => {
    for (const look of process.env['SHOTS'] ? looks : []) {
      await page.setViewportSize(look.size);
      await page.emulateMedia({ colorScheme: look.dark ? 'dark' : 'light' });
      await shot(page, `list-${name}-${look.name}`);
    }
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.emulateMedia({ colorScheme: 'light' });
  };
  await expect(page.getByRole('option').first()).toBeVisible();
  await picture('rows');

  // Answered: by the thread that it had years ago.
  await page.goto(`${desk.base}/${slug}/all/${newest.id}`);
  const messages = page.locator('.msg');
  await expect(messages).toHaveCount(4);
  await picture('thread');
  await page.locator('[data-composer]').fill('Oil helps, and a new one helps more.');
  await page.keyboard.press('Control+Enter');
  const anyway = page.getByRole('button', { name: /Send (it|anyway)/ });
  await expect
    .poll(async () => {
      if (await anyway.isVisible()) await anyway.click();
      return post.mails.length;
    })
    .toBe(1);
  const answer = post.mails[0]!;
  expect([answer.to, answer.header('In-Reply-To')]).toEqual([expect.stringMatching(/@riders\.test$/), `<${threads - 1}.3@lists.test>`]);
  const ours = page.locator('.msg', { hasText: 'a new one helps more' });

  // Forwarded: to somebody who knows.
  await messages.first().getByRole('button', { name: 'Forward' }).click();
  const form = page.getByRole('dialog', { name: /^Forward/ });
  await form.getByRole('combobox', { name: 'To' }).pressSequentially('Sam Supplier <sam@wheels.test>,');
  await told(page, /\/forward$/, () => page.keyboard.press('Control+Enter'));
  await expect.poll(() => post.mails.length).toBe(2);
  expect([post.mails[1]?.to, post.mails[1]?.raw.includes('squeaks')]).toEqual(['sam@wheels.test', true]);

  // Returned: the answer says so. What a program answers wakes nobody.
  await send(desk.smtp, '', 'support@desk.test', returned(answer.header('Message-ID'), answer.to));
  await expect(ours).toContainText('The mailbox is full');
  await picture('returned');
  const before = (await rows(`limit=100`)).items.find((c) => c.id === newest.id);
  await send(
    desk.smtp,
    answer.to,
    'support@desk.test',
    `From: Rider <${answer.to}>\nTo: support@desk.test\nSubject: Out of office\nMessage-ID: <away@riders.test>\nIn-Reply-To: ${answer.header('Message-ID')}\nAuto-Submitted: auto-replied\n\nI ride in the mountains.\n`,
  );
  await expect(messages.filter({ hasText: 'I ride in the mountains.' })).toBeVisible();
  const after = (await rows(`limit=100`)).items.find((c) => c.id === newest.id);
  expect([after?.status, after?.waiting_on]).toEqual([before?.status, before?.waiting_on]);
  // Where the end is out of sight, what leads there hides nothing of the composer.
  const jump = page.getByRole('button', { name: 'New message', exact: true });
  await expect(jump).toBeVisible();
  await expect(page.locator('.dup')).toBeVisible();
  const [end, below] = [await jump.boundingBox(), await page.locator('.dup').boundingBox()];
  expect((end?.y ?? 0) + (end?.height ?? 0)).toBeLessThanOrEqual(below?.y ?? 0);
  await picture('auto-reply');
  await jump.click();

  // Merged: two threads of one who asked the same.
  const other = (await rows('limit=100')).items.find((c) => c.id !== newest.id && c.contact.id === newest.contact.id)!;
  const own = await messages.count();
  await page.getByRole('heading', { level: 1 }).click();
  await page.keyboard.press('m');
  const box = page.getByRole('dialog', { name: 'Merge conversations' });
  await box.getByRole('combobox').fill(other.subject.replace(/^.*model/, 'model'));
  await expect(box.getByRole('option')).toHaveCount(1);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('log')).toContainText('merged in');
  await expect(box).toHaveCount(0);
  const count = own + other.message_count;
  await expect(messages).toHaveCount(count);
  await picture('merged');

  // Split: one mail goes its own way.
  await page.getByRole('heading', { level: 1 }).click();
  await page.keyboard.press('s');
  await expect(page.locator('.picks').last()).toBeFocused();
  await page.keyboard.press('Space');
  await page.keyboard.press('Enter');
  await expect(page.getByLabel('What is it about?')).toBeFocused();
  await page.keyboard.type('Holidays');
  await page.keyboard.press('Enter');
  await expect(messages).toHaveCount(count - 1);
  await expect.poll(async () => (await rows('limit=30')).items.some((c) => c.subject.includes('Holidays'))).toBe(true);
  expect((await rows('limit=30&counts=true')).counts?.views['all']).toBe(threads);
  clean();
});
