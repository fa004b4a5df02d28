import type { Page } from '@playwright/test';
import { accessible, expect, quiet, test } from './parley';
import { enter, fill, post, type Shop } from './shop';

// Assigning, handing over, teams, rules and responders, as an agent and an admin do it.

const said = (page: Page) => page.locator('.toast');
const log = (page: Page) => page.getByRole('log');
const dialog = (page: Page) => page.getByRole('dialog', { name: /Assign|Transfer/ });

/** Asks the API for something of the workspace. */
const ask = async (page: Page, shop: Shop, method: 'GET' | 'POST' | 'PUT' | 'PATCH', path: string, data?: object) => {
  const r = await page
    .context()
    .request.fetch(`/api/v1/workspaces/${shop.workspace}${path}`, { method, headers: { 'X-Parley-CSRF': '1' }, ...(data ? { data } : {}) });
  expect(r.ok(), `${method} ${path}: ${r.status()} ${await r.text()}`).toBe(true);
  return r.status() === 204 ? {} : r.json();
};

interface Member {
  user_id: string;
  name: string;
  email: string;
  role: string;
}

async function people(page: Page, shop: Shop) {
  const all = (await ask(page, shop, 'GET', '/members')) as { items: Member[] };
  const priya = all.items.find((m) => m.email === shop.priya);
  const maja = all.items.find((m) => m.email === shop.email);
  if (!priya || !maja) throw new Error('the shop has no Priya or no owner');
  return { priya, maja };
}

test('the Assign flow, by keyboard, moves a conversation to somebody with a note and a priority (F1-04, F1-07, F1-09, F3-35 to F3-43)', async ({
  browser,
  parley,
}) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop);
  const clean = quiet(page);
  const { priya, maja } = await people(page, shop);
  await ask(page, shop, 'PATCH', `/members/${priya.user_id}`, { skills: ['brakes', 'batteries'], languages: ['de', 'en'], capacity: 12 });
  await post(page, shop, `${shop.annika}/assign`, { assignee_id: maja.user_id });
  const theirs = await enter(browser, parley, shop, shop.priya);
  await theirs.goto(`/${shop.slug}/mine`);
  await expect(theirs.getByText('Live', { exact: true })).toBeVisible();

  await page.goto(`/${shop.slug}/mine/${shop.annika}`);
  await expect(log(page)).toBeVisible();
  const before = (await ask(page, shop, 'GET', `/conversations/${shop.annika}`)) as { version: number; assignee_id?: string };
  await page.keyboard.press('a');
  await expect(dialog(page)).toBeVisible();
  const row = dialog(page).getByRole('option', { name: new RegExp(priya.name) });
  await expect(row).toContainText('DE · EN · batteries · brakes');
  await expect(row).toContainText('of 12');
  await accessible(page);
  // By what they know, too; nothing changes before the last step.
  await page.keyboard.type('batter');
  await expect(dialog(page).getByRole('listbox').getByRole('option')).toHaveCount(1);
  await page.keyboard.press('Enter');
  await expect(dialog(page).getByRole('status')).toContainText(priya.name);
  await dialog(page).getByLabel('Note').fill('She knows batteries.');
  await dialog(page).getByRole('radio', { name: 'Urgent' }).click();
  await expect(dialog(page).getByRole('status')).toContainText(/Urgent/);
  await dialog(page).getByLabel('Tell me how it goes on').check();
  await dialog(page).getByLabel('Remind me').selectOption('day');
  await expect(dialog(page).getByRole('status')).toContainText('You are reminded.'); // F3-36
  expect(((await ask(page, shop, 'GET', `/conversations/${shop.annika}`)) as { version: number }).version).toBe(before.version);
  await page.keyboard.press('Control+Enter');
  await expect(dialog(page)).toHaveCount(0);
  await expect(said(page)).toContainText(priya.name);

  // It is theirs now, and they are told (F3-42, F3-43).
  await expect(theirs.getByRole('listbox').getByText('Annika', { exact: false }).first()).toBeVisible();
  await theirs.getByRole('button', { name: /^Notifications/ }).click();
  await expect(theirs.getByRole('dialog', { name: 'Notifications' })).toContainText(/assigned/i);
  // The next of one's own is open; what was given is where it belongs now.
  await expect(page).not.toHaveURL(new RegExp(shop.annika));
  await expect(page.locator(`#row-${shop.annika}`)).toHaveCount(0);
  await page.goto(`/${shop.slug}/all/${shop.annika}`);
  await expect(log(page)).toContainText('She knows batteries.');
  await page.goto(`/${shop.slug}/mine`);
  await expect(page.locator(`#row-${shop.annika}`)).toHaveCount(0);
  clean();
});

test('assign to me never takes from who was faster, and the composer has the focus (F1-08 to F1-11)', async ({ browser, parley }) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop);
  const { priya } = await people(page, shop);
  await post(page, shop, `${shop.annika}/unassign`, {});
  await page.goto(`/${shop.slug}/unassigned/${shop.annika}`);
  await expect(log(page)).toBeVisible();
  expect(((await ask(page, shop, 'GET', `/conversations/${shop.annika}`)) as { assignee_id?: string }).assignee_id).toBeUndefined(); // looking assigns nothing
  let late = true;
  await page.route('**/assign', async (route) => {
    if (late) await post(page, shop, `${shop.annika}/assign`, { assignee_id: priya.user_id });
    late = false;
    await route.continue();
  });
  await page.keyboard.press('i');
  await expect(said(page)).toContainText(`${priya.name} has just taken this conversation.`);
  await expect(page.getByRole('textbox', { name: /reply/i })).toBeFocused();
  expect(((await ask(page, shop, 'GET', `/conversations/${shop.annika}`)) as { assignee_id?: string }).assignee_id).toBe(priya.user_id);
});

test('a transfer to a team needs a note, tells who goes on, and is taken back (F1-59 to F1-61, F2-29 to F2-31)', async ({ browser, parley }) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop);
  const clean = quiet(page);
  const { priya, maja } = await people(page, shop);
  await ask(page, shop, 'POST', '/teams', { name: 'Workshop', member_ids: [priya.user_id], lead_id: priya.user_id });
  await post(page, shop, `${shop.annika}/assign`, { assignee_id: maja.user_id });
  await page.goto(`/${shop.slug}/mine/${shop.annika}`);
  await expect(log(page)).toBeVisible();
  await page.keyboard.press('Shift+A');
  await expect(dialog(page).getByRole('heading', { name: 'Transfer' })).toBeVisible();
  await dialog(page)
    .getByRole('option', { name: /Workshop/ })
    .click();
  const go = dialog(page).getByRole('button', { name: 'Transfer' });
  await expect(go).toBeDisabled();
  await expect(dialog(page).getByRole('status')).toContainText('Write how things stand');
  await accessible(page);
  await dialog(page).getByLabel('How things stand').fill('The battery is out; photos above.');
  await dialog(page).getByLabel('Who of the team').selectOption({ label: priya.name });
  await expect(dialog(page).getByRole('status')).toContainText('Workshop');
  await go.click();
  await expect(said(page)).toContainText('Transferred to Workshop');
  await page.getByRole('button', { name: '3 changes' }).last().click();
  await expect(log(page)).toContainText(/transferred it to\s+Workshop/);
  await expect(page.locator('.thead').getByRole('button', { name: 'Workshop' })).toBeVisible();
  const after = (await ask(page, shop, 'GET', `/conversations/${shop.annika}`)) as { assignee_id: string; follower_ids: string[] };
  expect(after.assignee_id).toBe(priya.user_id);
  expect(after.follower_ids).toContain(maja.user_id);
  await said(page).getByRole('button', { name: /Undo/ }).click();
  await expect(page.locator('.thead').getByRole('button', { name: 'Workshop' })).toHaveCount(0);
  // To another channel: this customer is known on none.
  await page.keyboard.press('a');
  await dialog(page).getByRole('radio', { name: 'Channel' }).click();
  await expect(dialog(page).getByRole('listbox')).toBeVisible();
  await page.keyboard.press('Escape');
  // Following, from the keyboard.
  await page.keyboard.press('Shift+F');
  await expect(said(page)).toContainText('You follow this now');
  await page.keyboard.press('Shift+F');
  await expect(said(page)).toContainText('You no longer follow this');
  clean();
});

test('an admin makes teams, rules and responders; the timeline says why somebody got it (F1-12, F1-14, F0-12, F0-13, F0-30 to F0-34)', async ({
  browser,
  parley,
}) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop);
  const clean = quiet(page, [/422/]);
  const { priya } = await people(page, shop);
  await page.goto(`/${shop.slug}/settings/teams`);
  await page.getByLabel('Name of the team').fill('Workshop');
  await page.keyboard.press('Enter');
  const team = page.getByRole('region', { name: 'Workshop' });
  await team.getByRole('button', { name: 'Add somebody' }).click();
  await page.keyboard.type(priya.name.slice(0, 4));
  await page.keyboard.press('Enter');
  await expect(team.getByRole('button', { name: `Remove ${priya.name}` })).toBeVisible();
  await team.getByLabel('Lead').selectOption({ label: priya.name });
  await expect(said(page)).toContainText('Workshop is saved');
  await accessible(page);

  await page.goto(`/${shop.slug}/settings/inboxes`);
  const rules = page.getByRole('form', { name: 'Who gets conversations of Support' });
  await rules.getByLabel('New conversations go to').selectOption('chain');
  await rules.getByRole('button', { name: 'Save the rules' }).click();
  await expect(rules.getByRole('alert')).toHaveText('Add a rule, or choose another mode.');
  await rules.getByRole('button', { name: 'Whoever answered last' }).click();
  await rules.getByRole('button', { name: 'Whoever has the fewest' }).click();
  await rules.getByLabel('When nobody is available').selectOption({ label: 'Workshop' });
  await rules.getByRole('button', { name: 'Save the rules' }).click();
  await expect(said(page)).toContainText('The rules are saved');
  await accessible(page);

  await page.goto(`/${shop.slug}/home`);
  await expect(page.getByRole('main')).toContainText('You are not a responder');
  await accessible(page);
  await page.goto(`/${shop.slug}/settings/responders`);
  const usual = page.getByRole('region', { name: 'Every other inbox' });
  await usual
    .getByRole('group', { name: /^First/ })
    .getByRole('button', { name: 'Add somebody' })
    .click();
  await page.keyboard.type('maja');
  await page.keyboard.press('Enter');
  await expect(said(page)).toContainText('Responders are changed');
  await expect(page.getByText(/As for every other inbox: Maja/).first()).toBeVisible();
  await accessible(page);
  await page.goto(`/${shop.slug}/home`);
  await expect(page.getByRole('main').getByRole('listitem').first()).toBeVisible();
  await accessible(page);

  // A member's skills and hours, and one's own availability.
  await page.goto(`/${shop.slug}/settings/members`);
  await page.getByRole('button', { name: `Skills and hours of ${priya.name}` }).click();
  const profile = page.getByRole('dialog', { name: `Skills and hours of ${priya.name}` });
  await profile.getByLabel('Skills').fill('brakes, batteries');
  await profile.getByRole('radio', { name: 'Monday to Friday' }).click();
  await profile.getByLabel('Time zone').fill('Mars/Olympus');
  await accessible(page);
  await profile.getByRole('button', { name: 'Save' }).click();
  await expect(profile.getByRole('alert')).toBeVisible();
  await profile.getByLabel('Time zone').fill('Europe/Stockholm');
  await profile.getByRole('radio', { name: 'At any time' }).click();
  await profile.getByRole('button', { name: 'Save' }).click();
  await expect(said(page)).toContainText(`${priya.name} is changed`);
  await page.goto(`/${shop.slug}/settings/profile`);
  await page.getByRole('radio', { name: 'Away' }).click();
  await expect(page.getByRole('radio', { name: 'Away' })).toHaveAttribute('aria-checked', 'true');
  clean();
});
