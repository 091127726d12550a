//! From what is known to the plan that is approved, and from that to the order that is sent.

use super::{State, turn::Turn};
use crate::template::{CALLEE_SLOT, NUMBER_SLOT, Template};
use types::chat::Plan;
use types::{Details, FieldError, Order, PlanId, VoiceChoice};

/// The plan for what is known, with what the voice is told. The order that it leads to has been checked.
pub(super) fn plan(turn: &Turn<'_>, template: &Template) -> Result<(Plan, String), FieldError> {
    let number = turn.state.target_phone_number.clone().ok_or_else(|| FieldError::new(NUMBER_SLOT, "is missing"))?;
    let known = turn.state.known();
    let words = template.words(&known);
    let settings = &turn.graph.settings;
    let lifetime = jiff::SignedDuration::try_from(settings.plan_lifetime).unwrap_or(jiff::SignedDuration::MAX);
    let expires = turn.now.checked_add(lifetime).unwrap_or(jiff::Timestamp::MAX);
    let plan = Plan {
        plan_id: plan_id(&turn.key),
        attempt: turn.state.next_attempt(),
        task_kind: template.name.clone(),
        target_phone_number: number,
        callee_name: turn.state.callee_name.clone(),
        goal: template.goal.fill(&words),
        details: callee_details(template, &known),
        facts_wanted: template.facts.iter().map(|fact| fact.wanted(&words)).collect(),
        limits: template.limits.over(&settings.limits),
        voice_choice: voice_choice(turn, template),
        retry: super::retry::policy(turn),
        on_machine: super::machine::policy(turn),
        estimate: None,
        expires_at: super::turn::stamp(expires),
    };
    let instructions = template.instructions.fill(&words);
    order(&plan, &instructions, turn).check()?;
    Ok((plan, instructions))
}

/// The order that carries out a plan.
pub(super) fn order(plan: &Plan, instructions: &str, turn: &Turn<'_>) -> Order {
    let choice = plan.voice_choice.clone().unwrap_or_default();
    Order {
        target_phone_number: plan.target_phone_number.clone(),
        final_instructions: instructions.to_owned(),
        goal: Some(plan.goal.clone()),
        task_kind: Some(plan.task_kind.clone()),
        callee_name: plan.callee_name.clone(),
        user_name: plan.details.get("user_name").cloned(),
        user_address: plan.details.get("delivery_address").cloned(),
        gathered_details: plan.details.clone(),
        facts_wanted: plan.facts_wanted.clone(),
        limits: plan.limits.clone(),
        on_machine: plan.on_machine.clone(),
        voice: choice.voice,
        model: choice.model,
        language: choice.language,
        record: None,
        user_id: turn.state.user_id.clone(),
        conversation_id: Some(turn.conversation.clone()),
        plan_id: Some(plan.plan_id.clone()),
        attempt: plan.attempt,
    }
}

/// What the user has chosen, else what this kind of task has, else what every call has; `None` if nobody says anything.
fn voice_choice(turn: &Turn<'_>, template: &Template) -> Option<VoiceChoice> {
    let choice = turn.state.voice_choice.or(&template.voice).or(&turn.graph.settings.voice_choice);
    (!choice.is_empty()).then_some(choice)
}

/// What the callee may be told: the details that matter, without whom we call.
fn callee_details(template: &Template, known: &Details) -> Details {
    template
        .relevant(known)
        .filter(|slot| slot.name != NUMBER_SLOT && slot.name != CALLEE_SLOT)
        .filter_map(|slot| Some((slot.name.clone(), known.get(&slot.name)?.clone())))
        .collect()
}

/// The same for every repetition of the step that freezes the plan, and for no other.
fn plan_id(key: &str) -> PlanId {
    let tail = key.strip_prefix("c_").unwrap_or(key);
    PlanId::new(format!("p_{}", tail.replace(|c: char| !c.is_ascii_alphanumeric() && c != '-', "_")))
}

impl State {
    /// Everything that is known, by the slots' names.
    pub(super) fn known(&self) -> Details {
        let mut known = self.gathered_details.clone();
        if let Some(number) = &self.target_phone_number {
            known.insert(NUMBER_SLOT.into(), number.to_string());
        }
        if let Some(name) = &self.callee_name {
            known.insert(CALLEE_SLOT.into(), name.clone());
        }
        known
    }

    /// The number of the attempt that a plan made now would be.
    pub(super) fn next_attempt(&self) -> u32 {
        self.calls.iter().map(|call| call.attempt).max().unwrap_or(0) + 1
    }
}
