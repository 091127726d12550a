//! A callee at the telephone: hears the agent as it is played, speaks in turn, stops when talked over, loses patience.
//!
//! Driven by ticks of 20 ms; has no other clock.

mod hold;
mod menu;
mod spoken;

use super::CalleeKind;
use super::mind::{Done, Job, Mind};
use super::script::{Reply, Script, Slip, Then};
use hold::Hold;
use menu::Menu;
use sounds::tones::tone;
use speech::{Ear, EarConfig, EarEvent};
pub use spoken::Spoken;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use types::Speaker;
use wire::g711::{self, SILENCE};
use wire::media::FRAME_BYTES;

/// Milliseconds of one tick.
const TICK_MS: u64 = 20;
/// The agent has finished its turn after so much silence.
const END_OF_TURN_MS: u32 = 700;
/// The callee goes on through an "uh-huh", but stops when talked over for longer.
const TALKED_OVER_MS: u64 = 600;
/// How long nobody may speak before the callee asks.
const ASK_AFTER_MS: u64 = 10_000;
/// How long nobody may speak before the callee hangs up.
const LEAVE_AFTER_MS: u64 = 20_000;
/// How long the callee waits for the agent's goodbye.
const GOODBYE_MS: u64 = 4_000;
/// From the last word to the hang-up.
const PUT_DOWN_MS: u64 = 300;
/// When somebody in a hurry hangs up, after the beginning of their words.
const BREAK_OFF_MS: u64 = 1_500;
/// How long silence is recorded before the machine hangs up.
const RECORDS_MS: u64 = 15_000;
/// From the last word of a greeting to the beep.
const BEFORE_BEEP_MS: usize = 600;
const BEEP_HZ: f32 = 1_000.0;
const BEEP_MS: u32 = 500;
/// A fax machine's answer.
const FAX_HZ: f32 = 2_100.0;
const FAX_MS: u32 = 3_000;
/// How long it takes until a person comes to the phone.
const CONNECT_MS: u64 = 4_000;
/// A sound without words that is shorter than this was no speech.
const NOISE_MS: u64 = 1_500;
/// How long a machine may take to understand the last words.
const HEAR_OUT_MAX: Duration = Duration::from_secs(5);
/// How many lines are kept.
const LINES_MAX: usize = 400;

/// What happens in one tick.
pub struct Tick {
    /// The callee's 20 ms, µ-law.
    pub frame: [u8; FRAME_BYTES],
    /// Whether the callee begins to speak with this frame.
    pub begins: bool,
    /// Whether the callee's last words end with this frame.
    pub ends: bool,
    /// Whether the callee hangs up after this frame.
    pub hangs_up: bool,
    /// A key that the callee presses.
    pub digit: Option<char>,
}

struct Utterance {
    audio: VecDeque<u8>,
    line: Option<usize>,
    text: String,
    then: Then,
    played_ms: u64,
}

/// The callee of one call.
pub struct Line {
    /// Which of the simulator's own.
    kind: Option<CalleeKind>,
    script: Box<dyn Script>,
    voice: speech::Voice,
    mind: Arc<dyn Mind>,
    ear: Ear,
    done_tx: mpsc::UnboundedSender<Done>,
    done_rx: mpsc::UnboundedReceiver<Done>,
    clock_ms: u64,
    lines: Vec<Spoken>,
    listening_jobs: usize,
    /// Words that have not been answered yet.
    unanswered: Option<String>,
    /// A reply whose audio is being made.
    saying: Option<Reply>,
    /// Ready to be spoken, or being spoken.
    utterance: Option<Utterance>,
    then: Then,
    talked_over_ms: u64,
    silence_ms: u64,
    asked_whether_there: bool,
    /// What is played until somebody answers.
    hold: Option<Hold>,
    /// What has to be got past before that.
    menu: Option<Menu>,
    /// The keys that were pressed in it.
    keys: String,
}

impl Line {
    /// Somebody picks up, or a machine that lets the caller hold for so long.
    pub(crate) fn new(kind: CalleeKind, seed: u64, hold: Duration, mind: Arc<dyn Mind>) -> Self {
        let hold = kind.holds().then(|| Hold::new(hold));
        Self { kind: Some(kind), ..Self::with_script(kind.script(seed), kind.voice(), hold, kind.menu(), mind) }
    }

    /// Somebody of the caller's own making picks up.
    pub fn of(script: Box<dyn Script>, voice: speech::Voice, mind: Arc<dyn Mind>) -> Self {
        Self::with_script(script, voice, None, None, mind)
    }

    fn with_script(
        script: Box<dyn Script>,
        voice: speech::Voice,
        hold: Option<Hold>,
        menu: Option<Menu>,
        mind: Arc<dyn Mind>,
    ) -> Self {
        let (done_tx, done_rx) = mpsc::unbounded_channel();
        let ear = Ear::new(EarConfig { silence_ms: END_OF_TURN_MS, min_speech_ms: 96, ..EarConfig::default() });
        let mut line = Self {
            kind: None,
            script,
            voice,
            mind,
            ear,
            done_tx,
            done_rx,
            clock_ms: 0,
            lines: Vec::new(),
            listening_jobs: 0,
            unanswered: None,
            saying: None,
            utterance: None,
            then: Then::Listen,
            talked_over_ms: 0,
            silence_ms: 0,
            asked_whether_there: false,
            hold,
            menu,
            keys: String::new(),
        };
        if line.hold.is_none() && line.menu.is_none() {
            let greeting = line.script.greeting();
            line.say(greeting);
        }
        line
    }

    /// 20 ms pass: what the callee hears, and what it does.
    pub fn tick(&mut self, heard: &[u8]) -> Tick {
        self.clock_ms += TICK_MS;
        self.listen(heard);
        while let Ok(done) = self.done_rx.try_recv() {
            match done {
                Done::Said(audio) if self.menu.is_some() => self.menu_says(audio),
                Done::Said(audio) if self.hold.is_some() => self.announce(audio),
                done @ (Done::Said(_) | Done::Heard { .. }) => self.take(done),
            }
        }
        if self.menu.is_some() {
            return self.menu_tick(heard);
        }
        if self.hold.is_some() {
            return self.hold_tick();
        }
        self.answer();
        let mut tick = self.speak();
        self.wait(&mut tick);
        tick
    }

    /// What has been said so far, in the order of beginning.
    pub fn lines(&self) -> Vec<Spoken> {
        let mut lines = self.lines.clone();
        lines.sort_by_key(|line| line.start_ms);
        lines
    }

    pub(crate) fn kind(&self) -> Option<CalleeKind> {
        self.kind
    }

    /// What has been written down.
    pub fn slip(&self) -> Slip {
        let mut slip = self.script.slip();
        if !self.keys.is_empty() {
            slip.fields.insert("keys".into(), self.keys.clone());
        }
        slip
    }

    fn agent_speaks(&self) -> bool {
        self.ear.utterance().is_some()
    }

    /// The caller has hung up. A machine still listens to what it has recorded; anybody else has stopped listening.
    pub fn hung_up(&mut self) {
        if self.then != Then::Record {
            return;
        }
        if let Some(EarEvent::Stopped { start_ms, end_ms, samples }) = self.ear.finish() {
            self.listening_jobs += 1;
            self.mind.begin(Job::Listen { samples, start_ms, end_ms }, self.done_tx.clone());
        }
    }

    /// After [`Line::hung_up`], when the last words have been understood: a machine writes them down.
    pub fn heard_out(&mut self) {
        if self.then != Then::Record {
            return;
        }
        while let Ok(done) = self.done_rx.try_recv() {
            self.take(done);
        }
        if let Some(said) = self.unanswered.take() {
            self.script.hear(&said);
        }
    }

    /// The caller has hung up: both of the above, with the wait between them.
    pub(crate) async fn hear_out(&mut self) {
        self.hung_up();
        while self.then == Then::Record && self.listening_jobs > 0 {
            match tokio::time::timeout(HEAR_OUT_MAX, self.done_rx.recv()).await {
                Ok(Some(done)) => self.take(done),
                Ok(None) | Err(_) => return,
            }
        }
        self.heard_out();
    }

    fn listen(&mut self, heard: &[u8]) {
        for event in self.ear.push(&g711::decode(heard)) {
            if let EarEvent::Stopped { start_ms, end_ms, samples } = event {
                self.listening_jobs += 1;
                // The silence that ended it is no part of it.
                let end_ms = end_ms.saturating_sub(u64::from(END_OF_TURN_MS)).max(start_ms);
                self.mind.begin(Job::Listen { samples, start_ms, end_ms }, self.done_tx.clone());
            }
        }
        let voiced = self.ear.utterance().is_some_and(|utterance| utterance.silence_ms < 200);
        self.talked_over_ms = if voiced { self.talked_over_ms + TICK_MS } else { 0 };
    }

    fn take(&mut self, done: Done) {
        match done {
            Done::Heard { text, start_ms, end_ms } => {
                self.listening_jobs = self.listening_jobs.saturating_sub(1);
                if text.is_empty() && end_ms - start_ms < NOISE_MS {
                    return;
                }
                self.keep(Spoken { speaker: Speaker::Agent, text: text.clone(), start_ms, end_ms, interrupted: false });
                // Two pieces of one turn are answered together.
                let all = match self.unanswered.take() {
                    Some(before) if !before.is_empty() => format!("{before} {text}").trim().to_owned(),
                    _ => text,
                };
                self.unanswered = Some(all);
            }
            Done::Said(mut audio) => {
                if let Some(Reply { say, then }) = self.saying.take() {
                    if then == Then::Record {
                        audio.extend(std::iter::repeat_n(SILENCE, BEFORE_BEEP_MS * 8));
                        audio.extend(tone(BEEP_HZ, BEEP_MS));
                    }
                    self.utterance = Some(Utterance { audio: audio.into(), line: None, text: say, then, played_ms: 0 });
                }
            }
        }
    }

    fn keep(&mut self, line: Spoken) -> Option<usize> {
        (self.lines.len() < LINES_MAX).then(|| {
            self.lines.push(line);
            self.lines.len() - 1
        })
    }

    /// Lets the script answer, when the agent has finished.
    fn answer(&mut self) {
        let busy = self.agent_speaks() || self.listening_jobs > 0 || self.saying.is_some() || self.utterance.is_some();
        if busy || self.then == Then::HangUp {
            return;
        }
        if let Some(said) = self.unanswered.take() {
            self.silence_ms = 0;
            self.asked_whether_there = false;
            let reply = self.script.hear(&said);
            if reply.say.is_empty() {
                self.then = reply.then;
            } else {
                self.say(reply);
            }
        }
    }

    fn say(&mut self, reply: Reply) {
        if reply.then == Then::Fax {
            let audio = [vec![SILENCE; 8 * 500], tone(FAX_HZ, FAX_MS)].concat().into();
            self.utterance = Some(Utterance { audio, line: None, text: reply.say, then: reply.then, played_ms: 0 });
            return;
        }
        let job = Job::Say { text: reply.say.clone(), voice: self.voice };
        self.saying = Some(reply);
        self.mind.begin(job, self.done_tx.clone());
    }

    fn speak(&mut self) -> Tick {
        let mut tick = Tick { frame: [SILENCE; FRAME_BYTES], begins: false, ends: false, hangs_up: false, digit: None };
        let agent_speaks = self.agent_speaks();
        let Some(utterance) = &mut self.utterance else { return tick };
        if utterance.played_ms == 0 {
            // It waits for the agent to be silent; words that came meanwhile have made the reply stale.
            if agent_speaks {
                return tick;
            }
            if self.listening_jobs > 0 || self.unanswered.is_some() {
                if self.listening_jobs == 0 {
                    self.utterance = None;
                }
                return tick;
            }
            tick.begins = true;
            let (text, now) = (utterance.text.clone(), self.clock_ms);
            let spoken = Spoken { speaker: Speaker::Callee, text, start_ms: now, end_ms: now, interrupted: false };
            let line = self.keep(spoken);
            if let Some(utterance) = &mut self.utterance {
                utterance.line = line;
            }
        }
        let Some(utterance) = &mut self.utterance else { return tick };
        let taken = utterance.audio.len().min(FRAME_BYTES);
        for (to, from) in tick.frame.iter_mut().zip(utterance.audio.drain(..taken)) {
            *to = from;
        }
        utterance.played_ms += TICK_MS;
        // A recording does not stop for anybody.
        let stops = !matches!(utterance.then, Then::BreakOff | Then::Record | Then::Fax);
        let talked_over = self.talked_over_ms > TALKED_OVER_MS && stops;
        let breaks_off = utterance.then == Then::BreakOff && utterance.played_ms >= BREAK_OFF_MS;
        if let Some(line) = utterance.line.and_then(|line| self.lines.get_mut(line)) {
            line.end_ms = self.clock_ms;
            line.interrupted = talked_over || breaks_off;
        }
        if utterance.audio.is_empty() || talked_over || breaks_off {
            tick.ends = true;
            tick.hangs_up = breaks_off;
            self.then = utterance.then;
            // Its own question does not renew its patience.
            self.silence_ms = if self.asked_whether_there && self.then == Then::Listen { ASK_AFTER_MS } else { 0 };
            self.utterance = None;
        }
        tick
    }

    /// Patience.
    fn wait(&mut self, tick: &mut Tick) {
        if self.agent_speaks() || self.listening_jobs > 0 || self.saying.is_some() || self.utterance.is_some() {
            return;
        }
        self.silence_ms += TICK_MS;
        match self.then {
            Then::Record => tick.hangs_up |= self.silence_ms >= RECORDS_MS,
            Then::Fax => tick.hangs_up |= self.silence_ms >= LEAVE_AFTER_MS,
            Then::Connect if self.silence_ms >= CONNECT_MS => {
                self.then = Then::Listen;
                let reply = self.script.connected();
                self.say(reply);
            }
            Then::Connect => {}
            Then::HangUp | Then::BreakOff => tick.hangs_up |= self.silence_ms >= PUT_DOWN_MS,
            Then::AwaitGoodbye => tick.hangs_up |= self.silence_ms >= GOODBYE_MS,
            Then::Listen if self.silence_ms >= LEAVE_AFTER_MS => {
                self.say(Reply::hang_up("I can't hear anybody. Goodbye."));
            }
            Then::Listen if self.silence_ms >= ASK_AFTER_MS && !self.asked_whether_there => {
                self.asked_whether_there = true;
                self.say(Reply::listen("Hello? Are you still there?"));
            }
            Then::Listen => {}
        }
    }
}

#[cfg(test)]
mod tests;
