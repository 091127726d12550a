//! The kinds of tasks and what each needs: read from the TOML files in `templates/`, and checked when they are read.

mod derived;
mod fill;
mod kind;
mod labels;

pub use derived::derived;
pub use fill::Pattern;
pub use kind::Kind;

pub(crate) use labels::Labels;
use serde::Deserialize;
use std::sync::Arc;
use types::{Details, FactWanted};

/// The slot that every kind of task has: who is called.
pub const NUMBER_SLOT: &str = "target_phone_number";
/// The optional slot for the business's name.
pub const CALLEE_SLOT: &str = "callee_name";

const BUILT_IN: [(&str, &str); 4] = [
    ("order_food", include_str!("../../templates/order_food.toml")),
    ("book_table", include_str!("../../templates/book_table.toml")),
    ("ask_business", include_str!("../../templates/ask_business.toml")),
    ("errand", include_str!("../../templates/errand.toml")),
];

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
    /// The goal, after "I would like to".
    pub goal: Pattern,
    /// What the voice is told.
    pub instructions: Pattern,
    /// What it needs, in the order in which it is asked for.
    pub slots: Vec<Slot>,
    /// What is to be found out.
    pub facts: Vec<FactPattern>,
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

/// A fact to be found out.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FactPattern {
    /// Its name.
    pub name: String,
    /// The question to the callee.
    pub question: Pattern,
}

fn yes() -> bool {
    true
}

/// Why templates cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file is not a template.
    #[error("template {name} cannot be read")]
    Unreadable {
        /// Which.
        name: String,
        /// Why.
        source: toml::de::Error,
    },
    /// A template contradicts itself.
    #[error("template {name}: {problem}")]
    Wrong {
        /// Which.
        name: String,
        /// What is wrong.
        problem: String,
    },
}

impl Templates {
    /// The templates that come with the program.
    pub fn built_in() -> Result<Self, Error> {
        BUILT_IN.iter().map(|(name, text)| Template::read(name, text)).collect::<Result<_, _>>().map(Self)
    }

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
    /// Reads and checks one template.
    pub fn read(name: &str, text: &str) -> Result<Self, Error> {
        let mut template: Self = toml::from_str(text).map_err(|source| Error::Unreadable { name: name.into(), source })?;
        template.check().map_err(|problem| Error::Wrong { name: name.into(), problem })?;
        template.labels = Some(Arc::new(Labels::of(&template.slots)));
        Ok(template)
    }

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
        self.relevant(known).filter(move |slot| slot.required && asked(slot))
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

    fn check(&self) -> Result<(), String> {
        let number = self.slot(NUMBER_SLOT).ok_or_else(|| format!("it needs a slot {NUMBER_SLOT}"))?;
        if !number.required || number.kind != Kind::Phone || number.only_if.is_some() || number.asked_if.is_some() {
            return Err(format!("{NUMBER_SLOT} must be of kind phone and always required"));
        }
        if self.triggers.is_empty() {
            return Err("it needs a trigger".into());
        }
        for (place, slot) in self.slots.iter().enumerate() {
            if self.slots[..place].iter().any(|earlier| earlier.name == slot.name) {
                return Err(format!("slot {} is there twice", slot.name));
            }
            if let Some(condition) =
                [&slot.only_if, &slot.asked_if].into_iter().flatten().find(|it| self.slot(&it.name).is_none())
            {
                return Err(format!("slot {} depends on {}, which is none", slot.name, condition.name));
            }
        }
        let facts = self.facts.iter().map(|fact| &fact.question);
        for name in facts.chain([&self.goal, &self.instructions]).flat_map(Pattern::names) {
            if self.slot(name).is_none() && !derived::NAMES.contains(&name) {
                return Err(format!("{{{name}}} is not a slot"));
            }
        }
        Ok(())
    }
}

impl FactPattern {
    /// The fact, for these details.
    pub fn wanted(&self, words: &Details) -> FactWanted {
        FactWanted { name: self.name.clone(), question: self.question.fill(words) }
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
    fn the_built_in_templates_are_sound() {
        let names: Vec<String> = Templates::built_in().unwrap().iter().map(|t| t.name.clone()).collect();
        assert_eq!(names, ["order_food", "book_table", "ask_business", "errand"]);
    }

    #[test]
    fn a_template_that_contradicts_itself_is_refused() {
        let good = BUILT_IN[3].1;
        for (from, to, said) in [
            ("target_phone_number", "their_number", "needs a slot target_phone_number"),
            ("kind = \"phone\"", "kind = \"text\"", "must be of kind phone"),
            ("{errand}", "{nonsense}", "{nonsense} is not a slot"),
            ("name = \"instructions\"", "name = \"user_name\"", "twice"),
        ] {
            let error = Template::read("errand", &good.replace(from, to)).unwrap_err().to_string();
            assert!(error.contains(said), "{error}");
        }
        assert!(matches!(Template::read("x", "name = 1"), Err(Error::Unreadable { .. })));
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
