//! Every kind of task that has a callee in the simulator, in words: the built-in brain and the callee's script talk until one
//! of them hangs up.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use serde_json::{Value, json};
use sim::{InWords, Slip};
use types::{Briefing, Order};
use voice::brain::{Brain as _, BuiltIn, Line, Turn};

/// How a dialogue came out.
struct Outcome {
    slip: Slip,
    /// The arguments of `report_outcome`.
    report: Value,
    told: String,
}

/// Lets them talk. `mishear` is what the line makes of the words, whoever says them.
async fn talk(order: Value, mishear: impl Fn(&str) -> String) -> Outcome {
    let order: Order = serde_json::from_value(order).unwrap();
    let mut callee = InWords::at(order.target_phone_number.as_str(), 7).unwrap();
    let tools = vec!["end_call".to_owned(), "report_outcome".to_owned()];
    let mut turn = Turn { instructions: Briefing::of(&order).render(), tools, ..Turn::default() };
    let (mut said, mut report, mut told) = (callee.greeting(), Value::Null, String::new());
    for _ in 0..20 {
        told += &format!("callee: {said}\n");
        turn.lines.push(Line::Callee { text: mishear(&said) });
        let reply = BuiltIn.reply(&turn).await;
        told += &format!("agent: {}\n", reply.say);
        turn.lines.push(Line::Agent { text: reply.say.clone(), cut: false });
        for tool in &reply.tools {
            turn.lines.push(Line::Called { name: tool.name.clone(), arguments: tool.arguments.to_string() });
            if tool.name == "report_outcome" {
                report = tool.arguments.clone();
            }
        }
        let (answer, leaves) = callee.hear(&mishear(&reply.say));
        if leaves || reply.tools.iter().any(|tool| tool.name == "end_call") {
            return Outcome { slip: callee.slip(), report, told };
        }
        said = answer;
    }
    panic!("the dialogue does not end:\n{told}");
}

fn order(number: &str, kind: &str, goal: &str, details: Value, facts: &[&str]) -> Value {
    let facts: Vec<Value> = facts.iter().map(|name| json!({"name": name, "question": question(name)})).collect();
    json!({"target_phone_number": number, "final_instructions": "Do it.", "goal": goal, "task_kind": kind, "user_name": "Maria Lopez",
        "gathered_details": details, "facts_wanted": facts})
}

fn question(fact: &str) -> &'static str {
    match fact {
        "booked_time" => "For which day and time is it booked?",
        "confirmation_number" => "Is there a confirmation number?",
        "total" => "What is the total?",
        "ready_time" => "When will it be ready?",
        _ => "Is that done?",
    }
}

fn appointment(time: &str) -> Value {
    let details =
        json!({"appointment_kind": "check-up", "date": "Friday, November 27", "time": time, "user_name": "Maria Lopez"});
    let at = if time.starts_with("in the") { time.to_owned() } else { format!("at {time}") };
    let goal = format!("book a check-up on Friday, November 27 {at}");
    order("+14155550103", "book_appointment", &goal, details, &["booked_time", "confirmation_number"])
}

fn pizza() -> Value {
    let details = json!({"item": "pepperoni pizza", "size": "large", "quantity": "1", "fulfilment": "delivery",
        "delivery_address": "12 Elm Street", "user_name": "Maria Lopez"});
    order("+14155550100", "order_food", "order a large pepperoni pizza for delivery", details, &["total", "ready_time"])
}

fn clearly(said: &str) -> String {
    said.to_owned()
}

#[track_caller]
fn wrote(outcome: &Outcome, status: &str, fields: &[(&str, &str)]) {
    assert_eq!(outcome.report["status"], status, "{}", outcome.told);
    for (name, value) in fields {
        assert_eq!(outcome.slip.fields.get(*name).map(String::as_str), Some(*value), "{name}\n{}", outcome.told);
    }
}

#[tokio::test]
async fn an_appointment_is_booked_at_a_time_and_in_a_part_of_the_day() {
    for (time, written) in [("9:00 am", "9:00 am"), ("in the morning", "9:30 am")] {
        let outcome = talk(appointment(time), clearly).await;
        let fields =
            [("appointment_kind", "check-up"), ("date", "Friday, November 27"), ("time", written), ("user_name", "Maria Lopez")];
        wrote(&outcome, "achieved", &fields);
        assert!(outcome.slip.confirmed && outcome.slip.kind == "book_appointment");
    }
}

#[tokio::test]
async fn another_time_is_not_taken_without_being_asked() {
    let outcome = talk(appointment("1:00 pm"), clearly).await;
    wrote(&outcome, "not_achieved", &[]);
    assert!(!outcome.slip.confirmed, "{}", outcome.told);
    assert!(outcome.report["summary"].as_str().unwrap().contains("2:00 pm"), "{}", outcome.report);
}

#[tokio::test]
async fn bookings_are_cancelled_moved_and_changed() {
    let of = |number: &str, goal: &str, more: Value| {
        let mut details = json!({"booking": "table", "old_date": "Friday, November 27", "user_name": "Maria Lopez"});
        for (name, value) in more.as_object().unwrap() {
            details[name] = value.clone();
        }
        order(number, "change_booking", goal, details, &["answer"])
    };
    for number in ["+14155550101", "+14155550104"] {
        let goal = "cancel the table on Friday, November 27 under the name Maria Lopez";
        let outcome = talk(of(number, goal, json!({"change": "cancel"})), clearly).await;
        wrote(&outcome, "achieved", &[("change", "cancel"), ("old_date", "Friday, November 27"), ("user_name", "Maria Lopez")]);
        let goal = "move the table on Friday, November 27 under the name Maria Lopez to Saturday, November 28 at 8:00 pm";
        let new = json!({"change": "move", "date": "Saturday, November 28", "time": "8:00 pm"});
        let outcome = talk(of(number, goal, new), clearly).await;
        let fields =
            [("change", "move"), ("old_date", "Friday, November 27"), ("date", "Saturday, November 28"), ("time", "8:00 pm")];
        wrote(&outcome, "achieved", &fields);
        let goal = "change the table on Friday, November 27 under the name Maria Lopez to six people";
        let outcome = talk(of(number, goal, json!({"change": "change", "new_details": "six people"})), clearly).await;
        wrote(&outcome, "achieved", &[("change", "change"), ("new_details", "6 people")]);
        assert_eq!((outcome.slip.kind.as_str(), outcome.slip.confirmed), ("change_booking", true));
    }
}

#[tokio::test]
async fn the_person_after_the_hold_is_asked_and_the_answer_is_brought_back() {
    let details =
        json!({"person": "someone in billing", "instructions": "ask why I was charged twice", "user_name": "Maria Lopez"});
    let goal = "speak to someone in billing, and ask why I was charged twice";
    let outcome = talk(order("+14155550105", "wait_on_hold", goal, details, &["answer"]), clearly).await;
    wrote(&outcome, "achieved", &[("user_name", "Maria Lopez")]);
    assert!(outcome.report["facts"][0]["value"].as_str().unwrap().contains("refunded"), "{}", outcome.report);
}

/// "Elm" is heard as "Alm", and its letters as a word; "Maria" as "Mario".
#[tokio::test]
async fn what_is_misheard_is_set_right_on_both_sides() {
    let mishear = |said: &str| {
        let said = said.replace("That's E, L, M.", "that's elm.").replace("No, Elm.", "No-own");
        said.replace("the address is 12 Elm", "the address is 12 Alm").replace("The address is 12 Elm", "The address is 12 Alm")
    };
    let outcome = talk(pizza(), mishear).await;
    wrote(&outcome, "achieved", &[("delivery_address", "12 Elm Street"), ("user_name", "Maria Lopez"), ("size", "large")]);
    let outcome = talk(pizza(), |said| said.replace("of Maria", "of Mario")).await;
    wrote(&outcome, "achieved", &[("user_name", "Maria Lopez")]);
}
