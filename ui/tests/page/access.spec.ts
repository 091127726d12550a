import AxeBuilder from '@axe-core/playwright';
import { composer, expect, panel, plan, result, test } from './fixtures.ts';

const SIZES = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };
const SCENES = ['empty', 'asking', 'plan', 'live', 'result', 'retrying', 'failed', 'history'];

for (const [size, viewport] of Object.entries(SIZES)) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test.describe(`${size}, ${colorScheme}`, () => {
      test.use({ viewport, colorScheme, hasTouch: size === 'phone', contextOptions: { reducedMotion: 'reduce' } });

      for (const scene of SCENES) {
        test(`${scene} has no barriers`, async ({ page, open }) => {
          await open(scene);
          await expect(page.locator('main')).toBeVisible();
          await expect(page.getByRole('status', { name: 'Loading' })).toHaveCount(0);
          if (scene === 'live') await expect(panel(page).locator('[data-line="5"]')).toBeVisible();
          if (scene === 'result') await result(page).locator('.proof button').first().click();
          if (scene === 'plan') await plan(page).getByRole('button', { name: 'Change' }).click();
          const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze();
          expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`)).toEqual([]);
        });
      }

      if (size === 'phone') {
        test('everything that is pressed is large enough, and nothing sticks out', async ({ page, open }) => {
          await open('live');
          await expect(panel(page).locator('[data-line="5"]')).toBeVisible();
          for (const button of await page.locator('button:visible, summary:visible').all()) {
            const box = await button.boundingBox();
            const name = (await button.textContent()) || (await button.getAttribute('aria-label'));
            expect(box?.height, `height of “${name}”`).toBeGreaterThanOrEqual(44);
            expect(box?.width, `width of “${name}”`).toBeGreaterThanOrEqual(44);
          }
          expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(viewport.width);
          await expect(panel(page).getByRole('button', { name: 'Hang up' })).toBeInViewport({ ratio: 1 });
          await expect(composer(page)).toBeInViewport({ ratio: 1 });
        });
      }
    });
  }
}

test('the whole way by keyboard: suggest, answer, confirm, hang up', async ({ page, open }) => {
  await open('empty');
  await page.keyboard.press('/');
  await expect(composer(page)).toBeFocused();
  for (const words of ['Order a large pepperoni pizza', '+1 415 555 0142', '12 Harbor Street', 'Maria Lopez']) {
    await page.keyboard.type(words);
    await page.keyboard.press('Enter');
    await expect(page.getByText('Sending…')).toHaveCount(0);
  }
  await expect(plan(page)).toBeVisible();
  for (let presses = 0; presses < 3; presses += 1) await page.keyboard.press('Shift+Tab');
  const cancel = plan(page).getByRole('button', { name: 'Cancel' });
  await cancel.or(page.getByRole('button', { name: 'Change' })).or(page.getByRole('button', { name: 'Confirm and call' })).first().waitFor();
  await plan(page).getByRole('button', { name: 'Confirm and call' }).focus();
  await page.keyboard.press('Enter');
  await expect(panel(page)).toBeFocused();
  await page.keyboard.press('c');
  await expect(panel(page).getByRole('button', { name: 'Hang up' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(result(page)).toBeFocused();
});

test('? shows the keys, Escape closes them, and single keys can be switched off', async ({ page, open }) => {
  await open('asking');
  await composer(page).press('?');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await composer(page).fill('');
  await composer(page).blur();
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'How Ringback works' })).toBeVisible();
  await page.getByLabel('Use single keys').uncheck();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog')).toHaveCount(0);
});

test('the theme is chosen, kept, and there before the first paint', async ({ page, open }) => {
  await open('empty');
  const theme = () => page.evaluate(() => document.documentElement.dataset.theme ?? 'system');
  expect(await theme()).toBe('system');
  await page.getByRole('button', { name: 'Theme: as the system' }).click();
  await page.getByRole('button', { name: 'Theme: light' }).click();
  expect(await theme()).toBe('dark');
  await page.addInitScript(() => {
    document.addEventListener('readystatechange', () => Object.assign(window, { themeAtParse: document.documentElement.dataset.theme }), { once: true });
  });
  await page.reload();
  expect(await page.evaluate(() => (window as unknown as { themeAtParse: string }).themeAtParse)).toBe('dark');
  await expect(page.getByRole('button', { name: 'Theme: dark' })).toBeVisible();
});

test('on a phone the conversations are in a drawer', async ({ page, open }) => {
  await page.setViewportSize(SIZES.phone);
  await open('history');
  await expect(page.getByRole('navigation')).toBeHidden();
  await page.getByRole('button', { name: 'Conversations' }).click();
  await page.getByRole('button', { name: /Order sushi for two Done/ }).click();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Order sushi for two');
});
