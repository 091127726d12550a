//! One call in virtual time: the handler's session core, the local voice and the callee as the state machines that they are,
//! joined by wires that take as long as a network does. Nothing waits for a clock; work is done while time stands still.

mod agenda;
mod carrier;
mod desk;
mod model;
mod naive;
mod telephone;
mod together;
mod user;

use crate::habit::{Habit, Habits};
use crate::line::Jitter;
use crate::measure::Measures;
use crate::scenario::Scenario;
use crate::senses::Senses;
use agenda::{Agenda, Event};
use carrier::Carrier;
use desk::Desk;
use handler::Voice;
use model::Model;
use naive::Naive;
use session::{Input, Output, Session, Trouble, Tuning};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;
pub(crate) use together::run;
use tokio::runtime::Handle;
use types::{CallEvent, CallResult, OrderId};
use user::User;
use voice::brain::Brain;

/// No call may take longer, whatever its order says.
const CALL_MAX: Duration = Duration::from_secs(2 * 3_600);
/// How long the network takes each way where the scenario does not say.
const NETWORK: Duration = Duration::from_millis(50);
/// How long the carrier takes to accept a call, to begin to ring, and to open the media stream after the answer.
const ACCEPTS: Duration = Duration::from_millis(300);
const CONNECTS: Duration = Duration::from_millis(1_200);
const STREAMS: Duration = Duration::from_millis(150);
/// How long it rings.
const RINGS: Duration = Duration::from_secs(3);
/// How long opening the model's session takes.
const OPENS: Duration = Duration::from_millis(300);
/// 20 ms of audio.
const FRAME: Duration = Duration::from_millis(20);

/// What every call of a run shares.
#[derive(Clone)]
pub(crate) struct Surroundings {
    pub(crate) senses: Arc<dyn Senses>,
    pub(crate) brain: Arc<dyn Brain>,
    /// The language model that plays callees.
    pub(crate) callee_model: Option<chat_model::Config>,
    pub(crate) voice: Voice,
    pub(crate) tuning: Tuning,
    pub(crate) habits: Habits,
    pub(crate) seed: u64,
    /// In place of every scenario's own noise.
    pub(crate) noise_db: Option<f32>,
    /// Whether both sides are kept as audio.
    pub(crate) keeps_audio: bool,
}

/// What came of a call.
pub(crate) struct Came {
    pub(crate) result: CallResult,
    pub(crate) measures: Measures,
    pub(crate) callee: Vec<sim::offline::Spoken>,
    pub(crate) slip: sim::offline::Slip,
    pub(crate) pressed: String,
    /// What the user was asked.
    pub(crate) asked: Vec<String>,
    /// What was wrong on the scenario's own side.
    pub(crate) faults: Vec<String>,
    /// When somebody picked up.
    pub(crate) answered_at: Option<Duration>,
    /// How long the call took in virtual time, from the order on.
    pub(crate) took: Duration,
    pub(crate) audio: Option<[Vec<u8>; 2]>,
}

impl Came {
    /// How long after the answer the agent was first heard.
    pub(crate) fn spoke_after(&self) -> Option<Duration> {
        Some(self.measures.spoke_at?.saturating_sub(self.answered_at?))
    }
}

/// A call that could not be brought to its end.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("the call did not end within {} s of virtual time; this is a fault of the program", CALL_MAX.as_secs())]
    Endless,
}

pub(crate) struct Call<'a> {
    scenario: &'a Scenario,
    around: &'a Surroundings,
    runtime: &'a Handle,
    now: Duration,
    agenda: Agenda,
    /// What waits for the handler's loop.
    waiting: VecDeque<Event>,
    session: Session,
    model: Model<'a>,
    carrier: Carrier,
    user: User<'a>,
    naive: Naive,
    desk: Desk,
    jitter: Jitter,
    measures: Measures,
    network: Duration,
    result: Option<Box<CallResult>>,
}

impl<'a> Call<'a> {
    /// A scenario's order at this time; nothing has happened yet.
    fn new(scenario: &'a Scenario, around: &'a Surroundings, runtime: &'a Handle, desk: Desk) -> Self {
        let order_id = OrderId::new(format!("o_{}", scenario.name));
        let seed = around.seed.wrapping_add(scenario.seed);
        let (mut config, mut tuning) = handler::offline::session_of(&around.voice, &around.tuning, &order_id, &scenario.order);
        around.habits.tune(&mut tuning, &mut config.limits);
        let network = scenario.line.network_ms.map_or(NETWORK, |ms| Duration::from_millis(ms.into()));
        Self {
            scenario,
            around,
            runtime,
            now: Duration::ZERO,
            agenda: Agenda::default(),
            waiting: VecDeque::new(),
            session: Session::with_tuning(config, tuning),
            model: Model::new(scenario, around, runtime, desk.clone(), network, seed),
            carrier: Carrier::new(scenario, around, seed),
            user: User::new(&scenario.user),
            naive: Naive::new(around.habits.clone()),
            desk,
            jitter: Jitter::new(scenario.line.jitter_ms, seed),
            measures: Measures::default(),
            network,
            result: None,
        }
    }

    /// When something happens next, by the clock of the first call.
    fn next_at(&self) -> Duration {
        let busy = self.desk.busy_until();
        let wake = self.session.wake_at().map(|at| at.max(busy));
        let waiting = (!self.waiting.is_empty()).then_some(busy);
        let next = [wake, waiting, self.agenda.next_at()].into_iter().flatten().min();
        next.unwrap_or(CALL_MAX).max(self.now) + self.desk.begins()
    }

    /// Goes on to that moment, and as far as it lasts. Whether the call is over.
    fn go_on_to(&mut self, now: Duration) -> bool {
        let now = now - self.desk.begins();
        self.now = now;
        if self.is_free() && self.session.wake_at().is_some_and(|at| at <= now) {
            self.feed(Input::Tick);
        }
        loop {
            while let Some(output) = self.session.poll_output() {
                self.perform(output);
            }
            if self.result.is_some() {
                return true;
            }
            if self.is_free()
                && let Some(event) = self.waiting.pop_front()
            {
                self.happen(event);
                continue;
            }
            match self.agenda.take(now) {
                Some(event) if event.is_handlers() && !self.is_free() => self.waiting.push_back(event),
                Some(event) => self.happen(event),
                None => return false,
            }
        }
    }

    /// The handler's loop can serve the call.
    fn is_free(&self) -> bool {
        self.desk.busy_until() <= self.now
    }

    fn came(mut self) -> Came {
        let result = self.result.take().map(|result| *result);
        let pressed = self.carrier.party.as_ref().map(|party| party.pressed().to_owned()).unwrap_or_default();
        let (asked, mut faults) = self.user.seen();
        faults.extend(self.carrier.party.as_ref().and_then(|party| party.fault()));
        Came {
            result: result.expect("go_on ends with a result or an error"),
            callee: self.carrier.party.as_ref().map(|party| party.lines()).unwrap_or_default(),
            slip: self.carrier.party.as_ref().map(|party| party.slip()).unwrap_or_default(),
            pressed,
            asked,
            faults,
            measures: self.measures,
            answered_at: self.carrier.answered_at,
            took: self.now,
            audio: self.carrier.audio.take(),
        }
    }

    fn feed(&mut self, input: Input) {
        for event in self.naive.sends(self.now, &input) {
            self.later(self.network, Event::AtModel(self.model.number(), event.write(None)));
        }
        let Some(input) = self.naive.tells(input) else { return };
        let hangs_up = self.naive.hangs_up(&input);
        self.session.handle(self.now, input);
        if hangs_up {
            self.later(self.network, Event::HangUp);
        }
    }

    fn later(&mut self, after: Duration, event: Event) {
        self.agenda.add(self.now + after, event);
    }

    /// The same as the handler's task does with what its session puts out.
    fn perform(&mut self, output: Output) {
        if !self.naive.performs(&output) {
            return;
        }
        match output {
            // Whole scenarios are shorter than a session of the model.
            Output::OpenVoice { beside: true, .. } => {
                self.later(OPENS, Event::Told(Input::StandbyLost { message: "there is no second session here".into() }));
            }
            Output::SwitchVoice => {}
            Output::OpenVoice { beside: false, .. } => {
                if self.opens_late() {
                    return self.feed(Input::VoiceReady);
                }
                let failed = self.model.refuses_next();
                let opens = self.model_opens();
                let event = match failed {
                    true => Event::Told(Input::VoiceLost {
                        trouble: Trouble::Connection,
                        message: "connecting to the realtime model".into(),
                    }),
                    false => Event::ModelOpen(self.model.opening()),
                };
                self.later(opens, event);
            }
            Output::Dial => self.dial(),
            Output::Carrier(command) => {
                let text = handler::offline::to_carrier(&command, carrier::STREAM);
                let at = self.jitter.arrives(self.now + self.network);
                self.agenda.add(at, Event::AtCarrier(text));
            }
            Output::Voice(command) => {
                let (messages, inputs) = self.model.write(command);
                let number = self.model.number();
                for text in messages {
                    self.later(self.network, Event::AtModel(number, text));
                }
                for input in inputs {
                    self.feed(input);
                }
            }
            Output::BringBack => self.later(STREAMS, Event::Told(Input::StreamStarted)),
            Output::HangUp => self.later(self.network, Event::HangUp),
            Output::CloseVoice => self.model.close(),
            Output::Event(event) => self.saw(&event),
            Output::Ledger(_) => {}
            Output::Ended(mut result) => {
                self.naive.reports(&mut result);
                self.result = Some(result);
            }
        }
    }

    fn model_opens(&self) -> Duration {
        self.scenario.trouble.model_opens_ms.map_or(OPENS, |ms| Duration::from_millis(ms.into()))
    }

    /// The model's session is still to be opened, and only when somebody has picked up.
    fn opens_late(&self) -> bool {
        self.naive.has(Habit::OpensModelLate) && self.model.number() == 0
    }

    fn saw(&mut self, event: &CallEvent) {
        tracing::debug!(scenario = self.scenario.name, at_ms = self.now.as_millis(), ?event, "event");
        if let Some((after, answer)) = self.user.see(event) {
            self.later(after, Event::Told(answer));
        }
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Told(input) => self.feed(input),
            Event::Answered => self.answered(),
            Event::Frame => self.frame(),
            Event::AtCarrier(text) => self.at_carrier(&text),
            Event::OfCarrier(text) => {
                if let Ok(Some(input)) = handler::offline::from_carrier(&text) {
                    self.feed(input);
                }
            }
            Event::HangUp => self.hang_up(),
            Event::ModelOpen(number) => self.model.open(number, self.now, &self.naive, &mut self.agenda),
            Event::AtModel(number, text) => self.model.receive(number, &text, self.now, &mut self.agenda),
            Event::ModelDone(number, done) => self.model.done(number, done, self.now, &mut self.agenda),
            Event::OfModel(number, text) => {
                for input in self.model.read(number, &text) {
                    // Whoever opens the model late starts the conversation with it.
                    let late = number == 1 && matches!(input, Input::VoiceReady) && self.naive.has(Habit::OpensModelLate);
                    self.feed(if late { Input::StreamStarted } else { input });
                }
            }
            Event::ModelLost => {
                if self.model.lose() {
                    self.feed(Input::VoiceLost { trouble: Trouble::Connection, message: "the socket is closed".into() });
                }
            }
        }
    }
}
