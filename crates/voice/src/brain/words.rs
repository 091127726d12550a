//! What the callee said, in a form that can be compared: small letters, no punctuation, numbers as digits.

use regex::Regex;
use std::sync::LazyLock;
use types::number_words::{CARDINALS, ORDINALS, TENS};

/// One sentence of the callee.
#[derive(Clone, Debug)]
pub(super) struct Sentence<'a> {
    /// As it was understood.
    pub(super) text: &'a str,
    /// In comparable form.
    pub(super) plain: String,
    /// Whether it wants an answer.
    pub(super) question: bool,
}

const QUESTION_STARTS: &[&str] = &[
    "what",
    "what's",
    "which",
    "who",
    "who's",
    "whose",
    "where",
    "where's",
    "when",
    "when's",
    "why",
    "how",
    "do you",
    "does",
    "did you",
    "is",
    "is that",
    "are you",
    "are there",
    "can i",
    "can you",
    "could i",
    "could you",
    "can we",
    "may i",
    "would you",
    "would that",
    "will that",
    "should i",
    "shall",
    "have you",
    "any",
    "anything",
    "and what",
    "and your",
    "and the name",
    "and which",
    "and how",
    "and where",
    "and when",
    "and is",
    "so what",
    "okay what",
    "okay and what",
    "okay how",
    "alright what",
    "sure what",
    "i need",
    "i'll need",
    "i'd need",
    "i just need",
    "tell me",
    "give me",
    "let me get",
    "let me have",
];

impl<'a> Sentence<'a> {
    fn new(text: &'a str) -> Self {
        let plain = plain(text);
        let starts = |start: &&str| plain.strip_prefix(*start).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
        // The recogniser does not always hear the question: "… under the name Laura Smith is that right."
        let asks_at_end = ["is that right", "is that correct"].iter().any(|tag| plain.ends_with(tag));
        let question = text.trim_end().ends_with('?') || asks_at_end || QUESTION_STARTS.iter().any(starts);
        Self { text, plain, question }
    }

    /// Whether one of the phrases is in it, as whole words.
    pub(super) fn has(&self, phrases: &[&str]) -> bool {
        has(&self.plain, phrases)
    }
}

/// The sentences of a text. "We are open until eight, is there anything else?" is two.
pub(super) fn sentences(text: &str) -> Vec<Sentence<'_>> {
    speech::sentences(text).into_iter().flat_map(without_offer).map(Sentence::new).collect()
}

/// A sentence, and the offer of more that the recogniser has not heard as a sentence of its own.
fn without_offer(sentence: &str) -> impl Iterator<Item = &str> {
    static OFFER: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"(?i)[ ,]\s*((?:is there )?anything else\b)").expect("the pattern is tested"));
    let offer = OFFER.captures(sentence).and_then(|found| found.get(1)).map(|offer| offer.start());
    // "Was there anything else" and the like stay whole.
    let offer =
        offer.filter(|at| sentence[..*at].trim_end().ends_with(',') || sentence[*at..].to_lowercase().starts_with("is there"));
    let (first, second) = sentence.split_at(offer.unwrap_or(sentence.len()));
    [first.trim_end_matches([' ', ',']), second].into_iter().filter(|part| !part.is_empty())
}

/// Whether one of the phrases is in the plain text, as whole words.
pub(super) fn has(plain: &str, phrases: &[&str]) -> bool {
    let padded = format!(" {plain} ");
    phrases.iter().any(|phrase| padded.contains(&format!(" {phrase} ")))
}

/// The comparable form: "It's $18.50 at seven thirty p.m." → "it's $ 18 50 at 7 30 pm".
pub(super) fn plain(text: &str) -> String {
    let lower = text.to_lowercase().replace(['\u{2019}', '\u{2018}'], "'");
    let lower =
        lower.replace("p.m", "pm").replace("a.m", "am").replace("p. m", "pm").replace("a. m", "am").replace("o'clock", "oclock");
    let letters: Vec<char> = lower.chars().collect();
    let mut spaced = String::new();
    for (at, &c) in letters.iter().enumerate() {
        let digit = |at: Option<usize>| at.and_then(|at| letters.get(at)).is_some_and(char::is_ascii_digit);
        // "1,250" is one number.
        let within_number = c == ',' && digit(at.checked_sub(1)) && (1..=3).all(|i| digit(Some(at + i))) && !digit(Some(at + 4));
        match c {
            '$' => spaced += " $ ",
            c if c.is_alphanumeric() || c == '\'' => spaced.push(c),
            _ if within_number => {}
            _ => spaced.push(' '),
        }
    }
    let words: Vec<&str> = spaced.split_whitespace().collect();
    with_digits(&words).join(" ")
}

fn with_digits(words: &[&str]) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let after_number = out.last().is_some_and(|last| is_number(last));
        let after_month = at > 0 && MONTHS.contains(&words[at - 1]);
        let word = words[at];
        if after_number && (word == "oh" || word == "o") {
            out.push("0".into());
            at += 1;
        } else if let Some((value, used)) = number(&words[at..]) {
            out.push(value.to_string());
            at += used;
        } else if let Some(day) = ordinal(word).filter(|_| after_month) {
            out.push(day.to_string());
            at += 1;
        } else {
            out.push(word.strip_suffix("'s").filter(|stem| is_number(stem)).unwrap_or(word).to_owned());
            at += 1;
        }
    }
    out
}

pub(super) fn is_number(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit())
}

/// A number at the start of the words, as one says it in one go, and how many words it takes.
fn number(words: &[&str]) -> Option<(u64, usize)> {
    let first = *words.first()?;
    if let Some(day) = ["st", "nd", "rd", "th"].iter().find_map(|end| first.strip_suffix(end)).filter(|day| is_number(day)) {
        return Some((day.parse().ok()?, 1));
    }
    let (mut value, mut used) = below_hundred(words)?;
    if words.get(used) == Some(&"hundred") && value < 100 {
        (value, used) = (value * 100, used + 1);
        let and = usize::from(words.get(used) == Some(&"and"));
        if let Some((rest, more)) = words.get(used + and..).and_then(below_hundred) {
            (value, used) = (value + rest, used + and + more);
        }
    }
    Some((value, used))
}

fn below_hundred(words: &[&str]) -> Option<(u64, usize)> {
    let first = *words.first()?;
    if let Some(tens) = TENS.iter().position(|tens| *tens == first) {
        let tens = (tens as u64 + 2) * 10;
        let next = words.get(1);
        let ones = next.and_then(|word| CARDINALS.iter().position(|one| one == word).filter(|ones| (1..10).contains(ones)));
        let ones = ones.map(|ones| ones as u64).or_else(|| next.and_then(|word| ordinal(word)).filter(|day| *day < 10));
        return Some(ones.map_or((tens, 1), |ones| (tens + ones, 2)));
    }
    let ones = CARDINALS.iter().position(|one| *one == first)?;
    Some((ones as u64, 1))
}

fn ordinal(word: &str) -> Option<u64> {
    ORDINALS.iter().position(|ordinal| *ordinal == word).map(|at| at as u64 + 1)
}

pub(super) const MONTHS: [&str; 12] =
    ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];
pub(super) const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// Whether one was probably understood for the other: equal, nearly so, or with the same consonants.
pub(super) fn alike(one: &str, other: &str) -> bool {
    if one == other {
        return true;
    }
    if is_number(one) || is_number(other) || one.len().min(other.len()) < 3 {
        return false;
    }
    strsim::jaro_winkler(one, other) >= 0.88 || (one.len() > 3 && other.len() > 3 && skeleton(one) == skeleton(other))
}

/// The consonants by sound, without doubles and without vowels after the first letter.
fn skeleton(word: &str) -> String {
    let mut out = String::new();
    for (at, c) in word.chars().enumerate() {
        let sound = match c {
            'b' | 'p' => 'p',
            'd' | 't' => 't',
            'c' | 'k' | 'q' | 'g' => 'k',
            's' | 'z' | 'x' => 's',
            'f' | 'v' => 'f',
            'm' | 'n' => 'n',
            'a' | 'e' | 'i' | 'o' | 'u' | 'y' | 'h' | 'w' | '\'' if at > 0 => continue,
            other => other,
        };
        if !out.ends_with(sound) {
            out.push(sound);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_become_digits() {
        for (said, compared) in [
            ("It’s $18.50, at seven thirty p.m.", "it's $ 18 50 at 7 30 pm"),
            ("Seven forty-two Evergreen Terrace", "7 42 evergreen terrace"),
            ("twelve oh four Elm", "12 0 4 elm"),
            ("five hundred and fifty five", "555"),
            ("November twenty eighth, the 28th", "november 28 the 28"),
            ("November first; first of all", "november 1 first of all"),
            ("$1,250 or 742", "$ 1250 or 742"),
        ] {
            assert_eq!(plain(said), compared, "{said}");
        }
    }

    #[test]
    fn misheard_words_are_alike_and_others_are_not() {
        assert!(alike("pepperoni", "peperoni") && alike("lopez", "lopes") && alike("evergreen", "evergren"));
        assert!(!alike("pepperoni", "mushroom") && !alike("742", "743") && !alike("large", "small") && !alike("maria", "peter"));
    }

    #[test]
    fn questions_are_seen_without_their_mark() {
        assert!(sentences("What size")[0].question && sentences("I'll need your address.")[0].question);
        assert!(!sentences("It will be ready soon.")[0].question);
        assert!(sentences("Under the name Laura Smith is that right.")[0].question);
        let heard = sentences("I have written it down, and will pass it on, is there anything else?");
        assert_eq!((heard.len(), heard[0].question, heard[1].question), (2, false, true));
        assert_eq!(heard[0].text, "I have written it down, and will pass it on");
        assert_eq!(sentences("Would you like anything else?").len(), 1);
        assert_eq!(sentences("Anything else?").len(), 1);
    }
}
