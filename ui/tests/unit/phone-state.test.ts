import { describe, expect, it } from 'vitest';
import { read, type Told } from '../../src/phone/messages.ts';
import { next, type View } from '../../src/phone/state.ts';

const waiting = (call: string | null = null, how = 'caller_hung_up'): Told => ({
  type: 'waiting',
  number: '+14155550120',
  ended: call === null ? null : { call_sid: call, how: how as 'missed' },
});
const ringing: Told = { type: 'ringing', number: '+14155550120', call_sid: 'CA1', from: '+14155550199' };
const inCall: Told = { type: 'in_call', call_sid: 'CA1' };
const elsewhere: Told = { type: 'elsewhere', call_sid: 'CA1' };

/** The views after each message; one second passes with each. `cut` is the socket's end. */
function views(...happenings: (Told | 'cut' | 'dismissed')[]): View[] {
  let view: View = { is: 'connecting' };
  return happenings.map((happening, at) => {
    view = next(view, typeof happening === 'string' ? { type: happening } : { type: 'told', told: happening, nowMs: at * 1000 });
    return view;
  });
}
const last = (...happenings: Parameters<typeof views>) => views(...happenings).at(-1);
const talk = { callSid: 'CA1', from: '+14155550199', sinceMs: 2000 };

describe('the phone', () => {
  it('rings, talks, ends, and waits again', () => {
    expect(views(waiting(), ringing, inCall, waiting('CA1'), 'dismissed')).toEqual([
      { is: 'waiting' },
      { is: 'ringing', callSid: 'CA1', from: '+14155550199' },
      { is: 'talking', talk },
      { is: 'ended', how: 'caller_hung_up', from: '+14155550199', seconds: 1 },
      { is: 'waiting' },
    ]);
  });

  it('tells a missed and a declined call, but none that another page had', () => {
    expect(last(waiting(), ringing, waiting('CA1', 'missed'))).toMatchObject({ is: 'ended', how: 'missed', seconds: null });
    expect(last(waiting(), ringing, waiting('CA1', 'declined'))).toMatchObject({ is: 'ended', how: 'declined' });
    expect(last(waiting(), ringing, elsewhere)).toEqual({ is: 'elsewhere' });
    expect(last(waiting(), ringing, elsewhere, waiting('CA1'))).toEqual({ is: 'waiting' });
    // It was answered and ended elsewhere before this page was told of the first.
    expect(last(waiting(), ringing, waiting('CA1', 'caller_hung_up'))).toEqual({ is: 'waiting' });
    expect(last(waiting('CA0', 'missed'))).toEqual({ is: 'waiting' });
  });

  it('says that a call was lost when the connection breaks in the middle', () => {
    expect(last(waiting(), ringing, inCall, 'cut')).toEqual({ is: 'reconnecting', talk });
    expect(last(waiting(), ringing, inCall, 'cut', 'cut', waiting('CA1', 'you_hung_up'))).toMatchObject({ is: 'ended', how: 'lost' });
    expect(last(waiting(), ringing, inCall, waiting('CA9'))).toMatchObject({ is: 'ended', how: 'lost' });
    expect(last(waiting(), 'cut', waiting('CA1'))).toEqual({ is: 'waiting' });
    expect(last(waiting(), 'cut', ringing)).toMatchObject({ is: 'ringing' });
    expect(last('cut')).toEqual({ is: 'connecting' });
  });

  it('rings over the end of the call before', () => {
    expect(last(waiting(), ringing, inCall, waiting('CA1'), ringing)).toMatchObject({ is: 'ringing' });
    expect(last(waiting(), ringing, inCall, waiting('CA1'), 'cut', waiting('CA1'))).toMatchObject({ is: 'ended', how: 'caller_hung_up' });
  });
});

describe('messages', () => {
  it('of kinds that are not known are passed over', () => {
    expect(read('{"type":"later","x":1}')).toBeNull();
    expect(read(JSON.stringify(inCall))).toEqual(inCall);
  });
});
