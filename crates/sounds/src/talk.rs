//! Whether a line carries a voice: frame by frame, against the noise that the line always has.
//!
//! A voice is louder than the line's own noise, and hums: its wave repeats 60 to 400 times a second. A click, a cough, a slammed
//! door and a vacuum cleaner are loud, too, but do not hum.

use crate::g711;

/// Samples of a frame: 20 ms.
pub const FRAME: usize = 160;
/// How long a frame is, milliseconds.
pub const FRAME_MS: u64 = 20;
/// The quietest noise that a line is taken to have; louder than the codec's own.
const FLOOR_MIN: f32 = 20.0;
/// How much louder than the noise something must be to count: 8 dB.
const OVER_FLOOR: f32 = 2.5;
/// The floor follows what is quieter at once, what is louder by 2 dB a second.
const FLOOR_RISE: f32 = 1.0046;
/// How alike a wave and its own past must be; speech with as much noise as itself still is.
const LIKENESS_MIN: f32 = 0.45;
/// The shortest and the longest period of a voice, in samples: 400 Hz and 60 Hz.
const PERIODS: std::ops::RangeInclusive<usize> = 20..=132;

/// What a frame of a line carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sound {
    /// Nothing at all: not even a line's noise.
    Nothing,
    /// Not more than the noise that is always there.
    Quiet,
    /// Something loud that is no voice.
    Noise,
    /// A voice.
    Voice,
}

/// Listens to one side of a line.
#[derive(Debug, Default)]
pub struct Talk {
    pending: Vec<f32>,
    /// The frame before.
    before: Vec<f32>,
    /// Root mean square of the line's own noise; nothing until the first frame.
    floor: Option<f32>,
}

impl Talk {
    /// A listener that has heard nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes µ-law of any length and tells of every frame that became complete.
    pub fn push(&mut self, bytes: &[u8], mut each: impl FnMut(Sound)) {
        self.pending.extend(bytes.iter().map(|byte| f32::from(g711::decode_sample(*byte))));
        let frames = self.pending.len() / FRAME;
        for n in 0..frames {
            let frame: Vec<f32> = self.pending[n * FRAME..(n + 1) * FRAME].to_vec();
            each(self.judge(&frame));
            self.before = frame;
        }
        self.pending.drain(..frames * FRAME);
    }

    fn judge(&mut self, frame: &[f32]) -> Sound {
        let mean = frame.iter().sum::<f32>() / FRAME as f32;
        let level = (frame.iter().map(|sample| (sample - mean).powi(2)).sum::<f32>() / FRAME as f32).sqrt();
        let floor = self.floor.unwrap_or(FLOOR_MIN).max(FLOOR_MIN);
        self.floor = Some(if level < floor { level.max(FLOOR_MIN) } else { (floor * FLOOR_RISE).min(level) });
        if frame.iter().all(|sample| *sample == frame[0]) {
            Sound::Nothing
        } else if level < floor * OVER_FLOOR {
            Sound::Quiet
        } else if self.hums(frame) {
            Sound::Voice
        } else {
            Sound::Noise
        }
    }

    /// The wave is like itself one period before.
    fn hums(&self, frame: &[f32]) -> bool {
        let wave: Vec<f32> = self.before.iter().chain(frame).copied().collect();
        let length = wave.len();
        PERIODS.filter(|period| length >= FRAME + period).any(|period| {
            let (mut product, mut here, mut there) = (0.0, 0.0, 0.0);
            for at in length - FRAME..length {
                let (now, past) = (wave[at], wave[at - period]);
                product += now * past;
                here += now * now;
                there += past * past;
            }
            // A hiss that is cut off below by the telephone is like itself for a moment, but not a period later.
            product > 0.0 && product * product >= LIKENESS_MIN * LIKENESS_MIN * here * there && here > 0.0 && product > 0.3 * here
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::made_up;

    fn heard(samples: &[i16]) -> Vec<Sound> {
        let (mut talk, mut sounds) = (Talk::new(), Vec::new());
        talk.push(&g711::encode(samples), |sound| sounds.push(sound));
        sounds
    }

    fn share(sounds: &[Sound], wanted: Sound) -> f32 {
        sounds.iter().filter(|sound| **sound == wanted).count() as f32 / sounds.len() as f32
    }

    #[test]
    fn a_voice_is_a_voice() {
        for seed in 0..8 {
            let sounds = heard(&made_up::voice(seed, 2_000, 4_000.0));
            assert!(share(&sounds, Sound::Voice) > 0.5, "{seed}: {sounds:?}");
        }
    }

    #[test]
    fn a_hiss_a_click_and_a_still_line_are_none() {
        assert!(share(&heard(&made_up::noise(3, 2_000, 4_000.0)), Sound::Voice) < 0.05);
        let mut click = vec![0; 8_000];
        click[4_000..4_024].fill(20_000);
        assert!(heard(&click).iter().filter(|sound| **sound == Sound::Voice).count() <= 1);
        assert_eq!(share(&heard(&[0; 8_000]), Sound::Nothing), 1.0);
    }

    #[test]
    fn a_noise_that_is_always_there_becomes_the_line() {
        let sounds = heard(&made_up::noise(5, 30_000, 600.0));
        assert!(share(&sounds[1_000..], Sound::Quiet) > 0.9);
    }

    #[test]
    fn a_voice_is_heard_through_noise() {
        let mut line = made_up::noise(9, 12_000, 700.0);
        for (sample, voice) in line[80_000..].iter_mut().zip(made_up::voice(2, 2_000, 2_300.0)) {
            *sample = sample.saturating_add(voice);
        }
        let sounds = heard(&line);
        assert!(share(&sounds[100..500], Sound::Voice) < 0.05);
        assert!(share(&sounds[500..600], Sound::Voice) > 0.4, "{:?}", &sounds[500..600]);
    }
}
