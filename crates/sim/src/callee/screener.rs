//! A machine that asks who is calling and why before the phone rings; then a person answers, or voicemail does.

use super::script::{Fields, Reply, Script, Slip, Then};
use super::shop::Shop;
use super::voicemail::Voicemail;
use super::words;

/// How often it asks.
const ASKS_MAX: u32 = 3;

enum Stage {
    Asks(u32),
    Person(Shop),
    Voicemail(Voicemail),
}

/// The call screener of the market's owner.
pub(crate) struct Screener {
    stage: Stage,
    /// The owner is there.
    answers: bool,
    caller: String,
}

impl Screener {
    /// One call in four is not taken.
    pub(crate) fn new(seed: u64) -> Self {
        Self { stage: Stage::Asks(1), answers: !seed.is_multiple_of(4), caller: String::new() }
    }
}

impl Script for Screener {
    fn greeting(&mut self) -> Reply {
        Reply::listen(
            "Hello. The person you are calling uses a call screening service. Please say your name and why you are calling.",
        )
    }

    fn hear(&mut self, said: &str) -> Reply {
        match &mut self.stage {
            // Who gives no reason is asked again.
            Stage::Asks(times) if words::plain(said).split_whitespace().count() < 4 => {
                *times += 1;
                if *times > ASKS_MAX {
                    return Reply::hang_up("Sorry, this person is not accepting calls. Goodbye.");
                }
                Reply::listen("Sorry, I did not get that. Please state your name and the reason for calling.")
            }
            Stage::Asks(_) => {
                self.caller = said.trim().to_owned();
                Reply { say: "Thank you. Please stay on the line.".into(), then: Then::Connect }
            }
            Stage::Person(person) => person.hear(said),
            Stage::Voicemail(voicemail) => voicemail.hear(said),
        }
    }

    fn connected(&mut self) -> Reply {
        if self.answers {
            self.stage = Stage::Person(Shop::default());
            return Reply::listen("Hello, this is Robin.");
        }
        self.stage = Stage::Voicemail(Voicemail::default());
        Reply { say: "Robin is not available. Please leave a message after the tone.".into(), then: Then::Record }
    }

    fn slip(&self) -> Slip {
        let mut slip = match &self.stage {
            Stage::Asks(_) => Slip { kind: "call_screener".into(), ..Slip::default() },
            Stage::Person(person) => person.slip(),
            Stage::Voicemail(voicemail) => voicemail.slip(),
        };
        if !self.caller.is_empty() {
            let mut fields = Fields::from([("caller".to_owned(), self.caller.clone())]);
            fields.extend(slip.fields);
            slip.fields = fields;
        }
        slip
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_says_a_name_and_a_reason_is_put_through() {
        let mut screener = Screener::new(1);
        assert!(screener.greeting().say.contains("call screening"));
        assert_eq!(screener.hear("Hello.").then, Then::Listen);
        assert_eq!(screener.hear("This is an AI assistant calling on behalf of Maria Lopez.").then, Then::Connect);
        assert_eq!(screener.connected().say, "Hello, this is Robin.");
        assert!(screener.slip().fields["caller"].contains("Maria Lopez"));
    }

    #[test]
    fn one_call_in_four_ends_at_voicemail_and_silence_is_not_put_through() {
        let mut screener = Screener::new(4);
        screener.hear("This is an AI assistant calling on behalf of Maria Lopez.");
        assert_eq!(screener.connected().then, Then::Record);
        screener.hear("Please call back.");
        assert_eq!(screener.slip().fields["message"], "Please call back.");
        let mut screener = Screener::new(1);
        screener.hear("");
        screener.hear("");
        assert_eq!(screener.hear("").then, Then::HangUp);
    }
}
