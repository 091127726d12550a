/**
 * One lane of the level picture as an SVG path: a stroke for each reading, newest at the right, growing away from `middle` by up
 * to `height` (negative: upwards). A reading is 0 to 100; silence is a dot.
 */
export function lane(readings: readonly number[], slots: number, width: number, middle: number, height: number): string {
  const step = width / slots;
  const first = slots - readings.length;
  return readings
    .map((reading, at) => {
      const x = ((first + at + 0.5) * step).toFixed(1);
      // Loudness is felt as the logarithm: the square root lets quiet speech be seen.
      const length = (Math.sqrt(Math.min(100, Math.max(0, reading)) / 100) * height).toFixed(1);
      return `M${x} ${middle}v${length === '0.0' || length === '-0.0' ? '0.01' : length}`;
    })
    .join('');
}
