import { SAMPLE_RATE_HZ } from './jitter.ts';
import type { Played } from './speak.worklet.ts';
import workletUrl from './speak.worklet.ts?worker&url';

/** Frames that wait while the speaker is being opened: 500 ms. */
const EARLY_MAX = 25;

/** Plays one voice, frame by frame. */
export class Speaker {
  readonly #context: AudioContext;
  #node: AudioWorkletNode | null = null;
  #early: Uint8Array[] = [];

  /** Must be made in answer to a click: browsers play nothing otherwise. */
  constructor() {
    this.#context = new AudioContext({ sampleRate: SAMPLE_RATE_HZ, latencyHint: 'interactive' });
  }

  async open(onPlayed: (played: Played) => void): Promise<void> {
    await this.#context.audioWorklet.addModule(workletUrl);
    await this.#context.resume();
    const node = new AudioWorkletNode(this.#context, 'speak', { numberOfInputs: 0, outputChannelCount: [1] });
    node.port.onmessage = (message: MessageEvent<Played>) => onPlayed(message.data);
    node.connect(this.#context.destination);
    this.#node = node;
    for (const frame of this.#early.splice(0)) this.play(frame);
  }

  /** 20 ms of µ-law. */
  play(frame: Uint8Array): void {
    if (this.#node) this.#node.port.postMessage(frame, [frame.buffer]);
    else this.#early = [...this.#early, frame].slice(-EARLY_MAX);
  }

  async close(): Promise<void> {
    this.#node = null;
    if (this.#context.state !== 'closed') await this.#context.close();
  }
}
