//! What the user says while a call is live: an answer to its question, an instruction, or the wish to end it.

use crate::world::{Chat, result};
use graph::task::{Input, TellError};
use std::time::Duration;
use types::chat::{ConversationEvent, Node};
use types::{CallStage, QuestionEnd, UserQuestion};

fn ask(chat: &mut Chat, attempt: u32, id: &str) {
    let choices = vec!["thin".into(), "hang up".into()];
    let question = UserQuestion { id: id.into(), question: "Thin or thick?".into(), choices, time_limit_s: 30 };
    chat.input(Input::Question { attempt, question });
}

fn connected() -> Chat {
    let mut chat = Chat::called();
    chat.progress(1, CallStage::Connected);
    chat
}

fn told(chat: &Chat) -> Vec<String> {
    chat.calls.told.lock().unwrap().clone()
}

fn will(chat: &Chat, answer: Result<(), TellError>) {
    chat.calls.tells.lock().unwrap().push_back(answer);
}

fn closed(chat: &Chat) -> Vec<(QuestionEnd, Option<String>)> {
    let closed = |event: &ConversationEvent| match event {
        ConversationEvent::QuestionClosed { how, answer, .. } => Some((*how, answer.clone())),
        _ => None,
    };
    chat.events.iter().filter_map(closed).collect()
}

#[test]
fn a_question_from_the_call_is_an_event_of_the_conversation_and_the_watchdog_stays() {
    let mut chat = connected();
    let timers = chat.timers.len();
    ask(&mut chat, 1, "q1");
    let asked = chat.events.iter().find_map(|event| match event {
        ConversationEvent::Question { attempt, question, until } => Some((*attempt, question.id.clone(), until.clone())),
        _ => None,
    });
    assert_eq!(asked, Some((1, "q1".into(), "2026-11-21T12:00:30.000Z".into())));
    assert_eq!((chat.timers.len(), chat.node()), (timers, Node::AwaitResult), "the call's watchdog is still set");
    assert_eq!(chat.state().question.unwrap().question.choices.len(), 2, "it survives a reload");
}

#[test]
fn what_is_typed_while_a_question_waits_is_its_answer() {
    let mut chat = connected();
    ask(&mut chat, 1, "q1");
    assert!(chat.say("thin").contains("passed your answer on"));
    assert_eq!(told(&chat), ["o_1 q1: thin"]);
    assert_eq!(closed(&chat), [(QuestionEnd::Answered, Some("thin".into()))]);
    // The call tells the same.
    chat.input(Input::QuestionClosed { attempt: 1, id: "q1".into(), how: QuestionEnd::Answered, answer: Some("thin".into()) });
    assert_eq!(closed(&chat).len(), 1);
}

#[test]
fn what_is_typed_otherwise_is_an_instruction() {
    let mut chat = connected();
    assert!(chat.say("ask if they have gluten-free").contains("told the agent"));
    assert_eq!(told(&chat), ["o_1: ask if they have gluten-free"]);
    assert_eq!(chat.node(), Node::AwaitResult);
}

#[test]
fn an_order_to_the_agent_is_no_answer() {
    let mut chat = connected();
    ask(&mut chat, 1, "q1");
    chat.say("ask if they have gluten-free");
    assert_eq!((told(&chat), closed(&chat).len()), (vec!["o_1: ask if they have gluten-free".into()], 0));
}

#[test]
fn hang_up_hangs_up_unless_the_question_offers_it() {
    let mut chat = connected();
    assert!(chat.say("hang up").contains("ending the call"));
    let mut chat = connected();
    ask(&mut chat, 1, "q1");
    chat.say("hang up");
    assert_eq!((told(&chat), chat.calls.hung_up.lock().unwrap().len()), (vec!["o_1 q1: hang up".into()], 0));
}

#[test]
fn a_question_about_the_call_is_answered_here() {
    let mut chat = connected();
    assert!(chat.say("how is it going?").contains("under way"));
    assert_eq!(told(&chat), Vec::<String>::new());
}

#[test]
fn an_answer_that_comes_too_late_is_told_to_be() {
    let mut chat = connected();
    ask(&mut chat, 1, "q1");
    will(&chat, Err(TellError::TooLate));
    assert!(chat.say("thin").contains("came too late"));
    assert_eq!(closed(&chat), [(QuestionEnd::TimedOut, None), (QuestionEnd::TooLate, Some("thin".into()))]);
    assert_eq!(chat.state().question, None);
}

fn late(answer: &str) -> Input {
    Input::QuestionClosed { attempt: 1, id: "q1".into(), how: QuestionEnd::TooLate, answer: Some(answer.into()) }
}

#[test]
fn a_late_answer_is_kept_once_and_the_report_says_that_they_have_not_been_told_it() {
    let mut chat = connected();
    ask(&mut chat, 1, "q1");
    chat.input(Input::QuestionClosed { attempt: 1, id: "q1".into(), how: QuestionEnd::TimedOut, answer: None });
    let timers = chat.timers.len();
    // The page's own way and the call's news tell the same.
    let said = chat.input(late("thin"));
    assert!(said.contains("\"thin\" came too late") && said.contains("not been told"), "{said}");
    assert_eq!(chat.input(late(" thin ")), "");
    assert_eq!(closed(&chat), [(QuestionEnd::TimedOut, None), (QuestionEnd::TooLate, Some("thin".into()))]);
    assert_eq!((chat.timers.len(), chat.node()), (timers, Node::AwaitResult), "the call's watchdog is still set");
    let report = chat.result(result(1, "completed", "achieved", "Done."));
    let told = "They have not been told your answer \"thin\", which came too late; if it matters, please tell them. You were asked: \
                Thin or thick?";
    assert!(report.contains(told), "{report}");
    assert!(chat.state().call_outcome_details.unwrap().contains(told));
    let kept = chat.state().late_answers;
    assert_eq!((kept.len(), kept[0].question.as_str(), kept[0].answer.as_str()), (1, "Thin or thick?", "thin"));
    assert_eq!(self::told(&chat), Vec::<String>::new(), "nobody was told");
}

#[test]
fn an_answer_after_the_call_is_kept_and_the_outcome_says_so() {
    let mut chat = connected();
    ask(&mut chat, 1, "q1");
    chat.result(result(1, "completed", "achieved", "Done."));
    let said = chat.input(late("thick"));
    assert!(said.contains("the call has ended") && said.contains("please tell them"), "{said}");
    assert_eq!(closed(&chat), [(QuestionEnd::CallEnded, None), (QuestionEnd::TooLate, Some("thick".into()))]);
    let details = chat.state().call_outcome_details.unwrap();
    assert!(details.contains("Done.") && details.contains("\"thick\", which came too late"), "{details}");
    assert_eq!(chat.node(), Node::ReportResult);
}

#[test]
fn what_was_never_asked_gets_no_late_answer_and_the_notes_are_bounded() {
    let mut chat = connected();
    chat.input(late("thin"));
    assert_eq!((closed(&chat).len(), chat.state().late_answers.len()), (0, 0));
    ask(&mut chat, 1, "q1");
    chat.input(Input::QuestionClosed { attempt: 1, id: "q1".into(), how: QuestionEnd::TimedOut, answer: None });
    for number in 0..25 {
        chat.input(late(&format!("{number} slices")));
    }
    let kept = chat.state().late_answers;
    assert_eq!((kept.len(), kept[19].answer.as_str()), (20, "24 slices"));
}

#[test]
fn an_answer_typed_as_the_call_ends_is_kept_as_well() {
    let mut chat = connected();
    ask(&mut chat, 1, "q1");
    will(&chat, Err(TellError::Ended));
    assert!(chat.say("thin").contains("came too late"));
    assert_eq!(closed(&chat), [(QuestionEnd::CallEnded, None), (QuestionEnd::TooLate, Some("thin".into()))]);
}

#[test]
fn what_is_typed_after_the_answer_is_an_instruction() {
    let mut chat = connected();
    ask(&mut chat, 1, "q1");
    // Another tab has answered, and its news are not here yet.
    will(&chat, Err(TellError::Answered));
    assert!(chat.say("with olives").contains("told the agent"));
    assert_eq!(told(&chat), ["o_1 q1: with olives", "o_1: with olives"]);
}

#[test]
fn a_handler_that_does_not_answer_loses_nothing_silently() {
    let mut chat = connected();
    ask(&mut chat, 1, "q1");
    will(&chat, Err(TellError::Unavailable { message: "no route".into() }));
    assert!(chat.say("thin").contains("say it again"));
    assert!(chat.state().question.is_some(), "it can still be answered");
}

#[test]
fn a_question_that_times_out_or_whose_call_ends_is_closed_once() {
    let mut chat = connected();
    ask(&mut chat, 1, "q1");
    chat.pass(Duration::from_secs(31));
    chat.input(Input::QuestionClosed { attempt: 1, id: "q1".into(), how: QuestionEnd::TimedOut, answer: None });
    ask(&mut chat, 1, "q2");
    chat.result(result(1, "completed", "achieved", "Done."));
    assert_eq!(closed(&chat), [(QuestionEnd::TimedOut, None), (QuestionEnd::CallEnded, None)]);
    assert_eq!((chat.node(), chat.state().question), (Node::ReportResult, None));
}

#[test]
fn questions_of_other_attempts_and_after_the_end_have_no_effect() {
    let mut chat = connected();
    ask(&mut chat, 2, "q1");
    chat.result(result(1, "completed", "achieved", "Done."));
    ask(&mut chat, 1, "q1");
    assert_eq!(chat.count(|event| matches!(event, ConversationEvent::Question { .. })), 0);
}
