//! The runtime against a reference model: a plain interpreter without envelopes, epochs, snapshots or an inbox.

use super::*;
use futures_util::FutureExt;
use proptest::prelude::*;

/// What an input tells the toy graph to do.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
enum Op {
    GoAhead,
    Sleep { timed: bool },
    Chat,
    Finish,
    Fail,
}

#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Start,
    Middle,
    Asleep,
}

#[derive(Clone, Debug)]
struct Toy;

type Log = Vec<String>;

fn toy(place: Place, input: &Arrival<Op>) -> (String, Next<Place>) {
    let sleep = |timed: bool| Next::Wait { resume: Place::Asleep, timeout: timed.then_some(Duration::from_secs(60)) };
    let next = match (place, input) {
        (Place::Middle, _) => sleep(true),
        (_, Arrival::None) => Next::End,
        (_, Arrival::Timeout) => sleep(false),
        (_, Arrival::Input(op)) => match op {
            Op::GoAhead => Next::Goto(Place::Middle),
            Op::Sleep { timed } => sleep(*timed),
            Op::Chat => Next::Stay,
            Op::Finish | Op::Fail => Next::End,
        },
    };
    (format!("{place:?} {input:?}"), next)
}

impl Graph for Toy {
    type Node = Place;
    type State = Log;
    type Input = Op;
    type Event = String;
    const START: Place = Place::Start;

    async fn step(&self, task: Task<Self>) -> Result<Step<Self>, Error> {
        if task.input == Arrival::Input(Op::Fail) {
            return Err(Error::Unfinished { message: "no".into() });
        }
        let (line, next) = toy(task.node, &task.input);
        let mut state = task.state;
        state.push(line.clone());
        Ok(Step { state, next, events: vec![line] })
    }

    fn give_up(task: Task<Self>, error: String) -> Step<Self> {
        let line = format!("gave up {:?}: {error}", task.node);
        let mut state = task.state;
        state.push(line.clone());
        Step { state, next: Next::End, events: vec![line] }
    }
}

/// The reference: what ought to happen, told as plainly as possible.
#[derive(Default)]
struct Model {
    log: Log,
    /// `None`: not begun or ended. `Some(number)`: asleep, with the number of the timer that counts.
    asleep: Option<Option<usize>>,
    timers: usize,
}

impl Model {
    fn take(&mut self, input: Op) {
        let place = if self.asleep.is_some() { Place::Asleep } else { Place::Start };
        self.run(place, Arrival::Input(input));
    }

    fn fire(&mut self, timer: usize) {
        if self.asleep == Some(Some(timer)) {
            self.run(Place::Asleep, Arrival::Timeout);
        }
    }

    fn run(&mut self, mut place: Place, mut input: Arrival<Op>) {
        loop {
            if input == Arrival::Input(Op::Fail) {
                self.log.push(format!("gave up {place:?}: no"));
                self.asleep = None;
                return;
            }
            let (line, next) = toy(place, &input);
            self.log.push(line);
            match next {
                Next::Goto(there) => (place, input) = (there, Arrival::None),
                Next::Wait { timeout, .. } => {
                    self.asleep = Some(timeout.map(|_| self.timers));
                    self.timers += usize::from(timeout.is_some());
                    return;
                }
                // At the start there is nothing to stay in but the start itself, which takes any input as before.
                Next::Stay => return,
                Next::End => {
                    self.asleep = None;
                    return;
                }
            }
        }
    }
}

/// A store that survives, and a process that does not.
struct World {
    stored: String,
    events: Log,
    timers: Vec<Envelope<Op>>,
    /// Before which commits the process dies; consumed one by one.
    crashes: Vec<bool>,
    /// How often each step is run.
    repeats: usize,
}

struct Died;

impl World {
    fn new(crashes: Vec<bool>, repeats: usize) -> Self {
        let stored = serde_json::to_string(&Run::<Toy>::new("c_1")).unwrap();
        Self { stored, events: Vec::new(), timers: Vec::new(), crashes, repeats }
    }

    fn read(&self) -> Run<Toy> {
        serde_json::from_str(&self.stored).unwrap()
    }

    /// Delivers until the delivery is durable, whatever dies meanwhile.
    fn deliver(&mut self, envelope: &Envelope<Op>) {
        let mut deaths = 0;
        loop {
            let mut run = self.read();
            let offer = run.offer(envelope.clone());
            if offer == Offer::Accepted {
                // The engine's first commit: the envelope is taken out of the mailbox.
                self.stored = serde_json::to_string(&run).unwrap();
            }
            match drive(self, &mut run).now_or_never().unwrap() {
                Ok(()) => return,
                Err(Died) => deaths += 1,
            }
            assert!(deaths < 100, "the world dies for ever");
        }
    }
}

impl Host<Toy> for World {
    type Error = Died;
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }
    async fn exec(&mut self, task: Task<Toy>) -> Result<Result<Step<Toy>, String>, Died> {
        for _ in 0..self.repeats {
            drop(Toy.step(task.clone()).await);
        }
        Ok(Toy.step(task).await.map_err(|e| e.to_string()))
    }
    async fn commit(&mut self, run: &Run<Toy>, events: Log, timer: Option<Timer<Op>>) -> Result<(), Died> {
        if self.crashes.pop() == Some(true) {
            return Err(Died);
        }
        self.stored = serde_json::to_string(run).unwrap();
        self.events.extend(events);
        self.timers.extend(timer.map(|t| t.wake));
        Ok(())
    }
}

#[derive(Clone, Copy, Debug)]
enum Act {
    Deliver(Op),
    /// Delivers an earlier input again, by its number.
    Again(usize),
    /// Fires a timer that was set, by its number.
    Fire(usize),
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        Just(Op::GoAhead),
        any::<bool>().prop_map(|timed| Op::Sleep { timed }),
        Just(Op::Chat),
        Just(Op::Finish),
        Just(Op::Fail)
    ]
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        4 => op().prop_map(Act::Deliver),
        1 => (0_usize..40).prop_map(Act::Again),
        2 => (0_usize..20).prop_map(Act::Fire),
    ];
    prop::collection::vec(act, 0..40)
}

proptest! {
    #[test]
    fn duplicates_crashes_and_repeats_change_nothing(
        acts in acts(), crashes in prop::collection::vec(any::<bool>(), 0..60), repeats in 0_usize..3,
    ) {
        let mut world = World::new(crashes, repeats);
        let mut model = Model::default();
        let mut sent = Vec::new();
        for act in acts {
            match act {
                Act::Deliver(op) => {
                    let envelope = Envelope { id: format!("m{}", sent.len()), body: Body::Input(op) };
                    world.deliver(&envelope);
                    sent.push(envelope);
                    model.take(op);
                }
                Act::Again(n) if n < sent.len() => world.deliver(&sent[n]),
                Act::Fire(n) if n < world.timers.len() => {
                    let timer = world.timers[n].clone();
                    world.deliver(&timer);
                    model.fire(n);
                }
                Act::Again(_) | Act::Fire(_) => {}
            }
        }
        let run = world.read();
        prop_assert_eq!(run.state(), &model.log);
        prop_assert_eq!(&world.events, &model.log);
        prop_assert_eq!(world.timers.len(), model.timers);
    }

    #[test]
    fn inputs_that_arrive_during_a_step_are_taken_in_order_afterwards(ops in prop::collection::vec(op(), 1..INBOX_MAX)) {
        let mut run = Run::<Toy>::new("c_1");
        for (n, op) in ops.iter().enumerate() {
            prop_assert_eq!(run.offer(Envelope { id: format!("m{n}"), body: Body::Input(*op) }), Offer::Accepted);
        }
        let mut world = World::new(Vec::new(), 0);
        prop_assert!(drive(&mut world, &mut run).now_or_never().unwrap().is_ok());
        let mut model = Model::default();
        for op in ops {
            model.take(op);
        }
        prop_assert_eq!(run.state(), &model.log);
    }
}

fn input(id: usize, op: Op) -> Envelope<Op> {
    Envelope { id: format!("m{id}"), body: Body::Input(op) }
}

#[test]
fn a_chat_message_does_not_cancel_the_timer() {
    let mut world = World::new(Vec::new(), 0);
    world.deliver(&input(1, Op::Sleep { timed: true }));
    world.deliver(&input(2, Op::Chat));
    world.deliver(&input(3, Op::Chat));
    assert_eq!(world.timers.len(), 1);
    let timer = world.timers[0].clone();
    world.deliver(&timer);
    assert_eq!(world.events.last().unwrap(), "Asleep Timeout");
}

#[test]
fn a_full_inbox_refuses_and_forgets_the_id() {
    let mut run = Run::<Toy>::new("c_1");
    // The first goes straight to the node, which is not run here.
    for n in 0..=INBOX_MAX {
        assert_eq!(run.offer(input(n, Op::Chat)), Offer::Accepted);
    }
    assert_eq!(run.offer(input(999, Op::Finish)), Offer::Full);
    assert_eq!(run.offer(input(0, Op::Chat)), Offer::Duplicate);
    assert!(drive(&mut World::new(Vec::new(), 0), &mut run).now_or_never().unwrap().is_ok());
    assert_eq!(run.offer(input(999, Op::Finish)), Offer::Accepted);
}

#[test]
fn the_memory_of_ids_is_bounded_and_keeps_the_latest() {
    let mut world = World::new(Vec::new(), 0);
    for n in 0..SEEN_MAX + 10 {
        world.deliver(&input(n, Op::Chat));
    }
    let run = world.read();
    assert!(!run.has_seen("m9") && run.has_seen("m10") && run.has_seen(&format!("m{}", SEEN_MAX + 9)));
}

#[test]
fn a_run_of_another_shape_is_refused() {
    let stored = serde_json::to_string(&Run::<Toy>::new("c_1")).unwrap().replace("\"version\":1", "\"version\":2");
    let error = serde_json::from_str::<Run<Toy>>(&stored).unwrap_err().to_string();
    assert!(error.contains("shape 2"), "{error}");
}

#[test]
fn the_key_names_the_conversation_and_changes_with_every_step() {
    let mut run = Run::<Toy>::new("c:odd");
    run.offer(input(1, Op::GoAhead));
    let first = run.ready(Timestamp::UNIX_EPOCH).unwrap();
    assert_eq!((first.conversation(), first.key.as_str()), ("c:odd", "c:odd:0"));
    let step = Toy.step(first).now_or_never().unwrap().unwrap();
    run.apply(step);
    assert_eq!(run.ready(Timestamp::UNIX_EPOCH).unwrap().key, "c:odd:1");
}
