//! Machines that answer: voicemail, which records what is said after its beep, and a fax machine.

use super::script::{Fields, Reply, Script, Slip, Then};

/// The voicemail of Sam Rivera.
#[derive(Default)]
pub(crate) struct Voicemail {
    message: String,
}

impl Script for Voicemail {
    fn greeting(&mut self) -> Reply {
        let say = "Hi, you have reached Sam Rivera. I can't come to the phone right now. Please leave a message after the tone.";
        Reply { say: say.into(), then: Then::Record }
    }

    fn hear(&mut self, said: &str) -> Reply {
        self.message = format!("{} {}", self.message, said.trim()).trim().to_owned();
        Reply { say: String::new(), then: Then::Record }
    }

    fn slip(&self) -> Slip {
        let mut fields = Fields::new();
        if !self.message.is_empty() {
            fields.insert("message".into(), self.message.clone());
        }
        Slip { kind: "voicemail".into(), confirmed: !fields.is_empty(), fields, facts: Fields::new() }
    }
}

/// A fax machine. It hears nothing that it understands.
#[derive(Default)]
pub(crate) struct Fax;

impl Script for Fax {
    fn greeting(&mut self) -> Reply {
        Reply { say: String::new(), then: Then::Fax }
    }

    fn hear(&mut self, _said: &str) -> Reply {
        Reply { say: String::new(), then: Then::HangUp }
    }

    fn slip(&self) -> Slip {
        Slip { kind: "fax".into(), ..Slip::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_after_the_beep_is_the_message() {
        let mut voicemail = Voicemail::default();
        assert_eq!(voicemail.greeting().then, Then::Record);
        assert!(!voicemail.slip().confirmed);
        voicemail.hear("Hello, this is an AI assistant.");
        assert_eq!(voicemail.hear(" Please call back. ").then, Then::Record);
        assert_eq!(voicemail.slip().fields["message"], "Hello, this is an AI assistant. Please call back.");
    }
}
