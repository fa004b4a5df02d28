import { accessible, begin, expect, person, quiet, test } from './parley';

// F1-02, F2-36, F3-01, F3-02, F3-03, F3-07, F1-09: a visitor writes, the team answers, nobody reloads.
test('a visitor writes and the team answers', async ({ browser, parley }) => {
  const agent = await person(browser);
  const silent = quiet(agent);
  await begin(agent, parley.base);
  const visitor = await person(browser, { width: 360, height: 740 });
  await visitor.goto(parley.base + '/try');
  await visitor.getByRole('button', { name: 'Open the chat' }).click();
  const chat = visitor.frameLocator('#parley-chat iframe');
  await chat.getByLabel('Write a message').fill('Hello! My bike has not arrived yet.');
  await chat.getByLabel('Write a message').press('Enter');

  const row = agent.getByRole('option', { name: /My bike has not arrived/ });
  await expect(row).toContainText('New');
  await expect(row).toContainText(/Visitor \d{4}/);
  await row.click();
  await expect(agent.getByRole('log')).toContainText('My bike has not arrived yet.');
  await expect(chat.getByText('Seen')).toBeVisible();

  await agent.keyboard.press('r');
  await agent.keyboard.type('Hi, which order is it?');
  await expect(chat.getByText('Maja Ek is typing')).toBeVisible();
  await agent.keyboard.press('Control+Enter');
  await expect(chat.getByText('Hi, which order is it?')).toBeVisible();
  await expect(agent.getByRole('log')).toContainText('seen');

  // The visitor comes back later and finds the conversation again.
  await visitor.reload();
  await expect(visitor.getByRole('button', { name: /Open the chat/ })).toBeVisible();
  await visitor.getByRole('button', { name: /Open the chat/ }).click();
  await expect(chat.getByText('Hi, which order is it?')).toBeVisible();
  await accessible(agent);
  silent();
});

// The badge on the launcher counts what came while the chat was closed.
test('an answer that comes later is counted on the launcher', async ({ browser, parley }) => {
  const agent = await person(browser);
  await begin(agent, parley.base);
  const visitor = await person(browser);
  await visitor.goto(parley.base + '/try');
  await visitor.getByRole('button', { name: 'Open the chat' }).click();
  const chat = visitor.frameLocator('#parley-chat iframe');
  await chat.getByLabel('Write a message').fill('Are you open on Sunday?');
  await chat.getByRole('button', { name: 'Send' }).click();
  await agent.getByRole('option', { name: /Sunday/ }).click();
  await chat.getByRole('button', { name: 'Close the chat' }).click();
  await agent.getByRole('textbox', { name: 'Reply' }).fill('Yes, from ten.');
  await agent.getByRole('button', { name: /^Send( Ctrl|$)/ }).click();
  await expect(visitor.getByRole('button', { name: 'Open the chat, 1 unread' })).toBeVisible();
});

// A message typed while the server is down is sent when it is back, once.
test('messages wait while the server is away', async ({ browser, parley }) => {
  const agent = await person(browser);
  await begin(agent, parley.base);
  const visitor = await person(browser);
  await visitor.goto(parley.base + '/try');
  await visitor.getByRole('button', { name: 'Open the chat' }).click();
  const chat = visitor.frameLocator('#parley-chat iframe');
  const box = chat.getByLabel('Write a message');
  await box.fill('first');
  await box.press('Enter');
  await expect(chat.getByText(/· Sent/)).toBeVisible();
  await parley.kill();
  await box.fill('second');
  await box.press('Enter');
  await box.fill('third');
  await box.press('Enter');
  await expect(chat.getByText('Offline. Your message will be sent when you are back.')).toBeVisible();
  await expect(agent.getByText('Offline')).toBeVisible({ timeout: 20_000 });
  await parley.start();
  await expect(chat.getByText(/· Sent/)).toBeVisible({ timeout: 40_000 });
  await expect(agent.getByText('Live', { exact: true })).toBeVisible({ timeout: 40_000 });
  await agent.getByRole('option', { name: /third/ }).click();
  const words = agent.getByRole('log').locator('.bub');
  await expect(words).toHaveText(['first', 'second', 'third']);
});

// F1-07, F1-10, F1-11, F3-11, F3-37, F3-38, F3-39, F3-40, F3-41, F3-42, F3-43: two agents at once.
test('two agents see each other and do not collide', async ({ browser, parley }) => {
  const maja = await person(browser);
  await begin(maja, parley.base);
  await maja.goto(parley.base + '/lindqvist-cycles/settings/members');
  await maja.getByLabel('Mail address').fill('daniel@example.com');
  await maja.getByRole('button', { name: 'Make invitation' }).click();
  const link = await maja.locator('pre.code').innerText();
  const daniel = await person(browser);
  await daniel.goto(link);
  await daniel.getByLabel('Your name').fill('Daniel Berg');
  await daniel.getByLabel('Choose a password').fill('correct horse battery');
  await daniel.getByRole('button', { name: 'Join' }).click();
  await expect(daniel.getByRole('heading', { name: 'Unassigned' })).toBeVisible();
  await daniel.mouse.move(900, 500);

  const visitor = await person(browser);
  await visitor.goto(parley.base + '/try');
  await visitor.getByRole('button', { name: 'Open the chat' }).click();
  await visitor.frameLocator('#parley-chat iframe').getByLabel('Write a message').fill('Who is there?');
  await visitor.frameLocator('#parley-chat iframe').getByRole('button', { name: 'Send' }).click();
  await daniel.getByRole('option', { name: /Who is there/ }).click();
  await maja.goto(parley.base + '/lindqvist-cycles/unassigned');
  await maja.getByRole('option', { name: /Who is there/ }).click();
  await expect(maja.getByText('Daniel Berg is looking')).toBeVisible();

  await maja.keyboard.press('a');
  const dialog = maja.getByRole('dialog', { name: 'Assign this conversation' });
  await dialog.getByRole('option', { name: /Daniel Berg/ }).click();
  await dialog.getByLabel('Note for the team, optional').fill('Knows this customer');
  await dialog.getByRole('radio', { name: 'Urgent' }).click();
  await expect(dialog.getByRole('status')).toHaveText(/Daniel Berg gets it.*Your note is added/);
  await accessible(maja);
  await dialog.getByRole('button', { name: 'Assign' }).click();
  await expect(daniel.getByRole('link', { name: /Mine/ })).toContainText('1');
  await expect(daniel.getByRole('button', { name: /Notifications/ })).toContainText('2'); // it began, and it is his
  await expect(daniel.getByRole('log')).toContainText('Knows this customer');

  // Undo takes the assignment back.
  await maja.getByRole('button', { name: 'Undo Z' }).click();
  await expect(daniel.getByRole('link', { name: /Mine/ })).toContainText('0');
  await maja.getByRole('option', { name: /Who is there/ }).click(); // it had gone from this list, and from the screen with it
  await maja.evaluate(() => (document.activeElement as HTMLElement).blur());
  await maja.keyboard.press('i');
  await expect(maja.getByRole('textbox', { name: 'Reply' })).toBeFocused();
});

// Everything without a mouse: read, answer, resolve, undo.
test('the keyboard is enough', async ({ browser, parley }) => {
  const agent = await person(browser);
  await begin(agent, parley.base);
  const visitor = await person(browser);
  await visitor.goto(parley.base + '/try');
  await visitor.keyboard.press('Tab');
  await visitor.keyboard.press('Enter');
  const chat = visitor.frameLocator('#parley-chat iframe');
  await expect(chat.getByLabel('Write a message')).toBeFocused();
  await visitor.keyboard.type('By keyboard');
  await visitor.keyboard.press('Enter');
  await expect(agent.getByRole('option', { name: /By keyboard/ })).toBeVisible();
  await agent.keyboard.press('j');
  await expect(agent.getByRole('log')).toContainText('By keyboard');
  await agent.keyboard.press('n');
  await agent.keyboard.type('A note');
  await agent.keyboard.press('Control+Enter');
  await expect(agent.getByText('Only the team sees this').first()).toBeVisible();
  await agent.keyboard.press('Escape');
  await agent.keyboard.press('e');
  await expect(agent.getByRole('status').filter({ hasText: /./ })).toContainText('Resolved');
  await agent.keyboard.press('z');
  await expect(agent.getByRole('status').filter({ hasText: /./ })).toContainText('Taken back');
  await expect(agent.getByRole('option', { name: /By keyboard/ })).toBeVisible();
  await agent.keyboard.press('?');
  await expect(agent.getByRole('dialog', { name: 'Keyboard' })).toContainText('Assign to me');
  await agent.keyboard.press('Escape');
  // What is typed before the palette has come is meant for it, and does nothing else.
  await agent.route('**/CommandPalette*.js', async (r) => {
    await new Promise((done) => setTimeout(done, 500));
    await r.continue();
  });
  await agent.keyboard.press('Control+k');
  await agent.keyboard.type('seet');
  await agent.keyboard.press('Backspace');
  await agent.keyboard.press('Backspace');
  await agent.keyboard.type('ttings');
  await agent.keyboard.press('Enter');
  await expect(agent.getByRole('heading', { name: 'Settings' })).toBeVisible();
});
