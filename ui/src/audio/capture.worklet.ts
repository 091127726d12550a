import { Downsampler } from './downsample.ts';
import { FRAME_BYTES } from './frame.ts';
import { encodeSample } from './mulaw.ts';

/** Takes the microphone's sound as it comes, gives frames of 20 ms as the telephone wants them. */
class CaptureProcessor extends AudioWorkletProcessor {
  readonly #downsampler = new Downsampler(sampleRate);
  #frame = new Uint8Array(FRAME_BYTES);
  #filled = 0;

  process(inputs: Float32Array[][]): boolean {
    const channel = inputs[0]?.[0];
    if (!channel) return true;
    for (const sample of this.#downsampler.push(channel)) {
      this.#frame[this.#filled] = encodeSample(sample);
      this.#filled += 1;
      if (this.#filled === FRAME_BYTES) {
        this.port.postMessage(this.#frame, [this.#frame.buffer]);
        this.#frame = new Uint8Array(FRAME_BYTES);
        this.#filled = 0;
      }
    }
    return true;
  }
}

registerProcessor('capture', CaptureProcessor);
