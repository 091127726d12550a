//! `ask_user`: a question to the person that the call is made for. Its result is the answer, and comes later.

use super::Error;
use serde::Deserialize;
use std::time::Duration;
use types::asking::{CHOICE_CHARS_MAX, CHOICES_MAX, QUESTION_CHARS_MAX};

const TOOL: &str = "ask_user";
const TIME_LIMIT_S: std::ops::RangeInclusive<u32> = 10..=120;
const TIME_LIMIT_USUAL_S: u32 = 30;

/// A question that can be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wish {
    pub(crate) question: String,
    pub(crate) choices: Vec<String>,
    pub(crate) time_limit: Duration,
}

#[derive(Deserialize)]
struct Arguments {
    question: String,
    #[serde(default)]
    choices: Vec<String>,
    #[serde(default)]
    time_limit_s: Option<u32>,
}

pub(super) fn read(arguments: &str) -> Result<Wish, Error> {
    let read: Arguments =
        serde_json::from_str(arguments).map_err(|cause| Error::Arguments { tool: TOOL, cause: cause.to_string() })?;
    let problem = |field: &str, problem: String| Err(Error::Field { field: field.into(), problem });
    let question = one_line(&read.question);
    if question.is_empty() {
        return problem("question", "is empty; say what the user is to tell".into());
    }
    if question.chars().count() > QUESTION_CHARS_MAX {
        return problem("question", format!("is longer than {QUESTION_CHARS_MAX} characters; ask one short thing"));
    }
    if read.choices.len() > CHOICES_MAX {
        return problem("choices", format!("has more than {CHOICES_MAX} entries; any other answer can be typed"));
    }
    let choices: Vec<String> = read.choices.iter().map(|choice| one_line(choice)).collect();
    for (index, choice) in choices.iter().enumerate() {
        if choice.is_empty() || choice.chars().count() > CHOICE_CHARS_MAX {
            return problem(&format!("choices[{index}]"), format!("must have 1 to {CHOICE_CHARS_MAX} characters"));
        }
    }
    let time_limit_s = read.time_limit_s.unwrap_or(TIME_LIMIT_USUAL_S);
    if !TIME_LIMIT_S.contains(&time_limit_s) {
        let (least, most) = (TIME_LIMIT_S.start(), TIME_LIMIT_S.end());
        return problem("time_limit_s", format!("must be {least} to {most} seconds, not {time_limit_s}"));
    }
    Ok(Wish { question, choices, time_limit: Duration::from_secs(time_limit_s.into()) })
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_question_is_told_what_is_wrong() {
        let told = |arguments: &str| read(arguments).unwrap_err().to_string();
        assert!(told("{}").contains("missing field `question`"));
        assert!(told(r#"{"question":" "}"#).contains("`question` is empty"));
        assert!(told(&format!(r#"{{"question":"{}"}}"#, "x".repeat(301))).contains("longer than 300"));
        assert!(told(r#"{"question":"x","choices":["a","b","c","d","e"]}"#).contains("more than 4"));
        assert!(told(r#"{"question":"x","choices":[""]}"#).contains("`choices[0]`"));
        assert!(told(r#"{"question":"x","time_limit_s":5}"#).contains("10 to 120 seconds, not 5"));
        assert!(told(r#"{"question":"x","time_limit_s":121}"#).contains("10 to 120 seconds"));
    }

    #[test]
    fn a_question_alone_is_enough() {
        let wish = Wish { question: "Thin or thick?".into(), choices: Vec::new(), time_limit: Duration::from_secs(30) };
        assert_eq!(read(r#"{"question":" Thin  or thick?"}"#).unwrap(), wish);
    }
}
