import type { Page } from '@playwright/test';
import { accessible, expect, looks, quiet, test } from './parley';
import { enter, fill, type Shop } from './shop';

// What everybody chooses for themselves: keys, looks, what is open after an action, hints (F2-67, F2-69).

const head = (page: Page) => page.getByRole('heading', { level: 1 });
const dialog = (page: Page) => page.getByRole('dialog');
const rows = (page: Page) => page.getByRole('option');

/** Opens the first conversations of a list, when its keys are there. */
async function list(page: Page, shop: Shop, at = 'mine') {
  await page.goto(`/${shop.slug}/${at}`);
  await expect(rows(page).first()).toBeVisible();
}

/** Does something that the server keeps for the person. */
async function kept(page: Page, run: () => Promise<unknown>) {
  const answer = page.waitForResponse((r) => r.url().endsWith('/me/settings') && r.request().method() === 'PATCH');
  await run();
  expect((await answer).status()).toBe(200);
}

test('F2-67 keys are changed, what they take is said, and they count on every device', async ({ browser, parley }) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop);
  const clean = quiet(page);
  await page.goto(`/${shop.slug}/settings/keys`);
  const row = (id: string) => page.locator(`[data-command=${id}]`);
  await expect(row('resolve').locator('kbd')).toHaveText(['E']);
  // Nothing that Parley is shipped with clashes, but for what is possible in turn.
  await expect(page.locator('.clash')).toHaveCount(0);
  const shipped = await page.locator('[data-command]').evaluateAll((all) =>
    all.flatMap((r) =>
      [...r.querySelectorAll('.keys')].map((k) => ({
        id: (r as HTMLElement).dataset['command'] ?? '',
        over: (r as HTMLElement).dataset['over'],
        key: [...k.children].map((c) => c.textContent).join(' '),
      })),
    ),
  );
  expect(shipped.length).toBeGreaterThan(50);
  const doubles = shipped.filter((a) => shipped.some((b) => b.key === a.key && b.over === a.over && b.id !== a.id)).map((a) => a.id);
  const inTurn = ['archive', 'unarchive', 'follow', 'unfollow', 'sort-waiting', 'sort-newest', 'back', 'leave-settings', 'undo', 'bulk-undo', 'bulk-clear'];
  expect(doubles.filter((id) => !inTurn.includes(id))).toEqual([]);
  await accessible(page);

  // R is Reply's: that is said, and counts only once it is saved.
  await row('resolve').getByRole('button').click();
  await expect(dialog(page)).toHaveAccessibleName('Keys of Resolve');
  await dialog(page).getByRole('button', { name: 'Remove E' }).click();
  await expect(dialog(page).getByRole('button', { name: 'Add a key' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(dialog(page).getByRole('button', { name: 'Add a key' })).toHaveAttribute('aria-pressed', 'true');
  await page.keyboard.press('r');
  await expect(dialog(page)).toContainText('R is taken from Reply.');
  await accessible(page);
  // Esc stops listening first; a second one would leave.
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  await expect(dialog(page)).toHaveCount(1);
  // Two keys after each other, one of the browser's, one that it has already.
  await page.keyboard.press('Enter');
  await page.keyboard.press('q');
  await page.keyboard.press('w');
  await expect(dialog(page).getByRole('listitem')).toHaveCount(2);
  await page.keyboard.press('Enter');
  await page.keyboard.press('Control+w');
  await expect(dialog(page)).toContainText('Ctrl W belongs to the browser.');
  await page.keyboard.press('Enter');
  await page.keyboard.press('q');
  await page.keyboard.press('w');
  await expect(dialog(page)).toContainText('It has Q W already.');
  await kept(page, () =>
    dialog(page)
      .getByRole('button', { name: /Save keys/ })
      .click(),
  );
  await expect(row('resolve').locator('kbd')).toHaveText(['R', 'Q', 'W']);
  await expect(row('reply')).toContainText('None');
  await expect(row('reply')).toContainText('Changed');

  // On another device they are there, on buttons, in the palette, in the help; the old one does nothing.
  const other = await enter(browser, parley, shop);
  await list(other, shop);
  await other.keyboard.press('j');
  await expect(other.locator('.thead .main kbd')).toHaveText(['R']);
  const first = await head(other).textContent();
  await other.keyboard.press('?');
  await expect(dialog(other).locator('[data-command=resolve] kbd')).toHaveText(['R', 'Q', 'W']);
  await expect(dialog(other).locator('[data-command=reply]')).toHaveCount(0);
  await accessible(other);
  await other.keyboard.press('Escape');
  await other.keyboard.press('e');
  await expect(head(other)).toHaveText(first ?? '');
  await other.keyboard.press('q');
  await other.keyboard.press('w');
  await expect(head(other)).not.toHaveText(first ?? '');
  await expect(other.getByText('Resolved', { exact: true }).first()).toBeVisible();

  // One back, and all.
  await row('reply').getByRole('button').click();
  await dialog(page).getByRole('button', { name: 'As shipped' }).click();
  await expect(dialog(page)).toContainText('R is taken from Resolve.');
  await kept(page, () =>
    dialog(page)
      .getByRole('button', { name: /Save keys/ })
      .click(),
  );
  await expect(row('reply').locator('kbd')).toHaveText(['R']);
  await expect(row('resolve').locator('kbd')).toHaveText(['Q', 'W']);
  await page.getByRole('button', { name: 'All as shipped' }).click();
  await kept(page, () => page.getByRole('button', { name: /Reset all/ }).click());
  await expect(row('resolve').locator('kbd')).toHaveText(['E']);
  clean();
});

test('F2-67 every command is in the palette with its key, and three letters find it', async ({ browser, parley }) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop);
  const clean = quiet(page);
  await list(page, shop, `mine/${shop.annika}`);
  await expect(page.getByRole('log')).toContainText('Is it safe');
  await page.keyboard.press('Control+k');
  const box = dialog(page).getByRole('combobox');
  await expect(dialog(page).getByRole('listbox')).toHaveAttribute('aria-busy', 'false');
  const shown = () =>
    dialog(page)
      .getByRole('option')
      .evaluateAll((all) =>
        all.map((x) => {
          const label = x.querySelector<HTMLElement>('[data-command]');
          return { id: label?.dataset['command'] ?? '', label: label?.textContent ?? '' };
        }),
      );
  const all = (await shown()).filter((x) => x.id);
  expect(all.length).toBeGreaterThan(40);
  const hidden: string[] = [];
  for (const { id, label } of all) {
    const words = label.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
    const initials = words
      .map((w) => w[0])
      .join('')
      .slice(0, 3);
    // Three letters of a word, or the first letters of three: one of them brings it to the screen.
    const tries = [...words.map((w) => w.slice(0, 3)), initials].filter((q) => q.length > 1);
    let found = false;
    for (const q of tries) {
      await box.fill(q);
      const at = (await shown()).findIndex((x) => x.id === id);
      if (at >= 0 && at < 10) found = true;
      if (found) break;
    }
    if (!found) hidden.push(label);
  }
  expect(hidden).toEqual([]);
  clean();
});

test('F2-69 what is open after an action is what its reader chose, with the mouse and by key', async ({ browser, parley }) => {
  const shop = fill(parley, 4);
  const page = await enter(browser, parley, shop);
  const clean = quiet(page);
  const option = async (name: string) => {
    await page.goto(`/${shop.slug}/settings/preferences`);
    await kept(page, () => page.getByRole('radiogroup', { name: 'After an action' }).getByRole('radio', { name, exact: true }).click());
  };
  const ids = () => rows(page).evaluateAll((all) => all.toSorted((a, b) => Number(a.ariaPosInSet) - Number(b.ariaPosInSet)).map((x) => x.id.slice(4)));
  const open = () => new URL(page.url()).pathname.split('/').pop();

  await option('Previous');
  await list(page, shop);
  let before = await ids();
  for (const _ of [1, 2, 3]) await page.keyboard.press('j');
  await expect.poll(open).toBe(before[2]);
  await page.keyboard.press('e');
  await expect.poll(open).toBe(before[1]);

  await option('Stay');
  await list(page, shop);
  before = await ids();
  for (const _ of [1, 2]) await page.keyboard.press('j');
  await page.locator('.thead .main').click();
  await expect(page.locator(`#row-${before[1]}`)).toHaveCount(0);
  expect(open()).toBe(before[1]);
  // It is between its neighbours still.
  await page.keyboard.press('j');
  await expect.poll(open).toBe(before[2]);

  await option('Back to the list');
  await list(page, shop);
  await page.keyboard.press('j');
  await page.keyboard.press('e');
  await expect(page).toHaveURL(/\/mine$/);
  await expect(page.getByRole('listbox')).toBeFocused();

  await option('Next');
  await list(page, shop);
  before = await ids();
  await page.keyboard.press('j');
  await page.keyboard.press('e');
  await expect.poll(open).toBe(before[1]);
  clean();
});

test('F3-09 pinned views are a digit away, and between the others', async ({ browser, parley }) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop);
  const clean = quiet(page);
  const api = `/api/v1/workspaces/${shop.workspace}`;
  const headers = { 'X-Parley-CSRF': '1' };
  const made = await page.request.post(`${api}/views`, { headers, data: { name: 'Very urgent', text: 'priority:urgent' } });
  const { id } = (await made.json()) as { id: string };
  expect((await page.request.put(`${api}/views/pinned`, { headers, data: { view_ids: [id] } })).ok()).toBe(true);
  await list(page, shop);
  await expect(page.getByRole('link', { name: /Very urgent/ })).toBeVisible();
  await page.keyboard.press('4');
  await expect(page).toHaveURL(new RegExp(`find/.*${id}`));
  await expect(head(page)).toHaveText('Very urgent');
  await page.keyboard.press('[');
  await expect(page).toHaveURL(/\/all$/);
  await page.keyboard.press(']');
  await expect(head(page)).toHaveText('Very urgent');
  await page.keyboard.press(']');
  await expect(page).toHaveURL(/\/mine$/);
  await page.goto(`/${shop.slug}/settings/keys`);
  await expect(page.locator(`[data-command=saved-${id}] kbd`)).toHaveText(['4']);
  clean();
});

test('theme, density and the language of dates are the same on every device', async ({ browser, parley }) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop);
  const clean = quiet(page);
  await list(page, shop);
  const high = async (p: Page) => (await rows(p).first().boundingBox())?.height;
  expect(await high(page)).toBe(72);
  await page.goto(`/${shop.slug}/settings/preferences`);
  await kept(page, () => page.getByRole('radio', { name: 'Dark' }).click());
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await kept(page, () => page.getByRole('radio', { name: 'Compact' }).click());
  await kept(page, () => page.getByLabel('Language of dates and times').selectOption('de-DE'));
  await accessible(page);

  const other = await enter(browser, parley, shop);
  await list(other, shop);
  await expect(other.locator('html')).toHaveAttribute('data-theme', 'dark');
  await expect.poll(() => high(other)).toBe(50);
  await expect(rows(other).first().locator('time')).toHaveAttribute('title', / um /); // "Samstag, 21. November 2026 um 15:04"
  await accessible(other);
  // Only their own: a colleague's is as it was.
  const priya = await enter(browser, parley, shop, shop.priya);
  await list(priya, shop, 'all');
  expect(await high(priya)).toBe(72);
  await expect(priya.locator('html')).toHaveAttribute('data-theme', 'light');

  // The key changes it, too, and after a reload it is so from the first paint.
  await kept(other, () => other.keyboard.press('Control+Shift+l'));
  await expect(other.locator('html')).toHaveAttribute('data-theme', 'light');
  await other.reload();
  await expect(other.locator('html')).toHaveAttribute('data-theme', 'light');
  // What the server refuses goes back and says so.
  await other.route('**/me/settings', (r) =>
    r.fulfill({ status: 500, contentType: 'application/problem+json', body: '{"code":"internal","detail":"It broke. Try again."}' }),
  );
  await other.keyboard.press('Control+Shift+l');
  await expect(other.getByText('It broke. Try again.')).toBeVisible();
  await expect(other.locator('html')).toHaveAttribute('data-theme', 'light');
  clean();
});

test('whoever leaves the theme to the system is in its theme at once when that changes', async ({ browser, parley }) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop);
  await list(page, shop);
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'light');
  await page.emulateMedia({ colorScheme: 'dark' });
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
});

test('hints come one at a time, go when they are known, and stay away', async ({ browser, parley }) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop);
  const clean = quiet(page);
  const hint = (p: Page) => p.getByRole('note', { name: 'Hint' });
  await list(page, shop);
  await expect(hint(page)).toContainText('Walk through the list');
  await expect(hint(page).locator('kbd')).toHaveText(['J', 'K']);
  await accessible(page);
  // Whoever does it knows it.
  await kept(page, () => page.keyboard.press('j'));
  await expect(hint(page)).toHaveCount(0);
  // The next one comes with the next visit, on another device.
  const other = await enter(browser, parley, shop);
  await list(other, shop);
  await expect(hint(other)).toContainText('Find everything');
  await kept(other, () => hint(other).getByRole('button', { name: 'Got it' }).click());
  await expect(hint(other)).toHaveCount(0);
  await other.reload();
  await expect(hint(other)).toContainText('Filter the list');
  await kept(other, () => hint(other).getByRole('button', { name: 'No more hints' }).click());
  await other.reload();
  await expect(rows(other).first()).toBeVisible();
  await expect(hint(other)).toHaveCount(0);
  await other.goto(`/${shop.slug}/settings/preferences`);
  await expect(other.getByText('You have seen 3 hints.')).toBeVisible();
  await kept(other, () => other.getByRole('button', { name: 'Show them again' }).click());
  await list(other, shop);
  await expect(hint(other)).toContainText('Walk through the list');
  clean();
});

for (const { size, dark, name } of looks)
  test(`what everybody chooses looks right, ${name}`, async ({ browser, parley }, info) => {
    const shop = fill(parley, 20);
    const page = await enter(browser, parley, shop, shop.email, dark, size);
    const look = async (what: string) => {
      await accessible(page);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(size.width);
      await page.screenshot({ path: info.outputPath(`${what}.png`) });
    };
    await page.goto(`/${shop.slug}/settings/preferences`);
    await expect(page.getByRole('radio', { name: 'Compact' })).toBeVisible();
    await look('preferences');
    await page.goto(`/${shop.slug}/settings/keys`);
    await page.getByRole('button', { name: 'Change the keys of Resolve', exact: true }).click();
    await page.keyboard.press('Enter');
    await page.keyboard.press('r');
    await expect(dialog(page)).toContainText('R is taken from Reply.');
    await look('keys-dialog');
    await kept(page, () =>
      dialog(page)
        .getByRole('button', { name: /Save keys/ })
        .click(),
    );
    await page.mouse.move(0, 0);
    await look('keys');
    await page.goto(`/${shop.slug}/all`);
    await expect(rows(page).first()).toBeVisible();
    if (name === '1440') await expect(page.getByRole('note', { name: 'Hint' })).toBeVisible();
    await look('hint');
    if (name === '1440') {
      await page.keyboard.press('?');
      await expect(dialog(page)).toContainText('Change keys');
      await look('help');
      await page.keyboard.press('Escape');
      await page.request.patch('/api/v1/me/settings', { headers: { 'X-Parley-CSRF': '1' }, data: { density: 'compact' } });
      await page.goto(`/${shop.slug}/all/${shop.annika}`);
      await expect(page.getByRole('log')).toContainText('Is it safe');
      await look('compact');
    }
  });

test('F2-67 what is chosen in one tab counts in the others at once, and on another device when it is looked at', async ({ browser, parley }) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop);
  const clean = quiet(page);
  const tab = await page.context().newPage();
  const device = await enter(browser, parley, shop);
  for (const p of [tab, device]) {
    await list(p, shop);
    await expect(p.locator('html')).not.toHaveAttribute('data-density', 'compact');
  }
  await page.goto(`/${shop.slug}/settings/preferences`);
  await kept(page, () => page.getByRole('radio', { name: 'Compact' }).click());
  await expect(tab.locator('html')).toHaveAttribute('data-density', 'compact');
  await device.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  await expect(device.locator('html')).toHaveAttribute('data-density', 'compact');
  // Keys count as well, without a reload.
  await kept(page, () =>
    page
      .context()
      .request.patch('/api/v1/me/settings', { headers: { 'X-Parley-CSRF': '1' }, data: { keys: { help: ['w'] } } })
      .then(() => page.getByRole('radio', { name: 'Comfortable' }).click()),
  );
  await expect(tab.locator('html')).not.toHaveAttribute('data-density', 'compact');
  await tab.keyboard.press('w');
  await expect(dialog(tab)).toBeVisible();
  clean();
});
