import type { Page } from '@playwright/test';
import { accessibleInBoth, expect, quiet, test } from './parley';
import { ask, enter, fill, post } from './shop';

// The rules of the inbox, on the real program with an invented shop in it.

const subjects = (page: Page) =>
  page.getByRole('option').evaluateAll((rows) =>
    rows
      .map((r) => ({ text: r.querySelector('.l2 .trunc')?.textContent ?? '', at: Number(r.getAttribute('aria-posinset')) }))
      .sort((a, b) => a.at - b.at)
      .map((r) => r.text),
  );

test('the list keeps its order and every action shows at once (R2, R3, R4, R6, R13, R14)', async ({ browser, parley }) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop);
  const clean = quiet(page, [/409/, /frame is sandboxed/]); // the test tool looks into the frame of a mail
  await page.goto(`/${shop.slug}/mine`);
  await expect(page.getByRole('option')).toHaveCount(7);
  const order = await subjects(page);
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(order[1] ?? '');
  await expect(page.getByRole('listbox')).toHaveAttribute('aria-activedescendant', /row-cnv_/);
  await page.keyboard.press('k');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(order[0] ?? '');

  let answer: () => void = () => undefined;
  const held = new Promise<void>((done) => (answer = done));
  await page.route('**/resolve', async (r) => {
    await held;
    await r.continue();
  });
  await page.keyboard.press('e');
  await expect(page.getByRole('option')).toHaveCount(6); // the server has not answered
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(order[1] ?? '');
  await page.keyboard.press('z');
  expect(await subjects(page)).toEqual(order);
  answer();
  await expect(page.getByText('Taken back')).toBeVisible();
  expect(await subjects(page)).toEqual(order);

  await page.unroute('**/resolve');
  await page.route('**/resolve', (r) =>
    r.fulfill({ status: 409, contentType: 'application/problem+json', body: '{"code":"conflict","detail":"Somebody has just closed this."}' }),
  );
  await page.keyboard.press('e');
  await expect(page.getByText('Somebody has just closed this.')).toBeVisible();
  expect(await subjects(page)).toEqual(order);

  const priya = await enter(browser, parley, shop, shop.priya);
  const members = (await (await priya.context().request.get(`/api/v1/workspaces/${shop.workspace}/members`)).json()).items as {
    user_id: string;
    email: string;
  }[];
  const free = (await (await priya.context().request.get(`/api/v1/workspaces/${shop.workspace}/conversations?view=unassigned`)).json()).items as {
    id: string;
    subject: string;
  }[];
  await post(priya, shop, `${free[0]?.id}/assign`, { assignee_id: members.find((m) => m.email === shop.email)?.user_id });
  await expect(page.getByRole('button', { name: 'Show 1 new conversation' })).toBeVisible();
  expect(await subjects(page)).toEqual(order);
  await page.keyboard.press('.');
  await expect(page.getByRole('option')).toHaveCount(8);
  clean();
});

test('a reply is kept, stopped by news, sent once (R9, R11, R19, R21)', async ({ browser, parley }) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop);
  const clean = quiet(page);
  const priya = await enter(browser, parley, shop, shop.priya);
  await page.goto(`/${shop.slug}/mine/${shop.annika}`);
  await expect(page.getByRole('log')).toContainText('Is it safe');
  await page.keyboard.press('r');
  await page.keyboard.type('A new pack is on its way.');
  await expect(page.getByText('Draft saved')).toBeVisible();
  await page.keyboard.press('Escape');
  await page.keyboard.press('n');
  await expect(page.getByRole('textbox', { name: 'Note' })).toHaveValue('');
  await expect(page.getByRole('button', { name: /Add note/ })).toBeVisible();
  await page.reload();
  await expect(page.getByRole('textbox', { name: 'Reply' })).toBeVisible();
  await page.keyboard.press('r');
  await expect(page.getByRole('textbox', { name: 'Reply' })).toBeFocused();
  await expect(page.getByRole('textbox', { name: 'Reply' })).toHaveValue('A new pack is on its way.');
  await post(priya, shop, `${shop.annika}/note`, { text: 'Wait for me.', client_id: 'news' });
  await expect(page.getByRole('log')).toContainText('Wait for me.');
  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('alertdialog')).toContainText('Wait for me.');
  await expect(page.getByRole('log')).not.toContainText('on its way.');
  await page.keyboard.press('Control+Enter');
  const sent = page.getByRole('log').getByText('A new pack is on its way.');
  await expect(sent).toHaveCount(1);
  await expect(page.getByRole('textbox', { name: 'Reply' })).toHaveValue('');
  await page.reload();
  await expect(sent).toHaveCount(1);
  await expect(page.getByRole('textbox', { name: 'Reply' })).toHaveValue('');
  clean();
});

test('long lists and long threads stay where the reader is (R12, R24, R25)', async ({ browser, parley }) => {
  const shop = fill(parley, 120);
  const page = await enter(browser, parley, shop);
  const clean = quiet(page);
  await page.goto(`/${shop.slug}/all`);
  const list = page.getByRole('listbox');
  await expect(page.getByRole('option').first()).toBeVisible();
  await expect
    .poll(async () => {
      await list.evaluate((b) => (b.scrollTop = b.scrollHeight));
      return page.getByRole('option').last().getAttribute('aria-setsize');
    })
    .toBe('131');
  await list.evaluate((b) => (b.scrollTop = b.scrollHeight));
  await expect(page.getByText('Generated question 1', { exact: true })).toBeVisible();
  expect(await page.getByRole('option').count()).toBeLessThan(40);
  await list.evaluate((b) => (b.scrollTop = 3000));
  await expect(page.locator('[aria-posinset="43"]')).toBeVisible();
  await page.keyboard.press('1');
  await expect(page.getByRole('option')).toHaveCount(7);
  await page.keyboard.press('3');
  await expect.poll(() => list.evaluate((b) => b.scrollTop)).toBe(3000);

  await page.setViewportSize({ width: 1440, height: 560 });
  await page.goto(`/${shop.slug}/mine/${shop.annika}`);
  const thread = page.getByRole('region', { name: 'Timeline' });
  const rest = () => thread.evaluate((b) => b.scrollHeight - b.scrollTop - b.clientHeight);
  await expect(page.getByRole('log')).toContainText('serials from 24-B');
  await expect.poll(rest).toBeLessThan(2);
  await thread.evaluate((b) => (b.scrollTop = 0));
  const priya = await enter(browser, parley, shop, shop.priya);
  await post(priya, shop, `${shop.annika}/reply`, { text: 'A reply by Priya', client_id: 'one' });
  await page.getByRole('button', { name: 'New message' }).click();
  await expect.poll(rest).toBeLessThan(2);
  await post(priya, shop, `${shop.annika}/note`, { text: 'And a note', client_id: 'two' });
  await expect(page.getByRole('log')).toContainText('And a note');
  await expect.poll(rest).toBeLessThan(2);
  clean();
});

test('axe finds nothing, in light and dark, with every layer open (A1, R8)', async ({ browser, parley }) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop, shop.email);
  const clean = quiet(page);
  await page.goto(`/${shop.slug}/mine/${shop.annika}`);
  await expect(page.getByRole('log')).toContainText('Is it safe');
  await accessibleInBoth(page);
  for (const [key, name] of [
    ['Control+k', 'Search or jump to'],
    ['?', 'Keyboard'],
    ['a', 'Assign this conversation'],
  ] as const) {
    await page.keyboard.press(key);
    await expect(page.getByRole('dialog', { name })).toBeVisible();
    await accessibleInBoth(page);
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await expect(page).toHaveURL(new RegExp(shop.annika)); // one Esc closes one layer
  }
  await page.keyboard.press('l');
  await expect(page.getByRole('combobox', { name: 'Tags' })).toBeFocused();
  await accessibleInBoth(page);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Tags' })).toBeFocused();
  clean();
});

// F3-04, F3-05: a row says when the last message was, exactly on hover, and its state, priority and unread in words and not by colour only.
test('a row says its time and its state in words (F3-04, F3-05)', async ({ browser, parley }) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop);
  await page.goto(`/${shop.slug}/all`);
  await expect(page.getByRole('option').first()).toBeVisible();
  await page.keyboard.press('j');
  await expect(page.locator('.rows [role=option]:not(.un)')).toHaveCount(1); // it is open, so it is read
  type Row = { id: string; last_activity_at: string; label: string; priority: string; unread: boolean };
  const fetched = () => ask<{ items: Row[] }>(page, shop, 'GET', '/conversations?view=all&tab=open&limit=100');
  await expect.poll(async () => (await fetched()).items.filter((c) => !c.unread).length).toBe(1); // the server has been told
  const all = await fetched();
  const shown = all.items.slice(0, await page.getByRole('option').count());
  const seen = { words: new Set<string>(), unread: 0 };
  for (const c of shown) {
    const row = page.locator(`#row-${c.id}`);
    const when = row.locator('time');
    await expect(when).toHaveAttribute('datetime', c.last_activity_at);
    await expect(when).toHaveText(/^(now|\d+[mh]|Yday|\d+ \w+( \d{4})?|\w+ \d+(, \d{4})?)$/);
    const exact = await page.evaluate(
      (at) => new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'short' }).format(Date.parse(at)),
      c.last_activity_at,
    );
    await expect(when).toHaveAttribute('title', exact);
    await expect(row.locator('.word')).toHaveText(c.label);
    await expect(row.getByRole('img', { name: `${c.priority} priority` })).toHaveAttribute('title', new RegExp(`^${c.priority} priority$`, 'i'));
    await expect(row.getByRole('img', { name: 'unread', exact: true })).toHaveCount(c.unread ? 1 : 0);
    seen.words.add(c.label);
    seen.unread += Number(c.unread);
  }
  expect(seen.words.size).toBeGreaterThan(1);
  expect(seen.words).toContain('New');
  expect(seen.unread).toBeGreaterThan(0);
  expect(seen.unread).toBeLessThan(shown.length);
});
