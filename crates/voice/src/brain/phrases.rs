//! The sentences that tell a detail.

use types::{Briefing, details::label};

pub(super) const CANNOT_ANSWER: &str = "I can't answer that, I'll pass it on.";
pub(super) const CANNOT_DECIDE: &str = "I can't decide that, I'll pass it on.";

/// On whose behalf the call is made.
pub(super) fn caller(briefing: &Briefing) -> &str {
    briefing.details.get("user_name").map_or("one of our users", String::as_str)
}

/// Whether the briefing knows the detail, under this name or one that means the same.
pub(super) fn known<'a>(briefing: &'a Briefing, name: &str) -> Option<&'a str> {
    let value = |name: &str| briefing.details.get(name).map(String::as_str);
    match name {
        "delivery_address" => value(name).or_else(|| value("user_address")).or_else(|| value("address")),
        "callback_number" => value(name).or_else(|| value("user_phone")).or_else(|| value("phone_number")),
        _ => value(name),
    }
}

/// A sentence that tells the detail, to be said as an answer.
pub(super) fn tell(briefing: &Briefing, name: &str, value: &str) -> String {
    match name {
        "size" => format!("{}, please.", capital(value)),
        "item" => format!("{}, please.", capital(&order_line(briefing))),
        "quantity" if value == "1" => "Just one, please.".into(),
        "quantity" => format!("{}, please.", capital(value)),
        "fulfilment" => format!("For {value}, please."),
        "delivery_address" => format!("The address is {value}."),
        "user_name" => format!("The name is {value}."),
        "callback_number" => format!("The phone number is {value}."),
        "party_size" if value.chars().all(|c| c.is_ascii_digit()) => format!("For {value} people, please."),
        "party_size" => format!("For {value}, please."),
        "date" => format!("On {}, please.", value.strip_prefix("on ").unwrap_or(value)),
        "time" if value.starts_with("in the ") || value == "any time" => format!("{}, please.", capital(value)),
        "time" => format!("At {}, please.", value.strip_prefix("at ").unwrap_or(value)),
        "special_requests" => format!("Yes: {value}, please."),
        "appointment_kind" => format!("It's for {}.", with_article(value)),
        "booking" => format!("It's the {value}."),
        "old_date" => format!("It's booked for {value}."),
        "old_time" if value.starts_with("in the ") => format!("It's booked {value}."),
        "old_time" => format!("It's booked at {value}."),
        "change" => purpose(briefing),
        "new_details" => format!("To {value}, please."),
        "person" => format!("I would like to speak to {value}, please."),
        "budget" => format!("At most {value}, please."),
        _ => format!("{}: {value}.", label(name)),
    }
}

/// What we want, in a sentence.
pub(super) fn purpose(briefing: &Briefing) -> String {
    match (briefing.details.get("question"), briefing.goal.trim_end_matches(['.', '!', '?'])) {
        (Some(question), _) => capital(question),
        (None, "") => briefing.opening.clone(),
        (None, goal) => format!("I would like to {goal}."),
    }
}

fn with_article(what: &str) -> String {
    let lower = what.to_lowercase();
    let has_one = ["a ", "an ", "the ", "my "].iter().any(|article| lower.starts_with(article));
    match lower.chars().next() {
        _ if has_one || lower.ends_with('s') => what.to_owned(),
        Some('a' | 'e' | 'i' | 'o' | 'u') => format!("an {what}"),
        Some(_) | None => format!("a {what}"),
    }
}

/// A sentence that says the detail against something else that was understood.
pub(super) fn correct(briefing: &Briefing, name: &str, value: &str) -> String {
    match name {
        // "Size large" is too easily misheard ("sighs large", "side-large").
        "size" => format!("No, the size is {value}."),
        "delivery_address" => format!("No, the address is {value}."),
        "user_name" => format!("No, the name is {value}."),
        "callback_number" => format!("No, the phone number is {value}."),
        "quantity" => format!("No, {value}, please."),
        "item" => format!("No, {}, please.", order_line(briefing)),
        _ => {
            let told = tell(briefing, name, value);
            format!("No, {}", small(&told))
        }
    }
}

/// Says a name that was nearly understood, letter by letter.
pub(super) fn correct_spelling(part: &str) -> String {
    format!("No, {part}. That's {}", spelt(part))
}

/// The same for letters that were not understood: "No, Elm. E as in Echo, L as in Lima, M as in Mike."
pub(super) fn correct_by_alphabet(part: &str) -> String {
    format!("No, {part}. {}", by_alphabet(part))
}

/// Letter by letter in the words of the telephone alphabet: "E as in Echo, L as in Lima, M as in Mike."
pub(super) fn by_alphabet(part: &str) -> String {
    let letter = |c: char| {
        let word = speech::alphabet_word(c)?;
        Some(format!("{} as in {word}", c.to_ascii_uppercase()))
    };
    part.chars().filter_map(letter).collect::<Vec<_>>().join(", ") + "."
}

/// "yes", and the detail again.
pub(super) fn confirm(briefing: &Briefing, name: &str, value: &str) -> String {
    match name {
        "delivery_address" => format!("Yes, {value}."),
        "item" | "special_requests" => "Yes, that's right.".into(),
        _ => format!("Yes, {}", small(&tell(briefing, name, value))),
    }
}

/// Letter by letter: "M, A, R, I, A. L, O, P, E, Z."
pub(super) fn spelt(value: &str) -> String {
    let words = value.split_whitespace().map(|word| {
        let letters: Vec<String> = word.chars().filter(|c| c.is_alphanumeric()).map(|c| c.to_uppercase().to_string()).collect();
        letters.join(", ") + "."
    });
    words.collect::<Vec<_>>().join(" ")
}

/// What is ordered, in one phrase: "one large pepperoni pizza".
pub(super) fn order_line(briefing: &Briefing) -> String {
    let get = |name: &str| briefing.details.get(name).map(String::as_str);
    let item = get("item").unwrap_or_default();
    let count = get("quantity").unwrap_or("1");
    let many = count.parse::<u32>().is_ok_and(|count| count > 1);
    let plural = if many && !item.ends_with('s') && !item.is_empty() { "s" } else { "" };
    let count = if count == "1" { "one" } else { count };
    let words = [count, get("size").unwrap_or_default(), item];
    words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ") + plural
}

/// The whole request in one sentence, for somebody who has got it wrong.
pub(super) fn restate(briefing: &Briefing) -> String {
    if matches!(briefing.task_kind.as_str(), "change_booking" | "wait_on_hold" | "errand") {
        return purpose(briefing);
    }
    let get = |name: &str| known(briefing, name);
    let mut parts = Vec::new();
    if get("item").is_some() {
        parts.push(order_line(briefing));
    }
    parts.extend(get("party_size").map(|size| format!("a table for {size} people")));
    parts.extend(get("appointment_kind").map(with_article));
    parts.extend(get("date").map(|date| format!("on {date}")));
    let at = |time: &str| if time.starts_with("in the ") { time.to_owned() } else { format!("at {time}") };
    parts.extend(get("time").map(at));
    match (get("fulfilment"), get("delivery_address")) {
        (Some("delivery"), Some(address)) => parts.push(format!("for delivery to {address}")),
        (Some(fulfilment), _) => parts.push(format!("for {fulfilment}")),
        (None, _) => {}
    }
    parts.extend(get("user_name").map(|name| format!("under the name {name}")));
    capital(&format!("{}.", parts.join(", ")))
}

pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The first letter small, except of a name ("I", "Maria").
fn small(text: &str) -> String {
    let starts = ["For ", "At ", "On ", "In ", "It's ", "To ", "The ", "Just ", "Yes", "Large", "Medium", "Small", "Extra"];
    if starts.iter().any(|start| text.starts_with(start)) {
        let mut letters = text.chars();
        letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
    } else {
        text.to_owned()
    }
}
