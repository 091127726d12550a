//! One spoken item: its audio waiting to be sent, its words, and how far it has come.

use bytes::{Bytes, BytesMut};
use std::collections::VecDeque;

/// Five minutes of one item; what comes after is not taken.
const ITEM_BYTES_MAX: u64 = 5 * 60 * 8_000;
/// Longer than anybody says in one turn.
pub(crate) const ITEM_TEXT_CHARS_MAX: usize = 10_000;

/// What an item is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The model's words.
    #[default]
    Speech,
    /// Words that were said beforehand, for a wait.
    Filler,
    /// A quiet noise for a wait: no words.
    Noise,
}

/// Nobody speaks so slowly: as long as an item is not complete, its text is taken to sound at least so long.
pub(crate) const BYTES_A_LETTER_MAX: u64 = 800;

/// One spoken item of the model.
#[derive(Debug)]
pub(crate) struct Item {
    pub(crate) kind: Kind,
    /// The session that is open knows nothing of it: another one made it, or we did.
    pub(crate) foreign: bool,
    /// It broke off: its text may say more than its audio.
    pub(crate) broken: bool,
    pub(crate) response_id: String,
    pub(crate) item_id: String,
    pub(crate) content_index: u32,
    pub(crate) text: String,
    /// The transcript line, once its first audio has been sent.
    pub(crate) line: Option<u32>,
    /// Bytes that came from the model.
    pub(crate) queued: u64,
    /// Bytes of it that went to the carrier.
    pub(crate) sent: u64,
    /// No more audio will come.
    pub(crate) audio_done: bool,
    /// No more audio or text will come: its response is over.
    pub(crate) closed: bool,
    /// Keys and not words: the model knows nothing of it, and it is sent whoever speaks.
    pub(crate) is_tones: bool,
    /// Where its first byte lies in everything that was ever sent.
    pub(super) start: u64,
    pieces: VecDeque<Bytes>,
}

impl Item {
    pub(super) fn new(response_id: &str, item_id: &str, content_index: u32) -> Self {
        Self {
            kind: Kind::Speech,
            foreign: false,
            broken: false,
            response_id: response_id.into(),
            item_id: item_id.into(),
            content_index,
            text: String::new(),
            line: None,
            queued: 0,
            sent: 0,
            audio_done: false,
            closed: false,
            is_tones: false,
            start: 0,
            pieces: VecDeque::new(),
        }
    }

    /// Keys as tones, complete.
    pub(super) fn tones(audio: Bytes) -> Self {
        let mut item = Self::new("", "", 0);
        item.queue(0, audio);
        Self { audio_done: true, closed: true, is_tones: true, ..item }
    }

    /// Takes audio from the model; false when the item has become too long, or is complete.
    pub(crate) fn queue(&mut self, content_index: u32, audio: Bytes) -> bool {
        let length = audio.len() as u64;
        if self.audio_done || self.queued + length > ITEM_BYTES_MAX {
            return false;
        }
        self.content_index = content_index;
        self.queued += length;
        self.pieces.push_back(audio);
        true
    }

    /// Adds to its text, up to the most that a line may have.
    pub(crate) fn say(&mut self, delta: &str) {
        let room = ITEM_TEXT_CHARS_MAX.saturating_sub(self.text.chars().count());
        self.text.extend(delta.chars().take(room));
    }

    /// How much audio its text is taken for, when it is asked what was heard of it.
    pub(crate) fn whole(&self) -> u64 {
        let letters = self.text.chars().count() as u64;
        if self.broken { self.queued.max(letters * BYTES_A_LETTER_MAX) } else { self.queued }
    }

    /// How much of everything that was ever sent up to `total` is this item's.
    pub(super) fn share_of(&self, total: u64) -> u64 {
        if self.sent == 0 { 0 } else { total.saturating_sub(self.start).min(self.sent) }
    }

    /// What has not been sent is left out.
    pub(super) fn stop(&mut self) {
        self.queued = self.sent;
        self.pieces.clear();
    }

    /// The next audio to be sent, at most so many bytes.
    pub(super) fn take(&mut self, most: u64) -> Bytes {
        let most = most as usize;
        let mut first = match self.pieces.pop_front() {
            Some(first) if first.len() <= most => first,
            Some(mut first) => {
                let piece = first.split_to(most);
                self.pieces.push_front(first);
                return piece;
            }
            None => return Bytes::new(),
        };
        // Small pieces of the model go out together.
        if first.len() < most && !self.pieces.is_empty() {
            let mut joined = BytesMut::from(first);
            while let Some(mut next) = self.pieces.pop_front() {
                let rest = next.split_off(next.len().min(most - joined.len()));
                joined.extend_from_slice(&next);
                if !rest.is_empty() {
                    self.pieces.push_front(rest);
                    break;
                }
            }
            first = joined.freeze();
        }
        first
    }
}
