//! What a handler with a habit does between the session core and its wires. Without habits nothing here does anything.

use crate::habit::{Habit, Habits};
use session::{CarrierCommand, Input, Output, Trouble, VoiceCommand};
use std::time::Duration;
use types::{CallEvent, CallResult};
use wire::realtime::{ClientEvent, Truncate};

/// The error of the model's server when it is asked for an answer while it makes one.
const ALREADY_ANSWERS: &str = "conversation_already_has_active_response";

/// The tool with which the model ends the call.
const END_CALL: &str = "end_call";

pub(super) struct Naive {
    habits: Habits,
    /// The model makes an answer.
    making: bool,
    /// The model's last words, and when their first audio came.
    last_words: Option<(String, Duration)>,
    /// An answer was asked for and refused.
    asks_again: bool,
    /// The model's answer with which it ends the call.
    last_answer: Option<String>,
    /// The lines' numbers in the order in which their texts came.
    arrived: Vec<u32>,
}

impl Naive {
    pub(super) fn new(habits: Habits) -> Self {
        Self { habits, making: false, last_words: None, asks_again: false, last_answer: None, arrived: Vec::new() }
    }

    pub(super) fn has(&self, habit: Habit) -> bool {
        self.habits.has(habit)
    }

    /// The first message to the model, as the handler sends it.
    pub(super) fn sets_up(&self, message: String) -> String {
        if self.has(Habit::AnswersTwice) {
            return message.replace("\"create_response\":false", "\"create_response\":true");
        }
        message
    }

    /// Whether this is carried out.
    pub(super) fn performs(&mut self, output: &Output) -> bool {
        match output {
            Output::Carrier(CarrierCommand::Clear) => self.making || !self.has(Habit::ClearsTooSeldom),
            Output::Voice(VoiceCommand::CreateResponse { .. }) => {
                self.making = true;
                true
            }
            Output::Voice(VoiceCommand::Truncate { .. }) => !self.has(Habit::TruncatesByTheClock),
            Output::Event(CallEvent::Caption { line, done: true, .. }) => {
                self.arrived.push(*line);
                true
            }
            Output::OpenVoice { .. }
            | Output::SwitchVoice
            | Output::Dial
            | Output::Carrier(CarrierCommand::Audio(_) | CarrierCommand::Mark { .. })
            | Output::Voice(
                VoiceCommand::AppendAudio(_)
                | VoiceCommand::CancelResponse { .. }
                | VoiceCommand::Recall { .. }
                | VoiceCommand::Note { .. }
                | VoiceCommand::ToolResult { .. },
            )
            | Output::BringBack
            | Output::HangUp
            | Output::CloseVoice
            | Output::Event(_)
            | Output::Ledger(_)
            | Output::Ended(_) => true,
        }
    }

    /// Something is told to the session: what the handler sends the model by itself.
    pub(super) fn sends(&mut self, now: Duration, input: &Input) -> Vec<ClientEvent> {
        if let Input::AgentAudio { item_id, .. } = input
            && self.last_words.as_ref().is_none_or(|(last, _)| last != item_id)
        {
            self.last_words = Some((item_id.clone(), now));
        }
        if let Input::ResponseEnded { .. } = input {
            self.making = false;
            let again = std::mem::take(&mut self.asks_again);
            return Vec::from_iter(again.then_some(ClientEvent::ResponseCreate { response: None }));
        }
        if !matches!(input, Input::SpeechStarted { .. }) {
            return Vec::new();
        }
        let truncates = |(item_id, since): &(String, Duration)| {
            let audio_end_ms = u64::try_from((now - *since).as_millis()).unwrap_or(u64::MAX);
            ClientEvent::Truncate(Truncate { item_id: item_id.clone(), content_index: 0, audio_end_ms })
        };
        let truncation = self.last_words.as_ref().filter(|_| self.has(Habit::TruncatesByTheClock)).map(truncates);
        let cancelling = self.has(Habit::CancelsWhatIsOver).then_some(ClientEvent::ResponseCancel { response_id: None });
        truncation.into_iter().chain(cancelling).collect()
    }

    /// What the session is told in its place.
    pub(super) fn tells(&mut self, input: Input) -> Option<Input> {
        let Input::VoiceError { code, message } = input else { return Some(input) };
        if self.has(Habit::CancelsWhatIsOver) {
            return Some(Input::VoiceLost { trouble: Trouble::Connection, message });
        }
        if self.has(Habit::AnswersTwice) && code.as_deref() == Some(ALREADY_ANSWERS) {
            self.asks_again = true;
            return None;
        }
        Some(Input::VoiceError { code, message })
    }

    /// Whether the call is ended for this.
    pub(super) fn hangs_up(&mut self, input: &Input) -> bool {
        if let Input::ToolCall { response_id, name, .. } = input
            && name == END_CALL
        {
            self.last_answer = Some(response_id.clone());
        }
        let Input::ResponseEnded { response_id, .. } = input else { return false };
        self.has(Habit::HangsUpOnceMade) && self.last_answer.as_ref() == Some(response_id)
    }

    /// The result as the handler gives it.
    pub(super) fn reports(&self, result: &mut CallResult) {
        if self.has(Habit::OrdersByArrival) {
            let place = |line: u32| self.arrived.iter().position(|arrived| *arrived == line).unwrap_or(usize::MAX);
            result.transcript.sort_by_key(|line| place(line.line));
        }
    }
}
