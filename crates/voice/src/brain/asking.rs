//! What the briefing does not hold, the person we call for may know: they are asked while the callee waits.

use super::words::{Sentence, plain};
use super::{Line, ToolCall};
use serde_json::{Value, json};
use types::asking::{CHOICE_CHARS_MAX, CHOICES_MAX};
use types::briefing::{self, Asked};

const TOOL: &str = "ask_user";
/// The client takes no more.
const QUESTIONS_MAX: usize = 5;
/// How long a callee may be asked to wait, seconds.
const TIME_LIMIT_S: u32 = 30;
/// A question of fewer words may be another one.
const SAME_WORDS_MIN: usize = 3;
/// What stands before the callee's words.
const THEY_ASK: &str = "They ask: \"";
/// Of the callee's words; the question has more around them.
const QUOTED_CHARS_MAX: usize = 250;

/// A question to the person we call for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Question {
    pub(super) question: String,
    pub(super) came: Came,
    /// The line at which that was known.
    at: usize,
}

/// What has come of a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Came {
    Nothing,
    Waiting,
    Answer(String),
}

/// The questions so far, in order.
pub(super) fn questions(lines: &[Line]) -> Vec<Question> {
    let mut asked: Vec<Question> = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        match line {
            Line::Called { name, arguments } if name == TOOL => {
                let read: Value = serde_json::from_str(arguments).unwrap_or_default();
                let question = read["question"].as_str().unwrap_or_default().to_owned();
                asked.push(Question { question, came: Came::Waiting, at });
            }
            Line::Returned { output } => {
                let waiting = asked.iter_mut().rfind(|question| question.came == Came::Waiting);
                if let (Some(question), Some(came)) = (waiting, returned(output)) {
                    (question.came, question.at) = (came, at);
                }
            }
            Line::Told { text } => {
                let Some((question, told)) = briefing::asked_user(text) else { continue };
                let came = match told {
                    Asked::Answered(answer) => Came::Answer(answer.to_owned()),
                    Asked::Unanswered => Came::Nothing,
                    Asked::Waiting => Came::Waiting,
                };
                match asked.iter_mut().find(|known| known.question == question) {
                    Some(known) => (known.came, known.at) = (came, at),
                    None => asked.push(Question { question: question.to_owned(), came, at }),
                }
            }
            Line::Callee { .. } | Line::Agent { .. } | Line::Called { .. } => {}
        }
    }
    asked
}

/// What the tool gave, if it was this tool: others have short words of their own.
fn returned(output: &str) -> Option<Came> {
    let read: Value = serde_json::from_str(output).ok()?;
    if let Some(answer) = read["answer"].as_str() {
        return Some(Came::Answer(answer.to_owned()));
    }
    let status = read["status"].as_str().unwrap_or_default();
    let over = ["no answer", "there is no time", "the user has taken"].iter().any(|begin| status.starts_with(begin));
    (over || read["error"].is_string()).then_some(Came::Nothing)
}

/// What was asked last and has come of it since we last spoke.
pub(super) fn news(lines: &[Line], asked: &[Question]) -> Option<Question> {
    let spoke_at = lines.iter().rposition(|line| matches!(line, Line::Agent { .. }));
    asked.iter().rfind(|question| question.came != Came::Waiting && spoke_at.is_none_or(|at| question.at > at)).cloned()
}

/// The callee's words that the user was asked about and has not answered, where that is what was heard last.
pub(super) fn unanswered(lines: &[Line]) -> Option<String> {
    let news = news(lines, &questions(lines)).filter(|news| news.came == Came::Nothing)?;
    news.question.strip_prefix(THEY_ASK)?.strip_suffix('"').map(str::to_owned)
}

/// What the user has answered to the same question before, whatever words it began with.
pub(super) fn answered<'q>(asked: &'q [Question], callee: &Sentence<'_>) -> Option<&'q str> {
    let again = plain(callee.text);
    let same = |known: &&Question| {
        let before = plain(&known.question);
        again.split(' ').count() >= SAME_WORDS_MIN && before.ends_with(&again)
    };
    match &asked.iter().rfind(same)?.came {
        Came::Answer(answer) => Some(answer),
        Came::Nothing | Came::Waiting => None,
    }
}

/// The call that asks what the callee wants to know; `None` if there is no such tool, or it was asked before.
pub(super) fn ask(tools: &[String], asked: &[Question], callee: &Sentence<'_>) -> Option<ToolCall> {
    let quoted: String = callee.text.trim().chars().take(QUOTED_CHARS_MAX).collect();
    let question = format!("{THEY_ASK}{quoted}\"");
    let again = asked.iter().any(|known| plain(&known.question) == plain(&question));
    if again || quoted.is_empty() || asked.len() >= QUESTIONS_MAX || !tools.iter().any(|tool| tool == TOOL) {
        return None;
    }
    let arguments = json!({ "question": question, "choices": choices(callee.text), "time_limit_s": TIME_LIMIT_S });
    Some(ToolCall { name: TOOL.into(), arguments })
}

/// Whether one of several things has to be chosen; what comes on top can be left.
pub(super) fn must_choose(callee: &Sentence<'_>) -> bool {
    let on_top = ["with that", "on top", "on the side", "drink", "dessert", "salad", "dip", "extra", "else", "add"];
    !callee.has(&on_top) && choices(callee.text).len() > 1
}

/// How a question begins that offers something.
const QUESTIONS: [&str; 12] = ["would", "do", "does", "should", "shall", "is", "are", "which", "what", "will", "can", "could"];

/// "Would you like thin or thick crust?" offers `thin` and `thick crust`.
fn choices(question: &str) -> Vec<String> {
    let question = question.trim().trim_end_matches(['?', '.', '!']);
    let offered = question.rsplit_once(':').map_or(question, |(_, rest)| rest);
    let Some((left, right)) = offered.rsplit_once(" or ") else { return Vec::new() };
    let mut choices: Vec<String> = left.split(',').map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect();
    // "Sure, would you like …": what comes before the question is none of the choices.
    let asks =
        |part: &String| part.split_whitespace().next().is_some_and(|word| QUESTIONS.contains(&word.to_lowercase().as_str()));
    if let Some(at) = choices.iter().rposition(asks) {
        choices.drain(..at);
    }
    // Before the first choice stands the question itself; only its last word is the choice.
    if let Some(first) = choices.first_mut()
        && let Some(word) = first.split_whitespace().last().map(str::to_owned)
    {
        *first = word;
    }
    choices.push(right.trim().to_owned());
    let short =
        |choice: &String| (1..=4).contains(&choice.split_whitespace().count()) && choice.chars().count() <= CHOICE_CHARS_MAX;
    let open = ["something", "anything", "not", "no", "is", "do", "would", "are", "what", "should", "can"];
    let vague = right.split_whitespace().next().is_none_or(|word| open.contains(&word.to_lowercase().as_str()));
    if vague || choices.len() > CHOICES_MAX || !choices.iter().all(short) {
        return Vec::new();
    }
    choices.into_iter().map(|choice| choice.to_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offered_choices_are_found() {
        for (said, offered) in [
            ("Thin or thick crust?", vec!["thin", "thick crust"]),
            ("Would you like thin or thick crust?", vec!["thin", "thick crust"]),
            ("Sure, would you like tomato or garlic sauce?", vec!["tomato", "garlic sauce"]),
            ("Okay, large, do you want red, white or pesto sauce?", vec!["red", "white", "pesto sauce"]),
            ("Okay, would you like classic or stuffed crust?", vec!["classic", "stuffed crust"]),
            ("Sure. And, is that red, white or pesto?", vec!["red", "white", "pesto"]),
            ("Which sauce: red, white or pesto?", vec!["red", "white", "pesto"]),
            ("What's your zip code?", vec![]),
            ("Do you want it hot or not?", vec![]),
            ("Is it far or should we send a driver to pick it up?", vec![]),
        ] {
            assert_eq!(choices(said), offered, "{said}");
        }
    }
}
