//! What broke during a call and how it was met.

use serde::{Deserialize, Serialize};

/// What broke.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export, export_to = "api.ts")]
#[serde(rename_all = "snake_case")]
pub enum TroubleKind {
    /// The realtime model's socket broke off, stalled or could not be understood.
    VoiceLost,
    /// The realtime model's session came to the end of its time.
    VoiceExpired,
    /// The realtime model's server failed, or the model did not answer.
    VoiceFailed,
    /// The realtime model's server had too many requests of ours.
    VoiceBusy,
    /// The realtime model's server does not take us: a key, a quota or a model that it does not know.
    VoiceRefused,
    /// The carrier's media stream broke off.
    StreamLost,
}

/// How it was met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export, export_to = "api.ts")]
#[serde(rename_all = "snake_case")]
pub enum TroubleMet {
    /// A new session of the same model went on.
    Reconnected,
    /// A second session had been opened beforehand and took over.
    Swapped,
    /// The other configured voice went on.
    OtherVoice,
    /// It was waited for a moment.
    Waited,
    /// The call was brought back to a new media stream.
    BroughtBack,
    /// It was not: the call was ended.
    NotMet,
}
