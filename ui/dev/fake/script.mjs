// The canned task: what the user is asked, what is planned, and what is said on the telephone.

export const NUMBER = '+14155550142';
export const CALLEE = 'Tony’s Pizza';

export const ABOUT = {
  version: '0.1.0',
  simulated: true,
  phone: null,
  suggestions: [
    { title: 'Order a pizza', message: 'Order a large pepperoni pizza for delivery from Tony’s Pizza' },
    { title: 'Book a table', message: 'Book a table for four at Harbor Grill on Saturday at 7 pm' },
    { title: 'Ask a shop', message: 'Ask Corner Café whether they have oat milk' },
    { title: 'Run an errand by phone', message: 'Call my landlord and ask when the heating will be repaired' },
  ],
};

/** The questions, one by one, and the names of the details that their answers fill. */
export const QUESTIONS = [
  { name: 'target_phone_number', text: 'I can order that for you. What is the phone number of Tony’s Pizza?' },
  { name: 'delivery_address', text: 'Where should the pizza be delivered?' },
  { name: 'user_name', text: 'And what name should I order under?' },
];

export const DETAILS = {
  item: 'pepperoni pizza',
  size: 'large',
  quantity: '1',
  fulfilment: 'delivery',
  delivery_address: '12 Harbor Street, apartment 4',
  user_name: 'Maria Lopez',
};

export const FACTS_WANTED = [
  { name: 'total', question: 'What is the total?' },
  { name: 'ready_time', question: 'When will it be here?' },
];

/** What is said. `startMs` counts from the beginning of the media stream; `heard` is given where the agent is cut off. */
export const LINES = [
  { speaker: 'callee', startMs: 300, endMs: 1900, text: 'Tony’s Pizza, how can I help you?' },
  {
    speaker: 'agent',
    startMs: 2500,
    endMs: 9200,
    text: 'Hello, I am an AI assistant calling for Maria Lopez. I would like to order a large pepperoni pizza for delivery.',
  },
  { speaker: 'callee', startMs: 9900, endMs: 11_600, text: 'Sure. What’s the address?' },
  {
    speaker: 'agent',
    startMs: 12_200,
    endMs: 16_400,
    text: 'It is 12 Harbor Street, apartment 4. The entrance is around the corner, next to the bakery.',
    heard: 'It is 12 Harbor Street, apartment 4. The entrance',
  },
  { speaker: 'callee', startMs: 16_300, endMs: 20_100, text: 'Yeah, we know the building. So that’s twenty-two fifty in total.' },
  { speaker: 'agent', startMs: 20_800, endMs: 23_600, text: 'Thank you. And when will it be there?' },
  { speaker: 'callee', startMs: 24_300, endMs: 26_000, text: 'That’ll be thirty minutes.' },
  { speaker: 'agent', startMs: 26_700, endMs: 31_500, text: 'Thirty minutes, and twenty-two fifty. Thank you very much, goodbye!' },
];

export const DISCLOSED_AT_MS = 4100;
/** Callee stops → our answer, after each of the callee's lines. */
export const TURN_LATENCY_MS = [600, 610, 700, 690];

export const transcript = () =>
  LINES.map((line, at) => ({
    line: at + 1,
    speaker: line.speaker,
    text: line.text,
    heard: line.heard ?? line.text,
    interrupted: line.heard !== undefined,
    start_ms: line.startMs,
    end_ms: line.endMs,
  }));

const FACTS = [
  { name: 'total', value: '$22.50', evidence: { line: 5, quote: 'So that’s twenty-two fifty in total', at_ms: 17_600 } },
  { name: 'ready_time', value: '30 minutes', evidence: { line: 7, quote: 'That’ll be thirty minutes', at_ms: 24_300 } },
  { name: 'payment', value: 'Cash to the driver', evidence: null },
];

/** What was recorded of a recorded call. */
export const RECORDING = { seconds: 32, channels: 2, bytes: 58 + 32 * 16_000, stopped: null };

/** Facts of which one was corrected, one confirmed and one contradicted. */
const DISPUTED = [
  {
    name: 'total',
    value: '$22.50',
    evidence: { line: 5, quote: 'So that’s twenty-two fifty in total', at_ms: 17_600 },
    confirms: null,
    contradictions: [
      { by: 'callee', value: '$20', evidence: { line: 3, quote: 'twenty', at_ms: 9_000 } },
      { by: 'report', value: '$20', evidence: null },
    ],
  },
  {
    name: 'ready_time',
    value: '30 minutes',
    evidence: { line: 7, quote: 'That’ll be thirty minutes', at_ms: 24_300 },
    confirms: { line: 6, quote: '30 minutes', at_ms: 20_000 },
    contradictions: [],
  },
  { name: 'payment', value: 'Cash to the driver', evidence: null, confirms: null, contradictions: [] },
];
const PROMISES = [
  { by: 'callee', refused: false, evidence: { line: 7, quote: 'That’ll be thirty minutes', at_ms: 24_300 } },
  { by: 'agent', refused: true, evidence: { line: 4, quote: 'I can’t answer that', at_ms: 12_300 } },
];
const NEXT_STEPS = [{ text: 'Expect the delivery in 30 minutes, counted from the call', evidence: { line: 7, quote: 'That’ll be thirty minutes', at_ms: 24_300 } }];

/** How a call can end; `kind` is one of the names here. */
export function result(kind, { conversationId, attempt, heardLines = LINES.length }) {
  const answered = {
    call_sid: 'CA00000000000000000000000000000042',
    order_id: `o_fake_${attempt}`,
    conversation_id: conversationId,
    attempt,
    error_message: null,
    usage: { input_text_tokens: 812, input_audio_tokens: 1490, output_text_tokens: 402, output_audio_tokens: 1210 },
  };
  const unanswered = { duration: 0, transcript: [], disclosed_at_ms: null, turn_latency_ms: [], outcome: { status: 'not_achieved', facts: [] } };
  const kinds = {
    achieved: {
      status: 'completed',
      ended_reason: 'agent_hung_up',
      duration: 32,
      summary: 'Tony’s Pizza took the order for one large pepperoni pizza to 12 Harbor Street. It costs $22.50 and arrives in about 30 minutes.',
      outcome: { status: 'achieved', facts: FACTS },
      transcript: transcript(),
      disclosed_at_ms: DISCLOSED_AT_MS,
      turn_latency_ms: TURN_LATENCY_MS,
    },
    recorded: {
      status: 'completed',
      ended_reason: 'agent_hung_up',
      duration: 32,
      summary: 'Tony’s Pizza took the order for one large pepperoni pizza to 12 Harbor Street. It costs $22.50 and arrives in about 30 minutes.',
      outcome: { status: 'achieved', facts: DISPUTED, promises: PROMISES, next_steps: NEXT_STEPS },
      transcript: transcript(),
      disclosed_at_ms: DISCLOSED_AT_MS,
      turn_latency_ms: TURN_LATENCY_MS,
      recording: RECORDING,
    },
    unconfirmed: {
      status: 'completed',
      ended_reason: 'agent_hung_up',
      duration: 32,
      summary: 'The agent ended the call after 32 s. The agent reported more than the record can prove.',
      outcome: {
        status: 'unknown',
        reported: { status: 'achieved', summary: 'The pizza is ordered.' },
        facts: FACTS.map((fact) => ({ ...fact, evidence: null })),
      },
      transcript: transcript(),
      disclosed_at_ms: DISCLOSED_AT_MS,
      turn_latency_ms: TURN_LATENCY_MS,
    },
    hung_up: {
      status: 'completed',
      ended_reason: 'user_hung_up',
      duration: 14,
      summary: 'You ended the call before the order was complete.',
      outcome: { status: 'not_achieved', facts: [] },
      transcript: transcript().slice(0, heardLines),
      disclosed_at_ms: heardLines > 1 ? DISCLOSED_AT_MS : null,
      turn_latency_ms: TURN_LATENCY_MS.slice(0, 1),
    },
    busy: {
      ...unanswered,
      status: 'busy',
      ended_reason: 'not_connected',
      summary: 'The line of Tony’s Pizza was busy, so nothing was ordered.',
    },
    failed: {
      ...unanswered,
      status: 'failed',
      ended_reason: 'voice_lost',
      summary: 'The call broke off before anybody could speak.',
      error_message: 'The voice server did not answer within 5 s. Check that it is running, then try again.',
      outcome: { status: 'unknown', facts: [] },
    },
    partly: {
      status: 'completed',
      ended_reason: 'callee_hung_up',
      duration: 21,
      summary: 'Tony’s Pizza named the price but hung up before saying when the pizza will arrive.',
      outcome: { status: 'partly', facts: FACTS.slice(0, 1) },
      transcript: transcript().slice(0, 5),
      disclosed_at_ms: DISCLOSED_AT_MS,
      turn_latency_ms: TURN_LATENCY_MS.slice(0, 2),
    },
  };
  return { ...answered, ...kinds[kind] };
}
