import { describe, expect, it } from 'vitest';
import { ago, clock, day, isPhone, label, measured, median, moment, money, phone, span } from '../../src/lib/format.ts';
import { callTitle } from '../../src/lib/title.ts';

describe('times', () => {
  it.each([
    [0, '0:00'],
    [42.9, '0:42'],
    [725, '12:05'],
    [3723, '1:02:03'],
    [-3, '0:00'],
  ])('%d seconds run as %s', (seconds, text) => expect(clock(seconds)).toBe(text));

  it('a moment of a call is in milliseconds', () => expect(moment(24_300)).toBe('0:24'));

  it.each([
    [1, '1 second'],
    [42, '42 seconds'],
    [60, '1 minute'],
    [192, '3 min 12 s'],
    [300, '5 minutes'],
  ])('%d seconds last %s', (seconds, text) => expect(span(seconds)).toBe(text));

  it('measured times change their unit at a second', () => {
    expect([measured(640), measured(999.4), measured(2100)]).toEqual(['640 ms', '999 ms', '2.1 s']);
  });

  it('days are named when they are near', () => {
    const now = new Date(2026, 10, 21, 0, 30);
    expect(day(new Date(2026, 10, 21, 0, 1).toISOString(), now)).toBe('Today');
    expect(day(new Date(2026, 10, 20, 23, 59).toISOString(), now)).toBe('Yesterday');
    expect(day(new Date(2026, 10, 18).toISOString(), now)).toContain('18');
    expect(day('nonsense', now)).toBe('');
  });

  it('tells how long ago in one unit', () => {
    const now = new Date('2026-11-21T12:00:00Z');
    expect(ago('2026-11-21T11:59:31Z', now)).toBe('now');
    expect(ago('2026-11-21T11:20:00Z', now)).toBe('40 min');
    expect(ago('2026-11-21T03:00:00Z', now)).toBe('9 h');
    expect(ago('', now)).toBe('');
  });

  it('the title of a live call names the business, or else its number', () => {
    expect(callTitle(42, 'Tony’s', '+14155550142')).toBe('● 0:42 – calling Tony’s');
    expect(callTitle(61, null, '+14155550142')).toBe('● 1:01 – calling +1 (415) 555-0142');
  });
});

describe('values', () => {
  it('a number is shown in full', () => {
    expect(phone('+14155550142')).toBe('+1 (415) 555-0142');
    expect(phone('+442079460100')).toBe('+442079460100');
  });

  it('a number needs its country code', () => {
    expect(['+14155550142', '+1 (415) 555-0142'].every(isPhone)).toBe(true);
    expect(['', '4155550142', '+0415555', '+1415555O142', '+123'].some(isPhone)).toBe(false);
  });

  it('names become labels', () => {
    expect([label('party_size'), label('user_name'), label('')]).toEqual(['Party size', 'Your name', '']);
  });

  it('the median of nothing is nothing', () => {
    expect([median([]), median([700]), median([900, 100, 500])]).toEqual([null, 700, 500]);
  });
});

it.each([
  [0, '$0.00'],
  [1, '$0.0001'],
  [10_001, '$0.02'],
  [120_000, '$0.12'],
  [1_200_000, '$1.20'],
])('%d millionths are %s, never too little', (micros, text) => expect(money('USD', micros)).toBe(text));
