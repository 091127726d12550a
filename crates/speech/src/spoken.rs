//! Writing a text out as it is spoken: what a speech model reads badly becomes words.

use crate::numbers::{cardinal, digits, ordinal, paired};
use regex::{Captures, Regex};
use std::sync::LazyLock;

type Words = fn(&Captures<'_>) -> String;
type Rule = (Regex, Words);

/// The text with numbers, prices, times, dates, telephone numbers, house numbers, codes and abbreviations in words:
/// "$18.50 at 7:30 pm" → "eighteen dollars and fifty cents at seven thirty PM".
pub fn spoken(text: &str) -> String {
    let mut text = text.replace(['\u{2019}', '\u{2018}'], "'").replace(['\u{a0}', '\u{202f}'], " ");
    for (pattern, words) in RULES.iter() {
        if pattern.is_match(&text) {
            text = pattern.replace_all(&text, *words).into_owned();
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// In this order: what an earlier rule has turned into words, a later one does not see.
static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    let table: &[(&str, Words)] = &[
        // Telephone numbers, digit by digit in groups: (415) 555-0142, +14155550142, 555-0142.
        (r"(?:\+?1[ .-]?)?\(?\b(\d{3})\)?[ .-](\d{3})[ .-](\d{4})\b", |c| grouped(&[&c[1], &c[2], &c[3]])),
        (r"(?:\+1|\b)(\d{3})(\d{3})(\d{4})\b", |c| grouped(&[&c[1], &c[2], &c[3]])),
        (r"\+(\d{7,15})\b", |c| digits(&c[1])),
        (r"\b(\d{3})[-.](\d{4})\b", |c| grouped(&[&c[1], &c[2]])),
        // Codes: TB-4821, #4821.
        (r"#\s?([A-Za-z]{0,4})-?(\d+)\b", |c| format!("number {} {}", spelt(&c[1]), digits(&c[2]))),
        (r"\b([A-Z]{1,4})-?(\d{2,})\b", |c| format!("{}, {}", spelt(&c[1]), digits(&c[2]))),
        // Money.
        (r"([$€£])\s?(\d[\d,]*)(?:\.(\d{2}))?\b", |c| money(&c[1], &c[2], c.get(3).map_or("0", |cents| cents.as_str()))),
        // Times of day.
        (r"(?i)\b(\d{1,2}):(\d{2})\s*([ap])\.?\s?m\b(?:(\.)\s*$|\.?)", |c| {
            time(&c[1], &c[2], &c[3].to_lowercase()) + full_stop(c, 4)
        }),
        (r"(?i)\b(\d{1,2})\s*([ap])\.?\s?m\b(?:(\.)\s*$|\.?)", |c| time(&c[1], "00", &c[2].to_lowercase()) + full_stop(c, 3)),
        (r"\b([01]?\d|2[0-3]):([0-5]\d)\b", |c| time(&c[1], &c[2], "")),
        // Dates.
        (r"\b(\d{4})-(\d{2})-(\d{2})\b", |c| date(month(&c[2]), &c[3], &c[1])),
        (
            r"\b(January|February|March|April|May|June|July|August|September|October|November|December|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.? (\d{1,2})(?:st|nd|rd|th)?\b(?:,? (\d{4})\b)?",
            |c| date(full_month(&c[1]), &c[2], c.get(3).map_or("", |year| year.as_str())),
        ),
        (r"\b(\d+)(?:st|nd|rd|th)\b", |c| ordinal(number(&c[1]))),
        // Shares.
        (r"(\d+(?:\.\d+)?)\s?%", |c| format!("{} percent", &c[1])),
        (r"\b1/2\b|½", |_| "one half".into()),
        (r"\b1/4\b|¼", |_| "one quarter".into()),
        (r"\b3/4\b|¾", |_| "three quarters".into()),
        // Persons. The pause keeps "Maria Lopez" from being heard as "Mario Lopez".
        (r"\b(behalf of|under the name(?: of)?|name is) ([A-Z][\w'-]+) ([A-Z])", |c| format!("{} {}, {}", &c[1], &c[2], &c[3])),
        // Addresses and titles.
        (r"\bDr\. ([A-Z])", |c| format!("Doctor {}", &c[1])),
        (r"\b(Apt|Ste|Bldg|Blvd|Ave|Rd|Ln|Hwy|Pkwy)\b\.?", |c| long_form(&c[1]).into()),
        (r"(\d+(?:st|nd|rd|th)?|[A-Z]\w+) (St|Dr|Ct|Pl)\b\.?", |c| format!("{} {}", &c[1], long_form(&c[2]))),
        (r"\bSt\. ", |_| "Saint ".into()),
        (r"\b(Mr|Mrs|Ms)\. ", |c| format!("{} ", long_form(&c[1]))),
        (r"\b(\d+)([A-Z])\b", |c| format!("{} {}", &c[1], &c[2])),
        // House numbers. The pause keeps "twelve Elm" and "three fifty Fifth" from running together.
        (
            r"\b([1-9]\d{0,3}),? ((?:[A-Z][\w'.-]* |\d+(?:st|nd|rd|th) |(?:\w+ )?\w+(?:first|second|third|th) ){1,4}(?:Street|Avenue|Road|Drive|Lane|Court|Place|Terrace|Boulevard|Way|Square|Parkway|Highway|Circle|Alley|Row|Crescent)\b)",
            |c| format!("{}, {}", paired(number(&c[1])), &c[2]),
        ),
        (r"\b([1-9]\d{2,3}) ([A-Z])", |c| format!("{} {}", paired(number(&c[1])), &c[2])),
        // All other numbers.
        (r"\b(\d+)\.(\d+)\b", |c| format!("{} point {}", cardinal(number(&c[1])), digits(&c[2]))),
        (r"\b(\d{1,3}(?:,\d{3})+)\b", |c| cardinal(number(&c[1]))),
        (r"\b(0\d+|\d{5,})\b", |c| digits(&c[1])),
        (r"\b(\d{4})\b", |c| paired(number(&c[1]))),
        (r"\d+", |c| format!(" {} ", cardinal(number(&c[0])))),
        // Signs.
        (r"\s*&\s*", |_| " and ".into()),
        (r"\bw/\s?", |_| "with ".into()),
        (r"\s*@\s*", |_| " at ".into()),
        (r"[/_*~^|<>{}\\]+", |_| " ".into()),
        (r" +([,.;:!?])", |c| c[1].into()),
        (r"(\w) -(\w)", |c| format!("{}-{}", &c[1], &c[2])),
    ];
    table.iter().map(|(pattern, words)| (Regex::new(pattern).expect("the patterns are tested"), *words)).collect()
});

fn grouped(groups: &[&str]) -> String {
    groups.iter().map(|group| digits(group)).collect::<Vec<_>>().join(", ")
}

/// Letters one by one.
fn spelt(letters: &str) -> String {
    letters.chars().map(|c| c.to_uppercase().to_string()).collect::<Vec<_>>().join(" ")
}

fn number(text: &str) -> u64 {
    text.replace(',', "").parse().unwrap_or(u64::MAX)
}

fn money(sign: &str, whole: &str, cents: &str) -> String {
    let (one, many) = match sign {
        "€" => ("euro", "euros"),
        "£" => ("pound", "pounds"),
        _ => ("dollar", "dollars"),
    };
    let (whole, cents) = (number(whole), number(cents));
    let unit = |n: u64, one: &str, many: &str| format!("{} {}", cardinal(n), if n == 1 { one } else { many });
    match (whole, cents) {
        (_, 0) => unit(whole, one, many),
        (0, _) => unit(cents, "cent", "cents"),
        (_, _) => format!("{} and {}", unit(whole, one, many), unit(cents, "cent", "cents")),
    }
}

fn time(hour: &str, minute: &str, half: &str) -> String {
    let (hour, minute) = (number(hour), number(minute));
    let (hour, half) = match (hour, half) {
        (13..=23, "") => (hour - 12, "p"),
        (0, _) => (12, if half.is_empty() { "a" } else { half }),
        (_, half) => (hour, half),
    };
    let half = if half.is_empty() { String::new() } else { format!(" {}M", half.to_uppercase()) };
    match minute {
        0 if half.is_empty() => format!("{} o'clock", cardinal(hour)),
        0 => cardinal(hour) + &half,
        1..10 => format!("{} oh {}{half}", cardinal(hour), cardinal(minute)),
        _ => format!("{} {}{half}", cardinal(hour), cardinal(minute)),
    }
}

/// The dot of "p.m." is also the sentence's when nothing follows; then it is the group.
fn full_stop(c: &Captures<'_>, group: usize) -> &'static str {
    if c.get(group).is_some() { "." } else { "" }
}

fn date(month: &str, day: &str, year: &str) -> String {
    let day = ordinal(number(day));
    match year {
        "" => format!("{month} {day}"),
        year => format!("{month} {day}, {}", paired(number(year))),
    }
}

const MONTHS: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

fn month(number: &str) -> &'static str {
    number.parse::<usize>().ok().and_then(|n| MONTHS.get(n.wrapping_sub(1)).copied()).unwrap_or("month")
}

fn full_month(short: &str) -> &'static str {
    MONTHS.into_iter().find(|name| name.starts_with(&short[..3])).unwrap_or("May")
}

fn long_form(short: &str) -> &'static str {
    match short {
        "Apt" => "Apartment",
        "Ste" => "Suite",
        "Bldg" => "Building",
        "Blvd" => "Boulevard",
        "Ave" => "Avenue",
        "Rd" => "Road",
        "Ln" => "Lane",
        "Hwy" => "Highway",
        "Pkwy" => "Parkway",
        "St" => "Street",
        "Ct" => "Court",
        "Pl" => "Place",
        "Mr" => "Mister",
        "Mrs" => "Missus",
        "Ms" => "Miz",
        // After a name. Before one it is a doctor.
        "Dr" => "Drive",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_short_is_said_long() {
        let cases = [
            ("That is $18.50, please.", "That is eighteen dollars and fifty cents, please."),
            (
                "$1 or $0.99 or €20 or $1,250",
                "one dollar or ninety nine cents or twenty euros or one thousand two hundred fifty dollars",
            ),
            ("At 7:00 pm.", "At seven PM."),
            ("At 7:30 p.m. on Saturday", "At seven thirty PM on Saturday"),
            ("At 7 pm, 7:05 or 19:30", "At seven PM, seven oh five or seven thirty PM"),
            ("12:00", "twelve o'clock"),
            ("Saturday, November 28", "Saturday, November twenty eighth"),
            ("2026-11-28", "November twenty eighth, twenty twenty six"),
            ("the 3rd, Nov 21st", "the third, November twenty first"),
            ("Call 415-555-0142.", "Call four one five, five five five, zero one four two."),
            ("+14155550142", "four one five, five five five, zero one four two"),
            ("(415) 555 0142", "four one five, five five five, zero one four two"),
            ("555-0142", "five five five, zero one four two"),
            ("Confirmation TB-4821", "Confirmation T B, four eight two one"),
            ("It is #4821.", "It is number four eight two one."),
            ("1204 Elm Street", "twelve oh four, Elm Street"),
            ("742 Evergreen Terrace, Apt 4B", "seven forty two, Evergreen Terrace, Apartment four B"),
            ("12 Oak St., zip 02139", "twelve, Oak Street, zip zero two one three nine"),
            ("9 Lake Dr", "nine, Lake Drive"),
            ("350 Fifth Avenue, 21 5th Ave.", "three fifty, Fifth Avenue, twenty one, fifth Avenue"),
            ("2 Large pizzas to 9 Main", "two Large pizzas to nine Main"),
            ("Ask Dr. Lee", "Ask Doctor Lee"),
            ("The name is Maria Lopez.", "The name is Maria, Lopez."),
            ("2 12-inch pies", "two twelve-inch pies"),
            ("10% of 3.5", "ten percent of three point five"),
            ("1/2 cheese & 1/2 ham", "one half cheese and one half ham"),
            ("30 minutes", "thirty minutes"),
            ("I'd like that", "I'd like that"),
        ];
        for (written, said) in cases {
            assert_eq!(spoken(written), said, "{written}");
        }
    }

    #[test]
    fn nothing_that_comes_out_has_a_digit() {
        for text in ["18446744073709551616", "a1b2c3", "3..4", "٣", "1-800-555-0199", "7:61", "00:00", "5x5"] {
            assert!(!spoken(text).chars().any(|c| c.is_ascii_digit()), "{text} → {}", spoken(text));
        }
    }
}
