import { afterEach, describe, expect, it, vi } from 'vitest';
import { PIECES, PeakMeter, SAMPLES, SAMPLE_BYTES, WHOLE_BYTES_MAX, measure, soundIn } from '../../src/audio/peaks.ts';
import { label } from '../../src/lib/format.ts';
import { marksOf, strokes } from '../../src/lib/waveform.ts';
import type { Fact } from '../../src/types/api.ts';

const HEAD = 58;
const LOUD = 0x80;
const SILENT = 0xff;

/** The head of a recording, as the call handler writes it. */
function head(format = 7, channels = 2): Uint8Array {
  const bytes = new Uint8Array(HEAD);
  const view = new DataView(bytes.buffer);
  const text = (at: number, word: string) => bytes.set(new TextEncoder().encode(word), at);
  text(0, 'RIFF');
  text(8, 'WAVEfmt ');
  view.setUint32(16, 18, true);
  view.setUint16(20, format, true);
  view.setUint16(22, channels, true);
  text(38, 'fact');
  view.setUint32(42, 4, true);
  text(50, 'data');
  return bytes;
}

/** A recording of so many frames: the callee is loud in its first half, the agent in the second. */
function file(frames: number): Uint8Array {
  const bytes = new Uint8Array(HEAD + 2 * frames).fill(SILENT);
  bytes.set(head());
  for (let frame = 0; frame < frames; frame += 1) bytes[HEAD + 2 * frame + (frame < frames / 2 ? 0 : 1)] = LOUD;
  return bytes;
}

afterEach(() => vi.unstubAllGlobals());

describe('the sound of a recording', () => {
  it('is found behind the head, and in no other file', () => {
    expect(soundIn(head(), 1000)).toEqual({ from: HEAD, bytes: 942 });
    expect(soundIn(head(1), 1000)).toBeNull();
    expect(soundIn(head(7, 1), 1000)).toBeNull();
    expect(soundIn(head().subarray(0, 40), 1000)).toBeNull();
    expect(soundIn(new TextEncoder().encode('<!doctype html><html></html>'), 1000)).toBeNull();
    expect(soundIn(new Uint8Array(), 0)).toBeNull();
  });

  it('is measured the same however it is cut', () => {
    const bytes = file(12_000);
    for (const size of [1, 7, 4096, bytes.length]) {
      const meter = new PeakMeter({ from: HEAD, bytes: bytes.length - HEAD }, 10);
      for (let at = 0; at < bytes.length; at += size) meter.push(at, bytes.subarray(at, at + size));
      const loud = (lane: Float32Array) => [...lane].map((peak) => (peak > 0.9 ? 1 : 0)).join('');
      expect([loud(meter.peaks.callee), loud(meter.peaks.agent)]).toEqual(['1111100000', '0000011111']);
    }
  });

  it('is read whole while it is short', async () => {
    const bytes = file(80_000);
    const asked = vi.fn(async (_: string, __: RequestInit) => new Response(bytes as BodyInit));
    vi.stubGlobal('fetch', asked);
    const peaks = await measure('/recording', bytes.length, new AbortController().signal);
    expect(asked).toHaveBeenCalledTimes(1);
    expect([peaks?.callee.length, peaks?.callee[0], peaks?.agent[0]]).toEqual([PIECES, peaks?.agent[PIECES - 1], 0]);
  });

  it('is sampled when it is long, and costs no more however long it is', async () => {
    const fileBytes = HEAD + 400 * 1024 * 1024;
    const middle = HEAD + (fileBytes - HEAD) / 2;
    let sent = 0;
    let [running, most] = [0, 0];
    vi.stubGlobal('fetch', async (_: string, init: RequestInit) => {
      running += 1;
      most = Math.max(most, running);
      const [, from = 0, to = 0] = /^bytes=(\d+)-(\d+)$/.exec(new Headers(init.headers).get('range') ?? '')?.map(Number) ?? [];
      const part = new Uint8Array(to - from + 1);
      for (let index = 0; index < part.length; index += 1) {
        const lane = (from + index - HEAD) % 2;
        part[index] = (from + index < middle ? 0 : 1) === lane ? LOUD : SILENT;
      }
      if (from === 0) part.set(head());
      sent += part.length;
      await Promise.resolve();
      running -= 1;
      return new Response(part as BodyInit, { status: 206 });
    });
    expect(fileBytes).toBeGreaterThan(WHOLE_BYTES_MAX);
    const peaks = await measure('/recording', fileBytes, new AbortController().signal);
    expect(sent).toBeLessThanOrEqual(4096 + SAMPLES * SAMPLE_BYTES);
    expect(most).toBeLessThanOrEqual(4);
    const loud = (lane: Float32Array | undefined) => [...(lane ?? [])].filter((peak) => peak > 0.9).length;
    expect([loud(peaks?.callee), loud(peaks?.agent), peaks?.callee[0], peaks?.agent[0]]).toEqual([SAMPLES / 2, SAMPLES / 2, peaks?.agent.at(-1), 0]);
  });
});

describe('the picture', () => {
  it('has a stroke for each bar, a dot for silence, and never leaves its lane', () => {
    const lengths = (path: string) => [...path.matchAll(/v(-?[\d.]+)/g)].map(([, length]) => Number(length));
    expect(lengths(strokes(Float32Array.from([0, 1, 0.25, 2]), 4, 100, 25, -20))).toEqual([-0.5, -20, -10, -20]);
    expect(lengths(strokes(null, 3, 100, 25, 20))).toEqual([0.5, 0.5, 0.5]);
    // More bars than pieces, and fewer.
    expect(lengths(strokes(Float32Array.from([1, 0]), 4, 100, 25, 20))).toEqual([20, 20, 0.5, 0.5]);
    expect(lengths(strokes(Float32Array.from([0, 1, 0, 0]), 2, 100, 25, 20))).toEqual([20, 0.5]);
  });

  const fact = (name: string, at_ms: number | null): Fact => ({
    name,
    value: 'x',
    evidence: at_ms === null ? null : { line: 1, quote: 'x', at_ms },
    confirms: null,
    contradictions: [],
  });

  it('has a mark for each proof, and one for those that would cover each other', () => {
    const facts = [fact('ready_time', 24_000), fact('total', 8_000), fact('payment', null), fact('size', 8_500)];
    const marks = marksOf(facts, label, 32, 0.1);
    expect(marks.map((mark) => [mark.labels, mark.place])).toEqual([
      [['Total: x', 'Size: x'], 0.25],
      [['Ready time: x'], 0.75],
    ]);
    expect(marksOf(facts, label, 32, 0).length).toBe(3);
    expect(marksOf([fact('total', 99_000)], label, 32, 0)[0]?.place).toBe(1);
    expect(marksOf([], label, 0, 0)).toEqual([]);
  });
});
