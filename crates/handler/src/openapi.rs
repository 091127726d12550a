//! The handler's API as a document: what the routes say of themselves, and what holds for many of them.

use axum::Extension;
use axum::http::header;
use axum::response::IntoResponse;
use bytes::Bytes;
use serde::Serialize;
use serde_json::{Value, json};
use types::openapi::{self as common, INVALID_FIELD, Problem};
use types::{CallSid, CallStage, CallView, CostEstimate, Estimated, NumberedCallEvent, OrderAccepted, OrderId, PhoneNumber};
use utoipa::openapi::{InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder};
use utoipa::{PartialSchema as _, ToSchema};

const ABOUT: &str = "Takes orders, phones, joins the line to a realtime model, and reports what came of it: one order is one \
    call, and one call has one result, which is sent to the engine's `POST /call_result` until it is accepted. Every error \
    answer is an `ErrorBody`. Integers are written without a fraction or an exponent. Addresses that are not here answer 404 \
    `not_found`, other methods 405 `method_not_allowed`.";

/// The answer to `GET /`.
#[derive(Serialize, ToSchema)]
pub(crate) struct Status {
    /// Always `running`.
    status: String,
}

/// The document as it is served.
#[derive(Clone)]
pub(crate) struct Document(Bytes);

/// This document.
#[utoipa::path(get, path = "/openapi.json", responses((status = 200, body = Value, description = "OpenAPI 3.1.")))]
pub(crate) async fn serve(Extension(Document(text)): Extension<Document>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], text)
}

/// A document without routes.
pub(crate) fn head() -> OpenApi {
    let info = InfoBuilder::new()
        .title("Ringback call handler")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(ABOUT))
        .license(Some(LicenseBuilder::new().name("Apache-2.0 OR MIT").identifier(Some("Apache-2.0 OR MIT")).build()))
        .build();
    OpenApiBuilder::new().info(info).build()
}

/// The routes' document with the errors and examples of each.
pub(crate) fn document(described: OpenApi) -> Document {
    Document(serde_json::to_vec(&complete(described)).expect("JSON becomes text").into())
}

fn complete(mut described: OpenApi) -> Value {
    let components = described.components.get_or_insert_default();
    let mut schemas = Vec::new();
    NumberedCallEvent::schemas(&mut schemas);
    components.schemas.extend(schemas);
    components.schemas.insert("NumberedCallEvent".into(), NumberedCallEvent::schema());
    components.schemas.insert("ErrorBody".into(), types::ErrorBody::schema());
    let mut document = serde_json::to_value(described).expect("a document becomes JSON");
    common::each_operation(&mut document, |path, method, operation| {
        common::add_problems(operation, problems(method, path));
        if !is_open(path) {
            common::add_problems(operation, UNAUTHORIZED);
        }
        common::plain_parameters(operation);
        add_examples(method, path, operation);
        if path.starts_with("/twilio/") {
            operation["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"] = callback();
        }
    });
    let order = &mut document["components"]["schemas"]["Order"]["properties"];
    order["gathered_details"]["maxProperties"] = 40.into();
    order["gathered_details"]["additionalProperties"] =
        json!({"type": "string", "minLength": 1, "maxLength": 500, "pattern": "\\S"});
    common::drop_null_defaults(&mut document);
    common::bound_integers(&mut document);
    common::require_bearer(&mut document, is_open, "The handler's `api_token`, if it has one.");
    document
}

/// The fields of the carrier's form that are read; it sends more.
fn callback() -> Value {
    let text = || json!({"type": "string"});
    json!({
        "type": "object",
        "required": ["CallSid"],
        "properties": {"CallSid": text(), "CallStatus": text(), "CallDuration": text(), "ErrorCode": text(), "AnsweredBy": text()},
    })
}

/// What the carrier asks, which it signs, and the status.
fn is_open(path: &str) -> bool {
    path == "/" || path == "/media-stream" || path.starts_with("/twilio/")
}

const UNAUTHORIZED: &[Problem] = &[(401, "unauthorized", "send the API token as Authorization: Bearer …")];

fn problems(method: &str, path: &str) -> &'static [Problem] {
    const NOT_FOUND: Problem = (404, "not_found", "there is no order or call o_1 here");
    const STORE: Problem = (503, "store_failed", "the call handler cannot store anything now; try again soon");
    const WATCHERS: Problem = (503, "busy", "too many event streams and listeners are connected; close one and try again");
    const UNLISTABLE: Problem =
        (422, INVALID_FIELD, "number cannot be used: the number must begin with + and the country code, as in +14155550100");
    const UNTELLABLE: Problem = (422, INVALID_FIELD, "text must have at most 500 characters; be brief");
    const ENDED: Problem = (409, "already_ended", "the call has ended already");
    const OVERLOADED: Problem = (409, "call_overloaded", "the call cannot keep up; try again");
    const TOO_LARGE: Problem = (413, "body_too_large", "the body must have at most 65536 bytes");
    const UNREADABLE: Problem = (400, "body_unreadable", "the body could not be read; send it again");
    const UNSIGNED: Problem = (403, "bad_signature", "the request is not signed by the carrier for the public address");
    const NO_RECORDING: Problem =
        (404, "no_recording", "there is no recording of this call: it was not recorded, or it was deleted");
    const UNREADABLE_RECORDING: Problem = (500, "recording_unreadable", "the recording's file cannot be read; see the log");
    match (method, path) {
        ("post", "/order") => &[
            UNREADABLE,
            TOO_LARGE,
            (403, "gate_quiet_hours", "+14155550100 is not called between 22:00 and 08:00: there it may be 23:10 now"),
            (
                403,
                "gate_cost_per_day",
                "with this call, which can cost $0.93, calls could cost $10.20 within 24 hours, and the limit is $10.00",
            ),
            (422, INVALID_FIELD, "limits.call_max_s must be 15 to 3600 seconds, not 5"),
            (422, "idempotency_key_reused", "Idempotency-Key was used for another order before; use a new key for a new order"),
            (502, "carrier_refused", "the carrier refused the call: Invalid 'To' Phone Number (carrier error 21211)"),
            (502, "voice_unavailable", "nothing was dialled: the realtime model cannot be reached"),
            (502, "not_dialled", "nothing was dialled: the call handler was shut down"),
            (503, "busy", "20 calls are live, which is the limit; try again when one has ended"),
            (503, "draining", "the call handler is shutting down and takes no new orders; try again when it is back"),
            STORE,
            (504, "dial_unknown", "it cannot be told whether the phone rings, and it is not dialled again"),
        ],
        ("post", "/estimate") => {
            &[UNREADABLE, TOO_LARGE, (422, INVALID_FIELD, "limits.call_max_s must be 15 to 3600 seconds, not 5")]
        }
        ("get", "/order/{key}") => {
            &[NOT_FOUND, (422, INVALID_FIELD, "Idempotency-Key must be 1 to 200 visible ASCII characters"), STORE]
        }
        ("get", "/calls/{id}") => &[NOT_FOUND, STORE],
        ("get", "/do-not-call" | "/refusals") => &[STORE],
        ("put", "/do-not-call/{number}") => &[
            UNLISTABLE,
            STORE,
            (507, "list_full", "the do-not-call list is full; take numbers off that are called no more anyway"),
        ],
        ("delete", "/do-not-call/{number}") => {
            &[(404, "not_found", "the number is not on the do-not-call list"), UNLISTABLE, STORE]
        }
        ("get", "/calls/{id}/events") => &[NOT_FOUND, WATCHERS, STORE],
        ("get", "/calls/{id}/audio") => {
            &[NOT_FOUND, (409, "not_live", "the call is not live, so there is nothing to hear"), WATCHERS, STORE]
        }
        ("get", "/calls/{id}/recording") => &[NOT_FOUND, NO_RECORDING, UNREADABLE_RECORDING, STORE],
        ("delete", "/calls/{id}/recording") => &[
            NOT_FOUND,
            (409, "call_live", "the call is live; hang up first, then delete its recording"),
            UNREADABLE_RECORDING,
            STORE,
        ],
        ("post", "/calls/{id}/hangup") => &[NOT_FOUND, ENDED, OVERLOADED, STORE],
        ("post", "/calls/{id}/answer") => &[
            UNREADABLE,
            NOT_FOUND,
            (404, "no_question", "the call has not asked a question q7"),
            ENDED,
            OVERLOADED,
            (409, "already_answered", "the question has been answered already, and the call has gone on with that"),
            (409, "too_late", "the answer came too late: the call has gone on without it; it is kept in the record"),
            TOO_LARGE,
            UNTELLABLE,
            STORE,
        ],
        ("post", "/calls/{id}/instruction") => &[
            UNREADABLE,
            NOT_FOUND,
            ENDED,
            OVERLOADED,
            (409, "too_many_instructions", "the call has taken as many instructions as it takes; take it over by voice instead"),
            TOO_LARGE,
            UNTELLABLE,
            STORE,
        ],
        ("post", "/calls/{id}/voice") => &[
            NOT_FOUND,
            ENDED,
            OVERLOADED,
            (409, "not_live", "nobody has answered the call yet, or it is coming to its end"),
            (409, "taken_over", "somebody has taken the call over already"),
            WATCHERS,
            STORE,
        ],
        ("post", "/twilio/twiml/{order_id}" | "/twilio/status/{order_id}" | "/twilio/answered/{order_id}") => {
            const LOST: Problem = (404, "not_found", "there is nothing at this address: it cannot be read as text");
            &[UNREADABLE, UNSIGNED, LOST, TOO_LARGE, STORE]
        }
        ("get", "/media-stream") => &[
            (400, "not_a_websocket", "this address takes WebSockets only: `Connection` header did not include 'upgrade'"),
            UNSIGNED,
            (426, "not_a_websocket", "this address takes WebSockets only: WebSocket request couldn't be upgraded"),
            (503, "busy", "too many media sockets wait to say which call they belong to"),
        ],
        _ => &[],
    }
}

fn add_examples(method: &str, path: &str, operation: &mut Value) {
    let number = || PhoneNumber::parse("+14155550110").expect("an E.164 number");
    let (order_id, call_sid) = (OrderId::new("o_0199f2a7c0de7e1f"), CallSid::new("CA00000000000000000000000000000001"));
    let view = |stage| CallView {
        order_id: order_id.clone(),
        call_sid: Some(call_sid.clone()),
        target_phone_number: number(),
        stage,
        result: None,
    };
    match (method, path) {
        ("get", "/") => common::add_example(operation, 200, "running", &Status { status: "running".into() }),
        ("post", "/order") => {
            let least = json!({"target_phone_number": number(), "final_instructions": "Ask whether they have oat milk."});
            let whole = json!({
                "target_phone_number": number(),
                "final_instructions": "Order a large pepperoni pizza for delivery.",
                "goal": "order a large pepperoni pizza for delivery",
                "task_kind": "order_food",
                "user_name": "Maria Lopez",
                "gathered_details": {"item": "pepperoni pizza", "size": "large", "delivery_address": "12 Elm Street"},
                "facts_wanted": [{"name": "total", "question": "What is the total?"}],
                "limits": {"answer_timeout_s": 30, "call_max_s": 300},
            });
            common::add_example(operation, 0, "least", &least);
            common::add_example(operation, 0, "whole", &whole);
            let accepted = OrderAccepted { status: "Call initiated".into(), call_sid, order_id };
            common::add_example(operation, 200, "accepted", &accepted);
        }
        ("post", "/estimate") => {
            let least = json!({"target_phone_number": number(), "final_instructions": "Ask whether they have oat milk."});
            common::add_example(operation, 0, "least", &least);
            let (currency, with_carrier) = ("USD".into(), true);
            let known = CostEstimate { currency, minute_micros: 97_100, most_micros: 1_020_000, with_carrier };
            common::add_example(operation, 200, "known", &Estimated { estimate: Some(known), unknown: None });
            let reason = Some("the realtime model has no price; set it in [prices.models]".into());
            common::add_example(operation, 200, "unknown", &Estimated { estimate: None, unknown: reason });
        }
        ("get", "/calls/{id}" | "/order/{key}") => common::add_example(operation, 200, "ringing", &view(CallStage::Ringing)),
        ("post", "/calls/{id}/hangup") => common::add_example(operation, 202, "live", &view(CallStage::Connected)),
        ("post", "/calls/{id}/answer") => {
            common::add_example(operation, 0, "chosen", &json!({"question_id": "q1", "text": "thin"}));
            common::add_example(operation, 202, "live", &view(CallStage::Connected));
        }
        ("post", "/calls/{id}/instruction") => {
            common::add_example(operation, 0, "ask", &json!({"text": "ask if they have gluten-free"}));
            common::add_example(operation, 202, "live", &view(CallStage::Connected));
        }
        ("post", "/calls/{id}/voice") => common::add_example(operation, 200, "handed back", &view(CallStage::Connected)),
        ("get", "/calls/{id}/audio") => {
            operation["responses"]["200"]["content"]["application/octet-stream"]["schema"] = json!({});
        }
        _ => {}
    }
}
