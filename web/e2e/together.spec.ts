import { chromium, type Browser, type Page } from '@playwright/test';
import { accessible, expect, quiet, test, type Parley } from './parley';
import { enter, fill, post, type Shop } from './shop';

// Two agents, two windows, one conversation: what each of them sees of the other, and
// that no word is lost and none is sent twice (the rules 5, 6 and 7 of an agent's day).

const box = (page: Page) => page.getByRole('textbox', { name: 'Reply', exact: true });
const log = (page: Page) => page.getByRole('log');
const saved = (page: Page) => expect(page.getByText('Draft saved')).toBeVisible();

async function open(page: Page, shop: Shop, talk = shop.annika) {
  await page.goto(`/${shop.slug}/all/${talk}`);
  await expect(log(page)).toContainText('Is it safe');
  await expect(box(page)).toBeVisible();
  await expect(page.getByRole('button', { name: 'Insert an emoji' })).toBeVisible();
}

/** What the server has of a conversation, as JSON. */
const ask = async (page: Page, shop: Shop, path: string) =>
  (await page.context().request.get(`/api/v1/workspaces/${shop.workspace}${path}`)).json() as Promise<never>;

const said = async (page: Page, shop: Shop, text: string): Promise<number> => {
  const t = (await ask(page, shop, `/conversations/${shop.annika}/timeline?limit=200`)) as { items: { event: { kind: string }; message?: { text: string } }[] };
  return t.items.filter((i) => i.event.kind === 'message_posted' && i.message?.text === text).length;
};

const member = async (page: Page, shop: Shop, email: string) => {
  const all = (await ask(page, shop, '/members')) as { items: { user_id: string; name: string; email: string }[] };
  const found = all.items.find((m) => m.email === email);
  if (!found) throw new Error(`nobody has ${email}`);
  return found;
};

async function two(browser: Browser, parley: Parley) {
  const shop = fill(parley);
  const maja = await enter(browser, parley, shop);
  const priya = await enter(browser, parley, shop, shop.priya);
  return { shop, maja, priya };
}

// Rule 6: a teammate's face is there within a second of their coming, and what they do.
test('who looks and who types is seen by the other (F2-36)', async ({ browser, parley }) => {
  const { shop, maja, priya } = await two(browser, parley);
  const clean = quiet(maja);
  await open(maja, shop);
  const name = (await member(maja, shop, shop.priya)).name;
  await open(priya, shop);
  await expect(maja.getByText(`${name} is looking`)).toBeVisible();
  await expect(maja.locator('.viewers .av')).toHaveCount(1);
  await box(priya).pressSequentially('Hello');
  await expect(log(maja)).toContainText(`${name} is typing`);
  await priya.keyboard.press('Escape');
  await priya.keyboard.press('n');
  await priya.keyboard.type('For us');
  await expect(log(maja)).toContainText(`${name} is writing a note`);
  await priya.goto(`/${shop.slug}/mine`);
  await expect(maja.getByText(`${name} is looking`)).toHaveCount(0);
  clean();
});

// Rule 5.
test('a draft survives a killed tab, another browser and a killed server', async ({ browser, parley }) => {
  const shop = fill(parley);
  const maja = await enter(browser, parley, shop);
  await open(maja, shop);
  // The tab goes before the server has anything: the words are on this device.
  await maja.route('**/drafts/**', (r) => (r.request().method() === 'PUT' ? r.abort() : r.continue()));
  await box(maja).pressSequentially('Half a sen');
  await expect.poll(() => maja.evaluate(() => Object.values(localStorage).join())).toContain('Half a sen');
  const context = maja.context();
  await maja.close({ runBeforeUnload: false });
  const again = await context.newPage();
  await open(again, shop);
  await expect(box(again)).toHaveValue('Half a sen');
  await saved(again);
  // Another browser has them from the server, also after that was killed.
  await parley.kill();
  await parley.start();
  const other = await enter(browser, parley, shop);
  await open(other, shop);
  await expect(box(other)).toHaveValue('Half a sen');
  // And after the conversation was somebody else's for a while.
  const me = await member(other, shop, shop.email);
  const priya = await member(other, shop, shop.priya);
  await post(other, shop, `${shop.annika}/assign`, { assignee_id: priya.user_id });
  await post(other, shop, `${shop.annika}/assign`, { assignee_id: me.user_id });
  await other.reload();
  await expect(box(other)).toHaveValue('Half a sen');
});

// Rule 5: kill -9 takes the browser, and not the words.
test('a draft survives a killed browser', async ({ browser, parley }, info) => {
  const shop = fill(parley);
  const doomed = await chromium.launchServer(info.project.use.launchOptions ?? {});
  const page = await enter(await chromium.connect(doomed.wsEndpoint()), parley, shop);
  await open(page, shop);
  await box(page).pressSequentially('Written a moment before');
  await saved(page);
  doomed.process().kill('SIGKILL');
  const again = await enter(browser, parley, shop);
  await open(again, shop);
  await expect(box(again)).toHaveValue('Written a moment before');
});

// Rule 5: two tabs never overwrite each other.
test('two tabs follow each other, and keep both texts when they meet', async ({ browser, parley }) => {
  const shop = fill(parley);
  const one = await enter(browser, parley, shop);
  const clean = quiet(one, [/409/]);
  const other = await one.context().newPage();
  await open(one, shop);
  await open(other, shop);
  await box(one).fill('From one');
  await saved(one);
  await expect(box(other)).toHaveValue('From one'); // without a word of its own it follows

  // Neither hears of the other: each has words that the other has not seen.
  for (const page of [one, other]) await page.route('**/drafts/**', (r) => (r.request().method() === 'PUT' ? r.abort() : r.continue()));
  await box(one).fill('The first text');
  await box(other).fill('The second text');
  await one.unroute('**/drafts/**');
  await box(one).fill('The first text, and more');
  await saved(one);
  await other.unroute('**/drafts/**');
  await box(other).fill('The second text, and more');
  await expect(other.getByRole('alert')).toContainText('The first text, and more');
  await expect(box(other)).toHaveValue('The second text, and more');
  await other.getByRole('button', { name: 'Use the other' }).click();
  await expect(box(other)).toHaveValue('The first text, and more');
  await saved(other);

  // What one has sent is no draft in the other any more.
  await box(one).press('Control+Enter');
  await expect(log(one).getByText('The first text, and more')).toHaveCount(1);
  await expect(box(other)).toHaveValue('');
  clean();
});

// Rule 7: a double click, a held Enter and a lost answer make one message each.
test('what is sent is sent once', async ({ browser, parley }) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop);
  await open(page, shop);
  await box(page).fill('By a double click');
  await page.getByRole('button', { name: /^Send( Ctrl|$)/ }).dblclick();
  await expect(log(page).getByText('By a double click')).toHaveCount(1);

  await box(page).fill('By a held key');
  await page.keyboard.down('Control');
  for (let i = 0; i < 6; i++) await page.keyboard.down('Enter'); // the same key again and again, as when it is held
  await page.keyboard.up('Enter');
  await page.keyboard.up('Control');
  await expect(log(page).getByText('By a held key')).toHaveCount(1);

  // The server has it, the answer is lost, and the page asks again.
  let lost = 0;
  await page.route(`**/${shop.annika}/reply`, async (r) => {
    if (lost++ > 0) return r.continue();
    await r.fetch();
    await r.abort('connectionreset');
  });
  await box(page).fill('With a lost answer');
  await box(page).press('Control+Enter');
  await expect.poll(() => lost).toBeGreaterThan(1);
  await expect(log(page).getByText('With a lost answer')).toHaveCount(1);
  await page.unroute(`**/${shop.annika}/reply`);

  // Written without a network, sent with the next.
  await page.context().setOffline(true);
  await box(page).fill('From a tunnel');
  await box(page).press('Control+Enter');
  await expect(log(page)).toContainText('waiting to send');
  await page.context().setOffline(false);
  await expect(log(page)).not.toContainText('waiting to send');
  await page.reload();
  await expect(log(page).getByText('From a tunnel')).toHaveCount(1);
  for (const text of ['By a double click', 'By a held key', 'With a lost answer', 'From a tunnel']) expect(await said(page, shop, text)).toBe(1);
});

// Rule 6: nobody answers over a colleague.
test('Send stops for what a colleague has answered meanwhile, and needs a second press', async ({ browser, parley }) => {
  const { shop, maja, priya } = await two(browser, parley);
  await open(maja, shop);
  await box(maja).fill('Please send it back.');
  await post(priya, shop, `${shop.annika}/reply`, { text: 'Keep it, a new one is on its way.', client_id: 'over' });
  await expect(log(maja)).toContainText('Keep it, a new one');
  await box(maja).press('Control+Enter');
  const stop = maja.getByRole('alertdialog');
  await expect(stop).toContainText('Keep it, a new one');
  expect(await said(maja, shop, 'Please send it back.')).toBe(0);
  await stop.getByRole('button', { name: 'Look first' }).click();
  await expect(box(maja)).toHaveValue('Please send it back.');
  await box(maja).press('Control+Enter'); // it has been looked at
  await expect(log(maja).getByText('Please send it back.')).toHaveCount(1);
  await expect.poll(() => said(maja, shop, 'Please send it back.')).toBe(1);

  // What was written without a network is not sent over what came meanwhile either.
  await maja.context().setOffline(true);
  await box(maja).fill('Are you still there?');
  await box(maja).press('Control+Enter');
  await expect(log(maja)).toContainText('waiting to send');
  await post(priya, shop, `${shop.annika}/reply`, { text: 'All is settled by phone.', client_id: 'phone' });
  await maja.context().setOffline(false);
  await expect(log(maja)).toContainText('Somebody wrote here while you did.');
  await expect(log(maja)).toContainText('All is settled by phone.');
  expect(await said(maja, shop, 'Are you still there?')).toBe(0);
  await log(maja).getByRole('button', { name: 'Back to the composer' }).click();
  await expect(box(maja)).toHaveValue('Are you still there?');
});

// F2-78: a colleague is asked to look at a draft, sees it grow, and goes on with it.
test('a draft is shared, seen live, and handed over with one owner at a time (F2-66, F2-78)', async ({ browser, parley }) => {
  const { shop, maja, priya } = await two(browser, parley);
  const clean = [quiet(maja), quiet(priya)];
  const [me, mate] = [await member(maja, shop, shop.email), await member(maja, shop, shop.priya)];
  await open(maja, shop);
  await open(priya, shop);
  await box(maja).fill('Dear Annika');
  await maja.getByRole('button', { name: 'Share this draft with a teammate' }).click();
  await maja.getByRole('combobox', { name: 'Share this draft with a teammate' }).fill(mate.name.slice(0, 4));
  await maja.keyboard.press('Enter');
  await expect(maja.getByText(`${mate.name} can see your reply as you write it`)).toBeVisible();
  await maja.keyboard.press('Escape');

  const shown = priya.getByRole('region', { name: `${me.name} is writing this reply` });
  await expect(shown).toContainText('Dear Annika');
  await priya.getByRole('button', { name: /^Notifications/ }).click();
  await expect(priya.getByRole('dialog', { name: 'Notifications' })).toContainText(`${me.name} asks you to look at a draft in`);
  await priya.keyboard.press('Escape');
  await box(maja).pressSequentially(', a new pack is on its way.');
  await expect(shown).toContainText('Dear Annika, a new pack is on its way.');
  await accessible(priya);
  await expect(box(priya)).toHaveValue(''); // it is not theirs

  await shown.getByRole('button', { name: 'Continue it' }).click();
  await expect(box(priya)).toHaveValue('Dear Annika, a new pack is on its way.');
  await expect(shown).toHaveCount(0);
  await expect(box(maja)).toHaveValue('');
  const back = maja.getByRole('region', { name: `${mate.name} is writing this reply` });
  await expect(back).toContainText('a new pack is on its way.');
  await box(priya).press('End');
  await box(priya).pressSequentially(' Kind regards');
  await expect(back).toContainText('Kind regards');
  await box(priya).press('Control+Enter');
  await expect(log(maja).getByText('Dear Annika, a new pack is on its way. Kind regards')).toHaveCount(1);
  await expect(back).toHaveCount(0);
  for (const c of clean) c();
});

// F2-66: a link leads to the message, and following is one key.
test('a link leads to a message, and whoever follows says so (F2-66)', async ({ browser, parley }) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop);
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  const clean = quiet(page);
  await open(page, shop);
  const first = log(page).getByRole('article').first();
  const message = (await first.getAttribute('data-messages'))?.split(' ')[0] ?? '';
  await first.getByRole('link', { name: /Copy the link to this message/ }).click();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  expect(link).toBe(`${parley.base}/${shop.slug}/all/${shop.annika}#${message}`);
  await page.goto('about:blank');
  await page.goto(link);
  await expect(page.locator('.sought')).toHaveAttribute('data-message', message);

  await page.getByRole('region', { name: 'Timeline' }).focus();
  await page.keyboard.press('Shift+F');
  const me = await member(page, shop, shop.email);
  await expect.poll(async () => ((await ask(page, shop, `/conversations/${shop.annika}`)) as { follower_ids: string[] }).follower_ids).toContain(me.user_id);
  await expect(page.getByText('1 follows')).toHaveAttribute('title', 'You');
  clean();
});
