// The states in which the fake engine can be started.
import { Conversation } from './conversation.mjs';
import { CALLEE } from './script.mjs';

const REQUEST = `Order a large pepperoni pizza for delivery from ${CALLEE}`;
/** The middle of the fifth line: everything from ringing to an interruption has happened. */
const LATE_MS = 20_400;

const asked = async (conversation) => {
  await conversation.say(REQUEST);
};
const planned = async (conversation) => {
  await asked(conversation);
  await conversation.say('+1 415 555 0142');
  await conversation.say('12 Harbor Street, apartment 4');
  await conversation.say('Maria Lopez');
};
const called = async (conversation) => {
  await planned(conversation);
  conversation.approve();
};

/** What each scene does to the conversation `c_demo`, and with which options. */
export const SCENES = {
  /** Nothing has happened yet. */
  empty: null,
  /** A question waits for its answer. */
  asking: { play: asked },
  /** A summary waits to be confirmed. */
  plan: { play: planned },
  /** As `plan`, but it runs out soon. */
  expiring: { play: planned, planExpiresMs: 3000 },
  /** A call in full swing that stands still, but for its levels. */
  live: { play: called, fromMs: LATE_MS, holdAtMs: LATE_MS },
  /** A call that has just been answered and goes on by itself. */
  connected: { play: called, fromMs: 2500 },
  /** The phone rings and rings. */
  ringing: { play: called, fromMs: 2000, holdAtMs: 2000 },
  result: { play: called, fromMs: 60_000 },
  /** A result with a recording, contradictions, promises and next steps. */
  recorded: { play: called, fromMs: 60_000, ending: 'recorded' },
  /** A success that the agent reported and nobody was heard to say. */
  unconfirmed: { play: called, fromMs: 60_000, ending: 'unconfirmed' },
  partly: { play: called, fromMs: 60_000, ending: 'partly' },
  busy: { play: called, fromMs: 60_000, ending: ['busy'] },
  /** A busy line that is tried again by itself. */
  retrying: { play: called, fromMs: 60_000, ending: ['busy', 'busy'], retry: { times: 2, every_s: 600 } },
  failed: { play: called, fromMs: 60_000, ending: ['failed'] },
  /** Several conversations in every state. */
  history: { play: planned, others: true },
};

export async function setScene(name, conversations, options) {
  const scene = SCENES[name];
  if (scene === undefined) throw new Error(`there is no scene “${name}”; there are ${Object.keys(SCENES).join(', ')}`);
  if (scene === null) return;
  const { play, others, ...own } = scene;
  if (others) await addOthers(conversations, options);
  const conversation = new Conversation('c_demo', { ...options, ...own, thinkMs: 0 });
  conversations.set(conversation.id, conversation);
  await play(conversation);
}

async function addOthers(conversations, options) {
  const past = [
    ['c_done', 'Order sushi for two', called, { ending: 'achieved' }],
    ['c_busy', 'Ask the pharmacy about opening hours', called, { ending: 'busy' }],
    ['c_part', 'Book a table at Harbor Grill', called, { ending: 'partly' }],
    ['c_asks', 'Call my landlord about the heating', asked, {}],
    ['c_live', 'Order flowers for Friday', called, { ending: 'achieved', fromMs: LATE_MS, holdAtMs: LATE_MS }],
  ];
  for (const [id, title, play, own] of past) {
    const conversation = new Conversation(id, { ...options, fromMs: 60_000, ...own, thinkMs: 0 });
    conversations.set(id, conversation);
    conversation.add({ type: 'title', title });
    await play(conversation);
  }
}
