//! The media stream: its beginning, its audio in and out, its marks, its end.

use crate::Session;
use crate::callee_clock::CalleeClock;
use crate::hearing::Hearing;
use crate::io::{CarrierCommand, VoiceCommand};
use bytes::Bytes;
use std::time::Duration;
use tracing::{info, warn};
use types::{CallStage, EndedReason};

/// The stream and its clock.
#[derive(Debug, Default)]
pub(crate) struct Stream {
    /// When the first one began: the origin of its clock.
    started_at: Option<Duration>,
    on: bool,
    /// The one that the call has, or had, is the last.
    last: bool,
    pub(crate) callee: CalleeClock,
    pub(crate) hearing: Hearing,
}

impl Stream {
    pub(crate) fn on(&self) -> bool {
        self.on
    }

    /// Whether the one that the call waits for has come; it may be over.
    pub(crate) fn has_come(&self) -> bool {
        self.last
    }

    pub(crate) fn started_at(&self) -> Option<Duration> {
        self.started_at
    }

    pub(crate) fn stop(&mut self) {
        self.on = false;
    }

    /// Another one is to come.
    pub(crate) fn await_another(&mut self) {
        self.last = false;
    }

    /// The clock of a call that had a stream before goes on, and the call will have another one.
    pub(crate) fn resumed(started_at: Option<Duration>) -> Self {
        Self { started_at, ..Self::default() }
    }

    /// A moment of the session on the stream's clock, in milliseconds.
    pub(crate) fn clock_ms(&self, at: Duration) -> u64 {
        let since = at.saturating_sub(self.started_at.unwrap_or(at));
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    }
}

impl Session {
    /// When the first media stream began, on the session's clock: the origin of the transcript's.
    pub fn stream_began(&self) -> Option<Duration> {
        self.stream.started_at()
    }

    pub(crate) fn on_stream_started(&mut self) {
        if self.stream.last || !self.call.asked() {
            return;
        }
        // Also when the call is being closed: now it can be hung up.
        self.carrier_knows_the_call();
        if self.closing.is_some() {
            return;
        }
        (self.stream.on, self.stream.last) = (true, true);
        self.stream.started_at.get_or_insert(self.now);
        self.call.answered_at.get_or_insert(self.now);
        self.turns.sound(self.now);
        self.reach(CallStage::Connected);
        info!(order_id = %self.config.order_id, "media stream started");
        self.stream_is_back();
        self.pick_up_the_thread();
    }

    pub(crate) fn on_callee_audio(&mut self, audio: Bytes) {
        if audio.is_empty() || !self.on_line() {
            return;
        }
        self.keep_callee_audio(&audio);
        if !self.talking() {
            return;
        }
        if !self.overhear(&audio) {
            return;
        }
        self.stream.callee.append(self.now, audio.len());
        self.stream.hearing.hear(self.now, &audio);
        self.listen_for_tones(&audio);
        self.tell_voice(VoiceCommand::AppendAudio(audio));
    }

    pub(crate) fn on_mark_returned(&mut self, name: &str) {
        self.playback.mark_returned(self.now, name);
    }

    pub(crate) fn on_stream_stopped(&mut self) {
        if !self.stream.on() {
            return;
        }
        self.stream.stop();
        if self.closing.is_none() {
            info!(order_id = %self.config.order_id, "the carrier stopped the media stream");
            self.close(EndedReason::CalleeHungUp, None);
        }
    }

    pub(crate) fn on_stream_lost(&mut self, message: String) {
        if !self.stream.on() {
            return;
        }
        self.lose_stream(message);
    }

    pub(crate) fn on_stream_refused(&mut self, message: String) {
        if !self.stream.on() {
            return;
        }
        self.stream.stop();
        if self.closing.is_none() {
            warn!(order_id = %self.config.order_id, cause = %message, "media stream refused");
            self.close(EndedReason::CarrierLost, Some(format!("the carrier's media stream could not be used: {message}")));
        }
    }

    /// An item may not begin while the callee has the floor; one that has begun goes on until a barge-in.
    fn held(&self) -> bool {
        self.turns.callee_has_floor() && !self.goodbye_is_forced() && !self.answered.leaves_message()
    }

    pub(crate) fn send_at(&self) -> Option<Duration> {
        self.on_line().then(|| self.playback.send_at(self.now, self.held())).flatten()
    }

    pub(crate) fn send_audio(&mut self) {
        let held = self.held();
        let Some(sent) = self.playback.send(self.now, held) else { return };
        if let Some((place, heard_from)) = sent.began {
            self.item_begins(place, heard_from);
        }
        self.stream.hearing.play(sent.begins_at, &sent.audio);
        self.tell_carrier(CarrierCommand::Audio(sent.audio));
        if let Some(name) = sent.mark {
            self.tell_carrier(CarrierCommand::Mark { name });
        }
    }
}
