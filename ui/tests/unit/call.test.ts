import { describe, expect, it } from 'vitest';
import { LEVELS_MAX, advance, connectedSeconds, later, merge, newCall, type CallState } from '../../src/lib/call.ts';
import type { CallEvent } from '../../src/types/api.ts';

const caption = (line: number, text: string, done = false, heard?: string): CallEvent => ({
  type: 'caption',
  line,
  speaker: line % 2 === 0 ? 'agent' : 'callee',
  text,
  done,
  ...(heard === undefined ? {} : { heard }),
});

/** A call after events that each arrived the moment they happened, the clock being 1,000,000 when the order was accepted. */
const after = (...events: [atMs: number, event: CallEvent][]): CallState =>
  events.reduce((state, [at_ms, event], index) => advance(state, { n: index + 1, at_ms, event }, 1_000_000 + at_ms), newCall());

describe('captions', () => {
  it('grow in place', () => {
    const call = after([0, caption(1, 'Tony’s')], [100, caption(1, 'Tony’s Pizza')], [200, caption(1, 'Tony’s Pizza, hello?', true)]);
    expect(call.captions).toEqual([{ line: 1, speaker: 'callee', text: 'Tony’s Pizza, hello?', done: true, heard: null }]);
  });

  it('stand in the order in which they were spoken, whichever comes first', () => {
    const call = after([0, caption(2, 'Hello')], [1, caption(3, 'Yes?')], [2, caption(1, 'Pizza')], [3, caption(2, 'Hello there', true)]);
    expect(call.captions.map(({ line, text }) => [line, text])).toEqual([
      [1, 'Pizza'],
      [2, 'Hello there'],
      [3, 'Yes?'],
    ]);
  });

  it('keep what was heard of an interrupted line', () => {
    const call = after([0, caption(2, 'It is')], [1, caption(2, 'It is around the corner', true, 'It is around')]);
    expect(call.captions[0]?.heard).toBe('It is around');
  });

  it('are merged without touching the list before', () => {
    const before = Object.freeze([{ line: 1, speaker: 'callee', text: 'a', done: false, heard: null }] as const);
    expect(merge(before, { ...before[0], text: 'ab' })).toEqual([{ ...before[0], text: 'ab' }]);
    expect(before[0].text).toBe('a');
  });
});

describe('a call', () => {
  it('never goes back', () => {
    expect(later('connected', 'ringing')).toBe('connected');
    expect(after([0, { type: 'stage', stage: 'connected' }], [1, { type: 'stage', stage: 'ringing' }]).stage).toBe('connected');
  });

  it('counts from when it was connected', () => {
    const call = after([0, { type: 'stage', stage: 'queued' }], [3000, { type: 'stage', stage: 'connected' }]);
    expect(connectedSeconds(call, 1_045_000)).toBe(42);
    expect(connectedSeconds(newCall(), 1_045_000)).toBeNull();
  });

  it('finds the right time again after a reload, when everything arrives at once', () => {
    const replayed: CallState = (
      [
        [0, { type: 'stage', stage: 'queued' }],
        [3000, { type: 'stage', stage: 'connected' }],
        [20_000, { type: 'agent', state: 'listening' }],
      ] as [number, CallEvent][]
    ).reduce((state, [at_ms, event], index) => advance(state, { n: index + 1, at_ms, event }, 1_020_100), newCall());
    expect(connectedSeconds(replayed, 1_020_100)).toBeCloseTo(17, 5);
  });

  it('keeps only the recent levels', () => {
    const levels = Array.from({ length: LEVELS_MAX + 5 }, (_, at): [number, CallEvent] => [at, { type: 'level', callee: at, agent: 0 }]);
    const call = after(...levels);
    expect(call.levels).toHaveLength(LEVELS_MAX);
    expect(call.levels.at(-1)?.callee).toBe(LEVELS_MAX + 4);
  });

  it('collects disclosure and latencies', () => {
    const call = after([0, { type: 'disclosed', at_ms: 2100 }], [1, { type: 'turn_latency', ms: 640 }], [2, { type: 'turn_latency', ms: 500 }]);
    expect([call.disclosedAtMs, call.turnLatencyMs]).toEqual([2100, [640, 500]]);
  });
});
