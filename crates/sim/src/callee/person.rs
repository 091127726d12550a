//! A person who has answered in the browser: nothing is understood here, the audio goes through.

use super::Tick;
use crate::phone::{Handset, Jitter, Sent};
use std::collections::VecDeque;
use tokio_util::sync::CancellationToken;
use wire::{g711::SILENCE, media::FRAME_BYTES};

/// Keys that wait to be told.
const DIGITS_MAX: usize = 64;

/// Somebody real.
pub(crate) struct Person {
    handset: Handset,
    voice: Jitter,
    digits: VecDeque<char>,
}

impl Person {
    pub(crate) fn new(handset: Handset) -> Self {
        Self { handset, voice: Jitter::default(), digits: VecDeque::new() }
    }

    /// 20 ms both ways.
    pub(crate) fn tick(&mut self, heard: &[u8]) -> Tick {
        self.handset.play(heard);
        while let Some(sent) = self.handset.take() {
            match sent {
                Sent::Audio(frame) => self.voice.push(frame),
                Sent::Digit(digit) if self.digits.len() < DIGITS_MAX => self.digits.push_back(digit),
                Sent::Digit(_) => {}
            }
        }
        let mut frame = [SILENCE; FRAME_BYTES];
        if let Some(voice) = self.voice.pull() {
            // The socket lets only whole frames through.
            frame.iter_mut().zip(&voice).for_each(|(to, from)| *to = *from);
        }
        let digit = self.digits.pop_front();
        Tick { frame, begins: false, ends: false, hangs_up: self.handset.gone().is_cancelled(), digit }
    }

    pub(crate) fn gone(&self) -> CancellationToken {
        self.handset.gone()
    }
}
