//! The realtime model's socket: opened, configured, then translated to and from the session core by the model's dialect.

pub(crate) mod dialect;
#[cfg(test)]
mod fuzz;
mod live;
pub(crate) mod realtime;
mod tools;
mod trouble;

use self::dialect::{Dialect, SetUp};
use super::pipe::{self, Pipe};
use crate::error::with_causes;
use crate::voice::Voice;
use futures_util::{SinkExt as _, StreamExt as _};
use session::{Input, Trouble, VoiceCommand};
use std::collections::VecDeque;
use std::future::pending;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep_until};
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::{Message, WebSocketConfig};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};
use types::{Briefing, VoiceChoice};

/// How many events may wait for the model: ten seconds of the callee's audio.
const QUEUE_MAX: usize = 512;
/// The longest event that is read, bytes.
const EVENT_BYTES_MAX: usize = 1024 * 1024;
/// How many unreadable events are passed over.
const UNREADABLE_MAX: u32 = 20;

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
    #[error("the realtime model refuses the session: {1}")]
    Refused(Trouble, String),
    /// It took too long.
    #[error("the realtime model's session was not ready within {} s", .0.as_secs())]
    TooSlow(Duration),
}

impl Error {
    /// What kind of trouble it is.
    pub(crate) fn trouble(&self) -> Trouble {
        match self {
            Self::Connect { source, .. } => trouble::of_socket(source),
            Self::Refused(trouble, _) => *trouble,
            Self::Address(_) => Trouble::Refused,
            Self::HungUp | Self::TooSlow(_) => Trouble::Connection,
        }
    }
}

/// An open and configured session of the model.
pub(crate) struct VoiceSocket {
    pipe: Pipe<Socket, Message>,
    dialect: Box<dyn Dialect>,
    /// What the session must still be told.
    inputs: VecDeque<Input>,
    heard_at: Instant,
    pinged_at: Instant,
    unreadable: u32,
}

impl VoiceSocket {
    /// Connects, configures the session and waits until the model has taken the configuration.
    pub(crate) async fn open(limit: Duration, voice: &Voice, briefing: &Briefing, choice: &VoiceChoice) -> Result<Self, Error> {
        tokio::time::timeout(limit, Self::connect(voice, briefing, choice)).await.map_err(|_| Error::TooSlow(limit))?
    }

    async fn connect(voice: &Voice, briefing: &Briefing, choice: &VoiceChoice) -> Result<Self, Error> {
        let url = voice.address(choice.model.as_deref());
        let mut request = url.as_str().into_client_request().map_err(Error::Address)?;
        if let Some((name, key)) = voice.key_header() {
            // Checked at start: a key that is no header value never gets here.
            if let Ok(mut value) = HeaderValue::from_str(&key) {
                value.set_sensitive(true);
                request.headers_mut().insert(name, value);
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
        let mut dialect: Box<dyn Dialect> = match voice.dialect {
            crate::voice::Dialect::Realtime => Box::new(realtime::Realtime::default()),
            crate::voice::Dialect::Live => Box::new(live::Live::default()),
        };
        let first = dialect.begin(voice, briefing, choice);
        socket.send(Message::text(first)).await.map_err(|_| Error::HungUp)?;
        while let Some(Ok(message)) = socket.next().await {
            let Message::Text(text) = message else { continue };
            match dialect.set_up(&text) {
                SetUp::Ready => {
                    let now = Instant::now();
                    let pipe = Pipe::new(socket, QUEUE_MAX);
                    let inputs = VecDeque::new();
                    return Ok(Self { pipe, dialect, inputs, heard_at: now, pinged_at: now, unreadable: 0 });
                }
                SetUp::Refused(trouble, message) => return Err(Error::Refused(trouble, message)),
                SetUp::Waiting => {}
            }
        }
        Err(Error::HungUp)
    }

    /// Sends what waits, and waits for the next thing that the session must know. After [`Input::VoiceLost`] the socket is of
    /// no more use. Nothing is lost when the future is dropped.
    pub(crate) async fn next(&mut self) -> Input {
        loop {
            if let Some(input) = self.inputs.pop_front() {
                return input;
            }
            let due = self.dialect.wake_at();
            let due = async {
                match due {
                    Some(at) => sleep_until(at).await,
                    None => pending().await,
                }
            };
            let message = tokio::select! {
                message = self.pipe.next() => message,
                () = due => {
                    self.dialect.on_time(Instant::now(), &mut self.inputs);
                    continue;
                }
            };
            let message = match message {
                Ok(message) => message,
                Err(error) => return lost(error.to_string()),
            };
            self.heard_at = Instant::now();
            let text = match message {
                Message::Text(text) => text,
                Message::Close(frame) => {
                    let why = frame.map_or_else(String::new, |frame| format!(" ({} {})", frame.code, frame.reason));
                    return lost(format!("{}{why}", pipe::Error::Closed));
                }
                // The library answers pings; neither dialect has binary messages.
                Message::Ping(_) | Message::Pong(_) | Message::Binary(_) | Message::Frame(_) => continue,
            };
            if let Err(error) = self.dialect.read(&text, self.heard_at, &mut self.inputs) {
                self.unreadable += 1;
                tracing::warn!(error = %with_causes(&error), "an unreadable event of the realtime model");
                if self.unreadable > UNREADABLE_MAX {
                    return lost("its events are not readable".into());
                }
            }
        }
    }

    /// How long the session's server lets it live, from now on.
    pub(crate) fn expires_after(&self) -> Option<Duration> {
        let now_s = crate::clock::unix_ms() / 1_000;
        self.dialect.expires_at_s().map(|at_s| Duration::from_secs(at_s.saturating_sub(now_s)))
    }

    /// How many events were passed over: of an unknown kind, and unreadable.
    pub(crate) fn passed_over(&self) -> (u32, u32) {
        (self.dialect.unknown(), self.unreadable)
    }

    /// Queues something for the model.
    pub(crate) fn send(&mut self, command: VoiceCommand) -> Result<(), pipe::Error> {
        for text in self.dialect.write(command, Instant::now(), &mut self.inputs) {
            self.pipe.push(Message::text(text))?;
        }
        Ok(())
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

    /// Sends what waits and the dialect's goodbye, then closes the socket.
    pub(crate) async fn close(mut self, limit: Duration) {
        if let Some(goodbye) = self.dialect.goodbye() {
            // A queue that is full has a model behind it that takes nothing any more.
            drop(self.pipe.push(Message::text(goodbye)));
        }
        self.pipe.close(limit).await;
    }
}

fn lost(message: String) -> Input {
    Input::VoiceLost { trouble: Trouble::Connection, message }
}
