//! Frames that get lost, alone or in bursts.

use rand::rngs::SmallRng;
use rand::{RngExt as _, SeedableRng as _};

/// One direction of a line that loses frames: a chain of two states, lost and not lost.
pub(super) struct Loss {
    chance: SmallRng,
    /// That a frame is lost after one that was not, and that it is not after one that was.
    begins: f64,
    ends: f64,
    losing: bool,
}

impl Loss {
    /// Loses this share of the frames, so many together on average.
    pub(super) fn new(share: f64, burst: f64, seed: u64) -> Self {
        let ends = 1.0 / burst.max(1.0);
        let begins = if share <= 0.0 { 0.0 } else { (ends * share / (1.0 - share)).min(1.0) };
        Self { chance: SmallRng::seed_from_u64(seed), begins, ends, losing: false }
    }

    /// Whether the next frame is lost.
    pub(super) fn loses(&mut self) -> bool {
        if self.begins <= 0.0 {
            return false;
        }
        let turn: f64 = self.chance.random();
        self.losing = if self.losing { turn >= self.ends } else { turn < self.begins };
        self.losing
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_and_the_length_of_bursts_are_kept() {
        for (share, burst) in [(0.03, 1.0), (0.1, 4.0)] {
            let mut loss = Loss::new(share, burst, 5);
            let lost: Vec<bool> = (0..100_000).map(|_| loss.loses()).collect();
            let count = lost.iter().filter(|lost| **lost).count() as f64;
            let bursts = lost.windows(2).filter(|pair| !pair[0] && pair[1]).count() as f64;
            assert!((count / 100_000.0 - share).abs() < 0.01, "{count}");
            assert!((count / bursts / burst - 1.0).abs() < 0.15, "{bursts}");
        }
        assert!((0..1_000).all(|_| !Loss::new(0.0, 1.0, 5).loses()));
    }
}
