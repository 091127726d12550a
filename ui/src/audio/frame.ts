import { MULAW } from './mulaw.ts';

/** Bytes of 20 ms of µ-law. */
export const FRAME_BYTES = 160;
/** The µ-law byte of silence. */
export const SILENCE = 0xff;

/** How loud samples (between -1 and 1) are, 0 to 100, as the ear takes it: 50 dB below full deflection is nothing. */
export function level(samples: Iterable<number>): number {
  let [power, count] = [0, 0];
  for (const sample of samples) {
    power += sample * sample;
    count += 1;
  }
  if (power === 0) return 0;
  return Math.round(Math.min(100, Math.max(0, 100 + 20 * Math.log10(power / count))));
}

/** The samples of a frame. */
export const decode = (frame: Uint8Array): Float32Array => Float32Array.from(frame, (byte) => MULAW[byte] ?? 0);
