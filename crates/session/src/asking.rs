//! The user is asked something in mid-call: the callee is asked to wait, and the answer, or that there is none, goes to the model.

use crate::Session;
use crate::io::VoiceCommand;
use crate::response::Ask;
use crate::tools::{Error, Wish};
use serde_json::json;
use std::collections::VecDeque;
use std::time::Duration;
use tracing::info;
use types::{CallEvent, QuestionEnd, UserQuestion, briefing};

/// Questions that one call may ask.
const QUESTIONS_MAX: u32 = 5;
const NO_ANSWER: &str = "no answer came in time: say politely that you could not find out just now, and go on without it, or say that \
    the person you call for will call back";
const LATE: &str = "there is no time for an answer any more: come to your end";
const USER_SPEAKS: &str = "the user has taken the call over and answers for themselves";

/// How a question stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QuestionStanding {
    /// It can be answered.
    Open,
    /// It was answered like this.
    Answered(String),
    /// It was closed without an answer.
    Closed,
    /// This call has asked no such question.
    Unknown,
}

/// A question to the user that waits for its answer.
#[derive(Clone, Debug)]
struct Open {
    question: UserQuestion,
    /// The model's name for its call of the tool; a session of the model that began later knows of none.
    call_id: Option<String>,
    until: Duration,
}

/// A question that is closed.
#[derive(Clone, Debug)]
struct Closed {
    question: UserQuestion,
    how: QuestionEnd,
    answer: Option<String>,
    /// An answer came after that; there is one note of it.
    late: bool,
}

/// The questions of a call, as they go on after a break as well.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asking {
    open: Option<Open>,
    closed: VecDeque<Closed>,
    asked: u32,
}

impl Asking {
    /// The session of the model that asked is gone: the next one is told the answer, and called no tool.
    pub(crate) fn session_is_another(&mut self) {
        if let Some(open) = &mut self.open {
            open.call_id = None;
        }
    }

    /// A question waits for its answer.
    pub(crate) fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Notes from the record that a question was asked.
    pub(crate) fn note_asked(&mut self, question: &UserQuestion, until_ms: u64) {
        self.asked += 1;
        self.open = Some(Open { question: question.clone(), call_id: None, until: Duration::from_millis(until_ms) });
    }

    /// Notes from the record that a question was closed.
    pub(crate) fn note_closed(&mut self, id: &str, how: QuestionEnd, answer: Option<&String>) {
        if let Some(open) = self.open.take_if(|open| open.question.id == id) {
            self.closed.push_back(Closed { question: open.question, how, answer: answer.cloned(), late: false });
        } else if let Some(closed) = self.closed.iter_mut().find(|closed| closed.question.id == id) {
            closed.late |= how == QuestionEnd::TooLate;
        }
    }

    /// How many questions got an answer that was too late.
    pub(crate) fn late_answers(&self) -> usize {
        self.closed.iter().filter(|closed| closed.late).count()
    }

    fn standing(&self, id: &str) -> QuestionStanding {
        if self.open.as_ref().is_some_and(|open| open.question.id == id) {
            return QuestionStanding::Open;
        }
        match self.closed.iter().find(|closed| closed.question.id == id) {
            None => QuestionStanding::Unknown,
            Some(Closed { answer: Some(answer), .. }) => QuestionStanding::Answered(answer.clone()),
            Some(_) => QuestionStanding::Closed,
        }
    }
}

impl Session {
    /// How a question to the user stands.
    pub fn question_standing(&self, id: &str) -> QuestionStanding {
        self.asking.standing(id)
    }

    /// Asks the user. The tool's result follows when the question is closed.
    pub(crate) fn ask_user(&mut self, call_id: String, wish: Wish) -> Result<(), Error> {
        if self.asking.is_open() {
            return Err(Error::NotNow("one question is open already; wait for its answer"));
        }
        if self.asking.asked >= QUESTIONS_MAX {
            return Err(Error::NotNow("this call has asked the user often enough; go on without it"));
        }
        if self.ending.reason().is_some() || !self.talking() {
            return Err(Error::NotNow("the call is coming to its end; go on without it"));
        }
        self.asking.asked += 1;
        let time_limit_s = u32::try_from(wish.time_limit.as_secs()).unwrap_or(u32::MAX);
        let id = format!("q{}", self.asking.asked);
        let question = UserQuestion { id, question: wish.question, choices: wish.choices, time_limit_s };
        let until = self.now + wish.time_limit;
        info!(order_id = %self.config.order_id, question = question.id, time_limit_s, "the user is asked something");
        self.event(CallEvent::Question { question: question.clone(), until_ms: millis(until) });
        self.asking.open = Some(Open { question, call_id: Some(call_id), until });
        Ok(())
    }

    pub(crate) fn on_user_answer(&mut self, id: &str, text: String) {
        if self.asking.standing(id) == QuestionStanding::Open {
            return self.close_question(QuestionEnd::Answered, Some(text));
        }
        let late = |closed: &&mut Closed| closed.question.id == id && closed.answer.is_none() && !closed.late;
        if let Some(closed) = self.asking.closed.iter_mut().find(late) {
            closed.late = true;
            info!(order_id = %self.config.order_id, question = id, was = ?closed.how, "an answer of the user came too late");
            self.event(CallEvent::QuestionClosed { id: id.to_owned(), how: QuestionEnd::TooLate, answer: Some(text) });
        }
    }

    /// Closes the open question, if there is one, and lets the model go on.
    pub(crate) fn close_question(&mut self, how: QuestionEnd, answer: Option<String>) {
        let Some(open) = self.asking.open.take() else { return };
        info!(order_id = %self.config.order_id, question = open.question.id, ?how, "the question to the user is closed");
        self.event(CallEvent::QuestionClosed { id: open.question.id.clone(), how, answer: answer.clone() });
        match open.call_id {
            Some(call_id) => {
                let output = match (&answer, how) {
                    (Some(answer), _) => json!({ "answer": answer }),
                    (None, QuestionEnd::CallEnded) => json!({ "status": LATE }),
                    (None, QuestionEnd::TakenOver) => json!({ "status": USER_SPEAKS }),
                    (None, QuestionEnd::Answered | QuestionEnd::TimedOut | QuestionEnd::TooLate) => {
                        json!({ "status": NO_ANSWER })
                    }
                };
                self.tell_voice(VoiceCommand::ToolResult { call_id, output: output.to_string() });
            }
            None => {
                let text = told(&open.question.question, answer.as_deref());
                self.tell_voice(VoiceCommand::Note { text });
            }
        }
        self.asking.closed.push_back(Closed { question: open.question, how, answer, late: false });
        // The callee has waited; the silence of that is not theirs.
        self.turns.sound(self.now);
        if self.closing.is_none() && self.ending.reason().is_none() {
            self.want(Ask::Answer);
        }
    }

    /// A call that comes to its end waits for no answer.
    pub(crate) fn drop_question_at_end(&mut self) {
        if self.closing.is_some() || self.ending.reason().is_some() {
            self.close_question(QuestionEnd::CallEnded, None);
        }
    }

    pub(crate) fn question_overdue_at(&self) -> Option<Duration> {
        self.asking.open.as_ref().map(|open| open.until)
    }

    pub(crate) fn question_overdue(&mut self) {
        self.close_question(QuestionEnd::TimedOut, None);
    }

    /// When the callee, who waits in silence, is to be told that we are still there.
    pub(crate) fn still_checking_at(&self) -> Option<Duration> {
        (self.asking.is_open() && self.nobody_speaks()).then(|| self.turns.last_sound() + self.tuning.still_checking_every)
    }

    pub(crate) fn still_checking(&mut self) {
        self.turns.sound(self.now);
        self.want(Ask::StillChecking);
    }

    /// What a fresh session of the model must know of the questions.
    pub(crate) fn recall_questions(&mut self) {
        let told_of = |closed: &Closed| told(&closed.question.question, closed.answer.as_deref());
        let mut notes: Vec<String> = self.asking.closed.iter().map(told_of).collect();
        notes.extend(self.asking.open.as_ref().map(|open| briefing::user_is_asked(&open.question.question)));
        for text in notes {
            self.tell_voice(VoiceCommand::Note { text });
        }
    }
}

fn told(question: &str, answer: Option<&str>) -> String {
    answer.map_or_else(|| briefing::user_did_not_answer(question), |answer| briefing::user_answered(question, answer))
}

fn millis(at: Duration) -> u64 {
    u64::try_from(at.as_millis()).unwrap_or(u64::MAX)
}
