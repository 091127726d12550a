//! What the person we call for tells us in mid-call: an instruction, or that they have spoken with the callee themselves.

use super::words::{has, plain};
use super::{Line, phrases};
use types::{Briefing, FactWanted, briefing};

/// Words that name nothing.
const EMPTY: [&str; 22] = [
    "they", "have", "has", "do", "does", "is", "are", "if", "whether", "for", "about", "the", "a", "an", "any", "you", "your",
    "it", "their", "there", "what", "them",
];

/// An instruction in the words in which it is carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Instruction {
    pub(super) say: String,
    /// What the callee is to tell, if it is a question.
    pub(super) fact: Option<FactWanted>,
}

/// Every instruction so far.
pub(super) fn instructions(known: &Briefing, lines: &[Line]) -> Vec<Instruction> {
    let told = |line: &Line| match line {
        Line::Told { text } => briefing::instructed(text).map(|words| instruction(known, words)),
        Line::Callee { .. } | Line::Agent { .. } | Line::Called { .. } | Line::Returned { .. } => None,
    };
    lines.iter().filter_map(told).collect()
}

/// The words of those that have not been carried out.
pub(super) fn pending(instructions: &[Instruction], lines: &[Line]) -> Vec<String> {
    let said = |wanted: &str| lines.iter().any(|line| matches!(line, Line::Agent { text, .. } if has(&plain(text), &[wanted])));
    instructions.iter().filter(|known| !said(&plain(&known.say))).map(|known| known.say.clone()).collect()
}

fn instruction(known: &Briefing, words: &str) -> Instruction {
    let words = words.trim().trim_end_matches(['.', '!', '?']);
    let lower = words.to_lowercase();
    let after = |begins: &[&str]| {
        let begin = begins.iter().find(|begin| lower.starts_with(**begin))?;
        words.get(begin.len()..).map(str::trim).filter(|rest| !rest.is_empty())
    };
    if let Some(rest) = after(&["please ask them ", "please ask ", "ask them ", "ask him ", "ask her ", "ask "]) {
        let rest = to_callee(rest);
        let question = format!("May I also ask {rest}?");
        let fact = FactWanted { name: name(&rest), question: question.clone(), kind: None };
        return Instruction { say: question, fact: Some(fact) };
    }
    let say = match after(&["tell them that ", "tell them ", "say that ", "say "]) {
        Some(rest) => format!("I should also tell you: {rest}."),
        None => format!("{} has just added: {words}.", phrases::caller(known)),
    };
    Instruction { say, fact: None }
}

/// "if they have their own oven" is asked as "if you have your own oven".
fn to_callee(words: &str) -> String {
    let turned = words.split_whitespace().map(|word| match word.to_lowercase().as_str() {
        "they" | "them" => "you",
        "their" => "your",
        "they're" => "you're",
        _ => word,
    });
    turned.collect::<Vec<_>>().join(" ")
}

fn name(words: &str) -> String {
    let telling: Vec<String> =
        plain(words).split_whitespace().filter(|word| !EMPTY.contains(word)).take(4).map(str::to_owned).collect();
    if telling.is_empty() { "answer".into() } else { telling.join("_") }
}

/// The call was handed back since we last spoke: what is said first.
pub(super) fn handed_back(lines: &[Line]) -> Option<&'static str> {
    let since = lines.iter().rposition(|line| matches!(line, Line::Agent { .. })).map_or(0, |at| at + 1);
    let lost = lines[since..].iter().rev().find_map(|line| match line {
        Line::Told { text } => briefing::handed_back(text),
        Line::Callee { .. } | Line::Agent { .. } | Line::Called { .. } | Line::Returned { .. } => None,
    })?;
    Some(if lost {
        "I am sorry, we were interrupted. This is the AI assistant again."
    } else {
        "Thank you. This is the AI assistant again."
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(words: &str) -> (String, Option<String>) {
        let instruction = instruction(&Briefing::default(), words);
        (instruction.say, instruction.fact.map(|fact| fact.name))
    }

    #[test]
    fn instructions_in_the_words_of_a_call() {
        assert_eq!(
            of("ask if they have gluten-free"),
            ("May I also ask if you have gluten-free?".into(), Some("gluten_free".into()))
        );
        assert_eq!(of("Ask for extra napkins."), ("May I also ask for extra napkins?".into(), Some("extra_napkins".into())));
        assert_eq!(of("tell them that the bell is broken"), ("I should also tell you: the bell is broken.".into(), None));
        assert_eq!(of("no onions"), ("one of our users has just added: no onions.".into(), None));
    }
}
