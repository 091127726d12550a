//! A conversation in virtual time: a store that survives, timers, and a call handler that follows a script.

use async_trait::async_trait;
use futures_util::FutureExt;
use graph::{
    brain::BuiltIn,
    reader::Reader,
    runtime::{Body, Envelope, Graph, Host, Offer, Run, Step, Task, Timer, drive},
    task::{Calls, HangUpError, Input, PlaceError, Settings, State, StatusError, TaskGraph, TellError},
};
use jiff::{SignedDuration, Timestamp};
use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, LazyLock, Mutex},
    time::Duration,
};
use types::chat::{ConversationEvent, Decision, Node, Plan, Role};
use types::{
    CallResult, CallSid, CallStage, CallView, Estimated, IdempotencyKey, Order, OrderAccepted, OrderId, PhoneNumber, PlanId,
};

pub(crate) const CONVERSATION: &str = "c_1";
/// Saturday, November 21, 2026, noon in UTC.
pub(crate) const BEGIN: &str = "2026-11-21T12:00:00Z";
pub(crate) const STORY: &str =
    "order a large pepperoni pizza for delivery to 12 Elm Street, for Maria Lopez, from Tony's at +1 415 555 0100";

/// A call handler that accepts every order unless its script says otherwise.
#[derive(Debug, Default)]
pub(crate) struct FakeCalls {
    /// What to answer to the next orders.
    pub(crate) script: Mutex<VecDeque<Result<(), PlaceError>>>,
    /// What is known of orders, by key; `Err` for a handler that does not answer.
    pub(crate) views: Mutex<HashMap<String, Result<CallView, StatusError>>>,
    pub(crate) placed: Mutex<Vec<(String, Order)>>,
    pub(crate) hung_up: Mutex<Vec<OrderId>>,
    /// What live calls were told, and what is answered to that next.
    pub(crate) told: Mutex<Vec<String>>,
    pub(crate) tells: Mutex<VecDeque<Result<(), TellError>>>,
    /// What is answered when the cost is asked for; `None` for a handler that does not answer.
    pub(crate) estimate: Mutex<Option<Estimated>>,
}

pub(crate) fn order_id(attempt: u32) -> OrderId {
    OrderId::new(format!("o_{attempt}"))
}

pub(crate) fn sid(attempt: u32) -> CallSid {
    CallSid::new(format!("CA{attempt:032}"))
}

#[async_trait]
impl Calls for FakeCalls {
    fn order_url(&self) -> String {
        "http://127.0.0.1:5002/order".into()
    }
    async fn place_order(&self, order: &Order, key: &IdempotencyKey) -> Result<OrderAccepted, PlaceError> {
        order.check().expect("every order that is sent has been checked");
        self.placed.lock().unwrap().push((key.as_str().into(), order.clone()));
        self.script.lock().unwrap().pop_front().unwrap_or(Ok(()))?;
        Ok(OrderAccepted { status: "Call initiated".into(), call_sid: sid(order.attempt), order_id: order_id(order.attempt) })
    }
    async fn estimate(&self, order: &Order) -> Result<Estimated, StatusError> {
        order.check().expect("every order that is asked after has been checked");
        let silent = || StatusError { message: "the call handler did not answer".into() };
        self.estimate.lock().unwrap().clone().ok_or_else(silent)
    }
    async fn order_status(&self, key: &IdempotencyKey) -> Result<Option<CallView>, StatusError> {
        self.views.lock().unwrap().get(key.as_str()).cloned().transpose()
    }
    async fn hang_up(&self, order_id: &OrderId) -> Result<(), HangUpError> {
        let mut hung_up = self.hung_up.lock().unwrap();
        if hung_up.contains(order_id) {
            return Err(HangUpError::AlreadyEnded);
        }
        hung_up.push(order_id.clone());
        Ok(())
    }
    async fn answer(&self, order_id: &OrderId, question_id: &str, text: &str) -> Result<(), TellError> {
        self.told.lock().unwrap().push(format!("{order_id} {question_id}: {text}"));
        self.tells.lock().unwrap().pop_front().unwrap_or(Ok(()))
    }
    async fn instruct(&self, order_id: &OrderId, instruction_id: &str, text: &str) -> Result<(), TellError> {
        assert!((1..=100).contains(&instruction_id.len()), "{instruction_id}");
        self.told.lock().unwrap().push(format!("{order_id}: {text}"));
        self.tells.lock().unwrap().pop_front().unwrap_or(Ok(()))
    }
}

impl FakeCalls {
    pub(crate) fn keys(&self) -> Vec<String> {
        self.placed.lock().unwrap().iter().map(|(key, _)| key.clone()).collect()
    }
    pub(crate) fn order(&self) -> Order {
        self.placed.lock().unwrap().last().unwrap().1.clone()
    }
    pub(crate) fn will(&self, answers: impl IntoIterator<Item = Result<(), PlaceError>>) {
        self.script.lock().unwrap().extend(answers);
    }
    pub(crate) fn knows(&self, attempt: u32, view: Result<CallView, StatusError>) {
        self.views.lock().unwrap().insert(format!("{CONVERSATION}:{attempt}"), view);
    }
    pub(crate) fn forgets(&self, attempt: u32) {
        self.views.lock().unwrap().remove(&format!("{CONVERSATION}:{attempt}"));
    }
}

pub(crate) fn view(attempt: u32, stage: CallStage, result: Option<CallResult>) -> CallView {
    CallView {
        order_id: order_id(attempt),
        call_sid: Some(sid(attempt)),
        target_phone_number: PhoneNumber::parse("+14155550100").unwrap(),
        stage,
        result: result.map(Box::new),
    }
}

/// A result as the handler sends it, with what the test cares for.
pub(crate) fn result(attempt: u32, status: &str, outcome: &str, summary: &str) -> CallResult {
    let ended = if status == "completed" { "agent_hung_up" } else { "not_connected" };
    serde_json::from_value(serde_json::json!({
        "call_sid": sid(attempt), "order_id": order_id(attempt), "conversation_id": CONVERSATION, "attempt": attempt,
        "status": status, "ended_reason": ended, "duration": if status == "completed" { 42 } else { 0 },
        "summary": summary, "error_message": null,
        "outcome": {"status": outcome, "facts": if status == "completed" { serde_json::json!([
            {"name": "total", "value": "$21.50", "evidence": {"line": 4, "quote": "twenty one fifty", "at_ms": 9000}},
            {"name": "ready_time", "value": "30 minutes", "evidence": null}
        ]) } else { serde_json::json!([]) }},
        "transcript": [], "disclosed_at_ms": 2100
    }))
    .unwrap()
}

static GRAPHS: LazyLock<TaskGraph> = LazyLock::new(|| graph(Arc::new(FakeCalls::default())));

pub(crate) fn graph(calls: Arc<dyn Calls>) -> TaskGraph {
    TaskGraph::new(Arc::new(BuiltIn), calls, Settings::default()).unwrap()
}

/// One conversation and its world.
pub(crate) struct Chat {
    pub(crate) calls: Arc<FakeCalls>,
    pub(crate) events: Vec<ConversationEvent>,
    pub(crate) now: Timestamp,
    graph: TaskGraph,
    stored: String,
    pub(crate) timers: Vec<(Timestamp, Envelope<Input>)>,
    sent: usize,
}

pub(crate) struct Never;

impl Chat {
    pub(crate) fn new() -> Self {
        let calls = Arc::new(FakeCalls::default());
        Self {
            graph: GRAPHS.with_calls(calls.clone()),
            calls,
            events: Vec::new(),
            now: BEGIN.parse().unwrap(),
            stored: serde_json::to_string(&Run::<TaskGraph>::new(CONVERSATION)).unwrap(),
            timers: Vec::new(),
            sent: 0,
        }
    }

    /// With other settings.
    pub(crate) fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = Settings::default();
        change(&mut settings);
        let chat = Self::new();
        Self { graph: TaskGraph::new(Arc::new(BuiltIn), chat.calls.clone(), settings).unwrap(), ..chat }
    }

    /// With somebody who reads every call again.
    pub(crate) fn read_by(mut self, reader: Arc<dyn Reader>) -> Self {
        self.graph = self.graph.with_reader(reader);
        self
    }

    /// With the plan for [`STORY`] on the table.
    pub(crate) fn planned() -> Self {
        let mut chat = Self::new();
        chat.say(STORY);
        assert_eq!(chat.node(), Node::ConfirmTask);
        chat
    }

    /// With a call under way.
    pub(crate) fn called() -> Self {
        let mut chat = Self::planned();
        chat.say("yes");
        assert_eq!(chat.node(), Node::AwaitResult);
        chat
    }

    fn run(&self) -> Run<TaskGraph> {
        serde_json::from_str(&self.stored).unwrap()
    }

    pub(crate) fn stored(&self) -> &str {
        &self.stored
    }

    pub(crate) fn state(&self) -> State {
        self.run().state().clone()
    }

    pub(crate) fn node(&self) -> Node {
        self.state().node
    }

    pub(crate) fn plan(&self) -> Plan {
        self.state().plan.expect("a plan is open")
    }

    /// Says something and gives what is answered.
    pub(crate) fn say(&mut self, text: &str) -> String {
        self.input(Input::Say { text: text.into(), at: None, voice_choice: None, user_id: None })
    }

    pub(crate) fn decide(&mut self, plan_id: &PlanId, decision: Decision) -> String {
        self.input(Input::Decide { plan_id: plan_id.clone(), decision })
    }

    pub(crate) fn progress(&mut self, attempt: u32, stage: CallStage) -> String {
        self.input(Input::Progress { attempt, stage, call_sid: None })
    }

    pub(crate) fn result(&mut self, result: CallResult) -> String {
        self.input(Input::Result { result: Box::new(result) })
    }

    pub(crate) fn correction(&mut self, attempt: u32, told: &str, duration: Option<u32>) -> String {
        let correction = serde_json::json!({"order_id": order_id(attempt), "attempt": attempt, "call_sid": "CA1",
            "reported": "failed", "told": told, "duration": duration});
        self.input(Input::Correction { correction: Box::new(serde_json::from_value(correction).unwrap()) })
    }

    pub(crate) fn input(&mut self, input: Input) -> String {
        self.sent += 1;
        let envelope = Envelope { id: format!("m{}", self.sent), body: Body::Input(input) };
        self.deliver(envelope)
    }

    /// Lets time pass; timers go off when they are due.
    pub(crate) fn pass(&mut self, time: Duration) -> String {
        let end = self.now + SignedDuration::try_from(time).unwrap();
        let from = self.events.len();
        loop {
            self.timers.sort_by_key(|(due, _)| *due);
            match self.timers.first() {
                Some((due, _)) if *due <= end => {
                    let (due, envelope) = self.timers.remove(0);
                    self.now = due;
                    self.deliver(envelope);
                }
                Some(_) | None => break,
            }
        }
        self.now = end;
        self.answers(from)
    }

    fn deliver(&mut self, envelope: Envelope<Input>) -> String {
        let from = self.events.len();
        let mut run = self.run();
        if run.offer(envelope) == Offer::Accepted {
            assert!(drive(self, &mut run).now_or_never().expect("the core never waits").is_ok());
        }
        self.answers(from)
    }

    fn answers(&self, from: usize) -> String {
        let said: Vec<&str> = self.events[from..]
            .iter()
            .filter_map(|event| match event {
                ConversationEvent::Message { message } if message.role == Role::Assistant => Some(message.content.as_str()),
                _ => None,
            })
            .collect();
        said.join("\n\n")
    }

    pub(crate) fn count(&self, wanted: impl Fn(&ConversationEvent) -> bool) -> usize {
        self.events.iter().filter(|event| wanted(event)).count()
    }

    pub(crate) fn ended(&self) -> Vec<(u32, CallResult)> {
        let ended = |event: &ConversationEvent| match event {
            ConversationEvent::CallEnded { attempt, result } => Some((*attempt, (**result).clone())),
            _ => None,
        };
        self.events.iter().filter_map(ended).collect()
    }
}

impl Host<TaskGraph> for Chat {
    type Error = Never;
    fn now(&self) -> Timestamp {
        self.now
    }
    async fn exec(&mut self, task: Task<TaskGraph>) -> Result<Result<Step<TaskGraph>, String>, Never> {
        let mut last = String::new();
        for _ in 0..3 {
            match self.graph.step(task.clone()).await {
                Ok(step) => return Ok(Ok(step)),
                Err(error) => last = error.to_string(),
            }
        }
        Ok(Err(last))
    }
    async fn commit(
        &mut self,
        run: &Run<TaskGraph>,
        events: Vec<ConversationEvent>,
        timer: Option<Timer<Input>>,
    ) -> Result<(), Never> {
        self.stored = serde_json::to_string(run).unwrap();
        self.events.extend(events);
        if let Some(timer) = timer {
            self.timers.push((self.now + SignedDuration::try_from(timer.after).unwrap(), timer.wake));
        }
        Ok(())
    }
}
