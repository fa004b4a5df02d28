import { accessible, expect, quiet, test } from './parley';
import { enter, fill, post } from './shop';

// Peers' rule 10: finding is one box. F3-16, F3-17, F3-74, F3-75 (finding and
// marking), F3-76, F3-77.
test('what was written is found while typing, opened where it stands, and left again', async ({ browser, parley }) => {
  const shop = fill(parley, 120);
  const page = await enter(browser, parley, shop);
  const done = quiet(page, [/422/]);
  await page.goto(`/${shop.slug}/all`);
  const list = page.getByRole('listbox', { name: /All/ });
  await expect(list.getByRole('option').first()).toBeVisible();

  // A conversation whose matching message is far above its end.
  const some = (await (await page.context().request.get(`/api/v1/workspaces/${shop.workspace}/conversations?view=all&limit=50`)).json()) as {
    items: { id: string; contact: { name: string } }[];
  };
  const far = some.items[30];
  if (!far) throw new Error('the shop has too few conversations');
  expect((await post(page, shop, `${far.id}/note`, { text: 'The customer asked for a **marzipan** bicycle' })).ok()).toBe(true);
  for (let i = 0; i < 90; i++) expect((await post(page, shop, `${far.id}/note`, { text: `Filling line ${i}\n\n- one\n- two` })).ok()).toBe(true);

  // Where the reader is: a place in the list, an open conversation.
  await page.goto(`/${shop.slug}/all`);
  await expect(list.getByRole('option').first()).toBeVisible();
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await expect(page).toHaveURL(/cnv_/);
  const third = await list.getAttribute('aria-activedescendant');
  const before = `/${shop.slug}/all/${third?.slice(4)}`;
  await expect(page).toHaveURL(new RegExp(`${before}$`));
  const scroll = page.locator('.pane.list .scroll');
  await page.mouse.move(200, 500);
  await scroll.evaluate((el) => (el.scrollTop = 333));
  await page.mouse.move(900, 500);

  await page.keyboard.press('/');
  const box = page.getByRole('dialog', { name: 'Search' });
  const input = box.getByRole('combobox', { name: 'Search' });
  await expect(input).toBeFocused();
  await accessible(page);

  // Results while typing, within 100 ms of the last letter on a quiet machine; here only that they come by themselves.
  const options = box.locator('.mi.conversation');
  await expect(async () => {
    await input.fill('');
    await input.pressSequentially('marzip');
    await expect(options).toHaveCount(1, { timeout: 700 });
  }).toPass();
  await expect(options.first()).toContainText(far.contact.name);
  await expect(options.first().locator('mark')).toHaveText('marzipan');
  await accessible(page);

  // One slip, no accents, a phrase, a condition; and what is wrong is said with its place.
  await input.fill('marzipna ');
  await expect(options).toHaveCount(1);
  await expect(box).toContainText('Nobody wrote “marzipna”. Showing “marzipan”.');
  await input.fill('"marzipan bicycle" is:open');
  await expect(options).toHaveCount(1);
  await input.fill('marzipan is:closed');
  await expect(box).toContainText('Nothing found for “marzipan is:closed”');
  await input.fill('marzipan tag:"no such tag"');
  await expect(box.locator('.bad')).toBeVisible();
  await expect(box.locator('.bad code')).toContainText('tag');
  await accessible(page);

  // Enter opens it at the message.
  await input.fill('marzipan');
  await expect(options).toHaveCount(1);
  await page.keyboard.press('Enter');
  await expect(box).toHaveCount(0);
  await expect(page).toHaveURL(new RegExp(far.id));
  const note = page.locator('[data-message]', { hasText: 'marzipan' });
  await expect(note).toBeInViewport();
  await expect(note).toHaveClass(/sought/);

  // Esc leads back to the exact place.
  await page.keyboard.press('Escape');
  await expect(page).toHaveURL(new RegExp(`${before}$`));
  await expect.poll(() => scroll.evaluate((el) => el.scrollTop)).toBe(333);

  // The box has the last search; Esc in it changes nothing at all.
  await page.keyboard.press('/');
  await expect(input).toHaveValue('marzipan');
  await page.keyboard.press('Escape');
  await expect(box).toHaveCount(0);
  await expect(page).toHaveURL(new RegExp(`${before}$`));
  expect(await scroll.evaluate((el) => el.scrollTop)).toBe(333);

  // What was searched for is offered again, without a mouse.
  await page.keyboard.press('/');
  await input.fill('');
  await expect(box.getByRole('option', { name: 'marzipan' })).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(input).toHaveValue('marzipan');
  await expect(options).toHaveCount(1);
  await page.keyboard.press('Escape');
  done();
});

// F3-16, F3-17, F3-74: customers by a part of their name and by any spelling of their number.
test('customers are found, and their newest conversation opened', async ({ browser, parley }) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop);
  const api = `/api/v1/workspaces/${shop.workspace}`;
  const contact = ((await (await page.context().request.get(`${api}/conversations?view=all`)).json()) as { items: { id: string; contact: { id: string } }[] })
    .items[0];
  if (!contact) throw new Error('the shop has no conversation');
  const changed = await page.context().request.patch(`${api}/contacts/${contact.contact.id}`, {
    headers: { 'X-Parley-CSRF': '1' },
    data: { name: 'Zoë Müller-Lüdenscheidt', phone: '+46 70-123 45 67' },
  });
  expect(changed.ok()).toBe(true);
  await page.goto(`/${shop.slug}/settings/profile`);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await page.locator('body').click({ position: { x: 5, y: 5 } });
  await page.keyboard.press('/');
  const box = page.getByRole('dialog', { name: 'Search' });
  const input = box.getByRole('combobox', { name: 'Search' });
  for (const [typed, mark] of [
    ['denschei', 'denschei'],
    ['MULL', 'Müll'],
    ['0701234567', '70-123 45 67'],
    ['00 46 70 123', '46 70-123'],
  ] as const) {
    await expect(async () => {
      await input.fill('');
      await input.fill(typed);
      await expect(box.locator('.mi.contact')).toHaveCount(1, { timeout: 700 });
    }).toPass();
    await expect(box.locator('.mi.contact mark').first()).toHaveText(mark);
  }
  await input.press('Enter');
  await expect(page).toHaveURL(/\/all\/cnv_/);
  await page.keyboard.press('Escape');
  await expect(page).toHaveURL(/settings\/profile$/);
});
