import { composer, expect, plan, result, test } from './fixtures.ts';

test('one click on a suggestion begins the demonstration', async ({ page, open }) => {
  const engine = await open('empty');
  await expect(page.getByText('no real phone can ring').first()).toBeVisible();
  await page.getByRole('button', { name: 'Order a pizza' }).click();
  await expect(page.getByText('What is the phone number of Tony’s Pizza?')).toBeVisible();
  expect(engine.count('POST', '/chat')).toBe(1);
  await expect(page).toHaveURL(/#\/c_/);
  await expect(page.getByRole('navigation').getByText('Waiting for your answer')).toBeVisible();
});

test('a whole task, from the first words to the result', async ({ page, open }) => {
  test.slow();
  await open('empty', { speed: 8 });
  for (const words of ['Order a large pepperoni pizza', '+1 415 555 0142', '12 Harbor Street', 'Maria Lopez']) {
    await composer(page).fill(words);
    await composer(page).press('Enter');
    await expect(page.getByText('Sending…')).toHaveCount(0);
  }
  await plan(page).getByRole('button', { name: 'Confirm and call' }).click();
  await expect(page.getByRole('region', { name: 'Live call' })).toBeVisible();
  await expect(page).toHaveTitle(/^● \d+:\d\d – calling Tony’s Pizza$/);
  await expect(result(page).getByRole('heading', { name: 'Achieved' })).toBeVisible({ timeout: 15_000 });
  await expect(page.getByText(/^Task completed:/)).toBeVisible();
  await expect(page).toHaveTitle(/ – Ringback$/);
});

test('Enter sends, Shift+Enter breaks the line, and an Enter that ends a composition does neither', async ({ page, open }) => {
  const engine = await open('empty');
  const box = composer(page);
  await box.fill('one');
  await box.press('Shift+Enter');
  await box.pressSequentially('two');
  await expect(box).toHaveValue('one\ntwo');
  await box.evaluate((area) => area.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true })));
  await box.evaluate((area) => area.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', keyCode: 229, bubbles: true })));
  await expect(box).toHaveValue('one\ntwo');
  expect(engine.count('POST', '/chat')).toBe(0);
  await box.press('Enter');
  await expect(box).toHaveValue('');
  await expect(page.getByText('one two')).toBeVisible();
  expect(engine.requests.find((request) => request.path === '/chat')?.body.message).toBe('one\ntwo');
});

test('a draft survives a reload, each conversation’s its own', async ({ page, open }) => {
  await open('asking');
  await composer(page).fill('half a thou');
  await page.reload();
  await expect(composer(page)).toHaveValue('half a thou');
  await page.getByRole('button', { name: 'New conversation' }).first().click();
  await expect(composer(page)).toHaveValue('');
  await page.goBack();
  await expect(composer(page)).toHaveValue('half a thou');
});

test('a message that was not sent can be sent again, as the same message', async ({ page, open }) => {
  const engine = await open('asking');
  engine.refuseNext('POST', '/chat', 503, { code: 'draining', message: 'Ringback is restarting. Try again in a moment.' });
  await composer(page).fill('+1 415 555 0142');
  await composer(page).press('Enter');
  await expect(page.getByText('Not sent. Ringback is restarting. Try again in a moment.')).toBeVisible();
  await page.getByRole('button', { name: 'Send again' }).click();
  await expect(page.getByText('Where should the pizza be delivered?')).toBeVisible();
  await expect(page.getByText('Not sent.')).toHaveCount(0);
  const sent = engine.requests.filter((request) => request.path === '/chat').map((request) => request.body.message_id);
  expect(sent).toHaveLength(2);
  expect(sent[0]).toBe(sent[1]);
});

test('the log stays at its end, unless it is scrolled up', async ({ page, open }) => {
  await page.setViewportSize({ width: 1000, height: 420 });
  const engine = await open('asking');
  const log = page.getByRole('region', { name: 'Conversation', exact: true });
  const conversation = engine.conversations.get('c_demo');
  const distance = () => log.evaluate((box) => box.scrollHeight - box.clientHeight - box.scrollTop);
  for (let at = 0; at < 12; at += 1) conversation.line('assistant', `Line ${at}`);
  await expect(page.getByText('Line 11')).toBeInViewport();
  await log.hover();
  await page.mouse.wheel(0, -400);
  await expect(page.getByRole('button', { name: 'Jump to latest' })).toBeVisible();
  conversation.line('assistant', 'One more');
  await expect(page.getByText('One more')).toBeAttached();
  expect(await distance()).toBeGreaterThan(100);
  await page.getByRole('button', { name: 'Jump to latest' }).click();
  await expect(page.getByText('One more')).toBeInViewport();
  await expect(page.getByRole('button', { name: 'Jump to latest' })).toHaveCount(0);
});

test('the list is filtered, and a conversation is deleted only after a question', async ({ page, open }) => {
  const engine = await open('history');
  const list = page.getByRole('navigation');
  await expect(list.getByText('The line was busy')).toBeVisible();
  await list.getByRole('searchbox').fill('sushi');
  await expect(list.getByRole('listitem')).toHaveCount(1);
  await list.getByRole('button', { name: 'Delete “Order sushi for two”' }).click();
  await page.getByRole('button', { name: 'Keep it' }).click();
  expect(engine.count('DELETE', '/conversations/c_done')).toBe(0);
  await list.getByRole('button', { name: 'Delete “Order sushi for two”' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(list.getByText('Nothing matches “sushi”.')).toBeVisible();
  expect(engine.count('DELETE', '/conversations/c_done')).toBe(1);
});

test('a conversation that is gone is said to be gone', async ({ page, open }) => {
  await open('empty', { path: '/#/c_nowhere' });
  await expect(page.getByText('This conversation is gone')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Say what you need done by phone.' })).toBeVisible();
});

test('an engine that is protected is given its access token', async ({ page, open }) => {
  await open('asking', { token: 'opensesame' });
  const field = page.getByLabel('Enter the access token');
  await field.fill('wrong');
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(field).toHaveValue('');
  await field.fill('opensesame');
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(page.getByText('What is the phone number of Tony’s Pizza?')).toBeVisible();
});
