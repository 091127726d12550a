//! The scoring itself, and the score of the phrasings that the brain is developed on.

use super::*;
use crate::brain::{BuiltIn, Intent};
use futures_util::FutureExt;

fn phrasing(text: &str) -> Phrasing {
    toml::from_str(text).unwrap()
}

#[test]
fn what_was_not_said_is_worse_than_what_was_missed() {
    let templates = Templates::built_in().unwrap();
    let wish = phrasing("say = 'x'\nkind = 'order_food'\ndetails = { item = ['the pizza', 'pie'], callback_number = '1' }");
    let mark = |kind: &str, details: &[(&str, &str)]| {
        let details = details.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let kind = (!kind.is_empty()).then(|| kind.to_owned());
        let understood = Understanding { intent: Intent::Tell, kind, details, problem: None };
        wish.compare(&understood, &templates).0
    };
    assert_eq!(mark("order_food", &[("item", "Pizza"), ("callback_number", "1")]), Mark::Understood);
    assert_eq!(mark("order_food", &[("item", "pie")]), Mark::Dropped);
    assert_eq!(mark("order_food", &[("callback_number", "1")]), Mark::AskedAgain);
    assert_eq!(mark("", &[]), Mark::AskedAgain);
    assert_eq!(mark("order_food", &[("item", "pasta"), ("callback_number", "1")]), Mark::Wrong);
    assert_eq!(mark("order_food", &[("item", "pie"), ("callback_number", "1"), ("size", "large")]), Mark::Wrong);
    assert_eq!(mark("book_table", &[]), Mark::Wrong);
}

#[test]
fn there_are_enough_phrasings_and_the_clock_is_right() {
    // A used-up set has moved to the other file until a new one is written.
    let measured = held_out().unwrap().len();
    assert!(development().unwrap().len() >= 900 && (measured == 0 || measured >= 150));
    assert_eq!(Timestamp::from_second(1_795_262_400).unwrap().to_string(), "2026-11-21T12:00:00Z");
}

#[test]
fn hardly_anything_is_understood_wrongly() {
    let (templates, phrasings) = (Templates::built_in().unwrap(), development().unwrap());
    let score = score(&BuiltIn, &templates, &phrasings).now_or_never().unwrap().unwrap();
    assert!(score.share(Mark::Wrong) < WRONG_LIMIT, "{score}");
}

#[test]
fn an_empty_list_has_a_score() {
    let templates = Templates::built_in().unwrap();
    let score = score(&BuiltIn, &templates, &[]).now_or_never().unwrap().unwrap();
    assert_eq!((score.all, score.share(Mark::Wrong)), (0, 0.0));
}
