//! The realtime model's side of a call: the local voice's session, and the handler's end of its socket.

use super::Surroundings;
use super::agenda::{Agenda, Event};
use super::desk::Desk;
use super::naive::Naive;
use crate::scenario::Scenario;
use crate::senses::{THINKING_TAKES, hearing_takes, speaking_takes};
use handler::offline::RealtimeTalk;
use session::{Input, Trouble, VoiceCommand};
use std::time::{Duration, Instant};
use tokio::runtime::Handle;
use uuid::Uuid;
use voice::offline::{Done, Effect, Job, Session};
use wire::realtime::{ClientEvent, ServerEvent};

pub(super) struct Model<'a> {
    scenario: &'a Scenario,
    around: &'a Surroundings,
    runtime: &'a Handle,
    desk: Desk,
    network: Duration,
    seed: u64,
    /// Which socket it is; messages of earlier ones are lost with them.
    number: u32,
    refused: u32,
    claimed: u32,
    /// It has refused a truncation, after which some make no audio any more.
    mute: bool,
    ours: Option<RealtimeTalk>,
    ready: bool,
    theirs: Option<Session>,
}

impl<'a> Model<'a> {
    pub(super) fn new(
        scenario: &'a Scenario,
        around: &'a Surroundings,
        runtime: &'a Handle,
        desk: Desk,
        network: Duration,
        seed: u64,
    ) -> Self {
        Self {
            scenario,
            around,
            runtime,
            desk,
            network,
            seed,
            number: 0,
            refused: 0,
            claimed: 0,
            mute: false,
            ours: None,
            ready: false,
            theirs: None,
        }
    }

    pub(super) fn number(&self) -> u32 {
        self.number
    }

    /// Another socket is being opened; gives its number.
    pub(super) fn opening(&mut self) -> u32 {
        self.number += 1;
        self.number
    }

    /// Whether opening fails this time; only sockets after the first do.
    pub(super) fn refuses_next(&mut self) -> bool {
        let refuses = self.number > 0 && self.refused < self.scenario.trouble.model_refuses;
        self.refused += u32::from(refuses);
        refuses
    }

    pub(super) fn open(&mut self, number: u32, now: Duration, naive: &Naive, agenda: &mut Agenda) {
        if number != self.number {
            return;
        }
        let name = Uuid::from_u64_pair(self.seed, number.into());
        self.theirs = Some(Session::new(name, "ringback-local".into(), 4_000_000_000));
        self.perform(now, agenda);
        let (ours, first) = RealtimeTalk::begin(&self.around.voice, &self.scenario.order);
        (self.ours, self.ready, self.mute) = (Some(ours), false, false);
        agenda.add(now + self.network, Event::AtModel(number, naive.sets_up(first)));
    }

    pub(super) fn close(&mut self) {
        (self.ours, self.theirs, self.ready) = (None, None, false);
        self.number += 1;
    }

    /// The socket breaks off; whether there was one.
    pub(super) fn lose(&mut self) -> bool {
        let there = self.ours.is_some();
        self.close();
        there
    }

    pub(super) fn write(&mut self, command: VoiceCommand) -> (Vec<String>, Vec<Input>) {
        self.ours.as_mut().map(|ours| ours.write(command)).unwrap_or_default()
    }

    /// A message arrives at the handler.
    pub(super) fn read(&mut self, number: u32, text: &str) -> Vec<Input> {
        let Some(ours) = self.ours.as_mut().filter(|_| number == self.number) else { return Vec::new() };
        if self.ready {
            return ours.read(text).unwrap_or_default();
        }
        match ours.set_up(text) {
            Ok(false) => Vec::new(),
            Ok(true) => {
                self.ready = true;
                vec![Input::VoiceReady]
            }
            Err(message) => vec![Input::VoiceLost { trouble: Trouble::Connection, message }],
        }
    }

    /// A message arrives at the model.
    pub(super) fn receive(&mut self, number: u32, text: &str, now: Duration, agenda: &mut Agenda) {
        let Some(theirs) = self.theirs.as_mut().filter(|_| number == self.number) else { return };
        let may_be_mute = self.scenario.trouble.model_mute_once_refused;
        let event = may_be_mute.then(|| ClientEvent::read(text).ok()).flatten().map(|received| received.event);
        if self.mute && matches!(event, Some(ClientEvent::ResponseCreate { .. })) {
            return;
        }
        theirs.receive(text);
        let refused = self.perform(now, agenda);
        self.mute |= refused && matches!(event, Some(ClientEvent::Truncate(_)));
    }

    pub(super) fn done(&mut self, number: u32, done: Done, now: Duration, agenda: &mut Agenda) {
        if let Some(theirs) = self.theirs.as_mut().filter(|_| number == self.number) {
            theirs.done(done);
            self.perform(now, agenda);
        }
    }

    /// Whether it has told an error.
    fn perform(&mut self, now: Duration, agenda: &mut Agenda) -> bool {
        let Some(theirs) = &mut self.theirs else { return false };
        let mut refused = false;
        for effect in theirs.take_effects() {
            match effect {
                Effect::Send(event) => {
                    refused |= matches!(event, ServerEvent::Error { .. });
                    let text = theirs.write(&event);
                    agenda.add(now + self.network, Event::OfModel(self.number, text));
                }
                Effect::Do(job) => {
                    let is_work = matches!(job, Job::Transcribe { .. } | Job::Speak { .. });
                    let (takes, mut done) = work(job, self.around, self.runtime);
                    if self.claimed < self.scenario.trouble.model_claims_keys && claims(&mut done) {
                        self.claimed += 1;
                    }
                    let takes = if is_work { self.desk.done_after(now, takes) } else { takes };
                    agenda.add(now + takes, Event::ModelDone(self.number, done));
                }
            }
        }
        refused
    }
}

/// Says that keys are pressed instead of pressing them; `false` if none were to be.
fn claims(done: &mut Done) -> bool {
    let Done::Thought { reply, .. } = done else { return false };
    let Some(at) = reply.tools.iter().position(|tool| tool.name == "press_digits") else { return false };
    let press = reply.tools.remove(at);
    reply.say = format!("I am pressing {} now.", press.arguments["digits"].as_str().unwrap_or("1"));
    true
}

/// Does it at once, and tells how long it takes in virtual time.
fn work(job: Job, around: &Surroundings, runtime: &Handle) -> (Duration, Done) {
    match job {
        Job::Transcribe { number, samples } => {
            (hearing_takes(samples.len()), Done::Transcribed { number, heard: around.senses.hear(&samples) })
        }
        Job::Think { number, turn } => {
            let begun = Instant::now();
            let reply = runtime.block_on(around.brain.reply(&turn));
            // A language model takes as long as it takes; the built-in brain's moments would only make runs differ.
            let took = begun.elapsed();
            let takes = if took > Duration::from_millis(100) { took } else { THINKING_TAKES };
            (takes, Done::Thought { number, reply })
        }
        Job::Speak { number, text, voice, format } => match around.senses.say(&text, voice.into()) {
            Ok(_) if format.rate_is_24k() => {
                let message = "evaluations speak µ-law only".to_owned();
                (Duration::ZERO, Done::Spoken { number, audio: Err(message) })
            }
            Ok(samples) => (speaking_takes(samples.len()), Done::Spoken { number, audio: Ok(format.encode(&samples)) }),
            Err(message) => (Duration::ZERO, Done::Spoken { number, audio: Err(message) }),
        },
    }
}
