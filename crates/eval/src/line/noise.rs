//! Noises: of a room, all the time; and of a person, once.

use crate::line::SPEECH_RMS;
use crate::scenario::{Noise, NoiseKind};
use rand::rngs::SmallRng;
use rand::{RngExt as _, SeedableRng as _};
use std::f32::consts::TAU;

const RATE: f32 = 8_000.0;
/// Samples of the room's noise, which then begins anew: 16 s.
const ROOM: usize = 16 * 8_000;
/// How many people talk in the background.
const TALKERS: usize = 6;

/// The noise of a room, for ever.
pub(super) struct Room {
    samples: Vec<f32>,
    at: usize,
}

impl Room {
    /// Of this kind, this loud.
    pub(super) fn new(kind: NoiseKind, rms: f32, seed: u64) -> Self {
        let mut chance = SmallRng::seed_from_u64(seed ^ 0x6e6f_6973_6500);
        let samples = match kind {
            NoiseKind::Babble => babble(&mut chance),
            NoiseKind::Street => street(&mut chance),
        };
        Self { samples: at_loudness(samples, rms), at: 0 }
    }

    pub(super) fn next(&mut self) -> f32 {
        let sample = self.samples.get(self.at).copied().unwrap_or_default();
        self.at = (self.at + 1) % ROOM;
        sample
    }
}

/// A noise of a person, about as loud as speech.
pub(crate) fn of(noise: Noise, seed: u64) -> Vec<f32> {
    let mut chance = SmallRng::seed_from_u64(seed);
    let samples = match noise {
        Noise::Cough => cough(&mut chance),
        Noise::Bang => (0..2_400).map(|n| white(&mut chance) * (-(n as f32) / 240.0).exp()).collect(),
        Noise::Rumble => low(&(0..4_000).map(|_| white(&mut chance)).collect::<Vec<_>>(), 250.0),
    };
    at_loudness(samples, SPEECH_RMS)
}

/// Two bursts of breath with a throat behind them.
fn cough(chance: &mut SmallRng) -> Vec<f32> {
    let burst = |chance: &mut SmallRng, samples: usize| -> Vec<f32> {
        let noise: Vec<f32> = (0..samples).map(|_| white(chance)).collect();
        let shaped = low(&noise, 1_400.0);
        let fade = |n: usize| (n as f32 / 80.0).min(1.0) * (-(n as f32) / (samples as f32 / 3.0)).exp();
        shaped.iter().enumerate().map(|(n, sample)| sample * fade(n)).collect()
    };
    let mut samples = burst(chance, 1_800);
    samples.extend(std::iter::repeat_n(0.0, 800));
    samples.extend(burst(chance, 2_200));
    samples
}

/// Voices that nobody understands: harmonics with a syllable's rhythm, each its own, over breath of the same colour.
fn babble(chance: &mut SmallRng) -> Vec<f32> {
    let mut sum = low(&(0..ROOM).map(|_| white(chance) * 0.4).collect::<Vec<_>>(), 700.0);
    for _ in 0..TALKERS {
        let (pitch, syllables) = (chance.random_range(95.0..230.0_f32), chance.random_range(3.0..5.5_f32));
        let (drift, phase) = (chance.random_range(0.2..0.6_f32), chance.random_range(0.0..TAU));
        let formant = chance.random_range(4.0..9.0_f32);
        let mut angle = 0.0_f32;
        for (n, sample) in sum.iter_mut().enumerate() {
            let t = n as f32 / RATE;
            angle = (angle + TAU * pitch * (1.0 + 0.15 * (TAU * drift * t + phase).sin()) / RATE) % TAU;
            let loud = (0.5 + 0.5 * (TAU * syllables * t + phase).sin()) * (0.6 + 0.4 * (TAU * drift * 0.7 * t).sin());
            let wave: f32 = (1..14_u8).map(|h| (angle * f32::from(h)).sin() / (1.0 + (f32::from(h) - formant).abs())).sum();
            *sample += 0.12 * loud * wave;
        }
    }
    sum
}

/// Low, with cars that come and go.
fn street(chance: &mut SmallRng) -> Vec<f32> {
    let noise = low(&(0..ROOM).map(|_| white(chance)).collect::<Vec<_>>(), 350.0);
    noise.iter().enumerate().map(|(n, sample)| sample * (0.7 + 0.5 * (TAU * 0.125 * n as f32 / RATE).sin())).collect()
}

fn white(chance: &mut SmallRng) -> f32 {
    chance.random_range(-1.0..1.0)
}

/// What is lower than this, and of the rest ever less.
fn low(samples: &[f32], hz: f32) -> Vec<f32> {
    let share = 1.0 - (-TAU * hz / RATE).exp();
    let mut level = 0.0;
    samples
        .iter()
        .map(|sample| {
            level += share * (sample - level);
            level
        })
        .collect()
}

fn at_loudness(samples: Vec<f32>, rms: f32) -> Vec<f32> {
    let now = (samples.iter().map(|s| s * s).sum::<f32>() / samples.len().max(1) as f32).sqrt();
    let factor = if now > 0.0 { rms / now } else { 0.0 };
    samples.into_iter().map(|sample| sample * factor).collect()
}
