//! What a turn of the callee is, apart from details asked and told: a filler, a hold, a refusal, an offer, a goodbye …

use super::words::{Sentence, has};
use regex::Regex;
use std::sync::LazyLock;

/// What goes without an answer: the callee will go on.
const FILLERS: &[&str] = &[
    "just a moment",
    "just 1 moment",
    "just a second",
    "just 1 second",
    "just a minute",
    "just 1 minute",
    "just a sec",
    "1 moment",
    "1 second",
    "1 minute",
    "1 sec",
    "a moment",
    "a second",
    "hold on",
    "hang on",
    "bear with me",
    "let me see",
    "let me check",
    "let me look",
    "let me check that",
    "let me write that down",
    "let me pull that up",
    "let me take a look",
    "let me just check",
    "i'll check",
    "give me",
    "for you",
    "on that",
    "i see",
    "got it",
    "gotcha",
    "got that",
    "i got that",
    "sounds good",
    "no problem",
    "of course",
    "all right",
    "very good",
    "thank you very much",
    "thank you",
    "thanks",
    "you're welcome",
    "my pleasure",
    "okay",
    "ok",
    "sure",
    "alright",
    "right",
    "great",
    "perfect",
    "good",
    "fine",
    "wonderful",
    "excellent",
    "certainly",
    "absolutely",
    "definitely",
    "yes",
    "yeah",
    "yep",
    "yup",
    "uh",
    "um",
    "hm",
    "hmm",
    "mm",
    "mhm",
    "uh huh",
    "mm hmm",
    "huh",
    "ah",
    "oh",
    "so",
    "well",
    "and",
    "now",
    "then",
    "please",
    "hi",
    "hello there",
    "hi there",
    "good evening",
    "good morning",
    "good afternoon",
    "sir",
    "ma'am",
    "there",
    "it",
];

/// Whether nothing but fillers is said. A "no" is none.
pub(super) fn is_filler(plain: &str) -> bool {
    /// Longer ones first, so that a short one does not tear them; spaces are doubled, so that neighbours do not share one.
    static FILLERS_BY_LENGTH: LazyLock<Vec<String>> = LazyLock::new(|| {
        let mut fillers: Vec<String> = FILLERS.iter().map(|filler| format!(" {} ", filler.replace(' ', "  "))).collect();
        fillers.sort_by_key(|filler| std::cmp::Reverse(filler.len()));
        fillers
    });
    // Whatever it is that they want to do first: "let me check", and what was heard of it.
    let told = plain.rsplit_once("let me ").filter(|(_, what)| !what.contains(' ')).map_or(plain, |(told, _)| told);
    let mut rest = format!(" {} ", told.replace(' ', "  "));
    for filler in FILLERS_BY_LENGTH.iter() {
        rest = rest.replace(filler, " ");
    }
    rest.trim().is_empty()
}

/// "Hi, this is Anna from Corner Books.": who has come to the telephone, which answers nothing. A name is written large.
pub(super) fn introduces(sentence: &Sentence<'_>) -> bool {
    static INTRODUCTION: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"^(?i:(?:hi|hello|hey|good (?:morning|afternoon|evening))[ ,]*)*(?:(?i:this is|my name is|you've reached|you have reached) [A-Z]|(?:[A-Z][a-z]+ )+speaking\W*$)",
        )
        .expect("the pattern is tested")
    });
    INTRODUCTION.is_match(sentence.text.trim()) && sentence.plain.split(' ').count() <= 12
}

/// Whether somebody wants to know if we can be heard, or what we said.
pub(super) fn wants_repeat(sentence: &Sentence<'_>) -> bool {
    let phrases = [
        "repeat",
        "say that again",
        "say it again",
        "come again",
        "pardon",
        "didn't catch",
        "did not catch",
        "didn't hear",
        "can't hear",
        "cannot hear",
        "didn't get that",
        "didn't understand",
        "did not understand",
        "don't understand",
        "can't understand",
        "1 more time",
        "what was that",
        "what did you say",
        "speak up",
        "are you there",
        "still there",
        "you there",
        "breaking up",
    ];
    let repeats = sentence.has(&["let me repeat", "i'll repeat", "i repeat", "i will repeat"]);
    (sentence.has(&phrases) && !repeats)
        || matches!(sentence.plain.as_str(), "hello" | "sorry" | "what" | "excuse me" | "hello hello" | "huh")
}

/// Whether we are asked to wait, as a question.
pub(super) fn asks_to_hold(sentence: &Sentence<'_>) -> bool {
    sentence.has(&[
        "can you hold",
        "could you hold",
        "please hold",
        "hold please",
        "mind holding",
        "put you on hold",
        "would you hold",
        "hold a moment",
        "hold the line",
    ]) || (sentence.question && sentence.has(&["hold on", "wait a moment", "hang on"]))
}

/// Whether the callee asks us to confirm what they have said.
pub(super) fn asks_confirmation(sentence: &Sentence<'_>) -> bool {
    let tag = sentence.plain.split(' ').next_back().unwrap_or_default();
    sentence.question
        && (matches!(tag, "right" | "correct" | "okay" | "ok")
            || sentence.has(&[
                "is that right",
                "is that correct",
                "is this right",
                "is this correct",
                "that's right",
                "that's correct",
                "did i get that",
                "does that sound",
                "sound good",
                "sound right",
                "look right",
                "is that good",
                "all good",
                "is that fine",
            ]))
}

/// Whether the callee wants to know what they got wrong.
pub(super) fn asks_for_change(sentence: &Sentence<'_>) -> bool {
    sentence.question
        && sentence.has(&[
            "should i change",
            "what's wrong",
            "what is wrong",
            "what should it be",
            "what did i get wrong",
            "needs to be changed",
            "what is it then",
            "what was wrong",
        ])
}

/// Whether it is plain that nothing will come of it, whatever we say.
pub(super) fn is_hopeless(sentence: &Sentence<'_>) -> bool {
    !sentence.question
        && sentence.has(&[
            "wrong number",
            "we're closed",
            "we are closed",
            "don't take reservations",
            "do not take reservations",
            "don't take bookings",
            "don't take orders",
            "don't serve",
            "not interested",
            "stop calling",
            "don't deliver",
        ])
}

/// Whether the callee cannot do what we want.
pub(super) fn refuses(sentence: &Sentence<'_>) -> bool {
    let phrases = [
        "out of",
        "ran out",
        "sold out",
        "don't have",
        "do not have",
        "don't carry",
        "don't sell",
        "no longer",
        "not available",
        "unavailable",
        "isn't available",
        "aren't available",
        "fully booked",
        "booked up",
        "all booked",
        "booked out",
        "we're full",
        "are full",
        "is full",
        "no tables",
        "no table",
        "nothing available",
        "nothing free",
        "nothing open",
        "nothing left",
        "no availability",
        "don't deliver",
        "do not deliver",
        "can't deliver",
        "don't take",
        "do not take",
        "can't do",
        "cannot do",
        "can't take",
        "can't offer",
        "unable to",
        "not able to",
        "we're closed",
        "are closed",
        "is closed",
        "wrong number",
        "not possible",
        "not taking",
        "don't do",
        "only have",
        "can only",
        "could only",
        "don't accept",
        "no 1 by",
        "can't help",
    ];
    // "We don't have your address yet." is no refusal.
    let missing = sentence.has(&["your name", "your address", "your number", "your phone", "address yet", "an address"]);
    !missing && sentence.has(&phrases) && !(sentence.question && sentence.has(&["do you", "you don't have"]))
}

/// Whether the callee offers something else than what was asked for.
pub(super) fn offers_other(sentence: &Sentence<'_>) -> bool {
    sentence.has(&[
        "instead",
        "how about",
        "what about",
        "would you rather",
        "or would you",
        "alternatively",
        "only have",
        "could do",
        "can do",
        "can offer",
        "we do have",
        "but we have",
        "but i have",
        "only",
        "i have a table",
        "we have a table",
        "would that work",
        "does that work",
        "would that be okay",
        "would that be ok",
        "work for you",
        "is available",
        "is free",
        "earliest",
        "the next",
        "latest",
        "we could",
        "i could",
    ])
}

/// Whether the callee would like to sell something more.
pub(super) fn offers_more(sentence: &Sentence<'_>) -> bool {
    sentence.question
        && sentence.has(&[
            "would you like",
            "do you want",
            "did you want",
            "care for",
            "interest you",
            "can i add",
            "shall i add",
            "do you need",
            "would you care",
            "want to add",
            "would you want",
        ])
}

/// Whether it is about paying.
pub(super) fn asks_payment(sentence: &Sentence<'_>) -> bool {
    sentence.question && sentence.has(&["pay", "paying", "payment", "cash", "card", "credit card", "card number", "debit"])
}

/// Whether the callee takes leave.
pub(super) fn says_goodbye(sentence: &Sentence<'_>) -> bool {
    sentence.has(&[
        "goodbye",
        "good bye",
        "bye",
        "bye bye",
        "have a good day",
        "have a nice day",
        "have a great day",
        "have a good 1",
        "have a good evening",
        "have a great evening",
        "have a nice evening",
        "have a good night",
        "good night",
        "see you",
        "see you then",
        "see you soon",
        "take care",
        "thanks for calling",
        "thank you for calling",
    ])
}

/// Whether a machine has answered that takes messages.
pub(super) fn is_voicemail(plain: &str) -> bool {
    has(
        plain,
        &[
            "leave a message",
            "leave your message",
            "leave us a message",
            "after the tone",
            "after the beep",
            "at the tone",
            "voicemail",
            "voice mail",
            "mailbox",
            "record your message",
        ],
    )
}

/// Whether the booking or the order is said to be settled.
pub(super) fn settles(sentence: &Sentence<'_>) -> bool {
    !sentence.question
        && !refuses(sentence)
        && sentence.has(&[
            "booked",
            "you're booked",
            "is booked",
            "reserved",
            "confirmed",
            "is confirmed",
            "all set",
            "you're set",
            "have you down",
            "got you down",
            "put you down",
            "you're down",
            "see you",
            "see you then",
            "it's done",
            "i can do that",
            "we can do that",
            "that works",
            "that's fine",
            "reservation is",
            "booking is",
            "your table",
            "is available",
            "your reservation",
            "your booking",
            "we'll have",
            "i've got you",
            "i have you",
            "look forward",
            "looking forward",
            "expect you",
            "in the book",
        ])
}

/// Whether a change of a booking is said to be made.
pub(super) fn is_changed(sentence: &Sentence<'_>, change: &str) -> bool {
    let done: &[&str] = match change {
        // The end of the word is easily lost before a pause.
        "cancel" => &["cancelled", "canceled", "is cancel", "been cancel"],
        "move" => &["moved", "rescheduled", "changed", "booked", "see you"],
        _ => &["changed", "updated", "noted", "done"],
    };
    !sentence.question
        && !refuses(sentence)
        && sentence.has(done)
        && !sentence.has(&["not", "should", "so i", "you want", "i will"])
}

#[cfg(test)]
mod tests {
    use super::super::words::{plain, sentences};
    use super::*;

    #[test]
    fn fillers_are_left_alone() {
        for filler in [
            "Sure.",
            "Okay,",
            "One moment, please.",
            "Let me check that for you.",
            "Hold on a second.",
            "Okay, got it. Thank you.",
            "One moment, let me catch.",
            "Mm-hmm.",
        ] {
            assert!(is_filler(&plain(filler)), "{filler}");
        }
        for words in ["No.", "Okay, what size?", "We have oat milk.", "Thirty minutes."] {
            assert!(!is_filler(&plain(words)), "{words}");
        }
    }

    #[test]
    fn remarks_are_told_apart() {
        let one = |text| sentences(text).remove(0);
        for said in ["Hi, this is Anna from Corner Books.", "My name is Tom.", "Good morning, Anna speaking."] {
            assert!(introduces(&one(said)), "{said}");
        }
        assert!(!introduces(&one("This is closed on Sundays.")));
        assert!(refuses(&one("Sorry, we're out of pepperoni.")) && refuses(&one("We are fully booked on Saturday.")));
        assert!(!refuses(&one("I don't have your address yet.")) && !refuses(&one("Do you have an address?")));
        assert!(wants_repeat(&one("Sorry?")) && wants_repeat(&one("Could you say that again?")));
        assert!(asks_to_hold(&one("Can you hold for a minute?")));
        assert!(offers_more(&one("Would you like a drink with that?")));
        assert!(settles(&one("You're all set for Saturday.")) && !settles(&one("Is that confirmed?")));
        for done in ["The table is cancelled.", "Your reservation at seven p. M. is cancel."] {
            assert!(sentences(done).iter().any(|sentence| is_changed(sentence, "cancel")), "{done}");
        }
        assert!(!is_changed(&one("So I cancel the table, under the name Maria Lopez."), "cancel"));
        assert!(!is_changed(&one("What is it that you want to cancel?"), "cancel"));
        assert!(is_voicemail(&plain("Please leave a message after the tone.")));
    }
}
