import type { Page } from '@playwright/test';
import { expect, quiet, test } from './parley';
import { enter, fill, post, type Shop } from './shop';

// What makes a day in the inbox feel fast and safe, as far as no clock is needed to see it.
// How many milliseconds a key takes is measured by `make bench`.

const rows = (page: Page) => page.getByRole('option');
const head = (page: Page) => page.getByRole('heading', { level: 1 });
const ids = (page: Page) => rows(page).evaluateAll((all) => all.toSorted((a, b) => Number(a.ariaPosInSet) - Number(b.ariaPosInSet)).map((x) => x.id.slice(4)));

interface Watched {
  /** Layout shifts that no key has caused: what moves by itself later. */
  shifts: unknown[];
  /** Placeholders that were on the screen. */
  bones: string[];
  /** When the last key was pressed. */
  key: number;
}
const watched = (page: Page) => page.evaluate(() => (window as unknown as { watched: Watched }).watched);
const forget = (page: Page) => page.evaluate(() => Object.assign((window as unknown as { watched: Watched }).watched, { shifts: [], bones: [] }));

/** Notes from its beginning what a page shows that is not what was asked for, and what moves. */
async function watch(page: Page) {
  await page.addInitScript(() => {
    const w: Watched = { shifts: [], bones: [], key: -1000 };
    (window as unknown as { watched: Watched }).watched = w;
    addEventListener('keydown', (e) => (w.key = e.timeStamp), true);
    new PerformanceObserver((list) => {
      for (const e of list.getEntries() as (PerformanceEntry & { value: number; sources: { node?: Element }[] })[])
        // What a key changes at once is what was asked for; browsers would forgive half a second.
        if (e.startTime - w.key > 100) w.shifts.push([e.value, ...e.sources.map((s) => s.node?.className)]);
    }).observe({ type: 'layout-shift', buffered: true });
    const look = () => {
      for (const b of document.querySelectorAll('.bone, .bones, .skeletons, .spinner')) if (b.checkVisibility()) w.bones.push(b.className);
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
}

// Rule 2: opening the next conversation never shows a placeholder, and nothing moves when more comes.
test('R1 R17 no placeholder and no shift on j and k while every answer takes 400 ms', async ({ browser, parley }) => {
  const shop = fill(parley, 12);
  const page = await enter(browser, parley, shop);
  await watch(page);
  await page.route('**/api/**', async (r) => {
    await new Promise((done) => setTimeout(done, 400));
    await r.continue().catch(() => undefined);
  });
  await page.goto(`/${shop.slug}/all`);
  await expect(rows(page).first()).toBeVisible();
  await page.keyboard.press('j');
  await expect(page.getByRole('log').getByRole('article').first()).toBeVisible();
  await page.waitForLoadState('networkidle');
  await forget(page);
  // To the end and back, also past mails with a look of their own, with time to read each.
  const order = await ids(page);
  for (const key of [...Array<string>(order.length - 1).fill('j'), ...Array<string>(5).fill('k')]) {
    const before = await head(page).textContent();
    await page.keyboard.press(key);
    await expect(head(page)).not.toHaveText(before ?? '');
    await expect(page.getByRole('log').getByRole('article').first()).toBeVisible();
    await page.waitForLoadState('networkidle');
  }
  // Three at once: as far as was fetched ahead.
  for (const key of ['k', 'k', 'k']) await page.keyboard.press(key);
  await page.waitForLoadState('networkidle');
  expect(await watched(page)).toMatchObject({ bones: [], shifts: [] });
});

// Rule 1, without a clock: what a key does to the page does not grow with the list.
test('a key does as much in a list of thousands as in a list of seven', async ({ browser, parley }) => {
  const shop = fill(parley, 150);
  const page = await enter(browser, parley, shop);
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
  await page.waitForLoadState('networkidle');
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
  await page.waitForLoadState('networkidle');
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
  const data = (text: string) => ({ text, client_id: text });
  expect((await post(page, shop, `${list.at(-1)}/note`, data(`Look, ${Math.random()}`))).ok()).toBe(true);
  expect((await post(page, shop, `${above}/resolve`, {})).ok()).toBe(true);
  expect((await post(page, shop, `${below}/prioritize`, { priority: 'urgent' })).ok()).toBe(true);
}

// Rule 8: a list never jumps under the pointer; focus, caret and scroll stay while others work.
test('R6 R15 rows stay under the pointer, focus and scroll stay, and what is new waits', async ({ browser, parley }) => {
  const shop = fill(parley, 60);
  const page = await enter(browser, parley, shop);
  const clean = quiet(page, [/frame is sandboxed/]);
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
  await expect(page.locator(`#row-${resolved} .word`)).toHaveText('Resolved'); // it has come, and is shown in its place
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
  await expect(page.locator(`#row-${order[order.indexOf(open) - 1]} .word`)).toHaveText('Resolved');
  await page.keyboard.type('!');
  await expect(area).toHaveValue('I am looking! into it');
  await expect(area).toBeFocused();
  expect(await list.evaluate((b) => b.scrollTop)).toBe(held.top);
  expect(page.url()).toBe(held.url);
  expect(await ids(page)).toEqual(order);
  // A new one waits behind its pill, and comes when it is asked for.
  const target = order[2] ?? '';
  expect((await post(priya, shop, `${order.at(-1)}/reply`, { text: 'On its way.', client_id: 'news' })).ok()).toBe(true);
  await expect(page.getByRole('button', { name: /^Show \d+ new conversation/ })).toBeVisible();
  expect(await ids(page)).toEqual(order);
  expect(target).toBeTruthy();
  clean();
});

// Rule 3: a key on its own is text where text is written, in every field there is.
test('R9 no single key does anything while text is written', async ({ browser, parley }) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop);
  const clean = quiet(page, [/frame is sandboxed/]);
  const asked: string[] = [];
  page.on('request', (r) => r.method() !== 'GET' && !/\/(draft|read|drafts|socket|presence)/.test(r.url()) && asked.push(`${r.method()} ${r.url()}`));
  await page.goto(`/${shop.slug}/mine/${shop.annika}`);
  await expect(page.getByRole('log')).toContainText('Is it safe');
  await page.keyboard.press('?');
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
    ['/', page.getByRole('dialog').getByRole('combobox')],
    ['Control+k', page.getByRole('dialog').getByRole('combobox')],
    ['a', page.getByRole('dialog').getByRole('combobox')],
    ['h', page.getByRole('dialog').getByRole('combobox')],
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
