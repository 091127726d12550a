//! Whether what the callee says agrees with a detail of the briefing.

use super::words::{MONTHS, WEEKDAYS, alike, has, is_number, plain};
use regex::Regex;
use std::sync::LazyLock;

/// How a sentence stands to a detail that it mentions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mention {
    /// It says the same.
    Right,
    /// It says something else.
    Wrong,
}

/// Whether the plain sentence mentions the detail, and how. `text` is the sentence as it was understood.
pub(super) fn mention(name: &str, value: &str, plain_text: &str, text: &str, item: Option<&str>) -> Option<Mention> {
    let value = plain(value);
    match name {
        "size" => one_of(&sizes(&value), &sizes(plain_text)),
        "fulfilment" => one_of(&fulfilments(&value), &fulfilments(plain_text)),
        "quantity" => quantity(&value, plain_text, item),
        "party_size" => party_size(&value, plain_text),
        "date" | "old_date" => date(&value, plain_text),
        "time" | "old_time" => time(&value, plain_text),
        "delivery_address" | "user_address" | "address" => address(&value, plain_text),
        "callback_number" => callback_number(&value, plain_text),
        "user_name" => person(&value, plain_text, text),
        "item" => dish(&value, plain_text),
        // Anything else is compared by its words, and can only agree.
        _ => all_words(&value, plain_text),
    }
}

fn judged(right: bool) -> Option<Mention> {
    Some(if right { Mention::Right } else { Mention::Wrong })
}

/// Of things of which there is one: nothing is mentioned if there is a choice.
fn one_of(wanted: &[&'static str], found: &[&'static str]) -> Option<Mention> {
    match (wanted, found) {
        ([wanted], [found]) => judged(wanted == found),
        _ => None,
    }
}

/// The sizes in a text, each once.
pub(super) fn sizes(plain_text: &str) -> Vec<&'static str> {
    let rest = format!(" {plain_text} ").replace(" extra large ", " xl ").replace(" how big ", " ");
    let mut found = Vec::new();
    for (size, words) in [
        ("extra large", &["xl", "family"][..]),
        ("large", &["large", "big"]),
        ("medium", &["medium", "regular"]),
        ("small", &["small", "little", "personal"]),
    ] {
        if has(rest.trim(), words) {
            found.push(size);
        }
    }
    found
}

/// The ways of getting the food in a text, each once.
pub(super) fn fulfilments(plain_text: &str) -> Vec<&'static str> {
    let mut found = Vec::new();
    if has(plain_text, &["delivery", "deliver", "delivered", "delivering", "bring it"]) {
        found.push("delivery");
    }
    let pickup = [
        "pickup",
        "pick up",
        "pick it up",
        "picking up",
        "picking it up",
        "picked up",
        "collection",
        "collect",
        "carryout",
        "carry out",
        "takeout",
        "take out",
        "takeaway",
        "take away",
        "to go",
        "come in for it",
    ];
    if has(plain_text, &pickup) {
        found.push("pickup");
    }
    if has(plain_text, &["eat in", "dine in", "eating in", "for here"]) {
        found.push("eating in");
    }
    found
}

fn quantity(value: &str, plain_text: &str, item: Option<&str>) -> Option<Mention> {
    let wanted: u32 = value.split(' ').find_map(|word| word.parse().ok())?;
    let words: Vec<&str> = plain_text.split(' ').collect();
    let head = item.map(plain).and_then(|item| item.split(' ').next_back().map(str::to_owned))?;
    let stem = head.trim_end_matches('s');
    let thing = words.iter().position(|word| alike(word.trim_end_matches('s'), stem))?;
    // At most four words before the thing: "2 extra large pepperoni pizzas".
    let before = &words[thing.saturating_sub(5)..thing];
    let at = before.iter().rposition(|word| is_number(word))?;
    // "a 12 inch pizza", "4 cheese pizza" where the name has that number.
    let named = before
        .get(at + 1)
        .is_some_and(|next| *next == "inch" || item.is_some_and(|item| has(&plain(item), &[&format!("{} {next}", before[at])])));
    if named {
        return None;
    }
    judged(before[at].parse() == Ok(wanted))
}

fn party_size(value: &str, plain_text: &str) -> Option<Mention> {
    static PARTY: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"\b(?:party of|table for|table of|group of|booking for|reservation for|you for) (\d+)\b|\b(\d+) (?:people|guests|persons|person|of you|diners|in total)\b")
            .expect("the pattern is tested")
    });
    let wanted = value.split(' ').find(|word| is_number(word))?;
    let found = PARTY.captures(plain_text)?;
    let number = found.get(1).or(found.get(2))?;
    // "a table for 7 pm", "a booking for 7 30".
    let next = plain_text[number.end()..].split_whitespace().next().unwrap_or_default();
    if found.get(1).is_some() && (matches!(next, "pm" | "am" | "oclock") || (is_number(next) && next.len() == 2)) {
        return None;
    }
    judged(number.as_str() == wanted)
}

fn date(value: &str, plain_text: &str) -> Option<Mention> {
    let weekday = |text: &str| WEEKDAYS.into_iter().find(|day| has(text, &[day, &format!("{day}s")]));
    let month_day = |text: &str| {
        let words: Vec<&str> = text.split(' ').collect();
        let at = words.iter().position(|word| MONTHS.contains(word))?;
        let day = words.get(at + 1).filter(|day| is_number(day)).or_else(|| {
            // "the 28 of november"
            let before = words.get(at.checked_sub(2)?).filter(|day| is_number(day))?;
            (words[at - 1] == "of").then_some(before)
        })?;
        Some((words[at].to_owned(), (*day).to_owned()))
    };
    let same = [
        weekday(value).zip(weekday(plain_text)).map(|(one, other)| one == other),
        month_day(value).zip(month_day(plain_text)).map(|(one, other)| one == other),
    ];
    let known: Vec<bool> = same.into_iter().flatten().collect();
    if known.is_empty() { None } else { judged(known.into_iter().all(|same| same)) }
}

/// A time of day: hour 1 to 12 or 0 to 23, minute, and the half of the day if it was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Clock {
    hour: u32,
    minute: u32,
    half: Option<char>,
}

impl Clock {
    fn same(self, other: Self) -> bool {
        let whole = |clock: Self| match (clock.hour, clock.half) {
            (12, Some('a')) => (0, true),
            (12, Some(_)) => (12, true),
            (hour, Some('p')) if hour < 12 => (hour + 12, true),
            (hour, Some(_)) => (hour, true),
            (hour, None) => (hour, hour > 12),
        };
        let ((one, one_sure), (two, two_sure)) = (whole(self), whole(other));
        let hours = if one_sure && two_sure { one == two } else { one % 12 == two % 12 };
        hours && self.minute == other.minute
    }
}

/// The times of day in a plain text. A bare number counts only after "at", "around", "by" and the like.
pub(super) fn clocks(plain_text: &str) -> Vec<Clock> {
    static CLOCK: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"\b(?:(?:at|around|about|by|until) )?(?:(?P<h>\d{1,2})(?: (?P<m>[0-5]\d))? ?(?P<half>[ap])m\b|(?P<oh>\d{1,2}) oclock\b|(?P<bh>\d{1,2}) (?P<bm>[0-5]\d)\b)|\bhalf past (?P<past>\d{1,2})\b|\b(?:at|around|about|by|until) (?P<bare>\d{1,2})\b(?: (?P<next>[a-z]+))?|\b(?P<noon>noon)\b",
        )
        .expect("the pattern is tested")
    });
    let mut found = Vec::new();
    for c in CLOCK.captures_iter(plain_text) {
        let get = |name: &str| c.name(name).and_then(|part| part.as_str().parse::<u32>().ok());
        let half = c.name("half").and_then(|half| half.as_str().chars().next());
        let dollars = c.get(0).is_some_and(|whole| plain_text[..whole.start()].ends_with("$ "));
        let counted = c.name("next").is_some_and(|next| {
            [
                "people", "guests", "persons", "person", "of", "minutes", "minute", "hours", "hour", "dollars", "large", "small",
                "medium", "pizzas", "pizza", "or", "to", "in",
            ]
            .contains(&next.as_str())
        });
        let clock = if c.name("noon").is_some() {
            Some((12, 0))
        } else if let Some(hour) = get("h") {
            Some((hour, get("m").unwrap_or(0)))
        } else if let Some(hour) = get("oh") {
            Some((hour, 0))
        } else if let Some(hour) = get("bh") {
            Some((hour, get("bm").unwrap_or(0)))
        } else if let Some(hour) = get("past") {
            Some((hour, 30))
        } else {
            get("bare").filter(|_| !counted).map(|hour| (hour, 0))
        };
        if let Some((hour, minute)) = clock.filter(|(hour, _)| (1..=23).contains(hour) && !dollars) {
            found.push(Clock { hour, minute, half });
        }
    }
    found
}

/// The hours of a part of the day that will do.
fn part_of_day(value: &str) -> Option<std::ops::Range<u32>> {
    match value {
        "in the morning" => Some(0..12),
        "in the afternoon" => Some(12..18),
        "in the evening" => Some(17..24),
        "any time" => Some(0..24),
        _ => None,
    }
}

fn time(value: &str, plain_text: &str) -> Option<Mention> {
    if let Some(hours) = part_of_day(value) {
        let found = clocks(plain_text);
        let within = |clock: &Clock| match clock.half {
            Some('a') => hours.contains(&(clock.hour % 12)),
            Some(_) => hours.contains(&(clock.hour % 12 + 12)),
            None => hours.contains(&clock.hour) || hours.contains(&(clock.hour + 12)),
        };
        return if found.is_empty() { None } else { judged(found.iter().any(within)) };
    }
    let wanted = *clocks(&format!("at {value}")).first()?;
    let found = clocks(plain_text);
    if found.is_empty() { None } else { judged(found.into_iter().any(|clock| clock.same(wanted))) }
}

const STREETS: &[&str] = &[
    "street",
    "st",
    "avenue",
    "ave",
    "road",
    "rd",
    "lane",
    "ln",
    "drive",
    "dr",
    "terrace",
    "court",
    "ct",
    "place",
    "pl",
    "boulevard",
    "blvd",
    "way",
    "square",
    "parkway",
    "highway",
    "circle",
];

fn address(value: &str, plain_text: &str) -> Option<Mention> {
    let words: Vec<&str> = plain_text.split(' ').collect();
    let name: Vec<&str> = value.split(' ').filter(|word| !is_number(word) && !STREETS.contains(word) && word.len() > 2).collect();
    let numbers = digit_runs(&words);
    let street = words.iter().any(|word| STREETS.contains(word));
    // "make drive" for "Lake Drive", but no "will" for "Hill" where no street is told.
    let near = |word: &str, part: &str| alike(word, part) || (street && word.len() > 3 && strsim::jaro(word, part) >= 0.8);
    let named = name.iter().take(3).filter(|part| words.iter().any(|word| near(word, part))).count();
    let numbered_street = street && !numbers.is_empty();
    if named == 0 && !numbered_street {
        return None;
    }
    judged(named > 0 && house_agrees(value, plain_text))
}

/// Whether the plain text has the plain address's house number, or no number at all.
pub(super) fn house_agrees(value: &str, plain_text: &str) -> bool {
    let runs = |text: &str| digit_runs(&text.split(' ').collect::<Vec<_>>());
    let numbers = runs(plain_text);
    runs(value).first().is_none_or(|house| numbers.is_empty() || numbers.contains(house))
}

/// The first word of a street's name that the text does not have, if the house number agrees.
pub(super) fn misheard_street<'v>(value: &'v str, text: &str) -> Option<&'v str> {
    let heard = plain(text);
    let named = |part: &&str| !part.starts_with(|c: char| c.is_ascii_digit()) && !STREETS.contains(&plain(part).as_str());
    let part =
        value.split_whitespace().filter(|part| part.len() > 2).find(|part| named(part) && !has(&heard, &[&plain(part)]))?;
    house_agrees(&plain(value), &heard).then_some(part.trim_matches(','))
}

/// Numbers that follow one another, put together: "7 42" → "742".
fn digit_runs(words: &[&str]) -> Vec<String> {
    let mut runs = Vec::new();
    let mut run = String::new();
    for word in words.iter().copied().chain([""]) {
        if is_number(word) {
            run += word;
        } else if !run.is_empty() {
            runs.push(std::mem::take(&mut run));
        }
    }
    runs
}

fn callback_number(value: &str, plain_text: &str) -> Option<Mention> {
    let wanted: String = value.chars().filter(char::is_ascii_digit).collect();
    let words: Vec<&str> = plain_text.split(' ').collect();
    let found = digit_runs(&words).into_iter().find(|run| run.len() >= 7)?;
    let last = |digits: &str| digits[digits.len().saturating_sub(7)..].to_owned();
    judged(last(&found) == last(&wanted))
}

/// A name is compared word by word, to the letter: "Mario" is not "Maria".
fn person(value: &str, plain_text: &str, text: &str) -> Option<Mention> {
    let words: Vec<&str> = plain_text.split(' ').collect();
    let parts: Vec<&str> = value.split(' ').filter(|part| part.len() > 2).collect();
    if is_named(text) {
        return judged(parts.iter().all(|part| words.contains(part)));
    }
    let sounds = parts.iter().any(|part| words.iter().any(|word| alike(word, part)));
    sounds.then_some(Mention::Right)
}

/// The first part of a name that the text has in other letters, if it gives a name that sounds like it.
pub(super) fn misheard_part<'v>(value: &'v str, text: &str) -> Option<&'v str> {
    let heard = plain(text);
    let parts = || value.split_whitespace().filter(|part| part.len() > 2);
    let near = |part: &str| heard.split(' ').any(|word| alike(word, part) || strsim::jaro_winkler(word, part) >= 0.7);
    let first = parts().find(|part| !has(&heard, &[&plain(part)]))?;
    parts().all(|part| near(&plain(part))).then_some(first)
}

/// Whether the text gives a person's name: "under the name Maria Lopez".
fn is_named(text: &str) -> bool {
    static NAMED: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?:[Uu]nder the name(?: of)?|[Nn]ame is|[Nn]ame of|[Uu]nder) [A-Z]").expect("the pattern is tested")
    });
    NAMED.is_match(text)
}

fn dish(value: &str, plain_text: &str) -> Option<Mention> {
    let words: Vec<&str> = plain_text.split(' ').collect();
    let parts: Vec<&str> = value.split(' ').collect();
    let (head, kinds) = parts.split_last()?;
    let has_word = |wanted: &str| {
        let near = |heard: &str| alike(heard.trim_end_matches('s'), wanted.trim_end_matches('s'));
        // "pepper oni" for "pepperoni"
        words.iter().any(|word| near(word)) || words.windows(2).any(|pair| near(&pair.concat()))
    };
    if kinds.is_empty() {
        return has_word(head).then_some(Mention::Right);
    }
    if kinds.iter().any(|kind| kind.len() > 2 && has_word(kind)) {
        return Some(Mention::Right);
    }
    // "1 large mushroom pizza": another kind, between the size or the number and the thing.
    let stem = head.trim_end_matches('s');
    let thing = words.iter().position(|word| alike(word.trim_end_matches('s'), stem))?;
    let opens = |word: &&str| is_number(word) || ["large", "medium", "small", "a", "an"].contains(word);
    let begin = words[..thing].iter().rposition(opens)? + 1;
    let kind = &words[begin..thing];
    let real = !kind.is_empty()
        && kind.len() <= 3
        && !kind.iter().any(|word| ["size", "sized", "inch", "of", "the", "for"].contains(word));
    real.then_some(Mention::Wrong)
}

fn all_words(value: &str, plain_text: &str) -> Option<Mention> {
    let words: Vec<&str> = plain_text.split(' ').collect();
    let parts: Vec<&str> = value.split(' ').filter(|part| part.len() > 2 || is_number(part)).collect();
    let found = !parts.is_empty() && parts.iter().all(|part| words.iter().any(|word| alike(word, part)));
    found.then_some(Mention::Right)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, value: &str, said: &str) -> Option<Mention> {
        mention(name, value, &plain(said), said, Some("pepperoni pizza"))
    }

    #[test]
    fn the_part_of_a_name_that_was_misheard() {
        for (said, part) in [
            ("Under the name Mario Lopez.", Some("Maria")),
            ("Under the name Maria Lopes.", Some("Lopez")),
            ("Under the name Maria Lopez.", None),
            ("Under the name Peter Brown.", None),
        ] {
            assert_eq!(misheard_part("Maria Lopez", said), part, "{said}");
        }
    }

    #[test]
    fn the_word_of_a_street_that_was_misheard() {
        assert_eq!(misheard_street("12 Elm Street", "For delivery to 12 Alm Street."), Some("Elm"));
        assert_eq!(misheard_street("12 Elm Street", "For delivery to 20 Elm Street."), None);
        assert_eq!(misheard_street("12 Elm Street", "For delivery to 20 Alm Street."), None);
    }

    #[test]
    fn what_agrees_what_does_not_and_what_is_not_said() {
        use Mention::{Right, Wrong};
        let cases = [
            ("size", "large", "One large pizza.", Some(Right)),
            ("size", "large", "One medium pizza.", Some(Wrong)),
            ("size", "large", "Small, medium or large?", None),
            ("size", "large", "An extra large one.", Some(Wrong)),
            ("fulfilment", "delivery", "For pick up.", Some(Wrong)),
            ("fulfilment", "delivery", "Pickup or delivery?", None),
            ("quantity", "1", "So that's two large pepperoni pizzas.", Some(Wrong)),
            ("quantity", "1", "So that's one large pepperoni pizza.", Some(Right)),
            ("quantity", "2", "A 12 inch pizza.", None),
            ("party_size", "4", "A table for four on Saturday.", Some(Right)),
            ("party_size", "4", "A party of six.", Some(Wrong)),
            ("party_size", "4", "A table for 7:30 pm.", None),
            ("date", "Saturday, November 28", "Saturday the 28th of November.", Some(Right)),
            ("date", "Saturday, November 28", "On Sunday.", Some(Wrong)),
            ("date", "Saturday, November 28", "November twenty ninth?", Some(Wrong)),
            ("date", "Saturday, November 28", "What day?", None),
            ("time", "7:00 pm", "At seven p.m.", Some(Right)),
            ("time", "7:00 pm", "At 19:00.", Some(Right)),
            ("time", "7:00 pm", "Seven thirty.", Some(Wrong)),
            ("time", "7:00 pm", "At 7 a.m.", Some(Wrong)),
            ("time", "7:00 pm", "A table for four.", None),
            ("time", "in the morning", "At nine thirty a.m.", Some(Right)),
            ("time", "in the morning", "At two p.m.", Some(Wrong)),
            ("time", "in the afternoon", "At two.", Some(Right)),
            ("time", "any time", "At noon.", Some(Right)),
            ("time", "in the morning", "In the morning?", None),
            ("delivery_address", "742 Evergreen Terrace", "To seven forty two Evergreen Terrace.", Some(Right)),
            ("delivery_address", "742 Evergreen Terrace", "To 741 Evergreen Terrace.", Some(Wrong)),
            ("delivery_address", "742 Evergreen Terrace", "To 12 Elm Street.", Some(Wrong)),
            ("delivery_address", "742 Evergreen Terrace", "Which street?", None),
            ("delivery_address", "31 Lake Drive", "To thirty one, make drive.", Some(Right)),
            ("delivery_address", "31 Lake Drive", "To thirty one, Oak Drive.", Some(Wrong)),
            ("delivery_address", "88 Hill Street", "Your total is $22, and it will be ready in 25 minutes.", None),
            ("callback_number", "+14155550142", "415 five five five zero one four two", Some(Right)),
            ("callback_number", "+14155550142", "415 555 0143", Some(Wrong)),
            ("user_name", "Maria Lopez", "Under the name Maria Lopez.", Some(Right)),
            ("user_name", "Maria Lopez", "Under the name Mario Lopez.", Some(Wrong)),
            ("user_name", "Maria Lopez", "Is that Maria?", Some(Right)),
            ("user_name", "Maria Lopez", "Under the name Peter Brown.", Some(Wrong)),
            ("user_name", "Maria Lopez", "Under the name Maria Gomery.", Some(Wrong)),
            ("user_name", "Maria Lopez", "What name?", None),
            ("item", "pepperoni pizza", "One large mushroom pizza.", Some(Wrong)),
            ("item", "pepperoni pizza", "One large pepper oni pizza.", Some(Right)),
            ("item", "pepperoni pizza", "What size pizza?", None),
        ];
        for (name, value, said, expected) in cases {
            assert_eq!(check(name, value, said), expected, "{name} {value}: {said}");
        }
    }
}
