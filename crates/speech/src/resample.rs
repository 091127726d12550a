//! Changing the sample rate by a small ratio, as a stream.

use std::f64::consts::PI;

/// Taps of the filter on each side of a sample, in samples of the slower rate.
const REACH: usize = 16;

/// A polyphase low-pass filter (windowed sinc, Blackman) that turns `down` samples into `up`.
pub struct Resampler {
    up: usize,
    down: usize,
    /// The filter at the rate `up` times that of the input.
    taps: Vec<f32>,
    /// What the filter still needs of the input.
    recent: Vec<f32>,
    /// The next output's place at the rate `up` times that of the input, counted from the first of `recent`.
    next: usize,
}

impl Resampler {
    /// From a rate to `up / down` of it. The output lags behind by [`REACH`] samples of the slower rate: 2 ms at 8 kHz.
    pub fn new(down: usize, up: usize) -> Self {
        let (down, up) = (down.max(1), up.max(1));
        let slower = up.max(down);
        let half = REACH * slower;
        let cutoff = 0.94 * 0.5 / slower as f64;
        let taps = (0..=2 * half)
            .map(|i| {
                let t = i as f64 - half as f64;
                let sinc = if t == 0.0 { 2.0 * cutoff } else { (2.0 * PI * cutoff * t).sin() / (PI * t) };
                let phase = PI * i as f64 / half as f64;
                let window = 0.42 - 0.5 * phase.cos() + 0.08 * (2.0 * phase).cos();
                (sinc * window * up as f64) as f32
            })
            .collect::<Vec<_>>();
        let history = taps.len() / up + 1;
        Self { up, down, taps, recent: vec![0.0; history], next: history * up }
    }

    /// The next samples of the input; gives the samples of the output that they complete.
    pub fn push(&mut self, input: &[f32]) -> Vec<f32> {
        self.recent.extend_from_slice(input);
        let mut output = Vec::with_capacity(input.len() * self.up / self.down + 1);
        while self.next < self.recent.len() * self.up {
            // The newest input at or before this place, and how far the place is behind it.
            let newest = self.next / self.up;
            let phase = self.next % self.up;
            let mut sum = 0.0;
            let mut tap = phase;
            let mut i = newest;
            while tap < self.taps.len() {
                sum += self.taps[tap] * self.recent[i];
                tap += self.up;
                if i == 0 {
                    break;
                }
                i -= 1;
            }
            output.push(sum);
            self.next += self.down;
        }
        let keep = self.taps.len() / self.up + 1;
        let passed = self.recent.len().saturating_sub(keep).min(self.next / self.up);
        self.recent.drain(..passed);
        self.next -= passed * self.up;
        output
    }

    /// A whole recording at once, without the lag: as long as the input, times `up / down`.
    pub fn whole(down: usize, up: usize, input: &[i16]) -> Vec<i16> {
        let mut resampler = Self::new(down, up);
        let lag = REACH * up.max(down) / down;
        let wanted = input.len() * up / down;
        let mut samples: Vec<f32> = input.iter().map(|&s| f32::from(s)).collect();
        samples.extend(std::iter::repeat_n(0.0, (lag + 1) * down / up + down + 1));
        let output = resampler.push(&samples);
        output.into_iter().skip(lag).take(wanted).map(|s| s.round().clamp(-32_768.0, 32_767.0) as i16).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(hz: f64, rate: f64, len: usize) -> Vec<i16> {
        (0..len).map(|i| (10_000.0 * (2.0 * PI * hz * i as f64 / rate).sin()) as i16).collect()
    }

    fn rms(samples: &[i16]) -> f64 {
        (samples.iter().map(|&s| f64::from(s).powi(2)).sum::<f64>() / samples.len() as f64).sqrt()
    }

    #[test]
    fn a_tone_survives_both_ways() {
        for (down, up, from, to) in [(1, 2, 8_000.0, 16_000.0), (3, 1, 24_000.0, 8_000.0), (1, 3, 8_000.0, 24_000.0)] {
            let got = Resampler::whole(down, up, &tone(440.0, from, from as usize));
            let want = tone(440.0, to, to as usize);
            assert_eq!(got.len(), want.len());
            let middle = 200..want.len() - 200;
            let error: Vec<i16> = got[middle.clone()].iter().zip(&want[middle]).map(|(a, b)| a - b).collect();
            assert!(rms(&error) < 20.0, "{down}:{up} differs by {}", rms(&error));
        }
    }

    #[test]
    fn what_the_slower_rate_cannot_carry_is_removed() {
        let got = Resampler::whole(3, 1, &tone(5_500.0, 24_000.0, 24_000));
        assert!(rms(&got) < 30.0, "{}", rms(&got));
    }

    #[test]
    fn a_stream_in_pieces_equals_the_stream_at_once() {
        let input: Vec<f32> = tone(700.0, 8_000.0, 999).into_iter().map(f32::from).collect();
        for (down, up) in [(1, 2), (3, 1), (1, 3)] {
            let at_once = Resampler::new(down, up).push(&input);
            let mut stream = Resampler::new(down, up);
            let pieces: Vec<f32> = input.chunks(7).flat_map(|piece| stream.push(piece)).collect();
            assert_eq!(at_once, pieces);
        }
    }
}
