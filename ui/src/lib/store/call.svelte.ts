import type { Attempt, NumberedCallEvent } from '../../types/api.ts';
import { api, streams } from '../api.ts';
import { advance, connectedSeconds, later, newCall } from '../call.ts';
import { EventStream, type StreamState } from '../events.ts';
import { Listening } from './listening.svelte.ts';
import { Speaking } from './speaking.svelte.ts';
import { toasts } from './toasts.svelte.ts';

/** The call that is under way, as its own event stream tells it. */
export class LiveCall {
  readonly attempt: number;
  state = $state.raw(newCall());
  stream = $state<StreamState>('connecting');
  hangingUp = $state(false);
  readonly listening: Listening;
  readonly speaking: Speaking;

  readonly #conversationId: string;
  readonly #startedMs: number;
  readonly #events: EventStream;
  #accepted = false;

  constructor(conversationId: string, attempt: Attempt) {
    this.attempt = attempt.attempt;
    this.state = newCall(attempt.stage);
    this.listening = new Listening(streams.audio(conversationId, attempt.attempt));
    this.speaking = new Speaking(streams.voice(conversationId, attempt.attempt), this.listening);
    this.#conversationId = conversationId;
    this.#startedMs = Date.parse(attempt.started_at) || Date.now();
    this.#events = new EventStream({
      url: streams.call(conversationId, attempt.attempt),
      onState: (state) => (this.stream = state),
      onMessage: (message) => {
        this.state = advance(this.state, JSON.parse(message.data) as NumberedCallEvent, Date.now());
        if (this.state.stage === 'ended') {
          this.speaking.stop();
          this.listening.stop();
        }
      },
      isComplete: () => this.state.stage === 'ended',
    });
    this.progress(attempt);
  }

  /** The conversation's own news of the call; the two streams are not in step. */
  progress(attempt: Attempt): void {
    this.state = { ...this.state, stage: later(this.state.stage, attempt.stage) };
    // Before the call handler has accepted the order there is nothing to follow.
    this.#accepted ||= attempt.order_id !== null;
    if (this.#accepted && !document.hidden) this.#events.resume();
  }

  /** Seconds to show: connected, or since it was begun while it is not. */
  seconds(nowMs: number): number {
    return connectedSeconds(this.state, nowMs) ?? Math.max(0, (nowMs - (this.state.originMs ?? this.#startedMs)) / 1000);
  }

  /** Tells the agent what to do. `true` if it was taken. */
  async instruct(text: string): Promise<boolean> {
    try {
      await api.instruct(this.#conversationId, this.attempt, { text, instruction_id: crypto.randomUUID?.() ?? `${Date.now()}` });
      return true;
    } catch (error) {
      toasts.failed('The agent was not told', error);
      return false;
    }
  }

  async hangUp(): Promise<void> {
    if (this.hangingUp) return;
    this.hangingUp = true;
    try {
      await api.hangUp(this.#conversationId, this.attempt);
    } catch (error) {
      this.hangingUp = false;
      toasts.failed('The call was not hung up', error);
    }
  }

  visible(shown: boolean): void {
    if (!this.#accepted) return;
    if (shown || this.listening.state !== 'off') this.#events.resume();
    else this.#events.pause();
  }

  close(): void {
    this.speaking.stop();
    this.listening.stop();
    this.#events.close();
  }
}
