//! `POST /call_correction`: the carrier has told something else of a call than its result says.

use super::call_result::{Accepted, Of, check_ids, conversation_of};
use super::{Problem, Shared, body};
use crate::durable::Engine as _;
use axum::{Json, extract::State};
use graph::{
    runtime::{Body, Envelope},
    task::Input,
};
use types::CallCorrection;

/// The call handler passes on what the carrier tells of a call after its result, if that contradicts the result.
///
/// Taken once: the same correction again is accepted and changes nothing. The call's result stays.
#[utoipa::path(
    post, path = "/call_correction", operation_id = "call_correction", request_body = CallCorrection,
    responses((status = 200, body = Accepted, description = "It is durable; it need not be sent again."))
)]
pub(super) async fn take(
    State(app): Shared,
    body: body::Json<CallCorrection, { body::SMALL }>,
) -> Result<Json<Accepted>, Problem> {
    let correction = body.value;
    check_ids(&correction.order_id, correction.attempt)?;
    let of = Of { order_id: &correction.order_id, named: correction.conversation_id.as_ref(), attempt: correction.attempt };
    let conversation_id = conversation_of(&app, of).await?;
    tracing::info!(
        %conversation_id, order_id = %correction.order_id, call_sid = %correction.call_sid, attempt = correction.attempt,
        reported = ?correction.reported, told = ?correction.told, duration_s = correction.duration, "received a call's correction"
    );
    let id = format!("correction:{}", correction.order_id);
    let input = Input::Correction { correction: Box::new(correction) };
    app.engine.deliver(&conversation_id, Envelope { id, body: Body::Input(input) }).await?;
    Ok(Json(Accepted { status: "accepted" }))
}
