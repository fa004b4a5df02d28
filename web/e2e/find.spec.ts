import { accessible, expect, quiet, shot, test, told } from './parley';
import { enter, fill, post } from './shop';

test('a filter is set with the keyboard, saved as a view, shared, ordered and counted (F2-10, F2-13, F2-14, F3-78, F3-82 to F3-84)', async ({
  browser,
  parley,
}) => {
  const shop = fill(parley, 60);
  const page = await enter(browser, parley, shop);
  const silent = quiet(page, [/422|409/]);
  await page.goto(`/${shop.slug}/all`);
  await expect(page.getByRole('heading', { name: 'All' })).toBeVisible();
  await expect(page.getByRole('option').first()).toBeVisible();
  await page.mouse.move(900, 500);

  // F opens the editor on what the list shows; the text says the same.
  await page.keyboard.press('f');
  const editor = page.getByRole('dialog', { name: 'Filter conversations' });
  await expect(editor.getByLabel('As text')).toHaveValue('is:active');
  await accessible(page);
  await shot(page, 'filter-light');

  // A condition by choosing.
  await editor.getByRole('button', { name: 'Add condition' }).click();
  const second = editor.getByRole('group', { name: /^Status: / }).nth(1);
  await second.getByLabel('What is asked').selectOption('Assigned to');
  const assigned = editor.getByRole('group', { name: /^Assigned to/ });
  await assigned.getByLabel('Value').selectOption('nobody');
  await assigned.getByRole('button', { name: 'Remove me' }).click();
  await expect(editor.getByLabel('As text')).toHaveValue('is:active assignee:none');
  await expect(editor.getByRole('status')).toHaveText(/\d+ conversations/);

  // By typing; a slip says where it is, with the text selected.
  const text = editor.getByLabel('As text');
  await text.fill('is:active asignee:none');
  await text.press('Tab');
  await expect(editor.getByRole('alert')).toContainText('There is no "asignee:" to search by.');
  expect(await text.evaluate((e: HTMLInputElement) => e.value.slice(e.selectionStart ?? 0, e.selectionEnd ?? 0))).toBe('asignee:');
  await text.fill('is:active (assignee:none OR priority:urgent) created:30d');
  await text.press('Tab');
  await expect(editor.getByRole('group', { name: 'Group' })).toHaveCount(2);
  await expect(editor.getByRole('alert')).toHaveCount(0);
  await accessible(page);
  await shot(page, 'filter-nested-light');
  await editor.getByRole('button', { name: 'Show', exact: true }).click();
  await expect(editor).toBeHidden();

  // Chips say it in words; the order is a menu, and W is who has waited longest.
  const chips = page.getByRole('group', { name: 'Conversations match' });
  await expect(chips).toContainText('Assigned to: nobody or Priority: Urgent');
  await expect(page.getByRole('option').first()).toBeVisible();
  await page.keyboard.press('w');
  await expect(page.getByRole('button', { name: 'Waiting longest' })).toBeVisible();
  await expect(page.locator('.bar2 [role=status]')).toHaveText(/^\d/);
  const total = Number((await page.locator('.bar2 [role=status]').innerText()).split(' ')[0]);
  expect(total).toBeGreaterThan(0);
  await accessible(page);
  await shot(page, 'bar-light');

  // Saved, from the palette as by its button: it is in the sidebar with its count.
  await expect(page.getByRole('button', { name: 'Save as view' })).toBeVisible();
  await page.keyboard.press('ControlOrMeta+k');
  await page.keyboard.type('save as');
  await page.keyboard.press('Enter');
  const form = page.getByRole('dialog', { name: 'Save as view' });
  await form.getByLabel('Name').fill('To take');
  await form.getByLabel('People and teams').check();
  await form.getByRole('button', { name: 'Priya Raman' }).click();
  await accessible(page);
  await shot(page, 'save-light');
  await form.getByRole('button', { name: 'Save', exact: true }).click();
  const side = page.getByRole('navigation').first();
  const link = side.getByRole('link', { name: /^To take/ });
  await expect(link).toHaveAttribute('aria-current', 'page');
  await expect(link).toContainText(String(total));

  // Live: what is answered for elsewhere leaves the count and the list.
  const r = await page.context().request.get(`/api/v1/workspaces/${shop.workspace}/find?q=assignee:none is:open -priority:urgent&limit=1`);
  const { items } = (await r.json()) as { items: { id: string }[] };
  const gone = items[0]?.id ?? '';
  await post(page, shop, `${gone}/close`, {});
  await expect(link).toContainText(String(total - 1));
  await expect(page.locator(`#row-${gone}`)).toHaveCount(0);

  // A suggestion, saved too; the order is changed with Alt and the arrows.
  await page.keyboard.press('v');
  const all = page.getByRole('dialog', { name: 'Saved views' });
  await expect(all.getByText('To take')).toBeVisible();
  await accessible(page);
  await shot(page, 'views-light');
  await all.getByRole('button', { name: /^Triage/ }).click();
  await page.getByRole('button', { name: 'Save as view' }).click();
  await page.getByRole('dialog', { name: 'Save as view' }).getByLabel('Name').fill('Triage');
  await page.getByRole('dialog', { name: 'Save as view' }).getByRole('button', { name: 'Save', exact: true }).click();
  const triage = side.getByRole('link', { name: /^Triage/ });
  await expect(triage).toHaveAttribute('aria-current', 'page');
  await triage.focus();
  await told(page, /\/views\b/, () => page.keyboard.press('Alt+ArrowUp'));
  await expect(side.locator('[data-view]').first()).toContainText('Triage');
  await expect(triage).toBeFocused();
  await page.reload();
  await expect(side.locator('[data-view]').first()).toContainText('Triage');
  silent();

  // Priya has the view, and cannot change it.
  const priya = await enter(browser, parley, shop, shop.priya);
  await priya.goto(`/${shop.slug}/all`);
  await expect(priya.getByRole('option').first()).toBeVisible();
  await priya.keyboard.press('v');
  const hers = priya.getByRole('dialog', { name: 'Saved views' });
  await hers.getByRole('button', { name: 'Put To take in the sidebar' }).click();
  await expect(
    priya
      .getByRole('navigation')
      .first()
      .getByRole('link', { name: /^To take/ }),
  ).toBeVisible();
  await hers.getByRole('button', { name: 'Share and settings: To take' }).click();
  const settings = priya.getByRole('dialog', { name: 'Share and settings' });
  await expect(settings.getByLabel('Name')).toBeDisabled();
  await expect(settings.getByRole('button', { name: 'Save', exact: true })).toHaveCount(0);
});

test('filters look right in the dark and on a phone', async ({ browser, parley }) => {
  const shop = fill(parley, 20);
  const find = `find/${encodeURIComponent(new URLSearchParams({ q: 'is:active assignee:none,me', sort: 'waiting' }).toString())}`;
  for (const [name, dark, size] of [
    ['dark', true, { width: 1440, height: 900 }],
    ['phone', false, { width: 390, height: 844 }],
    ['phone-dark', true, { width: 390, height: 844 }],
  ] as const) {
    const page = await enter(browser, parley, shop, shop.email, dark, size);
    const silent = quiet(page);
    await page.goto(`/${shop.slug}/${find}`);
    await expect(page.getByRole('option').first()).toBeVisible();
    await expect(page.getByRole('button', { name: 'Waiting longest' })).toBeVisible();
    await accessible(page);
    await shot(page, `bar-${name}`);
    await page.getByRole('button', { name: 'Filter', exact: true }).click();
    await expect(page.getByRole('dialog').getByRole('group', { name: /^Assigned to/ })).toBeVisible();
    await accessible(page);
    await shot(page, `filter-${name}`);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Save as view' }).click();
    const form = page.getByRole('dialog', { name: 'Save as view' });
    await expect(form).toBeVisible();
    await accessible(page);
    await shot(page, `save-${name}`);
    // What was typed is what is saved.
    await form.getByLabel('Name').fill(`From words ${name}`);
    await form.getByRole('button', { name: 'Save', exact: true }).click();
    await expect(page.getByRole('heading', { name: `From words ${name}` })).toBeVisible();
    await expect(page.getByRole('group', { name: 'Conversations match' })).toContainText('Assigned to: nobody or me');
    silent();
  }
});
