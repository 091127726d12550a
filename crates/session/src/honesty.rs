//! The agent does not say that it is a person. Its words are watched as the model makes them, which is sooner than they are
//! heard: a denial is cut, and the sentence that tells that an AI is calling is said before anything else.

use crate::Session;
use crate::response::Ask;
use crate::words::plain;
use tracing::warn;
use types::EndedReason;

/// A model that denies more often is not one to go on with.
const DENIALS_MAX: u32 = 3;
/// What a person would be called.
const PERSONS: &[&str] =
    &["human", "person", "man", "woman", "guy", "lady", "mensch", "person", "persona", "personne", "humain", "umano", "mens"];
/// What we are.
const MACHINES: &[&str] = &[
    "robot",
    "robots",
    "bot",
    "ai",
    "machine",
    "computer",
    "automated",
    "recording",
    "artificial",
    "virtual",
    "roboter",
    "ki",
    "maschine",
    "computadora",
    "máquina",
    "robô",
    "macchina",
];
const DENIALS: &[&str] = &["not", "no", "never", "isnt", "aint", "kein", "keine", "nicht", "pas", "non", "não", "geen", "niet"];
/// "I am", as it is heard or written.
const SELVES: &[&[&str]] = &[
    &["i", "am"],
    &["im"],
    &["this", "is"],
    &["its", "me"],
    &["youre", "talking", "to"],
    &["you", "are", "talking", "to"],
    &["youre", "speaking", "to"],
    &["you", "are", "speaking", "to"],
    &["youre", "speaking", "with"],
    &["speaking", "with"],
    &["talking", "with"],
    &["ich", "bin"],
    &["soy"],
    &["yo", "soy"],
    &["je", "suis"],
    &["io", "sono"],
    &["sono"],
    &["sou"],
    &["ik", "ben"],
];
/// After "I am", so many words may lie between it and what one is: "I am a very real person".
const REACH: usize = 4;
/// Words between which a denial of ours and a person of theirs must not be added up.
const OTHERS: &[&str] = &["calling", "assistant", "behalf", "for", "sure", "able", "here"];

/// Whether the words say that a person is speaking, or that none of us is a machine. Only what is said of oneself counts.
pub(crate) fn denies(text: &str) -> bool {
    text.split_inclusive(['.', '!', ';', '?'])
        .filter(|sentence| !sentence.ends_with('?'))
        .any(|sentence| denies_in(&plain(sentence)))
}

fn denies_in(words: &[String]) -> bool {
    let at = |place: usize, of: &[&str]| words.get(place).is_some_and(|word| of.contains(&word.as_str()));
    for start in 0..words.len() {
        for who in SELVES {
            let said = who.iter().enumerate().all(|(n, word)| words.get(start + n).is_some_and(|said| said == word));
            if !said {
                continue;
            }
            let mut denied = false;
            for place in start + who.len()..words.len().min(start + who.len() + REACH + 1) {
                if at(place, OTHERS) || at(place, SELVES[0]) {
                    break;
                }
                denied |= at(place, DENIALS);
                if at(place, MACHINES) {
                    // "I am not a robot", and not "I am an AI, not a person".
                    if denied {
                        return true;
                    }
                    break;
                }
                if at(place, PERSONS) {
                    if !denied {
                        return true;
                    }
                    break;
                }
            }
        }
    }
    false
}

impl Session {
    /// More of the agent's words are known. A denial is stopped: mostly before it is heard, since words are made faster than
    /// they are spoken. Whether it was.
    pub(crate) fn cuts_denial(&mut self, response_id: &str) -> bool {
        let denial = self.playback.items().any(|item| item.response_id == response_id && denies(&item.text));
        if !denial || self.goodbye_is_forced() {
            return false;
        }
        warn!(order_id = %self.config.order_id, "the model denies that it is an AI; it is cut off and put right");
        self.ending.undo();
        self.interrupt_agent();
        if self.disclosure.was_denied() > DENIALS_MAX {
            let why = "the realtime model says again and again that it is a person";
            self.close(EndedReason::VoiceLost, Some(why.to_owned()));
            return true;
        }
        self.responses.want_nothing();
        self.want(Ask::Disclosure);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn denials_are_known() {
        for text in [
            "No, I'm a person.",
            "I am a real human being.",
            "Of course I'm not a robot!",
            "I am not an AI.",
            "Ha, no. You're talking to a real person.",
            "Nein, ich bin kein Roboter.",
            "Ich bin ein Mensch.",
            "No, soy una persona.",
            "This is a real person, don't worry.",
        ] {
            assert!(denies(text), "{text}");
        }
    }

    #[test]
    fn the_truth_and_everything_else_is_let_through() {
        for text in [
            "Yes, I am an AI assistant, calling on behalf of Maria Lopez.",
            "I am an AI, not a person.",
            "No, I'm not a person, I am an AI.",
            "I am calling for a person with a wheelchair.",
            "A table for one person, please.",
            "Is this a person or a machine?",
            "I'm not able to press keys on the computer.",
            "I am not sure the man is there.",
            "Could I speak to a person, please?",
            "",
        ] {
            assert!(!denies(text), "{text}");
        }
    }
}
