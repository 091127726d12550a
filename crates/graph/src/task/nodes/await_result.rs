//! Waits for the call's result; meanwhile the user may chat, and a watchdog asks the handler when the result is late.

use super::super::{HangUpError, Input, TaskGraph, late, presume, reread, say, turn::Turn};
use super::doubt::{self, Known};
use super::told;
use crate::{
    brain::Intent,
    runtime::{Arrival, Error, Next, Step},
};
use std::time::Duration;
use types::chat::{Attempt, Node};
use types::{CallResult, CallSid, CallStage, Disposition, EndedReason, IdempotencyKey};

pub(in super::super) async fn run(mut turn: Turn<'_>, input: Arrival<Input>) -> Result<Step<TaskGraph>, Error> {
    match input {
        Arrival::None => {
            if let Some(result) = turn.state.ended.take() {
                let result = reread::of(&turn, result).await;
                return Ok(keep(turn, *result));
            }
            turn.enter(Node::AwaitResult);
            turn.state.watchdog_rounds = 0;
            Ok(wait(turn))
        }
        Arrival::Timeout => Ok(watch(turn).await),
        Arrival::Input(Input::Say { text, at, .. }) => {
            let understood = turn.understand(&text).await?;
            turn.heard(&text, at);
            chat(&mut turn, understood.intent, &text).await;
            Ok(turn.stay())
        }
        Arrival::Input(Input::Progress { attempt, stage, call_sid }) => {
            progress(&mut turn, attempt, stage, call_sid);
            Ok(turn.stay())
        }
        Arrival::Input(Input::Question { attempt, question }) => {
            told::open(&mut turn, attempt, question);
            Ok(turn.stay())
        }
        Arrival::Input(Input::QuestionClosed { attempt, id, how, answer }) => {
            told::close(&mut turn, attempt, &id, how, answer);
            Ok(turn.stay())
        }
        Arrival::Input(Input::Result { result }) => Ok(ended(turn, result).await),
        Arrival::Input(Input::Decide { .. } | Input::Correction { .. }) => Ok(turn.stay()),
    }
}

/// Waits for the call's longest time; for an order that may not have arrived, only until it is asked after.
fn wait(turn: Turn<'_>) -> Step<TaskGraph> {
    let in_doubt = turn.state.live_attempt().is_some_and(|live| live.order_id.is_none());
    let timeout = if in_doubt {
        doubt::pause(turn.state.watchdog_rounds)
    } else {
        let limits = turn.state.approved.as_ref().map_or_else(Default::default, |plan| plan.limits.clone());
        let longest = Duration::from_secs(u64::from(limits.answer_timeout_s) + u64::from(limits.call_max_s));
        longest + turn.graph.settings.watchdog_slack
    };
    turn.next(Next::Wait { resume: Node::AwaitResult, timeout: Some(timeout) })
}

fn progress(turn: &mut Turn<'_>, attempt: u32, stage: CallStage, call_sid: Option<CallSid>) {
    let Some(live) = turn.state.live_attempt().filter(|live| live.attempt == attempt).cloned() else { return };
    // The end is told by the result alone.
    let further = if stage == CallStage::Ended { live.stage } else { stage.max(live.stage) };
    let call_sid = live.call_sid.clone().or(call_sid);
    if further != live.stage || call_sid != live.call_sid {
        turn.keep_attempt(Attempt { stage: further, call_sid, ..live });
    }
}

async fn ended(mut turn: Turn<'_>, result: Box<CallResult>) -> Step<TaskGraph> {
    let live = turn.state.live_attempt();
    let awaited = live.is_some_and(|live| {
        live.attempt == result.attempt && live.order_id.as_ref().is_none_or(|order| *order == result.order_id)
    });
    if awaited {
        return take(turn, result);
    }
    late::take(&mut turn, result).await;
    turn.stay()
}

/// The call's own result has come. It is read again in a step of its own, so that it is safe by then.
pub(super) fn take(mut turn: Turn<'_>, result: Box<CallResult>) -> Step<TaskGraph> {
    if reread::is_worth_it(&turn, &result) {
        turn.state.ended = Some(result);
        return turn.goto(Node::AwaitResult);
    }
    keep(turn, *result)
}

fn keep(mut turn: Turn<'_>, result: CallResult) -> Step<TaskGraph> {
    turn.keep_result(result, false);
    turn.goto(Node::ReportResult)
}

async fn chat(turn: &mut Turn<'_>, intent: Intent, text: &str) {
    let Some(live) = turn.state.live_attempt().cloned() else { return };
    let Some(order_id) = live.order_id.as_ref() else {
        let stage = say::progress(live.stage);
        turn.say(format!("The call is under way: it {stage}. I will tell you here what comes of it; say \"hang up\" to end it."));
        return;
    };
    if intent != Intent::HangUp || told::is_choice(turn, text) {
        return told::pass_on(turn, &live, order_id, text).await;
    }
    let calls = turn.graph.calls.clone();
    match calls.hang_up(order_id).await {
        Ok(()) => turn.say("I am ending the call."),
        Err(HangUpError::AlreadyEnded) => turn.say("The call has just ended; I will tell you in a moment what came of it."),
        Err(HangUpError::Unavailable { message }) => {
            tracing::warn!(conversation_id = %turn.conversation, %order_id, message, "could not hang up");
            turn.say("I could not end the call just now. Please say \"hang up\" again, or press the button.");
        }
    }
}

/// The result is late: asks the handler, and gives up in the end.
async fn watch(mut turn: Turn<'_>) -> Step<TaskGraph> {
    let (Some(live), Some(plan)) = (turn.state.live_attempt().cloned(), turn.state.approved.clone()) else {
        return turn.goto(Node::ReportResult);
    };
    turn.state.watchdog_rounds += 1;
    let key = IdempotencyKey::of_attempt(&turn.conversation, live.attempt);
    let calls = turn.graph.calls.clone();
    let found = match calls.order_status(&key).await {
        Ok(Some(mut view)) => {
            if let Some(result) = view.result.take().filter(|result| result.attempt == live.attempt) {
                tracing::info!(conversation_id = %turn.conversation, order_id = %result.order_id, "the watchdog has fetched a late result");
                return take(turn, result);
            }
            if live.order_id.is_none() {
                doubt::ask(&mut turn, live.clone(), &plan, Some(view)).await
            } else {
                progress(&mut turn, live.attempt, view.stage, view.call_sid);
                Known::Nothing("the call has not ended for the call handler")
            }
        }
        Ok(None) if live.order_id.is_none() => doubt::ask(&mut turn, live.clone(), &plan, None).await,
        Ok(None) => Known::Nothing("the call handler does not know the call"),
        Err(_) => Known::Nothing("the call handler could not be asked"),
    };
    let found = match found {
        Known::Arrived => {
            turn.state.watchdog_rounds = 0;
            return wait(turn);
        }
        Known::Refused => return turn.goto(Node::ReportResult),
        Known::Nothing(found) => found,
    };
    tracing::warn!(conversation_id = %turn.conversation, attempt = live.attempt, round = turn.state.watchdog_rounds, found, "the result is late");
    if turn.state.watchdog_rounds < turn.graph.settings.watchdog_rounds_max {
        let again =
            if live.order_id.is_none() { doubt::pause(turn.state.watchdog_rounds) } else { turn.graph.settings.watchdog_slack };
        let timeout = Some(again);
        return turn.next(Next::Wait { resume: Node::AwaitResult, timeout });
    }
    let error = format!("no result came, and {found}");
    let mut result = presume::result(&turn.conversation, &plan, Disposition::Unknown, EndedReason::CarrierLost, "", &error);
    result.attempt = live.attempt;
    result.call_sid = live.call_sid;
    if let Some(order_id) = live.order_id {
        result.order_id = order_id;
    }
    turn.keep_result(result, true);
    turn.goto(Node::ReportResult)
}
