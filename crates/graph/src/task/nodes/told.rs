//! What the user says while a call is live goes to the call: as the answer to its question, or as an instruction.

use super::super::{OpenQuestion, TellError, late_answer, say, turn, turn::Turn};
use std::time::Duration;
use types::asking::TOLD_CHARS_MAX;
use types::chat::Attempt;
use types::{CallStage, OrderId, QuestionEnd, UserQuestion};

/// The live call asks the user something.
pub(in super::super) fn open(turn: &mut Turn<'_>, attempt: u32, question: UserQuestion) {
    let live = turn.state.live_attempt().is_some_and(|live| live.attempt == attempt);
    let known = turn.state.question.as_ref().is_some_and(|open| open.question.id == question.id && open.attempt == attempt);
    if !live || known {
        return;
    }
    close_open(turn, QuestionEnd::TimedOut, None);
    let until = turn.now + Duration::from_secs(question.time_limit_s.into());
    turn.open_question(OpenQuestion { attempt, question, until: turn::stamp(until) });
}

/// A question is closed.
pub(in super::super) fn close(turn: &mut Turn<'_>, attempt: u32, id: &str, how: QuestionEnd, answer: Option<String>) {
    if turn.state.question.as_ref().is_some_and(|open| open.attempt == attempt && open.question.id == id) {
        close_open(turn, how, answer);
    }
}

fn close_open(turn: &mut Turn<'_>, how: QuestionEnd, answer: Option<String>) {
    turn.close_question(how, answer);
}

/// Whether the words are one of the answers that an open question offers: then they are nothing else.
pub(in super::super) fn is_choice(turn: &Turn<'_>, text: &str) -> bool {
    let same = |choice: &String| choice.trim().eq_ignore_ascii_case(text.trim());
    turn.state.question.as_ref().is_some_and(|open| open.question.choices.iter().any(same))
}

/// Passes the user's words on to the live call, and tells what became of them.
pub(in super::super) async fn pass_on(turn: &mut Turn<'_>, live: &Attempt, order_id: &OrderId, text: &str) {
    if text.chars().count() > TOLD_CHARS_MAX {
        return turn
            .say(format!("That is too long to be told during a call; please say it in at most {TOLD_CHARS_MAX} characters."));
    }
    let open = turn.state.question.clone().filter(|open| open.attempt == live.attempt && !is_order(text));
    let calls = turn.graph.calls.clone();
    if let Some(open) = open {
        match calls.answer(order_id, &open.question.id, text).await {
            Ok(()) => {
                close_open(turn, QuestionEnd::Answered, Some(text.trim().to_owned()));
                return turn.say("I have passed your answer on.");
            }
            // What was said after the answer is something new.
            Err(TellError::Answered) => close_open(turn, QuestionEnd::Answered, None),
            Err(late @ (TellError::TooLate | TellError::Ended)) => {
                let how = if late == TellError::Ended { QuestionEnd::CallEnded } else { QuestionEnd::TimedOut };
                close_open(turn, how, None);
                return late_answer::take(turn, open.attempt, &open.question.id, text);
            }
            Err(error) => return refused(turn, &error, "your answer"),
        }
    }
    if is_about_us(text) {
        let stage = say::progress(live.stage);
        return turn.say(format!(
            "The call is under way: it {stage}. I will tell you here what comes of it; say \"hang up\" to end it."
        ));
    }
    let id = turn.key.clone();
    match calls.instruct(order_id, &id, text).await {
        Ok(()) if live.stage < CallStage::Connected => turn.say("I have told the agent, for when somebody answers."),
        Ok(()) => turn.say("I have told the agent, who will see to it at the next turn."),
        Err(error) => refused(turn, &error, "that"),
    }
}

fn refused(turn: &mut Turn<'_>, error: &TellError, what: &str) {
    match error {
        TellError::Ended => turn.say("The call has just ended; I will tell you in a moment what came of it."),
        TellError::Refused { message } => turn.say(format!("I could not pass {what} on: {message}.")),
        TellError::Answered | TellError::TooLate => turn.say("That came too late."),
        TellError::Unavailable { message } => {
            tracing::warn!(conversation_id = %turn.conversation, message, "could not tell a call what the user says");
            turn.say(format!("I could not pass {what} on just now. Please say it again."));
        }
    }
}

/// "Ask if …", "tell them …" is for the agent, also while a question waits.
fn is_order(text: &str) -> bool {
    let first: Vec<String> = text.split_whitespace().take(2).map(str::to_lowercase).collect();
    let words: Vec<&str> = first.iter().map(String::as_str).collect();
    matches!(words.as_slice(), ["ask", _] | ["tell", "them" | "him" | "her"])
}

/// Asks us how it goes, rather than telling the agent something.
fn is_about_us(text: &str) -> bool {
    let text = text.trim().to_lowercase();
    let asks = [
        "how",
        "what's",
        "what is happening",
        "any news",
        "is it",
        "are you",
        "are we",
        "did they",
        "have they",
        "status",
        "hello",
    ];
    let short = text.split_whitespace().count() <= 8;
    short && !is_order(&text) && (text.ends_with('?') || text == "status") && asks.iter().any(|begin| text.starts_with(begin))
}
