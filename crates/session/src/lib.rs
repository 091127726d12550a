//! Core: one live call as a state machine, and the ledger of what its callee has heard.
//!
//! No clock, no tokio, no sockets: time is an argument, everything that happens outside is an [`Input`], everything that
//! should happen outside is an [`Output`]. One [`Session::handle`], then drain [`Session::poll_output`] until it is empty,
//! then sleep until [`Session::wake_at`] or the next input.

mod agent;
mod answered;
mod asking;
mod barge_in;
mod callee_clock;
mod claims;
mod closing;
mod cost;
mod disclosure;
mod ending;
mod fragments;
mod hearing;
mod hold;
mod honesty;
mod instructions;
pub mod io;
mod keys;
mod menu;
mod opening;
mod overlap;
mod playback;
mod recall;
pub mod record;
mod recorded;
mod response;
mod result;
mod resume;
mod stream;
mod summary;
mod take_over;
mod telephone;
mod timers;
mod tools;
mod transcript;
mod trouble;
pub mod tuning;
mod turns;
mod user_voice;
mod words;

#[cfg(test)]
mod tests;

pub use asking::QuestionStanding;
pub use io::{
    CallProgress, CarrierCommand, CarrierVerdict, Config, HangUpBy, Input, Output, Recalled, ResponseStatus, VoiceCommand,
};
pub use record::{Ledger, Record};
pub use trouble::{Provider, Trouble};
pub use tuning::Tuning;

use std::collections::VecDeque;
use std::time::Duration;
use types::{AgentState, CallEvent, Usage};

/// One call, from the accepted order to its one result.
#[derive(Debug)]
pub struct Session {
    config: Config,
    tuning: Tuning,
    /// Since the session was born; never goes back.
    now: Duration,
    outputs: VecDeque<Output>,
    call: telephone::Call,
    voice: opening::VoiceLink,
    stream: stream::Stream,
    playback: playback::Playback,
    responses: response::Responses,
    turns: turns::Turns,
    disclosure: disclosure::Disclosure,
    answered: answered::Answered,
    ending: ending::Endings,
    closing: Option<closing::Closing>,
    keys: keys::Keys,
    claims: claims::Claims,
    menus: menu::Menus,
    hold: hold::Hold,
    ended: bool,
    transcript: transcript::Transcript,
    report: Option<tools::Report>,
    usage: Usage,
    turn_latency_ms: Vec<u32>,
    agent_state: Option<AgentState>,
    /// How often it was taken up again, and what of it was put out for the record.
    survival: resume::Survival,
    asking: asking::Asking,
    instructions: instructions::Instructions,
    taken_over: Option<take_over::TakenOver>,
    user_voice: user_voice::UserVoice,
    /// What became of the model's sessions.
    troubles: Box<trouble::Troubles>,
}

impl Session {
    /// A call that begins now. Its first outputs are waiting.
    pub fn new(config: Config) -> Self {
        Self::with_tuning(config, Tuning::default())
    }

    /// A call with other times than the usual ones.
    pub fn with_tuning(config: Config, tuning: Tuning) -> Self {
        let mut session = Self::unborn(config, tuning);
        session.begin();
        session
    }

    /// Before anything has happened.
    fn unborn(config: Config, tuning: Tuning) -> Self {
        let disclosure = disclosure::Disclosure::new(config.briefing.disclosure());
        Self {
            config,
            now: Duration::ZERO,
            outputs: VecDeque::new(),
            call: telephone::Call::default(),
            voice: opening::VoiceLink::Opening,
            stream: stream::Stream::default(),
            playback: playback::Playback::new(&tuning),
            responses: response::Responses::default(),
            turns: turns::Turns::default(),
            disclosure,
            answered: answered::Answered::default(),
            ending: ending::Endings::default(),
            closing: None,
            keys: keys::Keys::default(),
            claims: claims::Claims::default(),
            menus: menu::Menus::default(),
            hold: hold::Hold::default(),
            ended: false,
            transcript: transcript::Transcript::default(),
            report: None,
            usage: Usage::default(),
            turn_latency_ms: Vec::new(),
            agent_state: None,
            survival: resume::Survival::default(),
            asking: asking::Asking::default(),
            instructions: instructions::Instructions::default(),
            taken_over: None,
            user_voice: user_voice::UserVoice::default(),
            troubles: Box::default(),
            tuning,
        }
    }

    /// Takes one thing that has happened. `now` is the time since the session was born; what lies before an earlier `now` counts
    /// as that earlier one. After [`Output::Ended`] every input is ignored.
    pub fn handle(&mut self, now: Duration, input: Input) {
        self.now = self.now.max(now);
        self.run_timers();
        if self.ended {
            return;
        }
        self.note_life(&input);
        self.accept(input);
        self.settle();
        self.run_timers();
        self.keep_ledger();
    }

    /// The next thing to do, in order.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When [`Session::handle`] wants to be called with [`Input::Tick`] at the latest, on the clock of `now`; always later than
    /// the last `now`. `None` once the call has ended.
    pub fn wake_at(&self) -> Option<Duration> {
        self.next_timer().map(|at| at.max(self.now + Duration::from_micros(125)))
    }

    fn accept(&mut self, input: Input) {
        match input {
            Input::Tick => {}
            Input::Dialled { call_sid } => self.on_dialled(call_sid),
            Input::DialRefused { message } => self.on_dial_refused(message),
            Input::DialUnknown { message } => self.on_dial_unknown(message),
            Input::Progress(progress) => self.on_progress(progress),
            Input::AnsweredBy(verdict) => self.on_carrier_verdict(verdict),
            Input::StreamStarted => self.on_stream_started(),
            Input::CalleeAudio(audio) => self.on_callee_audio(audio),
            Input::MarkReturned { name } => self.on_mark_returned(&name),
            Input::DigitReceived(key) => self.on_digit(key),
            Input::StreamStopped => self.on_stream_stopped(),
            Input::StreamLost { message } => self.on_stream_lost(message),
            Input::StreamRefused { message } => self.on_stream_refused(message),
            Input::VoiceReady => self.on_voice_ready(),
            Input::VoiceExpires { after } => self.on_voice_expires(after),
            Input::VoiceLost { trouble, message } => self.on_voice_lost(trouble, message),
            Input::VoiceTrouble { trouble, message } => self.on_voice_trouble(trouble, message),
            Input::StandbyReady => self.on_standby_ready(),
            Input::StandbyLost { message } => self.on_standby_lost(&message),
            Input::Filler { text, audio } => self.on_filler(text, audio),
            Input::SpeechStarted { item_id, audio_start_ms } => self.on_speech_started(item_id, audio_start_ms),
            Input::SpeechStopped { item_id, audio_end_ms } => self.on_speech_stopped(&item_id, audio_end_ms),
            Input::SpeechCommitted { item_id, previous_item_id } => {
                self.on_speech_committed(item_id, previous_item_id.as_deref());
            }
            Input::CalleeDoubted { item_id, words } => self.transcript.doubt(&item_id, words),
            Input::CalleeText { item_id, text, done } => self.on_callee_text(&item_id, &text, done),
            Input::ResponseStarted { response_id } => self.on_response_started(response_id),
            Input::AgentAudio { response_id, item_id, content_index, audio } => {
                self.on_agent_audio(&response_id, &item_id, content_index, audio);
            }
            Input::AgentAudioDone { response_id, item_id } => self.on_agent_audio_done(&response_id, &item_id),
            Input::AgentTextDelta { response_id, item_id, delta } => self.on_agent_text(&response_id, &item_id, &delta),
            Input::ToolCall { response_id, call_id, name, arguments } => {
                self.on_tool_call(&response_id, call_id, &name, &arguments);
            }
            Input::ResponseEnded { response_id, status, usage } => self.on_response_ended(&response_id, status, usage),
            Input::Counted(usage) => self.count(usage),
            Input::Cost { so_far_micros, with_goodbye_micros } => self.on_cost(so_far_micros, with_goodbye_micros),
            Input::VoiceError { code, message } => self.on_voice_error(code.as_deref(), message),
            Input::HangUp { by } => self.on_hang_up(by),
            Input::UserAnswer { id, text } => self.on_user_answer(&id, text),
            Input::Instruction { id, text } => self.on_instruction(id, &text),
            Input::TakeOver => self.on_take_over(),
            Input::UserAudio(audio) => self.on_user_audio(audio),
            Input::UserLost => self.on_user_lost(),
            Input::HandBack => self.on_hand_back(),
        }
    }

    /// Draws the consequences of what has just changed.
    fn settle(&mut self) {
        self.drop_question_at_end();
        self.drop_take_over_at_end();
        self.prove_disclosure();
        self.finish_played_items();
        self.pump_keys();
        self.hang_up_after_goodbye();
        self.pump_response();
        self.tell_agent_state();
        self.finish_closing();
    }

    fn event(&mut self, event: CallEvent) {
        self.outputs.push_back(Output::Event(event));
    }

    fn tell_carrier(&mut self, command: CarrierCommand) {
        if self.stream.on() {
            self.outputs.push_back(Output::Carrier(command));
        }
    }

    fn tell_voice(&mut self, command: VoiceCommand) {
        if self.voice == opening::VoiceLink::Open {
            self.outputs.push_back(Output::Voice(command));
        }
    }

    /// Both sides can talk: the stream is on, the model is there, and the call is not being closed.
    fn talking(&self) -> bool {
        self.on_line() && self.voice == opening::VoiceLink::Open
    }

    /// The callee can hear us: the stream is on, and the call is not being closed.
    fn on_line(&self) -> bool {
        self.stream.on() && self.closing.is_none()
    }
}
