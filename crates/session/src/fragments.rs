//! Whether the callee has finished, by their words alone. Only what is clearly a part is held to be one.

use crate::words::plain;

/// Nobody's sentence ends with one of these.
const OPEN_WORDS: &[&str] = &[
    "and", "or", "but", "because", "so", "um", "uh", "er", "erm", "the", "a", "an", "to", "for", "with", "of", "at", "my",
    "your", "our", "is", "are", "its", "thats", "und", "oder", "aber", "der", "die", "das", "äh", "ähm", "y", "pero", "el", "la",
    "et", "mais", "le", "euh", "e", "o", "il", "mas", "en", "maar", "het",
];
/// Here they do: "yes it is", "I think so", "what is it for".
const CLOSED_PAIRS: &[[&str; 2]] = &[
    ["it", "is"],
    ["that", "is"],
    ["this", "is"],
    ["there", "is"],
    ["they", "are"],
    ["we", "are"],
    ["you", "are"],
    ["there", "are"],
    ["think", "so"],
    ["hope", "so"],
    ["guess", "so"],
    ["it", "for"],
    ["that", "for"],
    ["be", "for"],
    ["it", "to"],
    ["that", "to"],
    ["like", "to"],
    ["speak", "to"],
    ["talk", "to"],
    ["talking", "to"],
    ["speaking", "to"],
    ["speaking", "with"],
    ["go", "with"],
    ["come", "with"],
    ["looking", "at"],
];
/// Numbers that are read digit by digit, in groups, are introduced by one of these.
const NUMBER_WORDS: &[&str] =
    &["number", "phone", "code", "confirmation", "reference", "account", "nummer", "número", "numéro", "numero"];
const DIGITS: &[&str] = &["zero", "oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
/// Digits after which a number that is read in groups may pause; a whole one has another count.
const GROUP_DIGITS: [usize; 2] = [3, 6];

/// What was said is only a part of something.
pub(crate) fn is_unfinished(text: &str) -> bool {
    let text = text.trim();
    let words = plain(text);
    let Some(last) = words.last() else { return false };
    if text.ends_with(['?', '!']) {
        return false;
    }
    if text.ends_with([',', '…', '-', '–', '—', ':']) || text.ends_with("...") {
        return true;
    }
    let closed = words.len() >= 2 && CLOSED_PAIRS.contains(&[words[words.len() - 2].as_str(), last.as_str()]);
    let yes = words.len() == 3 && matches!(words[0].as_str(), "yes" | "no" | "here" | "sure");
    (OPEN_WORDS.contains(&last.as_str()) && !closed && !(yes && last == "is")) || is_a_group(&words)
}

/// "My number is four one five."
fn is_a_group(words: &[String]) -> bool {
    let digits = |word: &String| {
        let written = word.chars().all(|letter| letter.is_ascii_digit()).then_some(word.len());
        written.or_else(|| DIGITS.contains(&word.as_str()).then_some(1)).unwrap_or(0)
    };
    let run = words.iter().rev().map(digits).take_while(|count| *count > 0);
    let (groups, count) = run.fold((0, 0), |(groups, sum), count| (groups + 1, sum + count));
    let introduced = words[..words.len() - groups].iter().rev().take(5).any(|word| NUMBER_WORDS.contains(&word.as_str()));
    introduced && GROUP_DIGITS.contains(&count)
}

/// The callee will be away for a moment: their silence is none.
pub(crate) fn asks_for_a_moment(text: &str) -> bool {
    let words = plain(text).join(" ");
    let moments = [
        "hold on",
        "hang on",
        "please hold",
        "hold please",
        "hold the line",
        "one moment",
        "a moment",
        "one second",
        "one sec",
        "just a sec",
        "a second",
        "one minute",
        "a minute",
        "let me check",
        "let me see",
        "let me look",
        "i will check",
        "ill check",
        "bear with me",
        "wait please",
        "please wait",
        "einen moment",
        "moment bitte",
        "un momento",
        "un moment",
        "um momento",
        "een moment",
    ];
    // "It takes a minute." asks for nothing: the words stand in a short sentence, or at its end.
    text.split(['.', '!', '?', ';']).map(plain).any(|sentence| {
        let sentence = sentence.join(" ");
        let short = sentence.split(' ').count() <= 8;
        moments.iter().any(|moment| (short && sentence.contains(moment)) || sentence.ends_with(moment))
    }) && !words.contains("takes a")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_known() {
        for text in [
            "The total is",
            "The total is.",
            "Okay, so that is one large pepperoni and",
            "Um",
            "It will be ready in,",
            "Let me see…",
            "The confirmation number is four one five",
            "Our phone number is 415-555",
        ] {
            assert!(is_unfinished(text), "{text}");
        }
    }

    #[test]
    fn whole_sentences_do_not_wait() {
        for text in [
            "Sure.",
            "Yes, it is.",
            "I think so.",
            "The total is twenty two fifty.",
            "What is it for?",
            "Who am I speaking to?",
            "Who am I speaking to",
            "Our phone number is 415-555-0100.",
            "That's 42 dollars and fifty cents.",
            "For how many?",
            "We close at 9.",
            "",
        ] {
            assert!(!is_unfinished(text), "{text}");
        }
    }

    #[test]
    fn a_moment_is_asked_for() {
        for text in ["One moment please.", "Hold on, let me check.", "Sure, let me look that up for you.", "Just a second"] {
            assert!(asks_for_a_moment(text), "{text}");
        }
        for text in ["The total is twenty dollars.", "It takes a minute or two to bake.", ""] {
            assert!(!asks_for_a_moment(text), "{text}");
        }
    }
}
