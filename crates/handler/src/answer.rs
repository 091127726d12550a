//! What `POST /order` is answered: made once, kept, repeated.

use crate::live::Answer;
use axum::http::StatusCode;
use types::{CallResult, CallSid, Disposition, EndedReason, ErrorBody, OrderAccepted, OrderId};

/// The carrier has the call.
pub(crate) fn accepted(order_id: &OrderId, call_sid: CallSid) -> Answer {
    let body = OrderAccepted { status: "Call initiated".into(), call_sid, order_id: order_id.clone() };
    (StatusCode::OK.as_u16(), json(&body))
}

/// The order ended before it could be answered: its answer, and whether the result is also to be reported. A definite refusal
/// is told by the answer alone; where a phone may have rung, the result is reported too.
pub(crate) fn of_unanswered(result: &CallResult) -> (Option<Answer>, bool) {
    let why = result.error_message.clone().unwrap_or_else(|| result.summary.clone());
    let (status, code, message) = match (result.status, result.ended_reason) {
        (Disposition::Unknown, _) => (
            StatusCode::GATEWAY_TIMEOUT,
            "dial_unknown",
            format!("it cannot be told whether the phone rings, and it is not dialled again: {why}"),
        ),
        (_, EndedReason::CarrierRefused) => {
            (StatusCode::BAD_GATEWAY, "carrier_refused", format!("the carrier refused the call: {why}"))
        }
        (_, EndedReason::VoiceLost) => (StatusCode::BAD_GATEWAY, "voice_unavailable", format!("nothing was dialled: {why}")),
        (_, _) => (StatusCode::BAD_GATEWAY, "not_dialled", format!("nothing was dialled: {why}")),
    };
    let report = code == "dial_unknown";
    (Some((status.as_u16(), json(&ErrorBody::new(code, message)))), report)
}

fn json(body: &impl serde::Serialize) -> String {
    serde_json::to_string(body).expect("bodies of answers become JSON")
}
