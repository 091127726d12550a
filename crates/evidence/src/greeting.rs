//! Who has just come to the telephone says who they are: that answers nothing that was asked before.

use crate::clause::{has, plain};
use types::FactWanted;

const HELLOS: [&str; 7] = ["hi", "hello", "hey", "good morning", "good afternoon", "good evening", "thank you for calling"];
const NAMES: [&str; 5] = ["this is", "my name is", "you have reached", "youve reached", "youre speaking with"];
/// Longer sentences tell something else, too.
const WORDS_MAX: usize = 10;

/// Whether nothing but an introduction is said, and it was not the name that was wanted.
pub(crate) fn is_introduction(fact: &FactWanted, said: &str) -> bool {
    let wanted = plain(&format!("{} {}", fact.name, fact.question));
    if has(&wanted, &["who", "whom", "name", "person", "contact"]) {
        return false;
    }
    let mut sentences = said.split(['.', '!', '?']).filter(|part| part.chars().any(char::is_alphanumeric)).peekable();
    sentences.peek().is_some() && sentences.all(introduces)
}

fn introduces(sentence: &str) -> bool {
    let words = plain(sentence);
    let mut rest = words.trim();
    while let Some(left) = HELLOS.iter().find_map(|hello| after(rest, hello)) {
        rest = left;
    }
    let named = NAMES.iter().filter_map(|begin| after(rest, begin)).any(|name| is_named(sentence, name));
    rest.is_empty() || rest.split(' ').count() <= WORDS_MAX && (named || rest.ends_with(" speaking"))
}

/// What follows the words at the beginning.
fn after<'a>(said: &'a str, begin: &str) -> Option<&'a str> {
    said.strip_prefix(begin).filter(|rest| rest.is_empty() || rest.starts_with(' ')).map(str::trim_start)
}

/// "This is Anna", and not "this is closed": the next word is written large.
fn is_named(sentence: &str, name: &str) -> bool {
    let first = name.split(' ').next().unwrap_or_default();
    let mut words = sentence.split(|c: char| !c.is_alphanumeric()).filter(|word| word.to_lowercase() == first);
    words.next_back().is_some_and(|word| word.starts_with(char::is_uppercase))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_introduction_is_no_answer_unless_a_name_was_wanted() {
        let fact = |question: &str| FactWanted { name: "answer".into(), question: question.into(), kind: None };
        let hours = fact("Are you open on Sunday?");
        for said in ["Hi, this is Anna from Corner Books.", "Good morning. Anna speaking.", "My name is Tom", "Hello!"] {
            assert!(is_introduction(&hours, said), "{said}");
        }
        for said in
            ["This is closed on Sundays.", "We are open.", "Hi, this is Anna. We are open until five.", "", "Tom, until five"]
        {
            assert!(!is_introduction(&hours, said), "{said}");
        }
        assert!(!is_introduction(&fact("Who am I speaking to?"), "This is Anna."));
    }
}
