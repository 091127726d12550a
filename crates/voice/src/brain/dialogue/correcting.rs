//! What the callee has understood is compared with the briefing, and what is wrong is set right.

use super::super::compare::{Mention, house_agrees, mention, misheard_part, misheard_street};
use super::super::phrases;
use super::super::words::{Sentence, has, plain};
use super::Dialogue;

impl Dialogue<'_> {
    /// What is to be changed, in full: only what was wrong, because the rest was understood, and could be misheard now.
    pub(super) fn set_right(&self) -> Vec<String> {
        let last = plain(self.last.unwrap_or_default());
        let corrected = |words: &str| has(&last, &[&plain(words)]);
        let mut say = Vec::new();
        for (name, value) in &self.briefing.details {
            let whole = phrases::correct(self.briefing, name, value);
            let spelt = value.split_whitespace().find(|part| {
                [phrases::correct_spelling(part), phrases::correct_by_alphabet(part)].iter().any(|said| corrected(said))
            });
            if spelt.is_none() && !corrected(&whole) {
                continue;
            }
            let full = phrases::capital(whole.strip_prefix("No, ").unwrap_or(&whole));
            // What was spelt and is asked for again was not understood as letters.
            say.push(match spelt {
                Some(part) if self.times_said(&full) > 1 => format!("{full} {}", phrases::by_alphabet(part)),
                Some(_) | None => full,
            });
        }
        if say.is_empty() {
            say.push(phrases::restate(self.briefing));
        }
        say
    }

    /// What to say against a detail that was misunderstood; a word that only sounds otherwise is spelt.
    pub(super) fn correction(&self, name: &str, value: &str) -> String {
        let whole = phrases::correct(self.briefing, name, value);
        let part = match name {
            "user_name" => misheard_part(value, &self.new),
            "delivery_address" | "user_address" | "address" if self.times_said(&whole) > 0 => misheard_street(value, &self.new),
            _ => None,
        };
        match part {
            Some(part) if self.times_said(&phrases::correct_spelling(part)) > 0 => phrases::correct_by_alphabet(part),
            Some(part) => phrases::correct_spelling(part),
            None => whole,
        }
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

    /// The name once more, where what was heard of it is let be only because it was hard to hear: they may have it wrong.
    pub(super) fn name_in_doubt(&self, sentence: &Sentence<'_>) -> Option<String> {
        let name = self.briefing.details.get("user_name").filter(|_| self.is_new_doubted())?;
        let heard = mention("user_name", name, &sentence.plain, sentence.text, None);
        (heard == Some(Mention::Wrong)).then(|| phrases::tell(self.briefing, "user_name", name))
    }

    /// Something of what was said last was hard to hear.
    fn is_new_doubted(&self) -> bool {
        self.doubts.iter().any(|doubt| self.new.contains(doubt.text.as_str()))
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
        // What we have spelt in two ways and still hear otherwise was misheard by us.
        let corrected = self.times_said(&phrases::correct(self.briefing, name, value));
        let times = |say: fn(&str) -> String| value.split_whitespace().map(|part| self.times_said(&say(part))).sum::<usize>();
        let (spelt, by_alphabet) = (times(phrases::correct_spelling), times(phrases::correct_by_alphabet));
        match name {
            // A name that is hard to hear may be right already.
            "user_name" => corrected + spelt + by_alphabet > usize::from(!self.is_new_doubted()),
            _ => by_alphabet > 0 && house_agrees(&plain(value), &heard),
        }
    }
}
