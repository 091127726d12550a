import { describe, expect, it } from 'vitest';
import { BACKLOG_MAX_SAMPLES, JitterBuffer, LEAD_SAMPLES } from '../../src/audio/jitter.ts';
import { InterleavedDecoder, MULAW, decodeSample } from '../../src/audio/mulaw.ts';

describe('µ-law', () => {
  // Values of ITU-T G.711, table 2b.
  it.each([
    [0xff, 0],
    [0x7f, 0],
    [0xfe, 8],
    [0x80, 32_124],
    [0x00, -32_124],
    [0x8f, 16_764],
    [0xd0, 876],
    [0x50, -876],
  ])('byte %i is the sample %i', (byte, sample) => expect(decodeSample(byte) + 0).toBe(sample));

  it('is symmetric, and within -1 to 1', () => {
    for (let byte = 0; byte < 128; byte += 1) expect(decodeSample(byte) + decodeSample(byte | 0x80)).toBe(0);
    expect(Math.max(...MULAW.map(Math.abs))).toBeLessThan(1);
  });
});

describe('two channels', () => {
  it('are told apart, however the bytes are cut', () => {
    const bytes = Uint8Array.from({ length: 320 }, (_, at) => (at % 2 === 0 ? 0x80 : 0x00));
    for (const size of [1, 2, 3, 7, 160, 320]) {
      const decoder = new InterleavedDecoder();
      const callee: number[] = [];
      const agent: number[] = [];
      for (let at = 0; at < bytes.length; at += size) {
        const lanes = decoder.push(bytes.slice(at, at + size));
        callee.push(...lanes.callee);
        agent.push(...lanes.agent);
      }
      expect([callee.length, agent.length]).toEqual([160, 160]);
      expect(callee.every((sample) => sample > 0.9) && agent.every((sample) => sample < -0.9)).toBe(true);
    }
  });
});

describe('the jitter buffer', () => {
  const ramp = (from: number, count: number) => Float32Array.from({ length: count }, (_, at) => from + at);
  const pull = (buffer: JitterBuffer, count: number) => {
    const left = new Float32Array(count).fill(-1);
    buffer.pull(left, new Float32Array(count));
    return left;
  };

  it('waits for its lead, then plays in order', () => {
    const buffer = new JitterBuffer();
    buffer.push(ramp(1, LEAD_SAMPLES - 1), ramp(1, LEAD_SAMPLES - 1));
    expect(pull(buffer, 4)).toEqual(new Float32Array(4));
    buffer.push(ramp(LEAD_SAMPLES, 1), ramp(LEAD_SAMPLES, 1));
    expect(pull(buffer, 4)).toEqual(ramp(1, 4));
    expect(pull(buffer, 4)).toEqual(ramp(5, 4));
  });

  it('falls silent when it runs dry, and waits for its lead again', () => {
    const buffer = new JitterBuffer();
    buffer.push(ramp(1, LEAD_SAMPLES), ramp(1, LEAD_SAMPLES));
    const played = pull(buffer, LEAD_SAMPLES + 10);
    expect([played[LEAD_SAMPLES - 1], played[LEAD_SAMPLES]]).toEqual([LEAD_SAMPLES, 0]);
    buffer.push(ramp(1, 10), ramp(1, 10));
    expect(pull(buffer, 10)).toEqual(new Float32Array(10));
  });

  it('drops the oldest when it falls behind', () => {
    const buffer = new JitterBuffer();
    const count = BACKLOG_MAX_SAMPLES + 800;
    for (let at = 0; at < count; at += 160) buffer.push(ramp(at, 160), ramp(at, 160));
    expect(buffer.waiting).toBeLessThanOrEqual(BACKLOG_MAX_SAMPLES);
    const last = pull(buffer, buffer.waiting).at(-1);
    expect(last).toBe(count - 1);
  });

  it('survives one piece that is longer than everything it can hold', () => {
    const buffer = new JitterBuffer();
    const count = BACKLOG_MAX_SAMPLES * 5;
    buffer.push(ramp(0, count), ramp(0, count));
    expect(buffer.waiting).toBe(LEAD_SAMPLES);
    expect(pull(buffer, LEAD_SAMPLES).at(-1)).toBe(count - 1);
  });
});
