import type {
  Attempt,
  CallResult,
  ConversationEvent,
  Message,
  NextTry,
  Node,
  NumberedConversationEvent,
  Plan,
  PlanClosed,
  QuestionEnd,
  UserQuestion,
} from '../types/api.ts';
import { later } from './call.ts';

/** Something that stands in the thread. `n` is the number of the event that put it there, and never changes. */
export type Item =
  | { kind: 'message'; n: number; at: string; message: Message }
  | { kind: 'plan'; n: number; at: string; plan: Plan; closed: PlanClosed | null }
  | { kind: 'call'; n: number; at: string; call: Attempt }
  | Asked
  | { kind: 'result'; n: number; at: string; result: CallResult; plan: Plan | null };

/** A question from a live call; `closed` is `null` while it can be answered. */
export interface Asked {
  kind: 'question';
  n: number;
  at: string;
  attempt: number;
  question: UserQuestion;
  /** Until when it can be answered. */
  until: string;
  closed: QuestionEnd | null;
  answer: string | null;
  /** Answers that came when it was closed; they have not been told them. */
  late: readonly string[];
}

/** A conversation as its events tell it. */
export interface Thread {
  title: string;
  node: Node;
  items: readonly Item[];
  /** The try that waits for its time, if one does. */
  nextTry: NextTry | null;
  /** The number of the last event. */
  lastN: number;
}

export function newThread(): Thread {
  return { title: '', node: 'analyze_task', items: [], nextTry: null, lastN: 0 };
}

/** The conversation after one more event; an event that is already in it changes nothing. */
export function follow(thread: Thread, numbered: NumberedConversationEvent): Thread {
  if (numbered.n <= thread.lastN) return thread;
  return { ...thread, lastN: numbered.n, ...changed(thread, numbered.n, numbered.at, numbered.event) };
}

function changed(thread: Thread, n: number, at: string, event: ConversationEvent): Partial<Thread> {
  switch (event.type) {
    case 'message':
      return { items: [...thread.items, { kind: 'message', n, at: event.message.at, message: event.message }] };
    case 'title':
      return { title: event.title };
    case 'node':
      return { node: event.node };
    case 'plan':
      return { items: [...thread.items, { kind: 'plan', n, at, plan: event.plan, closed: null }] };
    case 'plan_closed':
      return {
        items: thread.items.map((item) =>
          item.kind === 'plan' && item.plan.plan_id === event.plan_id ? { ...item, closed: event.how } : item,
        ),
      };
    case 'call':
      return { items: withCall(thread.items, n, at, event.call) };
    case 'question': {
      const { attempt, question, until } = event;
      return { items: [...thread.items, { kind: 'question', n, at, attempt, question, until, closed: null, answer: null, late: [] }] };
    }
    case 'question_closed':
      return {
        items: thread.items.map((item) =>
          item.kind === 'question' && item.attempt === event.attempt && item.question.id === event.id
            ? { ...item, ...end(item, event.how, event.answer ?? null) }
            : item,
        ),
      };
    case 'next_try':
      return { nextTry: event.next };
    case 'call_ended':
      return { items: withResult(thread.items, n, at, event.attempt, event.result) };
  }
}

/** A late answer is put beside what closed the question; it did not close it. */
function end(asked: Asked, how: QuestionEnd, answer: string | null): Partial<Asked> {
  if (how !== 'too_late') return { closed: how, answer };
  const closed = asked.closed ?? 'timed_out';
  return answer === null || asked.late.includes(answer) ? { closed } : { closed, late: [...asked.late, answer] };
}

function withCall(items: readonly Item[], n: number, at: string, call: Attempt): readonly Item[] {
  const known = items.find((item) => item.kind === 'call' && item.call.attempt === call.attempt);
  if (!known || known.kind !== 'call') return [...items, { kind: 'call', n, at, call }];
  const merged = { ...call, stage: later(known.call.stage, call.stage), result: call.result ?? known.call.result };
  return items.map((item) => (item === known ? { ...known, call: merged } : item));
}

function withResult(items: readonly Item[], n: number, at: string, attempt: number, result: CallResult): readonly Item[] {
  if (items.some((item) => item.kind === 'result' && item.result.attempt === attempt)) return items;
  const ended = items.map((item) =>
    item.kind === 'call' && item.call.attempt === attempt ? { ...item, call: { ...item.call, stage: 'ended' as const, result } } : item,
  );
  return [...ended, { kind: 'result', n, at, result, plan: planIn(ended, attempt) }];
}

/** The attempt that is under way, if one is. */
export function liveAttempt(thread: Thread): Attempt | null {
  const last = thread.items.findLast((item) => item.kind === 'call');
  return last?.kind === 'call' && last.call.stage !== 'ended' && last.call.result === null ? last.call : null;
}

/** The question of a live call that waits for its answer, if one does. */
export function openQuestion(thread: Thread): Asked | null {
  const last = thread.items.findLast((item) => item.kind === 'question');
  return last?.kind === 'question' && last.closed === null ? last : null;
}

/** What the callee of an attempt has not been told, because it came too late. */
export function untold(thread: Thread, attempt: number): readonly { question: string; answer: string }[] {
  return thread.items.flatMap((item) =>
    item.kind === 'question' && item.attempt === attempt ? item.late.map((answer) => ({ question: item.question.question, answer })) : [],
  );
}

/** The plan that waits for its approval, if one does. */
export function openPlan(thread: Thread): Plan | null {
  const last = thread.items.findLast((item) => item.kind === 'plan');
  return last?.kind === 'plan' && last.closed === null ? last.plan : null;
}

/** The plan that an attempt was approved with: its own, or an earlier one that may be tried again. */
export function planOf(thread: Thread, attempt: number): Plan | null {
  return planIn(thread.items, attempt);
}

function planIn(items: readonly Item[], attempt: number): Plan | null {
  const own = (tries: number) => (item: Item) =>
    item.kind === 'plan' && item.plan.attempt <= attempt && attempt <= item.plan.attempt + (item.plan.retry?.times ?? 0) * tries;
  const plan = items.findLast(own(0)) ?? items.findLast((item) => own(1)(item) && item.kind === 'plan' && item.closed === 'approved');
  return plan?.kind === 'plan' ? plan.plan : null;
}

/** The latest result, if a call has ended. */
export function latestResult(thread: Thread): CallResult | null {
  const last = thread.items.findLast((item) => item.kind === 'result');
  return last?.kind === 'result' ? last.result : null;
}
