//! When the callee's audio came in: from a place in what was appended to the model's buffer to a moment of the session.

use crate::playback::{bytes_in, duration_of};
use std::collections::VecDeque;
use std::time::Duration;

/// Less audio than this shares an entry with what came before.
const GRAIN: u64 = 160;
/// Entries for two minutes.
const ENTRIES_MAX: usize = 6_000;

/// The arrival times of the audio that was appended.
#[derive(Debug, Default)]
pub(crate) struct CalleeClock {
    appended: u64,
    /// Bytes appended by then; both rise.
    arrivals: VecDeque<(u64, Duration)>,
}

impl CalleeClock {
    pub(crate) fn append(&mut self, now: Duration, length: usize) {
        self.appended += length as u64;
        let before = self.arrivals.iter().rev().nth(1).map_or(0, |(end, _)| *end);
        match self.arrivals.back_mut() {
            Some(last) if last.1 == now || self.appended - before <= GRAIN => *last = (self.appended, now),
            Some(_) | None => self.arrivals.push_back((self.appended, now)),
        }
        if self.arrivals.len() > ENTRIES_MAX {
            self.arrivals.pop_front();
        }
    }

    /// When the audio at this place came in; never later than `now`.
    pub(crate) fn arrival(&self, now: Duration, place_ms: u64) -> Duration {
        let place = bytes_in(Duration::from_millis(place_ms.min(u64::from(u32::MAX))));
        let index = self.arrivals.partition_point(|(end, _)| *end < place);
        match self.arrivals.get(index) {
            // The first entry may stand for more than is remembered.
            Some((end, at)) if index == 0 => at.saturating_sub(duration_of(end - place)).min(now),
            Some((_, at)) => (*at).min(now),
            None => now,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_found_by_when_it_arrived_not_by_its_length() {
        let mut clock = CalleeClock::default();
        let ms = Duration::from_millis;
        for frame in 0..10 {
            clock.append(ms(1_000 + 20 * frame), 160);
        }
        // The carrier paused for two seconds.
        for frame in 0..10 {
            clock.append(ms(3_200 + 20 * frame), 160);
        }
        assert_eq!(clock.arrival(ms(4_000), 100), ms(1_080));
        assert_eq!(clock.arrival(ms(4_000), 220), ms(3_200));
        assert_eq!(clock.arrival(ms(4_000), 9_000), ms(4_000));
    }

    #[test]
    fn what_is_forgotten_is_reckoned_back() {
        let mut clock = CalleeClock::default();
        for frame in 0..20_000 {
            clock.append(Duration::from_millis(20 * frame), 160);
        }
        let oldest = clock.arrival(Duration::from_secs(400), 1_000);
        assert!(oldest.abs_diff(Duration::from_secs(1)) < Duration::from_millis(50), "{oldest:?}");
    }
}
