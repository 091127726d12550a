//! That an AI is calling: said first, and proven to have been heard.

use crate::playback::{Item, Playback};
use crate::response::Ask;
use crate::{Session, words};
use std::time::Duration;
use tracing::{info, warn};
use types::{CallEvent, EndedReason};

/// How often it is asked for again when the model said something else, or the carrier proves nothing.
const MISSED_MAX: u32 = 2;
/// When it was cut off so often it is said without stopping for a short word, and without what comes after it.
const CUT_OFF_MAX: u32 = 2;
/// Share of its words that must be said, in their order.
const LIKENESS_MIN: f64 = 0.7;
/// Audio that must have been played after the place where its last word should lie.
const MARGIN_BYTES: u64 = 2_400;

/// Whether it has been heard.
#[derive(Debug)]
pub(crate) struct Disclosure {
    words: Vec<String>,
    heard_at_ms: Option<u64>,
    missed: u32,
    empty: u32,
    /// The sentence was said to its end, whether or not that is proven.
    said: bool,
    /// The agent has said something else since: it must be heard again.
    denied: bool,
    /// How often.
    denials: u32,
    /// How often the callee has cut it off.
    cut_off: u32,
    /// An opening was played to its end; from then on only the missing sentence is asked for.
    opened: bool,
}

impl Disclosure {
    pub(crate) fn new(sentence: &str) -> Self {
        Self {
            words: words::plain(sentence),
            heard_at_ms: None,
            missed: 0,
            empty: 0,
            said: false,
            denied: false,
            denials: 0,
            cut_off: 0,
            opened: false,
        }
    }

    /// What an earlier part of the call has proven.
    pub(crate) fn remember(&mut self, heard_at_ms: Option<u64>, opened: bool) {
        (self.heard_at_ms, self.opened) = (heard_at_ms, opened);
    }

    /// Somebody else is there now.
    pub(crate) fn again(&mut self) {
        (self.heard_at_ms, self.missed, self.opened) = (None, 0, false);
    }

    /// It has not been heard yet, and is still being tried.
    pub(crate) fn due(&self) -> bool {
        (self.heard_at_ms.is_none() || self.denied) && self.missed <= MISSED_MAX
    }

    /// The agent was about to say, or has said, that it is a person. How often that was.
    pub(crate) fn was_denied(&mut self) -> u32 {
        (self.denied, self.missed) = (true, 0);
        self.denials += 1;
        self.denials
    }

    /// The callee has stopped the agent; perhaps before it was heard.
    pub(crate) fn cut_off(&mut self) {
        self.cut_off += u32::from(self.due());
    }

    /// It was cut off too often to yield to a short word once more.
    pub(crate) fn insists(&self) -> bool {
        self.due() && self.cut_off >= CUT_OFF_MAX
    }

    pub(crate) fn heard_at_ms(&self) -> Option<u64> {
        self.heard_at_ms
    }

    pub(crate) fn stayed_empty(&mut self) -> u32 {
        self.empty += 1;
        self.empty
    }

    /// How far into a text it ends, as a share of the text's characters; `None` if the text does not contain it.
    fn end_in(&self, text: &str) -> Option<f64> {
        let said = words::plain_with_ends(text);
        let (matched, end) = words::in_order(&self.words, &said);
        let telling = words::tells_of_ai(&self.words);
        let told = !telling || words::tells_of_ai(&words::plain(&text[..end]));
        let enough = matched as f64 >= LIKENESS_MIN * self.words.len() as f64;
        (enough && told && !text.is_empty()).then(|| end as f64 / text.len() as f64)
    }

    /// Whether this item has brought it to the callee's ear, for certain.
    fn proven_by(&self, playback: &Playback, now: Duration, item: &Item) -> bool {
        // Only a complete item tells where its words lie.
        if !item.closed || item.broken || item.queued == 0 {
            return false;
        }
        let Some(share) = self.end_in(&item.text) else { return false };
        let needed = ((share * item.queued as f64).ceil() as u64 + MARGIN_BYTES).min(item.queued);
        playback.proven(now, item) >= needed
    }
}

impl Session {
    /// What is really to be asked for: nothing but the goodbye comes before the disclosure, and after it has been heard it is
    /// not said again.
    pub(crate) fn disclosure_first(&self, ask: Ask) -> Option<Ask> {
        let due = self.disclosure.due();
        match ask {
            Ask::Goodbye | Ask::Message | Ask::Name | Ask::Key => Some(ask),
            Ask::StillThere | Ask::StillChecking | Ask::OneMoment | Ask::Answer | Ask::PickUp if !due => Some(ask),
            // Whether a recording or a person has spoken is for the model to tell: to a recording it says nothing.
            Ask::Answer if self.config.briefing.waits_on_hold() || self.menus.at_machine() => Some(ask),
            Ask::Opening | Ask::Disclosure if !due => None,
            Ask::StillThere | Ask::StillChecking | Ask::OneMoment | Ask::Answer | Ask::PickUp | Ask::Opening
                if self.disclosure.opened || self.disclosure.insists() =>
            {
                Some(Ask::Disclosure)
            }
            Ask::StillThere | Ask::StillChecking | Ask::OneMoment | Ask::Answer | Ask::PickUp => Some(Ask::Opening),
            Ask::Opening | Ask::Disclosure => Some(ask),
        }
    }

    pub(crate) fn prove_disclosure(&mut self) {
        if self.disclosure.heard_at_ms.is_some() && !self.disclosure.denied {
            return;
        }
        let proven = self.playback.items().any(|item| self.disclosure.proven_by(&self.playback, self.now, item));
        if !proven {
            return;
        }
        self.disclosure.denied = false;
        if self.disclosure.heard_at_ms.is_none() {
            let at_ms = self.stream.clock_ms(self.now);
            self.disclosure.heard_at_ms = Some(at_ms);
            info!(order_id = %self.config.order_id, at_ms, "the callee has heard that an AI is calling");
            self.event(CallEvent::Disclosed { at_ms });
        }
    }

    /// An item was played to its end. If it should have told that an AI is calling and did not, that is asked for at once. With
    /// a model that never says it there is no call.
    pub(crate) fn disclosure_after(&mut self, item: &Item) {
        if !self.disclosure.due() || item.queued == 0 || self.menus.at_machine() {
            return;
        }
        self.disclosure.opened = true;
        self.disclosure.said |= self.disclosure.end_in(&item.text).is_some();
        self.disclosure.missed += 1;
        warn!(order_id = %self.config.order_id, missed = self.disclosure.missed, "the disclosure has not been heard");
        if self.ending.reason().is_some() {
            return;
        }
        if self.disclosure.due() {
            self.want(Ask::Disclosure);
        } else if !self.disclosure.said && !self.config.briefing.waits_on_hold() {
            self.close(EndedReason::VoiceLost, Some("the realtime model did not say that an AI is calling".to_owned()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tuning;

    const SENTENCE: &str = "Hello, this is an AI assistant calling on behalf of Maria Lopez.";

    /// Four seconds of it at the carrier; the mark that lies at two seconds and the one after it have no answer yet.
    fn spoken() -> (Playback, Vec<(u64, String)>) {
        let mut playback = Playback::new(&Tuning::default());
        let Some(item) = playback.item("r", "i", Some(0)) else { panic!("there is room for one") };
        item.say("Hello, this is an AI assistant calling on behalf of Maria Lopez. I would like to order a pizza, and two more things.");
        item.queue(0, vec![0; 32_000].into());
        let (mut sent, mut marks) = (0, Vec::new());
        for step in 0..60 {
            while let Some(piece) = playback.send(Duration::from_millis(100 * step), false) {
                sent += piece.audio.len() as u64;
                marks.extend(piece.mark.map(|name| (sent, name)));
            }
        }
        (playback, marks)
    }

    fn proven(playback: &Playback, now_ms: u64) -> bool {
        let now = Duration::from_millis(now_ms);
        playback.items().any(|item| Disclosure::new(SENTENCE).proven_by(playback, now, item))
    }

    #[test]
    fn the_clock_alone_proves_nothing() {
        let (mut playback, marks) = spoken();
        playback.close("r");
        let item_needs = 32_000 * 63 / 115 + MARGIN_BYTES;
        for (at, name) in marks {
            let at_ms = at / 8;
            playback.mark_returned(Duration::from_millis(at_ms), &name);
            // Just before the next mark the clock says that more was heard.
            assert_eq!(proven(&playback, at_ms + 199), at >= item_needs, "{at} of {item_needs}");
        }
    }

    #[test]
    fn an_item_that_is_not_complete_does_not_tell_where_its_words_lie() {
        let (mut playback, marks) = spoken();
        for (at, name) in marks {
            playback.mark_returned(Duration::from_millis(at / 8), &name);
        }
        assert!(!proven(&playback, 6_000));
        playback.close("r");
        assert!(proven(&playback, 6_000));
    }
}
