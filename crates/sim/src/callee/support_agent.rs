//! Dana of Pacific Telephone, whom one reaches after a while on hold: answers a question, or takes a message.

use super::script::{Fields, Reply, Script, Slip, Then};
use super::words;

/// What Dana knows, by words that one of which has to be there.
const ANSWERS: [(&[&str], &str); 6] = [
    (&["twice", "charged", "double"], "The second charge was a mistake, and it will be refunded within 5 days."),
    (&["bill", "invoice"], "Your bill is sent on the first of the month."),
    (&["outage", "internet", "connection"], "There is an outage in your area, and it will be fixed by 6 pm."),
    (&["technician", "appointment"], "The technician comes on Monday between 8 and 10 am."),
    (&["refund"], "The refund takes 5 days."),
    (&["open", "hours"], "We can be reached every day from 8 am to 8 pm."),
];
const MISSES_MAX: u32 = 3;

/// The person at the end of the line.
pub(crate) struct SupportAgent {
    name: &'static str,
    fields: Fields,
    answer: String,
    misses: u32,
    last: String,
}

impl Default for SupportAgent {
    fn default() -> Self {
        Self::named("Dana")
    }
}

impl SupportAgent {
    /// Lee of Northwind Supply, behind a menu.
    pub(crate) fn of_northwind() -> Self {
        Self::named("Lee")
    }

    fn named(name: &'static str) -> Self {
        Self { name, fields: Fields::new(), answer: String::new(), misses: 0, last: String::new() }
    }

    fn answer_to(plain: &str) -> Option<&'static str> {
        if let Some((_, answer)) = ANSWERS.iter().find(|(any, _)| any.iter().any(|word| words::sounds_like(plain, word))) {
            return Some(answer);
        }
        let asks = words::has_any(plain, &["ask", "whether", "why", "when", "what", "how", "if", "know"]);
        let tells = words::has_any(plain, &["tell", "say", "message", "let them know", "pass", "speak", "talk", "report"]);
        match (asks, tells) {
            (true, _) => Some("I have to look into that, and somebody will call back tomorrow."),
            (false, true) => Some("I have written that down, and I will pass it on."),
            (false, false) => None,
        }
    }

    /// What is wanted, without who is calling.
    fn wish(said: &str) -> String {
        let sentences: Vec<&str> = said.split_inclusive(['.', '?', '!']).map(str::trim).filter(|s| !s.is_empty()).collect();
        let wishes = sentences.iter().filter(|sentence| !words::has(&words::plain(sentence), "on behalf of"));
        let wishes: Vec<&str> = wishes.copied().filter(|sentence| !words::is_greeting(&words::plain(sentence))).collect();
        if wishes.is_empty() { said.trim().to_owned() } else { wishes.join(" ") }
    }
}

impl Script for SupportAgent {
    fn greeting(&mut self) -> Reply {
        self.last = format!("Thank you for holding, this is {}. How can I help you?", self.name);
        Reply::listen(self.last.clone())
    }

    fn hear(&mut self, said: &str) -> Reply {
        let plain = words::plain(said);
        if words::wants_repeat(&plain) {
            return Reply::listen(self.last.clone());
        }
        if let Some(name) = words::name(said, false) {
            self.fields.entry("user_name".into()).or_insert(name);
        }
        if !self.answer.is_empty() {
            if words::is_goodbye(&plain) {
                return Reply::hang_up("Goodbye!");
            }
            return Reply { say: "You're welcome. Goodbye!".into(), then: Then::AwaitGoodbye };
        }
        let asks = Self::wish(said);
        if let Some(answer) = Self::answer_to(&words::plain(&asks)) {
            self.fields.insert("instructions".into(), asks);
            self.answer = answer.into();
            self.last = format!("{answer} Is there anything else?");
            return Reply::listen(self.last.clone());
        }
        if words::is_goodbye(&plain) {
            return Reply::hang_up("Goodbye!");
        }
        if words::has(&plain, "on behalf of") || words::is_greeting(&plain) {
            return Reply::listen("What is it about?");
        }
        self.misses += 1;
        if self.misses >= MISSES_MAX {
            return Reply::hang_up("I'm sorry, I can't understand you. Goodbye.");
        }
        Reply::listen("Sorry, I didn't get that. What is it about?")
    }

    fn slip(&self) -> Slip {
        let mut facts = Fields::new();
        if !self.answer.is_empty() {
            facts.insert("answer".into(), self.answer.clone());
        }
        Slip { kind: "wait_on_hold".into(), fields: self.fields.clone(), facts, confirmed: !self.answer.is_empty() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_answered_and_a_message_taken() {
        for (said, answer, wish) in [
            (
                "Hello, this is an AI assistant calling on behalf of Maria Lopez. I would like to speak to someone in billing, and ask why I was charged twice.",
                "The second charge was a mistake",
                "I would like to speak to someone in billing, and ask why I was charged twice.",
            ),
            (
                "On behalf of Maria Lopez. I would like to speak to a person, and say that the router is on its way back.",
                "I have written that down",
                "I would like to speak to a person, and say that the router is on its way back.",
            ),
        ] {
            let mut dana = SupportAgent::default();
            dana.greeting();
            assert!(dana.hear(said).say.starts_with(answer), "{said}");
            let slip = dana.slip();
            assert_eq!((slip.fields["instructions"].as_str(), slip.fields["user_name"].as_str()), (wish, "Maria Lopez"));
            assert!(slip.confirmed);
            assert_eq!(dana.hear("No, that's all, thank you.").then, Then::AwaitGoodbye);
            assert_eq!(dana.hear("Goodbye.").then, Then::HangUp);
        }
    }

    #[test]
    fn an_introduction_is_asked_on_and_mumbling_ends() {
        let mut dana = SupportAgent::default();
        dana.greeting();
        assert_eq!(dana.hear("Hello, this is an AI assistant calling on behalf of Maria Lopez.").say, "What is it about?");
        dana.hear("");
        dana.hear("mumble");
        assert_eq!(dana.hear("mumble").then, Then::HangUp);
        assert!(!dana.slip().confirmed);
    }
}
