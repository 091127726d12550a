//! What a check found.

use serde::Serialize;

/// How it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Verdict {
    /// Nothing to do.
    Ok,
    /// Calls can be made, but something is not as it should be.
    Warn,
    /// Calls cannot be made like this.
    Fail,
}

impl Verdict {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "FAIL",
        }
    }
}

/// A verdict with the sentence that says what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Finding {
    pub(super) verdict: Verdict,
    pub(super) says: String,
}

impl Finding {
    pub(super) fn ok(says: String) -> Self {
        Self { verdict: Verdict::Ok, says }
    }
    pub(super) fn warn(says: String) -> Self {
        Self { verdict: Verdict::Warn, says }
    }
    pub(super) fn fail(says: String) -> Self {
        Self { verdict: Verdict::Fail, says }
    }
}

/// What may be shown of a secret, so that its owner knows which one is meant: its last two characters, of a long one only.
pub(super) fn tail(secret: &str) -> String {
    let count = secret.chars().count();
    if count < 12 {
        return "…".into();
    }
    format!("…{}", secret.chars().skip(count - 2).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_shows_two_characters_at_most() {
        assert_eq!(tail("1234567890abcdef1234567890abcd42"), "…42");
        assert_eq!(tail("short"), "…");
        assert_eq!(tail(""), "…");
    }
}
