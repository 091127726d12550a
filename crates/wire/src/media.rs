//! Media Streams: the messages on the carrier's WebSocket, both ways.
//!
//! Source: Twilio, "Media Streams - WebSocket Messages". Audio is µ-law, 8 kHz, one channel, without any header.

use crate::json::{Text, base64_lenient, base64_strict, count, maybe_count, push_base64, push_string};
use bytes::Bytes;
use indexmap::IndexMap;
use serde::Deserialize;
use std::fmt::Write as _;

/// The longest message that is read, bytes. 20 ms of audio make a message of about 400.
pub const MESSAGE_BYTES_MAX: usize = 64 * 1024;
/// Samples, and bytes, of one 20 ms frame.
pub const FRAME_BYTES: usize = 160;

/// What the carrier sends us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FromCarrier {
    /// The socket is open; the first message.
    Connected,
    /// The stream begins; the second message.
    Start(Start),
    /// Audio of the callee.
    Media(Media),
    /// The callee pressed a key.
    Dtmf {
        /// `0`–`9`, `*`, `#`, `A`–`D`.
        digit: char,
    },
    /// What was sent before this mark has been played, or thrown away by `clear`.
    Mark {
        /// The name it was sent with.
        name: String,
    },
    /// The stream is over; the last message.
    Stop {
        /// The call, as far as it is told.
        call_sid: String,
    },
    /// An event that did not exist when this was written; to be passed over.
    Unknown {
        /// Its name.
        event: String,
    },
}

/// The `start` message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Start {
    /// To be named in every message that is sent back.
    pub stream_sid: String,
    /// The call that the stream belongs to.
    pub call_sid: String,
    /// The account that the call belongs to.
    pub account_sid: String,
    /// The `<Parameter>`s of the TwiML.
    pub custom_parameters: IndexMap<String, String>,
}

/// A `media` message of the carrier.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Media {
    /// µ-law, 8 kHz.
    pub payload: Bytes,
    /// Its number from 1; a gap means that something was lost. 0 if it was not told.
    pub chunk: u64,
    /// When it begins, milliseconds since the stream started.
    pub timestamp_ms: u64,
}

/// What we send the carrier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ToCarrier {
    /// Audio to be played after what was sent before.
    Media {
        /// µ-law, 8 kHz, any length but none.
        payload: Bytes,
    },
    /// Tell us when everything before it has been played.
    Mark {
        /// Comes back in [`FromCarrier::Mark`].
        name: String,
    },
    /// Throw away what has not been played and give the pending marks back.
    Clear,
}

/// Why a message cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It is longer than [`MESSAGE_BYTES_MAX`].
    #[error("the stream message has {0} bytes, the limit is {MESSAGE_BYTES_MAX}")]
    TooLong(usize),
    /// It is no JSON object with an `event`.
    #[error("the stream message is malformed")]
    Malformed(#[source] serde_json::Error),
    /// It is JSON, but not a message that this side may send.
    #[error("the stream message is invalid: {0}")]
    Invalid(String),
}

impl Error {
    /// Twilio's error code: 31950 malformed, 31951 invalid.
    pub fn code(&self) -> u32 {
        match self {
            Self::TooLong(_) | Self::Malformed(_) => 31950,
            Self::Invalid(_) => 31951,
        }
    }
}

/// Every field of every message; one pass reads any of them.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Raw<'a> {
    #[serde(borrow)]
    event: Text<'a>,
    #[serde(borrow)]
    stream_sid: Option<Text<'a>>,
    start: Option<RawStart>,
    #[serde(borrow)]
    media: Option<RawMedia<'a>>,
    #[serde(borrow)]
    mark: Option<RawMark<'a>>,
    #[serde(borrow)]
    dtmf: Option<RawDtmf<'a>>,
    stop: Option<RawStop>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawStart {
    stream_sid: Option<String>,
    call_sid: Option<String>,
    account_sid: Option<String>,
    custom_parameters: Option<IndexMap<String, serde_json::Value>>,
}

#[derive(Deserialize)]
struct RawMedia<'a> {
    #[serde(borrow)]
    payload: Option<Text<'a>>,
    #[serde(default, deserialize_with = "count")]
    chunk: u64,
    #[serde(default, deserialize_with = "maybe_count")]
    timestamp: Option<u64>,
}

#[derive(Deserialize)]
struct RawMark<'a> {
    #[serde(borrow)]
    name: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct RawDtmf<'a> {
    #[serde(borrow)]
    digit: Option<Text<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawStop {
    call_sid: Option<String>,
}

#[derive(Deserialize)]
struct Head<'a> {
    #[serde(borrow)]
    event: Text<'a>,
}

/// Reads the union of all fields, or the bare event name where an unknown event uses our names for other things.
fn read_raw(text: &str) -> Result<Result<Raw<'_>, (String, serde_json::Error)>, Error> {
    if text.len() > MESSAGE_BYTES_MAX {
        return Err(Error::TooLong(text.len()));
    }
    match serde_json::from_str::<Raw<'_>>(text) {
        Ok(raw) => Ok(Ok(raw)),
        Err(error) => match serde_json::from_str::<Head<'_>>(text) {
            Ok(head) => Ok(Err((head.event.0.into_owned(), error))),
            Err(error) => Err(Error::Malformed(error)),
        },
    }
}

fn missing(field: &str) -> Error {
    Error::Invalid(format!("{field} is missing"))
}

impl FromCarrier {
    /// Reads a message of the carrier. Unknown fields are passed over, unknown events become [`FromCarrier::Unknown`].
    pub fn read(text: &str) -> Result<Self, Error> {
        let raw = match read_raw(text)? {
            Ok(raw) => raw,
            Err((event, error)) => {
                return match event.as_str() {
                    "connected" | "start" | "media" | "dtmf" | "mark" | "stop" => {
                        Err(Error::Invalid(format!("{event}: {error}")))
                    }
                    _ => Ok(Self::Unknown { event }),
                };
            }
        };
        match &*raw.event.0 {
            "connected" => Ok(Self::Connected),
            "start" => {
                let start = raw.start.ok_or_else(|| missing("start"))?;
                let stream_sid = start.stream_sid.or(raw.stream_sid.map(|sid| sid.0.into_owned()));
                Ok(Self::Start(Start {
                    stream_sid: stream_sid.ok_or_else(|| missing("streamSid"))?,
                    call_sid: start.call_sid.ok_or_else(|| missing("start.callSid"))?,
                    account_sid: start.account_sid.unwrap_or_default(),
                    custom_parameters: start
                        .custom_parameters
                        .unwrap_or_default()
                        .into_iter()
                        .map(|(name, value)| (name, value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
                        .collect(),
                }))
            }
            "media" => {
                let media = raw.media.ok_or_else(|| missing("media"))?;
                let payload = media.payload.ok_or_else(|| missing("media.payload"))?;
                let payload = base64_lenient(&payload.0).ok_or_else(|| Error::Invalid("media.payload is not base64".into()))?;
                Ok(Self::Media(Media { payload, chunk: media.chunk, timestamp_ms: media.timestamp.unwrap_or(0) }))
            }
            "dtmf" => {
                let digit = raw.dtmf.and_then(|dtmf| dtmf.digit).ok_or_else(|| missing("dtmf.digit"))?;
                Ok(Self::Dtmf { digit: digit.0.chars().next().ok_or_else(|| missing("dtmf.digit"))? })
            }
            "mark" => {
                let name = raw.mark.and_then(|mark| mark.name).ok_or_else(|| missing("mark.name"))?;
                Ok(Self::Mark { name: name.0.into_owned() })
            }
            "stop" => Ok(Self::Stop { call_sid: raw.stop.and_then(|stop| stop.call_sid).unwrap_or_default() }),
            other => Ok(Self::Unknown { event: other.to_owned() }),
        }
    }

    /// Writes the message as the carrier does. `sequence` counts from 1 with `start` and is not told in `connected`.
    pub fn write(&self, stream: &Start, sequence: u64) -> String {
        let mut out = String::with_capacity(match self {
            Self::Media(media) => 220 + media.payload.len().div_ceil(3) * 4,
            Self::Connected
            | Self::Start(_)
            | Self::Dtmf { .. }
            | Self::Mark { .. }
            | Self::Stop { .. }
            | Self::Unknown { .. } => 400,
        });
        let name = match self {
            Self::Connected => return r#"{"event":"connected","protocol":"Call","version":"1.0.0"}"#.to_owned(),
            Self::Start(_) => "start",
            Self::Media(_) => "media",
            Self::Dtmf { .. } => "dtmf",
            Self::Mark { .. } => "mark",
            Self::Stop { .. } => "stop",
            Self::Unknown { event } => event,
        };
        out.push_str("{\"event\":");
        push_string(&mut out, name);
        let _ = write!(out, ",\"sequenceNumber\":\"{sequence}\",");
        match self {
            Self::Connected | Self::Unknown { .. } => {}
            Self::Start(start) => {
                out.push_str("\"start\":{\"accountSid\":");
                push_string(&mut out, &start.account_sid);
                out.push_str(",\"streamSid\":");
                push_string(&mut out, &start.stream_sid);
                out.push_str(",\"callSid\":");
                push_string(&mut out, &start.call_sid);
                out.push_str(",\"tracks\":[\"inbound\"],\"mediaFormat\":{\"encoding\":\"audio/x-mulaw\",\"sampleRate\":8000,\"channels\":1},\"customParameters\":{");
                for (i, (name, value)) in start.custom_parameters.iter().enumerate() {
                    if i > 0 {
                        out.push(',');
                    }
                    push_string(&mut out, name);
                    out.push(':');
                    push_string(&mut out, value);
                }
                out.push_str("}},");
            }
            Self::Media(media) => {
                let _ = write!(
                    out,
                    "\"media\":{{\"track\":\"inbound\",\"chunk\":\"{}\",\"timestamp\":\"{}\",\"payload\":\"",
                    media.chunk, media.timestamp_ms
                );
                push_base64(&mut out, &media.payload);
                out.push_str("\"},");
            }
            Self::Dtmf { digit } => {
                out.push_str("\"dtmf\":{\"track\":\"inbound_track\",\"digit\":");
                push_string(&mut out, digit.encode_utf8(&mut [0; 4]));
                out.push_str("},");
            }
            Self::Mark { name } => {
                out.push_str("\"mark\":{\"name\":");
                push_string(&mut out, name);
                out.push_str("},");
            }
            Self::Stop { .. } => {
                out.push_str("\"stop\":{\"accountSid\":");
                push_string(&mut out, &stream.account_sid);
                out.push_str(",\"callSid\":");
                push_string(&mut out, &stream.call_sid);
                out.push_str("},");
            }
        }
        out.push_str("\"streamSid\":");
        push_string(&mut out, &stream.stream_sid);
        out.push('}');
        out
    }
}

impl ToCarrier {
    /// Writes the message; `stream_sid` is [`Start::stream_sid`].
    pub fn write(&self, stream_sid: &str) -> String {
        match self {
            Self::Media { payload } => write_media(stream_sid, payload),
            Self::Mark { name } => {
                let mut out = String::with_capacity(96 + name.len());
                out.push_str("{\"event\":\"mark\",\"streamSid\":");
                push_string(&mut out, stream_sid);
                out.push_str(",\"mark\":{\"name\":");
                push_string(&mut out, name);
                out.push_str("}}");
                out
            }
            Self::Clear => {
                let mut out = String::with_capacity(80);
                out.push_str("{\"event\":\"clear\",\"streamSid\":");
                push_string(&mut out, stream_sid);
                out.push('}');
                out
            }
        }
    }

    /// Reads a message as the carrier does, and refuses what it would refuse (see [`Error::code`]).
    pub fn read(text: &str, stream_sid: &str) -> Result<Self, Error> {
        let raw = read_raw(text)?.map_err(|(event, error)| Error::Invalid(format!("{event}: {error}")))?;
        let message = match &*raw.event.0 {
            "media" => {
                let payload = raw.media.and_then(|media| media.payload).ok_or_else(|| missing("media.payload"))?;
                let payload = base64_strict(&payload.0)
                    .filter(|payload| !payload.is_empty())
                    .ok_or_else(|| Error::Invalid("media.payload must be base64 and not empty".into()))?;
                Self::Media { payload }
            }
            "mark" => {
                let name = raw.mark.and_then(|mark| mark.name).ok_or_else(|| missing("mark.name"))?;
                Self::Mark { name: name.0.into_owned() }
            }
            "clear" => Self::Clear,
            other => return Err(Error::Invalid(format!("there is no event {other:?} for this direction"))),
        };
        match raw.stream_sid {
            Some(sid) if sid.0 == stream_sid => Ok(message),
            Some(_) => Err(Error::Invalid("streamSid is not this stream's".into())),
            None => Err(missing("streamSid")),
        }
    }
}

/// Writes a `media` message from borrowed bytes; the hot path of [`ToCarrier::write`].
pub fn write_media(stream_sid: &str, payload: &[u8]) -> String {
    let mut out = String::with_capacity(96 + payload.len().div_ceil(3) * 4);
    out.push_str("{\"event\":\"media\",\"streamSid\":");
    push_string(&mut out, stream_sid);
    out.push_str(",\"media\":{\"payload\":\"");
    push_base64(&mut out, payload);
    out.push_str("\"}}");
    out
}

#[cfg(test)]
mod tests;
