//! "Leave a message if nobody answers", "don't leave a message": what is to be done if a machine answers.

use super::pattern;
use regex::Regex;
use std::{ops::Range, sync::LazyLock};
use types::{OnMachine, OnVoicemail};

const MACHINE: &str = r"(?:a\s+|an\s+|the\s+|their\s+|his\s+|her\s+|my\s+)?(?:voice\s?-?mail(?:\s?box)?|mail\s?box|answering\s+machine|machine|answerphone|recording)";
const MESSAGE: &str = r"(?:(?:a|any|the|my|one)\s+)?(?:short\s+|brief\s+)?(?:messages?|voice\s?-?mails?|voice\s+messages?)";
/// That nobody answers, or a machine does.
fn condition() -> String {
    format!(
        r"(?:if|when|in\s+case)\s+(?:(?:nobody|no\s?-?one|they|he|she|there'?s\s+no\s+answer|there\s+is\s+no\s+answer|you|it|i|the\s+call|{MACHINE})\b[^,.;:!?]{{0,40}}?(?:answers?|picks?\s+up|pick\s+up|there|home|reach\w*|available|{MACHINE})|there'?s\s+no\s+answer|there\s+is\s+no\s+answer)"
    )
}

/// "hang up if it's voicemail", "don't leave a message", "no voicemail".
static NEVER: LazyLock<Regex> = LazyLock::new(|| {
    let condition = condition();
    pattern(&format!(
        r"(?ix)\b(?:{condition}\s*,?\s+(?:then\s+)?(?:please\s+)?)?(?:(?:do\s+not|don'?t|don’t|never|without)\s+(?:please\s+)?(?:ever\s+)?leav(?:e|ing)\s+(?:them\s+|him\s+|her\s+)?{MESSAGE}|no\s+(?:voice\s?-?mails?|messages?)\s+please)\b(?:\s*,?\s*{condition}|\s+(?:on|with)\s+{MACHINE})?
        |\b(?:{condition}\s*,?\s+(?:then\s+)?(?:please\s+|just\s+)?(?:hang\s?-?up))\b
        |\b(?:hang\s?-?up)\s+(?:{condition}|(?:on|at)\s+{MACHINE})\b"
    ))
});
static LEAVE: LazyLock<Regex> = LazyLock::new(|| {
    let condition = condition();
    pattern(&format!(
        r#"(?ix)\b(?P<before>{condition}\s*,?\s+(?:then\s+)?(?:please\s+|just\s+)?)?(?:leave|record)\s+(?:them\s+|him\s+|her\s+)?{MESSAGE}\b(?P<after>\s*,?\s*{condition}|\s+(?:on|with)\s+{MACHINE})?
        (?:\s*,?\s*(?:saying|that\s+says|which\s+says|with\s+the\s+words|telling\s+them)\s+(?:that\s+)?(?:["“”](?P<quoted>[^"“”]{{1,600}})["“”]|(?P<plain>[^"“”.;!?]{{1,600}}))|\s*:\s*["“”]?(?P<named>[^"“”]{{1,600}})["“”]?$)?"#
    ))
});
static ALONE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?ix)^(?:(?:yes|ok|okay|please|then|and|but|just|you\s+can|do),?\s+)*leave\s+(?:them\s+|him\s+|her\s+)?{MESSAGE}\b"
    ))
});

/// What the user wants of machines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Where, in bytes.
    pub range: Range<usize>,
    /// The policy.
    pub wish: OnMachine,
}

/// Finds a wish for the case that a machine answers. `agreed`: a task is known already, so that "leave a message" is not one.
pub fn find(text: &str, agreed: bool) -> Option<Said> {
    if let Some(never) = NEVER.find(text) {
        let wish = OnMachine { voicemail: OnVoicemail::HangUp, ..OnMachine::default() };
        return Some(Said { range: never.range(), wish });
    }
    let found = LEAVE.captures(text)?;
    let conditional = found.name("before").is_some() || found.name("after").is_some();
    let alone = agreed && ALONE.is_match(text);
    if !(conditional || alone) {
        return None;
    }
    let words = ["quoted", "plain", "named"].iter().find_map(|name| found.name(name));
    let message = words.map(|words| words.as_str().trim().to_owned()).filter(|words| !words.is_empty());
    let wish = OnMachine { voicemail: OnVoicemail::LeaveMessage, message: message.map(with_stop), ..OnMachine::default() };
    Some(Said { range: found.get(0)?.range(), wish })
}

/// A sentence of its own: "i am late" is said as "I am late."
fn with_stop(message: String) -> String {
    let mut letters = message.chars();
    let Some(first) = letters.next() else { return message };
    let stop = if message.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{}{}{stop}", first.to_uppercase(), letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rest(text: &str, said: &Said) -> String {
        super::super::retry::without(text, &super::super::retry::Said { range: said.range.clone(), wish: Ok(None) })
    }

    #[test]
    fn a_message_is_wished_for() {
        for (text, message, left) in [
            ("leave a message if nobody answers", None, ""),
            ("If nobody answers, leave a message.", None, ""),
            ("if it goes to voicemail, please leave them a short message", None, ""),
            ("yes, and leave a message if they don't pick up", None, "yes"),
            ("if a machine answers leave a message saying I am late", Some("I am late."), ""),
            ("if you get their voicemail, leave a message saying \"please call back at 5\"", Some("Please call back at 5."), ""),
            ("order a pizza, and if no one answers leave a message", None, "order a pizza"),
            ("leave a message on the answering machine", None, ""),
        ] {
            let said = find(text, false).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((said.wish.voicemail, said.wish.message.as_deref()), (OnVoicemail::LeaveMessage, message), "{text}");
            assert_eq!(rest(text, &said), left, "{text}");
        }
        assert!(find("please leave a message", true).is_some());
    }

    #[test]
    fn no_message_is_wished_for() {
        for (text, left) in [
            ("don't leave a message", ""),
            ("Please don't leave a voicemail.", "Please"),
            ("yes, but do not leave a message if nobody answers", "yes"),
            ("hang up if it's voicemail", ""),
            ("if a machine answers, hang up", ""),
            ("if you reach an answering machine just hang up", ""),
        ] {
            let said = find(text, false).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(said.wish.voicemail, OnVoicemail::HangUp, "{text}");
            assert_eq!(rest(text, &said), left.replace("Please", ""), "{text}");
        }
    }

    #[test]
    fn a_message_that_is_the_task_is_no_wish() {
        for text in [
            "call Tony's and leave a message that I am late",
            "ask whether I can leave a message",
            "leave a message",
            "if they are closed, ask when they open",
            "if nobody answers, try again",
            "hang up",
            "order the machine parts",
        ] {
            assert_eq!(find(text, false), None, "{text}");
        }
    }
}
