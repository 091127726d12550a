// The chat's page as a user works it.

import type { Page } from '@playwright/test'
import type { ConversationView } from '../../src/types/api'
import { expect, WISH, type Ringback } from './ringback'

export const composer = (page: Page) => page.getByLabel('Your message')
export const plan = (page: Page) => page.getByRole('region', { name: 'Summary of the call' })
export const panel = (page: Page) => page.getByRole('region', { name: 'Live call' })
export const result = (page: Page) => page.getByRole('region', { name: 'Result of the call' })

/** What the engine has of the conversation that the page shows. */
export async function shown(page: Page, ringback: Ringback): Promise<ConversationView> {
  const id = new URL(page.url()).hash.replace('#/', '')
  const answer = await page.request.get(`${ringback.engine}/conversations/${id}`)
  expect(answer.status()).toBe(200)
  return (await answer.json()) as ConversationView
}

export async function write(page: Page, words: string) {
  await composer(page).fill(words)
  await composer(page).press('Enter')
  await expect(page.getByText(words, { exact: true }).last()).toBeVisible()
  await expect(page.getByText('Sending…')).toHaveCount(0)
}

/** Writes the task and answers what is asked until the card is there. */
export async function untilPlan(page: Page, ringback: Ringback, task: string, wish = WISH) {
  await page.goto(`${ringback.engine}/`)
  await write(page, task)
  await expect(page).toHaveURL(/#\/c_/)
  const asked = new Set<string>()
  for (let question = 0; question < 12; question++) {
    await expect
      .poll(async () => {
        const view = await shown(page, ringback)
        return view.plan !== null || (view.missing_details[0] !== undefined && !asked.has(view.missing_details[0]))
      })
      .toBe(true)
    const view = await shown(page, ringback)
    if (view.plan) break
    const missing = view.missing_details[0] as string
    asked.add(missing)
    await write(page, wish[missing] as string)
  }
  await expect(plan(page)).toBeVisible()
}
