// A whole Ringback of our own: the release program's demo on free ports, with a folder that is thrown away.

import { test as base, expect, type APIRequestContext } from '@playwright/test'
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CallResult, ChatResponse, ConversationView } from '../../src/types/api'

/** Where the parts of a running demo listen, without a trailing slash, and what it has logged so far. */
export interface Ringback {
  engine: string
  handler: string
  carrierSim: string
  log(): string
}

/** What a simulated callee wrote down and said. */
export interface SimulatedCall {
  status: string
  slip: { kind: string; fields: Record<string, string> } | null
  answered_by: 'simulated_callee' | 'browser' | null
  digits: string
  marks_echoed: number
}

const READY_WITHIN_MS = 60_000

async function start(flags: string[]): Promise<{ ringback: Ringback; stop(): Promise<void> }> {
  const program = process.env.RINGBACK
  if (!program) throw new Error('name the release program in RINGBACK; cargo xtask test story does')
  const folder = await mkdtemp(join(tmpdir(), 'ringback-story-'))
  const ready = join(folder, 'ready.json')
  const free = ['engine', 'handler', 'sim', 'local-voice'].flatMap((part) => [`--${part}-addr`, '127.0.0.1:0'])
  const child = spawn(program, ['demo', '--data', folder, '--ready-file', ready, '--drain-s', '0', ...free, ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let log = ''
  child.stdout.on('data', (text) => (log += text))
  child.stderr.on('data', (text) => (log += text))
  const addresses = await readyAddresses(ready, child, () => log)
  return {
    ringback: { ...addresses, log: () => log },
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      await ended
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function readyAddresses(file: string, child: ChildProcess, log: () => string) {
  const until = Date.now() + READY_WITHIN_MS
  while (Date.now() < until) {
    if (child.exitCode !== null) throw new Error(`ringback ended at once:\n${log()}`)
    try {
      const read = JSON.parse(await readFile(file, 'utf8')) as Record<string, string>
      const plain = (url: string | undefined) => (url ?? '').replace(/\/$/, '')
      return { engine: plain(read.engine), handler: plain(read.handler), carrierSim: plain(read.carrier_sim) }
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
  child.kill('SIGKILL')
  throw new Error(`ringback was not ready within a minute:\n${log()}`)
}

/** Tests with a running Ringback each worker shares; `voiceModel` chooses the local voice's model. */
export const test = base.extend<object, { voiceModel: string; ringback: Ringback }>({
  voiceModel: ['ringback-local', { option: true, scope: 'worker' }],
  ringback: [
    async ({ voiceModel }, use) => {
      const { ringback, stop } = await start(['--voice-model', voiceModel])
      await use(ringback)
      await stop()
    },
    { scope: 'worker', timeout: READY_WITHIN_MS },
  ],
})

export { expect }

/** What the user of these tests wants and knows. */
export const WISH: Record<string, string> = {
  item: 'pepperoni pizza',
  size: 'large',
  quantity: 'one',
  fulfilment: 'delivery',
  delivery_address: '12 Elm Street',
  user_name: 'Maria Lopez',
  target_phone_number: '+1 415 555 0100',
}

/** The engine's plain API, as anyone would drive it with curl. */
export class Chat {
  id: string | null = null
  constructor(
    readonly request: APIRequestContext,
    readonly ringback: Ringback,
  ) {}

  async say(message: string): Promise<ChatResponse> {
    const answer = await this.request.post(`${this.ringback.engine}/chat`, {
      data: { message, ...(this.id ? { conversation_id: this.id } : {}) },
    })
    expect(answer.status(), await answer.text()).toBe(200)
    const said = (await answer.json()) as ChatResponse
    this.id = said.conversation_id
    return said
  }

  async view(): Promise<ConversationView> {
    const answer = await this.request.get(`${this.ringback.engine}/conversations/${this.id}`)
    expect(answer.status()).toBe(200)
    return (await answer.json()) as ConversationView
  }

  /** Answers one question after the other until the plan is shown. */
  async answerUntilPlan(wish = WISH): Promise<ConversationView> {
    for (let question = 0; question < 12; question++) {
      const view = await this.view()
      if (view.plan) return view
      const missing = view.missing_details[0]
      expect(missing, 'a question asks for something').toBeDefined()
      const answer = wish[missing as string]
      expect(answer, `the test knows no answer for ${missing}`).toBeDefined()
      await this.say(answer as string)
    }
    throw new Error('no plan after twelve answers')
  }

  /** Waits until the latest call has its result. */
  async result(withinMs = 150_000): Promise<CallResult> {
    let result: CallResult | null = null
    await expect
      .poll(
        async () => {
          const view = await this.view()
          result = view.calls.at(-1)?.result ?? null
          return result !== null && view.node === 'report_result'
        },
        { timeout: withinMs, intervals: [500] },
      )
      .toBe(true)
    return result as unknown as CallResult
  }

  /** Waits until the latest call has reached a stage; its number at the carrier. */
  async connected(withinMs = 30_000): Promise<string> {
    let sid: string | null = null
    await expect
      .poll(
        async () => {
          const call = (await this.view()).calls.at(-1)
          sid = call?.call_sid ?? null
          return call?.stage
        },
        { timeout: withinMs, intervals: [200] },
      )
      .toBe('connected')
    return sid as unknown as string
  }
}

/** What the simulated callee of a call wrote down. */
export async function simulated(request: APIRequestContext, ringback: Ringback, callSid: string): Promise<SimulatedCall> {
  const answer = await request.get(`${ringback.carrierSim}/sim/calls/${callSid}`)
  expect(answer.status()).toBe(200)
  return (await answer.json()) as SimulatedCall
}

/** What the handler keeps as a call's result. */
export async function sent(request: APIRequestContext, ringback: Ringback, callSid: string): Promise<CallResult> {
  const answer = await request.get(`${ringback.handler}/calls/${callSid}`)
  expect(answer.status()).toBe(200)
  return ((await answer.json()) as { result: CallResult }).result
}

/** A slip's words without case and punctuation. */
export function plain(text: string | undefined): string {
  return (text ?? '').toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ').trim()
}

/** How often anything was dialled since the start. */
export async function dialled(request: APIRequestContext, ringback: Ringback): Promise<number> {
  const answer = await request.get(`${ringback.carrierSim}/sim/calls`)
  expect(answer.status()).toBe(200)
  return ((await answer.json()) as unknown[]).length
}
