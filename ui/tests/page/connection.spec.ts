import { expect, panel, test } from './fixtures.ts';

test('a lost connection is shown, and nothing is lost with it', async ({ page, open }) => {
  const engine = await open('asking');
  await expect(page.getByText('What is the phone number of Tony’s Pizza?')).toBeVisible();
  engine.vanish();
  await expect(page.getByText('Connection lost.')).toBeVisible();
  engine.conversations.get('c_demo').line('assistant', 'Said while you were away');
  engine.restore();
  await expect(page.getByText('Said while you were away')).toBeVisible({ timeout: 15_000 });
  await expect(page.getByText('Connection lost.')).toHaveCount(0);
  await expect(page.getByText('What is the phone number of Tony’s Pizza?')).toHaveCount(1);
  const resumed = engine.requests.filter((request) => request.path === '/conversations/c_demo/events').at(-1);
  expect(Number(resumed?.headers['last-event-id'])).toBeGreaterThan(2);
});

test('it comes back by itself', async ({ page, open }) => {
  const engine = await open('live');
  await expect(panel(page)).toBeVisible();
  engine.vanish();
  await expect(page.getByText('The call goes on without this page.')).toBeVisible();
  await expect(panel(page).getByRole('button', { name: 'Hang up' })).toBeVisible();
  engine.restore();
  await expect(page.getByText('Connection lost.')).toHaveCount(0, { timeout: 15_000 });
  await expect(panel(page).getByText('Yeah, we know the building.')).toHaveCount(1);
});

test('a page that has never reached its engine says so', async ({ page, open }) => {
  await open('asking');
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await page.route('**/about', (route) => route.abort());
  await page.route('**/conversations**', (route) => route.abort());
  await page.reload();
  await expect(page.getByText('Connection lost.')).toBeVisible();
  const before = asked.filter((path) => path === '/about').length;
  await page.getByRole('button', { name: 'Try now' }).click();
  await expect.poll(() => asked.filter((path) => path === '/about').length).toBe(before + 1);
  await page.unrouteAll();
  await expect(page.getByText('What is the phone number of Tony’s Pizza?')).toBeVisible({ timeout: 15_000 });
});
