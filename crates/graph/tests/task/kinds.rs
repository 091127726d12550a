//! Every kind of task, from its first words to the plan.

use crate::world::Chat;
use types::chat::Node;

/// Says one thing after another; each must be asked for as expected.
fn talk(chat: &mut Chat, turns: &[(&str, &str)]) {
    for (said, answer) in turns {
        let heard = chat.say(said);
        assert!(heard.contains(answer), "{said}: {heard}");
    }
    assert_eq!(chat.node(), Node::ConfirmTask);
}

#[test]
fn an_appointment_is_booked() {
    let mut chat = Chat::new();
    talk(
        &mut chat,
        &[
            ("book an appointment", "What is the appointment for?"),
            ("a haircut", "For which day?"),
            ("on Friday", "At what time?"),
            ("mornings are best", "Under which name"),
            ("Maria Lopez", "phone number"),
            ("415 555 0103", "book a haircut on Friday, November 27 in the morning"),
        ],
    );
    chat.say("make it 9");
    assert_eq!(chat.plan().goal, "book a haircut on Friday, November 27 at 9:00 am");
}

#[test]
fn a_booking_is_moved() {
    let mut chat = Chat::new();
    talk(
        &mut chat,
        &[
            ("I'd like to change a reservation", "Should I cancel it, move it"),
            ("move it to Thursday", "For which day is it booked now?"),
            ("Tuesday", "To what time"),
            ("at 8", "8 am or 8 pm"),
            ("8 pm", "Under which name"),
            ("Maria Lopez", "phone number"),
            ("415 555 0101", "Here is the plan"),
        ],
    );
    let goal = "move the reservation on Tuesday, November 24 under the name Maria Lopez to Thursday, November 26 at 8:00 pm";
    assert_eq!(chat.plan().goal, goal);
}

#[test]
fn a_booking_is_cancelled_and_nothing_new_is_asked_for() {
    let mut chat = Chat::new();
    talk(
        &mut chat,
        &[
            ("I need to cancel my massage", "For which day is it booked now?"),
            ("tomorrow", "Under which name"),
            ("Maria Lopez", "phone number"),
            ("415 555 0103", "cancel the massage on Sunday, November 22 under the name Maria Lopez"),
        ],
    );
    let plan = chat.plan();
    assert!(!plan.details.contains_key("date") && plan.details["old_date"] == "Sunday, November 22");
}

#[test]
fn to_cancel_answers_what_is_to_become_of_a_booking() {
    let mut chat = Chat::new();
    chat.say("I'd like to change a reservation");
    let asked = chat.say("cancel it");
    assert!(asked.contains("For which day is it booked now?"), "{asked}");
    chat.say("never mind");
    assert_eq!(chat.node(), Node::Cancelled);
}

#[test]
fn a_call_that_waits_may_last_longer() {
    let mut chat = Chat::new();
    talk(
        &mut chat,
        &[
            ("wait on hold at my bank", "For whom should I wait?"),
            ("a real person", "What should I say or ask"),
            ("ask why my card was declined", "What is your name?"),
            ("Maria Lopez", "phone number"),
            ("415 555 0177", "speak to a real person, and ask why their card was declined"),
        ],
    );
    assert_eq!((chat.plan().limits.call_max_s, chat.plan().limits.silence_timeout_s), (3600, 120));
}

#[test]
fn a_limit_on_the_price_is_part_of_the_plan() {
    let mut chat = Chat::new();
    chat.say("order a large ham pizza for pickup for under $20, name is Maria Lopez, call 415 555 0100");
    assert_eq!(chat.node(), Node::ConfirmTask);
    assert_eq!(chat.plan().details["budget"], "$20");
    chat.say("yes");
    assert!(chat.calls.order().final_instructions.contains("must not cost more than $20"));
}
