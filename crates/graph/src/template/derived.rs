//! Details in other words, for sentences: "two large pepperoni pizzas" from quantity, size and item.

use crate::parse::{appointment, item, question};
use types::Details;

/// The names that patterns may use besides the slots.
pub(crate) const NAMES: [&str; 7] = ["order_line", "party", "appointment", "at_time", "changing", "asking", "errand"];

/// What can be said of these details in other words.
pub fn derived(known: &Details) -> Vec<(&'static str, String)> {
    let get = |name: &str| known.get(name).map(String::as_str);
    let mut words = Vec::new();
    if let Some(item) = get("item") {
        words.push(("order_line", item::line(get("quantity").unwrap_or("1"), get("size"), item)));
    }
    if let Some(count) = get("party_size") {
        words.push(("party", if count == "1" { "1 person".into() } else { format!("{count} people") }));
    }
    if let Some(what) = get("appointment_kind") {
        words.push(("appointment", appointment::with_article(what)));
    }
    if let Some(time) = get("time") {
        words.push(("at_time", at(time)));
    }
    if let Some(change) = get("change") {
        words.push(("changing", changing(change, known)));
    }
    if let Some(asked) = get("question") {
        words.push(("asking", question::indirect(asked)));
    }
    if let Some(message) = get("instructions") {
        words.push(("errand", question::errand(message)));
    }
    words
}

/// A time after the day: "at 7:00 pm", "in the morning", "at any time".
fn at(time: &str) -> String {
    if time.starts_with("in the ") { time.to_owned() } else { format!("at {time}") }
}

/// What is to become of a booking, after "I would like to".
fn changing(change: &str, known: &Details) -> String {
    let get = |name: &str| known.get(name).map(String::as_str);
    let mut words = format!("{change} the {}", get("booking").unwrap_or("booking"));
    let when = |date: Option<&str>, time: Option<&str>| {
        [date.map(|date| format!("on {date}")), time.map(at)].into_iter().flatten().collect::<Vec<_>>().join(" ")
    };
    let old = when(get("old_date"), get("old_time"));
    if !old.is_empty() {
        words += &format!(" {old}");
    }
    if let Some(name) = get("user_name") {
        words += &format!(" under the name {name}");
    }
    let new = when(get("date"), get("time"));
    match get("new_details") {
        Some(new) => words += &format!(" to {new}"),
        None if !new.is_empty() => {
            let new = new.strip_prefix("on ").or(new.strip_prefix("at ")).unwrap_or(&new);
            words += &format!(" to {new}");
        }
        None => {}
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(details: &[(&str, &str)], name: &str) -> Option<String> {
        let known = details.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        derived(&known).into_iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    #[test]
    fn a_change_is_said_in_one_phrase() {
        let booked = [("booking", "table"), ("old_date", "Friday, November 27"), ("user_name", "Maria Lopez")];
        let with = |more: &[(&'static str, &'static str)]| said(&[&booked[..], more].concat(), "changing").unwrap();
        assert_eq!(with(&[("change", "cancel")]), "cancel the table on Friday, November 27 under the name Maria Lopez");
        assert!(with(&[("change", "move"), ("time", "8:00 pm")]).ends_with("Maria Lopez to 8:00 pm"));
        assert!(with(&[("change", "change"), ("new_details", "six people")]).ends_with(" to six people"));
        assert_eq!(said(&[("time", "in the morning")], "at_time").as_deref(), Some("in the morning"));
        assert_eq!(said(&[("appointment_kind", "oil change")], "appointment").as_deref(), Some("an oil change"));
    }
}
