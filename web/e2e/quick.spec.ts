import type { Page } from '@playwright/test';
import { accessible, expect, looks, quiet, shot, test, told } from './parley';
import { ask, enter, fill } from './shop';

// Quick replies, note templates and macros by keyboard, as the team uses them.

const said = (page: Page) => page.locator('.toast');
const log = (page: Page) => page.getByRole('log');

test('a quick reply is made in the settings and inserted by its shortcut (F1-37, F1-38, F1-39, F2-19 to F2-22, F2-68)', async ({ browser, parley }) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop);
  const clean = quiet(page, [/frame is sandboxed/, /409/, /422/]);

  // F1-37, F1-38: Settings → Quick replies → New template.
  await page.goto(`/${shop.slug}/settings/quick`);
  await page.getByRole('button', { name: 'New template' }).click();
  const form = page.getByRole('form', { name: 'Quick reply' });
  await expect(form.getByLabel('Name')).toBeFocused();
  await page.keyboard.type('Courier swap');
  await form.getByLabel('Shortcut').fill('/swap now');
  await form.getByLabel('Category').fill('Exchange');
  await form.getByLabel('Content').fill('Hi {{contact.first_name|there}}, the courier comes between {{from}} and {{to}}. {{agent.first_name}}');
  await page.keyboard.press('Control+Enter');
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(form.getByRole('alert')).toContainText('no spaces');
  await form.getByLabel('Shortcut').fill('/swap');
  await shot(page, 'settings-form');
  await accessible(page);
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('region', { name: 'Courier swap' })).toContainText('Never used');
  await page.getByRole('button', { name: 'New template' }).click();
  await form.getByLabel('Name').fill('Again');
  await form.getByLabel('Shortcut').fill('/swap');
  await form.getByLabel('Content').fill('Again');
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(form.getByRole('alert')).toContainText('/swap is taken');
  await form.getByLabel('Shortcut').fill('/again');
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('region', { name: 'Again' })).toBeVisible();

  // F1-39: in the composer, as one step that Ctrl+Z takes back.
  await page.goto(`/${shop.slug}/all/${shop.annika}`);
  await expect(log(page)).toContainText('Is it safe');
  await page.keyboard.press('r');
  const box = page.getByRole('textbox', { name: 'Reply' });
  await expect(box).toBeFocused();
  await page.keyboard.type('Good news. /swa');
  const list = page.getByRole('listbox', { name: /Quick replies matching/ });
  await expect(list.getByRole('option')).toHaveCount(1);
  await expect(page.locator('.preview')).toContainText('Hi Annika');
  await shot(page, 'picker');
  await accessible(page);
  await page.keyboard.type('p');
  await page.keyboard.press('Tab');
  const filled = 'Good news. Hi Annika, the courier comes between {{from}} and {{to}}. Maja';
  await expect(box).toHaveValue(filled);
  await page.keyboard.press('Control+z');
  await expect(box).toHaveValue('Good news. /swap');
  await page.keyboard.press('Control+Shift+z');
  await expect(box).toHaveValue(filled);

  // What is missing stops the send and is shown; Tab goes from one to the next.
  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('alert')).toContainText('Fill this in before you send');
  await shot(page, 'stopped');
  await accessible(page);
  await expect(log(page)).not.toContainText('Good news');
  await page.keyboard.type('9');
  await page.keyboard.press('Tab');
  await page.keyboard.type('12');
  await expect(box).toHaveValue('Good news. Hi Annika, the courier comes between 9 and 12. Maja');
  await page.keyboard.press('Control+Enter');
  await expect(log(page)).toContainText('between 9 and 12. Maja');

  // An unknown shortcut leaves Tab as it is, and Shift+Tab never inserts (9.4).
  await page.keyboard.type('/nothing');
  await page.keyboard.press('Tab');
  await expect(box).not.toBeFocused();
  await expect(box).toHaveValue('/nothing');
  await box.fill('/swap');
  await page.keyboard.press('Shift+Tab');
  await expect(box).toHaveValue('/swap');

  // F2-22: how often it was used, and what it said before.
  await page.goto(`/${shop.slug}/settings/quick`);
  const one = page.getByRole('region', { name: 'Courier swap' });
  await expect(one).toContainText('Used once');
  await one.getByRole('button', { name: 'Change' }).click();
  await form.getByLabel('Content').fill('Hello {{contact.first_name|there}}');
  await told(page, /\/quick-replies\//, () => form.getByRole('button', { name: 'Save' }).click());
  await one.getByRole('button', { name: 'History' }).click();
  const past = page.getByRole('dialog', { name: /Every text of/ });
  await expect(past).toContainText('Hello {{contact.first_name|there}}');
  await expect(past).toContainText('between {{from}}');
  await shot(page, 'history');
  await accessible(page);
  await page.keyboard.press('Escape');
  await one.getByRole('button', { name: 'Remove' }).click();
  await expect(one).toBeHidden();
  await said(page).getByRole('button', { name: /Undo/ }).click();
  await expect(one).toBeVisible();
  clean();
});

test('a note template begins a note, and only a note (F1-45)', async ({ browser, parley }) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop);
  await ask(page, shop, 'POST', '/quick-replies', { kind: 'note', name: 'Call', shortcut: '/call', text: '**Who**: {{contact.name}}' });
  await page.goto(`/${shop.slug}/all/${shop.annika}`);
  await expect(log(page)).toContainText('Is it safe');
  await page.keyboard.press('r');
  const reply = page.getByRole('textbox', { name: 'Reply' });
  await expect(reply).toBeFocused();
  await page.keyboard.type('/call');
  await page.keyboard.press('Tab');
  await expect(reply).toHaveValue('/call');
  await reply.fill('');
  await reply.blur();
  await page.keyboard.press('n');
  const note = page.getByRole('textbox', { name: 'Note' });
  await expect(note).toBeFocused();
  await page.keyboard.type('/call');
  await page.keyboard.press('Tab');
  await expect(note).toHaveValue(/\*\*Who\*\*: Annika/);
  await note.fill('');
  await page.getByRole('button', { name: 'Begin with a template' }).click();
  await page.keyboard.press('Enter');
  await expect(note).toHaveValue(/\*\*Who\*\*: Annika/);
});

test('a macro is made, run by keyboard and taken back as one', async ({ browser, parley }) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop);
  const clean = quiet(page, [/frame is sandboxed/, /422/]);
  await page.goto(`/${shop.slug}/settings/macros`);
  await page.getByRole('button', { name: 'New macro' }).click();
  const form = page.getByRole('form', { name: 'New macro' });
  await page.keyboard.type('Refund');
  await form.getByLabel('Text of step 1').fill('Dear {{contact.first_name|customer}}, your refund is on its way.');
  await form.getByRole('button', { name: 'Add step' }).click();
  await form.getByRole('button', { name: 'Add step' }).click();
  await form.getByRole('combobox', { name: 'Step 3', exact: true }).selectOption('priority');
  await form.getByLabel('What step 3 is about').selectOption('high');
  await form.getByRole('button', { name: 'Add step' }).click();
  await form.getByRole('combobox', { name: 'Step 4', exact: true }).selectOption('resolve');
  await shot(page, 'macro-form');
  await accessible(page);
  await form.getByRole('button', { name: 'Move step 4 up' }).click();
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('region', { name: 'Refund' })).toContainText('Sends a message, which stays when you undo');

  await page.goto(`/${shop.slug}/all/${shop.annika}`);
  await expect(log(page)).toContainText('Is it safe');
  const state = async () => (await ask(page, shop, 'GET', `/conversations/${shop.annika}`)) as { status: string; priority: string; assignee_id?: string };
  await ask(page, shop, 'POST', `/conversations/${shop.annika}/prioritize`, { priority: 'low' });
  await page.keyboard.press('b');
  const pick = page.getByRole('dialog', { name: 'Run a macro' });
  await expect(pick.getByRole('option')).toContainText('Sends a message, which stays when you undo');
  await shot(page, 'macro-picker');
  await accessible(page);
  await page.keyboard.type('ref');
  await page.keyboard.press('Enter');
  await expect(said(page)).toContainText('Ran Refund');
  await expect(log(page)).toContainText('Dear Annika, your refund is on its way.');
  await expect.poll(async () => (await state()).status).toBe('resolved');
  await shot(page, 'macro-ran');
  await page.keyboard.press('z');
  await expect.poll(async () => (await state()).status).toBe('open');
  expect((await state()).priority).toBe('low');
  await expect(log(page)).toContainText('Dear Annika, your refund is on its way.');

  // The palette knows it by its name; a refusal of one step changes nothing and says why.
  await ask(page, shop, 'POST', '/macros', { name: 'Phone', steps: [{ do: 'assign' }, { do: 'reply', text: 'We call {{contact.phone}}' }] });
  await page.goto(`/${shop.slug}/all/${shop.annika}`);
  await expect(log(page)).toContainText('Is it safe');
  const before = await state();
  await page.keyboard.press('Control+k');
  await page.keyboard.type('phone');
  await expect(page.getByRole('option', { name: 'Macros: Phone' })).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(said(page)).toContainText(/Nothing was changed: step 2/);
  expect((await state()).assignee_id).toBe(before.assignee_id);
  clean();
});

for (const { size, dark, name } of looks) {
  test(`quick replies and macros fit, ${name}`, async ({ browser, parley }) => {
    const shop = fill(parley);
    const page = await enter(browser, parley, shop, shop.email, dark, size);
    await ask(page, shop, 'POST', '/quick-replies', {
      kind: 'reply',
      name: 'Courier swap tonight',
      shortcut: '/swap-courier',
      category: 'Exchange',
      text: 'Good news, {{contact.first_name|there}}: between {{from}} and {{to}} tonight.',
    });
    await ask(page, shop, 'POST', '/macros', { name: 'Refund', steps: [{ do: 'reply', text: 'Done' }, { do: 'assign' }, { do: 'snooze', hours: 4 }] });
    for (const section of ['quick', 'macros']) {
      await page.goto(`/${shop.slug}/settings/${section}`);
      await expect(page.getByRole('region', { name: /Courier|Refund/ })).toBeVisible();
      await shot(page, `${section}-list-${name}`);
      await page.getByRole('button', { name: /^Change/ }).click();
      await accessible(page);
      await shot(page, `${section}-form-${name}`);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(size.width);
    }
    await page.goto(`/${shop.slug}/all/${shop.annika}`);
    await expect(log(page)).toContainText('Is it safe');
    const box = page.getByRole('textbox', { name: 'Reply' });
    await box.click();
    await page.keyboard.type('/swap');
    await expect(page.getByRole('option', { name: /Courier/ })).toBeVisible();
    await accessible(page);
    await shot(page, `picker-${name}`);
    await page.keyboard.press('Enter');
    await page.keyboard.press('Control+Enter');
    await expect(page.getByRole('alert')).toContainText('Fill this in');
    await shot(page, `stopped-${name}`);
  });
}
