import type { TranscriptLine, UserSpoke } from '../types/api.ts';

/** What a transcript shows: a line, or that the user spoke, whose words nobody wrote down. */
export type Entry = { line: TranscriptLine; spoke: null } | { line: null; spoke: UserSpoke };

/** The lines in their order, and each time that the user spoke before the first line that began after it. */
export function entries(lines: readonly TranscriptLine[], spoke: readonly UserSpoke[]): readonly Entry[] {
  const placed: Entry[] = [];
  let next = 0;
  const upTo = (ms: number) => {
    for (let user = spoke[next]; user !== undefined && user.start_ms < ms; user = spoke[next]) {
      placed.push({ line: null, spoke: user });
      next += 1;
    }
  };
  for (const line of lines) {
    upTo(line.start_ms);
    placed.push({ line, spoke: null });
  }
  upTo(Infinity);
  return placed;
}
