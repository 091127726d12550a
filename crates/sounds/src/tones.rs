//! Single tones on a line: the beep of voicemail, and the answer of a fax machine.
//!
//! Sources: ITU-T T.30 (a calling fax sends 1,100 Hz, half a second every three and a half; an answering one 2,100 Hz for 2.6 to 4 s)
//! and V.8 (the same tone with its phase turned every 450 ms). Voicemail has no standard: from 300 to 2,000 Hz, a fifth of a second
//! or longer, and then nothing.

use crate::g711;
use std::f32::consts::TAU;

/// Samples that are judged at once: 20 ms.
const BLOCK: usize = 160;
const BLOCK_MS: u32 = 20;
/// Mean power of a block below which it is quiet (about −46 dB of full scale).
const POWER_MIN: f32 = 25_000.0;
/// Share of a block's power that one frequency must hold.
const PURITY_MIN: f32 = 0.85;
/// How far the pitch may wander within a tone, as a share.
const PITCH_DRIFT_MAX: f32 = 0.03;
/// How far the power may lie from the tone's own, as a factor. Two tones near each other beat further.
const POWER_DRIFT_MAX: f32 = 2.5;
/// A beep is not shorter.
const BEEP_MS_MIN: u32 = 200;
/// Nor longer: a dial tone goes on, and so does what means that nobody is there any more.
const BEEP_MS_MAX: u32 = 3_000;
const BEEP_HZ: std::ops::RangeInclusive<f32> = 300.0..=2_000.0;
/// After a beep it is quiet for so long; in music another note follows.
const QUIET_MS_MIN: u32 = 120;
/// A fax machine's answer is not told before it has lasted so long.
const ANSWER_MS_MIN: u32 = 800;
const ANSWER_HZ: std::ops::RangeInclusive<f32> = 2_060.0..=2_140.0;
/// Blocks in which the phase is turned, or that the line has damaged, do not end a fax machine's answer.
const DAMAGED_MAX: u32 = 2;
const CALLING_HZ: std::ops::RangeInclusive<f32> = 1_060.0..=1_140.0;
const CALLING_MS: std::ops::RangeInclusive<u32> = 400..=600;
/// From the beginning of one calling tone to the next.
const CALLING_EVERY_MS: std::ops::RangeInclusive<u32> = 3_000..=4_000;

/// What was heard.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Tone {
    /// One tone, and then it was quiet.
    Beep {
        /// Its pitch.
        hz: f32,
        /// How long it was.
        length_ms: u32,
    },
    /// A fax machine.
    Fax,
}

/// A tone under way.
#[derive(Clone, Copy, Debug)]
struct Run {
    began_ms: u32,
    hz: f32,
    power: f32,
    blocks: u32,
    damaged: u32,
}

impl Run {
    fn length_ms(&self) -> u32 {
        self.blocks * BLOCK_MS
    }

    fn goes_on_with(&self, hz: f32, power: f32) -> bool {
        let drift = (hz / self.hz - 1.0).abs();
        drift <= PITCH_DRIFT_MAX && power <= self.power * POWER_DRIFT_MAX && self.power <= power * POWER_DRIFT_MAX
    }
}

/// Hears tones in 8 kHz audio. Each is told once.
#[derive(Debug, Default)]
pub struct Listener {
    pending: Vec<i16>,
    clock_ms: u32,
    run: Option<Run>,
    /// A tone that has ended, and for how long it has been quiet since.
    ended: Option<(Run, u32)>,
    /// When a calling fax's tone began last.
    calling_ms: Option<u32>,
    /// The fax machine has been told.
    told: bool,
}

impl Listener {
    /// Takes µ-law and gives what has become certain.
    pub fn push(&mut self, audio: &[u8]) -> Vec<Tone> {
        self.pending.extend(audio.iter().map(|byte| g711::decode_sample(*byte)));
        let mut heard = Vec::new();
        let blocks = self.pending.len() / BLOCK;
        for n in 0..blocks {
            let judged = judge(&self.pending[n * BLOCK..(n + 1) * BLOCK]);
            heard.extend(self.take(judged));
            self.clock_ms = self.clock_ms.saturating_add(BLOCK_MS);
        }
        self.pending.drain(..blocks * BLOCK);
        heard
    }

    fn take(&mut self, judged: Block) -> Option<Tone> {
        match (judged, &mut self.run) {
            (Block::Tone { hz, power }, Some(run)) if run.goes_on_with(hz, power) => {
                run.blocks += 1;
                run.damaged = 0;
            }
            (Block::Tone { .. } | Block::Other, Some(run)) if ANSWER_HZ.contains(&run.hz) && run.damaged < DAMAGED_MAX => {
                run.blocks += 1;
                run.damaged += 1;
            }
            // The edge of a tone lies within a block.
            (Block::Tone { hz, power }, Some(run)) if run.blocks == 1 => {
                *run = Run { began_ms: self.clock_ms, hz, power, blocks: 1, damaged: 0 };
            }
            (Block::Tone { hz, power }, _) => {
                self.ended = None;
                self.run = Some(Run { began_ms: self.clock_ms, hz, power, blocks: 1, damaged: 0 });
            }
            (Block::Quiet, _) => return self.quiet(),
            (Block::Other, _) => {
                // The last block of a tone is cut off in its middle; one that is not followed by quiet is no beep.
                let fresh = self.run.take().map(|run| (run, 0));
                self.ended = fresh;
            }
        }
        let answered = self.run.is_some_and(|run| ANSWER_HZ.contains(&run.hz) && run.length_ms() >= ANSWER_MS_MIN);
        (answered && !std::mem::replace(&mut self.told, true)).then_some(Tone::Fax)
    }

    fn quiet(&mut self) -> Option<Tone> {
        if let Some(run) = self.run.take() {
            self.ended = Some((run, 0));
        }
        let (run, quiet_ms) = self.ended.as_mut()?;
        *quiet_ms += BLOCK_MS;
        if *quiet_ms < QUIET_MS_MIN {
            return None;
        }
        let run = *run;
        self.ended = None;
        let length_ms = run.length_ms();
        if CALLING_HZ.contains(&run.hz) && CALLING_MS.contains(&length_ms) {
            let before = self.calling_ms.replace(run.began_ms);
            if before.is_some_and(|before| CALLING_EVERY_MS.contains(&(run.began_ms - before))) {
                return (!std::mem::replace(&mut self.told, true)).then_some(Tone::Fax);
            }
        }
        let beep = BEEP_HZ.contains(&run.hz) && (BEEP_MS_MIN..=BEEP_MS_MAX).contains(&length_ms);
        beep.then_some(Tone::Beep { hz: run.hz, length_ms })
    }
}

#[derive(Clone, Copy, Debug)]
enum Block {
    Quiet,
    Tone { hz: f32, power: f32 },
    Other,
}

/// Whether a block is one tone: its pitch is the one that best foretells every sample from the two before it.
fn judge(block: &[i16]) -> Block {
    let samples: Vec<f32> = block.iter().map(|sample| f32::from(*sample)).collect();
    let power = samples.iter().map(|s| s * s).sum::<f32>() / samples.len() as f32;
    if power < POWER_MIN {
        return Block::Quiet;
    }
    let (mut above, mut below) = (0.0, 0.0);
    for three in samples.windows(3) {
        above += (three[0] + three[2]) * three[1];
        below += three[1] * three[1];
    }
    let cosine = above / (2.0 * below.max(1.0));
    if !(-0.999..=0.999).contains(&cosine) {
        return Block::Other;
    }
    let hz = cosine.acos() * g711::RATE_HZ as f32 / TAU;
    if share_of(&samples, hz, power) >= PURITY_MIN { Block::Tone { hz, power } } else { Block::Other }
}

/// The share of a block's power that this frequency holds (Goertzel).
fn share_of(samples: &[f32], hz: f32, power: f32) -> f32 {
    let coefficient = 2.0 * (TAU * hz / g711::RATE_HZ as f32).cos();
    let (mut last, mut before) = (0.0f32, 0.0f32);
    for sample in samples {
        (last, before) = (sample + coefficient * last - before, last);
    }
    let length = samples.len() as f32;
    2.0 * (last * last + before * before - coefficient * last * before) / (length * length * power)
}

/// A tone of one pitch, µ-law.
pub fn tone(hz: f32, length_ms: u32) -> Vec<u8> {
    let samples = length_ms * g711::RATE_HZ / 1_000;
    let wave = |n: u32| (8_000.0 * (TAU * hz * n as f32 / g711::RATE_HZ as f32).sin()) as i16;
    (0..samples).map(|n| g711::encode_sample(wave(n))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dtmf;

    fn heard(audio: &[u8]) -> Vec<Tone> {
        let mut listener = Listener::default();
        // Frames of odd length, as no boundary is promised.
        audio.chunks(173).flat_map(|frame| listener.push(frame).into_iter().collect::<Vec<_>>()).collect()
    }

    fn silence(ms: u32) -> Vec<u8> {
        vec![g711::SILENCE; ms as usize * 8]
    }

    fn samples(ms: u32, wave: impl Fn(f32) -> f32) -> Vec<u8> {
        (0..ms * 8).map(|n| g711::encode_sample(wave(n as f32 / 8_000.0) as i16)).collect()
    }

    fn noise(ms: u32, level: i16) -> Vec<u8> {
        let mut seed = 7u32;
        let mut next = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 16) as u16 as i16
        };
        (0..ms * 8).map(|_| g711::encode_sample((f32::from(next()) / 32_768.0 * f32::from(level)) as i16)).collect()
    }

    #[test]
    fn beeps_of_every_usual_pitch_and_length_are_heard_once() {
        for hz in [350.0, 440.0, 800.0, 1_000.0, 1_400.0, 1_980.0] {
            for length in [240, 500, 1_500] {
                let audio = [silence(333), tone(hz, length), silence(400)].concat();
                match heard(&audio)[..] {
                    [Tone::Beep { hz: told, length_ms }] => {
                        assert!((told / hz - 1.0).abs() < 0.02, "{told} for {hz}");
                        assert!(length_ms.abs_diff(length) <= 60, "{length_ms} for {length}");
                    }
                    ref other => panic!("{hz} Hz, {length} ms: {other:?}"),
                }
            }
        }
    }

    #[test]
    fn a_beep_is_heard_over_a_noisy_line() {
        let mut audio = [silence(100), tone(1_000.0, 600), silence(500)].concat();
        for (sample, hiss) in audio.iter_mut().zip(noise(1_200, 250)) {
            let sum = i32::from(g711::decode_sample(*sample)) + i32::from(g711::decode_sample(hiss));
            *sample = g711::encode_sample(sum.clamp(-32_000, 32_000) as i16);
        }
        assert!(matches!(heard(&audio)[..], [Tone::Beep { .. }]));
    }

    /// Who listens for one loud frequency takes a key, a ringing tone and a flute for a beep.
    #[test]
    fn keys_call_progress_music_and_noise_are_no_beeps() {
        let two = |a: f32, b: f32| move |t: f32| 4_000.0 * ((TAU * a * t).sin() + (TAU * b * t).sin());
        let keys = dtmf::encode("159w*0#").unwrap();
        let ringing = [samples(2_000, two(440.0, 480.0)), silence(4_000)].concat();
        let busy = [samples(500, two(480.0, 620.0)), silence(500)].concat().repeat(4);
        let dialling = [samples(1_500, two(350.0, 440.0)), silence(500)].concat();
        // One note after the other, without a gap.
        let notes: Vec<u8> = [523.0, 587.0, 659.0, 698.0, 784.0].iter().flat_map(|hz| tone(*hz, 300)).collect();
        let tune = [notes.repeat(3), noise(300, 4_000)].concat();
        let endless = [tone(425.0, 9_000), silence(500)].concat();
        let short = [tone(1_000.0, 100), silence(500)].concat();
        for (name, audio) in [
            ("keys", keys),
            ("ringing", ringing),
            ("busy", busy),
            ("dialling", dialling),
            ("tune", tune),
            ("endless", endless),
            ("short", short),
            ("noise", [noise(3_000, 8_000), silence(500)].concat()),
        ] {
            assert_eq!(heard(&audio), [], "{name}");
        }
    }

    /// A vowel is one pitch with its harmonics, and the pitch moves.
    #[test]
    fn voices_are_no_beeps() {
        let vowel = |t: f32| {
            let turns = 120.0 * t + 1.5 * (TAU * 5.0 * t).sin() / TAU;
            (1..20).map(|h| 4_000.0 / (1.0 + (h as f32 - 5.0).abs()) * (TAU * turns * h as f32).sin()).sum()
        };
        assert_eq!(heard(&[samples(800, vowel), silence(400)].concat()), []);
        let whistle = |t: f32| 8_000.0 * (TAU * (900.0 * t + 300.0 * t * t)).sin();
        assert_eq!(heard(&[samples(900, whistle), silence(400)].concat()), []);
    }

    #[test]
    fn a_fax_machine_is_told_by_its_answer_and_by_its_call() {
        assert_eq!(heard(&[silence(500), tone(2_100.0, 3_000), silence(80)].concat()), [Tone::Fax]);
        // Its phase is turned every 450 ms, and its loudness waves.
        let turned = |t: f32| {
            let sign = if ((t / 0.45) as u32).is_multiple_of(2) { 1.0 } else { -1.0 };
            sign * 8_000.0 * (1.0 + 0.2 * (TAU * 15.0 * t).sin()) * (TAU * 2_100.0 * t).sin()
        };
        assert_eq!(heard(&samples(3_000, turned)), [Tone::Fax]);
        let calling = [tone(1_100.0, 500), silence(3_000)].concat().repeat(3);
        assert_eq!(heard(&calling).iter().filter(|tone| matches!(tone, Tone::Fax)).count(), 1);
    }
}
