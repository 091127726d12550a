import type {
  AgentState,
  AnsweredBy,
  CallResult,
  CallStage,
  ConversationSummary,
  Disposition,
  EndedReason,
  Node,
  OnMachine,
  OutcomeStatus,
  PlanClosed,
  RetryPolicy,
  TroubleMet,
} from '../types/api.ts';
import { span } from './format.ts';

/** The outcome, first and in words. */
export const OUTCOME: Record<OutcomeStatus, string> = {
  achieved: 'Achieved',
  partly: 'Partly achieved',
  not_achieved: 'Not achieved',
  unknown: 'Outcome unknown',
};

/** How the telephone call itself went. */
export const DISPOSITION: Record<Disposition, string> = {
  completed: 'Answered',
  busy: 'The line was busy',
  'no-answer': 'Nobody answered',
  canceled: 'Stopped before it was answered',
  failed: 'The call could not be completed',
  voicemail: 'A machine answered',
  unknown: 'Unclear whether the phone rang',
};

/** How the call ended. */
export const ENDED: Record<EndedReason, string> = {
  agent_hung_up: 'Ringback said goodbye and hung up',
  callee_hung_up: 'The other side hung up',
  user_hung_up: 'You hung up',
  not_connected: 'It was never connected',
  carrier_refused: 'The phone carrier refused the call',
  silence: 'Nobody spoke for too long',
  time_limit: 'It reached its time limit',
  cost_limit: 'It reached the most that it may cost',
  hold_limit: 'It was on hold for too long',
  menu_limit: 'Their telephone menu could not be got past',
  carrier_lost: 'The connection to the phone carrier broke off',
  voice_lost: 'The voice model could not be reached',
  shutdown: 'Ringback was shut down',
  machine_answered: 'A machine answered',
};

/** Who answered, where that is worth saying. */
export const ANSWERED_BY: Record<AnsweredBy, string | null> = {
  human: null,
  voicemail: 'Voicemail',
  screener: 'Call screener',
  fax: 'Fax machine',
  unknown: null,
};

/** How something that broke was met; nothing is said of a session that was changed before anybody could notice. */
export const TROUBLE_MET: Record<TroubleMet, string | null> = {
  reconnected: 'The voice was reconnected',
  swapped: null,
  other_voice: 'Another voice took over',
  waited: 'The voice had to wait',
  brought_back: 'The line was brought back',
  not_met: 'The voice was lost',
};

/** The stages of a call, in their order. */
export const STAGES: readonly { stage: CallStage; word: string }[] = [
  { stage: 'queued', word: 'Queued' },
  { stage: 'dialling', word: 'Dialling' },
  { stage: 'ringing', word: 'Ringing' },
  { stage: 'connected', word: 'Connected' },
  { stage: 'ended', word: 'Ended' },
];

export const AGENT: Record<AgentState, string> = {
  listening: 'Listening',
  thinking: 'Thinking',
  speaking: 'Speaking',
  on_hold: 'On hold',
};

/** How a plan that can no longer be approved ended. */
export const CLOSED: Record<PlanClosed, string> = {
  approved: 'You confirmed this call',
  changed: 'You changed this; see the new summary below',
  cancelled: 'You cancelled this; nothing was dialled',
  expired: 'This expired; nothing was dialled',
};

/** What a conversation's line in the list says, and how it looks. */
export interface Badge {
  tone: 'live' | 'waiting' | 'done' | 'failed' | 'quiet';
  word: string;
}

/** Where a conversation stands, for the list. */
export function badge(of: Pick<ConversationSummary, 'node' | 'call_disposition' | 'call_outcome_status'>): Badge {
  const nodes: Record<Node, Badge> = {
    analyze_task: { tone: 'quiet', word: 'Thinking' },
    ask_for_details: { tone: 'waiting', word: 'Waiting for your answer' },
    confirm_task: { tone: 'waiting', word: 'Waiting for your yes' },
    trigger_call: { tone: 'live', word: 'Placing the call' },
    await_result: { tone: 'live', word: 'On a call' },
    await_retry: { tone: 'waiting', word: 'Will try again' },
    report_result: reported(of.call_disposition, of.call_outcome_status),
    cancelled: { tone: 'quiet', word: 'Cancelled' },
  };
  return nodes[of.node];
}

function reported(disposition: Disposition | null, outcome: OutcomeStatus | null): Badge {
  switch (outcome) {
    case 'achieved':
      return { tone: 'done', word: 'Done' };
    case 'partly':
      return { tone: 'done', word: 'Partly done' };
    case 'not_achieved':
    case 'unknown':
      if (disposition && disposition !== 'completed') return { tone: 'failed', word: DISPOSITION[disposition] };
      return { tone: 'failed', word: OUTCOME[outcome] };
    case null:
    case undefined:
      return { tone: 'done', word: 'Reported' };
  }
}

/** Whether the call did not get through, so that trying again makes sense. */
export function mayTryAgain(result: CallResult): boolean {
  return result.status !== 'completed';
}

/** Whether a node means that a call is being placed or is under way. */
export const isCalling = (node: Node): boolean => node === 'trigger_call' || node === 'await_result';

/** What was agreed to: `If nobody answers, tries up to 2 more times, 10 minutes apart.` */
export function retrying(policy: RetryPolicy): string {
  const apart = span(policy.every_s);
  return policy.times === 1
    ? `If nobody answers, tries once more, ${apart} later.`
    : `If nobody answers, tries up to ${policy.times} more times, ${apart} apart.`;
}

/** What was agreed to: `If a machine answers, leaves a short message.` */
export function atMachine(policy: OnMachine, retry: RetryPolicy | undefined): string {
  if (policy.voicemail === 'hang_up') {
    return `If a machine answers, hangs up without leaving a message${retry ? ', and tries again as if nobody had answered' : ''}.`;
  }
  return policy.message ? `If a machine answers, leaves the message “${policy.message}”.` : 'If a machine answers, leaves a short message.';
}
