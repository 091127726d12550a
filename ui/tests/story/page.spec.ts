// The story as a user lives it: in the page, from the first words to the result card.

import { panel, plan, result, shown, untilPlan } from './chat-page'
import { dialled, expect, plain, sent, simulated, test, WISH } from './ringback'

test('from the first words to the result card', async ({ page, ringback }, info) => {
  test.setTimeout(300_000)
  const shot = (name: string) => page.screenshot({ path: info.outputPath(`${name}.png`) })
  const before = await dialled(page.request, ringback)
  await untilPlan(page, ringback, 'order a large pepperoni pizza for delivery')
  await expect(plan(page).getByText('+1 (415) 555-0100')).toBeVisible()
  await expect(plan(page).getByText('Nothing has been dialled yet.')).toBeVisible()
  await shot('plan')
  await page.reload()
  await expect(plan(page).getByText('+1 (415) 555-0100')).toBeVisible()
  expect(await dialled(page.request, ringback)).toBe(before)

  const confirmed = (await shown(page, ringback)).plan
  await plan(page).getByRole('button', { name: 'Confirm and call' }).dblclick()
  await expect(panel(page)).toBeVisible()
  await expect(panel(page).locator('[aria-current="step"]')).toHaveText('Connected', { timeout: 30_000 })
  await panel(page).getByRole('button', { name: 'Listen in' }).click()
  await expect(panel(page).getByText(/an AI assistant/).first()).toBeVisible({ timeout: 30_000 })
  await expect(panel(page).locator('[data-listening="on"]'), 'the call is heard').toBeVisible()
  await expect(panel(page).getByText(/AI disclosed at/)).toBeVisible({ timeout: 30_000 })
  await expect.poll(() => panel(page).locator('svg[data-callee]').getAttribute('data-callee').then(Number), { timeout: 30_000 }).toBeGreaterThan(20)
  await expect(panel(page).getByText(/Answers in/)).toBeVisible({ timeout: 60_000 })
  await shot('live')

  await expect(result(page)).toBeVisible({ timeout: 150_000 })
  await expect(panel(page)).toHaveCount(0)
  await expect(result(page).getByText('total', { exact: false }).first()).toBeVisible()
  await result(page).locator('.proof button').first().click()
  await expect(result(page).locator('[data-line]:focus')).toBeVisible()
  await shot('result')

  const view = await shown(page, ringback)
  const told = view.calls.at(-1)?.result
  expect(told?.outcome.status).toBe('achieved')
  expect(await dialled(page.request, ringback), 'a double click dials once').toBe(before + 1)
  const callee = await simulated(page.request, ringback, told?.call_sid as string)
  expect(callee.slip?.kind).toBe('order_food')
  for (const [name, value] of Object.entries(callee.slip?.fields ?? {})) {
    expect(plain(value), `the clerk wrote down ${name}`).toBe(plain(confirmed?.details[name]))
  }
  for (const name of ['item', 'size', 'fulfilment', 'delivery_address', 'user_name']) {
    expect(plain(callee.slip?.fields[name]), `the clerk wrote down ${name}`).toBe(plain(WISH[name]))
  }
  expect(told, 'what the engine received is what the handler sent').toEqual(await sent(page.request, ringback, told?.call_sid as string))

  await page.reload()
  await expect(result(page), 'the result is still there tomorrow').toBeVisible()
})

test('the user hangs up in the middle', async ({ page, ringback }) => {
  test.setTimeout(120_000)
  await untilPlan(page, ringback, 'order a large pepperoni pizza for delivery')
  await plan(page).getByRole('button', { name: 'Confirm and call' }).click()
  await expect(panel(page).locator('[aria-current="step"]')).toHaveText('Connected', { timeout: 30_000 })
  await panel(page).getByRole('button', { name: 'Hang up' }).click()
  await expect(result(page).getByText('You hung up')).toBeVisible({ timeout: 30_000 })
  const told = (await shown(page, ringback)).calls.at(-1)?.result
  expect(told?.ended_reason).toBe('user_hung_up')
  expect(told?.outcome.status).not.toBe('achieved')
  expect((await simulated(page.request, ringback, told?.call_sid as string)).status).toBe('completed')
})

test('a vague task, a change on the card, and a no', async ({ page, ringback }, info) => {
  test.setTimeout(60_000)
  const before = await dialled(page.request, ringback)
  await page.goto(`${ringback.engine}/`)
  await expect(page.getByRole('list', { name: 'Suggestions' })).toBeVisible()
  await page.screenshot({ path: info.outputPath('empty.png') })
  await untilPlan(page, ringback, 'I would like to order food')
  await plan(page).getByRole('button', { name: 'Change' }).click()
  await plan(page).getByLabel('Size').fill('medium')
  await plan(page).getByRole('button', { name: 'Save changes' }).click()
  await expect.poll(async () => (await shown(page, ringback)).plan?.details['size']).toBe('medium')
  await expect(plan(page).getByText('medium', { exact: true })).toBeVisible()
  await plan(page).getByRole('button', { name: 'Cancel' }).click()
  await expect(plan(page)).toHaveCount(0)
  expect((await shown(page, ringback)).node).toBe('cancelled')
  expect(await dialled(page.request, ringback)).toBe(before)
})

test('a busy line is told, and tried again only with another yes', async ({ page, ringback }, info) => {
  test.setTimeout(90_000)
  const before = await dialled(page.request, ringback)
  await untilPlan(page, ringback, 'order a large pepperoni pizza for delivery', { ...WISH, target_phone_number: '+1 415 555 0110' })
  await plan(page).getByRole('button', { name: 'Confirm and call' }).click()
  await expect(result(page).getByText(/busy/i).first()).toBeVisible({ timeout: 30_000 })
  await page.screenshot({ path: info.outputPath('busy.png') })
  await result(page).getByRole('button', { name: 'Try again' }).click()
  await expect(plan(page)).toBeVisible()
  expect(await dialled(page.request, ringback)).toBe(before + 1)
})
