import type { Page } from '@playwright/test';
import { send } from './mail';
import { accessible, begin, expect, looks, person, quiet, shot } from './parley';
import { test } from './posting';

test.use({ known: true });

// How satisfied customers are: asked when a conversation ends, answered in the chat or on a page of their own, and told
// to whoever is asked for help when it is low.

const log = (page: Page) => page.getByRole('log');

/** looked looks at a page of customers in light and dark, wide and narrow, and asks axe each time. */
async function looked(page: Page, name: string) {
  for (const { size, dark, name: screen } of looks) {
    await page.emulateMedia({ colorScheme: dark ? 'dark' : 'light' });
    await page.setViewportSize(size);
    await accessible(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    await shot(page, `${name}-${screen}`);
  }
  await page.emulateMedia({ colorScheme: 'light' });
}

/** The API as whoever is signed in on a page. */
async function calls(page: Page, origin: string) {
  const me = (await (await page.request.get(`${origin}/api/v1/session`)).json()) as { user: { id: string }; workspaces: { id: string }[] };
  const path = `${origin}/api/v1/workspaces/${me.workspaces[0]?.id}`;
  return {
    me: me.user.id,
    api: async <T>(method: string, rest: string, data?: object): Promise<T> => {
      const r = await page.request.fetch(path + rest, { method, headers: { 'X-Parley-CSRF': '1' }, ...(data ? { data } : {}) });
      expect(r.ok(), await r.text()).toBe(true);
      return (await r.json()) as T;
    },
  };
}

test('F2-18 F2-26 F2-04 a chat customer rates 1: the lead is told, and the timeline says why', async ({ browser, parley }) => {
  const lead = await person(browser);
  const silent = quiet(lead);
  await begin(lead, parley.base);
  const inboxes = lead.url();
  const { api, me } = await calls(lead, parley.base);

  // The settings: when customers are asked, and which rating asks for help.
  await lead.keyboard.press('g');
  await lead.keyboard.press('s');
  await lead.getByRole('link', { name: 'Inboxes' }).click();
  await lead.getByText('How conversations rest and end').first().click();
  await lead.getByLabel('Asks customers how satisfied they are').first().selectOption({ label: 'When it is resolved' });
  await expect(lead.locator('.toast')).toContainText('Saved');
  await accessible(lead);
  await shot(lead, 'rating-setting', { fullPage: true });
  await lead.getByRole('link', { name: 'Promises' }).click();
  const escalation = lead.getByRole('combobox', { name: 'Escalation' }).last();
  await expect(escalation.locator('option').first()).toContainText('a rating of 2 or less');
  await escalation.selectOption('own');
  const rules = lead.getByRole('group', { name: 'Escalation' }).last();
  await expect(rules.getByLabel('When a customer rates our help')).toHaveValue('2');
  await rules.getByLabel('When a customer rates our help').selectOption('1 of 5');
  await expect(rules.getByLabel('When a customer rates our help')).toHaveValue('1');
  await accessible(lead);
  await shot(rules, 'rating-rules');

  // An agent in the team of the lead answers, and resolves.
  const { items } = await api<{ items: { id: string }[] }>('GET', '/inboxes');
  const { url } = await api<{ url: string }>('POST', '/invitations', { email: 'ann@lindqvist.example', role: 'agent', inbox_ids: items.map((i) => i.id) });
  const agent = await person(browser);
  const joined = await agent.request.post(`${parley.base}/api/v1/invitations/${url.split('/').pop()}/accept`, {
    headers: { 'X-Parley-CSRF': '1' },
    data: { name: 'Ann Dahl', password: 'correct horse battery' },
  });
  expect(joined.ok()).toBe(true);
  const ann = await calls(agent, parley.base);
  const team = await api<{ id: string }>('POST', '/teams', { name: 'Support', lead_id: me, member_ids: [me, ann.me] });

  const visitor = await person(browser, { width: 390, height: 900 });
  await visitor.goto(parley.base + '/try');
  await visitor.getByRole('button', { name: 'Open the chat' }).click();
  const chat = visitor.frameLocator('#parley-chat iframe');
  await chat.getByLabel('Write a message').fill('My bell is broken');
  await chat.getByLabel('Write a message').press('Enter');
  await agent.goto(inboxes);
  await agent.getByRole('option', { name: /My bell is broken/ }).click();
  await expect(log(agent)).toContainText('My bell is broken');
  const id = agent.url().split('/').pop() ?? '';
  await ann.api('POST', `/conversations/${id}/assign`, { assignee_id: ann.me, team_id: team.id });
  await agent.getByRole('textbox', { name: 'Reply' }).fill('Buy a new one.');
  await agent.keyboard.press('Control+Enter');
  await expect(chat.getByText('Buy a new one.')).toBeVisible();
  await ann.api('POST', `/conversations/${id}/resolve`, {});

  // The card stands in the chat by itself, and works by keyboard alone.
  await expect(chat.getByText('How satisfied are you with our help?')).toBeVisible();
  const card = chat.getByRole('group', { name: 'Your answer' });
  await expect(card.getByRole('radio')).toHaveCount(5);
  await expect(chat.getByRole('button', { name: 'Send the answer' })).toBeDisabled();
  await card.getByLabel('Satisfied', { exact: true }).focus();
  await visitor.keyboard.press('Space');
  await expect(card.getByLabel('Satisfied', { exact: true })).toBeChecked();
  for (let n = 0; n < 3; n++) await visitor.keyboard.press('ArrowDown');
  await expect(card.getByLabel('Very dissatisfied')).toBeChecked();
  await visitor.keyboard.press('Tab');
  await visitor.keyboard.type('It was new last week.');
  await shot(visitor, 'rating-widget');
  const frame =
    visitor
      .frames()
      .find((f) => f.url().includes('/w/'))
      ?.url() ?? '';
  await visitor.keyboard.press('Tab');
  await visitor.keyboard.press('Enter');
  await expect(chat.getByText('Thank you. Your answer: Very dissatisfied')).toBeFocused();

  // Whoever is asked for help hears of it; the conversation has ended and stays so.
  await lead.goto(inboxes);
  await lead.getByRole('button', { name: /^Notifications/ }).click();
  const told = lead.getByRole('dialog', { name: 'Notifications' });
  await expect(told).toContainText('Low rating: ');
  await told.getByRole('link', { name: /Low rating/ }).click();
  await expect(log(lead)).toContainText('rated our help 1 of 5, very dissatisfied, “It was new last week.”');
  const line = lead.locator('.ev').filter({ hasText: /told/ }).last();
  await expect(line).toContainText('you');
  await line.hover();
  await line.getByRole('button', { name: 'Why' }).click();
  await expect(log(lead)).toContainText('hears of a low rating, also when the matter has ended');
  await expect(lead.getByRole('list', { name: 'Where this conversation stands' }).locator('[aria-current=step]')).toHaveText('Resolved');
  await expect(lead.getByRole('complementary', { name: 'Details' })).toContainText('1 of 5, very dissatisfied');
  await accessible(lead);
  if (process.env['SHOTS'])
    for (const theme of ['light', 'dark'])
      for (const width of [1440, 390]) {
        await lead.evaluate((x) => (document.documentElement.dataset['theme'] = x), theme);
        await lead.setViewportSize({ width, height: 900 });
        await shot(lead, `rating-timeline-${theme}-${width}`);
      }

  // The frame as a page of its own: the answer, and the card to change it.
  await visitor.goto(frame);
  await expect(visitor.getByText('Thank you. Your answer: Very dissatisfied')).toBeVisible();
  await looked(visitor, 'rating-answered');
  await visitor.getByRole('button', { name: 'Change' }).click();
  await expect(visitor.getByLabel('Very dissatisfied')).toBeFocused();
  await expect(visitor.getByLabel('What should we know?')).toHaveValue('It was new last week.');
  await looked(visitor, 'rating-card');
  await visitor.getByLabel('Neither').check();
  await visitor.getByRole('button', { name: 'Send the answer' }).click();
  await expect(visitor.getByText('Thank you. Your answer: Neither')).toBeVisible();
  await expect(log(lead)).toContainText('changed the rating of our help to 3 of 5, neither, “It was new last week.”');
  silent();
});

test('F2-26 a customer of mails answers on a page of their own', async ({ browser, desk, post }) => {
  const agent = await person(browser);
  await begin(agent, desk.base);
  const { api } = await calls(agent, desk.base);
  const inbox = await api<{ id: string }>('POST', '/inboxes', { name: 'Support', grouping: 'per_thread', preset: 'help_desk' });
  await api('PATCH', `/inboxes/${inbox.id}`, { settings: { undo_mail_seconds: 0 } });
  await api('POST', `/inboxes/${inbox.id}/channels`, { kind: 'email', name: 'Lindqvist', config: { address: 'support@desk.test' } });
  await send(
    desk.smtp,
    'kim@customer.test',
    'support@desk.test',
    'From: Kim <kim@customer.test>\nTo: support@desk.test\nSubject: The chain\nMessage-ID: <1@customer.test>\n\nIt jumps.',
  );
  await agent.getByRole('option', { name: /The chain/ }).click();
  await expect(log(agent)).toContainText('It jumps.');
  const id = agent.url().split('/').pop() ?? '';
  await api('POST', `/conversations/${id}/reply`, { text: 'Here is a new one.' });
  await expect.poll(() => post.mails.length).toBe(1);
  await api('POST', `/conversations/${id}/resolve`, {});
  await expect.poll(() => post.mails.length).toBe(2);
  const mail = post.mails[1];
  expect(mail?.header('Auto-Submitted')).toBe('auto-replied');
  const text = (mail?.raw ?? '').replace(/=\r\n/g, '');
  const link = /http:\/\/127\.0\.0\.1:\d+\/r\/[\w-]+/.exec(text)?.[0] ?? '';
  expect(link).not.toBe('');

  // The page runs no script, so that it works without any.
  const context = await browser.newContext({ viewport: { width: 390, height: 900 }, javaScriptEnabled: false });
  const plain = await context.newPage();
  await plain.goto(link);
  await expect(plain.getByRole('heading', { name: 'How satisfied are you with our help?' })).toBeVisible();
  await plain.getByLabel('Satisfied', { exact: true }).check();
  await plain.getByLabel('What should we know?').fill('Quick.');
  await plain.getByRole('button', { name: 'Send the answer' }).click();
  await expect(plain.getByRole('status')).toContainText('Thank you. Your answer is: Satisfied.');
  await expect(log(agent)).toContainText('rated our help 4 of 5, satisfied, “Quick.”');
  await expect(log(agent)).not.toContainText('/r/');

  const customer = await person(browser);
  const silent = quiet(customer, [/404/]);
  await customer.goto(link);
  await looked(customer, 'rating-page');
  await customer.goto(link.slice(0, -1));
  await expect(customer.getByRole('alert')).toContainText('This link is not one of ours');
  await looked(customer, 'rating-page-refused');
  silent();
});
