import { ApiError, ask } from './api.ts';
import { SseParser, type SseMessage } from './sse.ts';

/** Answers that will not become better by asking again. A conflict (409) will: the call may be accepted any moment. */
const REFUSALS: ReadonlySet<number> = new Set([400, 401, 403, 404, 410, 422]);

/** How a stream is doing. `lost` is said only once reconnecting has taken noticeably long. */
export type StreamState = 'connecting' | 'open' | 'lost' | 'ended';

export interface StreamOptions {
  url: string;
  onMessage: (message: SseMessage) => void;
  onState: (state: StreamState) => void;
  /** Whether the message just delivered was the stream's last, so that its end is no loss. */
  isComplete?: () => boolean;
  /** The engine says that there is no such stream: it will not be asked again. */
  onRefused?: (error: ApiError) => void;
}

/** Waits between attempts to reconnect, in milliseconds; the last one repeats. */
export const RETRY_WAITS_MS: readonly number[] = [250, 500, 1000, 2000, 4000, 8000];
/** A lost connection is shown after this long without one: a blink is not worth a banner. */
export const LOST_AFTER_MS = 1500;
/** A stream that says nothing for this long, not even a comment, is taken for dead. Servers send a comment every 15 s. */
export const SILENCE_MAX_MS = 45_000;

/**
 * Follows an event stream and reconnects when it breaks, resuming after the last numbered message (`Last-Event-ID`). Unlike
 * `EventSource` it tells a refusal from a loss, and notices a connection that has gone silent.
 */
export class EventStream {
  readonly #options: StreamOptions;
  #lastId: string | null = null;
  #failures = 0;
  #abort: AbortController | null = null;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #lostTimer: ReturnType<typeof setTimeout> | undefined;
  #silenceTimer: ReturnType<typeof setTimeout> | undefined;
  #state: StreamState = 'connecting';

  constructor(options: StreamOptions) {
    this.#options = options;
  }

  /** Connects, if it is not connected; also the way back from a `pause`, and the impatient way out of a wait. */
  resume(): void {
    if (this.#abort || this.#state === 'ended') return;
    clearTimeout(this.#retryTimer);
    void this.#follow();
  }

  /** Disconnects and keeps the place in the stream. */
  pause(): void {
    this.#abort?.abort();
    this.#abort = null;
    for (const timer of [this.#retryTimer, this.#lostTimer, this.#silenceTimer]) clearTimeout(timer);
    this.#lostTimer = undefined;
  }

  /** Disconnects for good. */
  close(): void {
    this.pause();
    this.#state = 'ended';
  }

  async #follow(): Promise<void> {
    const abort = new AbortController();
    this.#abort = abort;
    if (this.#state !== 'lost') this.#enter('connecting');
    this.#lostTimer ??= setTimeout(() => this.#enter('lost'), LOST_AFTER_MS);
    try {
      await this.#read(abort);
    } catch (error) {
      if (abort.signal.aborted && this.#abort !== abort) return;
      if (error instanceof ApiError && REFUSALS.has(error.status)) {
        this.close();
        this.#options.onState('ended');
        this.#options.onRefused?.(error);
        return;
      }
    }
    if (this.#abort !== abort) return;
    this.#abort = null;
    clearTimeout(this.#silenceTimer);
    if (this.#options.isComplete?.()) {
      this.close();
      this.#options.onState('ended');
      return;
    }
    this.#enter(this.#state === 'lost' ? 'lost' : 'connecting');
    this.#lostTimer ??= setTimeout(() => this.#enter('lost'), LOST_AFTER_MS);
    const wait = RETRY_WAITS_MS[Math.min(this.#failures, RETRY_WAITS_MS.length - 1)] ?? 1000;
    this.#failures += 1;
    this.#retryTimer = setTimeout(() => this.resume(), wait);
  }

  async #read(abort: AbortController): Promise<void> {
    const headers: Record<string, string> = { Accept: 'text/event-stream' };
    if (this.#lastId !== null) headers['Last-Event-ID'] = this.#lastId;
    this.#expectSound(abort);
    const response = await ask(this.#options.url, { headers, signal: abort.signal, cache: 'no-store' });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    if (!reader) return;
    clearTimeout(this.#lostTimer);
    this.#lostTimer = undefined;
    this.#enter('open');
    const parser = new SseParser();
    for (;;) {
      const { done, value } = await reader.read();
      if (done || abort.signal.aborted) return;
      this.#failures = 0;
      this.#expectSound(abort);
      for (const message of parser.push(value)) {
        this.#options.onMessage(message);
        if (message.id !== null) this.#lastId = message.id;
      }
    }
  }

  #expectSound(abort: AbortController): void {
    clearTimeout(this.#silenceTimer);
    this.#silenceTimer = setTimeout(() => abort.abort(), SILENCE_MAX_MS);
  }

  #enter(state: StreamState): void {
    if (this.#state === state || this.#state === 'ended') return;
    this.#state = state;
    this.#options.onState(state);
  }
}
