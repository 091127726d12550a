import { describe, expect, it } from 'vitest';
import { follow, latestResult, liveAttempt, newThread, openPlan, openQuestion, planOf, untold, type Thread } from '../../src/lib/thread.ts';
import { badge, mayTryAgain } from '../../src/lib/words.ts';
import type { Attempt, CallResult, CallStage, ConversationEvent, Plan, QuestionEnd } from '../../src/types/api.ts';

const AT = '2026-11-21T12:00:00Z';
const plan = (plan_id: string, attempt = 1) => ({ plan_id, attempt }) as Plan;
const result = (attempt: number, status: CallResult['status'] = 'completed') =>
  ({ attempt, status, outcome: { status: 'achieved', facts: [] } }) as unknown as CallResult;
const call = (stage: CallStage, attempt = 1): ConversationEvent => ({
  type: 'call',
  call: { attempt, target_phone_number: '+14155550142', order_id: null, call_sid: null, stage, started_at: AT, result: null } satisfies Attempt,
});
const after = (...events: ConversationEvent[]): Thread =>
  events.reduce((thread, event, index) => follow(thread, { n: index + 1, at: AT, event }), newThread());
const kinds = (thread: Thread) => thread.items.map((item) => item.kind);

describe('a conversation', () => {
  it('takes each event once, however often it is sent', () => {
    const message: ConversationEvent = { type: 'message', message: { role: 'user', content: 'Hello', at: AT } };
    const once = after(message);
    expect(follow(once, { n: 1, at: AT, event: message })).toBe(once);
    expect(follow(once, { n: 2, at: AT, event: message }).items).toHaveLength(2);
  });

  it('has a plan open until it is closed', () => {
    const waiting = after({ type: 'plan', plan: plan('p_1') });
    expect(openPlan(waiting)?.plan_id).toBe('p_1');
    const closed = after({ type: 'plan', plan: plan('p_1') }, { type: 'plan_closed', plan_id: 'p_1', how: 'changed' });
    expect(openPlan(closed)).toBeNull();
    expect(closed.items[0]).toMatchObject({ kind: 'plan', closed: 'changed' });
  });

  it('has one note for a call, which moves on', () => {
    const thread = after(call('queued'), call('ringing'), call('dialling'));
    expect(kinds(thread)).toEqual(['call']);
    expect(liveAttempt(thread)?.stage).toBe('ringing');
  });

  it('has no live call once the result is there', () => {
    const thread = after({ type: 'plan', plan: plan('p_1') }, call('connected'), { type: 'call_ended', attempt: 1, result: result(1) });
    expect(kinds(thread)).toEqual(['plan', 'call', 'result']);
    expect(liveAttempt(thread)).toBeNull();
    expect(latestResult(thread)?.attempt).toBe(1);
    expect(thread.items[2]).toMatchObject({ plan: { plan_id: 'p_1' } });
  });

  it('shows a result that was told twice once', () => {
    const ended: ConversationEvent = { type: 'call_ended', attempt: 1, result: result(1) };
    expect(kinds(after(call('connected'), ended, ended))).toEqual(['call', 'result']);
  });

  it('follows a second attempt by itself', () => {
    const thread = after(call('connected'), { type: 'call_ended', attempt: 1, result: result(1, 'busy') }, call('queued', 2));
    expect(liveAttempt(thread)?.attempt).toBe(2);
  });

  it('shows a result of a call that was never begun', () => {
    expect(kinds(after({ type: 'call_ended', attempt: 1, result: result(1, 'failed') }))).toEqual(['result']);
  });
});

describe('a question from a call', () => {
  const asked: ConversationEvent = {
    type: 'question',
    attempt: 1,
    question: { id: 'q1', question: 'Thin or thick?', choices: [], time_limit_s: 30 },
    until: AT,
  };
  const closed = (how: QuestionEnd, answer: string | null = null): ConversationEvent => ({ type: 'question_closed', attempt: 1, id: 'q1', how, answer });

  it('keeps what closed it when an answer comes too late, and the answer once', () => {
    const thread = after(asked, closed('call_ended'), closed('too_late', 'thin'), closed('too_late', 'thin'), closed('too_late', 'thick'));
    expect(thread.items[0]).toMatchObject({ closed: 'call_ended', answer: null, late: ['thin', 'thick'] });
    expect(untold(thread, 1)).toEqual([
      { question: 'Thin or thick?', answer: 'thin' },
      { question: 'Thin or thick?', answer: 'thick' },
    ]);
    expect(untold(thread, 2)).toEqual([]);
  });

  it('is not open any more once an answer was too late', () => {
    expect(openQuestion(after(asked, closed('too_late', 'thin')))).toBeNull();
  });
});

describe('words', () => {
  it('a list line tells done from failed', () => {
    const tone = (call_disposition: CallResult['status'] | null, call_outcome_status: 'achieved' | 'unknown' | null) =>
      badge({ node: 'report_result', call_disposition, call_outcome_status });
    expect(tone('completed', 'achieved')).toEqual({ tone: 'done', word: 'Done' });
    expect(tone('busy', 'unknown')).toEqual({ tone: 'failed', word: 'The line was busy' });
    expect(tone(null, null).tone).toBe('done');
  });

  it('trying again is for calls that did not get through', () => {
    expect(mayTryAgain(result(1, 'completed'))).toBe(false);
    expect((['busy', 'no-answer', 'failed', 'voicemail', 'canceled', 'unknown'] as const).every((one) => mayTryAgain(result(1, one)))).toBe(true);
  });
});

describe('a plan that may be tried again', () => {
  const policy = { ...plan('p_1'), retry: { times: 2, every_s: 600 } } as Plan;
  const approved: ConversationEvent[] = [{ type: 'plan', plan: policy }, { type: 'plan_closed', plan_id: 'p_1', how: 'approved' }];

  it('is the plan of every try, and of none beyond', () => {
    const thread = after(...approved);
    expect([1, 2, 3, 4].map((attempt) => planOf(thread, attempt)?.plan_id)).toEqual(['p_1', 'p_1', 'p_1', undefined]);
    const other = after(...approved, { type: 'plan', plan: plan('p_2', 2) });
    expect(planOf(other, 2)?.plan_id).toBe('p_2');
  });

  it('tells when the next try is, until none waits', () => {
    const next = { at: AT, left: 2 };
    expect(after({ type: 'next_try', next }).nextTry).toEqual(next);
    expect(after({ type: 'next_try', next }, { type: 'next_try', next: null }).nextTry).toBeNull();
  });
});
