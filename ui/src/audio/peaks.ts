import { ask } from '../lib/api.ts';
import { MULAW } from './mulaw.ts';

/** How loud both sides of a recording are, piece by piece from its beginning to its end: 0 to 1 each. */
export interface Peaks {
  callee: Float32Array;
  agent: Float32Array;
}

/** How finely a recording is measured. */
export const PIECES = 600;
/** A file up to this size is read whole, about 17 minutes; of a longer one samples are taken, so that looking costs little. */
export const WHOLE_BYTES_MAX = 16 * 1024 * 1024;
/** How many samples are taken of a long recording, how long each is (one second), and how many are asked for at a time. */
export const SAMPLES = 120;
export const SAMPLE_BYTES = 16_000;
const AT_A_TIME = 4;
/** What the head of the file fits in. */
const HEAD_BYTES = 4096;
const MULAW_FORMAT = 7;
/** One byte for each side. */
const FRAME_BYTES = 2;

/** Where the sound lies in the file, bytes. */
interface Sound {
  from: number;
  bytes: number;
}

/** Where the sound begins in a WAV file of two-channel µ-law; `null` for any other file. */
export function soundIn(head: Uint8Array, fileBytes: number): Sound | null {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const word = (at: number) => String.fromCharCode(...head.subarray(at, at + 4));
  if (head.length < 12 || word(0) !== 'RIFF' || word(8) !== 'WAVE') return null;
  let known = false;
  for (let at = 12; at + 8 <= head.length; ) {
    const size = view.getUint32(at + 4, true);
    if (word(at) === 'fmt ' && at + 12 <= head.length) {
      known = view.getUint16(at + 8, true) === MULAW_FORMAT && view.getUint16(at + 10, true) === FRAME_BYTES;
    }
    // A recording that broke off may have an older size in its head.
    if (word(at) === 'data') return known ? { from: at + 8, bytes: Math.max(0, fileBytes - at - 8) } : null;
    at += 8 + size + (size % 2);
  }
  return null;
}

/** Keeps the loudest sample of each piece. Bytes may come in any order, whole frames or not. */
export class PeakMeter {
  readonly peaks: Peaks;
  readonly #sound: Sound;

  constructor(sound: Sound, pieces: number) {
    this.peaks = { callee: new Float32Array(pieces), agent: new Float32Array(pieces) };
    this.#sound = sound;
  }

  /** Takes bytes of the file; `at` is the place of the first. */
  push(at: number, bytes: Uint8Array): void {
    const { callee, agent } = this.peaks;
    const perByte = callee.length / Math.max(1, this.#sound.bytes);
    const from = at - this.#sound.from;
    for (let index = Math.max(0, -from); index < bytes.length; index += 1) {
      const place = from + index;
      if (place >= this.#sound.bytes) return;
      const lane = place % FRAME_BYTES === 0 ? callee : agent;
      const loud = Math.abs(MULAW[bytes[index] ?? 0xff] ?? 0);
      const piece = Math.floor(place * perByte);
      if (loud > (lane[piece] ?? 1)) lane[piece] = loud;
    }
  }
}

/**
 * Measures a recording. `null` if it is no two-channel µ-law, so that there is nothing to be drawn. Throws what `ask` throws, and
 * an `AbortError` when it is not wanted any more.
 */
export async function measure(url: string, fileBytes: number, signal: AbortSignal): Promise<Peaks | null> {
  return fileBytes <= WHOLE_BYTES_MAX ? whole(url, fileBytes, signal) : sampled(url, fileBytes, signal);
}

async function whole(url: string, fileBytes: number, signal: AbortSignal): Promise<Peaks | null> {
  const response = await ask(url, { signal });
  const reader = response.body?.getReader();
  if (!reader) return null;
  let meter: PeakMeter | null = null;
  let head = new Uint8Array();
  for (let at = 0; ; ) {
    const { done, value } = await reader.read();
    if (done) return meter?.peaks ?? null;
    if (meter) meter.push(at, value);
    else {
      head = Uint8Array.from([...head, ...value]);
      const sound = soundIn(head, fileBytes);
      if (sound) {
        meter = new PeakMeter(sound, PIECES);
        meter.push(0, head);
      } else if (head.length >= HEAD_BYTES) {
        await reader.cancel();
        return null;
      }
    }
    at += value.length;
    // More than was said is not read.
    if (at > WHOLE_BYTES_MAX) {
      await reader.cancel();
      return meter?.peaks ?? null;
    }
  }
}

async function sampled(url: string, fileBytes: number, signal: AbortSignal): Promise<Peaks | null> {
  const sound = soundIn(await part(url, 0, HEAD_BYTES, signal), fileBytes);
  if (!sound) return null;
  const meter = new PeakMeter(sound, SAMPLES);
  const every = sound.bytes / SAMPLES;
  for (let first = 0; first < SAMPLES; first += AT_A_TIME) {
    const asked = Array.from({ length: Math.min(AT_A_TIME, SAMPLES - first) }, async (_, index) => {
      // Out of the middle of its piece.
      const middle = Math.floor((first + index + 0.5) * every - SAMPLE_BYTES / 2);
      const at = sound.from + middle - (middle % FRAME_BYTES);
      meter.push(at, await part(url, at, SAMPLE_BYTES, signal));
    });
    await Promise.all(asked);
  }
  return meter.peaks;
}

/** Some bytes of the file. An answer with more than was asked for is cut, however long it is. */
async function part(url: string, from: number, bytes: number, signal: AbortSignal): Promise<Uint8Array> {
  const response = await ask(url, { signal, headers: { Range: `bytes=${from}-${from + bytes - 1}` } });
  if (response.status !== 206 && from > 0) throw new Error('the recording cannot be read in parts');
  const taken = new Uint8Array(bytes);
  let have = 0;
  const reader = response.body?.getReader();
  while (reader && have < bytes) {
    const { done, value } = await reader.read();
    if (done) break;
    const some = value.subarray(0, bytes - have);
    taken.set(some, have);
    have += some.length;
  }
  await reader?.cancel();
  return taken.subarray(0, have);
}
