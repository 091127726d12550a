//! The Live dialect: a model that listens and speaks at the same time and decides by itself when. Held only against the
//! published schema of its events, never against the service.
//!
//! The session core wants turns and answers, and the protocol has neither. So they are made here: the callee's turn begins with
//! its first words and ends when the model speaks or a while after the last words; an answer begins with the first sound of the
//! model and ends with a pause. An answer cannot be cancelled: what still comes of it is thrown away until the next pause.

mod setup;
#[cfg(test)]
mod tests;

use super::dialect::{Dialect, SetUp};
use super::trouble;
use crate::voice::Voice;
use bytes::Bytes;
use session::{Input, Recalled, ResponseStatus, Trouble, VoiceCommand};
use std::collections::VecDeque;
use std::time::Duration;
use tokio::time::Instant;
use types::{Briefing, Speaker, Usage, VoiceChoice};
use wire::live::{ClientEvent, Fragment, FunctionCall, FunctionOutput, Nested, ServerEvent};

/// Below this the model's audio counts as silence; speech is a hundred times louder.
const QUIET: f32 = 100.0;
/// A pause of the model this long ends its answer.
const PAUSE: Duration = Duration::from_millis(800);
/// The callee's turn is over this long after its last words.
const TURN_END: Duration = Duration::from_millis(1_200);
/// Words of the model that came before their sound, at most; bytes.
const EARLY_BYTES_MAX: usize = 4_096;
/// One turn of the callee, at most; bytes.
const TURN_BYTES_MAX: usize = 16 * 1024;
/// Asked for when the model does not answer by itself.
const ANSWER: &str = "Answer the callee now, in one or two short sentences.";

/// A session in this dialect.
#[derive(Default)]
pub(super) struct Live {
    unknown: u32,
    /// How many turns and answers there were; names the next one.
    count: u32,
    callee: Option<CalleeTurn>,
    agent: Option<Answer>,
    /// Words of the model that came before their sound.
    early: String,
    /// How often an answer was wanted in vain since the model last spoke.
    wanted: u32,
    /// The session's time that has been told.
    counted_ms: u64,
}

/// The callee's turn under way.
struct CalleeTurn {
    item_id: String,
    text: String,
    /// Where its words end on the session's clock.
    end_ms: u64,
    last_words_at: Instant,
}

/// The model's answer under way.
struct Answer {
    response_id: String,
    item_id: String,
    /// The last sound that was no silence.
    sounded_at: Instant,
    /// Silence since then, by the audio's own measure.
    quiet: Duration,
    /// It was cancelled: the rest is thrown away.
    void: bool,
}

impl Dialect for Live {
    fn begin(&mut self, voice: &Voice, briefing: &Briefing, choice: &VoiceChoice) -> String {
        ClientEvent::Start { session: Box::new(setup::session(voice, briefing, choice)) }.write()
    }

    fn set_up(&mut self, text: &str) -> SetUp {
        match ServerEvent::read(text) {
            Ok(ServerEvent::Started) => SetUp::Ready,
            Ok(ServerEvent::Error(error)) => {
                let trouble = trouble::of_api(error.code.as_deref(), &error.kind, &error.message).unwrap_or(Trouble::Refused);
                SetUp::Refused(trouble, error.message)
            }
            Ok(ServerEvent::Closed { reason, .. }) => SetUp::Refused(Trouble::Connection, format!("it was closed ({reason})")),
            Ok(_) | Err(_) => SetUp::Waiting,
        }
    }

    fn write(&mut self, command: VoiceCommand, _now: Instant, inputs: &mut VecDeque<Input>) -> Vec<String> {
        let events = match command {
            VoiceCommand::AppendAudio(audio) => vec![ClientEvent::Append { audio }],
            VoiceCommand::CreateResponse { instructions: Some(content) } => {
                vec![ClientEvent::Commentary { delegation_id: None, content }]
            }
            VoiceCommand::CreateResponse { instructions: None } => self.want(),
            VoiceCommand::CancelResponse { response_id } => {
                self.cancel(response_id, inputs);
                Vec::new()
            }
            // The model heard when it was interrupted; there is nothing to be cut.
            VoiceCommand::Truncate { .. } => Vec::new(),
            VoiceCommand::Recall { lines, note } => recall(&lines, note),
            VoiceCommand::Note { text } => vec![ClientEvent::Instructions { delegation_id: None, content: text }],
            VoiceCommand::ToolResult { call_id, output } => {
                vec![ClientEvent::ItemCreate { item: FunctionOutput { call_id, output } }, ClientEvent::ResponseCreate {}]
            }
        };
        events.iter().map(ClientEvent::write).collect()
    }

    fn read(&mut self, text: &str, now: Instant, inputs: &mut VecDeque<Input>) -> Result<(), wire::realtime::Error> {
        match ServerEvent::read(text)? {
            ServerEvent::Audio(audio) => self.on_audio(audio, now, inputs),
            ServerEvent::InputTranscript(words) => self.on_callee(words, now, inputs),
            ServerEvent::OutputTranscript(words) => self.on_words(words, inputs),
            ServerEvent::Response(nested) => match *nested {
                Nested::Call(call) => self.on_call(call, inputs),
                Nested::Done(usage) => inputs.push_back(Input::Counted(usage)),
                Nested::Other => {}
            },
            ServerEvent::Usage(usage) => self.on_time_counted(usage.ms(), inputs),
            ServerEvent::Closed { reason, usage } => {
                self.on_time_counted(usage.ms(), inputs);
                let trouble = if reason.contains("expired") { Trouble::Expired } else { Trouble::Connection };
                inputs.push_back(Input::VoiceLost { trouble, message: format!("it closed the session ({reason})") });
            }
            ServerEvent::Error(error) => {
                tracing::debug!(code = error.code, "the realtime model reports an error");
                let message = error.message;
                inputs.push_back(match trouble::of_api(error.code.as_deref(), &error.kind, &message) {
                    Some(trouble) => Input::VoiceTrouble { trouble, message },
                    None => Input::VoiceError { code: error.code, message },
                });
            }
            ServerEvent::Started | ServerEvent::Other => {}
            ServerEvent::Unknown { kind } => {
                tracing::debug!(kind, "an unknown event of the realtime model");
                self.unknown = self.unknown.saturating_add(1);
            }
        }
        Ok(())
    }

    fn wake_at(&self) -> Option<Instant> {
        let callee = self.callee.as_ref().map(|turn| turn.last_words_at + TURN_END);
        let agent = self.agent.as_ref().map(|answer| answer.sounded_at + PAUSE);
        [callee, agent].into_iter().flatten().min()
    }

    fn on_time(&mut self, now: Instant, inputs: &mut VecDeque<Input>) {
        if self.agent.as_ref().is_some_and(|answer| answer.sounded_at + PAUSE <= now) {
            self.end_answer(inputs);
        }
        if self.callee.as_ref().is_some_and(|turn| turn.last_words_at + TURN_END <= now) {
            self.end_turn(inputs);
        }
    }

    fn goodbye(&mut self) -> Option<String> {
        Some(ClientEvent::Close {}.write())
    }

    fn unknown(&self) -> u32 {
        self.unknown
    }
}

/// One further instruction may be so long; what is earlier is left out. A character is never less than a quarter of a token.
const RECALLED_CHARS_MAX: usize = 1_200;

/// An earlier part of the call as instructions: this protocol has no items for it.
fn recall(lines: &[Recalled], note: String) -> Vec<ClientEvent> {
    let (mut told, mut length) = (Vec::new(), 0);
    for line in lines.iter().rev() {
        let who = match line.speaker {
            Speaker::Agent => "You",
            Speaker::Callee => "Callee",
        };
        let text = format!("{who}: {}", line.text);
        length += text.chars().count();
        if length > RECALLED_CHARS_MAX {
            break;
        }
        told.insert(0, text);
    }
    let earlier = (!told.is_empty()).then(|| format!("The call so far:\n{}", told.join("\n")));
    let tell = |content| ClientEvent::Instructions { delegation_id: None, content };
    earlier.into_iter().chain([note]).map(tell).collect()
}

impl Live {
    /// An answer is wanted. The model answers by itself; only if it has not, it is asked to.
    fn want(&mut self) -> Vec<ClientEvent> {
        self.wanted += 1;
        if self.wanted < 2 {
            return Vec::new();
        }
        vec![ClientEvent::Instructions { delegation_id: None, content: ANSWER.into() }]
    }

    fn cancel(&mut self, response_id: String, inputs: &mut VecDeque<Input>) {
        match &mut self.agent {
            Some(answer) if answer.response_id == response_id && !answer.void => {
                answer.void = true;
                let (status, usage) = (ResponseStatus::Cancelled, Usage::default());
                inputs.push_back(Input::ResponseEnded { response_id, status, usage });
            }
            Some(_) | None => inputs.push_back(Input::VoiceError {
                code: Some("response_cancel_not_active".into()),
                message: "there is no such answer".into(),
            }),
        }
    }

    fn on_audio(&mut self, audio: Bytes, now: Instant, inputs: &mut VecDeque<Input>) {
        let loud = wire::g711::loudness(&audio) > QUIET;
        if self.agent.is_none() {
            if !loud {
                return;
            }
            self.begin_answer(now, inputs);
        }
        let Some(answer) = &mut self.agent else { return };
        if loud {
            (answer.sounded_at, answer.quiet) = (now, Duration::ZERO);
        } else {
            answer.quiet += Duration::from_micros(125 * audio.len() as u64);
        }
        let over = answer.quiet >= PAUSE;
        if !answer.void {
            let (response_id, item_id) = (answer.response_id.clone(), answer.item_id.clone());
            inputs.push_back(Input::AgentAudio { response_id, item_id, content_index: 0, audio });
        }
        if over {
            self.end_answer(inputs);
        }
    }

    /// The model has begun to speak, so the callee's turn is over.
    fn begin_answer(&mut self, now: Instant, inputs: &mut VecDeque<Input>) {
        self.end_turn(inputs);
        self.wanted = 0;
        self.count += 1;
        let (response_id, item_id) = (format!("live_answer_{}", self.count), format!("live_agent_{}", self.count));
        inputs.push_back(Input::ResponseStarted { response_id: response_id.clone() });
        let delta = std::mem::take(&mut self.early);
        if !delta.is_empty() {
            inputs.push_back(Input::AgentTextDelta { response_id: response_id.clone(), item_id: item_id.clone(), delta });
        }
        self.agent = Some(Answer { response_id, item_id, sounded_at: now, quiet: Duration::ZERO, void: false });
    }

    fn end_answer(&mut self, inputs: &mut VecDeque<Input>) {
        let Some(answer) = self.agent.take().filter(|answer| !answer.void) else { return };
        let (response_id, item_id) = (answer.response_id, answer.item_id);
        inputs.push_back(Input::AgentAudioDone { response_id: response_id.clone(), item_id });
        // The session's time is what is paid for.
        let (status, usage) = (ResponseStatus::Completed, Usage::default());
        inputs.push_back(Input::ResponseEnded { response_id, status, usage });
    }

    fn on_words(&mut self, words: Fragment, inputs: &mut VecDeque<Input>) {
        match &self.agent {
            Some(answer) if answer.void => {}
            Some(answer) => inputs.push_back(Input::AgentTextDelta {
                response_id: answer.response_id.clone(),
                item_id: answer.item_id.clone(),
                delta: words.delta,
            }),
            None if self.early.len() + words.delta.len() <= EARLY_BYTES_MAX => self.early.push_str(&words.delta),
            None => {}
        }
    }

    fn on_callee(&mut self, words: Fragment, now: Instant, inputs: &mut VecDeque<Input>) {
        if self.callee.is_none() {
            self.count += 1;
            let item_id = format!("live_callee_{}", self.count);
            inputs.push_back(Input::SpeechStarted { item_id: item_id.clone(), audio_start_ms: words.start_ms });
            self.callee = Some(CalleeTurn { item_id, text: String::new(), end_ms: words.end_ms, last_words_at: now });
        }
        let Some(turn) = &mut self.callee else { return };
        if turn.text.len() + words.delta.len() <= TURN_BYTES_MAX {
            turn.text.push_str(&words.delta);
        }
        (turn.end_ms, turn.last_words_at) = (turn.end_ms.max(words.end_ms), now);
        inputs.push_back(Input::CalleeText { item_id: turn.item_id.clone(), text: turn.text.trim().to_owned(), done: false });
    }

    fn end_turn(&mut self, inputs: &mut VecDeque<Input>) {
        let Some(CalleeTurn { item_id, text, end_ms, .. }) = self.callee.take() else { return };
        inputs.push_back(Input::SpeechStopped { item_id: item_id.clone(), audio_end_ms: end_ms });
        inputs.push_back(Input::SpeechCommitted { item_id: item_id.clone(), previous_item_id: None });
        inputs.push_back(Input::CalleeText { item_id, text: text.trim().to_owned(), done: true });
    }

    /// The second model calls a tool. While the voice is silent the call gets an answer of its own, without a word.
    fn on_call(&mut self, call: FunctionCall, inputs: &mut VecDeque<Input>) {
        let FunctionCall { call_id, name, arguments } = call;
        if let Some(answer) = self.agent.as_ref().filter(|answer| !answer.void) {
            inputs.push_back(Input::ToolCall { response_id: answer.response_id.clone(), call_id, name, arguments });
            return;
        }
        self.count += 1;
        let response_id = format!("live_tools_{}", self.count);
        inputs.push_back(Input::ResponseStarted { response_id: response_id.clone() });
        inputs.push_back(Input::ToolCall { response_id: response_id.clone(), call_id, name, arguments });
        let (status, usage) = (ResponseStatus::Completed, Usage::default());
        inputs.push_back(Input::ResponseEnded { response_id, status, usage });
    }

    /// The server tells the whole time; the session is told what is new of it.
    fn on_time_counted(&mut self, ms: u64, inputs: &mut VecDeque<Input>) {
        let session_ms = ms.saturating_sub(self.counted_ms);
        if session_ms > 0 {
            self.counted_ms = ms;
            inputs.push_back(Input::Counted(Usage { session_ms, ..Usage::default() }));
        }
    }
}
