//! Whether a text stands in words that were said: whoever reads may shorten, and not add, turn around, or leave the "not" out.

use crate::clause::{has, plain};
use crate::meaning::{mentions, of_value};
use crate::numbers::tokens;
use crate::profile;
use types::{Evidence, Fact, FactKind, FactWanted};

const NO: [&str; 16] = [
    "no", "not", "dont", "doesnt", "cant", "cannot", "isnt", "arent", "wont", "never", "nope", "none", "nothing", "without",
    "didnt", "wasnt",
];

/// A price is an amount, a time a time; any words are words.
pub(super) fn is_of_its_kind(fact: &FactWanted, value: &str) -> bool {
    let kind = profile::kind(fact);
    kind == FactKind::Text || of_value(kind, value).is_some()
}

/// The value stands in the quoted words, or in what the callee says yes to with them.
pub(super) fn value(fact: &FactWanted, value: &str, quoted: &Evidence, judged: &Fact) -> bool {
    let kind = profile::kind(fact);
    let confirmed = judged.confirms.as_ref().filter(|_| judged.evidence.as_ref().is_some_and(|proof| proof.line == quoted.line));
    let said = [Some(quoted), confirmed];
    let Some(meant) = of_value(kind, value).map(|mention| mention.meaning) else { return words(value, &quoted.quote) };
    said.into_iter().flatten().any(|words| mentions(kind, &words.quote).iter().any(|mention| mention.meaning.agrees(&meant)))
}

/// Every word that says something, and every number, is among the words that were said; and both say no, or neither does.
pub(super) fn words(text: &str, said: &str) -> bool {
    let no = |text: &str| has(&plain(text), &NO);
    let said_tokens = tokens(said);
    let stem = |word: &str| word.chars().take(5).collect::<String>();
    let known = |word: &str, number: bool| {
        said_tokens
            .iter()
            .any(|token| token.number == number && (token.word == word || !number && stem(&token.word) == stem(word)))
    };
    let told = tokens(text);
    let weighty = |word: &str| word.chars().count() >= 3 && !SMALL.contains(&word);
    let mut counted = told.iter().filter(|token| token.number || weighty(&token.word)).peekable();
    counted.peek().is_some() && counted.all(|token| known(&token.word, token.number)) && no(text) == no(said)
}

/// Words that add nothing by themselves.
const SMALL: [&str; 22] = [
    "the", "and", "that", "this", "they", "them", "their", "there", "have", "has", "are", "was", "for", "with", "you", "your",
    "will", "yes", "its", "our", "please", "can",
];
