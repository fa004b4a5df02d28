import { mailbox, send } from './mail';
import { accessible, expect, looks, person, quiet, shot, told } from './parley';
import { test } from './posting';

const broken = `From: Kim Ek <kim@customer.test>
To: support@desk.test
Subject: The wheel is bent
Message-ID: <first@customer.test>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=m

--m
Content-Type: multipart/related; boundary=r

--r
Content-Type: text/html

<p>My wheel is <b>bent</b>, see <img src="cid:wheel@customer" alt="the wheel"></p>
--r
Content-Type: image/png
Content-ID: <wheel@customer>
Content-Disposition: inline; filename=wheel.png
Content-Transfer-Encoding: base64

iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==
--r--
--m
Content-Type: text/plain; name=receipt.txt
Content-Disposition: attachment; filename=receipt.txt

paid
--m
Content-Type: text/plain; name=private.txt
Content-Disposition: attachment; filename=private.txt

mine
--m--
`;

const answer = (to: string, id: string) => `From: Sam Supplier <sam@wheels.test>
To: support@desk.test
Subject: Re: Fwd: The wheel is bent
Message-ID: <${id}@wheels.test>
In-Reply-To: ${to}
References: ${to}

We have one. It costs you 12 only.
`;

// F2-37, peers 3.1
test('a mail is forwarded with chosen files, and what is answered stays with the team', async ({ browser, desk, post }) => {
  const agent = await person(browser);
  const silent = quiet(agent, [/forward$/]);
  const { api, workspace, inbox } = await mailbox(agent, desk.base);
  await send(desk.smtp, 'kim@customer.test', 'support@desk.test', broken);
  await agent.getByRole('option', { name: /The wheel is bent/ }).click();
  await expect(agent.locator('.msg')).toHaveCount(1);
  await agent.keyboard.press('Shift+W');
  const form = agent.getByRole('dialog', { name: 'Forward “The wheel is bent”' });
  const to = form.getByRole('combobox', { name: 'To' });
  await expect(to).toBeFocused();

  // To the customer it does not go; that is a reply.
  await to.pressSequentially('kim@customer.test,');
  await form.getByRole('button', { name: 'Forward' }).click();
  await expect(form.getByRole('alert')).toContainText('is the customer of this conversation');
  await agent.keyboard.press('Backspace');
  await to.focus();
  await agent.keyboard.press('Backspace');
  await to.pressSequentially('Sam Supplier <sam@wheels.test>,');
  await form.getByRole('checkbox', { name: /private\.txt/ }).uncheck();
  const text = form.getByRole('textbox', { name: 'What stands above it' });
  await text.fill('Do you have **one**?');
  await accessible(agent);

  // What was begun is there again.
  await agent.keyboard.press('Escape');
  await expect(form).toHaveCount(0);
  await agent.getByRole('button', { name: 'Forward', exact: true }).click();
  await expect(text).toHaveValue('Do you have **one**?');
  await form.getByRole('checkbox', { name: /private\.txt/ }).uncheck();
  await text.focus();
  await told(agent, /\/forward$/, () => agent.keyboard.press('Control+Enter'));
  await expect(form).toHaveCount(0);
  await expect.poll(() => post.mails.length).toBe(1);
  const mail = post.mails[0];
  expect(mail?.to).toBe('sam@wheels.test');
  expect(mail?.header('Subject')).toBe('Fwd: The wheel is bent');
  expect(mail?.header('References')).toBe('');
  expect(mail?.raw).toContain('<strong>one</strong>');
  expect(mail?.raw).toContain('---------- Forwarded message ----------');
  expect(mail?.raw).toContain('From: Kim Ek <kim@customer.test>');
  expect(mail?.raw).toMatch(/multipart\/related[^]*<b>bent<\/b>[^]*cid:[^]*@forwarded/);
  expect(mail?.raw).toContain('receipt.txt');
  expect(mail?.raw).not.toContain('private.txt');
  const sent = agent.locator('.msg').last();
  await expect(sent).toContainText('The customer does not see this');
  await expect(sent).toContainText('Sam Supplier');

  // The answer stands aside: a reply goes to the customer alone and answers their mail.
  await send(desk.smtp, 'sam@wheels.test', 'support@desk.test', answer(mail?.header('Message-ID') ?? '', 'one'));
  const theirs = agent.locator('.msg', { hasText: 'It costs you 12 only.' });
  await expect(theirs).toContainText('The customer does not see this');
  await expect(theirs).toContainText('Somebody else');
  await accessible(agent);
  await agent.locator('[data-composer]').fill('There is a new one for you.');
  await told(agent, /\/reply$/, () => agent.keyboard.press('Control+Enter'));
  const ask = agent.getByRole('button', { name: /Send (it|anyway)/ });
  await ask.click({ timeout: 1500 }).catch(() => undefined);
  await expect.poll(() => post.mails.length).toBe(2);
  expect(post.mails[1]?.to).toBe('kim@customer.test');
  expect(post.mails[1]?.header('In-Reply-To')).toBe('<first@customer.test>');
  expect(post.mails[1]?.raw).not.toMatch(/wheels\.test|costs you 12/);

  // And what was answered is answered where it came from.
  await theirs.getByRole('button', { name: 'Answer Sam Supplier' }).click();
  const back = agent.getByRole('dialog', { name: 'Answer Sam Supplier' });
  await expect(back.getByRole('textbox', { name: 'Text of the mail' })).toBeFocused();
  await agent.keyboard.type('We take it.');
  await told(agent, /\/forward$/, () => agent.keyboard.press('Control+Enter'));
  await expect.poll(() => post.mails.length).toBe(3);
  expect(post.mails[2]?.to).toBe('sam@wheels.test');
  expect(post.mails[2]?.header('In-Reply-To')).toBe('<one@wheels.test>');
  expect(post.mails[2]?.raw).not.toContain('first@customer.test');

  // What is taken back is written on where it was, not where the customer is answered.
  await api('patch', `${workspace}/inboxes/${inbox}`, { settings: { undo_mail_seconds: 60 } });
  await theirs.getByRole('button', { name: 'Answer Sam Supplier' }).click();
  await agent.keyboard.type('For 10.');
  await told(agent, /\/forward$/, () => agent.keyboard.press('Control+Enter'));
  await agent.getByRole('button', { name: 'Take back' }).click();
  await expect(back.getByRole('textbox', { name: 'Text of the mail' })).toHaveValue('For 10.');
  await expect(agent.locator('[data-composer]')).toHaveValue('');
  expect(post.mails.length).toBe(3);
  silent();
});

for (const look of looks) {
  test(`forwarding looks right at ${look.name}`, async ({ browser, desk, post }) => {
    const page = await person(browser);
    await mailbox(page, desk.base);
    await send(desk.smtp, 'kim@customer.test', 'support@desk.test', broken);
    await page.getByRole('option', { name: /The wheel is bent/ }).click();
    await page.locator('[data-composer]').fill('We ask.');
    await told(page, /\/reply$/, () => page.keyboard.press('Control+Enter'));
    await expect.poll(() => post.mails.length).toBe(1);
    await page.setViewportSize(look.size);
    await page.emulateMedia({ colorScheme: look.dark ? 'dark' : 'light' });
    await page.locator('.msg').first().getByRole('button', { name: 'Forward' }).click();
    await page.getByRole('combobox', { name: 'To' }).pressSequentially('Sam Supplier <sam@wheels.test>,');
    await page.getByRole('textbox', { name: 'What stands above it' }).fill('Hello Sam,\n\ndo you have one of these?');
    await shot(page, `forward-${look.name}`);
    await accessible(page);
    await told(page, /\/forward$/, () => page.getByRole('dialog').getByRole('button', { name: 'Forward' }).click());
    await expect.poll(() => post.mails.length).toBe(2);
    await send(desk.smtp, 'sam@wheels.test', 'support@desk.test', answer(post.mails[1]?.header('Message-ID') ?? '', 'one'));
    await expect(page.getByText('It costs you 12 only.')).toBeVisible();
    await shot(page, `forwarded-${look.name}`);
    await accessible(page);
  });
}
