import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: 'e2e',
  fullyParallel: false,
  workers: 3,
  // They run beside all other tests: what takes long is no fault, what never comes is.
  timeout: 300_000,
  expect: { timeout: 30_000 },
  forbidOnly: !!process.env.CI,
  // On a machine that does much else one may fail by chance; it is said to be flaky then, and to be mended.
  retries: process.env.CI ? 1 : 0,
  reporter: [['list']],
  use: {
    // A trace of every step costs more than the steps: TRACE=1 for a test that fails.
    trace: process.env.TRACE ? 'retain-on-failure' : 'off',
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});
