import type { Page } from '@playwright/test';
import { accessible, expect, looks, quiet, shot, test, told } from './parley';
import { enter, fill, post, type Shop } from './shop';

// Reminders to follow up, blocking a customer, and what all inboxes promise.

const toast = (page: Page) => page.locator('.toast').last();
const sandbox = /frame is sandboxed/;
const fits = async (page: Page) => expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);

async function open(page: Page, shop: Shop) {
  await page.goto(`/${shop.slug}/all/${shop.annika}`);
  await expect(page.getByRole('log')).toContainText('Is it safe');
}

for (const { size, dark, name } of looks)
  test(`E33 F4-22 D-36 a customer is blocked and unblocked, ${name}`, async ({ browser, parley }) => {
    const shop = fill(parley);
    const page = await enter(browser, parley, shop, shop.email, dark, size);
    const silent = quiet(page, [sandbox]);
    await open(page, shop);
    const panel = page.getByRole('complementary', { name: 'Details' });
    if (size.width < 1241) await page.keyboard.press('ControlOrMeta+.');
    await panel.getByRole('button', { name: /^Block Annika/ }).click();
    await expect(toast(page)).toContainText('is blocked, and 1 conversation is closed');
    await toast(page).hover(); // under the pointer it stays
    const blocking = panel.getByRole('region', { name: 'Blocking' });
    await expect(blocking.getByRole('note')).toContainText('Blocked');
    await expect(blocking.getByRole('note')).toContainText('By you');
    await expect(page.getByRole('log')).toContainText('because the customer was blocked');
    await accessible(page);
    await fits(page);
    await blocking.scrollIntoViewIfNeeded();
    await shot(page, `blocked-${name}`);
    // Neither opened nor closed: no button, no command, no key.
    await expect(page.getByRole('button', { name: /^Reopen/ })).toHaveCount(0);
    await page.keyboard.press('ControlOrMeta+k');
    await page.keyboard.type('reopen');
    await expect(page.getByRole('option', { name: /^Reopen/ })).toHaveCount(0);
    await page.keyboard.press('Escape');
    // Taken back from the toast: the conversation is open again.
    await toast(page).getByRole('button', { name: 'Undo' }).click();
    await expect(toast(page)).toContainText('can write again');
    await expect(blocking.getByRole('note')).toHaveCount(0);
    await expect(panel.getByRole('button', { name: /^Block Annika/ })).toBeVisible();
    await expect(page.locator('.chips .chip').first()).not.toContainText('Closed');
    // By keyboard: from the palette, and back.
    if (size.width < 1241) await panel.getByRole('button', { name: 'Hide' }).click();
    await page.keyboard.press('ControlOrMeta+k');
    await page.keyboard.type('block annika');
    await page.keyboard.press('Enter');
    await expect(toast(page)).toContainText('is blocked');
    await page.keyboard.press('ControlOrMeta+k');
    await page.keyboard.type('unblock');
    await page.keyboard.press('Enter');
    await expect(toast(page)).toContainText('can write again');
    await expect(page.locator('.chips .chip').first()).toContainText('Closed');
    silent();
  });

test('T8 F2-26 F2-80 1.4 a reminder to follow up: set for all inboxes, inherited, and said where it is pending', async ({ browser, parley }) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop);
  const silent = quiet(page, [sandbox]);
  const label = 'Remind of what is pending, without a word for';
  await page.goto(`/${shop.slug}/settings/workspace`);
  const all = page.getByRole('combobox', { name: label });
  await all.selectOption({ label: '2 days' });
  await expect(toast(page)).toContainText('Saved');
  await accessible(page);
  await page.goto(`/${shop.slug}/settings/inboxes`);
  await page.locator('details > summary').first().click();
  const own = page.getByRole('combobox', { name: label }).first();
  await expect(own.locator('option').first()).toContainText('2 days');
  await own.selectOption({ label: 'Never' });
  await expect(toast(page)).toContainText('Saved');
  await toast(page).getByRole('button', { name: 'Undo' }).click();
  await expect(own).toHaveValue('');
  await open(page, shop);
  await page.keyboard.press('p');
  await page.keyboard.press('p');
  const dialog = page.getByRole('dialog', { name: 'Set to pending' });
  await expect(dialog).toContainText('is reminded when nobody has written for 2 days');
  await accessible(page);
  await shot(page, 'pend');
  await told(page, /\/pend$/, () => dialog.getByRole('button', { name: 'Set to pending' }).click());
  await page.goto(`/${shop.slug}/all/${shop.annika}`);
  await expect(page.locator('.rest')).toContainText('Reminder to follow up');
  await accessible(page);
  await shot(page, 'pending');
  // Told of, by preference.
  await page.goto(`/${shop.slug}/settings/notifications`);
  await expect(page.getByRole('checkbox', { name: /Something of yours is pending.*: Push/ })).toBeChecked();
  silent();
});

for (const { size, dark, name } of looks)
  test(`F2-18 F1-23 1.4 what all inboxes promise, what each inherits, and what escalates, ${name}`, async ({ browser, parley }) => {
    const shop = fill(parley);
    const page = await enter(browser, parley, shop, shop.email, dark, size);
    const silent = quiet(page, [/422/]);
    await page.goto(`/${shop.slug}/settings/promises`);
    const all = page.getByRole('region', { name: 'All inboxes' });
    const one = page
      .getByRole('region')
      .filter({ has: page.getByRole('combobox', { name: 'Promises', exact: true }) })
      .nth(1);
    await expect(all).toContainText("Parley's standard.");
    await one.getByRole('combobox', { name: 'Promises' }).selectOption('inherit');
    await expect(one.getByRole('combobox', { name: 'Promises' }).locator('option').first()).toContainText('Standard');

    await all.getByRole('combobox', { name: 'Promises' }).selectOption('own');
    await all.getByRole('textbox', { name: 'Target' }).fill('2 hours');
    await all.getByRole('textbox', { name: 'Target' }).press('Tab');
    await expect(all).toContainText("This workspace's own. Parley's standard is: Standard.");
    await expect(one).toContainText('Inherited from the workspace.');
    await expect(one.getByRole('combobox', { name: 'Promises' }).locator('option').first()).toHaveText('As inherited: Target 2 hours');
    await all.getByRole('textbox', { name: 'Deadline' }).fill('1 hour');
    await all.getByRole('textbox', { name: 'Deadline' }).press('Tab');
    await expect(all.getByRole('alert')).toHaveText('The deadline must be longer than the target.');

    // When somebody is asked for help.
    await all.getByRole('combobox', { name: 'Escalation' }).selectOption('own');
    const rules = all.getByRole('group', { name: 'Escalation' });
    await rules.getByLabel('On these words').fill('lawyer, refund , lawyer');
    await rules.getByLabel('On these words').press('Tab');
    await expect(rules.getByLabel('On these words')).toHaveValue('lawyer, refund');
    // Who is faster than the server loses nothing of it.
    await page.route('**/api/**', async (r) => {
      if (r.request().method() === 'PATCH') await new Promise((done) => setTimeout(done, 400));
      await r.continue();
    });
    await rules.getByRole('checkbox', { name: 'When it becomes urgent' }).check();
    await rules.getByRole('group', { name: 'When it gets one of these tags' }).getByRole('checkbox').first().check();
    await expect(one.getByRole('combobox', { name: 'Escalation' }).locator('option').first()).toContainText('“refund”');
    await expect(one.getByRole('combobox', { name: 'Escalation' }).locator('option').first()).toContainText('tag ');
    await expect(one.getByRole('combobox', { name: 'Escalation' }).locator('option').first()).toContainText('becomes urgent');
    await page.unroute('**/api/**');

    // Which tags make it urgent.
    await all.getByRole('combobox', { name: 'Tags that raise the priority' }).selectOption('own');
    const tags = all.getByRole('group', { name: 'Tags that raise the priority' });
    await tags.getByRole('combobox', { name: 'Tag', exact: true }).fill('Stranded');
    await tags.getByRole('button', { name: 'Add' }).click();
    await expect(tags.getByRole('combobox', { name: 'Priority of Stranded' })).toHaveValue('high');
    await expect(one.getByRole('combobox', { name: 'Tags that raise the priority' }).locator('option').first()).toContainText('Stranded: high');
    await accessible(page);
    await fits(page);
    await page.locator('h3').first().scrollIntoViewIfNeeded();
    await shot(page, `promises-${name}`);
    // And back to what Parley begins with.
    await all.getByRole('combobox', { name: 'Promises' }).selectOption('inherit');
    await expect(one.getByRole('combobox', { name: 'Promises' }).locator('option').first()).toHaveText('As inherited: Standard');
    silent();
  });

test('F2-29 to F2-31 escalated to a lead, who gets how things stand', async ({ browser, parley }) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop);
  const silent = quiet(page, [sandbox]);
  const base = `/api/v1/workspaces/${shop.workspace}`;
  const ask = async (path: string) =>
    ((await (await page.context().request.get(base + path)).json()) as { items: { id: string; user_id: string; name: string }[] }).items;
  const lead = (await ask('/members')).find((m) => m.name === 'Priya Raman')?.user_id ?? '';
  const team = { name: 'Workshop', lead_id: lead, member_ids: [lead], inbox_ids: (await ask('/inboxes')).map((i) => i.id) };
  expect((await page.context().request.post(`${base}/teams`, { headers: { 'X-Parley-CSRF': '1' }, data: team })).ok()).toBe(true);
  await open(page, shop);
  await page.keyboard.press('Shift+P');
  const help = page.getByRole('dialog', { name: 'Ask for help' });
  const whom = help.getByRole('combobox', { name: 'Who takes it over (optional)' });
  await expect(whom).toBeVisible();
  const choice = await whom.locator('option').nth(1).textContent();
  await whom.selectOption({ index: 1 });
  await expect(help.getByRole('status')).toContainText('Write how things stand');
  await expect(help.getByRole('button', { name: 'Escalate' })).toBeDisabled();
  await help.getByLabel('How do things stand?').fill('She stands in the rain');
  await accessible(page);
  await shot(page, 'escalate');
  await help.getByRole('button', { name: 'Escalate' }).click();
  await expect(toast(page)).toContainText('Escalated to');
  expect(choice).toContain('leads Workshop');
  await expect(page.getByRole('log')).toContainText('She stands in the rain');
  await toast(page).getByRole('button', { name: 'Undo' }).click();
  await expect(page.locator('.chip', { hasText: 'Escalated' })).toHaveCount(0);
  expect((await post(page, shop, `${shop.annika}/escalate`, { assignee_id: 'usr_0000000000001', reason: 'x' })).status()).toBe(404);
  silent();
});
