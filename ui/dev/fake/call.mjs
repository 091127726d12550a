// One call: plays the script as events, levels and audio.
import { encode } from './audio.mjs';
import { EventLog } from './http.mjs';
import { DISCLOSED_AT_MS, LINES, TURN_LATENCY_MS, result } from './script.mjs';

const LEVEL_EVERY_MS = 100;
const FRAME_MS = 20;
/** When the phone is answered, milliseconds after the order. */
const ANSWERED_MS = 2600;
const BEFORE_MS = [
  [100, 'queued'],
  [500, 'dialling'],
  [1100, 'ringing'],
];

export class Call {
  stage = 'queued';
  ended = false;
  hangUps = 0;
  #log = new EventLog();
  #listeners = new Set();
  #timers = new Set();
  #nowMs = 0;
  #options;
  #steps;

  /**
   * `speed`: how many seconds of the script pass in one; `ending`: a name of script.result; `holdAtMs`: the script stops there and
   * only levels and audio go on; `fromMs`: where the script already is; `onStage`, `onResult`: what the conversation is told.
   */
  constructor(options) {
    this.#options = { speed: 1, ending: 'achieved', holdAtMs: Infinity, fromMs: 0, ...options };
    this.#steps = steps(this.#options.ending);
    this.#advance(this.#options.fromMs);
    const tick = setInterval(() => this.#advance(this.#nowMs + FRAME_MS * this.#options.speed), FRAME_MS);
    const levels = setInterval(() => this.#level(), LEVEL_EVERY_MS);
    const audio = setInterval(() => this.#frame(), FRAME_MS);
    this.#timers = [tick, levels, audio];
  }

  follow(request, response) {
    this.#log.follow(request, response);
  }

  listen(response) {
    response.writeHead(200, { 'Content-Type': 'application/octet-stream', 'Cache-Control': 'no-store' });
    this.#listeners.add(response);
    response.on('close', () => this.#listeners.delete(response));
  }

  get attempt() {
    return this.#options.attempt;
  }

  /** Something that is in no script. */
  tell(event) {
    this.#log.add({ n: this.#log.length + 1, at_ms: Math.round(this.#nowMs), event });
  }

  hangUp() {
    this.hangUps += 1;
    const heardLines = LINES.filter((line) => line.endMs + ANSWERED_MS <= this.#nowMs).length;
    this.#end(result('hung_up', { ...this.#options, heardLines }));
  }

  stop() {
    this.#timers.forEach(clearInterval);
    for (const response of this.#listeners) response.end();
  }

  get #mediaMs() {
    return this.#nowMs - ANSWERED_MS;
  }

  #speaking(speaker) {
    return LINES.some((line) => line.speaker === speaker && line.startMs <= this.#mediaMs && this.#mediaMs < line.endMs);
  }

  #advance(toMs) {
    this.#nowMs = Math.min(toMs, this.#options.holdAtMs);
    while (!this.ended && (this.#steps[0]?.atMs ?? Infinity) <= this.#nowMs) {
      const { atMs, event } = this.#steps.shift();
      if (event.type === 'ended') return this.#end(result(this.#options.ending, this.#options));
      this.#log.add({ n: this.#log.length + 1, at_ms: Math.round(atMs), event });
      if (event.type !== 'stage') continue;
      this.stage = event.stage;
      this.#options.onStage?.(event.stage);
    }
  }

  #end(callResult) {
    if (this.ended) return;
    this.ended = true;
    this.stage = 'ended';
    this.#log.add({ n: this.#log.length + 1, at_ms: Math.round(this.#nowMs), event: { type: 'stage', stage: 'ended' } });
    this.#log.add({ n: this.#log.length + 1, at_ms: Math.round(this.#nowMs), event: { type: 'ended', result: callResult } });
    this.#log.close();
    this.stop();
    this.#options.onResult?.(callResult);
  }

  #level() {
    if (this.stage !== 'connected') return;
    const loud = (speaker) => Math.round(this.#speaking(speaker) ? 30 + 50 * Math.abs(Math.sin(Date.now() / 130)) : 1);
    const event = { type: 'level', callee: loud('callee'), agent: loud('agent') };
    this.#log.mention({ n: this.#log.length, at_ms: Math.round(this.#nowMs), event });
  }

  #frame() {
    if (this.#listeners.size === 0) return;
    const bytes = encode(this.#mediaMs, FRAME_MS, this.#speaking('callee'), this.#speaking('agent'));
    for (const response of this.#listeners) response.write(bytes);
  }
}

/** Everything that happens, in order, by milliseconds after the order. */
function steps(ending) {
  const before = BEFORE_MS.map(([atMs, stage]) => ({ atMs, event: { type: 'stage', stage } }));
  if (ending === 'busy' || ending === 'failed') return [...before, { atMs: 2000, event: { type: 'ended' } }];
  const at = (mediaMs, event) => ({ atMs: ANSWERED_MS + mediaMs, event });
  const spoken = LINES.flatMap((line, index) => [...said(line, index + 1, at), ...states(line, index, at)]);
  const last = LINES.at(-1).endMs;
  return [
    ...before,
    at(0, { type: 'stage', stage: 'connected' }),
    at(0, { type: 'agent', state: 'listening' }),
    at(DISCLOSED_AT_MS + 100, { type: 'disclosed', at_ms: DISCLOSED_AT_MS }),
    ...spoken,
    at(last + 600, { type: 'ended' }),
  ].sort((a, b) => a.atMs - b.atMs);
}

function said(line, number, at) {
  const words = line.text.split(' ');
  const heardWords = line.heard?.split(' ').length ?? words.length;
  const perWord = (line.endMs - line.startMs) / heardWords;
  const grown = words.slice(0, heardWords).map((_, index) =>
    at(line.startMs + perWord * index, {
      type: 'caption',
      line: number,
      speaker: line.speaker,
      text: words.slice(0, index + 1).join(' '),
      done: false,
    }),
  );
  const heard = line.heard === undefined ? {} : { heard: line.heard };
  return [...grown, at(line.endMs, { type: 'caption', line: number, speaker: line.speaker, text: line.text, done: true, ...heard })];
}

function states(line, index, at) {
  if (line.speaker === 'agent') {
    return [at(line.startMs, { type: 'agent', state: 'speaking' }), at(line.endMs, { type: 'agent', state: 'listening' })];
  }
  const ms = TURN_LATENCY_MS[index / 2];
  return [at(line.endMs, { type: 'agent', state: 'thinking' }), at(line.endMs + ms, { type: 'turn_latency', ms })];
}
