//! Whom the chat makes no plan to call, and when.

use crate::world::{Chat, STORY};
use gate::{Gate, QuietHours, Rules};
use std::time::Duration;

#[test]
fn at_night_no_plan_is_made_and_none_is_carried_out() {
    // It is four in the morning in California.
    let rules = Rules { quiet_hours: Some(QuietHours::default()), ..Rules::simulated() };
    let mut chat = Chat::with(|settings| settings.gate = Gate::new(rules).unwrap());
    let refused = chat.say(STORY);
    assert!(refused.contains("quiet_hours") && refused.contains("04:00"), "{refused}");
    assert!(chat.state().plan.is_none());
    chat.pass(Duration::from_secs(17 * 3600 + 45 * 60));
    let summary = chat.say("now?");
    assert!(chat.state().plan.is_some(), "{summary}");
    // At a quarter to ten in the evening there was still a plan; it is approved at a quarter past.
    chat.pass(Duration::from_secs(29 * 60));
    let late = chat.say("yes");
    assert!(late.contains("Nothing was dialled") && late.contains("22:14"), "{late}");
    assert!(chat.calls.keys().is_empty());
}

#[test]
fn a_number_in_another_country_is_named_as_such() {
    let mut chat = Chat::new();
    let refused = chat.say(&STORY.replace("+1 415 555 0100", "+49 30 23125000"));
    assert!(refused.contains("Germany") && chat.state().plan.is_none(), "{refused}");
    let summary = chat.say("the number is +1 415 555 0100");
    assert!(chat.state().plan.is_some(), "{summary}");
}
