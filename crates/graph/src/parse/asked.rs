//! The question within a message, with the one who is called spoken of as "they": "could you find out when Green Valley Pool
//! closes on Sundays" holds "when they close on Sundays". Where it is not plain what is asked, nothing is found.

use super::{pattern, tidy};
use regex::Regex;
use std::sync::LazyLock;

/// Words with which a question begins.
const BEGINS: &str = r"if|whether|what(?:'s)?|when|how|where|which|who|why|do\s+(?:they|you|i|we|the)|does|did|are\s+(?:they|you|there|the|my|dogs|kids|pets)|is|can\s+(?:they|i|we)|could\s+(?:they|i|we)|will\s+(?:they|the|there)|have\s+(?:they|you)";

/// Where it begins, behind words that ask.
static ASKING: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?ix)\b(?:ask(?:ing)?|find\s+out|figure\s+out|check|see|know|wonder(?:ing)?|inquire|enquire|question|tell\s+me)\b[^?]*?[\s:,|]+(?P<question>(?:{BEGINS})\b[^|]*)"
    ))
});
static ABOUT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:(?:ask|inquire|enquire|find\s+out|know)\b[^?|]*?[\s:,|]+(?P<question>(?:about|for)\s+[^|]+)|question\b[^?|]*?\s(?P<topic>about\s+[^|]+))",
    )
});
/// At the start of a message "you" are we.
static TO_US: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)^(?:(?:hi|hello|hey|so|and|please|also)[,!]?\s+)*(?:do|are|have|can|could|would)\s+you\b"));
static BARE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(r"(?i)^(?:(?:hi|hello|hey|so|and|please|also)[,!]?\s+)*(?P<question>(?:{BEGINS})\b[^|]*)"))
});
/// The end of a sentence. A title's dot is none.
static SENTENCE: LazyLock<Regex> = LazyLock::new(|| pattern(r"[?!;]+(?:\s+|$)|\.(?:\s+|$)|\s+[-–—]\s+"));
static TITLE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\b(?:dr|mr|mrs|ms|st|prof|jr|ave|rd|no)$"));
/// A sentence that only says that they are to be called.
static COMMAND: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?ix)^(?:(?:please|can\s+you|could\s+you|would\s+you|and|just|then|so|also)\s+)*(?:(?:call|ring|phone|give|dial|contact|try|ask)\b[^?]*|(?:the\s+\w+\s+is|it's|it\s+is|my\s+name|i'm|i\s+am|this\s+is|name|their\s+(?:phone\s+)?number|thanks?|thank\s+you|hi|hello|hey|good\s+(?:morning|evening|afternoon)|let\s+me\s+know)\b.*)$",
    )
});
/// What follows a question without being part of it.
static TAIL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)[\s,|]*(?:(?:,|\band)\s+(?:can|could|would|will)\s+you\s+(?:please\s+)?(?:check|ask|find\s+out|call|ring|phone)[^?|]*|\b(?:please|instead|thanks|thank\s+you|would\s+you|could\s+you|(?:and|then)\s+(?:let\s+me\s+know|tell\s+me|call\s+me|get\s+back\s+to\s+me|report\s+back)[^?|]*)|[|,\s?.!])+$",
    )
});

/// The question in a message; `callee` is the name of the one who is called, if it is known.
pub fn find(text: &str, callee: Option<&str>) -> Option<String> {
    let mut questions = sentences(text).into_iter().filter_map(within);
    let question = questions.next()?;
    if questions.next().is_some() {
        return None;
    }
    let question = TAIL.replace(&question, "").into_owned();
    let question = match callee {
        Some(name) => of_them(&question, name)?,
        None => question,
    };
    let question = tidy(&question);
    // "who the manager of Blue Cup is": whether that is whom we call is not known.
    if callee.is_none() && OF_SOMEBODY.is_match(&question) {
        return None;
    }
    // Something was cut out of its middle, or it goes on in a way that is not known.
    let whole = !question.contains(['|', '"', ':', '(']) && question.split(' ').count() >= 2;
    whole.then_some(question)
}

static OF_SOMEBODY: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b(?:at|of|from|with|by)\s+(?:[Tt]he\s+)?\p{Lu}\p{Ll}"));

fn sentences(text: &str) -> Vec<&str> {
    let (mut parts, mut from) = (Vec::new(), 0);
    for end in SENTENCE.find_iter(text) {
        if end.as_str().starts_with('.') && TITLE.is_match(&text[..end.start()]) {
            continue;
        }
        parts.push(&text[from..end.start()]);
        from = end.end();
    }
    parts.push(&text[from..]);
    parts
}

fn within(sentence: &str) -> Option<String> {
    let sentence = sentence.trim_matches([' ', '|', ',']);
    // "Is parking free? Please ask them": the second one asks nothing.
    let asked = |shape: &Regex| {
        let found = shape.captures(sentence)?;
        found.name("question").or(found.name("topic")).map(|question| question.as_str().to_owned())
    };
    let bare = (!TO_US.is_match(sentence)).then(|| asked(&BARE)).flatten();
    let found = bare.or_else(|| asked(&ASKING)).or_else(|| asked(&ABOUT));
    found.filter(|question| !COMMAND.is_match(question))
}

/// What may follow a name behind "at".
const FOLLOWS: &str = "on at in for from to with by until before after this next today tonight tomorrow now right and or is are was has have \
    can could will would costs cost close closes open opens if when during over every monday tuesday wednesday thursday friday saturday sunday \
    please these lately yet still already also any there it";

/// The one who is called as "they". `None` if the name stands where it cannot be replaced.
fn of_them(question: &str, name: &str) -> Option<String> {
    let name = regex::escape(name.strip_prefix("The ").unwrap_or(name)).replace(' ', r"\s+");
    let shape = |source: String| Regex::new(&source).ok();
    let place = shape(format!(
        r"(?i)[\s,]+(?:(?:over\s+|down\s+)?(?:at|from|with|by|in|of|for|to)|,)\s+(?:the\s+)?{name}(?P<after>[\s,.?!|]|$)"
    ))?;
    // "at Sweet Nothings bakery": more of the name than is known.
    let more = place.captures(question).is_some_and(|found| {
        let rest = &question[found.get(0).map_or(0, |whole| whole.end())..];
        let next = rest.split_whitespace().next().unwrap_or_default().trim_matches(|c: char| !c.is_alphanumeric());
        found["after"].trim().is_empty()
            && !next.is_empty()
            && !FOLLOWS.split_whitespace().any(|word| word == next.to_lowercase())
    });
    if more {
        return None;
    }
    let question = place.replace(question, "$after").into_owned();
    let owns = shape(format!(r"(?i)\b(?:the\s+)?{name}(?:'s|')\s"))?;
    let question = if name.ends_with("'s") { question } else { owns.replace(&question, "their ").into_owned() };
    let turned = shape(format!(
        r"(?ix)\b(?P<aux>is|was|does|has|did|can|could|will|would|do|are|have|should)\s+(?:the\s+)?{name}(?P<rest>\s|$)"
    ))?;
    if let Some(found) = turned.captures(&question) {
        let plural = match found["aux"].to_lowercase().as_str() {
            "is" => "are",
            "was" => "were",
            "does" => "do",
            "has" => "have",
            _ => &found["aux"],
        };
        let range = found.get(0)?.range();
        return Some(format!("{}{plural} they{}{}", &question[..range.start], &found["rest"], &question[range.end..]));
    }
    let subject = shape(format!(
        r"(?i)\b(?:the\s+)?{name}\s+(?P<adverb>(?:still|also|already|usually|currently|only|really|even|ever|always)\s+)?(?P<verb>[\p{{L}}']+)"
    ))?;
    if let Some(found) = subject.captures(&question) {
        let range = found.get(0)?.range();
        let adverb = found.name("adverb").map_or("", |adverb| adverb.as_str());
        return Some(format!(
            "{}they {adverb}{}{}",
            &question[..range.start],
            plural_verb(&found["verb"])?,
            &question[range.end..]
        ));
    }
    let left = shape(format!(r"(?i)\b{name}\b"))?;
    (!left.is_match(&question)).then_some(question)
}

/// The verb as it follows "they": "closes" → "close". `None` if it does not look like one.
fn plural_verb(verb: &str) -> Option<String> {
    let lower = verb.to_lowercase();
    let same = "can could will would did didn't can't won't may might should sold had got were";
    Some(match lower.as_str() {
        "is" => "are".into(),
        "was" => "were".into(),
        "isn't" => "aren't".into(),
        "has" => "have".into(),
        "does" => "do".into(),
        "doesn't" => "don't".into(),
        "hasn't" => "haven't".into(),
        "goes" => "go".into(),
        word if same.split(' ').any(|known| known == word) || word.ends_with("ed") => word.to_owned(),
        word if word.ends_with("ies") => format!("{}y", &word[..word.len() - 3]),
        word if ["shes", "ches", "xes", "sses", "zes"].iter().any(|end| word.ends_with(end)) => word[..word.len() - 2].to_owned(),
        word if word.ends_with('s') && !word.ends_with("ss") => word[..word.len() - 1].to_owned(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_within_messages() {
        for (text, callee, question) in [
            ("ask | if they have oat milk", None, Some("if they have oat milk")),
            (
                "could you find out when Green Valley Pool closes on Sundays",
                Some("Green Valley Pool"),
                Some("when they close on Sundays"),
            ),
            (
                "does Harbor Books carry used textbooks? give them a call",
                Some("Harbor Books"),
                Some("do they carry used textbooks"),
            ),
            ("Is parking free at Rialto Theater? Please ask them", Some("Rialto Theater"), Some("Is parking free")),
            (
                "find out what the cheapest room costs at Lakeside Inn for the night of December 4",
                Some("Lakeside Inn"),
                Some("what the cheapest room costs for the night of December 4"),
            ),
            ("i want to know if Riverside Grill is dog friendly", Some("Riverside Grill"), Some("if they are dog friendly")),
            ("do they fix laptops? the shop is Circuit Corner, phone |", Some("Circuit Corner"), Some("do they fix laptops")),
            (
                "question for Rosebud Nails: can I come without an appointment?",
                Some("Rosebud Nails"),
                Some("can I come without an appointment"),
            ),
            ("inquire about wheelchair access at Sakura House", Some("Sakura House"), Some("about wheelchair access")),
            ("is it open? and do they have parking?", None, None),
            ("book a table", None, None),
        ] {
            assert_eq!(find(text, callee).as_deref(), question, "{text}");
        }
    }
}
