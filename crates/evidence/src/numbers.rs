//! A text as words that can be compared: "eighteen fifty", "$18.50" and "18 dollars and 50 cents" are the same.

use types::number_words::{CARDINALS, ORDINALS, TENS};

/// One word or number, and where it lies in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) word: String,
    pub(crate) number: bool,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// The words that matter, numbers as digits.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let raw = split(text);
    let mut told: Vec<Token> = Vec::with_capacity(raw.len());
    let mut at = 0;
    while at < raw.len() {
        let (mut found, used) = phrase(&raw, at).or_else(|| number(&raw, at, told.last())).unwrap_or_else(|| word(&raw, at));
        // The currency is left out of the comparison but belongs to the number's words.
        if let Some(first) = found.first_mut().filter(|token| token.number && text[..token.start].ends_with('$')) {
            first.start -= 1;
        }
        if let Some(last) = told.last_mut().filter(|token| token.number && CURRENCY.contains(&raw[at].word.as_str())) {
            last.end = raw[at].end;
        }
        told.append(&mut found);
        at += used;
    }
    told
}

const CURRENCY: [&str; 6] = ["dollars", "dollar", "bucks", "cents", "cent", "usd"];
const FILLERS: [&str; 11] = ["a", "an", "the", "and", "oclock", "um", "uh", "er", "so", "well", "okay"];

/// Runs of letters or of digits, lower case; apostrophes and the commas of thousands are no boundaries.
fn split(text: &str) -> Vec<Token> {
    let mut found: Vec<Token> = Vec::new();
    let letters: Vec<(usize, char)> = text.char_indices().collect();
    let digit_at = |index: usize| letters.get(index).is_some_and(|(_, letter)| letter.is_ascii_digit());
    let mut joins = false;
    for (index, (start, letter)) in letters.iter().enumerate() {
        if !letter.is_alphanumeric() {
            let thousands = *letter == ','
                && index > 0
                && digit_at(index - 1)
                && (1..=3).all(|n| digit_at(index + n))
                && !digit_at(index + 4);
            joins = joins && (thousands || matches!(letter, '\'' | '’'));
            continue;
        }
        let (number, end) = (letter.is_ascii_digit(), start + letter.len_utf8());
        match found.last_mut() {
            Some(last) if joins && last.number == number => {
                last.word.extend(letter.to_lowercase());
                last.end = end;
            }
            Some(_) | None => found.push(Token { word: letter.to_lowercase().collect(), number, start: *start, end }),
        }
        joins = true;
    }
    found
}

/// Several words that stand for others.
fn phrase(raw: &[Token], at: usize) -> Option<(Vec<Token>, usize)> {
    const PHRASES: [(&[&str], &[&str]); 8] = [
        (&["half", "an", "hour"], &["30", "minute"]),
        (&["half", "hour"], &["30", "minute"]),
        (&["an", "hour"], &["1", "hour"]),
        (&["noon"], &["12", "pm"]),
        (&["midnight"], &["12", "am"]),
        (&["p", "m"], &["pm"]),
        (&["a", "m"], &["am"]),
        (&["dozen"], &["12"]),
    ];
    let (words, meant) = PHRASES.iter().find(|(words, _)| {
        raw.len() >= at + words.len() && words.iter().zip(&raw[at..]).all(|(word, token)| token.word == *word)
    })?;
    let (start, end) = (raw[at].start, raw[at + words.len() - 1].end);
    let meant = meant.iter().map(|word| Token {
        word: (*word).to_owned(),
        number: word.starts_with(|c: char| c.is_ascii_digit()),
        start,
        end,
    });
    Some((meant.collect(), words.len()))
}

/// A number in digits or in words.
fn number(raw: &[Token], at: usize, before: Option<&Token>) -> Option<(Vec<Token>, usize)> {
    let first = raw.get(at)?;
    let after_number = before.is_some_and(|token| token.number);
    let digits = |word: String, used: usize| Token { word, number: true, start: first.start, end: raw[at + used - 1].end };
    if first.number && first.word.len() > 3 {
        return Some((vec![digits(first.word.clone(), 1)], 1));
    }
    // 7:00 and $18.00 are 7 and 18; 7:05 is "seven oh five".
    if first.number && after_number && first.word.starts_with('0') {
        return Some(match first.word.trim_start_matches('0') {
            "" if first.word.len() == 2 => (Vec::new(), 1),
            rest if first.word.len() == 2 => (vec![digits("0".into(), 1), digits(rest.into(), 1)], 1),
            _ => (vec![digits(first.word.clone(), 1)], 1),
        });
    }
    if after_number && matches!(first.word.as_str(), "oh" | "o") {
        return Some((vec![digits("0".into(), 1)], 1));
    }
    let ordinal_suffix = |used: usize| {
        let suffix = raw.get(at + used).is_some_and(|token| {
            matches!(token.word.as_str(), "st" | "nd" | "rd" | "th") && first.number && token.start == raw[at + used - 1].end
        });
        used + usize::from(suffix)
    };
    let (value, used) = whole(raw, at)?;
    let kept = if first.number && used == 1 { first.word.clone() } else { value.to_string() };
    let used = ordinal_suffix(used);
    Some((vec![digits(kept, used)], used))
}

/// A number below a million: hundreds and thousands are put together, "eighteen fifty" is not.
fn whole(raw: &[Token], at: usize) -> Option<(u64, usize)> {
    let word = |index: usize| raw.get(index).map(|token| token.word.as_str());
    let and = |index: usize| usize::from(word(index) == Some("and"));
    let (mut value, mut used) = match word(at)? {
        "hundred" | "thousand" => (1, 0),
        _ => small(raw, at)?,
    };
    if word(at + used) == Some("hundred") {
        value *= 100;
        used += 1;
        if let Some((rest, more)) = small(raw, at + used + and(at + used)).filter(|(rest, _)| *rest < 100) {
            used += and(at + used) + more;
            value += rest;
        }
    }
    if word(at + used) == Some("thousand") {
        value *= 1_000;
        used += 1;
        let next = at + used + and(at + used);
        if let Some((rest, more)) = whole(raw, next).filter(|(rest, _)| *rest < 1_000) {
            used = next - at + more;
            value += rest;
        }
    }
    Some((value, used))
}

/// A number below a hundred in words, or up to three digits.
fn small(raw: &[Token], at: usize) -> Option<(u64, usize)> {
    let token = raw.get(at)?;
    if token.number {
        return if token.word.len() <= 3 { token.word.parse().ok().map(|value| (value, 1)) } else { None };
    }
    let place = |names: &[&str], word: &str| names.iter().position(|name| *name == word).map(|place| place as u64);
    let unit = |word: &str| place(&CARDINALS, word).or_else(|| place(&ORDINALS[..19], word).map(|place| place + 1));
    if let Some(place) = TENS.iter().position(|name| *name == token.word) {
        let tens = 20 + 10 * place as u64;
        let next = raw.get(at + 1).and_then(|next| unit(&next.word)).filter(|unit| (1..=9).contains(unit));
        return Some(next.map_or((tens, 1), |unit| (tens + unit, 2)));
    }
    if let Some(stem) = token.word.strip_suffix("ieth")
        && let Some(place) = TENS.iter().position(|name| name.strip_suffix('y') == Some(stem))
    {
        return Some((20 + 10 * place as u64, 1));
    }
    unit(&token.word).map(|value| (value, 1))
}

/// Any other word; fillers are left out, and plurals are taken as singulars.
fn word(raw: &[Token], at: usize) -> (Vec<Token>, usize) {
    let token = &raw[at];
    if FILLERS.contains(&token.word.as_str()) || CURRENCY.contains(&token.word.as_str()) {
        return (Vec::new(), 1);
    }
    let word = match token.word.as_str() {
        "yeah" | "yep" | "yup" => "yes",
        "mins" | "min" => "minute",
        other if other.len() > 3 => other.strip_suffix('s').unwrap_or(other),
        other => other,
    };
    (vec![Token { word: word.to_owned(), ..token.clone() }], 1)
}

#[cfg(test)]
mod tests {
    fn words(text: &str) -> String {
        super::tokens(text).into_iter().map(|token| token.word).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn different_writings_become_the_same() {
        for (text, want) in [
            ("$18.50", "18 50"),
            ("eighteen fifty", "18 50"),
            ("$1,250.00", "1250"),
            ("twelve hundred and fifty dollars", "1250"),
            ("three thousand and five", "3005"),
            ("7:00 PM", "7 pm"),
            ("7:05 p.m.", "7 0 5 pm"),
            ("seven oh five pm", "7 0 5 pm"),
            ("the 28th of May", "28 of may"),
            ("twenty-first", "21"),
            ("the thirtieth", "30"),
            ("it's 7pm", "its 7 pm"),
            ("thirty mins", "30 minute"),
            ("ß 5é", "ß 5 é"),
        ] {
            assert_eq!(words(text), want, "{text}");
        }
    }

    #[test]
    fn a_token_knows_where_it_lies() {
        let text = "About twenty-five minutes.";
        let tokens = super::tokens(text);
        assert_eq!(&text[tokens[1].start..tokens[1].end], "twenty-five");
    }
}
