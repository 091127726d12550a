//! What the callee asks is answered out of the briefing, and what is missing is asked for.

use super::super::compare::Mention;
use super::super::facts::{Sort, sort};
use super::super::words::{Sentence, has, plain};
use super::super::{asking, asks, caller, phrases, remarks};
use super::{Dialogue, NO_MORE, Next};

impl Dialogue<'_> {
    /// What has to be answered, corrected or confirmed, one sentence each.
    pub(super) fn answers(&self, heard: &[Sentence<'_>]) -> Vec<String> {
        let mut say: Vec<String> = Vec::new();
        let mut add = |sentence: String| {
            if !say.contains(&sentence) {
                say.push(sentence);
            }
        };
        let mut told: Vec<String> = Vec::new();
        let (mut unknown, mut confirms) = (false, false);
        for sentence in heard {
            let asked = asks::asked(sentence, &self.briefing.task_kind, &self.briefing.details);
            let mentions = self.mentions(sentence);
            let wrong: Vec<_> = mentions.iter().filter(|(.., mention)| *mention == Mention::Wrong).collect();
            let mut understood = !mentions.is_empty();
            if remarks::wants_repeat(sentence) {
                continue;
            }
            if remarks::asks_for_change(sentence) {
                self.set_right().into_iter().for_each(&mut add);
                continue;
            }
            if caller::asks_robot(sentence) {
                add(format!("Yes, I am an AI assistant, calling on behalf of {}.", phrases::caller(self.briefing)));
                continue;
            }
            if caller::asks_who(sentence) {
                add(format!("This is an AI assistant calling on behalf of {}.", phrases::caller(self.briefing)));
                continue;
            }
            if let Some(answer) = self.about_payment(sentence) {
                add(answer);
                continue;
            }
            for (name, value, _) in &wrong {
                if !told.contains(name) {
                    told.push(name.clone());
                    add(self.correction(name, value));
                }
            }
            let asks = !asked.is_empty();
            for name in asked {
                let value = phrases::known(self.briefing, &name);
                let mentioned = mentions.iter().any(|(known, ..)| *known == name);
                understood = true;
                match value {
                    Some(_) if mentioned || told.contains(&name) => {}
                    Some(value) if sentence.has(&["spell", "spelled", "spelling"]) => add(phrases::spelt(value)),
                    Some(value) => {
                        told.push(name.clone());
                        add(phrases::tell(self.briefing, &name, value));
                    }
                    // "No" would be a guess about somebody's health.
                    None if name == "special_requests" && sentence.plain.contains("allerg") => unknown = true,
                    None if name == "special_requests" => add(NO_MORE.into()),
                    None if name == "quantity" && self.briefing.task_kind == "order_food" => add("Just one, please.".into()),
                    None => unknown = true,
                }
            }
            if !wrong.is_empty() {
                continue;
            }
            self.name_in_doubt(sentence).into_iter().for_each(&mut add);
            if !sentence.question {
                // "So that's one large pepperoni pizza for delivery." wants a yes, too.
                let reads_back = mentions.len() > 1 && sentence.has(&["so that's", "so that is", "so you want", "so i have"]);
                confirms |= reads_back && !self.is_leaving(heard);
                continue;
            }
            if sentence.has(&["spell", "spelled", "spelling"]) && told.is_empty() && !understood {
                add(phrases::spelt(phrases::caller(self.briefing)));
            } else if mentions.len() == 1 && !remarks::asks_confirmation(sentence) && told.is_empty() {
                let (name, value, _) = &mentions[0];
                add(phrases::confirm(self.briefing, name, value));
            } else if (!mentions.is_empty() && !asks) || remarks::asks_confirmation(sentence) {
                confirms = true;
            } else if understood {
                continue;
            } else if caller::asks_purpose(sentence) {
                add(self.purpose());
            } else if remarks::offers_more(sentence) && !asking::must_choose(sentence) {
                add(NO_MORE.into());
            } else if !remarks::asks_to_hold(sentence) && !remarks::is_filler(&sentence.plain) {
                unknown = true;
            }
        }
        // "Is that right?" is answered yes only if nothing was wrong.
        let corrected = say.iter().any(|sentence| sentence.starts_with("No, ") && sentence != NO_MORE);
        if confirms && !corrected && !say.iter().any(|sentence| sentence.starts_with("Yes, ")) {
            say.insert(0, "Yes, that's right.".into());
        }
        if unknown && !self.is_leaving(heard) {
            say.push(phrases::CANNOT_ANSWER.into());
        }
        say
    }

    /// The user pays on delivery or pickup, if the briefing says so.
    fn about_payment(&self, sentence: &Sentence<'_>) -> Option<String> {
        if !remarks::asks_payment(sentence) {
            return None;
        }
        let instructions = &self.briefing.instructions;
        let at = instructions.find("will pay on ")?;
        let when: String = instructions[at + "will pay on ".len()..].chars().take_while(char::is_ascii_alphabetic).collect();
        Some(format!("{} will pay on {when}.", phrases::caller(self.briefing)))
    }

    /// What we want, in a sentence.
    fn purpose(&self) -> String {
        phrases::purpose(self.briefing)
    }

    /// The last thing again; the opening is shortened to what we want.
    pub(super) fn again(&self) -> String {
        let last = self.last.unwrap_or_default();
        let opening = has(&plain(last), &[&plain(self.briefing.disclosure())]);
        if opening || last.is_empty() || has(&plain(last), &["still there"]) {
            return self.purpose();
        }
        let last = last.strip_prefix("Of course. ").unwrap_or(last);
        format!("Of course. {last}")
    }

    /// Asks for a fact that is missing; gives up on one that was asked for and not told.
    pub(super) fn ask_for_fact(&self) -> Next {
        for fact in self.missing() {
            let question = match (sort(&fact.name), self.briefing.details.get("question")) {
                (Sort::Words, Some(question)) => question.clone(),
                (Sort::Words, None) if matches!(self.briefing.task_kind.as_str(), "errand" | "wait_on_hold") => self.purpose(),
                _ => fact.question.clone(),
            };
            if self.times_said(&question) < 2 {
                return Next::Say(phrases::capital(&question));
            }
        }
        let say = "I'll pass that on. Thank you very much. Goodbye.".to_owned();
        Next::End { status: self.status_if_over(), say, remarks: self.unanswered() }
    }
}
