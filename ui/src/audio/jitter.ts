/** Samples a second, on the telephone and in the player. */
export const SAMPLE_RATE_HZ = 8000;

const samples = (ms: number) => (ms * SAMPLE_RATE_HZ) / 1000;

/** How much waits before playing begins, or begins again after it ran dry. */
export const LEAD_SAMPLES = samples(120);
/** More than this waiting means that we have fallen behind the call; what is too old is dropped. */
export const BACKLOG_MAX_SAMPLES = samples(600);

/**
 * A small jitter buffer of stereo samples. It plays once `LEAD_SAMPLES` wait, falls silent when it runs dry until they wait
 * again, and drops the oldest when it is more than `BACKLOG_MAX_SAMPLES` behind the live call.
 */
export class JitterBuffer {
  readonly #left = new Float32Array(BACKLOG_MAX_SAMPLES * 2);
  readonly #right = new Float32Array(BACKLOG_MAX_SAMPLES * 2);
  #read = 0;
  #waiting = 0;
  #playing = false;

  /** Samples that wait. */
  get waiting(): number {
    return this.#waiting;
  }

  push(left: Float32Array, right: Float32Array): void {
    const size = this.#left.length;
    const from = Math.max(0, left.length - size);
    for (let at = from; at < left.length; at += 1) {
      const slot = (this.#read + this.#waiting) % size;
      this.#left[slot] = left[at] ?? 0;
      this.#right[slot] = right[at] ?? 0;
      if (this.#waiting < size) this.#waiting += 1;
      else this.#read = (this.#read + 1) % size;
    }
    if (this.#waiting > BACKLOG_MAX_SAMPLES) this.#drop(this.#waiting - LEAD_SAMPLES);
  }

  /** Fills both outputs, with silence where nothing waits. */
  pull(left: Float32Array, right: Float32Array): void {
    if (!this.#playing && this.#waiting >= LEAD_SAMPLES) this.#playing = true;
    const available = this.#playing ? Math.min(left.length, this.#waiting) : 0;
    for (let at = 0; at < available; at += 1) {
      const slot = (this.#read + at) % this.#left.length;
      left[at] = this.#left[slot] ?? 0;
      right[at] = this.#right[slot] ?? 0;
    }
    left.fill(0, available);
    right.fill(0, available);
    this.#drop(available);
    if (available < left.length) this.#playing = false;
  }

  #drop(count: number): void {
    this.#read = (this.#read + count) % this.#left.length;
    this.#waiting -= count;
  }
}
