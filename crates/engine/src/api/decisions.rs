//! `POST /conversations/{id}/plans/{plan_id}`: the user's decision on a plan.

use super::{Problem, Shared, body, path::Path};
use crate::durable::Engine;
use axum::{Json, extract::State};
use graph::{
    runtime::{Body, Envelope},
    task::{Input, PlanStanding},
};
use serde::Deserialize;
use types::{
    ConversationId, Details, FieldError, PlanId,
    chat::{ChatResponse, Decision, PlanClosed},
};
use uuid::Uuid;

const DETAILS_MAX: usize = 40;
const DETAIL_CHARS_MAX: usize = 500;

/// [`Decision`] as it is read: not as a tagged enum, so that an error can name its field.
#[derive(Deserialize)]
pub(super) struct Decided {
    decision: Word,
    #[serde(default)]
    details: Option<Details>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Word {
    Approve,
    Cancel,
    Change,
}

/// Decide on a plan: approve, cancel or change it.
///
/// Approving is the only thing that lets a phone ring, and a plan is approved at most once: the same decision again gets the
/// same answer and dials nothing. A change closes the plan, and a new one follows. A `change` needs `details`: 1 to 40 of
/// them, each 1 to 500 characters long. The body may have at most 65,536 bytes.
#[utoipa::path(
    post, path = "/conversations/{conversation}/plans/{plan}",
    params(("conversation" = ConversationId, Path, description = "The conversation, `c_…`"), ("plan" = PlanId, Path, description = "The plan, `p_…`")), request_body = Decision,
    responses((status = 200, body = ChatResponse, description = "What Ringback says, and where the conversation stands now."))
)]
pub(super) async fn decide(
    State(app): Shared,
    Path((conversation, plan_id)): Path<(ConversationId, PlanId)>,
    body: body::Json<Decided, { body::SMALL }>,
) -> Result<Json<ChatResponse>, Problem> {
    let decision = checked(body.value)?;
    let deadline = app.deadline();
    let _turn = app.turn(conversation.as_str(), deadline).await?;
    // An input that was delivered just before may still close the plan.
    app.settle(&conversation, deadline).await;
    let wanted = outcome(&decision);
    match app.state(&conversation).await?.plan_standing(&plan_id) {
        PlanStanding::Open => {}
        // The same decision again is the same as once. A changed plan has another plan after it, so that is none.
        PlanStanding::Closed(how) if how == wanted && how != PlanClosed::Changed => {}
        PlanStanding::Closed(how) => return Err(closed(how)),
        PlanStanding::Unknown => return Err(Problem::not_found("this conversation has no such plan")),
    }
    // A change has no id of its own, since each may say something else.
    let id = match &decision {
        Decision::Approve => Some(format!("approve:{plan_id}")),
        Decision::Cancel => Some(format!("cancel:{plan_id}")),
        Decision::Change { .. } => None,
    };
    let (request, answer) = app.note(conversation.as_str(), id.clone(), &conversation).await?;
    if let Some(answer) = answer {
        return Ok(Json(answer));
    }
    tracing::info!(conversation_id = %conversation, %plan_id, decision = ?wanted, "the user has decided on a plan");
    let id = id.unwrap_or_else(|| format!("change:{plan_id}:{}", Uuid::now_v7()));
    let input = Input::Decide { plan_id: plan_id.clone(), decision };
    app.engine.deliver(&conversation, Envelope { id, body: Body::Input(input) }).await?;
    crash_point::reach("engine.decision_accepted");
    app.settle(&conversation, deadline).await;
    match app.state(&conversation).await?.plan_standing(&plan_id) {
        PlanStanding::Closed(how) if how != wanted => Err(closed(how)),
        // Still open: it could not be worked off in time, and the answer says so.
        PlanStanding::Open | PlanStanding::Closed(_) | PlanStanding::Unknown => Ok(Json(app.reply(request, deadline).await?)),
    }
}

fn outcome(decision: &Decision) -> PlanClosed {
    match decision {
        Decision::Approve => PlanClosed::Approved,
        Decision::Cancel => PlanClosed::Cancelled,
        Decision::Change { .. } => PlanClosed::Changed,
    }
}

fn closed(how: PlanClosed) -> Problem {
    match how {
        PlanClosed::Expired => {
            Problem::conflict("plan_expired", "this plan has expired, and nothing was dialled for it; say what you want again")
        }
        PlanClosed::Approved => Problem::conflict("plan_closed", "this plan has been approved already; hang up to stop its call"),
        PlanClosed::Changed => Problem::conflict("plan_closed", "this plan was changed; decide on the newer one"),
        PlanClosed::Cancelled => {
            Problem::conflict("plan_closed", "this plan was cancelled, and nothing was dialled for it; say what you want again")
        }
    }
}

pub(super) fn checked(decided: Decided) -> Result<Decision, FieldError> {
    let details = match decided.decision {
        Word::Approve => return Ok(Decision::Approve),
        Word::Cancel => return Ok(Decision::Cancel),
        Word::Change => decided.details.unwrap_or_default(),
    };
    if details.is_empty() || details.len() > DETAILS_MAX {
        return Err(FieldError::new("details", format!("must have 1 to {DETAILS_MAX} entries")));
    }
    for (name, value) in &details {
        if value.trim().is_empty() || value.chars().count() > DETAIL_CHARS_MAX {
            return Err(FieldError::new(format!("details.{name}"), format!("must be 1 to {DETAIL_CHARS_MAX} characters long")));
        }
    }
    Ok(Decision::Change { details })
}
