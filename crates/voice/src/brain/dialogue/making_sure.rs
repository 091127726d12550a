//! What was hard to hear, or heard only in part, is said back once, so that the callee can confirm it or set it right.

use super::super::compare::clocks;
use super::super::facts::{Sort, Told, sort};
use super::super::words::{WEEKDAYS, has, is_number, plain};
use super::super::{Doubt, Line, phrases};
use super::{Dialogue, Next};
use types::details::label;

const BEGIN: &str = "Just to be sure:";
const END: &str = "Is that right?";
const AGAIN: &str = "I am sorry, I did not hear that well. Could you say it again, please?";
/// Somebody who is asked more often hangs up.
const AGAIN_MAX: usize = 4;
/// More questions of this kind are a nuisance.
const QUESTIONS_MAX: usize = 3;

impl Dialogue<'_> {
    /// The question about the next fact that is not sure, if there is one that was not asked.
    pub(super) fn make_sure(&self) -> Option<String> {
        let asked = self.lines.iter().filter(|line| matches!(line, Line::Agent { text, .. } if text.contains(BEGIN))).count();
        if asked >= QUESTIONS_MAX {
            return None;
        }
        let questions = self.facts.iter().filter_map(|fact| self.question_about(fact));
        let mut fresh = questions.filter(|question| self.times_said(question.trim_end_matches(END)) == 0);
        fresh.next()
    }

    /// What the callee has said since we last spoke was not understood: they are asked to say it again, as people do, and not for
    /// ever.
    pub(super) fn asks_again(&self, answers: &[String]) -> Option<Next> {
        let unknown = answers.iter().all(|answer| answer == phrases::CANNOT_ANSWER);
        let new = self.lines.iter().rev().take_while(|line| !matches!(line, Line::Agent { .. }));
        let badly = new.into_iter().any(|line| matches!(line, Line::Callee { text } if self.is_badly_heard(text)));
        if !unknown || !badly {
            return None;
        }
        if self.times_said(AGAIN) < AGAIN_MAX {
            return Some(Next::Say(AGAIN.to_owned()));
        }
        let say = "I am sorry, the line is too bad. I'll pass that on. Thank you, goodbye.".to_owned();
        Some(self.give_up(say, "The line was too bad to understand them.".into()))
    }

    /// Much of what the callee has said so far was hard to hear.
    fn is_bad_line(&self) -> bool {
        let count = |line: &Line| if let Line::Callee { text } = line { text.split_whitespace().count() } else { 0 };
        let doubted = self.doubts.iter().map(|doubt| doubt.words.len()).sum();
        types::doubt::is_bad_line(self.lines.iter().map(count).sum(), doubted)
    }

    /// So many of the words were hard to hear that the rest means nothing.
    pub(super) fn is_badly_heard(&self, text: &str) -> bool {
        let (count, doubt) = (text.split_whitespace().count(), self.doubts.iter().find(|doubt| doubt.text == text));
        // A word alone is mostly a noise.
        count >= 2 && doubt.is_some_and(|doubt| 3 * doubt.words.len() > count)
    }

    fn question_about(&self, fact: &Told) -> Option<String> {
        let whole = self.whole_time(fact);
        let value = match sort(&fact.name) {
            // Whoever said the sentence says it again as well as they say yes.
            Sort::Words => return None,
            _ if self.is_doubted(fact) || self.is_bad_line() => whole.unwrap_or_else(|| fact.value.clone()),
            Sort::Booked => whole?,
            Sort::Money | Sort::Ready | Sort::Code => return None,
        };
        let value = if sort(&fact.name) == Sort::Code { spaced(&value) } else { value };
        Some(format!("{BEGIN} the {} is {}. {END}", label(&fact.name).to_lowercase(), value.trim_end_matches('.')))
    }

    /// The day and time as they were wished, if the callee has told only one of them.
    fn whole_time(&self, fact: &Told) -> Option<String> {
        if sort(&fact.name) != Sort::Booked {
            return None;
        }
        let of = |name: &str| phrases::known(self.briefing, name);
        let (date, time) = (of("date")?, of("time")?);
        let told = plain(&fact.value);
        let day = has(&told, &WEEKDAYS) || told.split(' ').any(|word| is_number(word) && plain(date).contains(word));
        let clock = !clocks(&told).is_empty();
        (!day || !clock).then(|| format!("{date} at {time}"))
    }

    fn is_doubted(&self, fact: &Told) -> bool {
        let quote = plain(&fact.quote);
        let words: Vec<&str> = quote.split(' ').collect();
        let matters =
            |word: &str| word.split(' ').any(|word| is_number(word) || WEEKDAYS.contains(&word) || word.ends_with("th"));
        self.doubts.iter().any(|Doubt { text, words: doubted }| {
            let doubted = doubted.iter().map(|word| plain(word));
            text.contains(fact.quote.as_str()) && doubted.into_iter().any(|word| matters(&word) && words.contains(&word.as_str()))
        })
    }

    /// What the callee has said yes to: the fact as we said it back.
    pub(super) fn confirmed(&self, asked: &str, answer: &str) -> Option<Told> {
        let first = plain(answer);
        let yes = ["yes", "yeah", "yep", "right", "correct", "that's right", "that is right", "exactly"];
        if !yes.iter().any(|yes| first.strip_prefix(yes).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))) {
            return None;
        }
        let said = asked.split_once(BEGIN)?.1.split(END).next()?.trim();
        self.briefing.facts_wanted.iter().find_map(|fact| {
            let value = said.strip_prefix(&format!("the {} is ", label(&fact.name).to_lowercase()))?.trim_end_matches('.');
            Some(Told { name: fact.name.clone(), value: value.to_owned(), quote: answer.trim().to_owned() })
        })
    }
}

/// Whether it is only asked for what the callee has said; how often is counted here.
pub(super) fn is_asking_again(say: &str) -> bool {
    say == AGAIN
}

/// `4 8 2 1`, so that it is said digit by digit.
fn spaced(code: &str) -> String {
    code.chars().filter(|c| !c.is_whitespace()).map(String::from).collect::<Vec<_>>().join(" ")
}
