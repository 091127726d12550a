//! The number that a person answers in the browser: whoever has the page `/phone` open hears it ring.
//!
//! One call at a time. Every open page rings; the first that answers has the call. The call's life belongs to the carrier
//! ([`crate::life`]), the page only answers, declines, talks and hangs up. docs/phone.md tells the socket's messages.

mod handset;
mod jitter;
mod message;
mod page;
mod socket;

pub(crate) use handset::{Handset, Sent};
pub(crate) use jitter::Jitter;
pub(crate) use page::router;

use handset::Receiver;
use message::Ended;
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};
use tokio::sync::{Semaphore, oneshot, watch};

/// Pages that may be open at once; a further one is refused.
const PAGES_MAX: usize = 8;

/// The phone with its one line.
pub(crate) struct Phone {
    state: watch::Sender<State>,
    pages: Arc<Semaphore>,
    pages_opened: AtomicU64,
}

/// What the phone is doing. Pages watch it.
enum State {
    /// Nobody calls.
    Free {
        /// The last call and how it ended.
        ended: Option<(String, Ended)>,
    },
    /// Somebody calls.
    Ringing { call_sid: String, from: String, answer: Option<oneshot::Sender<Answer>> },
    /// A page has the call.
    Taken { call_sid: String, page: u64 },
}

/// What comes of a ring.
pub(crate) enum Answer {
    /// Somebody has answered.
    Picked(Handset),
    /// Somebody does not want the call.
    Declined,
}

impl Default for Phone {
    fn default() -> Self {
        Self {
            state: watch::Sender::new(State::Free { ended: None }),
            pages: Arc::new(Semaphore::new(PAGES_MAX)),
            pages_opened: AtomicU64::new(0),
        }
    }
}

impl Phone {
    /// Rings until the [`Ring`] is dropped; `None` if the phone is in use.
    pub(crate) fn ring(self: &Arc<Self>, call_sid: &str, from: &str) -> Option<Ring> {
        let (answer, answered) = oneshot::channel();
        let rings = self.state.send_if_modified(|state| match state {
            State::Free { .. } => {
                *state = State::Ringing { call_sid: call_sid.into(), from: from.into(), answer: Some(answer) };
                true
            }
            State::Ringing { .. } | State::Taken { .. } => false,
        });
        rings.then(|| Ring { phone: self.clone(), call_sid: call_sid.into(), answered })
    }

    /// A page answers; `None` if it is too late, or that call never rang.
    fn answer(self: &Arc<Self>, call_sid: &str, page: u64) -> Option<Receiver> {
        let (mut handset, receiver) = handset::pair(self.clone(), call_sid);
        let mut answer = None;
        self.state.send_if_modified(|state| {
            answer = state.take_answer(call_sid);
            if answer.is_some() {
                *state = State::Taken { call_sid: call_sid.into(), page };
                handset.is_in_use();
            }
            answer.is_some()
        });
        // Outside of the state: if the call is over already, the handset is dropped here and frees the phone.
        answer?.send(Answer::Picked(handset)).ok()?;
        Some(receiver)
    }

    /// A page declines for all of them.
    fn decline(&self, call_sid: &str) {
        let mut answer = None;
        self.state.send_if_modified(|state| {
            answer = state.take_answer(call_sid);
            if answer.is_some() {
                *state = State::Free { ended: Some((call_sid.into(), Ended::Declined)) };
            }
            answer.is_some()
        });
        if let Some(answer) = answer {
            // The caller may have given up meanwhile.
            let _ = answer.send(Answer::Declined);
        }
    }

    /// That call is over.
    fn release(&self, over: &str, ended: Ended) {
        self.state.send_if_modified(|state| match state {
            State::Ringing { call_sid, .. } | State::Taken { call_sid, .. } if call_sid == over => {
                *state = State::Free { ended: Some((over.into(), ended)) };
                true
            }
            State::Free { .. } | State::Ringing { .. } | State::Taken { .. } => false,
        });
    }

    /// A number for a page that opens.
    fn next_page(&self) -> u64 {
        self.pages_opened.fetch_add(1, Ordering::Relaxed)
    }
}

impl State {
    fn take_answer(&mut self, wanted: &str) -> Option<oneshot::Sender<Answer>> {
        match self {
            Self::Ringing { call_sid, answer, .. } if call_sid == wanted => answer.take(),
            Self::Free { .. } | Self::Ringing { .. } | Self::Taken { .. } => None,
        }
    }
}

/// A call that rings; dropping it ends the ringing.
pub(crate) struct Ring {
    phone: Arc<Phone>,
    call_sid: String,
    answered: oneshot::Receiver<Answer>,
}

impl Ring {
    /// Waits until somebody answers or declines, for ever if nobody has the page open.
    pub(crate) async fn answer(mut self) -> Answer {
        match (&mut self.answered).await {
            Ok(answer) => answer,
            // The sender goes only with the phone itself.
            Err(_) => std::future::pending().await,
        }
    }
}

impl Drop for Ring {
    fn drop(&mut self) {
        // Does nothing once it was answered: then the call belongs to the handset, or to nobody.
        let is_ringing = matches!(&*self.phone.state.borrow(), State::Ringing { .. });
        if is_ringing {
            self.phone.release(&self.call_sid, Ended::Missed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phone() -> Arc<Phone> {
        Arc::new(Phone::default())
    }

    fn is_free(phone: &Phone) -> bool {
        matches!(&*phone.state.borrow(), State::Free { .. })
    }

    #[tokio::test]
    async fn the_first_page_that_answers_has_the_call() {
        let phone = phone();
        let ring = phone.ring("CA1", "+14155550199").unwrap();
        assert!(phone.answer("CA0", 1).is_none(), "another call");
        let first = phone.answer("CA1", 1).unwrap();
        assert!(phone.answer("CA1", 2).is_none());
        let Answer::Picked(handset) = ring.answer().await else { panic!("declined") };
        assert!(phone.ring("CA2", "+14155550199").is_none(), "the line is busy");
        drop(handset);
        assert!(is_free(&phone));
        drop(first);
        assert!(phone.ring("CA2", "+14155550199").is_some());
    }

    #[test]
    fn an_answer_that_comes_too_late_leaves_the_phone_free() {
        let phone = phone();
        let ring = phone.ring("CA1", "+14155550199").unwrap();
        let answered = phone.answer("CA1", 1).unwrap();
        assert!(!is_free(&phone));
        // The caller gives up before it learns of the answer.
        drop(ring);
        assert!(is_free(&phone) && answered.is_over());
        let ring = phone.ring("CA2", "+14155550199").unwrap();
        drop(ring);
        assert!(phone.answer("CA2", 1).is_none() && is_free(&phone));
    }
}
