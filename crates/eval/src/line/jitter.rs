//! A network that takes longer at times. What is sent first arrives first.

use rand::rngs::SmallRng;
use rand::{RngExt as _, SeedableRng as _};
use std::time::Duration;

/// One direction of it.
pub(crate) struct Jitter {
    chance: SmallRng,
    most_ms: u32,
    last: Duration,
}

impl Jitter {
    /// A network that takes up to so much longer.
    pub(crate) fn new(most_ms: u32, seed: u64) -> Self {
        Self { chance: SmallRng::seed_from_u64(seed ^ 3), most_ms, last: Duration::ZERO }
    }

    /// When something arrives that would arrive at this moment.
    pub(crate) fn arrives(&mut self, at: Duration) -> Duration {
        if self.most_ms > 0 {
            let late = self.chance.random_range(0..=self.most_ms);
            self.last = self.last.max(at + Duration::from_millis(late.into()));
            return self.last;
        }
        at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_overtakes_and_nothing_is_later_than_the_most() {
        let sent = (0..1_000_u64).map(|n| Duration::from_millis(n * 20));
        let mut jitter = Jitter::new(100, 5);
        let late: Vec<Duration> = sent.clone().map(|at| jitter.arrives(at)).collect();
        assert!(late.is_sorted());
        let most = sent.clone().zip(&late).map(|(at, late)| *late - at).max().unwrap();
        assert!(most > Duration::from_millis(80) && most <= Duration::from_millis(100), "{most:?}");
        let mut none = Jitter::new(0, 5);
        assert!(sent.into_iter().all(|at| none.arrives(at) == at));
    }
}
