import { expect, test } from 'vitest';
import { entries } from '../../src/lib/transcript.ts';
import type { TranscriptLine } from '../../src/types/api.ts';

const line = (number: number, start_ms: number): TranscriptLine => ({
  line: number,
  speaker: 'callee',
  text: 'Okay.',
  heard: 'Okay.',
  interrupted: false,
  start_ms,
  end_ms: start_ms + 500,
});

test('the user stands where they spoke', () => {
  const spoke = [
    { start_ms: 1_500, end_ms: 2_500 },
    { start_ms: 9_000, end_ms: 9_500 },
  ];
  const placed = entries([line(1, 1_000), line(2, 3_000)], spoke);
  expect(placed.map((entry) => entry.line?.line ?? entry.spoke?.start_ms)).toEqual([1, 1_500, 2, 9_000]);
});

test('a call without them is its lines', () => {
  expect(entries([line(1, 0)], []).map((entry) => entry.line?.line)).toEqual([1]);
});
