//! The appointment desk of Bayview Clinic: from 8 am to 6 pm, but from noon to 2 pm everything is taken.

use super::clerk::{Form, Offer};
use super::script::Fields;
use super::{visit, when, words};

/// What people come for, and how it sounds.
const KINDS: [(&str, &[&str]); 12] = [
    ("check-up", &["checkup", "check up"]),
    ("dental cleaning", &["dental cleaning", "teeth cleaning"]),
    ("dentist appointment", &["dentist"]),
    ("doctor's appointment", &["doctor", "doctor's", "doctors"]),
    ("eye exam", &["eye exam", "i exam", "eye examination"]),
    ("eye test", &["eye test", "i test"]),
    ("flu shot", &["flu shot", "flew shot", "vaccination"]),
    ("blood test", &["blood test"]),
    ("consultation", &["consultation"]),
    ("massage", &["massage"]),
    ("physiotherapy", &["physiotherapy"]),
    ("haircut", &["haircut", "hair cut"]),
];
/// Hours of the day, 24 hours: open from and to, and taken from and to.
const OPEN: (u32, u32) = (8, 18);
const TAKEN: (u32, u32) = (12, 14);

/// The appointment form.
pub(crate) struct AppointmentDesk {
    /// Four digits, not beginning with 0.
    confirmation: u64,
}

impl AppointmentDesk {
    /// The clerk of one call; the seed decides the confirmation number.
    pub(crate) fn new(seed: u64) -> Self {
        Self { confirmation: visit::confirmation(seed, 2_246_822_519) }
    }

    fn kind(plain: &str, asked: bool) -> Option<String> {
        let known = KINDS.iter().find(|(_, sounds)| sounds.iter().any(|sound| words::sounds_like(plain, sound)));
        if let Some((kind, _)) = known {
            return Some((*kind).to_owned());
        }
        // "I would like to book a tire change on …": the words after the article, up to the day or the time.
        const BEFORE: [&str; 6] = ["book", "for", "need", "schedule", "make", "get"];
        const ENDS: [&str; 16] = [
            "on", "at", "in", "for", "under", "please", "and", "tomorrow", "today", "next", "this", "i", "with", "around",
            "name", "to",
        ];
        let words: Vec<&str> = plain.split(' ').collect();
        let begin = (1..words.len()).find(|&at| {
            let article = ["a", "an"].contains(&words[at]);
            article && (BEFORE.contains(&words[at - 1]) || asked)
        });
        let begin = begin.map(|at| at + 1).or(asked.then_some(0))?;
        let kind: Vec<&str> = words[begin..].iter().copied().take_while(|word| !ENDS.contains(word)).collect();
        let vague = ["appointment", "table", "slot", "time", "question"].iter().any(|word| kind.contains(word));
        let good = (1..=4).contains(&kind.len()) && !vague && !words::cannot_say(plain) && !words::is_no(plain);
        good.then(|| kind.join(" "))
    }

    /// A time of day, or the first free one in the part of the day that was said.
    fn time(plain: &str, asked: bool) -> Option<String> {
        when::visit_time(plain, asked).or_else(|| {
            let parts = [
                (&["in the morning", "the morning", "morning"][..], "9:30 am"),
                (&["afternoon"], "2:30 pm"),
                (&["evening"], "5:30 pm"),
                (&["any time", "anytime"], "10:00 am"),
            ];
            let found = parts.into_iter().find(|(words, _)| words::has_any(plain, words) && !words::has(plain, "good morning"));
            found.map(|(_, time)| time.to_owned())
        })
    }
}

/// The hour, 0 to 23, of a time as it is written down here.
fn hour(time: &str) -> Option<u32> {
    let hour: u32 = time.split(':').next()?.parse().ok()?;
    Some(hour % 12 + if time.ends_with("pm") { 12 } else { 0 })
}

impl Form for AppointmentDesk {
    const KIND: &'static str = "book_appointment";

    fn greeting(&self) -> String {
        "Bayview Clinic, appointments. How can I help you?".into()
    }

    fn missing(&self, fields: &Fields) -> Option<(&'static str, &'static str)> {
        let order = [
            ("appointment_kind", "What is the appointment for?"),
            ("date", "What day would you like to come in?"),
            ("time", "At what time?"),
            ("user_name", "What name should I put the appointment under?"),
        ];
        order.into_iter().find(|(name, _)| !fields.contains_key(*name))
    }

    fn read(&self, said: &str, asked: Option<&str>) -> Vec<(&'static str, String)> {
        let plain = words::plain(said);
        let mut read = Vec::new();
        let mut take = |name, value: Option<String>| read.extend(value.map(|value| (name, value)));
        let telephone = words::telephone(&plain);
        take("appointment_kind", Self::kind(&plain, asked == Some("appointment_kind")));
        take("date", when::date(&plain));
        if telephone.is_none() {
            take("time", Self::time(&plain, asked == Some("time")));
        }
        take("user_name", words::name(said, asked == Some("user_name")));
        take("callback_number", telephone);
        read
    }

    fn otherwise(&self, field: &str) -> &'static str {
        match field {
            "appointment_kind" => "consultation",
            "date" => "tomorrow",
            "time" => "9:30 am",
            _ => "the caller",
        }
    }

    fn offer(&self, fields: &Fields) -> Option<Offer> {
        let asked = fields.get("time")?;
        let (why, instead) = match hour(asked)? {
            hour if (TAKEN.0..TAKEN.1).contains(&hour) => (format!("{asked} is taken"), "2:00 pm"),
            hour if hour < OPEN.0 => (format!("at {asked} we are not open yet"), "8:00 am"),
            hour if hour >= OPEN.1 => (format!("at {asked} we are closed"), "5:00 pm"),
            _ => return None,
        };
        let say = format!("I'm sorry, {why}. I could offer {instead} instead. Would that work for you?");
        Some(Offer { field: "time", instead: instead.into(), say })
    }

    fn read_back(&self, fields: &Fields) -> String {
        let get = |name: &str| fields.get(name).map_or("", String::as_str);
        let on = visit::before(get("date"));
        let kind = get("appointment_kind");
        let article = if kind.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
        format!("So that's {article} {kind} {on}{} at {}, under the name {}.", get("date"), get("time"), get("user_name"))
    }

    fn settle(&self, fields: &Fields) -> Fields {
        visit::settle(fields, self.confirmation)
    }

    fn tell(&self, facts: &Fields) -> String {
        visit::tell(facts)
    }

    fn answer(&self, plain: &str, fields: &Fields) -> Option<String> {
        let hours = words::has_any(plain, &["when are you open", "your hours", "opening hours", "what times", "which times"]);
        (hours && !fields.contains_key("time")).then(|| "We are open from 8 am to 6 pm.".to_owned())
    }

    fn goodbye(&self) -> String {
        "See you then. Goodbye!".into()
    }
}

#[cfg(test)]
mod tests {
    use super::super::clerk::Clerk;
    use super::super::script::{Script, Then};
    use super::*;

    #[track_caller]
    fn says(clerk: &mut Clerk<AppointmentDesk>, said: &str, expected: &str) {
        let reply = clerk.hear(said);
        assert!(reply.say.contains(expected), "to {said:?} the clerk says {:?}", reply.say);
    }

    fn clerk() -> Clerk<AppointmentDesk> {
        let mut clerk = Clerk::new(AppointmentDesk::new(3));
        clerk.greeting();
        clerk
    }

    #[test]
    fn an_appointment_is_made_question_by_question() {
        let clerk = &mut clerk();
        says(
            clerk,
            "Hello, this is an AI assistant calling on behalf of Maria Lopez. I would like an appointment.",
            "What is the appointment for?",
        );
        says(clerk, "It's for a check-up.", "What day");
        says(clerk, "On Friday, November 27, please.", "At what time?");
        says(clerk, "At nine.", "a check-up on Friday, November 27 at 9:00 am, under the name Maria Lopez. Is that right?");
        says(clerk, "No, Mario. That's M, A, R, I, O.", "under the name Mario Lopez");
        let reply = clerk.hear("Yes, that's right.");
        assert_eq!(reply.then, Then::AwaitGoodbye);
        let slip = clerk.slip();
        assert_eq!((slip.kind.as_str(), slip.confirmed), ("book_appointment", true));
        assert_eq!(slip.facts["booked_time"], "Friday, November 27 at 9:00 am");
        assert!(reply.say.contains(&slip.facts["confirmation_number"]), "{}", reply.say);
    }

    #[test]
    fn another_time_is_offered_when_it_is_taken_and_can_be_accepted_or_not() {
        let clerk = &mut clerk();
        says(
            clerk,
            "On behalf of Ben Okafor. I would like to book a haircut tomorrow at 1 pm.",
            "I'm sorry, 1:00 pm is taken. I could offer 2:00 pm instead. Would that work for you?",
        );
        says(clerk, "Yes, please.", "a haircut tomorrow at 2:00 pm, under the name Ben Okafor. Is that right?");
        says(clerk, "No, at 7 pm.", "at 7:00 pm we are closed. I could offer 5:00 pm instead.");
        says(clerk, "No.", "At what time?");
        says(clerk, "At ten thirty.", "a haircut tomorrow at 10:30 am");
        says(clerk, "Yes.", "You're booked for tomorrow at 10:30 am.");
    }

    #[test]
    fn a_caller_who_cannot_decide_is_let_go_and_offers_end() {
        let clerk = &mut clerk();
        says(clerk, "On behalf of Ben. I would like to book a massage tomorrow at noon.", "12:00 pm is taken");
        assert_eq!(clerk.hear("I can't decide that, I'll pass it on. Thank you, goodbye.").then, Then::HangUp);
        assert!(!clerk.slip().confirmed && !clerk.slip().fields.contains_key("time"));
        let clerk = &mut self::clerk();
        says(clerk, "On behalf of Ben. I would like to book a massage tomorrow at noon.", "2:00 pm instead");
        for _ in 0..2 {
            says(clerk, "At noon, please.", "2:00 pm instead");
        }
        assert_eq!(clerk.hear("At noon, please.").then, Then::HangUp);
    }

    #[test]
    fn what_is_said_in_one_breath() {
        for (said, field, value) in [
            ("I would like to book a dental cleaning on Monday at 10 am", "appointment_kind", "dental cleaning"),
            ("I would like to book an oil change on Monday", "appointment_kind", "oil change"),
            ("book a check up on Friday in the morning", "appointment_kind", "check-up"),
            ("book a check up on Friday in the morning", "time", "9:30 am"),
            ("a haircut on Friday in the afternoon", "time", "2:30 pm"),
            ("an eye exam at any time", "time", "10:00 am"),
            ("my number is 415 555 0142", "callback_number", "4155550142"),
        ] {
            let read = AppointmentDesk::new(1).read(said, None);
            assert_eq!(read.iter().find(|(name, _)| *name == field).map(|(_, v)| v.as_str()), Some(value), "{said}: {read:?}");
        }
        let read = AppointmentDesk::new(1).read("I would like to book an appointment on Monday", None);
        assert!(!read.iter().any(|(name, _)| *name == "appointment_kind"), "{read:?}");
    }
}
