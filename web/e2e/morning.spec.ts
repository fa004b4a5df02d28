import type { Page } from '@playwright/test';
import { accessible, expect, quiet, test } from './parley';
import { enter, fill, type Shop } from './shop';

// A lead's morning by keyboard alone: who waits longest, what is about to be
// late and why, and everything that is done about it, with its way back.

const said = (page: Page) => page.locator('.toast');
const chips = (page: Page) => page.locator('.thead .chips');
const row = (page: Page, name: string) => page.getByRole('option', { name: new RegExp(name) });
const dialog = (page: Page, name: string) => page.getByRole('dialog', { name });
const minutes = (n: number) => new Date(Date.now() - n * 60_000).toISOString();

/** Presses keys one after the other. */
async function keys(page: Page, ...all: string[]) {
  for (const k of all) await page.keyboard.press(k);
}

/** Jumps to a conversation by its subject. */
async function find(page: Page, subject: string, text: string) {
  await keys(page, 'Control+k');
  await page.keyboard.type(subject);
  await keys(page, 'Enter');
  await expect(page.getByRole('log')).toContainText(text);
}

/** Three customers of the shop system, who have waited for five hours, for three and a half, and for ten minutes; answers are due within four. */
async function night(page: Page, shop: Shop) {
  const base = `/api/v1/workspaces/${shop.workspace}/inboxes`;
  const { items } = (await (await page.request.get(base)).json()) as { items: { id: string; name: string; channels: { address: string }[] }[] };
  const inbox = items.find((i) => i.name === 'Shop system')!;
  const settings = { sla_target: 3600, sla_deadline: 4 * 3600 };
  expect((await page.request.patch(`${base}/${inbox.id}`, { headers: { 'X-Parley-CSRF': '1' }, data: { settings } })).ok()).toBe(true);
  const write = async (name: string, subject: string, text: string, at: string) => {
    const r = await page.request.post(`/api/v1/channels/${inbox.channels[0]!.address}/messages`, {
      headers: { Authorization: 'Bearer a-secret-of-the-shop-system-0001', 'Idempotency-Key': name },
      data: { contact: { external_id: name, name }, subject, text, at },
    });
    expect(r.ok(), await r.text()).toBe(true);
  };
  await write('Dora Winkel', 'Bell for a child seat', 'Which bell fits?', minutes(10));
  await write('Carl Nyberg', 'The rear wheel wobbles', 'It wobbles since the service.', minutes(210));
  await write('Berta Lange', 'My order never came', 'It should have come on Monday.', minutes(300));
}

test('a lead’s morning by keyboard (F0-20 F1-24 F1-49 F1-51 F2-28)', async ({ browser, parley }) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop);
  const clean = quiet(page, [/frame is sandboxed/]);
  await night(page, shop);
  await page.goto(`/${shop.slug}/mine`);
  await expect(page.getByRole('listbox', { name: /Mine/ })).toBeVisible();

  // Who waits longest: overdue ones first, then whoever is next to be late.
  await keys(page, 'g', 'a');
  await expect(page.getByRole('heading', { name: 'All' })).toBeVisible();
  await keys(page, 'g', 'n');
  const tab = page.getByRole('tab', { name: /^Needs attention/ });
  await expect(tab).toHaveAttribute('aria-selected', 'true');
  const berta = row(page, 'Berta Lange');
  const carl = row(page, 'Carl Nyberg');
  await expect(berta).toContainText('Overdue', { timeout: 20_000 });
  await expect(berta.locator('.sla')).toContainText(/1h.* late$/);
  await expect(carl.locator('.sla')).toContainText(/\b(29|30)m$/);
  await page.reload();
  await expect(page.getByRole('option').first()).toContainText('Berta Lange');
  const waits = Number((await tab.locator('.n').textContent()) ?? 0);
  expect(waits).toBeGreaterThan(3);
  const counted = (n: number) => expect(tab.locator('.n')).toHaveText(String(n));

  // What is late, what is about to be, and why.
  await keys(page, 'j');
  await expect(page.getByRole('log')).toContainText('It should have come on Monday.');
  await expect(page.locator('.chip.due')).toContainText('late');
  await keys(page, 'd');
  const why = dialog(page, 'Why this is due');
  await expect(why).toContainText('My order never came');
  await expect(why).toContainText('Overdue');
  await expect(why).toContainText('own target and deadline');
  await expect(why).toContainText('target 1 hour, deadline 4 hours');
  await expect(why.getByRole('row').nth(1)).toContainText(/5h.*Around the clock/);
  await accessible(page);
  await keys(page, 'Escape');
  await expect(why).toHaveCount(0);
  await keys(page, 'j');
  await expect(page.getByRole('log')).toContainText('It wobbles since the service.');
  await keys(page, 'd');
  await expect(why).toContainText('Past its target');
  await keys(page, 'Escape', 'k');
  await expect(page.getByRole('log')).toContainText('It should have come on Monday.');

  // To somebody who knows, with a note and more urgent; and back.
  const unassigned = page.getByRole('link', { name: /^Unassigned/ }).locator('.n');
  const nobody = Number(await unassigned.textContent());
  await keys(page, 'a');
  const assign = dialog(page, 'Assign this conversation');
  await expect(assign.getByRole('combobox').first()).toBeFocused();
  await page.keyboard.type('priya');
  await expect(assign.getByRole('listbox').getByRole('option')).toHaveCount(1);
  await keys(page, 'Enter');
  await expect(assign.getByRole('status')).toContainText('Priya Raman gets it');
  await keys(page, 'Tab', 'Tab');
  await expect(assign.getByLabel('Note')).toBeFocused();
  await page.keyboard.type('You spoke with her in May.');
  await expect(assign.getByRole('radio', { name: 'High' })).toBeChecked(); // it was raised with the missed deadline
  await keys(page, 'Tab', 'ArrowLeft');
  await expect(assign.getByRole('radio', { name: 'Urgent' })).toBeFocused();
  await expect(assign.getByRole('status')).toContainText('Urgent');
  await accessible(page);
  await keys(page, 'Control+Enter');
  await expect(assign).toHaveCount(0);
  await expect(said(page)).toContainText('Assigned to Priya Raman');
  await expect(chips(page)).toContainText('Priya');
  await expect(chips(page)).toContainText('Urgent');
  await expect(page.getByRole('log')).toContainText('You spoke with her in May.');
  await expect(berta.getByRole('img', { name: /Urgent/ })).toBeVisible();
  await expect(unassigned).toHaveText(String(nobody - 1));
  await keys(page, 'z');
  await expect(said(page)).toHaveText('Taken back');
  await expect(chips(page)).toContainText('Unassigned');
  await expect(chips(page)).toContainText('High');
  await expect(unassigned).toHaveText(String(nobody));

  // How urgent, and why.
  await keys(page, 'p', 'r');
  const urgent = dialog(page, 'How urgent is it?');
  await expect(urgent.getByRole('radio', { name: 'High' })).toBeFocused();
  await keys(page, 'ArrowLeft', 'Tab');
  await page.keyboard.type('Waits since Monday');
  await keys(page, 'Enter');
  await expect(urgent).toHaveCount(0);
  await expect(said(page)).toContainText('Priority is Urgent');
  await expect(chips(page)).toContainText('Urgent');
  await expect(page.locator('.thead .chip[title="Waits since Monday"]')).toBeVisible();
  await keys(page, 'z');
  await expect(said(page)).toHaveText('Taken back');
  await expect(chips(page)).toContainText('High');

  // Later: the words count as soon as they are written, and the next one opens.
  await keys(page, 'h');
  await expect(dialog(page, 'Snooze').getByRole('combobox')).toBeFocused();
  await page.keyboard.type('tue 9am');
  await keys(page, 'Enter');
  await expect(dialog(page, 'Snooze')).toHaveCount(0);
  await expect(said(page)).toContainText(/Snoozed until Tuesday/);
  await expect(berta).toHaveCount(0);
  await counted(waits - 1);
  await expect(page.getByRole('log')).toContainText('It wobbles since the service.');
  await keys(page, 'z');
  await expect(said(page)).toHaveText('Taken back');
  await expect(berta).toHaveCount(1);
  await counted(waits);

  // Waiting for somebody else needs a reason.
  await keys(page, 'p', 'p');
  const pend = dialog(page, 'Set to pending');
  await expect(pend.getByRole('radio', { name: 'Carl Nyberg' })).toBeFocused();
  await keys(page, 'ArrowRight', 'Control+Enter');
  await expect(pend.getByRole('status')).toContainText('Write what you wait for');
  await keys(page, 'Tab');
  await page.keyboard.type('the workshop calls back');
  await keys(page, 'Control+Enter');
  await expect(pend).toHaveCount(0);
  await expect(said(page)).toContainText('Pending until Carl Nyberg writes');
  // He wrote last, so he still waits for us: only the word and the clock change.
  await expect(carl).toContainText('Pending');
  await expect(carl.locator('.sla')).toContainText('Paused');
  await counted(waits);
  await keys(page, 'z');
  await expect(said(page)).toHaveText('Taken back');
  await expect(carl).not.toContainText('Pending');
  await expect(carl.locator('.sla')).toContainText(/m$/);

  // Done, with what was done; and back. What has gone out to the customer stays.
  await find(page, 'My order never came', 'It should have come');
  const resolve = dialog(page, 'Resolve this conversation');
  await keys(page, 'Control+e');
  await expect(resolve.getByLabel('What was done')).toBeFocused();
  await page.keyboard.type('Sent it again, free of charge');
  await expect(resolve.getByRole('status')).toContainText('opens again when Berta');
  await keys(page, 'Control+Enter');
  await expect(said(page)).toContainText('Resolved');
  await expect(berta).toHaveCount(0);
  await counted(waits - 1);
  await keys(page, 'z');
  await expect(said(page)).toHaveText('Taken back');
  await expect(berta).toHaveCount(1);
  await counted(waits);

  await find(page, 'My order never came', 'It should have come');
  await keys(page, 'Control+e');
  await page.keyboard.type('Sent it again, free of charge');
  await keys(page, 'Tab', 'Space');
  await expect(resolve.getByRole('status')).toContainText('cannot be taken back');
  await accessible(page);
  await keys(page, 'Control+Enter');
  await expect(said(page)).toContainText('Resolved');
  await expect(said(page).getByRole('button', { name: /Undo/ })).toHaveCount(0);
  await keys(page, 'z');
  await counted(waits - 1);
  await expect(said(page)).not.toContainText('Taken back');

  // It is where resolved ones are, with its story.
  await keys(page, 'Control+k');
  await page.keyboard.type('tab resolved');
  await keys(page, 'Enter');
  await expect(page.getByRole('tab', { name: /^Resolved/ })).toHaveAttribute('aria-selected', 'true');
  await expect(berta).toHaveCount(1);
  await find(page, 'My order never came', 'It should have come');
  await expect(page.getByRole('log')).toContainText('Sent it again, free of charge');
  await expect(page.getByRole('log')).toContainText('Thank you for writing to us.');
  clean();
});
