import type { Page } from '@playwright/test';
import { accessible, expect, looks, quiet, test } from './parley';
import { ask as api, enter, fill, type Shop } from './shop';

// Customers who are the same person: suggested, merged, and two again.

const toast = (page: Page) => page.locator('.toast');

interface Row {
  id: string;
  subject: string;
  status: string;
  contact: { id: string; name: string };
}

async function talk(page: Page, shop: Shop, name: string): Promise<Row> {
  const all = await api<{ items: Row[] }>(page, shop, 'GET', '/conversations?view=all&tab=open&limit=100');
  const row = all.items.find((c) => c.contact.name === name);
  expect(row, name).toBeTruthy();
  return row as Row;
}

/** Takes pictures when somebody wants to look at them. */
async function picture(page: Page, name: string) {
  const folder = process.env['PICTURES'];
  if (folder) await page.screenshot({ path: `${folder}/${name}.png` });
}

for (const { size, dark, name: screen } of looks)
  test(`S-11 F4-17 F4-27 two customers are one, and two again, ${screen}`, async ({ browser, parley }) => {
    const shop = fill(parley);
    const page = await enter(browser, parley, shop, shop.email, dark, size);
    const clean = quiet(page);
    const name = (what: string) => `twins-${what}-${screen}`;
    const fits = async () => expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    const yuki = await talk(page, shop, 'Yuki Tanaka');
    const camille = await talk(page, shop, 'Camille Durand');
    const open = async () => {
      await page.goto(`/${shop.slug}/all/${yuki.id}`);
      await expect(page.getByRole('log')).toContainText('Android');
      if (size.width < 1241) await page.keyboard.press('ControlOrMeta+.');
    };
    const panel = page.getByRole('complementary', { name: 'Details' });

    // Somebody who knows better looks for the other one.
    await open();
    const box = page.getByRole('dialog', { name: 'Merge customers' });
    if (dark) await panel.getByRole('button', { name: 'Merge with another customer' }).click();
    else {
      // By keyboard alone, from the palette.
      await page.keyboard.press('ControlOrMeta+k');
      await expect(page.getByRole('dialog').getByRole('combobox')).toBeFocused();
      await page.keyboard.type('same person');
      await page.keyboard.press('Enter');
    }
    await expect(box.getByRole('combobox')).toBeFocused();
    await page.keyboard.type('Camille');
    await expect(box.getByRole('option', { name: /Camille Durand/ })).toBeVisible();
    await expect(box.getByRole('region', { name: 'Stays' })).toContainText('Yuki Tanaka');
    await expect(box.getByRole('region', { name: 'Becomes part of it' })).toContainText('Camille Durand');
    await box.getByRole('radio', { name: 'Camille Durand' }).check();
    await accessible(page);
    await fits();
    await picture(page, name('dialog'));
    await box.getByRole('button', { name: 'Merge customers' }).click();
    await expect(toast(page)).toContainText('Camille Durand was merged into Yuki Tanaka, and 1 conversation is closed');
    await expect(page.getByRole('log')).toContainText('merged another customer into this one, and closed');
    await expect(panel).toContainText('Camille Durand was merged into this customer');
    expect((await api<Row>(page, shop, 'GET', `/conversations/${camille.id}`)).status).toBe('closed');
    expect((await api<Row>(page, shop, 'GET', `/conversations/${camille.id}`)).contact.id).toBe(yuki.contact.id);
    await panel.getByText('was merged into this customer').scrollIntoViewIfNeeded();
    await accessible(page);
    await fits();
    await picture(page, name('merged'));

    // Taken back: both are who they were.
    await toast(page).getByRole('button', { name: 'Undo' }).click();
    await expect(toast(page)).toContainText('They are two customers again');
    await expect(panel).not.toContainText('was merged into this customer');
    await expect(page.getByRole('log')).toContainText('made two customers of this one again, and opened');
    const back = await api<Row>(page, shop, 'GET', `/conversations/${camille.id}`);
    expect([back.status, back.contact.name]).toEqual(['open', 'Camille Durand']);
    expect((await talk(page, shop, 'Yuki Tanaka')).id).toBe(yuki.id);

    // With the same number they are suggested, until somebody says otherwise.
    for (const id of [yuki.contact.id, camille.contact.id]) await api(page, shop, 'PATCH', `/contacts/${id}`, { phone: '+46 70 123 45 67' });
    await page.goto(`/${shop.slug}/home`);
    const home = page.getByRole('main').getByRole('region', { name: 'Same person?' });
    await expect(home).toContainText('+46 70 123 45 67');
    await accessible(page);
    await fits();
    await picture(page, name('home'));
    await home.getByRole('link', { name: /Yuki Tanaka/ }).click();
    await expect(page).toHaveURL(new RegExp(`${yuki.id}|${camille.id}`));
    await open();
    const hint = panel.getByRole('region', { name: 'Same person?' });
    await expect(hint).toContainText('Camille Durand');
    await hint.getByRole('button', { name: 'Different people' }).scrollIntoViewIfNeeded();
    await accessible(page);
    await picture(page, name('hint'));
    await hint.getByRole('button', { name: 'Different people' }).click();
    await expect(toast(page)).toContainText('They are not suggested again');
    await expect(hint).not.toContainText('Camille Durand');
    clean();
  });
