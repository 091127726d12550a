//! Both sides of a call on one clock: the callee as it arrived, the agent as it was played.
//!
//! The clock is the transcript's: time since the first media stream began. The callee's frames are put one behind the other, and
//! moved only when they are late, or early, for longer than a network stalls: so neither a burst after a stall nor a carrier's
//! clock that goes wrong moves them away from their moments. The agent's audio is sent ahead of time, so it is held back until
//! a mark tells when it was played, or until it must have been; what a `clear` threw away is not in it. No clock in here.

use super::track::Track;
use bytes::Bytes;
use std::collections::VecDeque;
use std::time::Duration;

/// µ-law at 8 kHz.
const MICROS_PER_SAMPLE: u128 = 125;
/// How long audio waits until its place is sure, samples: a second and a half.
const SETTLE: u64 = 12_000;
/// For how long the callee's audio must be off until it is moved: a quarter of a second.
const STALL: u64 = 2_000;
/// How far audio may be off without being moved: 40 ms.
const SLACK: i64 = 320;
/// The longest silence that is written at once: half an hour. A call has no longer gap.
const GAP_MAX: u64 = 30 * 60 * 8_000;

/// Both sides.
#[derive(Debug)]
pub(crate) struct Mix {
    written: u64,
    callee: Track,
    /// The callee's audio whose place is not sure yet, with the place of its end by its arrival.
    arrived: VecDeque<(u64, Bytes)>,
    agent: Track,
    sent: VecDeque<Sent>,
    /// Where everything that was sent ends if it is played in time.
    sent_end: u64,
    /// How much later than that the carrier plays, as far as marks tell.
    late: i64,
}

#[derive(Debug)]
struct Sent {
    place: u64,
    audio: Bytes,
    mark: Option<String>,
}

impl Mix {
    /// A recording of which so many samples are written.
    pub(crate) fn after(written: u64) -> Self {
        Self {
            written,
            callee: Track::from(written),
            arrived: VecDeque::new(),
            agent: Track::from(written),
            sent: VecDeque::new(),
            sent_end: written,
            late: 0,
        }
    }

    /// The callee was heard.
    pub(crate) fn callee_said(&mut self, at: Duration, audio: Bytes) {
        self.arrived.push_back((place(at), audio));
    }

    /// Audio of the agent was sent to the carrier.
    pub(crate) fn agent_sent(&mut self, at: Duration, audio: Bytes) {
        let place = self.sent_end.max(place(at));
        self.sent_end = place + audio.len() as u64;
        self.sent.push_back(Sent { place, audio, mark: None });
    }

    /// A mark was sent behind it.
    pub(crate) fn mark_sent(&mut self, name: &str) {
        if let Some(last) = self.sent.back_mut() {
            last.mark = Some(name.to_owned());
        }
    }

    /// A mark has come back: what was sent before it has been played.
    pub(crate) fn mark_returned(&mut self, at: Duration, name: &str) {
        let Some(last) = self.sent.iter().position(|sent| sent.mark.as_deref() == Some(name)) else { return };
        let end = self.sent[last].place + self.sent[last].audio.len() as u64;
        let late = signed(place(at)) - signed(end);
        if (late - self.late).abs() > SLACK {
            self.late = late.max(0);
        }
        for sent in self.sent.drain(..=last) {
            self.agent.put(shifted(sent.place, self.late), sent.audio);
        }
    }

    /// The carrier was told to throw away what it has not played; marks that come back from now on prove nothing.
    pub(crate) fn cleared(&mut self, at: Duration) {
        let now = place(at);
        for sent in self.sent.drain(..) {
            let begins = shifted(sent.place, self.late).max(self.agent.end);
            let played = usize::try_from(now.saturating_sub(begins)).unwrap_or(usize::MAX).min(sent.audio.len());
            self.agent.put(begins, sent.audio.slice(..played));
        }
        self.sent_end = now;
    }

    /// What is sure by now, callee and agent sample by sample.
    pub(crate) fn take(&mut self, at: Duration) -> Vec<u8> {
        let now = place(at);
        self.settle_callee(now.saturating_sub(STALL));
        let to = now.saturating_sub(SETTLE);
        self.settle_agent(to);
        self.write(to)
    }

    /// Everything until now.
    pub(crate) fn finish(&mut self, at: Duration) -> Vec<u8> {
        self.cleared(at);
        let now = place(at);
        self.settle_callee(u64::MAX);
        self.write(now)
    }

    /// Places what arrived before this moment: by then it is known whether it was late for good.
    fn settle_callee(&mut self, before: u64) {
        while let Some((arrival, _)) = self.arrived.front().filter(|(arrival, _)| *arrival <= before) {
            let (arrival, mut end) = (*arrival, self.callee.end);
            let mut off: Option<(i64, i64)> = None;
            for (other, audio) in self.arrived.iter().take_while(|(other, _)| *other <= arrival.saturating_add(STALL)) {
                end += audio.len() as u64;
                let late = signed(*other) - signed(end);
                off = Some(off.map_or((late, late), |(least, most)| (least.min(late), most.max(late))));
            }
            let Some((_, mut audio)) = self.arrived.pop_front() else { return };
            let (least, most) = off.unwrap_or((0, 0));
            let mut at = self.callee.end;
            if least > SLACK {
                at = shifted(at, least);
            } else if most < -SLACK {
                // The carrier's clock is fast: a little is left out rather than all that follows being late.
                let out = usize::try_from(-most).unwrap_or(usize::MAX).min(audio.len());
                drop(audio.split_to(out));
            }
            self.callee.put(at, audio);
        }
    }

    fn settle_agent(&mut self, before: u64) {
        while self.sent.front().is_some_and(|sent| shifted(sent.place, self.late) < before) {
            let Some(sent) = self.sent.pop_front() else { return };
            self.agent.put(shifted(sent.place, self.late), sent.audio);
        }
    }

    fn write(&mut self, to: u64) -> Vec<u8> {
        let to = to.max(self.written).min(self.written + GAP_MAX);
        let (callee, agent) = (self.callee.take(self.written, to), self.agent.take(self.written, to));
        self.written = to;
        callee.into_iter().zip(agent).flat_map(|(callee, agent)| [callee, agent]).collect()
    }
}

/// The sample that sounds at this moment.
fn place(at: Duration) -> u64 {
    u64::try_from(at.as_micros() / MICROS_PER_SAMPLE).unwrap_or(u64::MAX)
}

fn signed(place: u64) -> i64 {
    i64::try_from(place).unwrap_or(i64::MAX)
}

fn shifted(place: u64, by: i64) -> u64 {
    place.saturating_add_signed(by)
}

#[cfg(test)]
mod tests;
