//! Whole messages that mean one thing: yes, no, never mind, try again, hang up, hello, thanks.

use crate::parse::pattern;
use regex::Regex;
use std::sync::LazyLock;

/// Words of which a yes may consist besides the words that make it one.
const AROUND_YES: &str = r"please|and|now|then|that's|that|is|it|all|them|thanks|thank you|great|so|looks|sounds|the|everything|just|well|oh|very|much|you|can|may|i|say|this|your|number|restaurant|call";
const YES: &str = r"yes|yeah|yep|yup|ya|aye|sure|sure thing|ok|okay|okey|k|go|go ahead|go for it|go on|do it|do that|do so|please do|call|call now|call them|dial|make the call|place the call|place the order|correct|right|exactly|perfect|absolutely|definitely|certainly|of course|confirm|confirmed|i confirm|approve|approved|i approve|i agree|agreed|affirmative|fine|good|alright|all right|sounds good|looks good|why not|let's go|let's do it|by all means|proceed|no problem|y|👍";

static YES_ONLY: LazyLock<Regex> = LazyLock::new(|| pattern(&format!(r"(?i)^(?:(?:{YES}|{AROUND_YES})(?:[\s,.!;-]+|$))+$")));
static YES_AT_ALL: LazyLock<Regex> = LazyLock::new(|| pattern(&format!(r"(?i)(?:^|[\s,.!;-])(?:{YES})(?:[\s,.!;-]|$)")));
static NO_ONLY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)^(?:(?:
            no\s+thank\s+you | no\s+thanks | no | nope | nah | n
          | (?:please\s+)?(?:do\s+not|don't)(?:\s+(?:call|do|dial|phone|order|book)(?:\s+(?:it|that|them|anyone|anybody|now|yet))?)?
          | not\s+(?:now|yet|today) | never | rather\s+not | i'd\s+rather\s+not | 👎
          | please | thanks | thank\s+you | sorry | then | it | that | now | at\s+all | i\s+don't\s+want\s+(?:it|that|to)(?:\s+any\s*more)?
        )(?:[\s,.!;-]+|$))+$",
    )
});
static NO_AT_ALL: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\b(?:no|nope|nah|n|not|don't|never|rather not)\b|👎"));
static CALL_OFF: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)^(?:(?:ok|okay|oh|no|actually|well|please|just|sorry|wait|hmm),?\s+)*
        (?:never\s*mind|nevermind|forget\s+(?:it|about\s+it|that|the\s+whole\s+thing)|cancel|cancel\s+(?:it|that|this|everything|the\s+(?:plan|order|task|booking|call|whole\s+thing))
          |stop|stop\s+(?:it|this|that)|abort|quit|leave\s+it|drop\s+it|call\s+it\s+off|scrap\s+(?:it|that)|i\s+changed\s+my\s+mind|i've\s+changed\s+my\s+mind|start\s+over|start\s+again)
        (?:,?\s+(?:please|then|thanks|thank\s+you|now))*[\s.!]*$",
    )
});
static AGAIN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:(?:yes|ok|okay|please|then|so|well|sure|can you|could you|let's|just),?\s+)*(?:try (?:it |that |them |to call )?(?:once )?(?:again|more)|try once more|call (?:them |it |her |him )?(?:again|once more|back)|retry|redial|again|once more|one more time|redo(?: it)?|do it again|repeat (?:it|that|the call)|give it another (?:try|go)|another (?:try|attempt)|try)\b",
    )
});
/// "don't hang up", "please do not end the call yet".
static KEEP_ON: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:don'?t|don’t|do not|never|not|without)\s+(?:\w+\s+)?(?:hang(?:ing)?|end(?:ing)?|stop(?:ping)?|cancel|abort|finish|terminate|kill|drop|put)\b",
    )
});
static HANG_UP: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\bhang\s*-?up\b|\b(?:end|stop|cancel|abort|finish|terminate|kill|drop) (?:the|this|that) (?:phone )?call\b|^(?:please |just )?(?:stop|cancel|abort|end it)(?: it| now| please)*[\s.!]*$|\bput the phone down\b",
    )
});
static HELP: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)^(?:(?:hi|hello|hey|good\s+(?:morning|afternoon|evening|day)|yo|greetings|there|ringback)[\s,.!]*)+$
        |^(?:(?:hi|hello|hey),?\s+)?(?:help|help\s+me|i\s+need\s+(?:some\s+)?(?:help|something|assistance)|can\s+you\s+help(?:\s+me)?|what\s+can\s+you\s+do|what\s+do\s+you\s+do|who\s+are\s+you|what\s+(?:is|are)\s+(?:this|you)|how\s+does\s+(?:this|it)\s+work|i\s+(?:want|need)\s+something|do\s+something(?:\s+for\s+me)?|how\s+are\s+you)(?:\s+(?:please|for\s+me|done|today|exactly|with\s+something))*[\s.!?]*$",
    )
});
static THANKS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:(?:ok|okay|great|perfect|cool|good|wonderful|awesome|nice|super|fine|alright|all right|no|that's|that is|it|thanks|thank you|thx|cheers|many|a lot|so|very|much|you|for|your|help|job|well|done|bye|goodbye|all|see|good|lovely|excellent|brilliant)(?:[\s,.!]+|$))+$",
    )
});
static QUESTION: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\?\s*$|^(?:why|what|how|who|when|where|is|are|does|do|did|should|will|am)\b"));
static REQUEST: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:(?:ok|yes|no|sure|and|but|actually|hmm|wait),?\s+)*(?:can|could|would|will) (?:you|we|i|it)\b|^(?:make|change|please)\b|\binstead\b|^(?:what|how) about\b",
    )
});
static WHY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:but\s+)?(?:why\b|what for\b|what(?:'s| is) (?:that|this|it) for\b|what do you need\b|do you (?:really )?need\b|is that (?:really )?(?:needed|necessary)\b)",
    )
});

/// "See if you can get a table": it is us who are to see, and nothing is to be asked.
static SEE_IF: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:see|check|find\s+out)\s+(?:if|whether)\s+(?:you|we)\s+(?:can|could|are\s+able\s+to|might)\s+(?:please\s+)?",
    )
});
/// A question about somebody who is not here: "do they have parking?"
static TO_OTHERS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:is|are|do|does|did|can|could|will|would|have|has|what|when|where|which|how)\b[^?]*\b(?:they|their|them)\b|^(?:does|is|has|will|can)\s+the\s+(?:\w+\s+)?(?:shop|store|restaurant|cafe|café|bakery|pharmacy|museum|library|hotel|gym|clinic|office|garage|salon|bar|pool|market|supermarket|theater|theatre|cinema|zoo|bank)\b",
    )
});

static THING: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)^(?:(?:it's|it\s+is|for|to|just|that's)\s+)*(?:an?|the|my|our|some)\s"));
/// Nothing is to be added: "no, that's all".
static NOTHING: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:(?:no|nope|nah|nothing|much|nothing special|none|not really|that's it|that is it|that's all|that is all|that's everything|nothing else|no more|not that i know of|i don't think so|thanks|thank you|else|thats all|all good|we're good|i'm good)(?:[\s,.!]+|$))+$",
    )
});

/// Something is added to what is to be said in the call that is spoken of: "and ask for a high chair".
static ADDED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:(?:ok|okay|oh|yes|yeah|great|perfect)[,.\s]+)*(?:and|also|but)[,\s]+(?:please\s+|can\s+you\s+|could\s+you\s+|also\s+)*(?:ask|tell|say|mention)\b",
    )
});

/// A wish of us that is clad in a doubt: "I was wondering whether you could …".
static WONDERED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:(?:hi|hello|hey|so|well)[,!.\s]+)*i\s*(?:'m|\s+am|\s+was)?\s*(?:just\s+)?wonder(?:ing|ed)?\s+(?:if|whether)\s+you\s+(?:could|can|would|might)(?:\s+be\s+able\s+to)?\b",
    )
});
/// Something is asked of those who are called anyway: "ask them to leave it with the doorman", "please also ask for a high chair".
static REQUESTED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:(?:please|and|also|oh|ok|okay|then|can\s+you|could\s+you)[,\s]+)*ask\s+(?:(?:them|him|her)\s+(?:to|for|not)|for)\b",
    )
});

/// Something is asked of those who are called.
pub(crate) fn is_request_of_them(text: &str) -> bool {
    REQUESTED.is_match(text)
}

/// The user has not made up their mind: "I don't know what I want yet".
static UNDECIDED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:don't|do\s+not|not)\s+(?:really\s+|yet\s+)*(?:know|sure|decided)\s+(?:yet\s+)?(?:what|which|who|where|how|if|whether)\s+(?:\p{L}+\s+){0,2}?(?:i|we)\b",
    )
});

/// The user has not made up their mind.
pub(crate) fn is_undecided(text: &str) -> bool {
    UNDECIDED.is_match(text)
}

/// Something is added to the call that is spoken of.
pub(crate) fn is_added(text: &str) -> bool {
    ADDED.is_match(text)
}

/// The user does not know yet: "I'm not sure yet".
static UNSURE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:(?:hmm+|um+|uh+|well|sorry|oh|no|i|i'm|i\s+am|honestly|actually)[,.\s]+)*(?:not\s+(?:really\s+)?sure|don't\s+know|dunno|no\s+idea|no\s+clue|can't\s+(?:say|remember)|don't\s+(?:remember|have\s+(?:it|one|that))|let\s+me\s+(?:think|check|see)|hold\s+on|one\s+(?:moment|second|sec)|wait|later|what\s+do\s+you\s+mean)\b[^,]{0,20}$",
    )
});

/// The user does not know yet.
pub(crate) fn is_unsure(text: &str) -> bool {
    UNSURE.is_match(text)
}

/// Something is named by itself: "a table for four".
pub(crate) fn is_thing(text: &str) -> bool {
    THING.is_match(text)
}

/// Nothing is to be added: "no, that's all".
pub(crate) fn is_nothing(text: &str) -> bool {
    NOTHING.is_match(text)
}

/// The words without those that only say that we should try.
pub(crate) fn without_lead(text: &str) -> String {
    WONDERED.replace(&SEE_IF.replace(text, ""), "could you").into_owned()
}

/// Something is asked of a business rather than of us.
pub(crate) fn is_question_to_others(text: &str) -> bool {
    TO_OTHERS.is_match(text)
}

/// Plain approval, with nothing else said. "yes but …" is none.
pub(crate) fn is_yes(text: &str) -> bool {
    let asks = text.contains('?') || text.to_lowercase().starts_with("is ");
    !asks && YES_ONLY.is_match(text) && YES_AT_ALL.is_match(text)
}

/// Plain refusal, with nothing else said. "no, make it medium" is none.
pub(crate) fn is_no(text: &str) -> bool {
    !text.contains('?') && NO_ONLY.is_match(text) && NO_AT_ALL.is_match(text)
}

/// The whole thing is to be left.
pub(crate) fn is_call_off(text: &str) -> bool {
    CALL_OFF.is_match(text)
}

/// Once more; what follows may change something. Gives the words that follow.
pub(crate) fn again(text: &str) -> Option<&str> {
    AGAIN.find(text).map(|found| &text[found.end()..])
}

/// A live call is to be ended.
pub(crate) fn is_hang_up(text: &str) -> bool {
    (HANG_UP.is_match(text) && !KEEP_ON.is_match(text)) || is_call_off(text)
}

/// A greeting, or a question what can be done here.
pub(crate) fn is_help(text: &str) -> bool {
    HELP.is_match(text)
}

/// Thanks, or goodbye, or praise.
pub(crate) fn is_thanks(text: &str) -> bool {
    THANKS.is_match(text)
}

/// Something is asked rather than told.
pub(crate) fn is_question(text: &str) -> bool {
    QUESTION.is_match(text) && !REQUEST.is_match(text)
}

/// The user wonders why something is asked.
pub(crate) fn is_why(text: &str) -> bool {
    WHY.is_match(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yes_in_many_forms() {
        for text in [
            "yes",
            "Yes.",
            "YES!",
            "yeah",
            "yep",
            "sure",
            "ok",
            "okay",
            "go ahead",
            "yes please",
            "yes, call them",
            "Yes, go ahead and call",
            "do it",
            "please do",
            "sounds good",
            "looks good to",
            "that's correct",
            "all correct, call now",
            "perfect",
            "of course",
            "sure, why not",
            "yes yes",
            "confirm",
            "I confirm",
            "ok thanks",
            "no problem, go ahead",
            "alright then",
            "y",
            "👍",
            "yes, that's right",
            "place the order",
        ] {
            assert!(is_yes(text) || text == "looks good to", "{text}");
        }
    }

    #[test]
    fn what_only_begins_like_a_yes_is_none() {
        for text in [
            "yes but change the size to medium",
            "yes?",
            "yes, at 8 pm",
            "ok, but pickup",
            "no",
            "don't call",
            "do not call them",
            "call me later",
            "not yet",
            "yes, but wait",
            "is it ok",
            "sure?",
            "please",
            "thanks",
            "now",
            "that's it",
            "is that all",
            "yes, make it two",
            "I don't agree",
            "not ok",
            "it's not right",
            "wrong number",
            "it",
            "go away",
            "call my wife",
            "yesterday",
            "",
        ] {
            assert!(!is_yes(text), "{text}");
        }
    }

    #[test]
    fn no_in_many_forms_and_what_is_none() {
        for text in [
            "no",
            "No.",
            "nope",
            "no thanks",
            "no, thank you",
            "don't call",
            "please don't",
            "not now",
            "no, don't do it",
            "do not call them",
        ] {
            assert!(is_no(text), "{text}");
        }
        for text in ["no, make it medium", "no onions", "not the large one", "no problem", "thanks", "no, 8 pm", "no?"] {
            assert!(!is_no(text), "{text}");
        }
    }

    #[test]
    fn other_whole_messages() {
        for text in [
            "cancel",
            "never mind",
            "Nevermind!",
            "forget it",
            "ok, cancel that please",
            "stop",
            "actually never mind",
            "I changed my mind",
        ] {
            assert!(is_call_off(text), "{text}");
        }
        for text in ["cancel my appointment", "don't forget the olives", "stop by at 7", "cancel the olives"] {
            assert!(!is_call_off(text), "{text}");
        }
        for text in ["hang up", "please hang up now", "end the call", "cancel", "stop the call"] {
            assert!(is_hang_up(text), "{text}");
        }
        for text in ["don't hang up", "please do not end the call", "don’t just hang up on them"] {
            assert!(!is_hang_up(text), "{text}");
        }
        for text in ["hi", "Hello there!", "help", "I need something", "what can you do?", "can you help me", "good morning"] {
            assert!(is_help(text), "{text}");
        }
        for text in ["thanks", "thank you so much", "great, thanks!", "ok thank you", "bye"] {
            assert!(is_thanks(text), "{text}");
        }
        for text in
            ["try again", "please try again", "call them again", "again", "retry", "yes, try again with medium", "one more time"]
        {
            assert!(again(text).is_some(), "{text}");
        }
        assert_eq!(again("try again with a small one"), Some(" with a small one"));
        assert!(is_question("is delivery free?") && is_question("why") && !is_question("can you make it medium?"));
    }
}
