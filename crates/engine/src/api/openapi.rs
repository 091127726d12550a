//! The engine's API as a document: what the routes say of themselves, and what holds for many of them.

use super::{call_result::Accepted, page::Running};
use axum::{Extension, response::IntoResponse};
use bytes::Bytes;
use http::header;
use serde_json::{Value, json};
use types::{
    CallSid, CallStage, CallView, ConversationId, NumberedCallEvent, OrderId, PhoneNumber, PlanId,
    chat::{ChatRequest, ChatResponse, Decision, Node, NumberedConversationEvent},
    openapi::{self as common, INVALID_FIELD, Problem},
};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{Components, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder},
};

const ABOUT: &str = "Say what you want; the engine asks for what is missing, sums up, waits for a yes, has the call handler phone, \
    and tells what came of it. Nothing is dialled without an approved plan. Every error answer is an `ErrorBody`. Integers are \
    written without a fraction or an exponent. Paths that are not here are the page's files or answer 404 `not_found`; other \
    methods answer 405 `method_not_allowed`.";

/// The document as it is served.
#[derive(Clone)]
pub(super) struct Document(Bytes);

/// This document.
#[utoipa::path(get, path = "/openapi.json", responses((status = 200, body = Value, description = "OpenAPI 3.1.")))]
pub(super) async fn serve(Extension(Document(text)): Extension<Document>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], text)
}

/// A document without routes.
pub(super) fn head() -> OpenApi {
    let info = InfoBuilder::new()
        .title("Ringback engine")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(ABOUT))
        .license(Some(LicenseBuilder::new().name("Apache-2.0 OR MIT").identifier(Some("Apache-2.0 OR MIT")).build()))
        .build();
    OpenApiBuilder::new().info(info).build()
}

/// The routes' document with the errors and examples of each.
pub(super) fn document(described: OpenApi) -> Document {
    Document(complete(described).to_string().into())
}

fn complete(mut described: OpenApi) -> Value {
    let components = described.components.get_or_insert_default();
    add::<NumberedCallEvent>(components, "NumberedCallEvent");
    add::<NumberedConversationEvent>(components, "NumberedConversationEvent");
    add::<types::ErrorBody>(components, "ErrorBody");
    let mut document = serde_json::to_value(described).expect("a document becomes JSON");
    common::each_operation(&mut document, |path, method, operation| {
        common::add_problems(operation, &[MISDIRECTED]);
        if !is_open(path) {
            common::add_problems(operation, &[UNAUTHORIZED]);
        }
        if method != "get" {
            common::add_problems(operation, &[CROSS_SITE]);
        }
        if operation.get("requestBody").is_some() {
            common::add_problems(operation, BODY);
            let most = if path == "/call_result" { super::body::LARGE } else { super::body::SMALL };
            let too_large = format!("the body could not be read whole; it may have at most {most} bytes");
            operation["responses"]["413"]["content"]["application/json"]["examples"]["too_large"]["value"]["message"] =
                too_large.into();
        }
        common::add_problems(operation, problems(method, path));
        common::plain_parameters(operation);
        add_examples(method, path, operation);
    });
    let schemas = &mut document["components"]["schemas"];
    schemas["CallResult"]["properties"]["order_id"] = json!({
        "type": "string", "minLength": 1, "maxLength": 200, "description": "The order that it answers. 1 to 200 bytes.",
    });
    schemas["CallCorrection"]["properties"]["order_id"] = schemas["CallResult"]["properties"]["order_id"].clone();
    for variant in schemas["Decision"]["oneOf"].as_array_mut().into_iter().flatten() {
        if let Some(details) = variant["properties"].get_mut("details") {
            details["minProperties"] = 1.into();
            details["maxProperties"] = 40.into();
            details["additionalProperties"] = json!({"type": "string", "minLength": 1, "maxLength": 500, "pattern": "\\S"});
        }
    }
    common::drop_null_defaults(&mut document);
    common::bound_integers(&mut document);
    common::require_bearer(
        &mut document,
        is_open,
        "The engine's `api_token`, if it has one. A browser shows its cookie instead.",
    );
    document
}

fn add<T: ToSchema + PartialSchema>(components: &mut Components, name: &str) {
    let mut schemas = Vec::new();
    T::schemas(&mut schemas);
    components.schemas.extend(schemas);
    components.schemas.insert(name.into(), T::schema());
}

fn is_open(path: &str) -> bool {
    path == "/"
}

const MISDIRECTED: Problem =
    (421, "host_not_allowed", "open this under localhost, or add the name to the allowed hosts (RINGBACK_ALLOWED_HOSTS)");
const UNAUTHORIZED: Problem =
    (401, "no_token", "send Authorization: Bearer with the API token, or open /?token=… once in this browser");
const CROSS_SITE: Problem = (403, "cross_site", "a page of another site may not do this");
const BODY: &[Problem] = &[
    (408, "too_slow", "the body did not arrive in time; send it again"),
    (413, "too_large", "the body could not be read whole"),
    (415, "not_json", "send JSON, with the header Content-Type: application/json"),
];

fn problems(method: &str, path: &str) -> &'static [Problem] {
    const NOT_FOUND: Problem = (404, "not_found", "there is no such conversation");
    const NO_ATTEMPT: Problem = (404, "not_found", "this conversation has made no such attempt");
    const INTERNAL: Problem = (500, "internal", "the engine could not do that; its log says why");
    const DRAINING: Problem = (503, "draining", "the engine is being stopped; try again in a moment");
    const BUSY: Problem = (503, "busy", "the conversation is busy with earlier messages; send this again");
    const STREAMS: Problem = (503, "too_many_streams", "too many streams are open; close a page and try again");
    const NOT_LIVE: Problem = (409, "not_live", "the call handler has not accepted this call (yet)");
    const UNREACHABLE: Problem = (502, "handler_unreachable", "the call handler at http://127.0.0.1:5002/ cannot be reached");
    const TOKEN: Problem = (502, "handler_token", "the call handler refuses the engine's token");
    const ENDED: Problem = (409, "already_ended", "the call has ended already");
    const OVERLOADED: Problem = (409, "call_overloaded", "the call cannot keep up; try again");
    const UNTELLABLE: Problem = (422, INVALID_FIELD, "text must have at most 500 characters; be brief");
    const HANDLER: Problem = (503, "store_failed", "the call handler cannot store anything now; try again soon");
    match (method, path) {
        ("get", "/conversations") => &[INTERNAL, DRAINING],
        ("post", "/chat") => &[NOT_FOUND, (422, INVALID_FIELD, "message must not be empty"), INTERNAL, BUSY, DRAINING],
        ("post", "/call_result" | "/call_correction") => {
            const UNKNOWN: Problem = (404, "not_found", "no conversation has placed this order");
            &[UNKNOWN, (422, INVALID_FIELD, "order_id must be given"), INTERNAL, BUSY, DRAINING]
        }
        ("get", "/conversations/{conversation}" | "/conversations/{conversation}/graph") => &[NOT_FOUND, INTERNAL, DRAINING],
        ("delete", "/conversations/{conversation}") => &[
            NOT_FOUND,
            (409, "call_live", "a call of this conversation is live; hang up first, then delete it"),
            (409, "busy", "the conversation is busy; try again in a moment"),
            INTERNAL,
            BUSY,
            DRAINING,
        ],
        ("get", "/conversations/{conversation}/events") => {
            &[NOT_FOUND, (422, INVALID_FIELD, "after must be the number of an event, 0 for all"), INTERNAL, DRAINING, STREAMS]
        }
        ("post", "/conversations/{conversation}/plans/{plan}") => &[
            (404, "not_found", "this conversation has no such plan"),
            (409, "plan_closed", "this plan was changed; decide on the newer one"),
            (409, "plan_expired", "this plan has expired, and nothing was dialled for it; say what you want again"),
            (422, INVALID_FIELD, "details must have 1 to 40 entries"),
            INTERNAL,
            BUSY,
            DRAINING,
        ],
        ("get", "/conversations/{conversation}/calls/{attempt}/events") => {
            &[NO_ATTEMPT, NOT_LIVE, INTERNAL, UNREACHABLE, TOKEN, DRAINING, STREAMS, HANDLER]
        }
        ("get", "/conversations/{conversation}/calls/{attempt}/audio") => {
            &[NO_ATTEMPT, NOT_LIVE, INTERNAL, UNREACHABLE, TOKEN, DRAINING, STREAMS, HANDLER]
        }
        ("get" | "delete", "/conversations/{conversation}/calls/{attempt}/recording") => {
            const NO_RECORDING: Problem =
                (404, "no_recording", "there is no recording of this call: it was not recorded, or it was deleted");
            const LIVE: Problem = (409, "call_live", "the call is live; hang up first, then delete its recording");
            const UNREADABLE: Problem = (500, "recording_unreadable", "the recording's file cannot be read; see the log");
            &[NO_ATTEMPT, NO_RECORDING, NOT_LIVE, LIVE, INTERNAL, UNREADABLE, UNREACHABLE, TOKEN, DRAINING, STREAMS, HANDLER]
        }
        ("post", "/conversations/{conversation}/calls/{attempt}/hangup") => {
            &[NO_ATTEMPT, NOT_LIVE, ENDED, OVERLOADED, INTERNAL, UNREACHABLE, TOKEN, DRAINING, STREAMS, HANDLER]
        }
        ("post", "/conversations/{conversation}/calls/{attempt}/answer") => &[
            NO_ATTEMPT,
            (404, "no_question", "the call has not asked a question q7"),
            NOT_LIVE,
            (409, "already_ended", super::told::ENDED_MESSAGE),
            OVERLOADED,
            (409, "already_answered", "the question has been answered already, and the call has gone on with that"),
            (409, "too_late", super::told::LATE_MESSAGE),
            UNTELLABLE,
            INTERNAL,
            UNREACHABLE,
            TOKEN,
            DRAINING,
            STREAMS,
            HANDLER,
        ],
        ("post", "/conversations/{conversation}/calls/{attempt}/instruction") => &[
            NO_ATTEMPT,
            NOT_LIVE,
            ENDED,
            OVERLOADED,
            (409, "too_many_instructions", "the call has taken as many instructions as it takes; take it over by voice instead"),
            UNTELLABLE,
            INTERNAL,
            UNREACHABLE,
            TOKEN,
            DRAINING,
            STREAMS,
            HANDLER,
        ],
        ("get", "/conversations/{conversation}/calls/{attempt}/voice") => &[
            (400, "not_a_websocket", "this address takes WebSockets only"),
            (426, "not_a_websocket", "this address takes WebSockets only"),
            NO_ATTEMPT,
            NOT_LIVE,
            INTERNAL,
            DRAINING,
            STREAMS,
        ],
        _ => &[],
    }
}

fn add_examples(method: &str, path: &str, operation: &mut Value) {
    let (conversation_id, plan_id) = (ConversationId::new("c_0199f2a7c0de7e1f"), PlanId::new("p_1"));
    let says = |response: &str, node, plan_id| ChatResponse {
        response: response.into(),
        conversation_id: conversation_id.clone(),
        node,
        plan_id,
    };
    match (method, path) {
        ("get", "/") => common::add_example(operation, 200, "running", &Running { status: "running" }),
        ("post", "/chat") => {
            let message = |message: &str, conversation_id| ChatRequest {
                message: message.into(),
                conversation_id,
                message_id: None,
                voice_choice: None,
                user_id: None,
            };
            common::add_example(operation, 0, "begin", &message("book a table for two tomorrow at 7pm", None));
            common::add_example(operation, 0, "go_on", &message("Maria Lopez", Some(conversation_id.clone())));
            let asks = says("What name should I book it under?", Node::AskForDetails, None);
            common::add_example(operation, 200, "asks", &asks);
            let sums_up =
                says("I will call +1 415 555 0101 to book a table. Shall I go ahead?", Node::ConfirmTask, Some(plan_id));
            common::add_example(operation, 200, "sums_up", &sums_up);
        }
        ("post", "/conversations/{conversation}/plans/{plan}") => {
            common::add_example(operation, 0, "approve", &Decision::Approve);
            common::add_example(operation, 0, "cancel", &Decision::Cancel);
            let details = [("time".to_owned(), "8:00 pm".to_owned())].into_iter().collect();
            common::add_example(operation, 0, "change", &Decision::Change { details });
            common::add_example(operation, 200, "calls", &says("I am calling now.", Node::AwaitResult, None));
        }
        ("post", "/call_correction") => {
            common::add_example(
                operation,
                0,
                "took_place",
                &json!({
                    "call_sid": "CA00000000000000000000000000000001", "order_id": "o_0199f2a7c0de7e1f",
                    "conversation_id": conversation_id, "attempt": 1, "reported": "unknown", "told": "completed", "duration": 32,
                }),
            );
            common::add_example(operation, 200, "accepted", &Accepted { status: "accepted" });
        }
        ("post", "/call_result") => {
            common::add_example(
                operation,
                0,
                "busy",
                &json!({
                    "call_sid": "CA00000000000000000000000000000001", "order_id": "o_0199f2a7c0de7e1f",
                    "conversation_id": conversation_id, "attempt": 1, "status": "busy", "ended_reason": "not_connected",
                    "duration": 0, "summary": "The line was busy.", "error_message": null,
                    "outcome": {"status": "not_achieved", "facts": []}, "transcript": [], "disclosed_at_ms": null,
                }),
            );
            common::add_example(operation, 200, "accepted", &Accepted { status: "accepted" });
        }
        (
            "post",
            "/conversations/{conversation}/calls/{attempt}/hangup"
            | "/conversations/{conversation}/calls/{attempt}/answer"
            | "/conversations/{conversation}/calls/{attempt}/instruction",
        ) => {
            let view = CallView {
                order_id: OrderId::new("o_0199f2a7c0de7e1f"),
                call_sid: Some(CallSid::new("CA00000000000000000000000000000001")),
                target_phone_number: PhoneNumber::parse("+14155550101").expect("an E.164 number"),
                stage: CallStage::Connected,
                result: None,
            };
            common::add_example(operation, 202, "live", &view);
        }
        ("get", "/conversations/{conversation}/calls/{attempt}/audio") => {
            operation["responses"]["200"]["content"]["application/octet-stream"]["schema"] = json!({});
        }
        ("get", "/conversations/{conversation}/calls/{attempt}/recording") => {
            for status in ["200", "206"] {
                operation["responses"][status]["content"]["audio/wav"]["schema"] = json!({});
            }
        }
        _ => {}
    }
}
