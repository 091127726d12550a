//! What the user is asked, and what they tell, while a call is live.

use crate::FieldError;
use serde::{Deserialize, Serialize};

/// The longest question to the user, in characters.
pub const QUESTION_CHARS_MAX: usize = 300;
/// The most choices that a question can offer.
pub const CHOICES_MAX: usize = 4;
/// The longest choice, in characters.
pub const CHOICE_CHARS_MAX: usize = 80;
/// The longest answer or instruction, in characters.
pub const TOLD_CHARS_MAX: usize = 500;

/// A question to the user from a live call; the callee waits for its answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export, export_to = "api.ts")]
pub struct UserQuestion {
    /// Its name within the call: `q1`.
    pub id: String,
    /// What is asked.
    pub question: String,
    /// Answers to choose from; any other may be given as well.
    #[serde(default)]
    pub choices: Vec<String>,
    /// How long the callee is asked to wait, seconds.
    pub time_limit_s: u32,
}

/// Why a question to the user is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export, export_to = "api.ts")]
#[serde(rename_all = "snake_case")]
pub enum QuestionEnd {
    /// The user answered.
    Answered,
    /// No answer came in time; the agent went on without it.
    TimedOut,
    /// The call came to its end.
    CallEnded,
    /// The user took the call over and speaks for themselves.
    TakenOver,
    /// An answer came after it was closed; the call has gone on without it.
    TooLate,
}

/// An answer of the user's that came after its question was closed. The callee has not been told it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export, export_to = "api.ts")]
pub struct LateAnswer {
    /// The attempt's number.
    pub attempt: u32,
    /// The question's name within the call: `q1`.
    pub question_id: String,
    /// What was asked.
    pub question: String,
    /// The user's words. At most 500 characters.
    #[cfg_attr(feature = "openapi", schema(max_length = 500))]
    pub answer: String,
    /// When they came, RFC 3339 in UTC.
    pub at: String,
}

/// The body of `POST /calls/{id}/answer`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export, export_to = "api.ts")]
pub struct AnswerRequest {
    /// The question's name: `q1`.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 40))]
    pub question_id: String,
    /// The answer. The callee may be told it. At most 500 characters.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 500, pattern = "\\S"))]
    pub text: String,
}

/// The body of `POST /calls/{id}/instruction`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export, export_to = "api.ts")]
pub struct InstructionRequest {
    /// What the agent is to do or say: `ask if they have gluten-free`. The callee may be told it. At most 500 characters.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 500, pattern = "\\S"))]
    pub text: String,
    /// The sender's own name for it; sending it again is the same as once. 1 to 100 visible ASCII characters; made up when it
    /// is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 100, pattern = "^[!-~]+$"))]
    #[ts(optional)]
    pub instruction_id: Option<String>,
}

impl AnswerRequest {
    /// Refuses what no call can take.
    ///
    /// # Errors
    /// The field at fault.
    pub fn check(&self) -> Result<(), FieldError> {
        if self.question_id.is_empty() || self.question_id.chars().count() > 40 {
            return Err(FieldError::new("question_id", "must be the id of a question that the call has asked, as in q1"));
        }
        told(&self.text)
    }
}

impl InstructionRequest {
    /// Refuses what no call can take.
    ///
    /// # Errors
    /// The field at fault.
    pub fn check(&self) -> Result<(), FieldError> {
        let readable = |id: &String| (1..=100).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic());
        if !self.instruction_id.as_ref().is_none_or(readable) {
            return Err(FieldError::new("instruction_id", "must be 1 to 100 visible ASCII characters"));
        }
        told(&self.text)
    }
}

fn told(text: &str) -> Result<(), FieldError> {
    if text.trim().is_empty() {
        return Err(FieldError::new("text", "must have words"));
    }
    if text.chars().count() > TOLD_CHARS_MAX {
        return Err(FieldError::new("text", format!("must have at most {TOLD_CHARS_MAX} characters; be brief")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_call_can_take_is_refused_with_what_to_do() {
        let answer = |question_id: &str, text: &str| AnswerRequest { question_id: question_id.into(), text: text.into() }.check();
        assert_eq!(answer("q1", "thin"), Ok(()));
        assert_eq!(answer("q1", " ").unwrap_err().field, "text");
        assert_eq!(answer("q1", &"x".repeat(501)).unwrap_err().field, "text");
        assert_eq!(answer("", "thin").unwrap_err().field, "question_id");
        let told = |id: &str| InstructionRequest { text: "ask".into(), instruction_id: Some(id.into()) }.check();
        assert_eq!(told("c_1:7"), Ok(()));
        assert_eq!(told("a b").unwrap_err().field, "instruction_id");
    }
}
