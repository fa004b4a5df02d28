import { expect, test as base, type Browser, type Page } from '@playwright/test';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const free = () =>
  new Promise<number>((resolve) => {
    const s = createServer().listen(0, '127.0.0.1', () => {
      const { port } = s.address() as AddressInfo;
      s.close(() => resolve(port));
    });
  });

/** Parley is the real program on a database of its own. */
export class Parley {
  base = '';
  smtp = 0;
  private port = 0;
  private data = mkdtempSync(join(tmpdir(), 'parley-e2e-'));
  private process?: ChildProcess;

  async start(relay = '', known = false, more: readonly string[] = []) {
    this.port ||= await free();
    this.smtp ||= await free();
    this.base = `http://127.0.0.1:${this.port}`;
    const args = ['serve', '--data', this.data, '--listen', `127.0.0.1:${this.port}`, '--smtp', `127.0.0.1:${this.smtp}`, '--relay', relay];
    if (!relay) args.splice(-2);
    if (known) args.push('--public-url', this.base); // for links in mails
    args.push(...more);
    this.process = spawn(join(import.meta.dirname, '../../bin/parley'), args, { stdio: ['ignore', 'ignore', 'inherit'] });
    await expect
      .poll(
        () =>
          fetch(this.base + '/readyz').then(
            (r) => r.status,
            () => 0,
          ),
        { timeout: 20_000 },
      )
      .toBe(200);
  }

  /** kill ends the program at once, as a crash does. */
  async kill(signal: NodeJS.Signals = 'SIGKILL') {
    const p = this.process;
    if (!p || p.exitCode !== null || p.signalCode !== null) return;
    const gone = new Promise((resolve) => p.once('exit', resolve));
    p.kill(signal);
    await gone;
  }

  /** run gives the program a command for this database, while it does not run, and returns what it says. */
  run(...command: string[]): string {
    return execFileSync(join(import.meta.dirname, '../../bin/parley'), [...command, '--data', this.data]).toString();
  }

  async end() {
    await this.kill('SIGTERM');
    rmSync(this.data, { recursive: true, force: true });
  }
}

/** The test tool looks into the frames of mails, which run nothing. */
const tool = /frame is sandboxed/;

/** quiet fails a test when a page reports an error of its own. */
export function quiet(page: Page, allow: RegExp[] = []) {
  const bad: string[] = [];
  page.on('pageerror', (e) => bad.push(e.message + (e.stack ?? '')));
  page.on('console', (m) => m.type() === 'error' && ![tool, ...allow].some((a) => a.test(m.text() + m.location().url)) && bad.push(m.text()));
  return () => expect(bad).toEqual([]);
}

const everything = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** accessible fails when axe finds anything on the page, by all its rules or by those named. */
export async function accessible(page: Page, rules = everything) {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe + ';void 0');
  const found = await page.evaluate(async (runOnly) => {
    const r = await (
      window as unknown as { axe: { run: (o: object) => Promise<{ violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }> } }
    ).axe.run({ runOnly, iframes: false });
    return r.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 160) + ' ' + n.failureSummary.slice(0, 200)).join(' | ')}`);
  }, rules);
  expect(found).toEqual([]);
}

/** The same in light and in dark, which differ in nothing but their colours. */
export async function accessibleInBoth(page: Page) {
  await accessible(page);
  const other = async () => {
    await page.evaluate(() => {
      const of = document.documentElement.dataset;
      of['theme'] = of['theme'] === 'dark' ? 'light' : 'dark';
    });
    await page.evaluate(() => Promise.all(document.getAnimations().map((a) => (a.effect?.getComputedTiming().endTime === Infinity ? undefined : a.finished))));
  };
  await other();
  await accessible(page, ['color-contrast']);
  await other();
}

/** Returns what waits until a page has asked for nothing for so many milliseconds: what is fetched ahead is here then. */
export function settling(page: Page, still = 400) {
  let open = 0;
  let last = Date.now();
  const turn = (by: number) => () => {
    open += by;
    last = Date.now();
  };
  page.on('request', turn(1));
  page.on('requestfinished', turn(-1));
  page.on('requestfailed', turn(-1));
  return () => expect.poll(() => open <= 0 && Date.now() - last > still, { timeout: 20_000, intervals: [100] }).toBe(true);
}

/** Does something that asks the server for a change, and waits for the answer: what leaves the page after it finds it done. */
export async function told(page: Page, path: RegExp, act: () => Promise<unknown>) {
  const answer = page.waitForResponse((r) => r.request().method() !== 'GET' && path.test(new URL(r.url()).pathname));
  await act();
  expect((await answer).ok()).toBe(true);
}

export async function person(browser: Browser, size = { width: 1440, height: 900 }) {
  const context = await browser.newContext({ viewport: size, bypassCSP: true });
  return context.newPage();
}

/** begin goes through the first run with a chat and ends in the inbox. */
export async function begin(page: Page, base: string) {
  await page.goto(base);
  await page.getByLabel('Workspace').fill('Lindqvist Cycles');
  await page.getByLabel('Your name').fill('Maja Ek');
  await page.getByLabel('Mail address').fill('maja@example.com');
  await page.getByLabel('Password').fill('correct horse battery');
  await page.getByRole('button', { name: 'Create workspace' }).click();
  await page.getByRole('button', { name: 'Make the chat' }).click();
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.getByRole('button', { name: 'Go to the inbox' }).click();
  await expect(page.getByRole('heading', { name: 'Unassigned' })).toBeVisible();
  await page.mouse.move(900, 500);
}

export const test = base.extend<{ parley: Parley }>({
  parley: async ({}, use) => {
    const p = new Parley();
    await p.start();
    await use(p);
    await p.end();
  },
});

export { expect };

const widths = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
];

/**
 * The screens and themes in which something must look right: every width and every theme is among
 * them, and each with each when pictures are kept for somebody to look at.
 */
export const looks = widths
  .flatMap((size) => [false, true].map((dark) => ({ size, dark, name: `${size.width}-${dark ? 'dark' : 'light'}` })))
  .filter((x) => !!process.env['SHOTS'] || x.dark === x.size.width < 1000);

/** Keeps a picture of a page, or of a part of one, in the folder that SHOTS names, for whoever looks at it; without it nothing is kept. */
export async function shot(
  page: { screenshot(o: { path: string; fullPage?: boolean }): Promise<unknown> },
  name: string,
  options: { fullPage?: boolean } = {},
) {
  const folder = process.env['SHOTS'];
  if (folder) await page.screenshot({ ...options, path: `${folder}/${name}.png` });
}
