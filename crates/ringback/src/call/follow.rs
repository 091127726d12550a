//! A call from its approval to its result.

use super::typed::{self, Typed};
use super::{Error, client, client::Engine, driven, line::Line, person::Person, show::Show, stream::Events};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::Instant;
use types::{
    CallEvent, CallResult, ConversationId, ErrorBody, NumberedCallEvent, QuestionEnd, UserQuestion,
    chat::{ConversationEvent, Decision, NumberedConversationEvent, Plan},
};

/// Beyond the call's own limits: for dialling, for the engine's watchdog to ask after a late result, and to give it up.
const SLACK: Duration = Duration::from_secs(15 * 60);
/// How long the last words of a call are waited for once its result is there.
const LAST_WORDS: Duration = Duration::from_secs(3);
/// How much of what was typed may be on its way.
const SENDING_MAX: usize = 8;
/// What a person is told of a line that cannot be read.
const UNREADABLE: &str = "  That line cannot be read; type a shorter one.";
/// The pause before a hang-up is asked for again, when the call is not yet one that can be hung up.
const HANG_UP_PAUSE: Duration = Duration::from_millis(500);

/// Approves the plan and follows its call until the result is there.
pub(super) async fn follow(
    engine: &Engine,
    conversation: &ConversationId,
    plan: &Plan,
    person: &mut Person,
    json_input: bool,
    show: &mut Show,
) -> Result<CallResult, Error> {
    let mut lines = (json_input || person.can_be_asked()).then(|| person.lines());
    show.answers_here(lines.is_some());
    let (open, sending) = (None, JoinSet::new());
    let mut watch = Watch { engine, conversation, plan, show, json_input, words: None, stopping: false, open, lines: 0, sending };
    let mut events = Events::follow(engine, &["conversations", conversation.as_str(), "events"], |_| false);
    let approval = engine.decide(conversation, &plan.plan_id, &Decision::Approve);
    tokio::pin!(approval);
    let (mut approved, mut hung_up_at) = (false, None);
    let longest = Duration::from_secs(u64::from(plan.limits.answer_timeout_s) + u64::from(plan.limits.call_max_s));
    let deadline = Instant::now() + longest + SLACK;
    loop {
        tokio::select! {
            // Else a long talk could keep the result waiting.
            biased;
            () = person.interrupted() => {
                if watch.stopping {
                    return Err(Error::Left(conversation.clone()));
                }
                watch.stopping = true;
                watch.show.note("Hanging up; waiting for the result. Ctrl-C again leaves.");
                hung_up_at = Some(Instant::now());
            }
            decided = &mut approval, if !approved => {
                approved = true;
                match decided {
                    // The answer may be lost while the call is under way: the events tell.
                    Ok(_) | Err(client::Error::Silent { .. }) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            () = sleep_until(hung_up_at) => hung_up_at = watch.hang_up().await,
            event = events.next() => match event {
                Some(event) => if let Some(result) = watch.conversation(event) {
                    watch.last_words().await;
                    return Ok(result);
                },
                None => return Err(lost(conversation)),
            },
            event = spoken(&mut watch.words), if watch.words.is_some() => match event {
                Some(event) => watch.call(&event),
                None => watch.words = None,
            },
            line = typed_line(&mut lines), if watch.takes_lines() => match line {
                Some(line) => watch.line(&line),
                None => lines = None,
            },
            Some(sent) = watch.sending.join_next(), if !watch.sending.is_empty() => watch.sent(sent),
            () = tokio::time::sleep_until(deadline) => return Err(lost(conversation)),
        }
    }
}

struct Watch<'a> {
    engine: &'a Engine,
    conversation: &'a ConversationId,
    plan: &'a Plan,
    show: &'a mut Show,
    /// What is said in the call, once there is one.
    words: Option<Events<NumberedCallEvent>>,
    /// Whether a program tells the call something, rather than a person.
    json_input: bool,
    /// Whether the user wants it to end.
    stopping: bool,
    /// The question that waits for its answer.
    open: Option<UserQuestion>,
    /// How many lines have come.
    lines: u64,
    /// What was said and is on its way.
    sending: JoinSet<Sent>,
}

/// The number of a line, and what became of it.
type Sent = (u64, Result<(), ErrorBody>);

impl Watch<'_> {
    /// Takes an event of the conversation; gives the result if it is that.
    fn conversation(&mut self, event: NumberedConversationEvent) -> Option<CallResult> {
        self.show.conversation(&event);
        match event.event {
            ConversationEvent::Call { call } if call.attempt == self.plan.attempt => {
                if call.order_id.is_some() && self.words.is_none() {
                    let attempt = call.attempt.to_string();
                    let path = ["conversations", self.conversation.as_str(), "calls", &attempt, "events"];
                    self.words = Some(Events::follow(self.engine, &path, |e: &NumberedCallEvent| {
                        matches!(e.event, CallEvent::Ended { .. })
                    }));
                    self.show.during();
                }
                None
            }
            ConversationEvent::CallEnded { attempt, result } if attempt == self.plan.attempt => Some(*result),
            ConversationEvent::Message { .. }
            | ConversationEvent::Title { .. }
            | ConversationEvent::Node { .. }
            | ConversationEvent::Plan { .. }
            | ConversationEvent::PlanClosed { .. }
            | ConversationEvent::Call { .. }
            | ConversationEvent::CallEnded { .. }
            | ConversationEvent::Question { .. }
            | ConversationEvent::QuestionClosed { .. }
            | ConversationEvent::NextTry { .. } => None,
        }
    }

    /// Shows an event of the call.
    fn call(&mut self, event: &NumberedCallEvent) {
        if let CallEvent::Question { question, .. } = &event.event {
            self.open = Some(question.clone());
        }
        if let CallEvent::QuestionClosed { id, how, .. } = &event.event
            && *how != QuestionEnd::TooLate
        {
            self.open.take_if(|open| open.id == *id);
        }
        self.show.call(event);
    }

    /// Whether a line can be taken now. A program's wait in their pipe; a person is told.
    fn takes_lines(&self) -> bool {
        self.words.is_some() && !(self.json_input && self.sending.len() >= SENDING_MAX)
    }

    /// Takes a line that has come during the call.
    fn line(&mut self, line: &Line) {
        self.lines += 1;
        let number = self.lines;
        let text = match (line, line.problem()) {
            (Line::Text(text), _) => text,
            (Line::TooLong | Line::NotText, why) => {
                let error = driven::unusable(&why.unwrap_or_default());
                return if self.json_input { self.show.input(number, Some(&error)) } else { self.show.note(UNREADABLE) };
            }
        };
        let said = if self.json_input {
            match driven::read(text) {
                Ok(said) => said,
                Err(error) => return self.show.input(number, Some(&error)),
            }
        } else {
            typed::read(text, self.open.as_ref())
        };
        match said {
            Typed::Empty => {}
            Typed::Unusable(problem) => self.show.note(&format!("  {problem}")),
            Typed::Answer(_) | Typed::Instruction(_) if self.sending.len() >= SENDING_MAX => {
                self.show.note("  Too much is on its way already; wait a moment and type it again.");
            }
            said @ (Typed::Answer(_) | Typed::Instruction(_)) => {
                let sending = typed::send(self.engine.clone(), self.conversation.clone(), self.plan.attempt, said);
                self.sending.spawn(async move { (number, sending.await) });
            }
        }
    }

    /// Tells what became of a line.
    fn sent(&mut self, sent: Result<Sent, tokio::task::JoinError>) {
        if let Ok((number, became)) = sent {
            self.show.input(number, became.err().as_ref());
        }
    }

    /// Asks for the hang-up; gives the time at which to ask again, if the call is not yet one that can be hung up.
    async fn hang_up(&mut self) -> Option<Instant> {
        match self.engine.hang_up(self.conversation, self.plan.attempt).await {
            Ok(()) => None,
            Err(client::Error::Refused { body, .. }) if body.code == "already_ended" => None,
            Err(client::Error::Client(error)) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "could not hang up");
                None
            }
            // Not accepted yet, or not reached: there is nothing else to do but to try on.
            Err(
                client::Error::Refused { .. }
                | client::Error::Unreachable { .. }
                | client::Error::Silent { .. }
                | client::Error::Unreadable { .. },
            ) => Some(Instant::now() + HANG_UP_PAUSE),
        }
    }

    /// The result may overtake what was said last, and what became of a line.
    async fn last_words(&mut self) {
        let Some(mut words) = self.words.take() else { return };
        let until = Instant::now() + LAST_WORDS;
        while let Ok(Some(sent)) = tokio::time::timeout_at(until, self.sending.join_next()).await {
            self.sent(sent);
        }
        while let Ok(Some(event)) = tokio::time::timeout_at(until, words.next()).await {
            self.show.call(&event);
        }
    }
}

async fn spoken(words: &mut Option<Events<NumberedCallEvent>>) -> Option<NumberedCallEvent> {
    match words {
        Some(words) => words.next().await,
        None => std::future::pending().await,
    }
}

async fn typed_line(lines: &mut Option<mpsc::Receiver<Line>>) -> Option<Line> {
    match lines {
        Some(lines) => lines.recv().await,
        None => std::future::pending().await,
    }
}

async fn sleep_until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}

fn lost(conversation: &ConversationId) -> Error {
    let text = format!("lost touch with the engine; what came of the call will stand in the conversation {conversation}");
    anyhow::anyhow!(text).into()
}
