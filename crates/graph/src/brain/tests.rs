//! The built-in brain on phrasings, as tables. `name=value; …` is what it must find, nothing more and nothing less.

use super::*;
use futures_util::FutureExt;
use std::sync::LazyLock;
use types::chat::Node;

/// Saturday, November 21, 2026, noon in UTC.
const NOW: &str = "2026-11-21T12:00:00Z";

static TEMPLATES: LazyLock<Templates> = LazyLock::new(|| Templates::built_in().unwrap());

fn hear(state: &State, text: &str) -> Understanding {
    let locale = Locale::default();
    let heard = Heard { text, state, templates: &TEMPLATES, locale: &locale, now: NOW.parse().unwrap() };
    BuiltIn.understand(&heard).now_or_never().unwrap().unwrap()
}

fn list(details: &Details) -> String {
    let mut list: Vec<String> = details.iter().map(|(name, value)| format!("{name}={value}")).collect();
    list.sort();
    list.join("; ")
}

fn sorted(expected: &str) -> String {
    let mut list: Vec<&str> = expected.split("; ").filter(|entry| !entry.is_empty()).collect();
    list.sort_unstable();
    list.join("; ")
}

#[test]
fn first_messages() {
    for (text, kind, found) in [
        (
            "order a large pepperoni pizza for delivery to 12 Elm Street, for Maria Lopez, from Tony's at +1 415 555 0100",
            "order_food",
            "item=pepperoni pizza; size=large; quantity=1; fulfilment=delivery; delivery_address=12 Elm Street; user_name=Maria Lopez; callee_name=Tony's; target_phone_number=+14155550100",
        ),
        ("order a large pepperoni from Tony's", "order_food", "item=pepperoni; size=large; quantity=1; callee_name=Tony's"),
        ("I'd like to order a pizza", "order_food", "item=pizza; quantity=1"),
        (
            "order two medium margherita pizzas for pickup",
            "order_food",
            "item=margherita pizza; size=medium; quantity=2; fulfilment=pickup",
        ),
        (
            "can you get me some sushi delivered to 14 Oak Avenue?",
            "order_food",
            "item=sushi; fulfilment=delivery; delivery_address=14 Oak Avenue",
        ),
        ("I'm hungry", "order_food", ""),
        ("I want pizza", "order_food", "item=pizza"),
        ("order food", "order_food", ""),
        (
            "Hi, please order me a small coffee to go from The Golden Lion",
            "order_food",
            "item=coffee; size=small; quantity=1; fulfilment=pickup; callee_name=The Golden Lion",
        ),
        (
            "call Tony's Pizza at (415) 555-0100 and order a large ham pizza. My name is Maria Lopez.",
            "order_food",
            "item=ham pizza; size=large; quantity=1; user_name=Maria Lopez; callee_name=Tony's Pizza; target_phone_number=+14155550100",
        ),
        (
            "order a pizza, my number is 415 555 0123, theirs is 415 555 0100",
            "order_food",
            "item=pizza; quantity=1; callback_number=+14155550123; target_phone_number=+14155550100",
        ),
        (
            "book a table for 4 on Saturday at 7pm at Luigi's under Maria Lopez, +1 415 555 0101",
            "book_table",
            "party_size=4; date=Saturday, November 28; time=7:00 pm; callee_name=Luigi's; user_name=Maria Lopez; target_phone_number=+14155550101",
        ),
        (
            "reserve a table for two tomorrow at half past seven",
            "book_table",
            "party_size=2; date=Sunday, November 22; time=7:30 pm",
        ),
        ("I need a table tonight at 8 for 3 people", "book_table", "party_size=3; date=Saturday, November 21; time=8:00 pm"),
        (
            "Book a table at luigi's for two on 28 November at 19:30",
            "book_table",
            "party_size=2; date=Saturday, November 28; time=7:30 pm; callee_name=Luigi's",
        ),
        ("make a reservation for next Friday", "book_table", "date=Friday, November 27"),
        (
            "table for six on 11/28 at eight in the evening, my name is Maria",
            "book_table",
            "party_size=6; date=Saturday, November 28; time=8:00 pm; user_name=Maria",
        ),
        ("ask Luigi's if they have oat milk", "ask_business", "question=Do you have oat milk?; callee_name=Luigi's"),
        (
            "Ask Luigi's at +1 415 555 0101 whether they are open on Sunday",
            "ask_business",
            "question=Are you open on Sunday?; callee_name=Luigi's; target_phone_number=+14155550101",
        ),
        (
            "find out what time Tony's closes",
            "ask_business",
            "question=Could you tell me what time you close?; callee_name=Tony's",
        ),
        (
            "call +1 415 555 0101 and ask if they have gluten free pizza",
            "ask_business",
            "question=Do you have gluten free pizza?; target_phone_number=+14155550101",
        ),
        ("ask a business a question", "ask_business", ""),
        ("I have a question for a shop", "ask_business", ""),
        (
            "call Dr. Smith at +1 415 555 0102 and tell them I'll be ten minutes late",
            "errand",
            "instructions=tell them I'll be ten minutes late; callee_name=Dr. Smith; target_phone_number=+14155550102",
        ),
        ("cancel my appointment on Friday", "change_booking", "booking=appointment; change=cancel; old_date=Friday, November 27"),
        ("cancel my gym membership, please", "errand", "instructions=cancel my gym membership"),
        ("does Tony's deliver?", "ask_business", "question=Do you deliver?; callee_name=Tony's"),
        (
            "Ask Tony's if they deliver to 12 Elm Street. The number is 415-555-0100.",
            "ask_business",
            "question=Do you deliver to 12 Elm Street?; callee_name=Tony's; target_phone_number=+14155550100",
        ),
        (
            "Tell the landlord that the heating is broken, my name is Maria Lopez, his number is 415 555 0166",
            "errand",
            "instructions=Tell the landlord that the heating is broken; user_name=Maria Lopez; target_phone_number=+14155550166",
        ),
        (
            "Book a dentist appointment for Tuesday",
            "book_appointment",
            "appointment_kind=dentist appointment; date=Tuesday, November 24",
        ),
        (
            "stay on hold until someone in billing answers and ask why I was charged twice, call 415 555 0177",
            "wait_on_hold",
            "person=someone in billing; instructions=ask why I was charged twice; target_phone_number=+14155550177",
        ),
        (
            "ORDER A LARGE PEPPERONI PIZZA FROM TONY'S",
            "order_food",
            "item=pepperoni pizza; size=large; quantity=1; callee_name=Tony's",
        ),
        ("call 415 555 0100", "errand", "target_phone_number=+14155550100"),
        (
            "reschedule my dentist appointment to Monday, I'm Maria Lopez",
            "change_booking",
            "booking=dentist appointment; change=move; date=Monday, November 23; user_name=Maria Lopez",
        ),
    ] {
        let heard = hear(&State::default(), text);
        assert_eq!((heard.intent, heard.kind.as_deref()), (Intent::Tell, Some(kind)), "{text}");
        assert_eq!(list(&heard.details), sorted(found), "{text}");
        assert_eq!(heard.problem, None, "{text}");
    }
}

#[test]
fn vague_first_messages() {
    for (text, intent) in [
        ("hi", Intent::Help),
        ("I need something", Intent::Help),
        ("help", Intent::Help),
        ("what can you do?", Intent::Help),
        ("asdf", Intent::Unclear),
        ("the weather is nice", Intent::Unclear),
        ("never mind", Intent::CallOff),
        ("thanks", Intent::Thanks),
    ] {
        let heard = hear(&State::default(), text);
        assert_eq!((heard.intent, heard.kind), (intent, None), "{text}");
    }
}

fn asking(kind: &str, asked: &str) -> State {
    State { node: Node::AskForDetails, task_kind: Some(kind.into()), asked: Some(asked.into()), ..State::default() }
}

#[test]
fn answers() {
    for (kind, asked, text, found) in [
        ("order_food", "item", "a large pepperoni pizza", "item=pepperoni pizza; size=large; quantity=1"),
        ("order_food", "item", "margherita", "item=margherita"),
        ("order_food", "item", "I'd like two cheeseburgers for pickup", "item=cheeseburger; quantity=2; fulfilment=pickup"),
        ("order_food", "size", "large", "size=large"),
        ("order_food", "size", "the biggest one", "size=large"),
        ("order_food", "quantity", "2", "quantity=2"),
        ("order_food", "quantity", "just one", "quantity=1"),
        ("order_food", "quantity", "make it two", "quantity=2"),
        ("order_food", "fulfilment", "delivery to 12 Elm Street please", "fulfilment=delivery; delivery_address=12 Elm Street"),
        ("order_food", "fulfilment", "I'll pick it up", "fulfilment=pickup"),
        ("order_food", "delivery_address", "12 elm street", "delivery_address=12 Elm Street"),
        (
            "order_food",
            "delivery_address",
            "12 Elm Street, and my name is Maria Lopez",
            "delivery_address=12 Elm Street; user_name=Maria Lopez",
        ),
        ("order_food", "delivery_address", "actually pickup", "fulfilment=pickup"),
        ("order_food", "user_name", "maria lopez", "user_name=Maria Lopez"),
        ("order_food", "user_name", "I'm Maria Lopez and make it medium", "user_name=Maria Lopez; size=medium"),
        ("order_food", "user_name", "change the size to medium", "size=medium"),
        ("order_food", "target_phone_number", "(415) 555-0100", "target_phone_number=+14155550100"),
        ("order_food", "target_phone_number", "it's Tony's, 415-555-0100", "target_phone_number=+14155550100"),
        ("book_table", "party_size", "four", "party_size=4"),
        (
            "book_table",
            "party_size",
            "me and my wife, on Saturday at 7",
            "date=Saturday, November 28; time=7:00 pm; party_size=2",
        ),
        ("book_table", "date", "Saturday", "date=Saturday, November 28"),
        ("book_table", "date", "tomorrow at 8", "date=Sunday, November 22; time=8:00 pm"),
        ("book_table", "time", "7", "time=7:00 pm"),
        ("book_table", "time", "half past seven", "time=7:30 pm"),
        ("book_table", "time", "seven in the evening, for Maria Lopez", "time=7:00 pm; user_name=Maria Lopez"),
        ("book_table", "user_name", "Lopez", "user_name=Lopez"),
        ("ask_business", "question", "do they have oat milk?", "question=Do you have oat milk?"),
        ("ask_business", "question", "if they deliver to 12 Elm Street", "question=Do you deliver to 12 Elm Street?"),
        (
            "errand",
            "instructions",
            "Tell them that I can't come on Friday.",
            "instructions=Tell them that I can't come on Friday",
        ),
    ] {
        let heard = hear(&asking(kind, asked), text);
        assert_eq!((heard.intent, list(&heard.details)), (Intent::Tell, sorted(found)), "{asked}: {text}");
        assert_eq!((heard.kind, heard.problem), (None, None), "{asked}: {text}");
    }
}

#[test]
fn answers_that_cannot_be_used_are_met_with_a_reason() {
    for (kind, asked, text, said) in [
        ("order_food", "target_phone_number", "911", "emergency"),
        ("order_food", "target_phone_number", "555 0100", "area code"),
        ("order_food", "target_phone_number", "I don't know", "phone number"),
        ("order_food", "quantity", "many", "number"),
        ("order_food", "fulfilment", "yes", "delivery or pickup"),
        ("order_food", "delivery_address", "home", "house number"),
        ("order_food", "user_name", "why do you need that?", "whom the order is for"),
        ("order_food", "item", "something", "what to order"),
        ("book_table", "date", "yesterday", "day"),
        ("book_table", "date", "November 3", "already passed"),
        ("book_table", "time", "later", "7 pm"),
        ("order_food", "item", "no", "what to order"),
    ] {
        let heard = hear(&asking(kind, asked), text);
        let problem = heard.problem.unwrap_or_else(|| panic!("{asked}: {text}: {:?}", heard.details));
        assert!(problem.contains(said), "{asked}: {text}: {problem}");
        assert!(heard.details.is_empty(), "{asked}: {text}: {:?}", heard.details);
    }
}

#[test]
fn while_details_are_asked_for_the_user_may_turn_elsewhere() {
    let state = asking("order_food", "size");
    assert_eq!(hear(&state, "never mind").intent, Intent::CallOff);
    assert_eq!(hear(&state, "what can you do?").intent, Intent::Help);
    let other = hear(&state, "book a table for two instead");
    assert_eq!((other.kind.as_deref(), list(&other.details).as_str()), (Some("book_table"), "party_size=2"));
    // The words of a free answer do not begin another task.
    let free = hear(&asking("errand", "instructions"), "order a taxi for me");
    assert_eq!((free.kind, list(&free.details).as_str()), (None, "instructions=order a taxi for me"));
}

fn confirming(kind: &str) -> State {
    let known = [
        ("item", "pepperoni pizza"),
        ("size", "large"),
        ("quantity", "1"),
        ("fulfilment", "delivery"),
        ("delivery_address", "12 Elm Street"),
        ("user_name", "Maria Lopez"),
        ("party_size", "4"),
        ("date", "Saturday, November 28"),
        ("time", "7:00 pm"),
    ];
    let gathered_details = known.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    State { node: Node::ConfirmTask, task_kind: Some(kind.into()), gathered_details, ..State::default() }
}

#[test]
fn at_the_confirmation() {
    for (kind, text, intent, found) in [
        ("order_food", "yes", Intent::Yes, ""),
        ("order_food", "Yes, go ahead!", Intent::Yes, ""),
        ("order_food", "ok call them", Intent::Yes, ""),
        ("order_food", "no", Intent::No, ""),
        ("order_food", "never mind", Intent::No, ""),
        ("order_food", "don't call", Intent::No, ""),
        ("order_food", "yes but change the size to medium", Intent::Tell, "size=medium"),
        ("order_food", "no, make it medium", Intent::Tell, "size=medium"),
        ("order_food", "no, medium", Intent::Tell, "size=medium"),
        ("order_food", "make it two", Intent::Tell, "quantity=2"),
        ("order_food", "actually pickup", Intent::Tell, "fulfilment=pickup"),
        ("order_food", "the address is 14 Oak Avenue", Intent::Tell, "delivery_address=14 Oak Avenue"),
        (
            "order_food",
            "the address should be 14 Oak Avenue, Apt 4B, Springfield",
            Intent::Tell,
            "delivery_address=14 Oak Avenue, Apt 4B, Springfield",
        ),
        ("order_food", "change the name to Ana Lopez and the size to small", Intent::Tell, "user_name=Ana Lopez; size=small"),
        ("order_food", "the number is +1 415 555 0103", Intent::Tell, "target_phone_number=+14155550103"),
        ("order_food", "call 415 555 0103 instead", Intent::Tell, "target_phone_number=+14155550103"),
        ("order_food", "my number is 415 555 0123", Intent::Tell, "callback_number=+14155550123"),
        ("order_food", "make it a margherita", Intent::Tell, "item=margherita; quantity=1"),
        ("order_food", "two ham pizzas instead", Intent::Tell, "item=ham pizza; quantity=2"),
        ("order_food", "change the size", Intent::Tell, "size="),
        ("order_food", "can you make it medium?", Intent::Tell, "size=medium"),
        ("order_food", "please add extra cheese", Intent::Tell, "special_requests=add extra cheese"),
        ("order_food", "make it a large one and add extra cheese", Intent::Tell, "size=large; special_requests=add extra cheese"),
        ("order_food", "yes but no onions", Intent::Tell, "special_requests=no onions"),
        ("order_food", "who are you?", Intent::Help, ""),
        ("order_food", "size: small", Intent::Tell, "size=small"),
        ("order_food", "is delivery free?", Intent::Unclear, ""),
        ("order_food", "hmm", Intent::Unclear, ""),
        ("order_food", "yes?", Intent::Unclear, ""),
        ("order_food", "yes, but wait", Intent::Unclear, ""),
        ("order_food", "I'm not sure", Intent::Unclear, ""),
        ("book_table", "yes, at 8 pm", Intent::Tell, "time=8:00 pm"),
        ("book_table", "make it 6 people", Intent::Tell, "party_size=6"),
        ("book_table", "make it six", Intent::Tell, "party_size=6"),
        ("book_table", "on Sunday instead", Intent::Tell, "date=Sunday, November 22"),
        ("book_table", "no, at half past eight", Intent::Tell, "time=8:30 pm"),
        ("book_table", "change the time to 20:15", Intent::Tell, "time=8:15 pm"),
        ("book_table", "we'll be 5 people at 7:30", Intent::Tell, "party_size=5; time=7:30 pm"),
    ] {
        let heard = hear(&confirming(kind), text);
        assert_eq!((heard.intent, list(&heard.details)), (intent, sorted(found)), "{text} {:?}", heard.problem);
        assert_eq!((heard.kind, heard.problem), (None, None), "{text}");
    }
    let wrong = hear(&confirming("order_food"), "change the number to 911");
    assert!(wrong.problem.unwrap().contains("emergency") && wrong.details.is_empty());
    assert_eq!(hear(&confirming("order_food"), "book a table for two instead").kind.as_deref(), Some("book_table"));
}

#[test]
fn afterwards() {
    let after = State { node: Node::ReportResult, ..confirming("order_food") };
    for (text, intent, kind, found) in [
        ("try again", Intent::Again, None, ""),
        ("try again with a medium one", Intent::Again, None, "size=medium"),
        ("thanks!", Intent::Thanks, None, ""),
        ("great, thank you", Intent::Thanks, None, ""),
        ("yes", Intent::Yes, None, ""),
        ("book a table for two", Intent::Tell, Some("book_table"), "party_size=2"),
        ("order a small coffee", Intent::Tell, Some("order_food"), "item=coffee; size=small; quantity=1"),
        ("change the number to 415 555 0104", Intent::Tell, None, "target_phone_number=+14155550104"),
        ("what?", Intent::Unclear, None, ""),
    ] {
        let heard = hear(&after, text);
        assert_eq!((heard.intent, heard.kind.as_deref(), list(&heard.details)), (intent, kind, sorted(found)), "{text}");
    }
}

#[test]
fn during_a_call_only_hanging_up_matters() {
    let calling = State { node: Node::AwaitResult, ..confirming("order_food") };
    assert_eq!(hear(&calling, "please hang up").intent, Intent::HangUp);
    assert_eq!(hear(&calling, "how is it going?").intent, Intent::Unclear);
    assert_eq!(hear(&calling, "yes").intent, Intent::Unclear);
}
