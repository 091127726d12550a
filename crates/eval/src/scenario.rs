//! A scenario file: what is ordered, who answers, what the line is like, and what must come of it. `docs/evals.md` documents it.

mod carrier;
mod check;
mod model;
mod read;
mod user;

pub use carrier::CarrierSays;
pub use model::Model;
pub use read::{Error, of_path, of_text};
pub use user::{Answer, Tell, User};

use crate::habit::Habit;
use indexmap::IndexMap;
use serde::Deserialize;
use types::{AnsweredBy, Disposition, EndedReason, Order, OutcomeStatus};

/// One call.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Its name, unique among those that are run: small letters, digits and hyphens.
    pub name: String,
    /// The symptom that it would show.
    pub shows: String,
    /// The habits that a handler must not have for the scenario to be met; see [`Habit`].
    #[serde(default)]
    pub fails_with: Vec<Habit>,
    /// So many such calls are made at a time, and share a machine with two cores; 1 by default. Each must be met.
    pub calls: Option<u32>,
    /// What chance depends on, within the scenario.
    #[serde(default = "seed")]
    pub seed: u64,
    /// The order, as `POST /order` takes it. The number is that of the callee where it is left out.
    pub order: Order,
    /// Who answers.
    #[serde(default)]
    pub callee: Callee,
    /// What the user answers and types meanwhile.
    #[serde(default)]
    pub user: User,
    /// What the carrier says of who has answered; nothing by default.
    #[serde(default)]
    pub carrier_says: Vec<CarrierSays>,
    /// What the callee does besides talking in turn.
    #[serde(default)]
    pub interject: Vec<Interject>,
    /// The telephone line.
    #[serde(default)]
    pub line: Line,
    /// What goes wrong on our side.
    #[serde(default)]
    pub trouble: Trouble,
    /// What must come of it.
    pub expect: Expect,
}

fn seed() -> u64 {
    7
}

/// Who answers.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Callee {
    /// A simulated callee, by its number at the carrier simulator; the order's number by default, unless there are words of its own.
    pub number: Option<String>,
    /// How long one is kept on hold where the simulated callee holds, seconds.
    pub hold_s: Option<f64>,
    /// How long it rings, seconds; 3 by default.
    pub rings_s: Option<f64>,
    /// What is heard before a person answers, in this order.
    pub before: Vec<Segment>,
    /// Menus that [`Segment::Menu`] begins with, by name.
    pub menus: IndexMap<String, Menu>,
    /// A person of the scenario's own making: the first words. Without them a simulated callee answers.
    pub greeting: Option<String>,
    /// What this person answers: the first that fits and has not been used up.
    pub when: Vec<When>,
    /// What they say to anything else; by default nothing.
    pub otherwise: Option<String>,
    /// A language model that plays the person, in place of [`Callee::when`] and [`Callee::otherwise`]. Without a greeting it greets
    /// as it likes.
    pub model: Option<Model>,
    /// How the callee sounds.
    pub voice: Sound,
    /// How much higher than usual, 0.5 to 2.
    pub pitch: Option<f32>,
    /// How much faster than usual, 0.5 to 2.
    pub speed: Option<f32>,
}

/// How a voice sounds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sound {
    /// High.
    #[default]
    Bright,
    /// Low.
    Deep,
}

/// An answer of a person.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct When {
    /// A regular expression that is looked for in what was understood, in small letters.
    pub heard: String,
    /// What is said; `$1` is the expression's first group. Nothing: the person keeps silent.
    #[serde(default)]
    pub say: String,
    /// What comes after the words.
    #[serde(default)]
    pub then: Then,
    /// Whether it is said once only.
    #[serde(default)]
    pub once: bool,
    /// What the callee has told with it, by the name of the fact.
    #[serde(default)]
    pub tells: IndexMap<String, String>,
}

/// What a person does after speaking.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Then {
    /// Listens.
    #[default]
    Listen,
    /// Listens for a goodbye, and hangs up after a short silence.
    AwaitGoodbye,
    /// Hangs up.
    HangUp,
    /// Hangs up in the middle of the words.
    BreakOff,
}

/// Something that is heard before a person answers.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Segment {
    /// A recorded voice.
    Say(String),
    /// Music, seconds.
    MusicS(f64),
    /// Nothing, seconds.
    SilenceS(f64),
    /// The beep of an answering machine, milliseconds.
    BeepMs(u32),
    /// A fax machine's tone, seconds.
    FaxS(f64),
    /// A menu, by its name; goes on from there.
    Menu(String),
    /// A machine that listens and says nothing for so many seconds, then hangs up.
    RecordS(f64),
    /// The end of the call.
    HangUp(bool),
}

/// A menu of keys.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Menu {
    /// What is said.
    pub prompt: String,
    /// Where a key leads: a menu's name, `person`, or `hang_up`.
    pub keys: IndexMap<String, String>,
    /// What is said to another key.
    #[serde(default = "invalid")]
    pub invalid: String,
    /// How long a key is waited for, seconds; then the prompt comes again.
    #[serde(default = "key_wait_s")]
    pub wait_s: f64,
    /// How often the prompt is said before the line hangs up.
    #[serde(default = "prompts_max")]
    pub prompts_max: u32,
}

fn invalid() -> String {
    "Sorry, that is not a valid choice.".into()
}

fn key_wait_s() -> f64 {
    6.0
}

fn prompts_max() -> u32 {
    5
}

/// Something that the callee does out of turn.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Interject {
    /// While the agent has its n-th turn, from 1 …
    pub agent_turn: Option<u32>,
    /// … so long after it began, milliseconds.
    #[serde(default)]
    pub after_ms: u32,
    /// Or so long after the answer, seconds.
    pub at_s: Option<f64>,
    /// Words.
    pub say: Option<String>,
    /// Or a noise.
    pub sound: Option<Noise>,
    /// Or keys that are pressed.
    pub press: Option<String>,
    /// Or the receiver.
    #[serde(default)]
    pub hang_up: bool,
    /// Whether the agent should stop for it.
    #[serde(default)]
    pub interrupts: bool,
    /// How much louder than speech, decibels; negative: quieter.
    #[serde(default)]
    pub gain_db: f32,
}

/// A noise of a person or a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Noise {
    /// A cough.
    Cough,
    /// A door.
    Bang,
    /// Half a second of street.
    Rumble,
}

/// The telephone line and its surroundings.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Line {
    /// How much louder than its noise the callee speaks, decibels; without it there is no noise.
    pub noise_db: Option<f32>,
    /// What kind of noise.
    pub noise: NoiseKind,
    /// The share of frames that are lost, 0 to 0.5, in either direction.
    pub loss: f64,
    /// How many frames are lost together, on average; 1 by default.
    pub loss_burst: Option<f64>,
    /// How much quieter the agent's echo is than the agent, decibels; without it there is none.
    pub echo_db: Option<f32>,
    /// How late the echo is, milliseconds; 120 by default.
    pub echo_ms: Option<u32>,
    /// How much louder the callee is, decibels; beyond the scale it is clipped.
    pub gain_db: f32,
    /// How long the network takes each way, milliseconds; 50 by default. To the model it takes as long again.
    pub network_ms: Option<u32>,
    /// How much longer the network takes at times on the way to the carrier, at most, milliseconds; 0 by default.
    pub jitter_ms: u32,
}

/// The sound of a place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoiseKind {
    /// Many voices at a distance.
    #[default]
    Babble,
    /// Traffic.
    Street,
}

/// What goes wrong on our side.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Trouble {
    /// The model's socket breaks off so long after the answer, seconds.
    pub model_lost_at_s: Option<f64>,
    /// How long opening another takes, milliseconds; 300 by default.
    pub model_opens_ms: Option<u32>,
    /// How often opening another fails.
    pub model_refuses: u32,
    /// How often it says that it presses a key in place of pressing it.
    pub model_claims_keys: u32,
    /// Whether it answers no more once it has refused a truncation, as a published model does.
    pub model_mute_once_refused: bool,
}

/// What must come of it. What is left out is not asked.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Expect {
    /// Whether the user's goal was met; one of these.
    pub status: OneOrMore<OutcomeStatus>,
    /// Facts that must be brought back, by name. `=told`: what this callee really told. A text that begins with `!` must not be it.
    pub facts: IndexMap<String, String>,
    /// How the telephone call went; one of these.
    pub disposition: OneOrMore<Disposition>,
    /// Who answered, as far as it was found out; one of these.
    pub answered_by: OneOrMore<AnsweredBy>,
    /// Whether a message was left in full.
    pub message_left: Option<bool>,
    /// Why it ended; one of these.
    pub ended: OneOrMore<EndedReason>,
    /// What the callee's slip must say, by name.
    pub slip: IndexMap<String, String>,
    /// Words that the callee must have been told, as it understood them: regular expressions on small letters.
    pub told: Vec<String>,
    /// Words that the callee must not have been told.
    pub not_told: Vec<String>,
    /// What the user must have been asked: regular expressions on small letters. `[]`: nothing at all.
    pub asked: Option<Vec<String>>,
    /// Words that must be in the summary.
    pub summary: Vec<String>,
    /// The keys that must have reached the line.
    pub keys: Option<String>,
    /// Whether an AI's call must have been disclosed; `false`: it cannot have been.
    pub disclosed: Option<bool>,
    /// By when at the latest it must have been, from the answer, seconds.
    pub disclosed_by_s: Option<f64>,
    /// How often at most the agent may have stopped for nothing; 0 by default.
    pub false_barge_ins_max: u32,
    /// How often at most it may have talked on although it was interrupted; 0 by default.
    pub missed_barge_ins_max: u32,
    /// By when at the latest the agent must have been heard, from the answer, seconds.
    pub speaks_by_s: Option<f64>,
    /// How long the agent may have talked into the callee's turns and interruptions, milliseconds.
    pub talked_over_ms_max: Option<u64>,
    /// How much silence there may be in the middle of the agent's words because they came too late, milliseconds; 0 by default.
    pub gaps_ms_max: u64,
    /// How often in a row at most the agent may have spoken with nothing of the callee's between; what was cut off is not counted.
    pub answers_in_a_row_max: Option<u32>,
    /// How long the slowest of 20 turns may have been waited for, milliseconds.
    pub turn_latency_p95_ms_max: Option<u64>,
    /// The longest that the call may take from the answer, seconds.
    pub call_max_s: Option<f64>,
}

/// One, or a list of which one must be it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum OneOrMore<T> {
    /// It.
    One(T),
    /// One of these; none at all: whatever it is.
    Any(Vec<T>),
}

impl<T> Default for OneOrMore<T> {
    fn default() -> Self {
        Self::Any(Vec::new())
    }
}

impl<T: PartialEq> OneOrMore<T> {
    /// Whether this is as it must be.
    pub fn allows(&self, found: &T) -> bool {
        match self {
            Self::One(wanted) => wanted == found,
            Self::Any(wanted) => wanted.is_empty() || wanted.contains(found),
        }
    }
}
