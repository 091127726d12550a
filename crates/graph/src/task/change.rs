//! Taking into the state what was understood, and finding out what is still missing.

use super::{State, TaskGraph};
use crate::{
    brain::Understanding,
    locale::Here,
    parse::{date, time},
    template::{CALLEE_SLOT, Kind, NUMBER_SLOT, Template},
};
use types::{Details, PhoneNumber};

/// What the state lists as missing while not even the kind of task is known.
pub(super) const TASK: &str = "task_description";
/// What a new task keeps of the one before it.
const KEPT: &str = "user_name";

/// What became of some words.
#[derive(Debug, Default)]
pub(super) struct Taken {
    /// Whether the state knows something else now.
    pub(super) changed: bool,
    /// Why something could not be taken.
    pub(super) problem: Option<String>,
}

/// Takes what was understood into the state. `fresh`: the task before is over, so that a kind begins another one.
pub(super) fn take(
    graph: &TaskGraph,
    state: &mut State,
    said: &str,
    understood: &Understanding,
    here: Here<'_>,
    fresh: bool,
) -> Taken {
    let mut taken = Taken { problem: understood.problem.clone(), changed: false };
    if let Some(template) = understood.kind.as_deref().and_then(|kind| graph.templates.get(kind)) {
        let other = state.task_kind.as_deref() != Some(template.name.as_str());
        if fresh || other {
            state.begin(&template.name, said);
            taken.changed = true;
        }
    }
    let details = take_details(graph, state, &understood.details, here);
    taken.changed |= details.changed;
    taken.problem = taken.problem.or(details.problem);
    taken
}

/// Takes details by name into the state, each read as its kind. An empty value is forgotten, so that it is asked for.
pub(super) fn take_details(graph: &TaskGraph, state: &mut State, details: &Details, here: Here<'_>) -> Taken {
    let mut taken = Taken::default();
    let Some(template) = state.task_kind.as_deref().and_then(|kind| graph.templates.get(kind)) else { return taken };
    let before = state.known();
    for (name, value) in details {
        let Some(slot) = template.slot(name) else {
            taken.problem.get_or_insert_with(|| format!("There is nothing called \"{name}\" in this task."));
            continue;
        };
        match if value.trim().is_empty() { Ok(String::new()) } else { slot.kind.read(value, here) } {
            Ok(value) => set(state, name, value),
            Err(problem) => {
                taken.problem.get_or_insert(problem);
            }
        }
    }
    taken.changed = state.known() != before;
    taken
}

fn set(state: &mut State, name: &str, value: String) {
    let value = (!value.is_empty()).then_some(value);
    match (name, value) {
        (NUMBER_SLOT, value) => state.target_phone_number = value.and_then(|number| PhoneNumber::parse(&number).ok()),
        (CALLEE_SLOT, value) => state.callee_name = value,
        (_, Some(value)) => {
            state.gathered_details.insert(name.to_owned(), value);
        }
        (_, None) => {
            state.gathered_details.shift_remove(name);
        }
    }
}

/// Finds out what is missing. Drops a day or time that has passed meanwhile, and returns a sentence about it.
pub(super) fn assess(graph: &TaskGraph, state: &mut State, here: Here<'_>) -> Option<String> {
    let Some(template) = state.task_kind.as_deref().and_then(|kind| graph.templates.get(kind)) else {
        state.required_details = vec![TASK.into()];
        state.missing_details = vec![TASK.into()];
        return None;
    };
    let remark = drop_what_has_passed(template, state, here);
    let known = state.known();
    state.required_details = template.needed(&known).map(|slot| slot.name.clone()).collect();
    state.missing_details =
        template.needed(&known).filter(|slot| !known.contains_key(&slot.name)).map(|slot| slot.name.clone()).collect();
    remark
}

fn drop_what_has_passed(template: &Template, state: &mut State, here: Here<'_>) -> Option<String> {
    let pairs = [(Kind::Date, &[Kind::Time, Kind::VisitTime, Kind::NewTime][..]), (Kind::OldDate, &[Kind::OldTime][..])];
    pairs.iter().find_map(|(date, times)| drop_passed_pair(template, state, here, *date, times))
}

fn drop_passed_pair(template: &Template, state: &mut State, here: Here<'_>, date: Kind, times: &[Kind]) -> Option<String> {
    let date_slot = &template.slot_of(date)?.name;
    let day = match date::day_of(state.gathered_details.get(date_slot)?, here.today(), here.month_first()) {
        Ok(day) => day,
        Err(problem) => {
            state.gathered_details.shift_remove(date_slot);
            return Some(problem);
        }
    };
    let time_slot = &times.iter().find_map(|kind| template.slot_of(*kind))?.name;
    let spoken = state.gathered_details.get(time_slot)?.clone();
    let passed = day == here.today() && time::clock_time(&spoken)? <= here.clock().time();
    passed.then(|| {
        state.gathered_details.shift_remove(time_slot);
        format!("{spoken} has already passed today.")
    })
}

impl State {
    /// Begins a task. The chat, the calls and the user's name stay.
    fn begin(&mut self, kind: &str, said: &str) {
        let name = self.gathered_details.get(KEPT).cloned();
        self.task_description = said.chars().take(500).collect();
        self.task_kind = Some(kind.to_owned());
        self.gathered_details = name.map(|name| (KEPT.to_owned(), name)).into_iter().collect();
        self.required_details.clear();
        self.missing_details.clear();
        self.target_phone_number = None;
        self.callee_name = None;
        self.final_instructions = None;
        self.asked = None;
        self.remark = None;
        self.call_sid = None;
        self.call_status = None;
        self.call_outcome_status = None;
        self.call_outcome_details = None;
    }
}
