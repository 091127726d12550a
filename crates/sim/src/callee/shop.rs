//! The assistant of Green Corner Market: answers one question, or takes a message.

use super::script::{Fields, Reply, Script, Slip, Then};
use super::words;

/// What the shop knows, by words that all have to be there.
const ANSWERS: [(&[&str], &str); 12] = [
    (&["oat", "milk"], "Yes, we have oat milk."),
    (&["gluten"], "Yes, we have a gluten free shelf."),
    (&["sunday"], "Yes, on Sundays we are open from 10 am to 4 pm."),
    (&["open"], "We are open until 8 pm today."),
    (&["close"], "We close at 8 pm today."),
    (&["hours"], "We are open from 9 am to 8 pm."),
    (&["parking"], "Yes, there is free parking behind the shop."),
    (&["address"], "We are at 20 Market Street."),
    (&["deliver"], "No, we don't deliver, only pickup."),
    (&["card"], "Yes, we take all cards."),
    (&["return"], "You can return things within 14 days."),
    (&["sourdough"], "No, the sourdough is sold out today."),
];
const MISSES_MAX: u32 = 3;

/// The shop's assistant.
#[derive(Default)]
pub(crate) struct Shop {
    question: String,
    answer: String,
    misses: u32,
    last: String,
}

impl Shop {
    fn answer_to(plain: &str) -> Option<String> {
        if let Some((_, answer)) = ANSWERS.iter().find(|(all, _)| all.iter().all(|word| words::sounds_like(plain, word))) {
            return Some((*answer).to_owned());
        }
        for start in [
            "do you have",
            "do you sell",
            "have you got",
            "if you have",
            "whether you have",
            "if they have",
            "whether they have",
            "if you sell",
        ] {
            if let Some(at) = words::position(plain, start) {
                let thing: Vec<&str> = plain[at + start.len()..]
                    .split_whitespace()
                    .take(4)
                    .filter(|w| !["please", "any", "in", "stock"].contains(w))
                    .collect();
                if !thing.is_empty() {
                    return Some(format!("Yes, we have {}.", thing.join(" ")));
                }
            }
        }
        if words::has_any(plain, &["how much", "what does", "the price"]) {
            return Some("That is $4.50.".into());
        }
        let question = words::has_any(
            plain,
            &["what", "when", "where", "which", "who", "how", "can", "could", "is", "are", "does", "do", "whether"],
        );
        let asks = question && (words::has_any(plain, &["ask", "know", "you", "your", "there"]));
        if asks && !words::is_greeting(plain) && !introduces_only(plain) {
            return Some("I'm not sure, sorry. Please ask for the manager tomorrow.".into());
        }
        words::has_any(plain, &["tell", "message", "pass", "let"]).then(|| "Okay, I will pass that on.".to_owned())
    }

    /// The question without the introduction.
    fn question_in(said: &str) -> String {
        let sentences: Vec<&str> = said.split_inclusive(['.', '?', '!']).map(str::trim).filter(|s| !s.is_empty()).collect();
        let asked = sentences.iter().rev().find(|sentence| Self::answer_to(&words::plain(sentence)).is_some());
        (*asked.unwrap_or(&said)).to_owned()
    }
}

/// Whether the words only say who is calling.
fn introduces_only(plain: &str) -> bool {
    words::has(plain, "on behalf of") && !words::has_any(plain, &["would like", "want", "ask", "know"])
}

impl Script for Shop {
    fn greeting(&mut self) -> Reply {
        self.last = "Green Corner Market, hello. How can I help?".into();
        Reply::listen(self.last.clone())
    }

    fn hear(&mut self, said: &str) -> Reply {
        let plain = words::plain(said);
        if words::wants_repeat(&plain) {
            return Reply::listen(self.last.clone());
        }
        if words::is_goodbye(&plain) {
            return Reply::hang_up("Goodbye!");
        }
        let answered = !self.answer.is_empty();
        // A new question, or the same one again, is answered as well.
        let asks = !answered || said.contains('?') || words::has_any(&plain, &["do you", "what", "when", "how much"]);
        if let Some(answer) = Self::answer_to(&plain).filter(|_| asks) {
            self.misses = 0;
            if !answered {
                self.question = Self::question_in(said);
                self.answer.clone_from(&answer);
            }
            self.last = format!("{answer} Is there anything else?");
            return Reply::listen(self.last.clone());
        }
        if answered {
            if words::is_no(&plain) || words::has_any(&plain, &["thank", "thanks", "that's all", "that is all"]) {
                return Reply { say: "Thanks for calling. Goodbye!".into(), then: Then::AwaitGoodbye };
            }
            return Reply::listen("What else can I do for you?");
        }
        if words::is_greeting(&plain) {
            return Reply::listen(self.last.clone());
        }
        if introduces_only(&plain) {
            return Reply::listen("Okay. What would you like to know?");
        }
        self.misses += 1;
        if self.misses >= MISSES_MAX {
            return Reply::hang_up("I'm sorry, I can't understand you. Goodbye.");
        }
        Reply::listen("Sorry, I didn't get that. What would you like to know?")
    }

    fn slip(&self) -> Slip {
        let one = |name: &str, value: &str| -> Fields {
            if value.is_empty() { Fields::new() } else { [(name.to_owned(), value.to_owned())].into() }
        };
        Slip {
            kind: "ask_business".into(),
            fields: one("question", &self.question),
            facts: one("answer", &self.answer),
            confirmed: !self.answer.is_empty(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_answered() {
        let mut shop = Shop::default();
        shop.greeting();
        let reply = shop.hear("Hello, this is an AI assistant calling on behalf of Maria Lopez. I would like to ask a question. Do you have oat milk?");
        assert_eq!(reply, Reply::listen("Yes, we have oat milk. Is there anything else?"));
        let slip = shop.slip();
        assert_eq!(
            (slip.fields["question"].as_str(), slip.facts["answer"].as_str()),
            ("Do you have oat milk?", "Yes, we have oat milk.")
        );
        assert_eq!(shop.hear("No, thank you.").then, Then::AwaitGoodbye);
        assert_eq!(shop.hear("Goodbye.").then, Then::HangUp);
    }

    #[test]
    fn other_questions_too() {
        for (said, answer) in [
            ("I would like to ask whether you have fresh basil.", "Yes, we have fresh basil."),
            ("What are your opening hours?", "We are open from 9 am to 8 pm."),
            ("When do you close today?", "We close at 8 pm today."),
            ("Could I bring my dog to your shop?", "I'm not sure"),
            ("How much is a pound of cheese?", "That is $4.50."),
            ("Please tell the owner that Ann called.", "Okay, I will pass that on."),
        ] {
            let mut shop = Shop::default();
            shop.greeting();
            assert!(shop.hear(said).say.starts_with(answer), "{said}: {:?}", shop.slip());
        }
    }

    #[test]
    fn an_introduction_is_no_question_and_mumbling_ends() {
        let mut shop = Shop::default();
        shop.greeting();
        let reply = shop.hear("Hello, this is an AI assistant calling on behalf of Maria Lopez.");
        assert_eq!(reply.say, "Okay. What would you like to know?");
        shop.hear("mumble");
        shop.hear("");
        assert_eq!(shop.hear("mumble").then, Then::HangUp);
        assert_eq!(shop.slip().fields.len(), 0);
    }
}
