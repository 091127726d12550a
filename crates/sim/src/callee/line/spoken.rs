//! What was said on a call, by whom and when.

use types::Speaker;

/// A line of the call, as the callee's side knows it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Spoken {
    /// Who.
    pub speaker: Speaker,
    /// What the callee said, or what it understood of the agent.
    pub text: String,
    /// Milliseconds since the callee picked up.
    pub start_ms: u64,
    /// Same clock.
    pub end_ms: u64,
    /// Whether the callee was talked over and stopped.
    pub interrupted: bool,
}
