//! The longer things that Ringback says.

use super::late_answer;
use crate::template::Templates;
use types::chat::Plan;
use types::{
    CallCorrection, CallResult, CallStage, Contradiction, Disposition, EndedReason, Fact, LateAnswer, OutcomeStatus, Promise,
    Speaker, ToldBy, details, estimate,
};

/// What can be done here.
pub(super) fn offers(templates: &Templates) -> String {
    let offers: Vec<&str> = templates.iter().map(|template| template.offer.as_str()).collect();
    let (last, first) = offers.split_last().unwrap_or((&"make a call", &[]));
    let all = if first.is_empty() { (*last).to_owned() } else { format!("{}, or {last}", first.join(", ")) };
    format!(
        "I make phone calls for you. I can {all}. What would you like? For example: \"order a large pepperoni pizza from Tony's\"."
    )
}

/// The plan in words, for the user to agree to.
pub(super) fn summary(plan: &Plan, minutes_open: u64) -> String {
    let callee = callee(plan);
    let behalf = plan.details.get("user_name").map_or_else(String::new, |name| format!(" calling on behalf of {name}"));
    let listed: Vec<String> = plan.details.iter().map(|(name, value)| format!("• {}: {value}", label(name))).collect();
    let facts: Vec<String> = plan.facts_wanted.iter().map(|fact| fact.name.replace('_', " ")).collect();
    let minutes = plan.limits.call_max_s.div_ceil(60);
    let mut text = format!(
        "Here is the plan; nothing has been dialled yet.\n\nI will call {callee} and say that I am an AI assistant{behalf}, and that I would like to {}.\n\n{}\n• Number: {}",
        plan.goal.trim_end_matches('.'),
        listed.join("\n"),
        plan.target_phone_number
    );
    if !facts.is_empty() {
        text += &format!("\n\nI will bring back: {}.", facts.join(", "));
    }
    let retry = plan.retry.map_or_else(String::new, |policy| format!(" {}", policy.in_a_sentence()));
    let machine = format!("If a machine answers, {} ", plan.on_machine.in_words(plan.retry.is_some()));
    text + &format!(
        "\n\nThe call lasts at most {minutes} minute{}. {machine}{}{retry} Shall I call? Say yes, no, or what to change; I keep this plan for {minutes_open} minutes.",
        if minutes == 1 { "" } else { "s" },
        estimate::in_a_sentence(plan.estimate.as_ref())
    )
}

fn label(name: &str) -> String {
    if name == "user_name" { "Name".into() } else { details::label(name) }
}

/// Who is called, with the number in full.
pub(super) fn callee(plan: &Plan) -> String {
    match &plan.callee_name {
        Some(name) => format!("{name} at {}", plan.target_phone_number),
        None => plan.target_phone_number.to_string(),
    }
}

/// How far a call is, after "it".
pub(super) fn progress(stage: CallStage) -> &'static str {
    match stage {
        CallStage::Queued => "is about to be dialled",
        CallStage::Dialling => "is being dialled",
        CallStage::Ringing => "is ringing",
        CallStage::Connected => "has been answered",
        CallStage::Ended => "has ended",
    }
}

/// What is said of a result first. "Completed" only for a call that was answered, went to its end, and provenly met the goal.
fn verdict(result: &CallResult) -> &'static str {
    let talked = result.duration > 0;
    if is_unconfirmed(result) {
        return "Task not confirmed: ";
    }
    match (result.outcome.status, result.status) {
        (OutcomeStatus::Achieved, Disposition::Completed) => "Task completed: ",
        (OutcomeStatus::Achieved, Disposition::Failed) if talked => "Task partly completed: ",
        (OutcomeStatus::Partly, Disposition::Completed) => "Task partly completed: ",
        (OutcomeStatus::Partly, Disposition::Failed) if talked => "Task partly completed: ",
        (
            OutcomeStatus::Achieved | OutcomeStatus::Partly | OutcomeStatus::NotAchieved | OutcomeStatus::Unknown,
            Disposition::Completed
            | Disposition::Busy
            | Disposition::NoAnswer
            | Disposition::Canceled
            | Disposition::Failed
            | Disposition::Voicemail
            | Disposition::Unknown,
        ) => "Task failed: ",
    }
}

/// The agent reported a success that nothing proves.
fn is_unconfirmed(result: &CallResult) -> bool {
    result.status == Disposition::Completed && result.outcome.reported.is_some()
}

/// What happened, in sentences, with the facts.
pub(super) fn outcome(result: &CallResult) -> String {
    let mut sentences = vec![happened(result)];
    let summary = sentence(&result.summary);
    let said = sentences[0].to_lowercase();
    if !said.contains(summary.trim_end_matches('.').to_lowercase().as_str()) {
        sentences.push(summary);
    }
    sentences.retain(|sentence| !sentence.is_empty());
    let mut text = sentences.join(" ");
    for fact in &result.outcome.facts {
        text += &format!("\n• {}", told(fact));
    }
    for promise in &result.outcome.promises {
        text += &format!("\n• {}", promised(promise));
    }
    let steps: Vec<&str> = result.outcome.next_steps.iter().map(|step| step.text.as_str()).collect();
    if !steps.is_empty() {
        text += &format!("\n\nWhat comes next: {}.", steps.join("; "));
    }
    text
}

/// The message that reports a result, with what its callee has not been told.
/// `tried_again`: it is, without being asked.
pub(super) fn report(result: &CallResult, late: &[LateAnswer], tried_again: bool) -> String {
    let verdict = verdict(result);
    let again = if tried_again || verdict == "Task completed: " {
        ""
    } else {
        "\n\nSay \"try again\" if I should call once more; I will ask you before I dial."
    };
    let untold = late_answer::in_sentences(late, result.attempt);
    format!("{verdict}{}{untold}{again}", lower_first(&outcome(result)))
}

/// The message that tells that the carrier contradicts a result.
pub(super) fn correction(correction: &CallCorrection) -> String {
    let CallCorrection { attempt, reported, told, duration, .. } = correction;
    let lasted = match duration {
        Some(seconds) if *seconds > 0 => format!(" and lasted {seconds} s"),
        Some(_) | None => String::new(),
    };
    let advice = match told {
        Disposition::Completed | Disposition::Voicemail => {
            " What was said then beyond my report I can't tell, so please check with them before another call is made."
        }
        Disposition::Busy | Disposition::NoAnswer | Disposition::Canceled | Disposition::Failed | Disposition::Unknown => "",
    };
    format!(
        "A correction to call {attempt}: I had reported that {}. The telephone company now says that {}{lasted}.{advice} I have not dialled again.",
        went(*reported),
        went(*told)
    )
}

/// How a call went, as part of a sentence.
fn went(disposition: Disposition) -> &'static str {
    match disposition {
        Disposition::Completed => "it was answered",
        Disposition::Busy => "the line was busy",
        Disposition::NoAnswer => "nobody answered",
        Disposition::Canceled => "it was stopped before anybody answered",
        Disposition::Failed => "it could not be connected or broke down",
        Disposition::Voicemail => "a machine answered",
        Disposition::Unknown => "it could not be told whether the phone rang",
    }
}

/// What is to be said of how the call went, beyond the summary.
fn happened(result: &CallResult) -> String {
    let because = result.error_message.as_deref().map(sentence).unwrap_or_default();
    match result.status {
        Disposition::Completed if is_unconfirmed(result) => {
            "I took it as settled, but I did not hear them say so. Please check with them.".into()
        }
        Disposition::Completed => match (result.outcome.status, result.ended_reason) {
            (OutcomeStatus::Achieved | OutcomeStatus::Partly, _) => String::new(),
            (OutcomeStatus::NotAchieved | OutcomeStatus::Unknown, EndedReason::UserHungUp) => "You ended the call before it was settled.".into(),
            (OutcomeStatus::NotAchieved | OutcomeStatus::Unknown, EndedReason::TimeLimit) => "The call reached its longest time before it was settled.".into(),
            (OutcomeStatus::NotAchieved | OutcomeStatus::Unknown, EndedReason::CostLimit) => "The call reached the most that it may cost before it was settled.".into(),
            (OutcomeStatus::NotAchieved | OutcomeStatus::Unknown, EndedReason::HoldLimit) => "I was kept on hold for longer than agreed, so I ended the call.".into(),
            (OutcomeStatus::NotAchieved | OutcomeStatus::Unknown, EndedReason::MenuLimit) => "I could not get past their telephone menu.".into(),
            (OutcomeStatus::NotAchieved | OutcomeStatus::Unknown, EndedReason::Silence) => "Nobody spoke any more, so I ended the call.".into(),
            (
                OutcomeStatus::NotAchieved,
                EndedReason::AgentHungUp | EndedReason::CalleeHungUp | EndedReason::NotConnected | EndedReason::CarrierRefused
                | EndedReason::CarrierLost | EndedReason::VoiceLost | EndedReason::Shutdown | EndedReason::MachineAnswered,
            ) => String::new(),
            (
                OutcomeStatus::Unknown,
                EndedReason::AgentHungUp | EndedReason::CalleeHungUp | EndedReason::NotConnected | EndedReason::CarrierRefused
                | EndedReason::CarrierLost | EndedReason::VoiceLost | EndedReason::Shutdown | EndedReason::MachineAnswered,
            ) => "The call took place, but I can't tell what came of it.".into(),
        },
        Disposition::Busy => "The line was busy.".into(),
        Disposition::NoAnswer => "Nobody answered.".into(),
        Disposition::Canceled => "The call was stopped before anybody answered.".into(),
        Disposition::Failed if !because.is_empty() => because,
        Disposition::Failed if result.duration > 0 => "The call broke off.".into(),
        Disposition::Failed => "The call could not be connected.".into(),
        // The summary says whether a message was left.
        Disposition::Voicemail if !result.summary.trim().is_empty() => String::new(),
        Disposition::Voicemail => "A machine answered.".into(),
        Disposition::Unknown => {
            "I can't tell whether the phone rang or what came of it. I have not dialled again, so please check with them before you try again.".into()
        }
    }
}

fn told(fact: &Fact) -> String {
    let label = details::label(&fact.name);
    let proof = match (&fact.evidence, &fact.confirms) {
        (Some(evidence), Some(asked)) => format!("I said: \"{}\", they said: \"{}\"", asked.quote.trim(), evidence.quote.trim()),
        (Some(evidence), None) => format!("they said: \"{}\"", evidence.quote.trim()),
        (None, _) => "unverified: I did not hear them say it".into(),
    };
    let others: Vec<String> = fact.contradictions.iter().map(|other| contradiction(fact, other)).collect();
    format!("{label}: {} ({proof}){}", fact.value, others.concat())
}

/// What else was told for a fact.
fn contradiction(fact: &Fact, other: &Contradiction) -> String {
    match (other.by, &fact.evidence) {
        (ToldBy::Report, _) => format!("; my own notes had {}", other.value),
        (ToldBy::Callee, Some(_)) => format!("; they also said {}", other.value),
        (ToldBy::Callee, None) => format!("; they said {}", other.value),
    }
}

fn promised(promise: &Promise) -> String {
    let who = match (promise.by, promise.refused) {
        (Speaker::Callee, false) => "They promised",
        (Speaker::Callee, true) => "They refused",
        (Speaker::Agent, false) => "I promised",
        (Speaker::Agent, true) => "I refused",
    };
    format!("{who}: \"{}\"", promise.evidence.quote.trim())
}

/// With a capital and a full stop.
fn sentence(text: &str) -> String {
    let text = text.trim();
    let mut letters = text.chars();
    let Some(first) = letters.next() else { return String::new() };
    let stop = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{}{}{stop}", first.to_uppercase(), letters.as_str())
}

/// For what follows a colon: "Task failed: the line was busy." Names and "I" keep their capital.
fn lower_first(text: &str) -> String {
    let first = text.split([' ', '\'']).next().unwrap_or_default();
    let common = ["The", "A", "Nobody", "You", "It", "They", "There", "An", "Voicemail"].contains(&first);
    let mut letters = text.chars();
    match letters.next() {
        Some(letter) if common => format!("{}{}", letter.to_lowercase(), letters.as_str()),
        Some(_) | None => text.to_owned(),
    }
}
