//! Calls as the conversation sees them: ordered, watched, reported, tried again.

use crate::conversations::closed;
use crate::world::{CONVERSATION, Chat, order_id, result, view};
use graph::task::{PlaceError, StatusError};
use std::time::Duration;
use types::chat::{ConversationEvent, Decision, Node, PlanClosed};
use types::{CallStage, Disposition, EndedReason, OutcomeStatus, PlanId};
const MINUTE: Duration = Duration::from_secs(60);

#[test]
fn approving_twice_is_the_same_as_once() {
    let mut chat = Chat::planned();
    let plan = chat.plan();
    assert_eq!(chat.decide(&PlanId::new("p_other"), Decision::Approve), "");
    chat.decide(&plan.plan_id, Decision::Approve);
    chat.decide(&plan.plan_id, Decision::Approve);
    chat.decide(&plan.plan_id, Decision::Cancel);
    chat.say("yes");
    assert_eq!(chat.calls.keys().len(), 1);
    assert_eq!((closed(&chat), chat.node()), (vec![PlanClosed::Approved], Node::AwaitResult));
    chat.result(result(1, "busy", "unknown", ""));
    assert_eq!(chat.decide(&plan.plan_id, Decision::Approve), "", "nor after the call");
    assert_eq!(chat.calls.keys().len(), 1);
}

#[test]
fn a_refused_call_is_reported_in_the_handlers_words() {
    let mut chat = Chat::planned();
    let message = "The carrier does not call this number.".to_owned();
    chat.calls.will([Err(PlaceError::Refused { code: "carrier_refused".into(), message, field: None })]);
    let told = chat.say("yes");
    assert!(told.starts_with("Task failed: the carrier does not call this number."), "{told}");
    assert!(told.contains("Nothing was dialled"), "{told}");
    assert_eq!((chat.node(), chat.calls.keys().len()), (Node::ReportResult, 1));
    let ended = chat.ended();
    assert_eq!((ended.len(), ended[0].1.status, ended[0].1.ended_reason), (1, Disposition::Failed, EndedReason::CarrierRefused));
}

#[test]
fn a_handler_that_is_away_is_tried_under_the_same_key_and_reported() {
    let away = || Err(PlaceError::Unavailable { message: "connection refused; nothing was dialled.".into() });
    let mut chat = Chat::planned();
    chat.calls.will([away()]);
    chat.say("yes");
    assert_eq!((chat.node(), chat.calls.keys()), (Node::AwaitResult, vec![format!("{CONVERSATION}:1"); 2]));

    let mut chat = Chat::planned();
    chat.calls.will([away(), away(), away()]);
    let told = chat.say("yes");
    assert!(told.starts_with("Task failed: the call service could not be reached"), "{told}");
    assert_eq!(told.to_lowercase().matches("nothing was dialled").count(), 1, "{told}");
    assert_eq!((chat.node(), chat.ended().len(), chat.calls.keys().len()), (Node::ReportResult, 1, 3));
}

#[test]
fn an_unclear_order_is_looked_up_and_never_redialled() {
    let unclear = || Err(PlaceError::Unclear { message: "timed out".into() });
    // The handler has it.
    let mut chat = Chat::planned();
    chat.calls.will([unclear()]);
    chat.calls.knows(1, Ok(view(1, CallStage::Ringing, None)));
    chat.say("yes");
    assert_eq!(
        (chat.node(), chat.calls.keys().len(), chat.state().call_status),
        (Node::AwaitResult, 1, Some(CallStage::Ringing))
    );
    assert_eq!(chat.state().calls[0].order_id, Some(order_id(1)));

    // It never had it: the same key once more.
    let mut chat = Chat::planned();
    chat.calls.will([unclear()]);
    chat.say("yes");
    assert_eq!((chat.node(), chat.calls.keys()), (Node::AwaitResult, vec![format!("{CONVERSATION}:1"); 2]));

    // It cannot be asked, for as long as anybody asks.
    let mut chat = Chat::planned();
    chat.calls.will([unclear()]);
    chat.calls.knows(1, Err(StatusError { message: "away".into() }));
    let told = chat.say("yes");
    assert!(told.contains("I do not know yet whether that arrived"), "{told}");
    assert_eq!((chat.node(), chat.ended().len()), (Node::AwaitResult, 0));
    let told = chat.pass(Duration::from_secs(62));
    assert!(told.starts_with("Task failed: I can't tell whether the phone rang"), "{told}");
    assert_eq!((chat.ended()[0].1.status, chat.calls.keys().len()), (Disposition::Unknown, 1));

    // A doubt is not forgotten because the handler is away afterwards.
    let mut chat = Chat::planned();
    let away = || Err(PlaceError::Unavailable { message: "away".into() });
    chat.calls.will([unclear(), away(), away(), away(), away(), away(), away()]);
    chat.say("yes");
    let told = chat.pass(Duration::from_secs(62));
    assert!(told.contains("I can't tell whether the phone rang") && !told.contains("Nothing was dialled"), "{told}");

    // Before another call the lost one is asked after; it did take place.
    chat.say("try again");
    chat.calls.knows(1, Ok(view(1, CallStage::Ended, Some(result(1, "completed", "achieved", "The order was placed.")))));
    let before = chat.calls.keys().len();
    let told = chat.say("yes");
    assert!(told.contains("did take place") && told.contains("Task completed"), "{told}");
    assert_eq!((chat.calls.keys().len(), chat.node(), chat.ended().len()), (before, Node::ReportResult, 1));
    assert_eq!(chat.state().call_outcome_status, Some(OutcomeStatus::Achieved));
}

#[test]
fn a_handler_that_restarts_while_it_is_sent_an_order_is_asked_again_before_anything_is_concluded() {
    let doubtful = || {
        let mut chat = Chat::planned();
        chat.calls.will([Err(PlaceError::Unclear { message: "the connection broke".into() })]);
        chat.calls.knows(1, Err(StatusError { message: "connection refused".into() }));
        chat.say("yes");
        assert_eq!((chat.node(), chat.ended().len()), (Node::AwaitResult, 0));
        chat
    };
    // It comes back and has the order.
    let mut chat = doubtful();
    chat.calls.knows(1, Ok(view(1, CallStage::Ringing, None)));
    let told = chat.pass(Duration::from_secs(2));
    assert!(told.contains("is under way"), "{told}");
    assert_eq!((chat.state().calls[0].order_id.clone(), chat.calls.keys().len()), (Some(order_id(1)), 1));
    chat.result(result(1, "completed", "achieved", "The order was placed."));
    assert_eq!((chat.node(), chat.ended().len()), (Node::ReportResult, 1));

    // It comes back and has ended it without a call.
    let mut chat = doubtful();
    chat.calls.knows(1, Ok(view(1, CallStage::Ended, Some(result(1, "canceled", "not_achieved", "Nothing was dialled.")))));
    chat.pass(Duration::from_secs(2));
    assert_eq!((chat.ended()[0].1.status, chat.calls.keys().len()), (Disposition::Canceled, 1));

    // It comes back and never had it: the same order under the same key.
    let mut chat = doubtful();
    chat.calls.forgets(1);
    chat.pass(Duration::from_secs(2));
    assert_eq!((chat.node(), chat.calls.keys()), (Node::AwaitResult, vec![format!("{CONVERSATION}:1"); 2]));
    assert_eq!(chat.state().calls[0].order_id, Some(order_id(1)));
}

#[test]
fn results_that_are_no_success_are_never_called_completed() {
    for (status, outcome, said) in [
        ("busy", "unknown", "Task failed: the line was busy"),
        ("no-answer", "unknown", "Task failed: nobody answered"),
        ("canceled", "unknown", "Task failed: the call was stopped before"),
        ("failed", "achieved", "Task failed: the call could not be connected"),
        ("voicemail", "achieved", "Task failed: a machine answered"),
        ("unknown", "unknown", "Task failed: I can't tell whether the phone rang"),
        ("completed", "not_achieved", "Task failed: they had no table"),
        ("completed", "unknown", "Task failed: the call took place, but I can't tell"),
        ("completed", "partly", "Task partly completed: they had no table"),
    ] {
        let mut chat = Chat::called();
        let told = chat.result(result(1, status, outcome, if status == "completed" { "They had no table" } else { "" }));
        assert!(told.starts_with(said), "{told}");
        assert!(told.contains("try again"), "{told}");
    }
}

#[test]
fn trying_again_needs_another_yes_and_is_another_attempt() {
    let mut chat = Chat::called();
    chat.result(result(1, "busy", "unknown", ""));
    let summary = chat.say("try again");
    assert!(summary.contains("nothing has been dialled"), "{summary}");
    assert_eq!((chat.plan().attempt, chat.calls.keys().len()), (2, 1));
    chat.say("yes");
    assert_eq!(chat.calls.keys(), [format!("{CONVERSATION}:1"), format!("{CONVERSATION}:2")]);
    // The first call's result again changes nothing.
    assert_eq!(chat.result(result(1, "busy", "unknown", "")), "");
    assert_eq!(chat.node(), Node::AwaitResult);
    let told = chat.result(result(2, "completed", "achieved", "The order was placed."));
    assert!(told.starts_with("Task completed"), "{told}");
    let sent = result(2, "completed", "achieved", "The order was placed.");
    assert_eq!(chat.ended(), [(1, result(1, "busy", "unknown", "")), (2, sent.clone())]);
    assert_eq!(chat.state().calls[1].result.as_deref(), Some(&sent), "exactly as it was received");
    let thanks = chat.say("thanks!");
    assert!(thanks.contains("welcome"), "{thanks}");
    assert_eq!(chat.node(), Node::ReportResult);
}

#[test]
fn something_new_begins_in_the_same_conversation() {
    let mut chat = Chat::called();
    chat.result(result(1, "completed", "achieved", "The order was placed."));
    let lines = chat.state().conversation_history.len();
    chat.say("ask Luigi's at +1 415 555 0101 if they have oat milk");
    let state = chat.state();
    assert!(state.conversation_history.len() > lines && state.calls.len() == 1);
    assert_eq!((state.task_kind.as_deref(), chat.plan().attempt), (Some("ask_business"), 2));
    assert_eq!(state.call_outcome_status, None);
    assert!(!state.gathered_details.contains_key("item"));
    chat.say("yes");
    assert_eq!(chat.calls.order().attempt, 2);
}

#[test]
fn chat_during_the_call_does_not_disturb_it() {
    let mut chat = Chat::called();
    chat.progress(1, CallStage::Connected);
    for stage in [CallStage::Ringing, CallStage::Connected, CallStage::Ended] {
        assert_eq!(chat.progress(1, stage), "");
    }
    chat.progress(7, CallStage::Ringing);
    let stages: Vec<CallStage> = chat
        .events
        .iter()
        .filter_map(|event| match event {
            ConversationEvent::Call { call } => Some(call.stage),
            _ => None,
        })
        .collect();
    assert_eq!(stages, [CallStage::Dialling, CallStage::Connected], "only forward, and only when it changes");
    let told = chat.say("how is it going?");
    assert!(told.contains("under way") && told.contains("answered"), "{told}");
    chat.say("yes");
    assert_eq!((chat.node(), chat.calls.keys().len()), (Node::AwaitResult, 1));
    assert!(chat.calls.hung_up.lock().unwrap().is_empty());
    assert!(chat.say("please hang up").contains("ending the call"));
    assert!(chat.say("hang up").contains("just ended"));
    assert_eq!(*chat.calls.hung_up.lock().unwrap(), [order_id(1)]);
    // The watchdog was not cancelled by any of it: 30 + 300 + 30 seconds.
    chat.calls.knows(1, Ok(view(1, CallStage::Ended, Some(result(1, "completed", "partly", "They closed early.")))));
    let late = chat.pass(6 * MINUTE);
    assert!(late.starts_with("Task partly completed"), "{late}");
}

#[test]
fn a_late_result_is_fetched_by_the_watchdog_and_taken_once() {
    let mut chat = Chat::called();
    chat.calls.knows(1, Ok(view(1, CallStage::Connected, None)));
    assert_eq!(chat.pass(6 * MINUTE + Duration::from_secs(5)), "", "still live: it waits on");
    assert_eq!(chat.state().call_status, Some(CallStage::Connected));
    let sent = result(1, "completed", "achieved", "The order was placed.");
    chat.calls.knows(1, Ok(view(1, CallStage::Ended, Some(sent.clone()))));
    assert!(chat.pass(MINUTE).starts_with("Task completed"));
    assert_eq!(chat.result(sent.clone()), "", "the result itself comes later");
    assert_eq!(chat.ended(), [(1, sent)]);
}

#[test]
fn a_call_without_news_is_given_up_as_unknown_and_late_news_is_told() {
    let mut chat = Chat::called();
    let told = chat.pass(20 * MINUTE);
    assert!(told.contains("I can't tell whether the phone rang"), "{told}");
    assert_eq!((chat.node(), chat.ended()[0].1.status, chat.calls.keys().len()), (Node::ReportResult, Disposition::Unknown, 1));
    let news = chat.result(result(1, "completed", "achieved", "The order was placed."));
    assert!(news.contains("heard after all") && news.contains("Task completed"), "{news}");
    assert_eq!(chat.ended().len(), 1, "an attempt ends once");
    assert_eq!(chat.state().calls[0].result.as_ref().unwrap().status, Disposition::Completed);
    assert_eq!(chat.result(result(1, "completed", "achieved", "The order was placed.")), "");
}

#[test]
fn a_carrier_that_contradicts_a_result_is_told_once_and_changes_no_result() {
    let mut chat = Chat::called();
    assert_eq!(chat.correction(1, "completed", Some(32)), "", "there is no result yet");
    chat.result(result(1, "failed", "not_achieved", "The line broke down."));
    let (ended, node) = (chat.ended(), chat.node());
    let told = chat.correction(1, "completed", Some(32));
    assert!(told.contains("it was answered and lasted 32 s") && told.contains("I have not dialled again"), "{told}");
    assert_eq!(chat.correction(1, "completed", Some(32)), "", "once");
    assert_eq!(chat.correction(2, "completed", Some(32)), "", "there is no such call");
    assert_eq!((chat.ended(), chat.node(), chat.state().corrections.len()), (ended, node, 1));
    assert_eq!(chat.state().calls[0].result.as_ref().unwrap().status, Disposition::Failed);
    assert_eq!(chat.calls.keys().len(), 1);
}

#[test]
fn a_correction_does_not_stop_the_watchdog_of_the_next_call() {
    let mut chat = Chat::called();
    chat.result(result(1, "failed", "not_achieved", "The line broke down."));
    chat.say("try again");
    chat.say("yes");
    assert_eq!(chat.node(), Node::AwaitResult);
    assert!(chat.correction(1, "no-answer", None).contains("nobody answered"));
    let told = chat.pass(30 * MINUTE);
    assert!(told.contains("I can't tell whether the phone rang"), "{told}");
}
