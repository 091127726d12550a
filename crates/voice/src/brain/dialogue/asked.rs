//! What comes from the person we call for while the call is live goes before what we would say ourselves.

use super::super::asking::{self, Came};
use super::super::facts::{Told, statements};
use super::super::words::{has, plain, sentences};
use super::super::{Line, Reply, instructed, phrases, remarks};
use super::{Dialogue, Next, with};

const STILL_CHECKING: &str = "I am still checking, one moment please.";

impl Dialogue<'_> {
    /// What is said because of the user: the call is ours again, the user has answered, or is still being asked.
    pub(super) fn what_the_user_brings(&self) -> Option<Reply> {
        if let Some(words) = instructed::handed_back(self.lines) {
            let open = match (self.settled(), self.ask_for_fact()) {
                (None, Next::Say(question)) => question,
                (None, Next::Listen | Next::End { .. }) | (Some(_), _) => String::new(),
            };
            return Some(Reply { say: with(words.to_owned(), &open).trim().to_owned(), tools: Vec::new() });
        }
        let asked = asking::questions(self.lines);
        if let Some(news) = asking::news(self.lines, &asked) {
            let say = match news.came {
                Came::Answer(answer) => in_a_sentence(&answer),
                Came::Nothing | Came::Waiting => phrases::CANNOT_ANSWER.into(),
            };
            return Some(Reply { say, tools: Vec::new() });
        }
        asked.iter().any(|question| question.came == Came::Waiting).then(|| self.while_waiting())
    }

    /// The callee waits for the user's answer and says something.
    fn while_waiting(&self) -> Reply {
        let heard = sentences(&self.new);
        let has_to_go = heard
            .iter()
            .any(|said| remarks::says_goodbye(said) || said.has(&["have to go", "got to go", "call back", "call us back"]));
        if has_to_go {
            let say = "Of course, I am sorry for the wait. Thank you, goodbye.".to_owned();
            return self.end(self.status_if_over(), say, self.unanswered());
        }
        let mut answers = self.answers(&heard);
        let unknown = answers.iter().any(|say| say == phrases::CANNOT_ANSWER);
        answers.retain(|say| say != phrases::CANNOT_ANSWER);
        let asks_on = unknown || heard.iter().any(remarks::wants_repeat);
        if asks_on && answers.is_empty() {
            answers.push(STILL_CHECKING.into());
        }
        Reply { say: answers.join(" "), tools: Vec::new() }
    }

    /// Asks the user what we cannot answer, if they can be asked.
    pub(super) fn asks_user(&self, say: &str) -> Option<Reply> {
        let rest = say.strip_suffix(phrases::CANNOT_ANSWER)?;
        let heard = sentences(&self.new);
        let question = heard.iter().rfind(|said| said.question).or(heard.last())?;
        let asked = asking::questions(self.lines);
        if let Some(answer) = asking::answered(&asked, question) {
            return Some(Reply { say: with(rest.trim().to_owned(), &in_a_sentence(answer)), tools: Vec::new() });
        }
        let call = asking::ask(self.tools, &asked, question)?;
        let moment = format!("One moment, please, I'll ask {}.", phrases::caller(self.briefing));
        Some(Reply { say: with(rest.trim().to_owned(), &moment), tools: vec![call] })
    }

    /// The callee is answered, and then the instructions are carried out; the call does not end before.
    pub(super) fn with_instructions(&self, instructed: String) -> Reply {
        let first = match self.next() {
            Next::Say(say) if say != phrases::CANNOT_ANSWER && !say.ends_with('?') => say,
            Next::Say(_) | Next::Listen | Next::End { .. } => String::new(),
        };
        Reply { say: with(first, &instructed), tools: Vec::new() }
    }

    /// What the callee said first after a question of the user's is its answer.
    pub(super) fn read_instructed(&self, told: &mut Vec<Told>) {
        for fact in self.instructions.iter().filter_map(|instruction| instruction.fact.as_ref()) {
            let question = plain(&fact.question);
            let asks = |line: &Line| matches!(line, Line::Agent { text, .. } if has(&plain(text), &[&question]));
            let Some(asked_at) = self.lines.iter().position(asks) else { continue };
            let said = self.lines[asked_at + 1..].iter().find_map(|line| match line {
                Line::Callee { text } => Some(statements(text)).filter(|said| !said.is_empty()),
                Line::Agent { .. } | Line::Told { .. } | Line::Called { .. } | Line::Returned { .. } => None,
            });
            if let Some(said) = said.filter(|_| !told.iter().any(|known| known.name == fact.name)) {
                let quote = said.first().cloned().unwrap_or_default();
                told.push(Told { name: fact.name.clone(), value: said.join(" "), quote });
            }
        }
    }
}

fn in_a_sentence(answer: &str) -> String {
    format!("{}.", phrases::capital(answer.trim().trim_end_matches(['.', '!'])))
}
