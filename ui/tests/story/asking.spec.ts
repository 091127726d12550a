// The user's part of a live call, on the real demo: a question that the order does not answer, an instruction, and their own
// voice in the agent's place. The user is Chromium with a microphone that speaks from a file.

import type { Page, TestInfo } from '@playwright/test'
import { panel, plan, result, shown, untilPlan } from './chat-page'
import { person, speak } from './microphone'
import { expect, plain, sent, simulated, test, WISH } from './ringback'

/** Asks for classic or stuffed crust, which no order tells. */
const STONE_OVEN = '+1 415 555 0114'
const card = (page: Page) => page.getByRole('region', { name: 'A question from the call' })
const said = (page: Page, who: 'agent' | 'callee', words: RegExp) => panel(page).locator(`.line.${who}`, { hasText: words }).first()

/** The page as it is now: light and dark, on a desk and on a phone. */
async function shots(page: Page, info: TestInfo, name: string) {
  const desk = page.viewportSize() ?? { width: 1280, height: 720 }
  for (const [place, size] of [['phone', { width: 390, height: 844 }], ['desk', desk]] as const) {
    await page.setViewportSize(size)
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme })
      await page.screenshot({ path: info.outputPath(`${name}-${place}-${colorScheme}.png`) })
    }
  }
}

test('the user answers, instructs, takes over and hands back, and the call ends well', async ({ ringback, playwright, launchOptions }, info) => {
  test.setTimeout(300_000)
  const wav = info.outputPath('user.wav')
  // The microphone opens when the user takes over; they speak when the other side has answered and read the order back.
  speak(wav, '14000', 'Please put extra cheese on it.', '60000')
  const browser = await person(playwright, launchOptions, wav)
  const page = await browser.newPage()
  try {
    page.on('pageerror', (error) => expect.soft(String(error)).toBe(''))
    await untilPlan(page, ringback, 'order a large pepperoni pizza for pickup', { ...WISH, target_phone_number: STONE_OVEN })
    await plan(page).getByRole('button', { name: 'Confirm and call' }).click()

    // They ask what the order does not tell: it is asked in the chat, and they wait.
    await expect(card(page).getByRole('heading'), 'the question is asked').toHaveText(/classic or stuffed/i, { timeout: 90_000 })
    await expect(said(page, 'agent', /one moment/i), 'they are asked to wait').toBeVisible({ timeout: 15_000 })
    await shots(page, info, 'question')
    await card(page).getByRole('button', { name: /stuffed/ }).click()
    await expect(card(page).getByRole('status')).toHaveText(/^Answered: stuffed/)
    await expect(said(page, 'agent', /stuffed/i), 'the answer goes into the call').toBeVisible({ timeout: 20_000 })

    const field = panel(page).getByLabel('Tell the agent what to do')
    await field.fill('ask if they have gluten-free')
    await field.press('Enter')
    await expect(panel(page).getByText('The agent is told: ask if they have gluten-free')).toBeVisible()
    await expect(said(page, 'agent', /gluten/i), 'it is asked on the line').toBeVisible({ timeout: 30_000 })
    await shots(page, info, 'instruction')

    const asked = panel(page).locator('.line.agent:not(.growing)', { hasText: /gluten/i })
    await expect(asked, 'it has been heard').toBeVisible({ timeout: 15_000 })
    await panel(page).getByRole('button', { name: 'Take over' }).click()
    await expect(panel(page).getByText('You have the call')).toBeVisible({ timeout: 15_000 })
    await expect(said(page, 'callee', /gluten/i), 'what they answer to the agent is written down').toBeVisible({ timeout: 30_000 })
    const read = said(page, 'callee', /extra cheese/i)
    await expect(read, 'they have heard the user').toBeVisible({ timeout: 40_000 })
    await shots(page, info, 'taken-over')
    await panel(page).getByRole('button', { name: 'Hand back' }).click()
    await expect(said(page, 'agent', /assistant again/i), 'the agent says that it is back').toBeVisible({ timeout: 20_000 })

    await expect(result(page)).toBeVisible({ timeout: 120_000 })
    const told = (await shown(page, ringback)).calls.at(-1)?.result
    expect(told?.outcome.status).toBe('achieved')
    expect(told?.ended_reason).toBe('agent_hung_up')
    expect(told, 'what the engine received is what the handler sent').toEqual(await sent(page.request, ringback, told?.call_sid as string))
    const spoken = (who: string) => (told?.transcript ?? []).filter((line) => line.speaker === who).map((line) => line.text).join(' ')
    expect(spoken('agent')).toMatch(/stuffed.*gluten/is)
    expect(spoken('callee')).toMatch(/gluten/i)
    const fact = told?.outcome.facts.find((fact) => fact.name === 'gluten_free')
    expect(fact?.evidence, 'the answer to the instruction is proven by what was said').toBeTruthy()
    expect(told?.user_spoke?.length, 'when the user spoke is in the result').toBeGreaterThan(0)

    const callee = await simulated(page.request, ringback, told?.call_sid as string)
    expect(plain(callee.slip?.fields['crust'])).toBe('stuffed')
    expect(plain(callee.slip?.fields['special_requests']), 'the user was heard, not only seen to speak').toBe('extra cheese')

    await result(page).getByText('Transcript').click()
    await expect(result(page).locator('li.user')).toContainText('not written down')
    await result(page).locator('li.user').first().scrollIntoViewIfNeeded()
    await shots(page, info, 'result')
  } finally {
    await page.screenshot({ path: info.outputPath('last.png') })
    await info.attach('log', { body: ringback.log(), contentType: 'text/plain' })
    await browser.close()
  }
})
