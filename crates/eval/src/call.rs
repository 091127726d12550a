//! One call in virtual time: the handler's session core, the local voice and the callee as the state machines that they are,
//! joined by wires that take as long as a network does. Nothing waits for a clock; work is done while time stands still.

mod carrier;
mod model;
mod user;

use crate::callee::{self, Rings};
use crate::measure::Measures;
use crate::scenario::Scenario;
use crate::senses::Senses;
use carrier::Carrier;
use handler::Voice;
use model::Model;
use session::{CallProgress, Input, Output, Session, Trouble, Tuning};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Handle;
use types::{CallEvent, CallResult, CallSid, Disposition, OrderId};
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

/// Something that happens at a time of its own.
pub(crate) enum Event {
    /// The session is told this.
    Told(Input),
    /// The callee picks up.
    Answered,
    /// 20 ms of the media stream.
    Frame,
    /// A message arrives at the carrier.
    AtCarrier(String),
    /// A message of the carrier arrives at the handler.
    OfCarrier(String),
    /// The carrier has been asked to hang up.
    HangUp,
    /// The model's socket is open, the n-th.
    ModelOpen(u32),
    /// A message arrives at the n-th model.
    AtModel(u32, String),
    /// A message of the n-th model arrives at the handler.
    OfModel(u32, String),
    /// The n-th model has done its work.
    ModelDone(u32, voice::offline::Done),
    /// The model's socket breaks off.
    ModelLost,
}

/// Events by time, and by their order where the time is the same.
#[derive(Default)]
pub(crate) struct Agenda {
    due: BinaryHeap<Reverse<Due>>,
    number: u64,
}

struct Due {
    at: Duration,
    number: u64,
    event: Event,
}

impl PartialEq for Due {
    fn eq(&self, other: &Self) -> bool {
        (self.at, self.number) == (other.at, other.number)
    }
}

impl Eq for Due {}

impl PartialOrd for Due {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Due {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at, self.number).cmp(&(other.at, other.number))
    }
}

impl Agenda {
    pub(crate) fn add(&mut self, at: Duration, event: Event) {
        self.number += 1;
        self.due.push(Reverse(Due { at, number: self.number, event }));
    }

    fn next_at(&self) -> Option<Duration> {
        self.due.peek().map(|due| due.0.at)
    }

    fn take(&mut self, now: Duration) -> Option<Event> {
        self.next_at().filter(|at| *at <= now)?;
        self.due.pop().map(|due| due.0.event)
    }
}

/// What every call of a run shares.
#[derive(Clone)]
pub(crate) struct Surroundings {
    pub(crate) senses: Arc<dyn Senses>,
    pub(crate) brain: Arc<dyn Brain>,
    /// The language model that plays callees.
    pub(crate) callee_model: Option<chat_model::Config>,
    pub(crate) voice: Voice,
    pub(crate) tuning: Tuning,
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
    /// How long the call took in virtual time, from the order on.
    pub(crate) took: Duration,
    pub(crate) audio: Option<[Vec<u8>; 2]>,
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
    session: Session,
    model: Model<'a>,
    carrier: Carrier,
    user: User<'a>,
    measures: Measures,
    network: Duration,
    result: Option<Box<CallResult>>,
}

/// Carries a scenario's order out to its one result. Blocks while speech is understood and made.
pub(crate) fn run(scenario: &Scenario, around: &Surroundings, runtime: &Handle) -> Result<Came, Error> {
    let order_id = OrderId::new(format!("o_{}", scenario.name));
    let seed = around.seed.wrapping_add(scenario.seed);
    let (config, tuning) = handler::offline::session_of(&around.voice, &around.tuning, &order_id, &scenario.order);
    let network = scenario.line.network_ms.map_or(NETWORK, |ms| Duration::from_millis(ms.into()));
    let mut call = Call {
        scenario,
        around,
        runtime,
        now: Duration::ZERO,
        agenda: Agenda::default(),
        session: Session::with_tuning(config, tuning),
        model: Model::new(scenario, around, runtime, network, seed),
        carrier: Carrier::new(scenario, around, seed),
        user: User::new(&scenario.user),
        measures: Measures::default(),
        network,
        result: None,
    };
    call.go_on()?;
    Ok(call.came())
}

impl Call<'_> {
    fn go_on(&mut self) -> Result<(), Error> {
        loop {
            while let Some(output) = self.session.poll_output() {
                self.perform(output);
            }
            if self.result.is_some() {
                return Ok(());
            }
            if let Some(event) = self.agenda.take(self.now) {
                self.happen(event);
                continue;
            }
            let next = [self.session.wake_at(), self.agenda.next_at()].into_iter().flatten().min();
            self.now = next.unwrap_or(CALL_MAX).max(self.now);
            if self.now >= CALL_MAX {
                return Err(Error::Endless);
            }
            if self.session.wake_at().is_some_and(|at| at <= self.now) {
                self.feed(Input::Tick);
            }
        }
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
            took: self.now,
            audio: self.carrier.audio.take(),
        }
    }

    fn feed(&mut self, input: Input) {
        self.session.handle(self.now, input);
    }

    fn later(&mut self, after: Duration, event: Event) {
        self.agenda.add(self.now + after, event);
    }

    /// The same as the handler's task does with what its session puts out.
    fn perform(&mut self, output: Output) {
        match output {
            // Whole scenarios are shorter than a session of the model.
            Output::OpenVoice { beside: true, .. } => {
                self.later(OPENS, Event::Told(Input::StandbyLost { message: "there is no second session here".into() }));
            }
            Output::SwitchVoice => {}
            Output::OpenVoice { beside: false, .. } => {
                let failed = self.model.refuses_next();
                let opens = self.scenario.trouble.model_opens_ms.map_or(OPENS, |ms| Duration::from_millis(ms.into()));
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
                self.later(self.network, Event::AtCarrier(text));
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
            Output::Ended(result) => self.result = Some(result),
        }
    }

    fn saw(&mut self, event: &CallEvent) {
        tracing::debug!(scenario = self.scenario.name, at_ms = self.now.as_millis(), ?event, "event");
        if let Some((after, answer)) = self.user.see(event) {
            self.later(after, Event::Told(answer));
        }
    }

    fn dial(&mut self) {
        let rings = callee::call(self.scenario, self.around.seed.wrapping_add(self.scenario.seed), self.around, self.runtime);
        let told = |progress| Event::Told(Input::Progress(progress));
        let over = |disposition| told(CallProgress::Over { disposition, duration_s: None });
        self.later(ACCEPTS, Event::Told(Input::Dialled { call_sid: CallSid::new("CA00000000000000000000000000000000") }));
        self.later(ACCEPTS + self.network, told(CallProgress::Initiated));
        let rings_for = self.scenario.callee.rings_s.map_or(RINGS, Duration::from_secs_f64);
        let timeout = Duration::from_secs(self.scenario.order.limits.answer_timeout_s.into());
        match rings {
            Rings::Busy => return self.later(CONNECTS, over(Disposition::Busy)),
            Rings::Fails => return self.later(CONNECTS, over(Disposition::Failed)),
            Rings::Nobody => self.later(CONNECTS + timeout, over(Disposition::NoAnswer)),
            Rings::Picks(_) if rings_for >= timeout => self.later(CONNECTS + timeout, over(Disposition::NoAnswer)),
            Rings::Picks(party) => {
                self.carrier.party = Some(party);
                self.later(CONNECTS + rings_for, Event::Answered);
            }
        }
        self.later(CONNECTS, told(CallProgress::Ringing));
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
            Event::ModelOpen(number) => self.model.open(number, self.now, &mut self.agenda),
            Event::AtModel(number, text) => self.model.receive(number, &text, self.now, &mut self.agenda),
            Event::ModelDone(number, done) => self.model.done(number, done, self.now, &mut self.agenda),
            Event::OfModel(number, text) => {
                for input in self.model.read(number, &text) {
                    self.feed(input);
                }
            }
            Event::ModelLost => {
                if self.model.lose() {
                    self.feed(Input::VoiceLost { trouble: Trouble::Connection, message: "the socket is closed".into() });
                }
            }
        }
    }

    fn answered(&mut self) {
        if self.carrier.over {
            return;
        }
        self.carrier.answered_at = Some(self.now);
        self.feed(Input::Progress(CallProgress::InProgress));
        self.later(STREAMS, Event::Told(Input::StreamStarted));
        self.later(FRAME, Event::Frame);
        if let Some(after) = self.scenario.trouble.model_lost_at_s {
            self.later(Duration::from_secs_f64(after), Event::ModelLost);
        }
        for says in &self.scenario.carrier_says {
            let verdict = handler::offline::carrier_verdict(says.answered_by);
            self.later(Duration::from_secs_f64(says.at_s), Event::Told(Input::AnsweredBy(verdict)));
        }
    }

    /// The callee hears 20 ms and gives 20 ms.
    fn frame(&mut self) {
        if self.carrier.over {
            return;
        }
        let Some(answered_at) = self.carrier.answered_at else { return };
        let streams = self.now >= answered_at + STREAMS;
        let exchanged = self.carrier.exchange(self.now, &mut self.measures);
        if streams {
            for text in exchanged.messages {
                self.later(self.network, Event::OfCarrier(text));
            }
        }
        if exchanged.hangs_up {
            self.over(Disposition::Completed);
        } else {
            self.later(FRAME, Event::Frame);
        }
        for typed in self.user.type_by(self.now - answered_at, self.carrier.party.as_deref()) {
            self.feed(typed);
        }
    }

    fn at_carrier(&mut self, text: &str) {
        if self.carrier.over {
            return;
        }
        self.measures.ending |= self.session.ends_because().is_some();
        for text in self.carrier.receive(text, self.now, &mut self.measures) {
            self.later(self.network, Event::OfCarrier(text));
        }
    }

    fn hang_up(&mut self) {
        if !self.carrier.over {
            self.measures.hung_up(self.carrier.is_playing());
            let disposition = match self.carrier.answered_at {
                Some(_) => Disposition::Completed,
                None => Disposition::Canceled,
            };
            self.over(disposition);
        }
    }

    /// The call is over at the carrier.
    fn over(&mut self, disposition: Disposition) {
        self.carrier.over = true;
        if let Some(party) = &mut self.carrier.party {
            party.hung_up();
        }
        let duration_s = self.carrier.answered_at.map(|at| (self.now - at).as_secs_f64().round() as u32);
        if self.carrier.answered_at.is_some() {
            let stop = self.carrier.stop();
            self.later(self.network, Event::OfCarrier(stop));
        }
        self.later(self.network * 2, Event::Told(Input::Progress(CallProgress::Over { disposition, duration_s })));
    }
}
