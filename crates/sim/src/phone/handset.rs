//! The two ends of a call that a person has answered: the carrier's ([`Handset`]) and the page's ([`Receiver`]).

use super::{Phone, message::Ended};
use bytes::Bytes;
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// Frames that wait for either side: a second. A page that is further behind has stalled.
const QUEUE_FRAMES: usize = 50;

/// What a person puts into the call.
#[derive(Debug)]
pub(crate) enum Sent {
    /// 20 ms of µ-law.
    Audio(Bytes),
    /// A key: `0`–`9`, `*`, `#`.
    Digit(char),
}

/// The carrier's end. Dropping it ends the call for the page.
pub(crate) struct Handset {
    phone: Arc<Phone>,
    call_sid: String,
    /// Whether the phone counts this call as taken.
    in_use: bool,
    heard: mpsc::Sender<Bytes>,
    sent: mpsc::Receiver<Sent>,
    gone: CancellationToken,
}

/// The page's end. Dropping it hangs up.
pub(super) struct Receiver {
    pub(super) heard: mpsc::Receiver<Bytes>,
    sent: mpsc::Sender<Sent>,
    gone: CancellationToken,
}

pub(super) fn pair(phone: Arc<Phone>, call_sid: &str) -> (Handset, Receiver) {
    let (heard_tx, heard_rx) = mpsc::channel(QUEUE_FRAMES);
    let (sent_tx, sent_rx) = mpsc::channel(QUEUE_FRAMES);
    let gone = CancellationToken::new();
    let handset = Handset { phone, call_sid: call_sid.into(), in_use: false, heard: heard_tx, sent: sent_rx, gone: gone.clone() };
    (handset, Receiver { heard: heard_rx, sent: sent_tx, gone })
}

impl Handset {
    pub(super) fn is_in_use(&mut self) {
        self.in_use = true;
    }

    /// Lets the person hear 20 ms. A page that takes nothing for a second loses the call.
    pub(crate) fn play(&self, frame: &[u8]) {
        if !self.gone.is_cancelled() && self.heard.try_send(Bytes::copy_from_slice(frame)).is_err() {
            tracing::warn!(call_sid = %self.call_sid, "the phone page takes no audio; its call ends");
            self.gone.cancel();
        }
    }

    /// What the person has sent and nobody has taken yet.
    pub(crate) fn take(&mut self) -> Option<Sent> {
        self.sent.try_recv().ok()
    }

    /// Cancelled when the person has hung up or was lost.
    pub(crate) fn gone(&self) -> CancellationToken {
        self.gone.clone()
    }
}

impl Drop for Handset {
    fn drop(&mut self) {
        if self.in_use {
            let ended = if self.gone.is_cancelled() { Ended::YouHungUp } else { Ended::CallerHungUp };
            self.phone.release(&self.call_sid, ended);
        }
    }
}

impl Receiver {
    /// Puts something into the call. It is dropped if the call takes nothing at the moment, as while it is being redirected.
    pub(super) fn send(&self, sent: Sent) {
        let _ = self.sent.try_send(sent);
    }

    #[cfg(test)]
    pub(super) fn is_over(&self) -> bool {
        self.sent.is_closed()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.gone.cancel();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_takes_nothing_for_a_second_loses_the_call() {
        let (handset, _receiver) = pair(Arc::default(), "CA1");
        (0..QUEUE_FRAMES).for_each(|_| handset.play(&[0xff; 160]));
        assert!(!handset.gone().is_cancelled());
        handset.play(&[0xff; 160]);
        assert!(handset.gone().is_cancelled());
    }

    #[test]
    fn what_the_call_does_not_take_is_dropped() {
        let (mut handset, receiver) = pair(Arc::default(), "CA1");
        (0..QUEUE_FRAMES + 10).for_each(|_| receiver.send(Sent::Digit('1')));
        assert_eq!(std::iter::from_fn(|| handset.take()).count(), QUEUE_FRAMES);
        drop(receiver);
        assert!(handset.gone().is_cancelled());
    }
}
