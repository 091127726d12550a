//! What a call is expected to cost, before it is made.

use serde::{Deserialize, Serialize};

/// What a call is expected to cost: reckoned from the prices that are configured and from how calls usually go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export, export_to = "api.ts")]
pub struct CostEstimate {
    /// The currency's code, ISO 4217: `USD`.
    #[cfg_attr(feature = "openapi", schema(min_length = 3, max_length = 3))]
    pub currency: String,
    /// A minute of a call that lasts its longest, in millionths of the currency.
    #[ts(type = "number")]
    pub minute_micros: u64,
    /// The most that the call can cost: it is ended before it costs more.
    #[ts(type = "number")]
    pub most_micros: u64,
    /// Whether the telephone call itself is in it. If not, its price is not known, and it comes on top.
    pub with_carrier: bool,
}

/// The answer to `POST /estimate`: an estimate, or why there is none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Estimated {
    /// What the call is expected to cost; absent when that cannot be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimate: Option<CostEstimate>,
    /// Why it cannot be told, in a sentence without its full stop.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unknown: Option<String>,
}
