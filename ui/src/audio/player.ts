import { ask } from '../lib/api.ts';
import { SAMPLE_RATE_HZ } from './jitter.ts';
import workletUrl from './listen.worklet.ts?worker&url';

/** Plays a live call while it lasts. */
export class CallPlayer {
  readonly #context: AudioContext;
  readonly #gain: GainNode;
  readonly #abort = new AbortController();
  #node: AudioWorkletNode | null = null;
  #calleeOnly = false;
  #stopped = false;

  /** Must be made in answer to a click: browsers play nothing otherwise. */
  constructor(volume: number) {
    this.#context = new AudioContext({ sampleRate: SAMPLE_RATE_HZ, latencyHint: 'interactive' });
    this.#gain = new GainNode(this.#context, { gain: volume });
    this.#gain.connect(this.#context.destination);
  }

  /** 0 to 1. */
  set volume(volume: number) {
    this.#gain.gain.setTargetAtTime(volume, this.#context.currentTime, 0.02);
  }

  /** Whether only the other side is heard, because our side is the listener. */
  set calleeOnly(only: boolean) {
    this.#calleeOnly = only;
    this.#node?.port.postMessage(only);
  }

  /** Plays until the call or `stop` ends it; `onPlaying` is called when the first bytes have come. Throws what went wrong. */
  async play(url: string, onPlaying: () => void): Promise<void> {
    try {
      await this.#context.audioWorklet.addModule(workletUrl);
      await this.#context.resume();
      const node = new AudioWorkletNode(this.#context, 'listen', { numberOfInputs: 0, outputChannelCount: [2] });
      this.#node = node;
      node.port.postMessage(this.#calleeOnly);
      node.connect(this.#gain);
      const response = await ask(url, { signal: this.#abort.signal, cache: 'no-store' });
      const reader = response.body?.getReader();
      if (!reader) return;
      for (let first = true; ; first = false) {
        const { done, value } = await reader.read();
        if (done) return;
        if (first) onPlaying();
        node.port.postMessage(value, [value.buffer]);
      }
    } catch (error) {
      if (!this.#abort.signal.aborted) throw error;
    } finally {
      await this.stop();
    }
  }

  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#abort.abort();
    await this.#context.close();
  }
}
