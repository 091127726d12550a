//! Trying again without being asked: only what was agreed to, only where nobody was reached for certain, never beyond.

use crate::world::{Chat, STORY, result, view};
use gate::{Gate, QuietHours, Rules};
use graph::task::PlaceError;
use proptest::prelude::*;
use std::time::Duration;
use types::chat::{ConversationEvent, Decision, Node};
use types::{CallResult, CallStage, NextTry, OnVoicemail, RetryPolicy};

const MINUTE: Duration = Duration::from_secs(60);
const WISH: &str = "if nobody answers, try again every 10 minutes, up to 2 times";

/// A call under way whose plan may be tried twice more.
fn called() -> Chat {
    let mut chat = Chat::new();
    chat.say(&format!("{STORY}. {WISH}"));
    assert_eq!(chat.node(), Node::ConfirmTask);
    chat.say("yes");
    chat
}

/// The same, and the line was busy.
fn waiting() -> Chat {
    let mut chat = called();
    chat.result(result(1, "busy", "not_achieved", "The line was busy."));
    assert_eq!(chat.node(), Node::AwaitRetry);
    chat
}

fn keys(count: u32) -> Vec<String> {
    (1..=count).map(|attempt| format!("{}:{attempt}", crate::world::CONVERSATION)).collect()
}

#[test]
fn a_policy_in_words_stands_in_the_plan_and_is_agreed_to_with_it() {
    let mut chat = Chat::new();
    let summary = chat.say(&format!("{STORY}. {WISH}"));
    assert!(summary.contains("If nobody answers, I try up to 2 more times, 10 minutes apart."), "{summary}");
    let plan = chat.plan();
    assert_eq!(plan.retry, Some(RetryPolicy { times: 2, every_s: 600 }));
    assert_eq!(
        plan.details.get("quantity").map(String::as_str),
        Chat::planned().plan().details.get("quantity").map(String::as_str)
    );
}

#[test]
fn nobody_is_tried_again_unless_that_was_agreed_to() {
    let mut chat = Chat::called();
    let told = chat.result(result(1, "busy", "not_achieved", "The line was busy."));
    assert!(told.contains("try again") && chat.node() == Node::ReportResult, "{told}");
    chat.pass(MINUTE * 600);
    assert_eq!(chat.calls.keys(), keys(1));
}

#[test]
fn a_busy_line_is_tried_again_at_its_time_with_a_key_of_its_own() {
    let mut chat = called();
    let told = chat.result(result(1, "busy", "not_achieved", "The line was busy."));
    assert!(told.contains("I try again at 12:10 pm") && told.contains("stop trying"), "{told}");
    assert_eq!(chat.state().next_try, Some(NextTry { at: "2026-11-21T12:10:00.000Z".into(), left: 2 }));
    chat.pass(MINUTE * 9);
    assert_eq!(chat.calls.keys(), keys(1));
    chat.pass(MINUTE * 2);
    assert_eq!((chat.calls.keys(), chat.node(), chat.state().next_try), (keys(2), Node::AwaitResult, None));
    assert_eq!(chat.calls.order().attempt, 2);
    let told = chat.result(result(2, "no-answer", "not_achieved", "Nobody answered."));
    assert!(told.contains("That is the last try"), "{told}");
    chat.pass(MINUTE * 11);
    let told = chat.result(result(3, "busy", "not_achieved", "The line was busy."));
    assert!(told.contains("Say \"try again\"") && chat.node() == Node::ReportResult, "{told}");
    chat.pass(MINUTE * 600);
    assert_eq!(chat.calls.keys(), keys(3), "two more than the first, as agreed");
    let plans = chat.count(|event| matches!(event, ConversationEvent::Plan { .. }));
    assert_eq!(plans, 1);
}

#[test]
fn a_try_that_reaches_somebody_is_the_last() {
    let mut chat = waiting();
    chat.pass(MINUTE * 10);
    chat.result(result(2, "completed", "not_achieved", "They are closed."));
    assert_eq!(chat.node(), Node::ReportResult);
    chat.pass(MINUTE * 600);
    assert_eq!(chat.calls.keys(), keys(2));
}

/// Who calls again whoever was left a message, pesters them.
#[test]
fn voicemail_is_no_answer_only_if_it_was_hung_up_as_the_plan_says() {
    let mut chat = called();
    assert_eq!(
        chat.state().approved.unwrap().on_machine.voicemail,
        OnVoicemail::HangUp,
        "who is tried again is not left a message"
    );
    chat.result(result(1, "voicemail", "not_achieved", "Voicemail answered; no message was left."));
    chat.pass(MINUTE * 10);
    assert_eq!(chat.calls.keys(), keys(2));

    let mut chat = called();
    let left = CallResult {
        message_left: true,
        ..result(1, "voicemail", "not_achieved", "Voicemail answered, and a message was left.")
    };
    let told = chat.result(left);
    assert!(told.starts_with("Task failed: voicemail answered, and a message was left."), "{told}");
    chat.pass(MINUTE * 600);
    assert_eq!((chat.node(), chat.calls.keys()), (Node::ReportResult, keys(1)));
}

#[test]
fn what_is_done_if_a_machine_answers_is_said_and_agreed_to() {
    let mut chat = Chat::new();
    let summary = chat.say(STORY);
    assert!(summary.contains("If a machine answers, I leave a short message with what it is about."), "{summary}");
    let before = chat.plan().plan_id;
    let summary = chat.say("yes, but don't leave a message");
    assert!(summary.contains("If a machine answers, I hang up without leaving a message."), "{summary}");
    assert_ne!(chat.plan().plan_id, before, "a yes does not mean what is not in the plan yet");
    chat.say("if it goes to voicemail, leave a message saying \"I call again at six\"");
    chat.say("yes");
    let order = chat.calls.order();
    assert_eq!(
        (order.on_machine.voicemail, order.on_machine.message.as_deref()),
        (OnVoicemail::LeaveMessage, Some("I call again at six."))
    );
}

#[test]
fn what_is_not_known_or_was_stopped_is_never_tried_again() {
    for (status, outcome) in
        [("unknown", "unknown"), ("completed", "achieved"), ("completed", "unknown"), ("canceled", "not_achieved")]
    {
        let mut chat = called();
        chat.result(result(1, status, outcome, "What happened."));
        chat.pass(MINUTE * 600);
        assert_eq!((chat.node(), chat.calls.keys()), (Node::ReportResult, keys(1)), "{status}");
    }
}

#[test]
fn a_call_that_broke_off_after_it_was_answered_is_not_tried_again() {
    let mut chat = called();
    let mut broken = result(1, "failed", "not_achieved", "It broke off.");
    broken.duration = 12;
    chat.result(broken);
    assert_eq!(chat.node(), Node::ReportResult);
}

#[test]
fn a_result_that_never_came_is_not_tried_again() {
    let mut chat = called();
    chat.pass(MINUTE * 60);
    assert_eq!((chat.node(), chat.ended().len()), (Node::ReportResult, 1));
    chat.pass(MINUTE * 600);
    assert_eq!(chat.calls.keys(), keys(1));
}

#[test]
fn what_the_handler_refuses_is_not_tried_again() {
    let mut chat = waiting();
    let message = "it is on the do-not-call list".to_owned();
    chat.calls.will([Err(PlaceError::Refused { code: "gate_do_not_call".into(), message, field: None })]);
    let told = chat.pass(MINUTE * 10);
    assert!(told.contains("do-not-call list") && chat.node() == Node::ReportResult, "{told}");
    chat.pass(MINUTE * 600);
    assert_eq!(chat.calls.keys(), keys(2));
}

#[test]
fn stop_trying_stops() {
    for words in ["stop trying", "no", "never mind", "don't try again by yourself", "hang up"] {
        let mut chat = waiting();
        let told = chat.say(words);
        assert!(told.contains("stopped trying") && chat.state().next_try.is_none(), "{words}: {told}");
        chat.pass(MINUTE * 600);
        assert_eq!((chat.node(), chat.calls.keys()), (Node::ReportResult, keys(1)), "{words}");
    }
}

#[test]
fn try_now_does_not_wait_and_counts_as_one_of_the_tries() {
    let mut chat = waiting();
    for attempt in 2..=3 {
        chat.say(if attempt == 2 { "try now" } else { "try again" });
        assert_eq!((chat.node(), chat.calls.keys()), (Node::AwaitResult, keys(attempt)));
        chat.result(result(attempt, "busy", "not_achieved", "The line was busy."));
    }
    assert_eq!(chat.node(), Node::ReportResult);
    // The timers of the waits that ended early do nothing.
    chat.pass(MINUTE * 600);
    assert_eq!(chat.calls.keys(), keys(3));
}

#[test]
fn talk_meanwhile_does_not_move_the_time() {
    let mut chat = waiting();
    chat.pass(MINUTE * 5);
    for words in ["thanks", "hello", "ok"] {
        let told = chat.say(words);
        assert!(told.contains("I try again at 12:10 pm"), "{words}: {told}");
    }
    chat.progress(1, CallStage::Ringing);
    chat.pass(MINUTE * 5);
    assert_eq!(chat.calls.keys(), keys(2));
}

#[test]
fn a_change_meanwhile_is_a_new_plan_to_be_agreed_to() {
    let mut chat = waiting();
    let summary = chat.say("make it medium");
    assert!(summary.contains("Shall I call?") && chat.state().next_try.is_none(), "{summary}");
    chat.pass(MINUTE * 20);
    assert_eq!(chat.calls.keys(), keys(1));
    chat.say("yes");
    assert_eq!(chat.calls.keys(), keys(2));
}

#[test]
fn a_wish_is_no_yes_to_a_plan_that_does_not_have_it() {
    let mut chat = Chat::planned();
    let first = chat.plan().plan_id;
    let summary = chat.say("yes, and if it's busy try again every 10 minutes up to 2 times");
    assert!(summary.contains("2 more times") && chat.calls.keys().is_empty(), "{summary}");
    assert_ne!(chat.plan().plan_id, first);
    chat.say("and no retries please");
    assert_eq!(chat.plan().retry, None);
    chat.say("yes");
    chat.result(result(1, "busy", "not_achieved", "The line was busy."));
    assert_eq!(chat.node(), Node::ReportResult);
}

#[test]
fn a_wish_that_cannot_be_kept_is_said_to_be_one() {
    let mut chat = Chat::planned();
    let told = chat.say("try again every 5 seconds");
    assert!(told.contains("1 minute to 24 hours") && chat.plan().retry.is_none(), "{told}");
}

#[test]
fn the_configuration_may_have_a_policy_and_words_win_over_it() {
    let policy = Some(RetryPolicy { times: 1, every_s: 300 });
    let mut chat = Chat::with(|settings| settings.retry = policy);
    assert!(chat.say(STORY).contains("I try once more, 5 minutes later."));
    chat.say("no retries please");
    assert_eq!(chat.plan().retry, None);
}

#[test]
fn at_night_a_try_waits_for_the_morning() {
    // A quarter to ten in the evening in California.
    let rules = Rules { quiet_hours: Some(QuietHours::default()), ..Rules::simulated() };
    let mut chat = Chat::with(|settings| settings.gate = Gate::new(rules).unwrap());
    chat.now = "2026-11-22T05:45:00Z".parse().unwrap();
    chat.say(&format!("{STORY}. {WISH}"));
    chat.say("yes");
    chat.pass(MINUTE * 6);
    let told = chat.result(result(1, "busy", "not_achieved", "The line was busy."));
    // 22:01 there would be too late; the user is in UTC.
    assert!(told.contains("I try again at 4:00 pm") && told.contains("not called"), "{told}");
    let told = chat.say("try now");
    assert_eq!(chat.calls.keys(), keys(2), "{told}");
    chat.result(result(2, "busy", "not_achieved", "The line was busy."));
    chat.pass(MINUTE * 10);
    assert!(chat.say("try now").contains("not called at this hour"));
    chat.pass(MINUTE * 60 * 9);
    assert_eq!(chat.calls.keys(), keys(2));
    chat.pass(MINUTE * 60);
    assert_eq!(chat.calls.keys(), keys(3));
}

#[test]
fn a_time_that_has_passed_meanwhile_is_not_called_about() {
    let mut chat = Chat::new();
    chat.say(
        "book a table for two today at 12:30 pm at Luigi's, +1 415 555 0101, for Maria Lopez. if nobody answers, try again every 45 minutes, up to 2 times",
    );
    while chat.node() != Node::ConfirmTask {
        let told = chat.say("no special requests");
        assert!(chat.events.len() < 60, "{told}");
    }
    chat.say("yes");
    chat.result(result(1, "busy", "not_achieved", "The line was busy."));
    let told = chat.pass(MINUTE * 46);
    assert!(told.contains("has already passed") && told.contains("not called again"), "{told}");
    assert_eq!(chat.calls.keys(), keys(1));
}

#[test]
fn news_that_an_earlier_call_took_place_ends_the_tries() {
    let mut chat = called();
    chat.calls.will([]);
    chat.pass(MINUTE * 60);
    // Given up as unknown; the user plans it once more, and that call is busy.
    chat.say("try again");
    chat.say("yes");
    chat.result(result(2, "busy", "not_achieved", "The line was busy."));
    assert_eq!(chat.node(), Node::AwaitRetry);
    chat.result(result(1, "completed", "achieved", "It is ordered."));
    assert_eq!(chat.node(), Node::ReportResult);
    chat.pass(MINUTE * 600);
    assert_eq!(chat.calls.keys(), keys(2));
}

#[derive(Clone, Debug)]
enum Act {
    Say(usize),
    Result(usize),
    Pass(u64),
    Approve,
    Forget(bool),
    Refuse(u8),
}

const SAID: [&str; 9] =
    [STORY, WISH, "yes", "try again", "try now", "stop trying", "make it medium", "thanks", "no retries please"];
const ENDS: [(&str, &str); 6] = [
    ("busy", "not_achieved"),
    ("no-answer", "not_achieved"),
    ("failed", "not_achieved"),
    ("completed", "partly"),
    ("unknown", "unknown"),
    ("busy", "unknown"),
];

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => (0..SAID.len()).prop_map(Act::Say),
        6 => (0..ENDS.len()).prop_map(Act::Result),
        4 => (1_u64..1_500).prop_map(Act::Pass),
        2 => Just(Act::Approve),
        1 => any::<bool>().prop_map(Act::Forget),
        1 => (0_u8..3).prop_map(Act::Refuse),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Whatever happens: no plan is dialled more often than was agreed to with it, each time with a key of its own, and never
    /// after a call of it that reached somebody or of which nobody knows.
    #[test]
    fn there_are_never_more_attempts_than_were_approved(acts in prop::collection::vec(act(), 1..40)) {
        let mut chat = Chat::planned();
        chat.say(WISH);
        chat.say("yes");
        for act in acts {
            let attempt = chat.state().calls.last().map_or(1, |call| call.attempt);
            match act {
                Act::Say(n) => drop(chat.say(SAID[n])),
                Act::Result(n) => drop(chat.result(result(attempt, ENDS[n].0, ENDS[n].1, "What happened."))),
                Act::Pass(seconds) => drop(chat.pass(Duration::from_secs(seconds))),
                Act::Approve => {
                    let open = chat.state().plan.map(|plan| plan.plan_id);
                    if let Some(plan_id) = open {
                        chat.decide(&plan_id, Decision::Approve);
                    }
                }
                Act::Forget(known) => {
                    let busy = result(attempt, "busy", "not_achieved", "The line was busy.");
                    let view = view(attempt, CallStage::Ended, known.then_some(busy));
                    chat.calls.knows(attempt, Ok(view));
                }
                Act::Refuse(how) => {
                    let message = "no".to_owned();
                    chat.calls.will([match how {
                        0 => Err(PlaceError::Refused { code: "gate_calls_per_day".into(), message, field: None }),
                        1 => Err(PlaceError::Unavailable { message }),
                        _ => Err(PlaceError::Unclear { message }),
                    }]);
                }
            }
        }
        let plans: Vec<_> = chat
            .events
            .iter()
            .filter_map(|event| if let ConversationEvent::Plan { plan } = event { Some(plan.clone()) } else { None })
            .collect();
        let placed = chat.calls.placed.lock().unwrap().clone();
        for plan in plans {
            let mut keys: Vec<_> = placed.iter().filter(|(_, order)| order.plan_id.as_ref() == Some(&plan.plan_id)).collect();
            keys.dedup_by(|(key, _), (other, _)| key == other);
            let most = 1 + plan.retry.map_or(0, |policy| policy.times) as usize;
            prop_assert!(keys.len() <= most, "{} attempts of at most {most}", keys.len());
            for pair in keys.windows(2) {
                let before = chat.ended().into_iter().find(|(attempt, _)| *attempt == pair[0].1.attempt);
                let status = before.map(|(_, result)| (result.status, result.duration));
                prop_assert!(
                    matches!(status, Some((types::Disposition::Busy | types::Disposition::NoAnswer | types::Disposition::Failed, 0))),
                    "dialled again after {status:?}"
                );
            }
        }
    }
}
