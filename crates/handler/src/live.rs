//! The calls that are live now, and what their actors can be told.

use crate::asked::Instructed;
use crate::call::MediaSocket;
use crate::error::ApiError;
use crate::user_voice::TakeOver;
use bytes::Bytes;
use session::{CallProgress, CarrierVerdict, HangUpBy, QuestionStanding};
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use subtle::ConstantTimeEq as _;
use tokio::sync::{broadcast, mpsc, oneshot, watch};
use types::{CallEvent, CallSid, NumberedCallEvent, OrderId};

/// How many messages may wait for a call.
const MESSAGES_MAX: usize = 64;
/// How many events a watcher may be behind before it is sent back to the store.
const EVENTS_BEHIND_MAX: usize = 64;
/// How long a sender waits for room.
const SEND_LIMIT: Duration = Duration::from_secs(5);

/// What a call is told from outside.
pub(crate) enum Message {
    /// The order belongs to this call at the carrier; that is durable already.
    Claimed(CallSid),
    /// The carrier tells how the call gets on.
    Progress(CallProgress),
    /// The carrier tells who has answered.
    AnsweredBy(CarrierVerdict),
    /// The carrier's media stream has proven that it belongs to the call.
    Stream(Box<MediaSocket>),
    /// Somebody wants the call to end.
    HangUp(HangUpBy),
    /// The call is left to the next handler as soon as the carrier has it.
    HandOver,
    /// The user answers a question. The reply: how the question stood.
    Answer { question_id: String, text: String, reply: oneshot::Sender<QuestionStanding> },
    /// The user tells the agent what to do.
    Instruction { instruction_id: String, text: String, reply: oneshot::Sender<Instructed> },
    /// The user wants to speak in the agent's place.
    TakeOver(oneshot::Sender<TakeOver>),
    /// Somebody wants to listen in.
    Listen(oneshot::Sender<broadcast::Receiver<Bytes>>),
}

/// The answer to `POST /order`: HTTP status and JSON body.
pub(crate) type Answer = (u16, String);

/// Whether the call's audio may come to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Door {
    /// It is connected to the media stream, once.
    Open = 0,
    /// Not yet: the call is kept on the line and asks again.
    Waiting = 1,
    /// Not any more: it was connected.
    Closed = 2,
}

/// A live call as the routes see it.
pub(crate) struct LiveCall {
    messages: mpsc::Sender<Message>,
    /// What `POST /order` is answered, once that is durable.
    answer: watch::Receiver<Option<Answer>>,
    /// What the carrier must show to join its audio.
    token: Mutex<String>,
    token_used: AtomicBool,
    call_sid: Mutex<Option<CallSid>>,
    events: broadcast::Sender<Arc<NumberedCallEvent>>,
    /// What the carrier is told when it asks what to do with the call.
    door: AtomicU8,
    /// The carrier's own voice may say something to the callee.
    pub(crate) speaks_english: bool,
    /// The number of the last event that was published.
    published: AtomicU64,
}

/// The actor's ends of a live call.
pub(crate) struct Ends {
    pub(crate) messages: mpsc::Receiver<Message>,
    pub(crate) answer: Arc<watch::Sender<Option<Answer>>>,
}

impl LiveCall {
    /// Makes a live call and the ends of the task that carries it out.
    pub(crate) fn new(speaks_english: bool) -> (Arc<Self>, Ends) {
        Self::make(None, Door::Open, speaks_english)
    }

    /// The same for an order that an earlier run left behind: whether its call goes on is still to be found out.
    pub(crate) fn left_behind(call_sid: Option<CallSid>, speaks_english: bool) -> (Arc<Self>, Ends) {
        Self::make(call_sid, Door::Waiting, speaks_english)
    }

    fn make(call_sid: Option<CallSid>, door: Door, speaks_english: bool) -> (Arc<Self>, Ends) {
        let (messages, received) = mpsc::channel(MESSAGES_MAX);
        let (tell, answer) = watch::channel(None);
        let call = Self {
            messages,
            answer,
            token: Mutex::new(crate::clock::new_token()),
            token_used: AtomicBool::new(false),
            call_sid: Mutex::new(call_sid),
            events: broadcast::Sender::new(EVENTS_BEHIND_MAX),
            door: AtomicU8::new(door as u8),
            speaks_english,
            published: AtomicU64::new(0),
        };
        (Arc::new(call), Ends { messages: received, answer: Arc::new(tell) })
    }

    /// Shows a durable event to whoever watches.
    pub(crate) fn publish(&self, event: NumberedCallEvent) {
        self.published.fetch_max(event.n, Ordering::Relaxed);
        // Nobody needs to be watching.
        drop(self.events.send(Arc::new(event)));
    }

    /// Shows the levels to whoever watches now.
    pub(crate) fn publish_levels(&self, at_ms: u64, callee: u8, agent: u8) {
        let n = self.published.load(Ordering::Relaxed);
        drop(self.events.send(Arc::new(NumberedCallEvent { n, at_ms, event: CallEvent::Level { callee, agent } })));
    }

    /// Every event from now on.
    pub(crate) fn watch(&self) -> broadcast::Receiver<Arc<NumberedCallEvent>> {
        self.events.subscribe()
    }

    /// Whether anybody watches.
    pub(crate) fn is_watched(&self) -> bool {
        self.events.receiver_count() > 0
    }

    /// Waits for the answer to `POST /order`; `None` if there will be none.
    pub(crate) async fn answered(&self) -> Option<Answer> {
        let mut answer = self.answer.clone();
        answer.wait_for(Option::is_some).await.ok()?.clone()
    }

    /// Tells the call something. Fails if it has just ended or cannot keep up.
    pub(crate) async fn tell(&self, message: Message) -> Result<(), ApiError> {
        let gone = |code: &str, text: &str| ApiError::new(axum::http::StatusCode::CONFLICT, code, text);
        match self.messages.send_timeout(message, SEND_LIMIT).await {
            Ok(()) => Ok(()),
            Err(mpsc::error::SendTimeoutError::Closed(_)) => Err(gone("already_ended", "the call has just ended")),
            Err(mpsc::error::SendTimeoutError::Timeout(_)) => Err(gone("call_overloaded", "the call cannot keep up; try again")),
        }
    }

    /// What the carrier must show to join the call's audio.
    pub(crate) fn token(&self) -> String {
        lock(&self.token).clone()
    }

    /// The call is to be joined anew: the token before is worth nothing, and until the carrier has been told of the new one a call
    /// that comes by itself waits.
    pub(crate) fn renew_token(&self) {
        self.set_door(Door::Waiting);
        *lock(&self.token) = crate::clock::new_token();
        self.token_used.store(false, Ordering::Release);
    }

    /// Whether it is the call's token. How long that takes tells nothing.
    pub(crate) fn is_token(&self, token: &str) -> bool {
        Sha256::digest(token).ct_eq(&Sha256::digest(lock(&self.token).as_str())).into()
    }

    /// Takes the token, once, if it is the right one.
    pub(crate) fn take_token(&self, token: &str) -> bool {
        self.is_token(token) && !self.token_used.swap(true, Ordering::AcqRel)
    }

    /// What the carrier is told when it asks what to do with the call.
    pub(crate) fn door(&self) -> Door {
        match self.door.load(Ordering::Acquire) {
            _ if self.token_used.load(Ordering::Acquire) => Door::Closed,
            0 => Door::Open,
            _ => Door::Waiting,
        }
    }

    pub(crate) fn set_door(&self, door: Door) {
        self.door.store(door as u8, Ordering::Release);
    }

    /// The carrier's name for the call, as far as it is known.
    pub(crate) fn call_sid(&self) -> Option<CallSid> {
        lock(&self.call_sid).clone()
    }

    pub(crate) fn set_call_sid(&self, call_sid: CallSid) {
        lock(&self.call_sid).get_or_insert(call_sid);
    }
}

/// Every live call by its order.
#[derive(Default)]
pub(crate) struct LiveCalls(Mutex<HashMap<OrderId, Arc<LiveCall>>>);

impl LiveCalls {
    pub(crate) fn insert(&self, order_id: OrderId, call: Arc<LiveCall>) {
        lock(&self.0).insert(order_id, call);
    }

    pub(crate) fn remove(&self, order_id: &OrderId) {
        lock(&self.0).remove(order_id);
    }

    pub(crate) fn get(&self, order_id: &OrderId) -> Option<Arc<LiveCall>> {
        lock(&self.0).get(order_id).cloned()
    }

    pub(crate) fn all(&self) -> Vec<Arc<LiveCall>> {
        lock(&self.0).values().cloned().collect()
    }

    pub(crate) fn count(&self) -> usize {
        lock(&self.0).len()
    }
}

/// None of these locks is held across a panic that could leave its value half changed.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_opens_one_socket() {
        let (call, _ends) = LiveCall::new(true);
        assert!(!call.take_token("guess"));
        assert!(!call.take_token(""));
        let token = call.token();
        assert!(call.take_token(&token));
        assert!(!call.take_token(&token));
        call.renew_token();
        assert!(!call.take_token(&token) && call.door() == Door::Waiting);
        assert!(call.take_token(&call.token()));
    }
}
