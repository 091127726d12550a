import { expect, panel, result, test } from './fixtures.ts';

const hangUp = '/conversations/c_demo/calls/1/hangup';

test('captions grow in place while they are spoken', async ({ page, open }) => {
  await open('connected', { speed: 0.3 });
  const line = panel(page).locator('[data-line="1"]');
  await expect(line).toHaveText(/^Tony’s Pizza\s*Tony’s/);
  const early = await line.locator('.text').textContent();
  expect('Tony’s Pizza, how can I').toContain(early);
  await expect(line.locator('.text')).toHaveText('Tony’s Pizza, how can I help you?', { timeout: 15_000 });
  await expect(panel(page).locator('[data-line="1"]')).toHaveCount(1);
});

test('only finished lines are announced', async ({ page, open }) => {
  await open('live');
  await expect(panel(page).getByText('Yeah, we know the building.')).toBeVisible();
  await expect(panel(page).locator('[data-announced]')).toHaveText('Ringback: It is 12 Harbor Street, apartment 4. The entrance');
});

test('an interrupted line is marked where it was cut', async ({ page, open }) => {
  await open('live');
  const line = panel(page).locator('[data-line="4"]');
  await expect(line).toContainText('The entrance – interrupted');
  await expect(line.locator('s')).toContainText('is around the corner, next to the bakery.');
});

test('stages, timer, levels and badges are shown', async ({ page, open }) => {
  await open('live');
  await expect(panel(page).locator('[aria-current="step"]')).toHaveText('Connected');
  await expect(panel(page).getByRole('timer')).toHaveText(/^0:1\d|0:2\d$/);
  await expect(panel(page).getByText('AI disclosed at 4.1 s')).toBeVisible();
  await expect(panel(page).getByText('Answers in 610 ms')).toBeVisible();
  await expect.poll(() => panel(page).locator('svg[data-callee]').getAttribute('data-callee').then(Number)).toBeGreaterThan(20);
  await expect(page).toHaveTitle(/^● 0:[12]\d – calling Tony’s Pizza$/);
});

test('one press hangs up, and the result follows', async ({ page, open }) => {
  const engine = await open('live');
  await panel(page).getByRole('button', { name: 'Hang up' }).dblclick();
  await expect(result(page).getByText('You hung up')).toBeVisible();
  await expect(panel(page)).toHaveCount(0);
  expect(engine.count('POST', hangUp)).toBe(1);
});

test('a hang-up that fails is said, and can be repeated', async ({ page, open }) => {
  const engine = await open('live');
  engine.refuseNext('POST', hangUp, 502, { code: 'carrier_refused', message: 'The carrier did not answer. Press hang-up again.' });
  await panel(page).getByRole('button', { name: 'Hang up' }).click();
  await expect(page.getByText('The carrier did not answer. Press hang-up again.')).toBeVisible();
  await panel(page).getByRole('button', { name: 'Hang up' }).click();
  await expect(result(page)).toBeVisible();
});

test('a call survives a reload', async ({ page, open }) => {
  await open('live');
  await expect(panel(page).getByText('Yeah, we know the building.')).toBeVisible();
  await page.reload();
  await expect(panel(page).getByText('Yeah, we know the building.')).toBeVisible();
  await expect(panel(page).getByText('Sure. What’s the address?')).toHaveCount(1);
});

test.describe('listening in', () => {
  /** Lets the test hear what the page plays. */
  const hear = () => {
    const original = AudioNode.prototype.connect as (this: AudioNode, ...target: unknown[]) => AudioNode;
    const taps: AnalyserNode[] = [];
    const contexts: BaseAudioContext[] = [];
    AudioNode.prototype.connect = function (this: AudioNode, ...target: unknown[]) {
      if (target[0] instanceof AudioDestinationNode) {
        const tap = new AnalyserNode(this.context);
        original.call(this, tap);
        taps.push(tap);
        contexts.push(this.context);
      }
      return original.apply(this, target);
    } as typeof AudioNode.prototype.connect;
    Object.assign(window, {
      loudest: () => {
        const samples = new Float32Array(2048);
        return Math.max(0, ...taps.map((tap) => (tap.getFloatTimeDomainData(samples), Math.max(...samples.map(Math.abs)))));
      },
      audioStates: () => contexts.map((context) => context.state),
    });
  };
  const loudest = () => (window as unknown as { loudest: () => number }).loudest();
  const states = () => (window as unknown as { audioStates: () => string[] }).audioStates();

  test('is off until it is asked for, then plays the call, and stops', async ({ page, open }) => {
    await page.addInitScript(hear);
    const engine = await open('live');
    const audio = '/conversations/c_demo/calls/1/audio';
    const button = panel(page).getByRole('button', { name: /Listen in|Connecting|Listening in/ });
    await expect(button).toHaveAttribute('aria-pressed', 'false');
    expect(engine.count('GET', audio)).toBe(0);
    await button.click();
    await expect(button).toHaveText('Listening in');
    expect(await page.evaluate(states)).toEqual(['running']);
    await expect.poll(() => page.evaluate(loudest)).toBeGreaterThan(0.05);
    await panel(page).getByLabel('Volume').fill('0');
    await expect.poll(() => page.evaluate(loudest)).toBeLessThan(0.005);
    await button.click();
    await expect(button).toHaveText('Listen in');
    await expect.poll(() => page.evaluate(states)).toEqual(['closed']);
  });

  test('that cannot be had is said', async ({ page, open }) => {
    const engine = await open('live');
    engine.refuseNext('GET', '/conversations/c_demo/calls/1/audio', 409, { code: 'not_live', message: 'The call is not live any more.' });
    await panel(page).getByRole('button', { name: 'Listen in' }).click();
    await expect(page.getByRole('alert').getByText('The call is not live any more.')).toBeVisible();
    await expect(panel(page).getByRole('button', { name: 'Listen in' })).toBeVisible();
  });
});
