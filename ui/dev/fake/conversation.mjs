// One conversation: asks the canned questions, sums up, calls, reports.
import { Call } from './call.mjs';
import { EventLog } from './http.mjs';
import { CALLEE, DETAILS, FACTS_WANTED, NUMBER, QUESTIONS } from './script.mjs';

const LIMITS = { answer_timeout_s: 30, silence_timeout_s: 15, call_max_s: 300, cost_max_micros: 1_200_000 };
const ESTIMATE = { currency: 'USD', minute_micros: 120_000, most_micros: 1_200_000, with_carrier: true };

export class Conversation {
  node = 'analyze_task';
  title = '';
  plan = null;
  calls = new Map();
  /** The questions of calls that cannot be answered any more. */
  closedQuestions = new Set();
  updatedAt = new Date().toISOString();
  lastResult = null;
  #log = new EventLog();
  #asked = 0;
  #details = { ...DETAILS };
  #callee = CALLEE;
  #number = NUMBER;
  #plans = 0;
  #attempts = 0;
  /** How often the approved plan may be tried again. */
  #tries = 0;
  #answers = new Map();
  #options;

  /** `options`: those of `Call`, `thinkMs` (before each answer) and `planExpiresMs`. */
  constructor(id, options = {}) {
    this.id = id;
    this.#options = { thinkMs: 500, planExpiresMs: 15 * 60_000, ...options };
  }

  get summary() {
    return {
      conversation_id: this.id,
      title: this.title,
      node: this.node,
      updated_at: this.updatedAt,
      call_disposition: this.lastResult?.status ?? null,
      call_outcome_status: this.lastResult?.outcome.status ?? null,
    };
  }

  follow(request, response) {
    this.#log.follow(request, response);
  }

  add(event, at = new Date()) {
    this.updatedAt = at.toISOString();
    this.#log.add({ n: this.#log.length + 1, at: this.updatedAt, event });
    if (event.type === 'node') this.node = event.node;
    if (event.type === 'title') this.title = event.title;
    if (event.type === 'question_closed') this.closedQuestions.add(event.id);
  }

  line(role, content, at = new Date()) {
    this.add({ type: 'message', message: { role, content, at: at.toISOString() } }, at);
  }

  /** What the user says; the same `messageId` is the same message. */
  say(content, messageId) {
    const known = messageId && this.#answers.get(messageId);
    if (known) return known;
    const answered = this.#answer(content);
    if (messageId) this.#answers.set(messageId, answered);
    return answered;
  }

  async #answer(content) {
    this.line('user', content);
    if (this.title === '') this.add({ type: 'title', title: content.replace(/ from .*/, '') });
    if (this.#tries > 0 && /^stop trying$/i.test(content)) return this.#stopTrying();
    if (this.#tries > 0 && /^try now$/i.test(content)) return this.#tryAgain();
    if (/^try again$/i.test(content)) return this.#sumUp('I can try again.');
    if (this.plan && /^(yes|go ahead)\b/i.test(content)) return this.approve();
    if (this.plan && /^no\b/i.test(content)) return this.cancel();
    this.add({ type: 'node', node: 'analyze_task' });
    await new Promise((resolve) => setTimeout(resolve, this.#options.thinkMs));
    if (this.#asked < QUESTIONS.length) return this.#ask();
    return this.#sumUp('I have everything.');
  }

  #ask() {
    const question = QUESTIONS[this.#asked];
    this.#asked += 1;
    return this.#reply('ask_for_details', question.text);
  }

  #reply(node, text) {
    this.line('assistant', text);
    this.add({ type: 'node', node });
    const plan = this.plan ? { plan_id: this.plan.plan_id } : {};
    return { response: text, conversation_id: this.id, node, ...plan };
  }

  #sumUp(preface) {
    this.#closePlan('changed');
    this.#plans += 1;
    this.plan = {
      plan_id: `p_${this.id}_${this.#plans}`,
      attempt: this.#attempts + 1,
      task_kind: 'order_food',
      target_phone_number: this.#number,
      callee_name: this.#callee,
      goal: 'order a large pepperoni pizza for delivery',
      details: { ...this.#details },
      facts_wanted: FACTS_WANTED,
      limits: LIMITS,
      ...(this.#options.retry ? { retry: this.#options.retry } : {}),
      estimate: this.#options.estimate === undefined ? ESTIMATE : this.#options.estimate,
      expires_at: new Date(Date.now() + this.#options.planExpiresMs).toISOString(),
    };
    const answer = this.#reply('confirm_task', `${preface} Please check the summary; I call once you confirm.`);
    this.add({ type: 'plan', plan: this.plan });
    return answer;
  }

  /** Jumps to the summary, as if everything had been asked. */
  prepare() {
    this.#asked = QUESTIONS.length;
    return this.#sumUp('I have everything.');
  }

  change(details) {
    const { target_phone_number: number, callee_name: callee, ...rest } = details;
    this.#number = number ?? this.#number;
    this.#callee = callee ?? this.#callee;
    Object.assign(this.#details, rest);
    return this.#sumUp('I have changed that.');
  }

  cancel() {
    this.#closePlan('cancelled');
    return this.#reply('cancelled', 'All right, I will not call. Nothing was dialled.');
  }

  #stopTrying() {
    this.#tries = 0;
    this.add({ type: 'next_try', next: null });
    return this.#reply('report_result', 'All right, I have stopped trying.');
  }

  #tryAgain() {
    this.#tries -= 1;
    this.add({ type: 'next_try', next: null });
    return this.#dial();
  }

  approve() {
    this.#tries = this.plan?.retry?.times ?? 0;
    this.#closePlan('approved');
    return this.#dial();
  }

  #dial() {
    this.#attempts += 1;
    this.add({ type: 'node', node: 'trigger_call' });
    const answer = this.#reply('await_result', `I am calling ${this.#callee} now. You can follow the call here.`);
    this.#call(this.#attempts);
    return answer;
  }

  #closePlan(how) {
    if (!this.plan) return;
    this.add({ type: 'plan_closed', plan_id: this.plan.plan_id, how });
    this.plan = null;
  }

  #call(attempt) {
    const startedAt = new Date(Date.now() - (this.#options.fromMs ?? 0)).toISOString();
    const progress = (stage) =>
      this.add({
        type: 'call',
        call: {
          attempt,
          target_phone_number: this.#number,
          order_id: `o_fake_${attempt}`,
          call_sid: 'CA00000000000000000000000000000042',
          stage,
          started_at: startedAt,
          result: null,
        },
      });
    const { ending, ...rest } = this.#options;
    const call = new Call({
      ...rest,
      ending: Array.isArray(ending) ? (ending[attempt - 1] ?? 'achieved') : ending ?? 'achieved',
      conversationId: this.id,
      attempt,
      onStage: progress,
      onResult: (result) => this.#report(attempt, result),
    });
    this.calls.set(attempt, call);
  }

  #report(attempt, result) {
    this.lastResult = result;
    this.add({ type: 'call_ended', attempt, result });
    if (this.#tries > 0 && ['busy', 'no-answer'].includes(result.status)) {
      this.add({ type: 'next_try', next: { at: new Date(Date.now() + this.#options.retry.every_s * 1000).toISOString(), left: this.#tries } });
      this.#reply('await_retry', `Task failed: ${result.summary} I try again in a while.`);
      return;
    }
    this.#reply('report_result', `${result.outcome.status === 'achieved' ? 'Task completed' : 'Task failed'}: ${result.summary}`);
  }
}
