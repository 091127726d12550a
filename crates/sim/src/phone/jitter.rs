//! A small jitter buffer: a person's frames come in bursts, the call takes one every 20 ms.

use bytes::Bytes;
use std::collections::VecDeque;
use wire::g711;

/// Frames that wait before the first is played: 60 ms.
const LEAD: usize = 3;
/// More than these, 500 ms, means that the person is far behind the call; what is too old is dropped.
const BACKLOG_MAX: usize = 25;
/// Quieter frames may be left out to catch up.
const QUIET_MAX: f32 = 200.0;

/// The frames of one person.
#[derive(Default)]
pub(crate) struct Jitter {
    frames: VecDeque<Bytes>,
    playing: bool,
}

impl Jitter {
    /// The next frame that came.
    pub(crate) fn push(&mut self, frame: Bytes) {
        self.frames.push_back(frame);
        if self.frames.len() > BACKLOG_MAX {
            self.frames.drain(..self.frames.len() - LEAD);
        }
    }

    /// The frame for the next 20 ms; `None` while too little has come.
    pub(crate) fn pull(&mut self) -> Option<Bytes> {
        self.playing = if self.playing { !self.frames.is_empty() } else { self.frames.len() >= LEAD };
        if !self.playing {
            return None;
        }
        // A delay that was gathered is given back in pauses, where nobody hears it.
        if self.frames.len() > 2 * LEAD && self.frames.front().is_some_and(|frame| g711::loudness(frame) < QUIET_MAX) {
            self.frames.pop_front();
        }
        self.frames.pop_front()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(byte: u8) -> Bytes {
        Bytes::from(vec![byte; 160])
    }

    #[test]
    fn it_waits_for_its_lead_and_again_after_it_ran_dry() {
        let mut jitter = Jitter::default();
        for _ in 0..2 {
            jitter.push(frame(1));
            jitter.push(frame(2));
            assert_eq!(jitter.pull(), None);
            jitter.push(frame(3));
            for byte in 1..=3 {
                assert_eq!(jitter.pull(), Some(frame(byte)));
            }
            assert_eq!(jitter.pull(), None);
        }
    }

    #[test]
    fn a_long_delay_is_dropped() {
        let mut jitter = Jitter::default();
        for byte in 0..=u8::try_from(BACKLOG_MAX).unwrap() {
            jitter.push(frame(byte));
        }
        assert_eq!(jitter.pull(), Some(frame(23)));
        assert_eq!(jitter.frames.len(), 2);
    }

    #[test]
    fn a_short_delay_is_given_back_in_pauses_only() {
        let mut jitter = Jitter::default();
        let fill = |jitter: &mut Jitter, byte| (0..10).for_each(|_| jitter.push(frame(byte)));
        fill(&mut jitter, 0x10);
        fill(&mut jitter, g711::SILENCE);
        let played: Vec<Bytes> = std::iter::from_fn(|| jitter.pull()).collect();
        assert_eq!(played.iter().filter(|played| **played == frame(0x10)).count(), 10, "no loud frame is lost");
        assert_eq!(played.len(), 18, "two quiet ones are left out");
    }
}
