import { accessible, expect, quiet, test } from './parley';
import { ask, enter, fill, type Shop } from './shop';
import type { Page } from '@playwright/test';

interface Row {
  id: string;
  name: string;
  letter: string;
}

const browse = (page: Page, shop: Shop, query: string) => ask<{ items: Row[]; next_cursor?: string }>(page, shop, 'GET', `/contacts/directory?${query}`);

/** Every customer there is, as the server sorts them. */
async function everybody(page: Page, shop: Shop): Promise<Row[]> {
  const all: Row[] = [];
  for (let cursor = ''; ;) {
    const p = await browse(page, shop, `limit=100&cursor=${cursor}`);
    all.push(...p.items);
    if (!p.next_cursor) return all;
    cursor = p.next_cursor;
  }
}

/** Gives some of the customers names and numbers, so that every part of the order has somebody. */
async function rename(page: Page, shop: Shop): Promise<void> {
  const all = await everybody(page, shop);
  const change = (i: number, data: object) => ask(page, shop, 'PATCH', `/contacts/${all[i]?.id}`, data);
  await change(0, { name: 'Zoë Müller', phone: '+46 70-123 45 67' });
  await change(1, { name: 'émile Åkerlund' });
  await change(2, { name: '', phone: '+46 70 900 00 02' });
  await change(3, { name: '', phone: '+46 70 900 00 01' });
  await change(4, { name: '24 Hours Cycling' });
  for (let i = 0; i < 30; i++) await change(20 + i, { name: `Nora ${i}` });
}

// F3-18: customers from A to Z, unnamed last by phone; by keyboard, by letter, by words (F3-16, F3-17) and by tag (F3-80).
test('customers are browsed from A to Z, found, and left again where one was', async ({ browser, parley }) => {
  const shop = fill(parley, 200);
  const page = await enter(browser, parley, shop);
  const done = quiet(page);
  await page.goto(`/${shop.slug}/all`);
  await expect(page.getByRole('option').first()).toBeVisible();
  await rename(page, shop);
  const all = await everybody(page, shop);
  expect(all.length).toBeGreaterThan(60);

  // By key, and as a page of its own.
  await page.keyboard.press('g');
  await page.keyboard.press('p');
  await expect(page).toHaveURL(/\/customers$/);
  await expect(page).toHaveTitle(/^Customers/);
  await expect(page.getByRole('heading', { level: 1, name: 'Customers' })).toBeVisible();
  await expect(page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Customers' })).toHaveAttribute('aria-current', 'page');
  const list = page.getByRole('listbox', { name: 'Customers from A to Z' });
  const names = list.locator('.nm');
  await expect(names.first()).toHaveText('24 Hours Cycling');
  expect((await names.allTextContents()).slice(0, 8)).toEqual(all.slice(0, 8).map((c) => c.name));
  await accessible(page);

  // All of them, in the order of the server; only what is looked at is in the page.
  const scroll = page.locator('.pane.list .scroll');
  await expect(async () => {
    await scroll.evaluate((el) => (el.scrollTop = el.scrollHeight));
    await expect(names.last()).toHaveText(all.at(-1)?.name ?? '', { timeout: 500 });
  }).toPass();
  expect(await names.count()).toBeLessThan(60);
  const unnamed = all.filter((c) => c.letter === '').map((c) => c.name);
  expect(unnamed.slice(0, 2)).toEqual(['+46 70 900 00 01', '+46 70 900 00 02']);
  await expect(list.getByRole('option', { name: '+46 70 900 00 02' })).toBeVisible();

  // A letter leads to its first name, and what is in front of it can be scrolled to. Nothing moves under the reader.
  const letters = page.getByRole('toolbar', { name: 'Jump to a letter' });
  await letters.getByRole('button', { name: 'E', exact: true }).click();
  const firstE = all.findIndex((c) => c.letter === 'E' || c.letter > 'E');
  const onTop = () =>
    scroll.evaluate((el) => {
      const top = el.getBoundingClientRect().top;
      return [...el.querySelectorAll('.cu')].find((r) => r.getBoundingClientRect().bottom > top + 2)?.querySelector('.nm')?.textContent;
    });
  await expect.poll(onTop).toBe(all[firstE]?.name);
  await expect(letters.getByRole('button', { name: all[firstE]?.letter ?? '', exact: true })).toHaveAttribute('aria-current', 'true');
  await expect.poll(() => scroll.evaluate((el) => el.scrollTop)).toBeGreaterThan(0);
  expect(await onTop()).toBe(all[firstE]?.name);
  await expect(async () => {
    await scroll.evaluate((el) => (el.scrollTop = 0));
    expect(await onTop()).toBe('24 Hours Cycling');
  }).toPass();
  // The letters are one stop of Tab, with arrows within.
  await letters.getByRole('button', { name: 'E', exact: true }).focus();
  await page.keyboard.press('End');
  await expect(letters.getByRole('button', { name: 'Without a name' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(list.getByRole('option', { name: '+46 70 900 00 01' })).toBeVisible();
  await letters.getByRole('button', { name: 'Numbers and signs' }).click();
  await expect.poll(onTop).toBe('24 Hours Cycling');

  // J and K walk; the customer is beside the list with their conversations.
  await page.locator('.bar h1').click();
  await page.keyboard.press('j');
  await expect(page).toHaveURL(new RegExp(`/customers/${all[0]?.id}$`));
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('k');
  await expect(page).toHaveURL(new RegExp(`/customers/${all[1]?.id}$`));
  await expect(list.locator(`#customer-${all[1]?.id}`)).toHaveAttribute('aria-selected', 'true');
  const card = page.getByRole('region', { name: 'Customer', exact: true });
  await expect(card.getByRole('heading', { level: 1 })).toHaveText(all[1]?.name ?? '');
  const talk = card.locator('a.talk').first();
  await expect(talk).toBeVisible();
  await expect(card.getByRole('complementary')).toContainText('First contact');
  await expect(card.getByText('Nothing is noted about this customer yet.')).toBeVisible();
  await accessible(page);

  // Enter goes to what they wrote, again opens it with the panel; Esc leads back, to the very place.
  await page.keyboard.press('Enter');
  await expect(talk).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/all\/cnv_/);
  await expect(page.getByRole('complementary', { name: 'Details' })).toContainText(all[1]?.name ?? '');
  await page.keyboard.press('Escape');
  await expect(page).toHaveURL(new RegExp(`/customers/${all[1]?.id}$`));
  await expect(list.locator(`#customer-${all[1]?.id}`)).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Escape');
  await expect(page).toHaveURL(/\/customers$/);
  await expect(list).toBeFocused();

  // What is noted of them is there, too, and their tags filter the list.
  const tag = await ask<{ id: string }>(page, shop, 'POST', '/tags', { name: 'Wholesale', color: 'c2' });
  const zoe = all.find((c) => c.name === 'Zoë Müller');
  await ask(page, shop, 'PATCH', `/contacts/${zoe?.id}`, { tag_ids: [tag.id] });

  // Words: a part of the name without accents, a number in any spelling.
  await page.keyboard.press('f');
  const field = page.getByRole('searchbox', { name: 'Name, number or address' });
  await expect(field).toBeFocused();
  for (const typed of ['mull', '0701234567', '00 46 70 123']) {
    await expect(async () => {
      await field.fill('');
      await field.fill(typed);
      await expect(names).toHaveText(['Zoë Müller'], { timeout: 700 });
    }).toPass();
  }
  await expect(list).toContainText('Wholesale');
  await field.press('ArrowDown');
  await expect(list).toBeFocused();
  await expect(card.getByRole('heading', { level: 1 })).toHaveText('Zoë Müller');
  await expect(card.getByRole('complementary')).toContainText('Wholesale');
  await field.fill('nobody is called so');
  await expect(page.getByRole('heading', { name: 'Nobody found' })).toBeVisible();
  await accessible(page);
  await page.getByRole('button', { name: 'Show everybody' }).click();
  await expect(names.first()).toHaveText('24 Hours Cycling');
  await page.getByRole('button', { name: 'Only with a tag' }).click();
  await page.getByRole('option', { name: 'Wholesale' }).click();
  await expect(names).toHaveText(['Zoë Müller']);
  await page.getByRole('button', { name: 'Any tag: Wholesale' }).click();
  await expect(names.first()).toHaveText('24 Hours Cycling');

  // The palette knows the page.
  await page.goto(`/${shop.slug}/settings/profile`);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await page.keyboard.press('Control+k');
  await page.getByRole('dialog').getByRole('combobox').fill('customers');
  await page
    .getByRole('dialog')
    .getByRole('option', { name: /^Customers/ })
    .first()
    .click();
  await expect(page).toHaveURL(/\/customers$/);

  // What somebody else changes is seen where it stands.
  await expect(names.first()).toHaveText('24 Hours Cycling');
  await ask(page, shop, 'PATCH', `/contacts/${all[0]?.id}`, { name: 'All Day Cycling' });
  await expect(names.first()).toHaveText('All Day Cycling');
  done();
});

// F3-18 on a telephone and in the dark: one thing at a time, nothing cut off.
test('customers on a telephone in the dark', async ({ browser, parley }) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop, shop.email, true, { width: 390, height: 844 });
  const done = quiet(page);
  const fits = async () => expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  await page.goto(`/${shop.slug}/settings/profile`);
  await page.getByRole('navigation', { name: 'Settings' }).getByRole('link', { name: 'Customers' }).click();
  const list = page.getByRole('listbox', { name: 'Customers from A to Z' });
  await expect(list.getByRole('option').first()).toBeVisible();
  await accessible(page);
  await fits();
  await list.getByRole('option', { name: /Annika/ }).click();
  const card = page.getByRole('region', { name: 'Customer', exact: true });
  await expect(card.getByRole('heading', { level: 1 })).toContainText('Annika');
  await expect(card.locator('a.talk').first()).toBeVisible();
  await expect(list).toBeHidden();
  await accessible(page);
  await fits();
  await card.getByRole('button', { name: 'Back to the customers' }).click();
  await expect(list).toBeVisible();
  done();
});

// A customer who is not there is said to be so; a workspace without any says what will be here.
test('nobody is there yet', async ({ browser, parley }) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop);
  const done = quiet(page, [/404/]);
  await page.goto(`/${shop.slug}/customers/con_0000000000001`);
  await expect(page.getByRole('heading', { name: 'This customer is not here' })).toBeVisible();
  await accessible(page);
  await page.getByRole('button', { name: 'Back to the customers' }).click();
  await expect(page.getByRole('heading', { name: 'Everybody who wrote to you' })).toBeVisible();
  await page.route('**/contacts/directory**', (r) => r.fulfill({ json: { items: [], cut: false, building: false } }));
  await page.reload();
  await expect(page.getByRole('heading', { name: 'No customers yet' })).toBeVisible();
  await accessible(page);
  done();
});
