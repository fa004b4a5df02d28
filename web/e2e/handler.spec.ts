import type { Page } from '@playwright/test';
import { accessible, begin, expect, looks, person, quiet, settling, shot, test } from './parley';

// Who answers: the AI agent of an inbox until somebody takes over; why things happened; how they were.

const log = (page: Page) => page.getByRole('log');
const said = (page: Page) => page.locator('.toast');
const banner = (page: Page) => page.getByRole('region', { name: 'Who answers' });

/** both looks at a screen in light and dark, wide and narrow, and asks axe each time. */
async function looked(page: Page, name: string) {
  for (const { size, dark, name: screen } of looks) {
    await page.evaluate((theme) => (document.documentElement.dataset['theme'] = theme), dark ? 'dark' : 'light');
    await page.setViewportSize(size);
    await accessible(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    await shot(page, `${name}-${screen}`);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.evaluate(() => (document.documentElement.dataset['theme'] = 'light'));
}

/** An inbox in which Otto answers, set up on the screen, and a visitor's chat. */
async function withOtto(agent: Page, visitor: Page, base: string) {
  const settled = settling(agent);
  await begin(agent, base);
  const inbox = agent.url();
  await agent.keyboard.press('g');
  await agent.keyboard.press('s');
  await agent.getByRole('link', { name: 'Inboxes' }).click();
  const choice = agent.getByRole('combobox', { name: 'AI agent' });
  await choice.selectOption('script');
  await agent.getByLabel('What it is called').fill('Otto');
  await agent.getByLabel('What it is called').blur();
  await expect(said(agent)).toContainText('Saved');
  for (const [n, when, say, flag] of [
    [1, 'open', 'We open at nine.', ''],
    [2, 'human', 'A colleague will answer you here.', 'asked_human'],
  ] as const) {
    await agent.getByRole('button', { name: 'Add an answer' }).click();
    const line = agent.getByRole('group', { name: `Answer ${n}`, exact: true });
    await line.getByLabel('When the message has').fill(when);
    await line.getByLabel('When the message has').blur();
    await line.getByLabel('It says').fill(say);
    await line.getByLabel('It says').blur();
    if (n === 1) {
      await line.getByLabel('How sure').fill('90');
      await line.getByLabel('How sure').blur();
    }
    if (flag) await line.getByLabel('Ask for a person').selectOption(flag);
  }
  await looked(agent, 'agent-settings');
  await settled();
  await agent.goto(inbox);
  await visitor.goto(base + '/try');
  await visitor.getByRole('button', { name: 'Open the chat' }).click();
  const chat = visitor.frameLocator('#parley-chat iframe');
  return {
    chat,
    write: async (text: string) => {
      await chat.getByLabel('Write a message').fill(text);
      await chat.getByLabel('Write a message').press('Enter');
    },
  };
}

test('F3-25 to F3-34: the AI agent answers, somebody takes over, answers and hands back', async ({ browser, parley }) => {
  const agent = await person(browser);
  const silent = quiet(agent);
  const visitor = await person(browser, { width: 360, height: 740 });
  const { chat, write } = await withOtto(agent, visitor, parley.base);
  await write('When do you open?');
  await expect(chat.getByText('We open at nine.')).toBeVisible();

  // F3-26, F3-27, F3-28: the row and the message are labelled AI; the button is there.
  await agent.keyboard.press('g');
  const row = agent.getByRole('option', { name: /When do you open/ });
  await expect(row).toContainText('AI');
  await row.click();
  const answer = agent.getByRole('article', { name: /Otto/ });
  await expect(answer).toContainText('We open at nine.');
  await expect(answer.locator('.chip.lagoon')).toHaveText('AI');
  // F3-88: the team reads how sure it was, the customer does not.
  await expect(answer).toContainText('90% sure');
  await expect(chat.getByText('sure')).toHaveCount(0);
  await expect(agent.getByRole('complementary')).toContainText('Customer');
  await expect(banner(agent)).toContainText('Otto, an AI, answers here');
  await expect(agent.locator('.thead').getByRole('button', { name: 'Take over' })).toBeVisible();
  await expect(agent.getByRole('textbox', { name: 'Reply' })).toHaveAttribute('placeholder', /sending takes over from Otto/);
  await looked(agent, 'ai-active');

  // F3-29, F3-30: the key takes over, and the banner confirms it.
  await agent.locator('.thread .scroll').focus();
  await agent.keyboard.press('t');
  await expect(banner(agent)).toContainText('You are handling this conversation');
  await expect(agent.getByRole('button', { name: 'Take over' })).toHaveCount(0);
  await expect(log(agent)).toContainText('took over from the AI');
  // F3-31, F3-32, F3-33: the AI is silent; the composer at the bottom is an ordinary one.
  await write('Are you open on Sunday?');
  await expect(log(agent)).toContainText('Are you open on Sunday?');
  await agent.getByRole('textbox', { name: 'Reply' }).fill('From ten on Sundays.');
  await agent.keyboard.press('Control+Enter');
  await expect(chat.getByText('From ten on Sundays.')).toBeVisible();
  await expect(chat.getByText('We open at nine.')).toHaveCount(1);
  await looked(agent, 'ai-paused');

  // F3-34: it answers again, and nobody is responsible.
  await banner(agent).getByLabel('Make nobody responsible').check();
  await banner(agent).getByRole('button', { name: 'Return to AI' }).click();
  await expect(said(agent)).toContainText('Otto answers again');
  await expect(banner(agent)).toContainText('Otto, an AI, answers here');
  await expect(agent.locator('.chips')).toContainText('Unassigned');

  // A flag says why a person is needed, in the row and over the composer.
  await write('I want a human');
  await expect(chat.getByText('A colleague will answer you here.')).toBeVisible();
  await expect(banner(agent)).toContainText('is waiting for a person');
  await expect(banner(agent)).toContainText('he customer asked for one');
  await expect(agent.getByRole('option', { name: /When do you open/ })).toContainText('Needs a person');
  await looked(agent, 'ai-flagged');

  // Taking over is taken back from the toast.
  await banner(agent).getByRole('button', { name: 'Take over' }).click();
  await expect(said(agent)).toContainText('You are handling this conversation');
  await agent.keyboard.press('Escape');
  await agent.keyboard.press('z');
  await expect(banner(agent)).toContainText('is waiting for a person');

  // F3-88: the report counts it, and each number leads to what it counts.
  await agent.locator('.thread .scroll').focus();
  await agent.keyboard.press('g');
  await agent.keyboard.press('e');
  const report = agent.getByRole('main');
  await expect(report.getByRole('button', { name: 'Show the conversations: Handled, 1' })).toBeVisible();
  await expect(report).toContainText('90% 1 of 2 answers');
  await report.getByRole('button', { name: 'Show the conversations: A person took it, 1' }).press('Enter');
  await expect(report.getByRole('link', { name: /We open|colleague|When do you open/ })).toBeVisible();
  await looked(agent, 'ai-report');
  silent();
});

test('F0-14 to F0-16: the timeline tells the whole story, why it happened, and how it was', async ({ browser, parley }) => {
  const agent = await person(browser);
  const silent = quiet(agent);
  const visitor = await person(browser, { width: 360, height: 740 });
  const { chat, write } = await withOtto(agent, visitor, parley.base);
  await write('When do you open?');
  await expect(chat.getByText('We open at nine.')).toBeVisible();
  await agent.getByRole('option', { name: /When do you open/ }).click();
  await agent.getByRole('textbox', { name: 'Reply' }).fill('And at ten on Sundays.');
  await agent.keyboard.press('Control+Enter');
  await expect(log(agent)).toContainText('stopped the AI');

  // Why: the rule and what it came with.
  await agent.locator('.ev', { hasText: 'stopped the AI' }).hover();
  await agent.locator('.ev', { hasText: 'stopped the AI' }).getByRole('button', { name: 'Why?' }).click();
  const why = agent.getByRole('region', { name: 'Why this happened' });
  await expect(why).toContainText('the AI agent stops when somebody of the team answers');
  await expect(why).toContainText('Together with');
  await expect(why).toContainText('And at ten on Sundays.');
  await looked(agent, 'why');

  // Folded runs of small events open.
  for (const key of ['1', '2', '4']) {
    await agent.locator('.thread .scroll').focus();
    await agent.keyboard.press('p');
    await agent.keyboard.press(key);
    await expect(said(agent)).toContainText('Priority is');
  }
  const fold = agent.getByRole('button', { name: /\d changes/ });
  await fold.click();
  await expect(fold).toHaveAttribute('aria-expanded', 'true');

  // Reading back: to the beginning, step by step, and back to now.
  await agent.locator('.thread .scroll').focus();
  await agent.keyboard.press('Shift+T');
  const then = agent.getByRole('region', { name: 'Look back in time' });
  await expect(then).toContainText('As it was on');
  await expect(then).toContainText('Low');
  await agent.locator('.thread .scroll').focus();
  await agent.keyboard.press('ArrowLeft');
  await expect(then).toContainText('High');
  await expect(then).toContainText('now Low');
  await looked(agent, 'moment');
  await then.getByRole('slider').fill('2');
  await expect(then).toContainText('the team, since');
  await expect(log(agent)).not.toContainText('We open at nine.');
  await expect(log(agent)).toContainText('When do you open?');
  await expect(agent.getByRole('textbox', { name: 'Reply' })).toBeHidden();
  await agent.locator('.thread .scroll').focus();
  await agent.keyboard.press('Escape');
  await expect(then).toHaveCount(0);
  await expect(log(agent)).toContainText('We open at nine.');

  // Undo from the timeline, from the newest back.
  const low = agent.locator('.ev', { hasText: 'set the priority to Low' });
  await low.hover();
  await low.getByRole('button', { name: 'Undo' }).click();
  await expect(agent.locator('.chips')).toContainText('High');
  silent();
});
