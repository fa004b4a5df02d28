import type { Page } from '@playwright/test';
import { accessible, expect, quiet, test } from './parley';
import { ask, enter, fill } from './shop';

// Notes that call people, and how those are told, as the team does it.

const log = (page: Page) => page.getByRole('log');
const said = (page: Page) => page.locator('.toast');

test('a note calls a team, is shown with its marks, changed and pinned; the team is told (F1-41 to F1-46, F3-42)', async ({ browser, parley }) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop);
  const theirs = await enter(browser, parley, shop, shop.priya);
  const clean = quiet(page, [/frame is sandboxed/]);
  const members = (await ask(page, shop, 'GET', '/members')) as { items: { user_id: string; email: string }[] };
  const priya = members.items.find((m) => m.email === shop.priya)?.user_id;
  await ask(page, shop, 'POST', '/teams', { name: 'Workshop', member_ids: [priya] });
  await theirs.goto(`/${shop.slug}/mine`);
  await page.goto(`/${shop.slug}/all/${shop.annika}`);
  await expect(log(page)).toContainText('Is it safe');
  await page.keyboard.press('n');
  const box = page.getByRole('textbox', { name: 'Note' });
  await expect(box).toBeFocused();
  await page.keyboard.type('**Urgent**: @works');
  const list = page.getByRole('listbox', { name: 'Mention somebody' });
  await expect(list.getByRole('option')).toHaveText([/Workshop\s*Team/]);
  await page.keyboard.press('Enter');
  await page.keyboard.type('look at `cell 4` <b>');
  await accessible(page);
  await page.keyboard.press('Control+Enter');
  const note = log(page).locator('.bub.note').last();
  await expect(note.locator('strong')).toHaveText('Urgent');
  await expect(note.locator('.at')).toHaveText('@Workshop');
  await expect(note.locator('code')).toHaveText('cell 4');
  await expect(note).toContainText('<b>'); // HTML is text

  // Who is of the team is told, and is led there.
  const bell = theirs.getByRole('button', { name: /^Notifications/ });
  await expect(bell).toHaveAccessibleName(/1/);
  await bell.click();
  const told = theirs.getByRole('dialog', { name: 'Notifications' });
  await expect(told).toContainText('mentioned you in');
  await accessible(theirs);
  await told.getByRole('link', { name: /mentioned you/ }).click();
  await expect(log(theirs).locator('.at').last()).toHaveText('@Workshop');

  // It is changed, says so, and is kept on top.
  await log(page).getByRole('button', { name: 'Change this note' }).last().click();
  await page.getByLabel('Text of the note').fill('@Workshop it is cell 5');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(note).toContainText('cell 5');
  await note.getByRole('button', { name: 'edited' }).click();
  await expect(page.getByRole('dialog', { name: 'Every text of this note' })).toContainText('cell 4');
  await page.keyboard.press('Escape');
  await log(page).getByRole('button', { name: 'Pin on top' }).last().click();
  await expect(page.getByRole('region', { name: 'Pinned notes' })).toContainText('cell 5');
  await accessible(page);
  clean();
});

test('somebody chooses how they are told and when they work; hours that were not touched stay as they were (5.4)', async ({ browser, parley }) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop);
  const clean = quiet(page);
  const hours = async () =>
    ((await ask(page, shop, 'GET', '/preferences')) as { chosen: { hours?: { week: Record<string, { from: string }[]> } } }).chosen.hours;
  await page.goto(`/${shop.slug}/settings/notifications`);
  await page.getByLabel('You wanted to be reminded: Push').uncheck();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(said(page)).toContainText('Saved');
  expect(await hours()).toBeUndefined(); // rules go by them, too
  await page.getByLabel('Monday from').fill('11:00');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect.poll(async () => (await hours())?.week['monday']?.[0]?.from).toBe('11:00');
  await page.reload();
  await expect(page.getByLabel('You wanted to be reminded: Push')).not.toBeChecked();
  await expect(page.getByLabel('Monday from')).toHaveValue('11:00');
  await accessible(page);
  clean();
});
