import type { Page } from '@playwright/test';
import { accessible, expect, quiet, shot, test } from './parley';
import { enter, fill, post, type Shop } from './shop';

// Messages that are sent later: the composer's clock, the queue in the thread, the list.

const said = (page: Page) => page.locator('.toast');
const log = (page: Page) => page.getByRole('log');
const box = (page: Page) => page.getByRole('textbox', { name: 'Reply' });
const cards = (page: Page) => page.getByRole('article', { name: /^Scheduled message of/ });

async function annika(page: Page, shop: Shop) {
  await page.goto(`/${shop.slug}/all/${shop.annika}`);
  await expect(log(page)).toContainText('Is it safe');
}

/** Schedules over the API and returns the message's id. */
async function planned(page: Page, shop: Shop, text: string, seconds: number, more: object = {}): Promise<string> {
  const r = await post(page, shop, `${shop.annika}/schedule`, { text, at: new Date(Date.now() + seconds * 1000).toISOString(), ...more });
  expect(r.ok(), await r.text()).toBe(true);
  return ((await r.json()) as { items: { event: { data: { scheduled_id: string } } }[] }).items[0]?.event.data.scheduled_id ?? '';
}

test('a reply is scheduled, edited, moved, cancelled and sent from the composer and the thread (F1-57)', async ({ browser, parley }) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop);
  const clean = quiet(page, [/frame is sandboxed/, /409/, /422/]);
  await annika(page, shop);
  await page.keyboard.press('r');
  await expect(box(page)).toBeFocused();
  const clock = page.getByRole('button', { name: 'Send later' });
  await expect(clock).toBeDisabled();
  await page.keyboard.type('We come at ten.');
  await page.keyboard.press('Control+Shift+S');

  // In one's own time, and in the customer's, which is not known yet.
  const dialog = page.getByRole('dialog', { name: 'Send later' });
  await expect(dialog.getByRole('option')).not.toHaveCount(0);
  await accessible(page);
  const when = dialog.getByRole('combobox', { name: 'When?' });
  await expect(when).toBeFocused();
  await when.fill('no time at all');
  await expect(dialog.getByRole('status')).toContainText('no moment');
  await dialog.getByLabel('Date and time').fill('2020-01-01T09:00');
  await dialog.getByLabel('Date and time').blur();
  await expect(dialog.getByRole('status')).toContainText(/passed|no moment/);
  await when.fill('tomorrow 9');
  await expect(dialog.getByRole('status')).toContainText(/Goes out .*9:00/);
  await dialog.getByRole('radio', { name: /Annika.* time/ }).click();
  await dialog.getByLabel(/time zone/).selectOption('Asia/Tokyo');
  await expect(dialog.getByRole('status')).toContainText(/For Annika.* it is .*9:00/);
  await dialog.getByRole('checkbox').check();
  await dialog.getByRole('combobox', { name: /^Then/ }).selectOption('resolve');
  await shot(page, 'dialog');
  await accessible(page);
  await when.press('Enter');

  // It is at its place in the thread, and what Z takes back is in the composer again.
  await expect(said(page)).toContainText('Goes out');
  await expect(page.getByRole('option', { selected: true })).toHaveAccessibleName(/1 message waits to be sent/);
  await expect(cards(page)).toHaveCount(1);
  await expect(cards(page)).toContainText('We come at ten.');
  await expect(cards(page)).toContainText('Tokyo');
  await expect(box(page)).toHaveValue('');
  await page.keyboard.press('Escape');
  await page.keyboard.press('z');
  await expect(box(page)).toHaveValue('We come at ten.');
  await expect(cards(page)).toHaveCount(0);
  await clock.click();
  await when.fill('tomorrow 9');
  await when.press('Control+Enter');
  await expect(cards(page)).toHaveCount(1);
  await shot(page, 'thread');
  await accessible(page);

  // Edited and moved, each with a way back.
  await cards(page).getByRole('button', { name: 'Edit' }).click();
  await cards(page).getByRole('textbox').fill('We come at eleven.');
  await page.keyboard.press('Control+Enter');
  await expect(cards(page)).toContainText('at eleven');
  await said(page).getByRole('button', { name: /Undo/ }).click();
  await expect(cards(page)).toContainText('at ten');
  await cards(page).getByRole('button', { name: 'New time' }).click();
  const move = page.getByRole('dialog', { name: 'When shall it go out?' });
  await move.getByRole('combobox', { name: 'When?' }).fill('in 3 days');
  await expect(move.getByRole('status')).toContainText('Goes out');
  await page.keyboard.press('Enter');
  await expect(move).toHaveCount(0);
  await expect(said(page)).toContainText('Goes out');

  // Cancelled, taken back, and sent now, once.
  await cards(page).getByRole('button', { name: 'Cancel it' }).click();
  await expect(cards(page)).toHaveCount(0);
  await said(page).getByRole('button', { name: /Undo/ }).click();
  await expect(cards(page)).toHaveCount(1);
  await cards(page).getByRole('button', { name: 'Send now' }).dblclick();
  await expect(cards(page)).toHaveCount(0);
  await expect(log(page).getByText('We come at ten.')).toHaveCount(1);
  clean();
});

test('it goes out by itself at its moment, also over a crash, and is held when the conversation was closed (F1-58, D-17)', async ({ browser, parley }) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop);
  const clean = quiet(page, [/frame is sandboxed/, /409/, /422/, /Failed to load/, /ERR_/, /WebSocket/]);
  await annika(page, shop);
  await planned(page, shop, 'By itself.', 4);
  await expect(cards(page)).toContainText('By itself.');
  await expect(log(page).getByText('By itself.')).toHaveCount(1);
  await expect(cards(page)).toHaveCount(0, { timeout: 20_000 });
  await expect(log(page).getByText('By itself.')).toHaveCount(1);

  // Parley is killed before the moment and comes back after it.
  await planned(page, shop, 'After the crash.', 5);
  await expect(cards(page)).toContainText('After the crash.');
  await parley.kill();
  await parley.start();
  await expect(cards(page)).toHaveCount(0, { timeout: 30_000 });
  await expect(log(page).getByText('After the crash.')).toHaveCount(1);

  // What is closed holds it, and says so under the bell and in the list.
  await planned(page, shop, 'Did it help?', 3600, { zone: 'Asia/Tokyo' });
  await planned(page, shop, 'Anything else?', 7200, { only_if_no_reply: true });
  await expect(cards(page)).toHaveCount(2);
  expect((await post(page, shop, `${shop.annika}/close`, {})).ok()).toBe(true);
  await expect(cards(page).first()).toContainText('The conversation was closed');
  await shot(page, 'held');
  await accessible(page);
  await page
    .getByRole('button', { name: /Notifications/ })
    .first()
    .click();
  await expect(page.getByRole('link', { name: /Your scheduled message is held/ }).first()).toBeVisible();
  await page.keyboard.press('Escape');
  await page.getByRole('navigation').getByRole('link', { name: 'Scheduled' }).click();
  await expect(page.getByRole('heading', { name: 'Scheduled', exact: true })).toBeVisible();
  const held = page.getByRole('region', { name: 'Held: decide about them' });
  await expect(held.getByRole('article')).toHaveCount(2);
  await shot(page, 'list');
  await accessible(page);
  await held.getByRole('article').last().getByRole('button', { name: 'Cancel it' }).click();
  await expect(held.getByRole('article')).toHaveCount(1);
  await held.getByRole('link').first().click();
  await expect(page).toHaveURL(new RegExp(shop.annika));
  expect((await post(page, shop, `${shop.annika}/reopen`, {})).ok()).toBe(true);
  await expect(cards(page)).toHaveCount(1);
  await cards(page).getByRole('button', { name: 'Send now' }).click();
  await expect(cards(page)).toHaveCount(0);
  await expect(log(page).getByText('Did it help?')).toHaveCount(1);
  clean();
});

test('scheduled messages on a phone and in the dark', async ({ browser, parley }) => {
  const shop = fill(parley);
  for (const [name, dark, size] of [
    ['phone', false, { width: 390, height: 844 }],
    ['phone-dark', true, { width: 390, height: 844 }],
    ['dark', true, { width: 1440, height: 900 }],
  ] as const) {
    const page = await enter(browser, parley, shop, shop.email, dark, size);
    if (name === 'phone') {
      await planned(page, shop, 'The courier comes at nine.', 86_400, { zone: 'Asia/Tokyo', only_if_no_reply: true, then: 'pend' });
    }
    await annika(page, shop);
    await expect(cards(page)).toHaveCount(1);
    await cards(page).scrollIntoViewIfNeeded();
    await shot(page, `thread-${name}`);
    await accessible(page);
    await cards(page).getByRole('button', { name: 'New time' }).click();
    await expect(page.getByRole('dialog').getByRole('option')).not.toHaveCount(0);
    await shot(page, `dialog-${name}`);
    await accessible(page);
    await page.keyboard.press('Escape');
    await page.goto(`/${shop.slug}/scheduled`);
    await expect(cards(page)).toHaveCount(1);
    await shot(page, `list-${name}`);
    await accessible(page);
    await page.context().close();
  }
});

test('a reply waits out its window and can be taken back with its text and files; after it, it says why not', async ({ browser, parley }) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop);
  const clean = quiet(page, [/frame is sandboxed/, /409/, /422/]);
  const settings = async (seconds: number) => {
    const data = { settings: { undo_mail_seconds: seconds, undo_chat_seconds: seconds } };
    const r = await page.context().request.patch(`/api/v1/workspaces/${shop.workspace}`, { headers: { 'X-Parley-CSRF': '1' }, data });
    expect(r.ok(), await r.text()).toBe(true);
  };

  // The window is a rule of the workspace and of its inboxes.
  await page.goto(`/${shop.slug}/settings/workspace`);
  const mail = page.getByLabel('A mail can be taken back for');
  await expect(mail).toContainText('10 seconds');
  await expect(page.getByLabel('A chat message can be taken back for')).toContainText('leaves at once');
  await mail.selectOption({ label: '60 seconds' });
  await expect(said(page)).toContainText('Saved');
  await settings(60);

  await annika(page, shop);
  await page.keyboard.press('r');
  await expect(box(page)).toBeFocused();
  await page.keyboard.type('Hi Annika, wrong price.');
  await page.locator('input[type=file]').setInputFiles({ name: 'price.txt', mimeType: 'text/plain', buffer: Buffer.from('39') });
  await expect(page.locator('.cmp')).toContainText('price.txt');
  await expect(page.locator('.cmp progress')).toHaveCount(0); // nothing is sent while a file is on its way
  await page.keyboard.press('Control+Enter');
  await expect(log(page)).toContainText('wrong price');
  await expect(log(page).getByText(/Goes out in [456]\d s/)).toBeVisible();
  await shot(page, 'leaving');
  await accessible(page);

  // Z takes it back, text and file; so does the button beside it, also after a reload.
  await page.keyboard.press('Escape');
  await page.keyboard.press('z');
  await expect(box(page)).toHaveValue('Hi Annika, wrong price.');
  await expect(page.locator('.cmp')).toContainText('price.txt');
  await expect(log(page)).not.toContainText('wrong price');
  await expect(log(page)).toContainText('This was taken back.');
  await box(page).fill('Hi Annika, it is 39.');
  await page.keyboard.press('Control+Enter');
  await expect(log(page)).toContainText('it is 39');
  await page.reload();
  await log(page).getByRole('article').filter({ hasText: 'it is 39' }).getByRole('button', { name: 'Take back' }).click();
  await expect(box(page)).toHaveValue('Hi Annika, it is 39.');
  await expect(page.locator('.cmp')).toContainText('price.txt');

  // Once it has left, the same key says so.
  await settings(1);
  await page.keyboard.press('r');
  await box(page).fill('Too late.');
  const answered = page.waitForResponse((r) => r.request().method() === 'POST' && new URL(r.url()).pathname.endsWith('/reply'));
  await page.keyboard.press('Control+Enter');
  await expect(said(page).getByRole('button', { name: /Undo/ })).toBeVisible();
  // Only the answer says until when it can be taken back; before that, and while it waits, Z still does.
  const { items } = (await (await answered).json()) as { items: { message?: { leaves_at?: string } }[] };
  const leaves = Date.parse(items.find((i) => i.message?.leaves_at)?.message?.leaves_at ?? '');
  await expect.poll(() => Date.now() > leaves, { intervals: [100] }).toBe(true);
  await page.keyboard.press('Escape');
  await page.keyboard.press('z');
  await expect(said(page)).toContainText('could be taken back for 1 second.');
  await expect(log(page)).toContainText('Too late.');
  clean();
});
