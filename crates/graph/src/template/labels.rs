//! How users speak of details when they change them: "the size", "my address".

use super::Slot;
use crate::parse::pattern;
use regex::Regex;

/// The shapes of a change that names what is changed.
#[derive(Debug)]
pub(crate) struct Labels {
    /// "change the size to medium", "the address is 14 Oak Avenue", "size: small".
    pub(crate) told: Regex,
    /// "change the size", with nothing after it.
    pub(crate) forgotten: Regex,
}

impl Labels {
    pub(crate) fn of(slots: &[Slot]) -> Self {
        let mut names: Vec<String> = slots.iter().flat_map(|slot| &slot.called).map(|name| regex::escape(name)).collect();
        // The longest first, so that "phone number" is not taken for "phone".
        names.sort_by_key(|name| std::cmp::Reverse(name.len()));
        let label = if names.is_empty() { "[^\\s\\S]".to_owned() } else { names.join("|") };
        let verb = "change|set|update|switch|correct|make|fix|edit";
        Self {
            told: pattern(&format!(
                r"(?i)(?:\b(?:{verb})\s+(?:(?:the|my|their)\s+)?|\b(?P<whose>the|my|their|its)\s+|^)(?P<label>{label})\s*(?:\b(?:to|into|is|should be|must be|has to be|will be)\b|=|:)\s*(?P<value>[^|;]+?)(?:\s*[|;]|[.!?]\s|[.!?]?$|,?\s+(?:and|but)\s+(?:the|my|change|make|set|i|deliver|it|for)\b)"
            )),
            forgotten: pattern(&format!(
                r"(?i)\b(?:{verb})\s+(?:(?:the|my|their)\s+)?(?P<label>{label})\s*(?:please)?[.!?]?\s*$"
            )),
        }
    }
}
