//! What the embedded engine gives to a run: the clock, steps with retries, and the commit.

use super::embedded::Inner;
use crate::store::{self, rows};
use graph::runtime::{Graph, Host, Run, Step, Task, Timer};
use jiff::Timestamp;
use std::{sync::Arc, time::Duration};
use types::{CallStage, chat::ConversationEvent};

/// How often a failing step is run again before the graph gives up.
#[derive(Clone, Copy, Debug)]
pub struct Retry {
    /// How often it is run at most; at least 1.
    pub attempts: u32,
    /// The pause before the second time; doubled each time after.
    pub pause: Duration,
    /// The longest pause.
    pub pause_max: Duration,
}

impl Default for Retry {
    /// Four times within about two seconds: the user waits for the answer.
    fn default() -> Self {
        Self { attempts: 4, pause: Duration::from_millis(250), pause_max: Duration::from_secs(5) }
    }
}

/// One worker's hold on one conversation.
pub(super) struct Bench<G: Graph> {
    pub(super) inner: Arc<Inner<G>>,
    /// Letters that the next commit takes out of the mailbox.
    pub(super) read: Vec<i64>,
}

impl<G: Graph<Event = ConversationEvent>> Host<G> for Bench<G> {
    type Error = store::Error;

    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    async fn exec(&mut self, mut task: Task<G>) -> Result<Result<Step<G>, String>, store::Error> {
        let retry = self.inner.retry;
        let mut pause = retry.pause;
        let mut tries = 1;
        loop {
            let error = match self.inner.graph.step(task.clone()).await {
                Ok(step) => return Ok(Ok(step)),
                Err(error) => error,
            };
            let conversation_id = task.conversation();
            if tries >= retry.attempts {
                tracing::warn!(%conversation_id, node = ?task.node, tries, %error, "gave a step up");
                return Ok(Err(error.to_string()));
            }
            tracing::info!(%conversation_id, node = ?task.node, tries, %error, "a step will be tried again");
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                // The step is done after the restart; nothing of it is lost.
                () = self.inner.draining.cancelled() => return Err(store::Error::Closed),
            }
            tries += 1;
            pause = (pause * 2).min(retry.pause_max);
            task.now = self.now();
        }
    }

    async fn commit(
        &mut self,
        run: &Run<G>,
        events: Vec<ConversationEvent>,
        timer: Option<Timer<G::Input>>,
    ) -> Result<(), store::Error> {
        let now = self.now();
        let change = change(run, &events, timer.as_ref(), std::mem::take(&mut self.read), now)?;
        let (has_timer, has_calls) = (change.timer.is_some(), !change.calls.is_empty());
        crash_point::reach("engine.before_commit");
        let last = self.inner.store.write(move |db| rows::apply(db, &change)).await?;
        crash_point::reach("engine.after_commit");
        // Only now may anybody see it.
        if !events.is_empty() {
            self.inner.notices.publish(run.conversation(), last);
        }
        for event in &events {
            if let ConversationEvent::Node { node } = event {
                tracing::info!(conversation_id = run.conversation(), ?node, "the graph has moved");
            }
        }
        if has_timer {
            self.inner.timers.notify_one();
        }
        if has_calls {
            self.inner.calls.send_modify(|n| *n += 1);
        }
        Ok(())
    }
}

/// A step as rows.
fn change<G: Graph<Event = ConversationEvent>>(
    run: &Run<G>,
    events: &[ConversationEvent],
    timer: Option<&Timer<G::Input>>,
    read: Vec<i64>,
    now: Timestamp,
) -> Result<rows::Change, store::Error> {
    use store::Doing;
    let at_ms = now.as_millisecond();
    let mut change = rows::Change {
        conversation: run.conversation().to_owned(),
        seq: run.seq(),
        run: serde_json::to_string(run).doing("write a run")?,
        ready: run.ready(now).is_some(),
        read,
        at_ms,
        ..rows::Change::default()
    };
    if let Some(timer) = timer {
        change.timer = Some(rows::Letter {
            id: timer.wake.id.clone(),
            body: serde_json::to_string(&timer.wake).doing("write a timer")?,
            due_ms: at_ms.saturating_add(i64::try_from(timer.after.as_millis()).unwrap_or(i64::MAX)),
            timer: true,
        });
    }
    for event in events {
        change.events.push(serde_json::to_string(event).doing("write an event")?);
        match event {
            ConversationEvent::Title { title } => change.title = Some(title.clone()),
            ConversationEvent::Node { node } => change.node = Some(serde_json::to_string(node).doing("write a node")?),
            ConversationEvent::Call { call } => change.calls.push(rows::CallNews {
                attempt: call.attempt,
                order_id: call.order_id.as_ref().map(ToString::to_string),
                live: call.stage != CallStage::Ended,
                ..rows::CallNews::default()
            }),
            ConversationEvent::CallEnded { attempt, result } => change.calls.push(rows::CallNews {
                attempt: *attempt,
                // Known from the call itself; a result that is the graph's own conclusion may name none.
                order_id: None,
                live: false,
                disposition: Some(serde_json::to_string(&result.status).doing("write a disposition")?),
                outcome: Some(serde_json::to_string(&result.outcome.status).doing("write an outcome")?),
            }),
            ConversationEvent::Message { .. }
            | ConversationEvent::Plan { .. }
            | ConversationEvent::PlanClosed { .. }
            | ConversationEvent::Question { .. }
            | ConversationEvent::QuestionClosed { .. }
            | ConversationEvent::NextTry { .. } => {}
        }
    }
    Ok(change)
}
