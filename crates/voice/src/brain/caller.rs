//! What the callee asks about whoever calls: whether it is a machine, who it is, and what it wants.

use super::words::Sentence;

/// Whether we are asked if we are a machine, or told so.
pub(super) fn asks_robot(sentence: &Sentence<'_>) -> bool {
    let asked = sentence.question
        && sentence.has(&[
            "robot",
            "a bot",
            "an ai",
            "ai",
            "machine",
            "automated",
            "computer",
            "recording",
            "recorded",
            "a human",
            "human",
            "real person",
            "live person",
            "a person",
            "actual person",
            "artificial",
            "a i",
            "are you real",
            "chatgpt",
            "siri",
            "alexa",
        ]);
    // Said of us without a question, it wants the same answer.
    let told =
        ["robot", "bot", "ai", "a i", "machine", "computer", "recording", "real person", "human", "person"].iter().any(|what| {
            [
                "sound like a",
                "sound like an",
                "sounds like a",
                "sounds like an",
                "you're a",
                "you're an",
                "you are a",
                "you are an",
            ]
            .into_iter()
            .chain([
                "you're not a",
                "you're not an",
                "you are not a",
                "aren't a",
                "talking to a",
                "talking to an",
                "speaking to a",
            ])
            .chain(["talk to a", "speak to a", "speak with a", "this is a", "just a", "a real", "talking with a", "this is an"])
            .any(|who| sentence.has(&[&format!("{who} {what}")]))
        });
    // A question is not always heard as one, nor are its words: "are your robot".
    let plain = ["prove you are human", "prove that you are human", "prove you're human", "are you human", "are you a robot"];
    let talked_of = sentence.has(&["talk", "talking", "speaking"]) && sentence.has(&["robot", "robots"]);
    asked || told || talked_of || sentence.has(&plain) || sentence.has(&["are your robot", "are you a machine"])
}

/// Whether we are asked who we are.
pub(super) fn asks_who(sentence: &Sentence<'_>) -> bool {
    sentence.has(&[
        "who is this",
        "who's this",
        "who is calling",
        "who's calling",
        "who are you",
        "who am i speaking",
        "who am i talking",
        "whom am i speaking",
        "who do i have",
        "where are you calling from",
        "on whose behalf",
    ]) && !sentence.has(&["who is this for", "who's this for"])
}

/// Whether we are asked what we want.
pub(super) fn asks_purpose(sentence: &Sentence<'_>) -> bool {
    sentence.has(&[
        "how can i help",
        "how may i help",
        "how can we help",
        "what can i do",
        "what can i help",
        "what can we do",
        "how can i assist",
        "may i help",
        "can i help",
        "can i take your order",
        "may i take your order",
        "ready to order",
        "what's your question",
        "what is your question",
        "your question",
        "go ahead",
        "what is it about",
        "what's it about",
        "what is this about",
        "what's this about",
        "regarding",
        "what do you need",
        "what would you like to know",
        "what did you want",
        "what do you want",
        "what is it",
        "what can i get",
        "what are you looking for",
        "what are you calling about",
        "reason for your call",
        "what would you like to do",
    ])
}

#[cfg(test)]
mod tests {
    use super::super::words::sentences;
    use super::*;

    #[test]
    fn whoever_asks_for_a_machine_is_understood_with_and_without_a_question_mark() {
        for asks in [
            "Am I talking to a robot?",
            "Are you real?",
            "Is this a recording?",
            "You sound like a robot.",
            "You're not a real person.",
            "I'd rather talk to a human.",
            "Wait, are you human",
            "This is a machine, isn't it?",
            "Is this one of those AI things?",
            "Wait a second, and I'm talking to Robot.",
        ] {
            assert!(sentences(asks).iter().any(asks_robot), "{asks}");
        }
        for other in ["Is a large okay?", "I'll put that into the computer.", "We have one table for a person in a wheelchair."] {
            assert!(!sentences(other).iter().any(asks_robot), "{other}");
        }
    }

    #[test]
    fn asking_who_calls_is_not_asking_for_whom_it_is() {
        assert!(sentences("Who am I speaking with?").iter().any(asks_who));
        assert!(!sentences("Who is this for?").iter().any(asks_who));
        assert!(sentences("What can I do for you?").iter().any(asks_purpose));
    }
}
