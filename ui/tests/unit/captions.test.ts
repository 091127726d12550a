import { describe, expect, it } from 'vitest';
import { cut } from '../../src/lib/captions.ts';
import { lane } from '../../src/lib/levels.ts';

describe('an interrupted line', () => {
  it('is split where it was cut', () => {
    expect(cut('It is around the corner.', 'It is around')).toEqual({ heard: 'It is around', unheard: 'the corner.' });
  });

  it('may not have been heard at all', () => {
    expect(cut('Hello there', '')).toEqual({ heard: '', unheard: 'Hello there' });
  });

  it('may have been cut within a word', () => {
    expect(cut('around the corner', 'around the cor')).toEqual({ heard: 'around the cor', unheard: 'ner' });
  });

  it('is split at the shared words if its transcript was corrected later', () => {
    expect(cut('It’s around the corner', 'Its around, the')).toEqual({ heard: 'It’s around the', unheard: 'corner' });
  });
});

describe('a level lane', () => {
  it('puts the newest reading to the right and never leaves its height', () => {
    const path = lane([0, 100, 400], 10, 100, 50, -20);
    expect(path).toBe('M75.0 50v0.01M85.0 50v-20.0M95.0 50v-20.0');
  });
});
