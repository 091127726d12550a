import { expect, result, test } from './fixtures.ts';

const waiting = (page: import('@playwright/test').Page) => page.getByRole('region', { name: 'The next try' });

test('a try that waits says when, and how many are left', async ({ page, open }) => {
  await open('retrying');
  await expect(waiting(page).getByRole('heading')).toHaveText(/^Trying again (at|on .* at) \d/);
  await expect(waiting(page).getByText('2 tries left')).toBeVisible();
  await expect(result(page).getByRole('button', { name: 'Try again' })).toHaveCount(0);
  await page.getByText('You confirmed this call').click();
  await expect(page.getByText('If nobody answers, tries up to 2 more times, 10 minutes apart.')).toBeVisible();
});

test('try now calls at once, and stop trying ends it', async ({ page, open }) => {
  const engine = await open('retrying', { speed: 20 });
  await waiting(page).getByRole('button', { name: 'Try now' }).click();
  await expect(waiting(page).getByText('this is the last try')).toBeVisible({ timeout: 15_000 });
  await expect(result(page)).toHaveCount(2);
  await expect(result(page).last().getByText('Tony’s Pizza · The line was busy')).toBeVisible();
  await waiting(page).getByRole('button', { name: 'Stop trying' }).click();
  await expect(waiting(page)).toHaveCount(0);
  await expect(result(page).last().getByRole('button', { name: 'Try again' })).toBeVisible();
  const said = engine.requests.filter((request) => request.path === '/chat').map((request) => (request.body as { message: string }).message);
  expect(said.slice(-2)).toEqual(['try now', 'stop trying']);
});
