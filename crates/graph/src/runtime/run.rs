//! One conversation's durable place in a graph.

use super::{Arrival, Body, Envelope, Graph, Next, Step, Task, Timer};
use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};
use std::{collections::VecDeque, time::Duration};

/// How many inputs may wait for a run that is busy.
pub const INBOX_MAX: usize = 64;
/// How many ids of taken inputs are remembered, the latest ones.
pub const SEEN_MAX: usize = 256;
/// The shape of a stored run; another one is refused rather than misread.
const VERSION: u32 = 1;

/// A run: everything that must be stored of a conversation, and all that is needed to go on.
#[derive(Serialize, Deserialize, Clone, Debug)]
#[serde(bound = "")]
pub struct Run<G: Graph> {
    #[serde(deserialize_with = "known_version")]
    version: u32,
    conversation: String,
    seq: u64,
    state: G::State,
    at: At<G>,
    seen: VecDeque<String>,
    inbox: VecDeque<G::Input>,
}

/// Where a run stands. `wait` is the seq at which its wait began, 0 if it is none; a timer of another wait is stale.
#[derive(Serialize, Deserialize, Clone, Debug)]
#[serde(bound = "")]
enum At<G: Graph> {
    Ready { node: G::Node, input: Arrival<G::Input>, wait: u64 },
    Waiting { resume: G::Node, wait: u64 },
    Ended,
}

/// What became of an envelope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offer {
    /// It was taken.
    Accepted,
    /// An input with this id was taken before; nothing has changed.
    Duplicate,
    /// A timer whose wait is over; nothing has changed.
    Stale,
    /// Too many inputs wait already. Nothing has changed, so the same envelope can be delivered again later.
    Full,
}

impl<G: Graph> Run<G> {
    /// A run that has not begun.
    pub fn new(conversation: impl Into<String>) -> Self {
        Self {
            version: VERSION,
            conversation: conversation.into(),
            seq: 0,
            state: G::State::default(),
            at: At::Ended,
            seen: VecDeque::new(),
            inbox: VecDeque::new(),
        }
    }

    /// Whose run it is.
    pub fn conversation(&self) -> &str {
        &self.conversation
    }

    /// How many steps have been applied.
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// The state after the last step.
    pub fn state(&self) -> &G::State {
        &self.state
    }

    /// Whether an input with this id has been taken, as far as is remembered.
    pub fn has_seen(&self, id: &str) -> bool {
        self.seen.iter().any(|seen| seen == id)
    }

    /// Takes an envelope, if it is new and there is room.
    pub fn offer(&mut self, envelope: Envelope<G::Input>) -> Offer {
        match envelope.body {
            Body::Timeout { epoch } => match self.at {
                At::Waiting { resume, wait } if wait == epoch => {
                    self.at = At::Ready { node: resume, input: Arrival::Timeout, wait };
                    Offer::Accepted
                }
                At::Waiting { .. } | At::Ready { .. } | At::Ended => Offer::Stale,
            },
            Body::Input(input) => {
                if self.has_seen(&envelope.id) {
                    return Offer::Duplicate;
                }
                if self.inbox.len() >= INBOX_MAX {
                    return Offer::Full;
                }
                if self.seen.len() >= SEEN_MAX {
                    self.seen.pop_front();
                }
                self.seen.push_back(envelope.id);
                self.inbox.push_back(input);
                self.admit();
                Offer::Accepted
            }
        }
    }

    /// The node to be run now; `None` while the run waits or has ended. Changes nothing.
    pub fn ready(&self, now: Timestamp) -> Option<Task<G>> {
        match &self.at {
            At::Ready { node, input, .. } => Some(Task {
                key: format!("{}:{}", self.conversation, self.seq),
                node: *node,
                state: self.state.clone(),
                input: input.clone(),
                now,
            }),
            At::Waiting { .. } | At::Ended => None,
        }
    }

    /// Takes the result of the step that [`Run::ready`] gave. What it returns must become durable with the run.
    pub fn apply(&mut self, step: Step<G>) -> (Vec<G::Event>, Option<Timer<G::Input>>) {
        self.seq += 1;
        self.state = step.state;
        let mut timer = None;
        self.at = match (step.next, &self.at) {
            (Next::Stay, At::Ready { node, wait, .. }) => At::Waiting { resume: *node, wait: *wait },
            (Next::Stay, At::Waiting { resume, wait }) => At::Waiting { resume: *resume, wait: *wait },
            (Next::End, _) | (Next::Stay, At::Ended) => At::Ended,
            (Next::Goto(node), _) => At::Ready { node, input: Arrival::None, wait: 0 },
            (Next::Wait { resume, timeout }, _) => {
                timer = timeout.map(|after| self.timer(after));
                At::Waiting { resume, wait: self.seq }
            }
        };
        self.admit();
        (step.events, timer)
    }

    fn timer(&self, after: Duration) -> Timer<G::Input> {
        Timer { after, wake: Envelope { id: format!("timer-{}", self.seq), body: Body::Timeout { epoch: self.seq } } }
    }

    /// Hands the oldest waiting input to the node that waits for one.
    fn admit(&mut self) {
        let (node, wait) = match self.at {
            At::Waiting { resume, wait } => (resume, wait),
            At::Ended => (G::START, 0),
            At::Ready { .. } => return,
        };
        if let Some(input) = self.inbox.pop_front() {
            self.at = At::Ready { node, input: Arrival::Input(input), wait };
        }
    }
}

fn known_version<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    let version = u32::deserialize(deserializer)?;
    if version == VERSION {
        Ok(version)
    } else {
        Err(serde::de::Error::custom(format!("the run was stored in shape {version}, this program reads shape {VERSION}")))
    }
}
