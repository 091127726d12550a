//! The user is asked, answers, instructs, and takes the call over.

use super::{Call, facts};
use crate::brain::{Line, Reply};
use types::briefing;

fn asking() -> Call {
    let mut call = Call::food();
    call.turn.tools.push("ask_user".into());
    call
}

fn reply(call: &mut Call) -> Reply {
    let reply = crate::brain::built_in::reply(&call.turn);
    if !reply.say.is_empty() {
        call.turn.lines.push(Line::Agent { text: reply.say.clone(), cut: false });
    }
    reply
}

fn returned(call: &mut Call, output: &str) -> String {
    call.turn.lines.push(Line::Returned { output: output.into() });
    reply(call).say
}

fn instructed(call: &mut Call, words: &str) -> String {
    call.turn.lines.push(Line::Told { text: briefing::instruct(words) });
    reply(call).say
}

#[test]
fn what_the_briefing_does_not_hold_is_asked_of_the_user() {
    let call = &mut asking();
    let reply = call.hear("Sure. Would you like thin or thick crust?");
    assert_eq!(reply.say, "One moment, please, I'll ask Maria Lopez.");
    assert_eq!(reply.tools[0].name, "ask_user");
    let arguments = &reply.tools[0].arguments;
    assert_eq!(arguments["question"], "They ask: \"Would you like thin or thick crust?\"");
    assert_eq!(
        (arguments["choices"].clone(), arguments["time_limit_s"].clone()),
        (serde_json::json!(["thin", "thick crust"]), 30.into())
    );
    assert_eq!(returned(call, r#"{"answer":"thin"}"#), "Thin.");
    call.says("Okay. Is that for pickup or delivery?", "For delivery, please.");
}

#[test]
fn without_an_answer_it_goes_on_as_it_would_have_without_asking() {
    let call = &mut asking();
    call.hear("Would you like thin or thick crust?");
    assert_eq!(returned(call, r#"{"status":"no answer came in time: …"}"#), "I can't answer that, I'll pass it on.");
    call.says("Would you like thin or thick crust?", "I can't answer that, I'll pass it on.");
}

#[test]
fn what_the_user_did_not_answer_is_reported_and_not_what_was_said_meanwhile() {
    let call = &mut asking();
    call.hear("Would you like thin or thick crust?");
    assert_eq!(call.hear("Sure.").say, "");
    assert_eq!(returned(call, r#"{"status":"no answer came in time: …"}"#), "I can't answer that, I'll pass it on.");
    call.says("Is that for pickup or delivery?", "For delivery, please.");
    let (_, report) = call.ends("Your total is $22.50 and it will be ready in 25 minutes. Goodbye.");
    let summary = report["summary"].as_str().unwrap();
    assert!(summary.contains("\"Would you like thin or thick crust?\"") && !summary.contains("Sure"), "{summary}");
}

#[test]
fn without_the_tool_nobody_is_asked() {
    Call::food().says("Would you like thin or thick crust?", "I can't answer that, I'll pass it on.");
}

#[test]
fn the_callee_is_heard_while_the_user_is_asked() {
    let call = &mut asking();
    call.hear("What's your zip code?");
    assert_eq!(call.hear("Okay.").say, "");
    call.says("Hello, are you still there?", "I am still checking, one moment please.");
    call.says("And what name should I put on the order?", "The name is Maria Lopez.");
    let reply = call.hear("Sorry, I have to go now.");
    assert!(reply.say.starts_with("Of course") && reply.tools.iter().any(|tool| tool.name == "end_call"), "{reply:?}");
}

#[test]
fn an_instruction_is_asked_and_its_answer_is_a_fact() {
    let call = &mut asking();
    assert_eq!(instructed(call, "ask if they have gluten-free"), "May I also ask if you have gluten-free?");
    assert_eq!(reply(call).say, "", "it is asked once");
    call.hear("Yes, we have gluten-free dough.");
    let (_, report) = call.ends("Your total is $22.50 and it will be ready in 25 minutes. Goodbye.");
    assert!(
        facts(&report).contains(&("gluten_free", "Yes, we have gluten-free dough.", "Yes, we have gluten-free dough.")),
        "{report}"
    );
}

#[test]
fn an_instruction_goes_with_the_answer_that_is_due() {
    let call = &mut asking();
    call.turn.lines.push(Line::Told { text: briefing::instruct("ask for extra napkins") });
    call.says("What name should I put on the order?", "The name is Maria Lopez. May I also ask for extra napkins?");
}

#[test]
fn an_instruction_holds_the_goodbye_back() {
    let call = &mut asking();
    call.turn.lines.push(Line::Told { text: briefing::instruct("ask if they have gluten-free") });
    let reply = call.hear("Your total is $22.50 and it will be ready in 25 minutes.");
    assert_eq!((reply.say.as_str(), reply.tools.len()), ("May I also ask if you have gluten-free?", 0));
}

#[test]
fn handed_back_it_says_who_speaks_and_goes_on() {
    let call = &mut asking();
    call.turn.lines.push(Line::Told { text: briefing::hand_back(12, true) });
    let said = reply(call).say;
    assert_eq!(said, "I am sorry, we were interrupted. This is the AI assistant again. What is the total?");
}

/// Whether somebody is there is no question for the user.
#[test]
fn who_asks_whether_we_are_still_there_hears_our_last_words_again() {
    let call = &mut asking();
    call.says("What name should I put on the order?", "The name is Maria Lopez.");
    let reply = call.hear("Hello, are you still there?");
    assert_eq!((reply.say.as_str(), reply.tools.len()), ("Of course. The name is Maria Lopez.", 0));
}

#[test]
fn what_the_user_has_answered_is_not_asked_of_them_again() {
    let call = &mut asking();
    call.hear("Okay, would you like classic or stuffed crust?");
    assert_eq!(returned(call, r#"{"answer":"stuffed crust"}"#), "Stuffed crust.");
    let reply = call.hear("Sorry, I didn't get that. Would you like classic or stuffed crust?");
    assert_eq!((reply.say.as_str(), reply.tools.len()), ("Stuffed crust.", 0));
}
