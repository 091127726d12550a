//! What is told of the call: in words, or as one JSON object a line.

use super::{given::readable, screen::Screen, typed};
use serde::Serialize;
use std::io::Write as _;
use types::{
    CallEvent, CallResult, CallStage, Cost, CostKind, Disposition, ErrorBody, Fact, NumberedCallEvent, OutcomeStatus, Overlap,
    QuestionEnd, Speaker, ToldBy, TroubleKind, TroubleMet, UserQuestion,
    chat::{NumberedConversationEvent, Plan},
    details::label,
};

/// How it is told.
pub(super) enum Show {
    /// For people.
    Words(Screen, Answers),
    /// For programs.
    Json,
}

/// Where a question of the call is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answers {
    /// Here, at the terminal.
    Here,
    /// On the page.
    OnPage,
}

/// A line of the JSON output that is an event.
#[derive(Serialize)]
struct Line<'a, T> {
    stream: &'static str,
    #[serde(flatten)]
    event: &'a T,
}

/// A line of the JSON output that tells what became of a line of the input.
#[derive(Serialize)]
struct Became<'a> {
    stream: &'static str,
    line: u64,
    status: &'static str,
    #[serde(flatten)]
    error: Option<&'a ErrorBody>,
}

/// The last line of the JSON output where there is no result.
#[derive(Serialize)]
struct Problem<'a> {
    #[serde(flatten)]
    error: &'a ErrorBody,
    missing: &'a [String],
}

impl Show {
    pub(super) fn new(json: bool) -> Self {
        if json { Self::Json } else { Self::Words(Screen::new(), Answers::OnPage) }
    }

    pub(super) fn simulated(&mut self, simulated: bool) {
        if let (Self::Words(screen, _), true) = (self, simulated) {
            screen.line("Everything is simulated: no real phone can ring.");
        }
    }

    /// A question of Ringback's to the person; its answer is read next.
    pub(super) fn asked(&mut self, question: &str) {
        eprintln!("{}", clean(question));
    }

    /// The whole plan; beside the question whether to call, where that is asked.
    pub(super) fn plan(&mut self, plan: &Plan, asked: bool) {
        let Self::Words(screen, _) = self else { return };
        let text = in_words(plan);
        if asked { eprintln!("{}", clean(&text)) } else { screen.line(&text) }
    }

    pub(super) fn note(&mut self, text: &str) {
        match self {
            Self::Words(screen, _) => screen.line(text),
            Self::Json => {}
        }
    }

    /// A line that was typed, or sent by a program, was taken, or was not because of an error; `number` counts them from 1.
    pub(super) fn input(&mut self, number: u64, error: Option<&ErrorBody>) {
        match (self, error) {
            // The call's own event tells that it was taken.
            (Self::Words(..), None) => {}
            (Self::Words(screen, _), Some(error)) => screen.line(&format!("  Not taken: {}.", error.message)),
            (Self::Json, error) => {
                let status = if error.is_none() { "taken" } else { "refused" };
                write(&Became { stream: "input", line: number, status, error });
            }
        }
    }

    /// Whether what the call asks is answered here.
    pub(super) fn answers_here(&mut self, here: bool) {
        if let Self::Words(_, answers) = self {
            *answers = if here { Answers::Here } else { Answers::OnPage };
        }
    }

    /// The call is live: what can be typed.
    pub(super) fn during(&mut self) {
        if let Self::Words(screen, Answers::Here) = self {
            screen.line(typed::HELP);
        }
    }

    pub(super) fn conversation(&mut self, event: &NumberedConversationEvent) {
        match self {
            // The call's own events tell the same sooner.
            Self::Words(..) => {}
            Self::Json => write(&Line { stream: "conversation", event }),
        }
    }

    pub(super) fn call(&mut self, event: &NumberedCallEvent) {
        match self {
            Self::Words(screen, answers) => words(screen, *answers, &event.event),
            // Ten times a second, and nothing to keep.
            Self::Json if matches!(event.event, CallEvent::Level { .. }) => {}
            Self::Json => write(&Line { stream: "call", event }),
        }
    }

    pub(super) fn result(&mut self, result: &CallResult) {
        match self {
            Self::Words(screen, _) => screen.line(&outcome(result)),
            Self::Json => write(result),
        }
    }

    pub(super) fn problem(&mut self, error: &ErrorBody, missing: &[String]) {
        match self {
            Self::Words(..) => eprintln!("ringback: {}", clean(&error.message)),
            Self::Json => write(&Problem { error, missing }),
        }
    }
}

fn write(value: &impl Serialize) {
    let mut out = std::io::stdout().lock();
    // A reader that has gone away must not end a call that is under way.
    if serde_json::to_writer(&mut out, value).is_ok() {
        drop(writeln!(out).and_then(|()| out.flush()));
    }
}

/// As it may be written to a terminal, line by line.
fn clean(text: &str) -> String {
    text.split('\n').map(super::screen::plain).collect::<Vec<_>>().join("\n")
}

fn in_words(plan: &Plan) -> String {
    let callee = plan.callee_name.as_ref().map_or_else(String::new, |name| format!(" ({name})"));
    let mut text =
        format!("\nThe plan; nothing has been dialled yet.\n  Call:      {}{callee}", readable(&plan.target_phone_number));
    text += &format!("\n  To:        {}", plan.goal);
    if let Some(choice) = &plan.voice_choice {
        for (name, chosen) in [("Voice", &choice.voice), ("Model", &choice.model), ("Language", &choice.language)] {
            text += &chosen.as_ref().map_or_else(String::new, |chosen| format!("\n  {:<10} {chosen}", format!("{name}:")));
        }
    }
    if !plan.details.is_empty() {
        text += "\n  They may be told:";
    }
    for (name, value) in &plan.details {
        let name = if name == "user_name" { "Name".into() } else { label(name) };
        text += &format!("\n    {name}: {value}");
    }
    if !plan.facts_wanted.is_empty() {
        text += "\n  To find out:";
        for fact in &plan.facts_wanted {
            text += &format!("\n    {}: {}", label(&fact.name), fact.question);
        }
    }
    text += &plan.retry.map_or_else(String::new, |policy| format!("\n  Again:     {}", policy.in_a_sentence()));
    text += &format!("\n  Machine:   If a machine answers, {}", plan.on_machine.in_words(plan.retry.is_some()));
    text + &format!(
        "\n  At most:   {} s ringing, {} s of silence, {} s in all\n  Cost:      {}\n",
        plan.limits.answer_timeout_s,
        plan.limits.silence_timeout_s,
        plan.limits.call_max_s,
        types::estimate::in_a_sentence(plan.estimate.as_ref())
    )
}

/// What broke and how it was met, in a few words.
fn trouble(what: TroubleKind, met: TroubleMet, gap_ms: u32) -> String {
    let lasted = format!("{}.{} s", gap_ms / 1_000, gap_ms % 1_000 / 100);
    let thing = match what {
        TroubleKind::StreamLost => "line",
        TroubleKind::VoiceLost
        | TroubleKind::VoiceExpired
        | TroubleKind::VoiceFailed
        | TroubleKind::VoiceBusy
        | TroubleKind::VoiceRefused => "voice",
    };
    match met {
        TroubleMet::Reconnected => format!("The {thing} was reconnected, {lasted}."),
        TroubleMet::Swapped => format!("The {thing}'s session was renewed."),
        TroubleMet::OtherVoice => format!("The second voice took over, {lasted}."),
        TroubleMet::Waited => format!("The {thing} was busy for {lasted}."),
        TroubleMet::BroughtBack => format!("The {thing} broke off and is back, {lasted}."),
        TroubleMet::NotMet => format!("The {thing} is lost."),
    }
}

fn words(screen: &mut Screen, answers: Answers, event: &CallEvent) {
    match event {
        CallEvent::Stage { stage } => match stage {
            CallStage::Queued => {}
            CallStage::Dialling => screen.line("Dialling …"),
            CallStage::Ringing => screen.line("Ringing …"),
            CallStage::Connected => screen.line("Connected."),
            CallStage::Ended => screen.line("The call has ended."),
        },
        CallEvent::Caption { speaker, text, done, heard, .. } => {
            let label = match speaker {
                Speaker::Agent => "  Ringback: ",
                Speaker::Callee => "  Callee:   ",
            };
            if !done {
                return screen.growing(label, text);
            }
            match heard.as_ref().filter(|heard| *heard != text) {
                Some(heard) => screen.line(&format!("{label}{} — (interrupted)", heard.trim_end())),
                None => screen.line(&format!("{label}{text}")),
            }
        }
        CallEvent::Disclosed { at_ms } => {
            screen.line(&format!("  (They have heard that an AI is calling, at {:.1} s.)", *at_ms as f64 / 1_000.0));
        }
        CallEvent::Overlap { taken_for, stopped_agent, .. } => match taken_for {
            Overlap::Noise => screen.line("  (A noise, no speech.)"),
            Overlap::Echo => screen.line("  (An echo of our own words.)"),
            Overlap::Interruption if *stopped_agent => screen.line("  (They interrupt.)"),
            Overlap::Backchannel | Overlap::Remark | Overlap::Interruption => {}
        },
        CallEvent::Question { question, .. } => {
            screen.line(&asked(question, answers));
            // What is typed must not be written over.
            screen.rest(answers == Answers::Here);
        }
        CallEvent::QuestionClosed { how, answer, .. } => {
            screen.rest(false);
            let answer = answer.as_deref().unwrap_or_default();
            screen.line(&match how {
                QuestionEnd::Answered => format!("  (Answered: {answer}. The agent goes on.)"),
                QuestionEnd::TimedOut => "  (No answer came in time; the agent goes on without it.)".into(),
                QuestionEnd::CallEnded => "  (The question is closed: the call is coming to its end.)".into(),
                QuestionEnd::TakenOver => "  (The question is closed: you speak for yourself.)".into(),
                QuestionEnd::TooLate => "  (That came too late; the agent has gone on without it.)".into(),
            });
        }
        CallEvent::Instruction { text, .. } => screen.line(&format!("  You told the agent: {text}")),
        CallEvent::TakenOver { on: true } => screen.line("  (You have taken the call over.)"),
        CallEvent::TakenOver { on: false } => screen.line("  (The agent has the call again.)"),
        CallEvent::UserSpoke { start_ms, end_ms } => {
            let seconds = end_ms.saturating_sub(*start_ms).div_ceil(1_000);
            screen.line(&format!("  You:      (spoke for {seconds} s; your words are not written down)"));
        }
        CallEvent::AnsweredBy { by } => {
            if let Some(who) = by.in_words() {
                screen.line(&format!("  ({}{} has answered.)", who[..1].to_uppercase(), &who[1..]));
            }
        }
        CallEvent::KeysPressed { digits, .. } => screen.line(&format!("  (Ringback has pressed {digits}.)")),
        CallEvent::KeyHeard { key } => screen.line(&format!("  (They have pressed {key}.)")),
        CallEvent::Hold { on: true, .. } => screen.line("  (On hold …)"),
        CallEvent::Hold { on: false, .. } => screen.line("  (Not on hold any more.)"),
        CallEvent::Trouble { what, met, gap_ms } => screen.line(&format!("  ({})", trouble(*what, *met, *gap_ms))),
        CallEvent::Agent { .. } | CallEvent::TurnLatency { .. } | CallEvent::Level { .. } | CallEvent::Ended { .. } => {}
    }
}

fn asked(question: &UserQuestion, answers: Answers) -> String {
    let mut text = format!("\n  ? {}", question.question);
    for (at, choice) in question.choices.iter().enumerate() {
        text += &format!("\n      {}  {choice}", at + 1);
    }
    let how = match answers {
        Answers::Here => typed::how(question),
        Answers::OnPage => "Answer it on the page, in this conversation.".into(),
    };
    text + &format!("\n    {how} They wait for {} s.", question.time_limit_s)
}

fn outcome(result: &CallResult) -> String {
    let head = match result.status {
        Disposition::Busy => "Not connected: the line was busy",
        Disposition::NoAnswer => "Not connected: nobody answered",
        Disposition::Canceled => "Not connected: stopped before anybody answered",
        Disposition::Failed if result.duration == 0 => "Not connected: the call failed",
        Disposition::Unknown => "It cannot be told whether the phone rang; it has not been dialled again",
        Disposition::Failed => "The call broke down",
        Disposition::Completed | Disposition::Voicemail => match result.outcome.status {
            OutcomeStatus::Achieved => "Achieved",
            OutcomeStatus::Partly => "Achieved in part",
            OutcomeStatus::NotAchieved => "Not achieved",
            OutcomeStatus::Unknown => "It cannot be told whether it was achieved",
        },
    };
    let mut text = format!("\n{head}");
    if result.duration > 0 {
        text += &format!(", after {}", clock(u64::from(result.duration) * 1000));
    }
    text.push('.');
    for sentence in [Some(&result.summary), result.error_message.as_ref()].into_iter().flatten().filter(|s| !s.trim().is_empty())
    {
        text += &format!("\n{}", sentence.trim());
    }
    for fact in &result.outcome.facts {
        text += &format!("\n  {}", told(fact));
    }
    for promise in &result.outcome.promises {
        let who = if promise.by == Speaker::Callee { "They" } else { "The agent" };
        let what = if promise.refused { "refused" } else { "promised" };
        text += &format!("\n  {who} {what} at {}: \"{}\"", clock(promise.evidence.at_ms), promise.evidence.quote.trim());
    }
    for step in &result.outcome.next_steps {
        text += &format!("\n  Next: {}  [at {}: \"{}\"]", step.text, clock(step.evidence.at_ms), step.evidence.quote.trim());
    }
    if let Some(cost) = &result.cost {
        text += &format!("\n{}", price(cost));
    }
    text
}

/// `It cost about 0.06 USD: voice model, transcription.` In whole numbers throughout.
fn price(cost: &Cost) -> String {
    let parts: Vec<_> = cost
        .parts
        .iter()
        .map(|part| match part.kind {
            CostKind::Model => "voice model",
            CostKind::Transcription => "transcription",
            CostKind::Carrier => "carrier",
        })
        .collect();
    // Two places, and four for less than a cent.
    let (places, unit) = if cost.amount_micros >= 10_000 { (2, 10_000) } else { (4, 100) };
    let (rounded, whole) = (cost.amount_micros.saturating_add(unit / 2) / unit, 1_000_000 / unit);
    let (before, after) = (rounded / whole, rounded % whole);
    format!("It cost about {before}.{after:0places$} {}: {}.", cost.currency, parts.join(", "))
}

/// A fact with what proves it.
fn told(fact: &Fact) -> String {
    let evidence = match &fact.evidence {
        Some(evidence) => format!("they said at {}: \"{}\"", clock(evidence.at_ms), evidence.quote.trim()),
        None => "unverified: they were not heard to say so".into(),
    };
    let mut text = format!("{}: {}  [{evidence}]", label(&fact.name), fact.value);
    if let Some(asked) = &fact.confirms {
        text += &format!("  [in answer to: \"{}\"]", asked.quote.trim());
    }
    for other in &fact.contradictions {
        text += &match (other.by, &other.evidence) {
            (ToldBy::Callee, Some(said)) => format!("  [but also {} at {}]", other.value, clock(said.at_ms)),
            (ToldBy::Callee, None) => format!("  [but also {}]", other.value),
            (ToldBy::Report, _) => format!("  [the agent reported {}]", other.value),
        };
    }
    text
}

fn clock(ms: u64) -> String {
    let seconds = ms / 1000;
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(json: serde_json::Value) -> CallResult {
        let mut whole = serde_json::json!({
            "call_sid": null, "order_id": "o_1", "attempt": 1, "status": "completed", "ended_reason": "agent_hung_up", "duration": 83,
            "summary": "The order was taken.", "error_message": null, "outcome": {"status": "achieved", "facts": []}, "transcript": [],
            "disclosed_at_ms": null
        });
        for (name, value) in json.as_object().unwrap() {
            whole[name] = value.clone();
        }
        serde_json::from_value(whole).unwrap()
    }

    #[test]
    fn facts_stand_beside_what_proves_them() {
        let text = outcome(&result(serde_json::json!({"outcome": {"status": "achieved", "facts": [
            {"name": "total", "value": "$18.50", "evidence": {"line": 4, "quote": "eighteen fifty", "at_ms": 61_500}},
            {"name": "ready_time", "value": "30 minutes", "evidence": null,
             "contradictions": [{"by": "callee", "value": "40 minutes", "evidence": {"line": 6, "quote": "forty minutes", "at_ms": 70_000}}]},
        ], "promises": [{"by": "callee", "refused": false, "evidence": {"line": 6, "quote": "we'll call you back", "at_ms": 71_000}}],
           "next_steps": [{"text": "They will get back to you", "evidence": {"line": 6, "quote": "we'll call you back", "at_ms": 71_000}}]}})));
        assert!(text.contains("[but also 40 minutes at 1:10]"), "{text}");
        assert!(text.contains("They promised at 1:11: \"we'll call you back\"\n  Next: They will get back to you"), "{text}");
        assert!(text.contains("Achieved, after 1:23.\nThe order was taken."), "{text}");
        assert!(text.contains("Total: $18.50  [they said at 1:01: \"eighteen fifty\"]"), "{text}");
        assert!(text.contains("Ready time: 30 minutes  [unverified"), "{text}");
    }

    #[test]
    fn what_it_cost_is_told_where_it_is_known() {
        let cost = |micros: u64| {
            serde_json::json!({"cost": {"currency": "USD", "amount_micros": micros, "estimated": true,
            "parts": [{"kind": "model", "model": "m", "amount_micros": micros}, {"kind": "carrier", "amount_micros": 0}]}})
        };
        let told = |micros| outcome(&result(cost(micros)));
        assert!(told(64_600).ends_with("\nIt cost about 0.06 USD: voice model, carrier."), "{}", told(64_600));
        assert!(told(1_995_000).contains("about 2.00 USD") && told(770).contains("about 0.0008 USD"), "{}", told(770));
        assert!(!outcome(&result(serde_json::json!({}))).contains("cost"));
    }

    #[test]
    fn a_call_that_nobody_answered_is_not_said_to_be_settled() {
        let text = outcome(&result(serde_json::json!({"status": "no-answer", "duration": 0, "summary": ""})));
        assert_eq!(text, "\nNot connected: nobody answered.");
    }
}
