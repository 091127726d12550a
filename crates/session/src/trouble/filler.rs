//! What the callee hears while no answer can be had: "One moment, please." in the agent's voice, said beforehand and kept, and
//! then, or without it, a quiet noise, so that the line does not seem dead.

use crate::Session;
use crate::playback::Kind;
use bytes::Bytes;
use std::time::Duration;
use tracing::info;

/// One stretch of noise; short, so that what comes after it need not wait.
const NOISE_BYTES: usize = 1_600;
/// How loud the noise is at most, of 32,768: like a quiet room.
const NOISE_PEAK: i16 = 60;

/// The words that were said beforehand.
#[derive(Debug, Default)]
pub(crate) struct Filler {
    words: Option<(String, Bytes)>,
    /// They were said in this wait.
    said: bool,
    noise: u32,
}

impl Session {
    /// The shell has the words for a wait, in the agent's voice.
    pub(crate) fn on_filler(&mut self, text: String, audio: Bytes) {
        if !audio.is_empty() {
            self.troubles.filler.words = Some((text, audio));
        }
    }

    /// Since when the callee waits for us and no answer can come.
    fn waits_since(&self) -> Option<Duration> {
        match &self.troubles.outage {
            Some(outage) if outage.owed => Some(outage.since),
            Some(_) => None,
            None => self.held_back_since().or_else(|| self.responses.slow_since(self.now, &self.tuning)),
        }
    }

    pub(crate) fn filler_at(&self) -> Option<Duration> {
        // The first thing that is said is who is calling, and nothing comes after a goodbye.
        let told = self.disclosure.heard_at_ms().is_some() && self.ending.reason().is_none();
        let since = self.waits_since().filter(|_| told && self.on_line() && !self.turns.callee_has_floor())?;
        if self.playback.speaks() {
            return None;
        }
        let quiet_since = since.max(self.turns.last_sound());
        let words = self.troubles.filler.words.is_some() && !self.troubles.filler.said;
        // A model that is only slow answers any moment: it is not kept waiting for a noise.
        let noise = self.troubles.outage.is_some() || self.held_back();
        if !words && (!noise || self.playback.unsent() > Duration::ZERO) {
            return None;
        }
        Some(quiet_since + self.tuning.filler_after)
    }

    pub(crate) fn filler_due(&mut self) {
        let filler = &mut self.troubles.filler;
        match filler.words.clone().filter(|_| !filler.said) {
            Some((text, audio)) => {
                info!(order_id = %self.config.order_id, "the callee is asked to wait a moment");
                filler.said = true;
                self.playback.add(Kind::Filler, &text, audio);
            }
            None => {
                filler.noise = filler.noise.wrapping_add(1);
                let audio = noise(filler.noise);
                self.playback.add(Kind::Noise, "", audio);
            }
        }
    }

    /// The wait is over.
    pub(crate) fn wait_is_over(&mut self) {
        self.troubles.filler.said = false;
        if let Some(name) = self.playback.drop_noise() {
            self.tell_carrier(crate::CarrierCommand::Mark { name });
        }
    }
}

/// A quiet room.
fn noise(seed: u32) -> Bytes {
    let mut state = seed.wrapping_mul(2_654_435_761) | 1;
    let mut last = 0_i32;
    let samples = (0..NOISE_BYTES).map(|_| {
        // Marsaglia's xorshift, and a little smoothing: less hiss.
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        let fresh = i32::from(state.to_le_bytes()[0]) - 128;
        last = (last + fresh * i32::from(NOISE_PEAK) / 128) / 2;
        sounds::g711::encode_sample(i16::try_from(last).unwrap_or(0))
    });
    samples.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_noise_is_heard_and_quiet() {
        let loud = sounds::g711::loudness(&noise(1));
        assert!((5.0..60.0).contains(&loud), "{loud}");
        assert_ne!(noise(1), noise(2));
    }
}
