import AxeBuilder from '@axe-core/playwright';
import type { Page, WebSocketRoute } from '@playwright/test';
import { expect, panel, test } from './fixtures.ts';

const NUMBER = '+14155550120';
const waiting = (ended: object | null = null) => ({ type: 'waiting', number: NUMBER, ended });
const ringing = (call = 'CA1') => ({ type: 'ringing', number: NUMBER, call_sid: call, from: '+14155550199' });
const inCall = (call = 'CA1') => ({ type: 'in_call', call_sid: call });

/** The simulator's end of the phone's socket. */
class Line {
  /** What the page has asked for, and how many frames it has sent. */
  asked: object[] = [];
  frames = 0;
  opened = 0;
  #socket: WebSocketRoute | null = null;

  /** `first` is what a page is told when it connects. */
  constructor(public first: object) {}

  static async of(page: Page, first: object = waiting()): Promise<Line> {
    const line = new Line(first);
    await page.routeWebSocket('**/phone/socket', (socket) => {
      line.#socket = socket;
      line.opened += 1;
      socket.onMessage((message) => {
        if (typeof message === 'string') line.asked.push(JSON.parse(message) as object);
        else if (message.length === 160) line.frames += 1;
      });
      line.tell(line.first);
    });
    return line;
  }

  tell(message: object) {
    this.#socket?.send(JSON.stringify(message));
  }

  /** A second of a tone. */
  sound() {
    const frame = Buffer.from(Uint8Array.from({ length: 160 }, (_, at) => (at % 16 < 8 ? 0x90 : 0x10)));
    for (let n = 0; n < 50; n += 1) this.#socket?.send(frame);
  }

  async cut() {
    await this.#socket?.close({ code: 1001 });
  }
}

/** Replaces the microphone: a tone, an error of that name, or an answer that never comes. */
async function microphone(page: Page, kind: 'tone' | 'never' | 'NotAllowedError' | 'NotFoundError' | 'NotReadableError') {
  await page.addInitScript((kind) => {
    navigator.mediaDevices.getUserMedia = async () => {
      if (kind === 'never') return new Promise(() => {});
      if (kind !== 'tone') throw new DOMException('no', kind);
      const context = new AudioContext();
      const oscillator = new OscillatorNode(context);
      const stream = new MediaStreamAudioDestinationNode(context);
      oscillator.connect(stream);
      oscillator.start();
      return stream.stream;
    };
  }, kind);
}

const open = (open: (scene: string, options: { path: string }) => Promise<unknown>) => open('empty', { path: '/phone' });
const view = (page: Page) => page.locator('[data-view]');
const attribute = (page: Page, name: string) => view(page).getAttribute(name).then(Number);

test('waits, rings, is answered, talks and ends', async ({ page, open: start }) => {
  await microphone(page, 'tone');
  const line = await Line.of(page);
  await open(start);
  await expect(page.getByText('Keep this page open; it rings when +1 (415) 555-0120 is called.')).toBeVisible();
  await page.getByRole('button', { name: 'Allow the microphone' }).click();
  await expect(page.getByText('The microphone is ready')).toBeVisible();
  await expect(page.getByText('The ring can be heard')).toBeVisible();

  line.tell(ringing());
  await expect(page.getByRole('status').first()).toHaveText('Incoming call from +1 (415) 555-0199.');
  await expect(page).toHaveTitle('☎ Incoming call');
  await expect(page).toHaveTitle('☎ +1 (415) 555-0199');
  await expect(page.getByRole('button', { name: 'Answer' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect.poll(() => line.asked).toEqual([{ type: 'answer', call_sid: 'CA1' }]);
  line.tell(inCall());
  await expect(page.getByRole('timer')).toHaveText(/^0:0\d$/);
  await expect.poll(() => line.frames, { message: '20 ms frames of the microphone' }).toBeGreaterThan(25);
  line.sound();
  await expect.poll(() => attribute(page, 'data-heard-ms'), { message: 'what was played' }).toBeGreaterThan(300);
  await expect.poll(() => page.locator('svg[data-callee]').getAttribute('data-callee').then(Number)).toBeGreaterThan(50);

  await page.getByRole('button', { name: 'Mute' }).click();
  await expect(page.getByText('You are muted')).toBeVisible();
  await expect.poll(() => page.locator('svg[data-callee]').getAttribute('data-callee').then(Number)).toBe(0);
  const muted = line.frames;
  await expect.poll(() => line.frames, { message: 'silence is sent while muted' }).toBeGreaterThan(muted + 10);

  await page.getByRole('button', { name: 'Keypad' }).click();
  await page.getByRole('group', { name: 'Keypad' }).getByRole('button', { name: '4' }).click();
  await page.keyboard.press('#');
  await expect(page.getByLabel('Pressed keys')).toHaveText('4#');
  await page.getByRole('button', { name: 'Hang up' }).click();
  expect(line.asked.slice(1)).toEqual([{ type: 'digits', digits: '4' }, { type: 'digits', digits: '#' }, { type: 'hang_up' }]);
  line.tell(waiting({ call_sid: 'CA1', how: 'you_hung_up' }));
  await expect(page.getByRole('heading', { name: 'You hung up' })).toBeVisible();
  await page.getByRole('button', { name: 'Wait for the next call' }).click();
  await expect(page.getByRole('heading', { name: 'Waiting for your call' })).toBeVisible();
});

for (const [error, words] of [
  ['NotAllowedError', 'The microphone is blocked.'],
  ['NotFoundError', 'No microphone was found.'],
  ['NotReadableError', 'Another program holds the microphone.'],
] as const) {
  test(`without a microphone (${error}) one can still answer and listen`, async ({ page, open: start }) => {
    await microphone(page, error);
    const line = await Line.of(page);
    await open(start);
    await page.getByRole('button', { name: 'Allow the microphone' }).click();
    await expect(page.getByText(words)).toBeVisible();
    line.tell(ringing());
    await page.getByRole('button', { name: 'Answer' }).click();
    await expect.poll(() => line.asked).toEqual([{ type: 'answer', call_sid: 'CA1' }]);
    line.tell(inCall());
    await expect(page.getByRole('alert')).toContainText(words);
    await expect(page.getByRole('button', { name: 'Mute' })).toBeDisabled();
    line.sound();
    await expect.poll(() => attribute(page, 'data-heard-ms')).toBeGreaterThan(300);
    expect(line.frames).toBe(0);
  });
}

test('while the browser asks for the microphone, one can answer without it', async ({ page, open: start }) => {
  await microphone(page, 'never');
  const line = await Line.of(page, ringing());
  await open(start);
  await page.getByRole('button', { name: 'Answer', exact: true }).click();
  await expect(page.getByText('Your browser is asking whether this page may use the microphone.')).toBeVisible();
  expect(line.asked).toEqual([]);
  await page.getByRole('button', { name: 'Answer and only listen' }).click();
  await expect.poll(() => line.asked).toEqual([{ type: 'answer', call_sid: 'CA1' }]);
});

test('another tab has the call', async ({ page, open: start }) => {
  const line = await Line.of(page, ringing());
  await open(start);
  await expect(page.getByRole('button', { name: 'Answer' })).toBeVisible();
  line.tell({ type: 'elsewhere', call_sid: 'CA1' });
  await expect(page.getByRole('heading', { name: 'Another tab has the call' })).toBeVisible();
  line.tell(waiting({ call_sid: 'CA1', how: 'caller_hung_up' }));
  await expect(page.getByRole('heading', { name: 'Waiting for your call' })).toBeVisible();
});

test('a missed call and a declined call are told', async ({ page, open: start }) => {
  const line = await Line.of(page, ringing());
  await open(start);
  await page.getByRole('button', { name: 'Decline' }).click();
  await expect.poll(() => line.asked).toEqual([{ type: 'decline', call_sid: 'CA1' }]);
  line.tell(waiting({ call_sid: 'CA1', how: 'declined' }));
  await expect(page.getByRole('heading', { name: 'You declined the call' })).toBeVisible();
  line.tell(ringing('CA2'));
  await expect(page.getByRole('button', { name: 'Answer' })).toBeVisible();
  line.tell(waiting({ call_sid: 'CA2', how: 'missed' }));
  await expect(page.getByRole('heading', { name: 'Missed call' })).toBeVisible();
});

test('a broken connection ends the call, and is made again', async ({ page, open: start }) => {
  await microphone(page, 'tone');
  const line = await Line.of(page, ringing());
  await open(start);
  await page.getByRole('button', { name: 'Answer' }).click();
  line.tell(inCall());
  await expect(page.getByRole('timer')).toBeVisible();
  // The simulator takes it for a hang-up; the page knows better.
  line.first = waiting({ call_sid: 'CA1', how: 'you_hung_up' });
  await line.cut();
  await expect(page.getByRole('heading', { name: 'Reconnecting…' })).toBeVisible();
  await expect(page.getByRole('heading', { name: 'The connection broke' })).toBeVisible();
  expect(line.opened).toBe(2);
});

test('the chat leads to the phone: before a call, and while it rings', async ({ page, open }) => {
  const about = { phone: { number: '+14155550142', page: 'http://127.0.0.1:5003/phone' } };
  await open('empty', { about });
  await expect(page.getByText('To answer one yourself, open the phone and give its number, +1 (415) 555-0142.')).toBeVisible();
  await expect(page.getByRole('link', { name: 'open the phone' })).toHaveAttribute('href', about.phone.page);

  await open('ringing', { about });
  const answer = panel(page).getByRole('link', { name: 'open the phone and answer' });
  await expect(answer).toHaveAttribute('href', about.phone.page);
  await expect(answer).toHaveAttribute('rel', 'noopener');
  await open('live', { about });
  await expect(panel(page).locator('[aria-current="step"]')).toHaveText('Connected');
  await expect(answer).toHaveCount(0);
});

for (const scheme of ['light', 'dark'] as const) {
  for (const [device, size] of [
    ['phone', { width: 375, height: 740 }],
    ['desktop', { width: 1280, height: 800 }],
  ] as const) {
    test(`every state is accessible, and fits: ${scheme}, ${device}`, async ({ page, open: start }, info) => {
      // Six states are examined, each with every rule.
      test.slow();
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
      await page.setViewportSize(size);
      await microphone(page, 'tone');
      const line = await Line.of(page);
      await open(start);
      const check = async (name: string, shown: string) => {
        await expect(page.getByText(shown).first()).toBeVisible();
        await page.screenshot({ path: info.outputPath(`${name}.png`) });
        expect((await new AxeBuilder({ page }).analyze()).violations, name).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name} fits in width`).toBe(true);
        const [height, whole] = await view(page).evaluate((shown) => [shown.clientHeight, shown.scrollHeight]);
        expect(whole, `${name} fits in height`).toBeLessThanOrEqual(height ?? 0);
        for (const button of await page.locator('main button').all()) {
          const box = await button.boundingBox();
          expect(Math.min(box?.width ?? 0, box?.height ?? 0), `${name}: ${await button.textContent()}`).toBeGreaterThanOrEqual(44);
        }
      };
      await check('waiting', 'Keep this page open');
      line.tell(ringing());
      await check('ringing', 'Incoming call');
      await page.getByRole('button', { name: 'Answer' }).click();
      line.tell(inCall());
      line.sound();
      await expect.poll(() => attribute(page, 'data-heard-ms')).toBeGreaterThan(300);
      await check('talking', 'Connected');
      await page.getByRole('button', { name: 'Keypad' }).click();
      await check('keypad', 'WXYZ');
      line.tell(waiting({ call_sid: 'CA1', how: 'caller_hung_up' }));
      await check('ended', 'The caller hung up');
      line.tell(ringing('CA2'));
      line.tell({ type: 'elsewhere', call_sid: 'CA2' });
      await check('elsewhere', 'Another tab has the call');
    });
  }
}
