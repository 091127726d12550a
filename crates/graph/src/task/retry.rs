//! Trying again without asking again: whether, when, and how often.

use super::{State, turn::Turn};
use crate::{locale::Here, parse::retry};
use jiff::{SignedDuration, Timestamp};
use types::chat::Attempt;
use types::{CallResult, Disposition, EndedReason, OnVoicemail, RetryPolicy};

/// What the user has said of it in this message.
#[derive(Clone, Debug, Default)]
pub(super) enum RetrySaid {
    /// Nothing.
    #[default]
    Nothing,
    /// A wish. `changed`: another one than before.
    Wish { said: retry::Said, changed: bool },
    /// Something that cannot be done, with the reason.
    Problem { said: retry::Said, problem: String },
}

impl RetrySaid {
    /// Reads the message, and keeps a wish for the plans from now on.
    pub(super) fn hear(state: &mut State, text: &str) -> Self {
        let Some(said) = retry::find(text) else { return Self::Nothing };
        match said.wish.clone() {
            Ok(wish) => {
                let changed = state.retry_wish != Some(wish);
                state.retry_wish = Some(wish);
                Self::Wish { said, changed }
            }
            Err(problem) => Self::Problem { said, problem },
        }
    }

    pub(super) fn is_said(&self) -> bool {
        !matches!(self, Self::Nothing)
    }

    pub(super) fn is_changed(&self) -> bool {
        matches!(self, Self::Wish { changed: true, .. })
    }

    pub(super) fn problem(&self) -> Option<String> {
        match self {
            Self::Problem { problem, .. } => Some(problem.clone()),
            Self::Nothing | Self::Wish { .. } => None,
        }
    }

    /// What else is said.
    pub(super) fn rest(&self, text: &str) -> String {
        match self {
            Self::Nothing => text.to_owned(),
            Self::Wish { said, .. } | Self::Problem { said, .. } => retry::without(text, said),
        }
    }
}

/// What holds for a plan made now.
pub(super) fn policy(turn: &Turn<'_>) -> Option<RetryPolicy> {
    turn.state.retry_wish.unwrap_or(turn.graph.settings.retry)
}

/// How many tries the approved plan has left.
pub(super) fn left(state: &State) -> u32 {
    let times = state.approved.as_ref().and_then(|plan| plan.retry).map_or(0, |policy| policy.times);
    times.saturating_sub(state.tries_made)
}

/// Whether the latest call reached nobody, for certain, and its plan has a try left. Nothing that is not known for certain, and
/// nothing that has been stopped, leads to another call.
pub(super) fn is_due(state: &State) -> bool {
    let latest = state.calls.last();
    let of_plan = |call: &&Attempt| state.approved.as_ref().is_some_and(|plan| plan.attempt == call.attempt);
    let certain = |call: &&Attempt| !state.presumed.contains(&call.attempt);
    let result = latest.filter(of_plan).filter(certain).and_then(|call| call.result.as_deref());
    let hangs_up = state.approved.as_ref().is_some_and(|plan| plan.on_machine.voicemail == OnVoicemail::HangUp);
    left(state) > 0 && result.is_some_and(|result| reached_nobody(result, hangs_up))
}

/// `hangs_up`: the plan says that voicemail is no answer. Who was left a message is not called again.
fn reached_nobody(result: &CallResult, hangs_up: bool) -> bool {
    match result.status {
        Disposition::Busy | Disposition::NoAnswer => true,
        // Not a refusal: what was refused once is refused again.
        Disposition::Failed => result.duration == 0 && result.ended_reason == EndedReason::NotConnected,
        Disposition::Voicemail => hangs_up && !result.message_left,
        Disposition::Completed | Disposition::Canceled | Disposition::Unknown => false,
    }
}

/// When the next try is due and how many are left with it. `now`: at once, for it has waited already.
pub(super) fn next_time(turn: &Turn<'_>, now: bool) -> Option<(Timestamp, u32)> {
    let every_s = turn.state.approved.as_ref()?.retry?.every_s;
    let pause = SignedDuration::from_secs(if now { 0 } else { every_s.into() });
    let left = left(&turn.state);
    (left > 0).then(|| (turn.now.checked_add(pause).unwrap_or(Timestamp::MAX), left))
}

/// When the callee may be called at the earliest from then on; a sentence without its full stop if never.
pub(super) fn earliest(turn: &Turn<'_>, from: Timestamp) -> Result<Timestamp, String> {
    let plan = turn.state.approved.as_ref().ok_or_else(|| "there is no approved plan".to_owned())?;
    turn.graph.settings.gate.earliest(&plan.target_phone_number, from).map_err(|refusal| refusal.to_string())
}

/// What waits, in a sentence.
pub(super) fn standing(turn: &Turn<'_>) -> String {
    let next = turn.state.next_try.as_ref().and_then(|next| next.at.parse().ok());
    let when = next.map_or_else(String::new, |at| format!(" {}", moment(at, turn.here())));
    format!("I try again{when}. Say \"try now\" or \"stop trying\", or tell me what to change.")
}

/// `at 18:20`, `tomorrow at 8:00 am`, `on Sunday at 08:00`, by the user's clock.
pub(super) fn moment(at: Timestamp, here: Here<'_>) -> String {
    let there = at.to_zoned(here.locale.time_zone.clone());
    let clock = if here.month_first() { there.strftime("%-I:%M %P") } else { there.strftime("%H:%M") };
    let today = here.today();
    if there.date() == today {
        format!("at {clock}")
    } else if today.tomorrow().is_ok_and(|tomorrow| tomorrow == there.date()) {
        format!("tomorrow at {clock}")
    } else {
        format!("on {} at {clock}", there.strftime("%A, %B %-d,"))
    }
}
