//! What the command line says about the call, checked before anything else happens.

use super::{Asked, Error, arguments};
use graph::{
    locale::{Here, Locale},
    template::{CALLEE_SLOT, NUMBER_SLOT, Template},
};
use types::{Details, PhoneNumber, chat::Plan};

/// The most details, and the most characters of one; as the engine has it.
const DETAILS_MAX: usize = 40;
const DETAIL_CHARS_MAX: usize = 500;

/// The number and the details by name, the number among them.
#[derive(Debug)]
pub(super) struct Given {
    details: Details,
}

impl Given {
    /// Reads the number as the chat would.
    pub(super) fn read(asked: &Asked, region: &str) -> Result<Self, Error> {
        let number = graph::parse::phone::read(&asked.number, region).map_err(Error::Usage)?;
        if asked.task.trim().is_empty() {
            return Err(Error::Usage("say what to do, as in 'ask whether they have oat milk'".into()));
        }
        asked.choice.check("").map_err(|error| Error::Usage(format!("--{error}")))?;
        let mut details = arguments::by_name(&asked.details).map_err(Error::Usage)?;
        if details.contains_key(NUMBER_SLOT) {
            return Err(Error::Usage(format!("the number is the first argument; leave --detail {NUMBER_SLOT} out")));
        }
        if details.len() >= DETAILS_MAX {
            return Err(Error::Usage(format!("there may be at most {} details", DETAILS_MAX - 1)));
        }
        if let Some((name, _)) = details.iter().find(|(_, value)| value.chars().count() > DETAIL_CHARS_MAX) {
            return Err(Error::Usage(format!("the detail {name} must be at most {DETAIL_CHARS_MAX} characters long")));
        }
        details.insert(NUMBER_SLOT.into(), number.as_str().into());
        Ok(Self { details })
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.details.get(name).map(String::as_str)
    }

    /// Refuses what the task cannot take, and puts every value into the form in which the plan will have it.
    pub(super) fn check(&mut self, template: &Template, locale: &Locale) -> Result<(), Error> {
        let here = Here { locale, now: jiff::Timestamp::now() };
        for (name, value) in &mut self.details {
            let Some(slot) = template.slot(name) else {
                return Err(Error::Usage(format!(
                    "there is no detail {name} in this task ({}); it has {}",
                    template.title.to_lowercase(),
                    names(template)
                )));
            };
            *value = slot.kind.read(value, here).map_err(|problem| Error::Usage(format!("--detail {name}: {problem}")))?;
        }
        Ok(())
    }

    /// What a plan says otherwise, or not at all.
    pub(super) fn not_in(&self, plan: &Plan) -> Details {
        let differs = |name: &str, value: &str| in_plan(plan, name) != Some(value);
        self.details.iter().filter(|(name, value)| differs(name, value)).map(|(n, v)| (n.clone(), v.clone())).collect()
    }
}

/// A detail of a plan by its name.
pub(super) fn in_plan<'a>(plan: &'a Plan, name: &str) -> Option<&'a str> {
    match name {
        NUMBER_SLOT => Some(plan.target_phone_number.as_str()),
        CALLEE_SLOT => plan.callee_name.as_deref(),
        name => plan.details.get(name).map(String::as_str),
    }
}

fn names(template: &Template) -> String {
    let names: Vec<&str> = template.slots.iter().map(|slot| slot.name.as_str()).filter(|name| *name != NUMBER_SLOT).collect();
    names.join(", ")
}

/// A number as people read it.
pub(super) fn readable(number: &PhoneNumber) -> String {
    let text = number.as_str();
    match text.strip_prefix("+1").filter(|rest| rest.len() == 10) {
        Some(rest) => format!("+1 {} {} {}", &rest[..3], &rest[3..6], &rest[6..]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use graph::template::Templates;

    fn given(number: &str, details: &[(&str, &str)]) -> Result<Given, String> {
        let asked = Asked {
            json_input: false,
            settings: Err(anyhow::anyhow!("not read")),
            number: number.into(),
            task: "order a pizza".into(),
            details: details.iter().map(|(n, v)| ((*n).into(), (*v).into())).collect(),
            yes: false,
            json: false,
            engine: None,
            simulated: true,
            choice: types::VoiceChoice::default(),
        };
        Given::read(&asked, "US").map_err(|error| error.to_string())
    }

    fn checked(details: &[(&str, &str)]) -> Result<Given, String> {
        let mut given = given("+14155550100", details)?;
        let templates = Templates::built_in().unwrap();
        given.check(templates.get("order_food").unwrap(), &Locale::default()).map_err(|error| error.to_string())?;
        Ok(given)
    }

    #[test]
    fn the_number_is_checked_before_anything_else() {
        assert_eq!(given("415 555 0100", &[]).unwrap().get(NUMBER_SLOT), Some("+14155550100"));
        assert!(given("911", &[]).unwrap_err().contains("emergency"));
        assert!(given("Tony's", &[]).unwrap_err().contains("+1 415 555 0100"));
        assert!(given("+14155550100", &[(NUMBER_SLOT, "+14155550101")]).unwrap_err().contains("first argument"));
    }

    #[test]
    fn a_detail_is_read_as_the_chat_reads_it() {
        assert_eq!(checked(&[("size", "LARGE"), ("quantity", "two")]).unwrap().get("quantity"), Some("2"));
        let unknown = checked(&[("colour", "red")]).unwrap_err();
        assert!(unknown.contains("colour") && unknown.contains("delivery_address"), "{unknown}");
        let unreadable = checked(&[("quantity", "plenty of them")]).unwrap_err();
        assert!(unreadable.starts_with("--detail quantity: "), "{unreadable}");
    }

    #[test]
    fn numbers_are_shown_in_groups() {
        assert_eq!(readable(&PhoneNumber::parse("+14155550100").unwrap()), "+1 415 555 0100");
        assert_eq!(readable(&PhoneNumber::parse("+442079460000").unwrap()), "+442079460000");
    }
}
