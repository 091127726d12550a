//! What can be heard on the callee's side of the line: their voice, noises, and the agent's own voice, given back.

use super::rig::ms;
use bytes::Bytes;
use sounds::g711;
use std::time::Duration;

/// Samples of a frame.
const FRAME: u64 = 160;

/// The sounds of one call, sample by sample on the call's clock.
#[derive(Debug, Default)]
pub(super) struct Line {
    /// Off: the line carries nothing but digital silence, and the agent's voice is a constant.
    pub(super) on: bool,
    /// What is always there, by its loudness.
    pub(super) noise: f32,
    /// The agent comes back so much later, divided by so much.
    pub(super) echo: Option<(Duration, i16)>,
    sounds: Vec<(u64, Vec<i16>)>,
    played: Vec<i16>,
    seeds: u64,
}

fn place(at: Duration) -> u64 {
    at.as_micros() as u64 / 125
}

impl Line {
    /// A voice is on the line from then on.
    pub(super) fn voice(&mut self, from: Duration, lasts: Duration, loudness: f32) {
        self.seeds += 1;
        let samples = sounds::made_up::voice(40 + self.seeds, lasts.as_millis() as u32, loudness);
        self.sounds.push((place(from), samples));
    }

    /// A hiss is on the line from then on.
    pub(super) fn hiss(&mut self, from: Duration, lasts: Duration, loudness: f32) {
        self.seeds += 1;
        let samples = sounds::made_up::noise(40 + self.seeds, lasts.as_millis() as u32, loudness);
        self.sounds.push((place(from), samples));
    }

    /// The agent's voice, so many bytes of it.
    pub(super) fn agent(&mut self, bytes: usize) -> Vec<u8> {
        self.seeds += 1;
        if !self.on {
            return vec![0x55; bytes];
        }
        let mut audio = g711::encode(&sounds::made_up::voice(1_000 + self.seeds, (bytes as u32).div_ceil(8), 5_000.0));
        audio.truncate(bytes);
        audio
    }

    /// The carrier plays this from then on.
    pub(super) fn play(&mut self, from: Duration, audio: &[u8]) {
        if self.on {
            self.played.resize(place(from) as usize, 0);
            self.played.extend(g711::decode(audio));
        }
    }

    /// The carrier plays nothing more from then on.
    pub(super) fn clear(&mut self, at: Duration) {
        self.played.truncate(place(at) as usize);
    }

    /// The frame that is complete at that moment.
    pub(super) fn frame(&mut self, at: Duration) -> Bytes {
        if !self.on {
            return Bytes::from_static(&[0xff; FRAME as usize]);
        }
        self.seeds += 1;
        let (from, mut frame) = (place(at.saturating_sub(ms(20))), sounds::made_up::noise(self.seeds, 20, self.noise));
        for (start, samples) in &self.sounds {
            for (n, sample) in frame.iter_mut().enumerate() {
                let place = (from + n as u64).checked_sub(*start).and_then(|place| samples.get(place as usize));
                *sample = sample.saturating_add(place.copied().unwrap_or(0));
            }
        }
        if let Some((delay, by)) = self.echo {
            for (n, sample) in frame.iter_mut().enumerate() {
                let place = (from + n as u64).checked_sub(place(delay)).and_then(|place| self.played.get(place as usize));
                *sample = sample.saturating_add(place.copied().unwrap_or(0) / by);
            }
        }
        Bytes::from(g711::encode(&frame))
    }
}
