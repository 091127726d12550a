//! A handler between the fakes, in a runtime of its own so that it can be crashed.

use super::contracts::Contracts;
use super::{FakeCarrier, FakeEngine, FakeVoice, Tape, until};
use handler::{Config, Running, Timing};
use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Runtime;
use types::{CallStage, CallView, PhoneNumber};
use url::Url;

pub(crate) struct Rig {
    pub(crate) carrier: Arc<FakeCarrier>,
    pub(crate) voice: FakeVoice,
    pub(crate) engine: FakeEngine,
    pub(crate) http: reqwest::Client,
    pub(crate) base: String,
    /// What the handler has sent to the carrier and to the model.
    pub(crate) tape: Tape,
    pub(crate) config: Config,
    running: Option<Running>,
    runtime: Option<Runtime>,
    _folder: tempfile::TempDir,
}

impl Rig {
    pub(crate) async fn start() -> Self {
        Self::with(|_| {}).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut Config)) -> Self {
        Self::with_voice(FakeVoice::start, change).await
    }

    pub(crate) async fn with_voice<F: Future<Output = FakeVoice>>(
        voice: impl FnOnce(Tape) -> F,
        change: impl FnOnce(&mut Config),
    ) -> Self {
        // A test that came first may have done it already.
        drop(rustls::crypto::ring::default_provider().install_default());
        let tape = Tape::default();
        let (carrier, voice, engine) =
            (FakeCarrier::start(tape.clone()).await, voice(tape.clone()).await, FakeEngine::start().await);
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config::local(folder.path().join("data"), PhoneNumber::parse("+14155550199").unwrap());
        let at = |addr, path: &str| Url::parse(&format!("http://{addr}{path}")).unwrap();
        config.addr = "127.0.0.1:0".parse().unwrap();
        config.carrier_url = at(carrier.addr, "");
        config.voice.url = at(voice.addr, "/v1/realtime");
        config.voice.api_key = "sk-local".into();
        config.engine_url = at(engine.addr, "");
        config.timing = Timing {
            carrier_timeout: Duration::from_secs(5),
            carrier_backoff: Duration::from_millis(10),
            carrier_backoff_max: Duration::from_millis(50),
            reconcile_window: Duration::from_millis(500),
            outbox_backoff: Duration::from_millis(20),
            outbox_backoff_max: Duration::from_millis(100),
            ..Timing::default()
        };
        config.tuning.opener_silence = Duration::from_millis(50);
        config.tuning.stream_stop_grace = Duration::from_millis(100);
        change(&mut config);
        let mut rig = Self {
            carrier: Arc::new(carrier),
            voice,
            engine,
            http: reqwest::Client::new(),
            base: String::new(),
            tape,
            config,
            running: None,
            runtime: None,
            _folder: folder,
        };
        rig.restart().await;
        rig
    }

    /// Starts a handler on the same data.
    pub(crate) async fn restart(&mut self) {
        assert!(self.running.is_none(), "one at a time");
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let running = until("the data is free again", || {
            let starting = runtime.spawn(handler::start(self.config.clone()));
            async {
                match starting.await.unwrap() {
                    Ok(running) => Some(running),
                    Err(handler::Error::Store(handler::store::Error::InUse { .. }) | handler::Error::Listen { .. }) => None,
                    Err(error) => panic!("the handler does not start: {error:?}"),
                }
            }
        })
        .await;
        // The carrier knows this address.
        self.config.addr = running.addr();
        self.base = format!("http://{}", running.addr());
        (self.running, self.runtime) = (Some(running), Some(runtime));
    }

    /// Kills the handler between two instructions.
    pub(crate) fn crash(&mut self) {
        self.runtime.take().unwrap().shutdown_background();
        self.running = None;
    }

    pub(crate) async fn drain(&mut self, grace: Duration) {
        let running = self.running.take().unwrap();
        self.runtime.as_ref().unwrap().spawn(running.drain(grace)).await.unwrap();
        self.runtime.take().unwrap().shutdown_background();
    }

    /// Starts the next handler, which has to wait, and stops the first one; gives what waits until that is done.
    pub(crate) async fn stop_for_the_next(&mut self) -> impl Future<Output = ()> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let starting = runtime.spawn(handler::start(self.config.clone()));
        let next = self.config.data_dir.join("handler.next");
        until("the next handler waits", || async { next.exists().then_some(()) }).await;
        let first = self.running.take().unwrap();
        let first_runtime = self.runtime.replace(runtime).unwrap();
        let stopped = first_runtime.spawn(first.drain(Duration::from_secs(60)));
        let running = super::soon("the next handler takes over", starting).await.unwrap().unwrap();
        self.running = Some(running);
        async move {
            super::soon("the first handler stops", stopped).await.unwrap();
            first_runtime.shutdown_background();
        }
    }

    pub(crate) fn running(&self) -> &Running {
        self.running.as_ref().unwrap()
    }

    pub(crate) fn post_order(&self, key: &str, order: &Value) -> RequestBuilder {
        self.http.post(format!("{}/order", self.base)).header("Idempotency-Key", key).json(order)
    }

    /// Sends an order in the background.
    pub(crate) fn order(&self, key: &str) -> tokio::task::JoinHandle<Response> {
        let request = self.post_order(key, &pizza());
        tokio::spawn(async move { request.send().await.unwrap() })
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.http.get(format!("{}{path}", self.base)).send().await.unwrap()
    }

    pub(crate) async fn view(&self, id: &str) -> CallView {
        self.get(&format!("/calls/{id}")).await.json().await.unwrap()
    }

    pub(crate) async fn reaches(&self, id: &str, stage: CallStage) -> CallView {
        until(&format!("the call reaches {stage:?}"), || async { Some(self.view(id).await).filter(|view| view.stage >= stage) })
            .await
    }
}

impl Drop for Rig {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
        // Whatever a test looked at, all that was sent in it must have been allowed.
        if let (Some(contracts), false) = (Contracts::get(), std::thread::panicking()) {
            self.tape.check(contracts);
        }
    }
}

pub(crate) fn pizza() -> Value {
    json!({
        "target_phone_number": "+14155550100",
        "final_instructions": "Order a large pepperoni pizza for delivery.",
        "goal": "order a large pepperoni pizza for delivery",
        "task_kind": "order_food",
        "user_name": "Maria Lopez",
        "gathered_details": {"item": "pepperoni pizza", "size": "large"},
        "facts_wanted": [{"name": "total", "question": "What is the total?"}],
        "conversation_id": "c_1",
        "attempt": 2
    })
}

/// The body of an error answer.
pub(crate) async fn error(answer: Response) -> (u16, types::ErrorBody) {
    let status = answer.status().as_u16();
    (status, answer.json().await.unwrap())
}
