//! Words as they are typed in haste, put as the other readers know them: "pls", "u", "wednsday", "delivrey".

use super::pattern;
use regex::{Captures, Regex};
use std::sync::LazyLock;

/// Short forms, and what they stand for. None is a word of its own.
const SHORT: [(&str, &str); 48] = [
    ("pls", "please"),
    ("plz", "please"),
    ("u", "you"),
    ("thx", "thanks"),
    ("tx", "thanks"),
    ("w/", "with"),
    ("w/o", "without"),
    ("id", "I'd"),
    ("im", "I'm"),
    ("ive", "I've"),
    ("lets", "let's"),
    ("theres", "there's"),
    ("whats", "what's"),
    ("hows", "how's"),
    ("dont", "don't"),
    ("doesnt", "doesn't"),
    ("cant", "can't"),
    ("wont", "won't"),
    ("couldnt", "couldn't"),
    ("isnt", "isn't"),
    ("shes", "she's"),
    ("hes", "he's"),
    ("theyre", "they're"),
    ("youre", "you're"),
    ("appt", "appointment"),
    ("apptmt", "appointment"),
    ("wanna", "want to"),
    ("gonna", "going to"),
    ("gotta", "have to"),
    ("gimme", "give me"),
    ("lemme", "let me"),
    ("ppl", "people"),
    ("em", "them"),
    ("'em", "them"),
    ("tmrw", "tomorrow"),
    ("tmr", "tomorrow"),
    ("tmw", "tomorrow"),
    ("tomo", "tomorrow"),
    ("2moro", "tomorrow"),
    ("2nite", "tonight"),
    ("tonite", "tonight"),
    ("nite", "night"),
    ("bday", "birthday"),
    ("resto", "restaurant"),
    ("rezzie", "reservation"),
    ("asap", "as soon as possible"),
    ("cuz", "because"),
    ("@", "at"),
];

/// Words that are worth recognising when a letter is missing, doubled or swapped.
const KNOWN: &str = "order table large medium small delivery deliver delivered pickup takeaway appointment reservation reserve \
    booking schedule reschedule cancel cancelled postpone tomorrow tonight today monday tuesday wednesday thursday \
    friday saturday sunday november december january february restaurant dentist haircut please question";

static WORD: LazyLock<Regex> = LazyLock::new(|| pattern(r"'?[\p{L}\d]+(?:'\p{L}+)?(?:/o?)?|@"));

/// The text with short forms written out and plain slips in well-known words mended. Words with a capital stay: they may be
/// names.
pub fn mend(text: &str) -> String {
    WORD.replace_all(text, |found: &Captures<'_>| {
        let word = &found[0];
        let before = text[..found.get(0).map_or(0, |m| m.start())].chars().next_back();
        if before.is_some_and(|c| !c.is_whitespace() && !"(,.;:!?-\"".contains(c)) {
            return word.to_owned();
        }
        let slash = word.ends_with('/') && word != "w/";
        let lower = word.to_lowercase();
        if slash {
            return word.to_owned();
        }
        if let Some((_, long)) = SHORT.iter().find(|(short, _)| *short == lower) {
            return (*long).to_owned();
        }
        if word.chars().any(char::is_uppercase) {
            let rest = &word[word.char_indices().nth(1).map_or(word.len(), |(at, _)| at)..];
            let first = text[..found.get(0).map_or(0, |m| m.start())].trim_end();
            // Only at the start of a sentence is a capital no sign of a name; days have one everywhere.
            let may = first.is_empty() || first.ends_with(['.', '!', '?']) || lower.ends_with("day");
            if !may || rest.chars().any(char::is_uppercase) {
                return word.to_owned();
            }
            return slip(&lower).map_or_else(|| word.to_owned(), super::title_case);
        }
        slip(&lower).map_or_else(|| word.to_owned(), str::to_owned)
    })
    .into_owned()
}

/// The well-known word that was meant, if this one is none and only one letter is missing, doubled or swapped.
fn slip(word: &str) -> Option<&'static str> {
    /// Too short to be sure.
    const LETTERS_MIN: usize = 4;
    /// From here on a wrong letter is a slip too; in shorter words it makes another word ("cable").
    const LETTERS_LONG: usize = 7;
    let ending = |known: &str| {
        word.strip_prefix(known).is_some_and(|ending| ["", "s", "d", "r", "ed", "er", "es", "ing", "'s"].contains(&ending))
    };
    if word.len() < LETTERS_MIN || !word.is_ascii() || KNOWN.split(' ').any(ending) {
        return None;
    }
    let near = |known: &&'static str| {
        let close = strsim::osa_distance(word, known) == 1
            && (word.len() != known.len() || known.len() >= LETTERS_LONG || swapped(word, known));
        let longer = known.len() >= 8 && strsim::osa_distance(word, known) == 2 && word.len() >= 8;
        word.as_bytes()[0] == known.as_bytes()[0] && (close || longer)
    };
    KNOWN.split(' ').find(near)
}

fn swapped(word: &str, known: &str) -> bool {
    let sorted = |text: &str| {
        let mut letters = text.as_bytes().to_vec();
        letters.sort_unstable();
        letters
    };
    sorted(word) == sorted(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_mended_and_words_are_not() {
        for (text, meant) in [
            ("ordr a lrge pizza for delivrey pls", "order a large pizza for delivery please"),
            ("reserv a tabel on wednsday", "reserve a table on wednesday"),
            ("Rescedule my eye test", "Reschedule my eye test"),
            ("id like a burger w/ no pickles", "I'd like a burger with no pickles"),
            ("ask em if theres a list", "ask them if there's a list"),
            ("cancel appt", "cancel appointment"),
            ("an appointmnt tommorow", "an appointment tomorrow"),
        ] {
            assert_eq!(mend(text), meant);
        }
        for same in [
            "border",
            "orders",
            "cable",
            "deliver",
            "delivers",
            "under Tabel",
            "a sunny cafe",
            "the label",
            "later",
            "plea",
            "I'm at 5/12",
        ] {
            assert_eq!(mend(same), same);
        }
    }
}
