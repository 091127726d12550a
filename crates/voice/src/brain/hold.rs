//! Waiting on the line: what a recording says, and when a person has taken over.

use super::Line;
use super::remarks;
use super::words::{Sentence, sentences};

/// Whether a recording is playing, or we are asked to wait: nothing that wants an answer.
pub(super) fn is_recording(sentence: &Sentence<'_>) -> bool {
    let recorded = [
        "your call is important",
        "your call will be answered",
        "your call may be",
        "calls may be",
        "call is being recorded",
        "all of our",
        "all our",
        "next available",
        "stay on the line",
        "remain on the line",
        "remain on hold",
        "stay on hold",
        "thank you for holding",
        "thanks for holding",
        "thank you for your patience",
        "thank you for waiting",
        "in the queue",
        "in line",
        "wait time",
        "waiting time",
        "higher than normal",
        "high call volume",
        "call volume",
        "press 1",
        "press 2",
        "press 3",
        "press 0",
        "press the",
        "visit our website",
        "find us online",
        "main menu",
        "i'll put you through",
        "i will put you through",
        "i will transfer you",
        "i'll connect you",
        "i will connect you",
        "i'll transfer you",
        "putting you through",
        "connecting you",
        "transferring you",
        "let me transfer you",
        "let me put you through",
    ];
    !is_personal(sentence) && (sentence.has(&recorded) || remarks::asks_to_hold(sentence))
}

/// "Thanks for holding, this is Ana, how can I help?" is a person.
fn is_personal(sentence: &Sentence<'_>) -> bool {
    sentence.has(&["this is", "my name is", "speaking", "how can i help", "how may i help", "what can i do for you"])
}

/// Whether it welcomes, as people and recordings both do.
fn is_welcome(sentence: &Sentence<'_>) -> bool {
    !is_personal(sentence) && !sentence.question && sentence.has(&["thank you for calling", "thanks for calling", "welcome to"])
}

/// Whether nothing but recordings, and fillers and welcomes between them, is heard.
pub(super) fn is_recorded(said: &str) -> bool {
    let heard = sentences(said);
    let passes = |sentence: &Sentence<'_>| is_welcome(sentence) || remarks::is_filler(&sentence.plain);
    heard.iter().any(is_recording) && heard.iter().all(|sentence| is_recording(sentence) || passes(sentence))
}

/// Whether it is the recording of a line that holds, and nobody who asks us to wait: no answer can reach anybody.
pub(super) fn is_announcement(said: &str) -> bool {
    is_recorded(said) && sentences(said).iter().any(|sentence| is_recording(sentence) && !remarks::asks_to_hold(sentence))
}

/// Whether we have been waiting since we last said who we are: then whoever speaks now has not heard it.
pub(super) fn waited(lines: &[Line], said_who_we_are: impl Fn(&str) -> bool) -> bool {
    let after = lines.iter().rposition(|line| matches!(line, Line::Agent { text, .. } if said_who_we_are(text)));
    let since = after.map_or(lines, |at| &lines[at + 1..]);
    since.iter().any(|line| matches!(line, Line::Callee { text } if is_recorded(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recordings_and_people() {
        for said in [
            "Your call is important to us. Please stay on the line.",
            "Please hold.",
            "You are number 3 in the queue.",
            "For sales, press 1. For support, press 2.",
            "Thank you for holding.",
            "Thank you for calling Pacific Telephone. All of our agents are busy right now. Please stay on the line.",
        ] {
            assert!(is_recorded(said), "{said}");
        }
        for said in [
            "Thanks for holding, this is Ana, how can I help?",
            "Billing, good morning.",
            "Yes, it was a mistake.",
            "Okay.",
            "Welcome to the bank.",
        ] {
            assert!(!is_recorded(said), "{said}");
        }
    }
}
