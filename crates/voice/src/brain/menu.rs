//! A recorded menu: which key, or which word, leads to whom we want. Nothing is asked of a machine, and nobody is introduced to it.

mod connect;

use super::remarks;
use super::words::{has, is_number, plain, sentences};
use super::{Line, Reply, ToolCall};
use serde_json::json;
use types::Briefing;

const PRESS: &str = "press_digits";
/// So often the same key is pressed at the same menu.
const SAME_KEY_MAX: usize = 2;
/// So often a machine is asked for a person in words.
const WORDS_MAX: usize = 3;
const PERSON: &str = "Representative.";
/// Choices that lead to a person.
const TO_PERSON: [&str; 12] = [
    "operator",
    "representative",
    "agent",
    "person",
    "someone",
    "somebody",
    "staff",
    "receptionist",
    "front desk",
    "all other",
    "anything else",
    "other questions",
];
/// Words of a choice that tell nothing of what it is for.
const EMPTY: [&str; 18] = [
    "speak", "talk", "with", "someone", "somebody", "person", "press", "please", "about", "your", "this", "that", "again",
    "menu", "would", "like", "have", "hear",
];

/// One choice: what leads to what.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Choice {
    /// The key, or the word to be said.
    with: With,
    label: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum With {
    Key(String),
    Word(String),
}

/// What is to be done at a menu; `None` if none has been heard since the last keys.
pub(super) fn reply(briefing: &Briefing, tools: &[String], lines: &[Line]) -> Option<Reply> {
    if let Some(reply) = connect::reply(tools, lines) {
        return Some(reply);
    }
    let heard = heard_since_keys(lines);
    let text = heard.join(" ");
    let last = heard.last()?;
    if !is_menu(last) || remarks::is_voicemail(&plain(&text)) {
        return None;
    }
    let choices: Vec<Choice> = heard.iter().flat_map(|text| choices(text)).collect();
    let can_press = tools.iter().any(|tool| tool == PRESS);
    if let Some(digits) = number_wanted(briefing, &plain(&text)).filter(|_| can_press) {
        return Some(press(&digits, "the number that the menu asks for"));
    }
    let wanted = best(briefing, &choices).filter(|choice| !is_circle(lines, choice, last));
    let to_person = choices.iter().find(|choice| has(&choice.label, &TO_PERSON) && !is_circle(lines, choice, last));
    // Told to do something else, or the same again: a person helps.
    let stuck =
        is_told_to_try_zero(lines) || heard.len() > 1 && heard[..heard.len() - 1].iter().any(|before| alike(before, last));
    let choice = if is_told_to_try_zero(lines) { to_person.or(wanted) } else { wanted.or(to_person) };
    Some(match choice.map(|choice| (&choice.with, &choice.label)) {
        Some((With::Key(key), label)) if can_press => press(key, label),
        Some((With::Word(word), _)) => say(lines, &format!("{word}.")),
        // One choice alone may be the first of more.
        None if choices.len() < 2 && !stuck => Reply::default(),
        Some((With::Key(_), _)) | None if can_press => {
            let zero = Choice { with: With::Key("0".into()), label: "a person".into() };
            let open = |choice: &&Choice| matches!(choice.with, With::Key(_)) && !is_circle(lines, choice, last);
            // Where a zero is no key, any other door is better than none.
            let other = if is_refused(lines, &zero, last) { choices.iter().find(open) } else { None };
            match Some(&zero).filter(open).or(other).map(|choice| (&choice.with, &choice.label)) {
                Some((With::Key(key), label)) => press(key, label),
                Some((With::Word(_), _)) | None => say(lines, PERSON),
            }
        }
        Some((With::Key(_), _)) | None => say(lines, PERSON),
    })
}

/// Whether a machine offers choices, or wants a number.
pub(super) fn is_menu(text: &str) -> bool {
    let plain = plain(text);
    let number = has(
        &plain,
        &["enter your", "key in your", "please enter", "valid option", "main menu", "menu options", "following options"],
    );
    number || !choices(text).is_empty()
}

/// What the callee has said since keys were last pressed, line by line.
fn heard_since_keys(lines: &[Line]) -> Vec<&str> {
    let from = lines.iter().rposition(is_press).filter(|at| !was_not_sent(&lines[at + 1..])).map_or(0, |at| at + 1);
    lines[from..].iter().filter_map(said).collect()
}

fn said(line: &Line) -> Option<&str> {
    match line {
        Line::Callee { text } if !text.trim().is_empty() => Some(text),
        Line::Callee { .. } | Line::Agent { .. } | Line::Told { .. } | Line::Called { .. } | Line::Returned { .. } => None,
    }
}

/// Whether keys were pressed here: what was said before has been answered.
pub(super) fn is_press(line: &Line) -> bool {
    matches!(line, Line::Called { name, .. } if name == PRESS)
}

fn was_not_sent(after: &[Line]) -> bool {
    let output = after.iter().find_map(|line| if let Line::Returned { output } = line { Some(output) } else { None });
    output.is_some_and(|output| output.contains("not sent") || output.contains("error"))
}

fn is_told_to_try_zero(lines: &[Line]) -> bool {
    let from = lines.iter().rposition(is_press).map_or(0, |at| at.saturating_sub(1));
    lines[from..].iter().any(|line| matches!(line, Line::Told { text } if text.contains("press 0")))
}

fn press(digits: &str, why: &str) -> Reply {
    let arguments = json!({ "digits": digits, "why": why });
    Reply { say: String::new(), tools: vec![ToolCall { name: PRESS.into(), arguments }] }
}

fn say(lines: &[Line], words: &str) -> Reply {
    let times = lines.iter().filter(|line| matches!(line, Line::Agent { text, .. } if plain(text) == plain(words))).count();
    if times >= WORDS_MAX { Reply::default() } else { Reply { say: words.into(), tools: Vec::new() } }
}

/// Whether this key was pressed often enough when the same was said: twice, or once if it was refused.
fn is_circle(lines: &[Line], choice: &Choice, said: &str) -> bool {
    pressed_at(lines, choice, said).count() >= SAME_KEY_MAX || is_refused(lines, choice, said)
}

/// Whether this key was pressed when the same was said, and the machine did not take it.
fn is_refused(lines: &[Line], choice: &Choice, heard: &str) -> bool {
    let refuses = ["not a valid", "invalid", "not valid", "not recognized", "not recognised", "not an option", "not available"];
    pressed_at(lines, choice, heard).any(|at| {
        let next = lines[at + 1..].iter().take_while(|line| !is_press(line)).find_map(said);
        next.is_some_and(|next| has(&plain(next), &refuses))
    })
}

/// Where this key was pressed when the same was said.
fn pressed_at<'l>(lines: &'l [Line], choice: &'l Choice, said: &'l str) -> impl Iterator<Item = usize> + 'l {
    (0..lines.len()).filter(move |at| match (&lines[*at], &choice.with) {
        (Line::Called { name, arguments }, With::Key(key)) if name == PRESS => {
            let keys: Option<String> =
                serde_json::from_str::<serde_json::Value>(arguments).ok().and_then(|a| a["digits"].as_str().map(str::to_owned));
            let before =
                lines[..*at].iter().rev().find_map(|line| if let Line::Callee { text } = line { Some(text) } else { None });
            keys.as_deref() == Some(key) && before.is_some_and(|before| alike(before, said))
        }
        (
            Line::Called { .. } | Line::Callee { .. } | Line::Agent { .. } | Line::Told { .. } | Line::Returned { .. },
            With::Key(_) | With::Word(_),
        ) => false,
    })
}

/// Two texts share most of their words.
fn alike(one: &str, other: &str) -> bool {
    let (one, other) = (plain(one), plain(other));
    let words = |text: &str| text.split(' ').map(str::to_owned).collect::<std::collections::BTreeSet<_>>();
    let (one, other) = (words(&one), words(&other));
    5 * one.intersection(&other).count() >= 3 * one.len().max(other.len())
}

/// The choice that fits what we want.
fn best<'a>(briefing: &Briefing, choices: &'a [Choice]) -> Option<&'a Choice> {
    let wish = plain(&format!(
        "{} {} {}",
        briefing.goal,
        briefing.instructions,
        briefing.details.values().cloned().collect::<Vec<_>>().join(" ")
    ));
    let score = |choice: &Choice| -> usize {
        let words = choice.label.split(' ').filter(|word| word.len() > 3 && !EMPTY.contains(word));
        let by_goal = words.clone().filter(|word| wish.split(' ').any(|wanted| stem(wanted) == stem(word))).count();
        let by_kind = words.filter(|word| of_kind(&briefing.task_kind).iter().any(|wanted| stem(wanted) == stem(word))).count();
        2 * by_goal + by_kind
    };
    choices.iter().filter(|choice| score(choice) > 0).max_by_key(|choice| score(choice))
}

/// How businesses name what a kind of task needs.
fn of_kind(kind: &str) -> &'static [&'static str] {
    match kind {
        "order_food" => &["order", "delivery", "pickup", "takeout", "takeaway", "food"],
        "book_table" => &["reservation", "table", "booking", "reserve"],
        "book_appointment" => &["appointment", "schedule", "scheduling", "booking"],
        "change_booking" => &["change", "cancel", "reschedule", "existing", "reservation", "booking", "appointment"],
        "ask_business" => &["question", "information", "hours", "enquiries", "inquiries"],
        _ => &[],
    }
}

fn stem(word: &str) -> &str {
    let word = word.strip_suffix("'s").unwrap_or(word);
    let word = word.strip_suffix('s').unwrap_or(word);
    word.strip_suffix("ing").filter(|stem| stem.len() > 3).unwrap_or(word)
}

/// The choices in a text, in either order: "for orders press 1", "press 1 for orders"; and words: "for billing, say billing".
fn choices(text: &str) -> Vec<Choice> {
    let mut found = Vec::new();
    for sentence in sentences(text) {
        let words: Vec<&str> = sentence.plain.split(' ').collect();
        let presses: Vec<(usize, String)> = (0..words.len()).filter_map(|at| key_at(&words, at).map(|key| (at, key))).collect();
        // Whether what a key is for stands before it.
        let label_before = presses.first().is_some_and(|(at, _)| !label_before(&words[..*at]).is_empty());
        for (n, (at, key)) in presses.iter().enumerate() {
            let from = if n == 0 { 0 } else { (presses[n - 1].0 + 2).min(*at) };
            let to = presses.get(n + 1).map_or(words.len(), |(next, _)| *next);
            let after = &words[(at + 2).min(to)..to];
            let label = if label_before { label_of(&words[from..*at]) } else { label_of(after) };
            found.push(Choice { with: With::Key(key.clone()), label });
        }
        found.extend(spoken(&words));
    }
    found
}

/// "press" at this place, and its key.
fn key_at(words: &[&str], at: usize) -> Option<String> {
    if !matches!(words[at], "press" | "dial" | "option") {
        return None;
    }
    let rest: Vec<&str> = words[at + 1..].iter().copied().filter(|word| !matches!(*word, "the" | "number" | "key")).collect();
    match *rest.first()? {
        digit if is_number(digit) && digit.len() == 1 => Some(digit.into()),
        "star" | "asterisk" => Some("*".into()),
        "pound" | "hash" => Some("#".into()),
        // As it is misheard at the end of a sentence.
        "to" | "too" if rest.len() == 1 => Some("2".into()),
        "for" if rest.len() == 1 => Some("4".into()),
        "won" => Some("1".into()),
        _ => None,
    }
}

/// What stands behind the last "for" or "to" before a key, unless it is no choice: "thank you for calling us".
fn label_before<'w>(words: &[&'w str]) -> Vec<&'w str> {
    match words.iter().rposition(|word| matches!(*word, "for" | "to" | "if")) {
        Some(at) if words.get(at + 1).is_some_and(|word| !matches!(*word, "calling" | "holding" | "your" | "waiting")) => {
            words[at + 1..].to_vec()
        }
        Some(_) | None => Vec::new(),
    }
}

fn label_of(words: &[&str]) -> String {
    let words = words.iter().copied().skip_while(|word| matches!(*word, "for" | "to" | "if" | "you" | "and" | "or" | "key"));
    let words: Vec<&str> = words.filter(|word| !matches!(*word, "please" | "and" | "or" | "the" | "a" | "an")).collect();
    words.join(" ")
}

/// The words that may be said: after "you can say", or "for billing say billing".
fn spoken(words: &[&str]) -> Vec<Choice> {
    let Some(at) = words.iter().position(|word| *word == "say") else { return Vec::new() };
    let offered = has(&words[..at].join(" "), &["can", "please", "may", "or"]) || at == 0 || words[..at].contains(&"for");
    let mine = at > 0 && matches!(words[at - 1], "i" | "i'd" | "to" | "would" | "you");
    if !offered || mine || words[at + 1..].contains(&"name") {
        return Vec::new();
    }
    let until =
        words[at + 1..].iter().position(|word| matches!(*word, "press" | "for" | "to")).map_or(words.len(), |n| at + 1 + n);
    let words = words[at + 1..until].split(|word| *word == "or").map(|part| part.join(" "));
    words.filter(|word| !word.is_empty()).map(|word| Choice { with: With::Word(word.clone()), label: word }).collect()
}

/// A number that the menu asks for and that we may tell, as keys.
fn number_wanted(briefing: &Briefing, plain: &str) -> Option<String> {
    if !has(plain, &["enter", "key in", "type in"]) || !has(plain, &["number", "extension", "code"]) {
        return None;
    }
    let asked = |name: &str| {
        let words: Vec<&str> = name.split('_').filter(|word| !matches!(*word, "number" | "user" | "code")).collect();
        let phone = words.contains(&"callback") && has(plain, &["phone number", "telephone number"]);
        phone || (!words.is_empty() && words.iter().all(|word| has(plain, &[word])))
    };
    let (_, value) = briefing.details.iter().find(|(name, _)| asked(name))?;
    let digits: String = value.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.strip_prefix('1').filter(|rest| rest.len() == 10).map_or(digits.clone(), str::to_owned);
    if !(1..=18).contains(&digits.len()) {
        return None;
    }
    Some(if has(plain, &["pound", "hash"]) { format!("{digits}#") } else { digits })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn briefing(kind: &str, goal: &str) -> Briefing {
        Briefing { task_kind: kind.into(), goal: goal.into(), ..Briefing::default() }
    }

    fn at(briefing: &Briefing, lines: &[Line]) -> Option<String> {
        let reply = reply(briefing, &[PRESS.to_owned()], lines)?;
        Some(reply.tools.first().map_or(reply.say, |tool| tool.arguments["digits"].as_str().unwrap().to_owned()))
    }

    fn callee(text: &str) -> Line {
        Line::Callee { text: text.into() }
    }

    fn pressed(digits: &str) -> [Line; 2] {
        let arguments = json!({ "digits": digits, "why": "" }).to_string();
        [Line::Called { name: PRESS.into(), arguments }, Line::Returned { output: r#"{"status":"sent"}"#.into() }]
    }

    #[test]
    fn the_choice_that_fits_is_pressed_in_either_order() {
        let table = briefing("book_table", "book a table for two");
        let food = briefing("order_food", "order a pizza");
        let billing = briefing("wait_on_hold", "speak to someone in billing, and ask why I was charged twice");
        for (of, said, key) in [
            (&table, "For orders, press 1. For reservations, press 2.", "2"),
            (&table, "Press 1 for orders. Press 2 for reservations.", "2"),
            (&table, "for orders press one for reservations press two", "2"),
            (&table, "Press one for orders press two for reservations press three for hours", "2"),
            (&food, "Thank you for calling Northwind. Press 3 to place an order, or 4 for anything else.", "3"),
            (&food, "Thank you for calling Northwind for orders press 1 for support press to", "1"),
            (&billing, "For sales, press 1. For billing, press 2. To speak to a person, press 0 at any time.", "2"),
            (&billing, "For sales, press 1. For hours, press 2. To speak to a representative, press 9.", "9"),
            (&billing, "For sales, press 1. For opening hours, press 2.", "0"),
            (&table, "You can say orders or reservations.", "reservations."),
            (&table, "For reservations, say reservations. For orders, say orders.", "reservations."),
            (&food, "To hear this again, press star. For orders, press the pound key.", "#"),
        ] {
            assert_eq!(at(of, &[callee(said)]).as_deref(), Some(key), "{said}");
        }
    }

    #[test]
    fn half_a_menu_is_listened_to() {
        let table = briefing("book_table", "book a table for two");
        assert_eq!(at(&table, &[callee("For orders, press 1.")]).as_deref(), Some(""));
        let more = [callee("For orders, press 1."), callee("For reservations, press 2.")];
        assert_eq!(at(&table, &more).as_deref(), Some("2"));
        let again = [callee("For orders, press 1."), callee("For orders, press 1.")];
        assert_eq!(at(&table, &again).as_deref(), Some("0"));
    }

    #[test]
    fn the_same_key_is_not_pressed_for_ever() {
        let table = briefing("book_table", "book a table for two");
        let menu = callee("For orders, press 1. For reservations, press 2.");
        let mut lines = vec![menu.clone()];
        for key in ["2", "2", "0", "0"] {
            assert_eq!(at(&table, &lines).as_deref(), Some(key));
            lines.extend(pressed(key));
            assert_eq!(at(&table, &lines), None, "the keys have answered it");
            lines.push(menu.clone());
        }
        assert_eq!(at(&table, &lines).as_deref(), Some(PERSON));
    }

    #[test]
    fn a_key_that_is_refused_is_not_pressed_again_and_what_is_left_is_tried() {
        let of = briefing("ask_business", "ask whether they are open on Sunday");
        let menu = callee("Nobody is at the desk. For opening hours, press 1. For the shop, press 5.");
        let mut lines = vec![menu.clone()];
        for key in ["1", "0", "5"] {
            assert_eq!(at(&of, &lines).as_deref(), Some(key));
            lines.extend(pressed(key));
            lines.extend([callee("Sorry, that is not a valid choice."), menu.clone()]);
        }
        assert_eq!(at(&of, &lines).as_deref(), Some(PERSON));
    }

    #[test]
    fn keys_that_were_not_sent_are_pressed_again() {
        let table = briefing("book_table", "book a table for two");
        let mut lines = vec![callee("For orders, press 1. For reservations, press 2.")];
        lines.extend(pressed("2"));
        lines[2] = Line::Returned { output: r#"{"status":"not sent"}"#.into() };
        assert_eq!(at(&table, &lines).as_deref(), Some("2"));
    }

    #[test]
    fn a_number_is_keyed_in_only_if_we_have_it() {
        let mut of = briefing("ask_business", "ask where my order is");
        let asks = callee("Please enter your order number, followed by the pound key.");
        assert_eq!(at(&of, std::slice::from_ref(&asks)).as_deref(), Some(""));
        of.details.insert("order_number".into(), "55-4711".into());
        assert_eq!(at(&of, &[asks]).as_deref(), Some("554711#"));
    }

    #[test]
    fn people_and_voicemails_are_no_menus() {
        let of = briefing("order_food", "order a pizza");
        for said in [
            "Tony's Pizza, what can I get you?",
            "I'd say forty minutes.",
            "What is your order number?",
            "Please leave a message after the tone. When you are done, press 1.",
        ] {
            assert_eq!(at(&of, &[callee(said)]), None, "{said}");
        }
    }
}
