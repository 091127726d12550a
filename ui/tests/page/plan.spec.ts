import { composer, expect, panel, plan, test } from './fixtures.ts';

const decisions = (engine: { requests: { path: string; body: unknown }[] }) =>
  engine.requests.filter((request) => request.path.includes('/plans/')).map((request) => request.body);

test('the card says all there is to confirm', async ({ page, open }) => {
  await open('plan');
  const card = plan(page);
  for (const text of ['Tony’s Pizza', '+1 (415) 555-0142', 'Order a large pepperoni pizza for delivery', '12 Harbor Street, apartment 4', 'Maria Lopez']) {
    await expect(card.getByText(text, { exact: true })).toBeVisible();
  }
  await expect(card.getByText('When will it be here?')).toBeVisible();
  await expect(card.getByText('Rings for up to 30 seconds, lasts 5 minutes at most.')).toBeVisible();
  await expect(card.getByText('About $0.12 a minute, at most $1.20.')).toBeVisible();
  await expect(card.getByText('Nothing has been dialled yet.')).toBeVisible();
  await expect(card.getByRole('timer')).toHaveText(/Expires in 1[45] min/);
});

test('a double click confirms once', async ({ page, open }) => {
  const engine = await open('plan');
  await plan(page).getByRole('button', { name: 'Confirm and call' }).dblclick();
  await expect(panel(page)).toBeVisible();
  expect(decisions(engine)).toEqual([{ decision: 'approve' }]);
  await expect(page.getByText('You confirmed this call')).toBeVisible();
});

test('a change sends only what was changed, and brings a new summary', async ({ page, open }) => {
  const engine = await open('plan');
  await plan(page).getByRole('button', { name: 'Change' }).click();
  const field = plan(page).getByLabel('Delivery address');
  await field.fill('7 Mill Lane');
  await field.press('Enter');
  await expect(page.getByText('You changed this; see the new summary below')).toBeVisible();
  await expect(plan(page).getByText('7 Mill Lane')).toBeVisible();
  expect(decisions(engine)).toEqual([{ decision: 'change', details: { delivery_address: '7 Mill Lane' } }]);
  await expect(panel(page)).toHaveCount(0);
});

test('a number without its country code is not sent', async ({ page, open }) => {
  const engine = await open('plan');
  await plan(page).getByRole('button', { name: 'Change' }).click();
  const field = plan(page).getByLabel('Number to call');
  await field.fill('555 0142');
  await plan(page).getByRole('button', { name: 'Save changes' }).click();
  await expect(field).toBeFocused();
  await expect(field).toHaveAccessibleDescription(/country code/);
  expect(decisions(engine)).toEqual([]);
});

test('a field that the engine refuses is pointed at', async ({ page, open }) => {
  const engine = await open('plan');
  const body = { code: 'invalid_field', message: 'The address is too long.', field: 'details.delivery_address' };
  engine.refuseNext('POST', '/conversations/c_demo/plans/p_c_demo_1', 422, body);
  await plan(page).getByRole('button', { name: 'Change' }).click();
  await plan(page).getByLabel('Delivery address').fill('7 Mill Lane');
  await plan(page).getByRole('button', { name: 'Save changes' }).click();
  await expect(plan(page).getByLabel('Delivery address')).toHaveAccessibleDescription('The address is too long.');
});

test('a cancelled plan dials nothing and says so', async ({ page, open }) => {
  const engine = await open('plan');
  await plan(page).getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByText('You cancelled this; nothing was dialled')).toBeVisible();
  expect(decisions(engine)).toEqual([{ decision: 'cancel' }]);
  await expect(panel(page)).toHaveCount(0);
});

test('the card is still there after a reload', async ({ page, open }) => {
  await open('plan');
  await expect(plan(page)).toBeVisible();
  await page.reload();
  await expect(plan(page).getByRole('button', { name: 'Confirm and call' })).toBeEnabled();
});

test('“yes” in words is as good as the button', async ({ page, open }) => {
  await open('plan');
  await composer(page).fill('yes');
  await composer(page).press('Enter');
  await expect(panel(page)).toBeVisible();
});

test('a plan that has run out cannot be confirmed', async ({ page, open }) => {
  await open('expiring');
  await expect(plan(page).getByText('has expired and nothing was dialled')).toBeVisible();
  await expect(plan(page).getByRole('button', { name: 'Confirm and call' })).toHaveCount(0);
});

test('a decision that comes too late is explained', async ({ page, open }) => {
  const engine = await open('plan');
  const message = 'This summary has expired. Write a message to get a new one.';
  engine.refuseNext('POST', '/conversations/c_demo/plans/p_c_demo_1', 409, { code: 'plan_expired', message });
  await plan(page).getByRole('button', { name: 'Confirm and call' }).click();
  await expect(page.getByRole('alert').getByText(message)).toBeVisible();
  await expect(plan(page).getByRole('button', { name: 'Confirm and call' })).toBeEnabled();
});
