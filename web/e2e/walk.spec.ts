import type { Page } from '@playwright/test';
import { expect, quiet, settling, test } from './parley';
import { enter, fill, type Shop } from './shop';

// Every command there is, by keyboard only: a new one is walked without being named here (R23, R27).
test.describe.configure({ mode: 'parallel' });

interface Named {
  id: string;
  label: string;
  caps: string[];
  group: string;
}

/** What of the page a command may change, as one text. */
async function print(page: Page, outside?: { asked: number; chosen: number }) {
  const seen = await page.evaluate((toasts) => {
    const focus = document.activeElement;
    const all = (what: string) =>
      [...document.querySelectorAll(what)]
        .filter((x) => x.checkVisibility({ visibilityProperty: true }))
        .map((x) => x.getAttribute('aria-label') ?? x.className);
    return [
      location.pathname,
      focus?.tagName,
      focus?.id,
      focus?.getAttribute('aria-label'),
      all('[role=dialog], [role=listbox], aside, [role=toolbar], main'),
      document.querySelectorAll('main input[type=checkbox]').length,
      document.querySelectorAll('main button').length,
      document.querySelectorAll('[aria-selected=true]').length,
      document.documentElement.dataset['theme'],
      toasts && document.querySelector('.toast')?.textContent,
    ];
  }, !!outside);
  return JSON.stringify([seen, outside]);
}

/** Where a page is: what a command would find there, whatever has been said in the conversation meanwhile. */
const place = () =>
  JSON.stringify([
    location.pathname,
    [...document.querySelectorAll('[role=dialog], [role=listbox], aside, [role=toolbar], main')]
      .filter((x) => x.checkVisibility({ visibilityProperty: true }))
      .map((x) => x.getAttribute('aria-label') ?? x.className),
    document.querySelectorAll('main input[type=checkbox]').length,
    document.documentElement.dataset['theme'],
  ]);

/** Goes back to where a page was when it was opened: the way it came or by Escape if that is enough, anew if it is not. */
async function back(page: Page, was: string, begin: () => Promise<void>) {
  const there = () =>
    expect
      .poll(() => page.evaluate(place), { timeout: 500, intervals: [50] })
      .toBe(was)
      .then(
        () => page.evaluate(() => (document.activeElement as HTMLElement).blur()).then(() => true),
        () => false,
      );
  if ((await page.evaluate(() => location.pathname)) !== (JSON.parse(was) as string[])[0]) {
    await page.goBack();
    if (await there()) return;
  }
  for (let layer = 0; layer < 3; layer++) {
    if (await there()) return;
    await page.keyboard.press('Escape');
  }
  await begin();
}

/** A key as it is drawn, as it is pressed: "Ctrl K" is one, "G I" are two. */
function presses(caps: readonly string[]): string[] {
  const names: Record<string, string> = { Ctrl: 'Control', Shift: 'Shift', Alt: 'Alt', '↵': 'Enter', Esc: 'Escape', '↑': 'ArrowUp', '↓': 'ArrowDown' };
  const keys = caps.map((c) => names[c] ?? (c.length === 1 ? c.toLowerCase() : c));
  return keys.some((k) => ['Control', 'Shift', 'Alt'].includes(k)) ? [keys.join('+')] : keys;
}

/** Returns what opens a page anew, with all that it fetches, and what waits until nothing is asked any more. */
function beginning(page: Page, shop: Shop) {
  const settled = settling(page, 200);
  const begin = async () => {
    await page.goto(`/${shop.slug}/mine/${shop.annika}`);
    await expect(page.getByRole('log')).toContainText('Is it safe');
    await expect(page.getByText('Live', { exact: true })).toBeVisible();
    await settled();
  };
  return { begin, settled };
}

/** Walks every command whose place in the list leaves this rest. */
async function walk(page: Page, shop: Shop, part: number, parts: number) {
  const { begin, settled } = beginning(page, shop);
  const clean = quiet(page);
  const outside = { asked: 0, chosen: 0 };
  page.on('filechooser', () => outside.chosen++);
  page.on('request', (r) => {
    if (r.method() !== 'GET' && !/\/(read|presence|me\/settings)$/.test(r.url())) outside.asked++;
  });
  await page.request.patch('/api/v1/me/settings', { headers: { 'X-Parley-CSRF': '1' }, data: { seen_hint: 'all' } });
  await begin();
  const was = await page.evaluate(place);
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('dialog').getByRole('listbox')).toHaveAttribute('aria-busy', 'false');
  const all = await page
    .getByRole('dialog')
    .getByRole('option')
    .evaluateAll((rows) =>
      rows.flatMap((r): Named[] => {
        const label = r.querySelector<HTMLElement>('[data-command]');
        return label
          ? [
              {
                id: label.dataset['command'] ?? '',
                group: label.dataset['group'] ?? '',
                label: label.textContent ?? '',
                caps: [...r.querySelectorAll('kbd')].map((k) => k.textContent ?? ''),
              },
            ]
          : [];
      }),
    );
  expect(all.length).toBeGreaterThan(40);
  const idle: string[] = [];
  for (const c of all.filter((x, i) => i % parts === part && x.id !== 'sign-out')) {
    await back(page, was, begin);
    if (c.group === 'write') {
      await page.keyboard.press('r');
      await expect(page.getByRole('textbox', { name: 'Reply' })).toBeFocused();
    }
    const before = await print(page, outside);
    if (c.caps.length > 0) for (const key of presses(c.caps)) await page.keyboard.press(key);
    else {
      await page.keyboard.press('Control+k');
      await page.keyboard.type(c.label);
      await expect(page.locator('.mi.on [data-command]')).toHaveAttribute('data-command', c.id);
      await page.keyboard.press('Enter');
      await expect(page.getByRole('dialog', { name: 'Search or jump to' })).toHaveCount(0);
    }
    const did = await expect
      .poll(() => print(page, outside))
      .not.toBe(before)
      .then(
        () => true,
        () => false,
      );
    if (!did) idle.push(`${c.id} (${c.caps.join(' ')})`);
    // What can be taken back is, and has been before the page goes: the next command finds everything as it was.
    await settled();
    if (await page.locator('.toast', { hasText: 'Undo' }).isVisible()) {
      await page.locator('.toast button', { hasText: 'Undo' }).press('Enter');
      await expect(page.locator('.toast', { hasText: 'Undo' })).toHaveCount(0);
      await settled();
    }
  }
  expect(idle).toEqual([]);
  clean();
}

for (const part of [0, 1, 2, 3])
  test(`R23 R27 F2-67 every command does something, by its key or from the palette: every fourth from ${part + 1}`, async ({ browser, parley }) => {
    const shop = fill(parley);
    await walk(await enter(browser, parley, shop), shop, part, 4);
  });

test('F2-67 signing out is a command, too', async ({ browser, parley }) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop);
  const clean = quiet(page);
  await beginning(page, shop).begin();
  await page.keyboard.press('Control+k');
  await page.keyboard.type('sign out');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
  clean();
});

test('R27 every key that is drawn on the screen is one that does something, and none is when they are off', async ({ browser, parley }) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop);
  const { begin } = beginning(page, shop);
  const headers = { 'X-Parley-CSRF': '1' };
  await page.request.patch('/api/v1/me/settings', { headers, data: { seen_hint: 'all' } });
  /** The keys of a part of the page, each as one text. */
  const drawn = (within: string) =>
    page.evaluate((within) => {
      const parents = new Set([...document.querySelectorAll<HTMLElement>(`${within} kbd`)].filter((k) => k.checkVisibility()).map((k) => k.parentElement));
      return [...parents].map((p) => [...(p?.querySelectorAll(':scope > kbd') ?? [])].map((k) => k.textContent).join(' '));
    }, within);
  await begin();
  const onScreen = await drawn('.app');
  expect(onScreen).toEqual(expect.arrayContaining(['/', 'E', 'Ctrl ↵']));
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog')).toBeVisible();
  const known = await page
    .getByRole('dialog')
    .locator('dd')
    .evaluateAll((all) =>
      all.flatMap((d) => {
        // Keys that do the same have a word between them.
        const out: string[][] = [[]];
        for (const x of d.children)
          if (x.tagName === 'KBD') out.at(-1)?.push(x.textContent ?? '');
          else out.push([]);
        return out.map((k) => k.join(' '));
      }),
    );
  expect(onScreen.filter((k) => !known.includes(k))).toEqual([]);

  await page.request.patch('/api/v1/me/settings', { headers, data: { letters_off: true } });
  await begin();
  expect((await drawn('.app')).filter((k) => !/^(Ctrl|Alt) /.test(k))).toEqual([]);
});
