//! A person of a scenario's own making: what is heard decides what is said.

use crate::scenario::{self, When};
use regex::Regex;
use sim::offline::{Fields, Reply, Script, Slip, Then};
use std::sync::LazyLock;

/// What everybody answers to a goodbye.
static BYE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\b(good ?bye|bye)\b").expect("the pattern is tested"));

/// Whoever was not understood says it again.
static AGAIN: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\b(say (it|that) again|repeat that|not hear that)\b").expect("the pattern is tested"));

struct Rule {
    heard: Regex,
    when: When,
    used: bool,
}

pub(super) struct Person {
    greeting: String,
    rules: Vec<Rule>,
    otherwise: Option<String>,
    facts: Fields,
    heard: u32,
    /// What was said last.
    last: String,
}

impl Person {
    pub(super) fn new(callee: &scenario::Callee) -> Self {
        // Whoever reads scenarios has checked the expressions.
        let rule = |when: &When| Some(Rule { heard: Regex::new(&when.heard).ok()?, when: when.clone(), used: false });
        Self {
            greeting: callee.greeting.clone().unwrap_or_default(),
            rules: callee.when.iter().filter_map(rule).collect(),
            otherwise: callee.otherwise.clone(),
            facts: Fields::new(),
            heard: 0,
            last: String::new(),
        }
    }
}

impl Script for Person {
    fn greeting(&mut self) -> Reply {
        self.last.clone_from(&self.greeting);
        Reply::listen(self.greeting.clone())
    }

    fn hear(&mut self, said: &str) -> Reply {
        self.heard += 1;
        let plain = said.to_lowercase();
        let fits = self.rules.iter_mut().find_map(|rule| {
            let found = rule.heard.captures(&plain).filter(|_| !(rule.when.once && rule.used))?;
            rule.used = true;
            let mut say = String::new();
            found.expand(&rule.when.say, &mut say);
            Some((say, rule.when.then, rule.when.tells.clone()))
        });
        if let Some((say, then, tells)) = fits {
            self.facts.extend(tells);
            let then = match then {
                scenario::Then::Listen => Then::Listen,
                scenario::Then::AwaitGoodbye => Then::AwaitGoodbye,
                scenario::Then::HangUp => Then::HangUp,
                scenario::Then::BreakOff => Then::BreakOff,
            };
            if !say.is_empty() {
                self.last.clone_from(&say);
            }
            return Reply { say, then };
        }
        if AGAIN.is_match(&plain) {
            return Reply::listen(self.last.clone());
        }
        if says_bye(&plain) {
            return Reply::hang_up("Goodbye!");
        }
        Reply::listen(self.otherwise.clone().unwrap_or_default())
    }

    fn slip(&self) -> Slip {
        Slip { kind: "scenario".into(), fields: Fields::new(), facts: self.facts.clone(), confirmed: self.heard > 0 }
    }
}

/// Whether these words have a goodbye in them.
pub(super) fn says_bye(words: &str) -> bool {
    BYE.is_match(&words.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use scenario::Callee;

    fn when(heard: &str, say: &str, once: bool) -> When {
        let tells = [("hours".to_owned(), "9 to 5".to_owned())].into_iter().collect();
        When { heard: heard.into(), say: say.into(), then: scenario::Then::Listen, once, tells }
    }

    #[test]
    fn the_first_rule_that_fits_and_is_not_used_up_answers() {
        let callee = Callee {
            greeting: Some("Hello?".into()),
            when: vec![when("open (on \\w+)", "Yes, $1.", true), when("open", "I said so.", false)],
            otherwise: Some("Pardon?".into()),
            ..Callee::default()
        };
        let mut person = Person::new(&callee);
        assert_eq!(person.greeting().say, "Hello?");
        assert_eq!(person.hear("What?").say, "Pardon?");
        assert_eq!(person.hear("Are you open on Sunday?").say, "Yes, on sunday.");
        assert_eq!(person.hear("Are you open on Sunday?").say, "I said so.");
        assert_eq!(person.hear("Thanks, goodbye."), Reply::hang_up("Goodbye!"));
        assert_eq!(person.slip().facts["hours"], "9 to 5");
    }
}
