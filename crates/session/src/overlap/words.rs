//! What words say that are said into somebody else's: nothing, a nod, or that they want the floor.

use crate::words::{in_order, plain};

/// What the callee's words ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Said {
    /// No words.
    Nothing,
    /// "Mm-hm", "okay": go on.
    Nod,
    /// A word that neither nods nor wants the floor.
    Short,
    /// "Wait", "no": stop.
    Stop,
    /// More than a word.
    Talk,
}

/// Nods, as they are written down: one word each; the longer ones are in [`NODS_OF_TWO`].
const NODS: &[&str] = &[
    "mm",
    "mmm",
    "mhm",
    "mmhm",
    "mmhmm",
    "hm",
    "hmm",
    "hmmm",
    "uh",
    "huh",
    "uhhuh",
    "uhuh",
    "ah",
    "aha",
    "oh",
    "um",
    "eh",
    "ok",
    "okay",
    "kay",
    "right",
    "yeah",
    "yep",
    "yup",
    "yes",
    "ya",
    "sure",
    "alright",
    "great",
    "good",
    "fine",
    "perfect",
    "exactly",
    "correct",
    "understood",
    "gotcha",
    "cool",
    "absolutely",
    "definitely",
    "ja",
    "genau",
    "klar",
    "gut",
    "richtig",
    "verstehe",
    "sí",
    "si",
    "vale",
    "claro",
    "bueno",
    "oui",
    "ouais",
    "accord",
    "bien",
    "va",
    "certo",
    "capito",
    "bene",
    "sim",
    "tá",
    "goed",
    "precies",
    "oké",
];
const NODS_OF_TWO: &[[&str; 2]] = &[
    ["i", "see"],
    ["got", "it"],
    ["go", "on"],
    ["go", "ahead"],
    ["all", "right"],
    ["of", "course"],
    ["sounds", "good"],
    ["ach", "so"],
    ["na", "klar"],
    ["de", "acuerdo"],
    ["bien", "sûr"],
    ["va", "bene"],
];
/// Who says this wants the floor.
const STOPS: &[&str] = &[
    "wait",
    "stop",
    "no",
    "nope",
    "hold",
    "hang",
    "sorry",
    "pardon",
    "excuse",
    "hello",
    "hey",
    "what",
    "listen",
    "actually",
    "but",
    "moment",
    "who",
    "warten",
    "moment",
    "stopp",
    "nein",
    "halt",
    "entschuldigung",
    "hallo",
    "espere",
    "espera",
    "perdón",
    "momento",
    "attendez",
    "non",
    "pardon",
    "aspetti",
    "scusi",
    "espere",
    "desculpe",
    "não",
    "wacht",
    "nee",
];

/// What a text asks for.
pub(crate) fn read(text: &str) -> Said {
    let words = plain(text);
    if words.is_empty() {
        return Said::Nothing;
    }
    if words.iter().any(|word| STOPS.contains(&word.as_str())) {
        return Said::Stop;
    }
    match without_nods(&words) {
        0 => Said::Nod,
        1 if words.len() <= 2 => Said::Short,
        _ => Said::Talk,
    }
}

/// How many words are left when the nods are taken away.
fn without_nods(words: &[String]) -> usize {
    let (mut left, mut at) = (0, 0);
    while let Some(word) = words.get(at) {
        let pair = words.get(at + 1).is_some_and(|next| NODS_OF_TWO.contains(&[word.as_str(), next.as_str()]));
        let nod = NODS.contains(&word.as_str()) || word.chars().all(|letter| matches!(letter, 'm' | 'h'));
        left += usize::from(!pair && !nod);
        at += if pair { 2 } else { 1 };
    }
    left
}

/// The share of its words, in their order, that must be the agent's.
const ECHO_SHARE_MIN: f64 = 0.75;

/// Whether a text is what the agent said, heard again. A single word proves nothing.
pub(crate) fn repeats(text: &str, agent: &str) -> bool {
    let heard = plain(text);
    let said: Vec<(String, usize)> = plain(agent).into_iter().map(|word| (word, 0)).collect();
    let (matched, _) = in_order(&heard, &said);
    heard.len() >= 2 && matched as f64 >= ECHO_SHARE_MIN * heard.len() as f64
}

/// Whether more than one word, or one that wants the floor, is not the agent's own.
pub(crate) fn foreign(text: &str, agent: &str) -> bool {
    let own = plain(agent);
    let foreign: Vec<String> = plain(text).into_iter().filter(|word| !own.contains(word)).collect();
    foreign.len() > 1 || foreign.iter().any(|word| STOPS.contains(&word.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nods_are_nods_however_they_are_written() {
        for text in [
            "Mm-hm.",
            "Mhm",
            "Uh-huh.",
            "Okay.",
            "Yeah, sure.",
            "Right, right.",
            "I see.",
            "Mmm.",
            "Oh, okay, got it.",
            "All right.",
            "Ja, genau.",
        ] {
            assert_eq!(read(text), Said::Nod, "{text}");
        }
        assert_eq!((read(""), read("…")), (Said::Nothing, Said::Nothing));
    }

    #[test]
    fn who_wants_the_floor_is_no_nod() {
        for text in ["Wait.", "No.", "Okay, stop.", "Hold on.", "Sorry, what?", "Yeah but we are closed", "Hello?", "Excuse me"] {
            assert_eq!(read(text), Said::Stop, "{text}");
        }
        for text in ["We are closed today.", "A large one", "Yes, for how many people"] {
            assert_eq!(read(text), Said::Talk, "{text}");
        }
        assert_eq!((read("Eleven."), read("Okay, large.")), (Said::Short, Said::Short));
    }

    #[test]
    fn only_the_agents_own_words_are_an_echo() {
        let agent = "I would like to order a large pepperoni pizza for delivery to 12 Elm Street.";
        assert!(
            repeats("order a large pepperoni pizza", agent)
                && repeats("Would like to order a large, pepper only pizza for", agent)
        );
        assert!(!repeats("Large", agent), "one word is not enough");
        assert!(!repeats("Sorry, we have no pepperoni today", agent) && !repeats("How large do you want it?", agent));
    }
}
