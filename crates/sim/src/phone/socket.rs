//! A phone page's socket: tells the page what the phone is doing, carries its audio and its wishes.

use super::{
    Phone, Sent,
    handset::Receiver,
    message::{FromPage, ToPage},
};
use axum::extract::ws::{CloseFrame, Message, WebSocket, close_code};
use bytes::Bytes;
use std::{sync::Arc, time::Duration};
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};
use tokio_util::sync::CancellationToken;
use wire::media::FRAME_BYTES;

/// The longest message that is read, bytes. A frame of audio has 160.
pub(super) const MESSAGE_BYTES_MAX: usize = 1_024;
/// A page is asked so often whether it is still there …
const PING_EVERY: Duration = Duration::from_secs(5);
/// … and is given up when it has said nothing for so long.
const LOST_AFTER: Duration = Duration::from_secs(15);
/// A page that takes a message no sooner has stalled.
const SEND_WITHIN: Duration = Duration::from_secs(5);
/// Messages that a page may send in a second: ten times real time, for what a slow network held up.
const MESSAGES_PER_S: u32 = 500;

/// Why a page's socket ends.
enum End {
    /// The page is closed, or cannot be reached.
    Gone,
    /// The page breaks the rules; what it did.
    Wrong(String),
    /// The simulator stops.
    Closing,
}

/// Serves one page until it is gone.
pub(super) async fn serve(mut socket: WebSocket, phone: Arc<Phone>, closed: CancellationToken) {
    let end = tokio::select! {
        end = attend(&mut socket, &phone) => end,
        () = closed.cancelled() => End::Closing,
    };
    let (code, reason) = match end {
        End::Gone => return,
        End::Wrong(what) => {
            tracing::warn!(%what, "a phone page broke the rules");
            (close_code::POLICY, what)
        }
        End::Closing => (close_code::AWAY, "the simulator stops".into()),
    };
    let _ = timeout(SEND_WITHIN, socket.send(Message::Close(Some(CloseFrame { code, reason: reason.into() })))).await;
}

async fn attend(socket: &mut WebSocket, phone: &Arc<Phone>) -> End {
    let page = phone.next_page();
    let mut states = phone.state.subscribe();
    states.mark_changed();
    // The call that this page has.
    let mut receiver: Option<Receiver> = None;
    let mut pings = interval(PING_EVERY);
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut last_sign, mut second, mut messages) = (Instant::now(), Instant::now(), 0_u32);
    loop {
        let out = tokio::select! {
            changed = states.changed() => {
                if changed.is_err() {
                    return End::Closing;
                }
                let state = states.borrow_and_update();
                let told = ToPage::of(&state, page);
                if !matches!(told, ToPage::InCall { .. }) {
                    receiver = None;
                }
                Message::text(told.write())
            }
            Some(frame) = hear(&mut receiver) => Message::Binary(frame),
            message = socket.recv() => {
                let Some(Ok(message)) = message else { return End::Gone };
                last_sign = Instant::now();
                if last_sign.duration_since(second) >= Duration::from_secs(1) {
                    (second, messages) = (last_sign, 0);
                }
                messages += 1;
                if messages > MESSAGES_PER_S {
                    return End::Wrong("too many messages; send audio in real time, 50 frames a second".into());
                }
                if let Err(end) = take(message, phone, page, &mut receiver) {
                    return end;
                }
                continue;
            }
            now = pings.tick() => {
                if now.duration_since(last_sign) > LOST_AFTER {
                    return End::Gone;
                }
                Message::Ping(Bytes::new())
            }
        };
        match timeout(SEND_WITHIN, socket.send(out)).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) | Err(_) => return End::Gone,
        }
    }
}

/// The next 20 ms for the person; never without a call.
async fn hear(receiver: &mut Option<Receiver>) -> Option<Bytes> {
    match receiver {
        Some(call) => match call.heard.recv().await {
            Some(frame) => Some(frame),
            // The call is over; the state will tell how.
            None => std::future::pending().await,
        },
        None => std::future::pending().await,
    }
}

fn take(message: Message, phone: &Arc<Phone>, page: u64, receiver: &mut Option<Receiver>) -> Result<(), End> {
    match message {
        Message::Binary(frame) if frame.len() != FRAME_BYTES => {
            Err(End::Wrong(format!("a frame of audio has {FRAME_BYTES} bytes, not {}", frame.len())))
        }
        Message::Binary(frame) => {
            // Frames that were under way when the call ended are nobody's.
            if let Some(call) = receiver {
                call.send(Sent::Audio(frame));
            }
            Ok(())
        }
        Message::Text(text) => {
            match FromPage::read(&text).map_err(End::Wrong)? {
                FromPage::Answer { call_sid } => {
                    if let Some(call) = phone.answer(&call_sid, page) {
                        *receiver = Some(call);
                    }
                }
                FromPage::Decline { call_sid } => phone.decline(&call_sid),
                FromPage::HangUp => *receiver = None,
                FromPage::Digits { digits } => {
                    if let Some(call) = receiver {
                        digits.chars().for_each(|digit| call.send(Sent::Digit(digit)));
                    }
                }
            }
            Ok(())
        }
        Message::Ping(_) | Message::Pong(_) => Ok(()),
        Message::Close(_) => Err(End::Gone),
    }
}
