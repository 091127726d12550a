//! What the callee has told: the facts that were wanted, each with the words that prove it.

use super::compare::{Mention, clocks, mention};
use super::remarks;
use super::words::{MONTHS, Sentence, WEEKDAYS, is_number, plain, sentences};
use regex::Regex;
use std::sync::LazyLock;
use types::Briefing;

/// A fact as the callee told it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) name: String,
    /// As a person would write it.
    pub(super) value: String,
    /// The callee's own words.
    pub(super) quote: String,
}

/// What is known of a fact by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    /// An amount of money.
    Money,
    /// How long something takes, or when it is ready.
    Ready,
    /// What day and time were booked.
    Booked,
    /// A number that names a booking or an order.
    Code,
    /// Anything that is told in words.
    Words,
}

/// What sort of fact it is.
pub(super) fn sort(name: &str) -> Sort {
    let has = |parts: &[&str]| parts.iter().any(|part| name.contains(part));
    if has(&["total", "price", "cost", "fee", "amount"]) {
        Sort::Money
    } else if has(&["ready", "wait", "duration", "how_long", "delivery_time", "pickup_time"]) {
        Sort::Ready
    } else if has(&["booked", "appointment_time", "confirmed_time", "new_time"]) {
        Sort::Booked
    } else if has(&["confirmation", "reference", "order_number", "booking_number"]) {
        Sort::Code
    } else {
        Sort::Words
    }
}

/// What the callee's sentence tells of the wanted facts that can be recognised by their form. What is told later counts.
pub(super) fn read(briefing: &Briefing, said: &Sentence<'_>, told: &mut Vec<Told>) {
    for fact in &briefing.facts_wanted {
        let value = match sort(&fact.name) {
            Sort::Money => (!said.question || said.has(&["total", "comes to"])).then(|| money(&said.plain)).flatten(),
            Sort::Ready => duration(&said.plain).or_else(|| ready_at(said)),
            Sort::Booked => booked(briefing, said),
            Sort::Code => code(said.text),
            Sort::Words => None,
        };
        if let Some(value) = value {
            told.retain(|known| known.name != fact.name);
            told.push(Told { name: fact.name.clone(), value, quote: said.text.trim().to_owned() });
        }
    }
}

/// `$18.50` in "18.50", "eighteen fifty", "eighteen dollars and fifty cents".
pub(super) fn money(plain_text: &str) -> Option<String> {
    static MONEY: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"\$ (\d+)(?: (\d\d)\b)?|\b(\d+) (?:dollars|dollar|bucks)(?: and)?(?: (\d{1,2})\b(?: cents)?)?|\b(?:total|total is|comes to|that'll be|that will be) (\d{1,3}) (\d\d)\b",
        )
        .expect("the pattern is tested")
    });
    let found = MONEY.captures(plain_text)?;
    let (whole, cents) =
        [(1, 2), (3, 4), (5, 6)].into_iter().find_map(|(whole, cents)| Some((found.get(whole)?, found.get(cents))))?;
    let cents: u32 = cents.map_or(Some(0), |cents| cents.as_str().parse().ok())?;
    Some(if cents == 0 { format!("${}", whole.as_str()) } else { format!("${}.{cents:02}", whole.as_str()) })
}

/// `30 minutes` in "in thirty minutes", `30 to 40 minutes`, `half an hour`.
pub(super) fn duration(plain_text: &str) -> Option<String> {
    static LONG: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"\b(\d+)(?: ?(?:to|or) ?(\d+))? (minute|minutes|mins|hour|hours)\b|\b(half an hour|an hour and a half|an hour|a quarter of an hour)\b")
            .expect("the pattern is tested")
    });
    let found = LONG.captures(plain_text)?;
    if let Some(words) = found.get(4) {
        return Some(words.as_str().to_owned());
    }
    let unit = if found[3].starts_with('m') { "minute" } else { "hour" };
    let range = found.get(2).map_or_else(|| found[1].to_owned(), |to| format!("{} to {}", &found[1], to.as_str()));
    let plural = if range == "1" { "" } else { "s" };
    Some(format!("{range} {unit}{plural}"))
}

/// "Ready at 7:15", in the callee's words.
fn ready_at(said: &Sentence<'_>) -> Option<String> {
    if said.question
        || !said.has(&["ready", "be there", "delivered", "arrive", "pick it up", "done", "come"])
        || clocks(&said.plain).is_empty()
    {
        return None;
    }
    when(said.text)
}

/// The day and time that the callee says are booked, in their words.
fn booked(briefing: &Briefing, said: &Sentence<'_>) -> Option<String> {
    if !remarks::settles(said) {
        return None;
    }
    let wrong = ["date", "time"].iter().any(|name| {
        let value = briefing.details.get(*name);
        value.is_some_and(|value| mention(name, value, &said.plain, said.text, None) == Some(Mention::Wrong))
    });
    if wrong { None } else { when(said.text) }
}

/// The part of a sentence that tells a day or a time of day: "Saturday at 7 p.m.".
pub(super) fn when(text: &str) -> Option<String> {
    static PART: LazyLock<Regex> = LazyLock::new(|| {
        let days = WEEKDAYS.join("|");
        let months = MONTHS.join("|");
        Regex::new(&format!(
            r"(?i)\b(?:{days})\b|\b(?:{months}) (?:the )?(?:\d{{1,2}}(?:st|nd|rd|th)?|[a-z]+(?:[ -][a-z]+th|[ -]first|[ -]second|[ -]third)?)\b|\b(?:(?:at|by|around) )?(?:\d{{1,2}}(?::\d\d)?\s?[ap]\.?m\b\.?|\d{{1,2}}:\d\d\b|\d{{1,2}} o'clock)|\b(?:(?:at|by|around) )?(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)(?: (?:thirty|fifteen|forty[ -]five))?(?: (?:p\.?m\.?|a\.?m\.?|o'clock))|\b(?:at|by|around) (?:\d{{1,2}}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)(?: (?:thirty|fifteen|forty[ -]five))?\b|\btonight\b|\btomorrow\b|\btoday\b|\bnoon\b"
        ))
        .expect("the pattern is tested")
    });
    let found: Vec<_> = PART.find_iter(text).collect();
    let (first, last) = (found.first()?, found.last()?);
    let part = text[first.start()..last.end()].trim();
    let part = part.strip_prefix("at ").or_else(|| part.strip_prefix("by ")).unwrap_or(part);
    // Far apart they do not belong together.
    (part.len() <= 80).then(|| part.trim_end_matches(',').to_owned())
}

/// `TB-4821` in "your confirmation number is TB-4821", `4821` in "four eight two one".
pub(super) fn code(text: &str) -> Option<String> {
    static AFTER: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"(?i)\b(?:confirmation|reservation|booking|reference|order)(?: number| code| id)?(?: for you)?(?: is|'s|:|,)* (.*)",
        )
        .expect("the pattern is tested")
    });
    let lower = text.to_lowercase();
    if !["number", "code", "confirmation", "reference"].iter().any(|word| lower.contains(word)) || text.trim_end().ends_with('?')
    {
        return None;
    }
    let rest = AFTER.captures(text)?.get(1)?.as_str().to_owned();
    let mut code = String::new();
    for word in rest.split(|c: char| c.is_whitespace() || matches!(c, ',' | '.' | '-' | '–')).filter(|word| !word.is_empty()) {
        let compared = plain(word);
        let letters = word.len() <= 4 && word.chars().all(|c| c.is_ascii_uppercase());
        let mixed = word.chars().all(|c| c.is_ascii_alphanumeric()) && word.chars().any(|c| c.is_ascii_digit());
        if is_number(&compared) {
            code += &compared;
        } else if letters || mixed {
            code += word;
        } else if !code.is_empty() {
            break;
        } else if !matches!(compared.as_str(), "is" | "number" | "it's" | "code" | "that's" | "the") {
            return None;
        }
    }
    code.chars().any(|c| c.is_ascii_digit()).then_some(code)
}

/// What a turn of the callee answers in words: its statements, without fillers and goodbyes. The first is the quote.
pub(super) fn statements(turn: &str) -> Vec<String> {
    let substantial = |sentence: &Sentence<'_>| {
        let yes_or_no = matches!(sentence.plain.split(' ').next(), Some("yes" | "yeah" | "no" | "nope" | "yep"));
        let filler = remarks::is_filler(&sentence.plain) && !yes_or_no;
        let tells = !sentence.question && !filler && !remarks::introduces(sentence) && !remarks::asks_to_hold(sentence);
        tells && !remarks::says_goodbye(sentence) && !remarks::wants_repeat(sentence)
    };
    sentences(turn).into_iter().filter(substantial).map(|sentence| sentence.text.trim().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_times_and_codes_are_found() {
        for (said, value) in [
            ("Your total is $22.50, and it will be ready in 25 minutes.", Some("$22.50")),
            ("That's eighteen dollars and fifty cents.", Some("$18.50")),
            ("That'll be eighteen fifty.", Some("$18.50")),
            ("Twenty dollars even.", Some("$20")),
            ("It comes to twenty two dollars.", Some("$22")),
            ("Ready in 25 minutes.", None),
        ] {
            assert_eq!(money(&plain(said)).as_deref(), value, "{said}");
        }
        for (said, value) in [
            ("It will be ready in twenty-five minutes.", Some("25 minutes")),
            ("30 to 40 minutes.", Some("30 to 40 minutes")),
            ("About half an hour.", Some("half an hour")),
            ("One hour.", Some("1 hour")),
            ("Soon.", None),
        ] {
            assert_eq!(duration(&plain(said)).as_deref(), value, "{said}");
        }
        for (said, value) in [
            ("You're booked for Saturday, November 28 at 7 p.m.", Some("Saturday, November 28 at 7 p.m.")),
            ("Saturday at seven thirty pm it is.", Some("Saturday at seven thirty pm")),
            ("See you then.", None),
        ] {
            assert_eq!(when(said).as_deref(), value, "{said}");
        }
        for (said, value) in [
            ("Your confirmation number is 4821.", Some("4821")),
            ("The confirmation number is TB-4821.", Some("TB4821")),
            ("Confirmation number four eight two one.", Some("4821")),
            ("Your confirmation number is B, 7 3 2.", Some("B732")),
            ("There's no confirmation number.", None),
            ("Your reservation is for 7 p.m.", None),
        ] {
            assert_eq!(code(said).as_deref(), value, "{said}");
        }
    }
}
