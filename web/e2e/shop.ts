import type { Browser, Page } from '@playwright/test';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, type Parley } from './parley';

/** An invented shop in a fresh Parley, as dev/seed.mjs makes it. */
export interface Shop {
  workspace: string;
  slug: string;
  email: string;
  priya: string;
  password: string;
  annika: string;
}

/** Fills a fresh Parley with the shop and so many generated conversations. */
export function fill(parley: Parley, rows = 0): Shop {
  const out = execFileSync('node', [join(import.meta.dirname, '../dev/seed.mjs'), parley.base, `127.0.0.1:${parley.smtp}`, String(rows)]);
  return JSON.parse(out.toString()) as Shop;
}

/** Signs somebody of the shop in and returns an empty page of theirs. */
export async function enter(
  browser: Browser,
  parley: Parley,
  shop: Shop,
  email = shop.email,
  dark = false,
  viewport = { width: 1440, height: 900 },
): Promise<Page> {
  const context = await browser.newContext({ baseURL: parley.base, viewport, colorScheme: dark ? 'dark' : 'light' });
  const r = await context.request.post('/api/v1/session', { headers: { 'X-Parley-CSRF': '1' }, data: { email, password: shop.password } });
  expect(r.ok()).toBe(true);
  return context.newPage();
}

/** Gives a command as whoever page belongs to. */
export const post = (page: Page, shop: Shop, path: string, data: object) =>
  page.context().request.post(`/api/v1/workspaces/${shop.workspace}/conversations/${path}`, { headers: { 'X-Parley-CSRF': '1' }, data });

/** Asks the API something as whoever page belongs to; what was refused fails the test. */
export async function ask<T>(page: Page, shop: Shop, method: string, path: string, data?: object): Promise<T> {
  const r = await page
    .context()
    .request.fetch(`/api/v1/workspaces/${shop.workspace}${path}`, { method, headers: { 'X-Parley-CSRF': '1' }, ...(data ? { data } : {}) });
  expect(r.ok(), `${method} ${path}: ${r.status()} ${await r.text()}`).toBe(true);
  return (r.status() === 204 ? undefined : await r.json()) as T;
}
