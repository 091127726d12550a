//! The person that the call is made for, in a call: sees the agent's questions and answers as the scenario has it.

use crate::callee::Party;
use crate::scenario::{self, Tell};
use regex::Regex;
use session::Input;
use std::time::Duration;
use types::{CallEvent, UserQuestion};

pub(super) struct User<'a> {
    answers: &'a [scenario::Answer],
    tells: Vec<&'a Tell>,
    told: u32,
    /// Every question, in its words.
    asked: Vec<String>,
    faults: Vec<String>,
}

impl<'a> User<'a> {
    pub(super) fn new(user: &'a scenario::User) -> Self {
        let tells = user.tells.iter().collect();
        Self { answers: &user.answers, tells, told: 0, asked: Vec::new(), faults: Vec::new() }
    }

    /// Something has happened in the call. What the user answers to it, and after how long.
    pub(super) fn see(&mut self, event: &CallEvent) -> Option<(Duration, Input)> {
        let CallEvent::Question { question, .. } = event else { return None };
        self.asked.push(question.question.clone());
        let plain = question.question.to_lowercase();
        // Whoever reads scenarios has checked the expressions.
        let fits = |answer: &&scenario::Answer| Regex::new(&answer.asked).is_ok_and(|asked| asked.is_match(&plain));
        let answer = self.answers.iter().find(fits)?;
        let text = self.words(answer, question)?;
        Some((Duration::from_secs_f64(answer.after_s), Input::UserAnswer { id: question.id.clone(), text }))
    }

    fn words(&mut self, answer: &scenario::Answer, question: &UserQuestion) -> Option<String> {
        let Some(choice) = answer.choice else { return answer.say.clone() };
        let chosen = choice.checked_sub(1).and_then(|at| question.choices.get(at)).cloned();
        if chosen.is_none() {
            self.faults.push(format!("the question {:?} offers no choice {choice}: {:?}", question.question, question.choices));
        }
        chosen
    }

    /// What the user types by now, so long after the answer.
    pub(super) fn type_by(&mut self, now: Duration, party: Option<&Party>) -> Vec<Input> {
        let turns = party.map_or(0, Party::agent_turns_over);
        let is_due = |tell: &&Tell| match (tell.after_turn, tell.at_s) {
            (Some(turn), _) => turns >= turn,
            (None, at_s) => at_s.is_some_and(|at_s| now.as_secs_f64() >= at_s),
        };
        let (due, later) = std::mem::take(&mut self.tells).into_iter().partition(is_due);
        self.tells = later;
        let due: Vec<&Tell> = due;
        let mut input = |tell: &Tell| {
            self.told += 1;
            Input::Instruction { id: format!("i{}", self.told), text: tell.say.clone() }
        };
        due.into_iter().map(&mut input).collect()
    }

    /// The questions that were asked, and what the scenario's answers did not fit.
    pub(super) fn seen(self) -> (Vec<String>, Vec<String>) {
        (self.asked, self.faults)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::of_text;

    const ORDER: &str = "name = \"a\"\nshows = \"b\"\norder = { goal = \"order a pizza\" }\nexpect = {}\n";

    fn question(words: &str, choices: &[&str]) -> CallEvent {
        let choices = choices.iter().map(|choice| (*choice).to_owned()).collect();
        let question = UserQuestion { id: "q1".into(), question: words.into(), choices, time_limit_s: 30 };
        CallEvent::Question { question, until_ms: 40_000 }
    }

    fn told(seen: Option<(Duration, Input)>) -> Option<(f64, String)> {
        match seen {
            Some((after, Input::UserAnswer { id, text })) if id == "q1" => Some((after.as_secs_f64(), text)),
            _ => None,
        }
    }

    #[test]
    fn the_first_answer_that_fits_is_given_and_nothing_to_another_question() {
        let answers =
            "[[user.answers]]\nasked = 'crust'\nchoice = 2\nafter_s = 8\n[[user.answers]]\nasked = 'zip'\nsay = \"94110\"\n";
        let scenario = of_text("a", &format!("{ORDER}{answers}")).unwrap();
        let mut user = User::new(&scenario.user);
        assert_eq!(told(user.see(&question("Which Crust?", &["thin", "thick"]))), Some((8.0, "thick".into())));
        assert_eq!(told(user.see(&question("What's the zip code?", &[]))), Some((5.0, "94110".into())));
        assert_eq!(told(user.see(&question("Any allergies?", &[]))), None);
        assert_eq!(told(user.see(&question("Which crust?", &[]))), None);
        let (asked, faults) = user.seen();
        assert_eq!(asked.len(), 4);
        assert_eq!(faults, ["the question \"Which crust?\" offers no choice 2: []"]);
    }

    #[test]
    fn instructions_are_typed_at_their_time_and_once() {
        let tells = "[[user.tells]]\nsay = \"ask for napkins\"\nat_s = 12\n[[user.tells]]\nsay = \"never\"\nafter_turn = 1\n";
        let scenario = of_text("a", &format!("{ORDER}{tells}")).unwrap();
        let mut user = User::new(&scenario.user);
        assert!(user.type_by(Duration::from_secs(11), None).is_empty());
        let typed = user.type_by(Duration::from_secs(12), None);
        assert!(matches!(&typed[..], [Input::Instruction { id, text }] if id == "i1" && text == "ask for napkins"), "{typed:?}");
        assert!(user.type_by(Duration::from_secs(13), None).is_empty());
    }

    #[test]
    fn what_a_user_cannot_do_is_refused() {
        for (wrong, why) in [
            ("[[user.answers]]\nasked = '('\nsay = \"x\"\n", "user.answers[0].asked is no regular expression"),
            ("[[user.answers]]\nasked = 'x'\n", "user.answers[0] must have either say or choice"),
            ("[[user.answers]]\nasked = 'x'\nchoice = 9\n", "user.answers[0].choice must be 1 to 4"),
            ("[[user.tells]]\nsay = \"x\"\n", "user.tells[0] must have either after_turn or at_s"),
            ("[[user.tells]]\nsay = \" \"\nat_s = 1\n", "user.tells[0].say must have 1 to 500"),
            (
                "[[carrier_says]]\nanswered_by = \"robot\"\nat_s = 1\n",
                "unknown word \"robot\", expected one of human, machine_start",
            ),
            ("[[carrier_says]]\nanswered_by = \"fax\"\nat_s = -1\n", "carrier_says[0].at_s must be 0 to 600"),
        ] {
            let said = of_text("a", &format!("{ORDER}{wrong}")).unwrap_err().to_string();
            assert!(said.contains(why), "{said}");
        }
    }
}
