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
  await player.getByRole('button', { name: 'Play' }).click();
  await expect(card.getByText('The recording is not there any more.')).toBeVisible();
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
