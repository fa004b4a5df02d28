import { accessible, accessibleInBoth, begin, expect, person, quiet, test } from './parley';
import { enter, fill } from './shop';

const screens = [
  'unassigned',
  'mine',
  'all',
  'settings/profile',
  'settings/tokens',
  'settings/inboxes',
  'settings/promises',
  'settings/members',
  'settings/teams',
  'settings/responders',
  'settings/workspace',
  'home',
  'ledger/inbound',
  'ledger/outbound',
  'ledger/jobs',
  'reports/ai',
  'start',
];

const sizes = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
];

// axe finds nothing on any screen, light and dark, wide and narrow; nothing reports an error or is wider than the screen.
for (const size of sizes)
  test(`every screen is accessible in light and dark, ${size.width} wide`, async ({ browser, parley }) => {
    const page = await person(browser, size);
    const silent = quiet(page);
    const fits = async () => expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    await page.goto(parley.base);
    await expect(page.getByRole('heading', { name: 'Who answers your customers?' })).toBeVisible();
    await accessible(page);
    await begin(page, parley.base);
    for (const s of screens) {
      await page.goto(`${parley.base}/lindqvist-cycles/${s}`);
      await expect(page.getByRole('main')).toBeVisible();
      await expect(page.getByRole('main')).not.toHaveAttribute('aria-busy');
      if (s === 'settings/members') await expect(page.getByRole('main')).toContainText('Maja Ek');
      if (s === 'settings/inboxes') await expect(page.getByRole('main')).toContainText('New inbox');
      await accessibleInBoth(page);
      await fits();
    }
    // What opens over a screen.
    await page.goto(`${parley.base}/lindqvist-cycles/settings/inboxes`);
    await page.getByRole('region', { name: 'Chat' }).getByRole('button', { name: 'Settings' }).click();
    await expect(page.getByLabel('Greeting', { exact: true })).toBeVisible();
    await accessibleInBoth(page);
    await fits();
    await page.getByRole('button', { name: 'Disconnect' }).click();
    await expect(page.getByRole('button', { name: 'Keep it' })).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('button', { name: 'Disconnect' })).toBeFocused();
    for (const [open, name] of [
      ['Control+k', 'Search or jump to'],
      ['?', 'Keyboard'],
    ] as const) {
      await page.keyboard.press(open);
      await expect(page.getByRole('dialog', { name })).toBeVisible();
      await accessibleInBoth(page);
      await fits();
      await page.keyboard.press('Escape');
      await expect(page.getByRole('dialog')).toHaveCount(0);
    }
    if (size.width > 1000) {
      await page.getByRole('link', { name: 'Settings Esc' }).click();
      await page.getByRole('button', { name: 'Notifications' }).click();
      await expect(page.getByRole('dialog', { name: 'Notifications' })).toContainText('Nothing yet');
      await accessibleInBoth(page);
      await page.keyboard.press('Escape');
    }
    silent();
  });

// The first run: three steps, and the inbox listens while the try page is used (9.1).
test('the first run shows the first message as it comes', async ({ browser, parley }) => {
  const page = await person(browser);
  const silent = quiet(page);
  await page.goto(parley.base);
  await page.getByLabel('Workspace').fill('Lindqvist Cycles');
  await page.getByLabel('Your name').fill('Maja Ek');
  await page.getByLabel('Mail address').fill('maja@example.com');
  await page.getByLabel('Password').fill('correct horse battery');
  await page.keyboard.press('Enter');
  await page.getByLabel('First line').fill('Hej! What can we fix?');
  await expect(page.locator('.chat')).toContainText('Hej! What can we fix?');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Who answers with you?' })).toBeVisible();
  await page.getByLabel('Mail address').fill('daniel@example.com');
  await page.getByRole('button', { name: 'Make invitation' }).click();
  await expect(page.getByText('Send this address to daniel@example.com')).toBeVisible();
  await accessible(page);
  await page.getByRole('button', { name: 'Go on' }).click();
  await expect(page.getByText('Listening for the first message')).toBeVisible();
  await accessible(page);
  const link = await page.getByRole('link', { name: 'Open the try page' }).getAttribute('href');
  const visitor = await person(browser, { width: 360, height: 740 });
  await visitor.goto(link ?? '');
  await visitor.getByRole('button', { name: 'Open the chat' }).click();
  const chat = visitor.frameLocator('#parley-chat iframe');
  await expect(chat.getByRole('heading', { name: 'Hej! What can we fix?' })).toBeVisible();
  await chat.getByLabel('Write a message').fill('Does this arrive?');
  await chat.getByLabel('Write a message').press('Enter');
  await page.getByRole('link', { name: /Does this arrive/ }).click();
  await expect(page.getByRole('log')).toContainText('Does this arrive?');
  silent();
});

// Every conversation screen and layer on a telephone.
test('the inbox is accessible on a narrow screen, in light and dark', async ({ browser, parley }) => {
  const shop = fill(parley);
  const page = await enter(browser, parley, shop, shop.email, false, { width: 390, height: 844 });
  const silent = quiet(page, [/frame is sandboxed/]);
  const fits = async () => expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  await page.goto(`/${shop.slug}/mine`);
  await expect(page.getByRole('option')).toHaveCount(7);
  await accessibleInBoth(page);
  await page.getByRole('option', { name: /Battery stops/ }).click();
  await expect(page.getByRole('log')).toContainText('Is it safe');
  await accessibleInBoth(page);
  await fits();
  await page.getByRole('button', { name: 'Details panel' }).click();
  await expect(page.getByRole('complementary', { name: 'Details' })).toContainText('Annika');
  await accessibleInBoth(page);
  await fits();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('option', { name: /^Assign A/ }).click();
  await expect(page.getByRole('dialog')).toContainText('Assign this conversation');
  await accessibleInBoth(page);
  await fits();
  silent();
});

// A sign-in that fails says so, and does not say which of the two was wrong.
test('signing in', async ({ browser, parley }) => {
  const page = await person(browser);
  await begin(page, parley.base);
  await page.goto(`${parley.base}/lindqvist-cycles/settings/profile`);
  await page.getByRole('button', { name: 'Sign out here' }).click();
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await accessible(page);
  await page.getByLabel('Mail address').fill('maja@example.com');
  await page.getByLabel('Password').fill('not the password');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('alert')).toHaveText('The mail address or the password is wrong.');
  await page.getByLabel('Password').fill('correct horse battery');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('heading', { name: 'Unassigned' })).toBeVisible();
});
