//! The built-in brain: reads the briefing, follows the conversation, decides the next sentence.

use super::dialogue::Dialogue;
use super::outcome::end_call;
use super::words::plain;
use super::{Brain, Line, Reply, Turn, remarks};
use async_trait::async_trait;
use types::{Briefing, briefing::words_to_say};

/// The brain that needs no key.
#[derive(Clone, Copy, Debug, Default)]
pub struct BuiltIn;

#[async_trait]
impl Brain for BuiltIn {
    async fn reply(&self, turn: &Turn) -> Reply {
        reply(turn)
    }
}

/// The answer; no more than a function of the turn.
pub(super) fn reply(turn: &Turn) -> Reply {
    if let Some(words) = turn.only_now.as_deref().and_then(words_to_say) {
        return Reply { say: words.to_owned(), tools: Vec::new() };
    }
    let only_now = turn.only_now.as_deref().and_then(Briefing::parse);
    match only_now.or_else(|| Briefing::parse(&turn.instructions)) {
        Some(briefing) => Dialogue::new(&briefing, turn).reply(),
        None => without_briefing(turn),
    }
}

/// Free instructions cannot be followed without a language model; that is said, and a message is taken.
fn without_briefing(turn: &Turn) -> Reply {
    let spoken = turn.lines.iter().filter(|line| matches!(line, Line::Agent { .. })).count();
    let new = matches!(turn.lines.last(), Some(Line::Callee { text }) if !remarks::is_filler(&plain(text)));
    let say = match spoken {
        0 => "Hello, this is an automated assistant. I can only pass on a message. What should I pass on?",
        _ if !new => "",
        1 => "Thank you, I will pass that on. Is there anything else?",
        _ => "Thank you, I will pass it on. Goodbye.",
    };
    let ends = spoken >= 2 && new && turn.tools.iter().any(|tool| tool == "end_call");
    Reply { say: say.into(), tools: if ends { vec![end_call()] } else { Vec::new() } }
}
