//! For tests: sounds that are made up, the same for the same seed.

use crate::g711::RATE_HZ;
use std::f32::consts::TAU;

/// Numbers that look random, 0 to 1.
fn dice(seed: u64) -> impl FnMut() -> f32 {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(0x1234_5678_9abc_def1);
    move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 40) as f32 / (1u64 << 24) as f32
    }
}

/// Something like a voice: syllables of 120 to 240 ms with a wandering pitch and a colour of their own, and short pauses.
/// `loudness` is about its root mean square.
pub fn voice(seed: u64, length_ms: u32, loudness: f32) -> Vec<i16> {
    let mut dice = dice(seed);
    let wanted = (length_ms * RATE_HZ / 1_000) as usize;
    let (mut samples, mut phase) = (Vec::with_capacity(wanted), 0.0f32);
    let base = 95.0 + 120.0 * dice();
    while samples.len() < wanted {
        let length = ((0.12 + 0.12 * dice()) * RATE_HZ as f32) as usize;
        let (from, to) = (base * (0.85 + 0.3 * dice()), base * (0.85 + 0.3 * dice()));
        let colour: Vec<f32> = (1..12).map(|n| dice().powi(2) / (n as f32).sqrt()).collect();
        let power: f32 = colour.iter().map(|c| c * c / 2.0).sum::<f32>().sqrt().max(0.05);
        for n in 0..length {
            let at = n as f32 / length as f32;
            phase = (phase + (from + (to - from) * at) / RATE_HZ as f32).fract();
            let swell = (std::f32::consts::PI * at).sin().powf(0.4);
            let wave: f32 = colour.iter().enumerate().map(|(h, c)| c * (TAU * phase * (h + 1) as f32).sin()).sum();
            samples.push((wave / power * swell * loudness) as i16);
        }
        let pause = (0.05 * dice() * RATE_HZ as f32) as usize;
        samples.extend(std::iter::repeat_n(0, pause));
    }
    samples.truncate(wanted);
    samples
}

/// A hiss. `loudness` is about its root mean square.
pub fn noise(seed: u64, length_ms: u32, loudness: f32) -> Vec<i16> {
    let mut dice = dice(seed.wrapping_add(77));
    (0..length_ms * RATE_HZ / 1_000).map(|_| ((dice() - 0.5) * 3.46 * loudness) as i16).collect()
}
