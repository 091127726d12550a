//! The agent's audio on its way to the callee's ear: the pacer and the playback ledger.
//!
//! Of each item four figures are kept, each at most the next: *heard* (what the callee has surely or probably heard), *played*
//! (what real time allows to have been played), *sent* (to the carrier), *queued* (from the model). A returned mark proves that
//! all before it was played; between marks the clock is asked, never beyond the next mark.

use crate::tuning::Tuning;
use bytes::Bytes;
use std::collections::VecDeque;
use std::time::Duration;

mod item;
pub(crate) use item::{BYTES_A_LETTER_MAX, ITEM_TEXT_CHARS_MAX, Item, Kind};

/// µ-law at 8 kHz.
pub(crate) const MICROS_PER_BYTE: u64 = 125;
/// More items than any response has.
const ITEMS_MAX: usize = 64;
/// More waits of no call; what comes after is not taken.
const UNSENT_MAX: Duration = Duration::from_secs(5 * 60);

#[derive(Debug)]
struct Mark {
    name: String,
    /// Everything ever sent before it.
    at: u64,
}

/// One step of the pacer.
#[derive(Debug)]
pub(crate) struct Sent {
    pub(crate) audio: Bytes,
    /// From when on it is played, at the earliest.
    pub(crate) begins_at: Duration,
    /// The mark that follows it.
    pub(crate) mark: Option<String>,
    /// The item's place, when this was its first audio, and the moment from which it is heard.
    pub(crate) began: Option<(usize, Duration)>,
}

/// An item that was cut off.
#[derive(Debug)]
pub(crate) struct Cut {
    pub(crate) item: Item,
    /// Bytes of it that were heard.
    pub(crate) heard: u64,
}

/// What was left of a lost session's audio.
#[derive(Debug, Default)]
pub(crate) struct Orphans {
    /// The mark that its end lacked.
    pub(crate) mark: Option<String>,
    /// Something of it broke off in the middle.
    pub(crate) broken: bool,
    /// The words of the item that was complete although its response was not.
    pub(crate) whole: Option<String>,
}

/// The queue, the pacer and the ledger.
#[derive(Debug)]
pub(crate) struct Playback {
    /// Not yet played to their ends, in the order in which they are played.
    items: VecDeque<Item>,
    marks: VecDeque<Mark>,
    marks_made: u64,
    /// Everything ever sent.
    sent: u64,
    /// The earliest moment at which everything sent can have been played.
    play_end: Duration,
    /// Everything up to here was played, says a mark, and when it said so.
    proven: u64,
    proven_at: Duration,
    unmarked: u64,
    lead_max: Duration,
    mark_overdue: Duration,
    piece_bytes: u64,
    mark_bytes: u64,
}

impl Playback {
    pub(crate) fn new(tuning: &Tuning) -> Self {
        Self {
            items: VecDeque::new(),
            marks: VecDeque::new(),
            marks_made: 0,
            sent: 0,
            play_end: Duration::ZERO,
            proven: 0,
            proven_at: Duration::ZERO,
            unmarked: 0,
            lead_max: tuning.lead_max,
            mark_overdue: tuning.mark_overdue,
            piece_bytes: bytes_in(tuning.piece_max).max(1),
            mark_bytes: bytes_in(tuning.mark_every).max(1),
        }
    }

    /// Nothing is queued, and nothing that was sent may still be playing.
    pub(crate) fn idle(&self) -> bool {
        self.items.is_empty()
    }

    /// Some of it is on the line or at the carrier.
    pub(crate) fn audible(&self) -> bool {
        self.items.iter().any(|item| item.sent > 0 && item.kind != Kind::Noise)
    }

    /// The item's entry, made if it is new. `None` when there are too many.
    pub(crate) fn item(&mut self, response_id: &str, item_id: &str, content_index: Option<u32>) -> Option<&mut Item> {
        let known = self.items.iter().rposition(|item| {
            !item.foreign
                && item.item_id == item_id
                && content_index.is_none_or(|index| item.content_index == index || item.queued == 0)
        });
        let place = match known {
            Some(place) => place,
            None if self.items.len() >= ITEMS_MAX || self.unsent() > UNSENT_MAX => return None,
            None => {
                self.items.push_back(Item::new(response_id, item_id, content_index.unwrap_or(0)));
                self.items.len() - 1
            }
        };
        self.items.get_mut(place)
    }

    pub(crate) fn items(&self) -> impl Iterator<Item = &Item> {
        self.items.iter()
    }

    pub(crate) fn get_mut(&mut self, place: usize) -> Option<&mut Item> {
        self.items.get_mut(place)
    }

    /// The item's audio is complete. Gives the mark that its end still lacks.
    pub(crate) fn audio_done(&mut self, item_id: &str) -> Option<String> {
        for item in self.items.iter_mut().filter(|item| !item.foreign && item.item_id == item_id) {
            item.audio_done = true;
        }
        self.end_mark()
    }

    /// The response is over: nothing more will come for its items. Gives the mark that their end still lacks.
    pub(crate) fn close(&mut self, response_id: &str) -> Option<String> {
        for item in self.items.iter_mut().filter(|item| !item.foreign && item.response_id == response_id) {
            item.audio_done = true;
            item.closed = true;
        }
        self.end_mark()
    }

    /// Queues tones of keys, complete: they are sent whoever speaks. False when there is no room.
    pub(crate) fn tones(&mut self, audio: Bytes) -> bool {
        let room = self.items.len() < ITEMS_MAX;
        if room {
            self.items.push_back(Item::tones(audio));
        }
        room
    }

    /// Takes back the response's items of which nothing has been sent.
    pub(crate) fn drop_unsent(&mut self, response_id: &str) -> Vec<Item> {
        let (dropped, kept) =
            self.items.drain(..).partition(|item| item.response_id == response_id && item.sent == 0 && item.queued > 0);
        self.items = kept;
        dropped.into()
    }

    /// The session that made the items is gone. What of them has come is played; what has not begun to be and is not complete
    /// is forgotten.
    pub(crate) fn orphan(&mut self) -> Orphans {
        let mut left = Orphans::default();
        self.items.retain_mut(|item| {
            let open = !item.foreign && !item.closed;
            item.foreign = true;
            if !open {
                return true;
            }
            item.closed = true;
            if item.audio_done && item.queued > 0 {
                left.whole = Some(item.text.clone());
                return true;
            }
            (item.audio_done, item.broken) = (true, true);
            left.broken |= item.sent > 0;
            item.sent > 0
        });
        left.mark = self.end_mark();
        left
    }

    /// Queues something that no model has made, complete.
    pub(crate) fn add(&mut self, kind: Kind, text: &str, audio: Bytes) {
        let mut item = Item::new("", "", 0);
        (item.kind, item.foreign) = (kind, true);
        item.say(text);
        item.queue(0, audio);
        (item.audio_done, item.closed) = (true, true);
        self.items.push_back(item);
    }

    /// Forgets noise that has not been sent. Gives the mark that its end lacks.
    pub(crate) fn drop_noise(&mut self) -> Option<String> {
        self.items.retain_mut(|item| item.kind != Kind::Noise || item.sent > 0);
        for item in self.items.iter_mut().filter(|item| item.kind == Kind::Noise) {
            item.stop();
        }
        self.end_mark()
    }

    /// Words are queued or on the line.
    pub(crate) fn speaks(&self) -> bool {
        self.items.iter().any(|item| item.kind != Kind::Noise)
    }

    /// When the pacer wants to send next; `held` items that have not begun must wait.
    pub(crate) fn send_at(&self, now: Duration, held: bool) -> Option<Duration> {
        let item = &self.items[self.next_to_send(held)?];
        let length = duration_of((item.queued - item.sent).min(self.piece_bytes));
        Some((self.play_end.max(now) + length).saturating_sub(self.lead_max))
    }

    /// Sends the next piece, if there is one and the lead allows it.
    pub(crate) fn send(&mut self, now: Duration, held: bool) -> Option<Sent> {
        if self.send_at(now, held)? > now {
            return None;
        }
        let place = self.next_to_send(held)?;
        let (begins_at, start) = (self.play_end.max(now), self.sent);
        let item = self.items.get_mut(place)?;
        let audio = item.take(self.piece_bytes);
        let length = audio.len() as u64;
        let began = (item.sent == 0).then(|| {
            item.start = start;
            (place, begins_at)
        });
        item.sent += length;
        let at_end = item.audio_done && item.sent == item.queued;
        self.sent += length;
        self.unmarked += length;
        self.play_end = begins_at + duration_of(length);
        let mark = (at_end || self.unmarked >= self.mark_bytes).then(|| self.mark());
        Some(Sent { audio, begins_at, mark, began })
    }

    /// A mark has come back. Whether it was one that proves something: marks that a clear gave back do not.
    pub(crate) fn mark_returned(&mut self, now: Duration, name: &str) -> bool {
        let Some(place) = self.marks.iter().position(|mark| mark.name == name) else { return false };
        // Playback is in order: what came before it was played too.
        if let Some(mark) = self.marks.drain(..=place).next_back() {
            (self.proven, self.proven_at) = (mark.at, now);
        }
        true
    }

    /// The first item, if it was played to its end, and whether a mark has proven that.
    pub(crate) fn take_played(&mut self, now: Duration) -> Option<(Item, bool)> {
        let item = self.items.front()?;
        if !item.closed || self.played_at(item)? > now {
            return None;
        }
        let proven = item.sent == 0 || self.proven >= item.start + item.sent;
        let end = item.start + item.sent;
        if !proven {
            self.marks.retain(|mark| mark.at > end);
        }
        self.items.pop_front().map(|item| (item, proven))
    }

    /// When the first item will have been played, or its mark is waited for no longer.
    pub(crate) fn take_played_at(&self) -> Option<Duration> {
        self.items.front().filter(|item| item.closed).and_then(|item| self.played_at(item))
    }

    /// The earliest moment at which everything that was sent can have been played.
    pub(crate) fn play_end(&self) -> Duration {
        self.play_end
    }

    /// Audio that is queued but not yet sent, in time.
    pub(crate) fn unsent(&self) -> Duration {
        duration_of(self.items.iter().map(|item| item.queued - item.sent).sum())
    }

    /// Bytes of the item whose playback is proven by a mark and possible in real time.
    pub(crate) fn proven(&self, now: Duration, item: &Item) -> u64 {
        item.share_of(self.proven.min(self.played_total(now)))
    }

    /// Bytes of the item that real time allows to have been played.
    #[cfg(test)]
    pub(crate) fn played(&self, now: Duration, item: &Item) -> u64 {
        item.share_of(self.played_total(now))
    }

    /// Bytes of the item that the callee has heard, by marks and, between them, by the clock.
    pub(crate) fn heard(&self, now: Duration, item: &Item) -> u64 {
        item.share_of(self.heard_total(now))
    }

    /// Audio that is not the agent's goes to the carrier; it delays what comes after it.
    pub(crate) fn pass(&mut self, now: Duration, bytes: u64) {
        self.sent += bytes;
        self.play_end = self.play_end.max(now) + duration_of(bytes);
    }

    /// Something may be at the carrier that should not be played any more.
    pub(crate) fn needs_clear(&self, now: Duration) -> bool {
        !self.marks.is_empty() || (self.unmarked > 0 && self.play_end > now)
    }

    /// Forgets everything, as after a clear; marks that come back from now on prove nothing.
    pub(crate) fn cut(&mut self, now: Duration) -> Vec<Cut> {
        let heard: Vec<u64> = self.items.iter().map(|item| self.heard(now, item)).collect();
        self.marks.clear();
        self.unmarked = 0;
        self.play_end = now;
        self.items.drain(..).zip(heard).map(|(item, heard)| Cut { item, heard }).collect()
    }

    fn next_to_send(&self, held: bool) -> Option<usize> {
        // In order: an item that is still growing holds back those behind it.
        let place = self.items.iter().position(|item| item.sent < item.queued || !item.audio_done)?;
        let item = &self.items[place];
        (item.sent < item.queued && (item.sent > 0 || item.is_tones || !held)).then_some(place)
    }

    fn played_total(&self, now: Duration) -> u64 {
        self.sent - bytes_in(self.play_end.saturating_sub(now)).min(self.sent)
    }

    fn heard_total(&self, now: Duration) -> u64 {
        let played = self.played_total(now);
        let by_clock = if self.proven > 0 { self.proven + bytes_in(now.saturating_sub(self.proven_at)) } else { played };
        let next_mark = self.marks.front().map_or(self.sent, |mark| mark.at);
        by_clock.min(next_mark).max(self.proven).min(played)
    }

    fn played_at(&self, item: &Item) -> Option<Duration> {
        if item.queued == 0 {
            return Some(Duration::ZERO);
        }
        if item.sent < item.queued {
            return None;
        }
        let end = item.start + item.sent;
        let earliest = self.play_end.saturating_sub(duration_of(self.sent - end));
        Some(if self.proven >= end { earliest } else { earliest + self.mark_overdue })
    }

    fn end_mark(&mut self) -> Option<String> {
        let last = self.items.iter().rfind(|item| item.sent > 0)?;
        (self.unmarked > 0 && last.audio_done && last.sent == last.queued).then(|| self.mark())
    }

    fn mark(&mut self) -> String {
        self.marks_made += 1;
        self.unmarked = 0;
        let name = format!("m{}", self.marks_made);
        self.marks.push_back(Mark { name: name.clone(), at: self.sent });
        name
    }
}

/// How long so many bytes sound.
pub(crate) fn duration_of(bytes: u64) -> Duration {
    Duration::from_micros(bytes * MICROS_PER_BYTE)
}

/// How many bytes sound in that time, whole ones.
pub(crate) fn bytes_in(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX) / MICROS_PER_BYTE
}
