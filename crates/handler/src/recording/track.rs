//! One side of a recording: audio at its moments, silence between.

use bytes::Bytes;
use std::collections::VecDeque;
use wire::g711::SILENCE;

/// One side. Places are samples since the recording's beginning, 8,000 a second.
#[derive(Debug, Default)]
pub(super) struct Track {
    placed: VecDeque<(u64, Bytes)>,
    /// Where the last of it ends.
    pub(super) end: u64,
}

impl Track {
    /// A side of which everything before this place is written.
    pub(super) fn from(place: u64) -> Self {
        Self { placed: VecDeque::new(), end: place }
    }

    /// Puts audio at a place, or right after what is there already.
    pub(super) fn put(&mut self, place: u64, audio: Bytes) {
        let place = place.max(self.end);
        self.end = place + audio.len() as u64;
        if !audio.is_empty() {
            self.placed.push_back((place, audio));
        }
    }

    /// Everything from one place to another. What lies before it is forgotten.
    pub(super) fn take(&mut self, from: u64, to: u64) -> Vec<u8> {
        let mut taken = vec![SILENCE; usize::try_from(to.saturating_sub(from)).unwrap_or(0)];
        while let Some((place, audio)) = self.placed.front_mut() {
            if *place >= to {
                break;
            }
            let skipped = usize::try_from(from.saturating_sub(*place)).unwrap_or(usize::MAX).min(audio.len());
            let first = usize::try_from((*place + skipped as u64).saturating_sub(from)).unwrap_or(0);
            let length = (audio.len() - skipped).min(taken.len().saturating_sub(first));
            taken[first..first + length].copy_from_slice(&audio[skipped..skipped + length]);
            let used = skipped + length;
            if used >= audio.len() {
                self.placed.pop_front();
            } else {
                *place += used as u64;
                drop(audio.split_to(used));
                break;
            }
        }
        self.end = self.end.max(to);
        taken
    }
}
