import type { Page } from '@playwright/test';
import { PostOffice } from './mail';
import { expect, Parley, test as base } from './parley';

/** test has a Parley whose mail goes to a post office; where it is `known`, its mails have links. */
export const test = base.extend<{ known: boolean; post: PostOffice; desk: Parley }>({
  known: [false, { option: true }],
  post: async ({}, use) => {
    const post = new PostOffice();
    await use(post);
    post.close();
  },
  desk: async ({ post, known }, use) => {
    const desk = new Parley();
    await desk.start(await post.open(), known);
    await use(desk);
    await desk.end();
  },
});

/** Asks the API about the first workspace of the page's person. */
export async function api<T = { id: string }>(page: Page, desk: Parley, method: string, path: string, data?: object): Promise<T> {
  const me = (await (await page.request.get(desk.base + '/api/v1/session')).json()) as { workspaces: { id: string }[] };
  const r = await page.request.fetch(`${desk.base}/api/v1/workspaces/${me.workspaces[0]?.id}${path}`, { method, headers: { 'X-Parley-CSRF': '1' }, data });
  expect(r.ok(), await r.text()).toBe(true);
  return (await r.json()) as T;
}
