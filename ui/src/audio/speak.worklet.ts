import { decode, level } from './frame.ts';
import { JitterBuffer, SAMPLE_RATE_HZ } from './jitter.ts';

/** What is told about that which was really played. */
export interface Played {
  /** 0 to 100, of the last tenth of a second. */
  level: number;
  /** Sound in it, milliseconds; silence does not count. */
  soundMs: number;
}

const REPORT_SAMPLES = SAMPLE_RATE_HZ / 10;
const SOUND_MIN = 0.01;

/** Plays frames of one voice, and tells ten times a second what was played. Its context runs at 8 kHz. */
class SpeakProcessor extends AudioWorkletProcessor {
  readonly #buffer = new JitterBuffer();
  readonly #spare = new Float32Array(4096);
  #report: number[] = [];

  constructor() {
    super();
    this.port.onmessage = (message: MessageEvent<Uint8Array>) => {
      const samples = decode(message.data);
      this.#buffer.push(samples, samples);
    };
  }

  process(_inputs: Float32Array[][], outputs: Float32Array[][]): boolean {
    const mono = outputs[0]?.[0];
    if (!mono) return true;
    this.#buffer.pull(mono, this.#spare.subarray(0, mono.length));
    this.#report.push(...mono);
    if (this.#report.length >= REPORT_SAMPLES) {
      const sound = this.#report.filter((sample) => Math.abs(sample) > SOUND_MIN).length;
      const played: Played = { level: level(this.#report), soundMs: (1000 * sound) / SAMPLE_RATE_HZ };
      this.port.postMessage(played);
      this.#report = [];
    }
    return true;
  }
}

registerProcessor('speak', SpeakProcessor);
