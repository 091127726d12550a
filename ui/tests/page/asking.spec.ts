import AxeBuilder from '@axe-core/playwright';
import type { Page, WebSocketRoute } from '@playwright/test';
import { expect, panel, test } from './fixtures.ts';
import type { FakeEngine } from '../../dev/fake-engine.mjs';

const ANSWER = '/conversations/c_demo/calls/1/answer';
const INSTRUCTION = '/conversations/c_demo/calls/1/instruction';
const card = (page: Page) => page.getByRole('region', { name: 'A question from the call' });
const sent = (engine: FakeEngine, path: string) => engine.requests.filter((request) => request.path === path).map((request) => request.body);

// A busy machine opens two tabs, a microphone and an accessibility check slowly.
test.describe.configure({ timeout: 120_000 });

function ask(engine: FakeEngine, id = 'q1', seconds = 30) {
  const until = new Date(Date.now() + seconds * 1000).toISOString();
  const question = { id, question: 'They ask: "Thin or thick crust?"', choices: ['thin', 'thick crust'], time_limit_s: seconds };
  engine.conversations.get('c_demo').add({ type: 'question', attempt: 1, question, until });
}

function close(engine: FakeEngine, how: string, id = 'q1') {
  engine.conversations.get('c_demo').add({ type: 'question_closed', attempt: 1, id, how });
}

test('a question from the call is a card, and a choice answers it', async ({ page, open, context }, info) => {
  const engine = await open('live');
  const other = await context.newPage();
  await other.goto(page.url());
  ask(engine);
  await expect(card(page).getByRole('heading')).toHaveText('They ask: "Thin or thick crust?"');
  await expect(card(page).getByRole('timer')).toHaveText(/^0:(2\d|30) left$/);
  await expect(card(other)).toBeVisible();
  await page.screenshot({ path: info.outputPath('question-light.png') });
  const accessible = await new AxeBuilder({ page }).include('[data-question]').include('section[aria-label="Live call"]').analyze();
  expect(accessible.violations.map((violation) => violation.id)).toEqual([]);
  await page.reload();
  const thin = card(page).getByRole('button', { name: 'thin', exact: true });
  await expect(thin).toBeVisible();
  expect((await thin.boundingBox())?.height).toBeGreaterThanOrEqual(44);
  await thin.dblclick();
  for (const tab of [page, other]) await expect(card(tab).getByRole('status')).toHaveText('Answered: thin');
  expect(sent(engine, ANSWER)).toEqual([{ question_id: 'q1', text: 'thin' }]);
});

test('any other answer is typed, by keyboard alone', async ({ page, open }) => {
  const engine = await open('live');
  ask(engine);
  await card(page).getByRole('button', { name: 'thick crust' }).focus();
  await page.keyboard.press('Tab');
  await page.keyboard.type('stuffed');
  await page.keyboard.press('Enter');
  await expect(card(page).getByRole('status')).toHaveText('Answered: stuffed');
  expect(sent(engine, ANSWER)).toEqual([{ question_id: 'q1', text: 'stuffed' }]);
});

test('a question that timed out cannot be answered any more', async ({ page, open }) => {
  const engine = await open('live');
  ask(engine);
  await expect(card(page).getByLabel('Your answer')).toBeVisible();
  close(engine, 'timed_out');
  await expect(card(page).getByText('the agent went on without it')).toBeVisible();
  await expect(card(page).getByRole('button')).toHaveCount(0);
});

test('words that were being typed when the time ran out are kept, and nobody is said to have heard them', async ({ page, open }, info) => {
  const engine = await open('live');
  ask(engine);
  const field = card(page).getByLabel('Your answer');
  await field.fill('stuffed, please');
  close(engine, 'timed_out');
  const unsent = card(page).getByLabel('Your answer, which was not sent');
  await expect(unsent).toHaveValue('stuffed, please');
  await card(page).getByRole('button', { name: 'Keep it' }).click();
  const status = card(page).getByRole('status');
  await expect(status).toHaveText(/the agent went on without it\.\s+You answered too late: “stuffed, please”\. They have not been told it\./);
  await expect(unsent).toHaveCount(0);
  engine.conversations.get('c_demo').calls.get(1).hangUp();
  const result = page.getByRole('region', { name: 'Result of the call' });
  await expect(result.getByText('Tell them “stuffed, please”')).toBeVisible();
  await page.reload();
  await expect(status).toContainText('They have not been told it.');
  await expect(result.getByText('Tell them “stuffed, please”')).toBeVisible();
  await page.screenshot({ path: info.outputPath('late-answer.png') });
  const accessible = await new AxeBuilder({ page }).include('[data-question]').analyze();
  expect(accessible.violations.map((violation) => violation.id)).toEqual([]);
});

test('an answer that was refused can be given again', async ({ page, open }) => {
  const engine = await open('live');
  ask(engine);
  engine.refuseNext('POST', ANSWER, 409, { code: 'call_overloaded', message: 'the call cannot keep up; try again' });
  await card(page).getByRole('button', { name: 'thin', exact: true }).click();
  await expect(page.getByText('the call cannot keep up; try again')).toBeVisible();
  await card(page).getByRole('button', { name: 'thin', exact: true }).click();
  await expect(card(page).getByRole('status')).toHaveText('Answered: thin');
});

test('an instruction is typed on the live call', async ({ page, open }) => {
  const engine = await open('live');
  const field = panel(page).getByLabel('Tell the agent what to do');
  await field.fill('ask if they have gluten-free');
  await field.press('Enter');
  await expect(panel(page).getByText('The agent is told: ask if they have gluten-free')).toBeVisible();
  await expect(field).toHaveValue('');
  expect(sent(engine, INSTRUCTION)).toMatchObject([{ text: 'ask if they have gluten-free' }]);
});

test.describe('on a dark phone', () => {
  test.use({ colorScheme: 'dark', viewport: { width: 390, height: 844 } });
  test('the card and the field are there', async ({ page, open }, info) => {
    const engine = await open('live');
    ask(engine);
    await expect(card(page).getByRole('button', { name: 'thin', exact: true })).toBeVisible();
    await expect(panel(page).getByLabel('Tell the agent what to do')).toBeVisible();
    await page.screenshot({ path: info.outputPath('question-dark-phone.png') });
    const accessible = await new AxeBuilder({ page }).include('[data-question]').include('section[aria-label="Live call"]').analyze();
    expect(accessible.violations.map((violation) => violation.id)).toEqual([]);
  });
});

test.describe('taking over by voice', () => {
  /** A microphone that hums, and a server that keeps what it is sent. */
  async function microphone(page: Page) {
    const heard = { frames: 0, words: [] as string[], closed: 0, socket: null as WebSocketRoute | null };
    await page.addInitScript(() => {
      navigator.mediaDevices.getUserMedia = async () => {
        const context = new AudioContext();
        const hum = new OscillatorNode(context, { frequency: 300 });
        const into = new MediaStreamAudioDestinationNode(context);
        hum.connect(into);
        hum.start();
        return into.stream;
      };
    });
    await page.routeWebSocket('**/calls/1/voice', (socket) => {
      heard.socket = socket;
      socket.onMessage((message) => {
        if (typeof message === 'string') heard.words.push(message);
        else heard.frames += 1;
        if (message === 'hand_back') void socket.close({ code: 1000, reason: 'handed_back' });
      });
      socket.onClose(() => (heard.closed += 1));
    });
    return heard;
  }

  test('the microphone goes to the call until it is handed back', async ({ page, open }, info) => {
    const heard = await microphone(page);
    const engine = await open('live');
    const call = engine.conversations.get('c_demo').calls.get(1);
    await panel(page).getByRole('button', { name: 'Take over' }).click();
    await expect(panel(page).getByRole('button', { name: 'Hand back' })).toBeVisible();
    call.tell({ type: 'taken_over', on: true });
    await expect(panel(page).getByText('You have the call')).toBeVisible();
    await expect.poll(() => heard.frames, { message: 'the voice is sent' }).toBeGreaterThan(25);
    await expect(panel(page).getByRole('button', { name: 'Listening in' }), 'the other side is heard').toBeVisible();
    await page.screenshot({ path: info.outputPath('taken-over.png') });
    await panel(page).getByRole('button', { name: 'Hand back' }).click();
    call.tell({ type: 'taken_over', on: false });
    await expect(panel(page).getByRole('button', { name: 'Take over' })).toBeVisible();
    await expect(panel(page).getByText('You have the call')).toHaveCount(0);
    expect(heard.words).toEqual(['hand_back']);
    const before = heard.frames;
    await page.waitForFunction(() => new Promise((resolve) => setTimeout(() => resolve(true), 200)));
    expect(heard.frames, 'the microphone is off').toBe(before);
  });

  test('a call that another window has cannot be taken over', async ({ page, open }) => {
    await microphone(page);
    const engine = await open('live');
    engine.conversations.get('c_demo').calls.get(1).tell({ type: 'taken_over', on: true });
    await expect(panel(page).getByRole('button', { name: 'Taken over' })).toBeDisabled();
  });

  test('a call that was refused says why', async ({ page, open }) => {
    const heard = await microphone(page);
    await open('live');
    await panel(page).getByRole('button', { name: 'Take over' }).click();
    await expect.poll(() => heard.frames).toBeGreaterThan(0);
    await heard.socket?.close({ code: 1000, reason: 'taken_over' });
    await expect(page.getByText('Somebody has taken this call over in another window.')).toBeVisible();
    await expect(panel(page).getByRole('button', { name: 'Take over' })).toBeVisible();
  });
});
