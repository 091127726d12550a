//! What a telephone line and a room do to voices: noise, echo, loss, level. Pure and seeded: the same again for the same seed.

mod jitter;
mod loss;
mod noise;

use crate::scenario;
use loss::Loss;
use noise::Room;
use sounds::g711;
use std::collections::VecDeque;

pub(crate) use jitter::Jitter;
pub(crate) use noise::of as sound;

/// Samples of 20 ms.
pub(crate) const FRAME: usize = 160;
/// How loud speech is while it sounds: −20 dB of full scale, which is what the local voice speaks at.
pub(crate) const SPEECH_RMS: f32 = 3_277.0;

/// Decibels as a factor of the amplitude.
pub(crate) fn factor(db: f32) -> f32 {
    10.0_f32.powf(db / 20.0)
}

/// One line.
pub(crate) struct Effects {
    room: Option<Room>,
    echo: Option<Echo>,
    gain: f32,
    to_us: Loss,
    to_callee: Loss,
}

impl Effects {
    /// The line of a scenario; `noise_db` stands in place of its own.
    pub(crate) fn new(line: &scenario::Line, noise_db: Option<f32>, seed: u64) -> Self {
        let burst = line.loss_burst.unwrap_or(1.0);
        Self {
            room: noise_db.or(line.noise_db).map(|db| Room::new(line.noise, SPEECH_RMS / factor(db), seed)),
            echo: line.echo_db.map(|db| Echo::new(line.echo_ms.unwrap_or(120), factor(-db))),
            gain: factor(line.gain_db),
            to_us: Loss::new(line.loss, burst, seed ^ 1),
            to_callee: Loss::new(line.loss, burst, seed ^ 2),
        }
    }

    /// What the callee hears of a frame of ours.
    pub(crate) fn for_callee(&mut self, frame: [u8; FRAME]) -> [u8; FRAME] {
        if self.to_callee.loses() { [g711::SILENCE; FRAME] } else { frame }
    }

    /// What comes to us of the callee's voice, while the callee's receiver plays what it has heard.
    pub(crate) fn for_us(&mut self, voice: &[f32; FRAME], played: &[u8; FRAME]) -> [u8; FRAME] {
        let mut sum = *voice;
        if let Some(echo) = &mut self.echo {
            echo.add(&mut sum, played);
        }
        if let Some(room) = &mut self.room {
            sum.iter_mut().for_each(|sample| *sample += room.next());
        }
        if self.to_us.loses() {
            return [g711::SILENCE; FRAME];
        }
        sum.map(|sample| g711::encode_sample((sample * self.gain).clamp(-32_768.0, 32_767.0) as i16))
    }
}

/// What the callee's receiver plays and its microphone hears.
struct Echo {
    waiting: VecDeque<f32>,
    factor: f32,
}

impl Echo {
    fn new(delay_ms: u32, factor: f32) -> Self {
        Self { waiting: std::iter::repeat_n(0.0, delay_ms as usize * 8).collect(), factor }
    }

    fn add(&mut self, sum: &mut [f32; FRAME], played: &[u8; FRAME]) {
        self.waiting.extend(played.iter().map(|byte| f32::from(g711::decode_sample(*byte)) * self.factor));
        for (to, from) in sum.iter_mut().zip(self.waiting.drain(..FRAME)) {
            *to += from;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn loudness(frames: &[[u8; FRAME]]) -> f32 {
        let samples: Vec<f32> = frames.iter().flatten().map(|byte| f32::from(g711::decode_sample(*byte))).collect();
        (samples.iter().map(|s| s * s).sum::<f32>() / samples.len() as f32).sqrt()
    }

    fn through(line: &scenario::Line, noise_db: Option<f32>, voice: f32) -> Vec<[u8; FRAME]> {
        let mut effects = Effects::new(line, noise_db, 3);
        let wave: [f32; FRAME] = std::array::from_fn(|n| voice * 1.414 * (n as f32 * 0.3).sin());
        // A street is louder and quieter within eight seconds.
        (0..800).map(|_| effects.for_us(&wave, &[g711::SILENCE; FRAME])).collect()
    }

    #[test]
    fn a_quiet_line_changes_nothing() {
        let line = scenario::Line::default();
        assert!((loudness(&through(&line, None, SPEECH_RMS)) / SPEECH_RMS - 1.0).abs() < 0.05);
        assert!(through(&line, None, 0.0).iter().flatten().all(|byte| g711::decode_sample(*byte) == 0));
    }

    #[test]
    fn noise_is_as_far_below_speech_as_was_asked_for_and_the_same_for_the_same_seed() {
        for kind in [scenario::NoiseKind::Babble, scenario::NoiseKind::Street] {
            let line = scenario::Line { noise: kind, ..scenario::Line::default() };
            let noise = through(&line, Some(10.0), 0.0);
            let below = 20.0 * (SPEECH_RMS / loudness(&noise)).log10();
            assert!((below - 10.0).abs() < 1.5, "{kind:?} {below}");
            assert!(noise == through(&line, Some(10.0), 0.0));
        }
    }

    #[test]
    fn an_echo_comes_late_and_quieter() {
        let line = scenario::Line { echo_db: Some(20.0), echo_ms: Some(100), ..scenario::Line::default() };
        let mut effects = Effects::new(&line, None, 3);
        let ours: [u8; FRAME] = std::array::from_fn(|n| g711::encode_sample((9_000.0 * (n as f32 * 0.3).sin()) as i16));
        let heard: Vec<_> = (0..20).map(|_| effects.for_us(&[0.0; FRAME], &ours)).collect();
        assert!(loudness(&heard[..5]) < 10.0, "{}", loudness(&heard[..5]));
        let echo = loudness(&heard[6..]);
        assert!((echo / loudness(&[ours; 1]) - 0.1).abs() < 0.02, "{echo}");
    }

    #[test]
    fn what_is_too_loud_is_clipped() {
        let line = scenario::Line { gain_db: 30.0, ..scenario::Line::default() };
        let frames = through(&line, None, SPEECH_RMS);
        let most = frames.iter().flatten().map(|byte| g711::decode_sample(*byte).unsigned_abs()).max();
        assert!(most.is_some_and(|most| most > 30_000), "{most:?}");
    }
}
