import type { AgentState, AnsweredBy, CallEvent, CallResult, CallStage, NumberedCallEvent, Speaker, TroubleKind, TroubleMet } from '../types/api.ts';

/** A line of a live call; it grows in place. */
export interface Caption {
  line: number;
  speaker: Speaker;
  text: string;
  done: boolean;
  /** What was heard of an interrupted line. */
  heard: string | null;
}

/** A call as it is watched. Made only from its events, so that it can be made again after a reload. */
export interface CallState {
  stage: CallStage;
  agent: AgentState | null;
  captions: readonly Caption[];
  disclosedAtMs: number | null;
  /** Who has answered, as far as it has turned out. */
  answeredBy: AnsweredBy;
  /** Since when it is on hold, milliseconds since the order was accepted. */
  heldSinceMs: number | null;
  /** The keys that were pressed, in their order. */
  pressed: readonly string[];
  /** The last thing that broke and was met, and how long the call had to do without it. */
  trouble: { what: TroubleKind; met: TroubleMet; gapMs: number } | null;
  turnLatencyMs: readonly number[];
  /** What the user has told the agent, in order. */
  instructions: readonly string[];
  /** Whether the user speaks in the agent's place. */
  takenOver: boolean;
  /** Recent loudness of both sides, 0 to 100, oldest first. */
  levels: readonly { callee: number; agent: number }[];
  /** When it was connected, milliseconds since the order was accepted. */
  connectedAtMs: number | null;
  /** When the order was accepted by this browser's clock, as near as the events' arrival tells. */
  originMs: number | null;
  result: CallResult | null;
}

/** How many level readings are kept: six seconds at ten a second. */
export const LEVELS_MAX = 60;

/** How many instructions are kept. */
export const INSTRUCTIONS_MAX = 20;

/** How many presses of keys are kept. */
export const KEYS_MAX = 20;

const ORDER: readonly CallStage[] = ['queued', 'dialling', 'ringing', 'connected', 'ended'];

export function newCall(stage: CallStage = 'queued'): CallState {
  return {
    stage,
    agent: null,
    captions: [],
    disclosedAtMs: null,
    answeredBy: 'unknown',
    heldSinceMs: null,
    pressed: [],
    trouble: null,
    turnLatencyMs: [],
    instructions: [],
    takenOver: false,
    levels: [],
    connectedAtMs: null,
    originMs: null,
    result: null,
  };
}

/** The call after one more event. `nowMs` is when the event arrived, by this browser's clock. */
export function advance(state: CallState, numbered: NumberedCallEvent, nowMs: number): CallState {
  // A replayed event arrives late, never early: the earliest apparent origin is the right one.
  const origin = nowMs - numbered.at_ms;
  const originMs = state.originMs === null ? origin : Math.min(state.originMs, origin);
  return { ...state, originMs, ...changed(state, numbered.event, numbered.at_ms) };
}

function changed(state: CallState, event: CallEvent, atMs: number): Partial<CallState> {
  switch (event.type) {
    case 'stage': {
      const connectedAtMs = event.stage === 'connected' ? (state.connectedAtMs ?? atMs) : state.connectedAtMs;
      return { stage: later(state.stage, event.stage), connectedAtMs };
    }
    case 'agent':
      return { agent: event.state };
    case 'caption': {
      const { line, speaker, text, done, heard } = event;
      return { captions: merge(state.captions, { line, speaker, text, done, heard: heard ?? null }) };
    }
    case 'answered_by':
      return { answeredBy: event.by };
    case 'disclosed':
      return { disclosedAtMs: event.at_ms };
    case 'turn_latency':
      return { turnLatencyMs: [...state.turnLatencyMs, event.ms] };
    case 'hold':
      return { heldSinceMs: event.on ? atMs : null };
    case 'keys_pressed':
      return { pressed: [...state.pressed, event.digits].slice(-KEYS_MAX) };
    case 'trouble':
      return { trouble: { what: event.what, met: event.met, gapMs: event.gap_ms } };
    case 'key_heard':
    case 'overlap':
    case 'user_spoke':
      return {};
    case 'instruction':
      return { instructions: [...state.instructions, event.text].slice(-INSTRUCTIONS_MAX) };
    case 'taken_over':
      return { takenOver: event.on };
    // The conversation's own events tell of questions.
    case 'question':
    case 'question_closed':
      return {};
    case 'level': {
      const { callee, agent } = event;
      return { levels: [...state.levels, { callee, agent }].slice(-LEVELS_MAX) };
    }
    case 'ended':
      return { stage: 'ended', agent: null, takenOver: false, heldSinceMs: null, result: event.result };
  }
}

/** A call never goes back, even if its news comes from two sources. */
export function later(a: CallStage, b: CallStage): CallStage {
  return ORDER.indexOf(a) >= ORDER.indexOf(b) ? a : b;
}

/** Puts a caption in its place: it replaces the earlier one of the same line, and lines stay in the order of their speech. */
export function merge(captions: readonly Caption[], caption: Caption): readonly Caption[] {
  const at = captions.findIndex((other) => other.line >= caption.line);
  if (at < 0) return [...captions, caption];
  const replaces = captions[at]?.line === caption.line ? 1 : 0;
  return [...captions.slice(0, at), caption, ...captions.slice(at + replaces)];
}

/** Seconds that the call has been connected, or `null` while it is not. */
export function connectedSeconds(state: CallState, nowMs: number): number | null {
  if (state.connectedAtMs === null || state.originMs === null) return null;
  return Math.max(0, (nowMs - state.originMs - state.connectedAtMs) / 1000);
}

/** Seconds that the call has been on hold this time, or `null` while it is not. */
export function heldSeconds(state: CallState, nowMs: number): number | null {
  if (state.heldSinceMs === null || state.originMs === null) return null;
  return Math.max(0, (nowMs - state.originMs - state.heldSinceMs) / 1000);
}
