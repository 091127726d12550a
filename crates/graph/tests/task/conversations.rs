//! Whole conversations in virtual time.

use crate::world::{CONVERSATION, Chat, FakeCalls, STORY, result};
use graph::brain::BuiltIn;
use graph::task::{Input, PlanStanding, Settings, TaskGraph};
use std::sync::Arc;
use std::time::Duration;
use types::chat::{ConversationEvent, Decision, Node, PlanClosed};
use types::{CallStage, ConversationId, Details, VoiceChoice};

const MINUTE: Duration = Duration::from_secs(60);

pub(crate) fn closed(chat: &Chat) -> Vec<PlanClosed> {
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
