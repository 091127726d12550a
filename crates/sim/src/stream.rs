//! The carrier's side of a media stream: plays what it gets at real time, gives marks back, sends what the callee says.

use crate::{Shared, book::Call, callee::Callee, playback::Playback};
use futures_util::{SinkExt as _, StreamExt as _};
use std::time::{Duration, Instant};
use tokio::time::{MissedTickBehavior, interval, timeout};
use tokio_tungstenite::tungstenite::{Message, client::IntoClientRequest as _, protocol::WebSocketConfig};
use wire::{
    g711,
    media::{FromCarrier, MESSAGE_BYTES_MAX, Media, Start, ToCarrier},
    signature, twiml,
};

const CONNECT_WITHIN: Duration = Duration::from_secs(5);
/// How often the slip and the lines are noted while nothing changes hands.
const NOTE_EVERY_TICKS: u64 = 25;
/// Quieter samples are silence.
const SOUND_MIN: u16 = 500;
/// How long a frame sounds.
pub(crate) const FRAME_TIME: Duration = Duration::from_millis(20);

/// Why a stream is over.
pub(crate) enum StreamEnd {
    /// The call is over: somebody hung up.
    HungUp,
    /// The call goes on with another document.
    Redirected,
    /// The server closed its socket, or never took it.
    Closed,
}

/// Whether anything can be heard.
fn sounds(audio: &[u8]) -> bool {
    audio.iter().any(|byte| g711::decode_sample(*byte).unsigned_abs() > SOUND_MIN)
}

/// Runs a stream to its end.
pub(crate) async fn run(shared: &Shared, call: &Call, callee: &mut Callee, stream: &twiml::Stream) -> StreamEnd {
    let request = stream.url.as_str().into_client_request().map(|mut request| {
        if let Ok(signature) = shared.webhook.sign_upgrade(&stream.url).parse() {
            request.headers_mut().insert(signature::HEADER, signature);
        }
        request
    });
    let config = WebSocketConfig::default()
        .read_buffer_size(4_096)
        .write_buffer_size(0)
        .max_message_size(Some(MESSAGE_BYTES_MAX))
        .max_frame_size(Some(MESSAGE_BYTES_MAX));
    let connected = match request {
        Ok(request) => timeout(CONNECT_WITHIN, tokio_tungstenite::connect_async_with_config(request, Some(config), true)).await,
        Err(error) => {
            call.error(format!("31922 {error}"));
            return StreamEnd::Closed;
        }
    };
    let socket = match connected {
        Ok(Ok((socket, _))) => socket,
        Ok(Err(error)) => {
            call.error(format!("31920 {error}"));
            return StreamEnd::Closed;
        }
        Err(_) => {
            call.error("31901 the stream's server did not answer in time".into());
            return StreamEnd::Closed;
        }
    };
    let start = Start {
        stream_sid: format!("MZ{}", uuid::Uuid::new_v4().simple()),
        call_sid: call.sid.clone(),
        account_sid: shared.account_sid.clone(),
        custom_parameters: stream.parameters.iter().cloned().collect(),
    };
    let (mut to_server, mut from_server) = socket.split();
    let (mut buffer, mut sequence, mut chunk) = (Playback::default(), 1_u64, 0_u64);
    let (mut answer_due, mut ticked, mut hangs_up) = (None::<Instant>, 0_u64, false);
    let opening = [FromCarrier::Connected.write(&start, 0), FromCarrier::Start(start.clone()).write(&start, sequence)];
    for message in opening {
        if to_server.send(Message::text(message)).await.is_err() {
            return StreamEnd::Closed;
        }
    }
    let mut ticks = interval(FRAME_TIME);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let end = loop {
        let mut out = Vec::new();
        tokio::select! {
            biased;
            () = call.hang_up.cancelled() => break StreamEnd::HungUp,
            () = call.redirected.notified() => break StreamEnd::Redirected,
            _ = ticks.tick() => {
                let (played, marks) = buffer.next_frame();
                call.note(|notes, _| notes.marks_echoed += marks.len() as u64);
                out.extend(marks.into_iter().map(|name| FromCarrier::Mark { name }));
                let tick = callee.tick(&played);
                if tick.begins {
                    answer_due = None;
                } else if tick.ends && !buffer.is_playing() {
                    // Whoever talks over the callee does not answer.
                    answer_due = Some(Instant::now());
                }
                if tick.begins || tick.ends || ticked % NOTE_EVERY_TICKS == 0 {
                    call.note(|notes, _| (notes.slip, notes.lines) = (callee.slip(), callee.lines()));
                }
                ticked += 1;
                chunk += 1;
                let media = Media { payload: bytes::Bytes::copy_from_slice(&tick.frame), chunk, timestamp_ms: (chunk - 1) * 20 };
                out.push(FromCarrier::Media(media));
                // As the carrier does on a stream that goes both ways: a message, and no tone in the audio.
                if let Some(digit) = tick.digit {
                    call.note(|notes, _| notes.digits.push(digit));
                    out.push(FromCarrier::Dtmf { digit });
                }
                hangs_up = tick.hangs_up;
            }
            message = from_server.next() => match message {
                Some(Ok(Message::Text(text))) => match ToCarrier::read(&text, &start.stream_sid) {
                    Ok(ToCarrier::Media { payload }) => {
                        if let Some(since) = answer_due.filter(|_| sounds(&payload)) {
                            answer_due = None;
                            call.note(|notes, _| notes.turn_latency_ms.push(since.elapsed().as_millis() as u64));
                        }
                        if buffer.push_audio(payload).is_err() {
                            call.error("31930 the stream's buffer is full".into());
                        }
                    }
                    Ok(ToCarrier::Mark { name }) => {
                        if buffer.push_mark(name).is_err() {
                            call.error("31931 too many marks wait".into());
                        }
                    }
                    Ok(ToCarrier::Clear) => {
                        let marks = buffer.clear();
                        call.note(|notes, _| {
                            notes.clears += 1;
                            notes.marks_cleared += marks.len() as u64;
                        });
                        out.extend(marks.into_iter().map(|name| FromCarrier::Mark { name }));
                    }
                    Err(error) => call.error(format!("{} {error}", error.code())),
                },
                Some(Ok(Message::Close(_))) | None => break StreamEnd::Closed,
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => {}
                Some(Ok(Message::Binary(_))) => call.error("31951 the stream takes text messages only".into()),
                Some(Err(error)) => {
                    call.error(format!("31924 {error}"));
                    break StreamEnd::Closed;
                }
            },
        }
        for message in out {
            sequence += 1;
            if to_server.feed(Message::text(message.write(&start, sequence))).await.is_err() {
                return StreamEnd::Closed;
            }
        }
        if to_server.flush().await.is_err() {
            return StreamEnd::Closed;
        }
        if hangs_up {
            break StreamEnd::HungUp;
        }
    };
    if matches!(end, StreamEnd::HungUp) {
        callee.hear_out().await;
    }
    call.note(|notes, _| (notes.slip, notes.lines) = (callee.slip(), callee.lines()));
    if !matches!(end, StreamEnd::Closed) {
        let stop = FromCarrier::Stop { call_sid: call.sid.clone() };
        let _ = to_server.send(Message::text(stop.write(&start, sequence + 1))).await;
    }
    let _ = timeout(Duration::from_secs(1), to_server.close()).await;
    end
}
