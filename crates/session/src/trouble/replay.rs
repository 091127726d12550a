//! The callee's last sound, kept until it has become words: a fresh session of the model hears what the lost one took with it,
//! and what was said meanwhile.

use crate::Session;
use crate::io::VoiceCommand;
use bytes::{Bytes, BytesMut};
use std::collections::VecDeque;
use std::time::Duration;

/// Before the speech, so that its first sound is in it.
const BEFORE: u64 = 400 * 8;
/// The longest that is kept: ten seconds.
const KEPT_MAX: u64 = 10_000 * 8;
/// As much goes to the model in one message.
const PIECE_BYTES: usize = 8_000;
/// What is louder is taken for speech while no model listens.
const LOUD: f32 = 500.0;

/// The sound, with the moment at which each piece came.
#[derive(Debug, Default)]
pub(crate) struct Replay {
    pieces: VecDeque<(Duration, Bytes)>,
    bytes: u64,
}

impl Replay {
    fn keep(&mut self, now: Duration, audio: Bytes, most: u64) {
        self.bytes += audio.len() as u64;
        self.pieces.push_back((now, audio));
        while self.bytes > most
            && let Some((_, first)) = self.pieces.pop_front()
        {
            self.bytes -= first.len() as u64;
        }
    }

    fn take(&mut self) -> VecDeque<(Duration, Bytes)> {
        self.bytes = 0;
        std::mem::take(&mut self.pieces)
    }
}

impl Session {
    /// Keeps what the callee sounds like now: while they speak, or no model listens, all of it.
    pub(crate) fn keep_callee_audio(&mut self, audio: &Bytes) {
        let speaks = self.turns.callee_has_floor() || self.transcript.awaits_text();
        let most = if speaks || self.troubles.outage.is_some() { KEPT_MAX } else { BEFORE };
        self.troubles.replay.keep(self.now, audio.clone(), most);
        if let Some(outage) = &mut self.troubles.outage
            && sounds::g711::loudness(audio) > LOUD
        {
            (outage.owed, outage.unheard) = (true, true);
            self.turns.heard_callee(self.now);
        }
    }

    /// Lets the new session hear it, at the moments at which it came.
    pub(super) fn replay(&mut self) {
        let mut joined = BytesMut::new();
        for (at, audio) in self.troubles.replay.take() {
            self.stream.callee.append(at, audio.len());
            joined.extend_from_slice(&audio);
            if joined.len() >= PIECE_BYTES {
                self.tell_voice(VoiceCommand::AppendAudio(joined.split().freeze()));
            }
        }
        if !joined.is_empty() {
            self.tell_voice(VoiceCommand::AppendAudio(joined.freeze()));
        }
    }

    /// It is old, and belongs to what the model has heard.
    pub(super) fn forget_replay(&mut self) {
        self.troubles.replay.take();
    }
}
