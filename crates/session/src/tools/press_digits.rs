//! `press_digits`: which keys the model wants pressed. The core presses them and tells when they have been played.

use super::Error;
use serde::Deserialize;

/// More than any menu, extension or account number wants.
const DIGITS_MAX: usize = 20;
/// From so many keys on they are a number that somebody must have given us, no choice of a menu.
const NUMBER_MIN: usize = 3;

#[derive(Deserialize)]
struct Arguments {
    digits: String,
    /// Makes the model think; it is neither needed nor kept.
    #[serde(default)]
    #[expect(dead_code, reason = "see above")]
    why: Option<String>,
}

/// The keys in small letters. `known`: the digits of everything that the agent may tell or was told.
pub(super) fn read(arguments: &str, known: impl IntoIterator<Item = String>) -> Result<String, Error> {
    let read: Arguments =
        serde_json::from_str(arguments).map_err(|cause| Error::Arguments { tool: "press_digits", cause: cause.to_string() })?;
    let problem = |problem: String| Error::Field { field: "digits".into(), problem };
    let digits: String = read.digits.chars().filter(|c| !c.is_whitespace() && *c != '-').collect::<String>().to_lowercase();
    if let Some(wrong) = digits.chars().find(|c| !matches!(c, '0'..='9' | '*' | '#' | 'w')) {
        return Err(problem(format!(
            "has the key `{wrong}`, which a telephone has not; use 0-9, * and #, and w for half a second of pause"
        )));
    }
    if digits.chars().count() > DIGITS_MAX {
        return Err(problem(format!("has more than {DIGITS_MAX} keys; press fewer at a time")));
    }
    if digits.chars().all(|c| c == 'w') {
        return Err(problem("has no key; give the one that the menu names, as \"1\"".into()));
    }
    let mut numbers = digits.split(['w', '*', '#']).filter(|run| run.len() >= NUMBER_MIN);
    let known: Vec<String> = known.into_iter().collect();
    if numbers.any(|number| !known.iter().any(|known| known.contains(number))) {
        return Err(problem(
            "is a number that stands neither in the details nor was told by the callee; never guess. Press 0 for a person, or wait".into(),
        ));
    }
    Ok(digits)
}

/// The digits of a text, one after the other: "extension four-oh 2" is `402`.
pub(crate) fn digits_of(text: &str) -> String {
    const WORDS: [&str; 10] = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
    let lower = text.to_lowercase();
    let mut digits = String::new();
    for word in lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        if let Some(digit) = WORDS.iter().position(|known| *known == word) {
            digits += &digit.to_string();
        } else if word == "oh" && !digits.is_empty() {
            digits.push('0');
        } else {
            digits.extend(word.chars().filter(char::is_ascii_digit));
        }
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(arguments: &str) -> String {
        read(arguments, []).unwrap_err().to_string()
    }

    #[test]
    fn keys_are_read_and_wrong_ones_are_told_with_what_to_do() {
        assert_eq!(read(r#"{"digits":"1 W#","why":"orders"}"#, []).unwrap(), "1w#");
        assert!(told(r#"{"digits":"A"}"#).contains("key `a`, which a telephone has not; use 0-9"));
        assert!(told(r#"{"digits":"111111111111111111111"}"#).contains("more than 20 keys"));
        assert!(told(r#"{"digits":""}"#).contains("has no key"));
        assert!(told(r#"{"digits":"ww"}"#).contains("has no key"));
        assert!(told("{}").contains("missing field `digits`"));
    }

    #[test]
    fn a_number_that_nobody_gave_us_is_not_pressed() {
        assert!(told(r#"{"digits":"4711"}"#).contains("never guess"));
        let known = || [digits_of("Order number 55-4711"), digits_of("extension four oh two")];
        assert_eq!(read(r#"{"digits":"554711#"}"#, known()).unwrap(), "554711#");
        assert_eq!(read(r#"{"digits":"402"}"#, known()).unwrap(), "402");
        assert!(read(r#"{"digits":"403"}"#, known()).is_err());
    }
}
