//! Whatever is said, wherever a conversation stands: nothing breaks, and what is found is in the form that is kept.

use super::*;
use futures_util::FutureExt;
use proptest::prelude::*;
use std::sync::LazyLock;
use types::chat::Node;

static TEMPLATES: LazyLock<Templates> = LazyLock::new(|| Templates::built_in().unwrap());

const FRAGMENTS: [&str; 76] = [
    "order",
    "a large pepperoni pizza",
    "two",
    "pizzas",
    "and a coke",
    "for delivery",
    "pickup",
    "to 12 Elm Street",
    "for Maria Lopez",
    "from Tony's",
    "at +1 415 555 0100",
    "(415) 555-0100",
    "911",
    "call",
    "book a table",
    "for 4",
    "on Saturday",
    "at 7",
    "half past seven",
    "tomorrow",
    "November 31",
    "11/28",
    "ask",
    "if they have",
    "oat milk?",
    "tell them",
    "I'm late",
    "change the size",
    "to medium",
    "the address is",
    "my name is",
    "my number is",
    "make it",
    "actually",
    "instead",
    "no,",
    "yes but",
    "add extra cheese",
    "without onions",
    "why?",
    "what time",
    "|",
    "{item}",
    "[x]",
    "é",
    "İstanbul",
    "ß’s",
    "👍🏽",
    "12",
    ",",
    ".",
    "?",
    "and",
    "the",
    "under",
    "size:",
    "note:",
    "does Luigi's",
    "the number is",
    "cancel my appointment",
    "move my haircut",
    "from Tuesday",
    "to 8:30 pm",
    "tonight",
    "in the morning",
    "on hold",
    "until someone in billing answers",
    "under $20",
    "up to 15 euros",
    "my budget is 30",
    "a dentist appointment",
    "on Christmas Day",
    "with three friends",
    "is Tony's open",
    "the new time is 9",
    "change a reservation to six people",
];

fn words() -> impl Strategy<Value = String> {
    let known = prop::collection::vec(0..FRAGMENTS.len(), 0..12)
        .prop_map(|picked| picked.into_iter().map(|n| FRAGMENTS[n]).collect::<Vec<_>>().join(" "));
    prop_oneof![4 => known, 1 => "\\PC{0,60}"]
}

fn state() -> impl Strategy<Value = State> {
    let nodes =
        [Node::AnalyzeTask, Node::AskForDetails, Node::ConfirmTask, Node::AwaitResult, Node::ReportResult, Node::Cancelled];
    (0..nodes.len(), 0_usize..8, 0_usize..13).prop_map(move |(node, kind, asked)| {
        let template = TEMPLATES.iter().nth(kind);
        State {
            node: nodes[node],
            task_kind: template.map(|template| template.name.clone()),
            asked: template.and_then(|template| Some(template.slots.get(asked)?.name.clone())),
            ..State::default()
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn any_words_are_understood_or_not_but_never_break(text in words(), state in state()) {
        let locale = Locale::default();
        let now = "2026-11-21T12:00:00Z".parse().unwrap();
        let heard = Heard { text: &text, state: &state, templates: &TEMPLATES, locale: &locale, now };
        let understood = BuiltIn.understand(&heard).now_or_never().unwrap().unwrap();
        let kind = understood.kind.clone().or(state.task_kind);
        let Some(template) = kind.and_then(|kind| TEMPLATES.get(&kind)) else {
            prop_assert!(understood.details.is_empty());
            return Ok(());
        };
        let here = crate::locale::Here { locale: &locale, now };
        for (name, value) in &understood.details {
            let slot = template.slot(name).unwrap();
            if !value.is_empty() {
                prop_assert_eq!(slot.kind.read(value, here), Ok(value.clone()), "{} of {}", name, text);
            }
        }
        if matches!(understood.intent, Intent::Yes | Intent::No) {
            prop_assert!(understood.details.is_empty() && understood.kind.is_none());
        }
    }
}
