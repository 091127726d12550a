//! Keys that the agent presses: tones on the line like an item of speech, and a receipt once a mark has proven them.
//!
//! While they wait and sound the agent is silent and no answer is asked for; a menu that talks on does not stop them.

use crate::Session;
use crate::io::VoiceCommand;
use crate::playback::Item;
use crate::response::Ask;
use serde_json::{Value, json};
use std::time::Duration;
use tracing::{info, warn};
use types::CallEvent;

/// How long keys may wait for what is being said before them.
const WAIT_MAX: Duration = Duration::from_secs(10);
/// More keys than any call has from the callee; what comes after is not told.
const HEARD_MAX: u32 = 200;

/// What is being pressed, and what was.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    sending: Option<Sending>,
    /// The last ones that were played, and when they had been.
    sent: Option<(String, Duration)>,
    /// They were played, and nothing has been heard since.
    unanswered: bool,
    heard: u32,
}

#[derive(Debug)]
struct Sending {
    call_id: String,
    digits: String,
    since: Duration,
    /// They are in the ledger.
    begun: bool,
}

impl Keys {
    /// Keys wait or sound: nothing may be said.
    pub(crate) fn busy(&self) -> bool {
        self.sending.is_some()
    }

    /// They are in the ledger and not yet proven.
    pub(crate) fn sounding(&self) -> bool {
        self.sending.as_ref().is_some_and(|sending| sending.begun)
    }

    /// The last keys that were played.
    pub(crate) fn last_sent(&self) -> Option<&str> {
        self.sent.as_ref().map(|(digits, _)| digits.as_str())
    }

    /// Speech that began then was going on when keys were pressed, so it does not answer them.
    pub(crate) fn came_before(&self, began: Duration) -> bool {
        self.sent.as_ref().is_some_and(|(_, at)| began < *at)
    }

    /// Nothing has come in return for the last keys.
    pub(crate) fn unanswered(&self) -> bool {
        self.unanswered
    }

    pub(crate) fn callee_heard(&mut self) {
        self.unanswered = false;
    }
}

impl Session {
    /// Takes keys to be pressed; why not, otherwise. The receipt follows.
    pub(crate) fn press(&mut self, response_id: &str, call_id: &str, digits: String) -> Result<(), &'static str> {
        if !self.talking() || !self.responses.is_live(response_id) {
            return Err("nobody is on the line, or they have begun to speak; listen first");
        }
        if self.ending.reason().is_some() {
            return Err("the call is being ended");
        }
        if self.asking.is_open() {
            return Err("the user is being asked; wait for the answer");
        }
        if self.keys.busy() {
            return Err("other keys are being pressed; wait for their receipt");
        }
        // What was to be said with them and has not begun is not said: a menu would take it for an answer.
        self.drop_unspoken(response_id);
        self.responses.nothing_follows(response_id);
        info!(order_id = %self.config.order_id, keys = digits.len(), "pressing keys");
        self.keys.sending = Some(Sending { call_id: call_id.to_owned(), digits, since: self.now, begun: false });
        Ok(())
    }

    /// Puts the keys on the line once everything before them has been said. A callee who speaks meanwhile is no reason to wait:
    /// menus listen for keys while they talk.
    pub(crate) fn pump_keys(&mut self) {
        let Some(sending) = self.keys.sending.as_ref().filter(|sending| !sending.begun) else { return };
        if self.ending.reason().is_some() || self.closing.is_some() {
            return self.keys_failed("the call is being ended");
        }
        if !self.responses.idle() || !self.playback.idle() || !self.talking() {
            return;
        }
        let tones = sounds::dtmf::encode(&sending.digits);
        match tones.filter(|tones| self.playback.tones(tones.clone().into())) {
            Some(_) => {
                if let Some(sending) = &mut self.keys.sending {
                    sending.begun = true;
                }
                self.turns.answer_fails();
            }
            None => self.keys_failed("they cannot be made into tones"),
        }
    }

    pub(crate) fn keys_overdue_at(&self) -> Option<Duration> {
        self.keys.sending.as_ref().filter(|sending| !sending.begun).map(|sending| sending.since + WAIT_MAX)
    }

    pub(crate) fn keys_overdue(&mut self) {
        self.keys_failed("something else was being said for too long");
    }

    /// The tones have left the ledger, played to their end.
    pub(crate) fn keys_played(&mut self, item: &Item, proven: bool) {
        let Some(Sending { call_id, digits, .. }) = self.keys.sending.take() else { return };
        let played_ms = item.queued / 8;
        info!(order_id = %self.config.order_id, keys = digits.len(), played_ms, proven, "keys pressed");
        self.event(CallEvent::KeysPressed { digits: digits.clone(), at_ms: self.stream.clock_ms(self.now) });
        self.turns.sound(self.now);
        let status = if proven { "sent" } else { "sent, but the carrier does not confirm it" };
        let then = "say nothing of it; wait for what comes now";
        self.receipt(call_id, json!({ "status": status, "digits": digits, "played_ms": played_ms, "then": then }));
        (self.keys.sent, self.keys.unanswered) = (Some((digits.clone(), self.now)), true);
        // What the menu said up to here is answered by the keys.
        if self.responses.wanted() == Some(Ask::Answer) && self.menus.at_machine() {
            self.responses.want_nothing();
        }
        self.menu_was_answered(&digits);
        self.screener_heard_keys();
    }

    /// The tones were cut off, or cannot be played.
    pub(crate) fn keys_failed(&mut self, why: &str) {
        let Some(Sending { call_id, digits, .. }) = self.keys.sending.take() else { return };
        warn!(order_id = %self.config.order_id, keys = digits.len(), "keys were not pressed");
        self.receipt(call_id, json!({ "status": "not sent", "digits": digits, "why": why }));
        if self.closing.is_none() && self.ending.reason().is_none() {
            self.want(Ask::Answer);
        }
    }

    fn receipt(&mut self, call_id: String, output: Value) {
        self.tell_voice(VoiceCommand::ToolResult { call_id, output: output.to_string() });
    }

    /// What of a response has been made and of which nothing has gone to the carrier is not said any more.
    pub(crate) fn drop_unspoken(&mut self, response_id: &str) {
        for item in self.playback.drop_unsent(response_id) {
            let (item_id, content_index) = (item.item_id, item.content_index);
            self.tell_voice(VoiceCommand::Truncate { item_id, content_index, audio_end_ms: 0 });
        }
    }

    /// The callee has pressed a key.
    pub(crate) fn on_digit(&mut self, key: char) {
        self.turns.heard_callee(self.now);
        self.keys.callee_heard();
        if self.keys.heard >= HEARD_MAX || !self.talking() {
            return;
        }
        self.keys.heard += 1;
        self.event(CallEvent::KeyHeard { key });
        self.tell_aside(&format!("The callee has pressed the key {key} on their telephone."));
    }
}
