const BIAS = 0x84;

/** One µ-law byte as a sample, -32,124 to 32,124. Source: ITU-T G.711. */
export function decodeSample(byte: number): number {
  const bits = ~byte & 0xff;
  const exponent = (bits >> 4) & 7;
  const magnitude = (((bits & 0x0f) << 3) + BIAS) << exponent;
  return bits & 0x80 ? BIAS - magnitude : magnitude - BIAS;
}

/** Every µ-law byte as a sample between -1 and 1. */
export const MULAW: Float32Array = Float32Array.from({ length: 256 }, (_, byte) => decodeSample(byte) / 32_768);

/** Two-channel audio: the callee and the agent, sample by sample. */
export interface Lanes {
  callee: Float32Array;
  agent: Float32Array;
}

/**
 * Decodes interleaved two-channel µ-law that arrives in arbitrary pieces. A piece may end between the two bytes of a pair; the
 * odd byte waits for the next piece, or both sides would be swapped from there on.
 */
export class InterleavedDecoder {
  #odd: number | null = null;

  push(piece: Uint8Array): Lanes {
    const bytes = this.#odd === null ? piece : Uint8Array.from([this.#odd, ...piece]);
    this.#odd = bytes.length % 2 === 1 ? (bytes[bytes.length - 1] ?? null) : null;
    const frames = bytes.length >> 1;
    const callee = new Float32Array(frames);
    const agent = new Float32Array(frames);
    for (let frame = 0; frame < frames; frame += 1) {
      callee[frame] = MULAW[bytes[2 * frame] ?? 0xff] ?? 0;
      agent[frame] = MULAW[bytes[2 * frame + 1] ?? 0xff] ?? 0;
    }
    return { callee, agent };
  }
}

const CLIP = 32_635;

/** A sample between -1 and 1 as a µ-law byte; louder ones are clipped. Source: ITU-T G.711. */
export function encodeSample(sample: number): number {
  const scaled = Math.round(sample * 32_768);
  const sign = scaled < 0 ? 0x80 : 0;
  const magnitude = Math.min(Math.abs(scaled), CLIP) + BIAS;
  const exponent = 31 - Math.clz32(magnitude) - 7;
  const mantissa = (magnitude >> (exponent + 3)) & 0x0f;
  return ~(sign | (exponent << 4) | mantissa) & 0xff;
}
