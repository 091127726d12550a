//! The brain that needs no key: templates, slot by slot. The same words always mean the same.

use super::{
    Brain, Error, Heard, Intent, Understanding,
    begin::{Begun, begun},
    doubt, extract, phrase, vet,
};
use crate::{
    locale::Here,
    parse::{change, name, spelling},
    template::{Kind, Slot, Template},
};
use async_trait::async_trait;
use types::{Details, chat::Node};

/// The slot for what is added to a task in the user's own words.
const REQUESTS: &str = "special_requests";

/// Understands by templates and parsers.
#[derive(Clone, Copy, Debug, Default)]
pub struct BuiltIn;

#[async_trait]
impl Brain for BuiltIn {
    async fn understand(&self, heard: &Heard<'_>) -> Result<Understanding, Error> {
        let plain = phrase::without_lead(&spelling::mend(&plain(heard.text)));
        let heard = Heard { text: &plain, ..*heard };
        Ok(match heard.state.node {
            Node::AnalyzeTask | Node::AskForDetails => gathering(&heard),
            Node::ConfirmTask => confirming(&heard),
            Node::TriggerCall | Node::AwaitResult => calling(&heard),
            Node::AwaitRetry | Node::ReportResult | Node::Cancelled => afterwards(&heard),
        })
    }
}

fn intent(intent: Intent) -> Understanding {
    Understanding { intent, ..Understanding::default() }
}

fn here<'a>(heard: &Heard<'a>) -> Here<'a> {
    Here { locale: heard.locale, now: heard.now }
}

fn template<'a>(heard: &Heard<'a>) -> Option<&'a Template> {
    heard.templates.get(heard.state.task_kind.as_deref()?)
}

fn gathering(heard: &Heard<'_>) -> Understanding {
    let text = heard.text;
    let asked = template(heard).and_then(|template| template.slot(heard.state.asked.as_deref()?));
    // "A table for four" says what is booked, where that is asked.
    let named = |slot: &Slot| matches!(slot.kind, Kind::Booking | Kind::Appointment | Kind::Contact) && phrase::is_thing(text);
    let free = asked.is_some_and(|slot| slot.kind.is_free() || named(slot));
    // "Cancel it" answers what is to become of a booking.
    let answers = asked.is_some_and(|slot| slot.kind == Kind::Change) && change::find(text).is_some();
    if phrase::is_call_off(text) && !answers {
        return intent(Intent::CallOff);
    }
    if phrase::is_help(text) {
        return intent(Intent::Help);
    }
    let Some(known) = template(heard) else {
        return match kind_of(heard, true) {
            _ if phrase::is_thanks(text) => intent(Intent::Thanks),
            Some((template, triggered)) => open(heard, template, triggered),
            None => intent(Intent::Unclear),
        };
    };
    if let Some((other, _)) = kind_of(heard, false)
        && other.name != known.name
        && !free
        && !is_of_this(text, other, known)
        && !phrase::is_added(text)
        && (says(known) || !phrase::is_request_of_them(text))
    {
        return open(heard, other, true);
    }
    let Some(asked) = asked else { return changed(heard, known) };
    if !asked.kind.is_free() && phrase::is_why(text) {
        let why = asked.why.clone().unwrap_or_else(|| "I need it so that I can answer when they ask me.".into());
        return Understanding { intent: Intent::Tell, problem: Some(why), ..Understanding::default() };
    }
    told(extract::answer(text, known, asked, here(heard)))
}

fn confirming(heard: &Heard<'_>) -> Understanding {
    let text = heard.text;
    if phrase::is_yes(text) {
        return intent(Intent::Yes);
    }
    if phrase::is_no(text) || phrase::is_call_off(text) {
        return intent(Intent::No);
    }
    if phrase::is_help(text) {
        return intent(Intent::Help);
    }
    if phrase::is_question(text) {
        return intent(Intent::Unclear);
    }
    let Some(known) = template(heard) else { return intent(Intent::Unclear) };
    // "ask for a manager instead" changes what is said, where something is to be said.
    if let Some((template, _)) = kind_of(heard, false)
        && (template.name == known.name || !(says(known) && says(template)))
        && !is_of_this(text, template, known)
        && !phrase::is_added(text)
        && (says(known) || !phrase::is_request_of_them(text))
    {
        let same = template.name == known.name;
        let opened = open(heard, template, true);
        if !same || !opened.details.is_empty() {
            return Understanding { kind: if same { None } else { opened.kind.clone() }, ..opened };
        }
    }
    changed(heard, known)
}

/// Whether what sounds like the change of a booking may be one of the plan that is spoken of: "change the appointment to Friday".
fn is_of_this(text: &str, other: &Template, known: &Template) -> bool {
    let change = |template: &Template| template.slot_of(Kind::Change).is_some();
    change(other) && !change(known) && name::find_business(text).is_none()
}

/// Whether such a call is there to say or to ask something in the user's own words.
fn says(template: &Template) -> bool {
    template.slots.iter().any(|slot| matches!(slot.kind, Kind::Message | Kind::Question))
}

fn calling(heard: &Heard<'_>) -> Understanding {
    intent(if phrase::is_hang_up(heard.text) { Intent::HangUp } else { Intent::Unclear })
}

fn afterwards(heard: &Heard<'_>) -> Understanding {
    let text = heard.text;
    if let Some(rest) = phrase::again(text) {
        let changes = template(heard)
            .map(|known| extract::change(&format!("make it {}", rest.trim().trim_start_matches("with ")), known, here(heard)));
        let (details, problem) =
            changes.filter(|_| !rest.trim().is_empty()).map(|read| (read.details, read.problem)).unwrap_or_default();
        return Understanding { intent: Intent::Again, details, problem, ..Understanding::default() };
    }
    // "perfect, thanks" has a yes in it.
    if phrase::is_thanks(text) && !phrase::is_yes(text) {
        return intent(Intent::Thanks);
    }
    if phrase::is_yes(text) {
        return intent(Intent::Yes);
    }
    if phrase::is_no(text) || phrase::is_call_off(text) {
        return intent(Intent::No);
    }
    if phrase::is_help(text) {
        return intent(Intent::Help);
    }
    if let Some((template, triggered)) = kind_of(heard, true)
        && !phrase::is_question(text)
        && (triggered || template.name != "errand")
    {
        return open(heard, template, triggered);
    }
    match template(heard) {
        Some(known) if !phrase::is_question(text) => changed(heard, known),
        Some(_) | None => intent(Intent::Unclear),
    }
}

/// The first message of a task.
fn open(heard: &Heard<'_>, template: &Template, triggered: bool) -> Understanding {
    let mut reading = extract::opening(heard.text, template, triggered, here(heard));
    // Words that nothing accounts for stand beside the thing that is ordered: it may be another one.
    if let Some(item) = template.slot_of(Kind::Item).filter(|slot| slot.required)
        && reading.details.contains_key(&item.name)
        && doubt::left(heard.text, &reading, template).words.len() > 1
    {
        for slot in [Some(item), template.slot_of(Kind::Count), template.slot_of(Kind::Size)].into_iter().flatten() {
            reading.details.shift_remove(&slot.name);
        }
    }
    // "Get us in at Chez Paul" orders nothing to eat.
    let named = |slot: Option<&Slot>| slot.is_some_and(|slot| reading.details.contains_key(&slot.name));
    if let Some(item) = template.slot_of(Kind::Item)
        && !named(Some(item))
        && !named(template.slot_of(Kind::Size))
        && !heard.templates.hinted_by(heard.text).any(|hinted| hinted.name == template.name)
        && !super::contains_phrase(heard.text, "order")
    {
        return intent(Intent::Unclear);
    }
    // What is to become of a booking, or of which: one of them has to be said.
    if template.slot_of(Kind::Change).is_some()
        && !named(template.slot_of(Kind::Change))
        && !named(template.slot_of(Kind::Booking))
    {
        return intent(Intent::Unclear);
    }
    // A noun alone speaks for this kind: then there is no room for words that nothing accounts for.
    if !triggered && heard.state.task_kind.is_none() && !doubt::left(heard.text, &reading, template).words.is_empty() {
        return intent(Intent::Unclear);
    }
    // At the start only: later the words around a detail matter less than the question that they answer.
    if heard.state.task_kind.is_none() && doubt::left(heard.text, &reading, template).is_too_much() {
        return intent(Intent::Unclear);
    }
    if template.slot_of(Kind::Message).is_some()
        && template.slot_of(Kind::Contact).is_none()
        && vet::is_other_call(heard.text)
        && heard.state.task_kind.is_none()
    {
        return intent(Intent::Unclear);
    }
    if heard.state.task_kind.is_none() && vet::is_no_food(heard.text, template, &reading) {
        return intent(Intent::Unclear);
    }
    vet::vet(heard.text, template, &mut reading);
    let details = completed(reading.details, heard);
    Understanding { intent: Intent::Tell, kind: Some(template.name.clone()), details, problem: reading.problem }
}

fn changed(heard: &Heard<'_>, known: &Template) -> Understanding {
    let mut reading = extract::change(heard.text, known, here(heard));
    if let Some(added) = reading.added.take() {
        let before = heard.state.gathered_details.get(REQUESTS).filter(|_| !reading.details.contains_key(REQUESTS));
        reading.details.insert(REQUESTS.into(), before.map_or(added.clone(), |before| format!("{before}; {added}")));
    }
    told(reading)
}

fn told(reading: extract::Reading<'_>) -> Understanding {
    let intent = if reading.found_nothing() { Intent::Unclear } else { Intent::Tell };
    Understanding { intent, kind: None, details: reading.details, problem: reading.problem }
}

/// Who gives an address wants it brought there.
fn completed(mut details: Details, heard: &Heard<'_>) -> Details {
    let given = details.get("delivery_address").is_some_and(|address| !address.is_empty());
    if given && !details.contains_key("fulfilment") && !heard.state.gathered_details.contains_key("fulfilment") {
        details.insert("fulfilment".into(), "delivery".into());
    }
    details
}

/// The kind of task that the words begin, and whether by one of its triggers. Without `anywhere`, only at their start.
fn kind_of<'a>(heard: &Heard<'a>, anywhere: bool) -> Option<(&'a Template, bool)> {
    const START: usize = 30;
    let text = heard.text;
    if !anywhere {
        let fits = |at: usize| at < START && polite(&text[..at]);
        return heard.templates.begun_by(text, fits).map(|template| (template, true));
    }
    match begun(heard) {
        Begun::Surely(template) => Some((template, true)),
        Begun::Perhaps(template) => Some((template, false)),
        Begun::Unknown => None,
    }
}

/// Whether these words only lead up to the verb.
fn polite(lead: &str) -> bool {
    const WORDS: [&str; 28] = [
        "please", "can", "could", "would", "you", "i", "want", "need", "to", "i'd", "like", "now", "also", "and", "then",
        "actually", "ok", "okay", "no", "yes", "instead", "let's", "hi", "hello", "hey", "just", "rather", "next",
    ];
    lead.split_whitespace().all(|word| WORDS.contains(&word.trim_matches([',', '.', '!']).to_lowercase().as_str()))
}

/// One kind of apostrophe and quote, single spaces.
fn plain(text: &str) -> String {
    let straight: String = text
        .chars()
        .map(|c| match c {
            '’' | '‘' | 'ʼ' => '\'',
            '“' | '”' => '"',
            other => other,
        })
        .collect();
    let words = straight.split_whitespace().collect::<Vec<_>>();
    // Capitals throughout say nothing about names.
    let shouted = words.len() > 3 && straight.chars().any(char::is_uppercase) && !straight.chars().any(char::is_lowercase);
    let plain = words.join(" ");
    if shouted { plain.to_lowercase() } else { plain }
}
