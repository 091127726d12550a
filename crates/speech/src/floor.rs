//! How loud it is when nobody speaks. Voices in the background are voices to the detector, too: only that they are far away, and
//! never stop, tells them from whoever speaks into the telephone.

use crate::loudness::rms;

/// The noise of a place, as far as it has been heard.
pub(crate) struct Floor {
    /// The loudness of the last frames, smoothed over a syllable; nothing before the first.
    level: Option<f32>,
    /// The quietest of this half of the window, and of the half before it.
    quietest: [f32; 2],
    frames: usize,
}

impl Default for Floor {
    fn default() -> Self {
        Self { level: None, quietest: [f32::INFINITY; 2], frames: 0 }
    }
}

impl Floor {
    /// Half the window in which somebody who speaks breathes once, in frames: 2 s.
    const HALF: usize = 125;
    /// After so many frames something is known of it: a second, or whoever answers is heard to speak on long after they have stopped.
    const KNOWN: usize = 60;
    /// The quietest moment of a noise is about so much below its mean.
    const BELOW_MEAN: f32 = 1.4;
    /// Quieter noise than this is none (−54 dB), or a quiet voice on a quiet line would not be heard.
    const NONE: f32 = 65.0;

    /// How many times louder than the noise a frame is.
    pub(crate) fn hear(&mut self, frame: &[i16]) -> f32 {
        let now = rms(frame);
        let level = self.level.map_or(now, |level| level + 0.15 * (now - level));
        self.level = Some(level);
        if self.frames.is_multiple_of(Self::HALF) {
            self.quietest = [level, self.quietest[0]];
        }
        self.frames += 1;
        self.quietest[0] = self.quietest[0].min(level);
        let floor = self.floor();
        if floor < Self::NONE { f32::INFINITY } else { level.max(now) / floor }
    }

    /// The mean of the noise.
    fn floor(&self) -> f32 {
        let known = self.frames > Self::KNOWN;
        if known { self.quietest[0].min(self.quietest[1]) * Self::BELOW_MEAN } else { 0.0 }
    }

    /// Whether there is any.
    pub(crate) fn is_heard(&self) -> bool {
        self.floor() >= Self::NONE
    }
}
