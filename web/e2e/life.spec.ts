import type { Page } from '@playwright/test';
import { accessible, expect, quiet, test, told } from './parley';
import { ask as api, enter, fill, post, type Shop } from './shop';

// How a conversation rests and ends, on the screen and by keyboard alone.

const said = (page: Page) => page.locator('.toast');
const label = (page: Page) => page.locator('.chips .chip').first();
const rest = (page: Page) => page.locator('.rest');
const dialog = (page: Page, name: string) => page.getByRole('dialog', { name });
const sandbox = /frame is sandboxed/; // the test tool looks into the frame of a mail

/** Asks the API as whoever page belongs to. */
async function open(page: Page, shop: Shop, tab = '') {
  await page.goto(`/${shop.slug}/all${tab}/${shop.annika}`);
  await expect(page.getByRole('log')).toContainText('Is it safe');
}

async function settings(page: Page, shop: Shop, change: object) {
  await api(page, shop, 'PATCH', '', { settings: change });
}

test('F1-05 F1-48 F2-24 F2-25 E13 snooze with words: the moment is shown while it is written; undo, and back', async ({ browser, parley }) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop);
  const clean = quiet(page, [/422/, sandbox]);
  await open(page, shop);
  // One screen to assess and to answer: customer, tags, history, composer; and what the state allows.
  const customer = page.getByRole('complementary', { name: 'Details' });
  for (const part of ['First contact', 'Tags', 'Earlier conversations']) await expect(customer).toContainText(part);
  await expect(page.getByRole('textbox', { name: 'Reply' })).toBeVisible();
  await label(page).click();
  for (const name of [/^Pending/, /^Snooze/, /^Resolve E/, /^Close/]) await expect(page.getByRole('option', { name })).toBeVisible();
  await page.keyboard.press('Escape');
  for (const chip of ['Maja', 'High']) await expect(page.locator('.chips button', { hasText: chip })).toBeEnabled();
  await page.keyboard.press('h');
  const box = dialog(page, 'Snooze');
  const when = box.getByRole('combobox', { name: 'Until when?' });
  await expect(when).toBeFocused();
  await expect(box.getByRole('option', { name: /Tomorrow/ })).toBeVisible();
  await expect(box.getByRole('status')).toContainText('Comes back');
  await accessible(page);
  await page.keyboard.type('soon');
  await expect(box.getByRole('status')).toContainText('This is no moment that Parley understands.');
  await expect(box.getByRole('button', { name: 'Snooze' })).toBeDisabled();
  await when.fill('in 3 weeks tue');
  await expect(box.getByRole('status')).toContainText('no moment');
  await when.fill('tue 9am');
  await expect(box.getByRole('status')).toContainText(/Comes back Tuesday.*\b0?9:00.*, or when Annika/);
  await page.keyboard.press('Enter');
  await expect(box).toHaveCount(0);
  await expect(said(page)).toContainText('Snoozed');
  // R13: the next one opens, although the list keeps what is snoozed.
  await expect(page.getByRole('heading', { level: 1 })).not.toContainText('Battery stops');
  await page.keyboard.press('k');
  await expect(label(page)).toContainText('Snoozed');
  await expect(rest(page)).toContainText(/Snoozed until Tuesday/);
  await expect(page.getByRole('log')).toContainText('snoozed this until Tuesday');
  await accessible(page);
  await page.keyboard.press('z');
  await expect(said(page)).toHaveText('Taken back');
  await expect(rest(page)).toHaveCount(0);

  // By arrows, until the customer writes; then back by key.
  await page.keyboard.press('h');
  await expect(box.getByRole('option').first()).toBeVisible();
  await page.keyboard.press('ArrowUp');
  await expect(box.getByRole('status')).toContainText('Comes back when Annika');
  await page.keyboard.press('Enter');
  await page.keyboard.press('k');
  await expect(rest(page)).toContainText('Snoozed until Annika');
  // D-11: hidden from what needs attention, listed under Snoozed, with a count.
  await page.getByRole('button', { name: 'More states' }).click();
  await page.getByRole('option', { name: /^Snoozed 1/ }).click();
  await expect(page.getByRole('option', { name: /Battery stops/ })).toHaveCount(1);
  await page.getByRole('option', { name: /Battery stops/ }).click();
  await page.keyboard.press('Shift+H');
  await expect(said(page)).toContainText('Back');
  await expect(page.getByRole('option', { name: /Battery stops/ })).toHaveCount(0);
  clean();
});

test('S-08 F1-49 F1-50 pending: for somebody else a note is needed, and it is there when the customer writes', async ({ browser, parley }) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop);
  const clean = quiet(page, [sandbox]);
  await open(page, shop);
  await page.keyboard.press('p');
  await page.keyboard.press('p');
  const box = dialog(page, 'Set to pending');
  await expect(box.getByRole('radio', { name: /Annika/ })).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await expect(box.getByRole('radio', { name: 'Somebody else' })).toHaveAttribute('aria-checked', 'true');
  await expect(box.getByRole('button', { name: 'Set to pending' })).toBeDisabled();
  await expect(box.getByRole('status')).toContainText('Write what you wait for');
  await accessible(page);
  await page.keyboard.press('Tab');
  await page.keyboard.type('waiting for courier');
  await page.keyboard.press('Control+Enter');
  await expect(said(page)).toContainText('Pending');
  await expect(label(page)).toContainText('Pending');
  await expect(rest(page)).toContainText('Waits for: waiting for courier');
  await expect(page.getByRole('log')).toContainText('set this to pending, waiting for somebody else');
  await accessible(page);
  await page.keyboard.press('z');
  await expect(label(page)).not.toContainText('Pending');
  await expect(rest(page)).toHaveCount(0);

  // The customer writes: it is open again, and says what it waited for until somebody answers.
  const inboxes = (await api(page, shop, 'GET', '/inboxes')) as { items: { name: string; channels: { address: string }[] }[] };
  const address = inboxes.items.find((i) => i.name === 'Shop system')!.channels[0]!.address;
  const write = async (text: string) =>
    (
      await page.request.post(`/api/v1/channels/${address}/messages`, {
        headers: { Authorization: 'Bearer a-secret-of-the-shop-system-0001', 'Idempotency-Key': text },
        data: { contact: { external_id: 'courier-case', name: 'Lena Falk' }, text },
      })
    ).json() as Promise<{ conversation_id: string }>;
  const { conversation_id } = await write('Where is my parcel?');
  expect((await post(page, shop, `${conversation_id}/pend`, { reason: 'external', note: 'the courier calls back' })).ok()).toBe(true);
  await page.goto(`/${shop.slug}/all/${conversation_id}`);
  await expect(rest(page)).toContainText('Waits for: the courier calls back');
  await write('And now?');
  await expect(rest(page)).toContainText('It waited for: the courier calls back');
  await expect(label(page)).toContainText('New');
  expect((await post(page, shop, `${conversation_id}/reply`, { text: 'It comes today.' })).ok()).toBe(true);
  await expect(rest(page)).toHaveCount(0);
  clean();
});

test('F1-06 F1-51 F1-52 F3-46 F3-47 F4-23 an inbox that asks: checklist, category, summary, a last word', async ({ browser, parley }) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop);
  const clean = quiet(page, [sandbox]);
  await settings(page, shop, { closing_note_mode: 'both_required', resolve_checklist: 'required' });
  await api(page, shop, 'POST', '/closing-categories', { name: 'Battery' });
  await open(page, shop);
  await page.keyboard.press('e');
  const box = dialog(page, 'Resolve this conversation');
  const send = box.getByRole('button', { name: 'Resolve', exact: true });
  await expect(box.getByRole('checkbox', { name: /Everything they asked/ })).toBeFocused();
  await expect(send).toBeDisabled();
  await expect(box.getByRole('status')).toContainText('Tick everything');
  await accessible(page);
  for (const c of await box.getByRole('checkbox').all()) await c.check();
  await expect(box.getByRole('status')).toContainText('Choose a category');
  await box.getByLabel('Category').selectOption('Battery');
  await expect(box.getByRole('status')).toContainText('Write what was done');
  await box.getByLabel('What was done').fill('Sent a new pack');
  await expect(send).toBeEnabled();
  await box.getByRole('button', { name: /Thank you for writing/ }).click();
  await expect(box.getByRole('status')).toContainText('cannot be taken back');
  await told(page, /\/resolve$/, () => page.keyboard.press('Control+Enter'));
  await expect(said(page)).toContainText('Resolved');
  await expect(said(page).getByRole('button', { name: /Undo/ })).toHaveCount(0);
  await page.goto(`/${shop.slug}/all/resolved/${shop.annika}`);
  await expect(page.getByRole('log')).toContainText('resolved this, Sent a new pack');
  await expect(page.getByRole('log')).toContainText('Thank you for writing to us.');
  await expect(page.getByRole('list', { name: 'Where this conversation stands' }).locator('[aria-current=step]')).toHaveText('Resolved');
  clean();
});

test('F3-46 F3-49 F3-50 F0-27 F0-48 F0-50 F1-53 close asks when nobody answered; archive and back', async ({ browser, parley }) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop);
  const clean = quiet(page, [sandbox]);
  const list = await api<{ items: { id: string; subject: string }[] }>(page, shop, 'GET', '/conversations?view=all&tab=needs_attention');
  const waits = list.items[0]!;
  await page.goto(`/${shop.slug}/all/${waits.id}`);
  await expect(page.getByRole('log')).toBeVisible();
  await page.keyboard.press('y'); // nothing: it is not closed
  await page.keyboard.press('Shift+E');
  const box = dialog(page, 'Close this conversation');
  await expect(box).toContainText('has no answer yet');
  await accessible(page);
  await page.keyboard.press('Escape');
  await expect(box).toHaveCount(0);
  await page.keyboard.press('Shift+E');
  await told(page, /\/close$/, () => box.getByRole('button', { name: 'Close', exact: true }).click());
  await expect(said(page)).toContainText('Closed');
  await page.goto(`/${shop.slug}/all/closed/${waits.id}`);
  const stands = page.getByRole('list', { name: 'Where this conversation stands' }).locator('[aria-current=step]');
  await expect(stands).toHaveText('Closed');
  await page.keyboard.press('y');
  await expect(said(page)).toContainText('Archived');
  await page.keyboard.press('g');
  await page.keyboard.press('v');
  await expect(page.getByRole('option')).toHaveCount(1);
  await page.getByRole('option').click();
  await expect(stands).toHaveText('Archived');
  await expect(page.getByRole('log')).toContainText('archived this');
  await accessible(page);
  await page.getByRole('button', { name: 'Unarchive' }).click();
  await expect(said(page)).toContainText('Unarchived');
  await expect(page.getByRole('option')).toHaveCount(0);
  clean();
});

test('T14 F1-01 F1-54 F0-22 a resolved one says when it closes by itself; Pending is gone where it is not used', async ({ browser, parley }) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop);
  const clean = quiet(page, [sandbox]);
  await settings(page, shop, { auto_close_after_resolved_minutes: 4320, pending_disabled: true });
  await open(page, shop);
  const stands = page.getByRole('list', { name: 'Where this conversation stands' }).locator('[aria-current=step]');
  await expect(stands).toHaveText('In progress');
  expect((await post(page, shop, `${shop.annika}/resolve`, {})).ok()).toBe(true);
  await expect(stands).toHaveText('Resolved'); // without a reload
  await expect(rest(page)).toContainText(/Closes by itself .*unless Annika/);
  await page.getByRole('button', { name: 'Reopen' }).click();
  await expect(label(page)).toContainText(/Responded|attention/);
  await page.keyboard.press('p');
  await page.keyboard.press('p');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await page.getByRole('button', { name: 'More states' }).click();
  await expect(page.getByRole('option', { name: /^Snoozed/ })).toBeVisible();
  await expect(page.getByRole('option', { name: /^Resolved/ })).toBeVisible();
  await expect(page.getByRole('option', { name: /^Pending/ })).toHaveCount(0);
  clean();
});

test('1.4 settings say what they inherit, on the inbox and on the workspace; a preset is chosen with the inbox', async ({ browser, parley }) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop);
  const clean = quiet(page, [sandbox]);
  await page.goto(`/${shop.slug}/settings/workspace`);
  const closes = page.getByLabel('Closes by itself after it was resolved');
  await closes.selectOption('3 days');
  await expect(said(page)).toContainText('Saved');
  await expect(page.getByText('Set for this workspace. Parley’s own: Never')).toBeVisible();
  await page.getByLabel('New category').fill('Bug');
  await page.getByRole('button', { name: 'Add' }).click();
  await expect(page.getByLabel('Name of the category')).toHaveValue('Bug');
  await accessible(page);

  await page.goto(`/${shop.slug}/settings/inboxes`);
  const inbox = page.getByRole('region', { name: 'Website' });
  await inbox.getByText('How conversations rest and end').click();
  await expect(inbox.getByText('Inherited from the workspace: 3 days')).toBeVisible();
  await inbox.getByLabel('Closes by itself after it was resolved').selectOption('1 hour');
  await expect(inbox.getByText('Set for this inbox. It would inherit: 3 days')).toBeVisible();
  await said(page).getByRole('button', { name: 'Undo' }).click();
  await expect(inbox.getByText('Inherited from the workspace: 3 days')).toBeVisible();
  await accessible(page);

  await page.getByLabel('Name of a new inbox').fill('Help');
  await page.getByLabel('Settings to begin with').selectOption('Help desk');
  await page.getByRole('button', { name: 'Make inbox' }).click();
  const help = page.getByRole('region', { name: 'Help', exact: true });
  await help.getByText('How conversations rest and end').click();
  await expect(help.getByLabel('When a customer writes after it was closed')).toHaveValue('1');
  await expect(help.getByLabel('For how long it opens again')).toBeVisible();
  clean();
});
