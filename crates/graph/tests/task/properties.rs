//! What must hold whatever is said, in whatever order, and whatever the handler does.

use crate::world::{Chat, STORY, result, view};
use graph::task::{Input, PlaceError, PlanStanding, StatusError};
use proptest::prelude::*;
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};
use types::chat::{ConversationEvent, Decision, PlanClosed};
use types::{CallStage, Details, Disposition, OutcomeStatus, PlanId};

const SAID: [&str; 30] = [
    STORY,
    "hi",
    "order a pizza",
    "large",
    "two",
    "delivery",
    "12 Elm Street",
    "Maria Lopez",
    "+1 415 555 0100",
    "911",
    "yes",
    "yes please, call them",
    "yes but change the size to medium",
    "no",
    "no, make it medium",
    "never mind",
    "try again",
    "thanks",
    "hang up",
    "what?",
    "make it two",
    "actually pickup",
    "the number is +1 415 555 0107",
    "book a table for two tomorrow at 8 at Luigi's, +1 415 555 0101",
    "ask Luigi's at +1 415 555 0101 if they have oat milk",
    "on Saturday at seven",
    "ok",
    "change the size",
    "x | {item} [y] # Goal",
    "¿ünïcødé? 👍",
];

#[derive(Clone, Debug)]
enum Act {
    Say(usize),
    Free(String),
    /// Approves the plan that was the n-th last to be opened; the last one is the open one, if one is open.
    Approve(usize),
    Cancel(usize),
    Change(usize),
    Progress(u32, u8),
    Result(u32, u8),
    Knows(u32, u8),
    Handler(u8),
    Pass(u16),
    /// The plan of the last approval once more.
    ApproveAgain,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        8 => (0..SAID.len()).prop_map(Act::Say),
        3 => Just(Act::Say(0)),
        1 => "\\PC{0,40}".prop_map(Act::Free),
        6 => (0_usize..3).prop_map(Act::Approve),
        1 => (0_usize..2).prop_map(Act::Cancel),
        1 => (0_usize..2).prop_map(Act::Change),
        2 => (1_u32..4, 0_u8..5).prop_map(|(attempt, stage)| Act::Progress(attempt, stage)),
        4 => (1_u32..4, 0_u8..5).prop_map(|(attempt, how)| Act::Result(attempt, how)),
        2 => (1_u32..4, 0_u8..4).prop_map(|(attempt, what)| Act::Knows(attempt, what)),
        3 => (0_u8..4).prop_map(Act::Handler),
        2 => (1_u16..900).prop_map(Act::Pass),
        1 => Just(Act::ApproveAgain),
    ]
}

fn some_result(attempt: u32, how: u8) -> types::CallResult {
    let (status, outcome) =
        [("completed", "achieved"), ("busy", "unknown"), ("completed", "partly"), ("failed", "achieved"), ("unknown", "unknown")]
            [usize::from(how)];
    result(attempt, status, outcome, "What happened.")
}

fn stage(n: u8) -> CallStage {
    [CallStage::Queued, CallStage::Dialling, CallStage::Ringing, CallStage::Connected, CallStage::Ended][usize::from(n)]
}

/// Does it, and keeps the plans that the user has approved beyond doubt.
fn perform(chat: &mut Chat, act: Act, approved: &mut BTreeSet<PlanId>) {
    let opened: Vec<PlanId> = chat
        .events
        .iter()
        .filter_map(|event| match event {
            ConversationEvent::Plan { plan } => Some(plan.plan_id.clone()),
            _ => None,
        })
        .collect();
    let plan = |back: usize| opened.iter().rev().nth(back).cloned().unwrap_or_else(|| PlanId::new("p_none"));
    let open = chat.state().plan.map(|plan| plan.plan_id);
    match act {
        Act::Say(n) => {
            if ["yes", "yes please, call them", "ok"].contains(&SAID[n]) {
                approved.extend(open);
            }
            chat.say(SAID[n]);
        }
        Act::Free(text) => {
            // Chance may say "ok"; what it says is then a yes like any other.
            if text.chars().filter(|c| c.is_alphabetic()).count() <= 3 {
                approved.extend(open);
            }
            chat.say(&text);
        }
        Act::Approve(back) => {
            approved.extend(open.filter(|open| *open == plan(back)));
            chat.decide(&plan(back), Decision::Approve);
        }
        Act::ApproveAgain => {
            if let Some(last) = chat.state().approved {
                chat.decide(&last.plan_id, Decision::Approve);
            }
        }
        Act::Cancel(back) => {
            chat.decide(&plan(back), Decision::Cancel);
        }
        Act::Change(back) => {
            let details = Details::from([("user_name".to_owned(), "Ana Lopez".to_owned())]);
            chat.decide(&plan(back), Decision::Change { details });
        }
        Act::Progress(attempt, n) => {
            chat.input(Input::Progress { attempt, stage: stage(n), call_sid: None });
        }
        Act::Result(attempt, how) => {
            chat.result(some_result(attempt, how));
        }
        Act::Knows(attempt, what) => chat.calls.knows(
            attempt,
            match what {
                0 => Err(StatusError { message: "away".into() }),
                1 => Ok(view(attempt, CallStage::Connected, None)),
                how => Ok(view(attempt, CallStage::Ended, Some(some_result(attempt, how - 2)))),
            },
        ),
        Act::Handler(how) => {
            let message = "no".to_owned();
            chat.calls.will([match how {
                0 => Ok(()),
                1 => Err(PlaceError::Refused { code: "carrier_refused".into(), message, field: None }),
                2 => Err(PlaceError::Unavailable { message }),
                _ => Err(PlaceError::Unclear { message }),
            }]);
        }
        Act::Pass(seconds) => {
            chat.pass(Duration::from_secs(u64::from(seconds)));
        }
    }
}

proptest! {
    #![proptest_config(crate::cases(300))]

    #[test]
    fn nothing_is_dialled_without_approval_nor_twice(acts in prop::collection::vec(act(), 1..40)) {
        let mut chat = Chat::new();
        let mut approved = BTreeSet::new();
        for act in acts {
            perform(&mut chat, act, &mut approved);
        }
        let state = chat.state();

        // Every order carries an approved plan; every plan has one key, and every key one order.
        let mut orders = BTreeMap::new();
        for (key, order) in chat.calls.placed.lock().unwrap().iter() {
            let plan_id = order.plan_id.clone().unwrap();
            prop_assert!(approved.contains(&plan_id), "{plan_id} was never approved");
            prop_assert_eq!(state.plan_standing(&plan_id), PlanStanding::Closed(PlanClosed::Approved));
            prop_assert_eq!(key, &format!("{}:{}", crate::world::CONVERSATION, order.attempt));
            let known = orders.entry(plan_id).or_insert_with(|| (key.clone(), order.clone()));
            prop_assert_eq!(&*known, &(key.clone(), order.clone()));
        }
        let keys: BTreeSet<&String> = orders.values().map(|(key, _)| key).collect();
        prop_assert_eq!(keys.len(), orders.len(), "one key for two plans");

        // Plans are closed once; attempts end once, and go only forward; one plan is open at most.
        let mut open: Option<PlanId> = None;
        let mut ended = BTreeSet::new();
        let mut stages: BTreeMap<u32, CallStage> = BTreeMap::new();
        for event in &chat.events {
            match event {
                ConversationEvent::Plan { plan } => {
                    prop_assert_eq!(open.replace(plan.plan_id.clone()), None);
                }
                ConversationEvent::PlanClosed { plan_id, .. } => prop_assert_eq!(open.take(), Some(plan_id.clone())),
                ConversationEvent::Call { call } => {
                    prop_assert!(call.result.is_none() && !ended.contains(&call.attempt));
                    let before = stages.insert(call.attempt, call.stage);
                    prop_assert!(before.is_none_or(|before| before <= call.stage));
                }
                ConversationEvent::CallEnded { attempt, result } => {
                    prop_assert!(ended.insert(*attempt), "attempt {} ended twice", attempt);
                    prop_assert_eq!(result.attempt, *attempt);
                }
                ConversationEvent::Message { message } if message.content.contains("Task completed") => {
                    let success = state.calls.iter().filter_map(|call| call.result.as_ref()).any(|result| {
                        result.status == Disposition::Completed && result.outcome.status == OutcomeStatus::Achieved
                    });
                    prop_assert!(success, "{}", message.content);
                }
                _ => {}
            }
        }
        prop_assert_eq!(open, state.plan.map(|plan| plan.plan_id));
        prop_assert_eq!(ended.len() + usize::from(state.calls.iter().any(|call| call.result.is_none())), state.calls.len());
    }
}

#[test]
fn the_acts_do_reach_calls_and_results() {
    let mut chat = Chat::new();
    let mut approved = BTreeSet::new();
    for act in [Act::Say(0), Act::Approve(0), Act::Progress(1, 2), Act::Result(1, 0)] {
        perform(&mut chat, act, &mut approved);
    }
    assert_eq!((chat.calls.keys().len(), chat.ended().len(), approved.len()), (1, 1, 1));
}
