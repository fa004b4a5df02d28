import { mailbox, send } from './mail';
import { expect, person, quiet, test } from './parley';

/** A door that somebody opens: what waits at it goes on then. */
function door() {
  let open: () => void = () => undefined;
  const passed = new Promise<void>((done) => (open = done));
  return { open, passed };
}

// F1-11: a mail is in the list whatever comes first, the list, the feed or the mail.
test('a mail that comes between the list and the feed is shown', async ({ browser, parley }) => {
  const page = await person(browser);
  const silent = quiet(page);
  await mailbox(page, parley.base);
  const mail = (subject: string) =>
    send(
      parley.smtp,
      'kim@customer.test',
      'support@desk.test',
      `From: Kim <kim@customer.test>\nTo: support@desk.test\nSubject: ${subject}\nMessage-ID: <${subject}@customer.test>\n\nHello.\n`,
    );
  const row = (subject: string) => page.getByRole('option', { name: new RegExp(subject) });
  const live = page.getByText('Live', { exact: true }).first();
  await expect(live).toBeVisible();
  await mail('Bell');
  await expect(row('Bell')).toBeVisible();

  // The next answer of the list is read by the server and waits on its way; so does the feed.
  let list = door();
  let read = door();
  let feed = door();
  let cut: (() => Promise<void>) | undefined;
  let once = true;
  await page.route(/\/conversations\?/, async (route) => {
    if (!once) return route.continue();
    once = false;
    const response = await route.fetch();
    read.open();
    await list.passed;
    await route.fulfill({ response });
  });
  await page.routeWebSocket(/\/socket/, async (ws) => {
    await feed.passed;
    const server = ws.connectToServer();
    cut = async () => {
      await ws.close({ code: 1011 });
      await server.close();
    };
  });

  // The list first, then the mail, then the feed.
  await page.reload();
  await read.passed;
  await mail('Chain');
  feed.open();
  await expect(live).toBeVisible();
  list.open();
  await expect(row('Chain')).toBeVisible();

  // The feed tells the mail before the list comes.
  [list, read, once] = [door(), door(), true];
  await page.reload();
  await read.passed;
  await expect(live).toBeVisible();
  await mail('Saddle');
  await expect(page.getByRole('link', { name: /Unassigned.*3/ })).toBeVisible();
  list.open();
  await expect(row('Saddle')).toBeVisible();

  // The feed breaks, and the mail comes before it is back.
  feed = door();
  await cut?.();
  await expect(live).toHaveCount(0);
  await mail('Brake');
  feed.open();
  await expect(row('Brake')).toBeVisible();
  silent();
});
