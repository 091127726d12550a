//! While a call is live, its stages become inputs of the graph, and so durable.
//!
//! The handler's event stream is only news: whatever is missed here, the result and the graph's watchdog bring in the end.

use crate::{
    calls::Handler,
    durable::{Embedded, Engine},
    store::{self, Store, rows},
};
use eventsource_stream::Eventsource;
use futures_util::StreamExt;
use graph::{
    runtime::{Body, Envelope},
    task::{Input, TaskGraph},
};
use std::{collections::HashMap, time::Duration};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use types::{CallEvent, CallStage, ConversationId, NumberedCallEvent, OrderId};

/// The pause before a stream is opened again: at first, and at most; doubled each time it brought nothing.
const PAUSE: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(15));
/// A stream without a byte for this long is taken for dead; the handler keeps it alive more often.
const QUIET_MAX: Duration = Duration::from_secs(60);

/// Follows every live call, now and later, until `stop`.
pub(crate) async fn every_call(engine: Embedded<TaskGraph>, store: Store, handler: Handler, stop: CancellationToken) {
    let mut news = engine.calls();
    let mut followed: HashMap<OrderId, CancellationToken> = HashMap::new();
    let followers = TaskTracker::new();
    loop {
        news.borrow_and_update();
        match store.read(rows::live_calls).await {
            Ok(live) => {
                let live: Vec<Live> = live.into_iter().filter_map(Live::of).collect();
                followed.retain(|order_id, follower| {
                    let goes_on = live.iter().any(|call| call.order_id == *order_id);
                    if !goes_on {
                        follower.cancel();
                    }
                    goes_on
                });
                for call in live {
                    followed.entry(call.order_id.clone()).or_insert_with(|| {
                        let ended = stop.child_token();
                        let follower = call.follow(engine.clone(), handler.clone());
                        followers.spawn(ended.clone().run_until_cancelled_owned(follower));
                        ended
                    });
                }
            }
            Err(store::Error::Closed) => break,
            Err(error) => tracing::error!(error = &error as &dyn std::error::Error, "could not look for live calls"),
        }
        tokio::select! {
            () = stop.cancelled() => break,
            changed = news.changed() => if changed.is_err() { break },
        }
    }
    followers.close();
    followers.wait().await;
}

/// A call that has not ended.
struct Live {
    conversation_id: ConversationId,
    attempt: u32,
    order_id: OrderId,
}

/// How a stream ended.
enum Stream {
    /// The call is over, or the handler does not know it.
    Over,
    /// It broke off.
    Broken,
}

impl Live {
    fn of(row: rows::CallRow) -> Option<Self> {
        let order_id = OrderId::new(row.order_id?);
        Some(Self { conversation_id: ConversationId::new(row.conversation), attempt: row.attempt, order_id })
    }

    async fn follow(self, engine: Embedded<TaskGraph>, handler: Handler) {
        let mut last = None;
        let mut pause = PAUSE.0;
        loop {
            let before = last.clone();
            if let Stream::Over = self.listen(&engine, &handler, &mut last).await {
                return;
            }
            if last != before {
                pause = PAUSE.0;
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(PAUSE.1);
        }
    }

    async fn listen(&self, engine: &Embedded<TaskGraph>, handler: &Handler, last: &mut Option<String>) -> Stream {
        let response = match handler.events(&self.order_id, last.as_deref()).await {
            Ok(response) if response.status().is_success() => response,
            Ok(response) if response.status().is_client_error() => {
                tracing::warn!(order_id = %self.order_id, status = response.status().as_u16(), "cannot follow the call");
                return Stream::Over;
            }
            Ok(_) | Err(_) => return Stream::Broken,
        };
        let bytes = tokio_stream::StreamExt::timeout(response.bytes_stream(), QUIET_MAX)
            .map(|chunk| chunk.map_err(drop).and_then(|chunk| chunk.map_err(drop)))
            // A quiet stream is over; so is a broken one.
            .take_while(|chunk| std::future::ready(chunk.is_ok()));
        let mut events = std::pin::pin!(bytes.eventsource());
        while let Some(Ok(event)) = events.next().await {
            // An event that a newer handler may know and we do not is no reason to stop.
            let Ok(told) = serde_json::from_str::<NumberedCallEvent>(&event.data) else { continue };
            match told.event {
                CallEvent::Stage { stage: stage @ (CallStage::Dialling | CallStage::Ringing | CallStage::Connected) } => {
                    if !self.tell(engine, stage).await {
                        return Stream::Broken;
                    }
                }
                CallEvent::Question { question, .. } => {
                    let id = format!("question:{}:{}", self.order_id, question.id);
                    if !self.deliver(engine, id, Input::Question { attempt: self.attempt, question }).await {
                        return Stream::Broken;
                    }
                }
                CallEvent::QuestionClosed { id: question, how, answer } => {
                    let id = format!("question_closed:{}:{question}:{how:?}", self.order_id);
                    let input = Input::QuestionClosed { attempt: self.attempt, id: question, how, answer };
                    if !self.deliver(engine, id, input).await {
                        return Stream::Broken;
                    }
                }
                CallEvent::Stage { stage: CallStage::Ended } | CallEvent::Ended { .. } => return Stream::Over,
                CallEvent::Stage { stage: CallStage::Queued }
                | CallEvent::Agent { .. }
                | CallEvent::Caption { .. }
                | CallEvent::AnsweredBy { .. }
                | CallEvent::Disclosed { .. }
                | CallEvent::TurnLatency { .. }
                | CallEvent::KeysPressed { .. }
                | CallEvent::KeyHeard { .. }
                | CallEvent::Hold { .. }
                | CallEvent::Overlap { .. }
                | CallEvent::Instruction { .. }
                | CallEvent::TakenOver { .. }
                | CallEvent::UserSpoke { .. }
                | CallEvent::Trouble { .. }
                | CallEvent::Level { .. } => {}
            }
            // Only what has been taken is not asked for again.
            if !event.id.is_empty() {
                *last = Some(event.id);
            }
        }
        Stream::Broken
    }

    /// Tells the graph how far the call is; false if that could not be kept.
    async fn tell(&self, engine: &Embedded<TaskGraph>, stage: CallStage) -> bool {
        let id = format!("progress:{}:{stage:?}", self.order_id);
        self.deliver(engine, id, Input::Progress { attempt: self.attempt, stage, call_sid: None }).await
    }

    /// Tells the graph something of the call; false if that could not be kept.
    async fn deliver(&self, engine: &Embedded<TaskGraph>, id: String, input: Input) -> bool {
        match engine.deliver(&self.conversation_id, Envelope { id, body: Body::Input(input) }).await {
            Ok(()) => {
                crash_point::reach("engine.progress_noted");
                true
            }
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(conversation_id = %self.conversation_id, order_id = %self.order_id, error, "could not note news of a call");
                false
            }
        }
    }
}
