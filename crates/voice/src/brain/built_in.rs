//! The built-in brain: reads the briefing, follows the conversation, decides the next sentence.

use super::compare::{Mention, house_agrees, mention, misheard_part, misheard_street, sounds_alike};
use super::facts::{self, Sort, Told, sort, statements};
use super::outcome::{Outcome, echo, end_call};
use super::words::{Sentence, has, is_number, plain, sentences};
use super::{Brain, Line, Reply, ToolCall, Turn, asks, budget, hold, phrases, remarks};
use async_trait::async_trait;
use types::{Briefing, OutcomeStatus, briefing::words_to_say};

/// The brain that needs no key.
#[derive(Clone, Copy, Debug, Default)]
pub struct BuiltIn;

#[async_trait]
impl Brain for BuiltIn {
    async fn reply(&self, turn: &Turn) -> Reply {
        reply(turn)
    }
}

/// The answer; no more than a function of the turn.
pub(super) fn reply(turn: &Turn) -> Reply {
    if let Some(words) = turn.only_now.as_deref().and_then(words_to_say) {
        return Reply { say: words.to_owned(), tools: Vec::new() };
    }
    let only_now = turn.only_now.as_deref().and_then(Briefing::parse);
    match only_now.or_else(|| Briefing::parse(&turn.instructions)) {
        Some(briefing) => Dialogue::new(&briefing, turn).reply(),
        None => without_briefing(turn),
    }
}

/// Free instructions cannot be followed without a language model; that is said, and a message is taken.
fn without_briefing(turn: &Turn) -> Reply {
    let spoken = turn.lines.iter().filter(|line| matches!(line, Line::Agent { .. })).count();
    let new = matches!(turn.lines.last(), Some(Line::Callee { text }) if !remarks::is_filler(&plain(text)));
    let say = match spoken {
        0 => "Hello, this is an automated assistant. I can only pass on a message. What should I pass on?",
        _ if !new => "",
        1 => "Thank you, I will pass that on. Is there anything else?",
        _ => "Thank you, I will pass it on. Goodbye.",
    };
    let ends = spoken >= 2 && new && turn.tools.iter().any(|tool| tool == "end_call");
    Reply { say: say.into(), tools: if ends { vec![end_call()] } else { Vec::new() } }
}

const NO_MORE: &str = "No, that's all, thank you.";

/// A conversation so far.
struct Dialogue<'a> {
    briefing: &'a Briefing,
    tools: &'a [String],
    lines: &'a [Line],
    /// What the callee has said since we last spoke.
    new: String,
    /// The last thing that we said.
    last: Option<&'a str>,
    facts: Vec<Told>,
}

/// What is to be done next.
enum Next {
    Say(String),
    Listen,
    End { status: OutcomeStatus, say: String, remarks: Vec<String> },
}

impl<'a> Dialogue<'a> {
    fn new(briefing: &'a Briefing, turn: &'a Turn) -> Self {
        let lines = turn.lines.as_slice();
        let after = lines.iter().rposition(|line| matches!(line, Line::Agent { .. })).map_or(0, |at| at + 1);
        let callee = |line: &'a Line| match line {
            Line::Callee { text } => Some(text.as_str()),
            Line::Agent { .. } | Line::Told { .. } | Line::Called { .. } | Line::Returned { .. } => None,
        };
        let new = lines[after..].iter().filter_map(callee).collect::<Vec<_>>().join(" ");
        let last = lines.iter().rev().find_map(|line| match line {
            Line::Agent { text, .. } => Some(text.as_str()),
            Line::Callee { .. } | Line::Told { .. } | Line::Called { .. } | Line::Returned { .. } => None,
        });
        let mut this = Self { briefing, tools: &turn.tools, lines, new, last, facts: Vec::new() };
        this.facts = this.read_facts();
        this
    }

    fn reply(&self) -> Reply {
        if !self.said(self.briefing.disclosure()) {
            return Reply { say: self.briefing.opening.clone(), tools: Vec::new() };
        }
        if self.new.trim().is_empty() {
            return Reply::default();
        }
        match self.next() {
            Next::Listen => Reply::default(),
            // The same words a third time help nobody.
            Next::Say(say) if self.times_said(&say) >= self.often(&say) => {
                let say = "I am sorry, we don't seem to understand each other. I'll pass it on. Thank you, goodbye.".to_owned();
                self.end(self.status_if_over(), say, vec!["The conversation went in circles.".into()])
            }
            Next::Say(say) => Reply { say, tools: Vec::new() },
            Next::End { status, say, remarks } => self.end(status, say, remarks),
        }
    }

    fn next(&self) -> Next {
        let heard = sentences(&self.new);
        if remarks::is_voicemail(&plain(&self.new)) {
            let say = format!("I am calling for {}. I will try again later. Goodbye.", phrases::caller(self.briefing));
            return self.give_up(say, "A voicemail answered.".into());
        }
        if self.waits() {
            if hold::is_recorded(&self.new) {
                return Next::Listen;
            }
            // Whoever speaks now has not heard who is calling.
            if hold::waited(self.lines, |text| self.is_opening(text)) && !remarks::is_filler(&plain(&self.new)) {
                return Next::Say(self.briefing.opening.clone());
            }
        }
        if let Some(total) = budget::exceeded(self.briefing, &self.facts) {
            let say = "I am sorry, that is more than we can spend, so please do not place the order. I'll pass it on. Thank you, goodbye.";
            let remarks = vec![format!("The total of {total} is more than the limit, so nothing was ordered.")];
            return Next::End { status: OutcomeStatus::NotAchieved, say: say.into(), remarks };
        }
        if let Some(next) = self.refusal(&heard) {
            return next;
        }
        let answers = self.answers(&heard);
        if answers.is_empty() && heard.iter().any(remarks::wants_repeat) {
            return Next::Say(self.again());
        }
        let settled = self.settled();
        // Corrections and answers come before the end: the callee waits for them. "No more" can be said with the goodbye.
        let only_no_more = settled.is_some() && answers == [NO_MORE];
        if !answers.is_empty() && !only_no_more {
            return Next::Say(answers.join(" "));
        }
        let leaves = heard.iter().any(remarks::says_goodbye);
        if let Some(status) = settled {
            let echo = match answers.first() {
                Some(answer) => answer.clone(),
                None if self.was_ended() => String::new(),
                None => echo(&self.facts),
            };
            return Next::End { status, say: with(echo, "Thank you very much. Goodbye."), remarks: self.unanswered() };
        }
        if leaves {
            return Next::End { status: self.status_if_over(), say: "Thank you. Goodbye.".into(), remarks: self.unanswered() };
        }
        if self.was_ended() {
            return Next::End { status: self.status_if_over(), say: "Goodbye.".into(), remarks: self.unanswered() };
        }
        if heard.iter().any(remarks::asks_to_hold) {
            return Next::Say("Sure, I'll hold.".into());
        }
        if self.refused_before() {
            return self.give_up("Thank you, I'll pass it on. Goodbye.".into(), self.what_they_said());
        }
        if remarks::is_filler(&plain(&self.new)) {
            return Next::Listen;
        }
        self.ask_for_fact()
    }

    /// What has to be answered, corrected or confirmed, one sentence each.
    fn answers(&self, heard: &[Sentence<'_>]) -> Vec<String> {
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
                // Only what was wrong: the rest was understood, and could be misheard now.
                let correction = self.last.and_then(|last| last.strip_prefix("No, ")).filter(|_| self.last != Some(NO_MORE));
                add(correction.map_or_else(|| phrases::restate(self.briefing), phrases::capital));
                continue;
            }
            if remarks::asks_robot(sentence) {
                add(format!("Yes, I am an AI assistant, calling on behalf of {}.", phrases::caller(self.briefing)));
                continue;
            }
            if remarks::asks_who(sentence) {
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
                    None if name == "special_requests" => add(NO_MORE.into()),
                    None if name == "quantity" && self.briefing.task_kind == "order_food" => add("Just one, please.".into()),
                    None => unknown = true,
                }
            }
            if !wrong.is_empty() {
                continue;
            }
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
            } else if remarks::asks_purpose(sentence) {
                add(self.purpose());
            } else if remarks::offers_more(sentence) {
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

    /// What to say against a detail that was misunderstood; a word that only sounds otherwise is spelt.
    fn correction(&self, name: &str, value: &str) -> String {
        let whole = phrases::correct(self.briefing, name, value);
        let part = match name {
            "user_name" => misheard_part(value, &self.new),
            "delivery_address" | "user_address" | "address" if self.times_said(&whole) > 0 => misheard_street(value, &self.new),
            _ => None,
        };
        part.map_or(whole, phrases::correct_spelling)
    }

    /// The details that the sentence mentions, with how.
    fn mentions(&self, sentence: &Sentence<'_>) -> Vec<(String, String, Mention)> {
        let item = self.briefing.details.get("item").map(String::as_str);
        let details = self.briefing.details.iter().filter(|(name, _)| !matches!(name.as_str(), "question" | "instructions"));
        let mut mentions: Vec<_> = details
            .filter_map(|(name, value)| {
                let mention = mention(name, value, &sentence.plain, sentence.text, item)?;
                let doubted = mention == Mention::Wrong && self.is_right_in_all(name, value);
                Some((name.clone(), value.clone(), if doubted { Mention::Right } else { mention }))
            })
            .collect();
        // Of the booked and the new day only one is meant; if it is neither, the new one is set right.
        for (new, old) in [("date", "old_date"), ("time", "old_time")] {
            let of = |name: &str| mentions.iter().find(|(known, ..)| known == name).map(|(.., mention)| *mention);
            match (of(new), of(old)) {
                (Some(Mention::Wrong), Some(Mention::Right)) => mentions.retain(|(name, ..)| name != new),
                (Some(_), Some(Mention::Wrong)) => mentions.retain(|(name, ..)| name != old),
                _ => {}
            }
        }
        mentions
    }

    /// Whether a detail that seems wrong in one sentence is right in all that was said, since a pause within a name or an
    /// address is heard as the end of a sentence; or whether it is our own ears that are to blame.
    fn is_right_in_all(&self, name: &str, value: &str) -> bool {
        if !matches!(name, "user_name" | "delivery_address" | "user_address" | "address") {
            return false;
        }
        let heard = plain(&self.new);
        let item = self.briefing.details.get("item").map(String::as_str);
        if mention(name, value, &heard, &self.new, item) == Some(Mention::Right) {
            return true;
        }
        // What we have spelt and still hear otherwise was misheard by us.
        let corrected = self.times_said(&phrases::correct(self.briefing, name, value));
        let spelt = value.split_whitespace().map(|part| self.times_said(&phrases::correct_spelling(part))).sum::<usize>();
        match name {
            "user_name" => corrected + spelt > 1 || (corrected + spelt == 1 && sounds_alike(value, &heard)),
            _ => spelt > 0 && house_agrees(&plain(value), &heard),
        }
    }

    /// What a refusal or another offer leads to.
    fn refusal(&self, heard: &[Sentence<'_>]) -> Option<Next> {
        if matches!(self.briefing.task_kind.as_str(), "ask_business" | "errand" | "wait_on_hold" | "") {
            return None;
        }
        if heard.iter().any(remarks::is_hopeless) {
            let say = "I understand, I'll pass it on. Thank you, goodbye.".to_owned();
            return Some(self.give_up(say, format!("They said: \"{}\"", self.new.trim())));
        }
        let refused = heard.iter().any(remarks::refuses);
        let other_time = heard.iter().any(|sentence| {
            let time = self.briefing.details.get("time").or_else(|| self.briefing.details.get("date"));
            let wrong = time.is_some()
                && self
                    .mentions(sentence)
                    .iter()
                    .any(|(name, _, mention)| matches!(name.as_str(), "time" | "date") && *mention == Mention::Wrong);
            wrong && remarks::offers_other(sentence)
        });
        if !refused && !other_time {
            return None;
        }
        let offers = other_time
            || heard.iter().any(|sentence| remarks::offers_other(sentence) || (sentence.question && !sentence.plain.is_empty()));
        let say = if offers {
            format!("{} Thank you, goodbye.", phrases::CANNOT_DECIDE)
        } else {
            "I see. I can't change the request, so I'll pass it on. What could you offer instead?".into()
        };
        if offers || self.times_said(&say) > 0 {
            let say = if offers { say } else { "I understand, I'll pass it on. Thank you, goodbye.".into() };
            return Some(self.give_up(say, self.what_they_said()));
        }
        Some(Next::Say(say))
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
    fn again(&self) -> String {
        let last = self.last.unwrap_or_default();
        let opening = has(&plain(last), &[&plain(self.briefing.disclosure())]);
        if opening || last.is_empty() || has(&plain(last), &["still there"]) {
            return self.purpose();
        }
        let last = last.strip_prefix("Of course. ").unwrap_or(last);
        format!("Of course. {last}")
    }

    /// Asks for a fact that is missing; gives up on one that was asked for and not told.
    fn ask_for_fact(&self) -> Next {
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

    fn missing(&self) -> impl Iterator<Item = &'a types::FactWanted> {
        let known: Vec<String> = self.facts.iter().map(|fact| fact.name.clone()).collect();
        self.briefing.facts_wanted.iter().filter(move |fact| !known.contains(&fact.name))
    }

    /// Whether everything is known that will be; a number that does not exist is not waited for.
    fn settled(&self) -> Option<OutcomeStatus> {
        if self.facts.is_empty() {
            return None;
        }
        let declined = |fact: &types::FactWanted| {
            sort(&fact.name) == Sort::Code
                && self.times_said(&fact.question) > 0
                && !self.new.trim().is_empty()
                && self.just_asked(&fact.question)
        };
        let open = self.missing().any(|fact| !declined(fact));
        (!open).then_some(OutcomeStatus::Achieved)
    }

    fn status_if_over(&self) -> OutcomeStatus {
        match (self.facts.is_empty(), self.missing().any(|fact| sort(&fact.name) != Sort::Code)) {
            (false, false) => OutcomeStatus::Achieved,
            (false, true) => OutcomeStatus::Partly,
            (true, _) => OutcomeStatus::NotAchieved,
        }
    }

    fn give_up(&self, say: String, remark: String) -> Next {
        let mut remarks = vec![remark];
        remarks.extend(self.unanswered());
        let status = if self.facts.is_empty() { OutcomeStatus::NotAchieved } else { OutcomeStatus::Partly };
        Next::End { status, say, remarks }
    }

    /// The facts in all that the callee has said.
    fn read_facts(&self) -> Vec<Told> {
        let mut told = Vec::new();
        let (mut opened, mut agent) = (false, String::new());
        let mut read_back: Option<String> = None;
        for line in self.lines {
            match line {
                Line::Agent { text, .. } => {
                    let opening = self.is_opening(text);
                    // What was told before somebody else came to the telephone was no answer.
                    if opening && self.waits() {
                        told.clear();
                    }
                    opened |= opening;
                    agent.clone_from(text);
                }
                Line::Callee { text } if self.waits() && hold::is_recorded(text) => {}
                Line::Callee { text } if opened => {
                    for sentence in sentences(text) {
                        facts::read(self.briefing, &sentence, &mut told);
                        if self.mentions(&sentence).iter().any(|(name, _, mention)| name == "time" && *mention == Mention::Right)
                        {
                            read_back = Some(sentence.text.trim().to_owned());
                        }
                    }
                    self.read_words(text, &agent, &mut told);
                }
                Line::Callee { .. } | Line::Told { .. } | Line::Called { .. } | Line::Returned { .. } => {}
            }
        }
        self.conclude_booking(&mut told, read_back);
        told
    }

    /// A fact in words is the first statement after our question.
    fn read_words(&self, text: &str, agent: &str, told: &mut Vec<Told>) {
        let open = |told: &[Told], name: &str| !told.iter().any(|known| known.name == name);
        let in_words = |fact: &&types::FactWanted| sort(&fact.name) == Sort::Words;
        for fact in self.briefing.facts_wanted.iter().filter(in_words) {
            let questions = matches!(self.briefing.task_kind.as_str(), "ask_business" | "errand" | "wait_on_hold" | "");
            let asked = questions || has(&plain(agent), &[&plain(&fact.question)]);
            let statements = statements(text);
            if let (true, true, Some(first)) = (open(told, &fact.name), asked, statements.first()) {
                told.push(Told { name: fact.name.clone(), value: statements.join(" "), quote: first.clone() });
            }
        }
    }

    /// Whoever gives a number for a booking has made it: then the day and time that they read back are the booked ones.
    fn conclude_booking(&self, told: &mut Vec<Told>, read_back: Option<String>) {
        let Some(fact) = self.briefing.facts_wanted.iter().find(|fact| sort(&fact.name) == Sort::Booked) else { return };
        let numbered = told.iter().any(|known| sort(&known.name) == Sort::Code);
        let done = numbered
            || self
                .lines
                .iter()
                .any(|line| matches!(line, Line::Callee { text } if sentences(text).iter().any(remarks::settles)));
        if told.iter().any(|known| known.name == fact.name) || !done {
            return;
        }
        if let Some(quote) = read_back
            && let Some(value) = facts::when(&quote)
        {
            told.insert(0, Told { name: fact.name.clone(), value, quote });
        }
    }

    /// Questions that we could not answer, for the report.
    fn unanswered(&self) -> Vec<String> {
        let mut open = Vec::new();
        let mut callee = "";
        for line in self.lines {
            match line {
                Line::Callee { text } => callee = text,
                Line::Agent { text, .. } if text.contains(phrases::CANNOT_ANSWER) => {
                    open.push(format!("They asked what I could not answer: \"{}\"", callee.trim()));
                }
                Line::Agent { .. } | Line::Told { .. } | Line::Called { .. } | Line::Returned { .. } => {}
            }
        }
        open.dedup();
        open.truncate(3);
        open
    }

    fn what_they_said(&self) -> String {
        let turns: Vec<&str> = self
            .lines
            .iter()
            .filter_map(|line| match line {
                Line::Callee { text } if sentences(text).iter().any(|s| remarks::refuses(s) || remarks::offers_other(s)) => {
                    Some(text.trim())
                }
                Line::Callee { .. } | Line::Agent { .. } | Line::Told { .. } | Line::Called { .. } | Line::Returned { .. } => {
                    None
                }
            })
            .collect();
        let said = if turns.last().is_some_and(|last| self.new.contains(last)) {
            turns.join(" ")
        } else {
            [turns.join(" "), self.new.clone()].join(" ")
        };
        format!("They said: \"{}\"", said.trim())
    }

    fn end(&self, status: OutcomeStatus, say: String, remarks: Vec<String>) -> Reply {
        let outcome = Outcome { status, facts: &self.facts, remarks };
        let report = outcome.report(self.briefing);
        let told = report.arguments.to_string();
        let reported = |line: &Line| match line {
            Line::Called { name, arguments } => *name == report.name && *arguments == told,
            Line::Callee { .. } | Line::Agent { .. } | Line::Told { .. } | Line::Returned { .. } => false,
        };
        let mut tools = vec![end_call()];
        if !self.lines.iter().any(reported) {
            tools.insert(0, report);
        }
        tools.retain(|ToolCall { name, .. }| self.tools.contains(name));
        Reply { say, tools }
    }

    fn is_leaving(&self, heard: &[Sentence<'_>]) -> bool {
        heard.last().is_some_and(remarks::says_goodbye) && self.settled().is_some()
    }

    fn was_ended(&self) -> bool {
        self.lines.iter().any(|line| matches!(line, Line::Called { name, .. } if name == "end_call"))
    }

    fn refused_before(&self) -> bool {
        self.last.is_some_and(|last| last.contains("What could you offer instead?"))
    }

    fn just_asked(&self, question: &str) -> bool {
        self.last.is_some_and(|last| has(&plain(last), &[&plain(question)]))
    }

    /// How often the same may be said.
    fn often(&self, say: &str) -> usize {
        /// Put through from one to the next, each has to hear who is calling.
        const PEOPLE_MAX: usize = 6;
        if self.waits() && self.is_opening(say) { PEOPLE_MAX } else { 2 }
    }

    /// Whether we are to wait on the line for somebody.
    fn waits(&self) -> bool {
        self.briefing.task_kind == "wait_on_hold"
    }

    fn is_opening(&self, said: &str) -> bool {
        has(&plain(said), &[&plain(self.briefing.disclosure())])
    }

    /// Whether we have said the words, and they were heard.
    fn said(&self, words: &str) -> bool {
        self.times_said(words) > 0
    }

    fn times_said(&self, words: &str) -> usize {
        let wanted = plain(words);
        let said = |line: &&Line| matches!(line, Line::Agent { text, .. } if has(&plain(text), &[&wanted]));
        if wanted.is_empty() || is_number(&wanted) { 0 } else { self.lines.iter().filter(said).count() }
    }
}

fn with(first: String, then: &str) -> String {
    if first.is_empty() { then.to_owned() } else { format!("{first} {then}") }
}
