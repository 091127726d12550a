//! Reading what people write: numbers, days, times, counts, names, addresses.
//!
//! Each reader has up to two forms. `find` looks for the thing inside a sentence, where it must show itself by its shape or
//! by a word before it; `read` takes the whole text as the answer to a question. What is found is put in the one form in
//! which the conversation and the call speak of it, and reading that form again gives the same.

pub mod address;
pub mod appointment;
pub mod asked;
pub mod change;
pub mod contact;
pub mod count;
pub mod date;
pub mod item;
pub mod lexicon;
pub mod machine;
pub mod money;
pub mod name;
pub mod phone;
pub mod question;
pub mod retry;
pub mod spelling;
pub mod time;
pub mod words;

use std::ops::Range;

/// A thing found inside a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Where, in bytes, with the words that belong to it ("at", "for").
    pub range: Range<usize>,
    /// What it means, or why it cannot be used, as a sentence that says what would be right.
    pub value: Result<String, String>,
}

/// A regular expression of this program's own.
pub(crate) fn pattern(source: &str) -> regex::Regex {
    regex::Regex::new(source).expect("the program's own patterns are well-formed; every one is used in a test")
}

/// A number in words, 0 to 99; digits are left to the caller.
pub(crate) fn number_word(word: &str) -> Option<u32> {
    use types::number_words::{CARDINALS, TENS};
    let word = word.to_lowercase();
    let place = |list: &[&str], word: &str| list.iter().position(|known| *known == word).and_then(|n| u32::try_from(n).ok());
    if let Some(ones) = place(&CARDINALS, &word) {
        return Some(ones);
    }
    let (tens, ones) = word.split_once(['-', ' ']).unwrap_or((word.as_str(), "zero"));
    let ones = place(&CARDINALS[..10], ones)?;
    place(&TENS, tens).map(|tens| (tens + 2) * 10 + ones)
}

/// Upper case for the first letter of every word, for what was written in lower case throughout.
pub(crate) fn title_case(text: &str) -> String {
    if text.chars().any(char::is_uppercase) {
        return text.to_owned();
    }
    let capital = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>()).unwrap_or_default()
    };
    text.split(' ').map(capital).collect::<Vec<_>>().join(" ")
}

/// One space between words, none around, and no punctuation at either end.
pub(crate) fn tidy(text: &str) -> String {
    let joined = text.split_whitespace().collect::<Vec<_>>().join(" ");
    joined.trim_matches([' ', ',', ';', ':', '-', '–', '|']).trim_end_matches(['.', '!']).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_words() {
        for (word, number) in
            [("zero", Some(0)), ("Twelve", Some(12)), ("twenty-five", Some(25)), ("forty", Some(40)), ("many", None)]
        {
            assert_eq!(number_word(word), number, "{word}");
        }
    }
}
