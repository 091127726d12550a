//! What a scenario may say: every size and time has bounds.

use super::{Interject, Menu, Scenario, Segment};
use regex::Regex;

/// The field at fault, and what would be right.
pub(super) type Fault = (String, String);

/// The longest that anything before a person takes, seconds.
const SEGMENT_MAX_S: f64 = 900.0;
/// How many things of a kind a scenario may have.
const LIST_MAX: usize = 100;
/// The longest text that is spoken.
const TEXT_MAX: usize = 1_000;

impl Scenario {
    /// Refuses what cannot be run.
    pub(super) fn check(&self) -> Result<(), Fault> {
        let good = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if !(1..=60).contains(&self.name.len()) || !self.name.bytes().all(good) {
            return fault("name", format!("must be 1 to 60 small letters, digits and hyphens, not {:?}", self.name));
        }
        between("calls", self.calls.map(f64::from), 1.0, 20.0)?;
        self.order.check().map_err(|error| (format!("order.{}", error.field), error.problem))?;
        self.check_line()?;
        self.check_callee()?;
        if self.interject.len() > LIST_MAX {
            return fault("interject", format!("must be at most {LIST_MAX}"));
        }
        for (at, interject) in self.interject.iter().enumerate() {
            check_interject(interject).map_err(|(field, problem)| (format!("interject[{at}]{field}"), problem))?;
        }
        self.user.check()?;
        if self.carrier_says.len() > LIST_MAX {
            return fault("carrier_says", format!("must be at most {LIST_MAX}"));
        }
        for (at, says) in self.carrier_says.iter().enumerate() {
            says.check(&format!("carrier_says[{at}]"))?;
        }
        for (at, asked) in self.expect.asked.iter().flatten().enumerate() {
            expression(&format!("expect.asked[{at}]"), asked)?;
        }
        for (at, heard) in self.expect.told.iter().enumerate() {
            expression(&format!("expect.told[{at}]"), heard)?;
        }
        for (at, heard) in self.expect.not_told.iter().enumerate() {
            expression(&format!("expect.not_told[{at}]"), heard)?;
        }
        between("trouble.model_lost_at_s", self.trouble.model_lost_at_s, 0.0, 3_600.0)?;
        between("trouble.model_opens_ms", self.trouble.model_opens_ms.map(f64::from), 0.0, 60_000.0)
    }

    fn check_line(&self) -> Result<(), Fault> {
        let line = &self.line;
        between("line.loss", Some(line.loss), 0.0, 0.5)?;
        between("line.loss_burst", line.loss_burst, 1.0, 50.0)?;
        between("line.noise_db", line.noise_db.map(f64::from), -10.0, 60.0)?;
        between("line.echo_db", line.echo_db.map(f64::from), 0.0, 60.0)?;
        between("line.echo_ms", line.echo_ms.map(f64::from), 0.0, 2_000.0)?;
        between("line.gain_db", Some(f64::from(line.gain_db)), -40.0, 40.0)?;
        between("line.network_ms", line.network_ms.map(f64::from), 0.0, 2_000.0)?;
        between("line.jitter_ms", Some(f64::from(line.jitter_ms)), 0.0, 1_000.0)
    }

    fn check_callee(&self) -> Result<(), Fault> {
        let callee = &self.callee;
        between("callee.pitch", callee.pitch.map(f64::from), 0.5, 2.0)?;
        between("callee.speed", callee.speed.map(f64::from), 0.5, 2.0)?;
        between("callee.hold_s", callee.hold_s, 0.0, 600.0)?;
        between("callee.rings_s", callee.rings_s, 0.0, 120.0)?;
        if callee.greeting.is_some() && callee.number.is_some() {
            let problem = "is a person of the scenario's own, and callee.number is another: leave one of them out";
            return fault("callee.greeting", problem);
        }
        if callee.greeting.is_none() && callee.model.is_none() && (!callee.when.is_empty() || callee.otherwise.is_some()) {
            return fault("callee.greeting", "must be there where there is callee.when or callee.otherwise");
        }
        if let Some(model) = &callee.model {
            model.check()?;
            if callee.number.is_some() || !callee.when.is_empty() || callee.otherwise.is_some() {
                return fault(
                    "callee.model",
                    "plays the whole person: leave callee.number, callee.when and callee.otherwise out",
                );
            }
        }
        if callee.before.len() > LIST_MAX || callee.when.len() > LIST_MAX || callee.menus.len() > LIST_MAX {
            return fault("callee", format!("must have at most {LIST_MAX} of a kind"));
        }
        text("callee.greeting", callee.greeting.as_deref().unwrap_or_default())?;
        text("callee.otherwise", callee.otherwise.as_deref().unwrap_or_default())?;
        for (at, when) in callee.when.iter().enumerate() {
            expression(&format!("callee.when[{at}].heard"), &when.heard)?;
            text(&format!("callee.when[{at}].say"), &when.say)?;
        }
        for (at, segment) in callee.before.iter().enumerate() {
            self.check_segment(&format!("callee.before[{at}]"), segment)?;
        }
        callee.menus.iter().try_for_each(|(name, menu)| self.check_menu(name, menu))
    }

    fn check_segment(&self, field: &str, segment: &Segment) -> Result<(), Fault> {
        match segment {
            Segment::Say(words) => text(field, words),
            Segment::MusicS(s) | Segment::SilenceS(s) | Segment::FaxS(s) | Segment::RecordS(s) => {
                between(field, Some(*s), 0.0, SEGMENT_MAX_S)
            }
            Segment::BeepMs(ms) => between(field, Some(f64::from(*ms)), 0.0, 5_000.0),
            Segment::Menu(name) => self.check_target(field, name),
            Segment::HangUp(_) => Ok(()),
        }
    }

    fn check_menu(&self, name: &str, menu: &Menu) -> Result<(), Fault> {
        text(&format!("callee.menus.{name}.prompt"), &menu.prompt)?;
        between(&format!("callee.menus.{name}.wait_s"), Some(menu.wait_s), 1.0, 60.0)?;
        between(&format!("callee.menus.{name}.prompts_max"), Some(f64::from(menu.prompts_max)), 1.0, 50.0)?;
        for (key, target) in &menu.keys {
            let field = format!("callee.menus.{name}.keys.{key}");
            let known = key.len() == 1 && key.chars().all(|key| key.is_ascii_digit() || "*#".contains(key));
            if !known {
                return fault(&field, "must be one key: 0 to 9, * or #");
            }
            if !matches!(target.as_str(), "person" | "hang_up") {
                self.check_target(&field, target)?;
            }
        }
        Ok(())
    }

    fn check_target(&self, field: &str, name: &str) -> Result<(), Fault> {
        if self.callee.menus.contains_key(name) {
            return Ok(());
        }
        fault(field, format!("must name a menu of [callee.menus], not {name:?}; a key may also lead to person or hang_up"))
    }
}

fn check_interject(interject: &Interject) -> Result<(), Fault> {
    let what = [interject.say.is_some(), interject.sound.is_some(), interject.press.is_some(), interject.hang_up];
    if what.into_iter().filter(|there| *there).count() != 1 {
        return fault("", "must have one of say, sound, press and hang_up");
    }
    if interject.agent_turn.is_some() == interject.at_s.is_some() {
        return fault("", "must have either agent_turn (with after_ms) or at_s");
    }
    between(".at_s", interject.at_s, 0.0, 3_600.0)?;
    between(".after_ms", Some(f64::from(interject.after_ms)), 0.0, 60_000.0)?;
    between(".gain_db", Some(f64::from(interject.gain_db)), -40.0, 20.0)?;
    text(".say", interject.say.as_deref().unwrap_or_default())?;
    match &interject.press {
        Some(keys) if keys.len() > 40 || sounds::dtmf::encode(keys).is_none() => {
            fault(".press", "must be at most 40 keys: 0 to 9, * and #")
        }
        Some(_) | None => Ok(()),
    }
}

pub(super) fn between(field: &str, value: Option<f64>, low: f64, high: f64) -> Result<(), Fault> {
    match value {
        Some(value) if !(low..=high).contains(&value) => fault(field, format!("must be {low} to {high}, not {value}")),
        Some(_) | None => Ok(()),
    }
}

pub(super) fn expression(field: &str, text: &str) -> Result<(), Fault> {
    Regex::new(text).map(drop).map_err(|error| (field.into(), format!("is no regular expression: {error}")))
}

fn text(field: &str, text: &str) -> Result<(), Fault> {
    if text.chars().count() > TEXT_MAX {
        return fault(field, format!("must be at most {TEXT_MAX} characters long"));
    }
    Ok(())
}

pub(super) fn fault(field: &str, problem: impl Into<String>) -> Result<(), Fault> {
    Err((field.into(), problem.into()))
}
