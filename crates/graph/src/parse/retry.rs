//! "If nobody answers, try again every 10 minutes, up to 3 times": trying by oneself, as part of a plan; and what is said while
//! the next try waits.

use super::{number_word, pattern};
use regex::Regex;
use std::{ops::Range, sync::LazyLock};
use types::RetryPolicy;

/// How often it is tried more when only the time between was said.
const TIMES: u32 = 3;
/// The seconds between when only the number was said.
const EVERY_S: u32 = 600;

const NUMBER: &str = r"\d{1,4}|an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|forty|forty-five|fifty|sixty|ninety";
const UNIT: &str = r"seconds?|secs?|minutes?|mins?|min|hours?|hrs?|h";

/// "if nobody answers, keep trying", "call them again", "retry".
static LEAD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)(?:(?:\b(?:and|but)\s+)?\bif\s+(?:nobody|no\s?-?one|it'?s|it\s+is|they|he|she|the\s+line|there'?s|you)\b[^,.;:!?]{0,50}?[,:]?\s+(?:then\s+|just\s+)?)?
        (?:\bplease\s+)?
        \b(?:keep\s+(?:on\s+)?(?:trying|calling)|re-?try(?:ing)?|re-?dial|(?:try|call|ring|phone|dial)(?:\s+(?:it|them|him|her))?(?:\s+(?:once\s+)?again|\s+back)?)",
    )
});
/// What may follow, each once: how long between, and how often.
static EVERY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?ix)^[,\s]*(?:(?:and|for)\s+)?(?:every|each|at\s+intervals\s+of|with\s+a\s+pause\s+of)\s+(?:(?P<half>half\s+(?:an\s+)?)|(?P<n>{NUMBER})\s*)?(?P<unit>{UNIT})\b"
    ))
});
static APART: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?ix)^[,\s]*(?:and\s+)?(?P<half>half\s+(?:an\s+)?)?(?P<n>{NUMBER})?\s*(?P<unit>{UNIT})\s+(?:apart|between)\b"
    ))
});
static OFTEN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?ix)^[,\s]*(?:(?:and|but|for)\s+)*(?:up\s+to\s+|at\s+(?:the\s+)?most\s+|no\s+more\s+than\s+|max(?:imum)?\.?\s+|another\s+)?(?:(?P<n>{NUMBER})\s+(?:more\s+|other\s+)?(?:times|time|tries|attempts)|(?P<word>once|twice))\b(?:\s+(?:more|at\s+most|max(?:imum)?))?"
    ))
});
static NEVER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)\b(?:do\s+not|don'?t|don’t|never)\s+(?:ever\s+)?(?:try|call|dial|ring|retry|redial)(?:\s+(?:it|them))?(?:\s+again)?\s+(?:by\s+yourself|on\s+your\s+own|automatically|without\s+asking(?:\s+me)?)\b
        |\b(?:no|without)\s+(?:automatic\s+)?(?:retries|retrying)\b
        |\b(?:try|call|dial)(?:\s+(?:it|them))?\s+only\s+once\b|\bonly\s+(?:try|call|dial)(?:\s+(?:it|them))?\s+once\b",
    )
});

/// What the user wants of trying by oneself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Where, in bytes.
    pub range: Range<usize>,
    /// The policy, `None` for never; or why it cannot be used.
    pub wish: Result<Option<RetryPolicy>, String>,
}

/// Finds a wish to be tried again without being asked, or never. "Try again" by itself is none.
pub fn find(text: &str) -> Option<Said> {
    if let Some(never) = NEVER.find(text) {
        return Some(Said { range: never.range(), wish: Ok(None) });
    }
    LEAD.find_iter(text).find_map(|lead| {
        let (mut end, mut every_s, mut times) = (lead.end(), None, None);
        loop {
            let rest = &text[end..];
            if let Some(found) = EVERY.captures(rest).or_else(|| APART.captures(rest)).filter(|_| every_s.is_none()) {
                every_s = Some(seconds(&found)?);
                end += found.get(0)?.end();
            } else if let Some(found) = OFTEN.captures(rest).filter(|_| times.is_none()) {
                times = Some(match found.name("word").map(|word| word.as_str().to_lowercase()) {
                    Some(word) if word == "twice" => 2,
                    Some(_) => 1,
                    None => number(found.name("n")?.as_str())?,
                });
                end += found.get(0)?.end();
            } else {
                break;
            }
        }
        // "Call twice" is no word of trying again, but "call them again twice" is.
        let again = every_s.is_some()
            || ["again", "retry", "redial", "keep", "if "].iter().any(|word| lead.as_str().to_lowercase().contains(word));
        let more = text[lead.end()..end].to_lowercase().contains("more");
        if every_s.is_none() && times.is_none() || !(again || more) {
            return None;
        }
        let policy = RetryPolicy { times: times.unwrap_or(TIMES), every_s: every_s.unwrap_or(EVERY_S) };
        let wish = policy.check().map(|()| Some(policy)).map_err(|wrong| format!("I can't try again like that: {wrong}."));
        Some(Said { range: lead.start()..end, wish })
    })
}

/// The text without what [`find`] found in it.
pub fn without(text: &str, said: &Said) -> String {
    let rest = format!("{} {}", &text[..said.range.start], &text[said.range.end..]);
    let rest = rest.trim_matches(|c: char| c.is_whitespace() || ",.;:!".contains(c));
    let dangling = [" and", " but", " then", " also", " please"];
    let rest = dangling.iter().find_map(|word| rest.strip_suffix(word)).unwrap_or(rest).trim_end_matches([',', ' ']);
    let alone = ["and", "but", "then", "also", "please", "ok", "okay"].iter().any(|word| rest.eq_ignore_ascii_case(word));
    if alone { String::new() } else { rest.to_owned() }
}

fn number(text: &str) -> Option<u32> {
    if text.eq_ignore_ascii_case("a") || text.eq_ignore_ascii_case("an") {
        return Some(1);
    }
    text.parse().ok().or_else(|| number_word(text))
}

fn seconds(found: &regex::Captures<'_>) -> Option<u32> {
    let unit = found.name("unit")?.as_str().to_lowercase();
    let unit_s = match unit.chars().next()? {
        's' => 1,
        'm' => 60,
        _ => 3_600,
    };
    if found.name("half").is_some() {
        return Some(unit_s / 2);
    }
    let count = found.name("n").map_or(Some(1), |count| number(count.as_str()))?;
    Some(count.saturating_mul(unit_s))
}

/// What is said while the next try waits for its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meanwhile {
    /// "Stop trying."
    Stop,
    /// "Try now."
    Now,
}

static STOP: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)^(?:(?:ok|okay|oh|no|actually|well|please|just|sorry|wait),?\s+)*(?:
            (?:you\s+can\s+)?(?:stop|quit|give\s+up)(?:\s+(?:trying|calling|it|now|that|please))*
          | (?:do\s+not|don'?t|don’t|never|no\s+need\s+to)\s+(?:try|call|dial|bother|retry)(?:\s+(?:it|them|again|any\s?more|now))*
          | no | nope | nah | hang\s*-?up | no\s+thanks | no\s+thank\s+you
          | (?:no\s+more|enough)\s+(?:calls|tries|attempts|trying|calling)
        )(?:,?\s+(?:please|thanks|thank\s+you|then))*[\s.!]*$",
    )
});
static NOW: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)^(?:(?:yes|ok|okay|please|then|so|well|sure|can\s+you|could\s+you|just),?\s+)*(?:try|call|dial|retry|redial)(?:\s+(?:it|them|again|once\s+more))*\s+(?:now|right\s+(?:now|away)|at\s+once|immediately|already|straight\s+away)(?:,?\s+please)?[\s.!?]*$",
    )
});

/// Reads "stop trying" and "try now".
pub fn meanwhile(text: &str) -> Option<Meanwhile> {
    let text = text.trim();
    if STOP.is_match(text) {
        return Some(Meanwhile::Stop);
    }
    NOW.is_match(text).then_some(Meanwhile::Now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trying_by_oneself_is_read() {
        for (text, times, minutes, rest) in [
            ("try again every 10 minutes, up to 3 times", 3, 10, ""),
            ("If nobody answers, please try again up to 2 more times, 10 minutes apart.", 2, 10, ""),
            ("if it's busy keep trying every half hour", 3, 30, ""),
            ("retry twice", 2, 10, ""),
            ("call them again every hour for 4 times", 4, 60, ""),
            ("try every five minutes", 3, 5, ""),
            ("try 2 more times", 2, 10, ""),
            ("if they don't pick up try once more", 1, 10, ""),
            ("yes, and if nobody answers try again every 15 min at most 4 times", 4, 15, "yes"),
            ("order a pizza for 3 people, and if no one answers try again every 20 minutes", 3, 20, "order a pizza for 3 people"),
            ("keep trying every 10 minutes, the number is +1 415 555 0100", 3, 10, "the number is +1 415 555 0100"),
        ] {
            let said = find(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(said.wish, Ok(Some(RetryPolicy { times, every_s: minutes * 60 })), "{text}");
            assert_eq!(without(text, &said).trim_start_matches(", "), rest, "{text}");
        }
    }

    #[test]
    fn never_is_read() {
        for text in ["don't try again by yourself", "no retries please", "call only once", "never call again without asking me"] {
            assert_eq!(find(text).map(|said| said.wish), Some(Ok(None)), "{text}");
        }
    }

    #[test]
    fn other_words_of_trying_are_none() {
        for text in [
            "try again",
            "call them again tomorrow",
            "call Tony's at +1 415 555 0100",
            "call twice as many people",
            "if they are closed, ask when they open",
            "please call them back at 5",
            "a table for 4 in 10 minutes",
            "try to get a table for 3 at 7",
        ] {
            assert_eq!(find(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_too_often_is_refused_with_what_would_be_right() {
        for text in ["try again every 10 seconds", "keep trying 50 times", "retry every 48 hours"] {
            let problem = find(text).unwrap().wish.unwrap_err();
            assert!(problem.contains("times") || problem.contains("minute"), "{problem}");
        }
    }

    #[test]
    fn stop_and_now_are_read_while_a_try_waits() {
        for text in [
            "stop trying",
            "Stop!",
            "please stop trying now",
            "don't call again",
            "give up",
            "no more calls please",
            "ok, stop it",
            "no",
            "hang up",
        ] {
            assert_eq!(meanwhile(text), Some(Meanwhile::Stop), "{text}");
        }
        for text in ["try now", "Try again now!", "please call them right away", "can you try now?"] {
            assert_eq!(meanwhile(text), Some(Meanwhile::Now), "{text}");
        }
        for text in ["when do you try?", "thanks", "order a pizza", "stop by the bakery and order a cake", "now make it two"] {
            assert_eq!(meanwhile(text), None, "{text}");
        }
    }
}
