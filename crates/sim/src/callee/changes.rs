//! The desk that cancels, moves and changes bookings. It finds every booking: it has no book, only a slip.

use super::clerk::Form;
use super::script::Fields;
use super::{when, words};

/// What can be booked, and how it sounds.
const BOOKED: [(&str, &[&str]); 14] = [
    ("table", &["table"]),
    ("haircut", &["haircut", "hair cut"]),
    ("massage", &["massage"]),
    ("dental cleaning", &["dental cleaning", "teeth cleaning"]),
    ("dentist appointment", &["dentist appointment", "dentist's appointment"]),
    ("doctor's appointment", &["doctor's appointment", "doctors appointment", "doctor appointment"]),
    ("check-up", &["checkup", "check up"]),
    ("eye exam", &["eye exam"]),
    ("flu shot", &["flu shot"]),
    ("oil change", &["oil change"]),
    ("lesson", &["lesson"]),
    ("room", &["room"]),
    ("appointment", &["appointment"]),
    ("reservation", &["reservation", "booking"]),
];
const CANCEL: [&str; 7] = ["cancel", "canceled", "cancelled", "cancelling", "canceling", "cancellation", "call off"];
const MOVE: [&str; 8] = ["move", "moved", "reschedule", "rescheduled", "postpone", "shift", "push", "rebook"];
const CHANGE: [&str; 4] = ["change", "changed", "alter", "modify"];

/// The form of one change.
pub(crate) struct ChangeDesk {
    /// Whose desk it is.
    business: &'static str,
}

impl ChangeDesk {
    pub(crate) fn new(business: &'static str) -> Self {
        Self { business }
    }

    /// Whether something that is booked is to become something else, or nothing.
    pub(crate) fn is_change(plain: &str) -> bool {
        let verb = Self::change(plain).is_some();
        verb && BOOKED.iter().any(|(_, sounds)| words::has_any(plain, sounds))
    }

    fn change(plain: &str) -> Option<&'static str> {
        let first = |verbs: &[&str]| verbs.iter().filter_map(|verb| words::position(plain, verb)).min();
        // "An oil change" is something that is booked.
        let change = first(&CHANGE).filter(|_| !words::has_any(plain, &["oil change", "tire change"]));
        let found = [("cancel", first(&CANCEL)), ("move", first(&MOVE)), ("change", change)];
        found.into_iter().filter_map(|(kind, at)| Some((at?, kind))).min().map(|(_, kind)| kind)
    }

    fn booking(plain: &str) -> Option<String> {
        let found = BOOKED.iter().filter_map(|(name, sounds)| {
            let at = sounds.iter().filter_map(|sound| words::position(plain, sound)).min()?;
            Some((std::cmp::Reverse(name.len()), at, *name))
        });
        found.min().map(|(.., name)| name.to_owned())
    }

    /// The words in two: what is said of the booking, and what it is to become. A day or a time follows the "to".
    fn split(plain: &str) -> (&str, &str) {
        let ends = ["to", "2", "until", "instead"].into_iter().flat_map(|word| {
            plain.match_indices(word).filter(move |(at, _)| {
                let free = |c: Option<char>| c.is_none_or(|c| c == ' ');
                free(plain[..*at].chars().next_back()) && free(plain[at + word.len()..].chars().next())
            })
        });
        let becomes = |at: usize, word: &str| {
            let rest = plain[at + word.len()..].trim_start();
            let soon = rest.split(' ').take(3).collect::<Vec<_>>().join(" ");
            (when::date(rest).is_some() && when::date(&soon).is_some()) || when::time(&soon, true).is_some() && word != "2"
        };
        let place = ends.filter(|(at, word)| becomes(*at, word)).map(|(at, _)| at).max();
        place.map_or((plain, ""), |at| plain.split_at(at))
    }
}

impl Form for ChangeDesk {
    const KIND: &'static str = "change_booking";

    fn greeting(&self) -> String {
        format!("{}, reservations. How can I help you?", self.business)
    }

    fn missing(&self, fields: &Fields) -> Option<(&'static str, &'static str)> {
        let has = |name: &str| fields.contains_key(name);
        let change = fields.get("change").map_or("", String::as_str);
        let order = [
            (!has("change"), "change", "Would you like to cancel it, to move it, or to change something else?"),
            (!has("old_date"), "old_date", "What day is it booked for?"),
            (change == "move" && !has("date") && !has("time"), "date", "What day would you like to move it to?"),
            (change == "move" && !has("time"), "time", "What time would you like to move it to?"),
            (change == "change" && !has("new_details"), "new_details", "What would you like to change it to?"),
            (!has("user_name"), "user_name", "What name is it booked under?"),
        ];
        order.into_iter().find(|(missing, ..)| *missing).map(|(_, name, question)| (name, question))
    }

    fn read(&self, said: &str, asked: Option<&str>) -> Vec<(&'static str, String)> {
        let plain = words::plain(said);
        let mut read = Vec::new();
        let mut take = |name, value: Option<String>| read.extend(value.map(|value| (name, value)));
        let change = Self::change(&plain);
        take("change", change.map(str::to_owned));
        take("booking", Self::booking(&plain));
        take("user_name", words::name(said, asked == Some("user_name")));
        let telephone = words::telephone(&plain);
        if telephone.is_some() {
            take("callback_number", telephone);
            return read;
        }
        let (old, new) = Self::split(&plain);
        let of_old =
            change.is_some() || words::has_any(&plain, &["booked", "it's for", "currently"]) || asked == Some("old_date");
        // A day by itself is the new one, unless the old one is spoken of or asked for.
        let (old, new) = if of_old { (old, new) } else { ("", plain.as_str()) };
        take("old_date", when::date(old));
        take("old_time", when::time(old, false));
        if change != Some("change") {
            take("date", when::date(new));
            // A bare number is a time only if no day is told with it: "to Thursday the 20 sixth".
            let bare = (asked == Some("time") || new.starts_with("to ")) && when::date(new).is_none();
            take("time", when::time(new, bare));
        }
        take("new_details", Self::details(said, &plain, change, asked));
        read
    }

    fn otherwise(&self, field: &str) -> &'static str {
        match field {
            "change" => "cancel",
            "new_details" => "as the caller wishes",
            "time" => "7:00 pm",
            "user_name" => "the caller",
            _ => "tomorrow",
        }
    }

    fn read_back(&self, fields: &Fields) -> String {
        let get = |name: &str| fields.get(name).map(String::as_str);
        let booking = get("booking").unwrap_or("booking");
        let old = when_said(get("old_date"), get("old_time"));
        let name = get("user_name").unwrap_or_default();
        match get("change") {
            Some("move") => {
                let new = when_said(get("date"), get("time"));
                format!("So I move the {booking} {old} to {}, under the name {name}.", without_preposition(&new))
            }
            Some("change") => {
                let details = get("new_details").unwrap_or_default();
                format!("So I change the {booking} {old} to {details}, under the name {name}.")
            }
            Some(_) | None => format!("So I cancel the {booking} {old}, under the name {name}."),
        }
    }

    fn settle(&self, fields: &Fields) -> Fields {
        let get = |name: &str| fields.get(name).map(String::as_str);
        let booking = get("booking").unwrap_or("booking");
        let answer = match get("change") {
            Some("move") => {
                let new = when_said(get("date"), get("time"));
                format!("The {booking} is moved to {}.", without_preposition(&new))
            }
            Some("change") => format!("The {booking} is changed to {}.", get("new_details").unwrap_or_default()),
            Some(_) | None => format!("The {booking} {} is cancelled.", when_said(get("old_date"), get("old_time"))),
        };
        [("answer".to_owned(), answer)].into()
    }

    fn tell(&self, facts: &Fields) -> String {
        facts["answer"].clone()
    }

    fn answer(&self, plain: &str, fields: &Fields) -> Option<String> {
        let costs = words::has_any(plain, &["does it cost", "is there a fee", "cancellation fee", "free of charge"]);
        (costs && self.missing(fields).is_some()).then(|| "That is free of charge.".to_owned())
    }

    fn goodbye(&self) -> String {
        "Thank you for letting us know. Goodbye!".into()
    }
}

impl ChangeDesk {
    /// What a booking is changed to, if it is no day or time: "6 people", "a table outside".
    fn details(said: &str, plain: &str, change: Option<&str>, asked: Option<&str>) -> Option<String> {
        const ENDS: [&str; 5] = ["please", "under", "thank", "thanks", "i"];
        let begin = match change {
            Some("change") => {
                // After the name, which can hold anything.
                let at = plain.rmatch_indices(" to ").map(|(at, _)| at).find(|at| !plain[at + 4..].starts_with("change"))?;
                at + " to ".len()
            }
            Some(_) => return None,
            None if asked == Some("new_details") && !words::cannot_say(plain) => {
                let start = ["to ", "for ", "it's for ", "make it "].into_iter().find(|start| plain.starts_with(start));
                start.map_or(0, str::len)
            }
            None => return None,
        };
        let words: Vec<&str> = plain[begin..].split(' ').take_while(|word| !ENDS.contains(word)).take(10).collect();
        (!words.is_empty() && !said.trim().is_empty()).then(|| words.join(" "))
    }
}

/// "on Friday, November 27 at 7:00 pm"
fn when_said(date: Option<&str>, time: Option<&str>) -> String {
    let date =
        date.map(|date| if date.starts_with("to") || date.starts_with("next") { date.into() } else { format!("on {date}") });
    [date, time.map(|time| format!("at {time}"))].into_iter().flatten().collect::<Vec<_>>().join(" ")
}

fn without_preposition(when: &str) -> &str {
    when.strip_prefix("on ").or_else(|| when.strip_prefix("at ")).unwrap_or(when)
}

#[cfg(test)]
mod tests {
    use super::super::clerk::Clerk;
    use super::super::script::{Script, Then};
    use super::*;

    fn clerk() -> Clerk<ChangeDesk> {
        let mut clerk = Clerk::new(ChangeDesk::new("Maple House"));
        assert_eq!(clerk.greeting().say, "Maple House, reservations. How can I help you?");
        clerk
    }

    #[track_caller]
    fn says(clerk: &mut Clerk<ChangeDesk>, said: &str, expected: &str) {
        let reply = clerk.hear(said);
        assert!(reply.say.contains(expected), "to {said:?} the clerk says {:?}", reply.say);
    }

    #[test]
    fn a_booking_is_cancelled() {
        let clerk = &mut clerk();
        says(
            clerk,
            "On behalf of Maria Lopez. I would like to cancel the table on Friday, November 27 at 7:00 pm under the name Maria Lopez.",
            "So I cancel the table on Friday, November 27 at 7:00 pm, under the name Maria Lopez. Is that right?",
        );
        let reply = clerk.hear("Yes, that's right.");
        assert!(reply.say.starts_with("The table on Friday, November 27 at 7:00 pm is cancelled."), "{}", reply.say);
        assert_eq!(reply.then, Then::AwaitGoodbye);
        let slip = clerk.slip();
        assert_eq!((slip.kind.as_str(), slip.confirmed, slip.fields["change"].as_str()), ("change_booking", true, "cancel"));
        says(clerk, "Is that done?", "is cancelled");
    }

    #[test]
    fn a_booking_is_moved_question_by_question() {
        let clerk = &mut clerk();
        says(clerk, "On behalf of Ben Okafor. I would like to move a haircut.", "What day is it booked for?");
        says(clerk, "It's booked for Tuesday, November 24.", "What day would you like to move it to?");
        says(clerk, "On Thursday, November 26, please.", "What time would you like to move it to?");
        says(
            clerk,
            "At four p.m., please.",
            "So I move the haircut on Tuesday, November 24 to Thursday, November 26 at 4:00 pm, under the name Ben Okafor.",
        );
        says(clerk, "No, on Friday, November 27, please.", "to Friday, November 27 at 4:00 pm");
        says(clerk, "No, it's booked for Monday, November 23.", "the haircut on Monday, November 23 to Friday, November 27");
        says(clerk, "Yes.", "The haircut is moved to Friday, November 27 at 4:00 pm.");
    }

    #[test]
    fn a_change_in_one_sentence() {
        for (said, read_back) in [
            (
                "On behalf of Maria Lopez. I would like to move the haircut on Tuesday, November 24 at 3:00 pm under the name Maria Lopez to Thursday, November 26 at 4:00 pm.",
                "So I move the haircut on Tuesday, November 24 at 3:00 pm to Thursday, November 26 at 4:00 pm, under the name Maria Lopez.",
            ),
            (
                "On behalf of Maria Lopez. I would like to move the table on Friday, November 27 under the name Maria Lopez to 8:00 pm.",
                "So I move the table on Friday, November 27 to 8:00 pm, under the name Maria Lopez.",
            ),
            (
                "On behalf of Maria Lopez. I would like to change the table on Friday, November 27 under the name Maria Lopez to six people.",
                "So I change the table on Friday, November 27 to 6 people, under the name Maria Lopez.",
            ),
            (
                "On behalf of Laura Smith. I would like to move the haircut on Tuesday, November twenty fourth at three p. M. Under the name Laura Smith to Thursday, November twenty sixth at four p M.",
                "on Tuesday, November 24 at 3:00 pm to Thursday, November 26 at 4:00 pm, under the name Laura Smith.",
            ),
        ] {
            says(&mut clerk(), said, read_back);
        }
        let read = ChangeDesk::new("x").read("I would like to change the table on Friday to six people.", None);
        assert!(!read.iter().any(|(name, _)| *name == "time"), "{read:?}");
    }

    #[test]
    fn a_change_is_told_from_a_new_booking() {
        for said in ["I would like to cancel my reservation.", "Can I move my table to 8?", "I need to change a booking."] {
            assert!(ChangeDesk::is_change(&words::plain(said)), "{said}");
        }
        for said in ["I would like to book a table.", "A table for four, please.", "I would like to move on."] {
            assert!(!ChangeDesk::is_change(&words::plain(said)), "{said}");
        }
    }
}
