//! What happens in one case: whose calls, and which faults. All of it follows from the seed and the case's number.

use crate::dice::Dice;
use crate::points;
use std::fmt;

/// One of the two programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Part {
    Engine,
    Handler,
}

/// A way between two programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Link {
    EngineToHandler,
    HandlerToEngine,
    HandlerToCarrier,
    CarrierToHandler,
    HandlerToModel,
}

pub(crate) const LINKS: [Link; 5] =
    [Link::EngineToHandler, Link::HandlerToEngine, Link::HandlerToCarrier, Link::CarrierToHandler, Link::HandlerToModel];

/// What is asked only after an order whose answer is lost.
const ASKED_IN_DOUBT: (Link, &str) = (Link::EngineToHandler, "GET /order/");

/// Requests whose fate is worth being uncertain of: the way, and how they begin.
const REQUESTS: [(Link, &str); 11] = [
    (Link::EngineToHandler, "POST /order"),
    ASKED_IN_DOUBT,
    (Link::EngineToHandler, "GET /calls/"),
    (Link::HandlerToEngine, "POST /call_result"),
    (Link::HandlerToCarrier, "POST /2010-04-01/Accounts/ACc4a05c4a05c4a05c4a05c4a05c4a05c4a0/Calls.json"),
    (Link::HandlerToCarrier, "POST /2010-04-01/Accounts/ACc4a05c4a05c4a05c4a05c4a05c4a05c4a0/Calls/"),
    (Link::HandlerToCarrier, "GET /2010-04-01/Accounts/ACc4a05c4a05c4a05c4a05c4a05c4a05c4a0/Calls/"),
    (Link::CarrierToHandler, "POST /twilio/twiml/"),
    (Link::CarrierToHandler, "POST /twilio/status/"),
    (Link::CarrierToHandler, "GET /media-stream"),
    (Link::HandlerToModel, "GET /v1/realtime"),
];

/// The carrier's account; it stands in the addresses above.
pub(crate) const ACCOUNT: &str = "ACc4a05c4a05c4a05c4a05c4a05c4a05c4a0";

/// Something that goes wrong. Times count from the case's beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// `kill -9` at a named place, the n-th time that the program comes by.
    CrashAt { part: Part, place: &'static str, time: u64, down_ms: u64 },
    /// `SIGSTOP` at a named place.
    StopAt { part: Part, place: &'static str, time: u64, for_ms: u64 },
    /// `kill -9` at some moment.
    Kill { part: Part, at_ms: u64, down_ms: u64 },
    /// Both at once.
    KillBoth { at_ms: u64, down_ms: u64 },
    /// `SIGSTOP` at some moment, then `SIGCONT`.
    Stop { part: Part, at_ms: u64, for_ms: u64 },
    /// `SIGTERM`, as an upgrade does it, then a new start.
    Upgrade { part: Part, at_ms: u64 },
    /// Every connection is reset and none comes about.
    Cut { link: Link, at_ms: u64, for_ms: u64 },
    /// Nothing arrives any more, and nobody is told.
    Silence { link: Link, at_ms: u64, for_ms: u64 },
    /// Everything arrives later.
    Delay { link: Link, at_ms: u64, for_ms: u64, by_ms: u64 },
    /// A request arrives, its answer does not.
    LoseAnswer { link: Link, request: &'static str },
    /// A request does not arrive.
    LoseRequest { link: Link, request: &'static str },
}

impl Fault {
    /// The row of the table that it is counted in.
    pub(crate) fn kind(&self) -> String {
        match self {
            Self::CrashAt { place, .. } => format!("kill -9 at {place}"),
            Self::StopAt { part, .. } => format!("stop at a named place of the {}", part.name()),
            Self::Kill { part, .. } => format!("kill -9 of the {} at random", part.name()),
            Self::KillBoth { .. } => "kill -9 of both at random".into(),
            Self::Stop { part, .. } => format!("stop of the {} at random", part.name()),
            Self::Upgrade { part, .. } => format!("SIGTERM of the {}", part.name()),
            Self::Cut { link, .. } => format!("cut {link}"),
            Self::Silence { link, .. } => format!("silence {link}"),
            Self::Delay { link, .. } => format!("delay {link}"),
            Self::LoseAnswer { link, request } => format!("answer lost: {link} {}", short(request)),
            Self::LoseRequest { link, request } => format!("request lost: {link} {}", short(request)),
        }
    }
}

impl Part {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Engine => "engine",
            Self::Handler => "handler",
        }
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::EngineToHandler => "engine→handler",
            Self::HandlerToEngine => "handler→engine",
            Self::HandlerToCarrier => "handler→carrier",
            Self::CarrierToHandler => "carrier→handler",
            Self::HandlerToModel => "handler→model",
        })
    }
}

fn short(request: &str) -> String {
    request.replace("/2010-04-01/Accounts/ACc4a05c4a05c4a05c4a05c4a05c4a05c4a0", "…")
}

/// Who is called, and how the call would end if nothing went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Callee {
    /// Talks to the end.
    Talks,
    /// Puts the phone down in the middle.
    PutsDown,
    /// Would talk for ever: the time limit has to end it.
    NeverEnds,
    Busy,
    Nobody,
    Dead,
}

impl Callee {
    /// The last two digits of its number.
    pub(crate) fn line(self) -> &'static str {
        match self {
            Self::Talks => "00",
            Self::PutsDown => "02",
            Self::NeverEnds => "03",
            Self::Busy => "10",
            Self::Nobody => "11",
            Self::Dead => "12",
        }
    }
}

/// What the user does with the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    /// Says yes, so many times at once.
    Approve { times: u64 },
    /// Says no.
    Cancel,
    /// Says nothing.
    Nothing,
}

/// One conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Talk {
    pub(crate) callee: Callee,
    pub(crate) decision: Decision,
    /// When the user begins, milliseconds.
    pub(crate) begins_ms: u64,
    /// How long after the call has begun the user presses hang-up, milliseconds.
    pub(crate) hangs_up_ms: Option<u64>,
}

/// One case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Case {
    pub(crate) number: u64,
    pub(crate) talks: Vec<Talk>,
    pub(crate) faults: Vec<Fault>,
    /// Calls that the carrier takes in a second.
    pub(crate) pace: usize,
}

impl Case {
    /// How many calls are approved.
    pub(crate) fn calls(&self) -> usize {
        self.talks.iter().filter(|talk| matches!(talk.decision, Decision::Approve { .. })).count()
    }

    /// The case of a number. The first fault of neighbouring cases goes through all there are, so that every run of some
    /// length has each of them.
    pub(crate) fn of(seed: u64, number: u64) -> Self {
        let mut dice = Dice::of(seed, number);
        let first = scheduled(&mut dice, seed, number);
        let mut faults = vec![first];
        if let Fault::CrashAt { part: Part::Handler, place, .. } = first
            && points::in_recovery(place)
        {
            faults.insert(0, before_recovery(&mut dice, place));
        } else if let Fault::LoseAnswer { request, .. } | Fault::LoseRequest { request, .. } = first
            && request == ASKED_IN_DOUBT.1
        {
            faults.insert(0, Fault::LoseAnswer { link: REQUESTS[0].0, request: REQUESTS[0].1 });
        } else {
            let more = [0, 0, 0, 1, 1, 2];
            for _ in 0..dice.one(&more) {
                faults.push(at_random(&mut dice));
            }
        }
        let talks = (0..4).map(|_| talk(&mut dice)).collect();
        Self { number, talks, faults, pace: if dice.percent(15) { 2 } else { 30 } }
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "case {}: {} calls", self.number, self.calls())?;
        for fault in &self.faults {
            write!(f, "; {fault:?}")?;
        }
        Ok(())
    }
}

fn talk(dice: &mut Dice) -> Talk {
    use Callee::{Busy, Dead, NeverEnds, Nobody, PutsDown, Talks};
    let mut callees = vec![Talks; 24];
    callees.extend([PutsDown; 8]);
    callees.extend([Busy, Busy, Busy, Dead, Dead, Dead, Nobody, Nobody, NeverEnds]);
    let decision = match dice.between(0, 99) {
        0..70 => Decision::Approve { times: 1 },
        70..90 => Decision::Approve { times: dice.between(2, 4) },
        90..95 => Decision::Cancel,
        _ => Decision::Nothing,
    };
    let callee = dice.one(&callees);
    let hangs_up_ms = dice.percent(8).then(|| dice.between(0, 1_500));
    Talk { callee, decision, begins_ms: dice.between(0, 600), hangs_up_ms }
}

/// The case's own fault: every kind in turn, in an order that the seed decides.
fn scheduled(dice: &mut Dice, seed: u64, number: u64) -> Fault {
    let mut kinds: Vec<Kind> = Vec::new();
    kinds.extend(points::HANDLER.map(|place| Kind::Crash(Part::Handler, place)));
    kinds.extend(points::ENGINE.map(|place| Kind::Crash(Part::Engine, place)));
    for (link, request) in REQUESTS {
        kinds.extend([Kind::LoseAnswer(link, request), Kind::LoseRequest(link, request)]);
    }
    for link in LINKS {
        kinds.extend([Kind::Cut(link), Kind::Silence(link), Kind::Delay(link)]);
    }
    for part in [Part::Engine, Part::Handler] {
        kinds.extend([Kind::Kill(part), Kind::Stop(part), Kind::StopAt(part), Kind::Upgrade(part)]);
    }
    kinds.push(Kind::KillBoth);
    let length = kinds.len() as u64;
    // A new order for each round.
    Dice::of(seed, u64::MAX - number / length).shuffle(&mut kinds);
    kinds[(number % length) as usize].throw(dice)
}

fn at_random(dice: &mut Dice) -> Fault {
    let part = dice.one(&[Part::Engine, Part::Handler, Part::Handler]);
    let link = dice.one(&LINKS);
    let (way, request) = dice.one(&REQUESTS);
    dice.one(&[
        Kind::Kill(part),
        Kind::Kill(part),
        Kind::KillBoth,
        Kind::Stop(part),
        Kind::Upgrade(part),
        Kind::Cut(link),
        Kind::Silence(link),
        Kind::Delay(link),
        Kind::LoseAnswer(way, request),
        Kind::LoseRequest(way, request),
    ])
    .throw(dice)
}

/// What must go wrong so that a place of the recovery is passed at all.
fn before_recovery(dice: &mut Dice, place: &str) -> Fault {
    if place == "handler.before_look_up" {
        let (link, request) = REQUESTS[4];
        return Fault::LoseAnswer { link, request };
    }
    let places: &[&str] = match place {
        // Only an order without a call is told of without going on with it.
        "handler.recovery_over" => &["handler.order_stored", "handler.before_dial_intent", "handler.after_dial_intent"],
        // Only a call that has been connected is brought back.
        "handler.recovery_before_redirect" | "handler.recovery_after_redirect" => &["handler.media_joined"],
        _ => &["handler.after_dial_intent", "handler.after_create", "handler.after_claim", "handler.media_joined"],
    };
    let place = dice.one(places);
    Fault::CrashAt { part: Part::Handler, place, time: 1, down_ms: dice.between(0, 300) }
}

/// A fault whose numbers have not been thrown yet.
#[derive(Clone, Copy)]
enum Kind {
    Crash(Part, &'static str),
    StopAt(Part),
    Kill(Part),
    KillBoth,
    Stop(Part),
    Upgrade(Part),
    Cut(Link),
    Silence(Link),
    Delay(Link),
    LoseAnswer(Link, &'static str),
    LoseRequest(Link, &'static str),
}

impl Kind {
    fn throw(self, dice: &mut Dice) -> Fault {
        // A call takes about two seconds.
        let at_ms = dice.between(50, 2_800);
        let down_ms = dice.one(&[0, 50, 200, 600, 1_500, 4_000]);
        let for_ms = dice.one(&[100, 400, 1_000, 2_500, 5_000]);
        match self {
            Self::Crash(part, place) => {
                // A place that is passed once a call; those in the stores are passed much more often.
                let often = place.ends_with("_commit") || place == "engine.input_stored";
                let time = if often { dice.between(1, 20) } else { dice.one(&[1, 1, 1, 2, 3]) };
                let time = if points::in_recovery(place) { 1 } else { time };
                Fault::CrashAt { part, place, time, down_ms }
            }
            Self::StopAt(part) => {
                let places = match part {
                    Part::Engine => &points::ENGINE[..],
                    Part::Handler => &points::HANDLER[..],
                };
                let places: Vec<_> = places.iter().copied().filter(|place| !points::in_recovery(place)).collect();
                Fault::StopAt { part, place: dice.one(&places), time: dice.one(&[1, 1, 2, 3]), for_ms }
            }
            Self::Kill(part) => Fault::Kill { part, at_ms, down_ms },
            Self::KillBoth => Fault::KillBoth { at_ms, down_ms },
            Self::Stop(part) => Fault::Stop { part, at_ms, for_ms },
            Self::Upgrade(part) => Fault::Upgrade { part, at_ms },
            Self::Cut(link) => Fault::Cut { link, at_ms, for_ms },
            Self::Silence(link) => Fault::Silence { link, at_ms, for_ms },
            Self::Delay(link) => Fault::Delay { link, at_ms, for_ms, by_ms: dice.between(20, 250) },
            Self::LoseAnswer(link, request) => Fault::LoseAnswer { link, request },
            Self::LoseRequest(link, request) => Fault::LoseRequest { link, request },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_plan_is_a_function_of_seed_and_number() {
        for number in 0..200 {
            assert_eq!(Case::of(1, number), Case::of(1, number));
        }
        assert_ne!(Case::of(1, 0), Case::of(2, 0));
    }

    #[test]
    fn a_round_has_every_crash_point_and_every_request() {
        let kinds: BTreeSet<String> = (0..100).flat_map(|n| Case::of(5, n).faults).map(|fault| fault.kind()).collect();
        for place in points::HANDLER.iter().chain(&points::ENGINE) {
            assert!(kinds.contains(&format!("kill -9 at {place}")), "{place}");
        }
        for (link, request) in REQUESTS {
            assert!(kinds.contains(&Fault::LoseAnswer { link, request }.kind()), "{request}");
        }
    }

    #[test]
    fn the_account_of_the_requests_is_the_carriers() {
        let carrier = REQUESTS.iter().filter(|(link, _)| *link == Link::HandlerToCarrier);
        assert!(carrier.clone().count() == 3 && carrier.clone().all(|(_, request)| request.contains(ACCOUNT)));
    }
}
