// npm's @openai/agents-extensions as the bridge between the carrier simulator and the local voice: one whole call, with an
// interruption and tools. The parts run already; SIM_URL, VOICE_URL, ACCOUNT_SID and AUTH_TOKEN tell where and as whom.

import { RealtimeAgent, RealtimeSession, tool } from '@openai/agents/realtime'
import { TwilioRealtimeTransportLayer } from '@openai/agents-extensions'
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { WebSocketServer } from 'ws'

const { SIM_URL, VOICE_URL, ACCOUNT_SID, AUTH_TOKEN } = process.env
const MODEL = 'ringback-local'
const SHOP = '+14155550102'
const WITHIN_MS = 90_000
const BYTES_PER_MS = 8
/** The agent's audio stands still after so much of it, for so long: time enough for the callee to speak up. */
const STALL_AFTER_MS = 3_000
const STALL_MS = 4_000

const OPENING =
  'Hello, this is an AI assistant calling on behalf of Laura Bennett. I would like to ask a question about what you have in ' +
  'stock today. The question is, do you have oat milk?'
const INSTRUCTIONS = `# Opening (say this first, word for word)
${OPENING}

# Goal
ask whether they have oat milk

# Kind of task
ask_business

# Instructions
Ask the question.

# Details you may tell (nothing else; never guess)
- question: Do you have oat milk?
- user_name: Laura Bennett

# Find out and report
- answer: Do you have oat milk?

# Rules
- Be brief.
`

async function carrier(path, form) {
  const answer = await fetch(`${SIM_URL}/2010-04-01/Accounts/${ACCOUNT_SID}/${path}`, {
    method: form ? 'POST' : 'GET',
    headers: { Authorization: `Basic ${Buffer.from(`${ACCOUNT_SID}:${AUTH_TOKEN}`).toString('base64')}` },
    body: form ? new URLSearchParams(form) : undefined,
  })
  const body = await answer.json()
  assert.ok(answer.ok, JSON.stringify(body))
  return body
}

/** A tool that takes whatever arguments there are. */
function keeps(name, description, execute) {
  const parameters = { type: 'object', properties: {}, required: [], additionalProperties: true }
  return tool({ name, description, parameters, strict: false, execute })
}

/** Joins a stream of the carrier to the model, as the extension's documentation shows it. */
async function bridge(twilioWebSocket, seen) {
  const transport = new TwilioRealtimeTransportLayer({ twilioWebSocket })
  const start = once(twilioWebSocket, 'message')
  transport.on('*', (event) => {
    seen.events.push(event)
    if (event.type === 'twilio_message' && event.message.event === 'start') seen.start = event.message.start
  })
  const agent = new RealtimeAgent({
    name: 'caller',
    instructions: INSTRUCTIONS,
    voice: 'marin',
    tools: [
      keeps('report_outcome', 'Tell what came of the call.', (outcome) => {
        seen.outcomes.push(outcome)
        return 'noted'
      }),
      keeps('end_call', 'Hang up.', async () => {
        seen.hungUp += 1
        return 'hanging up'
      }),
    ],
  })
  // Unless it is told the format, this version of the session asks the model for audio/pcm, whatever the carrier speaks.
  const config = { audio: { input: { format: 'g711_ulaw' }, output: { format: 'g711_ulaw' } } }
  const session = new RealtimeSession(agent, { transport, model: MODEL, config })
  session.on('error', (error) => seen.errors.push(error))
  session.on('audio_interrupted', () => (seen.interruptions += 1))

  let [sentMs, stalled] = [0, false]
  transport.on('audio', ({ data }) => {
    sentMs += data.byteLength / BYTES_PER_MS
    if (stalled || sentMs < STALL_AFTER_MS) return
    stalled = true
    const payload = Buffer.alloc(STALL_MS * BYTES_PER_MS, 0xff).toString('base64')
    twilioWebSocket.send(JSON.stringify({ event: 'media', streamSid: seen.start.streamSid, media: { payload } }))
  })
  await start
  await session.connect({ apiKey: 'none', url: `${VOICE_URL.replace('http', 'ws')}/v1/realtime?model=${MODEL}` })
  seen.session = session
}

test('a call through the official bridge, interrupted and with tools', { timeout: WITHIN_MS + 10_000 }, async () => {
  const seen = { events: [], errors: [], outcomes: [], interruptions: 0, hungUp: 0, start: null, session: null }
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  await once(server, 'listening')
  try {
    const joined = once(server, 'connection')
    const url = `ws://127.0.0.1:${server.address().port}/media`
    const twiml = `<Response><Connect><Stream url="${url}"><Parameter name="who" value="bridge"/></Stream></Connect></Response>`
    const call = await carrier('Calls.json', { To: SHOP, From: '+14155550199', Twiml: twiml, TimeLimit: '120' })
    const [socket] = await joined
    const closed = once(socket, 'close')
    await bridge(socket, seen)

    const until = Date.now() + WITHIN_MS
    let hangingUp = false
    while (socket.readyState === socket.OPEN && Date.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 100))
      // What the application does when its model wants to hang up: after its last words, as the marks tell.
      if (seen.hungUp > 0 && !hangingUp) {
        hangingUp = true
        setTimeout(() => carrier(`Calls/${call.sid}.json`, { Status: 'completed' }).catch(() => {}), 5_000)
      }
    }
    await closed
    seen.session.close()

    const kinds = seen.events.map((event) => event.type)
    const last = (kind) => seen.events.findLast((event) => event.type === kind)
    const simulated = await (await fetch(`${SIM_URL}/sim/calls/${call.sid}`)).json()
    const told = JSON.stringify({ simulated, history: seen.session.history }, null, 1)

    assert.deepEqual(seen.errors, [], told)
    assert.deepEqual(simulated.errors, [], told)
    assert.equal(simulated.status, 'completed', told)
    assert.deepEqual(seen.start.customParameters, { who: 'bridge' })
    assert.equal(last('session.updated').session.audio.input.format.type, 'audio/pcmu')

    // The interruption: the carrier's buffer was cleared, its marks came back, the model forgot what was not heard.
    assert.ok(seen.interruptions >= 1, told)
    assert.ok(simulated.clears >= 1 && simulated.marks_cleared >= 1 && simulated.marks_echoed >= 1, told)
    const cut = seen.events.find((event) => event.type === 'conversation.item.truncated')
    assert.ok(cut, told)
    const retrieved = seen.events.find(
      (event) => event.type === 'conversation.item.retrieved' && event.item.id === cut.item_id,
    )
    assert.equal(retrieved.item.status, 'incomplete', told)
    assert.ok(retrieved.item.content[0].transcript.length < OPENING.length, told)
    assert.ok(cut.audio_end_ms >= STALL_AFTER_MS - 500 && cut.audio_end_ms < STALL_AFTER_MS + 1_000, `${cut.audio_end_ms}`)

    // The tools: called through the model, answered by the library, and right.
    assert.equal(seen.outcomes.length, 1, told)
    assert.equal(seen.outcomes[0].status, 'achieved', told)
    assert.match(seen.outcomes[0].facts[0].value, /oat milk/i, told)
    assert.equal(seen.hungUp, 1, told)
    assert.equal(kinds.filter((kind) => kind === 'response.function_call_arguments.done').length, 2, told)

    // The two sides agree on what was said.
    assert.equal(simulated.slip.kind, 'ask_business', told)
    assert.match(simulated.slip.facts.answer, /oat milk/i, told)
    const spoken = seen.session.history.filter((item) => item.type === 'message' && item.role === 'assistant')
    assert.ok(spoken.some((item) => item.content[0]?.transcript?.includes('AI assistant calling on behalf of Laura')), told)
    assert.ok(simulated.turn_latency_ms.length >= 1, told)
  } finally {
    seen.session?.close()
    for (const socket of server.clients) socket.terminate()
    server.close()
  }
})
