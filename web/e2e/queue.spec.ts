import type { Page } from '@playwright/test';
import { accessible, expect, quiet, test } from './parley';
import { ask as api, enter, fill, post, type Shop } from './shop';

// Who is next, and what belongs to it: the line of those who need attention, inboxes that
// rest, notes that are not saved yet, what somebody is called to.

const csrf = { 'X-Parley-CSRF': '1' };
const said = (page: Page) => page.locator('.toast');
const log = (page: Page) => page.getByRole('log');
const sandbox = /frame is sandboxed/; // the test tool looks into the frame of a mail

interface Inboxes {
  items: { id: string; name: string; channels: { address: string }[] }[];
}

/** Lets customers write through the shop's system. */
async function customers(page: Page, shop: Shop) {
  const all = await api<Inboxes>(page, shop, 'GET', '/inboxes');
  const address = all.items.find((i) => i.name === 'Shop system')?.channels[0]?.address ?? '';
  let n = 0;
  return async (name: string, text: string): Promise<string> => {
    const r = await page.request.post(`/api/v1/channels/${address}/messages`, {
      headers: { Authorization: 'Bearer a-secret-of-the-shop-system-0001', 'Idempotency-Key': `queue-${n++}` },
      data: { contact: { external_id: name, name }, text },
    });
    expect(r.ok()).toBe(true);
    return ((await r.json()) as { conversation_id: string }).conversation_id;
  };
}

const names = (page: Page) => page.getByRole('option').locator('.nm').allTextContents();

test('F0-20 F0-24 F1-16 the line: who waits longest is next, a VIP before them, and nothing moves under the pointer', async ({ browser, parley }) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop);
  const clean = quiet(page, [sandbox]);
  const write = await customers(page, shop);
  await page.goto(`/${shop.slug}/all/needs_attention`);
  await expect(page.getByText('Live', { exact: true })).toBeVisible();
  await expect(page.getByRole('option').first()).toContainText('Daniel Osei'); // urgent, and by far not the oldest
  const before = await names(page);

  // Who writes now is last in line, without a reload; who writes again keeps their place.
  const lena = await write('Lena Falk', 'Is my bike ready?');
  await expect.poll(() => names(page)).toEqual([...before, 'Lena Falk']);
  await write('Olga Berg', 'Do you mend baskets?');
  await write('Lena Falk', 'And one more thing.');
  await expect(page.getByRole('option', { name: /Lena Falk/ })).toContainText('And one more thing.');
  await expect.poll(() => names(page)).toEqual([...before, 'Lena Falk', 'Olga Berg']);
  await expect(page.getByRole('option', { name: /Lena Falk/ }).locator('time')).toHaveAttribute('title', /Waiting since/);
  await accessible(page);

  // A VIP goes ahead; while somebody points at the rows it waits behind a button.
  await page.getByRole('option').nth(3).hover();
  const tag = await api<{ id: string }>(page, shop, 'POST', '/tags', { name: 'VIP', color: 'c1' });
  const contact = (await api<{ contact: { id: string } }>(page, shop, 'GET', `/conversations/${lena}`)).contact.id;
  await api(page, shop, 'PATCH', `/contacts/${contact}`, { tag_ids: [tag.id] });
  const more = page.getByRole('button', { name: /new/ });
  await expect(more).toBeVisible();
  expect(await names(page)).toEqual([...before, 'Lena Falk', 'Olga Berg']);
  await page.mouse.move(1000, 500); // nobody points at a row any more
  await expect(more).toHaveCount(0);
  await expect.poll(async () => (await names(page)).indexOf('Lena Falk')).toBe(1); // behind Daniel, who has waited longer
  // Once answered they are out of the line, and in it again with their next message.
  expect((await post(page, shop, `${lena}/reply`, { text: 'Yes, come by.' })).ok()).toBe(true);
  await expect(page.getByRole('option', { name: /Lena Falk/ })).toHaveCount(0);
  await write('Lena Falk', 'Until when?');
  await expect.poll(async () => (await names(page)).indexOf('Lena Falk')).toBe(1);
  clean();
});

test('F0-29 F0-32 the page of inboxes: found by name; one that is not tracked says so and is enabled again', async ({ browser, parley }) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop);
  const clean = quiet(page);
  const write = await customers(page, shop);
  await page.goto(`/${shop.slug}/settings/inboxes`);
  const box = (name: string) => page.getByRole('region', { name, exact: true });
  for (const name of ['Support', 'Website', 'Shop system']) await expect(box(name)).toBeVisible();
  await page.getByRole('searchbox', { name: 'Find an inbox' }).fill('SHOP');
  await expect(box('Shop system')).toBeVisible();
  await expect(box('Support')).toHaveCount(0);
  await expect(page.getByText('1 inbox', { exact: true })).toBeAttached();
  await box('Shop system').getByRole('button', { name: 'Stop tracking in Shop system' }).click();
  await expect(said(page)).toContainText('Saved');
  await expect(box('Shop system')).toContainText('Not tracked');
  await accessible(page);
  expect(await write('Nobody yet', 'Hello?')).toBeFalsy(); // nothing begins
  await page.getByRole('searchbox', { name: 'Find an inbox' }).fill('nowhere');
  await expect(page.getByText('No inbox is called that.')).toBeVisible();
  await page.getByRole('searchbox', { name: 'Find an inbox' }).fill('');
  await expect(box('Support').getByRole('button', { name: /^Enable/ })).toHaveCount(0);
  await box('Shop system')
    .getByRole('button', { name: /^Enable/ })
    .click();
  await expect(box('Shop system')).not.toContainText('Not tracked');
  expect(await write('Somebody', 'Hello?')).toBeTruthy();
  clean();
});

test('F1-41 F1-44 F1-45 F1-46 F3-67 F3-68 a note is nothing before it is saved; then it is in the Notes tab, newest first', async ({ browser, parley }) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop);
  const theirs = await enter(browser, parley, shop, shop.priya);
  const clean = quiet(page, [sandbox]);
  await api(page, shop, 'POST', '/quick-replies', { kind: 'note', name: 'Call', text: 'Called at … about …' });
  await theirs.goto(`/${shop.slug}/all/${shop.annika}`);
  await expect(log(theirs)).toContainText('Is it safe');
  await page.goto(`/${shop.slug}/all/${shop.annika}`);
  await expect(log(page)).toContainText('Is it safe');
  // A template is for notes only.
  await expect(page.getByRole('textbox', { name: 'Reply' })).toBeVisible();
  await expect(page.getByRole('button', { name: /template/i })).toHaveCount(0);
  await page.keyboard.press('n');
  const box = page.getByRole('textbox', { name: 'Note' });
  await expect(box).toHaveAttribute('placeholder', /What happened, when, with whom and why/);
  await page.getByRole('button', { name: /template/i }).click();
  await page.getByRole('option', { name: 'Call' }).click();
  await expect(box).toHaveValue('Called at … about …');
  await box.fill('Called Annika at ten, qqhalf');

  // Nothing of it is a note yet, for nobody; and it is still here after a reload.
  const notes = () => api<{ items: { text: string }[] }>(page, shop, 'GET', `/conversations/${shop.annika}/notes`);
  expect((await notes()).items.map((n) => n.text).join()).not.toContain('qqhalf');
  await expect(log(theirs)).not.toContainText('qqhalf');
  await page.reload();
  await expect(log(page)).toContainText('Is it safe');
  await page.keyboard.press('n');
  await expect(box).toHaveValue('Called Annika at ten, qqhalf');
  expect((await notes()).items.map((n) => n.text).join()).not.toContain('qqhalf');
  await page.keyboard.press('Control+Enter');
  await expect(log(theirs)).toContainText('qqhalf');
  expect((await notes()).items[0]?.text).toContain('qqhalf');

  // The tab Notes: newest first, with author and time; and what is known of the customer.
  const panel = page.getByRole('complementary', { name: 'Details' });
  await panel.getByRole('tab', { name: 'Notes' }).click();
  const first = panel.locator('.dsec').last().locator('.about').first();
  await expect(first).toContainText('qqhalf');
  await expect(first).toContainText('You');
  await expect(first.locator('time')).toHaveAttribute('datetime', /^20/);
  await panel.getByRole('textbox', { name: /everybody know/ }).fill('Rides to work every day.');
  await panel.getByRole('button', { name: 'Add' }).click();
  await expect(panel.locator('.dsec').first()).toContainText('Rides to work every day.');
  await accessible(page);
  const others = theirs.getByRole('complementary', { name: 'Details' });
  await others.getByRole('tab', { name: 'Notes' }).click();
  await expect(others).toContainText('Rides to work every day.');
  clean();
});

test('F0-16 F0-21 F0-22 F1-05 F1-53 tabs, sides, what the header offers, and no composer where it is closed', async ({ browser, parley }) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop);
  const clean = quiet(page, [sandbox]);
  const write = await customers(page, shop);
  const lena = await write('Lena Falk', 'Is my bike ready?');
  await page.goto(`/${shop.slug}/mine`);
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Conversations' }).click();
  await expect(page).toHaveURL(/\/all$/);
  const tabs = page.getByRole('tablist').first().getByRole('tab');
  await expect(tabs.first()).toContainText(/Open\s*\d+/);
  await page.setViewportSize({ width: 1920, height: 900 });
  const shown = (await tabs.allTextContents()).map((x) => x.replace(/[\d+\s]+$/, '').trim());
  expect(['Open', 'Needs attention', 'Responded', 'Closed', 'Archived'].slice(0, shown.length)).toEqual(shown);
  await page.goto(`/${shop.slug}/all/${lena}`);
  await expect(log(page)).toContainText('Is my bike ready?');
  const reply = page.getByRole('textbox', { name: 'Reply' });
  const offers = async () => {
    await expect(reply).toBeVisible();
    await page.locator('.chips .chip').first().click();
    for (const name of [/Pending/, /Resolve/, /Close/]) await expect(page.getByRole('option', { name }).first()).toBeVisible();
    await page.keyboard.press('Escape');
  };
  await offers(); // open
  expect((await post(page, shop, `${lena}/reply`, { text: 'Yes, it is.' })).ok()).toBe(true);
  await expect(log(page)).toContainText('Yes, it is.');
  await expect(page.getByRole('article', { name: /^Lena Falk/ }).locator('.whose')).toHaveText('Customer');
  await expect(page.getByRole('article', { name: /^Maja/ }).locator('.whose')).toHaveText('Team');
  await offers(); // responded
  expect((await post(page, shop, `${lena}/pend`, { reason: 'customer' })).ok()).toBe(true);
  await expect(page.locator('.chips .chip').first()).toContainText('Pending');
  await offers(); // pending
  expect((await post(page, shop, `${lena}/close`, {})).ok()).toBe(true);
  await expect(reply).toHaveCount(0);
  await expect(page.getByText('This conversation is closed. Reopen it to answer here.')).toBeVisible();
  await accessible(page);
  await page.getByRole('group', { name: 'Reply' }).getByRole('button', { name: 'Reopen' }).click();
  await expect(reply).toBeVisible();
  clean();
});

test('F1-43 who is of another inbox and was mentioned follows it live, and can only read', async ({ browser, parley }) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop);
  const { url } = await api<{ url: string }>(page, shop, 'POST', '/invitations', { email: 'otto@lindqvist.example', role: 'agent', inbox_ids: [] });
  const r = await page.request.post(`/api/v1/invitations/${url.split('/').pop()}/accept`, {
    headers: csrf,
    data: { name: 'Otto Falk', password: shop.password },
  });
  expect(r.ok()).toBe(true);
  const again = await enter(browser, parley, shop);
  const theirs = await enter(browser, parley, shop, 'otto@lindqvist.example');
  const clean = quiet(theirs, [sandbox, /404/]);
  const note = await post(again, shop, `${shop.annika}/note`, { text: '@Otto please follow this' });
  expect(note.ok()).toBe(true);
  await theirs.goto(`/${shop.slug}/all/${shop.annika}`);
  await expect(log(theirs)).toContainText('please follow this');
  await expect(theirs.getByRole('note').filter({ hasText: 'because somebody mentioned you' })).toBeVisible();
  await expect(theirs.getByRole('textbox', { name: 'Reply' })).toHaveCount(0);
  await expect(theirs.getByRole('option')).toHaveCount(0); // it is in no list of theirs
  await accessible(theirs);
  await post(again, shop, `${shop.annika}/reply`, { text: 'qqlive answer' });
  await expect(log(theirs)).toContainText('qqlive answer'); // without a reload
  await post(again, shop, `${shop.annika}/resolve`, {});
  await expect(theirs.getByRole('list', { name: 'Where this conversation stands' }).locator('[aria-current=step]')).toHaveText('Resolved');
  await expect(theirs.getByRole('option')).toHaveCount(0);
  for (const key of ['e', 'i', 'a', 'r']) await theirs.keyboard.press(key);
  await expect(theirs.getByRole('dialog')).toHaveCount(0);
  clean();
});

test('F0-13 F0-31 a first responder is removed by a button, and their dashboard loses the inbox', async ({ browser, parley }) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop);
  const theirs = await enter(browser, parley, shop, shop.priya);
  const all = await api<Inboxes>(page, shop, 'GET', '/inboxes');
  const members = await api<{ items: { user_id: string; email: string; name: string }[] }>(page, shop, 'GET', '/members');
  const priya = members.items.find((m) => m.email === shop.priya);
  const support = all.items.find((i) => i.name === 'Support')?.id;
  await api(page, shop, 'PUT', '/responders', { inbox_id: support, kind: 'first', user_ids: [priya?.user_id] });
  await theirs.goto(`/${shop.slug}/home`);
  await expect(theirs.getByRole('main').getByRole('listitem').first()).toBeVisible();
  await expect(theirs.getByRole('main')).toContainText('Annika');
  await page.goto(`/${shop.slug}/settings/responders`);
  const box = page.getByRole('region', { name: 'Support', exact: true });
  await box.getByRole('button', { name: `Remove ${priya?.name ?? ''}` }).click();
  await expect(said(page)).toContainText('Responders are changed');
  await theirs.reload();
  await expect(theirs.getByRole('main')).toContainText('You are not a responder');
  await expect(theirs.getByRole('main').getByRole('listitem')).toHaveCount(0);
});
