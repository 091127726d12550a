import { expect, panel, plan, result, test } from './fixtures.ts';

test('the outcome comes first, then facts with the words that prove them', async ({ page, open }) => {
  await open('result');
  const card = result(page);
  await expect(card.getByRole('heading', { name: 'Achieved' })).toBeInViewport();
  await expect(card.getByText('Tony’s Pizza · Answered · 32 seconds')).toBeVisible();
  await expect(card.getByText('Ringback said goodbye and hung up')).toBeVisible();
  await expect(card.getByText('AI disclosed at 4.1 s')).toBeVisible();
  await expect(card.getByRole('button', { name: 'That’ll be thirty minutes at 0:24' })).toBeVisible();
  await expect(card.getByText('Cash to the driver')).toBeVisible();
  await expect(card.getByText('Unverified')).toHaveCount(1);
  await expect(card.getByRole('button', { name: 'Try again' })).toHaveCount(0);
});

test('a fact leads to its line in the transcript', async ({ page, open }) => {
  await open('result');
  const line = result(page).locator('[data-line="7"]');
  await expect(line).toBeHidden();
  await result(page).getByRole('button', { name: 'That’ll be thirty minutes' }).click();
  await expect(line).toBeInViewport({ ratio: 1 });
  await expect(line).toBeFocused();
  await expect(line).toHaveClass(/shown/);
  await expect(line).toContainText('0:24');
  await result(page).getByRole('button', { name: 'twenty-two fifty' }).click();
  await expect(result(page).locator('[data-line="5"]')).toHaveClass(/shown/);
  await expect(line).not.toHaveClass(/shown/);
  await expect(result(page).locator('[data-line="5"]')).toBeInViewport({ ratio: 1 });
});

test('the transcript marks what was never heard', async ({ page, open }) => {
  await open('result');
  await result(page).getByText('Transcript').click();
  await expect(result(page).locator('s')).toHaveCount(1);
  await expect(result(page).locator('[data-line="4"]')).toContainText('The entrance – interrupted');
});

test('a busy line is not an achievement, and can be tried again', async ({ page, open }) => {
  const engine = await open('busy');
  const card = result(page);
  await expect(card.getByRole('heading', { name: 'Not achieved' })).toBeVisible();
  await expect(card.getByText('Tony’s Pizza · The line was busy')).toBeVisible();
  await card.getByRole('button', { name: 'Try again' }).click();
  await expect(plan(page)).toBeVisible();
  expect(engine.requests.filter((request) => request.path === '/chat').at(-1)?.body.message).toBe('try again');
  await expect(card.getByRole('button', { name: 'Try again' })).toHaveCount(0);
  await plan(page).getByRole('button', { name: 'Confirm and call' }).click();
  await expect(result(page).getByRole('heading', { name: 'Achieved', exact: true })).toBeVisible({ timeout: 15_000 });
  await expect(panel(page)).toHaveCount(0);
});

test('a failure says what went wrong', async ({ page, open }) => {
  await open('failed');
  await expect(result(page).getByRole('heading', { name: 'Outcome unknown' })).toBeVisible();
  await expect(result(page).getByText('The voice server did not answer within 5 s.')).toBeVisible();
});

test('a success that nobody was heard to say is not shown as one', async ({ page, open }) => {
  await open('unconfirmed');
  const card = result(page);
  await expect(card.getByRole('heading', { name: 'Not confirmed' })).toBeVisible();
  await expect(card.getByText('nobody was heard to say so')).toBeVisible();
  await expect(card.getByText('The pizza is ordered.')).toBeHidden();
  await expect(card.getByRole('button', { name: 'Try again' })).toBeHidden();
});
