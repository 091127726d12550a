import type { Evidence, Fact } from '../types/api.ts';

/** A moment of the recording that proves something. */
export interface Mark {
  /** What is proven there: `Total: $22.50`. */
  labels: readonly string[];
  evidence: Evidence;
  /** Where it stands, 0 to 1. */
  place: number;
}

/** The marks of proven facts, in the order of time; those that would stand in each other's way (closer than `gap`, 0 to 1) are one. */
export function marksOf(facts: readonly Fact[], label: (name: string) => string, seconds: number, gap: number): readonly Mark[] {
  const proven = facts.flatMap((fact) => (fact.evidence ? [{ text: `${label(fact.name)}: ${fact.value}`, evidence: fact.evidence }] : []));
  proven.sort((a, b) => a.evidence.at_ms - b.evidence.at_ms);
  const marks: Mark[] = [];
  for (const { text, evidence } of proven) {
    const place = Math.min(1, Math.max(0, evidence.at_ms / 1000 / Math.max(1, seconds)));
    const last = marks.at(-1);
    if (last && place - last.place < gap) marks[marks.length - 1] = { ...last, labels: [...last.labels, text] };
    else marks.push({ labels: [text], evidence, place });
  }
  return marks;
}

/**
 * One side's loudness as an SVG path of `bars` strokes between 0 and `width`, each growing away from `middle` by up to `height`
 * (negative: upwards). Silence is a dot, and so is everything before the recording has been measured.
 */
export function strokes(peaks: Float32Array | null, bars: number, width: number, middle: number, height: number): string {
  const step = width / bars;
  let path = '';
  for (let bar = 0; bar < bars; bar += 1) {
    const x = ((bar + 0.5) * step).toFixed(1);
    // Loudness is felt as the logarithm: the square root lets quiet speech be seen.
    const length = Math.sqrt(loudest(peaks, bar / bars, (bar + 1) / bars)) * height;
    path += `M${x} ${middle}v${(Math.abs(length) < 0.5 ? Math.sign(height) * 0.5 : length).toFixed(1)}`;
  }
  return path;
}

function loudest(peaks: Float32Array | null, from: number, to: number): number {
  if (!peaks || peaks.length === 0) return 0;
  const first = Math.min(peaks.length - 1, Math.floor(from * peaks.length));
  const last = Math.max(first + 1, Math.ceil(to * peaks.length));
  return Math.min(1, Math.max(...peaks.subarray(first, last)));
}
