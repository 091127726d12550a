//! The conversation's items, and how much of them was heard.

use super::Refusal;
use crate::brain::{Doubt, Line};
use wire::realtime::{Item, Truncate};

/// A call has a few dozen.
const ITEMS_MAX: usize = 2_000;

#[derive(Default)]
pub(super) struct Conversation {
    entries: Vec<Entry>,
}

struct Entry {
    item: Item,
    /// How much audio it has.
    audio_ms: u64,
    /// Its words are not known yet.
    pending: bool,
    /// Of an answer: what was said when.
    spoken: Vec<Spoken>,
    /// Of the callee's speech: the words that were hard to hear.
    doubted: Vec<String>,
}

/// A piece of an answer's speech.
pub(super) struct Spoken {
    pub(super) text: String,
    pub(super) ms: u64,
}

/// What of the conversation goes into an answer, to be counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Size {
    pub(super) words: usize,
    pub(super) callee_ms: u64,
}

impl Conversation {
    /// Puts an item of the client into its place; gives the item before it and the item.
    pub(super) fn insert(&mut self, item: Item, after: Option<&str>) -> Result<(Option<String>, Item), Refusal> {
        if !matches!(item.kind.as_str(), "message" | "function_call" | "function_call_output") {
            let message = format!("an item is a message, a function_call or a function_call_output, not \"{}\"", item.kind);
            return Err(Refusal::of("invalid_value", "item.type", message));
        }
        if item.id.as_deref().is_some_and(|id| self.place(id).is_some()) {
            return Err(Refusal::of("item_already_exists", "item.id", "an item with this id is already there"));
        }
        if self.entries.len() >= ITEMS_MAX {
            return Err(Refusal::new("conversation_full", format!("a conversation has at most {ITEMS_MAX} items")));
        }
        let place = match after {
            None => self.entries.len(),
            Some("root") => 0,
            Some(id) => match self.place(id) {
                Some(place) => place + 1,
                None => return Err(not_found("previous_item_id", id)),
            },
        };
        self.entries
            .insert(place, Entry { item: item.clone(), audio_ms: 0, pending: false, spoken: Vec::new(), doubted: Vec::new() });
        let previous = place.checked_sub(1).and_then(|before| self.entries[before].item.id.clone());
        Ok((previous, item))
    }

    /// The callee's speech; its words come later.
    pub(super) fn append_heard(&mut self, item: Item, audio_ms: u64) -> (Option<String>, Item) {
        self.append(Entry { item, audio_ms, pending: true, spoken: Vec::new(), doubted: Vec::new() })
    }

    /// An item of an answer.
    pub(super) fn append_answer(&mut self, item: Item) -> Option<String> {
        self.append(Entry { item, audio_ms: 0, pending: false, spoken: Vec::new(), doubted: Vec::new() }).0
    }

    /// The words of the callee's speech.
    pub(super) fn understood(&mut self, id: &str, text: &str, doubted: Vec<String>) {
        if let Some(entry) = self.place(id).map(|place| &mut self.entries[place]) {
            (entry.pending, entry.doubted) = (false, doubted);
            if let Some(part) = entry.item.content.iter_mut().flatten().next() {
                part.transcript = Some(text.to_owned());
            }
        }
    }

    /// A piece of an answer has been spoken.
    pub(super) fn spoken(&mut self, id: &str, piece: Spoken) {
        if let Some(entry) = self.place(id).map(|place| &mut self.entries[place]) {
            entry.audio_ms += piece.ms;
            entry.spoken.push(piece);
        }
    }

    /// An item of an answer is as it stays; gives the item before it.
    pub(super) fn complete(&mut self, item: &Item) -> Option<String> {
        let place = self.place(item.id.as_deref()?)?;
        self.entries[place].item = item.clone();
        place.checked_sub(1).and_then(|before| self.entries[before].item.id.clone())
    }

    /// Forgets what of an answer was not heard, in audio and in words.
    pub(super) fn truncate(&mut self, truncate: &Truncate) -> Result<(), Refusal> {
        let id = truncate.item_id.as_str();
        let Some(place) = self.place(id) else { return Err(not_found("item_id", id)) };
        let entry = &mut self.entries[place];
        if entry.item.role.as_deref() != Some("assistant") || entry.spoken.is_empty() {
            return Err(Refusal::of("invalid_value", "item_id", "only speech of the assistant can be truncated"));
        }
        if truncate.content_index != 0 {
            return Err(Refusal::of("invalid_value", "content_index", "the item has one part, 0"));
        }
        if truncate.audio_end_ms > entry.audio_ms {
            let message = format!("audio content of {} ms is already shorter than {} ms", entry.audio_ms, truncate.audio_end_ms);
            return Err(Refusal::of("invalid_value", "audio_end_ms", message));
        }
        entry.cut(truncate.audio_end_ms);
        Ok(())
    }

    /// An item as it is now; of a cut answer, what was heard of it.
    pub(super) fn item(&self, id: &str) -> Result<&Item, Refusal> {
        self.place(id).map(|place| &self.entries[place].item).ok_or_else(|| not_found("item_id", id))
    }

    pub(super) fn delete(&mut self, id: &str) -> Result<(), Refusal> {
        let place = self.place(id).ok_or_else(|| not_found("item_id", id))?;
        self.entries.remove(place);
        Ok(())
    }

    /// Whether all words are known.
    pub(super) fn is_understood(&self) -> bool {
        self.entries.iter().all(|entry| !entry.pending)
    }

    pub(super) fn size(&self) -> Size {
        self.entries.iter().fold(Size::default(), |size, entry| {
            let user = entry.item.role.as_deref() == Some("user");
            Size {
                words: size.words + entry.item.words().split_whitespace().count(),
                callee_ms: size.callee_ms + if user { entry.audio_ms } else { 0 },
            }
        })
    }

    /// What of the callee's words was hard to hear.
    pub(super) fn doubts(&self) -> Vec<Doubt> {
        let doubtful = self.entries.iter().filter(|entry| !entry.doubted.is_empty());
        doubtful.map(|entry| Doubt { text: entry.item.words(), words: entry.doubted.clone() }).collect()
    }

    /// What the brain is told.
    pub(super) fn lines(&self) -> Vec<Line> {
        let text = |part: &Option<String>| part.clone().unwrap_or_default();
        self.entries
            .iter()
            .filter_map(|entry| {
                let item = &entry.item;
                let words = item.words();
                match (item.kind.as_str(), item.role.as_deref()) {
                    ("function_call", _) => Some(Line::Called { name: text(&item.name), arguments: text(&item.arguments) }),
                    ("function_call_output", _) => Some(Line::Returned { output: text(&item.output) }),
                    (_, Some("system")) => Some(Line::Told { text: words }),
                    (_, Some("assistant")) => (!words.trim().is_empty())
                        .then(|| Line::Agent { text: words, cut: item.status.as_deref() != Some("completed") }),
                    (_, _) => (!words.trim().is_empty()).then_some(Line::Callee { text: words }),
                }
            })
            .collect()
    }

    fn append(&mut self, entry: Entry) -> (Option<String>, Item) {
        let previous = self.entries.last().and_then(|last| last.item.id.clone());
        let item = entry.item.clone();
        self.entries.push(entry);
        (previous, item)
    }

    fn place(&self, id: &str) -> Option<usize> {
        self.entries.iter().rposition(|entry| entry.item.id.as_deref() == Some(id))
    }
}

impl Entry {
    fn cut(&mut self, end_ms: u64) {
        let whole = end_ms == self.audio_ms;
        let mut left = end_ms;
        let mut heard: Vec<String> = Vec::new();
        for piece in &mut self.spoken {
            if piece.ms > left {
                // Of the piece in which the cut is, the words before it, evenly spread.
                let words: Vec<&str> = piece.text.split_whitespace().collect();
                let count = words.len() as u64 * left / piece.ms.max(1);
                piece.text = words[..count as usize].join(" ");
                piece.ms = left;
            }
            left -= piece.ms;
            if !piece.text.is_empty() {
                heard.push(piece.text.clone());
            }
        }
        self.spoken.retain(|piece| piece.ms > 0);
        self.audio_ms = end_ms;
        if let Some(part) = self.item.content.iter_mut().flatten().next() {
            part.transcript = Some(heard.join(" "));
        }
        if !whole {
            self.item.status = Some("incomplete".into());
        }
    }
}

fn not_found(param: &str, id: &str) -> Refusal {
    Refusal::of("item_not_found", param, format!("there is no item \"{id}\" in the conversation"))
}
