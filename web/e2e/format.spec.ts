import { accessible, expect, looks, quiet, shot, test } from './parley';
import { ask, enter, fill } from './shop';

// F2-34: what is formatted in the composer is formatted in the inbox and in the visitor's chat, and only that.

for (const { size, dark, name } of looks) {
  test(`a reply is formatted by keys and shown so on both sides, ${name} (F2-34)`, async ({ browser, parley }) => {
    const shop = fill(parley);
    const page = await enter(browser, parley, shop, shop.email, dark, size);
    const clean = quiet(page, [/frame is sandboxed/]);
    const visitor = await (await browser.newContext({ viewport: { width: 390, height: 740 }, colorScheme: dark ? 'dark' : 'light' })).newPage();
    const still = quiet(visitor);
    await visitor.goto(`${parley.base}/try`);
    await visitor.getByRole('button', { name: 'Open the chat' }).click();
    const chat = visitor.frameLocator('#parley-chat iframe');
    await chat.getByLabel('Write a message').fill('Is it **2*3*4** or _five_?');
    await chat.getByLabel('Write a message').press('Enter');
    await expect(chat.getByText('Is it **2*3*4** or _five_?')).toBeVisible();
    let id = '';
    await expect
      .poll(async () => {
        const all = await ask<{ items: { id: string; preview: string }[] }>(page, shop, 'GET', '/conversations?view=all');
        id = all.items.find((c) => c.preview.startsWith('Is it'))?.id ?? '';
        return id;
      })
      .not.toBe('');
    await page.goto(`/${shop.slug}/all/${id}`);
    const log = page.getByRole('log');
    await expect(log).toContainText('Is it **2*3*4** or _five_?');

    // Bold and italic by keys; a list, a link and what only looks like one.
    const box = page.getByRole('textbox', { name: 'Reply' });
    await box.click();
    await page.keyboard.press('Control+b');
    await page.keyboard.type('Now');
    await page.keyboard.press('End');
    await page.keyboard.type(' ');
    await page.keyboard.press('Control+i');
    await page.keyboard.type('please');
    await page.keyboard.press('End');
    await expect(box).toHaveValue('**Now** _please_');
    await box.fill(
      '**Now** _please_, 2*3*4 of snake_case_name:\n\n1. Hold the `power` key\n2. See [the guide](https://example.com/guide)\n\n> Is it safe?\n\n<img src=x onerror="document.title=1"> [x](javascript:alert(1))',
    );
    await page.keyboard.press('Control+Enter');
    for (const side of [log.locator('.rich').last(), chat.locator('.b.rich')]) {
      await expect(side.locator('strong')).toHaveText('Now');
      await expect(side.locator('em')).toHaveText('please');
      await expect(side.locator('li')).toHaveCount(2);
      await expect(side.locator('code')).toHaveText('power');
      await expect(side.getByRole('link', { name: 'the guide' })).toHaveAttribute('href', 'https://example.com/guide');
      await expect(side.locator('a')).toHaveCount(1);
      await expect(side).toContainText('2*3*4 of snake_case_name');
      await expect(side).toContainText('<img src=x onerror="document.title=1">');
      await expect(side.locator('img')).toHaveCount(0);
    }
    await expect(chat.locator('.me .rich')).toHaveCount(0);
    await shot(page, `inbox-${name}`);
    await shot(visitor, `chat-${name}`);
    await accessible(page);
    clean();
    still();
  });
}
