import type { Page } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { accessible, expect, quiet, test, told } from './parley';
import { enter, fill, post, type Shop } from './shop';

// What helps with writing and reading: emoji, formats, files, pictures, links, paper.

const box = (page: Page, name = 'Reply') => page.getByRole('textbox', { name, exact: true });
const log = (page: Page) => page.getByRole('log');

async function open(page: Page, shop: Shop) {
  await page.goto(`/${shop.slug}/all/${shop.annika}`);
  await expect(log(page)).toContainText('Is it safe');
  await expect(page.getByRole('button', { name: 'Insert an emoji' })).toBeVisible();
}

/** A picture of one colour, as PNG. */
const picture = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAIAAACQkWg2AAAAFklEQVR4nGNgSHhAEmIYVTFKNYxqoAEA8yV9AXw4pS0AAAAASUVORK5CYII=', 'base64');

/** Hands files to the page as a drag or the clipboard does. */
const hand = (page: Page, type: 'drop' | 'dragover' | 'paste', selector: string, names: string[]) =>
  page.evaluate(
    ({ type, selector, names, bytes }) => {
      const data = new DataTransfer();
      for (const n of names) data.items.add(new File([Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0))], n, { type: 'image/png' }));
      const at = document.querySelector(selector);
      const init = { bubbles: true, cancelable: true };
      at?.dispatchEvent(type === 'paste' ? new ClipboardEvent(type, { ...init, clipboardData: data }) : new DragEvent(type, { ...init, dataTransfer: data }));
    },
    { type, selector, names, bytes: picture.toString('base64') },
  );

test('emoji are typed by name or chosen, and Ctrl+Z takes one back', async ({ browser, parley }) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop);
  const clean = quiet(page);
  await open(page, shop);
  await box(page).pressSequentially('Thank you :smi');
  const list = page.getByRole('listbox', { name: 'Emoji' });
  await expect(list.getByRole('option').first()).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(box(page)).toHaveValue(/^Thank you (😄|😃)$/u);
  await page.keyboard.press('Control+z');
  await expect(box(page)).toHaveValue('Thank you :smi');
  await box(page).fill('');
  await box(page).pressSequentially('Done :tada:');
  await expect(box(page)).toHaveValue('Done 🎉');
  await box(page).pressSequentially(' at 10:30: see https://example.com');
  await expect(box(page)).toHaveValue('Done 🎉 at 10:30: see https://example.com');

  await page.keyboard.press('Control+Shift+E');
  await expect(page.getByRole('combobox', { name: 'Find an emoji' })).toBeFocused();
  await accessible(page);
  await page.keyboard.type('rocket');
  await page.keyboard.press('Enter');
  await expect(box(page)).toHaveValue('Done 🎉 at 10:30: see https://example.com🚀');
  await expect(box(page)).toBeFocused();
  // What was used last comes first.
  await page.getByRole('button', { name: 'Insert an emoji' }).click();
  await expect(page.getByRole('listbox', { name: 'Emoji' }).getByRole('option').first()).toHaveAccessibleName('rocket');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('combobox', { name: 'Find an emoji' })).toHaveCount(0);
  clean();
});

test('formats are keys and buttons on the same Markdown', async ({ browser, parley }) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop);
  const clean = quiet(page);
  await open(page, shop);
  await box(page).fill('a new pack');
  await box(page).evaluate((a: HTMLTextAreaElement) => a.setSelectionRange(2, 5));
  await page.keyboard.press('Control+b');
  await expect(box(page)).toHaveValue('a **new** pack');
  await page.keyboard.press('Control+z');
  await expect(box(page)).toHaveValue('a new pack');
  await box(page).evaluate((a: HTMLTextAreaElement) => a.setSelectionRange(2, 5));
  await page.getByRole('button', { name: 'Italic' }).click();
  await expect(box(page)).toHaveValue('a _new_ pack');
  await box(page).fill('one\ntwo');
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Control+Shift+b');
  await expect(box(page)).toHaveValue('- one\n- two');
  // A note is shown as it is meant.
  await page.keyboard.press('Escape');
  await page.keyboard.press('n');
  await page.keyboard.type('important');
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Control+b');
  await page.keyboard.press('Control+Enter');
  await expect(log(page).locator('strong')).toHaveText('important');
  // The keyboard help knows the keys.
  await page.getByRole('region', { name: 'Timeline' }).focus();
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keyboard' })).toContainText('Bold');
  clean();
});

test('a reply that is sent while a file is uploaded goes with it, and not without it', async ({ browser, parley }) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop);
  const clean = quiet(page, [/500/]);
  await open(page, shop);
  let go: () => void = () => undefined;
  let held = new Promise<void>((done) => (go = done));
  let broken = true;
  await page.route('**/attachments', async (r) => {
    await held;
    await (broken ? r.fulfill({ status: 500, json: {} }) : r.continue());
  });
  const file = (name: string) => page.getByLabel('Attach files').last().setInputFiles({ name, mimeType: 'image/png', buffer: picture });
  await box(page).fill('Here is the picture.');
  await file('lost.png');
  await box(page).press('Control+Enter');
  await expect(page.getByText('Goes as soon as the upload is done')).toBeVisible();
  go();
  // It failed: the reply stays, and says nothing to the customer.
  await expect(page.getByText('Goes as soon as the upload is done')).toHaveCount(0);
  await expect(box(page)).toHaveValue('Here is the picture.');
  await page.getByRole('button', { name: 'Remove lost.png' }).click();
  broken = false;
  held = new Promise<void>((done) => (go = done));
  await file('kept.png');
  await box(page).press('Control+Enter');
  await expect(page.getByText('Goes as soon as the upload is done')).toBeVisible();
  await expect(log(page)).not.toContainText('Here is the picture.');
  go();
  await expect(log(page)).toContainText('Here is the picture.');
  await expect(log(page).getByRole('button', { name: 'Show kept.png' })).toBeVisible();
  await expect(box(page)).toHaveValue('');
  clean();
});

test('files are dropped, pasted and chosen, and a picture opens by keyboard', async ({ browser, parley }) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop);
  const clean = quiet(page);
  await open(page, shop);
  await hand(page, 'dragover', '.thread .scroll', ['one.png']);
  await expect(page.getByText('Drop to add the files to your reply')).toBeVisible();
  let go: () => void = () => undefined;
  const held = new Promise<void>((done) => (go = done));
  await page.route('**/attachments', async (r) => {
    await held;
    await r.continue();
  });
  await hand(page, 'drop', '.thread .scroll', ['one.png']);
  await expect(page.getByRole('progressbar', { name: 'Uploading one.png' })).toBeVisible();
  await expect(page.getByText('Waiting for the upload')).toBeVisible();
  go();
  await expect(page.getByRole('button', { name: 'Remove one.png' })).toBeVisible();
  await page.unroute('**/attachments');
  await box(page).focus();
  await hand(page, 'paste', 'textarea[data-composer]', ['two.png']);
  await expect(page.getByRole('button', { name: 'Remove two.png' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Remove one.png' })).toHaveCount(1);
  await page.getByLabel('Attach files').last().setInputFiles({ name: 'three.png', mimeType: 'image/png', buffer: picture });
  await expect(page.getByRole('button', { name: 'Remove three.png' })).toBeVisible();

  // Another browser has the files of the draft, too.
  await expect(page.getByText('Draft saved')).toBeVisible();
  const other = await enter(browser, parley, shop);
  await open(other, shop);
  await expect(other.getByRole('button', { name: 'Remove two.png' })).toBeVisible();

  // Sent while a file is on its way, it goes with it.
  let goOn: () => void = () => undefined;
  const on = new Promise<void>((done) => (goOn = done));
  await page.route('**/attachments', async (r) => {
    await on;
    await r.continue();
  });
  await page.getByLabel('Attach files').last().setInputFiles({ name: 'four.png', mimeType: 'image/png', buffer: picture });
  await box(page).press('Control+Enter');
  await expect(page.getByText('Goes as soon as the upload is done')).toBeVisible();
  await expect(log(page).getByRole('button', { name: 'Show one.png' })).toHaveCount(0);
  await told(page, /\/reply$/, async () => goOn());
  await expect(log(page).getByRole('button', { name: 'Show four.png' })).toBeVisible();
  await expect(log(page).getByRole('button', { name: 'Show one.png' })).toBeVisible();
  await log(page).getByRole('button', { name: 'Show one.png' }).focus();
  await page.keyboard.press('Enter');
  const shown = page.getByRole('dialog', { name: 'Picture' });
  await expect(shown).toContainText('one.png');
  await expect(shown).toContainText('of 5');
  await accessible(page);
  await page.keyboard.press('ArrowRight');
  await expect(shown).not.toContainText('one.png');
  await page.keyboard.press('End');
  await expect(shown).toContainText('four.png');
  await page.keyboard.press('Escape');
  await expect(shown).toHaveCount(0);
  await expect(log(page).getByRole('button', { name: 'Show one.png' })).toBeFocused();
  clean();
});

test('a link to a conversation shows what it is to the team, and nothing to the customer (F2-66)', async ({ browser, parley }) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop);
  const clean = quiet(page, [/404/]);
  const all = (await (await page.context().request.get(`/api/v1/workspaces/${shop.workspace}/conversations?view=all`)).json()) as {
    items: { id: string; subject: string; label: string }[];
  };
  const target = all.items.find((c) => c.id !== shop.annika && c.subject);
  if (!target) throw new Error('the shop has one conversation only');
  const link = `${parley.base}/${shop.slug}/all/${target.id}`;
  await post(page, shop, `${shop.annika}/note`, { text: `Same as ${link}`, client_id: 'n' });
  await post(page, shop, `${shop.annika}/reply`, { text: `See ${link}`, client_id: 'r' });
  await post(page, shop, `${shop.annika}/note`, { text: `Gone: ${parley.base}/${shop.slug}/all/cnv_0000000000001`, client_id: 'g' });
  await open(page, shop);
  const cards = page.locator('.unfurl');
  await expect(cards).toHaveCount(2);
  await expect(cards.first()).toContainText(target.subject);
  await expect(cards.first()).toContainText(target.label);
  await expect(cards.first()).toContainText(target.id);
  // What the message says, and so what leaves, is the link and nothing more.
  const sent = (await (await page.context().request.get(`/api/v1/workspaces/${shop.workspace}/conversations/${shop.annika}/timeline`)).json()) as {
    items: { message?: { text: string; kind: string } }[];
  };
  expect(sent.items.map((i) => i.message?.text)).toContain(`See ${link}`);
  expect(JSON.stringify(sent.items)).not.toContain(target.subject);
  await box(page).fill(`Look at ${link}`);
  await expect(page.getByText('Your customer cannot open links to conversations.')).toBeVisible();
  await cards.first().click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(target.subject);
  clean();
});

test('what was said is kept as a file or printed, with notes only if they are wanted', async ({ browser, parley }) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop);
  const clean = quiet(page);
  await post(page, shop, `${shop.annika}/note`, { text: 'Between us only', client_id: 'n' });
  await open(page, shop);
  const keep = async (choose?: () => Promise<void>) => {
    await page.getByRole('button', { name: 'More actions' }).click();
    await page.getByRole('option', { name: 'Print or download' }).click();
    await expect(page.getByRole('dialog')).toBeVisible();
    await choose?.();
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Download' }).click()]);
    await expect(page.getByRole('dialog')).toHaveCount(0);
    return { name: file.suggestedFilename(), text: readFileSync((await file.path()) ?? '', 'utf8') };
  };
  const plain = await keep(() => page.getByLabel('Plain text').check());
  expect(plain.name).toMatch(/\.txt$/);
  expect(plain.text).toContain('Is it safe');
  expect(plain.text).not.toContain('Between us only');
  const whole = await keep(async () => {
    await accessible(page);
    await page.getByLabel('With the notes that only the team sees').check();
  });
  expect(whole.name).toMatch(/\.html$/);
  expect(whole.text).toContain('Between us only');

  // Print shows the page in a frame of its own and asks that to print.
  await page.evaluate(() => {
    const w = window as unknown as { printed: string };
    w.printed = '';
    new MutationObserver(() => {
      const f = document.querySelector<HTMLIFrameElement>('[role=dialog] iframe');
      f?.addEventListener('load', () => f.contentWindow && (f.contentWindow.print = () => (w.printed = f.contentDocument?.body.innerText ?? '')), {
        capture: true,
        once: true,
      });
    }).observe(document.body, { childList: true, subtree: true });
  });
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('option', { name: 'Print or download' }).click();
  await page.getByRole('button', { name: 'Print', exact: true }).click();
  await expect.poll(() => page.evaluate(() => (window as unknown as { printed: string }).printed)).toContain('Is it safe');
  await page.keyboard.press('Escape');

  // And the browser's own print has the conversation, without what is around it.
  await page.emulateMedia({ media: 'print' });
  await expect(page.getByRole('listbox')).toBeHidden();
  await expect(box(page)).toBeHidden();
  await expect(log(page)).toBeVisible();
  expect(await page.locator('.thread .scroll').evaluate((e) => e.scrollHeight - e.clientHeight)).toBeLessThan(2);
  clean();
});
