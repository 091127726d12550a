//! A word of a name or an address that was misheard, set right by the caller: spelt letter by letter, or said again.

use super::script::Fields;
use super::words::{STREETS, capitalised, plain};

/// The fields whose words are nobody's but the caller's.
const OWN_WORDS: [&str; 2] = ["user_name", "delivery_address"];
/// From here on (0 to 1) a word is taken for another one that was misheard.
const NEAR: f64 = 0.6;

/// A word of a name or an address that the caller spells is written as it is spelt, in the field that has the like.
pub(super) fn spelt(read: &mut Vec<(&'static str, String)>, fields: &Fields, said: &str) {
    let respelt = OWN_WORDS.into_iter().filter_map(|field| {
        let told = read.iter().find(|(name, _)| *name == field).map(|(_, value)| value);
        let (value, nearness) = respelt(told.or_else(|| fields.get(field))?, said)?;
        Some((field, value, nearness))
    });
    let nearest = respelt.max_by(|(.., one), (.., other)| one.total_cmp(other));
    if let Some((field, value, nearness)) = nearest {
        // Letters like nothing that is written down are a surname that was not heard.
        let (field, value) = match fields.get("user_name") {
            Some(name) if nearness < NEAR && !name.contains(' ') => ("user_name", with_spelt(name, said)),
            Some(_) | None => (field, value),
        };
        read.retain(|(name, _)| *name != field);
        read.push((field, value));
    }
}

/// "No … that's Elm": the word that the caller says again by itself, in the field that has the like.
pub(super) fn said_again(fields: &Fields, plain: &str) -> Option<(&'static str, String)> {
    const BEFORE: [&str; 10] = ["that's", "thats", "it's", "its", "this", "is", "be", "no", "not", "said"];
    /// What is said of the whole, and not in its place.
    const JUDGEMENTS: [&str; 34] = [
        "wrong",
        "right",
        "it",
        "all",
        "correct",
        "incorrect",
        "fine",
        "good",
        "great",
        "okay",
        "ok",
        "everything",
        "not",
        "no",
        "true",
        "false",
        "me",
        "mine",
        "the",
        "a",
        "perfect",
        "enough",
        "that",
        "this",
        "problem",
        "name",
        "address",
        "street",
        "different",
        "so",
        "thanks",
        "please",
        "better",
        "yes",
    ];
    let words: Vec<&str> = plain.split(' ').collect();
    let (last, before) = words.split_last()?;
    let alone = before.last().is_some_and(|word| BEFORE.contains(word)) && last.chars().all(char::is_alphabetic);
    if !alone || JUDGEMENTS.contains(last) {
        return None;
    }
    let near = OWN_WORDS.into_iter().filter_map(|field| Some((field, in_place(fields.get(field)?, last, last)?)));
    let (field, (value, nearness)) = near.max_by(|(_, (_, one)), (_, (_, other))| one.total_cmp(other))?;
    (nearness >= NEAR).then_some((field, value))
}

/// A name, and what the caller has spelt out after it.
fn with_spelt(name: &str, said: &str) -> String {
    let spelt = speech::spelt_words(said).into_iter().next().map(|letters| capitalised(&as_heard(&letters, said)));
    spelt.map_or_else(|| name.to_owned(), |spelt| format!("{name} {spelt}"))
}

/// The letters as a word: as it was heard, if they could be its own.
fn as_heard(letters: &str, said: &str) -> String {
    plain(said).split(' ').find(|word| speech::could_be_spelt(word, letters)).unwrap_or(letters).to_owned()
}

/// A value in which the word that the caller has spelt out is written as it was spelt, and how near it was (0 to 1). Letters
/// that sound alike are taken from the word itself where it was heard.
fn respelt(value: &str, said: &str) -> Option<(String, f64)> {
    let letters = speech::spelt_words(said).into_iter().next()?;
    in_place(value, &letters, &as_heard(&letters, said))
}

/// A value in which the word that is nearest to the `heard` one is written anew, and how near it was (0 to 1).
fn in_place(value: &str, heard: &str, written: &str) -> Option<(String, f64)> {
    let mut parts: Vec<String> = value.split_whitespace().map(str::to_owned).collect();
    let near = |part: &str| {
        let part = part.to_lowercase();
        if STREETS.contains(&part.as_str()) { 0.0 } else { strsim::jaro_winkler(&part, heard) }
    };
    let nearest = parts.iter_mut().max_by(|one, other| near(one).total_cmp(&near(other)))?;
    let nearness = near(nearest);
    *nearest = capitalised(written);
    Some((parts.join(" "), nearness))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spelt_names_are_written_as_they_are_spelt() {
        let written = |value: &str, said: &str| respelt(value, said).map(|(value, _)| value);
        assert_eq!(written("Mario Lopez", "No, Maria, that's M, a r, i, a..").as_deref(), Some("Maria Lopez"));
        assert_eq!(written("Jon Miller", "No, John, that's J. O. H. M..").as_deref(), Some("John Miller"));
        assert_eq!(written("12 Alm Street", "No elm, that's e, l, m").as_deref(), Some("12 Elm Street"));
        assert_eq!(written("Maria Lopez", "No, one large pizza."), None);
    }

    #[test]
    fn a_word_said_again_takes_the_place_of_the_one_that_is_like_it() {
        let fields: Fields =
            [("user_name".to_owned(), "Mario Lopez".to_owned()), ("delivery_address".to_owned(), "12 Alm Street".to_owned())]
                .into();
        for (said, corrected) in [
            ("No-own that's elm.", Some(("delivery_address", "12 Elm Street"))),
            ("No, it's Elm.", Some(("delivery_address", "12 Elm Street"))),
            ("No, Elm.", Some(("delivery_address", "12 Elm Street"))),
            ("No, that's Maria.", Some(("user_name", "Maria Lopez"))),
            ("It should be Maria.", Some(("user_name", "Maria Lopez"))),
            ("No, that's wrong.", None),
            ("That's not right.", None),
            ("No, that's it.", None),
            ("No, that's all.", None),
            ("No, it's a pizza with mushrooms.", None),
            ("No, that's Friday.", None),
            ("Elm.", None),
        ] {
            let expected = corrected.map(|(field, value)| (field, value.to_owned()));
            assert_eq!(said_again(&fields, &plain(said)), expected, "{said}");
        }
    }
}
