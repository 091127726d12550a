//! The routes of the handler, and those for orders and calls.

use crate::app::App;
use crate::clock::new_order_id;
use crate::error::ApiError;
use crate::live::{Answer, LiveCall, Message};
use crate::recording::serve;
use crate::store::{Inserted, NewOrder, OrderRow};
use crate::{asked, auth, call, estimate, events, listen, openapi, path, rules, user_voice, webhooks};
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json, Router};
use path::Path;
use serde::de::DeserializeOwned;
use session::HangUpBy;
use sha2::{Digest as _, Sha256};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use tokio::sync::OwnedSemaphorePermit;
use types::{CallView, FieldError, IdempotencyKey, Order, OrderAccepted, OrderId};
use utoipa_axum::{router::OpenApiRouter, routes};

/// The longest order that is read, bytes.
const ORDER_BYTES_MAX: usize = 64 * 1024;

/// All routes. A route is registered by its description, so that there is none without.
pub(crate) fn router(app: Arc<App>) -> Router {
    let (guarded, open) = (guarded(), open());
    let document = openapi::document(open.get_openapi().clone().merge_from(guarded.get_openapi().clone()));
    let guarded = Router::from(guarded).route_layer(from_fn_with_state(Arc::clone(&app), auth::require_token));
    Router::from(open)
        .merge(guarded)
        .layer(Extension(document))
        .fallback(no_route)
        .method_not_allowed_fallback(no_method)
        .layer(DefaultBodyLimit::max(ORDER_BYTES_MAX))
        .with_state(app)
}

/// What needs the token.
fn guarded() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::with_openapi(openapi::head())
        .routes(routes!(order))
        .routes(routes!(order_by_key))
        .routes(routes!(estimate::estimate))
        .routes(routes!(call_by_id))
        .routes(routes!(events::stream))
        .routes(routes!(listen::stream))
        .routes(routes!(serve::recording, serve::delete))
        .routes(routes!(hang_up))
        .routes(routes!(asked::answer))
        .routes(routes!(asked::instruct))
        .routes(routes!(user_voice::take_over))
        .routes(routes!(rules::do_not_call))
        .routes(routes!(rules::never_call, rules::may_call_again))
        .routes(routes!(rules::refusals))
        .routes(routes!(openapi::serve))
}

/// What needs none: the carrier's requests are signed instead.
fn open() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::with_openapi(openapi::head())
        .routes(routes!(running))
        .routes(routes!(webhooks::twiml))
        .routes(routes!(webhooks::status))
        .routes(routes!(webhooks::answered))
        .routes(routes!(webhooks::media_stream))
}

/// Whether the handler runs.
#[utoipa::path(get, path = "/", responses((status = 200, body = openapi::Status, description = "It runs.")))]
async fn running() -> impl IntoResponse {
    Json(serde_json::json!({"status": "running"}))
}

async fn no_route() -> ApiError {
    ApiError::new(StatusCode::NOT_FOUND, "not_found", "there is nothing at this address")
}

async fn no_method() -> ApiError {
    ApiError::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "this address takes another HTTP method")
}

/// Place an order: one order is one call.
///
/// The answer comes as soon as the carrier has the call, or it is certain that there is none. The same `Idempotency-Key`
/// with the same body is the same call and gets the same answer. The body may have at most 65,536 bytes.
#[utoipa::path(
    post, path = "/order", request_body = Order,
    params(("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 200, pattern = "^[!-~]+$",
        description = "1 to 200 visible ASCII characters; made up when it is absent")),
    responses((status = 200, body = OrderAccepted, description = "The carrier has the call."))
)]
async fn order(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, ApiError> {
    let body = body.map_err(|rejection| unreadable_body(&rejection))?;
    let key = idempotency_key(&headers)?;
    let mut order = read_order(&body)?;
    let body_sha256: [u8; 32] = Sha256::digest(serde_json::to_vec(&order).expect("an order becomes JSON")).into();

    if let Some(row) = app.store.order_by_key(&key).await? {
        return replay(&app, row, &body_sha256).await;
    }
    // First the slot, then the flag: a drain sets the flag, then waits until every slot is back.
    let permit = Arc::clone(&app.slots).try_acquire_owned();
    if app.draining.load(Ordering::SeqCst) {
        let text = "the call handler is shutting down and takes no new orders; try again when it is back";
        return Err(ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "draining", text));
    }
    let Ok(permit) = permit else {
        let text =
            format!("{} calls are live, which is the limit; try again when one has ended", app.config.max_concurrent_calls);
        return Err(ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "busy", text));
    };
    let order_id = new_order_id();
    let names: Vec<_> = order.gathered_details.keys().map(String::as_str).collect();
    tracing::info!(%order_id, conversation_id = order.conversation_id.as_ref().map(|id| id.as_str()),
        attempt = order.attempt, to = order.target_phone_number.shortened(), task_kind = order.task_kind,
        details = names.join(","), bytes = body.len(), "order received");
    let (kept_max, gate) = (app.config.orders_kept_max, app.config.gate.clone());
    let (estimate, cost_limited) = (estimate::of(&app.config, &order), order.limits.cost_max_micros.is_some());
    // What is reserved is what the call does not pass, also when another handler takes it over.
    let most = estimate.as_ref().map(|estimate| estimate.most_micros).filter(|most| *most > 0);
    order.limits.cost_max_micros = most.or(order.limits.cost_max_micros);
    // What holds from now on, also for another handler and for what the callee is told.
    order.record = app.config.recording.enabled.then_some(order.record != Some(false));
    crash_point::reach("handler.order_received");
    let new = NewOrder { order_id: order_id.clone(), key, body_sha256, order, estimate, cost_limited, kept_max, gate };
    let (live, prepared) = call::prepare(&app, order_id.clone(), &new.order);
    // A task of its own: a client that goes away must not leave an order stored and nobody to carry it out.
    let accepting = tokio::spawn(accept(Arc::clone(&app), new, prepared, permit));
    match accepting.await.expect("accepting an order does not panic")? {
        // Somebody was quicker with the same key.
        Inserted::Taken(row) => replay(&app, *row, &body_sha256).await,
        Inserted::Refused(refusal) => {
            tracing::info!(%order_id, rule = refusal.rule.name(), "the gate refuses the order; nothing is dialled");
            Err(rules::refused(&refusal))
        }
        Inserted::New => answer_of(&app, &order_id, Some(live)).await,
    }
}

/// Stores the order and begins its call.
async fn accept(
    app: Arc<App>,
    new: NewOrder,
    prepared: call::Prepared,
    permit: OwnedSemaphorePermit,
) -> Result<Inserted, crate::store::Error> {
    let order = new.order.clone();
    let inserted = app.store.insert_order(new).await;
    crash_point::reach("handler.order_stored");
    match &inserted {
        Ok(Inserted::New) => prepared.start(order, permit),
        Ok(Inserted::Taken(_) | Inserted::Refused(_)) | Err(_) => prepared.cancel(),
    }
    inserted
}

/// The same key again: the same answer, as soon as there is one.
async fn replay(app: &App, row: OrderRow, body_sha256: &[u8; 32]) -> Result<Response, ApiError> {
    if row.body_sha256 != body_sha256 {
        let problem = "was used for another order before; use a new key for a new order";
        let mut error = ApiError::from(FieldError::new("Idempotency-Key", problem));
        error.body.code = "idempotency_key_reused".into();
        return Err(error);
    }
    match row.answer {
        Some(answer) => Ok(response(answer)),
        None => answer_of(app, &row.view.order_id, app.live.get(&row.view.order_id)).await,
    }
}

async fn answer_of(app: &App, order_id: &OrderId, live: Option<Arc<LiveCall>>) -> Result<Response, ApiError> {
    if let Some(live) = live
        && let Some(answer) = live.answered().await
    {
        return Ok(response(answer));
    }
    // The call's task is gone; what it left behind is in the store.
    match app.store.order_by_id(order_id.as_str()).await?.and_then(|row| row.answer) {
        Some(answer) => Ok(response(answer)),
        None => {
            let text = format!("it is not known yet whether the phone rings; ask GET /calls/{order_id}");
            Err(ApiError::new(StatusCode::GATEWAY_TIMEOUT, "dial_unknown", text))
        }
    }
}

fn response((status, body): Answer) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

fn idempotency_key(headers: &HeaderMap) -> Result<IdempotencyKey, FieldError> {
    match headers.get("idempotency-key") {
        Some(value) => IdempotencyKey::parse(value.to_str().unwrap_or_default()),
        None => IdempotencyKey::parse(&format!("made-up:{}", uuid::Uuid::new_v4())),
    }
}

/// A JSON body; the field at fault is named.
pub(crate) fn read_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, FieldError> {
    let mut json = serde_json::Deserializer::from_slice(body);
    let read = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let inner = error.inner().to_string();
        // A missing field is reported at its parent.
        let missing = inner.strip_prefix("missing field `").and_then(|rest| rest.split_once('`')).map(|(name, _)| name);
        let path = match (error.path().to_string(), missing) {
            (path, None) if path == "." => "body".to_owned(),
            (path, Some(name)) if path == "." => name.to_owned(),
            (path, Some(name)) => format!("{path}.{name}"),
            (path, None) => path,
        };
        FieldError::new(path, format!("cannot be used: {inner}"))
    })?;
    json.end().map_err(|error| FieldError::new("body", format!("cannot be used: {error}")))?;
    Ok(read)
}

pub(crate) fn read_order(body: &[u8]) -> Result<Order, FieldError> {
    let order: Order = read_json(body)?;
    order.check()?;
    Ok(order)
}

pub(crate) fn unreadable_body(rejection: &BytesRejection) -> ApiError {
    match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => {
            let text = format!("the body must have at most {ORDER_BYTES_MAX} bytes");
            ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", text)
        }
        status => ApiError::new(status, "body_unreadable", "the body could not be read; send it again"),
    }
}

/// The call of an order, by its `Idempotency-Key`.
#[utoipa::path(
    get, path = "/order/{key}",
    params(("key" = String, Path, description = "The key that the order was placed with", min_length = 1, max_length = 200,
        pattern = "^[!-~]+$")),
    responses((status = 200, body = CallView, description = "How far it is, and its result once it has ended."))
)]
async fn order_by_key(State(app): State<Arc<App>>, Path(key): Path<String>) -> Result<Json<CallView>, ApiError> {
    let parsed = IdempotencyKey::parse(&key)?;
    let row = app.store.order_by_key(&parsed).await?.ok_or_else(|| ApiError::not_found(&key))?;
    Ok(Json(row.view))
}

/// A call, by the order's id or by the carrier's name for it.
///
/// Its result is judged by the rules alone. Whoever ordered the call may read its transcript once more: where the engine has a
/// language model, its conversation's result has `read_again`, and may tell more than this one.
#[utoipa::path(
    get, path = "/calls/{id}",
    params(("id" = String, Path, description = "The order's id (`o_…`) or the carrier's name for the call (`CA…`)")),
    responses((status = 200, body = CallView, description = "How far it is, and its result once it has ended."))
)]
async fn call_by_id(State(app): State<Arc<App>>, Path(id): Path<String>) -> Result<Json<CallView>, ApiError> {
    Ok(Json(find(&app, &id).await?))
}

/// End a live call.
///
/// The call's end is told by its events and its result. Asking again while it still ends is no error.
#[utoipa::path(
    post, path = "/calls/{id}/hangup",
    params(("id" = String, Path, description = "The order's id (`o_…`) or the carrier's name for the call (`CA…`)")),
    responses((status = 202, body = CallView, description = "The call is being ended."))
)]
async fn hang_up(State(app): State<Arc<App>>, Path(id): Path<String>) -> Result<(StatusCode, Json<CallView>), ApiError> {
    let (view, live) = asked::live(&app, &id).await?;
    tracing::info!(order_id = %view.order_id, "hang-up asked for");
    live.tell(Message::HangUp(HangUpBy::User)).await?;
    Ok((StatusCode::ACCEPTED, Json(view)))
}

/// An order by its id or by its call's name.
pub(crate) async fn find(app: &App, id: &str) -> Result<CallView, ApiError> {
    Ok(app.store.order_by_id(id).await?.ok_or_else(|| ApiError::not_found(id))?.view)
}

/// One more event stream or listener, if there is room.
pub(crate) fn watcher_permit(app: &App) -> Result<OwnedSemaphorePermit, ApiError> {
    Arc::clone(&app.watchers).try_acquire_owned().map_err(|_| {
        let text = "too many event streams and listeners are connected; close one and try again";
        ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "busy", text)
    })
}
