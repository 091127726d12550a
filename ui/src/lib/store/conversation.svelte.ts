import type { CallResult, Decision, NumberedConversationEvent } from '../../types/api.ts';
import { ApiError, api, streams } from '../api.ts';
import { EventStream, type StreamState } from '../events.ts';
import { follow, latestResult, liveAttempt, newThread, openPlan, type Asked } from '../thread.ts';
import { LiveCall } from './call.svelte.ts';
import { toasts } from './toasts.svelte.ts';

/** A message on its way to the engine; it leaves the list when the conversation's own events bring it back. */
export interface Pending {
  messageId: string;
  content: string;
  state: 'sending' | 'failed' | 'sent';
  /** Why it failed. */
  problem: string;
  /** The last event known when it was sent. */
  sinceN: number;
}

/** The engine's words for an answer that came too late; it is kept. */
const TOO_LATE: ReadonlySet<string> = new Set(['too_late', 'already_ended']);

/** What a page-wide listener wants to know of the open conversation. */
export interface ConversationHooks {
  /** A new conversation has been given its id. */
  begun: (conversation: Conversation, id: string) => void;
  /** Something has happened that the list of conversations shows. */
  moved: () => void;
  /** The engine does not know this conversation. */
  missing: () => void;
}

/** The open conversation: its thread, what is on its way, and its live call. Its id is `null` until the first message is accepted. */
export class Conversation {
  id = $state<string | null>(null);
  thread = $state.raw(newThread());
  pending = $state<Pending[]>([]);
  stream = $state<StreamState>('connecting');
  /** Whether the history has been received, so that "nothing here" can be told from "not yet". */
  loaded = $state(false);
  /** The plan whose decision is on its way or has just been taken. */
  decidingPlanId = $state<string | null>(null);
  call = $state.raw<LiveCall | null>(null);

  readonly #hooks: ConversationHooks;
  #events: EventStream | null = null;

  constructor(id: string | null, hooks: ConversationHooks) {
    this.#hooks = hooks;
    this.id = id;
    this.loaded = id === null;
    if (id !== null) this.#open(id);
  }

  get live() {
    return liveAttempt(this.thread);
  }

  get plan() {
    return openPlan(this.thread);
  }

  /** The result that can still be acted upon: nothing has been planned or called since. */
  get lastResult(): CallResult | null {
    return this.live || this.plan ? null : latestResult(this.thread);
  }

  /** Whether an answer is being waited for. */
  get waiting(): boolean {
    const sending = this.pending.some((message) => message.state !== 'failed');
    return sending || (this.id !== null && this.loaded && this.thread.node === 'analyze_task' && this.thread.lastN > 0);
  }

  /** Whether the stream that tells the truth is down. */
  get lost(): boolean {
    return this.id !== null && this.stream === 'lost';
  }

  async say(content: string): Promise<void> {
    const message: Pending = {
      messageId: crypto.randomUUID?.() ?? `${Date.now()}-${Math.random().toString(36).slice(2)}`,
      content,
      state: 'sending',
      problem: '',
      sinceN: this.thread.lastN,
    };
    this.pending = [...this.pending, message];
    await this.#send(message.messageId);
  }

  /** Sends a failed message again, as the same message. */
  async retry(messageId: string): Promise<void> {
    this.#update(messageId, { state: 'sending', problem: '' });
    await this.#send(messageId);
  }

  discard(messageId: string): void {
    this.pending = this.pending.filter((message) => message.messageId !== messageId);
  }

  async #send(messageId: string): Promise<void> {
    const message = this.pending.find((candidate) => candidate.messageId === messageId);
    if (!message) return;
    try {
      const answer = await api.say({ message: message.content, conversation_id: this.id, message_id: messageId });
      this.#update(messageId, { state: 'sent' });
      if (this.id === null) {
        this.id = answer.conversation_id;
        this.#open(answer.conversation_id);
        this.#hooks.begun(this, answer.conversation_id);
      }
      this.#settle();
    } catch (error) {
      const known = error instanceof ApiError;
      if (!known) console.error(error);
      this.#update(messageId, { state: 'failed', problem: known ? error.message : 'The message could not be sent. Try again.' });
    }
  }

  /** Tells the engine what the user decided. `true` if it was taken. */
  async decide(planId: string, decision: Decision): Promise<boolean> {
    if (this.id === null || this.decidingPlanId === planId) return false;
    this.decidingPlanId = planId;
    try {
      await api.decide(this.id, planId, decision);
      return true;
    } catch (error) {
      this.decidingPlanId = null;
      if (decision.decision === 'change' && error instanceof ApiError && error.field) throw error;
      toasts.failed(decision.decision === 'approve' ? 'The call was not placed' : 'Your decision did not get through', error);
      return false;
    }
  }

  /** Answers a question of a call, which may be over by then. `true` if the answer was taken, or kept because it came too late. */
  async answer(asked: Asked, text: string): Promise<boolean> {
    if (this.id === null) return false;
    try {
      await api.answer(this.id, asked.attempt, { question_id: asked.question.id, text });
      return true;
    } catch (error) {
      const late = error instanceof ApiError && TOO_LATE.has(error.code);
      toasts.failed(late ? 'Your answer came too late' : 'Your answer did not get through', error);
      return late;
    }
  }

  /** The page is (not) being looked at: a hidden page without a live call lets go of its connections, of which a browser has few. */
  visible(shown: boolean): void {
    this.call?.visible(shown);
    if (shown || this.live) this.#events?.resume();
    else this.#events?.pause();
  }

  /** Tries to reconnect at once. */
  reconnect(): void {
    this.#events?.resume();
    this.call?.visible(true);
  }

  close(): void {
    this.#events?.close();
    this.call?.close();
    this.call = null;
  }

  #open(id: string): void {
    this.#events = new EventStream({
      url: streams.conversation(id),
      onState: (state) => (this.stream = state),
      onMessage: (message) => this.#receive(JSON.parse(message.data) as NumberedConversationEvent),
      onRefused: (error) => (error.status === 404 ? this.#hooks.missing() : toasts.failed('This conversation could not be opened', error)),
    });
    this.#events.resume();
  }

  #receive(numbered: NumberedConversationEvent): void {
    this.thread = follow(this.thread, numbered);
    this.loaded = true;
    const { event } = numbered;
    if (event.type === 'message' && event.message.role === 'user') this.#arrived(event.message.content);
    if (event.type === 'plan_closed' && event.plan_id === this.decidingPlanId) this.decidingPlanId = null;
    if (event.type === 'call' || event.type === 'call_ended') this.#followCall();
    this.#settle();
    this.#hooks.moved();
  }

  #arrived(content: string): void {
    const at = this.pending.findIndex((message) => message.content.trim() === content.trim());
    if (at >= 0) this.pending = this.pending.toSpliced(at, 1);
  }

  /** An answered message whose echo reads differently would otherwise stay for ever. */
  #settle(): void {
    const answered = (since: number) =>
      this.thread.items.some((item) => item.kind === 'message' && item.message.role === 'assistant' && item.n > since);
    if (this.pending.some((message) => message.state === 'sent' && answered(message.sinceN))) {
      this.pending = this.pending.filter((message) => message.state !== 'sent' || !answered(message.sinceN));
    }
  }

  #followCall(): void {
    const { live } = this;
    if (this.call && this.call.attempt !== live?.attempt) {
      this.call.close();
      this.call = null;
    }
    if (live && this.id !== null && !this.call) this.call = new LiveCall(this.id, live);
    if (live) this.call?.progress(live);
  }

  #update(messageId: string, change: Partial<Pending>): void {
    this.pending = this.pending.map((message) => (message.messageId === messageId ? { ...message, ...change } : message));
  }
}
