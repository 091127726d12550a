//! One conversation as the built-in brain sees it: what has been said so far, and what comes next.

mod answering;
mod asked;
mod closing;
mod correcting;
mod learning;
mod making_sure;
mod refusing;

use super::facts::Told;
use super::instructed::{self, Instruction};
use super::outcome::echo;
use super::words::{has, is_number, plain, sentences};
use super::{Doubt, Line, Reply, Turn, budget, hold, menu, phrases, remarks};
use types::{Briefing, OutcomeStatus};

const NO_MORE: &str = "No, that's all, thank you.";

/// A conversation so far.
pub(super) struct Dialogue<'a> {
    briefing: &'a Briefing,
    tools: &'a [String],
    lines: &'a [Line],
    /// What the callee has said since we last spoke.
    new: String,
    /// The last thing that we said.
    last: Option<&'a str>,
    facts: Vec<Told>,
    instructions: Vec<Instruction>,
    doubts: &'a [Doubt],
}

/// What is to be done next.
enum Next {
    Say(String),
    Listen,
    End { status: OutcomeStatus, say: String, remarks: Vec<String> },
}

impl<'a> Dialogue<'a> {
    pub(super) fn new(briefing: &'a Briefing, turn: &'a Turn) -> Self {
        let lines = turn.lines.as_slice();
        // Keys answer a menu as words do a person.
        let ours = |line: &Line| matches!(line, Line::Agent { .. }) || menu::is_press(line);
        let after = lines.iter().rposition(ours).map_or(0, |at| at + 1);
        let callee = |line: &'a Line| match line {
            Line::Callee { text } => Some(text.as_str()),
            Line::Agent { .. } | Line::Told { .. } | Line::Called { .. } | Line::Returned { .. } => None,
        };
        let new = lines[after..].iter().filter_map(callee).collect::<Vec<_>>().join(" ");
        let last = lines.iter().rev().find_map(|line| match line {
            Line::Agent { text, .. } => Some(text.as_str()),
            Line::Callee { .. } | Line::Told { .. } | Line::Called { .. } | Line::Returned { .. } => None,
        });
        let (facts, instructions) = (Vec::new(), Vec::new());
        let mut this =
            Self { briefing, tools: &turn.tools, lines, new, last, facts, instructions, doubts: turn.doubts.as_slice() };
        this.instructions = instructed::instructions(briefing, lines);
        this.facts = this.read_facts();
        this
    }

    pub(super) fn reply(&self) -> Reply {
        if let Some(reply) = menu::reply(self.briefing, self.tools, self.lines) {
            return reply;
        }
        if hold::is_announcement(&self.new) {
            return Reply::default();
        }
        // Into a silence, or to a recording, nobody opens who waits for a person.
        if self.waits() && (self.new.trim().is_empty() || hold::is_recorded(&self.new)) {
            return Reply::default();
        }
        if !self.said(self.briefing.disclosure()) {
            return Reply { say: self.briefing.opening.clone(), tools: Vec::new() };
        }
        if let Some(reply) = self.what_the_user_brings() {
            return reply;
        }
        let instructed = instructed::pending(&self.instructions, self.lines).join(" ");
        if self.new.trim().is_empty() {
            return Reply { say: instructed, tools: Vec::new() };
        }
        if !instructed.is_empty() {
            return self.with_instructions(instructed);
        }
        match self.next() {
            Next::Listen => Reply::default(),
            Next::Say(say) if self.asks_user(&say).is_some() => self.asks_user(&say).unwrap_or_default(),
            // The same words a third time help nobody.
            Next::Say(say) if self.times_said(&say) >= self.often(&say) => {
                let say = "I am sorry, we don't seem to understand each other. I'll pass it on. Thank you, goodbye.".to_owned();
                self.end(self.status_if_over(), say, vec!["The conversation went in circles.".into()])
            }
            Next::Say(say) => Reply { say, tools: Vec::new() },
            Next::End { status, say, remarks } => self.end(status, say, remarks),
        }
    }

    fn next(&self) -> Next {
        let heard = sentences(&self.new);
        if remarks::is_voicemail(&plain(&self.new)) {
            let say = format!("I am calling for {}. I will try again later. Goodbye.", phrases::caller(self.briefing));
            return self.give_up(say, "A voicemail answered.".into());
        }
        // Whoever speaks after a recording has not heard who is calling.
        let waited = (self.waits() || self.new_person()) && hold::waited(self.lines, |text| self.is_opening(text));
        if waited && !remarks::is_filler(&plain(&self.new)) {
            return Next::Say(self.briefing.opening.clone());
        }
        if let Some(total) = budget::exceeded(self.briefing, &self.facts) {
            let say = "I am sorry, that is more than we can spend, so please do not place the order. I'll pass it on. Thank you, goodbye.";
            let remarks = vec![format!("The total of {total} is more than the limit, so nothing was ordered.")];
            return Next::End { status: OutcomeStatus::NotAchieved, say: say.into(), remarks };
        }
        if let Some(next) = self.refusal(&heard) {
            return next;
        }
        let answers = self.answers(&heard);
        if answers.is_empty() && heard.iter().any(remarks::wants_repeat) {
            return Next::Say(self.again());
        }
        let settled = self.settled();
        if let Some(again) = self.asks_again(&answers).filter(|_| settled.is_none()) {
            return again;
        }
        // Corrections and answers come before the end: the callee waits for them. "No more" can be said with the goodbye.
        let only_no_more = settled.is_some() && answers == [NO_MORE];
        if !answers.is_empty() && !only_no_more {
            return Next::Say(answers.join(" "));
        }
        let leaves = heard.iter().any(remarks::says_goodbye);
        if let Some(question) = settled.filter(|_| !self.was_ended()).and_then(|_| self.make_sure()) {
            return Next::Say(question);
        }
        if let Some(status) = settled {
            let echo = match answers.first() {
                Some(answer) => answer.clone(),
                None if self.was_ended() => String::new(),
                None => echo(&self.facts),
            };
            return Next::End { status, say: with(echo, "Thank you very much. Goodbye."), remarks: self.unanswered() };
        }
        if leaves {
            return Next::End { status: self.status_if_over(), say: "Thank you. Goodbye.".into(), remarks: self.unanswered() };
        }
        if self.was_ended() {
            return Next::End { status: self.status_if_over(), say: "Goodbye.".into(), remarks: self.unanswered() };
        }
        if heard.iter().any(remarks::asks_to_hold) {
            return Next::Say("Sure, I'll hold.".into());
        }
        if self.refused_before() {
            return self.give_up("Thank you, I'll pass it on. Goodbye.".into(), self.what_they_said());
        }
        if remarks::is_filler(&plain(&self.new)) {
            return Next::Listen;
        }
        self.ask_for_fact()
    }

    fn was_ended(&self) -> bool {
        self.lines.iter().any(|line| matches!(line, Line::Called { name, .. } if name == "end_call"))
    }

    /// How often the same may be said.
    fn often(&self, say: &str) -> usize {
        /// Put through from one to the next, each has to hear who is calling.
        const PEOPLE_MAX: usize = 6;
        if self.waits() && self.is_opening(say) || making_sure::is_asking_again(say) { PEOPLE_MAX } else { 2 }
    }

    /// Whether we are to wait on the line for somebody.
    fn waits(&self) -> bool {
        self.briefing.waits_on_hold()
    }

    /// An announcement has been heard since we said who we are: whoever speaks now was put on the line after it.
    fn new_person(&self) -> bool {
        let said = |line: &Line| matches!(line, Line::Agent { text, .. } if self.is_opening(text));
        let since = self.lines.iter().rposition(said).map_or(0, |at| at + 1);
        self.lines[since..].iter().any(|line| matches!(line, Line::Callee { text } if hold::is_announcement(text)))
    }

    fn is_opening(&self, said: &str) -> bool {
        has(&plain(said), &[&plain(self.briefing.disclosure())])
    }

    /// Whether we have said the words, and they were heard.
    fn said(&self, words: &str) -> bool {
        self.times_said(words) > 0
    }

    fn times_said(&self, words: &str) -> usize {
        let wanted = plain(words);
        let said = |line: &&Line| matches!(line, Line::Agent { text, .. } if has(&plain(text), &[&wanted]));
        if wanted.is_empty() || is_number(&wanted) { 0 } else { self.lines.iter().filter(said).count() }
    }
}

fn with(first: String, then: &str) -> String {
    if first.is_empty() { then.to_owned() } else { format!("{first} {then}") }
}
