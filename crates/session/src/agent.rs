//! What the model makes for the callee: audio and words, from the model's hands to the ledger.

use crate::io::CarrierCommand;
use crate::playback::Kind;
use crate::{Session, words};
use bytes::Bytes;
use std::time::Duration;
use tracing::{debug, warn};
use types::{AgentState, CallEvent};

/// More turns than any call has.
const LATENCIES_MAX: usize = 2_000;

impl Session {
    pub(crate) fn on_agent_audio(&mut self, response_id: &str, item_id: &str, content_index: u32, audio: Bytes) {
        if audio.is_empty() || !self.talking() {
            return;
        }
        if !self.response_gives(response_id, true) {
            return self.forget_unheard(response_id, item_id, content_index);
        }
        if self.keys.busy() {
            return;
        }
        self.audio_is_taken(item_id);
        self.voice_speaks();
        self.wait_is_over();
        let taken =
            self.playback.item(response_id, item_id, Some(content_index)).is_some_and(|item| item.queue(content_index, audio));
        if !taken {
            debug!(order_id = %self.config.order_id, "the model gives more audio than is taken");
        }
    }

    pub(crate) fn on_agent_audio_done(&mut self, response_id: &str, item_id: &str) {
        if self.responses.is_live(response_id)
            && let Some(name) = self.playback.audio_done(item_id)
        {
            self.tell_carrier(CarrierCommand::Mark { name });
        }
    }

    pub(crate) fn on_agent_text(&mut self, response_id: &str, item_id: &str, delta: &str) {
        if !self.talking() || !self.response_gives(response_id, false) {
            return;
        }
        let Some(item) = self.playback.item(response_id, item_id, None) else { return };
        item.say(delta);
        if self.cuts_denial(response_id) {
            return;
        }
        let Some(item) = self.playback.item(response_id, item_id, None) else { return };
        if let Some(line) = item.line
            && let Some(caption) = self.transcript.agent_text(line, &item.text)
        {
            self.event(caption);
        }
    }

    /// The first audio of an item goes to the carrier; it is heard from `heard_from` on.
    pub(crate) fn item_begins(&mut self, place: usize, heard_from: Duration) {
        let kind = self.playback.get_mut(place).map_or(Kind::Speech, |item| item.kind);
        if kind == Kind::Noise {
            return;
        }
        let start_ms = self.stream.clock_ms(heard_from);
        self.turns.agent_begins(heard_from);
        if let Some(item) = self.playback.get_mut(place).filter(|item| !item.is_tones)
            && let Some(line) = self.transcript.begin_agent(start_ms)
        {
            item.line = Some(line);
            let caption = (!item.text.is_empty()).then(|| self.transcript.agent_text(line, &item.text)).flatten();
            if let Some(caption) = caption {
                self.event(caption);
            }
        }
        // To be asked for a moment is no answer.
        if kind == Kind::Filler {
            return;
        }
        if let Some(since) = self.turns.answer_begins() {
            let ms = u32::try_from((self.now.saturating_sub(since)).as_millis()).unwrap_or(u32::MAX);
            self.event(CallEvent::TurnLatency { ms });
            if self.turn_latency_ms.len() < LATENCIES_MAX {
                self.turn_latency_ms.push(ms);
            }
        }
    }

    /// Items that were played to their ends leave the ledger for the transcript.
    pub(crate) fn finish_played_items(&mut self) {
        while let Some((item, proven)) = self.playback.take_played(self.now) {
            if !proven {
                warn!(order_id = %self.config.order_id, "the carrier does not give marks back");
            }
            if item.queued == 0 || item.kind == Kind::Noise {
                continue;
            }
            if item.is_tones {
                self.keys_played(&item, proven);
                continue;
            }
            self.turns.sound(self.now);
            if item.kind == Kind::Speech && !item.broken {
                self.turns.agent_was_heard();
                self.ending.agent_said(&item.text, self.now);
            }
            if let Some(line) = item.line {
                let end_ms = self.stream.clock_ms(self.now);
                let caption = if item.broken {
                    self.transcript.agent_broken(line, &item.text, words::share(&item.text, item.queued, item.whole()), end_ms)
                } else {
                    self.transcript.agent_done(line, &item.text, end_ms)
                };
                if let Some(caption) = caption {
                    self.event(caption);
                }
            }
            self.we_were_heard();
            if item.kind == Kind::Speech {
                self.disclosure_after(&item);
                self.message_after(&item, proven);
            }
        }
    }

    /// The lines whose audio will not be complete: what of them will be heard once that audio has been played.
    pub(crate) fn tell_broken_lines(&mut self) {
        let broken = self.playback.items().filter(|item| item.broken);
        let broken: Vec<_> = broken.filter_map(|item| Some((item.line?, item.text.clone(), item.queued, item.whole()))).collect();
        let now_ms = self.stream.clock_ms(self.now);
        for (line, text, queued, whole) in broken {
            if let Some(caption) = self.transcript.agent_broken(line, &text, words::share(&text, queued, whole), now_ms) {
                self.event(caption);
            }
        }
    }

    /// Tells what the agent does, when it does something else.
    pub(crate) fn tell_agent_state(&mut self) {
        if !self.talking() {
            return;
        }
        let state = if self.playback.audible() {
            AgentState::Speaking
        } else if self.hold.waiting() {
            AgentState::OnHold
        } else if self.responses.live() || (self.responses.wanted().is_some() && !self.turns.callee_has_floor()) {
            AgentState::Thinking
        } else {
            AgentState::Listening
        };
        if self.agent_state != Some(state) {
            self.agent_state = Some(state);
            self.event(CallEvent::Agent { state });
        }
    }
}
