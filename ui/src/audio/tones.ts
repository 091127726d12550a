/** How a North American telephone rings: two tones for 2 s, then 4 s of pause. */
const RING_HZ = [440, 480] as const;
const RING_ON_S = 2;
const RING_EVERY_S = 6;
const RING_GAIN = 0.12;

/** ITU-T Q.23. */
const LOW_HZ = [697, 770, 852, 941] as const;
const HIGH_HZ = [1209, 1336, 1477] as const;
export const KEYS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#'] as const;
export type Key = (typeof KEYS)[number];
const KEY_S = 0.12;
const KEY_GAIN = 0.05;
/** A tone that begins or ends at once would click. */
const EDGE_S = 0.012;

/** The page's own sounds: the ring, and what a pressed key sounds like to who pressed it. */
export class Tones {
  #context: AudioContext | null = null;
  #bell: GainNode | null = null;
  #ringing: ReturnType<typeof setInterval> | null = null;

  /** Whether the browser lets the page sound without a click. */
  get unlocked(): boolean {
    return this.#made().state === 'running';
  }

  /** Must be called in answer to a click or a key. */
  async unlock(): Promise<void> {
    await this.#made().resume();
  }

  ring(): void {
    if (this.#ringing !== null) return;
    const context = this.#made();
    const bell = (this.#bell = new GainNode(context, { gain: 1 }));
    bell.connect(context.destination);
    const once = () => this.#sound(RING_HZ, RING_ON_S, RING_GAIN, bell);
    once();
    this.#ringing = setInterval(once, RING_EVERY_S * 1000);
  }

  stopRinging(): void {
    if (this.#ringing === null) return;
    clearInterval(this.#ringing);
    this.#ringing = null;
    this.#bell?.disconnect();
    this.#bell = null;
  }

  key(key: Key): void {
    const at = KEYS.indexOf(key);
    this.#sound([LOW_HZ[Math.floor(at / 3)] ?? 0, HIGH_HZ[at % 3] ?? 0], KEY_S, KEY_GAIN, this.#made().destination);
  }

  #made(): AudioContext {
    return (this.#context ??= new AudioContext());
  }

  #sound(hertz: readonly number[], seconds: number, loudness: number, to: AudioNode): void {
    const context = this.#made();
    // What is asked for while the browser forbids sound would all sound at once later.
    if (context.state !== 'running') return;
    const begin = context.currentTime;
    const gain = new GainNode(context, { gain: 0 });
    gain.gain.setTargetAtTime(loudness, begin, EDGE_S / 3);
    gain.gain.setTargetAtTime(0, begin + seconds - EDGE_S, EDGE_S / 3);
    gain.connect(to);
    for (const frequency of hertz) {
      const oscillator = new OscillatorNode(context, { frequency });
      oscillator.connect(gain);
      oscillator.start(begin);
      oscillator.stop(begin + seconds + EDGE_S);
    }
  }
}
