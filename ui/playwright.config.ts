import { defineConfig, devices } from '@playwright/test';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';

const launchOptions = {
  executablePath: CHROMIUM,
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--disable-quic',
    '--no-first-run',
  ],
};

export default defineConfig({
  outputDir: 'test-results',
  forbidOnly: Boolean(process.env.CI),
  fullyParallel: true,
  workers: Number(process.env.PLAYWRIGHT_WORKERS ?? 2),
  timeout: 30_000,
  expect: { timeout: 7_000 },
  reporter: [['list']],
  use: { ...devices['Desktop Chrome'], channel: undefined, launchOptions, trace: 'retain-on-failure' },
  projects: [
    // The page alone, against the scripted engine in dev/.
    { name: 'page', testDir: 'tests/page' },
    // Whole stories, against the real program. Both sides of a call hear with real recognisers, which now and then mishear what
    // even a read-back does not show (`cargo xtask bench voice` measures how often): twice in a row is a fault of ours.
    { name: 'story', testDir: 'tests/story', retries: 1 },
  ],
});
