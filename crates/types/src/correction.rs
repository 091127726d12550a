//! The carrier's last word on a call, when it contradicts the result that was reported.

use crate::{CallResult, CallSid, ConversationId, Disposition, OrderId};
use serde::{Deserialize, Serialize};

/// The body of `POST /call_correction`: what the carrier tells of a call after its result. The result stays the call's one
/// result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CallCorrection {
    /// The order.
    pub order_id: OrderId,
    /// The conversation that it belongs to, from the order.
    #[serde(default)]
    pub conversation_id: Option<ConversationId>,
    /// The order's attempt.
    #[cfg_attr(feature = "openapi", schema(minimum = 1))]
    pub attempt: u32,
    /// The carrier's name for the call.
    pub call_sid: CallSid,
    /// How the telephone call went, as the result has it.
    pub reported: Disposition,
    /// How it went, as the carrier tells it now.
    pub told: Disposition,
    /// Seconds from the answer to the end, as the carrier tells it now.
    #[serde(default)]
    pub duration: Option<u32>,
}

impl CallCorrection {
    /// What the carrier tells of a call, if that contradicts its result.
    pub fn of(result: &CallResult, call_sid: &CallSid, told: Disposition, duration: Option<u32>) -> Option<Self> {
        use Disposition::{Canceled, Completed, Failed, NoAnswer, Unknown, Voicemail};
        let talked = duration.unwrap_or(0) > 0;
        let contradicts = match (result.status, told) {
            (_, Unknown) | (Voicemail, Completed) => false,
            // A call that was hung up while it rang is told in all of these ways.
            (Canceled | NoAnswer | Failed, Completed | Canceled) => talked,
            (reported, told) => reported != told,
        };
        contradicts.then(|| Self {
            order_id: result.order_id.clone(),
            conversation_id: result.conversation_id.clone(),
            attempt: result.attempt,
            call_sid: call_sid.clone(),
            reported: result.status,
            told,
            duration,
        })
    }
}
