//! Understanding of what was said on the telephone, as far as a clerk needs it: numbers, yes and no, names, addresses.
//!
//! Everything here expects the mistakes of speech recognition: number words, missing punctuation, a letter too few.

use regex::Regex;
use std::sync::LazyLock;
use types::number_words::{CARDINALS, TENS};

/// The words of a text: lower case, digits for number words, no punctuation. `7:30` and `p.m.` stay one word each.
pub(crate) fn plain(text: &str) -> String {
    let lower = text.to_lowercase().replace(['\u{2019}', '\u{2018}'], "'");
    let lower = lower.replace("p.m.", "pm").replace("a.m.", "am").replace("p.m", "pm").replace("a.m", "am");
    let lower = lower.replace("p m ", "pm ").replace("o'clock", "oclock").replace("o clock", "oclock");
    let chars: Vec<char> = lower.chars().collect();
    let digit = |at: Option<usize>| at.and_then(|at| chars.get(at)).is_some_and(char::is_ascii_digit);
    let cleaned: String = chars
        .iter()
        .enumerate()
        .map(|(i, c)| match c {
            ':' | '.' if digit(i.checked_sub(1)) && digit(Some(i + 1)) => *c,
            '\'' => '\'',
            c if c.is_alphanumeric() => *c,
            _ => ' ',
        })
        .collect();
    let words: Vec<&str> = cleaned.split_whitespace().collect();
    let mut out: Vec<String> = Vec::with_capacity(words.len());
    let mut at = 0;
    while at < words.len() {
        let (number, used) = cardinal(&words[at..]);
        let after_number = out.last().is_some_and(|last| last.ends_with(|c: char| c.is_ascii_digit()));
        if after_number && matches!(words[at], "a" | "p") && words.get(at + 1) == Some(&"m") {
            out.push(format!("{}m", words[at]));
            at += 2;
            continue;
        }
        if used > 0 {
            out.push(number.to_string());
            at += used;
        } else {
            out.push(words[at].to_owned());
            at += 1;
        }
    }
    out.join(" ")
}

fn unit(word: &str) -> Option<u32> {
    CARDINALS.iter().position(|w| *w == word).and_then(|n| u32::try_from(n).ok())
}

fn tens(word: &str) -> Option<u32> {
    TENS.iter().position(|w| *w == word).and_then(|n| u32::try_from(n).ok()).map(|n| 20 + 10 * n)
}

/// One number below a thousand at the start of the words, and how many words it takes; 0 words if there is none.
fn cardinal(words: &[&str]) -> (u32, usize) {
    let below_hundred = |at: usize| -> (u32, usize) {
        let Some(word) = words.get(at) else { return (0, 0) };
        match (unit(word), tens(word)) {
            (Some(n), _) => (n, 1),
            (None, Some(n)) => match words.get(at + 1).and_then(|next| unit(next)).filter(|next| (1..10).contains(next)) {
                Some(next) => (n + next, 2),
                None => (n, 1),
            },
            (None, None) => (0, 0),
        }
    };
    let (n, used) = below_hundred(0);
    if used == 1 && (1..10).contains(&n) && words.get(1) == Some(&"hundred") {
        let skip = if words.get(2) == Some(&"and") { 3 } else { 2 };
        return match below_hundred(skip) {
            (_, 0) => (n * 100, 2),
            (rest, more) => (n * 100 + rest, skip + more),
        };
    }
    (n, used)
}

/// Whether the words hold the phrase, as whole words.
pub(crate) fn has(plain: &str, phrase: &str) -> bool {
    position(plain, phrase).is_some()
}

/// Whether the words hold one of the phrases.
pub(crate) fn has_any(plain: &str, phrases: &[&str]) -> bool {
    phrases.iter().any(|phrase| has(plain, phrase))
}

/// Where the phrase begins in the words, in bytes.
pub(crate) fn position(plain: &str, phrase: &str) -> Option<usize> {
    let mut from = 0;
    while let Some(found) = plain[from..].find(phrase) {
        let (start, end) = (from + found, from + found + phrase.len());
        let free = |c: Option<char>| c.is_none_or(|c| c == ' ');
        if free(plain[..start].chars().next_back()) && free(plain[end..].chars().next()) {
            return Some(start);
        }
        from = start + phrase.len().max(1);
    }
    None
}

/// Whether the words hold something that sounds like the target, one word: one or two words together, a letter or two off.
/// A target of several words must be there as it is, because their common halves would sound like other things.
pub(crate) fn sounds_like(plain: &str, target: &str) -> bool {
    if target.contains(' ') {
        return has(plain, target);
    }
    let words: Vec<&str> = plain.split_whitespace().collect();
    let close = |heard: &str| {
        heard == target
            || (target.len() >= 5 && heard.len().abs_diff(target.len()) <= 2 && strsim::jaro_winkler(heard, target) >= 0.9)
    };
    words.iter().any(|word| close(word)) || words.windows(2).any(|pair| close(&pair.concat()))
}

/// Whether it is a yes.
pub(crate) fn is_yes(plain: &str) -> bool {
    const WORDS: [&str; 17] = [
        "yes",
        "yeah",
        "yep",
        "yup",
        "correct",
        "right",
        "exactly",
        "sure",
        "perfect",
        "okay",
        "ok",
        "absolutely",
        "of course",
        "sounds good",
        "that is it",
        "that's it",
        "yes please",
    ];
    !is_no(plain) && has_any(plain, &WORDS)
}

/// Whether it is a no.
pub(crate) fn is_no(plain: &str) -> bool {
    plain.starts_with("no ")
        || plain == "no"
        || has_any(plain, &["nope", "incorrect", "wrong", "not right", "not correct", "not quite"])
}

/// Whether something is to be changed.
pub(crate) fn is_correction(plain: &str) -> bool {
    is_no(plain)
        || has_any(plain, &["actually", "instead", "change", "except", "but", "should be", "make it", "not", "rather", "add"])
}

/// Whether the caller says goodbye.
pub(crate) fn is_goodbye(plain: &str) -> bool {
    has_any(
        plain,
        &["goodbye", "good bye", "bye", "bye bye", "have a good day", "have a nice day", "have a great day", "have a good one"],
    )
}

/// Whether the caller asks for the last words again.
pub(crate) fn wants_repeat(plain: &str) -> bool {
    const PHRASES: [&str; 10] = [
        "repeat",
        "say that again",
        "say it again",
        "come again",
        "pardon",
        "didn't catch",
        "did not catch",
        "didn't understand",
        "didn't hear",
        "one more time",
    ];
    has_any(plain, &PHRASES)
}

/// Whether the caller says that they do not know.
pub(crate) fn cannot_say(plain: &str) -> bool {
    const PHRASES: [&str; 13] = [
        "can't answer",
        "cannot answer",
        "can not answer",
        "don't know",
        "do not know",
        "don't have that",
        "do not have that",
        "not sure",
        "pass it on",
        "pass that on",
        "no preference",
        "doesn't matter",
        "any is fine",
    ];
    has_any(plain, &PHRASES)
}

/// Whether we are asked to wait.
pub(crate) fn asks_to_wait(plain: &str) -> bool {
    has_any(plain, &["1 moment", "a moment", "1 second", "a second", "1 minute", "still checking", "hold on", "bear with me"])
}

/// Whether it is a mere greeting.
pub(crate) fn is_greeting(plain: &str) -> bool {
    let words: Vec<&str> = plain.split_whitespace().collect();
    !words.is_empty()
        && words.len() <= 5
        && words.iter().all(|word| {
            ["hello", "hi", "hey", "good", "morning", "afternoon", "evening", "there", "anyone", "is", "are", "you", "anybody"]
                .contains(word)
        })
}

/// The first whole number.
pub(crate) fn number(plain: &str) -> Option<u32> {
    plain.split(' ').find_map(|word| word.parse().ok())
}

/// How many, as the answer to exactly that question; the recogniser writes "to" and "for" where it should write 2 and 4.
pub(crate) fn count_answer(plain: &str) -> Option<u32> {
    let counted = number(plain).filter(|n| (1..=99).contains(n));
    counted.or_else(|| match plain.trim_start_matches("just ").trim_end_matches(" please") {
        "a" | "an" | "won" | "a single" | "single" | "just the" | "a pizza" => Some(1),
        "to" | "too" | "a couple" => Some(2),
        "for" | "fore" => Some(4),
        "ate" => Some(8),
        _ => None,
    })
}

/// A telephone number of 7 digits or more, digits only.
pub(crate) fn telephone(plain: &str) -> Option<String> {
    let mut digits = String::new();
    for word in plain.split(' ') {
        if word.bytes().all(|b| b.is_ascii_digit()) {
            digits += word;
        } else if digits.len() >= 7 {
            break;
        } else {
            digits.clear();
        }
    }
    (digits.len() >= 7).then_some(digits)
}

/// Pieces of the text between full stops, question and exclamation marks.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.split(['.', '!', '?', ';']).map(str::trim).filter(|sentence| !sentence.is_empty())
}

/// A person's name in the text. `asked` says that the clerk has just asked for it, so that a bare name will do.
pub(crate) fn name(text: &str, asked: bool) -> Option<String> {
    const MARKERS: [&str; 12] = [
        "on behalf of",
        "under the name of",
        "in the name of",
        "under the name",
        "the name is",
        "my name is",
        "name is",
        "name's",
        "the name should be",
        "the name to",
        "name would be",
        "this order is for",
    ];
    // "Dr." and initials must not end the sentence: only a stop before a space and a capital or the end does, and short words do not.
    let marked = sentences(text).flat_map(|sentence| {
        let lower = sentence.to_lowercase();
        MARKERS.into_iter().filter_map(move |marker| {
            let at = lower.find(marker)?;
            sentence.get(at + marker.len()..).and_then(|rest| as_name(rest, 5))
        })
    });
    // A pause after the first name is heard as the end of the sentence: then the name that is whole counts.
    let words = |name: &String| name.split(' ').count();
    if let Some(name) = marked.reduce(|one, other| if words(&other) > words(&one) { other } else { one }) {
        return Some(name);
    }
    if !asked || cannot_say(&plain(text)) {
        return None;
    }
    let mut rest = sentences(text).next()?;
    const FILLERS: [&str; 17] = [
        "yes,",
        "yes",
        "sure,",
        "sure",
        "okay,",
        "of course,",
        "it's for",
        "it is for",
        "that's for",
        "it's under",
        "it's",
        "it is",
        "that's",
        "that would be",
        "under",
        "for",
        "please",
    ];
    loop {
        let lower = rest.to_lowercase();
        let Some(filler) = FILLERS.iter().find(|f| lower.strip_prefix(*f).is_some_and(|r| r.starts_with([' ', ',']))) else {
            break;
        };
        rest = rest[filler.len()..].trim_start_matches([' ', ',']);
    }
    as_name(rest, 4)
}

static PAUSED_NAME: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^(\p{Lu}[\w'-]+), (\p{Lu}[\w'-]+\.?$)").expect("the pattern is tested"));

/// The words up to where a name must end, with capitals; `None` if that is no name.
fn as_name(text: &str, words_max: usize) -> Option<String> {
    const ENDS: [&str; 27] = [
        "i", "i'd", "i'm", "i'll", "and", "please", "would", "we", "thank", "thanks", "who", "with", "he", "she", "they", "to",
        "at", "is", "it", "it's", "on", "not", "instead", "this", "that", "for", "calling",
    ];
    let text = text.trim_start_matches([',', ':', ' ']);
    // A pause between first and last name is heard as a comma.
    let joined = PAUSED_NAME.replace(text, "$1 $2");
    let text = joined.as_ref();
    let until = text.find([',', ':', '-']).map_or(text, |at| if text[at..].starts_with('-') { text } else { &text[..at] });
    let words: Vec<String> = until
        .split_whitespace()
        .take_while(|word| !ENDS.contains(&word.to_lowercase().as_str()))
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
        .filter(|word| !word.is_empty())
        .map(capitalised)
        .collect();
    let good = (1..=words_max).contains(&words.len()) && words.iter().all(|word| !word.starts_with(|c: char| c.is_ascii_digit()));
    (good && !["Yes", "No", "Sorry", "Okay", "The", "A", "One"].contains(&words[0].as_str())).then(|| words.join(" "))
}

pub(super) fn capitalised(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// Words that a street is called after its name.
pub(super) const STREETS: [&str; 24] = [
    "street",
    "avenue",
    "road",
    "lane",
    "drive",
    "court",
    "boulevard",
    "way",
    "place",
    "terrace",
    "square",
    "circle",
    "parkway",
    "highway",
    "alley",
    "row",
    "close",
    "crescent",
    "st",
    "ave",
    "rd",
    "ln",
    "dr",
    "blvd",
];
const UNITS: [&str; 8] = ["apartment", "apt", "unit", "suite", "flat", "floor", "room", "number"];

/// An address in the text: a house number and a street. `asked` says that the clerk has just asked for it, so that any words
/// that begin with a number will do.
pub(crate) fn address(text: &str, asked: bool) -> Option<String> {
    // A comma can stand between number and street, or before the unit; it is no end.
    sentences(&text.replace("St.", "St").replace("Ave.", "Ave").replace("Apt.", "Apt")).find_map(|sentence| {
        let flat = sentence.replace([',', '-'], " ");
        let words: Vec<&str> = flat.split_whitespace().map(|word| word.trim_matches(['"', '(', ')', ':'])).collect();
        let lower: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
        (0..words.len()).find_map(|at| address_at(&words[at..], &lower[at..], asked))
    })
}

fn address_at(words: &[&str], lower: &[String], asked: bool) -> Option<String> {
    let borrowed: Vec<&str> = lower.iter().map(String::as_str).collect();
    let (house, used) = house_number(&borrowed);
    if used == 0 || used >= words.len() {
        return None;
    }
    let street = lower[used..].iter().take(5).position(|word| STREETS.contains(&word.as_str())).map(|at| used + at);
    let end = match street {
        // At least one word for the street's name.
        Some(at) if at > used => with_unit(lower, at + 1),
        Some(_) => return None,
        None if asked => lower[used..]
            .iter()
            .position(|word| ["and", "please", "the", "thank", "thanks", "for", "under", "my"].contains(&word.as_str()))
            .map_or(words.len(), |at| used + at),
        None => return None,
    };
    let rest: Vec<String> = words[used..end].iter().map(|word| spoken_number(word)).collect();
    (!rest.is_empty()).then(|| format!("{house} {}", rest.join(" ")))
}

/// The end of an address that may go on with "apartment 4 B" after the street.
fn with_unit(lower: &[String], street_end: usize) -> usize {
    let Some(unit) = lower.get(street_end) else { return street_end };
    if !UNITS.contains(&unit.as_str()) {
        return street_end;
    }
    let is_part = |word: &String| word.len() <= 2 || unit_number(word) || word.bytes().any(|b| b.is_ascii_digit());
    let more = lower[street_end + 1..].iter().take(3).take_while(|word| is_part(word)).count();
    if more == 0 { street_end } else { street_end + 1 + more }
}

fn unit_number(word: &str) -> bool {
    unit(word).is_some() || tens(word).is_some()
}

fn spoken_number(word: &str) -> String {
    let lower = word.to_lowercase();
    unit(&lower).or(tens(&lower)).map_or_else(|| capitalised(word), |n| n.to_string())
}

/// A house number at the start of the words: `742`, "seven forty two", "one two three", "five hundred and five".
fn house_number(words: &[&str]) -> (String, usize) {
    let (mut out, mut at) = (String::new(), 0);
    while at < words.len() {
        let word = words[at];
        let digits = word.bytes().take_while(u8::is_ascii_digit).count();
        if digits > 0 && (digits == word.len() || (digits + 1 == word.len() && word.ends_with(|c: char| c.is_ascii_lowercase())))
        {
            out += &word.to_uppercase();
            at += 1;
        } else if (word == "oh" || word == "o") && at > 0 {
            out.push('0');
            at += 1;
        } else {
            match cardinal(&words[at..]) {
                (_, 0) => break,
                (n, used) => {
                    out += &n.to_string();
                    at += used;
                }
            }
        }
    }
    if out.len() > 6 { (String::new(), 0) } else { (out, at) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn number_words_become_digits() {
        assert_eq!(plain("Two large, please! At seven-thirty p.m."), "2 large please at 7 30 pm");
        assert_eq!(plain("Five hundred and fifty five; twenty-one at 7:30."), "555 21 at 7:30");
        assert_eq!(plain("at three p. M. Under the name, at nine a M."), "at 3 pm under the name at 9 am");
        assert_eq!(plain("It’s four o’clock"), "it's 4 oclock");
    }

    #[test]
    fn phrases_are_whole_words() {
        assert!(has("no thank you", "no") && !has("not now", "no") && has("i know no one", "no"));
        assert!(sounds_like("a large pepper oni pizza", "pepperoni") && sounds_like("peperoni", "pepperoni"));
        assert!(!sounds_like("a pizza", "pepperoni") && !sounds_like("a small one", "mushroom"));
    }

    #[test]
    fn yes_and_no() {
        assert!(is_yes(&plain("Yes, that's right.")) && is_yes("that is correct") && !is_yes("that is not right"));
        assert!(is_no(&plain("No, size large.")) && is_no("that's wrong") && !is_no("i know"));
    }

    #[test]
    fn names() {
        let opening = "Hello, this is an AI assistant calling on behalf of Maria Lopez. I would like to order a pizza.";
        assert_eq!(name(opening, false).as_deref(), Some("Maria Lopez"));
        assert_eq!(name("calling on behalf of maria lopez I would like to order", false).as_deref(), Some("Maria Lopez"));
        assert_eq!(name("The name is Jean-Luc O'Brien, please.", false).as_deref(), Some("Jean-Luc O'Brien"));
        assert_eq!(name("It's for Maria Lopez.", true).as_deref(), Some("Maria Lopez"));
        assert_eq!(name("Maria Lopez", true).as_deref(), Some("Maria Lopez"));
        assert_eq!(name("calling on behalf of Maria, Lopez. I would like", false).as_deref(), Some("Maria Lopez"));
        assert_eq!(name("on behalf of Maria. Lopez. Under the name Maria Lopez to", false).as_deref(), Some("Maria Lopez"));
        assert_eq!(name("Yes, it's Maria.", true).as_deref(), Some("Maria"));
        assert_eq!(name("Maria Lopez", false), None);
        assert_eq!(name("I'm sorry, I can't answer that.", true), None);
        assert_eq!(name("12 Elm Street", true), None);
    }

    #[test]
    fn addresses() {
        for (said, meant) in [
            ("It's twelve Elm Street.", "12 Elm Street"),
            ("Please deliver it to 742 Evergreen Terrace, and the name is Maria.", "742 Evergreen Terrace"),
            ("one twenty three Main Street, apartment 4B", "123 Main Street Apartment 4B"),
            ("One two three Oak Hill Road.", "123 Oak Hill Road"),
            ("three fifty Fifth Avenue", "350 Fifth Avenue"),
            ("the address is 12 elm st.", "12 Elm St"),
            ("Five hundred five Park Avenue apartment twelve", "505 Park Avenue Apartment 12"),
        ] {
            assert_eq!(address(said, false).as_deref(), Some(meant), "{said}");
        }
        assert_eq!(address("I would like two large pizzas", false), None);
        assert_eq!(address("12 Broadway please", true).as_deref(), Some("12 Broadway"));
        assert_eq!(address("12 Broadway please", false), None);
    }

    #[test]
    fn counts_and_telephone_numbers() {
        assert_eq!(count_answer(&plain("Just one, please.")), Some(1));
        assert_eq!((count_answer("to"), count_answer("for"), count_answer("hello")), (Some(2), Some(4), None));
        assert_eq!(telephone(&plain("It's 415 555 0142")).as_deref(), Some("4155550142"));
        assert_eq!(telephone(&plain("four one five, five five five, zero one four two")).as_deref(), Some("4155550142"));
        assert_eq!(telephone("2 large pizzas"), None);
    }
}
