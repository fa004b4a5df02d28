import type { Page } from '@playwright/test';
import { accessible, expect, quiet, test } from './parley';
import { enter, fill, post } from './shop';

// Tickets of other systems: linked by hand, seen by everybody, opened beside Parley, and removed.

const panel = (page: Page) => page.locator('aside.details').getByRole('region', { name: 'Tickets' });
const box = (page: Page) => page.getByRole('dialog', { name: 'Link a ticket' });
const log = (page: Page) => page.getByRole('log');
const said = (page: Page) => page.locator('.toast');

/** Looks at a screen in light and dark, and asks axe each time; takes pictures when somebody wants to look at them. */
async function both(page: Page, name: string) {
  for (const theme of ['light', 'dark']) {
    await page.evaluate((x) => (document.documentElement.dataset['theme'] = x), theme);
    await accessible(page);
    const folder = process.env['PICTURES'];
    if (folder) await page.screenshot({ path: `${folder}/${name}-${theme}.png` });
  }
}

test('F0-15 F0-68 a ticket is linked from the palette, told to everybody, opened in a new tab, removed and put back', async ({ browser, parley }) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop);
  const clean = quiet(page, [/409/]);
  const priya = await enter(browser, parley, shop, shop.priya);
  const list = await page.context().request.get(`/api/v1/workspaces/${shop.workspace}/conversations?view=all&tab=open&limit=5`);
  const { items } = (await list.json()) as { items: { id: string }[] };
  const id = items[0]?.id ?? '';
  await page.goto(`/${shop.slug}/all/${id}`);
  await priya.goto(`/${shop.slug}/all/${id}`);
  await expect(panel(page)).toContainText('Linked to no ticket');
  await expect(panel(priya)).toContainText('Linked to no ticket');

  // What is no page of the web is no ticket.
  await page.keyboard.press('ControlOrMeta+k');
  await page.keyboard.type('zendesk');
  await page.getByRole('option', { name: 'Link a ticket' }).click();
  const address = box(page).getByLabel('Address of the ticket');
  await expect(address).toBeFocused();
  await address.fill('javascript:alert(1)');
  await expect(box(page)).toContainText('Copy the address from the browser');
  await expect(box(page).getByRole('button', { name: 'Link', exact: true })).toBeDisabled();
  await both(page, 'ticket-wrong');
  await address.fill('https://bikes.zendesk.com/agent/tickets/4711');
  await page.keyboard.press('Enter');
  await expect(box(page)).toHaveCount(0);
  await expect(said(page)).toContainText('Linked to #4711');

  // Both see it, in the panel and on the timeline; it opens beside Parley.
  for (const reader of [page, priya]) {
    const ticket = panel(reader).getByRole('link', { name: '#4711' });
    await expect(ticket).toHaveAttribute('href', 'https://bikes.zendesk.com/agent/tickets/4711');
    await expect(ticket).toHaveAttribute('target', '_blank');
    await expect(ticket).toHaveAttribute('rel', /\bnoopener\b/);
    await expect(ticket).toContainText('Zendesk');
    await expect(log(reader)).toContainText('linked this to #4711, Zendesk');
    await expect(log(reader).getByRole('link', { name: '#4711' })).toHaveAttribute('rel', /\bnoopener\b/);
  }

  // A second one of the same system is refused, with the link of the first; nothing that was typed is lost.
  await panel(page).getByRole('button', { name: 'Link a ticket' }).click();
  await address.fill('https://bikes.zendesk.com/agent/tickets/4712');
  await box(page).getByLabel('Name, number or key').fill('The bell, again');
  await page.keyboard.press('Enter');
  await expect(box(page)).toContainText('The ticket #4711 of zendesk is linked here already');
  await expect(box(page).getByRole('link', { name: 'Open #4711' })).toHaveAttribute('href', 'https://bikes.zendesk.com/agent/tickets/4711');
  await both(page, 'ticket-second');
  await expect(box(page).getByLabel('Name, number or key')).toHaveValue('The bell, again');
  await box(page).getByLabel('System').fill('Old desk');
  await address.fill(`${parley.base}/readyz`);
  await page.keyboard.press('Enter');
  await expect(box(page)).toHaveCount(0);
  await expect(panel(page).getByRole('link')).toHaveCount(2);
  await expect(panel(page)).toContainText('old desk');
  await expect(said(page)).toContainText('Linked to The bell, again');
  await both(page, 'ticket-panel');
  const tab = page.context().waitForEvent('page');
  await panel(page).getByRole('link', { name: 'The bell, again' }).click();
  const opened = await tab;
  await expect(opened).toHaveURL(`${parley.base}/readyz`);
  expect(await opened.evaluate(() => window.opener === null)).toBe(true);
  await opened.close();

  // Removed; the focus stays near, and Z puts it back.
  await panel(page).getByRole('button', { name: 'Remove the link to #4711' }).click();
  await expect(said(page)).toContainText('No longer linked to #4711');
  await expect(panel(page).getByRole('button', { name: 'Link a ticket' })).toBeFocused();
  await expect(panel(priya).getByRole('link')).toHaveCount(1);
  await log(priya).getByRole('button', { name: '3 changes', expanded: false }).click();
  await expect(log(priya)).toContainText('removed the link to #4711');
  await page.keyboard.press('z');
  await expect(said(page)).toHaveText('Taken back');
  await expect(panel(page).getByRole('link', { name: '#4711' })).toBeVisible();
  await expect(panel(priya).getByRole('link')).toHaveCount(2);

  // What somebody else links meanwhile is there too.
  expect((await post(priya, shop, `${id}/link-ticket`, { url: 'https://bikes.atlassian.net/browse/SHOP-12' })).ok()).toBe(true);
  await expect(panel(page).getByRole('link', { name: 'SHOP-12' })).toContainText('Jira');
  clean();
});

test('tickets on a phone', async ({ browser, parley }) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop, shop.email, false, { width: 390, height: 844 });
  const list = await page.context().request.get(`/api/v1/workspaces/${shop.workspace}/conversations?view=all&tab=open&limit=5`);
  const { items } = (await list.json()) as { items: { id: string }[] };
  const id = items[0]?.id ?? '';
  const long = { url: 'https://tracker.lindqvist.example/a/very/long/path/1', title: 'The bell of my bike is broken and does not ring any more when it rains' };
  expect((await post(page, shop, `${id}/link-ticket`, long)).ok()).toBe(true);
  await page.goto(`/${shop.slug}/all/${id}`);
  await expect(log(page)).toContainText('The bell of my bike is broken and does not ring any more');
  await page.keyboard.press('ControlOrMeta+.');
  await expect(panel(page).getByRole('link')).toBeVisible();
  await both(page, 'ticket-phone');
  await panel(page).getByRole('button', { name: 'Link a ticket' }).click();
  await expect(box(page)).toBeVisible();
  await both(page, 'ticket-phone-box');
});
