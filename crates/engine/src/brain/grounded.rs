//! Whether the user has said what the model says they have. A parser cannot tell a telephone number that was invented from one
//! that was typed; the user's words can.

use graph::{locale::Here, template::Kind};
use types::number_words::{CARDINALS, TENS};

/// How many of the words of a free text must have been said, percent: a question may be turned around, but not be another one.
const FREE_MIN: usize = 60;
/// How alike two words must be to count as the same with a slip of the finger.
const ALIKE_MIN: f64 = 0.92;

/// Words that carry nothing by themselves.
const SMALL: [&str; 48] = [
    "a", "an", "the", "of", "with", "and", "or", "for", "to", "in", "on", "at", "it", "is", "are", "as", "by", "from", "i", "my",
    "me", "they", "them", "their", "you", "your", "do", "does", "have", "if", "whether", "that", "please", "am", "pm", "oclock",
    "s", "t", "say", "ask", "tell", "we", "us", "our", "be", "will", "there", "he",
];
/// Words that mean a number without being one.
const COUNTS: [(&str, &str); 12] = [
    ("a", "1"),
    ("an", "1"),
    ("single", "1"),
    ("myself", "1"),
    ("couple", "2"),
    ("pair", "2"),
    ("both", "2"),
    ("and", "2"),
    ("dozen", "12"),
    ("half", "6"),
    ("thirty", "30"),
    ("forty", "40"),
];

/// Whether a value of this kind rests on these words.
pub(super) fn is_grounded(kind: Kind, value: &str, said: &str, here: Here<'_>) -> bool {
    if kind == Kind::Phone {
        return is_typed_number(value, said, here);
    }
    let said_words = words(said);
    if kind == Kind::Count {
        return words(value).iter().all(|word| is_said(word, &said_words) || is_meant(word, &said_words));
    }
    let value_words: Vec<String> = words(value).into_iter().filter(|word| !SMALL.contains(&word.as_str())).collect();
    let numbers = value_words.iter().filter(|word| word.contains(|c: char| c.is_ascii_digit()));
    if !numbers.clone().all(|number| is_said(number, &said_words)) {
        return false;
    }
    let found = value_words.iter().filter(|word| is_said(word, &said_words)).count();
    let needed = if kind.is_free() { FREE_MIN } else { 100 };
    !value_words.is_empty() && found * 100 >= value_words.len() * needed
}

/// Whether there is so little to choose from that the user's meaning is as good as their words ("bring it to me").
pub(super) fn may_be_meant(kind: Kind) -> bool {
    kind == Kind::Size || kind == Kind::Fulfilment
}

/// Whether a number was typed as a whole: with the same digits, or so that it reads as the same number.
fn is_typed_number(value: &str, said: &str, here: Here<'_>) -> bool {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let read = Kind::Phone.read(value, here);
    runs(said).iter().any(|run| match &read {
        Ok(number) => Kind::Phone.read(run, here).as_ref() == Ok(number),
        // What is wrong with the number is told only of one that the user typed.
        Err(_) => !digits(value).is_empty() && digits(run) == digits(value),
    })
}

/// Everything in a text that may be a whole telephone number.
fn runs(text: &str) -> Vec<String> {
    let mut runs = vec![String::new()];
    for c in text.chars() {
        let belongs = c.is_ascii_digit() || matches!(c, ' ' | '\u{a0}' | '(' | ')' | '-' | '.' | '/' | '+');
        if !belongs || c == '+' {
            runs.push(String::new());
        }
        if let Some(run) = runs.last_mut().filter(|_| belongs) {
            run.push(c);
        }
    }
    let tidy = |run: String| run.trim_matches([' ', '\u{a0}', '.', '-', '/']).to_owned();
    runs.into_iter().map(tidy).filter(|run| run.chars().any(|c| c.is_ascii_digit())).collect()
}

fn words(text: &str) -> Vec<String> {
    let lower = text.to_lowercase().replace(['\'', '’', '‘', 'ʼ'], "");
    // "7pm" and "7:00pm" are said with the same numbers as "7 pm".
    let mut spaced = String::with_capacity(lower.len());
    let mut before = ' ';
    for c in lower.chars() {
        if c.is_ascii_digit() != before.is_ascii_digit() && c.is_alphanumeric() && before.is_alphanumeric() {
            spaced.push(' ');
        }
        spaced.push(c);
        before = c;
    }
    spaced.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

fn is_said(word: &str, said: &[String]) -> bool {
    let digits = word.bytes().all(|c| c.is_ascii_digit());
    let number =
        |word: &str| CARDINALS.iter().chain(&TENS[..1]).position(|known| *known == word).map(|number| number.to_string());
    said.iter().any(|known| {
        if known == word || number(known).as_deref() == Some(word) || number(word).as_deref() == Some(known) {
            return true;
        }
        let shorter = known.len().min(word.len());
        // "St." and "Street", "pizza" and "pizzas"; digits must be the same.
        !digits
            && !known.bytes().any(|c| c.is_ascii_digit())
            && (shorter >= 2 && (known.starts_with(word) || word.starts_with(known.as_str()))
                || shorter >= 4 && strsim::jaro_winkler(known, word) >= ALIKE_MIN)
    })
}

fn is_meant(number: &str, said: &[String]) -> bool {
    COUNTS.iter().any(|(word, meant)| *meant == number && said.iter().any(|known| known == word))
}
