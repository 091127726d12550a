//! The built-in brain over text: callee lines in, our lines out.

mod asked;
mod kinds;
mod sure;

use super::built_in::reply;
use super::{Line, Reply, Turn};
use serde_json::Value;
use types::{Briefing, Order, briefing::say_exactly};

/// A call over text.
struct Call {
    turn: Turn,
    opening: String,
}

impl Call {
    fn new(order: Value) -> Self {
        let order: Order = serde_json::from_value(order).unwrap();
        let briefing = Briefing::of(&order);
        let tools = vec!["end_call".to_owned(), "report_outcome".to_owned()];
        Self { turn: Turn { instructions: briefing.render(), tools, ..Turn::default() }, opening: briefing.opening }
    }

    /// An order for food that has been opened.
    fn food() -> Self {
        Self::new(serde_json::json!({
            "target_phone_number": "+14155550100", "final_instructions": "Order it. Never give payment details; say that Maria Lopez will pay on delivery.",
            "goal": "order one large pepperoni pizza for delivery", "task_kind": "order_food", "user_name": "Maria Lopez",
            "gathered_details": {"item": "pepperoni pizza", "size": "large", "quantity": "1", "fulfilment": "delivery",
                "delivery_address": "742 Evergreen Terrace", "user_name": "Maria Lopez", "callback_number": "+1 415 555 0142"},
            "facts_wanted": [{"name": "total", "question": "What is the total?"}, {"name": "ready_time", "question": "When will it be ready?"}]
        }))
        .opened("Tony's Pizza, how can I help you?")
    }

    fn table() -> Self {
        Self::new(serde_json::json!({
            "target_phone_number": "+14155550101", "final_instructions": "Book it.",
            "goal": "book a table for four people on Saturday, November 28 at 7:00 pm", "task_kind": "book_table", "user_name": "Maria Lopez",
            "gathered_details": {"party_size": "4", "date": "Saturday, November 28", "time": "7:00 pm", "user_name": "Maria Lopez"},
            "facts_wanted": [{"name": "booked_time", "question": "For which day and time is it booked?"},
                {"name": "confirmation_number", "question": "Is there a confirmation number?"}]
        }))
        .opened("Bella Vista, good evening.")
    }

    fn shop() -> Self {
        Self::new(serde_json::json!({
            "target_phone_number": "+14155550102", "final_instructions": "Ask.", "goal": "ask whether you have oat milk",
            "task_kind": "ask_business", "user_name": "Maria Lopez",
            "gathered_details": {"question": "Do you have oat milk?", "user_name": "Maria Lopez"},
            "facts_wanted": [{"name": "answer", "question": "Do you have oat milk?"}]
        }))
        .opened("Corner Coffee.")
    }

    fn opened(mut self, greeting: &str) -> Self {
        let opening = self.opening.clone();
        assert_eq!(self.hear(greeting).say, opening);
        self
    }

    fn hear(&mut self, said: &str) -> Reply {
        self.turn.lines.push(Line::Callee { text: said.into() });
        let reply = reply(&self.turn);
        if !reply.say.is_empty() {
            self.turn.lines.push(Line::Agent { text: reply.say.clone(), cut: false });
        }
        for tool in &reply.tools {
            self.turn.lines.push(Line::Called { name: tool.name.clone(), arguments: tool.arguments.to_string() });
        }
        reply
    }

    #[track_caller]
    fn says(&mut self, said: &str, answer: &str) -> &mut Self {
        let reply = self.hear(said);
        assert_eq!((reply.say.as_str(), reply.tools), (answer, Vec::new()), "to: {said}");
        self
    }

    /// The callee's words end the call; gives our last words and the report.
    #[track_caller]
    fn ends(&mut self, said: &str) -> (String, Value) {
        let reply = self.hear(said);
        let names: Vec<&str> = reply.tools.iter().map(|tool| tool.name.as_str()).collect();
        assert_eq!(names, ["report_outcome", "end_call"], "to: {said} we say: {}", reply.say);
        assert!(reply.say.to_lowercase().contains("goodbye"), "{}", reply.say);
        (reply.say, reply.tools[0].arguments.clone())
    }
}

fn facts(report: &Value) -> Vec<(&str, &str, &str)> {
    let text = |fact: &'_ Value, key: &str| fact[key].as_str().unwrap().to_owned();
    let facts = report["facts"].as_array().unwrap();
    facts
        .iter()
        .map(|fact| {
            let leak = |text: String| -> &str { Box::leak(text.into_boxed_str()) };
            (leak(text(fact, "name")), leak(text(fact, "value")), leak(text(fact, "quote")))
        })
        .collect()
}

#[test]
fn an_order_is_placed_question_by_question() {
    let call = &mut Call::food();
    call.says("Sure. What size would you like: small, medium or large?", "Large, please.")
        .says("Okay. Is that for pickup or delivery?", "For delivery, please.")
        .says("Okay. What's the address for the delivery?", "The address is 742 Evergreen Terrace.")
        .says("What name should I put on the order?", "The name is Maria Lopez.")
        .says(
            "So that's 1 large pepperoni pizza for delivery to 742 Evergreen Terrace under the name Maria Lopez. Is that right?",
            "Yes, that's right.",
        );
    let (say, report) =
        call.ends("Your total is $22.50 and it will be ready in 25 minutes. Thanks for calling Tony's Pizza. Goodbye.");
    assert_eq!(say, "$22.50, ready in 25 minutes. Thank you very much. Goodbye.");
    assert_eq!(report["status"], "achieved");
    assert_eq!(
        facts(&report),
        [
            ("total", "$22.50", "Your total is $22.50 and it will be ready in 25 minutes."),
            ("ready_time", "25 minutes", "Your total is $22.50 and it will be ready in 25 minutes."),
        ]
    );
    // "Bye" over our goodbye: the call is ended again, without a second report.
    let reply = call.hear("Bye now.");
    assert_eq!(reply.tools.iter().map(|tool| tool.name.as_str()).collect::<Vec<_>>(), ["end_call"]);
}

#[test]
fn each_line_of_a_pizzeria_has_its_answer() {
    let cases = [
        ("What size?", "Large, please."),
        ("How big do you want it?", "Large, please."),
        ("Would that be a large?", "Yes, large, please."),
        ("A medium?", "No, the size is large."),
        ("How many would you like?", "Just one, please."),
        ("Is this for delivery or are you picking it up?", "For delivery, please."),
        ("Is that for pick up?", "No, for delivery, please."),
        ("Is that for delivery?", "Yes, for delivery, please."),
        ("Where should we bring it?", "The address is 742 Evergreen Terrace."),
        ("And the address?", "The address is 742 Evergreen Terrace."),
        ("Is that 742 Evergreen Terrace?", "Yes, 742 Evergreen Terrace."),
        ("So that goes to 724 Evergreen Terrace, right?", "No, the address is 742 Evergreen Terrace."),
        ("And what's the name for the order?", "The name is Maria Lopez."),
        ("Can I have your name, please?", "The name is Maria Lopez."),
        ("How do you spell your name?", "M, A, R, I, A. L, O, P, E, Z."),
        ("Can I get a phone number?", "The phone number is +1 415 555 0142."),
        ("Is 415 555 0142 the best number to reach you?", "Yes, the phone number is +1 415 555 0142."),
        ("So that's four one five, five five five, zero one four three?", "No, the phone number is +1 415 555 0142."),
        ("What would you like to order?", "One large pepperoni pizza, please."),
        ("What can I get you?", "I would like to order one large pepperoni pizza for delivery."),
        ("One large mushroom pizza, correct?", "No, one large pepperoni pizza, please."),
        ("Two large pepperoni pizzas for delivery, right?", "No, 1, please."),
        ("Anything else?", "No, that's all, thank you."),
        ("Any drinks with that?", "No, that's all, thank you."),
        ("Would you like some garlic bread with that?", "No, that's all, thank you."),
        ("How will you be paying, cash or card?", "Maria Lopez will pay on delivery."),
        ("Do you have a loyalty account with us?", "I can't answer that, I'll pass it on."),
        ("What is the buzzer code?", "I can't answer that, I'll pass it on."),
        ("What's your email address?", "I can't answer that, I'll pass it on."),
        ("Sorry, could you repeat that?", "I would like to order one large pepperoni pizza for delivery."),
        ("Hello?", "I would like to order one large pepperoni pizza for delivery."),
        ("Am I talking to a robot?", "Yes, I am an AI assistant, calling on behalf of Maria Lopez."),
        ("Are you a real person?", "Yes, I am an AI assistant, calling on behalf of Maria Lopez."),
        ("Who is this?", "This is an AI assistant calling on behalf of Maria Lopez."),
        ("Can you hold for a minute?", "Sure, I'll hold."),
        ("Hold on.", ""),
        ("Sure.", ""),
        ("Okay,", ""),
        ("One moment, please.", ""),
        ("Let me write that down.", ""),
        ("Okay, I have put that into the system.", "What is the total?"),
        ("Name and address, please?", "The address is 742 Evergreen Terrace. The name is Maria Lopez."),
        ("So one medium pepperoni pizza to 742 Evergreen Terrace. Is that right?", "No, the size is large."),
        ("That's one large pepperoni pizza for delivery, under the name Peter Brown. Correct?", "No, the name is Maria Lopez."),
        ("So that's one large pepperoni pizza for delivery.", "Yes, that's right."),
        (
            "So that's one large pepperoni pizza, for delivery, under the name Mario Lopez. Is that right?",
            "No, Maria. That's M, A, R, I, A.",
        ),
        ("So that's one large pepperoni pizza, under the name Maria. Lopez, is that right?", "Yes, that's right."),
        ("So that's one large pepperoni pizza to seven forty two. Evergreen Terrace. Is that right?", "Yes, that's right."),
        ("Sorry, I didn't get that. What size would you like: small, medium or large?", "Large, please."),
        (
            "Sorry about that. What should I change?",
            "One large pepperoni pizza, for delivery to 742 Evergreen Terrace, under the name Maria Lopez.",
        ),
        ("Your total is $18.50. Can I get a name?", "The name is Maria Lopez."),
        ("The total comes to eighteen fifty.", "When will it be ready?"),
        ("It'll be about 30 to 40 minutes.", "What is the total?"),
    ];
    for (said, answer) in cases {
        Call::food().says(said, answer);
    }
}

#[test]
fn what_is_misheard_again_and_again_is_spelt_in_another_way_and_then_let_be() {
    let heard = "So that's one large pepperoni pizza, under the name Mario Lopez. Is that right?";
    Call::food()
        .says(heard, "No, Maria. That's M, A, R, I, A.")
        .says(heard, "No, Maria. M as in Mike, A as in Alpha, R as in Romeo, I as in India, A as in Alpha.")
        .says(heard, "Yes, that's right.");
    let heard = "So that's one large pepperoni pizza, for delivery to 742 Evergarden Terrace. Is that right?";
    Call::food()
        .says("What's the address?", "The address is 742 Evergreen Terrace.")
        .says("So for delivery to 742 Emerson Terrace. Is that right?", "No, the address is 742 Evergreen Terrace.")
        .says("So for delivery to 742 Emerson Terrace. Is that right?", "No, Evergreen. That's E, V, E, R, G, R, E, E, N.")
        .says("Sorry about that. What should I change?", "The address is 742 Evergreen Terrace. E as in Echo, V as in Victor, E as in Echo, R as in Romeo, G as in Golf, R as in Romeo, E as in Echo, E as in Echo, N as in November.")
        .says(heard, "Yes, that's right.");
}

#[test]
fn what_should_be_changed_is_told_in_full() {
    let wrong = "So that's one medium pepperoni pizza, under the name Mario Lopez. Is that right?";
    Call::food()
        .says(wrong, "No, the size is large. No, Maria. That's M, A, R, I, A.")
        .says("Sorry about that. What should I change?", "The size is large. The name is Maria Lopez.");
    Call::table()
        .says("So a table for six on Saturday, November 28 at 7 p.m., correct?", "No, for 4 people, please.")
        .says("What should I change?", "For 4 people, please.");
}

#[test]
fn robots_are_admitted_before_everything_else() {
    let reply = Call::food().hear("Wait, are you a robot? What size did you want?");
    assert_eq!(reply.say, "Yes, I am an AI assistant, calling on behalf of Maria Lopez. Large, please.");
}

#[test]
fn repeating_says_the_last_words_again() {
    let call = &mut Call::food();
    call.says("What size?", "Large, please.").says("Sorry, what was that?", "Of course. Large, please.");
    call.says("I didn't catch that.", "Of course. Large, please.");
}

#[test]
fn what_they_do_not_have_is_not_decided() {
    let call = &mut Call::food();
    call.says(
        "Sorry, we're out of pepperoni.",
        "I see. I can't change the request, so I'll pass it on. What could you offer instead?",
    );
    let (say, report) = call.ends("We have mushroom and margherita.");
    assert_eq!(say, "Thank you, I'll pass it on. Goodbye.");
    assert_eq!(report["status"], "not_achieved");
    assert!(report["summary"].as_str().unwrap().contains("mushroom and margherita"), "{report}");

    let (say, report) = Call::food().ends("We're out of pepperoni, would you like mushroom instead?");
    assert_eq!(say, "I can't decide that, I'll pass it on. Thank you, goodbye.");
    assert_eq!((report["status"].as_str(), facts(&report).len()), (Some("not_achieved"), 0));
}

#[test]
fn a_table_is_booked() {
    let call = &mut Call::table();
    call.says("Sure, for how many people?", "For 4 people, please.")
        .says("And for which day?", "On Saturday, November 28, please.")
        .says("What time would you like to come?", "At 7:00 pm, please.")
        .says("When would you like to come in?", "On Saturday, November 28, please. At 7:00 pm, please.")
        .says("Under what name?", "The name is Maria Lopez.")
        .says("A table for five on Saturday, November 28 at 7 p.m., is that right?", "No, for 4 people, please.")
        .says("So a table for four on Saturday, November 28 at 7:30 p.m., correct?", "No, at 7:00 pm, please.")
        .says("So a table for four on Sunday at 7 p.m.?", "No, on Saturday, November 28, please.")
        .says("A table for four on Saturday, November 28 at 7 p.m. under Maria Lopez, is that right?", "Yes, that's right.");
    let (_, report) = call.ends("You're all set for Saturday, November 28 at 7 p.m. Your confirmation number is 4821.");
    assert_eq!(report["status"], "achieved");
    assert_eq!(
        facts(&report).iter().map(|(name, value, _)| (*name, *value)).collect::<Vec<_>>(),
        [("booked_time", "Saturday, November 28 at 7 p.m."), ("confirmation_number", "4821")]
    );
}

#[test]
fn a_confirmation_number_is_asked_for_once_and_may_not_exist() {
    let call = &mut Call::table();
    call.says("Okay, you're booked for Saturday at 7 p.m.", "Is there a confirmation number?");
    let (_, report) = call.ends("No, we don't have numbers, just your name.");
    assert_eq!(report["status"], "achieved");
    assert_eq!(facts(&report), [("booked_time", "Saturday at 7 p.m.", "Okay, you're booked for Saturday at 7 p.m.")]);
}

#[test]
fn another_time_is_not_accepted() {
    let (say, report) = Call::table().ends("We only have a table at 8:30 p.m., would that work?");
    assert_eq!(say, "I can't decide that, I'll pass it on. Thank you, goodbye.");
    assert!(report["summary"].as_str().unwrap().contains("8:30"), "{report}");
    let call = &mut Call::table();
    call.says(
        "I'm sorry, we are fully booked.",
        "I see. I can't change the request, so I'll pass it on. What could you offer instead?",
    );
    call.ends("On Sunday we have a table at 7.");
}

#[test]
fn a_question_is_asked_and_its_answer_reported() {
    let call = &mut Call::shop();
    call.says("Hi! What can I do for you?", "Do you have oat milk?").says("Let me check.", "");
    let (say, report) = call.ends("Yes, we have oat milk and almond milk. Anything else?");
    assert_eq!(say, "No, that's all, thank you. Thank you very much. Goodbye.");
    assert_eq!(facts(&report), [("answer", "Yes, we have oat milk and almond milk.", "Yes, we have oat milk and almond milk.")]);
    let (_, report) = Call::shop().ends("No, sorry, we're out of it.");
    assert_eq!((report["status"].as_str(), facts(&report)[0].1), (Some("achieved"), "No, sorry, we're out of it."));
    Call::shop()
        .says("Okay. What would you like to know?", "Do you have oat milk?")
        .ends("Yes, we have oat milk. Is there anything else?");
    Call::shop().ends("Yes, we do.");
    Call::shop().ends("Yes.");
}

#[test]
fn who_hangs_up_early_leaves_it_undone() {
    let (_, report) = Call::food().ends("Wrong number. Goodbye.");
    assert_eq!(report["status"], "not_achieved");
    let (_, report) = Call::food().ends("It's $18.50. Bye!");
    assert_eq!(report["status"], "partly");
}

#[test]
fn open_questions_are_passed_on_in_the_report() {
    let call = &mut Call::food();
    call.says("What is the gate code?", "I can't answer that, I'll pass it on.");
    let (_, report) = call.ends("Okay. It's $18.50, ready in 20 minutes.");
    assert!(report["summary"].as_str().unwrap().contains("What is the gate code?"), "{report}");
}

#[test]
fn going_in_circles_ends_the_call() {
    let call = &mut Call::food();
    for _ in 0..2 {
        call.says("What is the gate code?", "I can't answer that, I'll pass it on.");
    }
    let (say, _) = call.ends("What is the gate code?");
    assert!(say.starts_with("I am sorry"), "{say}");
}

#[test]
fn an_opening_that_was_not_heard_is_said_again() {
    let mut call = Call::food();
    call.turn.lines = vec![
        Line::Callee { text: "Tony's Pizza.".into() },
        Line::Agent { text: "Hello, this is".into(), cut: true },
        Line::Callee { text: "Hello?".into() },
    ];
    assert_eq!(reply(&call.turn).say, call.opening);
}

#[test]
fn words_for_one_answer_are_said_as_they_are() {
    let mut call = Call::food();
    call.turn.only_now = Some(say_exactly("Hello, are you still there?"));
    assert_eq!(reply(&call.turn), Reply { say: "Hello, are you still there?".into(), tools: Vec::new() });
}

#[test]
fn nothing_new_is_not_answered_twice() {
    let mut call = Call::food();
    call.says("What size?", "Large, please.");
    assert_eq!(reply(&call.turn), Reply::default());
    call.turn.lines.push(Line::Returned { output: "{}".into() });
    assert_eq!(reply(&call.turn), Reply::default());
}

#[test]
fn fragments_and_their_rest_are_one_turn() {
    let call = &mut Call::food();
    call.says("Okay,", "").says("and what size?", "Large, please.");
}

#[test]
fn tools_that_are_not_there_are_not_called() {
    let mut call = Call::food();
    call.turn.tools = vec!["end_call".into()];
    let reply = call.hear("Your total is $22.50, ready in 25 minutes.");
    assert_eq!(reply.tools.iter().map(|tool| tool.name.as_str()).collect::<Vec<_>>(), ["end_call"]);
}

#[test]
fn without_a_briefing_it_says_that_it_can_only_take_a_message() {
    let mut turn = Turn { instructions: "Be nice.".into(), tools: vec!["end_call".into()], ..Turn::default() };
    assert!(reply(&turn).say.contains("only pass on a message"));
    turn.lines = vec![
        Line::Agent { text: "Hello.".into(), cut: false },
        Line::Agent { text: "Thank you.".into(), cut: false },
        Line::Callee { text: "No, that's it.".into() },
    ];
    assert_eq!(reply(&turn).tools.len(), 1);
}
