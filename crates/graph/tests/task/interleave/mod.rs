//! Random interleavings of everything that can reach a conversation, with a process that dies between any two steps, held
//! against a reference that states the invariants only.

mod engine;
mod handler;
mod rules;

use crate::world::{CONVERSATION, STORY, order_id, result};
use engine::{Death, Engine};
use graph::runtime::{Body, Envelope};
use graph::task::Input;
use handler::Mood;
use proptest::prelude::*;
use std::time::Duration;
use types::chat::{ConversationEvent, Decision};
use types::{CallStage, Details, OrderId, PlanId};

/// The words that are a yes.
const YES: [&str; 3] = ["yes", "yes please, call them", "go ahead"];
/// Other words.
const SAID: [&str; 16] = [
    STORY,
    "order a pizza",
    "large",
    "no",
    "no, make it medium",
    "yes but change the size to medium",
    "never mind",
    "try again",
    "hang up",
    "what?",
    "make it two",
    "actually pickup",
    "the number is +1 415 555 0107",
    "the number is 911",
    "book a table for two tomorrow at 8 at Luigi's, +1 415 555 0101, for Maria Lopez",
    "thanks",
];
/// An order of somebody else.
const FOREIGN: &str = "o_foreign";
const OUTCOMES: [(&str, &str); 5] =
    [("completed", "achieved"), ("busy", "unknown"), ("completed", "partly"), ("failed", "not_achieved"), ("unknown", "unknown")];

#[derive(Clone, Debug)]
enum Act {
    Say(&'static str),
    /// Decides on the plan that was the n-th last to be opened, or, if there is none, on one that never was.
    Approve(usize),
    Cancel(usize),
    Change(usize),
    Progress(u32, usize),
    /// The handler's call ends and its result is sent, again each time.
    Ends(u32, usize),
    /// A result under another order's name, or of an attempt that never was.
    Foreign(u32),
    /// The n-th last letter once more, word for word, as another tab or a retrying client sends it.
    Again(usize),
    Mood(Mood),
    /// The engine reads its mailbox.
    Work,
    Pass(u16),
}

fn act() -> impl Strategy<Value = Act> {
    let mood = prop::sample::select(vec![Mood::Well, Mood::Refuses, Mood::Away, Mood::AnswerLost, Mood::QuestionLost]);
    prop_oneof![
        5 => prop::sample::select(&SAID[..]).prop_map(Act::Say),
        4 => Just(Act::Say(STORY)),
        3 => prop::sample::select(&YES[..]).prop_map(Act::Say),
        5 => (0_usize..3).prop_map(Act::Approve),
        1 => (0_usize..2).prop_map(Act::Cancel),
        1 => (0_usize..2).prop_map(Act::Change),
        2 => (1_u32..4, 0_usize..5).prop_map(|(attempt, stage)| Act::Progress(attempt, stage)),
        4 => (1_u32..4, 0..OUTCOMES.len()).prop_map(|(attempt, how)| Act::Ends(attempt, how)),
        1 => (1_u32..9).prop_map(Act::Foreign),
        4 => (0_usize..8).prop_map(Act::Again),
        4 => mood.prop_map(Act::Mood),
        12 => Just(Act::Work),
        3 => (1_u16..2400).prop_map(Act::Pass),
    ]
}

fn death() -> impl Strategy<Value = Death> {
    prop_oneof![
        5 => Just(Death::Never),
        1 => Just(Death::BeforeStep),
        2 => Just(Death::BeforeCommit),
        1 => Just(Death::AfterCommit),
    ]
}

/// An engine and all who write to it.
struct World {
    engine: Engine,
    sent: Vec<Envelope<Input>>,
}

impl World {
    fn send(&mut self, input: Input) {
        let envelope = Envelope { id: format!("m{}", self.sent.len()), body: Body::Input(input) };
        self.sent.push(envelope.clone());
        self.engine.post(envelope);
    }

    fn say(&mut self, text: &str) {
        self.send(Input::Say { text: text.into(), at: None, voice_choice: None, user_id: None });
    }

    fn plan(&self, back: usize) -> PlanId {
        let opened = self.engine.events.iter().rev().filter_map(|event| match event {
            ConversationEvent::Plan { plan } => Some(plan.plan_id.clone()),
            _ => None,
        });
        opened.into_iter().nth(back).unwrap_or_else(|| PlanId::new("p_none"))
    }

    fn decide(&mut self, back: usize, decision: Decision) {
        let plan_id = self.plan(back);
        self.send(Input::Decide { plan_id, decision });
    }

    fn ends(&mut self, attempt: u32, how: usize) {
        let (status, outcome) = OUTCOMES[how];
        if let Some(result) = self.engine.handler.ends(&format!("{CONVERSATION}:{attempt}"), status, outcome) {
            self.send(Input::Result { result: Box::new(result) });
        }
    }

    fn perform(&mut self, act: Act) {
        match act {
            Act::Say(text) => self.say(text),
            Act::Approve(back) => self.decide(back, Decision::Approve),
            Act::Cancel(back) => self.decide(back, Decision::Cancel),
            Act::Change(back) => {
                let details = Details::from([("user_name".to_owned(), "Ana Lopez".to_owned())]);
                self.decide(back, Decision::Change { details });
            }
            Act::Progress(attempt, stage) => {
                let stages = [CallStage::Queued, CallStage::Dialling, CallStage::Ringing, CallStage::Connected, CallStage::Ended];
                self.send(Input::Progress { attempt, stage: stages[stage], call_sid: None });
            }
            Act::Ends(attempt, how) => self.ends(attempt, how),
            Act::Foreign(attempt) => {
                self.engine.work();
                let calls = self.engine.state().calls;
                // Of an attempt whose order is not known, nobody could tell that the result is another's.
                if calls.iter().all(|call| call.attempt != attempt || call.order_id.is_some()) {
                    let mut result = result(attempt, "completed", "achieved", "Somebody else's.");
                    result.order_id = OrderId::new(FOREIGN);
                    assert_ne!(result.order_id, order_id(attempt));
                    self.send(Input::Result { result: Box::new(result) });
                    self.engine.work();
                    assert!(
                        self.engine
                            .state()
                            .calls
                            .iter()
                            .filter_map(|call| call.result.as_ref())
                            .all(|r| r.order_id.as_str() != FOREIGN)
                    );
                }
            }
            Act::Again(back) => {
                if let Some(envelope) = self.sent.iter().rev().nth(back).cloned() {
                    self.engine.post(envelope);
                }
            }
            Act::Mood(mood) => self.engine.handler.will_be(mood),
            Act::Work => self.engine.work(),
            Act::Pass(seconds) => self.engine.pass(Duration::from_secs(u64::from(seconds))),
        }
    }

    /// Whatever has happened, a user who goes on gets another call: a conversation never sticks.
    fn goes_on(&mut self) {
        self.engine.deaths.clear();
        self.engine.work();
        self.engine.handler.calms_down();
        // An order in doubt is sent again once the handler is there, so that calls come to an end after that, too.
        for _ in 0..3 {
            for attempt in 1..100 {
                self.ends(attempt, 1);
            }
            self.engine.pass(Duration::from_secs(3600));
        }
        let before = self.engine.handler.dialled().len();
        for words in ["never mind", STORY, "try again", "yes", STORY, "try again", "yes"] {
            self.say(words);
            self.engine.work();
            if self.engine.handler.dialled().len() > before {
                return;
            }
        }
        let state = self.engine.state();
        panic!("stuck at {:?}: {:#?}", state.node, state.conversation_history.iter().rev().take(8).collect::<Vec<_>>());
    }
}

proptest! {
    #![proptest_config(crate::cases(40))]

    #[test]
    fn whatever_arrives_and_whenever_the_process_dies_nothing_is_dialled_twice_or_unasked(
        acts in prop::collection::vec(act(), 1..60), deaths in prop::collection::vec(death(), 0..120),
    ) {
        let mut world = World { engine: Engine::new(deaths), sent: Vec::new() };
        for act in acts {
            world.perform(act);
        }
        world.engine.work();
        world.engine.replay();
        world.goes_on();
        world.engine.replay();
    }
}

#[test]
fn the_acts_do_reach_calls_results_and_deaths() {
    let deaths = vec![Death::BeforeStep, Death::BeforeCommit, Death::AfterCommit];
    let mut world = World { engine: Engine::new(deaths), sent: Vec::new() };
    let mood = Act::Mood(Mood::AnswerLost);
    for act in [Act::Say(STORY), Act::Work, mood, Act::Approve(0), Act::Again(0), Act::Work, Act::Ends(1, 0), Act::Work] {
        world.perform(act);
    }
    let ended = world.engine.events.iter().filter(|event| matches!(event, ConversationEvent::CallEnded { .. })).count();
    assert_eq!((world.engine.handler.dialled().len(), ended, world.engine.deaths.len()), (1, 1, 0));
    world.engine.replay();
}

#[test]
fn an_order_that_rings_already_is_not_forgotten_for_news_of_an_earlier_call() {
    let mut world = World { engine: Engine::new(Vec::new()), sent: Vec::new() };
    let lost = [Mood::AnswerLost, Mood::Away, Mood::Away].map(Act::Mood);
    for act in [Act::Say(STORY), Act::Work].into_iter().chain(lost).chain([Act::Approve(0), Act::Work]) {
        world.perform(act);
    }
    // It is asked after in vain until it is given up.
    for _ in 0..60 {
        world.engine.handler.will_be(Mood::Away);
    }
    world.engine.pass(Duration::from_secs(2 * 3600));
    world.engine.handler.calms_down();
    assert_eq!(world.engine.state().presumed, [1]);
    // The second order is sent while nobody can say what became of the first; then the process dies, and now somebody can.
    for act in [Act::Say("try again"), Act::Work, Act::Approve(0), Act::Mood(Mood::Away)] {
        world.perform(act);
    }
    world.engine.deaths = [Death::Never, Death::Never, Death::BeforeCommit].into();
    world.engine.work();
    let dialled: Vec<String> = world.engine.handler.dialled().into_keys().collect();
    assert_eq!(dialled, ["c_1:1", "c_1:2"]);
    assert!(world.engine.deaths.is_empty());
    assert_eq!(world.engine.state().live_attempt().map(|call| call.attempt), Some(2));
}
