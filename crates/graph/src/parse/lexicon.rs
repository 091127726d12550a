//! Words by what they are said of, in small letters.

use std::{collections::HashSet, sync::LazyLock};

static FOOD: LazyLock<HashSet<&str>> = LazyLock::new(|| include_str!("../../lexicon/food.txt").split_whitespace().collect());
static COMMON: LazyLock<HashSet<&str>> = LazyLock::new(|| include_str!("../../lexicon/common.txt").split_whitespace().collect());

/// Whether dishes are named with the word.
pub fn is_food(word: &str) -> bool {
    FOOD.contains(word.to_lowercase().as_str())
}

/// Whether it is a word of everyday speech that is said of other things than food, and is seldom a name by itself.
pub fn is_common(word: &str) -> bool {
    COMMON.contains(word.to_lowercase().as_str())
}

/// Whether a phrase of several words is everyday speech throughout: "same as last time". A single word may be a name ("Will").
pub fn is_speech(phrase: &str) -> bool {
    let mut words = phrase.split(|c: char| !c.is_alphanumeric() && c != '\'').filter(|word| !word.is_empty()).peekable();
    let several = words.clone().count() > 1;
    several && words.all(is_common)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_by_what_they_are_said_of() {
        assert!(is_food("Pepperoni") && !is_food("charger"));
        assert!(is_common("dropped") && !is_common("khachapuri"));
        assert!(is_speech("same as last time") && !is_speech("Rose") && !is_speech("the ribs"));
    }
}
