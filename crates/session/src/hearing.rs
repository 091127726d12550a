//! The core's own ear on the line: whether a voice is on it, since when, and whether it is the agent's own, given back.
//!
//! The model's server tells of speech late and knows nothing of what was played; the answer to the callee is still its to time.

use sounds::echo::{self, Echo};
use sounds::talk::{FRAME_MS, Sound, Talk};
use std::collections::VecDeque;
use std::time::Duration;

/// Frames that are remembered: half a minute.
const FRAMES_MAX: usize = 1_500;
const FRAME: Duration = Duration::from_millis(FRAME_MS);
/// A pause within words.
const PAUSE_MAX: Duration = Duration::from_millis(200);
/// How long before the server's notice speech may have begun.
const NOTICE_MAX: Duration = Duration::from_millis(600);
/// Frames that come later or sooner than this do not follow the one before: 300 ms.
const SLACK: u64 = 600;
/// Of the last half second so much must be voice for a line to be talking.
const TALKING_FRAMES: (usize, usize) = (10, 25);

/// What was heard of the callee, and what was played to it.
#[derive(Debug, Default)]
pub(crate) struct Hearing {
    talk: Talk,
    echo: Echo,
    heard_end: u64,
    /// When each frame was complete, and what it carried.
    frames: VecDeque<(Duration, Sound)>,
    talking_at: Option<Duration>,
}

/// What was heard in a stretch of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Heard {
    /// The line carried nothing at all, not even noise: whoever says that there was speech knows more.
    pub(crate) blind: bool,
    /// How much of it was voice.
    pub(crate) voice: Duration,
    /// When voice was heard last.
    pub(crate) last_voice: Option<Duration>,
}

impl Hearing {
    /// µ-law of the callee, which has come in by now.
    pub(crate) fn hear(&mut self, now: Duration, bytes: &[u8]) {
        let length = (bytes.len() as u64).div_ceil(4);
        let from = place(now).saturating_sub(length);
        // Frames come in bursts; what they carry was not said in bursts.
        let from = if self.heard_end.abs_diff(from) <= SLACK { self.heard_end } else { from };
        self.echo.hear(from, bytes);
        self.heard_end = from + length;
        let frames = &mut self.frames;
        self.talk.push(bytes, |sound| frames.push_back((now, sound)));
        self.frames.drain(..self.frames.len().saturating_sub(FRAMES_MAX));
        let (enough, of) = TALKING_FRAMES;
        if self.frames.iter().rev().take(of).filter(|(_, sound)| *sound == Sound::Voice).count() >= enough {
            self.talking_at = Some(now);
        }
    }

    /// µ-law of the agent, to be played from then on.
    pub(crate) fn play(&mut self, at: Duration, bytes: &[u8]) {
        self.echo.play(place(at), bytes);
    }

    /// From now on nothing is played after all.
    pub(crate) fn cut(&mut self, now: Duration) {
        self.echo.cut(place(now));
    }

    /// When somebody was last talking on the line, by our own ear.
    pub(crate) fn talking_at(&self) -> Option<Duration> {
        self.talking_at
    }

    /// When the voice began of which the server gave notice at `noticed`; `noticed` itself if no voice was heard.
    pub(crate) fn began(&self, noticed: Duration) -> Duration {
        let earliest = noticed.saturating_sub(NOTICE_MAX);
        let (mut began, mut first_after) = (None::<Duration>, None);
        for (at, sound) in self.frames.iter().rev().take_while(|(at, _)| *at >= earliest) {
            if *sound != Sound::Voice {
                continue;
            }
            if *at > noticed {
                first_after = Some(*at);
            } else if began.unwrap_or(noticed) - *at > PAUSE_MAX {
                break;
            } else {
                began = Some(*at);
            }
        }
        began.or(first_after).map_or(noticed, |at| at.saturating_sub(FRAME))
    }

    /// What was heard from then on, until then.
    pub(crate) fn between(&self, from: Duration, until: Duration) -> Heard {
        let mut heard = Heard { blind: true, ..Heard::default() };
        for (at, sound) in self.frames.iter().rev().skip_while(|(at, _)| *at > until).take_while(|(at, _)| *at > from) {
            match sound {
                Sound::Nothing => {}
                Sound::Quiet | Sound::Noise => heard.blind = false,
                Sound::Voice => {
                    heard.blind = false;
                    heard.voice += FRAME;
                    heard.last_voice = heard.last_voice.max(Some(*at));
                }
            }
        }
        heard
    }

    /// How much of what was heard from then until then the agent's own words explain, 0 to 1; `None` if it cannot be told.
    pub(crate) fn echoed(&self, from: Duration, until: Duration) -> Option<f32> {
        self.echo.share(place(from), place(until).min(self.heard_end))
    }
}

/// A moment as a place on the echo's clock.
fn place(at: Duration) -> u64 {
    u64::try_from(at.as_micros()).unwrap_or(u64::MAX) / (1_000_000 / echo::RATE_HZ)
}
