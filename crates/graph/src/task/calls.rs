//! What the task graph asks of the call handler. The engine implements it over HTTP; tests with a script.

use async_trait::async_trait;
use std::fmt::Debug;
use types::{CallView, Estimated, IdempotencyKey, Order, OrderAccepted, OrderId};

/// The call handler, as the graph sees it. Every method may be called again for the same thing.
#[async_trait]
pub trait Calls: Debug + Send + Sync {
    /// Where orders are sent, for the log.
    fn order_url(&self) -> String;
    /// Sends an order. The same key with the same order is the same call, however often it is sent.
    async fn place_order(&self, order: &Order, key: &IdempotencyKey) -> Result<OrderAccepted, PlaceError>;
    /// What the order's call is expected to cost. Dials nothing.
    async fn estimate(&self, order: &Order) -> Result<Estimated, StatusError>;
    /// What became of an order; `None` if the handler says that it never took one with this key.
    async fn order_status(&self, key: &IdempotencyKey) -> Result<Option<CallView>, StatusError>;
    /// Asks that a live call be ended; its result arrives as any other.
    async fn hang_up(&self, order_id: &OrderId) -> Result<(), HangUpError>;
    /// Answers the question of a live call. The same answer again is the same as once.
    async fn answer(&self, order_id: &OrderId, question_id: &str, text: &str) -> Result<(), TellError>;
    /// Tells a live call's agent what to do. The same id again is the same as once.
    async fn instruct(&self, order_id: &OrderId, instruction_id: &str, text: &str) -> Result<(), TellError>;
}

/// Why an order was not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlaceError {
    /// The handler or the carrier said no; nothing was dialled and nothing will be.
    #[error("{message}")]
    Refused {
        /// The handler's stable word: `carrier_refused`.
        code: String,
        /// Its sentence for people.
        message: String,
        /// The order's field at fault, if there is one.
        field: Option<String>,
    },
    /// The handler could not be reached, or asked us to come again (503); nothing was dialled, and the same order may be sent again.
    #[error("{message}")]
    Unavailable {
        /// What stood in the way.
        message: String,
    },
    /// The order may or may not have been taken, or the phone may or may not have rung.
    #[error("{message}")]
    Unclear {
        /// What is known.
        message: String,
    },
}

/// Why the handler could not say what became of an order, or what it would cost.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct StatusError {
    /// What stood in the way.
    pub message: String,
}

/// Why a live call was not told what the user says.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TellError {
    /// The call is over, or was never live.
    #[error("the call has already ended")]
    Ended,
    /// The question was closed without an answer.
    #[error("the answer came too late")]
    TooLate,
    /// The question has another answer already.
    #[error("the question has been answered already")]
    Answered,
    /// The handler does not take it.
    #[error("{message}")]
    Refused {
        /// Its sentence for people.
        message: String,
    },
    /// The handler could not be asked.
    #[error("{message}")]
    Unavailable {
        /// What stood in the way.
        message: String,
    },
}

/// Why a call was not hung up.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HangUpError {
    /// It is over already.
    #[error("the call has already ended")]
    AlreadyEnded,
    /// The handler could not be asked.
    #[error("{message}")]
    Unavailable {
        /// What stood in the way.
        message: String,
    },
}
