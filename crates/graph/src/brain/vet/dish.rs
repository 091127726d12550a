//! Whether words name something to eat or drink.

use crate::{
    parse::lexicon::{is_common, is_food},
    template::Template,
};

/// Words that join the parts of a dish, or of a list of dishes.
const JOINS: &str = "and with without of on in no extra the a an plus n style some la le al el de del di da";
/// Words that begin or end no dish.
const EDGES: &str = "and with without of on in no extra plus n the";

/// Whether a phrase names a dish or a list of them: words that are said of food, and words that nobody uses for anything else
/// ("khachapuri").
pub(super) fn is_dish(phrase: &str) -> bool {
    /// More unknown words than this are a sentence.
    const UNKNOWN_MAX: usize = 3;
    let phrase = &phrase.replace("hot dog", "hotdog");
    let words: Vec<&str> = phrase.split(|c: char| !c.is_alphanumeric() && c != '\'').filter(|word| !word.is_empty()).collect();
    let (mut food, mut unknown) = (0, 0);
    for word in &words {
        let lower = word.to_lowercase();
        let plain = lower.strip_suffix("'s").unwrap_or(&lower);
        if is_food(&lower) || is_food(plain) {
            food += 1;
        } else if is_in(JOINS, &lower) || lower.parse::<u32>().is_ok() || crate::parse::number_word(&lower).is_some() {
        } else if is_common(&lower) || is_common(plain) || is_slip(&lower) || word.contains('\'') {
            return false;
        } else if !lower.contains(['a', 'e', 'i', 'o', 'u', 'y']) && lower.is_ascii() {
            // Shorthand, which may mean anything: "smth".
            return false;
        } else {
            unknown += 1;
        }
    }
    // "a wrap, light dressing": what stands behind the comma may be a part of it or a wish.
    // "tuna sandwiches no onions": the same.
    let lower = phrase.to_lowercase();
    let list = lower.contains(" and ");
    let counted = !list && lower.contains(|c: char| c.is_ascii_digit()) || lower.ends_with(" half");
    if phrase.contains([',', '$', '€', '£']) || counted || lower.contains(" no ") && !lower.contains(" with no ") {
        return false;
    }
    let edge = |word: Option<&&str>| word.is_none_or(|word| is_in(EDGES, &word.to_lowercase()));
    !edge(words.first()) && !edge(words.last()) && unknown <= UNKNOWN_MAX && food + unknown > 0
}

/// Whether food is what such a task orders. A kind of task of the user's own may order anything.
pub(super) fn is_served(template: &Template) -> bool {
    template.hints.iter().any(|hint| has_food(hint))
}

/// Whether anything is said of food.
pub(in super::super) fn has_food(text: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric()).any(is_food)
}

/// A small word with two letters swapped: "teh".
fn is_slip(word: &str) -> bool {
    const SMALL: [&str; 12] = ["the", "and", "for", "from", "with", "some", "please", "large", "small", "medium", "two", "one"];
    SMALL.iter().any(|small| strsim::osa_distance(word, small) == 1 && word.len() <= small.len() + 1)
}

fn is_in(list: &str, word: &str) -> bool {
    list.split_whitespace().any(|known| known == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dishes_and_what_is_none() {
        for dish in [
            "pepperoni pizza",
            "khachapuri",
            "bun bo hue",
            "calzone with ham",
            "two samosas and a mango lassi",
            "meat lover's pizza",
            "hot and sour soup",
        ] {
            assert!(is_dish(dish), "{dish}");
        }
        for none in ["lasagna dropped off", "with four portions of chips", "teh lentil soup", "has", "pizza for", "my usual", ""]
        {
            assert!(!is_dish(none), "{none}");
        }
    }
}
