//! Words spelt out letter by letter, as a recogniser writes them: "M, a, r, i, a", "J. O. H. N.", "s-m-i-t-h".

use regex::Regex;
use std::sync::LazyLock;

/// Names of letters that cannot be told apart over a telephone line.
const ALIKE: [&str; 4] = ["mn", "sf", "bdptvegcz", "ajk"];

/// The words that are spelt out in the text, in small letters, each of three letters or more.
pub fn spelt_words(text: &str) -> Vec<String> {
    /// The apostrophe keeps "that's M" from being two letters.
    static LETTERS: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"(?i)(?:^|[\s,.:;-])([a-z](?:[\s,.-]+[a-z]\b){2,})").expect("the pattern is tested"));
    let letters = |run: &str| run.chars().filter(|c| c.is_alphabetic()).flat_map(char::to_lowercase).collect();
    let text = text.replace("a.m", "").replace("p.m", "");
    LETTERS.captures_iter(&text).map(|found| letters(&found[1])).collect()
}

/// Whether the word could have been spelt with these letters, if some that sound alike were taken for one another.
pub fn could_be_spelt(word: &str, letters: &str) -> bool {
    let word: Vec<char> = word.chars().flat_map(char::to_lowercase).collect();
    let letters: Vec<char> = letters.chars().collect();
    let alike = |one, other| one == other || ALIKE.iter().any(|group| group.contains(one) && group.contains(other));
    word.len() == letters.len() && word.iter().zip(&letters).all(|(one, other)| alike(*one, *other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_in_a_row_are_a_word() {
        for (text, words) in [
            ("No, Maria, that's M, a r, i, a..", &["maria"][..]),
            ("No, John, that's J. O. H. M..", &["johm"]),
            ("it's maria, m-a-r-i-a-lopez, l-o-p-e-z.", &["maria", "lopez"]),
            ("Is that a large or a small one?", &[]),
            ("At 7 p.m. I am at a table", &[]),
        ] {
            assert_eq!(spelt_words(text), words, "{text}");
        }
    }

    #[test]
    fn letters_that_sound_alike_are_forgiven() {
        assert!(could_be_spelt("John", "johm") && could_be_spelt("Lopez", "lopec") && could_be_spelt("Maria", "maria"));
        assert!(!could_be_spelt("Mario", "maria") && !could_be_spelt("Loris", "laura") && !could_be_spelt("Maria", "aria"));
    }
}
