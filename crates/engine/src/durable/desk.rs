//! Which conversations have something to do, and who waits until they have done it. Plain data, no I/O.

use std::{
    collections::{HashMap, VecDeque},
    time::Duration,
};
use tokio::sync::oneshot;

/// How long a conversation that the engine could not work on rests, at first and at most; doubled each time.
const REST: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(300));

/// One entry per conversation that is queued or worked on.
#[derive(Debug, Default)]
pub(super) struct Desk {
    places: HashMap<String, Place>,
    queue: VecDeque<String>,
    failures: HashMap<String, Failure>,
}

#[derive(Debug, Default)]
struct Place {
    /// Whether something arrived while it was being worked on.
    again: bool,
    working: bool,
    waiters: Vec<oneshot::Sender<()>>,
}

#[derive(Debug, Default)]
struct Failure {
    count: u32,
    resting: bool,
}

impl Desk {
    /// Something has arrived for a conversation. True if it was put into the queue.
    pub(super) fn wake(&mut self, conversation: &str) -> bool {
        if let Some(place) = self.places.get_mut(conversation) {
            place.again |= place.working;
            return false;
        }
        self.places.insert(conversation.to_owned(), Place::default());
        self.queue.push_back(conversation.to_owned());
        true
    }

    /// As [`Desk::wake`], unless it rests after a failure.
    pub(super) fn wake_rested(&mut self, conversation: &str) -> bool {
        let resting = self.failures.get(conversation).is_some_and(|failure| failure.resting);
        !resting && self.wake(conversation)
    }

    /// Takes the next conversation to work on; at most one worker has it.
    pub(super) fn take(&mut self) -> Option<String> {
        let conversation = self.queue.pop_front()?;
        if let Some(place) = self.places.get_mut(&conversation) {
            place.working = true;
        }
        Some(conversation)
    }

    /// A conversation has been worked off. True if it has to be taken again; otherwise whoever waited is told.
    pub(super) fn done(&mut self, conversation: &str) -> bool {
        let Some(mut place) = self.places.remove(conversation) else { return false };
        if place.again {
            (place.again, place.working) = (false, false);
            self.places.insert(conversation.to_owned(), place);
            self.queue.push_back(conversation.to_owned());
            return true;
        }
        for waiter in place.waiters {
            // One that has given up does not mind.
            let _ = waiter.send(());
        }
        false
    }

    /// Resolves when the conversation is done; `None` if it is idle.
    pub(super) fn wait(&mut self, conversation: &str) -> Option<oneshot::Receiver<()>> {
        let place = self.places.get_mut(conversation)?;
        let (waiter, told) = oneshot::channel();
        place.waiters.push(waiter);
        Some(told)
    }

    /// Working on it has failed: how long it is to rest, or `None` if it rests already.
    pub(super) fn failed(&mut self, conversation: &str) -> Option<Duration> {
        let failure = self.failures.entry(conversation.to_owned()).or_default();
        failure.count += 1;
        let rest = REST.0.saturating_mul(2_u32.saturating_pow(failure.count - 1)).min(REST.1);
        (!std::mem::replace(&mut failure.resting, true)).then_some(rest)
    }

    /// It has rested and may be tried again.
    pub(super) fn rested(&mut self, conversation: &str) -> bool {
        if let Some(failure) = self.failures.get_mut(conversation) {
            failure.resting = false;
        }
        self.wake(conversation)
    }

    /// Working on it has succeeded.
    pub(super) fn recovered(&mut self, conversation: &str) {
        self.failures.remove(conversation);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_worker_has_a_conversation_and_what_arrives_meanwhile_is_looked_at_again() {
        let mut desk = Desk::default();
        assert!(desk.wake("c_1") && !desk.wake("c_1"));
        assert_eq!((desk.take(), desk.take()), (Some("c_1".into()), None));
        assert!(!desk.wake("c_1"));
        assert_eq!(desk.take(), None, "it is being worked on");
        assert!(desk.done("c_1"), "something arrived meanwhile");
        assert_eq!(desk.take(), Some("c_1".into()));
        assert!(!desk.done("c_1"));
        assert!(desk.wake("c_1"), "idle again");
    }

    #[test]
    fn whoever_waits_is_told_when_nothing_is_left() {
        let mut desk = Desk::default();
        assert!(desk.wait("c_1").is_none());
        desk.wake("c_1");
        let mut told = desk.wait("c_1").unwrap();
        desk.take();
        desk.wake("c_1");
        desk.done("c_1");
        assert!(told.try_recv().is_err(), "it is taken once more");
        desk.take();
        desk.done("c_1");
        assert_eq!(told.try_recv(), Ok(()));
    }

    #[test]
    fn a_failing_conversation_rests_longer_each_time_but_an_input_wakes_it() {
        let mut desk = Desk::default();
        assert_eq!(desk.failed("c_1"), Some(Duration::from_secs(1)));
        assert_eq!(desk.failed("c_1"), None, "it rests already");
        assert!(!desk.wake_rested("c_1"));
        assert!(desk.wake("c_1"));
        desk.take();
        desk.done("c_1");
        assert!(desk.rested("c_1"));
        assert_eq!(desk.failed("c_1"), Some(Duration::from_secs(4)));
        desk.recovered("c_1");
        assert_eq!(desk.failed("c_1"), Some(Duration::from_secs(1)));
    }
}
