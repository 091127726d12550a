//! A screener that wants a key pressed before it puts anybody through.

use crate::words;

/// What a key is pressed for that lets a call through. Menus of companies say none of it.
pub(super) const PUTS_THROUGH: &[&str] = &[
    "accept this call",
    "accept the call",
    "connect this call",
    "connect the call",
    "connect your call",
    "complete this call",
    "complete the call",
    "complete your call",
    "not a robot",
    "not a robocall",
    "not a telemarketer",
    "are human",
    "are a human",
    "are a person",
    "a real person",
];
const KEYS: &[&str] =
    &["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "star", "pound", "won", "any"];

/// Whether a key is to be pressed: "press 1 to be connected".
pub(super) fn wants_key(text: &str) -> bool {
    let plain = words::plain(text);
    let key = |word: &String| KEYS.contains(&word.as_str()) || word.len() == 1 && word.chars().all(|c| c.is_ascii_digit());
    let after = |at: usize| plain[at + 1..].iter().find(|word| !matches!(word.as_str(), "the" | "number" | "key"));
    (0..plain.len()).any(|at| matches!(plain[at].as_str(), "press" | "dial") && after(at).is_some_and(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_is_wanted_is_found() {
        for text in ["Press 1 to be connected.", "To accept, press the number five.", "Please press any key.", "Dial zero now."] {
            assert!(wants_key(text), "{text}");
        }
        for text in ["Please state your name.", "Please don't press on me.", "The press one reads.", "Press and hold."] {
            assert_eq!(wants_key(text), text.contains("press one"), "{text}");
        }
    }
}
