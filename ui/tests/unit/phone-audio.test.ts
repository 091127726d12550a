import { describe, expect, it } from 'vitest';
import { Downsampler } from '../../src/audio/downsample.ts';
import { decode, level } from '../../src/audio/frame.ts';
import { decodeSample, encodeSample } from '../../src/audio/mulaw.ts';

const tone = (hertz: number, rate: number, seconds: number) =>
  Float32Array.from({ length: rate * seconds }, (_, at) => 0.5 * Math.sin((2 * Math.PI * hertz * at) / rate));

/** The loudness of the middle of the sound, where no edge of a filter reaches, in decibels of a full sine. */
function decibels(samples: Float32Array): number {
  const middle = samples.slice(400, -400);
  const power = middle.reduce((sum, sample) => sum + sample * sample, 0) / middle.length;
  return 10 * Math.log10(power / 0.125 + 1e-12);
}

describe('downsampling', () => {
  for (const rate of [48_000, 44_100, 16_000, 96_000]) {
    it(`from ${rate} Hz keeps speech and takes out what would come back as a wrong tone`, () => {
      for (const hertz of [300, 1000, 3000]) {
        expect(Math.abs(decibels(new Downsampler(rate).push(tone(hertz, rate, 0.5))))).toBeLessThan(0.2);
      }
      for (const hertz of [4500, 5000, 7000]) {
        expect(decibels(new Downsampler(rate).push(tone(hertz, rate, 0.5)))).toBeLessThan(-50);
      }
    });

    it(`from ${rate} Hz gives 8000 samples a second, however it is cut`, () => {
      const sound = tone(440, rate, 1);
      const whole = new Downsampler(rate).push(sound);
      expect(Math.abs(whole.length - 8000)).toBeLessThan(30);
      const pieces = new Downsampler(rate);
      const joined: number[] = [];
      for (let at = 0; at < sound.length; at += 128) joined.push(...pieces.push(sound.subarray(at, at + 128)));
      expect(Float32Array.from(joined)).toEqual(whole);
    });
  }

  it('leaves 8 kHz as it is, and refuses less', () => {
    const sound = tone(440, 8000, 0.1);
    expect(new Downsampler(8000).push(sound)).toEqual(sound);
    expect(() => new Downsampler(4000)).toThrow(RangeError);
  });
});

describe('µ-law', () => {
  it('is written as it is read', () => {
    for (let byte = 0; byte < 256; byte += 1) {
      const sample = decodeSample(byte);
      // There are two zeros; the positive one is written.
      expect(encodeSample(sample / 32_768)).toBe(byte === 0x7f ? 0xff : byte);
    }
  });

  it('takes the nearest value, and clips', () => {
    for (let sample = -32_768; sample <= 32_767; sample += 7) {
      const error = Math.abs(decodeSample(encodeSample(sample / 32_768)) - sample);
      expect(error).toBeLessThanOrEqual((Math.abs(sample) + 132) / 30);
    }
    expect([encodeSample(2), encodeSample(-2)]).toEqual([0x80, 0x00]);
  });
});

describe('the level', () => {
  it('is as the ear takes it', () => {
    expect(level(decode(new Uint8Array(160).fill(0xff)))).toBe(0);
    // A sine of half the deflection is 9 dB below full, one of a twentieth 29 dB.
    expect(level(tone(1000, 8000, 0.1))).toBe(82);
    expect(level(tone(1000, 8000, 0.1).map((sample) => sample / 10))).toBe(42);
  });
});
