//! What the callee cannot do, or offers instead.

use super::super::compare::Mention;
use super::super::words::{Sentence, sentences};
use super::super::{Line, phrases, remarks};
use super::{Dialogue, Next};

impl Dialogue<'_> {
    /// What a refusal or another offer leads to.
    pub(super) fn refusal(&self, heard: &[Sentence<'_>]) -> Option<Next> {
        if matches!(self.briefing.task_kind.as_str(), "ask_business" | "errand" | "wait_on_hold" | "") {
            return None;
        }
        if heard.iter().any(remarks::is_hopeless) {
            let say = "I understand, I'll pass it on. Thank you, goodbye.".to_owned();
            return Some(self.give_up(say, format!("They said: \"{}\"", self.new.trim())));
        }
        let refused = heard.iter().any(remarks::refuses);
        let other_time = heard.iter().any(|sentence| {
            let time = self.briefing.details.get("time").or_else(|| self.briefing.details.get("date"));
            let wrong = time.is_some()
                && self
                    .mentions(sentence)
                    .iter()
                    .any(|(name, _, mention)| matches!(name.as_str(), "time" | "date") && *mention == Mention::Wrong);
            wrong && remarks::offers_other(sentence)
        });
        if !refused && !other_time {
            return None;
        }
        let offers = other_time
            || heard.iter().any(|sentence| remarks::offers_other(sentence) || (sentence.question && !sentence.plain.is_empty()));
        let say = if offers {
            format!("{} Thank you, goodbye.", phrases::CANNOT_DECIDE)
        } else {
            "I see. I can't change the request, so I'll pass it on. What could you offer instead?".into()
        };
        if offers || self.times_said(&say) > 0 {
            let say = if offers { say } else { "I understand, I'll pass it on. Thank you, goodbye.".into() };
            return Some(self.give_up(say, self.what_they_said()));
        }
        Some(Next::Say(say))
    }

    pub(super) fn what_they_said(&self) -> String {
        let turns: Vec<&str> = self
            .lines
            .iter()
            .filter_map(|line| match line {
                Line::Callee { text } if sentences(text).iter().any(|s| remarks::refuses(s) || remarks::offers_other(s)) => {
                    Some(text.trim())
                }
                Line::Callee { .. } | Line::Agent { .. } | Line::Told { .. } | Line::Called { .. } | Line::Returned { .. } => {
                    None
                }
            })
            .collect();
        let said = if turns.last().is_some_and(|last| self.new.contains(last)) {
            turns.join(" ")
        } else {
            [turns.join(" "), self.new.clone()].join(" ")
        };
        format!("They said: \"{}\"", said.trim())
    }

    pub(super) fn refused_before(&self) -> bool {
        self.last.is_some_and(|last| last.contains("What could you offer instead?"))
    }
}
