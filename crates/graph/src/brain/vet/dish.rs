//! Whether words name something to eat or drink.

use std::{collections::HashSet, sync::LazyLock};

/// Words of which dishes are named, in small letters.
static FOOD: LazyLock<HashSet<&str>> = LazyLock::new(|| include_str!("../../../lexicon/food.txt").split_whitespace().collect());
/// Common words that are said of other things: where one stands in what was taken for a dish, more was taken than the dish.
static COMMON: LazyLock<HashSet<&str>> =
    LazyLock::new(|| include_str!("../../../lexicon/common.txt").split_whitespace().collect());
/// Words that join the parts of a dish, or of a list of dishes.
const JOINS: &str = "and with without of on in no extra the a an plus n style some la le al el de del di da";
/// Words that begin or end no dish.
const EDGES: &str = "and with without of on in no extra plus n the";

/// Whether a phrase names a dish or a list of them: words that are said of food, and words that nobody uses for anything else
/// ("khachapuri").
pub(super) fn is_dish(phrase: &str) -> bool {
    /// More unknown words than this are a sentence.
    const UNKNOWN_MAX: usize = 3;
    let words: Vec<&str> = phrase.split(|c: char| !c.is_alphanumeric() && c != '\'').filter(|word| !word.is_empty()).collect();
    let (mut food, mut unknown) = (0, 0);
    for word in &words {
        let lower = word.to_lowercase();
        let plain = lower.strip_suffix("'s").unwrap_or(&lower);
        if FOOD.contains(lower.as_str()) || FOOD.contains(plain) {
            food += 1;
        } else if is_in(JOINS, &lower) || lower.parse::<u32>().is_ok() || crate::parse::number_word(&lower).is_some() {
        } else if COMMON.contains(lower.as_str()) || COMMON.contains(plain) || is_slip(&lower) || word.contains('\'') {
            return false;
        } else {
            unknown += 1;
        }
    }
    // "a wrap, light dressing": what stands behind the comma may be a part of it or a wish.
    if phrase.contains(',') {
        return false;
    }
    let edge = |word: Option<&&str>| word.is_none_or(|word| is_in(EDGES, &word.to_lowercase()));
    !edge(words.first()) && !edge(words.last()) && unknown <= UNKNOWN_MAX && food + unknown > 0
}

/// Whether anything is said of food.
pub(super) fn has_food(text: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric()).any(|word| FOOD.contains(word.to_lowercase().as_str()))
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
