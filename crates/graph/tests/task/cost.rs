//! What a call costs, before it is agreed to.

use crate::world::{Chat, STORY};
use gate::{Gate, Rules};
use types::{CostEstimate, Estimated};

fn told(with_carrier: bool) -> Estimated {
    let estimate = CostEstimate { currency: "USD".into(), minute_micros: 120_000, most_micros: 1_200_000, with_carrier };
    Estimated { estimate: Some(estimate), unknown: None }
}

fn chat(answer: Option<Estimated>, cost_per_day_micros: Option<u64>) -> Chat {
    let rules = Rules { cost_per_day_micros, ..Rules::simulated() };
    let chat = Chat::with(|settings| settings.gate = Gate::new(rules).unwrap());
    *chat.calls.estimate.lock().unwrap() = answer;
    chat
}

#[test]
fn the_cost_stands_in_the_plan_and_in_its_words_and_is_what_is_agreed_to() {
    let mut chat = chat(Some(told(true)), None);
    let summary = chat.say(STORY);
    assert!(summary.contains("It costs about $0.12 a minute, at most $1.20. Shall I call?"), "{summary}");
    assert_eq!(chat.plan().estimate, told(true).estimate);
    chat.say("yes");
    assert_eq!(chat.calls.order().limits.cost_max_micros, Some(1_200_000));
}

#[test]
fn what_the_carrier_asks_is_said_to_be_unknown_and_no_sum_is_agreed_to() {
    let mut chat = chat(Some(told(false)), None);
    let summary = chat.say(STORY);
    assert!(summary.contains("The voice costs about $0.12 a minute") && summary.contains("comes on top"), "{summary}");
    chat.say("yes");
    assert_eq!(chat.calls.order().limits.cost_max_micros, None);
}

#[test]
fn a_handler_that_does_not_know_stands_in_nobodys_way() {
    for answer in [None, Some(Estimated { estimate: None, unknown: Some("no price".into()) })] {
        let mut chat = chat(answer, None);
        assert!(chat.say(STORY).contains("What it costs is not known."));
        chat.say("yes");
        assert_eq!(chat.calls.keys().len(), 1);
    }
}

#[test]
fn where_money_is_limited_no_call_is_planned_whose_cost_is_not_known() {
    let mut silent = chat(None, Some(5_000_000));
    let refused = silent.say(STORY);
    assert!(refused.contains("limit on money") && refused.contains("did not answer"), "{refused}");
    assert!(silent.state().plan.is_none());
    *silent.calls.estimate.lock().unwrap() = Some(told(true));
    assert!(silent.say("try again").contains("at most $1.20"), "once the handler answers there is a plan");
    let mut without_carrier = chat(Some(told(false)), Some(5_000_000));
    let refused = without_carrier.say(STORY);
    assert!(refused.contains("[prices.carrier]") && without_carrier.state().plan.is_none(), "{refused}");
}

#[test]
fn more_than_a_day_may_cost_is_said_before_the_plan() {
    let refused = chat(Some(told(true)), Some(1_000_000)).say(STORY);
    assert!(refused.contains("$1.20") && refused.contains("gate.cost_per_day"), "{refused}");
}
