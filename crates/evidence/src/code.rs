//! Codes as they are spelled out: "R B four eight two one", "TB-4821", "B as in boy, double five".

use crate::meaning::{Meaning, Mention};
use types::number_words::{CARDINALS, TENS};

/// The shortest and the longest code.
const LENGTHS: std::ops::RangeInclusive<usize> = 3..=20;

/// Every run of letters and digits that may be a code, in order.
pub(crate) fn read(text: &str) -> Vec<Mention> {
    let words = words(text);
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let (code, used) = run(text, &words[at..]);
        if used == 0 {
            at += 1;
            continue;
        }
        let digits = code.chars().filter(char::is_ascii_digit).count();
        if LENGTHS.contains(&code.len()) && (digits > 0 || code.len() >= 4) {
            let (start, end) = (words[at].0, words[at + used - 1].1);
            found.push(Mention { meaning: Meaning::Code(code), start, end, bare: true });
        }
        at += used;
    }
    found
}

/// Runs of letters or digits, by their places.
fn words(text: &str) -> Vec<(usize, usize)> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    for (at, letter) in text.char_indices() {
        let inside = letter.is_alphanumeric() || matches!(letter, '\'' | '’');
        match found.last_mut() {
            Some(last) if inside && last.1 == at => last.1 = at + letter.len_utf8(),
            Some(_) | None if inside => found.push((at, at + letter.len_utf8())),
            Some(_) | None => {}
        }
    }
    found
}

/// The code that begins with the first word, and how many words it takes.
fn run(text: &str, words: &[(usize, usize)]) -> (String, usize) {
    let mut code = String::new();
    let (mut used, mut at, mut times) = (0, 0, 1);
    while let Some((start, end)) = words.get(at) {
        let word = &text[*start..*end];
        let lower = word.to_lowercase();
        let ends = at > 0 && text[words[at - 1].1..*start].contains(['.', '?', '!', ';']);
        if ends {
            break;
        }
        let next = |ahead: usize| words.get(at + ahead).map(|(start, end)| text[*start..*end].to_lowercase());
        match lower.as_str() {
            "double" => times = 2,
            "triple" => times = 3,
            "dash" | "hyphen" if used > 0 => {}
            // "B as in boy", "B for boy".
            "as" if used > 0 && next(1).as_deref() == Some("in") => at += 2,
            "for" | "like" if used > 0 && code.ends_with(|c: char| c.is_ascii_alphabetic()) && spelled_by(&code, next(1)) => {
                at += 1
            }
            _ => {
                let Some((part, more)) = part(text, &words[at..]) else { break };
                for _ in 0..times {
                    code += &part;
                }
                times = 1;
                at += more - 1;
                used = at + 1;
            }
        }
        at += 1;
    }
    (code, used)
}

fn spelled_by(code: &str, word: Option<String>) -> bool {
    let last = code.chars().next_back().map(|letter| letter.to_ascii_lowercase());
    word.is_some_and(|word| word.len() > 1 && word.chars().next() == last)
}

/// One letter, a short word in capitals, digits, or a number in words.
fn part(text: &str, words: &[(usize, usize)]) -> Option<(String, usize)> {
    let word = |at: usize| words.get(at).map(|(start, end)| &text[*start..*end]);
    let first = word(0)?;
    let lower = first.to_lowercase();
    let number = |word: &str| CARDINALS.iter().position(|name| *name == word);
    if let Some(tens) = TENS.iter().position(|name| *name == lower) {
        let unit = word(1).and_then(|next| number(&next.to_lowercase())).filter(|unit| (1..=9).contains(unit));
        let close = words.get(1).is_some_and(|next| !text[words[0].1..next.0].contains(','));
        return Some(match unit.filter(|_| close) {
            Some(unit) => ((20 + 10 * tens + unit).to_string(), 2),
            None => ((20 + 10 * tens).to_string(), 1),
        });
    }
    if let Some(value) = number(&lower) {
        return Some((value.to_string(), 1));
    }
    if lower == "oh" {
        return Some(("0".into(), 1));
    }
    let letters = first.chars().count() == 1 && first.chars().all(|c| c.is_ascii_uppercase()) && first != "I";
    let short = (2..=4).contains(&first.len()) && first.chars().all(|c| c.is_ascii_uppercase());
    let mixed = first.chars().all(|c| c.is_ascii_alphanumeric()) && first.chars().any(|c| c.is_ascii_digit());
    (letters || short || mixed).then(|| (first.to_uppercase(), 1))
}

#[cfg(test)]
mod tests {
    fn codes(text: &str) -> Vec<String> {
        super::read(text).into_iter().map(|mention| mention.meaning.told("")).collect()
    }

    #[test]
    fn a_code_is_read_as_it_is_spelled() {
        for (text, want) in [
            ("It's R B four eight two one.", "RB4821"),
            ("TB-4821", "TB4821"),
            ("forty-eight twenty-one", "4821"),
            ("A B one two", "AB12"),
            ("B as in boy, seven, double five", "B755"),
            ("B for bravo 7 3 2", "B732"),
            ("four, eight, two, oh", "4820"),
        ] {
            assert_eq!(codes(text), [want], "{text}");
        }
        assert!(codes("I am at 12.").is_empty());
    }
}
