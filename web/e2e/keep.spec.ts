import type { Page } from '@playwright/test';
import { accessible, expect, looks, quiet, shot, test } from './parley';
import { ask, enter, fill } from './shop';

// F2-70: what solved one conversation is kept as a quick reply, and offered first where the next one has its tag.

const log = (page: Page) => page.getByRole('log');

test('a reply is saved as a quick reply of a tag, from the message, the composer and the palette (F2-70)', async ({ browser, parley }) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop);
  const clean = quiet(page, [/frame is sandboxed/, /409/, /422/]);
  const tag = await ask<{ id: string }>(page, shop, 'POST', '/tags', { name: 'Pump', color: 'c1' });
  await ask(page, shop, 'POST', '/quick-replies', { kind: 'reply', name: 'Aardvark', shortcut: '/aardvark', text: 'Often used' });
  await page.goto(`/${shop.slug}/all/${shop.annika}`);
  await expect(log(page)).toContainText('Is it safe');
  await page.keyboard.press('r');
  const box = page.getByRole('textbox', { name: 'Reply' });
  await box.fill('Hi Annika, hold the power key for ten seconds.');
  await page.keyboard.press('Control+Enter');
  const sent = log(page).locator('.line', { hasText: 'hold the power key' });
  const dialog = page.getByRole('dialog', { name: 'Save as quick reply' });
  const form = dialog.getByRole('form', { name: 'Quick reply' });

  // From the message: the customer's name is a variable now.
  await sent.hover();
  await shot(page, 'keep-button');
  await sent.getByRole('button', { name: 'Save as quick reply' }).click();
  await expect(form.getByLabel('Name', { exact: true })).toBeFocused();
  await expect(form.getByLabel('Content')).toHaveValue('Hi {{contact.first_name}}, hold the power key for ten seconds.');
  await page.keyboard.type('Restart the pump');
  await form.getByLabel('Shortcut').fill('/aardvark');
  await form.getByLabel('Category').fill('Solutions');
  await form.getByLabel('Solution for the tag').selectOption({ label: 'Pump' });
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(form.getByRole('alert')).toContainText('/aardvark is taken');
  await form.getByLabel('Shortcut').fill('/restart');
  await shot(page, 'keep-form');
  await accessible(page);
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(dialog).toBeHidden();

  // It is offered at once, but not first: this conversation has no such tag yet.
  const options = page.getByRole('listbox', { name: /Quick replies matching/ }).getByRole('option');
  await box.click();
  await box.fill('');
  await page.keyboard.type('/');
  await expect(options.filter({ hasText: 'Restart the pump' })).toHaveCount(1);
  await expect(options.first()).not.toContainText('Restart the pump');
  await box.fill('');
  await ask(page, shop, 'POST', `/conversations/${shop.annika}/tag`, { add: [tag.id] });
  await expect(page.locator('.thread header, .thread').getByText('Pump').first()).toBeVisible();
  await page.keyboard.type('/');
  await expect(options.first()).toContainText('Restart the pump');
  await expect(options.first()).toContainText('Pump');
  await expect(options.first()).toContainText('Hi Annika, hold the power key');
  await shot(page, 'keep-offered');
  await accessible(page);

  // From the palette: what is being written goes before what was sent.
  await box.fill('Dear Annika, a new seal is on its way.');
  await page.keyboard.press('Control+k');
  await page.keyboard.type('save as quick');
  await page.keyboard.press('Enter');
  await expect(form.getByLabel('Content')).toHaveValue('Dear {{contact.first_name}}, a new seal is on its way.');
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(box).toHaveValue('Dear Annika, a new seal is on its way.');

  // From the composer, as a template of notes.
  await page.getByRole('group', { name: 'Reply' }).getByRole('button', { name: 'Save as quick reply' }).click();
  await form.getByLabel('Name', { exact: true }).fill('Seal');
  await form.getByLabel('Used for').selectOption('note');
  await form.getByLabel('Shortcut').fill('');
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(dialog).toBeHidden();
  await page.goto(`/${shop.slug}/settings/quick`);
  await expect(page.getByRole('region', { name: 'Seal' })).toContainText('Notes');
  await expect(page.getByRole('region', { name: 'Restart the pump' })).toContainText('Pump');
  await shot(page, 'keep-list');
  clean();
});

for (const { size, dark, name } of looks) {
  test(`saving a reply fits, ${name}`, async ({ browser, parley }) => {
    const shop = fill(parley);
    const page = await enter(browser, parley, shop, shop.email, dark, size);
    await ask(page, shop, 'POST', `/conversations/${shop.annika}/reply`, {
      text: 'Hi Annika, hold the power key for ten seconds, then let it go and wait for the green light.',
    });
    await page.goto(`/${shop.slug}/all/${shop.annika}`);
    const sent = log(page).locator('.line', { hasText: 'hold the power key' });
    await sent.hover();
    await shot(page, `keep-button-${name}`);
    await sent.getByRole('button', { name: 'Save as quick reply' }).click();
    await expect(page.getByLabel('Content')).toHaveValue(/contact.first_name/);
    await shot(page, `keep-form-${name}`);
    await accessible(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(size.width);
  });
}
