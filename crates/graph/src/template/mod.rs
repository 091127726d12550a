//! The kinds of tasks and what each needs: read from the TOML files in `templates/`, and checked when they are read.

mod check;
mod derived;
mod fill;
mod kind;
mod labels;
mod load;
mod trigger;

pub use derived::derived;
pub use fill::Pattern;
pub use kind::Kind;
pub use load::Error;
pub use trigger::Verbs;

pub(crate) use labels::Labels;
use serde::Deserialize;
use std::sync::Arc;
pub(crate) use trigger::Place;
use types::{CallLimits, Details, FactKind, FactWanted, VoiceChoice};

/// The slot that every kind of task has: who is called.
pub const NUMBER_SLOT: &str = "target_phone_number";
/// The optional slot for the business's name.
pub const CALLEE_SLOT: &str = "callee_name";

/// Every kind of task, in the order in which they are offered.
#[derive(Clone, Debug)]
pub struct Templates(Vec<Template>);

/// One kind of task.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// Its name: `order_food`.
    pub name: String,
    /// What it is, in a few words: `Order food`.
    pub title: String,
    /// What it does, after "I can": `order food for delivery or pickup`.
    pub offer: String,
    /// What is said when such a task begins: `Sure, I can order that by phone.`
    pub welcome: String,
    /// Words that begin such a task wherever they stand.
    pub triggers: Vec<String>,
    /// Words that speak for such a task if there is nothing better.
    pub hints: Vec<String>,
    /// Pairs of words that begin such a task: one of the verbs, with one of the nouns after it.
    #[serde(default)]
    pub verbs: Vec<Verbs>,
    /// The goal, after "I would like to".
    pub goal: Pattern,
    /// What the voice is told.
    pub instructions: Pattern,
    /// What it needs, in the order in which it is asked for.
    pub slots: Vec<Slot>,
    /// What is to be found out.
    pub facts: Vec<FactPattern>,
    /// Where such a call may take longer, or less long, than others.
    #[serde(default)]
    pub limits: Limits,
    /// The voice, model and language of such a call, where they differ from those of every call.
    #[serde(default)]
    pub voice: VoiceChoice,
    #[serde(skip)]
    labels: Option<Arc<Labels>>,
}

/// One detail of a task.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slot {
    /// Its name: `delivery_address`.
    pub name: String,
    /// How it is read.
    pub kind: Kind,
    /// How it is asked for.
    pub question: String,
    /// Why it is needed, for a user who wonders.
    pub why: Option<String>,
    /// Whether the task cannot go on without it.
    #[serde(default = "yes")]
    pub required: bool,
    /// When it matters at all; otherwise the callee is not told it even if it is known.
    pub only_if: Option<Condition>,
    /// When it is asked for; otherwise it is told if the user has said it by themselves.
    pub asked_if: Option<Condition>,
    /// It need not be asked for if this other detail is known.
    pub unless_known: Option<String>,
    /// What users call it when they change it.
    #[serde(default)]
    pub called: Vec<String>,
}

/// A condition on another detail.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// Which detail.
    pub name: String,
    /// Words of which its value must contain one.
    pub has: Vec<String>,
}

/// How long a call of this kind may take, where it differs from the limits of every call. In seconds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// How long it may ring before nobody has answered. 5 to 120.
    pub answer_timeout_s: Option<u32>,
    /// How long both sides may be silent. 5 to 120.
    pub silence_timeout_s: Option<u32>,
    /// How long the whole call may last. 15 to 3600.
    pub call_max_s: Option<u32>,
    /// How long it may be on hold, in all. 10 to 3600.
    pub hold_max_s: Option<u32>,
}

impl Limits {
    /// These limits, and for the rest the limits of every call.
    pub fn over(&self, every: &CallLimits) -> CallLimits {
        CallLimits {
            answer_timeout_s: self.answer_timeout_s.unwrap_or(every.answer_timeout_s),
            silence_timeout_s: self.silence_timeout_s.unwrap_or(every.silence_timeout_s),
            call_max_s: self.call_max_s.unwrap_or(every.call_max_s),
            hold_max_s: self.hold_max_s.unwrap_or(every.hold_max_s),
            cost_max_micros: every.cost_max_micros,
        }
    }
}

/// A fact to be found out.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FactPattern {
    /// Its name.
    pub name: String,
    /// The question to the callee.
    pub question: Pattern,
    /// What kind of value it has; by default what its name says.
    pub kind: Option<FactKind>,
}

fn yes() -> bool {
    true
}

impl Templates {
    /// The kind of task with this name.
    pub fn get(&self, name: &str) -> Option<&Template> {
        self.0.iter().find(|template| template.name == name)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Template> {
        self.0.iter()
    }
}

impl Template {
    /// How users speak of this template's details when they change them.
    pub(crate) fn labels(&self) -> &Labels {
        self.labels.as_ref().expect("a template is only made by reading, which sets the labels")
    }

    /// The detail that users call so.
    pub(crate) fn slot_called(&self, label: &str) -> Option<&Slot> {
        self.slots.iter().find(|slot| slot.called.iter().any(|name| name.eq_ignore_ascii_case(label)))
    }

    /// The detail with this name.
    pub fn slot(&self, name: &str) -> Option<&Slot> {
        self.slots.iter().find(|slot| slot.name == name)
    }

    /// The first detail of this kind.
    pub fn slot_of(&self, kind: Kind) -> Option<&Slot> {
        self.slots.iter().find(|slot| slot.kind == kind)
    }

    /// The details that matter, given what is known.
    pub fn relevant<'a>(&'a self, known: &'a Details) -> impl Iterator<Item = &'a Slot> {
        self.slots.iter().filter(|slot| slot.only_if.as_ref().is_none_or(|condition| condition.holds(known)))
    }

    /// The details that the task cannot go on without, given what is known.
    pub fn needed<'a>(&'a self, known: &'a Details) -> impl Iterator<Item = &'a Slot> {
        let asked = |slot: &Slot| slot.asked_if.as_ref().is_none_or(|condition| condition.holds(known));
        let settled = |slot: &Slot| slot.unless_known.as_ref().is_some_and(|other| known.contains_key(other));
        self.relevant(known)
            .filter(move |slot| slot.required && asked(slot) && (!settled(slot) || known.contains_key(&slot.name)))
    }

    /// What the patterns of this template may speak of: the details that matter, and what can be said of them in other words.
    pub fn words(&self, known: &Details) -> Details {
        let mut words: Details =
            self.relevant(known).filter_map(|slot| Some((slot.name.clone(), known.get(&slot.name)?.clone()))).collect();
        for (name, value) in derived(&words) {
            words.insert(name.into(), value);
        }
        words
    }
}

impl FactPattern {
    /// The fact, for these details.
    pub fn wanted(&self, words: &Details) -> FactWanted {
        FactWanted { name: self.name.clone(), question: self.question.fill(words), kind: self.kind }
    }
}

impl Condition {
    fn holds(&self, known: &Details) -> bool {
        let value = known.get(&self.name).map(|value| value.to_lowercase()).unwrap_or_default();
        self.has.iter().any(|word| value.contains(word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_may_have_limits_of_its_own() {
        let templates = Templates::built_in().unwrap();
        let limits = |kind: &str| templates.get(kind).unwrap().limits.over(&CallLimits::default());
        assert_eq!(limits("order_food"), CallLimits::default());
        assert_eq!((limits("wait_on_hold").call_max_s, limits("wait_on_hold").check()), (3600, Ok(())));
    }

    #[test]
    fn a_new_time_alone_says_the_same_day() {
        let templates = Templates::built_in().unwrap();
        let known = Details::from([("change".into(), "move".into()), ("time".into(), "8:00 pm".into())]);
        let needed: Vec<&str> = templates.get("change_booking").unwrap().needed(&known).map(|slot| slot.name.as_str()).collect();
        assert_eq!(needed, ["change", "booking", "old_date", "time", "user_name", "target_phone_number"]);
    }

    #[test]
    fn an_address_matters_for_delivery_only() {
        let templates = Templates::built_in().unwrap();
        let order = templates.get("order_food").unwrap();
        let known =
            |way: &str| Details::from([("fulfilment".into(), way.into()), ("delivery_address".into(), "12 Elm Street".into())]);
        assert!(order.words(&known("delivery")).contains_key("delivery_address"));
        assert!(!order.words(&known("pickup")).contains_key("delivery_address"));
    }
}
