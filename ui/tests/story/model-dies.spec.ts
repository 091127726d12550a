// The realtime model's socket breaks off after each of its answers.

import { Chat, expect, sent, test, WISH } from './ringback'

test.use({ voiceModel: 'ringback-local-dies' })

test('a model that dies again and again does not cost the call', async ({ request, ringback }) => {
  test.setTimeout(120_000)
  const chat = new Chat(request, ringback)
  await chat.say('order a large pepperoni pizza for delivery')
  await chat.answerUntilPlan(WISH)
  await chat.say('yes')
  const result = await chat.result()
  expect(result.breaks, 'each answer was the last of its session').toBeGreaterThanOrEqual(2)
  expect(result.disclosed_at_ms).not.toBeNull()
  expect(result).toEqual(await sent(request, ringback, result.call_sid as string))
  const told = (await chat.view()).conversation_history.at(-1)?.content
  if (result.ended_reason === 'voice_lost') {
    // It was lost more often than it is opened again.
    expect(result.error_message).not.toBeNull()
    expect(result.outcome.status).not.toBe('achieved')
    expect(told).toMatch(/^Task failed/)
  } else {
    expect(result.ended_reason).toBe('agent_hung_up')
    expect(result.outcome.facts.some((fact) => fact.evidence)).toBe(true)
    expect(told).not.toMatch(/^Task failed/)
  }
})
