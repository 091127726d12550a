//! What is measured on the line while a call goes on, by nobody who takes part in it.

use crate::callee::{Happened, sounds};
use std::time::Duration;

/// How long after the callee's words the agent may still stop for them.
const FOR_WORDS: Duration = Duration::from_millis(1_500);
/// How much of the agent may be heard after it was interrupted.
const STOPS_WITHIN: Duration = Duration::from_millis(1_500);

/// A longer silence between the agent's words is a pause, frames.
const GAP_MAX: u64 = 15;

/// Of one call.
#[derive(Clone, Debug, Default)]
pub(crate) struct Measures {
    /// Callee stops → our first audio at the carrier, for each turn, milliseconds.
    pub(crate) turn_latency_ms: Vec<u64>,
    /// How often the agent stopped for words of the callee.
    pub(crate) barge_ins: u32,
    /// How often it stopped for nothing.
    pub(crate) false_barge_ins: u32,
    /// How often it talked on although it was interrupted.
    pub(crate) missed_barge_ins: u32,
    /// Whether something was being played when we hung up; `None` if we did not.
    pub(crate) cut_at_hang_up: Option<bool>,
    /// When the agent was first heard.
    pub(crate) spoke_at: Option<Duration>,
    /// How long the agent talked while the callee said something for which it should not, milliseconds.
    pub(crate) talked_over_ms: u64,
    /// How much silence was in the middle of the agent's words because they came too late, milliseconds.
    pub(crate) gaps_ms: u64,
    /// What the carrier complains of.
    pub(crate) carrier_errors: Vec<String>,
    /// The call is being ended, for which the agent may be silenced.
    pub(crate) ending: bool,
    answer_due: Option<Duration>,
    words_at: Option<Duration>,
    interrupted: Option<Duration>,
    talked_on: Duration,
    /// Since the agent's words ran out, in mid-word, frames.
    dry: Option<u64>,
}

/// 20 ms of the line as the carrier plays it.
pub(crate) struct Played<'a> {
    /// As the callee hears it.
    pub(crate) heard: &'a [u8],
    /// There was audio to be played.
    pub(crate) fed: bool,
    /// There is more.
    pub(crate) playing: bool,
}

impl Measures {
    pub(crate) fn frame(&mut self, now: Duration, played: &Played<'_>, happened: &Happened) {
        let Played { heard, fed, playing } = *played;
        self.look_for_gaps(heard, fed);
        if happened.speaks && sounds(heard) {
            self.talked_over_ms += 20;
        }
        if self.spoke_at.is_none() && sounds(heard) {
            self.spoke_at = Some(now);
        }
        if happened.begins {
            self.answer_due = None;
        } else if happened.ends && !playing {
            // Whoever talks over the callee does not answer.
            self.answer_due = Some(now);
        }
        if happened.speaks {
            self.words_at = Some(now);
        }
        if happened.interrupts && playing {
            (self.interrupted, self.talked_on) = (Some(now), Duration::ZERO);
        }
        if self.interrupted.is_some() {
            if sounds(heard) {
                self.talked_on += Duration::from_millis(20);
            } else if !playing {
                // It had come to its end anyway.
                self.interrupted = None;
            }
            if self.talked_on > STOPS_WITHIN {
                self.missed_barge_ins += 1;
                self.interrupted = None;
            }
        }
    }

    fn look_for_gaps(&mut self, heard: &[u8], fed: bool) {
        match self.dry {
            Some(frames) if !fed => self.dry = Some(frames + 1).filter(|frames| *frames <= GAP_MAX),
            Some(frames) if sounds(heard) => {
                self.gaps_ms += frames * 20;
                self.dry = Some(0);
            }
            Some(_) | None => self.dry = (fed && sounds(heard)).then_some(0),
        }
    }

    pub(crate) fn audio_arrived(&mut self, now: Duration, audio: &[u8]) {
        if let Some(since) = self.answer_due.filter(|_| sounds(audio)) {
            self.answer_due = None;
            self.turn_latency_ms.push(u64::try_from((now - since).as_millis()).unwrap_or(u64::MAX));
        }
    }

    pub(crate) fn cleared(&mut self, now: Duration, playing: bool) {
        self.dry = None;
        if !playing || self.ending {
            return;
        }
        let for_words = self.words_at.is_some_and(|at| now.saturating_sub(at) <= FOR_WORDS);
        if self.interrupted.take().is_some() || for_words {
            self.barge_ins += 1;
        } else {
            self.false_barge_ins += 1;
        }
    }

    pub(crate) fn hung_up(&mut self, playing: bool) {
        self.cut_at_hang_up = Some(playing);
    }

    pub(crate) fn carrier_error(&mut self, what: &str) {
        if self.carrier_errors.len() < 20 {
            self.carrier_errors.push(what.to_owned());
        }
    }
}

/// The value that this part of the values is not above; `None` without values.
pub(crate) fn quantile(values: &[u64], part: f64) -> Option<u64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let last = sorted.len().checked_sub(1)?;
    sorted.get(((last as f64) * part).round() as usize).copied()
}
