//! A telephone world in virtual time: a carrier that plays at the speed of sound, a model that speaks from a script, and a
//! callee who talks by the clock.

use super::line::Line;
use crate::{
    CallProgress, CarrierCommand, Config, Input, Output, Record, ResponseStatus, Session, Trouble, Tuning, VoiceCommand,
};
use bytes::Bytes;
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;
use types::briefing::words_to_say;
use types::{Briefing, CallEvent, CallLimits, CallResult, CallSid, CallStage, Disposition, OrderId, Usage};

pub(super) const fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

pub(super) fn config() -> Config {
    Config {
        order_id: OrderId::new("o_1"),
        conversation_id: None,
        attempt: 1,
        briefing: Briefing {
            opening: "Hello, this is an AI assistant calling on behalf of Maria Lopez. I would like to order a pizza.".into(),
            ..Briefing::default()
        },
        limits: CallLimits::default(),
        second_voice: false,
    }
}

/// What the model does when it is asked.
#[derive(Clone, Debug, Default)]
pub(super) struct Reply {
    pub(super) text: String,
    /// How long it sounds; 60 ms a letter if absent.
    pub(super) sounds: Option<Duration>,
    /// How long until the first audio.
    pub(super) after: Option<Duration>,
    pub(super) tools: Vec<(&'static str, String)>,
    pub(super) status: Option<ResponseStatus>,
    /// It does not even begin.
    pub(super) mute: bool,
}

pub(super) fn says(text: &str) -> Reply {
    Reply { text: text.into(), ..Reply::default() }
}

impl Reply {
    pub(super) fn lasting(mut self, sounds: u64) -> Self {
        self.sounds = Some(ms(sounds));
        self
    }
    pub(super) fn after(mut self, wait: u64) -> Self {
        self.after = Some(ms(wait));
        self
    }
    pub(super) fn with(mut self, tool: &'static str, arguments: &str) -> Self {
        self.tools.push((tool, arguments.into()));
        self
    }
}

/// After so much silence the model takes a turn for over.
const ENDPOINT_SILENCE: Duration = ms(300);

/// How the carrier behaves.
#[derive(Clone, Debug)]
pub(super) struct Carrier {
    /// One way.
    pub(super) delay: Duration,
    pub(super) gives_marks: bool,
    pub(super) confirms_hang_up: bool,
    play_end: Duration,
    pub(super) bytes_sent: u64,
}

pub(super) struct Rig {
    pub(super) session: Session,
    pub(super) now: Duration,
    pub(super) carrier: Carrier,
    pub(super) line: Line,
    /// What is heard from the callee's side; silence after that.
    pub(super) sound: VecDeque<u8>,
    pub(super) replies: VecDeque<Reply>,
    pub(super) log: Vec<(Duration, Output)>,
    agenda: BTreeMap<(Duration, u64), (String, Input)>,
    planned: u64,
    responses: u64,
    /// The response that the model is at.
    active: Option<String>,
    stream_at: Option<Duration>,
    items: u64,
    /// What is to be heard on the callee's line, and from when on.
    tones: Vec<(Duration, Vec<u8>)>,
    pub(super) ended: Option<CallResult>,
    /// How long another session of the model takes to open; `None`: it does not.
    pub(super) reopens: Option<Duration>,
    opened: bool,
}

impl Rig {
    pub(super) fn new() -> Self {
        Self::of(config())
    }

    pub(super) fn of(config: Config) -> Self {
        let session = Session::with_tuning(config, Tuning { endpoint_silence: ENDPOINT_SILENCE, ..Tuning::default() });
        Self::around(session, ms(0))
    }

    /// The same call in another process, so long after this one was killed; `progress` is the carrier's word on it.
    pub(super) fn killed_and_taken_up(self, after: Duration, progress: Option<CallProgress>) -> Self {
        let (config, record, now) = (self.session.config.clone(), self.record(), self.now + after);
        let tuning = Tuning { endpoint_silence: ENDPOINT_SILENCE, ..Tuning::default() };
        let mut rig = Self::around(Session::resume(config, tuning, &record, progress, now), now);
        rig.responses = 100;
        rig.items = 100;
        rig
    }

    /// What a store would have of the call.
    pub(super) fn record(&self) -> Record {
        let mut record = Record::of(Some(CallSid::new("CA1")));
        for (at, output) in &self.log {
            match output {
                Output::Event(event) => record.note(at.as_millis() as u64, event),
                Output::Ledger(ledger) => record.ledger = (**ledger).clone(),
                Output::OpenVoice { .. }
                | Output::SwitchVoice
                | Output::Dial
                | Output::Carrier(_)
                | Output::Voice(_)
                | Output::BringBack
                | Output::HangUp
                | Output::CloseVoice
                | Output::Ended(_) => {}
            }
        }
        record
    }

    fn around(session: Session, now: Duration) -> Self {
        let carrier = Carrier { delay: ms(30), gives_marks: true, confirms_hang_up: true, play_end: now, bytes_sent: 0 };
        let mut rig = Self {
            session,
            now,
            carrier,
            line: Line::default(),
            sound: VecDeque::new(),
            replies: VecDeque::new(),
            log: Vec::new(),
            agenda: BTreeMap::new(),
            planned: 0,
            responses: 0,
            active: None,
            stream_at: None,
            items: 0,
            tones: Vec::new(),
            ended: None,
            reopens: Some(ms(400)),
            opened: false,
        };
        rig.drain();
        rig
    }

    /// A call that has just been answered; the stream began this moment.
    pub(super) fn answered() -> Self {
        Self::answered_with(config())
    }

    pub(super) fn answered_with(config: Config) -> Self {
        let mut rig = Self::of(config);
        rig.input(Input::VoiceReady);
        rig.dialled();
        rig.run(ms(500));
        rig.progress(CallProgress::Ringing);
        rig.run(ms(2_000));
        rig.progress(CallProgress::InProgress);
        rig.start_stream();
        rig
    }

    /// A call whose opening has been heard.
    pub(super) fn opened() -> Self {
        let mut rig = Self::answered();
        rig.callee_says(ms(300), ms(1_000), "Tony's Pizza, hello?");
        rig.run_until_quiet();
        assert!(rig.count(|o| matches!(o, Output::Event(CallEvent::Disclosed { .. }))) == 1, "the opening was not heard");
        rig
    }

    pub(super) fn dialled(&mut self) {
        self.input(Input::Dialled { call_sid: CallSid::new("CA1") });
    }

    pub(super) fn progress(&mut self, progress: CallProgress) {
        self.input(Input::Progress(progress));
    }

    pub(super) fn over(&mut self, disposition: Disposition) {
        self.progress(CallProgress::Over { disposition, duration_s: None });
    }

    pub(super) fn start_stream(&mut self) {
        self.stream_at = Some(self.now);
        self.input(Input::StreamStarted);
        self.plan(ms(20), "frame", Input::CalleeAudio(Bytes::from_static(&[0xff; 160])));
    }

    pub(super) fn input(&mut self, input: Input) {
        self.session.handle(self.now, input);
        self.drain();
    }

    /// The callee speaks so long from `after` on; a server hears it 60 ms late and its end 300 ms late.
    pub(super) fn callee_says(&mut self, after: Duration, sounds: Duration, text: &str) -> String {
        let item_id = self.callee_sounds(after, sounds);
        let text = Input::CalleeText { item_id: item_id.clone(), text: text.into(), done: true };
        self.plan(after + sounds + ms(500), "callee", text);
        item_id
    }

    /// A moment on the stream's clock.
    pub(super) fn stream_ms(&self, at: Duration) -> u64 {
        (at - self.stream_at.unwrap()).as_millis() as u64
    }

    /// The same without words.
    pub(super) fn callee_sounds(&mut self, after: Duration, sounds: Duration) -> String {
        if self.line.on {
            self.line.voice(self.now + after, sounds, 3_000.0);
        }
        self.speech(after, sounds)
    }

    /// The model's server takes something for speech.
    pub(super) fn speech(&mut self, after: Duration, sounds: Duration) -> String {
        self.items += 1;
        let item_id = format!("callee{}", self.items);
        let place = |at: Duration| self.stream_ms(self.now + at);
        let stop = after + sounds + ENDPOINT_SILENCE;
        let (start, end) = (place(after), place(stop));
        let id = || item_id.clone();
        self.plan(after + ms(60), "callee", Input::SpeechStarted { item_id: id(), audio_start_ms: start });
        self.plan(stop, "callee", Input::SpeechStopped { item_id: id(), audio_end_ms: end });
        self.plan(stop, "callee", Input::SpeechCommitted { item_id: id(), previous_item_id: None });
        item_id
    }

    /// So long from now on the callee's line sounds like this, µ-law.
    pub(super) fn line_sounds(&mut self, after: Duration, audio: Vec<u8>) {
        self.tones.push((self.now + after, audio));
    }

    /// The frame that the carrier sends now.
    fn heard_on_the_line(&self, silence: Input) -> Input {
        let frame = self.tones.iter().find_map(|(from, audio)| {
            let start = usize::try_from(self.now.checked_sub(*from)?.as_millis()).ok()? * 8;
            audio.get(start..(start + 160).min(audio.len())).filter(|frame| !frame.is_empty()).map(Bytes::copy_from_slice)
        });
        frame.map_or(silence, Input::CalleeAudio)
    }

    pub(super) fn plan(&mut self, after: Duration, tag: &str, input: Input) {
        self.planned += 1;
        self.agenda.insert((self.now + after, self.planned), (tag.into(), input));
    }

    /// The model is not at any response any more, and says nothing about it.
    pub(super) fn model_forgets(&mut self) {
        if let Some(active) = self.active.take() {
            self.agenda.retain(|_, (tag, _)| *tag != active);
        }
    }

    /// The model's socket breaks off, and with it everything that it had still to tell.
    pub(super) fn lose_voice(&mut self, trouble: Trouble) {
        self.model_is_another();
        self.input(Input::VoiceLost { trouble, message: "reset".into() });
    }

    /// Whatever comes from now on comes from another session, which gives the same names again.
    fn model_is_another(&mut self) {
        self.model_forgets();
        self.agenda.retain(|_, (tag, _)| tag != "callee" && tag != "model");
        (self.responses, self.items) = (0, 0);
    }

    /// The first session is opened by the test, those that follow by themselves.
    fn voice_is_asked_for(&mut self, beside: bool) {
        if !std::mem::replace(&mut self.opened, true) {
            return;
        }
        self.agenda.retain(|_, (tag, _)| tag != "voice");
        if let Some(after) = self.reopens {
            self.plan(after, "voice", if beside { Input::StandbyReady } else { Input::VoiceReady });
        }
    }

    /// No more audio comes from the callee's side, not even silence.
    pub(super) fn stop_frames(&mut self) {
        self.agenda.retain(|_, (tag, _)| tag != "frame");
    }

    /// Lets so much time pass.
    pub(super) fn run(&mut self, time: Duration) {
        let until = self.now + time;
        let mut steps = 0;
        loop {
            steps += 1;
            assert!(steps < 500_000, "time stands still at {:?}", self.now);
            let planned = self.agenda.keys().next().map(|(at, _)| *at);
            let wake = self.session.wake_at();
            let Some(next) = planned.into_iter().chain(wake).min().filter(|next| *next <= until) else { break };
            self.now = self.now.max(next);
            if planned.is_some_and(|at| at <= self.now) {
                let Some((_, (tag, input))) = self.agenda.pop_first() else { break };
                let mut input = input;
                if tag == "frame" && self.ended.is_none() {
                    self.plan(ms(20), "frame", input.clone());
                    input = Input::CalleeAudio(self.line.frame(self.now));
                    if !self.sound.is_empty() {
                        let frame: Vec<u8> = self.sound.drain(..self.sound.len().min(160)).collect();
                        input = Input::CalleeAudio(frame.into());
                    }
                }
                if matches!(&input, Input::ResponseEnded { response_id, .. } if self.active.as_ref() == Some(response_id)) {
                    self.active = None;
                }
                let input = if tag == "frame" { self.heard_on_the_line(input) } else { input };
                self.input(input);
            } else {
                self.input(Input::Tick);
            }
            assert!(self.session.wake_at().is_none_or(|at| at > self.now), "it wants to be woken in the past");
        }
        self.now = until;
    }

    /// Until nothing but frames and silence is to come, for at most a minute.
    pub(super) fn run_until_quiet(&mut self) {
        for _ in 0..600 {
            self.run(ms(100));
            let planned = self.agenda.values().any(|(tag, _)| tag != "frame");
            if !planned && self.active.is_none() && self.session.playback.idle() && self.session.responses.wanted().is_none() {
                return;
            }
        }
        panic!("the call does not come to rest");
    }

    /// Until the call's result is there.
    pub(super) fn run_to_end(&mut self) -> CallResult {
        for _ in 0..600 {
            if let Some(result) = &self.ended {
                return result.clone();
            }
            self.run(ms(1_000));
        }
        panic!("the call never ended");
    }

    pub(super) fn count(&self, wanted: impl Fn(&Output) -> bool) -> usize {
        self.log.iter().filter(|(_, output)| wanted(output)).count()
    }

    /// When it was first put out.
    pub(super) fn when(&self, wanted: impl Fn(&Output) -> bool) -> Option<Duration> {
        self.log.iter().find(|(_, output)| wanted(output)).map(|(at, _)| *at)
    }

    pub(super) fn stages(&self) -> Vec<CallStage> {
        let stage = |output: &Output| if let Output::Event(CallEvent::Stage { stage }) = output { Some(*stage) } else { None };
        self.log.iter().filter_map(|(_, output)| stage(output)).collect()
    }

    /// What the model was asked for: the words it was given, or "…".
    pub(super) fn asked(&self) -> Vec<String> {
        let asked = |output: &Output| {
            let Output::Voice(VoiceCommand::CreateResponse { instructions }) = output else { return None };
            Some(instructions.as_deref().map_or_else(|| "…".to_owned(), |text| words_to_say(text).unwrap_or(text).to_owned()))
        };
        self.log.iter().filter_map(|(_, output)| asked(output)).collect()
    }

    pub(super) fn tool_results(&self) -> Vec<String> {
        let result = |output: &Output| {
            if let Output::Voice(VoiceCommand::ToolResult { output, .. }) = output { Some(output.clone()) } else { None }
        };
        self.log.iter().filter_map(|(_, output)| result(output)).collect()
    }

    /// What the model was told aside.
    pub(super) fn notes(&self) -> Vec<String> {
        let note =
            |output: &Output| if let Output::Voice(VoiceCommand::Note { text }) = output { Some(text.clone()) } else { None };
        self.log.iter().filter_map(|(_, output)| note(output)).collect()
    }

    pub(super) fn events(&self) -> impl Iterator<Item = &CallEvent> {
        self.log.iter().filter_map(|(_, output)| if let Output::Event(event) = output { Some(event) } else { None })
    }

    pub(super) fn truncated_at(&self) -> Vec<u64> {
        let at = |output: &Output| {
            if let Output::Voice(VoiceCommand::Truncate { audio_end_ms, .. }) = output { Some(*audio_end_ms) } else { None }
        };
        self.log.iter().filter_map(|(_, output)| at(output)).collect()
    }

    fn drain(&mut self) {
        while let Some(output) = self.session.poll_output() {
            assert!(self.ended.is_none(), "something comes after the end: {output:?}");
            match &output {
                Output::Carrier(command) => self.carrier_does(command),
                Output::Voice(command) => self.model_does(command),
                Output::HangUp if self.carrier.confirms_hang_up => {
                    self.plan(ms(100), "hang-up", Input::StreamStopped);
                    let over = CallProgress::Over { disposition: Disposition::Completed, duration_s: None };
                    self.plan(ms(300), "hang-up", Input::Progress(over));
                }
                Output::Ended(result) => self.ended = Some((**result).clone()),
                Output::OpenVoice { beside, .. } => self.voice_is_asked_for(*beside),
                Output::SwitchVoice => self.model_is_another(),
                Output::HangUp | Output::Dial | Output::BringBack | Output::CloseVoice | Output::Event(_) | Output::Ledger(_) => {
                }
            }
            self.log.push((self.now, output));
        }
    }

    fn carrier_does(&mut self, command: &CarrierCommand) {
        let arrives = self.now + self.carrier.delay;
        match command {
            CarrierCommand::Audio(audio) => {
                assert!(!audio.is_empty() && audio.len() <= 800, "{} bytes at once", audio.len());
                self.carrier.bytes_sent += audio.len() as u64;
                let length = Duration::from_micros(125 * audio.len() as u64);
                self.line.play(self.carrier.play_end.max(arrives), audio);
                self.carrier.play_end = self.carrier.play_end.max(arrives) + length;
                let lead = self.carrier.play_end - arrives;
                assert!(lead <= ms(400), "{lead:?} ahead");
            }
            CarrierCommand::Mark { name } if self.carrier.gives_marks => {
                let back = self.carrier.play_end.max(arrives) + self.carrier.delay - self.now;
                self.plan(back, "mark", Input::MarkReturned { name: name.clone() });
            }
            CarrierCommand::Mark { .. } => {}
            CarrierCommand::Clear => {
                self.carrier.play_end = arrives;
                self.line.clear(arrives);
                let pending: Vec<_> = self.agenda.iter().filter(|(_, (tag, _))| tag == "mark").map(|(key, _)| *key).collect();
                for key in pending {
                    // Those on their way already come when they come.
                    if key.0 > arrives + self.carrier.delay
                        && let Some((_, input)) = self.agenda.remove(&key)
                    {
                        self.plan(2 * self.carrier.delay, "cleared", input);
                    }
                }
            }
        }
    }

    fn model_does(&mut self, command: &VoiceCommand) {
        match command {
            VoiceCommand::CreateResponse { instructions } => {
                assert!(self.active.is_none(), "two responses at once");
                let words = instructions.as_deref().and_then(words_to_say);
                let reply = self.replies.pop_front().unwrap_or_else(|| says(words.unwrap_or("All right.")));
                self.speak(&reply);
            }
            VoiceCommand::CancelResponse { response_id } => {
                if self.active.as_ref() == Some(response_id) {
                    self.agenda.retain(|_, (tag, _)| tag != response_id);
                    let (status, usage) = (ResponseStatus::Cancelled, Usage::default());
                    self.plan(ms(50), "model", Input::ResponseEnded { response_id: response_id.clone(), status, usage });
                } else {
                    let code = Some("response_cancel_not_active".to_owned());
                    self.plan(ms(50), "model", Input::VoiceError { code, message: "no active response".into() });
                }
            }
            VoiceCommand::AppendAudio(_)
            | VoiceCommand::Truncate { .. }
            | VoiceCommand::Recall { .. }
            | VoiceCommand::Note { .. }
            | VoiceCommand::ToolResult { .. } => {}
        }
    }

    /// The model makes its audio five times as fast as it sounds.
    fn speak(&mut self, reply: &Reply) {
        if reply.mute {
            return;
        }
        self.responses += 1;
        let (response_id, item_id) = (format!("resp{}", self.responses), format!("agent{}", self.responses));
        let tag = response_id.clone();
        let id = || response_id.clone();
        self.active = Some(id());
        self.plan(ms(50), &tag, Input::ResponseStarted { response_id: id() });
        let mut at = reply.after.unwrap_or(ms(250));
        if !reply.text.is_empty() {
            let sounds = reply.sounds.unwrap_or(ms(60 * reply.text.len() as u64));
            let text = Input::AgentTextDelta { response_id: id(), item_id: item_id.clone(), delta: reply.text.clone() };
            self.plan(at, &tag, text);
            let mut voice = Bytes::from(self.line.agent(sounds.as_micros() as usize / 125));
            while !voice.is_empty() {
                let length = voice.len().min(800);
                let audio = voice.split_to(length);
                let (item_id, content_index) = (item_id.clone(), 0);
                self.plan(at, &tag, Input::AgentAudio { response_id: id(), item_id, content_index, audio });
                at += ms(20);
            }
            self.plan(at, &tag, Input::AgentAudioDone { response_id: id(), item_id });
        }
        for (index, (name, arguments)) in reply.tools.iter().enumerate() {
            let call_id = format!("{response_id}-{index}");
            let (name, arguments) = ((*name).to_owned(), arguments.clone());
            self.plan(at, &tag, Input::ToolCall { response_id: id(), call_id, name, arguments });
        }
        let status = reply.status.unwrap_or(ResponseStatus::Completed);
        let usage = Usage { output_audio_tokens: 10, ..Usage::default() };
        self.plan(at + ms(10), &tag, Input::ResponseEnded { response_id: id(), status, usage });
    }
}
