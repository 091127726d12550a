//! Words spelt out letter by letter, as a recogniser writes them: "M, a, r, i, a", "J. O. H. N.", "s-m-i-t-h".

use regex::Regex;
use std::sync::LazyLock;

/// Names of letters that cannot be told apart over a telephone line.
const ALIKE: [&str; 4] = ["mn", "sf", "bdptvegcz", "ajk"];

/// The words of the telephone alphabet, from A to Z (ICAO).
const ALPHABET: [&str; 26] = [
    "Alpha", "Bravo", "Charlie", "Delta", "Echo", "Foxtrot", "Golf", "Hotel", "India", "Juliet", "Kilo", "Lima", "Mike",
    "November", "Oscar", "Papa", "Quebec", "Romeo", "Sierra", "Tango", "Uniform", "Victor", "Whiskey", "Xray", "Yankee", "Zulu",
];

/// The word for a letter on the telephone: "Mike" for M. `None` for what is no letter from A to Z.
pub fn alphabet_word(letter: char) -> Option<&'static str> {
    let place = u32::from(letter.to_ascii_lowercase()).checked_sub(u32::from('a'))?;
    ALPHABET.get(usize::try_from(place).ok()?).copied()
}

/// The letters of "M as in Mike, A as in Alpha": the words are heard where the letters are not ("Ellis and Lima").
fn in_alphabet(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let (mut letters, mut introduced) = (String::new(), 0);
    for (at, word) in words.iter().enumerate() {
        let Some(known) = ALPHABET.iter().find(|known| known.eq_ignore_ascii_case(word)) else { continue };
        letters.extend(known.chars().next().map(|c| c.to_ascii_lowercase()));
        let before = at.checked_sub(1).map_or("", |before| words[before]);
        introduced += usize::from(["in", "an", "and"].iter().any(|word| word.eq_ignore_ascii_case(before)));
    }
    // Most of them, because some are names of people and months as well.
    (letters.len() >= 3 && introduced * 3 >= letters.len() * 2).then_some(letters)
}

/// The words that are spelt out in the text, in small letters, each of three letters or more.
pub fn spelt_words(text: &str) -> Vec<String> {
    if let Some(letters) = in_alphabet(text) {
        return vec![letters];
    }
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
            (
                "The name is John Miller, M. S. and Mike, I as an India, Ellis and Lima, Ellis and Lima, E as an Echo, R as in Romeo.",
                &["miller"],
            ),
            ("The address is twelve elm street, e is an echo, el is an lima, m is in mike.", &["elm"]),
            ("On behalf of Mike and Victor, at the Hotel in India.", &[]),
            ("On Friday, November 27, for Mike.", &[]),
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
