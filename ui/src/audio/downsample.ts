import { SAMPLE_RATE_HZ } from './jitter.ts';

/** What is below passes, what is above 4 kHz would come back as a wrong tone and is taken out, 60 dB down. */
const PASS_HZ = 3400;
const STOP_HZ = SAMPLE_RATE_HZ / 2;
const STOP_DB = 60;
/** Kaiser's formulas for a filter of that steepness. */
const KAISER_BETA = 0.1102 * (STOP_DB - 8.7);
const KAISER_WIDTH = (STOP_DB - 7.95) / (2.285 * 2 * Math.PI * (STOP_HZ - PASS_HZ));

/** The modified Bessel function of the first kind, order 0. */
function bessel0(x: number): number {
  let sum = 1;
  for (let term = 1, k = 1; term > sum * 1e-12; k += 1) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

const greatestCommonDivisor = (a: number, b: number): number => (b === 0 ? a : greatestCommonDivisor(b, a % b));

/** Turns sound of any rate from 8 kHz up into 8 kHz, piece by piece, with a windowed-sinc low-pass. */
export class Downsampler {
  readonly #phases: Float32Array[] = [];
  /** Output samples for each `#inputs` input samples. */
  readonly #outputs: number;
  readonly #inputs: number;
  readonly #taps: number;
  /** Input that is still needed. Its first sample is the first that the next output looks at. */
  #waiting: Float32Array;
  #phase = 0;

  /** `fromHz` is a whole number, at least 8000. */
  constructor(fromHz: number) {
    if (!Number.isInteger(fromHz) || fromHz < SAMPLE_RATE_HZ) throw new RangeError(`cannot turn ${fromHz} Hz into ${SAMPLE_RATE_HZ} Hz`);
    const divisor = greatestCommonDivisor(fromHz, SAMPLE_RATE_HZ);
    this.#inputs = fromHz / divisor;
    this.#outputs = SAMPLE_RATE_HZ / divisor;
    const half = fromHz === SAMPLE_RATE_HZ ? 0 : Math.ceil((KAISER_WIDTH * fromHz) / 2);
    this.#taps = 2 * half + 1;
    // As if there had been silence before, so that the first sound is not delayed by the filter.
    this.#waiting = new Float32Array(half);
    const cutoff = (PASS_HZ + STOP_HZ) / fromHz;
    for (let phase = 0; phase < this.#outputs; phase += 1) this.#phases.push(kernel(half, phase / this.#outputs, cutoff));
  }

  /** Takes the next piece, gives what is ready. */
  push(piece: Float32Array): Float32Array {
    const input = new Float32Array(this.#waiting.length + piece.length);
    input.set(this.#waiting);
    input.set(piece, this.#waiting.length);
    const output: number[] = [];
    let at = 0;
    while (at + this.#taps <= input.length) {
      const weights = this.#phases[this.#phase] as Float32Array;
      let sum = 0;
      for (let tap = 0; tap < this.#taps; tap += 1) sum += (weights[tap] as number) * (input[at + tap] as number);
      output.push(sum);
      const next = this.#phase + this.#inputs;
      at += Math.floor(next / this.#outputs);
      this.#phase = next % this.#outputs;
    }
    this.#waiting = input.slice(Math.min(at, input.length));
    return Float32Array.from(output);
  }
}

/** The weights around a moment that lies `offset` (0 to 1) of a sample after the middle one; `cutoff` is in cycles, doubled. */
function kernel(half: number, offset: number, cutoff: number): Float32Array {
  const weights = Float32Array.from({ length: 2 * half + 1 }, (_, tap) => {
    const x = tap - half - offset;
    const window = half === 0 ? 1 : bessel0(KAISER_BETA * Math.sqrt(Math.max(0, 1 - (x / (half + 1)) ** 2)));
    const angle = Math.PI * cutoff * x;
    return window * (angle === 0 ? 1 : Math.sin(angle) / angle);
  });
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}
