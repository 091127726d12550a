//! What a plan's call is expected to cost: asked of the call handler, which knows the prices, and frozen in the plan.

use super::{order, turn::Turn};
use types::chat::Plan;

/// Puts the estimate into the plan. That it is not known stands in nobody's way, unless there is a limit on money.
///
/// # Errors
/// A sentence without its full stop that says why no call can be planned for its cost.
pub(super) async fn freeze(turn: &Turn<'_>, plan: &mut Plan, instructions: &str) -> Result<(), String> {
    let cost_limited = plan.limits.cost_max_micros.is_some();
    let gate = &turn.graph.settings.gate;
    let calls = turn.graph.calls.clone();
    plan.estimate = match calls.estimate(&order::order(plan, instructions, turn)).await {
        Ok(told) => told.estimate,
        Err(error) if cost_limited || gate.limits_cost() => {
            return Err(format!("there is a limit on money, and what the call may cost cannot be told now: {error}"));
        }
        Err(error) => {
            tracing::warn!(conversation_id = %turn.conversation, %error, "what the call may cost is not known");
            None
        }
    };
    let (to, call_max_s, estimate) = (&plan.target_phone_number, plan.limits.call_max_s, plan.estimate.as_ref());
    gate.admits_cost(gate::Asked { to, call_max_s, estimate, cost_limited }).map_err(|refusal| refusal.to_string())?;
    // What is shown as the most is what is agreed to. Without the carrier's price there is no such sum.
    if let Some(estimate) = plan.estimate.as_ref().filter(|estimate| estimate.with_carrier && estimate.most_micros > 0) {
        plan.limits.cost_max_micros = Some(estimate.most_micros);
    }
    Ok(())
}
