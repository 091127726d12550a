//! A callee without a telephone: words in, words out, so that a dialogue can be tried without audio.

use super::Answers;
use super::script::{Script, Slip, Then};
use crate::numbers::look_up;

/// Whoever picks up at a number, face to face.
pub struct InWords(Box<dyn Script>);

impl InWords {
    /// The callee at a number in E.164 form; `None` if nobody picks up there. The seed decides prices and numbers.
    pub fn at(number: &str, seed: u64) -> Option<Self> {
        match look_up(number, false).ok()? {
            Answers::Picks(kind) => Some(Self(kind.script(seed))),
            Answers::Browser | Answers::Busy | Answers::Nobody | Answers::Fails => None,
        }
    }

    /// The first words.
    pub fn greeting(&mut self) -> String {
        self.0.greeting().say
    }

    /// What the callee says to these words, which may be nothing, and whether the callee hangs up then.
    pub fn hear(&mut self, said: &str) -> (String, bool) {
        let reply = self.0.hear(said);
        let leaves = match reply.then {
            Then::HangUp | Then::BreakOff => true,
            Then::Listen | Then::AwaitGoodbye | Then::Record | Then::Connect | Then::Fax => false,
        };
        if reply.then == Then::Connect {
            return (format!("{} {}", reply.say, self.0.connected().say), leaves);
        }
        (reply.say, leaves)
    }

    /// What has been written down.
    pub fn slip(&self) -> Slip {
        self.0.slip()
    }
}
