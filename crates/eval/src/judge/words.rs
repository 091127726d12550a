//! Whether two texts say the same, whoever wrote the numbers down and how.

use types::number_words::{CARDINALS, ORDINALS, TENS};

/// Words that change nothing.
const EMPTY: [&str; 6] = ["dollars", "dollar", "o'clock", "oclock", "and", "the"];

/// Whether a text says this, whatever stands around it.
pub(crate) fn same(found: &str, wanted: &str) -> bool {
    let (found, wanted) = (plain(found), plain(wanted));
    !wanted.is_empty() && format!(" {found} ").contains(&format!(" {wanted} "))
}

/// Small letters; numbers as digits, a number that was told digit by digit in one piece; times without empty minutes.
fn plain(text: &str) -> String {
    let lower = text.to_lowercase().replace("p.m", "pm").replace("a.m", "am").replace("p. m", "pm").replace("a. m", "am");
    // Cents that are none are not said, and neither are minutes.
    let lower = lower.replace(":00", "").replace(".00", "");
    let kept = apart(&lower);
    let mut words: Vec<String> = Vec::new();
    let mut tens = None;
    for word in kept.split_whitespace().filter(|word| !EMPTY.contains(word)) {
        let digits = in_digits(word);
        match (tens.take(), digits.as_deref(), words.last_mut()) {
            (Some(tens), Some(one), Some(last)) if one.len() == 1 && one != "0" => *last = format!("{tens}{one}"),
            _ => words.push(digits.unwrap_or_else(|| word.to_owned())),
        }
        tens = TENS.iter().position(|known| *known == word).map(|at| at + 2);
    }
    joined(words)
}

/// Words and numbers with nothing but spaces between them: `7 pm` of 7pm, `27th` stays one.
fn apart(text: &str) -> String {
    let mut kept = String::new();
    for c in text.chars() {
        let last = kept.chars().last().unwrap_or(' ');
        if last.is_ascii_digit() && (c == 'p' || c == 'a') {
            kept.push(' ');
        }
        kept.push(if c.is_alphanumeric() || c == '\'' { c } else { ' ' });
    }
    kept
}

/// `7` for seven, 7th and seventh.
fn in_digits(word: &str) -> Option<String> {
    let ordinal = ["st", "nd", "rd", "th"].iter().find_map(|ending| word.strip_suffix(ending));
    if let Some(number) = ordinal.filter(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())) {
        return Some(number.to_owned());
    }
    let place = |words: &[&str]| words.iter().position(|known| *known == word);
    let number = place(&CARDINALS).or_else(|| place(&ORDINALS).map(|at| at + 1)).or_else(|| place(&TENS).map(|at| (at + 2) * 10));
    number.map(|number| number.to_string())
}

/// `2 3 2 7` in one piece, `p m` too.
fn joined(words: Vec<String>) -> String {
    let digit = |word: &str| word.len() == 1 && word.bytes().all(|b| b.is_ascii_digit());
    let mut text = String::new();
    let mut before = "";
    let mut run = 0;
    for word in &words {
        let goes_on = digit(word) && digit(before) && run > 0 || word == "m" && matches!(before, "p" | "a");
        if !goes_on && !text.is_empty() {
            text.push(' ');
        }
        text += word;
        run = if digit(word) { run + 1 } else { 0 };
        before = word;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fact_is_the_same_whoever_wrote_its_numbers_down() {
        for (found, wanted) in [
            ("$22.50", "22.50"),
            ("26 dollars", "$26.00"),
            ("about thirty minutes", "30 minutes"),
            ("At 7:00 PM.", "7 pm"),
            ("Friday, November twenty seventh at seven p. M.", "November 27 at 7:00 pm"),
            ("two, three, two, seven", "2327"),
            ("2 3 2 7", "2327"),
            ("seven thirty pm", "7:30 pm"),
            ("from 10am", "10 am"),
            ("Friday, November 27th at 7pm", "November 27 at 7:00"),
        ] {
            assert!(same(found, wanted), "{found} {wanted}: {} {}", plain(found), plain(wanted));
        }
        for (found, wanted) in [
            ("$122.50", "22.50"),
            ("130 minutes", "30 minutes"),
            ("7:30 pm", "7:00 pm"),
            ("2328", "2 3 2 7"),
            ("twenty four dollars", "$26"),
            ("", ""),
            ("x", ""),
        ] {
            assert!(!same(found, wanted), "{found} {wanted}");
        }
    }
}
