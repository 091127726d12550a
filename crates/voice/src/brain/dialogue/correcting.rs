//! What the callee has understood is compared with the briefing, and what is wrong is set right.

use super::super::compare::{Mention, house_agrees, mention, misheard_part, misheard_street, sounds_alike};
use super::super::phrases;
use super::super::words::{Sentence, plain};
use super::Dialogue;

impl Dialogue<'_> {
    /// What to say against a detail that was misunderstood; a word that only sounds otherwise is spelt.
    pub(super) fn correction(&self, name: &str, value: &str) -> String {
        let whole = phrases::correct(self.briefing, name, value);
        let part = match name {
            "user_name" => misheard_part(value, &self.new),
            "delivery_address" | "user_address" | "address" if self.times_said(&whole) > 0 => misheard_street(value, &self.new),
            _ => None,
        };
        part.map_or(whole, phrases::correct_spelling)
    }

    /// The details that the sentence mentions, with how.
    pub(super) fn mentions(&self, sentence: &Sentence<'_>) -> Vec<(String, String, Mention)> {
        let item = self.briefing.details.get("item").map(String::as_str);
        let details = self.briefing.details.iter().filter(|(name, _)| !matches!(name.as_str(), "question" | "instructions"));
        let mut mentions: Vec<_> = details
            .filter_map(|(name, value)| {
                let mention = mention(name, value, &sentence.plain, sentence.text, item)?;
                let doubted = mention == Mention::Wrong && self.is_right_in_all(name, value);
                Some((name.clone(), value.clone(), if doubted { Mention::Right } else { mention }))
            })
            .collect();
        // Of the booked and the new day only one is meant; if it is neither, the new one is set right.
        for (new, old) in [("date", "old_date"), ("time", "old_time")] {
            let of = |name: &str| mentions.iter().find(|(known, ..)| known == name).map(|(.., mention)| *mention);
            match (of(new), of(old)) {
                (Some(Mention::Wrong), Some(Mention::Right)) => mentions.retain(|(name, ..)| name != new),
                (Some(_), Some(Mention::Wrong)) => mentions.retain(|(name, ..)| name != old),
                _ => {}
            }
        }
        mentions
    }

    /// Whether a detail that seems wrong in one sentence is right in all that was said, since a pause within a name or an
    /// address is heard as the end of a sentence; or whether it is our own ears that are to blame.
    fn is_right_in_all(&self, name: &str, value: &str) -> bool {
        if !matches!(name, "user_name" | "delivery_address" | "user_address" | "address") {
            return false;
        }
        let heard = plain(&self.new);
        let item = self.briefing.details.get("item").map(String::as_str);
        if mention(name, value, &heard, &self.new, item) == Some(Mention::Right) {
            return true;
        }
        // What we have spelt and still hear otherwise was misheard by us.
        let corrected = self.times_said(&phrases::correct(self.briefing, name, value));
        let spelt = value.split_whitespace().map(|part| self.times_said(&phrases::correct_spelling(part))).sum::<usize>();
        match name {
            "user_name" => corrected + spelt > 1 || (corrected + spelt == 1 && sounds_alike(value, &heard)),
            _ => spelt > 0 && house_agrees(&plain(value), &heard),
        }
    }
}
