//! What is to be asked or passed on, turned so that it can be said to the callee.

use super::{pattern, tidy};
use regex::Regex;
use std::sync::LazyLock;

const AUXILIARY: &str = "do|does|did|are|is|was|were|can|could|will|would|have|has|should|may|am";

static LEAD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)^(?:
            (?:please|and|to|well|ok|okay)\b[,]?\s*
          | (?:can|could|would|will)\s+you\s+(?:please\s+)?(?:ask|find|check|see|call)\b\s*
          | (?:i(?:'d|\s+would)\s+like|i\s+want|i\s+need)\s+(?:you\s+)?to\s+(?:know|ask|find\s+out|check)\b\s*
          | i\s+wonder\b\s*
          | (?:ask|find\s+out|check|see|inquire|enquire)(?:\s+(?:with|of))?(?:\s+(?:them|him|her))?\b[:,]?\s*
        )",
    )
});
static DIRECT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?i)^(?:(?:{AUXILIARY})|(?:what|when|where|who|how)'s|(?:what|when|where|which|who|why|how)(?:\s+\S+){{0,3}}?\s+(?:{AUXILIARY}))\s"
    ))
});
static INDIRECT: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)^(?:what|when|where|which|who|why|how)\b"));
static WHETHER: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)^(?:if|whether)\s+(?P<rest>.+)$"));
static THEY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:they|you)(?:(?P<are>'re|\s+are)|\s+(?P<aux>can|could|will|would|should|may|were)|'(?P<ll>ll)|(?P<got>(?:'ve|\s+have)\s+got))?\s+(?P<rest>.+)$",
    )
});
static COMPOUND: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)\b(?:and|or)\s+(?:if|whether|how|what|when|where|which|who|why)\b|,\s*(?:how|what|when|where|which)\b")
});
/// What follows "they" and cannot be turned round without changing its verb: a past, a negation, another auxiliary.
static NOT_PLAIN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:(?:still|also|already|ever|only|really|even|always|actually|just|never)\s+)?(?:\p{L}+(?:ed|n't)|'ve|'d|'s|have\s+(?:already\s|(?:\p{L}+ed|taken|given|been|seen|spoken|written|chosen|broken|forgotten)\s)|might|must|got|had|did|sold|sent|made|took|left|found|kept|saw|forgot|changed|never|not|could|would|can)\b",
    )
});
static THERE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)^(?P<what>there|it|that)(?:\s+(?P<be>is|are)|'s)\s+(?P<rest>.+)$"));
static DO_YOU: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)^(?P<aux>do|are|can|could|will|would|have) you\s+(?P<rest>.+)$"));
static WH_DO_YOU: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)^(?P<wh>(?:what|when|where|which|how)(?:\s+\S+){0,3}?)\s+(?P<aux>do|are|can|will) you\s+(?P<rest>.+)$")
});
/// "does Tony's deliver": the callee is Tony's.
static DOES_IT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^[Dd]oes (?:(?:the )?\p{Lu}\S*|it|\||the (?:\p{Ll}+ )?(?:shop|store|restaurant|cafe|bakery|pharmacy|museum|library|hotel|gym|clinic|office|garage|salon|bar|pool|market|theater|theatre|cinema|zoo|bank|place)(?: (?:on|in|at) (?:the )?\p{Lu}\S*(?: \p{Lu}\S*)*)?) ",
    )
});
/// "is Tony's open": the same.
static IS_IT: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[Ii]s (?:the )?\p{Lu}\S*(?: \p{Lu}\S*)* (?P<what>open|closed)\b"));
/// "if Sunrise Bakery makes cakes": the callee is that bakery.
static NAMED_DOES: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:[Tt]he )?\p{Lu}\S*(?: \p{Lu}\S*)* (?P<verb>makes|sells|does|has|offers|delivers|takes|serves|accepts|closes|opens|repairs|rents)\s+(?P<rest>.+)$",
    )
});
static COULD_YOU_TELL: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)^could you tell me\s+(?P<rest>.+)$"));
static ERRAND_VERB: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:tell|ask|let|cancel|confirm|reschedule|move|change|say|remind|check|find|return|make|arrange|thank|report|request|schedule|pick|book|order|invite|leave)\b",
    )
});

/// A text that ought to be a question to the callee, as one that can be asked: "if they have oat milk" → "Do you have oat milk?"
pub fn read(text: &str) -> Result<String, String> {
    let mut words = tidy(text);
    loop {
        let shorter = tidy(&LEAD.replace(&words, ""));
        if shorter == words {
            break;
        }
        words = shorter;
    }
    let words = words.trim_end_matches(['?', '.', '!', ' ']).to_owned();
    if words.chars().filter(|c| c.is_alphabetic()).count() < 3 {
        return Err("I did not find a question there. For example: do they have oat milk?".into());
    }
    let words = DOES_IT.replace(&words, "do you ").into_owned();
    let words = IS_IT.replace(&words, "are you $what").into_owned();
    let asked = if let Some(found) = WHETHER.captures(&words) {
        whether(&found["rest"])
    } else if DIRECT.is_match(&words) && !subject_first(&words) {
        words
    } else if INDIRECT.is_match(&words) {
        format!("could you tell me {words}")
    } else if let Some(topic) = words.strip_prefix("for ") {
        format!("could you tell me {topic}")
    } else if ["about ", "the ", "their ", "your "].iter().any(|start| words.to_lowercase().starts_with(start)) {
        format!("could you tell me {words}")
    } else {
        format!("could you tell me about {words}")
    };
    Ok(format!("{}?", capital(&to_you(&asked))))
}

/// A question in a form that follows "I would like to": "ask whether you have oat milk".
pub fn indirect(question: &str) -> String {
    let question = question.trim_end_matches('?');
    let short = if let Some(found) = COULD_YOU_TELL.captures(question) {
        format!("know {}", &found["rest"])
    } else if let Some(found) = DO_YOU.captures(question) {
        match found["aux"].to_lowercase().as_str() {
            "do" => format!("ask whether you {}", &found["rest"]),
            aux => format!("ask whether you {aux} {}", &found["rest"]),
        }
    } else if let Some(found) = WH_DO_YOU.captures(question) {
        let wh = found["wh"].to_lowercase();
        match found["aux"].to_lowercase().as_str() {
            "do" => format!("ask {wh} you {}", &found["rest"]),
            aux => format!("ask {wh} you {aux} {}", &found["rest"]),
        }
    } else {
        format!("ask a question: {question}")
    };
    shortened(&short)
}

/// An errand in a form that follows "I would like to": "tell them I'll be late" → "tell you they will be late".
pub fn errand(instructions: &str) -> String {
    let words = tidy(instructions);
    if !ERRAND_VERB.is_match(&words) || words.contains(['?', '|']) || words.chars().count() > 160 || words.contains(". ") {
        return "pass on a message".into();
    }
    let third: Vec<String> = words
        .split(' ')
        .enumerate()
        .map(|(place, word)| {
            let (core, tail) = word.split_at(word.trim_end_matches([',', '.', ';']).len());
            let said = match core.to_lowercase().as_str() {
                "them" | "him" | "her" if place == 1 => "you",
                "i" => "they",
                "i'm" => "they are",
                "i'll" => "they will",
                "i've" => "they have",
                "i'd" => "they would",
                "my" => "their",
                "me" => "them",
                "mine" => "theirs",
                "we" => "they",
                "we're" => "they are",
                "we'll" => "they will",
                "our" => "their",
                "us" => "them",
                _ if place == 0 => return format!("{}{tail}", core.to_lowercase()),
                _ => core,
            };
            format!("{said}{tail}")
        })
        .collect();
    shortened(&third.join(" ").replace("they am ", "they are ").replace("they was ", "they were "))
}

/// "how long the wait is": an indirect question, though it has a verb.
fn subject_first(words: &str) -> bool {
    const SUBJECTS: [&str; 13] = ["the", "a", "an", "my", "your", "their", "they", "it", "this", "that", "there", "i", "we"];
    let lower = words.to_lowercase();
    let mut after = lower.split(' ').skip(1);
    let is_verb = |word: &str| AUXILIARY.split('|').any(|verb| verb == word);
    let contracted = lower.split(' ').next().is_some_and(|first| first.ends_with("'s"));
    INDIRECT.is_match(words)
        && !contracted
        && match (after.next(), after.next()) {
            (Some(first), _) if SUBJECTS.contains(&uncontracted(first)) => true,
            (Some(first), Some(second)) => !is_verb(first) && (SUBJECTS.contains(&uncontracted(second)) || modal_last(&lower)),
            (_, _) => false,
        }
}

/// "they'll" begins with "they".
fn uncontracted(word: &str) -> &str {
    word.split('\'').next().unwrap_or(word)
}

/// "how much 200 flyers would cost": behind the verb stands no subject, since it stands before it.
fn modal_last(lower: &str) -> bool {
    const MODALS: [&str; 6] = ["would", "will", "can", "could", "should", "may"];
    const SUBJECTS: [&str; 15] =
        ["they", "you", "i", "we", "it", "he", "she", "there", "the", "a", "an", "my", "our", "your", "their"];
    let words: Vec<&str> = lower.split(' ').collect();
    let verb = words.iter().position(|word| AUXILIARY.split('|').any(|verb| verb == *word));
    let Some((at, after)) = verb.and_then(|at| Some((at, words.get(at + 1)?))) else { return false };
    at > 2 && MODALS.contains(&words[at]) && !SUBJECTS.contains(after)
}

fn whether(rest: &str) -> String {
    // "they can deliver and how much it is": two questions in one stay as they are.
    if COMPOUND.is_match(rest) {
        return format!("could you tell me whether {rest}");
    }
    if let Some(found) = THEY.captures(rest) {
        let said = &found["rest"];
        return match (found.name("are"), found.name("aux"), found.name("ll").or(found.name("got"))) {
            (Some(_), _, _) => format!("are you {said}"),
            (_, Some(aux), _) => format!("{} you {said}", aux.as_str()),
            (_, _, Some(_)) if found.name("got").is_some() => format!("have you got {said}"),
            (_, _, Some(_)) => format!("will you {said}"),
            (None, None, None) if NOT_PLAIN.is_match(said) => format!("could you tell me whether {rest}"),
            (None, None, None) => format!("do you {said}"),
        };
    }
    if let Some(short) = rest.strip_prefix("they've ").or(rest.strip_prefix("they'd ")) {
        return format!("could you tell me whether you {} {short}", if rest.starts_with("they've") { "have" } else { "would" });
    }
    if let Some(found) = NAMED_DOES.captures(rest) {
        let (verb, rest) = (&found["verb"], &found["rest"]);
        return match verb {
            "has" => format!("do you have {rest}"),
            "does" => format!("do you do {rest}"),
            other => format!("do you {} {rest}", other.strip_suffix('s').unwrap_or(other)),
        };
    }
    if let Some(found) = THERE.captures(rest) {
        let be = found.name("be").map_or("is", |be| be.as_str());
        return format!("{be} {} {}", &found["what"], &found["rest"]);
    }
    format!("could you tell me whether {rest}")
}

/// The callee is spoken to, not of.
fn to_you(text: &str) -> String {
    text.split(' ')
        .map(|word| match word.to_lowercase().as_str() {
            "they" | "them" => "you",
            "their" => "your",
            "theirs" => "yours",
            "they're" => "you're",
            "they'll" => "you'll",
            "they've" => "you've",
            _ => word,
        })
        .collect::<Vec<_>>()
        .join(" ")
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// A goal has to fit into one short sentence.
fn shortened(text: &str) -> String {
    const GOAL_MAX: usize = 240;
    if text.chars().count() <= GOAL_MAX {
        return text.to_owned();
    }
    let cut: String = text.chars().take(GOAL_MAX).collect();
    cut.rsplit_once(' ').map_or(cut.clone(), |(whole, _)| whole.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_are_turned_to_the_callee() {
        for (text, question, goal) in [
            ("if they have oat milk", "Do you have oat milk?", "ask whether you have oat milk"),
            ("ask them whether they're open on Sunday", "Are you open on Sunday?", "ask whether you are open on Sunday"),
            ("do they have oat milk?", "Do you have oat milk?", "ask whether you have oat milk"),
            ("what time do they close", "What time do you close?", "ask what time you close"),
            ("what time they close", "Could you tell me what time you close?", "know what time you close"),
            ("whether they can cater for twenty", "Can you cater for twenty?", "ask whether you can cater for twenty"),
            ("if they've got skis", "Have you got skis?", "ask whether you have got skis"),
            (
                "if they received my parcel",
                "Could you tell me whether you received my parcel?",
                "know whether you received my parcel",
            ),
            ("if there is parking", "Is there parking?", "ask a question: Is there parking"),
            ("how much is a large pizza?", "How much is a large pizza?", "ask a question: How much is a large pizza"),
            ("does Tony's deliver?", "Do you deliver?", "ask whether you deliver"),
            ("Is Tony's open on Sunday?", "Are you open on Sunday?", "ask whether you are open on Sunday"),
            ("if Sunrise Bakery makes birthday cakes", "Do you make birthday cakes?", "ask whether you make birthday cakes"),
            (
                "how long the wait is at the clinic",
                "Could you tell me how long the wait is at the clinic?",
                "know how long the wait is at the clinic",
            ),
            ("what are the opening hours", "What are the opening hours?", "ask a question: What are the opening hours"),
            ("their opening hours", "Could you tell me your opening hours?", "know your opening hours"),
            ("oat milk", "Could you tell me about oat milk?", "know about oat milk"),
        ] {
            assert_eq!(read(text).as_deref(), Ok(question), "{text}");
            assert_eq!(read(question).as_deref(), Ok(question), "read again: {question}");
            assert_eq!(indirect(question), goal);
        }
        assert!(read("?").unwrap_err().contains("oat milk"));
    }

    #[test]
    fn errands_follow_i_would_like_to() {
        for (text, goal) in [
            ("tell them I'll be ten minutes late", "tell you they will be ten minutes late"),
            ("Cancel my appointment on Friday.", "cancel their appointment on Friday"),
            ("let them know that I'm on my way", "let you know that they are on their way"),
            ("The car is ready.", "pass on a message"),
        ] {
            assert_eq!(errand(text), goal);
        }
    }
}
