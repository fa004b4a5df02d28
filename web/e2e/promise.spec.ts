import { accessible, expect, looks, quiet, shot, test } from './parley';
import { enter, fill, post, type Shop } from './shop';
import type { Page } from '@playwright/test';

/** Changes the settings of every inbox, over the API. */
async function settle(page: Page, shop: Shop, settings: object) {
  const base = `/api/v1/workspaces/${shop.workspace}/inboxes`;
  const headers = { 'X-Parley-CSRF': '1' };
  const { items } = (await (await page.context().request.get(base)).json()) as { items: { id: string }[] };
  for (const i of items) expect((await page.context().request.patch(`${base}/${i.id}`, { headers, data: { settings } })).ok()).toBe(true);
}

/** Somebody who waits for an answer. */
async function waiting(page: Page, shop: Shop): Promise<string> {
  const r = await page.context().request.get(`/api/v1/workspaces/${shop.workspace}/conversations?view=all&limit=100`);
  const { items } = (await r.json()) as { items: { id: string; subject: string }[] };
  return items.find((c) => c.subject === 'Warranty: noise from rear hub')?.id ?? '';
}

const calendar = (event: string) =>
  `BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\n${event}\r\nSUMMARY:Midsummer\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n`;

test('promises are set: business hours with a calendar file, a policy, and which inbox keeps it (F0-35 to F0-37)', async ({ browser, parley }) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop);
  const silent = quiet(page, [/422|409/]);
  await page.goto(`/${shop.slug}/settings/promises`);
  await expect(page.getByRole('heading', { name: 'What each inbox promises' })).toBeVisible();
  await accessible(page);
  await shot(page, 'settings-light');

  // Overlapping hours and a calendar that cannot be read: a sentence, and nothing is kept.
  await page.getByRole('button', { name: 'New business hours' }).click();
  const hours = page.getByRole('region', { name: 'New business hours' });
  await hours.getByLabel('Name').first().fill('Workshop');
  await hours.getByLabel('Time zone').fill('Europe/Stockholm');
  await hours.getByLabel('Tuesday').fill('9-12, 11-17');
  await hours.getByRole('button', { name: 'Save' }).click();
  await expect(hours.getByRole('alert')).toHaveText('Tuesday has two periods at once: 09:00 to 12:00 and 11:00 to 17:00.');
  await hours.getByLabel('Tuesday').fill('nine to five');
  await hours.getByRole('button', { name: 'Save' }).click();
  await expect(hours.getByRole('alert')).toContainText('The hours of Tuesday cannot be read.');
  await hours.getByLabel('Tuesday').fill('9-12, 13-17');
  const file = hours.getByLabel('Import from a calendar file');
  const upload = (event: string) => file.setInputFiles({ name: 'holidays.ics', mimeType: 'text/calendar', buffer: Buffer.from(calendar(event)) });
  await upload('DTSTART;VALUE=DATE:20270625\r\nRRULE:FREQ=WEEKLY');
  await expect(hours.getByRole('alert')).toContainText('The holiday "Midsummer", line 4 of the calendar, cannot be read');
  await upload('DTSTART;VALUE=DATE:20270625');
  await expect(hours.getByRole('status')).toHaveText('1 holiday read. Save to keep it.');
  await expect(hours.getByRole('group', { name: 'Midsummer' }).getByLabel('First day')).toHaveValue('2027-06-25');
  await accessible(page);
  await shot(page, 'hours-light');
  await hours.getByRole('button', { name: 'Save' }).click();
  const kept = page.getByRole('region', { name: 'Workshop' });
  await expect(kept).toContainText('Europe/Stockholm');

  // A deadline that is not longer than its target.
  await page.getByRole('button', { name: 'New policy' }).click();
  const policy = page.getByRole('region', { name: 'New policy' });
  await policy.getByLabel('Name').fill('Gold');
  await policy.getByLabel('First answer, High, Target').fill('2 hours');
  await policy.getByLabel('First answer, High, Deadline').fill('90 minutes');
  await policy.getByRole('button', { name: 'Save' }).click();
  await expect(policy.getByRole('alert')).toHaveText('High priority: the deadline must be longer than the target.');
  await expect(policy.getByLabel('First answer, High, Target')).toHaveAttribute('aria-invalid', 'true');
  await policy.getByLabel('First answer, High, Deadline').fill('soon');
  await policy.getByRole('button', { name: 'Save' }).click();
  await expect(policy.getByRole('alert')).toHaveText('Write a time like 90 minutes, 2 hours or 1 day.');
  await policy.getByLabel('First answer, High, Deadline').fill('1 day');
  await policy.getByRole('button', { name: 'More promises' }).click();
  await accessible(page);
  await shot(page, 'policy-light');
  await policy.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('region', { name: 'Gold' })).toBeVisible();

  // An inbox keeps it.
  const inbox = page
    .getByRole('region')
    .filter({ has: page.getByRole('combobox', { name: 'Promises', exact: true }) })
    .nth(1);
  await inbox.getByRole('combobox', { name: 'Policy' }).selectOption('Gold');
  await expect(page.locator('.toast').last()).toContainText('Saved');
  await inbox.getByRole('combobox', { name: 'Open' }).selectOption('Workshop');
  await expect(inbox.getByRole('combobox', { name: 'What counts' })).toHaveValue('business');
  await inbox.getByRole('combobox', { name: 'Promises' }).selectOption('own');
  await inbox.getByRole('textbox', { name: 'Target' }).fill('2 hours');
  await inbox.getByRole('textbox', { name: 'Target' }).press('Tab');
  await expect(inbox.getByRole('textbox', { name: 'Target' })).toHaveValue('2 hours');
  await inbox.getByRole('textbox', { name: 'Deadline' }).fill('1 hour');
  await inbox.getByRole('textbox', { name: 'Deadline' }).press('Tab');
  await expect(inbox.getByRole('alert')).toHaveText('The deadline must be longer than the target.');
  // What is in use is not removed.
  await kept.getByRole('button', { name: 'Change' }).click();
  await kept.getByRole('button', { name: 'Remove', exact: true }).click();
  await kept.getByRole('button', { name: 'Remove for good' }).click();
  await expect(kept.getByRole('alert')).toContainText('uses these business hours');
  silent();
});

for (const { size, dark, name } of looks)
  test(`a countdown in list and header, and why, ${name} (F1-24, F2-28)`, async ({ browser, parley }) => {
    const shop = fill(parley);
    const page = await enter(browser, parley, shop, shop.email, dark, size);
    const silent = quiet(page, [/frame is sandboxed/]);
    const fits = async () => expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    const tell = async (path: string, data: object) => expect((await post(page, shop, path, data)).ok()).toBe(true);
    await settle(page, shop, {});
    const id = await waiting(page, shop);
    await tell(`${id}/prioritize`, { priority: 'high' });
    await page.goto(`/${shop.slug}/all`);
    const row = page.getByRole('option', { name: /Warranty: noise/ });
    await expect(row.locator('.sla')).toContainText(/(m|h|late)$/);
    await accessible(page);
    await shot(page, `list-${name}`);
    await row.click();
    await expect(page.getByRole('log')).toContainText('coasting downhill');
    const chip = page.locator('.chip.due');
    await expect(chip).toBeVisible();
    await page.keyboard.press('d');
    const panel = page.getByRole('dialog', { name: 'Why this is due' });
    await expect(panel).toContainText('The policy Standard, priority High');
    await expect(panel).toContainText('target 1 hour, deadline 4 hours');
    await expect(panel.getByRole('row').nth(1)).toContainText('Around the clock');
    await accessible(page);
    await fits();
    await shot(page, `panel-${name}`);
    await page.keyboard.press('Escape');
    await expect(panel).toHaveCount(0);

    // Priority with a reason, by keyboard; and asking for help, which can be taken back.
    await page.keyboard.press('p');
    await page.keyboard.press('r');
    const dialog = page.getByRole('dialog', { name: 'How urgent is it?' });
    await dialog.getByLabel('Reason (optional)').fill('Stands in the rain');
    await dialog.getByRole('radio', { name: 'Low' }).click();
    await accessible(page);
    await shot(page, `priority-${name}`);
    await dialog.getByRole('button', { name: 'Set priority' }).click();
    await page.getByRole('button', { name: /3 changes/ }).click();
    await expect(page.getByRole('log')).toContainText('Stands in the rain');
    await page.keyboard.press('Shift+P');
    const help = page.getByRole('dialog', { name: 'Ask for help' });
    await help.getByLabel('Why (optional)').fill('Who knows motors?');
    await accessible(page);
    await help.getByRole('button', { name: 'Escalate' }).click();
    await expect(chip).toContainText('Escalated');
    await fits();
    await shot(page, `thread-${name}`);
    await page.locator('.toast').getByRole('button', { name: 'Undo' }).last().click();
    await expect(chip).not.toContainText('Escalated');
    silent();
  });

test('what is late is said, is in its tab, and everybody hears of it (F0-38, F0-39)', async ({ browser, parley }) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop);
  await settle(page, shop, { sla_target: 1, sla_deadline: 2 });
  const id = await waiting(page, shop);
  await expect
    .poll(
      async () => {
        const r = await page.context().request.get(`/api/v1/workspaces/${shop.workspace}/conversations/${id}`);
        return ((await r.json()) as { label: string }).label;
      },
      { timeout: 20_000 },
    )
    .toBe('Overdue');
  await page.goto(`/${shop.slug}/all/overdue`);
  const row = page.getByRole('option', { name: /Warranty: noise/ });
  await expect(row.locator('.sla.late').last()).toContainText('late');
  await expect(row).toContainText('Overdue');
  await accessible(page);
  await shot(page, 'overdue');
  await row.click();
  await expect(page.getByRole('log')).toContainText(/changes|Deadline for an answer missed/);
  await shot(page, 'overdue-open');
});
