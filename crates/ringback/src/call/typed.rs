//! What is typed while the call is live: an answer to the agent's question, or an instruction.

use super::client::{Engine, Error};
use std::time::Duration;
use types::{AnswerRequest, ConversationId, ErrorBody, FieldError, InstructionRequest, UserQuestion};

/// How often something is sent before it is given up, and the pause between.
const TRIES: u32 = 3;
const PAUSE: Duration = Duration::from_millis(500);
/// What can be typed.
pub(super) const HELP: &str =
    "/tell WORDS tells the agent what to do, as in: /tell ask if they have gluten-free. Ctrl-C hangs up.";

/// What a line asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Typed {
    /// Nothing.
    Empty,
    Answer(AnswerRequest),
    Instruction(InstructionRequest),
    /// It cannot be used; what to do instead.
    Unusable(String),
}

/// Reads a line. `open`: the question that waits for its answer.
pub(super) fn read(line: &str, open: Option<&UserQuestion>) -> Typed {
    let line = line.trim();
    if let Some(command) = line.strip_prefix('/') {
        let (name, words) = command.split_once(char::is_whitespace).unwrap_or((command, ""));
        return match (name, words.trim()) {
            ("tell", "") => Typed::Unusable("Say what the agent is to do, as in: /tell ask if they have gluten-free".into()),
            ("tell", words) => {
                let id = Some(uuid::Uuid::new_v4().to_string());
                let instruction = InstructionRequest { text: words.into(), instruction_id: id };
                checked(instruction.check(), Typed::Instruction(instruction))
            }
            (other, _) => Typed::Unusable(format!("There is no /{other}. {HELP}")),
        };
    }
    let Some(question) = open else {
        return if line.is_empty() { Typed::Empty } else { Typed::Unusable(format!("Nothing is asked now. {HELP}")) };
    };
    if line.is_empty() {
        return Typed::Unusable(how(question));
    }
    let text = match line.parse::<usize>() {
        Ok(number) if !question.choices.is_empty() => match number.checked_sub(1).and_then(|at| question.choices.get(at)) {
            Some(choice) => choice.clone(),
            None => return Typed::Unusable(how(question)),
        },
        Ok(_) | Err(_) => line.to_owned(),
    };
    let answer = AnswerRequest { question_id: question.id.clone(), text };
    checked(answer.check(), Typed::Answer(answer))
}

/// How a question is answered.
pub(super) fn how(question: &UserQuestion) -> String {
    match question.choices.len() {
        0 => "Type the answer and press Enter.".into(),
        1 => "Type 1, or another answer in words, and press Enter.".into(),
        most => format!("Type a number from 1 to {most}, or another answer in words, and press Enter."),
    }
}

fn checked(checked: Result<(), FieldError>, typed: Typed) -> Typed {
    match checked {
        Ok(()) => typed,
        Err(error) => Typed::Unusable(format!("Not sent: it {}.", error.problem)),
    }
}

/// Sends it; gives why it was not taken. Sent again it is the same as once.
pub(super) async fn send(engine: Engine, conversation: ConversationId, attempt: u32, typed: Typed) -> Result<(), ErrorBody> {
    for tries in 1.. {
        let sent = match &typed {
            Typed::Answer(answer) => engine.answer(&conversation, attempt, answer).await,
            Typed::Instruction(instruction) => engine.instruct(&conversation, attempt, instruction).await,
            Typed::Empty | Typed::Unusable(_) => Ok(()),
        };
        match sent {
            Ok(()) => break,
            Err(Error::Refused { body, .. }) => return Err(*body),
            Err(Error::Unreachable { .. } | Error::Silent { .. }) if tries < TRIES => tokio::time::sleep(PAUSE).await,
            Err(error @ (Error::Unreachable { .. } | Error::Silent { .. } | Error::Client(_) | Error::Unreadable { .. })) => {
                return Err(ErrorBody::new(
                    "not_sent",
                    format!("it could not be sent ({}); send it again", crate::causes::told(&error)),
                ));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(choices: &[&str]) -> UserQuestion {
        let choices = choices.iter().map(|choice| (*choice).to_owned()).collect();
        UserQuestion { id: "q1".into(), question: "Thin or thick?".into(), choices, time_limit_s: 30 }
    }

    fn answer(line: &str, choices: &[&str]) -> String {
        match read(line, Some(&question(choices))) {
            Typed::Answer(answer) if answer.question_id == "q1" => answer.text,
            other @ (Typed::Answer(_) | Typed::Empty | Typed::Instruction(_) | Typed::Unusable(_)) => format!("{other:?}"),
        }
    }

    fn unusable(line: &str, open: Option<&UserQuestion>) -> String {
        match read(line, open) {
            Typed::Unusable(problem) => problem,
            other @ (Typed::Answer(_) | Typed::Empty | Typed::Instruction(_)) => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn a_number_is_a_choice_and_words_are_an_answer() {
        assert_eq!(answer(" 2\n", &["thin", "thick crust"]), "thick crust");
        assert_eq!(answer("stuffed, please\n", &["thin", "thick crust"]), "stuffed, please");
        assert_eq!(answer("94110\n", &[]), "94110");
    }

    #[test]
    fn what_cannot_be_used_is_told_what_to_do() {
        let open = question(&["thin", "thick"]);
        for line in ["3", "0", ""] {
            assert!(unusable(line, Some(&open)).contains("a number from 1 to 2"), "{line}");
        }
        assert!(unusable("thin", None).starts_with("Nothing is asked now. /tell WORDS"));
        assert!(unusable("/tell  ", None).contains("/tell ask if"));
        assert!(unusable("/hold on", Some(&open)).starts_with("There is no /hold."));
        assert!(unusable(&"x".repeat(501), Some(&open)).contains("at most 500 characters"));
        assert_eq!(read(" \n", None), Typed::Empty);
    }

    #[test]
    fn an_instruction_can_be_typed_beside_a_question() {
        let Typed::Instruction(told) = read("/tell ask if they have gluten-free\n", Some(&question(&[]))) else { panic!() };
        assert!(told.text == "ask if they have gluten-free" && told.instruction_id.is_some());
    }
}
