//! Whoever is on the callee's side of a call: recordings and menus first, then a person; and what that person does out of turn.

mod before;
mod by_model;
mod ears;
mod interject;
mod person;
mod recorder;

pub(crate) use ears::sounds;

use crate::call::Surroundings;
use crate::line::FRAME;
use crate::scenario::{self, Scenario};
use crate::senses::{Senses, hearing_takes, speaking_takes};
use before::{Before, Step};
use by_model::{ByModel, Fault};
use ears::AgentTurns;
use interject::Interjections;
use person::Person;
use sim::offline::{Called, Done, Job, Line, Mind, Slip, Spoken};
use sounds::{dtmf, g711};
use speech::{Manner, Voice};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::mpsc::UnboundedSender;

/// How long one is kept on hold where the scenario does not say.
const HOLD: Duration = Duration::from_secs(25);

/// In which time the last words that a machine recorded are understood.
const HEARS_OUT: Duration = Duration::from_secs(60);

/// What happens in 20 ms on the callee's side.
pub(crate) struct Happened {
    /// The callee's voice.
    pub(crate) voice: [f32; FRAME],
    /// A person begins to answer in turn.
    pub(crate) begins: bool,
    /// A person has finished.
    pub(crate) ends: bool,
    /// Words of a person are in this frame for which the agent may stop.
    pub(crate) speaks: bool,
    /// The agent should stop for what begins with this frame.
    pub(crate) interrupts: bool,
    pub(crate) hangs_up: bool,
    pub(crate) digits: Vec<char>,
}

/// The callee's side of one call.
pub(crate) struct Party {
    before: Option<Before>,
    line: Option<Box<Line>>,
    person: Option<Box<dyn FnOnce() -> Option<Box<Line>> + Send>>,
    /// What goes wrong with whoever plays the person.
    fault: Fault,
    interjections: Interjections,
    turns: AgentTurns,
    keys: dtmf::Detector,
    pressed: String,
    mind: Arc<Delayed>,
    clock: Duration,
    speaking: bool,
    /// What was said before there was a line, and out of turn.
    lines: Vec<Spoken>,
    began: Duration,
}

/// What becomes of a call to a scenario's callee before anybody answers.
pub(crate) enum Rings {
    Picks(Box<Party>),
    Busy,
    Nobody,
    Fails,
}

/// Calls the callee of a scenario.
pub(crate) fn call(scenario: &Scenario, seed: u64, around: &Surroundings, runtime: &Handle) -> Rings {
    let (callee, senses) = (&scenario.callee, &around.senses);
    let voice = match callee.voice {
        scenario::Sound::Bright => Voice::Bright,
        scenario::Sound::Deep => Voice::Deep,
    };
    let manner = Manner { voice, pitch: callee.pitch.unwrap_or(1.0), speed: callee.speed.unwrap_or(1.0) };
    let mind = Arc::new(Delayed { senses: Arc::clone(senses), manner, state: Mutex::default() });
    let number = scenario.order.target_phone_number.as_str().to_owned();
    let number = callee.number.clone().unwrap_or(number);
    let hold = callee.hold_s.map_or(HOLD, Duration::from_secs_f64);
    let own = callee.greeting.is_some() || callee.model.is_some();
    let machine = own || !callee.before.is_empty() && callee.number.is_none();
    if !machine {
        match sim::offline::call(&number, seed, hold, mind.clone()) {
            Some(Called::Picks(_)) => {}
            Some(Called::Busy) => return Rings::Busy,
            Some(Called::Nobody) => return Rings::Nobody,
            Some(Called::Fails) | None => return Rings::Fails,
        }
        mind.forget();
    }
    let theirs = mind.clone();
    let config = callee.clone();
    let (played_by, runtime, fault) = (around.callee_model.clone(), runtime.clone(), Fault::default());
    let played_badly = Arc::clone(&fault);
    let person: Box<dyn FnOnce() -> Option<Box<Line>> + Send> = Box::new(move || {
        if let (Some(part), Some(model)) = (&config.model, &played_by) {
            let played = ByModel::new(part, config.greeting.clone(), model, runtime, fault);
            return Some(Box::new(Line::of(Box::new(played), voice, theirs)));
        }
        if own {
            return Some(Box::new(Line::of(Box::new(Person::new(&config)), voice, theirs)));
        }
        match sim::offline::call(&number, seed, hold, theirs)? {
            Called::Picks(line) if !machine => Some(line),
            Called::Picks(_) | Called::Busy | Called::Nobody | Called::Fails => None,
        }
    });
    Rings::Picks(Box::new(Party {
        before: (!callee.before.is_empty()).then(|| Before::new(callee, Arc::clone(senses))),
        line: None,
        person: Some(person),
        fault: played_badly,
        interjections: Interjections::new(&scenario.interject, manner, Arc::clone(senses), seed),
        turns: AgentTurns::default(),
        keys: dtmf::Detector::new(),
        pressed: String::new(),
        mind,
        clock: Duration::ZERO,
        speaking: false,
        lines: Vec::new(),
        began: Duration::ZERO,
    }))
}

impl Party {
    /// 20 ms since the answer.
    pub(crate) fn tick(&mut self, heard: &[u8; FRAME]) -> Happened {
        self.clock += Duration::from_millis(20);
        self.turns.hear(self.clock, heard);
        let keys = self.keys.push(&g711::decode(heard));
        self.pressed.extend(&keys);
        let mut happened = Happened {
            voice: [0.0; FRAME],
            begins: false,
            ends: false,
            speaks: false,
            interrupts: false,
            hangs_up: false,
            digits: Vec::new(),
        };
        self.recorded(heard, &keys, &mut happened);
        if self.before.is_none() && !happened.hangs_up {
            self.live(heard, &mut happened);
        }
        self.interjections.tick(self.clock, &self.turns, &mut happened, &mut self.lines);
        happened
    }

    /// What a recording does; it ends where the person begins.
    fn recorded(&mut self, heard: &[u8; FRAME], keys: &[char], happened: &mut Happened) {
        let Some(before) = &mut self.before else { return };
        match before.tick(self.clock, heard, keys, &mut self.lines) {
            Step::Sounds(voice) => happened.voice = *voice,
            Step::Person => {
                self.before = None;
                self.began = self.clock;
            }
            Step::HangsUp => happened.hangs_up = true,
        }
    }

    fn live(&mut self, heard: &[u8; FRAME], happened: &mut Happened) {
        self.mind.deliver(self.clock);
        if let Some(person) = self.person.take() {
            self.line = person();
        }
        let Some(line) = &mut self.line else {
            // Nobody is behind the recording.
            happened.hangs_up = true;
            return;
        };
        let tick = line.tick(heard);
        for (to, from) in happened.voice.iter_mut().zip(tick.frame) {
            *to = f32::from(g711::decode_sample(from));
        }
        (happened.begins, happened.ends, happened.hangs_up) = (tick.begins, tick.ends, tick.hangs_up);
        happened.speaks = self.speaking || tick.begins;
        self.speaking = happened.speaks && !tick.ends;
        happened.digits.extend(tick.digit);
    }

    /// The call is over. A machine still writes down what it was recording.
    pub(crate) fn hung_up(&mut self) {
        if let Some(before) = &mut self.before {
            before.finish(&mut self.lines);
        }
        if let Some(line) = &mut self.line {
            line.hung_up();
            self.mind.deliver(self.clock + HEARS_OUT);
            line.heard_out();
        }
    }

    /// Why this callee cannot be judged by.
    pub(crate) fn fault(&self) -> Option<String> {
        self.fault.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many turns of the agent are over.
    pub(crate) fn agent_turns_over(&self) -> u32 {
        self.turns.over(self.clock)
    }

    /// What was said, as this side knows it, by the clock since the answer.
    pub(crate) fn lines(&self) -> Vec<Spoken> {
        let began = u64::try_from(self.began.as_millis()).unwrap_or(u64::MAX);
        let of_line = self.line.iter().flat_map(|line| line.lines());
        let later = |line: Spoken| Spoken { start_ms: line.start_ms + began, end_ms: line.end_ms + began, ..line };
        let mut lines: Vec<Spoken> = self.lines.iter().cloned().chain(of_line.map(later)).collect();
        lines.sort_by_key(|line| line.start_ms);
        lines
    }

    /// What has been written down.
    pub(crate) fn slip(&self) -> Slip {
        self.line.as_ref().map(|line| line.slip()).unwrap_or_default()
    }

    /// The keys that have been heard.
    pub(crate) fn pressed(&self) -> &str {
        &self.pressed
    }
}

/// A mind whose thoughts are computed at once and come when it is time.
struct Delayed {
    senses: Arc<dyn Senses>,
    manner: Manner,
    state: Mutex<Waiting>,
}

#[derive(Default)]
struct Waiting {
    clock: Duration,
    thoughts: Vec<(Duration, Done, UnboundedSender<Done>)>,
}

impl Delayed {
    fn deliver(&self, now: Duration) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.clock = now;
        let (due, later) = std::mem::take(&mut state.thoughts).into_iter().partition(|(at, ..)| *at <= now);
        state.thoughts = later;
        let due: Vec<_> = due;
        for (_, done, to) in due {
            // The line may be gone.
            let _ = to.send(done);
        }
    }

    fn forget(&self) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).thoughts.clear();
    }
}

impl Mind for Delayed {
    fn begin(&self, job: Job, done: UnboundedSender<Done>) {
        let (takes, thought) = match job {
            Job::Listen { samples, start_ms, end_ms } => {
                let text = self.senses.hear(&samples).map(|heard| heard.text).unwrap_or_default();
                (hearing_takes(samples.len()), Done::Heard { text, start_ms, end_ms })
            }
            Job::Say { text, voice } => {
                let samples = self.senses.say(&text, Manner { voice, ..self.manner }).unwrap_or_default();
                (speaking_takes(samples.len()), Done::Said(g711::encode(&samples)))
            }
        };
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let at = state.clock + takes;
        state.thoughts.push((at, thought, done));
    }
}
