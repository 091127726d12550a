//! Whether words are a machine's: a menu that wants keys, a recording that wants patience. Only words that people hardly say
//! count, so that a person is never taken for a machine for long.

use crate::words;

/// Who speaks so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sounds {
    /// A menu: "for orders, press 1".
    Menu,
    /// A recording: "your call is important to us".
    Recording,
    /// Somebody who asks us to wait: "one moment, please".
    PleaseHold,
    /// A person, as far as can be told.
    Person,
    /// Nobody: there are no words.
    Nothing,
}

const MENU: [&str; 12] = [
    "press the",
    "press star",
    "press pound",
    "press any key",
    "main menu",
    "following options",
    "following menu",
    "menu options",
    "valid option",
    "invalid option",
    "please say or enter",
    "dial the extension",
];
const RECORDING: [&str; 31] = [
    "your call is important",
    "your call will be answered",
    "calls may be recorded",
    "call may be recorded",
    "call may be monitored",
    "call is being recorded",
    "call is recorded",
    "all of our agents",
    "all our agents",
    "all of our representatives",
    "all our representatives",
    "all of our lines",
    "next available",
    "stay on the line",
    "remain on the line",
    "remain on hold",
    "stay on hold",
    "thank you for your patience",
    "thank you for your continued",
    "in the queue",
    "caller number",
    "in line",
    "wait time",
    "waiting time",
    "higher than normal",
    "call volume",
    "call volumes",
    "visit our website",
    "answered in the order",
    "assist you shortly",
    "be with you shortly",
];
/// Recordings and people say these.
const HOLD: [&str; 13] = [
    "please hold",
    "hold on",
    "hold please",
    "can you hold",
    "could you hold",
    "hold the line",
    "one moment",
    "just a moment",
    "a moment please",
    "one second",
    "just a second",
    "bear with me",
    "put you on hold",
];
const TRANSFER: [&str; 8] = [
    "ill transfer you",
    "ill put you through",
    "let me transfer you",
    "let me put you through",
    "putting you through",
    "transferring you",
    "connecting you",
    "ill connect you",
];
/// Machines do not say who they are, and do not ask so.
const PERSONAL: [&str; 7] =
    ["this is", "my name is", "speaking", "how can i help", "how may i help", "what can i do for you", "what can i get you"];
const KEYS: [&str; 12] = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "star", "pound"];

/// What the words sound like.
pub(crate) fn sounds(text: &str) -> Sounds {
    let said = words::plain(text);
    if said.is_empty() {
        return Sounds::Nothing;
    }
    let whole = format!(" {} ", said.join(" "));
    let has = |list: &[&str]| list.iter().any(|phrase| whole.contains(&format!(" {phrase} ")));
    let personal = has(&PERSONAL);
    let key = |word: &String| KEYS.contains(&word.as_str()) || (word.len() == 1 && word.chars().all(|c| c.is_ascii_digit()));
    let keys = said.windows(2).filter(|pair| matches!(pair[0].as_str(), "press" | "dial" | "option") && key(&pair[1])).count();
    // "Say 'billing', or press 2." and "For billing, say billing."
    let told_to_say = |at: usize| {
        let before = &said[at.saturating_sub(4)..at];
        let mine = before.last().is_some_and(|word| matches!(word.as_str(), "i" | "id" | "would" | "to" | "you" | "lets"));
        said[at] == "say" && before.iter().any(|word| word == "for") && !mine
    };
    let speech = whole.contains(" you can say ") || (0..said.len()).any(told_to_say);
    if keys > 0 && !personal || keys > 1 || has(&MENU) || speech && !personal {
        Sounds::Menu
    } else if has(&RECORDING) && !personal {
        Sounds::Recording
    } else if has(&HOLD) || has(&TRANSFER) {
        Sounds::PleaseHold
    } else {
        Sounds::Person
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn menus_recordings_and_people_are_told_apart() {
        for (said, who) in [
            ("For orders, press 1. For support, press 2.", Sounds::Menu),
            ("Thank you for calling Northwind Supply. To speak to a person, press zero.", Sounds::Menu),
            ("Press one for sales.", Sounds::Menu),
            ("Please listen carefully, as our menu options have changed.", Sounds::Menu),
            ("You can say reservations, billing, or representative.", Sounds::Menu),
            ("Sorry, that is not a valid option.", Sounds::Menu),
            ("Your call is important to us. Please stay on the line.", Sounds::Recording),
            ("You are number three in the queue.", Sounds::Recording),
            ("All of our agents are busy right now.", Sounds::Recording),
            ("One moment, please.", Sounds::PleaseHold),
            ("Let me put you on hold, I'll be right back.", Sounds::PleaseHold),
            ("Thank you for holding, this is Dana. How can I help you?", Sounds::Person),
            ("Tony's Pizza, what can I get you?", Sounds::Person),
            ("Hello?", Sounds::Person),
            ("What would you like me to say for the card?", Sounds::Person),
            ("That's 12 in all, for one pizza.", Sounds::Person),
            ("For delivery I'd say forty minutes.", Sounds::Person),
            ("For billing, say billing.", Sounds::Menu),
            ("", Sounds::Nothing),
            ("…", Sounds::Nothing),
        ] {
            assert_eq!(sounds(said), who, "{said}");
        }
    }
}
