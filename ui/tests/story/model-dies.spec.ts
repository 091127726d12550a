// The realtime model's socket breaks off in the middle of a call.

import { Chat, expect, sent, test, WISH } from './ringback'

test.use({ voiceModel: 'ringback-local-dies' })

test('a model that dies ends the call, and the result says so', async ({ request, ringback }) => {
  test.setTimeout(120_000)
  const chat = new Chat(request, ringback)
  await chat.say('order a large pepperoni pizza for delivery')
  await chat.answerUntilPlan(WISH)
  await chat.say('yes')
  const result = await chat.result()
  expect(result.ended_reason).toBe('voice_lost')
  expect(result.error_message).not.toBeNull()
  expect(result.outcome.status).not.toBe('achieved')
  expect(result).toEqual(await sent(request, ringback, result.call_sid as string))
  expect((await chat.view()).conversation_history.at(-1)?.content).toMatch(/^Task failed/)
})
