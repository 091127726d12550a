// The story over the plain HTTP API.

import { Chat, dialled, expect, plain, sent, simulated, test, WISH } from './ringback'

test('a vague task becomes a pizza that the clerk wrote down', async ({ request, ringback }) => {
  test.setTimeout(240_000)
  const before = await dialled(request, ringback)
  const chat = new Chat(request, ringback)
  expect((await chat.say('I need some help')).node).toBe('ask_for_details')
  expect((await chat.say('I would like to order food')).node).toBe('ask_for_details')
  const asked = await chat.answerUntilPlan()
  expect(asked.node).toBe('confirm_task')
  expect(asked.plan?.target_phone_number).toBe('+14155550100')
  expect(await dialled(request, ringback), 'nothing is dialled before the yes').toBe(before)

  await chat.say('yes')
  const result = await chat.result()
  const view = await chat.view()
  expect(result.status).toBe('completed')
  expect(result.outcome.status).toBe('achieved')
  expect(result.disclosed_at_ms, 'the callee heard that an AI calls').not.toBeNull()

  const callee = await simulated(request, ringback, result.call_sid as string)
  const confirmed = asked.plan?.details as Record<string, string>
  for (const name of ['item', 'size', 'fulfilment', 'delivery_address', 'user_name']) {
    expect(plain(callee.slip?.fields[name]), `the clerk wrote down ${name}`).toBe(plain(confirmed[name]))
    expect(plain(confirmed[name])).toBe(plain(WISH[name]))
  }
  expect(callee.marks_echoed).toBeGreaterThan(0)

  expect(result, 'what the engine received is what the handler sent').toEqual(await sent(request, ringback, result.call_sid as string))
  for (const fact of result.outcome.facts.filter((fact) => fact.evidence)) {
    const line = result.transcript.find((line) => line.line === fact.evidence?.line)
    expect(line?.speaker).toBe('callee')
  }
  expect(result.outcome.facts.some((fact) => fact.name === 'total' && fact.evidence)).toBe(true)
  expect(view.conversation_history.at(-1)?.content).toMatch(/^Task completed/)

  // The log alone tells the story, and names the URL and the payload of the order.
  const log = ringback.log().split('\n').filter((line) => /^\d{4}-/.test(line)).join('\n')
  expect(log).toMatch(/trigger_call.*\/order/)
  for (const step of [/call_result/, /POST \/order|order received/i, /ringing/i]) expect(log).toMatch(step)
  expect(log, 'no log line shows the whole number').not.toContain('+14155550100')
})

test('"no" at the confirmation dials nothing', async ({ request, ringback }) => {
  const before = await dialled(request, ringback)
  const chat = new Chat(request, ringback)
  await chat.say('order a large pepperoni pizza for delivery')
  await chat.answerUntilPlan()
  expect((await chat.say('no')).node).toBe('cancelled')
  expect((await chat.view()).plan).toBeNull()
  expect(await dialled(request, ringback)).toBe(before)
})

test('a change at the confirmation makes a new plan, and the old one cannot be approved', async ({ request, ringback }) => {
  const before = await dialled(request, ringback)
  const chat = new Chat(request, ringback)
  await chat.say('order a large pepperoni pizza for delivery')
  const first = (await chat.answerUntilPlan()).plan
  const changed = await chat.say('change the size to medium')
  expect(changed.node).toBe('confirm_task')
  expect(changed.plan_id).not.toBe(first?.plan_id)
  expect((await chat.view()).plan?.details['size']).toBe('medium')
  const late = await request.post(`${ringback.engine}/conversations/${chat.id}/plans/${first?.plan_id}`, { data: { decision: 'approve' } })
  expect(late.status()).toBe(409)
  expect(((await late.json()) as { code: string }).code).toBe('plan_closed')
  expect(await dialled(request, ringback)).toBe(before)
})

test('a wrong number is explained and asked for again', async ({ request, ringback }) => {
  const chat = new Chat(request, ringback)
  await chat.say('ask a shop whether they have oat milk')
  for (let question = 0; question < 6 && (await chat.view()).missing_details[0] !== 'target_phone_number'; question++) {
    await chat.say(WISH[(await chat.view()).missing_details[0] as string] ?? 'Do you have oat milk?')
  }
  const wrong = await chat.say('12345')
  expect(wrong.node).toBe('ask_for_details')
  expect(wrong.response).toMatch(/number/i)
  const emergency = await chat.say('911')
  expect(emergency.node).toBe('ask_for_details')
  expect((await chat.view()).target_phone_number).toBeNull()
})

test('a booking is confirmed with its number', async ({ request, ringback }) => {
  test.setTimeout(240_000)
  const chat = new Chat(request, ringback)
  await chat.say('book a table for four tomorrow at 7pm')
  const wish = { ...WISH, target_phone_number: '+1 415 555 0101' }
  const asked = await chat.answerUntilPlan(wish)
  await chat.say('yes')
  const result = await chat.result()
  expect(result.outcome.status).toBe('achieved')
  const callee = await simulated(request, ringback, result.call_sid as string)
  expect(plain(callee.slip?.fields['party_size'])).toBe(plain(asked.plan?.details['party_size']))
  expect(plain(callee.slip?.fields['date'])).toBe(plain(asked.plan?.details['date']))
  expect(plain(callee.slip?.fields['time'])).toBe(plain(asked.plan?.details['time']))
})

test('a shop answers one question', async ({ request, ringback }) => {
  test.setTimeout(240_000)
  const chat = new Chat(request, ringback)
  await chat.say('ask a shop whether they have oat milk')
  await chat.answerUntilPlan({ ...WISH, question: 'Do you have oat milk?', target_phone_number: '+1 415 555 0102' })
  await chat.say('yes')
  const result = await chat.result()
  expect(result.outcome.status).toBe('achieved')
  const answer = result.outcome.facts.find((fact) => fact.name === 'answer')
  expect(answer?.evidence, 'the answer is proven by what was said').not.toBeNull()
})

test('an appointment is booked with its number', async ({ request, ringback }) => {
  test.setTimeout(240_000)
  const chat = new Chat(request, ringback)
  await chat.say('book a dental cleaning tomorrow at 3 pm')
  const asked = await chat.answerUntilPlan({ ...WISH, target_phone_number: '+1 415 555 0103' })
  await chat.say('yes')
  const result = await chat.result()
  expect(result.outcome.status).toBe('achieved')
  const callee = await simulated(request, ringback, result.call_sid as string)
  expect(callee.slip?.kind).toBe('book_appointment')
  for (const name of ['appointment_kind', 'date', 'time']) {
    expect(plain(callee.slip?.fields[name]), `the desk wrote down ${name}`).toBe(plain(asked.plan?.details[name]))
  }
  const number = result.outcome.facts.find((fact) => fact.name === 'confirmation_number')
  expect(number?.evidence, 'the number is proven by what was said').not.toBeNull()
})

test('a booking is cancelled', async ({ request, ringback }) => {
  test.setTimeout(240_000)
  const chat = new Chat(request, ringback)
  await chat.say('cancel my reservation for tomorrow at 7 pm')
  const asked = await chat.answerUntilPlan({ ...WISH, target_phone_number: '+1 415 555 0104' })
  await chat.say('yes')
  const result = await chat.result()
  expect(result.outcome.status).toBe('achieved')
  const callee = await simulated(request, ringback, result.call_sid as string)
  expect(callee.slip?.kind).toBe('change_booking')
  for (const name of ['change', 'booking', 'old_date', 'old_time']) {
    expect(plain(callee.slip?.fields[name]), `the desk wrote down ${name}`).toBe(plain(asked.plan?.details[name]))
  }
})

test('on hold nothing is said to announcements and music, and the person who comes is asked', async ({ request, ringback }) => {
  test.setTimeout(240_000)
  const chat = new Chat(request, ringback)
  await chat.say('wait on hold for someone in billing and ask why I was charged twice')
  await chat.answerUntilPlan({ ...WISH, target_phone_number: '+1 415 555 0105' })
  await chat.say('yes')
  const result = await chat.result()
  const lines = result.transcript
  const opening = lines.findIndex((line) => line.speaker === 'agent')
  expect(lines[opening]?.text).toContain('AI assistant calling on behalf of Maria Lopez')
  expect(lines[opening - 1]?.text, 'a person has come').toMatch(/how can I help/i)
  expect(lines.slice(0, opening).some((line) => /stay on the line/i.test(line.text)), 'announcements came first').toBe(true)
  expect(result.outcome.status).toBe('achieved')
  const answer = result.outcome.facts.find((fact) => fact.name === 'answer')
  expect(answer?.value).toMatch(/refunded/i)
  expect(answer?.evidence, 'the answer is proven by what was said').not.toBeNull()
  expect((await simulated(request, ringback, result.call_sid as string)).slip?.kind).toBe('wait_on_hold')
})

for (const [number, disposition, says] of [
  ['+1 415 555 0110', 'busy', /busy/i],
  ['+1 415 555 0111', 'no-answer', /answer/i],
  ['+1 415 555 0112', 'failed', /fail|could not|connect/i],
] as const) {
  test(`a call that ends ${disposition} is told so, once`, async ({ request, ringback }) => {
    test.setTimeout(120_000)
    const before = await dialled(request, ringback)
    const chat = new Chat(request, ringback)
    await chat.say('order a large pepperoni pizza for delivery')
    await chat.answerUntilPlan({ ...WISH, target_phone_number: number })
    await chat.say('yes')
    const result = await chat.result()
    expect(result.status).toBe(disposition)
    expect(result.outcome.status).not.toBe('achieved')
    const last = (await chat.view()).conversation_history.at(-1)?.content ?? ''
    expect(last).toMatch(/^Task failed/)
    expect(last).toMatch(says)
    expect(await dialled(request, ringback)).toBe(before + 1)
  })
}

test('a callee who hangs up in the middle leaves an honest result', async ({ request, ringback }) => {
  test.setTimeout(120_000)
  const chat = new Chat(request, ringback)
  await chat.say('order a large pepperoni pizza for delivery')
  await chat.answerUntilPlan({ ...WISH, target_phone_number: '+1 415 555 0113' })
  await chat.say('yes')
  const result = await chat.result()
  expect(result.ended_reason).toBe('callee_hung_up')
  expect(result.outcome.status).not.toBe('achieved')
  expect((await chat.view()).conversation_history.at(-1)?.content).toMatch(/^Task failed/)
})

test('a wrong order body is refused with the field named, and dials nothing', async ({ request, ringback }) => {
  const before = await dialled(request, ringback)
  for (const [body, field] of [
    [{ final_instructions: 'Order a pizza.' }, 'target_phone_number'],
    [{ target_phone_number: '4155550100', final_instructions: 'x' }, 'target_phone_number'],
    [{ target_phone_number: '+14155550100', final_instructions: '' }, 'final_instructions'],
    [{ target_phone_number: '+14155550100', final_instructions: 'x', limits: { call_max_s: 5 } }, 'limits.call_max_s'],
  ] as const) {
    const answer = await request.post(`${ringback.handler}/order`, { data: body })
    expect(answer.status()).toBe(422)
    const error = (await answer.json()) as { field?: string; message: string }
    expect(error.field ?? error.message).toContain(field)
  }
  expect(await dialled(request, ringback)).toBe(before)
})

test('the same key is the same call', async ({ request, ringback }) => {
  const before = await dialled(request, ringback)
  const order = { target_phone_number: '+14155550110', final_instructions: 'Ask when they open.' }
  const post = (data: object) => request.post(`${ringback.handler}/order`, { data, headers: { 'Idempotency-Key': 'story:1' } })
  const answers = await Promise.all([post(order), post(order), post(order)])
  const bodies = await Promise.all(answers.map((answer) => answer.json()))
  for (const [i, answer] of answers.entries()) {
    expect(answer.status()).toBe(200)
    expect(bodies[i]).toEqual(bodies[0])
  }
  const other = await post({ ...order, final_instructions: 'Ask when they close.' })
  expect(other.status()).toBe(422)
  expect(await dialled(request, ringback)).toBe(before + 1)
})
