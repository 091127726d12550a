import { test as base, expect, type Page } from '@playwright/test';
import { FakeEngine } from '../../dev/fake-engine.mjs';

interface Stand {
  /** Starts an engine in a scene and opens its conversation (or the empty page). */
  open: (scene: string, options?: { speed?: number; token?: string | null; path?: string; about?: object }) => Promise<FakeEngine>;
}

/** What the page may say in the console: its own requests that a test made fail. */
const EXPECTED = /Failed to load resource/;

/** A page test: an engine of its own, and no error, no refused style or script in the console. */
export const test = base.extend<Stand>({
  open: async ({ page }, use) => {
    const engines: FakeEngine[] = [];
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type()) && !EXPECTED.test(message.text())) complaints.push(message.text());
    });
    await use(async (scene, { path, ...options } = {}) => {
      const engine = await FakeEngine.start({ scene, ...options });
      engines.push(engine);
      await page.goto(engine.url + (path ?? (engine.conversations.size > 0 ? '/#/c_demo' : '/')));
      return engine;
    });
    for (const engine of engines) await engine.stop();
    expect(complaints).toEqual([]);
  },
});

export { expect };

export const composer = (page: Page) => page.getByLabel('Your message');
export const panel = (page: Page) => page.getByRole('region', { name: 'Live call' });
export const plan = (page: Page) => page.getByRole('region', { name: 'Summary of the call' });
export const result = (page: Page) => page.getByRole('region', { name: 'Result of the call' });
