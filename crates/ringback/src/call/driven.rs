//! What a program says on the standard input while the call is live, one JSON object a line (`--json-input`).

use super::typed::Typed;
use serde::Deserialize;
use types::{AnswerRequest, ErrorBody, FieldError, InstructionRequest};

/// What a line may be.
const FORMS: &str = r#"send {"type":"answer","question_id":"q1","text":"…"} or {"type":"instruction","text":"…"}, one a line"#;

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
enum Said {
    Answer {
        question_id: String,
        text: String,
    },
    Instruction {
        text: String,
        #[serde(default)]
        instruction_id: Option<String>,
    },
}

/// Reads a line; gives why it cannot be used.
pub(super) fn read(line: &str) -> Result<Typed, ErrorBody> {
    let line = line.trim();
    if line.is_empty() {
        return Ok(Typed::Empty);
    }
    // A tagged enum would be read from a list as well.
    if !line.starts_with('{') {
        return Err(unusable("it is no JSON object"));
    }
    match serde_json::from_str(line).map_err(|error| unusable(&in_one_line(&error)))? {
        Said::Answer { question_id, text } => {
            let answer = AnswerRequest { question_id, text };
            answer.check().map_err(of_field)?;
            Ok(Typed::Answer(answer))
        }
        Said::Instruction { text, instruction_id } => {
            // Sent again after a lost answer, it must be the same.
            let id = instruction_id.unwrap_or_else(|| uuid::Uuid::new_v4().to_string());
            let instruction = InstructionRequest { text, instruction_id: Some(id) };
            instruction.check().map_err(of_field)?;
            Ok(Typed::Instruction(instruction))
        }
    }
}

/// A line that says nothing that can be used; `why` follows "the line cannot be used:".
pub(super) fn unusable(why: &str) -> ErrorBody {
    ErrorBody::new("unusable_line", format!("the line cannot be used: {why}; {FORMS}"))
}

fn of_field(error: FieldError) -> ErrorBody {
    error.into()
}

/// Without the place within the line, which serde tells as a line of its own counting.
fn in_one_line(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or(&text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(line: &str) -> (String, String) {
        let error = read(line).expect_err(line);
        (error.code, error.message)
    }

    #[test]
    fn answers_and_instructions_are_read_and_blank_lines_say_nothing() {
        let answer = AnswerRequest { question_id: "q1".into(), text: "thick".into() };
        assert_eq!(read("{\"type\": \"answer\", \"question_id\": \"q1\", \"text\": \"thick\"}\r\n"), Ok(Typed::Answer(answer)));
        let told = read(r#"{"type":"instruction","text":"ask if they deliver","instruction_id":"i1"}"#);
        let instruction = InstructionRequest { text: "ask if they deliver".into(), instruction_id: Some("i1".into()) };
        assert_eq!(told, Ok(Typed::Instruction(instruction)));
        let Ok(Typed::Instruction(made_up)) = read(r#"{"type":"instruction","text":"ask"}"#) else { panic!() };
        assert!(made_up.instruction_id.is_some(), "a repetition is known by it");
        assert_eq!(read(" \n"), Ok(Typed::Empty));
    }

    #[test]
    fn a_line_that_cannot_be_used_is_told_why_and_what_to_send() {
        for (line, why) in [
            ("thick", "no JSON object"),
            (r#"["answer","q1","thick"]"#, "no JSON object"),
            (r#"{"type":"answer""#, "EOF"),
            (r#"{"type":"answer","text":"thick"}"#, "missing field `question_id`"),
            (r#"{"type":"tell","text":"ask"}"#, "unknown variant `tell`"),
            (r#"{"type":"instruction","text":"ask","question_id":"q1"}"#, "unknown field `question_id`"),
            (r#"{"text":"thick"}"#, "missing field `type`"),
        ] {
            let (code, message) = problem(line);
            assert_eq!(code, "unusable_line", "{line}");
            assert!(
                message.contains(why) && message.contains(r#""question_id":"q1""#) && !message.contains("column"),
                "{message}"
            );
        }
        let long = format!(r#"{{"type":"instruction","text":"{}"}}"#, "x".repeat(501));
        assert_eq!(problem(&long).0, "invalid_field");
        assert_eq!(problem(r#"{"type":"answer","question_id":"","text":"thick"}"#).0, "invalid_field");
    }
}
