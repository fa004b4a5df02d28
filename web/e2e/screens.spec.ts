import { accessible, begin, expect, person, quiet, test } from './parley';

const screens = [
  'unassigned',
  'mine',
  'all',
  'settings/profile',
  'settings/tokens',
  'settings/inboxes',
  'settings/members',
  'settings/workspace',
  'ledger/inbound',
  'ledger/outbound',
  'ledger/jobs',
  'start',
];

// axe finds nothing on any screen, light and dark; nothing reports an error.
test('every screen is accessible in light and dark', async ({ browser, parley }) => {
  const page = await person(browser);
  const silent = quiet(page);
  await page.goto(parley.base);
  await expect(page.getByRole('heading', { name: 'Who answers your customers?' })).toBeVisible();
  await accessible(page);
  await begin(page, parley.base);
  for (const theme of ['light', 'dark']) {
    await page.evaluate((t) => localStorage.setItem('parley.theme', t), theme);
    for (const s of screens) {
      await page.goto(`${parley.base}/lindqvist-cycles/${s}`);
      await expect(page.getByRole('main')).toBeVisible();
      await expect(page.getByText('Live', { exact: true })).toBeVisible();
      await accessible(page);
    }
  }
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
