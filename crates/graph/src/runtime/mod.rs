//! A small durable graph runtime: pure, and the same on every engine.
//!
//! A [`Graph`] is nodes that share a state. A [`Run`] is one conversation's place in it, as data: it takes [`Envelope`]s
//! with [`Run::offer`], says with [`Run::ready`] which node is to be run next, and takes that node's [`Step`] with
//! [`Run::apply`]. Nodes wait *between* steps, never inside one, so that a wait of days occupies nothing and a program may
//! be replaced while it lasts. [`drive`] is the whole loop; an engine only supplies a [`Host`].
//!
//! What an engine must promise: one reader per run at a time, and one commit that makes a run, its events, its timer and
//! the removal of the envelope that was read durable together. What it gets: a step may have run more than once, but was
//! used once; an envelope delivered twice counts once; a timer whose wait is over does nothing.

mod run;
#[cfg(test)]
mod tests;

pub use run::{INBOX_MAX, Offer, Run, SEEN_MAX};

use jiff::Timestamp;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::{fmt::Debug, future::Future, time::Duration};

/// What can be kept and sent.
pub trait Data: Serialize + DeserializeOwned + Clone + Debug + Send + Sync + Unpin + 'static {}
impl<T: Serialize + DeserializeOwned + Clone + Debug + Send + Sync + Unpin + 'static> Data for T {}

/// Why a step did not finish.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Something outside did not answer; the same step may be run again after a while.
    #[error("{message}")]
    Unfinished {
        /// What was being done, and what stood in the way.
        message: String,
    },
}

/// Nodes, the state they share, what may arrive from outside, and what is told to the outside.
pub trait Graph: Clone + Debug + Send + Sync + 'static {
    /// The name of a node.
    type Node: Data + Copy + PartialEq;
    /// What is kept between steps.
    type State: Data + Default;
    /// What may arrive.
    type Input: Data;
    /// What is told.
    type Event: Data;
    /// Where an input goes when the run has ended or not begun.
    const START: Self::Node;
    /// Runs one node. It may run more than once for the same `task.key`; one of the results is used, once.
    fn step(&self, task: Task<Self>) -> impl Future<Output = Result<Step<Self>, Error>> + Send;
    /// Where to go when `step` has failed for good.
    fn give_up(task: Task<Self>, error: String) -> Step<Self>;
}

/// A node to be run.
#[derive(Serialize, Deserialize, Clone, Debug)]
#[serde(bound = "")]
pub struct Task<G: Graph> {
    /// `<conversation>:<seq>`; the same for every repetition of this step, and for no other step.
    pub key: String,
    /// Which node.
    pub node: G::Node,
    /// The state as it is now.
    pub state: G::State,
    /// Why the node is run.
    pub input: Arrival<G::Input>,
    /// The time, from the host.
    pub now: Timestamp,
}

impl<G: Graph> Task<G> {
    /// The conversation's part of the key.
    pub fn conversation(&self) -> &str {
        self.key.rsplit_once(':').map_or(self.key.as_str(), |(conversation, _)| conversation)
    }
}

/// What a node has done.
#[derive(Serialize, Deserialize, Clone, Debug)]
#[serde(bound = "")]
pub struct Step<G: Graph> {
    /// The state from now on.
    pub state: G::State,
    /// What happens next.
    pub next: Next<G::Node>,
    /// What is told, in order.
    pub events: Vec<G::Event>,
}

/// What happens after a step.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub enum Next<N> {
    /// Run this node at once.
    Goto(N),
    /// Sleep until an input arrives or the time is over, then run `resume`.
    Wait {
        /// The node that goes on.
        resume: N,
        /// How long at most; `None` waits for ever.
        timeout: Option<Duration>,
    },
    /// Keep waiting as before: same node, same timer. For an input that does not end the wait.
    Stay,
    /// The run is over until another input begins it anew at the start.
    End,
}

/// Why a node is run.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub enum Arrival<I> {
    /// Another node went here.
    None,
    /// This arrived.
    Input(I),
    /// The wait's time is over.
    Timeout,
}

/// An input with its sender's unique id; delivering one twice is the same as once.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub struct Envelope<I> {
    /// Unique within the run.
    pub id: String,
    /// What it brings.
    pub body: Body<I>,
}

/// What an envelope brings.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub enum Body<I> {
    /// An input from outside.
    Input(I),
    /// A timer.
    Timeout {
        /// The wait that it was set for.
        epoch: u64,
    },
}

/// A wake-up to be delivered later.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
pub struct Timer<I> {
    /// How long after the step.
    pub after: Duration,
    /// What is to be delivered then.
    pub wake: Envelope<I>,
}

/// What an engine gives to a run.
pub trait Host<G: Graph> {
    /// What may go wrong in the engine itself; it ends [`drive`], and the run goes on from its last commit.
    type Error;
    /// The time.
    fn now(&self) -> Timestamp;
    /// Runs the step at least once and, when it has failed for good, says why.
    fn exec(&mut self, task: Task<G>) -> impl Future<Output = Result<Result<Step<G>, String>, Self::Error>> + Send;
    /// Makes run, events and timer durable, together.
    fn commit(
        &mut self,
        run: &Run<G>,
        events: Vec<G::Event>,
        timer: Option<Timer<G::Input>>,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send;
}

/// Runs nodes until the run waits or has ended. Every step is committed before the next one begins.
pub async fn drive<G: Graph, H: Host<G>>(host: &mut H, run: &mut Run<G>) -> Result<(), H::Error> {
    while let Some(task) = run.ready(host.now()) {
        let step = match host.exec(task.clone()).await? {
            Ok(step) => step,
            Err(error) => G::give_up(task, error),
        };
        let (events, timer) = run.apply(step);
        host.commit(run, events, timer).await?;
    }
    Ok(())
}
