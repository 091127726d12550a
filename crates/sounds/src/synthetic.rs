//! Sounds made of numbers, for tests: music, a voice without words, noise. All µ-law at 8 kHz.

use crate::g711;
use std::f32::consts::TAU;

const RATE: f32 = 8_000.0;
/// Samples of one note: 375 ms.
const NOTE: usize = 3_000;
/// C, A minor, F, G; in hertz.
const CHORDS: [[f32; 3]; 4] = [[261.6, 329.6, 392.0], [220.0, 261.6, 329.6], [174.6, 220.0, 261.6], [196.0, 246.9, 293.7]];

/// Chords with a plucked tune over them.
pub fn music(ms: usize) -> Vec<u8> {
    let sample = |n: usize| {
        let chord = CHORDS[n / (NOTE * 4) % CHORDS.len()];
        let wave = |hz: f32| (n as f32 / RATE * hz * TAU).sin();
        let plucked = (-3.0 * (n % NOTE) as f32 / NOTE as f32).exp();
        let tune = chord[[0, 1, 2, 1][n / NOTE % 4]] * 2.0;
        let pad: f32 = chord.iter().map(|hz| wave(*hz)).sum::<f32>() / 3.0;
        let lead: f32 = (1_u8..6).map(|h| wave(tune * f32::from(h)) / f32::from(h)).sum::<f32>() / 2.0;
        (pad * 0.3 + lead * plucked * 0.6) * 9_000.0
    };
    (0..ms * 8).map(|n| g711::encode_sample(sample(n) as i16)).collect()
}

/// Syllables of a quarter of a second whose pitch glides, with a hiss now and then.
pub fn voice(ms: usize) -> Vec<u8> {
    let mut phase = 0.0_f32;
    let mut seed = 7_u32;
    let mut sample = |n: usize| {
        let t = n as f32 / RATE;
        let hz = 120.0 + 30.0 * (t * 8.0).sin() + 12.0 * (t * 23.0).sin();
        phase = (phase + hz / RATE).fract();
        let within = (n % 2_000) as f32 / 2_000.0;
        let loud = if within < 0.75 { (within / 0.75 * TAU / 2.0).sin() } else { 0.02 };
        let buzz: f32 = (1_u8..14).map(|h| (phase * f32::from(h) * TAU).sin() / (1.0 + (f32::from(h) - 5.0).abs())).sum();
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let hiss = if n / 2_000 % 3 == 2 && within > 0.55 { ((seed >> 16) as f32 / 32_768.0 - 1.0) * 0.5 } else { 0.0 };
        (buzz * loud + hiss) * 5_000.0
    };
    (0..ms * 8).map(|n| g711::encode_sample(sample(n) as i16)).collect()
}

/// Even noise of this loudness, root mean square of 16-bit samples.
pub fn noise(ms: usize, loudness: f32) -> Vec<u8> {
    let mut seed = 1_u32;
    let mut sample = || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        // Even from −1 to 1 has a root mean square of 0.577.
        ((seed >> 16) as f32 / 32_768.0 - 1.0) * loudness / 0.577
    };
    (0..ms * 8).map(|_| g711::encode_sample(sample() as i16)).collect()
}
