//! "I'm pressing 1 now", said by a model that presses nothing: found in its words, so that it can be told to use the tool.

use crate::response::Ask;
use crate::tools::digits_of;
use crate::{Session, words};
use tracing::warn;

const NOTE: &str =
    "You said that you press a key, but nothing was pressed: saying it does nothing. Call press_digits now, and say nothing.";

/// Words that say that a key is being, or was, pressed.
const DOING: [&str; 9] = ["pressing", "pressed", "dialing", "dialling", "dialed", "dialled", "entering", "entered", "punching"];
/// The same after "I will", "let me" and the like.
const WILL_DO: [&str; 4] = ["press", "dial", "enter", "punch"];
/// What comes before these when somebody does it himself. Signs inside words are left out: "I'll" is `ill`.
const MYSELF: [&str; 10] = ["i", "im", "ive", "ill", "me", "my", "we", "were", "well", "now"];
/// The wish to know, or somebody else's hand.
const NOT_MYSELF: [&str; 9] = ["should", "shall", "do", "can", "could", "if", "you", "may", "cant"];
/// What is pressed.
const KEYS: [&str; 15] =
    ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "star", "pound", "hash", "key", "option"];

/// How often the model was told.
#[derive(Debug, Default)]
pub(crate) struct Claims {
    told: u32,
}

/// The digits that the words say are pressed; `None` if they say nothing of the kind.
fn claimed(text: &str) -> Option<String> {
    let said = words::plain(text);
    let is_key = |word: &String| KEYS.contains(&word.as_str()) || word.chars().all(|c| c.is_ascii_digit());
    for (at, word) in said.iter().enumerate() {
        let before = &said[at.saturating_sub(4)..at];
        let has = |list: &[&str]| before.iter().any(|word| list.contains(&word.as_str()));
        let doing = DOING.contains(&word.as_str()) && (before.is_empty() || has(&MYSELF)) && !has(&NOT_MYSELF);
        let noun = before.last().is_some_and(|word| word == "the");
        let will_do = WILL_DO.contains(&word.as_str()) && !noun && has(&MYSELF) && !has(&NOT_MYSELF);
        let after = &said[at + 1..said.len().min(at + 5)];
        if (doing || will_do) && after.iter().any(is_key) {
            return Some(digits_of(&after.join(" ")));
        }
    }
    None
}

impl Session {
    /// A response is over in which no key was pressed: whether its words said that one was.
    pub(crate) fn check_claims(&mut self, response_id: &str) {
        let texts = self.playback.items().filter(|item| item.response_id == response_id).map(|item| item.text.as_str());
        let Some(digits) = claimed(&texts.collect::<Vec<_>>().join(" ")) else { return };
        // To tell of keys that were pressed is true.
        let true_of_before = self.keys.last_sent().is_some_and(|sent| sent.contains(&digits));
        if true_of_before || self.claims.told >= self.tuning.claims_told_max || self.ending.reason().is_some() {
            return;
        }
        self.claims.told += 1;
        warn!(order_id = %self.config.order_id, "the model says that it presses a key, and presses none");
        self.drop_unspoken(response_id);
        self.tell_aside(NOTE);
        self.want(Ask::Answer);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_of_pressing_are_found() {
        for (said, digits) in [
            ("I'm pressing 1 now.", "1"),
            ("I have pressed two.", "2"),
            ("Okay, let me press 0 for a representative.", "0"),
            ("I'll enter the number 5 5 4 7.", "55"),
            ("Pressing one.", "1"),
            ("I am going to dial zero.", "0"),
            ("I've just pressed the pound key.", ""),
        ] {
            assert_eq!(claimed(said).as_deref(), Some(digits), "{said}");
        }
    }

    #[test]
    fn other_words_are_no_claims() {
        for said in [
            "Should I press 1?",
            "Can you press one for me?",
            "If you press 2 you get support.",
            "I would like to order one pizza.",
            "You can press the key.",
            "I'm calling from the press, one moment.",
            "Did you press 1?",
        ] {
            assert_eq!(claimed(said), None, "{said}");
        }
    }
}
