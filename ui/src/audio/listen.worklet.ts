import { JitterBuffer } from './jitter.ts';
import { InterleavedDecoder } from './mulaw.ts';

/** How far each voice is moved from the middle, so that a listener can tell the sides apart without being put between them. */
const NEAR = 0.8;
const FAR = 0.5;

/** Plays the call: takes the bytes as they come from the network, gives stereo with the callee to the left. */
class ListenProcessor extends AudioWorkletProcessor {
  readonly #decoder = new InterleavedDecoder();
  readonly #buffer = new JitterBuffer();

  #calleeOnly = false;

  constructor() {
    super();
    this.port.onmessage = (message: MessageEvent<Uint8Array | boolean>) => {
      if (typeof message.data === 'boolean') {
        this.#calleeOnly = message.data;
        return;
      }
      const { callee, agent: ours } = this.#decoder.push(message.data);
      // Nobody wants to hear their own voice come back.
      const agent = this.#calleeOnly ? ours.map(() => 0) : ours;
      const left = callee.map((sample, at) => NEAR * sample + FAR * (agent[at] ?? 0));
      const right = callee.map((sample, at) => FAR * sample + NEAR * (agent[at] ?? 0));
      this.#buffer.push(left, right);
    };
  }

  process(_inputs: Float32Array[][], outputs: Float32Array[][]): boolean {
    const [left, right] = outputs[0] ?? [];
    if (left && right) this.#buffer.pull(left, right);
    return true;
  }
}

registerProcessor('listen', ListenProcessor);
