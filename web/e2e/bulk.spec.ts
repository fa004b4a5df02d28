import type { Page } from '@playwright/test';
import { send } from './mail';
import { accessible, expect, quiet, test, told } from './parley';
import { ask as api, enter, fill, type Shop } from './shop';

// Many conversations at once: choosing, the bar, the review, the job, its results and the way back; by mouse and by keyboard alone.

const row = (page: Page, n: number) => page.getByRole('option').nth(n);
const chosen = (page: Page) => page.locator('[role=option].sel');
const bar = (page: Page) => page.getByRole('region', { name: 'Chosen conversations' });
const review = (page: Page, name: RegExp | string) => page.getByRole('dialog', { name });

async function list(page: Page, shop: Shop, path = '/all') {
  await page.goto(`/${shop.slug}${path}`);
  await expect(row(page, 6)).toBeVisible();
  await page.mouse.move(900, 500);
}

const count = async (page: Page, shop: Shop, q: string) =>
  ((await api(page, shop, 'GET', `/find/count?q=${encodeURIComponent(q)}`)) as { count: number }).count;

/** The size of what axe and pictures look at. */
const sizes = { wide: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };

async function pictures(page: Page, name: string) {
  for (const scheme of ['light', 'dark'] as const) {
    await page.evaluate((theme) => (document.documentElement.dataset['theme'] = theme), scheme);
    for (const [size, viewport] of Object.entries(sizes)) {
      await page.setViewportSize(viewport);
      await page.screenshot({ path: `test-results/pictures/bulk-${name}-${scheme}-${size}.png` });
    }
  }
  await page.evaluate(() => (document.documentElement.dataset['theme'] = 'light'));
  await page.setViewportSize(sizes.wide);
}

test('F1-27 F1-28 choosing rows: box, Shift+click, keyboard; it survives scrolling and paging and never grows by itself', async ({ browser, parley }) => {
  const shop = fill(parley, 120);
  const page = await enter(browser, parley, shop);
  const clean = quiet(page);
  await list(page, shop);
  await row(page, 1).locator('.av').first().click();
  await expect(bar(page)).toContainText('1 selected');
  await row(page, 5).click({ modifiers: ['Shift'] });
  await expect(bar(page)).toContainText('5 selected');
  await expect(chosen(page)).toHaveCount(5);
  await expect(row(page, 1)).toHaveAttribute('aria-selected', 'true');
  await expect(page.getByRole('heading', { name: '5 conversations selected' })).toBeVisible();
  await expect(page.locator('main > .thread')).toHaveAttribute('inert', '');
  await accessible(page);
  await pictures(page, 'chosen');
  // Scrolled away and back, with more pages, they are still chosen, and no other one.
  const box = page.getByRole('listbox').first();
  for (let i = 0; i < 4; i++) {
    await box.evaluate((e) => e.scrollBy(0, 4000));
    await expect(page.locator('.rows [role=option]').last()).toBeVisible();
  }
  await expect(bar(page)).toContainText('5 selected');
  await box.evaluate((e) => e.scrollTo(0, 0));
  await expect(chosen(page)).toHaveCount(5);
  await page
    .getByRole('button', { name: /^Do not select/ })
    .first()
    .click();
  await expect(bar(page)).toContainText('4 selected');
  await page.keyboard.press('Escape');
  await expect(bar(page)).toHaveCount(0);
  await expect(chosen(page)).toHaveCount(0);
  await expect(page.locator('main > .thread')).not.toHaveAttribute('inert');

  // By keyboard: x, and on with Shift+J; back with Shift+K takes back what was chosen on the way.
  await page.keyboard.press('x');
  await expect(bar(page)).toContainText('1 selected');
  for (let i = 0; i < 3; i++) await page.keyboard.press('Shift+J');
  await expect(bar(page)).toContainText('4 selected');
  await page.keyboard.press('Shift+K');
  await expect(bar(page)).toContainText('3 selected');
  await page.keyboard.press('ControlOrMeta+a');
  const all = await count(page, shop, 'is:active');
  await expect(bar(page)).toContainText(`All ${all} in view`);
  await expect(bar(page)).toContainText(`${all} selected`);
  // One less of all.
  await row(page, 2).locator('.av').first().click();
  await expect(bar(page)).toContainText(`${all - 1} selected`);
  await page.keyboard.press('Escape');
  clean();
});

test('F1-29 F1-31 F1-35 F1-36 F2-57 all in view, reviewed and resolved by a job that survives a reload; undone as a whole', async ({ browser, parley }) => {
  const shop = fill(parley, 400);
  const page = await enter(browser, parley, shop);
  const clean = quiet(page);
  await list(page, shop);
  const before = await count(page, shop, 'is:active');
  const gone = await count(page, shop, 'is:resolved');
  await page.keyboard.press('ControlOrMeta+a');
  await expect(bar(page)).toContainText(`${before} selected`);
  await page.keyboard.press('e');
  const dialog = review(page, /^Resolve \d+ conversations\?$/);
  await expect(dialog).toContainText('Nothing has changed yet.');
  await expect(dialog).toContainText('will change');
  await expect(dialog).toContainText('nobody answered');
  await expect(dialog).toContainText('Can be undone as a whole for 30 days. No customer gets a message.');
  await accessible(page);
  await pictures(page, 'review');
  // What waits for an answer stays open unless somebody says otherwise.
  const first = await dialog.getByRole('button', { name: /^Resolve \d+/ }).innerText();
  await dialog.getByRole('radio', { name: 'End them, too' }).click();
  await expect(dialog.getByRole('button', { name: new RegExp(`^Resolve ${before}`) })).toBeEnabled();
  expect(first).not.toContain(`Resolve ${before}`);
  expect(await count(page, shop, 'is:resolved')).toBe(gone);
  await told(page, /\/bulk\b/, () => page.keyboard.press('ControlOrMeta+Enter'));
  await expect(dialog).toHaveCount(0);
  await page.reload();
  await expect(bar(page)).toContainText(`${before} resolved`, { timeout: 30_000 });
  expect(await count(page, shop, 'is:resolved')).toBe(gone + before);
  await pictures(page, 'result-bar');
  // Its result says what became of each.
  await bar(page).getByRole('button', { name: 'Details' }).click();
  const result = page.getByRole('dialog', { name: 'Bulk actions' });
  await expect(result).toContainText(`${before} conversations`);
  await accessible(page);
  await pictures(page, 'result');
  await result.getByRole('button', { name: 'Show more' }).click();
  await expect(result.getByRole('listitem').nth(20)).toBeVisible();
  await page.keyboard.press('Escape');
  await page.keyboard.press('z');
  await expect(bar(page)).toContainText(`${before} as before`, { timeout: 30_000 });
  expect(await count(page, shop, 'is:active')).toBe(before);
  await bar(page).getByRole('button', { name: 'Close' }).click();
  // The history knows it when the bar is gone.
  await page.keyboard.press('ControlOrMeta+k');
  await page.keyboard.type('bulk actions');
  await page.keyboard.press('Enter');
  await expect(result).toContainText('Taken back');
  clean();
});

test('F1-30 F1-35 F1-36 S-14 a few are reviewed, too, and Enter confirms; what cannot be is said with its reason', async ({ browser, parley }) => {
  const shop = fill(parley, 30);
  const page = await enter(browser, parley, shop);
  const clean = quiet(page);
  await list(page, shop);
  await api(page, shop, 'POST', '/tags', { name: 'storm', color: 'c2' });
  await page.reload();
  await expect(row(page, 6)).toBeVisible();
  // Three get a tag, by keyboard alone.
  await page.keyboard.press('x');
  await page.keyboard.press('Shift+J');
  await page.keyboard.press('Shift+J');
  await page.keyboard.press('l');
  await page.getByRole('combobox', { name: 'Tag' }).fill('storm');
  await page.keyboard.press('Enter');
  const tagging = review(page, 'Tag 3 conversations with storm?');
  await expect(tagging).toContainText('3 will change');
  await expect(tagging).toContainText('Can be undone as a whole for 30 days. No customer gets a message.');
  expect(await count(page, shop, 'tag:storm')).toBe(0);
  await page.keyboard.press('Enter');
  await expect(bar(page)).toContainText('3 tagged');
  expect(await count(page, shop, 'tag:storm')).toBe(3);
  await page.keyboard.press('z');
  await expect(bar(page)).toContainText('3 as before');
  expect(await count(page, shop, 'tag:storm')).toBe(0);
  // Picked by hand and resolved: two keys. What nobody answered is meant, and the review says so.
  const active = await count(page, shop, 'is:active');
  const gone = await row(page, 4).getAttribute('id');
  const after = await row(page, 7).getAttribute('id');
  for (const n of [4, 5, 6]) await row(page, n).locator('.av').first().click();
  await page.keyboard.press('e');
  const ending = review(page, 'Resolve 3 conversations?');
  await expect(ending).toBeFocused();
  await expect(ending.getByRole('button', { name: /^Resolve 3/ })).toBeEnabled();
  await expect(ending).toContainText('nobody answered');
  await expect(ending.getByRole('radio', { name: 'End them, too' })).toBeChecked();
  expect(await count(page, shop, 'is:active')).toBe(active);
  await page.keyboard.press('Escape');
  await expect(bar(page)).toContainText('3 selected');
  await page.keyboard.press('e');
  await expect(ending.getByRole('button', { name: /^Resolve 3/ })).toBeEnabled();
  await page.keyboard.press('Enter');
  await expect(bar(page)).toContainText('3 resolved');
  expect(await count(page, shop, 'is:active')).toBe(active - 3);
  // They leave although the pointer is on the list, and walking goes on where they were.
  await expect(page.locator(`#${gone}`)).toHaveCount(0);
  await page.keyboard.press('j');
  await expect(page).toHaveURL(new RegExp(`${after?.replace('row-', '')}$`));
  await page.keyboard.press('z');
  await expect(bar(page)).toContainText('3 as before');
  // Open ones are not archived, and the review says so; closed first, they are.
  for (const n of [0, 1, 2, 3, 4, 5]) await row(page, n).locator('.av').first().click();
  await page.keyboard.press('y');
  const dialog = review(page, 'Archive 6 conversations?');
  await expect(dialog).toContainText('6 left as they are');
  await expect(dialog).toContainText('Only a closed conversation can be archived. Close it first.');
  await expect(dialog.getByRole('button', { name: /^Archive 0/ })).toBeDisabled();
  await accessible(page);
  await pictures(page, 'archive');
  await dialog.getByRole('checkbox').check();
  await dialog.getByRole('button', { name: /^Archive 6/ }).click();
  await expect(bar(page)).toContainText('6 archived');
  await bar(page).getByRole('button', { name: 'Undo' }).click();
  await expect(bar(page)).toContainText('6 as before');
  clean();
});

test('F1-34 F2-58 a reply to many is shown before it goes out; an export is a file', async ({ browser, parley }) => {
  const shop = fill(parley, 20);
  const page = await enter(browser, parley, shop);
  const clean = quiet(page);
  await list(page, shop);
  for (const n of [0, 1, 2, 3, 4]) await row(page, n).locator('.av').first().click();
  await page.keyboard.press('r');
  const dialog = review(page, 'Reply to 5 conversations');
  await expect(dialog.getByRole('button', { name: /^Reply to all/ })).toBeDisabled();
  await dialog.getByLabel('Message to each customer').fill('Dear {{contact.first_name|customer}}, it works again.');
  await expect(dialog).toContainText('gets this');
  await expect(dialog).toContainText(/Dear (?!\{)\S+, it works again\./);
  await expect(dialog).toContainText('5 customers get a message, which cannot be taken back.');
  await accessible(page);
  await pictures(page, 'reply');
  await dialog.getByLabel('Message to each customer').fill('Call us from {{contact.phone}}.');
  await expect(dialog).toContainText('Nothing is known here for {{contact.phone}}.');
  await dialog.getByLabel('Message to each customer').fill('It works again.');
  await expect(dialog.getByRole('button', { name: 'Reply to all 5' })).toBeEnabled();
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(bar(page)).toContainText('5 answered');
  await bar(page).getByRole('button', { name: 'Close' }).click();

  for (const n of [0, 1]) await row(page, n).locator('.av').first().click();
  await bar(page).getByRole('button', { name: 'More' }).click();
  await page.getByRole('option', { name: 'Export' }).click();
  const file = review(page, 'Export 2 conversations?');
  await expect(file).toContainText('cannot be taken back');
  await file.getByRole('button', { name: /^Export 2/ }).click();
  await expect(bar(page)).toContainText('2 exported');
  const download = page.waitForEvent('download');
  await bar(page).getByRole('link', { name: 'Table (CSV)' }).click();
  expect((await download).suggestedFilename()).toMatch(/^conversations-.*\.csv$/);
  clean();
});

test('F1-55 F1-35 what is chosen of one customer becomes one conversation, by the bar; Z takes it back', async ({ browser, parley }) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop);
  const clean = quiet(page);
  const rows = async () =>
    ((await api(page, shop, 'GET', '/conversations?view=all&tab=open&limit=50')) as { items: { id: string; subject: string; contact: { name: string } }[] })
      .items;
  for (const [id, subject] of [
    ['1', 'The bell is broken'],
    ['2', 'My bell again'],
  ])
    await send(
      parley.smtp,
      'kim@example.org',
      'support@lindqvist.example',
      `From: Kim Berg <kim@example.org>\nTo: support@lindqvist.example\nSubject: ${subject}\nMessage-ID: <bell-${id}@example.org>\nContent-Type: text/plain; charset=utf-8\n\n${subject}.`,
    );
  await expect.poll(async () => (await rows()).filter((c) => c.contact.name === 'Kim Berg').length).toBe(2);
  await list(page, shop);
  const of = (name: string) => page.getByRole('option').filter({ hasText: name });
  const more = bar(page).getByRole('button', { name: 'More' });
  // Two customers cannot be merged so, and it is not offered.
  await of('My bell again').locator('.av').first().click();
  await of('Camille').locator('.av').first().click();
  await more.click();
  await expect(page.getByRole('option', { name: 'Reply to all' })).toBeVisible();
  await expect(page.getByRole('option', { name: 'Merge' })).toHaveCount(0);
  await page.keyboard.press('Escape');
  await of('Camille').locator('.av').first().click();
  await of('The bell is broken').locator('.av').first().click();
  await more.click();
  await page.getByRole('option', { name: 'Merge' }).click();
  const dialog = review(page, 'Merge 2 conversations into one?');
  await expect(dialog.getByLabel('Which one stays')).toBeVisible();
  await dialog.getByLabel('Which one stays').selectOption({ label: 'The bell is broken' });
  await expect(dialog.getByRole('button', { name: /^Merge/ })).toBeEnabled();
  await accessible(page);
  await pictures(page, 'merge');
  await dialog.getByRole('button', { name: /^Merge/ }).click();
  await expect(bar(page)).toContainText('merged');
  await expect.poll(async () => (await rows()).filter((c) => c.contact.name === 'Kim Berg').map((c) => c.subject)).toEqual(['The bell is broken']);
  await expect(of('Kim Berg')).toHaveCount(1);
  await page.keyboard.press('z');
  await expect(bar(page)).toContainText('as before');
  await expect.poll(async () => (await rows()).filter((c) => c.contact.name === 'Kim Berg').length).toBe(2);
  clean();
});

// What is said stands beside what is worked with: the composer, the bar of what is chosen, its result.
for (const [size, viewport] of Object.entries(sizes))
  test(`messages cover neither the composer nor the bar (${size})`, async ({ browser, parley }) => {
    const shop = fill(parley, 20);
    const page = await enter(browser, parley, shop, shop.email, false, viewport);
    const clean = quiet(page);
    const apart = async (what: string, from: string) => {
      const [a, b] = await Promise.all([page.locator(what).boundingBox(), page.locator(from).first().boundingBox()]);
      if (!a || !b) throw new Error(`${what} or ${from} is not there`);
      const over = a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
      expect(over, `${what} covers ${from}`).toBe(false);
      expect(a.x >= 0 && a.x + a.width <= viewport.width && a.y >= 0 && a.y + a.height <= viewport.height, `${what} is on the screen`).toBe(true);
    };
    await page.goto(`/${shop.slug}/all`);
    await expect(row(page, 6)).toBeVisible();
    await page.keyboard.press('j');
    await expect(page.locator('.cmpw textarea')).toBeVisible();
    await page.keyboard.press('p');
    await page.keyboard.press('1');
    await expect(page.locator('.toast')).toBeVisible();
    await apart('.toast', '.cmpw');
    await apart('.toast', '.thead');
    await page.keyboard.press('u');
    await page.keyboard.press('x');
    await page.keyboard.press('Shift+J');
    await expect(bar(page)).toContainText('2 selected');
    await expect(page.locator('.toast')).toBeVisible();
    await apart('.toast', '.bulk');
    await page.keyboard.press('e');
    await expect(review(page, /^Resolve 2/).getByRole('button', { name: /^Resolve 2/ })).toBeEnabled();
    await page.keyboard.press('Enter');
    await expect(bar(page)).toContainText('2 resolved');
    await page.keyboard.press('j');
    await expect(page.locator('.cmpw textarea')).toBeVisible();
    if (size === 'wide') await apart('.bulk', '.cmpw');
    else await expect(bar(page)).toBeHidden();
    clean();
  });
