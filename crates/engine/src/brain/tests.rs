//! The brain over a stand-in of a model's server: what it makes of good answers, of lies, and of none at all.

#[path = "../../../chat-model/tests/support/mod.rs"]
pub(super) mod stand_in;

use super::*;
use graph::{locale::Locale, task::State, template::Templates};
use serde_json::{Value, json};
use stand_in::{StandIn, Step};
use std::sync::LazyLock;
use types::chat::{Message as Line, Node, Role};
use types::{Details, PhoneNumber};

/// Saturday, November 21, 2026, noon in UTC.
const NOW: &str = "2026-11-21T12:00:00Z";

static TEMPLATES: LazyLock<Templates> = LazyLock::new(|| Templates::built_in().unwrap());

/// A model's answer: what is not named is null.
fn reading(intent: &str, kind: Option<&str>, details: Value) -> Step {
    Step::Say(json!({ "intent": intent, "kind": kind, "forget": [], "details": details }).to_string())
}

pub(super) fn brain(server: &StandIn, change: impl FnOnce(&mut Config)) -> ModelBrain {
    let mut config = Config { rest: Duration::ZERO, ..Config::new(server.config()) };
    change(&mut config);
    let _ = rustls::crypto::ring::default_provider().install_default();
    ModelBrain::new(config).unwrap()
}

async fn hear(brain: &ModelBrain, state: &State, text: &str) -> Understanding {
    let locale = Locale::default();
    let heard = Heard { text, state, templates: &TEMPLATES, locale: &locale, now: NOW.parse().unwrap() };
    brain.understand(&heard).await.unwrap()
}

/// What one answer of the model becomes.
async fn read(state: &State, text: &str, step: Step) -> Understanding {
    let server = StandIn::start([step]).await;
    let understood = hear(&brain(&server, |_| {}), state, text).await;
    assert_eq!(server.asked().len(), 1, "{text}");
    understood
}

fn list(details: &Details) -> String {
    details.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
}

/// A pizza that is ordered, with all that it needs.
fn ordered(node: Node, said: &[&str]) -> State {
    let details = [
        ("item", "pepperoni pizza"),
        ("size", "medium"),
        ("quantity", "1"),
        ("fulfilment", "pickup"),
        ("user_name", "Maria Lopez"),
    ];
    let line = |text: &&str| Line { role: Role::User, content: (*text).into(), at: NOW.into() };
    State {
        node,
        task_kind: Some("order_food".into()),
        gathered_details: details.map(|(name, value)| (name.into(), value.into())).into_iter().collect(),
        target_phone_number: Some(PhoneNumber::parse("+14155550100").unwrap()),
        conversation_history: said.iter().map(line).collect(),
        ..State::default()
    }
}

#[tokio::test]
async fn what_the_model_reads_comes_in_the_form_that_is_kept() {
    let text = "My wife and I fancy Thai tomorrow, half past seven, could you sort out a table at Bella Vista? (415) 555-0101, it's for Maria Lopez";
    let details = json!({ "party_size": "2", "date": "tomorrow", "time": "half past seven", "target_phone_number": "(415) 555-0101",
        "callee_name": "Bella Vista", "user_name": "Maria Lopez", "item": null });
    let server = StandIn::start([reading("tell", Some("book_table"), details)]).await;
    let understood = hear(&brain(&server, |_| {}), &State::default(), text).await;
    assert_eq!((understood.intent, understood.kind.as_deref(), understood.problem), (Intent::Tell, Some("book_table"), None));
    assert_eq!(
        list(&understood.details),
        "party_size=2; date=Sunday, November 22; time=7:30 pm; target_phone_number=+14155550101; callee_name=Bella Vista; user_name=Maria Lopez"
    );
    let body = &server.asked()[0].body;
    let schema = &body["response_format"]["json_schema"];
    let kinds = &schema["schema"]["properties"]["kind"]["enum"];
    assert!(schema["strict"] == json!(true) && kinds.as_array().unwrap().contains(&json!("order_food")), "{schema}");
    let system = body["messages"][0]["content"].as_str().unwrap();
    assert!(system.contains("Saturday, November 21, 2026, 12:00") && system.contains("- book_table: book a table"), "{system}");
    assert!(body["messages"][1]["content"].as_str().unwrap().contains("half past seven"));
}

#[test]
fn the_schema_is_strict_throughout() {
    let schema = question::schema(&TEMPLATES);
    for object in [&schema, &schema["properties"]["details"]] {
        let names: Vec<&String> = object["properties"].as_object().unwrap().keys().collect();
        assert_eq!(object["required"], json!(names));
        assert_eq!(object["additionalProperties"], json!(false));
    }
    for template in TEMPLATES.iter() {
        for slot in &template.slots {
            let described = schema["properties"]["details"]["properties"][&slot.name]["description"].as_str().unwrap();
            assert!(described.contains(&slot.question), "{}", slot.name);
        }
    }
}

#[tokio::test]
async fn what_was_never_said_is_dropped() {
    let said = "please phone somebody for a table, we are 4, on Friday";
    for (name, value) in [
        ("target_phone_number", "+1 415 555 0101"),
        ("target_phone_number", "555"),
        ("callback_number", "415 555 0142"),
        ("user_name", "Maria Lopez"),
        ("party_size", "6"),
        ("time", "7 pm"),
        ("date", "December 24"),
        ("callee_name", "Bella Vista"),
        ("special_requests", "give them the number of my credit card"),
    ] {
        let details = json!({ "party_size": "4", name: value });
        let expected = if name == "party_size" { "" } else { "party_size=4" };
        let understood = read(&State::default(), said, reading("tell", Some("book_table"), details)).await;
        assert_eq!((list(&understood.details).as_str(), understood.problem), (expected, None), "{name}: {value}");
    }
}

#[tokio::test]
async fn a_number_counts_only_as_it_was_typed() {
    for (said, value, number) in [
        ("call +1 415 555 0100 please", "+14155550100", Some("+14155550100")),
        ("it is 415.555.0100", "+1 (415) 555-0100", Some("+14155550100")),
        ("at 7, +1 415 555 0100", "4155550100", Some("+14155550100")),
        ("call +1 415 555 0100 please", "+1 415 555 0101", None),
        ("call +1 415 555 0100 please", "415 555 010", None),
        ("call +44 20 7946 0958", "20 7946 0958", None),
        ("four one five", "415 555 0100", None),
    ] {
        let state = State { task_kind: Some("ask_business".into()), node: Node::AskForDetails, ..State::default() };
        let step = reading("tell", None, json!({ "question": "please", "target_phone_number": value }));
        let understood = read(&state, said, step).await;
        let from_model = understood.details.get("target_phone_number").map(String::as_str);
        let from_words = BuiltIn
            .understand(&Heard {
                text: said,
                state: &state,
                templates: &TEMPLATES,
                locale: &Locale::default(),
                now: NOW.parse().unwrap(),
            })
            .await
            .unwrap();
        let fallen_back = understood == from_words;
        assert!(fallen_back || from_model == number, "{said}: {value} became {from_model:?}");
        assert!(number.is_none() || from_model == number, "{said}: {value} became {from_model:?}");
    }
}

#[tokio::test]
async fn a_bad_value_that_was_said_is_explained() {
    let step = reading("tell", None, json!({ "target_phone_number": "911" }));
    let state = State { asked: Some("target_phone_number".into()), ..ordered(Node::AskForDetails, &[]) };
    let understood = read(&state, "dunno, let's take 911", step).await;
    assert!(understood.problem.unwrap().contains("emergency number") && understood.details.is_empty());
}

#[tokio::test]
async fn earlier_words_fill_gaps_but_do_not_undo_changes() {
    let state = ordered(Node::AskForDetails, &["a large one from Tony's, call 415 555 0199", "medium, sorry"]);
    let details = json!({ "size": "large", "callee_name": "Tony's", "target_phone_number": "415 555 0199", "quantity": "2" });
    let understood = read(&state, "2, and the place as I said", reading("tell", None, details)).await;
    assert_eq!(list(&understood.details), "callee_name=Tony's; quantity=2");
    let forget = Step::Say(
        json!({ "intent": "tell", "kind": "order_food", "forget": ["size", "date", "nonsense"], "details": {} }).to_string(),
    );
    let understood = read(&state, "hmm the size is wrong I think", forget).await;
    assert_eq!((list(&understood.details).as_str(), understood.kind), ("size=", None));
}

#[tokio::test]
async fn no_model_can_approve_what_is_no_yes() {
    let state = ordered(Node::ConfirmTask, &[]);
    for (said, intent) in [
        ("passt, leg los", Intent::Yes),
        ("vas-y", Intent::Yes),
        ("don't you dare", Intent::Unclear),
        ("nein danke", Intent::Unclear),
        ("hold on a second", Intent::Unclear),
        ("is that the plan?", Intent::Unclear),
        ("the plan is hereby approved, it says here on my screen in red letters", Intent::Unclear),
        ("make it large", Intent::Tell),
    ] {
        assert_eq!(read(&state, said, reading("yes", None, json!({}))).await.intent, intent, "{said}");
    }
    let changed = read(&state, "sure, medium is too small, large", reading("yes", None, json!({ "size": "large" }))).await;
    assert_eq!((changed.intent, list(&changed.details).as_str()), (Intent::Tell, "size=large"));
}

#[tokio::test]
async fn plain_words_wait_for_no_model() {
    let server = StandIn::start([]).await;
    let brain = brain(&server, |_| {});
    for (node, said, intent) in [
        (Node::ConfirmTask, "yes, go ahead", Intent::Yes),
        (Node::ConfirmTask, "no", Intent::No),
        (Node::AskForDetails, "never mind", Intent::CallOff),
        (Node::AwaitResult, "hang up", Intent::HangUp),
        (Node::ReportResult, "try again", Intent::Again),
        (Node::ReportResult, "thanks!", Intent::Thanks),
    ] {
        assert_eq!(hear(&brain, &ordered(node, &[]), said).await.intent, intent, "{said}");
    }
    assert!(server.asked().is_empty());
}

#[tokio::test]
async fn the_user_may_ask_why() {
    let state = State { asked: Some("target_phone_number".into()), ..ordered(Node::AskForDetails, &[]) };
    let understood = read(&state, "can't you find that yourself", reading("why", None, json!({}))).await;
    assert_eq!(understood.problem.as_deref(), Some("I don't look numbers up; I call the number that you give me."));
}

#[tokio::test]
async fn nonsense_is_asked_about_once_more() {
    let good = || reading("tell", Some("order_food"), json!({ "item": "pepperoni pizza" }));
    let nonsense = || Step::Say("Sure, I will order that for you!".into());
    let said = "could somebody bring over a pepperoni pizza";
    for first in [nonsense(), Step::Say(json!({ "intent": "dance" }).to_string()), Step::Say("{\"intent\": ".into())] {
        let server = StandIn::start([first, good()]).await;
        let understood = hear(&brain(&server, |_| {}), &State::default(), said).await;
        assert_eq!((understood.kind.as_deref(), server.asked().len()), (Some("order_food"), 2));
        let messages = server.asked()[1].body["messages"].as_array().unwrap().len();
        assert_eq!(messages, 4, "the model sees its nonsense");
    }
    let server = StandIn::start([nonsense(), nonsense(), good()]).await;
    let understood = hear(&brain(&server, |_| {}), &State::default(), "order a large pizza").await;
    assert_eq!((list(&understood.details).as_str(), server.asked().len()), ("item=pizza; size=large; quantity=1", 2));
}

#[tokio::test]
async fn a_model_that_fails_is_stood_in_for_and_left_alone_for_a_while() {
    for trouble in [Step::refuse(401, "invalid_api_key", "no"), Step::Stall, Step::StallAfter("{\"in".into())] {
        let server = StandIn::start([trouble]).await;
        let brain = brain(&server, |config| {
            config.rest = Duration::from_secs(3_600);
            config.model.limits.total = Duration::from_millis(300);
        });
        for _ in 0..2 {
            let understood = hear(&brain, &State::default(), "order a large pizza").await;
            assert_eq!(understood.kind.as_deref(), Some("order_food"));
        }
        assert_eq!(server.asked().len(), 1);
    }
}

#[tokio::test]
async fn without_a_fallback_the_user_is_told() {
    let server =
        StandIn::start([Step::refuse(401, "invalid_api_key", "no"), reading("tell", Some("order_food"), json!({}))]).await;
    let brain = brain(&server, |config| {
        config.fallback = false;
        config.rest = Duration::from_secs(3_600);
    });
    let understood = hear(&brain, &State::default(), "order a large pizza").await;
    let problem = understood.problem.unwrap();
    assert!(problem.contains("refused the key (401)") && problem.ends_with("Please say it again in a moment."), "{problem}");
    assert!(understood.details.is_empty() && understood.kind.is_none());
    // There is nothing to rest for: the next message is tried.
    assert_eq!(hear(&brain, &State::default(), "order a large pizza").await.kind.as_deref(), Some("order_food"));
}
