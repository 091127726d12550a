//! A clerk who fills in a form: asks for what is missing, reads it back, takes corrections, says goodbye.
//!
//! Words in, words out; no audio and no clock.

use super::script::{Fields, Reply, Script, Slip, Then};
use super::{respelling, words};

/// The form that a clerk fills in.
pub(crate) trait Form: Send {
    /// The kind of task.
    const KIND: &'static str;

    /// The first words.
    fn greeting(&self) -> String;
    /// The first field that is needed and missing, with the question for it.
    fn missing(&self, fields: &Fields) -> Option<(&'static str, &'static str)>;
    /// Every detail in the words. `asked` is the field that the clerk has just asked for.
    fn read(&self, said: &str, asked: Option<&str>) -> Vec<(&'static str, String)>;
    /// What to write down when the caller does not know.
    fn otherwise(&self, field: &str) -> &'static str;
    /// The whole slip in a sentence, without the question.
    fn read_back(&self, fields: &Fields) -> String;
    /// The facts that the caller is told when everything is settled.
    fn settle(&self, fields: &Fields) -> Fields;
    /// The sentence that tells them.
    fn tell(&self, facts: &Fields) -> String;
    /// What cannot be had as it was asked for, and what can be had instead.
    fn offer(&self, _fields: &Fields) -> Option<Offer> {
        None
    }
    /// An answer to a question of the caller's, if it is one.
    fn answer(&self, plain: &str, fields: &Fields) -> Option<String>;
    /// The goodbye.
    fn goodbye(&self) -> String;
}

/// Something else than what was asked for.
pub(crate) struct Offer {
    /// The field that cannot stay as it is.
    pub(crate) field: &'static str,
    /// What is offered for it.
    pub(crate) instead: String,
    /// The words, with the question.
    pub(crate) say: String,
}

/// The clerk offers something else so many times.
const OFFERS_MAX: u32 = 3;
/// After so many things in a row that were not understood, the clerk gives up.
const MISSES_MAX: u32 = 3;
/// To a caller who has to find something out.
const SURE: &str = "Sure.";

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nothing has been said yet.
    Greeting,
    /// Has asked for this field.
    Asking(&'static str),
    /// Has offered something else for this field.
    Offering(&'static str),
    /// Has read the slip back.
    Confirming,
    /// Has asked what is to be changed.
    Changing,
    /// Everything is settled.
    Closing,
}

/// A clerk with a form.
pub(crate) struct Clerk<F> {
    form: F,
    fields: Fields,
    facts: Fields,
    state: State,
    /// What was offered last.
    offered: String,
    offers: u32,
    misses: u32,
    last: String,
}

impl<F: Form> Clerk<F> {
    pub(crate) fn new(form: F) -> Self {
        Self {
            form,
            fields: Fields::new(),
            facts: Fields::new(),
            state: State::Greeting,
            offered: String::new(),
            offers: 0,
            misses: 0,
            last: String::new(),
        }
    }

    /// Writes details down; tells whether anything is new.
    fn take(&mut self, read: Vec<(&'static str, String)>) -> bool {
        let mut changed = false;
        for (name, value) in read {
            let known = self.fields.get(name);
            if !known.is_some_and(|known| known.eq_ignore_ascii_case(&value)) {
                self.fields.insert(name.into(), value);
                changed = true;
            }
        }
        changed
    }

    /// Offers what can be had, asks for the next missing field, or reads the slip back; `first` are words to be said before.
    fn go_on(&mut self, first: &str) -> String {
        if let Some(Offer { field, instead, say }) = self.form.offer(&self.fields) {
            self.fields.shift_remove(field);
            (self.state, self.offered) = (State::Offering(field), instead);
            self.offers += 1;
            return say;
        }
        let next = match self.form.missing(&self.fields) {
            Some((field, question)) => {
                self.state = State::Asking(field);
                question.to_owned()
            }
            None => {
                self.state = State::Confirming;
                format!("{} Is that right?", self.form.read_back(&self.fields))
            }
        };
        if first.is_empty() { next } else { format!("{first} {next}") }
    }

    fn settle(&mut self) -> Reply {
        self.state = State::Closing;
        self.facts = self.form.settle(&self.fields);
        let say = format!("{} {}", self.form.tell(&self.facts), self.form.goodbye());
        Reply { say, then: Then::AwaitGoodbye }
    }

    fn miss(&mut self, sorry: &str) -> Reply {
        self.misses += 1;
        if self.misses >= MISSES_MAX {
            return Reply::hang_up("I'm sorry, I can't understand you. Please call again later. Goodbye.");
        }
        let again = match self.state {
            State::Greeting => "What can I do for you?".to_owned(),
            State::Offering(_) => self.last.clone(),
            State::Asking(_) | State::Changing | State::Closing | State::Confirming => self.go_on(""),
        };
        Reply::listen(format!("{sorry} {again}"))
    }

    fn reply(&mut self, said: &str) -> Reply {
        let plain = words::plain(said);
        if self.state == State::Closing {
            return self.closing(said, &plain);
        }
        if plain.is_empty() {
            return self.miss("Sorry, I didn't catch that.");
        }
        if words::wants_repeat(&plain) {
            return Reply::listen(self.last.clone());
        }
        let asked = match self.state {
            State::Asking(field) | State::Offering(field) => Some(field),
            State::Greeting | State::Confirming | State::Changing | State::Closing => None,
        };
        // "Yes, one large …" confirms: what is repeated in other words is no change.
        if self.state == State::Confirming && words::is_yes(&plain) && !words::is_correction(&plain) {
            self.misses = 0;
            return self.settle();
        }
        if let State::Offering(field) = self.state
            && words::is_yes(&plain)
        {
            self.misses = 0;
            self.fields.insert(field.into(), std::mem::take(&mut self.offered));
            return Reply::listen(self.go_on("Okay."));
        }
        let mut read = self.form.read(said, asked);
        // Who has found it out already says so in the same breath.
        if words::asks_to_wait(&plain) && !read.iter().any(|(name, _)| Some(*name) == asked) {
            self.misses = 0;
            return Reply::listen(SURE);
        }
        respelling::spelt(&mut read, &self.fields, said);
        if read.is_empty() && matches!(self.state, State::Confirming | State::Changing) {
            read.extend(respelling::said_again(&self.fields, &plain));
        }
        let understood = !read.is_empty();
        let changed = self.take(read);
        if self.offers >= OFFERS_MAX && self.form.offer(&self.fields).is_some() {
            return Reply::hang_up("I'm sorry, that is all I can offer. Please call again later. Goodbye.");
        }
        if let Some(answer) = self.form.answer(&plain, &self.fields) {
            self.misses = 0;
            return Reply::listen(self.go_on(&answer));
        }
        if changed {
            self.misses = 0;
            let first = match self.state {
                State::Greeting | State::Asking(_) | State::Offering(_) => "Okay.",
                State::Confirming | State::Changing | State::Closing => "No problem.",
            };
            return Reply::listen(self.go_on(first));
        }
        match self.state {
            // "No, the name is …": that is what is written down already.
            State::Confirming if words::is_no(&plain) && understood => Reply::listen(self.go_on("Yes, I have that.")),
            State::Confirming if words::is_no(&plain) => {
                self.state = State::Changing;
                Reply::listen("Sorry about that. What should I change?")
            }
            State::Confirming if understood => self.settle(),
            // Before the "no": whoever takes leave with it does not want to be asked on.
            State::Greeting | State::Asking(_) | State::Offering(_) | State::Changing if words::is_goodbye(&plain) => {
                Reply::hang_up("Okay, goodbye.")
            }
            State::Offering(_) if words::is_no(&plain) => Reply::listen(self.go_on("No problem.")),
            State::Asking(field) if words::cannot_say(&plain) => {
                self.fields.insert(field.into(), self.form.otherwise(field).into());
                Reply::listen(self.go_on("No problem."))
            }
            State::Greeting if words::is_greeting(&plain) => Reply::listen(self.form.greeting()),
            State::Confirming if words::is_goodbye(&plain) => Reply::hang_up("Okay, goodbye."),
            State::Asking(_) | State::Changing if understood => Reply::listen(self.go_on("Yes, I have that.")),
            State::Greeting | State::Asking(_) | State::Offering(_) | State::Confirming | State::Changing | State::Closing => {
                self.miss("Sorry, I didn't get that.")
            }
        }
    }

    fn closing(&mut self, said: &str, plain: &str) -> Reply {
        if words::is_goodbye(plain) {
            return Reply::hang_up("Goodbye!");
        }
        if words::has_any(plain, &["is that right", "is that correct"]) {
            let say = self.confirm(said, plain);
            return Reply { say, then: Then::AwaitGoodbye };
        }
        let asks =
            words::has_any(plain, &["what", "when", "how", "which", "could you", "can you", "total", "price", "is that done"]);
        let say = match self.form.answer(plain, &self.fields) {
            _ if asks || words::wants_repeat(plain) => self.form.tell(&self.facts),
            answer => answer.unwrap_or_default(),
        };
        Reply { say, then: Then::AwaitGoodbye }
    }
}

impl<F: Form> Clerk<F> {
    /// A yes to what the caller says back, if its details, or all its numbers in their order, are on the slip; else the slip again.
    fn confirm(&self, said: &str, plain: &str) -> String {
        let details = self.form.read(said, None);
        let known_as = |(name, value): &(&str, String)| self.fields.get(*name).is_some_and(|known| known == value);
        let same = !details.is_empty() && details.iter().all(known_as);
        let numbers = |text: &str| -> String {
            let hours = text.split(' ').map(|word| word.trim_end_matches("pm").trim_end_matches("am"));
            let digits = hours.filter(|word| word.chars().all(|c| c.is_ascii_digit() || c == ':'));
            digits.map(|word| word.trim_end_matches(":00").replace(':', "")).collect()
        };
        let told = self.form.tell(&self.facts);
        let (said, known) = (numbers(plain), numbers(&words::plain(&told)));
        if same || !said.is_empty() && known.contains(&said) {
            "Yes, that's right.".into()
        } else {
            format!("Let me repeat that. {told}")
        }
    }
}

impl<F: Form> Script for Clerk<F> {
    fn greeting(&mut self) -> Reply {
        self.last = self.form.greeting();
        Reply::listen(self.last.clone())
    }

    fn hear(&mut self, said: &str) -> Reply {
        let reply = self.reply(said);
        // Who asks for a repetition means what was said before.
        if !reply.say.is_empty() && reply.say != SURE {
            self.last.clone_from(&reply.say);
        }
        reply
    }

    fn slip(&self) -> Slip {
        Slip {
            kind: F::KIND.into(),
            fields: self.fields.clone(),
            facts: self.facts.clone(),
            confirmed: self.state == State::Closing,
        }
    }
}
