// A person answers in the browser. The person is Chromium with a microphone that speaks from a file.

import type { Browser, Page } from '@playwright/test'
import { person, speak } from './microphone'
import { Chat, expect, simulated, test, WISH, type Ringback } from './ringback'

const NUMBER = '+1 415 555 0120'
const SILENCE_MS = '60000'

/** The phone page, waiting for a call; what goes wrong in it fails the test. */
async function phone(browser: Browser, ringback: Ringback): Promise<Page> {
  const page = await browser.newPage()
  page.on('pageerror', (error) => expect.soft(String(error)).toBe(''))
  page.on('console', (message) => expect.soft(['error', 'warning'].includes(message.type()) ? message.text() : '').toBe(''))
  await page.goto(`${ringback.carrierSim}/phone`)
  await expect(page.getByRole('heading', { name: 'Waiting for your call' })).toBeVisible()
  return page
}

const shows = (page: Page, view: string) => expect(page.locator('[data-view]')).toHaveAttribute('data-view', view, { timeout: 30_000 })
const heardMs = (page: Page) => page.locator('[data-heard-ms]').getAttribute('data-heard-ms').then(Number)

test('a person answers, is heard, and hears', async ({ request, ringback, playwright, launchOptions }, info) => {
  test.setTimeout(240_000)
  const wav = info.outputPath('person.wav')
  // The microphone opens with the answer. The agent says in the long silence who it is, and asks.
  speak(wav, '700', 'Hello, this is the corner market.', '15000', 'Yes, we have oat milk today.', SILENCE_MS)
  const browser = await person(playwright, launchOptions, wav)
  try {
    const page = await phone(browser, ringback)
    const chat = new Chat(request, ringback)
    await chat.say('ask a shop whether they have oat milk')
    await chat.answerUntilPlan({ ...WISH, question: 'Do you have oat milk?', target_phone_number: NUMBER })
    await chat.say('yes')

    await shows(page, 'ringing')
    await expect(page.getByRole('heading', { name: '+1 (415) 555-0199' })).toBeVisible()
    await expect(page).toHaveTitle(/^☎ /)
    await page.screenshot({ path: info.outputPath('ringing.png') })
    await page.getByRole('button', { name: 'Answer' }).click()
    await shows(page, 'talking')
    await expect.poll(() => heardMs(page), { timeout: 30_000, message: 'the agent is heard' }).toBeGreaterThan(2_000)
    await page.getByRole('button', { name: 'Keypad' }).click()
    await page.getByRole('group', { name: 'Keypad' }).getByRole('button', { name: '5' }).click()
    await page.screenshot({ path: info.outputPath('talking.png') })

    const result = await chat.result()
    await shows(page, 'ended')
    await expect(page.getByRole('heading', { name: 'The caller hung up' })).toBeVisible()
    const said = result.transcript.filter((line) => line.speaker === 'callee').map((line) => line.text.toLowerCase())
    expect(said.join(' '), 'the agent heard the greeting').toContain('corner market')
    expect(said.join(' '), 'the agent heard the answer').toContain('oat milk')
    expect(result.outcome.status).toBe('achieved')
    const answer = result.outcome.facts.find((fact) => fact.name === 'answer')
    expect(answer?.evidence, 'the answer is proven by what was said').not.toBeNull()
    expect(result.disclosed_at_ms, 'the person heard that an AI calls').not.toBeNull()

    const callee = await simulated(request, ringback, result.call_sid as string)
    expect(callee).toMatchObject({ status: 'completed', answered_by: 'browser', slip: null, digits: '5' })
    expect(callee.marks_echoed).toBeGreaterThan(0)
    await page.getByRole('button', { name: 'Wait for the next call' }).click()
    await shows(page, 'waiting')
  } finally {
    await browser.close()
  }
})

test('a person declines, and the chat says that it was busy', async ({ request, ringback, playwright, launchOptions }, info) => {
  test.setTimeout(120_000)
  const wav = info.outputPath('person.wav')
  speak(wav, SILENCE_MS)
  const browser = await person(playwright, launchOptions, wav)
  try {
    const [page, other] = [await phone(browser, ringback), await phone(browser, ringback)]
    const chat = new Chat(request, ringback)
    await chat.say('order a large pepperoni pizza for delivery')
    await chat.answerUntilPlan({ ...WISH, target_phone_number: NUMBER })
    await chat.say('yes')
    await shows(other, 'ringing')
    await page.getByRole('button', { name: 'Decline' }).click()
    for (const tab of [page, other]) await expect(tab.getByRole('heading', { name: 'You declined the call' })).toBeVisible()
    const result = await chat.result()
    expect(result.status).toBe('busy')
    expect((await chat.view()).conversation_history.at(-1)?.content).toMatch(/^Task failed.*busy/s)
  } finally {
    await browser.close()
  }
})

test('a person who closes the page in the middle has hung up', async ({ request, ringback, playwright, launchOptions }, info) => {
  test.setTimeout(120_000)
  const wav = info.outputPath('person.wav')
  speak(wav, '700', 'Hello?', SILENCE_MS)
  const browser = await person(playwright, launchOptions, wav)
  try {
    const page = await phone(browser, ringback)
    const order = { target_phone_number: '+14155550120', final_instructions: 'Ask when they close today.' }
    const answer = await request.post(`${ringback.handler}/order`, { data: order })
    expect(answer.status(), await answer.text()).toBe(200)
    const { call_sid: sid } = (await answer.json()) as { call_sid: string }
    await page.getByRole('button', { name: 'Answer' }).click()
    await expect.poll(() => heardMs(page), { timeout: 30_000 }).toBeGreaterThan(500)
    await page.close()
    await expect
      .poll(async () => (await simulated(request, ringback, sid)).status, { timeout: 15_000 })
      .toBe('completed')
    await expect
      .poll(
        async () => {
          const call = (await (await request.get(`${ringback.handler}/calls/${sid}`)).json()) as { result: { ended_reason: string } | null }
          return call.result?.ended_reason
        },
        { timeout: 15_000 },
      )
      .toBe('callee_hung_up')
  } finally {
    await browser.close()
  }
})
