//! What was said.

use serde::{Deserialize, Serialize};

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export, export_to = "api.ts")]
#[serde(rename_all = "snake_case")]
pub enum Speaker {
    /// Our side.
    Agent,
    /// The business that was called.
    Callee,
}

/// One turn of one side. Lines are ordered by when their speech began.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export, export_to = "api.ts")]
pub struct TranscriptLine {
    /// Its number within the call, from 1; captions and evidence refer to it.
    pub line: u32,
    /// Who spoke.
    pub speaker: Speaker,
    /// What the callee said as it was understood, or what the model generated for the agent.
    pub text: String,
    /// What of it the callee can have heard. Equal to `text` unless the agent was interrupted.
    pub heard: String,
    /// Words of the callee's that were hard to hear, as far as whoever wrote them down can tell; at most 40.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(as = "Option<Vec<String>>", optional)]
    #[cfg_attr(feature = "openapi", schema(max_items = 40))]
    pub doubted: Vec<String>,
    /// Whether the agent was cut off by the callee.
    pub interrupted: bool,
    /// When the speech began, milliseconds since the media stream started.
    #[ts(type = "number")]
    pub start_ms: u64,
    /// When it ended, same clock; for an interrupted line, when it was cut.
    #[ts(type = "number")]
    pub end_ms: u64,
}
