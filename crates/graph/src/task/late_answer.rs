//! An answer of the user's that came when the call had gone on without it: kept and told, and never taken for heard.

use super::{OpenQuestion, State, turn::Turn, turn::stamp};
use types::{ConversationId, LateAnswer, QuestionEnd, chat::ConversationEvent};

/// How many late answers the state keeps, and how many questions that may still get one, the latest ones.
const KEPT_MAX: usize = 20;

/// A question was closed without an answer; one may still come.
pub(super) fn remember(state: &mut State, asked: OpenQuestion) {
    if state.unanswered.len() >= KEPT_MAX {
        state.unanswered.remove(0);
    }
    state.unanswered.push(asked);
}

/// Takes an answer to a closed question, once, and tells the user what became of it.
pub(super) fn take(turn: &mut Turn<'_>, attempt: u32, question_id: &str, answer: &str) {
    let same = |asked: &&OpenQuestion| asked.attempt == attempt && asked.question.id == question_id;
    if turn.state.question.as_ref().is_some_and(|open| same(&open)) {
        // The call's own news of that are still on their way.
        turn.close_question(QuestionEnd::TimedOut, None);
    }
    let (answer, conversation): (_, &ConversationId) = (answer.trim(), &turn.conversation);
    if answer.is_empty() {
        return;
    }
    let Some(asked) = turn.state.unanswered.iter().find(same) else {
        tracing::info!(conversation_id = %conversation, attempt, question_id, "ignored a late answer to a question that is not known");
        return;
    };
    let known = |late: &LateAnswer| late.attempt == attempt && late.question_id == question_id && late.answer == answer;
    if turn.state.late_answers.iter().any(known) {
        return;
    }
    let question = asked.question.question.clone();
    let (id, at) = (question_id.to_owned(), stamp(turn.now));
    let late = LateAnswer { attempt, question_id: id.clone(), question, answer: answer.to_owned(), at };
    tracing::info!(conversation_id = %conversation, attempt, question_id, "an answer of the user came too late");
    if turn.state.late_answers.len() >= KEPT_MAX {
        turn.state.late_answers.remove(0);
    }
    turn.state.late_answers.push(late);
    turn.tell(ConversationEvent::QuestionClosed { attempt, id, how: QuestionEnd::TooLate, answer: Some(answer.to_owned()) });
    let goes_on = turn.state.live_attempt().is_some_and(|live| live.attempt == attempt);
    turn.state.outcome_again(attempt);
    let told = if goes_on {
        "the call has gone on without it, and they have not been told it. I have kept it here."
    } else {
        "the call has ended, and they have not been told it. I have kept it here; if it matters, please tell them."
    };
    turn.say(format!("Your answer \"{answer}\" came too late: {told}"));
}

/// What is left for the user to tell, after what came of a call; empty if nothing is.
pub(super) fn in_sentences(late: &[LateAnswer], attempt: u32) -> String {
    let of_call = late.iter().filter(|late| late.attempt == attempt);
    of_call
        .map(|late| {
            format!(
                "\n\nThey have not been told your answer \"{}\", which came too late; if it matters, please tell them. You were \
                 asked: {}",
                late.answer,
                late.question.trim()
            )
        })
        .collect()
}
