//! What the carrier asks and tells us: the call's instructions, its progress, its audio. Everything is signed against the
//! public address.

use crate::api::unreadable_body;
use crate::app::App;
use crate::bridge;
use crate::call::MediaSocket;
use crate::error::ApiError;
use crate::live::{Door, LiveCall, Message};
use crate::path::Path;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{WebSocket, WebSocketUpgrade};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use session::CallProgress;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tokio::sync::OwnedSemaphorePermit;
use types::{CallSid, OrderId};
use wire::rest::{AmdCallback, StatusCallback};
use wire::signature::{self, Body};
use wire::twiml::Document;

/// The carrier asks what to do with a call.
///
/// The first call that asks is the order's and is connected to `/media-stream`; any other is told to hang up. When the stream
/// ends and the call does not, the call asks again: after a restart it is connected anew.
#[utoipa::path(
    post, path = "/twilio/twiml/{order_id}",
    params(("order_id" = String, Path, description = "The order that the carrier was asked to call for"), ("X-Twilio-Signature" = String, Header, description = "The carrier's signature of the public address and the form")),
    request_body(content = String, content_type = "application/x-www-form-urlencoded", description = "The call's parameters"),
    responses((status = 200, content_type = "application/xml", body = String, description = "TwiML."))
)]
pub(crate) async fn twiml(
    State(app): State<Arc<App>>,
    Path(order_id): Path<String>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, ApiError> {
    let order_id = OrderId::new(order_id);
    let form = signed_form(&app, &app.public.twiml(&order_id), &headers, &bytes(body)?)?;
    let call_sid = CallSid::new(StatusCallback::from_pairs(&form).call_sid);
    crash_point::reach("handler.twiml_asked");
    let claimed = claimed(&app, &order_id, &call_sid).await?;
    if let Some(live) = &claimed {
        // Somebody has picked up, or there would be nothing to ask; the news of that may be on its way still, or lost.
        drop(live.tell(Message::Progress(CallProgress::InProgress)).await);
    }
    let document = match claimed {
        Some(live) if live.door() == Door::Open => {
            tracing::info!(%order_id, %call_sid, "the carrier asked what to do with the call");
            bridge::connect(&app, &order_id, &live)
        }
        Some(live) if live.door() == Door::Waiting => {
            tracing::info!(%order_id, %call_sid, "the call is kept on the line until it can go on");
            bridge::wait(&app, &order_id)
        }
        Some(_) | None => {
            tracing::warn!(%order_id, %call_sid, "a call that is not the order's is told to hang up");
            Document::hangup()
        }
    };
    crash_point::reach("handler.twiml_answered");
    Ok(([(header::CONTENT_TYPE, "application/xml")], document.write()).into_response())
}

/// The carrier tells how a call gets on.
#[utoipa::path(
    post, path = "/twilio/status/{order_id}",
    params(("order_id" = String, Path, description = "The order that the carrier was asked to call for"), ("X-Twilio-Signature" = String, Header, description = "The carrier's signature of the public address and the form")),
    request_body(content = String, content_type = "application/x-www-form-urlencoded", description = "The call's parameters"),
    responses((status = 204, description = "Taken note of."))
)]
pub(crate) async fn status(
    State(app): State<Arc<App>>,
    Path(order_id): Path<String>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, ApiError> {
    let order_id = OrderId::new(order_id);
    let form = signed_form(&app, &app.public.status(&order_id), &headers, &bytes(body)?)?;
    let told = StatusCallback::from_pairs(&form);
    let call_sid = CallSid::new(told.call_sid);
    let Some(live) = claimed(&app, &order_id, &call_sid).await? else {
        tracing::debug!(%order_id, %call_sid, status = %told.call_status, "progress of a call that is not live here");
        if let Some(progress) = crate::carrier::progress(told.call_status, told.call_duration_s) {
            crate::late::news(&app, &order_id, &call_sid, progress).await;
        }
        return Ok(StatusCode::NO_CONTENT);
    };
    if let Some(progress) = crate::carrier::progress(told.call_status, told.call_duration_s) {
        tracing::info!(%order_id, %call_sid, status = %told.call_status, error_code = told.error_code, "the carrier tells progress");
        if live.tell(Message::Progress(progress)).await.is_err() {
            crate::late::news(&app, &order_id, &call_sid, progress).await;
        }
    }
    Ok(StatusCode::NO_CONTENT)
}

/// The carrier tells who has answered: a person, a machine, a fax machine.
///
/// It comes while the call goes on. Repeats, late arrivals and those of other calls change nothing.
#[utoipa::path(
    post, path = "/twilio/answered/{order_id}",
    params(("order_id" = String, Path, description = "The order that the carrier was asked to call for"), ("X-Twilio-Signature" = String, Header, description = "The carrier's signature of the public address and the form")),
    request_body(content = String, content_type = "application/x-www-form-urlencoded", description = "The verdict"),
    responses((status = 204, description = "Taken note of."))
)]
pub(crate) async fn answered(
    State(app): State<Arc<App>>,
    Path(order_id): Path<String>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, ApiError> {
    let order_id = OrderId::new(order_id);
    let form = signed_form(&app, &app.public.answered(&order_id), &headers, &bytes(body)?)?;
    let told = AmdCallback::from_pairs(&form);
    let call_sid = CallSid::new(told.call_sid);
    match claimed(&app, &order_id, &call_sid).await? {
        // If the call has just ended, it does not matter any more who answered.
        Some(live) => drop(live.tell(Message::AnsweredBy(crate::carrier::verdict(told.answered_by))).await),
        None => {
            tracing::debug!(%order_id, %call_sid, by = told.answered_by.as_str(), "who answered a call that is not live here")
        }
    }
    Ok(StatusCode::NO_CONTENT)
}

/// The live call of an order, if the carrier's call is the order's or becomes so now.
async fn claimed(app: &App, order_id: &OrderId, call_sid: &CallSid) -> Result<Option<Arc<LiveCall>>, ApiError> {
    let Some(live) = app.live.get(order_id).filter(|_| !call_sid.as_str().is_empty()) else { return Ok(None) };
    match live.call_sid() {
        Some(known) => Ok((known == *call_sid).then_some(live)),
        None if app.store.claim(order_id, call_sid).await? => {
            crash_point::reach("handler.claimed_by_webhook");
            // If the call has just ended, what follows finds that out.
            drop(live.tell(Message::Claimed(call_sid.clone())).await);
            Ok(Some(live))
        }
        None => Ok(None),
    }
}

fn bytes(body: Result<Bytes, BytesRejection>) -> Result<Bytes, ApiError> {
    body.map_err(|rejection| unreadable_body(&rejection))
}

/// The form's parameters, if the signature is the carrier's.
fn signed_form(app: &App, url: &str, headers: &HeaderMap, body: &[u8]) -> Result<Vec<(String, String)>, ApiError> {
    let form: Vec<(String, String)> = url::form_urlencoded::parse(body).into_owned().collect();
    check_signature(app, url, Body::Form(&form), headers)?;
    Ok(form)
}

fn check_signature(app: &App, url: &str, body: Body<'_>, headers: &HeaderMap) -> Result<(), ApiError> {
    let shown = headers.get(signature::HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default();
    signature::verify(&app.config.auth_token, url, body, shown).map_err(|error| {
        tracing::warn!(%error, signed_url = url,
            "a request was refused because it is not signed for this address; if it came from the carrier, set \
             RINGBACK_PUBLIC_URL to exactly the address that the carrier calls (scheme, host, port and path as it sees them, \
             not as a proxy passes them on) and check TWILIO_AUTH_TOKEN");
        ApiError::new(StatusCode::FORBIDDEN, "bad_signature", "the request is not signed by the carrier for the public address")
    })
}

/// The carrier connects a call's audio: a WebSocket that speaks Media Streams.
///
/// The signature is checked when there is one. The first messages must be `connected` and `start`, and `start` must have the
/// order's id and the order's single-use token as its custom parameters; any other socket is closed.
#[utoipa::path(
    get, path = "/media-stream",
    params(("X-Twilio-Signature" = Option<String>, Header, description = "The carrier's signature of the public address")),
    responses((status = 101, description = "The WebSocket begins."))
)]
pub(crate) async fn media_stream(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Response> {
    if headers.contains_key(signature::HEADER) {
        check_signature(&app, app.public.stream(), Body::None, &headers).map_err(|error| {
            app.sockets_refused.fetch_add(1, Ordering::Relaxed);
            error.into_response()
        })?;
    }
    let permit = Arc::clone(&app.newcomers).try_acquire_owned().map_err(|_| {
        let text = "too many media sockets wait to say which call they belong to";
        ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "busy", text).into_response()
    })?;
    let upgrade = upgrade.map_err(|rejection| not_a_socket(&rejection).into_response())?;
    let sized = upgrade
        .read_buffer_size(4096)
        .write_buffer_size(4096)
        .max_write_buffer_size(256 * 1024)
        .max_message_size(wire::media::MESSAGE_BYTES_MAX)
        .max_frame_size(wire::media::MESSAGE_BYTES_MAX);
    Ok(sized.on_upgrade(move |socket| join(app, socket, permit)))
}

fn not_a_socket(rejection: &WebSocketUpgradeRejection) -> ApiError {
    let text = format!("this address takes WebSockets only: {}", rejection.body_text());
    ApiError::new(rejection.status(), "not_a_websocket", text)
}

/// Hands a media socket to its call, if it shows the call's token.
async fn join(app: Arc<App>, socket: WebSocket, permit: OwnedSemaphorePermit) {
    let accepted = MediaSocket::accept(socket, app.config.timing.media_start_timeout).await;
    drop(permit);
    let (media, start) = match accepted {
        Ok(accepted) => accepted,
        Err(error) => return turned_away(&app, &crate::error::with_causes(&error)),
    };
    let parameter = |name: &str| start.custom_parameters.get(name).map_or("", String::as_str);
    let order_id = OrderId::new(parameter("order_id"));
    let call_sid = CallSid::new(start.call_sid.clone());
    let token = parameter("token");
    let Some(live) = app.live.get(&order_id) else {
        return turned_away(&app, "it belongs to no live call");
    };
    // Nothing that a socket says is believed before its token; and a socket of another call must not use the token up.
    if !live.is_token(token) {
        return turned_away(&app, "its token is wrong");
    }
    match claimed(&app, &order_id, &call_sid).await {
        Ok(Some(_)) if live.take_token(token) => drop(live.tell(Message::Stream(Box::new(media))).await),
        Ok(Some(_)) => turned_away(&app, "its token was used before"),
        Ok(None) => turned_away(&app, "it belongs to another call"),
        Err(error) => turned_away(&app, &error.body.message),
    }
}

/// The socket is closed by being let go; its call, if there is one, is not touched.
fn turned_away(app: &App, why: &str) {
    let refused = app.sockets_refused.fetch_add(1, Ordering::Relaxed) + 1;
    tracing::warn!(why, refused, "a media socket was turned away");
}
