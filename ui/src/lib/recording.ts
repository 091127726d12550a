import type { TranscriptLine } from '../types/api.ts';

/** How long a line stays marked after its end, milliseconds: until the next one begins, but not through a long silence. */
const AFTER_MS = 1500;

/** The line that is heard at this moment: of several the one that began last. `null` in a silence. */
export function lineAt(lines: readonly TranscriptLine[], ms: number): number | null {
  const begun = lines.filter((line) => line.start_ms <= ms && ms < line.end_ms + AFTER_MS);
  const last = begun.reduce<TranscriptLine | null>((best, line) => (best === null || line.start_ms >= best.start_ms ? line : best), null);
  return last?.line ?? null;
}
