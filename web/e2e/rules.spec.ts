import type { Page } from '@playwright/test';
import { accessible, expect, quiet, settling, test, told } from './parley';
import { enter, fill, post, type Shop } from './shop';

// What makes a day in the inbox feel fast and safe, as far as no clock is needed to see it. How many milliseconds a key
// takes is measured by `make bench`. Here are the rules 1, 2, 3, 8, 9 and 12; walk.spec.ts and own.spec.ts have more of 3 and 8,
// desk.spec.ts has 4 and 6, inbox.spec.ts 5 to 7, search.spec.ts 10, quick.spec.ts 11.

const rows = (page: Page) => page.getByRole('option');
const head = (page: Page) => page.getByRole('heading', { level: 1 });
const ids = (page: Page) => rows(page).evaluateAll((all) => all.toSorted((a, b) => Number(a.ariaPosInSet) - Number(b.ariaPosInSet)).map((x) => x.id.slice(4)));

interface Watched {
  /** Layout shifts that no key has caused: what moves by itself later. */
  shifts: unknown[];
  /** Placeholders that were on the screen. */
  bones: string[];
  /** When keys were pressed, and when what each opened had been painted. */
  keys: { at: number; painted: number }[];
}
const watched = (page: Page) => page.evaluate(() => (window as unknown as { watched: Watched }).watched);
const forget = (page: Page) => page.evaluate(() => Object.assign((window as unknown as { watched: Watched }).watched, { shifts: [], bones: [] }));

/** Notes from its beginning what a page shows that is not what was asked for, and what moves. */
async function watch(page: Page) {
  await page.addInitScript(() => {
    const w: Watched = { shifts: [], bones: [], keys: [] };
    (window as unknown as { watched: Watched }).watched = w;
    addEventListener('keydown', (e) => void w.keys.push({ at: e.timeStamp, painted: Infinity }), true);
    new PerformanceObserver((list) => {
      for (const e of list.getEntries() as (PerformanceEntry & {
        value: number;
        sources: { node?: Element; previousRect: DOMRect; currentRect: DOMRect }[];
      })[]) {
        // What a key changes at once is what was asked for; browsers would forgive half a second more. Times that grow by a letter are no shift.
        const asked = w.keys.some((k) => e.startTime >= k.at && e.startTime <= k.painted);
        if (!asked && e.value > 0.002)
          w.shifts.push([
            e.value,
            ...w.keys.slice(-3).map((k) => [e.startTime - k.at, k.painted - e.startTime]),
            ...e.sources.map((s) => [s.node?.className, s.previousRect, s.currentRect]),
          ]);
      }
    }).observe({ type: 'layout-shift', buffered: true });
    // The row is marked first, the conversation comes a frame later: what a key asked for is there when both are.
    const drawn = () => {
      const row = document.querySelector('[role=listbox]')?.getAttribute('aria-activedescendant');
      return document.getElementById(row ?? '')?.querySelector('.l2 .trunc')?.textContent === document.querySelector('h1')?.textContent;
    };
    const done = () => w.keys.forEach((k) => (k.painted = Math.min(k.painted, performance.now())));
    const paint = () => void requestAnimationFrame(() => (drawn() ? requestAnimationFrame(done) : paint()));
    new MutationObserver((all) => {
      if (all.some((m) => m.attributeName === 'aria-activedescendant')) paint();
    }).observe(document, { subtree: true, attributes: true, attributeFilter: ['aria-activedescendant'] });
    const look = () => {
      for (const b of document.querySelectorAll('.bone, .bones, .skeletons, .spinner')) if (b.checkVisibility()) w.bones.push(b.className);
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
}

// Rule 2: opening the next conversation never shows a placeholder, and nothing moves when more comes.
test('R1 R17 no placeholder and no shift on j and k while every answer takes 400 ms', async ({ browser, parley }) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop);
  const settled = settling(page);
  await watch(page);
  await page.route('**/api/**', async (r) => {
    await new Promise((done) => setTimeout(done, 400));
    await r.continue().catch(() => undefined);
  });
  await page.goto(`/${shop.slug}/all`);
  await expect(rows(page).first()).toBeVisible();
  await page.keyboard.press('j');
  await expect(page.getByRole('log').getByRole('article').first()).toBeVisible();
  await settled();
  await forget(page);
  // To the end and back, also past mails with a look of their own, with time to read each.
  const order = await ids(page);
  for (const key of [...Array<string>(order.length - 1).fill('j'), ...Array<string>(5).fill('k')]) {
    const before = await head(page).textContent();
    await page.keyboard.press(key);
    await expect(head(page)).not.toHaveText(before ?? '');
    await expect(page.getByRole('log').getByRole('article').first()).toBeVisible();
    await settled();
  }
  // Three at once: as far as was fetched ahead.
  for (const key of ['k', 'k', 'k']) await page.keyboard.press(key);
  await settled();
  expect(await watched(page)).toMatchObject({ bones: [], shifts: [] });
});

// Rule 1, without a clock: what a key does to the page does not grow with the list.
test('a key does as much in a list of thousands as in a list of seven', async ({ browser, parley }) => {
  const shop = fill(parley, 150);
  const page = await enter(browser, parley, shop);
  const settled = settling(page);
  /** How much of the list is touched by walking it, per key, and how many rows are there. */
  const work = async () => {
    const list = page.getByRole('listbox');
    await page.evaluate(() => {
      const w = window as unknown as { touched: number };
      w.touched = 0;
      const box = document.querySelector('[role=listbox]');
      if (box) new MutationObserver((all) => (w.touched += all.length)).observe(box, { subtree: true, childList: true, attributes: true, characterData: true });
    });
    for (const key of ['j', 'k', 'j', 'k', 'j', 'k']) {
      const before = await list.getAttribute('aria-activedescendant');
      await page.keyboard.press(key);
      await expect(list).not.toHaveAttribute('aria-activedescendant', before ?? '');
    }
    return { rows: await rows(page).count(), touched: await page.evaluate(() => (window as unknown as { touched: number }).touched) };
  };
  await page.goto(`/${shop.slug}/mine`);
  await expect(rows(page)).toHaveCount(7);
  await page.keyboard.press('j');
  await settled();
  const small = await work();
  await page.goto(`/${shop.slug}/all`);
  await expect(rows(page).first()).toBeVisible();
  await expect
    .poll(async () => {
      await page.getByRole('listbox').evaluate((b) => (b.scrollTop = b.scrollHeight));
      return rows(page).last().getAttribute('aria-setsize');
    })
    .toBe('161');
  await page.getByRole('listbox').evaluate((b) => (b.scrollTop = 4000));
  await rows(page).nth(12).click();
  await settled();
  const large = await work();
  expect(large.rows).toBeLessThan(40);
  expect(small.touched).toBeGreaterThan(0);
  // As many again for what scrolls into view: of twenty times the rows nothing.
  expect(large.touched).toBeLessThanOrEqual(2 * small.touched + 20);
});

/** What others do meanwhile: one comes in, one above is resolved, one below is given away, one is answered. */
async function bustle(page: Page, shop: Shop, list: readonly string[], kept: string) {
  const others = list.filter((id) => id !== kept);
  const at = list.indexOf(kept);
  const [above, below] = [others[Math.max(0, at - 1)], others[at]];
  expect((await post(page, shop, `${list.at(-1)}/note`, { text: 'Look at this.', client_id: crypto.randomUUID() })).ok()).toBe(true);
  expect((await post(page, shop, `${above}/resolve`, {})).ok()).toBe(true);
  expect((await post(page, shop, `${below}/prioritize`, { priority: 'urgent' })).ok()).toBe(true);
}

// Rule 8: a list never jumps under the pointer; focus, caret and scroll stay while others work.
test('R6 R15 rows stay under the pointer, focus and scroll stay, and what is new waits', async ({ browser, parley }) => {
  const shop = fill(parley, 60);
  const page = await enter(browser, parley, shop);
  const clean = quiet(page);
  const priya = await enter(browser, parley, shop, shop.priya);
  const list = page.getByRole('listbox');
  const under = (x: number, y: number) => page.evaluate(([x, y]) => document.elementFromPoint(x ?? 0, y ?? 0)?.closest('[role=option]')?.id, [x, y]);

  await page.goto(`/${shop.slug}/all`);
  await expect(rows(page).first()).toBeVisible();
  await expect(page.getByText('Live', { exact: true })).toBeVisible();

  // At the top, with nothing open, it is the pointer that holds the order.
  await page.mouse.move(400, 320);
  const pointed = await under(400, 320);
  const before = await ids(page);
  expect(pointed).toBeTruthy();
  await bustle(priya, shop, before, (pointed ?? '').slice(4));
  const resolved = before[before.indexOf((pointed ?? '').slice(4)) - 1];
  await expect(page.locator(`#row-${resolved}`)).toContainText('Resolved'); // it has come, and is shown in its place
  expect(await under(400, 320)).toBe(pointed);
  expect(await ids(page)).toEqual(before);
  // The pointer goes, and the order is free.
  await page.mouse.move(900, 500);
  await expect(page.locator(`#row-${resolved}`)).toHaveCount(0);

  // Scrolled, with a conversation open and a reply begun: everything stays.
  await list.evaluate((b) => (b.scrollTop = 1440));
  await rows(page).nth(10).click();
  await page.mouse.move(900, 60);
  await page.keyboard.press('r');
  const area = page.getByRole('textbox', { name: 'Reply' });
  await expect(area).toBeFocused();
  await page.keyboard.type('I am looking into it');
  for (let i = 0; i < 8; i++) await page.keyboard.press('ArrowLeft');
  const open = page.url().split('/').pop() ?? '';
  const order = await ids(page);
  const held = { top: await list.evaluate((b) => b.scrollTop), url: page.url() };
  await bustle(priya, shop, order, open);
  await expect(page.locator(`#row-${order[order.indexOf(open) - 1]}`)).toContainText('Resolved');
  await page.keyboard.type('!');
  await expect(area).toHaveValue('I am looking! into it');
  await expect(area).toBeFocused();
  expect(await list.evaluate((b) => b.scrollTop)).toBe(held.top);
  expect(page.url()).toBe(held.url);
  expect(await ids(page)).toEqual(order);
  // A new one waits behind its pill, and comes when it is asked for.
  expect((await post(priya, shop, `${order.at(-1)}/reply`, { text: 'On its way.', client_id: 'news' })).ok()).toBe(true);
  await expect(page.getByRole('button', { name: /^Show \d+ new conversation/ })).toBeVisible();
  expect(await ids(page)).toEqual(order);
  clean();
});

// Rule 3: a key on its own is text where text is written, in every field there is.
test('R9 no single key does anything while text is written', async ({ browser, parley }) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop);
  const clean = quiet(page, [/422/]); // what is no moment is said while it is written
  await page.request.patch('/api/v1/me/settings', { headers: { 'X-Parley-CSRF': '1' }, data: { seen_hint: 'all' } });
  const asked: string[] = [];
  page.on('request', (r) => r.method() !== 'GET' && !/\/(draft|read|drafts|socket|presence)/.test(r.url()) && asked.push(`${r.method()} ${r.url()}`));
  await page.goto(`/${shop.slug}/mine/${shop.annika}`);
  await expect(page.getByRole('log')).toContainText('Is it safe');
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog').locator('[data-command]').first()).toBeVisible();
  const keys = await page
    .getByRole('dialog')
    .locator('[data-command]')
    .evaluateAll((all) =>
      all.flatMap((r) => {
        const caps = [...r.querySelectorAll('kbd')].map((k) => k.textContent ?? '');
        return caps.some((c) => c.length > 1) ? [] : [caps.join('').toLowerCase()];
      }),
    );
  // Every key that is made of letters and signs, one after the other.
  const text = [...new Set(keys)].filter((k) => !k.includes('/') && !k.includes('@')).join('');
  expect(text.length).toBeGreaterThan(30);
  await page.keyboard.press('Escape');
  const url = page.url();
  asked.length = 0;

  for (const [key, field] of [
    ['r', page.getByRole('textbox', { name: 'Reply' })],
    ['n', page.getByRole('textbox', { name: 'Note' })],
    ['l', page.getByRole('combobox', { name: 'Tags' })],
    ['/', page.getByRole('dialog').getByRole('combobox').first()],
    ['Control+k', page.getByRole('dialog').getByRole('combobox').first()],
    ['a', page.getByRole('dialog').getByRole('combobox').first()],
    ['h', page.getByRole('dialog').getByRole('combobox').first()],
  ] as const) {
    await page.keyboard.press(key);
    await expect(field).toBeFocused();
    await page.keyboard.type(text);
    await expect(field).toHaveValue(text);
    expect(page.url()).toBe(url);
    await field.fill('');
    await page.keyboard.press('Escape');
    await page.locator('.thread .scroll').focus();
  }
  expect(asked).toEqual([]);
  clean();
});

// Rule 3: who is faster than the network loses no letter, and none is a command for what lies below.
test('R9 what is typed before a dialog has come is meant for it', async ({ browser, parley }) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop);
  const clean = quiet(page);
  let come = () => {};
  const slow = new Promise<void>((done) => (come = done));
  await page.route('**/LifeDialog-*.js', async (r) => {
    await slow;
    await r.continue();
  });
  await page.goto(`/${shop.slug}/mine/${shop.annika}`);
  await expect(page.getByRole('log')).toContainText('Is it safe');
  await page.keyboard.press('Control+e');
  await page.keyboard.type('Sent it agaun');
  for (const key of ['Backspace', 'Backspace', 'i', 'n']) await page.keyboard.press(key);
  expect(page.url()).toContain(shop.annika);
  come();
  await expect(page.getByLabel('What was done')).toHaveValue('Sent it again');
  await page.keyboard.type(', free of charge');
  await told(page, /\/resolve$/, () => page.keyboard.press('Control+Enter'));
  await expect(page.locator('.toast')).toContainText('Resolved');
  await page.goto(`/${shop.slug}/all/${shop.annika}`);
  await expect(page.getByRole('log')).toContainText('Sent it again, free of charge');
  clean();
});

// Rule 9: the list says what to do next without opening; counts are those of the lists, and live.
test('F3-04 R26 a row keeps thirty letters of its subject, who waits longest is one key away, and counts are exact', async ({ browser, parley }) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop, shop.email, false, { width: 1280, height: 800 });
  const clean = quiet(page);
  const priya = await enter(browser, parley, shop, shop.priya);
  for (const density of ['comfortable', 'compact']) {
    await page.request.patch('/api/v1/me/settings', { headers: { 'X-Parley-CSRF': '1' }, data: { density } });
    await page.goto(`/${shop.slug}/all`);
    await expect(rows(page).first()).toBeVisible();
    await expect(page.locator('html')).toHaveAttribute('data-density', density);
    await page.waitForLoadState('networkidle');
    // How many letters there is room for, in the font of the row, in the narrowest row.
    const room = await rows(page).evaluateAll((all) =>
      all.map((r) => {
        const s = r.querySelector<HTMLElement>('.l2 .trunc');
        const pen = document.createElement('canvas').getContext('2d');
        if (!s || !pen) return 0;
        pen.font = getComputedStyle(s).font;
        const text = 'Generated question of thirty c';
        return s.clientWidth / (pen.measureText(text).width / text.length);
      }),
    );
    if (density === 'comfortable') expect(Math.min(...room)).toBeGreaterThanOrEqual(30);
    else expect(Math.min(...room)).toBeGreaterThan(18);
  }
  const order = await ids(page);
  await page.keyboard.press('w');
  await expect(page).toHaveURL(/find/);
  await expect(rows(page).first()).toBeVisible();
  await expect.poll(() => ids(page)).not.toEqual(order);

  const side = (name: string) =>
    page
      .getByRole('navigation', { name: 'Main' })
      .getByRole('link', { name: new RegExp(`^${name}`) })
      .locator('.n');
  const real = async (view: string) => {
    const r = await page.request.get(`/api/v1/workspaces/${shop.workspace}/conversations?view=${view}&tab=open&limit=100`);
    return ((await r.json()) as { items: { id: string }[] }).items;
  };
  for (const [name, view] of [
    ['Mine', 'mine'],
    ['Unassigned', 'unassigned'],
    ['All open', 'all'],
  ] as const)
    await expect(side(name)).toHaveText(String((await real(view)).length));
  const [gone] = await real('unassigned');
  expect((await post(priya, shop, `${gone?.id}/resolve`, {})).ok()).toBe(true);
  await expect(side('Unassigned')).toHaveText(String((await real('unassigned')).length));
  await expect(side('All open')).toHaveText(String((await real('all')).length));
  clean();
});

// Rule 12: 360 px wide, as 200 % is on a small screen: answer, give away, snooze and close without a keyboard.
test('R23 F2-67 replying, assigning, snoozing and closing work 360 px wide', async ({ browser, parley }) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop, shop.email, false, { width: 360, height: 740 });
  const clean = quiet(page);
  const said = page.locator('.toast .say');
  const fits = async () => {
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    await accessible(page);
  };
  const more = async (name: RegExp) => {
    await page.getByRole('button', { name: 'More' }).last().click();
    await page.getByRole('listbox').getByRole('option', { name }).click();
  };
  await page.goto(`/${shop.slug}/mine`);
  await page.locator(`#row-${shop.annika}`).click();
  await expect(page.getByRole('log')).toContainText('Is it safe');
  await fits();
  await page.getByRole('textbox', { name: 'Reply' }).fill('Yes, it is.');
  await page.getByRole('button', { name: /^Send( Ctrl|$)/ }).click();
  await expect(page.getByRole('log')).toContainText('Yes, it is.');
  await more(/^Snooze/);
  await fits();
  await page.getByRole('dialog').getByRole('option').first().click();
  await expect(said).toContainText('Snoozed');
  await more(/^Assign/);
  await fits();
  await page.getByRole('dialog').getByRole('option', { name: /Priya/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Assign', exact: true }).click();
  await expect(said).toContainText('Priya');
  await page.goto(`/${shop.slug}/all/${shop.annika}`);
  await expect(page.getByRole('log')).toContainText('Is it safe');
  await more(/^Close/);
  const sure = page.getByRole('dialog');
  if (await sure.isVisible()) {
    await fits();
    await sure
      .getByRole('button', { name: /^Close/ })
      .last()
      .click();
  }
  await expect(said).toContainText('Closed');
  clean();
});
