import type { Locator } from '@playwright/test';
import { mailbox, send } from './mail';
import { accessible, expect, looks, person, quiet, shot, told } from './parley';
import { test } from './posting';

/** A picture of 48 by 32 pixels. */
const drawing =
  'iVBORw0KGgoAAAANSUhEUgAAADAAAAAgCAIAAADbtmxLAAAAOUlEQVR42u3OMQ0AMAgAMOTs5kbJlEwisjBBdjWpgEZXrjjvrgghISEhISEhISEhISEhISEhoZ+hAQv5kFuOjqdlAAAAAElFTkSuQmCC';

/** Pastes a picture into the field in which it is called. */
const paste = (el: Element, bytes: number[]) => {
  const data = new DataTransfer();
  data.items.add(new File([new Uint8Array(bytes)], 'key.png', { type: 'image/png' }));
  el.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
};

const hello = `From: Kim Ek <kim@customer.test>
To: support@desk.test
Subject: The chain jumps
Message-ID: <first@customer.test>

Hello, my chain jumps.
`;

test('somebody is written to first: recipients, drafts, files, and what arrives', async ({ browser, desk, post }) => {
  const agent = await person(browser);
  const silent = quiet(agent);
  const { slug } = await mailbox(agent, desk.base);
  await send(desk.smtp, 'kim@customer.test', 'support@desk.test', hello);
  await expect(agent.getByRole('option', { name: /The chain jumps/ })).toBeVisible();

  // C opens it; the first field waits for an address.
  await agent.keyboard.press('c');
  await expect(agent.getByRole('heading', { name: 'New mail' })).toBeVisible();
  const to = agent.getByRole('combobox', { name: 'To' });
  await expect(to).toBeFocused();

  // A customer is found by what is typed, colleagues come last; Enter takes the row, Tab goes on.
  await to.pressSequentially('ki');
  await expect(agent.getByRole('option', { name: /Kim Ek/ })).toBeVisible();
  await agent.keyboard.press('Enter');
  await expect(agent.getByRole('button', { name: 'Remove Kim Ek' })).toBeVisible();
  await to.pressSequentially('not an address');
  await agent.keyboard.press(',');
  await expect(agent.getByText('not an address is not a mail address.')).toHaveCount(1);
  await agent.keyboard.press('Backspace');
  await expect(agent.getByRole('button', { name: /Remove/ })).toHaveCount(1);
  await agent.getByRole('button', { name: 'Cc', exact: true }).click();
  const cc = agent.getByRole('combobox', { name: 'Cc' });
  await expect(cc).toBeFocused();
  await cc.evaluate((el) => {
    const data = new DataTransfer();
    data.setData('text', '"Berg, Per" <per@else.test>; ann@else.test, kim@customer.test');
    el.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
  });
  await expect(agent.getByRole('button', { name: 'Remove Berg, Per' })).toBeVisible();
  await agent.getByRole('button', { name: 'Bcc', exact: true }).click();
  await agent.getByRole('combobox', { name: 'Bcc' }).pressSequentially('law@else.test');
  await agent.keyboard.press('Tab');
  await agent.getByRole('textbox', { name: 'Subject' }).fill('Your bill');
  const text = agent.getByRole('textbox', { name: 'Text of the mail' });
  // A shortcut and Tab put a quick reply in its place, filled for whom the mail goes to (F1-39).
  await text.fill('');
  await text.pressSequentially('/rea');
  await expect(agent.getByRole('listbox', { name: /\/rea/ })).toBeVisible();
  await text.pressSequentially('dy');
  await agent.keyboard.press('Tab');
  await expect(text).toHaveValue('Hello Kim, your {{thing}} is ready.');
  await text.fill('Hello Kim,\n\n**your bill** is here.');
  const files = agent.locator('input[type=file]');
  await files.setInputFiles([
    { name: 'one.txt', mimeType: 'text/plain', buffer: Buffer.alloc(400_000, 'a') },
    { name: 'two.txt', mimeType: 'text/plain', buffer: Buffer.from('b') },
    { name: 'three.txt', mimeType: 'text/plain', buffer: Buffer.from('c') },
  ]);
  // In the order in which they were chosen, whichever is here first.
  await expect(agent.locator('.files li')).toHaveText([/one\.txt/, /two\.txt/, /three\.txt/]);
  await expect(agent.getByRole('progressbar')).toHaveCount(0);
  await expect(agent.locator('.files li')).toHaveText([/one\.txt/, /two\.txt/, /three\.txt/]);

  // It is kept while it is written, and found again in the list of drafts.
  await expect(agent.getByText('Draft saved')).toBeVisible();
  await agent.goto(`${desk.base}/${slug}/write`);
  await expect(agent.getByRole('heading', { name: 'Drafts' })).toBeVisible();
  await agent.getByRole('link', { name: /Your bill/ }).click();
  await expect(text).toHaveValue('Hello Kim,\n\n**your bill** is here.');
  await expect(agent.getByRole('button', { name: 'Remove law@else.test' })).toBeVisible();
  await expect(agent.locator('.files li')).toHaveText([/one\.txt/, /two\.txt/, /three\.txt/]);
  await accessible(agent);

  // It is seen as it will arrive, and nothing leaves for that.
  await agent.getByRole('button', { name: 'Preview' }).click();
  const preview = agent.getByRole('dialog', { name: 'As it will arrive' });
  await expect(preview.frameLocator('iframe').locator('strong')).toHaveText('your bill');
  await expect(preview).toContainText('law@else.test');
  await expect(preview).toContainText('two.txt');
  await preview.getByRole('radio', { name: 'As text' }).click();
  await expect(preview.locator('pre')).toContainText('your bill is here.');
  await accessible(agent);
  await shot(agent, 'preview');
  await agent.keyboard.press('Escape');
  expect(post.mails.length).toBe(0);

  // A picture that is pasted stands where the caret is; a button makes it a file, and brings it back; Ctrl+Z too.
  await text.focus();
  await agent.keyboard.press('Control+End');
  await text.evaluate(paste, [...Buffer.from(drawing, 'base64')]);
  await expect(text).toHaveValue(/is here\. !\[key\.png\]\(att_\w{13}\)$/);
  const placed = agent.locator('.files li').filter({ hasText: 'key.png' });
  await expect(placed).toContainText('in the text');
  await placed.getByRole('button', { name: 'Attach key.png as a file instead' }).click();
  await expect(text).toHaveValue('Hello Kim,\n\n**your bill** is here. ');
  await placed.getByRole('button', { name: 'Show key.png in the text' }).press('Enter');
  await expect(text).toHaveValue(/!\[key\.png\]/);
  await accessible(agent);
  for (const l of looks) {
    await agent.setViewportSize(l.size);
    await agent.emulateMedia({ colorScheme: l.dark ? 'dark' : 'light' });
    await shot(agent, `text-picture-${l.name}`);
  }
  await agent.setViewportSize({ width: 1440, height: 900 });
  await agent.emulateMedia({ colorScheme: 'light' });
  await agent.getByRole('button', { name: 'Preview' }).click();
  const shown = (image: Locator) => image.evaluate((el: HTMLImageElement) => el.complete && el.naturalWidth);
  await expect.poll(() => shown(preview.frameLocator('iframe').getByAltText('key.png'))).toBe(48);
  await shot(agent, 'preview-picture');
  await agent.keyboard.press('Escape');

  await text.focus();
  await told(agent, /\/conversations$/, () => agent.keyboard.press('Control+Enter'));
  await expect(agent.getByRole('log', { name: 'Timeline' }).or(agent.getByRole('log'))).toContainText('your bill');
  await expect(agent.getByRole('heading', { name: 'Your bill' })).toBeVisible();
  await expect.poll(() => post.mails.length).toBeGreaterThan(0);
  const mail = post.mails[0];
  expect(mail?.header('To')).toContain('kim@customer.test');
  expect(mail?.header('Cc')).toContain('per@else.test');
  expect(mail?.header('Cc')).not.toContain('kim@customer.test');
  expect(mail?.header('Subject')).toBe('Your bill');
  expect(mail?.raw).not.toContain('law@else.test');
  expect(mail?.to).toBe('law@else.test'); // the last that the server was told of
  expect(mail?.raw).toContain('<strong>your bill</strong>');
  expect(mail?.raw).toContain('multipart/related');
  expect(mail?.raw).toMatch(/Content-ID: <att_\w{13}@picture\.parley>/i);
  expect(mail?.raw).toContain('[image: key.png]');
  await expect.poll(() => shown(agent.getByRole('log').getByAltText('key.png'))).toBe(48);
  await expect(agent.getByRole('log').getByText('key.png')).toHaveCount(0);
  await shot(agent, 'text-picture-sent');

  // Nothing of it is a draft any more, and the customer's page offers to write.
  await agent.goto(`${desk.base}/${slug}/write`);
  await expect(to).toBeFocused();
  await expect(agent.getByRole('heading', { name: 'Drafts' })).toHaveCount(0);
  await agent.goto(`${desk.base}/${slug}/customers`);
  await agent.getByRole('option', { name: /Kim Ek/ }).click();
  await agent.getByRole('link', { name: 'Write a mail' }).click();
  await expect(agent.getByRole('button', { name: 'Remove Kim Ek' })).toBeVisible();
  await expect(text).toBeFocused();
  silent();
});

const toMany = `From: Kim Ek <kim@customer.test>
Reply-To: Kim at work <office@customer.test>
To: support@desk.test, Per Berg <per@customer.test>
Cc: boss@customer.test
Subject: Two wheels
Message-ID: <many@customer.test>

Both wheels are bent.
`;

test('an answer goes to whom the mail says, or to everybody, and what looks wrong is asked about once', async ({ browser, desk, post }) => {
  const agent = await person(browser);
  const silent = quiet(agent);
  await mailbox(agent, desk.base);
  await send(desk.smtp, 'kim@customer.test', 'support@desk.test', toMany);
  await agent.getByRole('option', { name: /Two wheels/ }).click();
  const box = agent.getByRole('group', { name: 'Reply to the customer' }).or(agent.locator('.cmp'));
  await expect(box.getByText('Kim at work')).toBeVisible();
  const text = agent.locator('[data-composer]');

  // To whom the mail says, and to nobody else.
  await text.fill('We look at them.');
  await told(agent, /\/reply$/, () => agent.keyboard.press('Control+Enter'));
  await expect.poll(() => post.mails.length).toBe(1);
  expect(post.mails[0]?.header('To')).toContain('office@customer.test');
  expect(post.mails[0]?.header('Cc')).toBe('');

  // To all of them, but not to ourselves; the choice is kept with the draft.
  await text.fill('Both are ready.');
  await box.getByRole('button', { name: 'Reply to all 3' }).click();
  await expect(agent.getByText('Draft saved')).toBeVisible();
  await agent.reload();
  await expect(box.getByRole('button', { name: 'Reply to all 3' })).toHaveAttribute('aria-pressed', 'true');
  await text.focus();
  await told(agent, /\/reply$/, () => agent.keyboard.press('Control+Enter'));
  await expect.poll(() => post.mails.length).toBeGreaterThan(1);
  const all = post.mails.at(-1);
  expect(all?.header('Cc')).toContain('per@customer.test');
  expect(all?.header('Cc')).toContain('boss@customer.test');
  expect(all?.header('Cc')).not.toContain('support@desk.test');
  await expect(agent.locator('.sent').last()).toContainText('Per Berg');

  // Somebody new, and an attachment that is not there: asked once, then sent.
  const before = post.mails.length;
  await agent.getByRole('button', { name: 'Recipients and subject' }).click();
  await agent.getByRole('button', { name: 'Bcc', exact: true }).click();
  await agent.getByRole('combobox', { name: 'Bcc' }).pressSequentially('law@else.test,');
  await agent.getByRole('textbox', { name: 'Subject' }).fill('Your bill');
  await text.fill('The bill is attached.');
  await agent.keyboard.press('Control+Enter');
  const ask = agent.getByRole('alertdialog', { name: 'Look twice before this leaves' });
  await expect(ask).toContainText('law@else.test gets a mail of this conversation for the first time.');
  await expect(ask).toContainText('You speak of an attachment, and none is there.');
  expect(post.mails.length).toBe(before);
  await accessible(agent);
  await shot(agent, 'reply-asked');
  await told(agent, /\/reply$/, () => ask.getByRole('button', { name: 'Send it' }).click());
  await expect.poll(() => post.mails.length).toBeGreaterThan(before);
  expect(post.mails.at(-1)?.header('Subject')).toBe('Your bill');
  expect(post.mails.at(-1)?.raw).not.toContain('law@else.test');
  await expect(agent.locator('.sent').last()).toContainText('Bcc law@else.test');
  silent();
});

for (const look of looks) {
  test(`a new mail looks right at ${look.name}`, async ({ browser, desk }) => {
    const page = await person(browser);
    const { slug, workspace } = await mailbox(page, desk.base);
    for (const [name, subject] of [
      ['one', 'Spring service'],
      ['two', 'Your offer'],
    ] as const)
      await page.request.put(`${desk.base}/api/v1${workspace}/new-mails/${name}`, {
        headers: { 'X-Parley-CSRF': '1' },
        data: {
          to: ['Anna Öberg <anna@example.com>', 'per@example.com'],
          cc: ['nobody'],
          subject,
          text: 'Dear Anna,\n\nit is time again for your bicycle.',
          revision: 0,
        },
      });
    await page.setViewportSize(look.size);
    await page.emulateMedia({ colorScheme: look.dark ? 'dark' : 'light' });
    await page.goto(`${desk.base}/${slug}/write/one`);
    await expect(page.getByRole('textbox', { name: 'Subject' })).toHaveValue('Spring service');
    await shot(page, `write-${look.name}`);
    await accessible(page);
    await page.goto(`${desk.base}/${slug}/write/drafts`);
    await expect(page.getByRole('link', { name: /Your offer/ })).toBeVisible();
    await shot(page, `write-drafts-${look.name}`);
    await page.goto(`${desk.base}/${slug}/write/new`);
    await page.getByRole('combobox', { name: 'To' }).pressSequentially('maj');
    await expect(page.getByRole('option', { name: /Maja/ })).toContainText('Colleague');
    await shot(page, `write-found-${look.name}`);
  });

  test(`an answer to several looks right at ${look.name}`, async ({ browser, desk }) => {
    const page = await person(browser);
    await mailbox(page, desk.base);
    await send(desk.smtp, 'kim@customer.test', 'support@desk.test', toMany);
    await page.getByRole('option', { name: /Two wheels/ }).click();
    await page.setViewportSize(look.size);
    await page.emulateMedia({ colorScheme: look.dark ? 'dark' : 'light' });
    await page.getByRole('button', { name: 'Reply to all 3' }).click();
    await shot(page, `reply-line-${look.name}`);
    await page.getByRole('button', { name: 'Recipients and subject' }).click();
    await expect(page.getByRole('button', { name: 'Remove Per Berg' })).toBeVisible();
    await shot(page, `reply-fields-${look.name}`);
    await accessible(page);
  });
}
