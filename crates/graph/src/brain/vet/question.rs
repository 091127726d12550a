//! Whether a question is built so plainly that it can be turned round and asked without changing what it asks.

use crate::parse::pattern;
use regex::Regex;
use std::sync::LazyLock;

/// More words than this are more than one thought.
const WORDS_MAX: usize = 16;
/// Who is asked, without a name.
static ASKED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:ask|call|phone|ring|with|contact|at|from|of|tell)\s+(?:up\s+)?(?:the|my|our|a|an|them|him|her|this|that|that\s+place|\+?\(?\d)\b|\b(?:ask|call)\s*\|",
    )
});
/// Of whom something is said, if it is none that could be the name of a business.
static SUBJECT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)^(?:
            (?:if|whether)\s+(?:they|you|there|i|i'm|we|it|it's|my|our|the|a|an|any|some|their|your|anyone|somebody|someone)\b
          | (?:do|does|did|is|are|was|were|can|could|will|would|have|has|should|may)\s+(?:they|you|there|i|we|it|my|our|the|a|an|any|your|their)\b
          | (?:what|when|where|which|who|why|how)\b
          | about\b | for\s+their\b
        )",
    )
});
static ABOUT: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\babout\s[^.?!|]*\band\s+(?:if|whether|what|when|how|where|which|do)\b"));
static PREPOSITION: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\b(?:on|at|in|for|from|to|with|by|of|until|since)\s+$"));
static THEY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)^(?:(?:if|whether|do|are|can|could|will|would|have|what|when|where|which|how)\s+(?:\S+\s+){0,2}?)they\b")
});
/// A question of how much or which, with the thing before its verb: "how much plywood is".
static TURNED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:how\s+(?:much|many)|what|which)\s+(?:\p{L}+\s+){2,}?(?:is|are|was|were)\b|^how\s+(?:much|many)\s+\p{L}+\s+(?:is|are|was|were)\b",
    )
});

/// Whether a question is plain. `said` is the message that it was found in, `named` whether the one who is asked has a name.
pub(in super::super) fn is_plain(question: &str, said: &str, named: bool) -> bool {
    let words: Vec<&str> = question.split_whitespace().collect();
    let lower = question.to_lowercase();
    let has = |word: &str| lower.split(|c: char| !c.is_alphanumeric() && c != '\'').any(|other| other == word);
    let capital = |word: &&str| {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric());
        word.chars().next().is_some_and(char::is_uppercase) && !super::names::is_no_name(&word.to_lowercase())
    };
    let somebody = words.iter().skip(1).any(capital);
    let whom = named || ASKED.is_match(said);
    // "guests … their luggage": whose it is decides whether it is "your".
    let theirs = (has("their") || has("them")) && !has("they");
    let owned = ["their ", "if their ", "whether their ", "what their ", "about their ", "for their "]
        .iter()
        .any(|lead| lower.starts_with(lead));
    let unclear = theirs && !owned || ["he", "she", "he's", "she's"].into_iter().any(&has);
    let plain = words.len() <= WORDS_MAX && !question.contains(',') && !unclear && !TURNED.is_match(question);
    // Who is spoken of as "they" is named nowhere else.
    let stranger = somebody && !THEY.is_match(question);
    // "on which nights": the question begins before its first word.
    let cut = said.to_lowercase().find(&lower).is_some_and(|at| PREPOSITION.is_match(&said[..at.min(said.len())]));
    // "about parking and whether they take cards": there is more to be asked.
    let more = !lower.starts_with("about") && ABOUT.is_match(said);
    let plain = plain && !cut && !more;
    let begins = SUBJECT.is_match(question) || named && !lower.starts_with("for ");
    plain && begins && (named || !stranger) && (whom || !has("there"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_questions() {
        for (question, said, named) in [
            ("if they have oat milk", "ask Tony's if they have oat milk", true),
            ("do they have parking", "call the shop, do they have parking", false),
            ("when they close on Sundays", "find out when they close on Sundays", false),
            ("whether my prescription is ready", "ask the pharmacy whether my prescription is ready", false),
        ] {
            assert!(is_plain(question, said, named), "{question}");
        }
        for (question, said, named) in [
            ("if bright smiles has a dentist who speaks spanish", "find out if bright smiles has a dentist", false),
            ("whether they have a sauna, and if so, when", "ask whether they have a sauna, and if so, when", true),
            ("where guests can leave their luggage", "ask the hotel where guests can leave their luggage", false),
            ("how much plywood is these days", "inquire at the shop how much plywood is these days", false),
            ("which brands Harmon Tools carries", "find out which brands Harmon Tools carries", false),
        ] {
            assert!(!is_plain(question, said, named), "{question}");
        }
    }
}
