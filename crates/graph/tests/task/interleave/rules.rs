//! The reference: nothing of how the graph works, only what must never be otherwise. It sees every commit and every dial.

use super::YES;
use crate::world::CONVERSATION;
use graph::task::{Input, State};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use types::chat::{ConversationEvent, Decision, Plan, PlanClosed};
use types::{Order, PlanId};

#[derive(Default)]
pub(crate) struct Rules {
    open: Option<Plan>,
    approved: BTreeMap<PlanId, Plan>,
    closed: BTreeSet<PlanId>,
    ended: BTreeSet<u32>,
}

impl Rules {
    /// What has been dialled so far: each order once, for a plan whose approval had been written down before, as it was approved.
    pub(crate) fn dials(&self, dialled: &BTreeMap<String, Order>) {
        let mut plans = BTreeSet::new();
        for (key, order) in dialled {
            let plan_id = order.plan_id.clone().expect("every order names its plan");
            let plan = self.approved.get(&plan_id).unwrap_or_else(|| panic!("dialled without approval: {plan_id}"));
            assert!(plans.insert(plan_id), "two telephones ring for one plan");
            assert_eq!(*key, format!("{CONVERSATION}:{}", plan.attempt));
            assert_eq!(order.target_phone_number, plan.target_phone_number);
            assert_eq!((&order.gathered_details, &order.limits), (&plan.details, &plan.limits));
        }
    }

    pub(crate) fn commits(
        &mut self,
        before: &State,
        after: &State,
        events: &[ConversationEvent],
        input: Option<&Input>,
        now: Timestamp,
    ) {
        for event in events {
            match event {
                ConversationEvent::Plan { plan } => {
                    assert!(self.open.replace((**plan).clone()).is_none(), "two plans are open");
                    assert!(!self.closed.contains(&plan.plan_id), "a plan was opened again");
                    assert!(!self.ended.contains(&plan.attempt), "a plan for an attempt that has ended");
                }
                ConversationEvent::PlanClosed { plan_id, how } => self.closes(plan_id, *how, input, now),
                ConversationEvent::CallEnded { attempt, result } => {
                    assert!(self.ended.insert(*attempt), "attempt {attempt} ended twice");
                    assert_eq!(result.attempt, *attempt);
                }
                ConversationEvent::Call { call } => assert!(!self.ended.contains(&call.attempt), "news of an ended call"),
                ConversationEvent::NextTry { next } => assert!(next.is_none(), "no tries were agreed to"),
                ConversationEvent::Question { .. } | ConversationEvent::QuestionClosed { .. } => panic!("no call asks anything"),
                ConversationEvent::Message { .. } | ConversationEvent::Node { .. } | ConversationEvent::Title { .. } => {}
            }
        }
        assert_eq!(after.plan, self.open);
        // What the handler has said of an attempt stays; only our own conclusion can be replaced, by the handler's word.
        for call in &before.calls {
            let now = after.calls.iter().find(|now| now.attempt == call.attempt).expect("attempts are never forgotten");
            if call.result.is_some() && !before.presumed.contains(&call.attempt) {
                assert_eq!(now.result, call.result, "the one result of attempt {} was changed", call.attempt);
            }
        }
        for call in &after.calls {
            assert!(self.approved.values().any(|plan| plan.attempt == call.attempt), "an attempt without approval");
            assert_eq!(call.result.is_some(), self.ended.contains(&call.attempt));
        }
    }

    fn closes(&mut self, plan_id: &PlanId, how: PlanClosed, input: Option<&Input>, now: Timestamp) {
        let plan = self.open.take().filter(|plan| plan.plan_id == *plan_id).expect("only the open plan can be closed");
        assert!(self.closed.insert(plan_id.clone()), "a plan was closed twice");
        if how != PlanClosed::Approved {
            return;
        }
        let said_so = match input {
            Some(Input::Decide { plan_id: decided, decision: Decision::Approve }) => decided == plan_id,
            Some(Input::Say { text, .. }) => YES.contains(&text.as_str()),
            Some(_) | None => false,
        };
        assert!(said_so, "approved by {input:?}");
        assert!(now < plan.expires_at.parse().unwrap(), "approved after its expiry");
        self.approved.insert(plan_id.clone(), plan);
    }
}
