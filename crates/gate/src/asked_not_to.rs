//! Whether a callee asks not to be called again.

use regex::Regex;
use std::sync::LazyLock;

static ASKS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?ix)
        \b(?:do\s+not|don['’]?t|never|stop)\s+(?:ever\s+)?(?:call|calling|phone|phoning|ring|ringing|contact|contacting)
            (?:\s+(?:me|us|here|this\s+(?:number|place|business)|our\s+number))?
            (?:\s+(?:again|any\s*more|ever(?:\s+again)?|back))?\s*(?:[.,!?;]|$)
      | \b(?:take|remove|delete)\s+(?:me|us|this\s+number|our\s+number|my\s+number)\s+(?:off|from)\b
      | \bdo[\s-]not[\s-]call\s+list\b",
    )
    .expect("the pattern is tested")
});
/// "Don't call before ten", "don't call me back, I'll call you": no refusal of all calls.
static ONLY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\bcall(?:ing)?\s+(?:me\s+|us\s+)?back\b|\b(?:didn['’]?t|did not|haven['’]?t)\b")
        .expect("the pattern is tested")
});

/// Whether what a callee has said asks that this number be never called again.
pub fn asks_not_to_be_called(said: &str) -> bool {
    ASKS.is_match(said) && !ONLY.is_match(said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_wish_is_understood() {
        for said in [
            "Don't call here again.",
            "Please do not call this number anymore!",
            "Stop calling us.",
            "And never call me again, okay?",
            "Take us off your list.",
            "Please remove this number from your list",
            "Put us on your do not call list.",
        ] {
            assert!(asks_not_to_be_called(said), "{said}");
        }
    }

    #[test]
    fn other_words_about_calling_are_not_taken_for_it() {
        for said in [
            "Don't call before ten, we are closed.",
            "You don't have to call again.",
            "Please call again later.",
            "Don't call me back, I'll call you.",
            "I did not call you.",
            "If it's late, don't hesitate to call us.",
            "We stop taking calls at nine.",
        ] {
            assert!(!asks_not_to_be_called(said), "{said}");
        }
    }
}
