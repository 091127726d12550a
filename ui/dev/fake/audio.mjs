// The sound of the canned call: a tone for each side while it speaks, as interleaved two-channel µ-law at 8 kHz.

const RATE = 8000;
const CALLEE_HZ = 330;
const AGENT_HZ = 220;
const LOUDNESS = 9000;

/** The frame that begins at `fromMs` and lasts `forMs`. */
export function encode(fromMs, forMs, callee, agent) {
  const frames = (RATE * forMs) / 1000;
  const bytes = Buffer.alloc(2 * frames);
  for (let frame = 0; frame < frames; frame += 1) {
    const second = fromMs / 1000 + frame / RATE;
    bytes[2 * frame] = mulaw(callee ? tone(second, CALLEE_HZ) : 0);
    bytes[2 * frame + 1] = mulaw(agent ? tone(second, AGENT_HZ) : 0);
  }
  return bytes;
}

const tone = (second, hertz) => Math.round(LOUDNESS * Math.sin(2 * Math.PI * hertz * second));

/** A sample as µ-law. Source: ITU-T G.711. */
function mulaw(sample) {
  const sign = sample < 0 ? 0x80 : 0;
  const biased = Math.min(Math.abs(sample), 32_635) + 0x84;
  const exponent = 24 - Math.clz32(biased);
  const mantissa = (biased >> (exponent + 3)) & 0x0f;
  return ~(sign | (exponent << 4) | mantissa) & 0xff;
}
