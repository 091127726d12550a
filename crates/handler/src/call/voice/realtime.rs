//! The Realtime dialect: OpenAI's generally available protocol, and whoever speaks it.

use super::dialect::{Dialect, SetUp};
use super::{tools, trouble};
use crate::voice::{Turns, Voice};
use indexmap::IndexMap;
use session::{Input, Recalled, ResponseStatus, Trouble, VoiceCommand};
use std::collections::VecDeque;
use std::time::Duration;
use tokio::time::Instant;
use types::{Briefing, Speaker, Usage, VoiceChoice, language};
use wire::realtime::{
    AudioConfig, AudioFormat, AudioInput, AudioOutput, ClientEvent, Function, INCLUDE_LOGPROBS, Item, ItemCreate, Modality, Part,
    RealtimeTag, ResponseParams, ServerEvent, SessionConfig, Tool, ToolChoice, ToolChoiceMode, Transcriber, Truncate,
    TurnDetection, Voice as NamedVoice,
};

/// How many of the callee's items may have a growing text at the same time.
const GROWING_MAX: usize = 8;

/// A session in this dialect.
#[derive(Default)]
pub(crate) struct Realtime {
    /// Messages of kinds that we do not know; they are passed over.
    unknown: u32,
    /// What the callee said so far, for items that are still growing.
    growing: IndexMap<String, String>,
    /// When the session ends, seconds since 1970.
    expires_at_s: Option<u64>,
    /// How long the limits that are used up need, as the server told last.
    busy_for: Option<Duration>,
}

impl Dialect for Realtime {
    fn begin(&mut self, voice: &Voice, briefing: &Briefing, choice: &VoiceChoice) -> String {
        ClientEvent::SessionUpdate { session: Box::new(session_config(voice, briefing, choice)) }.write(None)
    }

    fn set_up(&mut self, text: &str) -> SetUp {
        match ServerEvent::read(text) {
            Ok(ServerEvent::SessionCreated { session }) => {
                self.expires_at_s = session.expires_at;
                SetUp::Waiting
            }
            Ok(ServerEvent::SessionUpdated { session }) => {
                self.expires_at_s = session.expires_at.or(self.expires_at_s);
                SetUp::Ready
            }
            Ok(ServerEvent::Error { error }) => {
                let trouble = trouble::of_api(error.code.as_deref(), &error.kind, &error.message).unwrap_or(Trouble::Refused);
                SetUp::Refused(trouble, error.message)
            }
            // Rate limits and what else a server says first.
            Ok(_) | Err(_) => SetUp::Waiting,
        }
    }

    fn write(&mut self, command: VoiceCommand, _now: Instant, _inputs: &mut VecDeque<Input>) -> Vec<String> {
        let event = match command {
            VoiceCommand::AppendAudio(audio) => ClientEvent::Append { audio },
            VoiceCommand::CreateResponse { instructions } => {
                ClientEvent::ResponseCreate { response: instructions.map(words_only).map(Box::new) }
            }
            VoiceCommand::CancelResponse { response_id } => ClientEvent::ResponseCancel { response_id: Some(response_id) },
            VoiceCommand::Truncate { item_id, content_index, audio_end_ms } => {
                ClientEvent::Truncate(Truncate { item_id, content_index, audio_end_ms })
            }
            VoiceCommand::Recall { lines, note } => return recall(lines, &note),
            VoiceCommand::Note { text } => return vec![note(&text)],
            VoiceCommand::ToolResult { call_id, output } => ClientEvent::ItemCreate(Box::new(ItemCreate {
                previous_item_id: None,
                item: Item::function_call_output(&call_id, &output),
            })),
        };
        vec![event.write(None)]
    }

    fn read(&mut self, text: &str, _now: Instant, inputs: &mut VecDeque<Input>) -> Result<(), wire::realtime::Error> {
        let event = ServerEvent::read(text)?;
        let input = self.translate(event, inputs);
        inputs.extend(input);
        Ok(())
    }

    fn expires_at_s(&self) -> Option<u64> {
        self.expires_at_s
    }

    fn unknown(&self) -> u32 {
        self.unknown
    }
}

impl Realtime {
    fn translate(&mut self, event: ServerEvent, inputs: &mut VecDeque<Input>) -> Option<Input> {
        Some(match event {
            ServerEvent::SpeechStarted { item_id, audio_start_ms } => Input::SpeechStarted { item_id, audio_start_ms },
            ServerEvent::SpeechStopped { item_id, audio_end_ms } => Input::SpeechStopped { item_id, audio_end_ms },
            ServerEvent::Committed { item_id, previous_item_id } => Input::SpeechCommitted { item_id, previous_item_id },
            ServerEvent::TranscriptionDelta { item_id, delta, .. } => {
                if self.growing.len() >= GROWING_MAX && !self.growing.contains_key(&item_id) {
                    self.growing.shift_remove_index(0);
                }
                let text = self.growing.entry(item_id.clone()).or_default();
                text.push_str(&delta);
                Input::CalleeText { item_id, text: text.clone(), done: false }
            }
            ServerEvent::TranscriptionCompleted(words) => {
                self.growing.shift_remove(&words.item_id);
                let used = words.usage.usage();
                if used != Usage::default() {
                    inputs.push_back(Input::Counted(used));
                }
                let pieces = words.logprobs.iter().map(|piece| (piece.token.as_str(), piece.logprob));
                let doubted = types::doubt::doubted(pieces);
                if !doubted.is_empty() {
                    inputs.push_back(Input::CalleeDoubted { item_id: words.item_id.clone(), words: doubted });
                }
                Input::CalleeText { item_id: words.item_id, text: words.transcript, done: true }
            }
            ServerEvent::TranscriptionFailed(failed) => {
                tracing::warn!(code = failed.error.code, "the realtime model could not write down what the callee said");
                let text = self.growing.shift_remove(&failed.item_id).unwrap_or_default();
                Input::CalleeText { item_id: failed.item_id, text, done: true }
            }
            ServerEvent::ResponseCreated { response } => Input::ResponseStarted { response_id: response.id },
            ServerEvent::ResponseDone { response } => {
                inputs.extend(self.why_failed(&response));
                Input::ResponseEnded {
                    response_id: response.id,
                    status: response_status(response.status),
                    usage: response.usage.map(|usage| usage.usage()).unwrap_or_default(),
                }
            }
            ServerEvent::AudioDelta(delta) => Input::AgentAudio {
                response_id: delta.response_id,
                item_id: delta.item_id,
                content_index: u32::try_from(delta.content_index).unwrap_or(0),
                audio: delta.delta,
            },
            ServerEvent::AudioDone(content) => {
                Input::AgentAudioDone { response_id: content.response_id, item_id: content.item_id }
            }
            ServerEvent::TranscriptDelta(delta) => Input::AgentTextDelta {
                response_id: delta.content.response_id,
                item_id: delta.content.item_id,
                delta: delta.delta,
            },
            ServerEvent::OutputItemDone(done) => return tool_call(done.response_id, done.item),
            ServerEvent::Error { error } => {
                tracing::debug!(code = error.code, "the realtime model reports an error");
                match trouble::of_api(error.code.as_deref(), &error.kind, &error.message) {
                    Some(trouble) => Input::VoiceTrouble { trouble: self.with_wait(trouble), message: error.message },
                    None => Input::VoiceError { code: error.code, message: error.message },
                }
            }
            ServerEvent::RateLimitsUpdated { rate_limits } => {
                let used_up = rate_limits.iter().filter(|limit| limit.remaining == 0);
                self.busy_for = used_up.filter_map(|limit| trouble::seconds(limit.reset_seconds)).max();
                return None;
            }
            ServerEvent::Unknown { kind } => {
                tracing::debug!(kind, "an unknown event of the realtime model");
                self.unknown = self.unknown.saturating_add(1);
                return None;
            }
            ServerEvent::SessionCreated { .. }
            | ServerEvent::SessionUpdated { .. }
            | ServerEvent::Cleared {}
            | ServerEvent::TimeoutTriggered(_)
            | ServerEvent::ItemAdded(_)
            | ServerEvent::ItemDone(_)
            | ServerEvent::ItemTruncated { .. }
            | ServerEvent::ItemDeleted { .. }
            | ServerEvent::ItemRetrieved { .. }
            | ServerEvent::OutputItemAdded(_)
            | ServerEvent::ContentPartAdded(_)
            | ServerEvent::ContentPartDone(_)
            | ServerEvent::TranscriptDone { .. }
            | ServerEvent::TextDelta(_)
            | ServerEvent::TextDone { .. }
            | ServerEvent::ArgumentsDelta { .. }
            | ServerEvent::ArgumentsDone(_) => return None,
        })
    }
}

impl Realtime {
    /// Why an answer failed, if that is a trouble of the whole session.
    fn why_failed(&self, response: &wire::realtime::Response) -> Option<Input> {
        let error = response.status_details.as_ref()?.error.as_ref()?;
        let (kind, message) = (error.kind.as_deref().unwrap_or_default(), error.message.clone().unwrap_or_default());
        let trouble = trouble::of_api(error.code.as_deref(), kind, &message)?;
        tracing::debug!(code = error.code, "an answer of the realtime model failed");
        let message = if message.is_empty() { error.code.clone().unwrap_or_default() } else { message };
        Some(Input::VoiceTrouble { trouble: self.with_wait(trouble), message })
    }

    /// How long a busy server needs, where it does not say so itself.
    fn with_wait(&self, trouble: Trouble) -> Trouble {
        match trouble {
            Trouble::Busy { wait: None } => Trouble::Busy { wait: self.busy_for },
            Trouble::Busy { .. } | Trouble::Connection | Trouble::Expired | Trouble::Server | Trouble::Refused => trouble,
        }
    }
}

/// An earlier part of the call as items of the conversation, without asking for an answer.
fn recall(lines: Vec<Recalled>, note: &str) -> Vec<String> {
    let spoken = lines.into_iter().map(|line| match line.speaker {
        Speaker::Agent => Item::message(None, "assistant", vec![Part::output_text(&line.text)]),
        Speaker::Callee => Item::message(None, "user", vec![Part::input_text(&line.text)]),
    });
    spoken.map(create).chain([self::note(note)]).collect()
}

/// Something that the model must know, without asking for an answer.
fn note(text: &str) -> String {
    create(Item::message(None, "system", vec![Part::input_text(text)]))
}

fn create(item: Item) -> String {
    ClientEvent::ItemCreate(Box::new(ItemCreate { previous_item_id: None, item })).write(None)
}

/// An answer that says these words and calls no tool.
fn words_only(instructions: String) -> ResponseParams {
    ResponseParams {
        instructions: Some(instructions),
        tool_choice: Some(ToolChoice::Mode(ToolChoiceMode::None)),
        ..ResponseParams::default()
    }
}

/// A completed function call of the model; a broken-off one must not be acted on.
fn tool_call(response_id: String, item: Item) -> Option<Input> {
    let complete = item.kind == "function_call" && item.status.as_deref().is_none_or(|status| status == "completed");
    if !complete {
        return None;
    }
    Some(Input::ToolCall {
        response_id,
        call_id: item.call_id?,
        name: item.name?,
        arguments: item.arguments.unwrap_or_else(|| "{}".into()),
    })
}

fn response_status(status: wire::realtime::ResponseStatus) -> ResponseStatus {
    use wire::realtime::ResponseStatus as Wire;
    match status {
        Wire::Completed => ResponseStatus::Completed,
        Wire::Cancelled => ResponseStatus::Cancelled,
        Wire::Failed | Wire::Incomplete | Wire::InProgress | Wire::Unknown => ResponseStatus::Failed,
    }
}

/// What the model's session is set to. One state machine, the session core, decides when the model speaks. What is not
/// configured is not sent, so that servers that know less can be spoken to.
fn session_config(voice: &Voice, briefing: &Briefing, choice: &VoiceChoice) -> SessionConfig {
    let (format, options) = (Some(AudioFormat::Pcmu {}), &voice.options);
    let name = choice.voice.as_ref().unwrap_or(&voice.name);
    SessionConfig {
        kind: RealtimeTag::Realtime,
        output_modalities: Some(vec![Modality::Audio]),
        instructions: Some(briefing.render()),
        audio: Some(AudioConfig {
            input: Some(AudioInput {
                format,
                transcription: Some(Some(Transcriber {
                    model: Some(options.transcription_model.clone()),
                    language: heard_language(choice).or_else(|| options.transcription_language.clone()),
                    prompt: options.transcription_prompt.clone(),
                    ..Transcriber::default()
                })),
                noise_reduction: options.noise_reduction,
                turn_detection: Some(Some(turn_detection(&options.turns))),
            }),
            output: Some(AudioOutput { format, voice: Some(NamedVoice::Named(name.clone())), speed: options.speed }),
        }),
        tools: Some(tools::all().into_iter().map(function).collect()),
        tool_choice: Some(ToolChoice::Mode(ToolChoiceMode::Auto)),
        max_output_tokens: options.max_output_tokens.clone(),
        truncation: options.truncation.clone(),
        include: tells_likelihood(&options.transcription_model).then(|| vec![INCLUDE_LOGPROBS.to_owned()]),
        ..SessionConfig::default()
    }
}

/// Whether this model tells how likely it found each word. Others, and whatever a deployment is named, are not asked.
fn tells_likelihood(transcription_model: &str) -> bool {
    transcription_model.starts_with("gpt-4o-") && transcription_model.contains("transcribe")
}

/// The language of an order as the transcription takes it: two letters, or none.
fn heard_language(choice: &VoiceChoice) -> Option<String> {
    choice.language.as_deref().map(language::primary).filter(|code| code.len() == 2)
}

fn turn_detection(turns: &Turns) -> TurnDetection {
    let (create_response, interrupt_response) = (Some(false), Some(false));
    match *turns {
        Turns::Silence { threshold, prefix_padding_ms, silence_ms } => TurnDetection::ServerVad {
            threshold,
            prefix_padding_ms,
            silence_duration_ms: Some(silence_ms),
            create_response,
            interrupt_response,
            idle_timeout_ms: None,
        },
        Turns::Meaning { eagerness } => TurnDetection::SemanticVad { eagerness, create_response, interrupt_response },
    }
}

fn function(tool: tools::Tool) -> Tool {
    Tool::Function(Function {
        name: tool.name.into(),
        description: Some(tool.description.into()),
        parameters: Some(tool.parameters),
        ..Function::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_off_tool_call_is_not_acted_on() {
        let call = |status: &str| Item::function_call(None, "call_1", "end_call", "{}").with_status(status);
        assert!(tool_call("r".into(), call("completed")).is_some());
        assert!(tool_call("r".into(), call("incomplete")).is_none());
        assert!(tool_call("r".into(), Item::message(None, "assistant", Vec::new()).with_status("completed")).is_none());
    }
}
