//! Telephone numbers in a message that are not the one to be called.

use super::extract::Reading;
use crate::{
    parse::pattern,
    template::{Kind, Template},
};
use regex::Regex;
use std::sync::LazyLock;

/// A number that is the user's own, not the one to be called.
static OWN_NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:my\s+(?:\p{L}+\s+){0,2}?(?:number|phone|cell|mobile)(?:\s+number)?(?:'s|\s+is|:)?|(?:call|ring|text|phone|contact)\s+me(?:\s+back)?(?:\s+at|\s+on)?|reach\s+me(?:\s+at|\s+on)?|callback(?:\s+number)?(?:\s+is|\s+at|:)?|i'm\s+(?:at|on)|i\s+am\s+(?:at|on))\s*[+(]?\d[\d\s().-]{6,}",
    )
});
/// A number that somebody else is to call: "they should call …". Whose it is must be asked.
static OTHERS_NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:they|he|she|anyone|somebody|someone)\s+(?:should|can|could|may|must|might|will|needs?\s+to|(?:has|have)\s+to)\s+(?:please\s+)?(?:call|ring|phone|reach|text|contact)\b(?:\s+(?:back|at|on))*\s*[+(]?\d[\d\s().-]{6,}|\b(?:call|ring|text|phone)\s+(?:when|if|once|before)\b[^.;|]{0,30}\d[\d\s().-]{6,}|[+(]?\d[\d\s().-]{6,}\d\s*(?:,\s*)?(?:ext\b|extension|x\s?\d)|\bcontact(?:\s+(?:number|phone))?(?:\s+is|:)?\s*[+(]?\d[\d\s().-]{6,}",
    )
});

impl Reading<'_> {
    /// Takes numbers that are not the one to be called: the user's own, and those of which it is not clear whose they are.
    pub(super) fn take_own_number(&mut self, template: &Template) {
        if let Some(found) = OTHERS_NUMBER.find(self.text()) {
            let range = found.range();
            self.doubt_of("I am not sure whose number that is.");
            self.cut(range);
        }
        let Some(lead) = OWN_NUMBER.find(self.text()).map(|found| found.start()) else { return };
        let Some(found) = Kind::Phone.find(&self.text()[lead..], self.here()) else { return };
        if let Some(slot) = template.slot("callback_number") {
            self.note(slot, found.value);
        }
        self.cut(lead..lead + found.range.end);
    }
}
