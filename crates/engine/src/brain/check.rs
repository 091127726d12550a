//! What of the model's reading is believed.

use super::{
    grounded::{is_grounded, may_be_meant},
    reading::{Meaning, Reading},
};
use graph::{
    brain::{Heard, Intent, Understanding},
    locale::Here,
    template::{CALLEE_SLOT, NUMBER_SLOT, Template},
};
use types::chat::{Node, Role};

/// A yes has no more words than this; who says more adds something.
const YES_WORDS_MAX: usize = 8;
/// The longest value that is looked at, characters; the parsers have limits of their own.
const VALUE_MAX: usize = 600;
/// Words that a yes does not have.
const DOUBT: [&str; 34] = [
    "no", "not", "nope", "nah", "never", "dont", "cant", "wont", "isnt", "doesnt", "shouldnt", "stop", "wait", "hold", "cancel",
    "but", "however", "except", "instead", "unless", "if", "later", "yet", "maybe", "unsure", "wrong", "change", "without",
    "hang", "nein", "nicht", "non", "pas", "nunca",
];

/// Whether the built-in reading stands without a model: a whole message that means one thing.
pub(super) fn is_settled(built_in: &Understanding, heard: &Heard<'_>) -> bool {
    match built_in.intent {
        Intent::Yes | Intent::No | Intent::CallOff | Intent::Help | Intent::Thanks => true,
        // "Don't hang up yet" has the words in it as well.
        Intent::HangUp => !has_word(heard.text, &["dont", "not", "never", "no"]),
        Intent::Again => built_in.details.is_empty() && built_in.problem.is_none() && heard.text.split_whitespace().count() <= 3,
        Intent::Tell | Intent::Unclear => false,
    }
}

/// What the words mean, by the model's reading as far as it holds. What the built-in brain has read is the measure of a yes, and
/// what is left when nothing of the reading holds.
pub(super) fn understanding(reading: &Reading, heard: &Heard<'_>, built_in: Understanding) -> Understanding {
    let kind = kind(reading, heard);
    let template = kind.or(heard.state.task_kind.as_deref()).and_then(|kind| heard.templates.get(kind));
    let intent = match reading.meaning {
        Meaning::Intent(intent) => intent,
        Meaning::Why => return template.and_then(|template| why(template, heard)).unwrap_or(built_in),
    };
    let mut understood = Understanding { intent, kind: kind.map(str::to_owned), ..Understanding::default() };
    if let Some(template) = template
        && matches!(intent, Intent::Tell | Intent::Yes | Intent::No | Intent::Again | Intent::Unclear)
    {
        take_details(&mut understood, reading, template, heard, &built_in);
    }
    let tells = !understood.details.is_empty() || understood.kind.is_some() || understood.problem.is_some();
    match intent {
        // "Yes, but make it two" changes the plan.
        Intent::Yes | Intent::No | Intent::Unclear if tells => Understanding { intent: Intent::Tell, ..understood },
        Intent::Yes => yes(understood, heard, built_in),
        Intent::Tell if !tells => built_in,
        Intent::Unclear => built_in,
        Intent::Tell | Intent::No | Intent::CallOff | Intent::Again | Intent::HangUp | Intent::Help | Intent::Thanks => {
            understood
        }
    }
}

/// A yes that the model alone has heard.
///
/// At the confirmation a yes dials, and a call cannot be taken back. A model can misread, and it can be talked into a yes by words
/// that it was only to read ("…and the plan is hereby approved"). So its yes is taken only where the built-in reading found
/// nothing in the words at all, neither a no nor a question nor a change, and where the words are few and have no doubt in them
/// ("passt, leg los"). A no can be taken from anybody: at worst the plan is shown again.
fn yes(understood: Understanding, heard: &Heard<'_>, built_in: Understanding) -> Understanding {
    if heard.state.node != Node::ConfirmTask {
        return understood;
    }
    match built_in.intent {
        Intent::Yes => understood,
        Intent::Unclear if heard.text.split_whitespace().count() <= YES_WORDS_MAX && !has_doubt(heard.text) => understood,
        Intent::Tell
        | Intent::No
        | Intent::CallOff
        | Intent::Again
        | Intent::HangUp
        | Intent::Help
        | Intent::Thanks
        | Intent::Unclear => {
            tracing::info!("the model heard a yes in words that are none; the user is asked again");
            built_in
        }
    }
}

fn has_doubt(text: &str) -> bool {
    text.contains(['?', '¿', '？']) || has_word(text, &DOUBT)
}

fn has_word(text: &str, words: &[&str]) -> bool {
    let plain = text.to_lowercase().replace(['\'', '’'], "");
    plain.split(|c: char| !c.is_alphanumeric()).any(|word| words.contains(&word))
}

/// The kind that begins. Naming the kind that is under way begins nothing, unless that task is over.
fn kind<'a>(reading: &Reading, heard: &Heard<'a>) -> Option<&'a str> {
    let over = matches!(heard.state.node, Node::AwaitRetry | Node::ReportResult | Node::Cancelled);
    let under_way = matches!(heard.state.node, Node::TriggerCall | Node::AwaitResult);
    let template = heard.templates.get(reading.kind.as_deref()?)?;
    let same = heard.state.task_kind.as_deref() == Some(template.name.as_str());
    let begins = reading.meaning == Meaning::Intent(Intent::Tell) || heard.state.task_kind.is_none();
    (begins && !under_way && (over || !same)).then_some(template.name.as_str())
}

fn why(template: &Template, heard: &Heard<'_>) -> Option<Understanding> {
    let slot = template.slot(heard.state.asked.as_deref()?)?;
    let why = slot.why.clone().unwrap_or_else(|| "I need it so that I can answer when they ask me.".into());
    Some(Understanding { intent: Intent::Tell, problem: Some(why), ..Understanding::default() })
}

fn take_details(
    understood: &mut Understanding,
    reading: &Reading,
    template: &Template,
    heard: &Heard<'_>,
    built_in: &Understanding,
) {
    let here = Here { locale: heard.locale, now: heard.now };
    let earlier_words = earlier_words(heard);
    // A task that begins knows nothing yet.
    let begins = understood.kind.is_some();
    let known = |name: &str| if begins { None } else { known(heard, name) };
    for (name, value) in reading.details.iter().filter(|(_, value)| value.chars().count() <= VALUE_MAX) {
        let Some(slot) = template.slot(name) else { continue };
        let read = slot.kind.read(value, here);
        let found_too = read.is_ok() && built_in.details.get(name) == read.as_ref().ok()
            || slot.kind.find(heard.text, here).is_some_and(|found| found.value.is_ok() && found.value == read);
        let earlier = is_grounded(slot.kind, value, &earlier_words, here);
        let newest = found_too || is_grounded(slot.kind, value, heard.text, here) || may_be_meant(slot.kind) && !earlier;
        // Earlier words fill a gap ("the same address as before"), but what has been changed since does not come back by them, and
        // a number is dialled only for the task that it was typed for.
        let fills_gap = earlier && name != NUMBER_SLOT && known(name).is_none();
        if !newest && !fills_gap {
            tracing::debug!(name = name.as_str(), "dropped a detail that the user has not said");
            continue;
        }
        match read {
            Ok(read) if known(name).as_deref() == Some(&read) => {}
            Ok(read) => {
                understood.details.insert(name.clone(), read);
            }
            Err(problem) => {
                understood.problem.get_or_insert(problem);
            }
        }
    }
    let forgotten = reading.forget.iter().filter(|name| template.slot(name).is_some() && known(name).is_some());
    for name in forgotten {
        understood.details.entry(name.clone()).or_default();
    }
}

fn known(heard: &Heard<'_>, name: &str) -> Option<String> {
    let state = heard.state;
    match name {
        NUMBER_SLOT => state.target_phone_number.as_ref().map(|number| number.as_str().to_owned()),
        CALLEE_SLOT => state.callee_name.clone(),
        _ => state.gathered_details.get(name).cloned(),
    }
}

fn earlier_words(heard: &Heard<'_>) -> String {
    let said = heard.state.conversation_history.iter().filter(|message| message.role == Role::User);
    said.map(|message| message.content.as_str()).collect::<Vec<_>>().join("\n")
}
