//! The newer kinds of tasks: appointments, changes of a booking, waiting on hold, a limit on the price.

use super::Call;
use serde_json::json;

fn appointment() -> Call {
    Call::new(json!({
        "target_phone_number": "+14155550103", "final_instructions": "Book it.",
        "goal": "book a haircut on Friday, November 27 in the morning", "task_kind": "book_appointment", "user_name": "Maria Lopez",
        "gathered_details": {"appointment_kind": "haircut", "date": "Friday, November 27", "time": "in the morning", "user_name": "Maria Lopez"},
        "facts_wanted": [{"name": "booked_time", "question": "For which day and time is it booked?"}]
    }))
    .opened("Salon Rosa, hello.")
}

fn moved() -> Call {
    Call::new(json!({
        "target_phone_number": "+14155550103", "final_instructions": "Move it.",
        "goal": "move the haircut on Tuesday, November 24 at 3:00 pm under the name Maria Lopez to Thursday, November 26 at 4:00 pm",
        "task_kind": "change_booking", "user_name": "Maria Lopez",
        "gathered_details": {"change": "move", "booking": "haircut", "old_date": "Tuesday, November 24", "old_time": "3:00 pm",
            "date": "Thursday, November 26", "time": "4:00 pm", "user_name": "Maria Lopez"},
        "facts_wanted": [{"name": "answer", "question": "Is that done?"}]
    }))
    .opened("Salon Rosa, hello.")
}

fn on_hold() -> Call {
    Call::new(json!({
        "target_phone_number": "+14155550103", "final_instructions": "Wait.",
        "goal": "speak to someone in billing, and ask why they were charged twice",
        "task_kind": "wait_on_hold", "user_name": "Maria Lopez",
        "gathered_details": {"person": "someone in billing", "instructions": "ask why I was charged twice", "user_name": "Maria Lopez"},
        "facts_wanted": [{"name": "answer", "question": "What did they answer?"}]
    }))
}

#[test]
fn an_appointment_is_told_as_it_is_asked_for() {
    appointment()
        .says("What is it for?", "It's for a haircut.")
        .says("What day and what time?", "On Friday, November 27, please. In the morning, please.")
        .says("And the name?", "The name is Maria Lopez.")
        .says("What's your date of birth?", "I can't answer that, I'll pass it on.");
}

#[test]
fn the_booked_day_and_the_new_one_are_kept_apart() {
    moved()
        .says("Do you want to cancel or reschedule?", &format!("I would like to {}.", moved_goal()))
        .says("What day is it booked for?", "It's booked for Tuesday, November 24.")
        .says("What time would you like to move it to?", "At 4:00 pm, please.")
        .says("Is it the one on Tuesday at 3 p.m.?", "Yes, that's right.")
        .says("So to Wednesday, right?", "No, on Thursday, November 26, please.");
}

fn moved_goal() -> &'static str {
    "move the haircut on Tuesday, November 24 at 3:00 pm under the name Maria Lopez to Thursday, November 26 at 4:00 pm"
}

#[test]
fn a_change_that_is_done_is_the_answer() {
    let mut call = moved();
    call.says("Okay, let me see.", "");
    call.says("All right, I have moved it.", "Is that done?");
    let reply = call.hear("Yes, it's moved to Thursday at 4 p.m.");
    assert!(reply.say.ends_with("Goodbye."), "{}", reply.say);
    assert_eq!(reply.tools[0].arguments["status"], "achieved");
    assert_eq!(reply.tools[0].arguments["facts"][0]["value"], "Yes, it's moved to Thursday at 4 p.m.");
}

#[test]
fn a_change_that_is_told_with_what_it_became_is_not_asked_for_again() {
    let reply = moved().hear("The haircut is moved to Thursday, November 26 at 4:00 pm. Thank you for letting us know. Goodbye!");
    assert_eq!(reply.tools[0].arguments["status"], "achieved");
    assert_eq!(reply.tools[0].arguments["facts"][0]["value"], "The haircut is moved to Thursday, November 26 at 4:00 pm.");
    let wrong = moved().hear("The haircut is moved to Friday, November 27 at 4:00 pm.");
    assert_eq!(wrong.say, "No, on Thursday, November 26, please.");
}

#[test]
fn a_time_in_the_part_of_the_day_that_was_wished_is_right_and_another_is_not() {
    appointment().says(
        "So that's a haircut on Friday, November 27 at 9:30 am, under the name Maria Lopez. Is that right?",
        "Yes, that's right.",
    );
    let reply = appointment().hear("I'm sorry, 9:30 am is taken. I could offer 2:00 pm instead. Would that work for you?");
    assert!(reply.say.starts_with("I can't decide that"), "{}", reply.say);
    let reply = appointment().hear("You're booked for Friday, November 27 at 9:30 am.");
    assert_eq!(reply.tools[0].arguments["facts"][0]["value"], "Friday, November 27 at 9:30 am.");
}

#[test]
fn on_hold_we_wait_and_say_again_who_is_calling() {
    let mut call = on_hold();
    let opening = call.opening.clone();
    call.says("Welcome to the phone company. Please stay on the line.", "")
        .says("", "")
        .says("Your call is important to us. Please stay on the line.", "")
        .says("You are number 2 in the queue.", "")
        .says("Thanks for holding, this is Ana, how can I help?", &opening)
        .says("Who would you like to speak to?", "I would like to speak to someone in billing, please.")
        .says("Let me put you through.", "")
        .says("Billing, good morning.", &opening);
    let mut run_on = Call { turn: call.turn.clone(), opening: call.opening.clone() };
    let reply = run_on.hear("The second charge was a mistake, and it will be refunded, is there anything else?");
    assert_eq!(reply.tools[0].arguments["facts"][0]["value"], "The second charge was a mistake, and it will be refunded");
    let reply = call.hear("The second charge was a mistake. It will be refunded.");
    assert_eq!(reply.tools[0].arguments["status"], "achieved");
    assert_eq!(reply.tools[0].arguments["facts"][0]["quote"], "The second charge was a mistake.");
}

#[test]
fn what_costs_more_than_the_limit_is_not_ordered() {
    let order = |budget: &str| {
        Call::new(json!({
            "target_phone_number": "+14155550100", "final_instructions": "Order it.", "goal": "order a pepperoni pizza for pickup",
            "task_kind": "order_food", "user_name": "Maria Lopez",
            "gathered_details": {"item": "pepperoni pizza", "quantity": "1", "fulfilment": "pickup", "user_name": "Maria Lopez", "budget": budget},
            "facts_wanted": [{"name": "total", "question": "What is the total?"}, {"name": "ready_time", "question": "When will it be ready?"}]
        }))
        .opened("Tony's Pizza, how can I help you?")
    };
    let reply = order("$20").hear("That comes to $22.50, ready in 20 minutes.");
    assert!(reply.say.contains("do not place the order"), "{}", reply.say);
    assert_eq!(reply.tools[0].arguments["status"], "not_achieved");
    let reply = order("$25").hear("That comes to $22.50, ready in 20 minutes.");
    assert_eq!(reply.tools[0].arguments["status"], "achieved");
    order("$25").says("What's your budget?", "At most $25, please.");
}
