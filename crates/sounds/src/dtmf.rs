//! Keys as tones: making them (in-band, since Media Streams can send no digits) and hearing them.
//!
//! Source: ITU-T Q.23 (frequencies) and Q.24 (timing: at least 40 ms of tone, then at least 40 ms of pause).

use crate::g711;
use std::f32::consts::TAU;

/// How long a key sounds, milliseconds.
pub const TONE_MS: u32 = 100;
/// How long the pause after it is, milliseconds.
pub const PAUSE_MS: u32 = 80;
/// Half of the level that G.711 can carry, over both tones.
const AMPLITUDE: f32 = 8_000.0;

const LOW_HZ: [f32; 4] = [697.0, 770.0, 852.0, 941.0];
const HIGH_HZ: [f32; 4] = [1209.0, 1336.0, 1477.0, 1633.0];
const KEYS: [[char; 4]; 4] = [['1', '2', '3', 'A'], ['4', '5', '6', 'B'], ['7', '8', '9', 'C'], ['*', '0', '#', 'D']];

/// One key, 16-bit samples at 8 kHz, tone only; `None` if there is no such key.
pub fn tone(key: char, duration_ms: u32) -> Option<Vec<i16>> {
    let key = key.to_ascii_uppercase();
    let (row, column) = KEYS.iter().enumerate().find_map(|(row, keys)| Some((row, keys.iter().position(|k| *k == key)?)))?;
    let samples = duration_ms * g711::RATE_HZ / 1_000;
    let wave = |hz: f32, n: u32| (TAU * hz * n as f32 / g711::RATE_HZ as f32).sin();
    Some((0..samples).map(|n| (AMPLITUDE * (wave(LOW_HZ[row], n) + wave(HIGH_HZ[column], n)) / 2.0) as i16).collect())
}

/// Keys with pauses after each, as µ-law. `w` is half a second of pause; `None` if there is a key that does not exist.
pub fn encode(keys: &str) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let silence = |ms: u32| std::iter::repeat_n(g711::SILENCE, (ms * g711::RATE_HZ / 1_000) as usize);
    for key in keys.chars() {
        if key.eq_ignore_ascii_case(&'w') {
            out.extend(silence(500));
        } else {
            out.extend(g711::encode(&tone(key, TONE_MS)?));
            out.extend(silence(PAUSE_MS));
        }
    }
    Some(out)
}

/// Samples that are judged at once: 12.75 ms, so that a 40 ms tone covers two whole blocks.
const BLOCK: usize = 102;
/// Mean power of a block below which nothing is heard.
const POWER_MIN: f32 = 40_000.0;
/// How much of a block's power the two tones must hold; speech spreads further.
const PURITY_MIN: f32 = 0.75;
/// How much louder one tone may be than the other (about 8 dB).
const TWIST_MAX: f32 = 6.3;

/// Hears keys in 8 kHz audio. A key is told once, when two blocks in a row agree; it must stop before it can come again.
#[derive(Debug, Default)]
pub struct Detector {
    pending: Vec<i16>,
    candidate: Option<char>,
    told: Option<char>,
    quiet_blocks: u8,
}

impl Detector {
    /// A detector that has heard nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes samples and gives the keys that became certain.
    pub fn push(&mut self, samples: &[i16]) -> Vec<char> {
        let mut keys = Vec::new();
        self.pending.extend_from_slice(samples);
        let blocks = self.pending.len() / BLOCK;
        for n in 0..blocks {
            let heard = judge(&self.pending[n * BLOCK..(n + 1) * BLOCK]);
            match heard {
                Some(key) => {
                    self.quiet_blocks = 0;
                    if self.candidate == Some(key) && self.told != Some(key) {
                        self.told = Some(key);
                        keys.push(key);
                    }
                }
                // One damaged block inside a tone must not double the key.
                None => {
                    self.quiet_blocks = self.quiet_blocks.saturating_add(1);
                    if self.quiet_blocks >= 2 {
                        self.told = None;
                    }
                }
            }
            self.candidate = heard;
        }
        self.pending.drain(..blocks * BLOCK);
        keys
    }
}

fn judge(block: &[i16]) -> Option<char> {
    let power: f32 = block.iter().map(|s| f32::from(*s).powi(2)).sum::<f32>() / block.len() as f32;
    if power < POWER_MIN {
        return None;
    }
    let strongest = |hz: &[f32; 4]| {
        let powers = hz.map(|hz| goertzel(block, hz));
        (0..4).max_by(|a, b| powers[*a].total_cmp(&powers[*b])).map(|i| (i, powers[i]))
    };
    let (row, low) = strongest(&LOW_HZ)?;
    let (column, high) = strongest(&HIGH_HZ)?;
    let balanced = low < high * TWIST_MAX && high < low * TWIST_MAX;
    (balanced && low + high > power * PURITY_MIN).then_some(KEYS[row][column])
}

/// Mean power of one frequency in the block.
fn goertzel(block: &[i16], hz: f32) -> f32 {
    let coefficient = 2.0 * (TAU * hz / g711::RATE_HZ as f32).cos();
    let (mut last, mut before) = (0.0f32, 0.0f32);
    for sample in block {
        (last, before) = (f32::from(*sample) + coefficient * last - before, last);
    }
    let length = block.len() as f32;
    2.0 * (last * last + before * before - coefficient * last * before) / (length * length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_heard_once_through_the_codec() {
        let keys = "0123456789*#ABCD";
        let mut detector = Detector::new();
        let mut heard = String::new();
        for frame in encode(keys).unwrap().chunks(160) {
            heard.extend(detector.push(&g711::decode(frame)));
        }
        assert_eq!(heard, keys);
    }

    #[test]
    fn the_same_key_twice_is_two_keys() {
        let heard = Detector::new().push(&g711::decode(&encode("55w5").unwrap()));
        assert_eq!(heard, ['5', '5', '5']);
    }

    #[test]
    fn a_single_tone_noise_and_silence_are_no_keys() {
        let single: Vec<i16> = (0..8_000).map(|n| (8_000.0 * (TAU * 697.0 * n as f32 / 8_000.0).sin()) as i16).collect();
        assert!(Detector::new().push(&single).is_empty());
        let mut seed = 1u32;
        let noise: Vec<i16> = (0..16_000)
            .map(|_| {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (seed >> 18) as i16 - 8_192
            })
            .collect();
        assert!(Detector::new().push(&noise).is_empty());
        assert!(Detector::new().push(&[0; 8_000]).is_empty());
    }

    #[test]
    fn there_is_no_key_x() {
        assert_eq!(encode("12x"), None);
        assert_eq!(tone('x', 50), None);
    }
}
