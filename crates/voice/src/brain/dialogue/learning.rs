//! What the callee has told of the facts that are wanted, and which are still open.

use super::super::compare::Mention;
use super::super::facts::{self, Sort, Told, sort, statements};
use super::super::words::{Sentence, has, plain, sentences};
use super::super::{Line, hold, remarks};
use super::Dialogue;
use types::OutcomeStatus;

impl<'a> Dialogue<'a> {
    /// The facts in all that the callee has said.
    pub(super) fn read_facts(&self) -> Vec<Told> {
        let mut told = Vec::new();
        let (mut opened, mut agent) = (false, String::new());
        let mut read_back: Option<String> = None;
        for line in self.lines {
            match line {
                Line::Agent { text, .. } => {
                    let opening = self.is_opening(text);
                    // Who has to be told who is calling came to the telephone after what was told before.
                    if opening {
                        told.clear();
                    }
                    opened |= opening;
                    agent.clone_from(text);
                }
                // Whoever asks us to wait has told nothing yet, and neither has a recording.
                Line::Callee { text } if hold::is_recorded(text) => {}
                Line::Callee { text } if opened => {
                    if let Some(fact) = self.confirmed(&agent, text) {
                        told.retain(|known: &Told| known.name != fact.name);
                        told.push(fact);
                        continue;
                    }
                    for sentence in sentences(text) {
                        facts::read(self.briefing, &sentence, &mut told);
                        if self.mentions(&sentence).iter().any(|(name, _, mention)| name == "time" && *mention == Mention::Right)
                        {
                            read_back = Some(sentence.text.trim().to_owned());
                        }
                    }
                    self.read_words(text, &agent, &mut told);
                }
                Line::Callee { .. } | Line::Told { .. } | Line::Called { .. } | Line::Returned { .. } => {}
            }
        }
        self.read_instructed(&mut told);
        self.conclude_booking(&mut told, read_back);
        told
    }

    /// A fact in words is the first statement after our question.
    fn read_words(&self, text: &str, agent: &str, told: &mut Vec<Told>) {
        if self.is_badly_heard(text) {
            return;
        }
        let open = |told: &[Told], name: &str| !told.iter().any(|known| known.name == name);
        let in_words = |fact: &&types::FactWanted| sort(&fact.name) == Sort::Words;
        for fact in self.briefing.facts_wanted.iter().filter(in_words) {
            let questions = matches!(self.briefing.task_kind.as_str(), "ask_business" | "errand" | "wait_on_hold" | "");
            let asked = questions || has(&plain(agent), &[&plain(&fact.question)]);
            let statements = statements(text);
            if let Some(done) = self.change_made(text).filter(|_| open(told, &fact.name)) {
                told.push(Told { name: fact.name.clone(), value: done.clone(), quote: done });
                continue;
            }
            if let (true, true, Some(first)) = (open(told, &fact.name), asked, statements.first()) {
                told.push(Told { name: fact.name.clone(), value: statements.join(" "), quote: first.clone() });
            }
        }
    }

    /// The sentence that tells that a booking has been changed as it was to be; a new day or time must be told with it.
    fn change_made(&self, text: &str) -> Option<String> {
        let change = self.briefing.details.get("change").filter(|_| self.briefing.task_kind == "change_booking")?;
        let made = |sentence: &Sentence<'_>| {
            let mentions = self.mentions(sentence);
            let told = |wanted: Mention| {
                mentions.iter().any(|(name, _, mention)| matches!(name.as_str(), "date" | "time") && *mention == wanted)
            };
            let as_wanted = if change == "move" { told(Mention::Right) && !told(Mention::Wrong) } else { true };
            as_wanted && remarks::is_changed(sentence, change)
        };
        sentences(text).into_iter().find(made).map(|sentence| sentence.text.trim().to_owned())
    }

    /// Whoever gives a number for a booking has made it: then the day and time that they read back are the booked ones.
    fn conclude_booking(&self, told: &mut Vec<Told>, read_back: Option<String>) {
        let Some(fact) = self.briefing.facts_wanted.iter().find(|fact| sort(&fact.name) == Sort::Booked) else { return };
        let numbered = told.iter().any(|known| sort(&known.name) == Sort::Code);
        let done = numbered
            || self
                .lines
                .iter()
                .any(|line| matches!(line, Line::Callee { text } if sentences(text).iter().any(remarks::settles)));
        if told.iter().any(|known| known.name == fact.name) || !done {
            return;
        }
        if let Some(quote) = read_back
            && let Some(value) = facts::when(&quote)
        {
            told.insert(0, Told { name: fact.name.clone(), value, quote });
        }
    }

    pub(super) fn missing(&self) -> impl Iterator<Item = &'a types::FactWanted> {
        let known: Vec<String> = self.facts.iter().map(|fact| fact.name.clone()).collect();
        self.briefing.facts_wanted.iter().filter(move |fact| !known.contains(&fact.name))
    }

    /// Whether everything is known that will be; a number that does not exist is not waited for.
    pub(super) fn settled(&self) -> Option<OutcomeStatus> {
        if self.facts.is_empty() {
            return None;
        }
        let declined = |fact: &types::FactWanted| {
            sort(&fact.name) == Sort::Code
                && self.times_said(&fact.question) > 0
                && !self.new.trim().is_empty()
                && self.just_asked(&fact.question)
        };
        let open = self.missing().any(|fact| !declined(fact));
        (!open).then_some(OutcomeStatus::Achieved)
    }

    fn just_asked(&self, question: &str) -> bool {
        self.last.is_some_and(|last| has(&plain(last), &[&plain(question)]))
    }
}
