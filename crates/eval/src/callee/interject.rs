//! What a callee does out of turn: mm-hm, a cough, an interruption, keys, the receiver.

use super::Happened;
use super::ears::AgentTurns;
use crate::line::{FRAME, factor, sound};
use crate::scenario::Interject;
use crate::senses::Senses;
use sim::offline::Spoken;
use speech::Manner;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;
use types::Speaker;

/// Between two keys that are pressed.
const KEY_EVERY: Duration = Duration::from_millis(300);

pub(super) struct Interjections {
    waiting: Vec<Interject>,
    manner: Manner,
    senses: Arc<dyn Senses>,
    seed: u64,
    /// What is in the air, and whether the agent should stop for it.
    sounding: Vec<(VecDeque<f32>, bool)>,
    keys: VecDeque<char>,
    key_at: Duration,
}

impl Interjections {
    pub(super) fn new(all: &[Interject], manner: Manner, senses: Arc<dyn Senses>, seed: u64) -> Self {
        let (sounding, keys) = (Vec::new(), VecDeque::new());
        Self { waiting: all.to_vec(), manner, senses, seed, sounding, keys, key_at: Duration::ZERO }
    }

    /// 20 ms, on top of what else happens.
    pub(super) fn tick(&mut self, now: Duration, turns: &AgentTurns, happened: &mut Happened, lines: &mut Vec<Spoken>) {
        let is_due = |interject: &Interject| match (interject.agent_turn, interject.at_s) {
            (Some(turn), _) => turns.into(turn, now).is_some_and(|into| into >= Duration::from_millis(interject.after_ms.into())),
            (None, at_s) => at_s.is_some_and(|at_s| now.as_secs_f64() >= at_s),
        };
        let (due, later) = std::mem::take(&mut self.waiting).into_iter().partition(is_due);
        self.waiting = later;
        let due: Vec<Interject> = due;
        for interject in due {
            self.begin(now, interject, happened, lines);
        }
        for (samples, words) in &mut self.sounding {
            happened.speaks |= *words;
            let taken = samples.len().min(FRAME);
            happened.voice.iter_mut().zip(samples.drain(..taken)).for_each(|(to, from)| *to += from);
        }
        self.sounding.retain(|(samples, _)| !samples.is_empty());
        if now >= self.key_at
            && let Some(key) = self.keys.pop_front()
        {
            happened.digits.push(key);
            self.key_at = now + KEY_EVERY;
        }
    }

    fn begin(&mut self, now: Duration, interject: Interject, happened: &mut Happened, lines: &mut Vec<Spoken>) {
        happened.interrupts |= interject.interrupts;
        happened.hangs_up |= interject.hang_up;
        self.keys.extend(interject.press.iter().flat_map(|keys| keys.chars()));
        let louder = factor(interject.gain_db);
        if let Some(noise) = interject.sound {
            self.sounding.push((sound(noise, self.seed).into_iter().map(|sample| sample * louder).collect(), false));
        }
        if let Some(text) = interject.say {
            let samples = self.senses.say(&text, self.manner).unwrap_or_default();
            let start_ms = u64::try_from(now.as_millis()).unwrap_or(u64::MAX);
            let end_ms = start_ms + samples.len() as u64 / 8;
            lines.push(Spoken { speaker: Speaker::Callee, text, start_ms, end_ms, interrupted: false });
            self.sounding.push((samples.iter().map(|sample| f32::from(*sample) * louder).collect(), interject.interrupts));
        }
    }
}
