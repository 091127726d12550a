import { expect, test } from 'vitest';
import { lineAt } from '../../src/lib/recording.ts';
import type { TranscriptLine } from '../../src/types/api.ts';

const line = (number: number, start_ms: number, end_ms: number) => ({ line: number, start_ms, end_ms }) as TranscriptLine;

test('the line that is heard is the one that began last, and none in a long silence', () => {
  const lines = [line(1, 1000, 3000), line(2, 2500, 4000), line(3, 9000, 9500)];
  expect([0, 1000, 2600, 4500, 7000, 9000].map((ms) => lineAt(lines, ms))).toEqual([null, 1, 2, 2, null, 3]);
});
