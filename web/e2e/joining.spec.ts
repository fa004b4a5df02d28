import type { Page } from '@playwright/test';
import { send } from './mail';
import { accessible as checked, expect, looks, type Parley, quiet, test } from './parley';
import { ask as api, enter, fill, type Shop } from './shop';

// Merging conversations and splitting them, on the screen and by keyboard alone.

const said = (page: Page) => page.locator('.toast');
const log = (page: Page) => page.getByRole('log');

let n = 0;
/** A mail of Kim; it answers the one whose number it is given. */
async function mail(parley: Parley, subject: string, text: string, answers?: number): Promise<number> {
  const id = ++n;
  const thread = answers === undefined ? '' : `In-Reply-To: <kim-${answers}@example.org>\nReferences: <kim-${answers}@example.org>\n`;
  await send(
    parley.smtp,
    'kim@example.org',
    'support@lindqvist.example',
    `From: Kim Berg <kim@example.org>\nTo: support@lindqvist.example\nSubject: ${subject}\nMessage-ID: <kim-${id}@example.org>\n${thread}Content-Type: text/plain; charset=utf-8\n\n${text}`,
  );
  return id;
}

interface Row {
  id: string;
  subject: string;
  message_count: number;
  merged_into_id?: string;
  assignee_id?: string;
  split_from_id?: string;
}

/** The conversation with a subject, once it is there. */
async function talk(page: Page, shop: Shop, subject: string): Promise<Row> {
  let row: Row | undefined;
  await expect
    .poll(async () => {
      const all = await api<{ items: Row[] }>(page, shop, 'GET', '/conversations?view=all&tab=open&limit=100');
      row = all.items.find((c) => c.subject === subject);
      return !!row;
    })
    .toBe(true);
  return row as Row;
}

async function texts(page: Page): Promise<string> {
  return (await log(page).innerText()).replace(/\s+/g, ' ');
}

/** What axe finds, once everything that came is in the list. */
async function accessible(page: Page) {
  const pill = page.getByRole('button', { name: /^Show \d+ new/ });
  await expect(async () => {
    if ((await pill.count()) > 0) await pill.click({ timeout: 1000 }); // it may go by itself
    await expect(pill).toHaveCount(0);
  }).toPass();
  await checked(page);
}

/** Shows the changes that are told in one line. */
async function unfold(page: Page) {
  const folded = log(page).getByRole('button', { name: /change/, expanded: false });
  while ((await folded.count()) > 0) await folded.first().click();
}

/** Takes pictures when somebody wants to look at them. */
async function picture(page: Page, name: string) {
  const folder = process.env['PICTURES'];
  if (folder) await page.screenshot({ path: `${folder}/${name}.png` });
}

test('F1-55 F2-48 F2-49 F2-50 F2-51 a duplicate is suggested, compared and merged; Z takes it back; answers and drafts come along', async ({
  browser,
  parley,
}) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop);
  const clean = quiet(page);
  const one = await mail(parley, 'The bell of my bike is broken', 'It does not ring any more.');
  const a = await talk(page, shop, 'The bell of my bike is broken');
  const two = await mail(parley, 'My bike bell is broken', 'I wrote before. Does anybody read this?');
  const b = await talk(page, shop, 'My bike bell is broken');

  // Something is being written in the one that will go.
  await page.goto(`/${shop.slug}/all/${b.id}`);
  await expect(log(page)).toContainText('I wrote before');
  await page.getByRole('textbox', { name: 'Reply' }).fill('We do read this.');
  await expect(page.getByText('Draft saved')).toBeVisible();

  await page.goto(`/${shop.slug}/all/${a.id}`);
  const hint = page.locator('.dup');
  await expect(hint).toContainText('may have written about the same matter');
  await expect(hint).toContainText('My bike bell is broken');
  await accessible(page);
  await picture(page, 'hint');
  await hint.getByRole('button', { name: 'Compare' }).click();
  const box = page.getByRole('dialog', { name: 'Merge conversations' });
  const search = box.getByRole('combobox');
  await expect(search).toBeFocused();
  await expect(box.getByRole('region', { name: 'Stays' })).toContainText('The bell of my bike is broken');
  await expect(box.getByRole('region', { name: 'Becomes part of it' })).toContainText('My bike bell is broken');
  await expect(box.getByRole('option').first()).toContainText('May be a duplicate');
  await accessible(page);
  await picture(page, 'merge');
  await page.keyboard.press('Enter');
  await expect(box).toHaveCount(0);
  await expect(said(page)).toContainText('Merged: 1 message is here now');
  await expect(log(page)).toContainText('Does anybody read this?');
  await expect(log(page)).toContainText('merged in My bike bell is broken');
  await expect(page.locator('aside.details')).toContainText('This is the first one.');
  await expect(page.getByRole('textbox', { name: 'Reply' })).toHaveValue('We do read this.');
  await expect(hint).toHaveCount(0);

  // Z takes it back, and M with words in the search does it again.
  await page.getByRole('heading', { level: 1 }).click();
  await page.keyboard.press('z');
  await expect(said(page)).toHaveText('Taken back');
  await expect(log(page)).not.toContainText('Does anybody read this?');
  await expect(page.getByRole('textbox', { name: 'Reply' })).toHaveValue('');
  await page.keyboard.press('m');
  await expect(search).toBeFocused();
  await page.keyboard.type('no such words');
  await expect(box).toContainText('No other conversation with Kim Berg has these words.');
  await search.fill('bell');
  await expect(box.getByRole('option')).toHaveCount(1);
  await expect(box.getByRole('button', { name: 'Merge 1 message' })).toBeEnabled();
  await page.keyboard.press('Enter');
  await expect(log(page)).toContainText('Does anybody read this?');

  // Whoever opens what is left is led on, and an answer to it arrives here.
  await page.goto(`/${shop.slug}/all/${b.id}`);
  await expect(page).toHaveURL(new RegExp(`${a.id}$`));
  await mail(parley, 'Re: My bike bell is broken', 'It is the red bike.', two);
  await expect(log(page)).toContainText('It is the red bike.');
  await mail(parley, 'Re: The bell of my bike is broken', 'And it is urgent.', one);
  await expect(log(page)).toContainText('And it is urgent.');
  expect(await texts(page)).toMatch(/does not ring.*Does anybody.*the red bike.*it is urgent/);
  expect((await api<Row>(page, shop, 'GET', `/conversations/${a.id}`)).message_count).toBe(4);
  expect((await api<Row>(page, shop, 'GET', `/conversations/${b.id}`)).merged_into_id).toBe(a.id);

  // Taken back from the history, what came since stays.
  await unfold(page);
  const line = log(page).locator('.ev', { hasText: 'merged in' }).last();
  await line.hover();
  await line.getByRole('button', { name: 'Undo' }).click();
  await expect(log(page)).not.toContainText('Does anybody read this?');
  await expect(log(page)).toContainText('It is the red bike.');
  await expect.poll(async () => (await api<Row>(page, shop, 'GET', `/conversations/${b.id}`)).merged_into_id ?? '').toBe('');

  // What somebody calls different matters is not suggested again, after a reload either.
  await expect(hint).toBeVisible();
  await hint.getByRole('button', { name: 'They are different matters' }).click();
  await expect(hint).toHaveCount(0);
  const asked = page.waitForResponse((r) => r.url().includes(`/conversations/${a.id}/related?likely=true`));
  await page.reload();
  await (await asked).finished();
  await expect(log(page)).toContainText('It is the red bike.');
  await expect(hint).toHaveCount(0);
  clean();
});

test('F1-56 F2-52 F2-53 F2-54 F2-55 F2-77 messages are chosen by keyboard and become a conversation of their own, linked both ways; Z takes it back', async ({
  browser,
  parley,
}) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop);
  const clean = quiet(page);
  const one = await mail(parley, 'Brakes and a bill', 'My brakes squeal.');
  const a = await talk(page, shop, 'Brakes and a bill');
  const two = await mail(parley, 'Re: Brakes and a bill', 'Also, where is my bill?', one);
  // The keys choose from the first moment on, also while the panel is still on its way.
  let arrive = () => {};
  const held = new Promise<void>((resolve) => (arrive = resolve));
  await page.route('**/SplitPanel*.js', (route) => held.then(() => route.continue()));
  await page.goto(`/${shop.slug}/all/${a.id}`);
  await expect(log(page)).toContainText('where is my bill?');

  await page.keyboard.press('s');
  const panel = page.getByRole('group', { name: 'Split this conversation' });
  const picks = page.locator('.picks');
  await expect(picks).toHaveCount(2);
  await expect(picks.last()).toBeFocused();
  await page.keyboard.press('ArrowUp');
  await expect(picks.first()).toBeFocused();
  await page.keyboard.press('j');
  await expect(picks.last()).toBeFocused();
  await page.keyboard.press('Enter');
  await page.keyboard.type('jokes');
  await expect(panel).toHaveCount(0);
  arrive();
  await expect(panel.getByLabel('What is it about?')).toBeFocused();
  await expect(panel.getByLabel('What is it about?')).toHaveValue('jokes');
  await expect(panel.getByRole('button', { name: /^Split off/ })).toBeDisabled();
  await page.keyboard.press('Escape');
  await expect(panel).toHaveCount(0);
  await page.keyboard.press('s');
  await expect(picks.last()).toBeFocused();
  await page.keyboard.press('ArrowUp');
  await expect(picks.first()).toBeFocused();
  await page.keyboard.press('Space');
  await page.keyboard.press('j');
  await page.keyboard.press('Space');
  await expect(panel).toContainText('Leave at least one message');
  await page.keyboard.press('k');
  await page.keyboard.press('Space');
  await expect(panel.getByRole('status')).toHaveText('1 message chosen');
  await page.keyboard.press('Enter');
  await expect(panel.getByLabel('What is it about?')).toBeFocused();
  await page.keyboard.type('The bill');
  await panel.getByLabel('Who answers it?').selectOption({ label: 'Priya Raman' });
  await accessible(page);
  await picture(page, 'split');
  await panel.getByLabel('What is it about?').press('Enter');
  await expect(said(page)).toContainText('1 message is a conversation of its own now');
  await expect(log(page)).not.toContainText('where is my bill?');
  await expect(log(page)).toContainText('A message went to The bill');
  await expect(log(page)).toContainText('split off The bill');
  await accessible(page);
  await picture(page, 'parent');

  // Z takes it back; done again, the link leads to the new one and back.
  await page.keyboard.press('z');
  await expect(said(page)).toHaveText('Taken back');
  await expect(log(page)).toContainText('where is my bill?');
  await page.keyboard.press('s');
  await expect(picks.last()).toBeFocused();
  await page.keyboard.press('Space');
  await page.keyboard.press('Enter');
  await page.keyboard.type('The bill');
  await page.keyboard.press('Enter');
  await expect(log(page)).not.toContainText('where is my bill?');
  await unfold(page);
  await log(page).locator('.ev', { hasText: 'split off' }).last().getByRole('link', { name: 'The bill' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'The bill' })).toBeVisible();
  await expect(log(page)).toContainText('where is my bill?');
  await expect(log(page)).toContainText('split this off from Brakes and a bill');
  await accessible(page);
  await picture(page, 'child');
  const child = await talk(page, shop, 'The bill');
  expect(child.split_from_id).toBe(a.id);

  // It goes on by itself: an answer to the moved message joins it, and it ends alone.
  await mail(parley, 'Re: Brakes and a bill', 'The bill of last week, please.', two);
  await expect(log(page)).toContainText('The bill of last week');
  await page.getByRole('heading', { level: 1 }).click();
  await api(page, shop, 'POST', `/conversations/${child.id}/resolve`, {});
  expect((await api<{ status: string }>(page, shop, 'GET', `/conversations/${a.id}`)).status).toBe('open');
  await unfold(page);
  await log(page).getByRole('link', { name: 'Brakes and a bill' }).first().click();
  await expect(log(page)).toContainText('My brakes squeal.');
  clean();
});

// Both dialogs fit and are accessible in light and dark, wide and narrow.
for (const { size, dark, name: screen } of looks)
  test(`merging and splitting ${screen}`, async ({ browser, parley }) => {
    const shop = fill(parley);
    const page = await enter(browser, parley, shop, shop.email, dark, size);
    const clean = quiet(page);
    const one = await mail(parley, 'The bell of my bike is broken', 'It does not ring any more. I have tried everything that I could think of.');
    const a = await talk(page, shop, 'The bell of my bike is broken');
    await mail(parley, 'Re: The bell of my bike is broken', 'And where is the invoice for the last repair?', one);
    await mail(parley, 'My bike bell is broken', 'I wrote before. Does anybody read this?');
    await talk(page, shop, 'My bike bell is broken');
    const fits = async () => expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    const name = (what: string) => `${what}-${screen}`;
    await page.goto(`/${shop.slug}/all/${a.id}`);
    await expect(log(page)).toContainText('the last repair');
    await expect(page.locator('.dup')).toBeVisible();
    await accessible(page);
    await fits();
    await picture(page, name('hint'));
    await page.keyboard.press('m');
    const box = page.getByRole('dialog', { name: 'Merge conversations' });
    await expect(box.getByRole('region', { name: 'Becomes part of it' })).toBeVisible();
    await accessible(page);
    await fits();
    await picture(page, name('merge'));
    await page.keyboard.press('Escape');
    await page.keyboard.press('s');
    await expect(page.getByRole('group', { name: 'Split this conversation' })).toBeVisible();
    await expect(page.locator('.picks').last()).toBeFocused();
    await page.keyboard.press('Space');
    await accessible(page);
    await fits();
    await picture(page, name('split'));
    await page.keyboard.press('Enter');
    await expect(page.getByLabel('What is it about?')).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(log(page)).toContainText('A message went to');
    await page.keyboard.press('m');
    await expect(box.getByRole('option', { name: /My bike bell/ })).toBeVisible();
    await page.keyboard.press('Enter');
    await expect(log(page)).toContainText('merged in');
    await accessible(page);
    await fits();
    await picture(page, name('joined'));
    clean();
  });
