//! The carrier's media socket: from the upgrade to the session core's inputs and back.

use super::pipe::{self, Pipe};
use axum::extract::ws::{Message, WebSocket};
use session::{CarrierCommand, Input};
use std::time::Duration;
use tokio::time::Instant;
use wire::media::{FromCarrier, Start, ToCarrier};

/// How many messages may wait for the carrier: over a minute of speech, its marks included.
const QUEUE_MAX: usize = 2_048;
/// How many unreadable messages are passed over.
const UNREADABLE_MAX: u32 = 10;

/// A media stream that belongs to a call.
pub(crate) struct MediaSocket {
    pipe: Pipe<WebSocket, Message>,
    stream_sid: String,
    flood: Flood,
    unreadable: u32,
    /// Messages of kinds that we do not know; they are passed over.
    unknown: u32,
}

/// Why a fresh media socket says nothing of use.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// It broke off before `start`.
    #[error("the media socket ended before it said which call it belongs to")]
    Ended(#[source] pipe::Error),
    /// It took too long.
    #[error("the media socket did not say which call it belongs to within {} s", .0.as_secs())]
    TooSlow(Duration),
    /// It said something else.
    #[error("the media socket did not begin with connected and start")]
    NoStart,
}

impl MediaSocket {
    /// Waits for the `start` message of a fresh socket.
    pub(crate) async fn accept(socket: WebSocket, limit: Duration) -> Result<(Self, Start), Error> {
        let mut pipe = Pipe::new(socket, QUEUE_MAX);
        let begin = async {
            // `connected`, `start`, and a little room for what does not exist yet.
            for _ in 0..4 {
                let Message::Text(text) = pipe.next().await.map_err(Error::Ended)? else { continue };
                match FromCarrier::read(text.as_str()) {
                    Ok(FromCarrier::Start(start)) => return Ok(start),
                    Ok(FromCarrier::Connected | FromCarrier::Unknown { .. }) => {}
                    Ok(
                        FromCarrier::Media(_) | FromCarrier::Dtmf { .. } | FromCarrier::Mark { .. } | FromCarrier::Stop { .. },
                    )
                    | Err(_) => return Err(Error::NoStart),
                }
            }
            Err(Error::NoStart)
        };
        let start = tokio::time::timeout(limit, begin).await.map_err(|_| Error::TooSlow(limit))??;
        let stream_sid = start.stream_sid.clone();
        Ok((Self { pipe, stream_sid, flood: Flood::new(Instant::now()), unreadable: 0, unknown: 0 }, start))
    }

    /// Sends what waits, and waits for the next thing that the session must know. After [`Input::StreamLost`] and [`Input::StreamRefused`] the socket is
    /// of no more use. Nothing is lost when the future is dropped.
    pub(crate) async fn next(&mut self) -> Input {
        loop {
            let message = match self.pipe.next().await {
                Ok(message) => message,
                Err(error) => return lost(&error),
            };
            let read = match &message {
                Message::Text(text) => FromCarrier::read(text.as_str()),
                // The library answers pings.
                Message::Ping(_) | Message::Pong(_) => Ok(FromCarrier::Unknown { event: String::new() }),
                Message::Binary(_) => Ok(FromCarrier::Unknown { event: "binary".into() }),
                Message::Close(_) => return lost(&pipe::Error::Closed),
            };
            let audio_bytes = match &read {
                Ok(FromCarrier::Media(media)) => media.payload.len(),
                Ok(_) | Err(_) => 0,
            };
            if !self.flood.bear(Instant::now(), audio_bytes) {
                return Input::StreamRefused { message: "it sent far more than real time".into() };
            }
            match read {
                Ok(FromCarrier::Unknown { .. }) => self.unknown = self.unknown.saturating_add(1),
                Ok(message) => {
                    if let Some(input) = input(message) {
                        return input;
                    }
                }
                Err(error) => {
                    self.unreadable += 1;
                    tracing::debug!(%error, "an unreadable media message");
                    if self.unreadable > UNREADABLE_MAX {
                        return Input::StreamRefused { message: "its messages are not readable".into() };
                    }
                }
            }
        }
    }

    /// How many messages were passed over: of an unknown kind, and unreadable.
    pub(crate) fn passed_over(&self) -> (u32, u32) {
        (self.unknown, self.unreadable)
    }

    /// Queues something for the carrier.
    pub(crate) fn send(&mut self, command: &CarrierCommand) -> Result<(), pipe::Error> {
        self.pipe.push(Message::Text(message(command, &self.stream_sid).into()))
    }

    /// Fails once the carrier takes nothing any more.
    pub(crate) fn check(&self, now: Instant, stall: Duration) -> Result<(), pipe::Error> {
        self.pipe.check_stall(now, stall)
    }

    /// Sends what waits, then closes the socket; for use after the last input.
    pub(crate) async fn close(self, limit: Duration) {
        self.pipe.close(limit).await;
    }
}

/// What the session must know of a message of the carrier.
pub(crate) fn input(message: FromCarrier) -> Option<Input> {
    match message {
        FromCarrier::Media(media) => Some(Input::CalleeAudio(media.payload)),
        FromCarrier::Mark { name } => Some(Input::MarkReturned { name }),
        FromCarrier::Dtmf { digit } => Some(Input::DigitReceived(digit)),
        FromCarrier::Stop { .. } => Some(Input::StreamStopped),
        FromCarrier::Connected | FromCarrier::Start(_) | FromCarrier::Unknown { .. } => None,
    }
}

/// A command of the session as a message to the carrier.
pub(crate) fn message(command: &CarrierCommand, stream_sid: &str) -> String {
    match command {
        CarrierCommand::Audio(audio) => wire::media::write_media(stream_sid, audio),
        CarrierCommand::Mark { name } => ToCarrier::Mark { name: name.clone() }.write(stream_sid),
        CarrierCommand::Clear => ToCarrier::Clear.write(stream_sid),
    }
}

fn lost(error: &pipe::Error) -> Input {
    Input::StreamLost { message: error.to_string() }
}

/// Lets bursts pass (a stalled network delivers late and all at once), but not four times real time for long.
struct Flood {
    audio_bytes: f64,
    messages: f64,
    at: Instant,
}

impl Flood {
    const AUDIO_BYTES_MAX: f64 = 10.0 * 8_000.0;
    const AUDIO_BYTES_PER_S: f64 = 4.0 * 8_000.0;
    const MESSAGES_MAX: f64 = 2_000.0;
    const MESSAGES_PER_S: f64 = 400.0;

    fn new(now: Instant) -> Self {
        Self { audio_bytes: Self::AUDIO_BYTES_MAX, messages: Self::MESSAGES_MAX, at: now }
    }

    /// Takes a message's share; false once the allowance is used up.
    fn bear(&mut self, now: Instant, audio_bytes: usize) -> bool {
        let passed = now.saturating_duration_since(self.at).as_secs_f64();
        self.at = now;
        // A message has at most 64 KiB, far inside what a float holds exactly.
        #[expect(clippy::cast_precision_loss, reason = "see above")]
        let audio_bytes = audio_bytes as f64;
        self.audio_bytes = (self.audio_bytes + passed * Self::AUDIO_BYTES_PER_S).min(Self::AUDIO_BYTES_MAX) - audio_bytes;
        self.messages = (self.messages + passed * Self::MESSAGES_PER_S).min(Self::MESSAGES_MAX) - 1.0;
        self.audio_bytes >= 0.0 && self.messages >= 0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_times_real_time_passes_for_ever() {
        let mut now = Instant::now();
        let mut flood = Flood::new(now);
        for _ in 0..10_000 {
            now += Duration::from_millis(20);
            assert!(flood.bear(now, 480));
        }
    }

    #[test]
    fn a_late_burst_of_five_seconds_passes() {
        let now = Instant::now();
        let mut flood = Flood::new(now);
        assert!((0..250).all(|_| flood.bear(now, 160)));
    }

    #[test]
    fn ten_times_real_time_is_a_flood_within_a_few_seconds() {
        let mut now = Instant::now();
        let mut flood = Flood::new(now);
        let borne = (0..10_000)
            .take_while(|_| {
                now += Duration::from_millis(2);
                flood.bear(now, 160)
            })
            .count();
        assert!((500..1_500).contains(&borne), "{borne}");
    }

    #[test]
    fn tiny_messages_are_a_flood_too() {
        let now = Instant::now();
        let mut flood = Flood::new(now);
        assert_eq!((0..5_000).take_while(|_| flood.bear(now, 0)).count(), 2_000);
    }
}
