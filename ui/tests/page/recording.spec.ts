import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, result, test } from './fixtures.ts';

test('what was told otherwise, what was promised and what comes next stand in the result', async ({ page, open }) => {
  await open('recorded');
  const card = result(page);
  await expect(card.getByText('They also said $20:')).toBeVisible();
  await expect(card.getByText('Ringback’s own report had $20.')).toBeVisible();
  await expect(card.getByText('Ringback said “30 minutes”, they said')).toBeVisible();
  await expect(card.getByText('Expect the delivery in 30 minutes, counted from the call')).toBeVisible();
  await expect(card.getByText('They promised')).toBeVisible();
  await expect(card.getByText('Ringback refused')).toBeVisible();
});

test('a line of the transcript plays the recording from there, and the playing line is marked', async ({ page, open }) => {
  await open('recorded');
  const card = result(page);
  const player = card.getByRole('group', { name: 'Recording of the call' });
  const place = player.getByRole('slider', { name: 'Place in the recording' });
  await card.getByText('Transcript', { exact: false }).last().click();
  await card.getByRole('button', { name: 'Play from 0:24' }).click();
  await expect(card.locator('[data-line="7"]')).toHaveAttribute('aria-current', 'time');
  await expect.poll(async () => Number(await place.inputValue())).toBeGreaterThan(24.2);
  await player.getByRole('button', { name: 'Pause' }).click();
  await expect(player.getByRole('button', { name: 'Play' })).toBeVisible();

  const at = Number(await place.inputValue());
  await place.focus();
  await page.keyboard.press('ArrowLeft');
  await expect.poll(async () => Number(await place.inputValue())).toBeLessThan(at - 4);
  await page.keyboard.press('Space');
  await expect(player.getByRole('button', { name: 'Pause' })).toBeVisible();
  await page.keyboard.press('Space');
  await expect(player.getByRole('button', { name: 'Play' })).toBeVisible();
  await player.getByRole('combobox', { name: 'Speed' }).selectOption({ label: '1.5×' });
  expect(await player.locator('audio').evaluate((audio: HTMLAudioElement) => audio.playbackRate)).toBe(1.5);
  await expect(player.getByRole('link', { name: 'Download the recording' })).toHaveAttribute('href', /\/recording$/);
});

test('a fact leads to its moment in the recording', async ({ page, open }) => {
  await open('recorded');
  const card = result(page);
  await card.getByRole('button', { name: 'So that’s twenty-two fifty in total' }).click();
  const place = card.getByRole('slider', { name: 'Place in the recording' });
  await expect.poll(async () => Number(await place.inputValue())).toBeCloseTo(17.6, 1);
  await expect(card.locator('[data-line="5"]')).toHaveAttribute('aria-current', 'time');
});

/** The strokes of one side that are longer than a dot, by their places from 0 to 1. */
const sounds = (page: Page, side: 'callee' | 'agent') =>
  result(page)
    .locator(`svg[data-measured] .rest path.${side}`)
    .evaluate((path: SVGPathElement) => {
      const width = path.ownerSVGElement?.viewBox.baseVal.width ?? 1;
      const all = [...(path.getAttribute('d') ?? '').matchAll(/M([\d.]+) [\d.]+v(-?[\d.]+)/g)];
      return all.filter(([, , length]) => Math.abs(Number(length)) > 2).map(([, x]) => Number(x) / width);
    });

test('the picture of the recording has both sides where they speak', async ({ page, open }) => {
  await open('recorded');
  const player = result(page).getByRole('group', { name: 'Recording of the call' });
  await expect(player).toBeVisible();
  await expect(player.locator('svg[data-measured]'), 'what nobody looks at is not fetched').toHaveCount(0);
  await player.scrollIntoViewIfNeeded();
  await expect(player.locator('svg[data-measured]')).toHaveCount(1);
  const within = (from: number, to: number) => (place: number) => place > from / 32 && place < to / 32;
  const [callee, agent] = [await sounds(page, 'callee'), await sounds(page, 'agent')];
  // "Tony’s Pizza, how can I help you?", and the agent's first sentence after it.
  expect(callee.filter(within(0.5, 1.7)).length).toBeGreaterThan(2);
  expect(agent.filter(within(0.5, 1.7))).toEqual([]);
  expect(agent.filter(within(3, 9)).length).toBeGreaterThan(20);
  expect(callee.filter(within(3, 9))).toEqual([]);
});

test('a proof is a mark on the picture, which leads to its moment and its line, by keyboard too', async ({ page, open }, info) => {
  await open('recorded');
  const card = result(page);
  const player = card.getByRole('group', { name: 'Recording of the call' });
  const marks = player.getByRole('list', { name: 'Where facts are proven' }).getByRole('button');
  await expect(marks).toHaveCount(2);
  const place = player.getByRole('slider', { name: 'Place in the recording' });
  await marks.nth(1).focus();
  await page.keyboard.press('Enter');
  await expect.poll(async () => Number(await place.inputValue())).toBeCloseTo(24.3, 1);
  await expect(card.locator('[data-line="7"]')).toBeFocused();
  await expect(card.locator('[data-line="7"]')).toHaveAttribute('aria-current', 'time');
  await expect(player.locator('rect.line')).toBeVisible();

  // The slider lies over the whole picture: a click on it goes there, and the arrow keys go on from there.
  const box = await place.boundingBox();
  if (!box) throw new Error('the slider is not to be seen');
  expect(box.height).toBeGreaterThanOrEqual(44);
  await place.click({ position: { x: box.width / 2, y: box.height / 2 } });
  await expect.poll(async () => Number(await place.inputValue())).toBeCloseTo(16, 0);
  await page.keyboard.press('ArrowRight');
  await expect(place).toHaveAttribute('aria-valuetext', /^0:2\d of 0:32$/);
  await page.screenshot({ path: info.outputPath('waveform.png') });
  const accessible = await new AxeBuilder({ page }).include('[aria-label="Recording of the call"]').analyze();
  expect(accessible.violations.map((violation) => violation.id)).toEqual([]);
});

test('a recording whose sound cannot be looked at plays all the same', async ({ page, open }) => {
  await page.route(/\/recording$/, (route) =>
    route.request().resourceType() === 'fetch' ? route.fulfill({ status: 502, json: { code: 'handler_unreachable', message: 'No.' } }) : route.fallback(),
  );
  await open('recorded');
  const player = result(page).getByRole('group', { name: 'Recording of the call' });
  await player.getByRole('button', { name: 'Play' }).click();
  const place = player.getByRole('slider', { name: 'Place in the recording' });
  await expect.poll(async () => Number(await place.inputValue())).toBeGreaterThan(0.1);
  await expect(player.locator('svg[data-measured]')).toHaveCount(0);
});

test.describe('on a dark phone', () => {
  test.use({ colorScheme: 'dark', viewport: { width: 390, height: 844 }, hasTouch: true });
  test('the player fits, and its marks are as large as a finger', async ({ page, open }, info) => {
    await open('recorded');
    const player = result(page).getByRole('group', { name: 'Recording of the call' });
    await player.scrollIntoViewIfNeeded();
    await expect(player.locator('svg[data-measured]')).toHaveCount(1);
    for (const mark of await player.getByRole('list').getByRole('button').all()) {
      const box = await mark.boundingBox();
      expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(44);
    }
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    await page.screenshot({ path: info.outputPath('waveform-dark-phone.png') });
    const accessible = await new AxeBuilder({ page }).include('[aria-label="Recording of the call"]').analyze();
    expect(accessible.violations.map((violation) => violation.id)).toEqual([]);
  });
});

test('a recording is deleted after a question, and its result stays', async ({ page, open }) => {
  await open('recorded');
  const card = result(page);
  const player = card.getByRole('group', { name: 'Recording of the call' });
  const opener = player.getByRole('button', { name: 'Delete the recording' });
  const dialog = page.getByRole('dialog', { name: 'Delete this recording?' });
  await opener.click();
  await dialog.getByRole('button', { name: 'Keep it' }).click();
  await expect(dialog).toBeHidden();
  await expect(opener).toBeFocused();

  await opener.click();
  const asked = page.waitForRequest((request) => request.method() === 'DELETE');
  await dialog.getByRole('button', { name: 'Delete', exact: true }).click();
  expect((await asked).url()).toMatch(/\/conversations\/c_demo\/calls\/1\/recording$/);
  await expect(card.getByText('The recording is deleted.')).toBeFocused();
  await expect(player).toBeHidden();
  await expect(card.getByText('They also said $20:')).toBeVisible();

  await page.reload();
  await player.scrollIntoViewIfNeeded();
  await expect(card.getByText('The recording is not there any more.')).toBeVisible();
  await expect(player).toBeHidden();
});

test('a recording that cannot be deleted stays, and it is said why', async ({ page, open }) => {
  await open('recorded');
  await page.route(/\/recording$/, (route) =>
    route.request().method() === 'DELETE'
      ? route.fulfill({ status: 500, json: { code: 'recording_unreadable', message: 'The file cannot be read; see the log.' } })
      : route.fallback(),
  );
  const player = result(page).getByRole('group', { name: 'Recording of the call' });
  await player.getByRole('button', { name: 'Delete the recording' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(page.getByText('The recording was not deleted')).toBeVisible();
  await expect(player).toBeVisible();
});
