/** What the measurements of the inbox have in common: the browser, a signed-in page, and how figures are summed up. */
import { chromium } from '@playwright/test';

export const launch = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--no-first-run'],
  });

/** A page of somebody who is signed in, with a processor that is throttle times slower and answers that take latency milliseconds. */
export async function signedIn(browser, { base, email, password }, { throttle = 1, latency = 0, scripts = [] }) {
  const context = await browser.newContext({ baseURL: base, viewport: { width: 1440, height: 900 } });
  await context.request.post('/api/v1/session', { headers: { 'X-Parley-CSRF': '1' }, data: { email, password } });
  const p = await context.newPage();
  for (const s of scripts) await p.addInitScript(s);
  const cdp = await context.newCDPSession(p);
  await cdp.send('Network.enable');
  if (latency) await cdp.send('Network.emulateNetworkConditions', { offline: false, latency, downloadThroughput: 1.25e6, uploadThroughput: 1.25e6 });
  if (throttle > 1) await cdp.send('Emulation.setCPUThrottlingRate', { rate: throttle });
  return p;
}

export const at = (sorted, part) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] * 10) / 10;

export function summary(times) {
  const sorted = times.toSorted((a, b) => a - b);
  return { p50: at(sorted, 0.5), p95: at(sorted, 0.95), max: at(sorted, 1), n: sorted.length };
}

export const median = (times) =>
  at(
    times.toSorted((a, b) => a - b),
    0.5,
  );
