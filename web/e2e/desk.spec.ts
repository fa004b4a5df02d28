import type { Page } from '@playwright/test';
import { accessible, expect, quiet, settling, test } from './parley';
import { enter, fill, post } from './shop';

// What holds on every screen: one palette, one help, undo, rollback, kept rows, the state of the connection.

const said = (page: Page) => page.locator('.toast');
const head = (page: Page) => page.getByRole('heading', { level: 1 });

test('palette and help are on every screen, with its own commands (R27)', async ({ browser, parley }) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop);
  const clean = quiet(page);
  const palette = page.getByRole('dialog', { name: 'Search or jump to' });
  const help = page.getByRole('dialog', { name: 'Keyboard' });
  for (const at of [`mine/${shop.annika}`, 'settings/members', 'settings/profile', 'ledger/inbound']) {
    await page.goto(`/${shop.slug}/${at}`);
    await expect(page.getByText('Live', { exact: true })).toBeVisible();
    await page.keyboard.press('Control+k');
    await expect(palette.getByRole('option', { name: 'Sign out' })).toBeAttached();
    await expect(palette.getByRole('option', { name: 'Settings → Members' })).toBeAttached();
    await expect(palette.getByRole('option', { name: /^Resolve E/ })).toHaveCount(at.startsWith('mine') ? 1 : 0);
    await page.keyboard.press('Escape');
    await expect(palette).toHaveCount(0);
    await page.keyboard.press('?');
    await expect(help).toContainText('Unassigned');
    await accessible(page);
    await page.keyboard.press('Escape');
    await expect(help).toHaveCount(0);
    await expect(page).toHaveURL(new RegExp(`${at}$`)); // one Esc closes one layer
  }
  // Every place is three letters away, and Esc leads out of the settings.
  for (const [typed, heading] of [
    ['members', 'Settings Members'],
    ['tok', 'Settings API tokens'],
    ['arrived', 'Ledger'],
  ] as const) {
    await page.keyboard.press('Control+k');
    await page.keyboard.type(typed);
    await page.keyboard.press('Enter');
    await expect(head(page)).toHaveText(new RegExp(heading.replace(' ', '\\s*')));
  }
  await page.keyboard.press('g');
  await page.keyboard.press('s');
  await expect(head(page)).toContainText('Settings');
  await page.keyboard.press('Escape');
  await expect(head(page)).toHaveText('Mine');
  // A customer is found from there too.
  await page.keyboard.press('Control+k');
  await page.keyboard.type('battery stops');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('log')).toContainText('Is it safe');
  await page.keyboard.press('Control+Shift+l');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  clean();
});

test('single letters can be switched off (WCAG 2.1.4)', async ({ browser, parley }) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop);
  await page.goto(`/${shop.slug}/settings/keys`);
  const kept = page.waitForResponse('**/me/settings');
  await page.getByRole('checkbox', { name: 'Single-letter shortcuts' }).uncheck();
  await kept;
  await page.goto(`/${shop.slug}/mine`);
  await expect(page.getByRole('option').first()).toBeVisible();
  await page.keyboard.press('j');
  await page.keyboard.press('?');
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('dialog')).toHaveCount(1);
  await expect(page).toHaveURL(/\/mine$/);
});

test('every action says what was done and can be taken back (F3-43, R14)', async ({ browser, parley }) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop);
  const clean = quiet(page, [/frame is sandboxed/]); // the test tool looks into the frame of a mail
  await page.goto(`/${shop.slug}/all/${shop.annika}`);
  await expect(page.getByRole('log')).toContainText('Is it safe');
  const chips = page.locator('.chips');
  const rows = page.getByRole('option', { name: /Battery stops/ });
  const undone = async () => {
    await expect(said(page).getByRole('button', { name: 'Undo Z' })).toBeVisible();
    await page.keyboard.press('z');
    await expect(said(page)).toHaveText('Taken back');
  };
  await page.keyboard.press('p');
  await page.keyboard.press('1');
  await expect(said(page)).toContainText('Priority is Urgent');
  await expect(chips).toContainText('Urgent');
  await undone();
  await expect(chips).toContainText('High');

  await page.getByRole('button', { name: 'Maja', exact: true }).click();
  await page.getByRole('option', { name: /Jonas Weber/ }).click();
  await expect(said(page)).toContainText('Assigned to Jonas Weber');
  await undone();
  await page.getByRole('button', { name: 'Maja', exact: true }).click();
  await page.getByRole('option', { name: 'Unassign' }).click();
  await expect(said(page)).toContainText('Nobody has it now');
  await undone();
  await expect(chips).toContainText('Maja');

  await page.keyboard.press('l');
  await page.getByRole('option', { name: 'Delivery' }).click();
  await page.keyboard.press('Escape');
  await expect(said(page)).toContainText('Tags changed');
  await undone();
  await expect(chips).not.toContainText('Delivery');

  await page.keyboard.press('n');
  await page.keyboard.type('Only for a moment');
  await page.keyboard.press('Control+Enter');
  await expect(said(page)).toContainText('Note added');
  await page.keyboard.press('Escape');
  await undone();
  await expect(page.getByRole('log')).toContainText('This was taken back.');

  for (const [key, words] of [
    ['e', 'Resolved'],
    ['Shift+E', 'Closed'],
  ] as const) {
    await page.goto(`/${shop.slug}/all/${shop.annika}`);
    await expect(page.getByRole('log')).toContainText('Is it safe');
    await page.keyboard.press(key);
    await expect(said(page)).toContainText(words);
    await expect(rows).toHaveCount(0);
    await undone();
    await expect(rows).toHaveCount(1);
  }
  clean();
});

test('what is refused goes back, says why, and can be tried again (R4)', async ({ browser, parley }) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop);
  const clean = quiet(page, [/500|409/, /frame is sandboxed/]); // the test tool looks into the frame of a mail
  await page.goto(`/${shop.slug}/all/${shop.annika}`);
  await expect(page.getByRole('log')).toContainText('Is it safe');
  const rows = page.getByRole('option', { name: /Battery stops/ });
  await page.route('**/resolve', (r) =>
    r.fulfill({ status: 500, contentType: 'application/problem+json', body: '{"code":"internal","detail":"The disk is full."}' }),
  );
  await page.keyboard.press('e');
  await expect(said(page)).toContainText('The disk is full.');
  await expect(rows).toHaveCount(1);
  await page.unroute('**/resolve');
  await said(page).getByRole('button', { name: 'Retry' }).click();
  await expect(said(page)).toContainText('Resolved');
  await expect(rows).toHaveCount(0);
  await page.keyboard.press('z');
  await expect(rows).toHaveCount(1);

  // Somebody was faster: the refusal says who, and what they did.
  await page.goto(`/${shop.slug}/all/${shop.annika}`);
  await expect(page.getByRole('log')).toContainText('Is it safe');
  const priya = await enter(browser, parley, shop, shop.priya);
  let go: () => void = () => undefined;
  const held = new Promise<void>((done) => (go = done));
  await page.route('**/resolve', async (r) => {
    await held;
    await r.continue();
  });
  await page.routeWebSocket('**/socket*', () => undefined);
  await page.reload(); // with a feed that says nothing, what Priya does is not seen
  await expect(page.getByRole('log')).toContainText('Is it safe');
  await page.keyboard.press('e');
  expect((await post(priya, shop, `${shop.annika}/close`, {})).ok()).toBe(true);
  go();
  await expect(said(page)).toContainText('This conversation is already closed.');
  await expect(said(page)).toContainText('Priya Raman changed it: closed.');
  await accessible(page);
  clean();
});

test('a reload paints rows before the network answers; signing out leaves nothing', async ({ browser, parley }) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop);
  await page.goto(`/${shop.slug}/all/${shop.annika}`);
  await expect(page.getByRole('log')).toContainText('Is it safe');
  await expect(page.getByRole('complementary', { name: 'Details' })).toContainText('Support');
  const kept = () =>
    page.evaluate(
      () =>
        new Promise<number>((done) => {
          const r = indexedDB.open('parley');
          r.onsuccess = () => {
            const db = r.result;
            if (!db.objectStoreNames.contains('kept')) return done(0);
            const n = db.transaction('kept').objectStore('kept').count();
            n.onsuccess = () => (db.close(), done(n.result));
          };
        }),
    );
  await expect.poll(kept).toBe(2);
  let held: (() => void)[] = [];
  await page.route('**/api/**', async (r) => {
    await new Promise<void>((done) => held.push(done));
    await r.continue().catch(() => undefined);
  });
  const answer = async () => {
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    for (const go of held) go();
    held = [];
  };
  await page.reload();
  await expect(page.getByRole('option', { name: /Battery stops/ })).toBeVisible();
  await expect(page.getByRole('log')).toContainText('Is it safe');
  await answer();
  await expect(page.getByText('Live', { exact: true })).toBeVisible();

  // Without its mark (cookies were cleared, so the session is gone too) nobody is recalled.
  const cookies = await page.context().cookies();
  await page.context().clearCookies();
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  expect(await kept()).toBe(0);
  await page.context().addCookies(cookies);
  await page.goto(`/${shop.slug}/all/${shop.annika}`);
  await expect(page.getByRole('log')).toContainText('Is it safe');
  await expect.poll(kept).toBe(2);

  await page.keyboard.press('Control+k');
  await page.keyboard.type('sign out');
  await page.keyboard.press('Enter');
  await page.waitForURL((u) => u.pathname === '/');
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await expect.poll(kept).toBe(0);
  expect(await page.evaluate(() => Object.keys(localStorage).filter((k) => k.startsWith('parley:')))).toEqual([]);
  // Whoever signs in next sees their own.
  await page.getByLabel('Mail address').fill(shop.priya);
  await page.getByLabel('Password').fill(shop.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByText('Priya Raman')).toBeVisible();
});

test('another person on the same device is never shown what was kept', async ({ browser, parley }) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop);
  await page.goto(`/${shop.slug}/mine`);
  await expect(page.getByRole('option')).toHaveCount(7);
  const keys = () =>
    page.evaluate(
      () =>
        new Promise<string[]>((done) => {
          const r = indexedDB.open('parley');
          r.onsuccess = () => {
            const all = r.result.transaction('kept').objectStore('kept').getAllKeys();
            all.onsuccess = () => (r.result.close(), done(all.result.map(String)));
          };
        }),
    );
  await expect.poll(async () => (await keys()).length).toBe(2);
  const before = await keys();
  // Priya's session takes the place of Maja's without a sign-out.
  await page.context().request.post('/api/v1/session', { headers: { 'X-Parley-CSRF': '1' }, data: { email: shop.priya, password: shop.password } });
  await page.goto(`/${shop.slug}/mine`);
  await expect(page.getByText('Priya Raman').first()).toBeVisible();
  await expect(page.getByRole('option')).toHaveCount(1);
  await expect.poll(async () => (await keys()).filter((k) => before.includes(k))).toEqual([]);
});

test('the indicator tells a broken connection, and what is done meanwhile is sent after', async ({ browser, parley }) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop);
  await page.goto(`/${shop.slug}/mine/${shop.annika}`);
  await expect(page.getByText('Live', { exact: true })).toBeVisible();
  await expect(page.getByRole('log')).toContainText('Is it safe');
  await parley.kill();
  await expect(page.getByText(/^(Delayed|Offline)$/)).toBeVisible();
  await expect(page.locator('.offline')).toBeVisible({ timeout: 20_000 });
  await accessible(page);
  await page.keyboard.press('p');
  await page.keyboard.press('4');
  await expect(page.locator('.chips')).toContainText('Low');
  await page.keyboard.press('r');
  await page.keyboard.type('Written while the server was away.');
  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('log')).toContainText('waiting to send');
  await parley.start();
  await expect(page.getByText('Live', { exact: true })).toBeVisible({ timeout: 40_000 });
  await expect(page.locator('.offline')).toHaveCount(0);
  await expect(page.getByRole('log')).not.toContainText('waiting to send', { timeout: 40_000 });
  await page.reload();
  await expect(page.getByRole('log').getByText('Written while the server was away.')).toHaveCount(1);
  await expect(page.locator('.chips')).toContainText('Low');
});

test('two agents see who looks and who types (R19)', async ({ browser, parley }) => {
  const shop = fill(parley);
  const maja = await enter(browser, parley, shop);
  const priya = await enter(browser, parley, shop, shop.priya);
  await maja.goto(`/${shop.slug}/all/${shop.annika}`);
  await priya.goto(`/${shop.slug}/all/${shop.annika}`);
  await expect(maja.getByText('Priya Raman is looking')).toBeVisible();
  await expect(priya.getByText('Maja Ek is looking')).toBeVisible();
  await priya.keyboard.press('r');
  await priya.keyboard.type('I am');
  await expect(maja.getByRole('log')).toContainText('Priya Raman is typing');
  await priya.keyboard.press('Escape');
  await priya.keyboard.press('n');
  await priya.keyboard.type('For us');
  await expect(maja.getByRole('log')).toContainText('Priya Raman is writing a note');
  await priya.keyboard.press('Control+Enter');
  await expect(maja.getByRole('log')).toContainText('For us');
  await priya.keyboard.press('Escape');
  await priya.keyboard.press('p');
  await priya.keyboard.press('1');
  await expect(maja.locator('.chips')).toContainText('Urgent');
});

test('nothing moves while slow answers come in (R1, R17)', async ({ browser, parley }) => {
  const shop = fill(parley, 20);
  const page = await enter(browser, parley, shop);
  const settled = settling(page);
  interface Watched {
    since: number;
    shifts: unknown[][];
  }
  await page.addInitScript(() => {
    const w = window as unknown as Watched;
    w.since = 0;
    w.shifts = [];
    new PerformanceObserver((list) => {
      for (const e of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean; sources: { node?: Element }[] })[])
        // Times that grow by a letter are no shift; the rule allows ten times as much.
        if (!e.hadRecentInput && e.value > 0.002) w.shifts.push([e.startTime, e.value, ...e.sources.map((s) => s.node?.className)]);
    }).observe({ type: 'layout-shift', buffered: true });
  });
  const still = async () => {
    await settled();
    const { since, shifts } = await page.evaluate(() => ({ since: (window as unknown as Watched).since, shifts: (window as unknown as Watched).shifts }));
    expect(shifts.filter(([at]) => Number(at) > since)).toEqual([]);
  };
  await page.route('**/api/**', async (r) => {
    await new Promise((done) => setTimeout(done, 400));
    await r.continue().catch(() => undefined);
  });
  for (const at of [`mine/${shop.annika}`, 'settings/members', 'settings/inboxes', 'ledger/inbound']) {
    await page.goto(`/${shop.slug}/${at}`);
    await expect(page.getByText('Live', { exact: true })).toBeVisible();
    if (at.startsWith('mine')) {
      await expect(page.getByRole('complementary', { name: 'Details' })).toContainText('This is the first one.');
      await still();
      for (const key of ['j', 'j', 'k']) {
        const before = await head(page).textContent();
        await page.keyboard.press(key);
        await expect(head(page)).not.toHaveText(before ?? '');
        await expect(page.getByRole('log').getByRole('article').first()).toBeVisible();
        // One conversation in the place of another is no shift, however long a slow machine draws it; what comes to it later is.
        await page.evaluate(
          () => new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(((window as unknown as Watched).since = performance.now()))))),
        );
        await still();
      }
    } else {
      await expect(page.getByRole('main')).toContainText(at.endsWith('inboxes') ? 'New inbox' : at.endsWith('members') ? 'Tomas' : 'Annika');
      await still();
    }
  }
});

test('going to another workspace shows only what is in it', async ({ browser, parley }) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop);
  const clean = quiet(page);
  const made = await page.context().request.post('/api/v1/workspaces', { headers: { 'X-Parley-CSRF': '1' }, data: { name: 'Second Shop' } });
  expect(made.ok()).toBe(true);
  await page.goto(`/${shop.slug}/all`);
  await expect(page.getByRole('option')).toHaveCount(11);
  await page.keyboard.press('Control+k');
  await page.keyboard.type('second');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/second-shop\/unassigned$/);
  await expect(page.getByRole('link', { name: 'Connect the first one' })).toBeVisible();
  await page.goBack();
  await expect(page.getByRole('option')).toHaveCount(11);
  await page.getByRole('button', { name: 'Lindqvist Cycles' }).click();
  await page.getByRole('option', { name: 'Second Shop' }).click();
  await expect(page).toHaveURL(/\/second-shop\/unassigned$/);
  await accessible(page);
  clean();
});
