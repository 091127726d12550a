//! What a call is expected to cost, before it is made.

use crate::money::in_words;
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

/// The estimate in a sentence, or that there is none.
pub fn in_a_sentence(estimate: Option<&CostEstimate>) -> String {
    let Some(CostEstimate { currency, minute_micros, most_micros, with_carrier }) = estimate else {
        return "What it costs is not known.".into();
    };
    if *most_micros == 0 {
        return "It is simulated and costs nothing.".into();
    }
    let (minute, most) = (in_words(currency, *minute_micros), in_words(currency, *most_micros));
    if *with_carrier {
        format!("It costs about {minute} a minute, at most {most}.")
    } else {
        format!(
            "The voice costs about {minute} a minute, at most {most}; what the carrier asks for the call is not known and comes on top."
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_estimate_is_told_in_a_sentence() {
        let of = |minute_micros, most_micros, with_carrier| {
            in_a_sentence(Some(&CostEstimate { currency: "USD".into(), minute_micros, most_micros, with_carrier }))
        };
        assert_eq!(of(120_000, 1_200_000, true), "It costs about $0.12 a minute, at most $1.20.");
        assert!(of(120_000, 1_200_000, false).ends_with("what the carrier asks for the call is not known and comes on top."));
        assert_eq!(of(0, 0, true), "It is simulated and costs nothing.");
        assert_eq!(in_a_sentence(None), "What it costs is not known.");
    }
}
