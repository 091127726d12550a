//! The smallest engine: a mailbox, one reader, one commit, and a process that dies when it is told to.

use super::{handler::Answer, handler::Handler, rules::Rules};
use crate::world::{BEGIN, CONVERSATION, graph};
use futures_util::FutureExt;
use graph::{
    runtime::{Body, Envelope, Graph, Host, Offer, Run, Step, Task, Timer, drive},
    task::{Input, State, TaskGraph},
};
use jiff::{SignedDuration, Timestamp};
use std::{collections::VecDeque, sync::Arc, time::Duration};
use types::chat::ConversationEvent;

/// When the process dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Death {
    Never,
    BeforeStep,
    /// The step is done, and what it asked of the handler has been done; nothing of it is written down.
    BeforeCommit,
    AfterCommit,
}

pub(crate) struct Died;

#[derive(Clone)]
struct Letter {
    due: Timestamp,
    n: usize,
    timer: bool,
    envelope: Envelope<Input>,
}

/// What was written down of one step: all that is needed to do it again.
struct Written {
    offered: Option<Envelope<Input>>,
    now: Timestamp,
    tries: Vec<Vec<Answer>>,
}

pub(crate) struct Engine {
    pub(crate) handler: Arc<Handler>,
    pub(crate) events: Vec<ConversationEvent>,
    pub(crate) now: Timestamp,
    pub(crate) rules: Rules,
    /// What happens to the next steps; afterwards nobody dies.
    pub(crate) deaths: VecDeque<Death>,
    graph: TaskGraph,
    stored: String,
    mailbox: Vec<Letter>,
    posted: usize,
    /// The letter that the next commit takes out of the mailbox, and its envelope if the run took it.
    read: Option<(usize, Option<Envelope<Input>>)>,
    tries: Vec<Vec<Answer>>,
    written: Vec<Written>,
}

impl Engine {
    pub(crate) fn new(deaths: Vec<Death>) -> Self {
        let handler = Arc::new(Handler::default());
        Self {
            graph: graph(handler.clone()),
            handler,
            events: Vec::new(),
            now: BEGIN.parse().unwrap(),
            rules: Rules::default(),
            deaths: deaths.into(),
            stored: serde_json::to_string(&Run::<TaskGraph>::new(CONVERSATION)).unwrap(),
            mailbox: Vec::new(),
            posted: 0,
            read: None,
            tries: Vec::new(),
            written: Vec::new(),
        }
    }

    fn run(&self) -> Run<TaskGraph> {
        serde_json::from_str(&self.stored).unwrap()
    }

    pub(crate) fn state(&self) -> State {
        self.run().state().clone()
    }

    /// Puts a letter into the mailbox; one whose id lies there already is dropped.
    pub(crate) fn post(&mut self, envelope: Envelope<Input>) {
        self.put(envelope, self.now, false);
    }

    fn put(&mut self, envelope: Envelope<Input>, due: Timestamp, timer: bool) {
        if self.mailbox.iter().all(|letter| letter.envelope.id != envelope.id) {
            self.posted += 1;
            self.mailbox.push(Letter { due, n: self.posted, timer, envelope });
        }
    }

    /// Reads the mailbox until it is empty, over as many lives as that takes.
    pub(crate) fn work(&mut self) {
        while self.live().is_err() {
            self.read = None;
        }
    }

    fn live(&mut self) -> Result<(), Died> {
        let mut run = self.run();
        drive(self, &mut run).now_or_never().expect("the core never waits")?;
        loop {
            let due = self.mailbox.iter().filter(|letter| letter.due <= self.now);
            let Some(letter) = due.min_by_key(|letter| (letter.due, letter.n)).cloned() else { return Ok(()) };
            self.read = Some((letter.n, None));
            match run.offer(letter.envelope.clone()) {
                Offer::Accepted => {
                    self.read = Some((letter.n, Some(letter.envelope)));
                    drive(self, &mut run).now_or_never().expect("the core never waits")?;
                }
                Offer::Duplicate | Offer::Stale => self.mailbox.retain(|other| other.n != letter.n),
                Offer::Full => panic!("a run that was driven to its end has an empty inbox"),
            }
        }
    }

    /// Time passes, and timers go off.
    pub(crate) fn pass(&mut self, time: Duration) {
        let end = self.now + SignedDuration::try_from(time).unwrap();
        loop {
            let next = self.mailbox.iter().map(|letter| letter.due.max(self.now)).filter(|due| *due <= end).min();
            let Some(due) = next else { break };
            self.now = due;
            self.work();
        }
        self.now = end;
    }

    fn again(&self, task: &Task<TaskGraph>, answers: &[Answer]) -> Result<Step<TaskGraph>, graph::runtime::Error> {
        self.handler.play(Some(answers.to_vec()));
        let step = self.graph.step(task.clone()).now_or_never().expect("the core never waits");
        self.handler.play(None);
        step
    }

    /// Everything from the beginning, with the same answers at the same times: the same run and the same events.
    pub(crate) fn replay(&self) {
        let mut run = Run::<TaskGraph>::new(CONVERSATION);
        let mut events = Vec::new();
        for written in &self.written {
            if let Some(envelope) = &written.offered {
                assert_eq!(run.offer(envelope.clone()), Offer::Accepted);
                assert_ne!(run.offer(envelope.clone()), Offer::Accepted, "the same letter twice");
            }
            let task = run.ready(written.now).expect("a step was done here");
            let last = written.tries.iter().map(|answers| self.again(&task, answers)).next_back().expect("it was tried");
            let step = last.unwrap_or_else(|error| TaskGraph::give_up(task, error.to_string()));
            events.extend(run.apply(step).0);
        }
        assert_eq!(serde_json::to_string(&run).unwrap(), self.stored);
        assert_eq!(events, self.events);
    }
}

fn told(step: &Result<Step<TaskGraph>, graph::runtime::Error>) -> String {
    step.as_ref().map_or_else(ToString::to_string, |step| serde_json::to_string(step).unwrap())
}

impl Host<TaskGraph> for Engine {
    type Error = Died;

    fn now(&self) -> Timestamp {
        self.now
    }

    async fn exec(&mut self, task: Task<TaskGraph>) -> Result<Result<Step<TaskGraph>, String>, Died> {
        if self.deaths.front() == Some(&Death::BeforeStep) {
            self.deaths.pop_front();
            return Err(Died);
        }
        self.tries.clear();
        let mut last = String::new();
        for _ in 0..3 {
            self.handler.listen();
            let step = self.graph.step(task.clone()).await;
            self.rules.dials(&self.handler.dialled());
            let answers = self.handler.answers();
            assert_eq!(told(&step), told(&self.again(&task, &answers)), "the same step, another time");
            self.tries.push(answers);
            match step {
                Ok(step) => return Ok(Ok(step)),
                Err(error) => last = error.to_string(),
            }
        }
        Ok(Err(last))
    }

    async fn commit(
        &mut self,
        run: &Run<TaskGraph>,
        events: Vec<ConversationEvent>,
        timer: Option<Timer<Input>>,
    ) -> Result<(), Died> {
        let death = self.deaths.pop_front().unwrap_or(Death::Never);
        if death == Death::BeforeCommit {
            return Err(Died);
        }
        let (n, offered) = self.read.take().unzip();
        let offered = offered.flatten();
        let input = offered.as_ref().and_then(|envelope| match &envelope.body {
            Body::Input(input) => Some(input),
            Body::Timeout { .. } => None,
        });
        self.rules.commits(&self.state(), run.state(), &events, input, self.now);
        self.stored = serde_json::to_string(run).unwrap();
        self.events.extend(events);
        self.mailbox.retain(|letter| Some(letter.n) != n);
        if let Some(timer) = timer {
            self.mailbox.retain(|letter| !letter.timer);
            self.put(timer.wake, self.now + SignedDuration::try_from(timer.after).unwrap(), true);
        }
        self.written.push(Written { offered, now: self.now, tries: std::mem::take(&mut self.tries) });
        if death == Death::AfterCommit { Err(Died) } else { Ok(()) }
    }
}
