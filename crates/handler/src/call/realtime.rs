//! The realtime model's socket: opened, configured, then translated to and from the session core.

use super::pipe::{self, Pipe};
use crate::config::Config;
use crate::error::with_causes;
use futures_util::{SinkExt as _, StreamExt as _};
use indexmap::IndexMap;
use session::{Input, ResponseStatus, VoiceCommand};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::{Message, WebSocketConfig};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};
use types::Briefing;
use wire::realtime::{
    AudioConfig, AudioFormat, AudioInput, AudioOutput, ClientEvent, Function, Item, ItemCreate, Modality, RealtimeTag,
    ResponseParams, ServerEvent, SessionConfig, Tool, ToolChoice, ToolChoiceMode, Transcriber, Truncate, TurnDetection, Voice,
};

/// How many events may wait for the model: ten seconds of the callee's audio.
const QUEUE_MAX: usize = 512;
/// The longest event that is read, bytes.
const EVENT_BYTES_MAX: usize = 1024 * 1024;
/// How many unreadable events are passed over.
const UNREADABLE_MAX: u32 = 20;
/// How many of the callee's items may have a growing text at the same time.
const GROWING_MAX: usize = 8;

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Why the model's session could not be opened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The address makes no request.
    #[error("the voice address cannot be used")]
    Address(#[source] tokio_tungstenite::tungstenite::Error),
    /// There is no socket.
    #[error("connecting to the realtime model at {host}")]
    Connect {
        /// Where.
        host: String,
        /// Why.
        #[source]
        source: Box<tokio_tungstenite::tungstenite::Error>,
    },
    /// The socket broke off during the set-up.
    #[error("the realtime model hung up before its session was configured")]
    HungUp,
    /// The model does not take the configuration.
    #[error("the realtime model refuses the session: {0}")]
    Refused(String),
    /// It took too long.
    #[error("the realtime model's session was not ready within {} s", .0.as_secs())]
    TooSlow(Duration),
}

/// An open and configured session of the model.
pub(crate) struct VoiceSocket {
    pipe: Pipe<Socket, Message>,
    heard_at: Instant,
    pinged_at: Instant,
    unreadable: u32,
    /// Messages of kinds that we do not know; they are passed over.
    unknown: u32,
    /// What the callee said so far, for items that are still growing.
    growing: IndexMap<String, String>,
}

impl VoiceSocket {
    /// Connects, configures the session and waits until the model has taken the configuration.
    pub(crate) async fn open(config: &Config, briefing: &Briefing) -> Result<Self, Error> {
        let limit = config.timing.voice_open_timeout;
        tokio::time::timeout(limit, Self::connect(config, briefing)).await.map_err(|_| Error::TooSlow(limit))?
    }

    async fn connect(config: &Config, briefing: &Briefing) -> Result<Self, Error> {
        let mut url = config.voice_url.clone();
        url.query_pairs_mut().append_pair("model", &config.voice_model);
        let mut request = url.as_str().into_client_request().map_err(Error::Address)?;
        if !config.voice_api_key.is_empty() {
            // Checked at start: a key that is no header value never gets here.
            if let Ok(mut value) = HeaderValue::from_str(&format!("Bearer {}", config.voice_api_key)) {
                value.set_sensitive(true);
                request.headers_mut().insert("authorization", value);
            }
        }
        let sizes = WebSocketConfig::default()
            .read_buffer_size(4096)
            .write_buffer_size(4096)
            .max_write_buffer_size(256 * 1024)
            .max_message_size(Some(EVENT_BYTES_MAX))
            .max_frame_size(Some(EVENT_BYTES_MAX));
        let (mut socket, _) = tokio_tungstenite::connect_async_with_config(request, Some(sizes), true)
            .await
            .map_err(|error| Error::Connect { host: url.host_str().unwrap_or_default().to_owned(), source: Box::new(error) })?;
        let update = ClientEvent::SessionUpdate { session: Box::new(session_config(config, briefing)) };
        socket.send(Message::text(update.write(None))).await.map_err(|_| Error::HungUp)?;
        while let Some(Ok(message)) = socket.next().await {
            let Message::Text(text) = message else { continue };
            match ServerEvent::read(&text) {
                Ok(ServerEvent::SessionUpdated { .. }) => {
                    let now = Instant::now();
                    let pipe = Pipe::new(socket, QUEUE_MAX);
                    return Ok(Self { pipe, heard_at: now, pinged_at: now, unreadable: 0, unknown: 0, growing: IndexMap::new() });
                }
                Ok(ServerEvent::Error { error }) => return Err(Error::Refused(error.message)),
                // `session.created`, rate limits and what else a server says first.
                Ok(_) | Err(_) => {}
            }
        }
        Err(Error::HungUp)
    }

    /// Sends what waits, and waits for the next thing that the session must know. After [`Input::VoiceLost`] the socket is of
    /// no more use. Nothing is lost when the future is dropped.
    pub(crate) async fn next(&mut self) -> Input {
        loop {
            let message = match self.pipe.next().await {
                Ok(message) => message,
                Err(error) => return Input::VoiceLost { message: error.to_string() },
            };
            self.heard_at = Instant::now();
            let text = match message {
                Message::Text(text) => text,
                Message::Close(frame) => {
                    let why = frame.map_or_else(String::new, |frame| format!(" ({} {})", frame.code, frame.reason));
                    return Input::VoiceLost { message: format!("{}{why}", pipe::Error::Closed) };
                }
                // The library answers pings; the protocol has no binary messages.
                Message::Ping(_) | Message::Pong(_) | Message::Binary(_) | Message::Frame(_) => continue,
            };
            match ServerEvent::read(&text) {
                Ok(event) => {
                    if let Some(input) = self.translate(event) {
                        return input;
                    }
                }
                Err(error) => {
                    self.unreadable += 1;
                    tracing::warn!(error = %with_causes(&error), "an unreadable event of the realtime model");
                    if self.unreadable > UNREADABLE_MAX {
                        return Input::VoiceLost { message: "its events are not readable".into() };
                    }
                }
            }
        }
    }

    /// How many events were passed over: of an unknown kind, and unreadable.
    pub(crate) fn passed_over(&self) -> (u32, u32) {
        (self.unknown, self.unreadable)
    }

    /// Queues something for the model.
    pub(crate) fn send(&mut self, command: VoiceCommand) -> Result<(), pipe::Error> {
        let event = match command {
            VoiceCommand::AppendAudio(audio) => ClientEvent::Append { audio },
            VoiceCommand::CreateResponse { instructions } => {
                ClientEvent::ResponseCreate { response: instructions.map(words_only).map(Box::new) }
            }
            VoiceCommand::CancelResponse { response_id } => ClientEvent::ResponseCancel { response_id: Some(response_id) },
            VoiceCommand::Truncate { item_id, content_index, audio_end_ms } => {
                ClientEvent::Truncate(Truncate { item_id, content_index, audio_end_ms })
            }
            VoiceCommand::ToolResult { call_id, output } => ClientEvent::ItemCreate(Box::new(ItemCreate {
                previous_item_id: None,
                item: Item::function_call_output(&call_id, &output),
            })),
        };
        self.pipe.push(Message::text(event.write(None)))
    }

    /// Asks a silent model whether it is there; fails once it has not answered for too long or takes nothing any more.
    pub(crate) fn check(&mut self, now: Instant, idle: Duration, stall: Duration) -> Result<(), String> {
        self.pipe.check_stall(now, stall).map_err(|error| error.to_string())?;
        let silent = now.saturating_duration_since(self.heard_at);
        if silent >= idle {
            return Err(format!("it has said nothing for {} s", silent.as_secs()));
        }
        if silent >= idle / 3 && now.saturating_duration_since(self.pinged_at) >= idle / 3 {
            self.pinged_at = now;
            self.pipe.push(Message::Ping(Default::default())).map_err(|error| error.to_string())?;
        }
        Ok(())
    }

    /// Sends what waits, then closes the socket.
    pub(crate) async fn close(self, limit: Duration) {
        self.pipe.close(limit).await;
    }

    fn translate(&mut self, event: ServerEvent) -> Option<Input> {
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
                Input::CalleeText { item_id: words.item_id, text: words.transcript, done: true }
            }
            ServerEvent::TranscriptionFailed(failed) => {
                tracing::warn!(code = failed.error.code, "the realtime model could not write down what the callee said");
                let text = self.growing.shift_remove(&failed.item_id).unwrap_or_default();
                Input::CalleeText { item_id: failed.item_id, text, done: true }
            }
            ServerEvent::ResponseCreated { response } => Input::ResponseStarted { response_id: response.id },
            ServerEvent::ResponseDone { response } => Input::ResponseEnded {
                response_id: response.id,
                status: response_status(response.status),
                usage: response.usage.map(|usage| usage.usage()).unwrap_or_default(),
            },
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
                Input::VoiceError { code: error.code, message: error.message }
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
            | ServerEvent::ArgumentsDone(_)
            | ServerEvent::RateLimitsUpdated { .. } => return None,
        })
    }
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

/// What the model's session is set to. One state machine, the session core, decides when the model speaks.
fn session_config(config: &Config, briefing: &Briefing) -> SessionConfig {
    let format = Some(AudioFormat::Pcmu {});
    SessionConfig {
        kind: RealtimeTag::Realtime,
        output_modalities: Some(vec![Modality::Audio]),
        instructions: Some(briefing.render()),
        audio: Some(AudioConfig {
            input: Some(AudioInput {
                format,
                transcription: Some(Some(Transcriber {
                    model: Some(config.transcription_model.clone()),
                    ..Transcriber::default()
                })),
                turn_detection: Some(Some(TurnDetection::ServerVad {
                    threshold: None,
                    prefix_padding_ms: None,
                    silence_duration_ms: Some(config.silence_duration_ms),
                    create_response: Some(false),
                    interrupt_response: Some(false),
                    idle_timeout_ms: None,
                })),
                ..AudioInput::default()
            }),
            output: Some(AudioOutput { format, voice: Some(Voice::Named(config.voice_name.clone())), speed: None }),
        }),
        tools: Some(tools()),
        tool_choice: Some(ToolChoice::Mode(ToolChoiceMode::Auto)),
        ..SessionConfig::default()
    }
}

fn tools() -> Vec<Tool> {
    let function = |name: &str, description: &str, parameters: serde_json::Value| {
        Tool::Function(Function {
            name: name.into(),
            description: Some(description.into()),
            parameters: Some(parameters),
            ..Function::default()
        })
    };
    vec![
        function(
            "report_outcome",
            "Report what came of the call, as soon as everything is settled or it is clear that it cannot be. Before the goodbye.",
            serde_json::json!({
                "type": "object",
                "properties": {
                    "status": {"type": "string", "enum": ["achieved", "partly", "not_achieved"]},
                    "summary": {"type": "string", "description": "One or two sentences for the person you call for."},
                    "facts": {"type": "array", "items": {
                        "type": "object",
                        "properties": {
                            "name": {"type": "string"},
                            "value": {"type": "string"},
                            "quote": {"type": "string", "description": "The callee's own words that prove it."}
                        },
                        "required": ["name", "value", "quote"]
                    }}
                },
                "required": ["status", "summary", "facts"]
            }),
        ),
        function(
            "end_call",
            "Hang up. Only after you have said goodbye.",
            serde_json::json!({"type": "object", "properties": {}}),
        ),
    ]
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
