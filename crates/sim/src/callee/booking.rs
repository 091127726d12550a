//! The booking desk of Harbor Grill: takes a table's reservation.

use super::clerk::Form;
use super::script::Fields;
use super::{visit, when, words};

/// The reservation form.
pub(crate) struct BookingDesk {
    /// Four digits, not beginning with 0.
    confirmation: u64,
}

impl BookingDesk {
    /// The clerk of one call; the seed decides the confirmation number.
    pub(crate) fn new(seed: u64) -> Self {
        Self { confirmation: visit::confirmation(seed, 2_654_435_761) }
    }

    fn party(plain: &str, asked: bool) -> Option<u32> {
        let words: Vec<&str> = plain.split(' ').collect();
        let at = |i: usize| words.get(i).copied().unwrap_or_default();
        let found = (0..words.len()).find_map(|i| {
            let count: u32 = at(i).parse().ok().filter(|n| (1..=40).contains(n))?;
            let people = ["people", "persons", "person", "guests", "guest", "adults"].contains(&at(i + 1))
                || (at(i + 1) == "of" && at(i + 2) == "us");
            let is_time = ["am", "pm", "oclock"].contains(&at(i + 1)) || at(i + 1).parse::<u32>().is_ok();
            let before = i.checked_sub(1).map_or("", at);
            let named = before == "for" || before == "of" || before == "us";
            // "at 7 for 4", but not "for 7 pm" and not "of the 4 of November".
            (people
                || (named
                    && !is_time
                    && at(i + 1) != "of"
                    && (before != "of" || i < 2 || at(i - 2) == "party" || at(i - 2) == "group")))
                .then_some(count)
        });
        let couple = words::has_any(plain, &["the two of us", "a couple"]).then_some(2);
        found.or(couple).or_else(|| if asked { words::count_answer(plain) } else { None })
    }
}

impl Form for BookingDesk {
    const KIND: &'static str = "book_table";

    fn greeting(&self) -> String {
        "Harbor Grill, reservations. How can I help you?".into()
    }

    fn missing(&self, fields: &Fields) -> Option<(&'static str, &'static str)> {
        let order = [
            ("date", "What day would you like to come?"),
            ("time", "At what time?"),
            ("party_size", "For how many people?"),
            ("user_name", "What name should I put the reservation under?"),
        ];
        order.into_iter().find(|(name, _)| !fields.contains_key(*name))
    }

    fn read(&self, said: &str, asked: Option<&str>) -> Vec<(&'static str, String)> {
        let plain = words::plain(said);
        let mut read = Vec::new();
        let mut take = |name, value: Option<String>| read.extend(value.map(|value| (name, value)));
        let telephone = words::telephone(&plain);
        take("date", when::date(&plain));
        if telephone.is_none() {
            take("time", when::time(&plain, asked == Some("time")));
            take("party_size", Self::party(&plain, asked == Some("party_size")).map(|n| n.to_string()));
        }
        take("user_name", words::name(said, asked == Some("user_name")));
        take("callback_number", telephone);
        let wish = [
            ("outside", "outside"),
            ("outdoor", "outside"),
            ("window", "by the window"),
            ("high chair", "a high chair"),
            ("wheelchair", "wheelchair access"),
        ];
        take("special_requests", wish.into_iter().find(|(word, _)| words::has(&plain, word)).map(|(_, wish)| wish.to_owned()));
        read
    }

    fn otherwise(&self, field: &str) -> &'static str {
        match field {
            "date" => "today",
            "time" => "7:00 pm",
            "party_size" => "2",
            _ => "the caller",
        }
    }

    fn read_back(&self, fields: &Fields) -> String {
        let get = |name: &str| fields.get(name).map_or("", String::as_str);
        let on = visit::before(get("date"));
        let mut text = format!("So that's a table for {} {on}{} at {}", get("party_size"), get("date"), get("time"));
        if let Some(wish) = fields.get("special_requests") {
            text += &format!(", {wish}");
        }
        text + ", under the name " + get("user_name") + "."
    }

    fn settle(&self, fields: &Fields) -> Fields {
        visit::settle(fields, self.confirmation)
    }

    fn tell(&self, facts: &Fields) -> String {
        visit::tell(facts)
    }

    fn answer(&self, plain: &str, fields: &Fields) -> Option<String> {
        let asks = words::has_any(
            plain,
            &["do you have a table", "have a table", "have any tables", "is there a table", "any availability"],
        );
        // With all the details it is a booking like any other.
        (asks && self.missing(fields).is_some() && !fields.contains_key("date")).then(|| "Yes, we have tables.".to_owned())
    }

    fn goodbye(&self) -> String {
        "We look forward to seeing you. Goodbye!".into()
    }
}

#[cfg(test)]
mod tests {
    use super::super::clerk::Clerk;
    use super::super::script::{Script, Then};
    use super::*;

    #[track_caller]
    fn says(clerk: &mut Clerk<BookingDesk>, said: &str, expected: &str) {
        let reply = clerk.hear(said);
        assert!(reply.say.contains(expected), "to {said:?} the clerk says {:?}", reply.say);
    }

    #[test]
    fn a_table_is_booked_question_by_question() {
        let clerk = &mut Clerk::new(BookingDesk::new(1));
        clerk.greeting();
        says(clerk, "Hello, this is an AI assistant calling on behalf of Maria Lopez. I would like to book a table.", "What day");
        says(clerk, "Saturday, November 28.", "At what time?");
        says(clerk, "Seven p.m.", "For how many people?");
        says(clerk, "Four.", "a table for 4 on Saturday, November 28 at 7:00 pm, under the name Maria Lopez. Is that right?");
        let reply = clerk.hear("Yes, that is correct.");
        assert_eq!(reply.then, Then::AwaitGoodbye);
        let slip = clerk.slip();
        assert_eq!(slip.facts["booked_time"], "Saturday, November 28 at 7:00 pm");
        assert_eq!(slip.facts["confirmation_number"].split(' ').count(), 4);
        assert!(reply.say.contains(&slip.facts["confirmation_number"]), "{}", reply.say);
        says(clerk, "What was the confirmation number?", &slip.facts["confirmation_number"]);
        let number = &slip.facts["confirmation_number"];
        says(clerk, &format!("Just to be sure, the confirmation number is {number}, is that right?"), "Yes, that's right.");
        says(clerk, "The booked time is Saturday, November twenty-eighth at seven p.m. Is that right?", "Yes, that's right.");
        says(clerk, "The confirmation number is nine nine nine nine nine. Is that right?", number);
    }

    #[test]
    fn a_table_in_one_sentence_with_a_correction() {
        let clerk = &mut Clerk::new(BookingDesk::new(2));
        clerk.greeting();
        says(
            clerk,
            "On behalf of Ben Okafor. I would like to book a table for four on Saturday, November 28 at 7:00 pm.",
            "a table for 4 on Saturday, November 28 at 7:00 pm, under the name Ben Okafor",
        );
        says(clerk, "No, at eight thirty.", "at 8:30 pm");
        says(clerk, "No, for six people.", "a table for 6");
        says(clerk, "Yes.", "You're booked for Saturday, November 28 at 8:30 pm.");
    }

    #[test]
    fn numbers_are_told_apart() {
        for (said, field, value) in [
            ("a party of six", "party_size", "6"),
            ("at 7 for 4", "party_size", "4"),
            ("at 7 for 4", "time", "7:00 pm"),
            ("there will be five of us", "party_size", "5"),
            ("tomorrow at noon for two people", "date", "tomorrow"),
        ] {
            let read = BookingDesk::new(1).read(said, None);
            assert_eq!(read.iter().find(|(name, _)| *name == field).map(|(_, v)| v.as_str()), Some(value), "{said}: {read:?}");
        }
        let read = BookingDesk::new(1).read("for 7 pm on the 4 of November", None);
        assert!(!read.iter().any(|(name, _)| *name == "party_size"), "{read:?}");
    }
}
