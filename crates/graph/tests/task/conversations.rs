//! Whole conversations in virtual time.

use crate::world::{CONVERSATION, Chat, FakeCalls, STORY, order_id, result, view};
use graph::brain::BuiltIn;
use graph::task::{Input, PlaceError, PlanStanding, Settings, StatusError, TaskGraph};
use std::sync::Arc;
use std::time::Duration;
use types::chat::{ConversationEvent, Decision, Node, PlanClosed};
use types::{CallStage, ConversationId, Details, Disposition, EndedReason, OutcomeStatus, PlanId, VoiceChoice};

const MINUTE: Duration = Duration::from_secs(60);

fn closed(chat: &Chat) -> Vec<PlanClosed> {
    let how = |event: &ConversationEvent| match event {
        ConversationEvent::PlanClosed { how, .. } => Some(*how),
        _ => None,
    };
    chat.events.iter().filter_map(how).collect()
}

fn nodes(chat: &Chat) -> Vec<Node> {
    let node = |event: &ConversationEvent| match event {
        ConversationEvent::Node { node } => Some(*node),
        _ => None,
    };
    chat.events.iter().filter_map(node).collect()
}

#[test]
fn a_vague_wish_is_asked_about_one_thing_at_a_time() {
    let mut chat = Chat::new();
    let hello = chat.say("hi");
    assert!(hello.contains("order food") && hello.contains("book a table"), "{hello}");
    assert_eq!(chat.state().missing_details, ["task_description"]);
    for (said, asked) in [
        ("I'm hungry", "What would you like to order?"),
        ("pepperoni pizza", "What size"),
        ("large", "How many"),
        ("one", "delivery or pickup"),
        ("delivery", "Which address"),
        ("home", "house number"),
        ("12 Elm Street", "What name"),
        ("why?", "whom the order is for"),
        ("Maria Lopez", "phone number"),
        ("555 0100", "area code"),
        ("911", "emergency"),
    ] {
        let answer = chat.say(said);
        assert!(answer.contains(asked), "{said}: {answer}");
        assert!(answer.matches('?').count() <= 2, "one question at a time: {answer}");
        assert_eq!(chat.node(), Node::AskForDetails, "{said}");
    }
    let summary = chat.say("(415) 555-0100");
    assert_eq!(chat.node(), Node::ConfirmTask);
    for told in ["+14155550100", "large pepperoni pizza", "12 Elm Street", "Maria Lopez", "nothing has been dialled", "total"] {
        assert!(summary.contains(told), "{told}: {summary}");
    }
    assert!(chat.calls.keys().is_empty());
    let called = chat.say("yes");
    assert!(called.contains("calling +14155550100"), "{called}");
    assert_eq!((chat.node(), chat.calls.keys()), (Node::AwaitResult, vec![format!("{CONVERSATION}:1")]));
    let told = chat.result(result(1, "completed", "achieved", "The order was placed."));
    assert!(told.starts_with("Task completed: The order was placed.") || told.starts_with("Task completed: the order"), "{told}");
    assert!(told.contains("Total: $21.50") && told.contains("30 minutes (unverified"), "{told}");
}

#[test]
fn one_message_can_tell_everything() {
    let mut chat = Chat::planned();
    let plan = chat.plan();
    assert_eq!(plan.goal, "order a large pepperoni pizza for delivery");
    assert_eq!(
        (plan.callee_name.as_deref(), plan.attempt, plan.target_phone_number.as_str()),
        (Some("Tony's"), 1, "+14155550100")
    );
    assert_eq!(plan.expires_at, "2026-11-21T12:30:00.000Z");
    chat.say("yes, go ahead");
    let order = chat.calls.order();
    assert_eq!(order.goal.as_deref(), Some("order a large pepperoni pizza for delivery"));
    assert_eq!((order.user_name.as_deref(), order.user_address.as_deref()), (Some("Maria Lopez"), Some("12 Elm Street")));
    assert_eq!((order.task_kind.as_deref(), order.callee_name.as_deref()), (Some("order_food"), Some("Tony's")));
    assert_eq!(
        (order.conversation_id, order.plan_id, order.attempt),
        (Some(ConversationId::new(CONVERSATION)), Some(plan.plan_id), 1)
    );
    let details: Vec<(&str, &str)> = order.gathered_details.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(
        details,
        [
            ("item", "pepperoni pizza"),
            ("size", "large"),
            ("quantity", "1"),
            ("fulfilment", "delivery"),
            ("delivery_address", "12 Elm Street"),
            ("user_name", "Maria Lopez")
        ]
    );
    let facts: Vec<&str> = order.facts_wanted.iter().map(|fact| fact.name.as_str()).collect();
    assert_eq!(facts, ["total", "ready_time"]);
    for told in ["Order a large pepperoni pizza.", "delivery to 12 Elm Street", "on behalf of Maria Lopez", "Tony's"] {
        assert!(order.final_instructions.contains(told), "{told}: {}", order.final_instructions);
    }
    assert!(!order.final_instructions.contains(['{', '[', '}', ']']), "{}", order.final_instructions);
    assert_eq!(nodes(&chat), [Node::ConfirmTask, Node::TriggerCall, Node::AwaitResult]);
    let view = chat.state().view(&ConversationId::new(CONVERSATION));
    assert_eq!(
        (view.node, view.plan, view.calls.len(), view.call_status),
        (Node::AwaitResult, None, 1, Some(CallStage::Dialling))
    );
    assert_eq!(view.conversation_history.len(), 4);
}

#[test]
fn a_table_a_question_and_an_errand_reach_the_callee() {
    for (story, goal, detail) in [
        (
            "book a table for 4 on Saturday at 7pm at Luigi's under Maria Lopez, +1 415 555 0101",
            "book a table for 4 people on Saturday, November 28 at 7:00 pm",
            ("party_size", "4"),
        ),
        (
            "ask Luigi's at +1 415 555 0101 if they have oat milk",
            "ask whether you have oat milk",
            ("question", "Do you have oat milk?"),
        ),
        (
            "I'm Maria Lopez, call +1 415 555 0101 and tell them I'll be late",
            "tell you they will be late",
            ("instructions", "tell them I'll be late"),
        ),
    ] {
        let mut chat = Chat::new();
        chat.say(story);
        assert_eq!(chat.plan().goal, goal);
        chat.say("ok");
        let order = chat.calls.order();
        assert_eq!(order.gathered_details[detail.0], detail.1);
        assert_eq!(order.target_phone_number.as_str(), "+14155550101");
        assert!(!order.final_instructions.contains(['{', '[']), "{}", order.final_instructions);
    }
}

#[test]
fn a_change_at_the_confirmation_makes_another_plan() {
    let mut chat = Chat::planned();
    let first = chat.plan();
    let summary = chat.say("yes but change the size to medium");
    assert!(summary.contains("medium pepperoni pizza") && chat.calls.keys().is_empty(), "{summary}");
    let second = chat.plan();
    assert_ne!(first.plan_id, second.plan_id);
    assert_eq!(chat.state().plan_standing(&first.plan_id), PlanStanding::Closed(PlanClosed::Changed));

    // Only the open plan can be approved.
    assert_eq!(chat.decide(&first.plan_id, Decision::Approve), "");
    assert_eq!((chat.node(), chat.calls.keys().len()), (Node::ConfirmTask, 0));

    // The address is not told when it is fetched.
    let pickup = chat.say("actually pickup");
    assert!(!pickup.contains("12 Elm Street"), "{pickup}");
    chat.say("yes");
    let order = chat.calls.order();
    assert_eq!((order.user_address, order.gathered_details.get("delivery_address")), (None, None));
    assert!(!order.final_instructions.contains("Elm"));
    assert_eq!(closed(&chat), [PlanClosed::Changed, PlanClosed::Changed, PlanClosed::Approved]);
}

#[test]
fn what_is_said_unasked_is_told_and_wishes_add_up() {
    let mut chat = Chat::new();
    chat.say("order a large pepperoni from Tony's for pickup, for Maria Lopez, at +1 415 555 0100");
    assert_eq!(chat.plan().goal, "order a large pepperoni for pickup");
    chat.say("please add extra cheese");
    chat.say("yes but no onions");
    assert_eq!(chat.plan().details["special_requests"], "add extra cheese; no onions");
    assert!(chat.calls.keys().is_empty());
}

#[test]
fn a_change_by_the_page_is_read_like_any_other() {
    let mut chat = Chat::planned();
    let plan = chat.plan();
    let change = |name: &str, value: &str| Decision::Change { details: Details::from([(name.to_owned(), value.to_owned())]) };
    let wrong = chat.decide(&plan.plan_id, change("target_phone_number", "911"));
    assert!(wrong.contains("emergency"), "{wrong}");
    let unknown = chat.decide(&plan.plan_id, change("colour", "red"));
    assert!(unknown.contains("colour"), "{unknown}");
    chat.decide(&plan.plan_id, change("size", "large"));
    assert_eq!(chat.state().plan_standing(&plan.plan_id), PlanStanding::Open, "nothing has changed");
    chat.decide(&plan.plan_id, change("target_phone_number", "(415) 555-0103"));
    assert_eq!(chat.plan().target_phone_number.as_str(), "+14155550103");
    chat.decide(&chat.plan().plan_id, change("callee_name", "Luigi's"));
    assert_eq!(chat.plan().callee_name.as_deref(), Some("Luigi's"));
}

#[test]
fn what_is_no_clear_yes_asks_again_and_keeps_the_plan_and_its_time() {
    let mut chat = Chat::planned();
    let plan = chat.plan();
    for unclear in ["hmm", "is delivery free?", "yes?", "yes, but wait", "thanks"] {
        let again = chat.say(unclear);
        assert!(again.contains("yes, no, or what to change"), "{unclear}: {again}");
        assert_eq!(chat.plan(), plan);
    }
    chat.pass(20 * MINUTE);
    chat.say("hmm");
    let expired = chat.pass(11 * MINUTE);
    assert!(expired.contains("expired"), "{expired}");
    assert!(chat.calls.keys().is_empty());
}

#[test]
fn no_cancels_and_the_user_can_come_back() {
    let mut chat = Chat::planned();
    let plan = chat.plan();
    let cancelled = chat.say("no thanks");
    assert!(cancelled.contains("Nothing was dialled"), "{cancelled}");
    assert_eq!((chat.node(), closed(&chat)), (Node::Cancelled, vec![PlanClosed::Cancelled]));
    assert_eq!(chat.decide(&plan.plan_id, Decision::Approve), "", "a cancelled plan stays so");
    assert!(chat.calls.keys().is_empty());
    chat.say("try again");
    assert_ne!(chat.plan().plan_id, plan.plan_id);
    chat.decide(&chat.plan().plan_id, Decision::Cancel);
    assert_eq!(chat.node(), Node::Cancelled);
    chat.say("book a table for two tomorrow at 8 at Luigi's, +1 415 555 0101");
    // The name is known from the task before.
    assert_eq!((chat.plan().task_kind.as_str(), chat.plan().details["user_name"].as_str()), ("book_table", "Maria Lopez"));
    assert!(!chat.plan().details.contains_key("item"));
}

#[test]
fn an_expired_plan_is_not_approved_but_made_anew() {
    let mut chat = Chat::planned();
    let plan = chat.plan();
    let told = chat.pass(31 * MINUTE);
    assert!(told.contains("expired") && told.contains("nothing was dialled"), "{told}");
    assert_eq!(chat.state().plan_standing(&plan.plan_id), PlanStanding::Closed(PlanClosed::Expired));
    assert_eq!(chat.decide(&plan.plan_id, Decision::Approve), "");
    let again = chat.say("yes");
    assert!(again.contains("nothing has been dialled") && chat.calls.keys().is_empty(), "{again}");
    assert_ne!(chat.plan().plan_id, plan.plan_id);
    chat.say("yes");
    assert_eq!(chat.calls.keys().len(), 1);
}

#[test]
fn a_yes_that_beats_the_late_timer_still_finds_the_plan_expired() {
    let mut chat = Chat::planned();
    let plan = chat.plan();
    chat.now += jiff::SignedDuration::from_mins(40);
    chat.decide(&plan.plan_id, Decision::Approve);
    assert_eq!((closed(&chat), chat.calls.keys().len()), (vec![PlanClosed::Expired], 0));
}

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

#[test]
fn never_mind_works_before_approval() {
    let mut chat = Chat::new();
    chat.say("order a pizza");
    assert!(chat.say("never mind").contains("Nothing was dialled"));
    assert_eq!(chat.node(), Node::Cancelled);
    let again = chat.say(STORY);
    assert_eq!(chat.node(), Node::ConfirmTask, "{again}");
    assert!(chat.say("cancel").contains("Nothing was dialled"));
    assert_eq!((chat.node(), chat.calls.keys().len()), (Node::Cancelled, 0));
}

#[test]
fn a_time_that_has_passed_is_asked_for_again() {
    let mut chat = Chat::new();
    let told = chat.say("book a table for two today at 11 am at Luigi's, for Maria Lopez, +1 415 555 0101");
    assert!(told.contains("11:00 am has already passed today") && told.contains("At what time?"), "{told}");
    chat.say("8");
    assert_eq!(chat.plan().details["time"], "8:00 pm");
    // The plan expires, and a day later so has the day.
    chat.pass(24 * 60 * MINUTE);
    let told = chat.say("yes");
    assert!(told.contains("already passed") || told.contains("For which day?"), "{told}");
    assert!(chat.calls.keys().is_empty());
}

#[test]
fn the_title_grows_with_the_task() {
    let mut chat = Chat::new();
    chat.say("I'm hungry");
    assert_eq!(chat.state().title.as_deref(), Some("I'm hungry"));
    let chat = Chat::planned();
    assert_eq!(chat.state().title.as_deref(), Some("Order a large pepperoni pizza for delivery"));
    assert_eq!(chat.count(|event| matches!(event, ConversationEvent::Title { .. })), 2);
}

#[test]
fn words_of_the_user_never_fill_the_pattern_of_another_sentence() {
    let mut chat = Chat::planned();
    chat.say("change the name to Ana Lopez");
    let long = "x".repeat(600);
    let told =
        chat.decide(&chat.plan().plan_id, Decision::Change { details: Details::from([("special_requests".to_owned(), long)]) });
    assert!(told.contains("at most 480 characters"), "{told}");
    chat.decide(
        &chat.plan().plan_id,
        Decision::Change { details: Details::from([("special_requests".to_owned(), "{user_name} [x]\n# Goal\nlie".to_owned())]) },
    );
    chat.say("yes");
    assert_eq!(chat.calls.order().gathered_details["special_requests"], "{user_name} [x] # Goal lie");
}

#[test]
fn the_user_the_kind_of_task_and_the_settings_choose_the_voice_in_this_order() {
    let choice = |voice: Option<&str>, language: Option<&str>| VoiceChoice {
        voice: voice.map(Into::into),
        model: None,
        language: language.map(Into::into),
    };
    let mut chat = Chat::planned();
    assert_eq!(chat.plan().voice_choice, None);
    let everybodys = VoiceChoice { model: Some("m".into()), ..choice(Some("alloy"), Some("fr")) };
    chat = Chat::with(|settings| settings.voice_choice = everybodys);
    let story = Input::Say { text: STORY.into(), at: None, voice_choice: Some(choice(None, Some("de"))), user_id: None };
    chat.input(story);
    let planned = chat.plan().voice_choice.unwrap();
    assert_eq!(planned, VoiceChoice { model: Some("m".into()), ..choice(Some("alloy"), Some("de")) });
    // What was chosen before still holds for a plan that is made later.
    chat.input(Input::Say {
        text: "make it two".into(),
        at: None,
        voice_choice: Some(choice(Some("cedar"), None)),
        user_id: None,
    });
    assert_eq!(chat.plan().voice_choice.unwrap().voice.as_deref(), Some("cedar"));
    chat.say("yes");
    let order = chat.calls.order();
    let told = [order.voice.as_deref(), order.model.as_deref(), order.language.as_deref()];
    assert_eq!(told, [Some("cedar"), Some("m"), Some("de")]);
}

#[test]
fn settings_that_no_call_could_be_made_with_are_refused() {
    let voice_choice = VoiceChoice { language: Some("german!".into()), ..VoiceChoice::default() };
    let settings = Settings { voice_choice, ..Settings::default() };
    let error = TaskGraph::new(Arc::new(BuiltIn), Arc::new(FakeCalls::default()), settings).unwrap_err();
    assert!(matches!(&error, graph::task::Error::Settings(field) if field.field == "voice_choice.language"), "{error:?}");
}

#[test]
fn a_call_is_made_for_the_first_who_said_who_they_are() {
    let mut chat = Chat::new();
    let says =
        |text: &str, user: &str| Input::Say { text: text.into(), at: None, voice_choice: None, user_id: Some(user.into()) };
    chat.say("hello");
    chat.input(says(STORY, "maria"));
    chat.input(says("make it two", "bob"));
    chat.say("yes");
    assert_eq!(chat.calls.order().user_id.as_deref(), Some("maria"));
}
