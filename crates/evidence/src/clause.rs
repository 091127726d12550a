//! A line as sentences and clauses, and with what force each was said: a question proves nothing, and neither does a denial.

use crate::command::dictates;

/// With what force something was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Force {
    /// As a statement.
    Said,
    /// As a question.
    Asked,
    /// As what is not so.
    Denied,
    /// As what may be so, or what somebody is to say.
    Supposed,
}

/// A part of a sentence, between commas.
#[derive(Clone, Debug)]
pub(crate) struct Clause {
    /// Where it lies in the line, bytes.
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// The sentence that it belongs to, from 0.
    pub(crate) sentence: usize,
    /// Its words in small letters between single spaces, with one before and one after.
    pub(crate) plain: String,
    pub(crate) asked: bool,
    /// What follows takes something back: "sorry", "I mean".
    pub(crate) corrects: bool,
}

/// Whether one of the phrases stands in the plain words.
pub(crate) fn has(plain: &str, phrases: &[&str]) -> bool {
    phrases.iter().any(|phrase| plain.contains(&format!(" {phrase} ")))
}

/// Words in small letters without apostrophes and other signs, between single spaces.
pub(crate) fn plain(text: &str) -> String {
    let kept: String = text
        .chars()
        .filter(|c| !matches!(c, '\'' | '’'))
        .map(|c| if c.is_alphanumeric() || matches!(c, '$' | ':') { c.to_ascii_lowercase() } else { ' ' })
        .collect();
    let words: Vec<&str> = kept.split_whitespace().collect();
    if words.is_empty() { " ".into() } else { format!(" {} ", words.join(" ")) }
}

const QUESTIONS: [&str; 45] = [
    "is there",
    "are there",
    "anything else",
    "is it",
    "is that",
    "is this",
    "was it",
    "was that",
    "did you",
    "do you",
    "do they",
    "does",
    "would you",
    "would that",
    "could you",
    "can you",
    "can i",
    "can we",
    "should i",
    "should we",
    "shall i",
    "may i",
    "what",
    "whats",
    "which",
    "how",
    "when",
    "where",
    "who",
    "whose",
    "why",
    "are you",
    "are we",
    "have you",
    "will you",
    "will that",
    "isnt it",
    "right",
    "correct",
    "you said",
    "you mean",
    "for how many",
    "or is",
    "or do",
    "or would",
];
/// Questions whether what was said suits, which leave it said.
const SUITS: [&str; 16] = [
    "okay",
    "ok",
    "alright",
    "all right",
    "is that okay",
    "is that ok",
    "is that all right",
    "is that alright",
    "is that fine",
    "does that work",
    "does that work for you",
    "would that work",
    "would that be okay",
    "is that good",
    "how does that sound",
    "yeah",
];
/// Questions that make a question of what stands before them.
const TAGS: [&str; 7] = ["right", "correct", "isnt it", "is that right", "is that correct", "you said", "you mean"];
const CORRECTIONS: [&str; 21] = [
    "sorry",
    "actually",
    "i mean",
    "i meant",
    "make that",
    "scratch that",
    "correction",
    "my mistake",
    "my bad",
    "oops",
    "no wait",
    "wait",
    "hold on",
    "let me correct",
    "excuse me",
    "i misspoke",
    "no no",
    "no",
    "apologies",
    "rather",
    "i was wrong",
];
const DENIALS: [&str; 20] = [
    "not",
    "dont",
    "doesnt",
    "didnt",
    "isnt",
    "arent",
    "wasnt",
    "wont",
    "cant",
    "cannot",
    "couldnt",
    "wouldnt",
    "never",
    "no longer",
    "instead of",
    "rather than",
    "nothing",
    "neither",
    "nor",
    "without",
];
const DENIED_AFTER: [&str; 24] = [
    "is not available",
    "isnt available",
    "not available",
    "doesnt work",
    "does not work",
    "wont work",
    "will not work",
    "is taken",
    "is already taken",
    "is full",
    "is gone",
    "is booked up",
    "is fully booked",
    "is wrong",
    "is not right",
    "isnt right",
    "is incorrect",
    "isnt possible",
    "is not possible",
    "is not correct",
    "isnt correct",
    "is out",
    "was wrong",
    "wouldnt work",
];
const SUPPOSED: [&str; 24] = [
    "i think",
    "i guess",
    "maybe",
    "probably",
    "perhaps",
    "might",
    "not sure",
    "let me check",
    "let me see",
    "i believe",
    "used to",
    "usually",
    "normally",
    "last time",
    "last year",
    "regular price",
    "ill check",
    "i suppose",
    "possibly",
    "could be",
    "may be",
    "typically",
    "for example",
    "lets say",
];
const CONDITIONS: [&str; 6] = ["if", "unless", "in case", "whether", "depends", "depending"];

/// The line, clause by clause.
pub(crate) fn clauses(text: &str) -> Vec<Clause> {
    let mut found: Vec<Clause> = Vec::new();
    let mut asked: Vec<bool> = vec![false];
    let (mut start, mut sentence) = (0, 0);
    let marks: Vec<(usize, char)> = text.char_indices().collect();
    for (place, (at, mark)) in marks.iter().enumerate() {
        let next = marks.get(place + 1).map(|(_, next)| *next);
        let open = next.is_none_or(char::is_whitespace);
        let ends = match mark {
            '.' => open && !is_abbreviation(text, *at),
            other => matches!(other, '!' | '?' | ';' | '…'),
        };
        let breaks = open && matches!(mark, ',' | '—' | '–' | '-');
        if !ends && !breaks {
            continue;
        }
        push(&mut found, text, start, *at, sentence);
        start = at + mark.len_utf8();
        if ends {
            asked[sentence] |= *mark == '?';
            if found.last().is_some_and(|clause| clause.sentence == sentence) {
                sentence += 1;
                asked.push(false);
            }
        }
    }
    push(&mut found, text, start, text.len(), sentence);
    mark_questions(&mut found, &asked);
    found
}

fn push(found: &mut Vec<Clause>, text: &str, start: usize, end: usize, sentence: usize) {
    let words = &text[start..end];
    let plain = plain(words);
    if plain.trim().is_empty() {
        return;
    }
    let start = start + words.len() - words.trim_start().len();
    let bare = plain.trim();
    let corrects = CORRECTIONS.iter().any(|word| bare == *word || bare.starts_with(&format!("{word} ")));
    // "No problem" and "no charge" take nothing back.
    let corrects =
        corrects && !["no problem", "no charge", "no worries", "no trouble", "no one"].iter().any(|word| bare.starts_with(word));
    found.push(Clause { start, end: start + words.trim().len(), sentence, plain, asked: false, corrects });
}

/// The full stop of "p.m." or "Dr." in the middle of a sentence.
fn is_abbreviation(text: &str, at: usize) -> bool {
    let word = text[..at].rsplit(char::is_whitespace).next().unwrap_or_default().to_lowercase();
    let rest = text[at + 1..].trim_start();
    let goes_on = rest.starts_with(|c: char| c.is_lowercase() || c.is_ascii_digit());
    match word.as_str() {
        "p.m" | "a.m" | "pm" | "am" => goes_on,
        "dr" | "mr" | "mrs" | "ms" | "st" | "no" => !rest.is_empty(),
        _ => word.chars().count() == 1 && goes_on,
    }
}

fn mark_questions(clauses: &mut [Clause], asked: &[bool]) {
    let opens = |clause: &Clause| {
        let bare = clause.plain.trim();
        let bare = bare.strip_prefix("so ").or_else(|| bare.strip_prefix("and ")).unwrap_or(bare);
        QUESTIONS.iter().any(|word| bare == *word || bare.starts_with(&format!("{word} ")))
    };
    let suits = |clause: &Clause| SUITS.contains(&clause.plain.trim());
    for (sentence, with_mark) in asked.iter().enumerate() {
        let (first, last) = match (
            clauses.iter().position(|clause| clause.sentence == sentence),
            clauses.iter().rposition(|clause| clause.sentence == sentence),
        ) {
            (Some(first), Some(last)) => (first, last),
            (None | Some(_), _) => continue,
        };
        let only_tags = |clause: &Clause| TAGS.contains(&clause.plain.trim());
        if *with_mark && last > first && suits(&clauses[last]) {
            clauses[last].asked = true;
            continue;
        }
        // "It's eighteen fifty, would you like anything else?" states the first half.
        let from = (first..=last).find(|place| opens(&clauses[*place]));
        let from = match (with_mark, from) {
            (true, Some(from)) if !clauses[from..=last].iter().any(only_tags) => Some(from),
            (true, Some(_) | None) => Some(first),
            // The question mark may have been left out.
            (false, Some(from)) if from == first && !only_tags(&clauses[from]) => Some(first),
            (false, Some(_) | None) => None,
        };
        for clause in from.map(|from| &mut clauses[from..=last]).into_iter().flatten() {
            clause.asked = true;
        }
    }
}

/// With what force the words from `start` to `end` of the line were said.
pub(crate) fn force(text: &str, clauses: &[Clause], start: usize, end: usize) -> Force {
    let Some(clause) = clauses.iter().rfind(|clause| clause.start <= start) else { return Force::Said };
    if clause.asked {
        return Force::Asked;
    }
    let before = plain(&text[clause.start..start.max(clause.start)]);
    let after = plain(&text[end.min(clause.end)..clause.end]);
    let denied = DENIALS.iter().filter_map(|word| before.rfind(&format!(" {word} "))).max();
    // "Not until seven" is at seven.
    let denied = denied.is_some_and(|at| !has(&before[at..], &["until", "till", "before", "a problem"]));
    if denied || DENIED_AFTER.iter().any(|word| after.trim_start().starts_with(word)) {
        return Force::Denied;
    }
    let sentence = |wanted: &[&str]| clauses.iter().any(|other| other.sentence == clause.sentence && has(&other.plain, wanted));
    let open = has(&clause.plain, &SUPPOSED) || sentence(&CONDITIONS) || dictates(&clause.plain);
    if open { Force::Supposed } else { Force::Said }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str, words: &str) -> Force {
        let at = text.find(words).unwrap();
        force(text, &clauses(text), at, at + words.len())
    }

    #[test]
    fn a_question_a_denial_and_a_guess_are_no_statements() {
        for (text, words, want) in [
            ("Is it twenty dollars?", "twenty", Force::Asked),
            ("is it twenty dollars", "twenty", Force::Asked),
            ("Seven?", "Seven", Force::Asked),
            ("It's twenty, right?", "twenty", Force::Asked),
            ("It's twenty, okay?", "twenty", Force::Said),
            ("It's twenty, anything else? Ready at six.", "six", Force::Said),
            ("That'll be twenty, is that for pickup?", "twenty", Force::Said),
            ("Not seven, eight.", "seven", Force::Denied),
            ("Not seven, eight.", "eight", Force::Said),
            ("We can't do seven.", "seven", Force::Denied),
            ("Seven is taken.", "Seven", Force::Denied),
            ("It won't be ready until seven.", "seven", Force::Said),
            ("I think it's twenty.", "twenty", Force::Supposed),
            ("If you take two, it's twenty.", "twenty", Force::Supposed),
            ("You're booked for 7 p.m. on Saturday.", "Saturday", Force::Said),
            ("No problem, it's twenty.", "twenty", Force::Said),
        ] {
            assert_eq!(of(text, words), want, "{text}: {words}");
        }
    }
}
