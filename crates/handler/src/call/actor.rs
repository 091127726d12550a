//! The call's task: feeds the session core and carries out what it puts out. Decides nothing itself.

mod resume;
mod taping;
mod voice;

use self::voice::{Opened, VoiceSide};
use super::dial::{self, Dialled};
use super::listen::Monitor;
use super::media::MediaSocket;
use super::meter::CostWatch;
use super::user::{UserLine, next_of_user};
use super::voice::VoiceSocket;
use crate::answer;
use crate::app::App;
use crate::carrier;
use crate::error::with_causes;
use crate::estimate;
use crate::fillers::Filler;
use crate::live::{Answer, Ends, LiveCall, Message};
use crate::recording::{Taping, mix::Mix};
use crate::voice::Voice;
use session::{CallProgress, CarrierCommand, Input, Output, Session};
use std::future::pending;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};
use types::{Briefing, CallEvent, CallResult, CallSid, CallStage, Order, OrderId, Recording, Speaker, VoiceChoice};

/// How often a quiet call looks after its sockets.
const BEAT: Duration = Duration::from_secs(1);
/// How often levels are shown to those who watch.
const LEVELS_BEAT: Duration = Duration::from_millis(100);
/// How long a socket has for its goodbye.
const CLOSE_LIMIT: Duration = Duration::from_secs(1);
/// How long until storing the result is tried again; doubled each time. A disk may be full for long, and a result is not given up
/// for that.
const FINISH_PAUSE: Duration = Duration::from_millis(100);
/// The longest of these pauses.
const FINISH_PAUSE_MAX: Duration = Duration::from_secs(5);

/// Something that takes a while and ends in one message to the session.
enum Chore {
    VoiceOpened(Opened),
    Filler(Option<Filler>),
    Dialled(Dialled),
    Polled(Option<CallProgress>),
}

/// What a call's task is made of.
struct Parts {
    app: Arc<App>,
    call: Arc<LiveCall>,
    ends: Ends,
    order_id: OrderId,
    order: Order,
    session: Session,
    age: Duration,
}

/// One call.
pub(crate) struct Actor {
    app: Arc<App>,
    call: Arc<LiveCall>,
    order_id: OrderId,
    order: Arc<Order>,
    /// What of the order's choice of voice holds.
    choice: VoiceChoice,
    /// When this task began, and how old the session's clock was then.
    born: Instant,
    age: Duration,
    /// An earlier task began the call.
    resumed: bool,
    /// It was brought back to a new media stream.
    fetched: bool,
    pub(super) session: Session,
    messages: mpsc::Receiver<Message>,
    answer: Arc<watch::Sender<Option<Answer>>>,
    answered: bool,
    media: Option<Box<MediaSocket>>,
    voice: VoiceSide,
    filler_asked: bool,
    chores: JoinSet<Chore>,
    monitor: Monitor,
    taping: Option<Taping>,
    /// Why a call that was to be recorded is not, or what there is of it.
    recorded: Option<Recording>,
    levels: (u8, u8),
    beat_at: Instant,
    watch: CarrierWatch,
    cost: CostWatch,
    result: Option<Box<CallResult>>,
    /// The call is to be left to the next handler.
    leaving: bool,
    /// The user who speaks in the agent's place.
    pub(super) user: Option<UserLine>,
}

/// What is needed to know when the carrier must be asked because it tells nothing.
struct CarrierWatch {
    call_sid: Option<CallSid>,
    connected: bool,
    over: bool,
    hanging_up: bool,
    polling: bool,
    news_at: Instant,
}

impl Actor {
    pub(crate) fn new(app: Arc<App>, call: Arc<LiveCall>, ends: Ends, order_id: OrderId, order: Order) -> Self {
        let (config, tuning) = Self::configured(&app, &order_id, &order);
        let session = Session::with_tuning(config, tuning);
        Self::make(Parts { app, call, ends, order_id, order, session, age: Duration::ZERO })
    }

    /// What the session of an order is born with.
    fn configured(app: &App, order_id: &OrderId, order: &Order) -> (session::Config, session::Tuning) {
        let (mut config, tuning) = configured(&app.config.voice, &app.config.tuning, order_id, order);
        config.second_voice = estimate::second_holds(&app.config, order);
        (config, tuning)
    }

    fn make(parts: Parts) -> Self {
        let Parts { app, call, ends, order_id, order, session, age } = parts;
        let now = Instant::now();
        let choice = app.config.voice.choice(&order);
        Self {
            cost: CostWatch::new(estimate::meter(&app.config, &order, &choice), order.limits.call_max_s),
            choice,
            session,
            app,
            call,
            order_id,
            order: Arc::new(order),
            born: now,
            age,
            resumed: !age.is_zero(),
            messages: ends.messages,
            answer: ends.answer,
            answered: false,
            media: None,
            voice: VoiceSide::default(),
            filler_asked: false,
            fetched: false,
            chores: JoinSet::new(),
            monitor: Monitor::new(now),
            taping: None,
            recorded: None,
            levels: (0, 0),
            beat_at: now + BEAT,
            watch: CarrierWatch {
                call_sid: None,
                connected: false,
                over: false,
                hanging_up: false,
                polling: false,
                news_at: now,
            },
            result: None,
            leaving: false,
            user: None,
        }
    }

    /// The session's clock.
    fn now(&self) -> Duration {
        self.age + self.born.elapsed()
    }

    /// Carries the order out to its one result.
    pub(crate) async fn run(mut self) {
        let sleep = sleep_until(self.beat_at);
        tokio::pin!(sleep);
        loop {
            self.carry_out();
            self.let_user_go();
            if let Some(result) = self.result.take() {
                return self.finish(*result).await;
            }
            if self.can_leave() {
                return self.leave();
            }
            let wake = self.wake_at();
            if sleep.deadline() != wake {
                sleep.as_mut().reset(wake);
            }
            tokio::select! {
                input = next_of_media(&mut self.media) => self.on_media(input),
                input = next_of_voice(&mut self.voice.socket) => self.on_voice(input),
                input = next_of_voice(&mut self.voice.standby) => self.on_standby(input),
                said = next_of_user(&mut self.user) => self.on_user(said),
                Some(message) = self.messages.recv() => self.on_message(message),
                Some(done) = self.chores.join_next(), if !self.chores.is_empty() => match done {
                    Ok(chore) => self.on_chore(chore),
                    // Aborted by ourselves; a panic in a chore is a panic of the call.
                    Err(error) => if let Ok(panic) = error.try_into_panic() { std::panic::resume_unwind(panic) },
                },
                () = &mut sleep => self.on_time(),
            }
        }
    }

    /// Does what the session wants done.
    pub(super) fn carry_out(&mut self) {
        while let Some(output) = self.session.poll_output() {
            self.perform(output);
        }
    }

    pub(super) fn feed(&mut self, input: Input) {
        self.session.handle(self.now(), input);
    }

    fn wake_at(&self) -> Instant {
        let listener = self.monitor.has_listeners().then(|| self.monitor.next_frame_at());
        let session = self.session.wake_at().map(|at| self.born + at.saturating_sub(self.age));
        [listener, session, self.poll_at()].into_iter().flatten().fold(self.beat_at, Instant::min)
    }

    fn on_time(&mut self) {
        let now = Instant::now();
        if self.monitor.has_listeners() {
            self.monitor.advance(now);
        }
        if self.beat_at <= now {
            self.beat(now);
        }
        if self.poll_at().is_some_and(|at| at <= now) {
            self.poll_carrier();
        }
        self.feed(Input::Tick);
    }

    /// Looks after the sockets and shows the levels.
    fn beat(&mut self, now: Instant) {
        let timing = &self.app.config.timing;
        let stall = timing.stall_timeout;
        if let Some(Err(error)) = self.media.as_ref().map(|media| media.check(now, stall)) {
            self.on_media(Input::StreamLost { message: error.to_string() });
        }
        self.check_voices(now);
        self.monitor.metered = self.call.is_watched() && self.media.is_some();
        if self.monitor.metered {
            let levels = self.monitor.take_levels(now);
            if levels != self.levels {
                self.levels = levels;
                self.call.publish_levels(self.at_ms(), levels.0, levels.1);
            }
        }
        self.tell_cost();
        let age = self.now();
        if let Some(taping) = &mut self.taping {
            taping.write(age);
        }
        self.beat_at = now + if self.monitor.metered { LEVELS_BEAT } else { BEAT };
    }

    fn on_media(&mut self, input: Input) {
        if let Input::CalleeAudio(audio) = &input {
            self.watch.news_at = Instant::now();
            self.monitor.callee_said(audio);
            self.tape(|mix, at| mix.callee_said(at, audio.clone()));
        }
        if let Input::MarkReturned { name } = &input {
            self.tape(|mix, at| mix.mark_returned(at, name));
        }
        if matches!(input, Input::StreamStopped | Input::StreamLost { .. } | Input::StreamRefused { .. })
            && let Some(media) = self.media.take()
        {
            self.tell_passed_over("the carrier", media.passed_over());
            self.app.errands.spawn(media.close(CLOSE_LIMIT));
        }
        self.feed(input);
    }

    fn tell_cost(&mut self) {
        if let Some(cost) = self.cost.look(&self.session, self.now()) {
            self.feed(cost);
        }
    }

    fn on_message(&mut self, message: Message) {
        match message {
            Message::Claimed(call_sid) => self.on_call_sid(call_sid),
            Message::Progress(progress) => self.on_progress(progress),
            Message::AnsweredBy(verdict) => self.feed(Input::AnsweredBy(verdict)),
            Message::Stream(media) => {
                tracing::info!(order_id = %self.order_id, "media socket joined");
                crash_point::reach("handler.media_joined");
                self.media = Some(media);
                self.watch.connected = true;
                self.watch.news_at = Instant::now();
                self.feed(Input::StreamStarted);
                self.begin_taping();
            }
            Message::HangUp(by) => self.feed(Input::HangUp { by }),
            Message::HandOver => self.leaving = true,
            Message::Answer { question_id, text, reply } => self.on_answer(question_id, text, reply),
            Message::Instruction { instruction_id, text, reply } => self.on_instruction(instruction_id, text, reply),
            Message::TakeOver(reply) => self.on_take_over(reply),
            // Who asked may have gone already.
            Message::Listen(reply) => drop(reply.send(self.monitor.listen(Instant::now()))),
        }
    }

    fn on_chore(&mut self, chore: Chore) {
        match chore {
            Chore::VoiceOpened(opened) => self.on_voice_opened(opened),
            Chore::Filler(filler) => {
                if let Some(Filler { text, audio }) = filler {
                    self.feed(Input::Filler { text, audio });
                }
            }
            Chore::Dialled(Dialled::Accepted(call_sid)) => self.on_call_sid(call_sid),
            Chore::Dialled(Dialled::Refused(message)) => self.feed(Input::DialRefused { message }),
            Chore::Dialled(Dialled::Unknown(message)) => self.feed(Input::DialUnknown { message }),
            Chore::Polled(progress) => {
                self.watch.polling = false;
                self.watch.news_at = Instant::now();
                if let Some(progress) = progress {
                    self.on_progress(progress);
                }
            }
        }
    }

    /// The order has its call: from the carrier's answer, or from its webhook if that comes first.
    fn on_call_sid(&mut self, call_sid: CallSid) {
        if self.watch.call_sid.is_some() {
            return;
        }
        self.watch.call_sid = Some(call_sid.clone());
        self.watch.news_at = Instant::now();
        self.call.set_call_sid(call_sid.clone());
        self.feed(Input::Dialled { call_sid: call_sid.clone() });
        self.keep_answer(call_sid);
    }

    /// The order is answered with its call's name, once.
    fn keep_answer(&mut self, call_sid: CallSid) {
        if !self.answered {
            self.answered = true;
            let (status, body) = answer::accepted(&self.order_id, call_sid);
            let (tell, told) = (Arc::clone(&self.answer), (status, body.clone()));
            // Once the call's name is durable the answer is true, whether it could be kept or not.
            let kept = self.app.store.keep_answer(&self.order_id, status, body, move |_| {
                crash_point::reach("handler.answer_kept");
                drop(tell.send_replace(Some(told)));
            });
            if let Err(error) = kept {
                tracing::error!(order_id = %self.order_id, error = %with_causes(&error), "the answer could not be kept");
            }
        }
    }

    fn on_progress(&mut self, progress: CallProgress) {
        self.watch.news_at = Instant::now();
        match progress {
            CallProgress::Over { .. } => self.watch.over = true,
            CallProgress::InProgress => self.watch.connected = true,
            CallProgress::Queued | CallProgress::Initiated | CallProgress::Ringing => {}
        }
        tracing::debug!(order_id = %self.order_id, ?progress, "progress at the carrier");
        self.feed(Input::Progress(progress));
    }

    /// When the carrier is to be asked how the call gets on, because it has told nothing for a while.
    fn poll_at(&self) -> Option<Instant> {
        let watch = &self.watch;
        if watch.call_sid.is_none() || watch.over || watch.hanging_up || watch.polling {
            return None;
        }
        let timing = &self.app.config.timing;
        let patience = if watch.connected && self.media.is_some() { timing.poll_connected } else { timing.poll_ringing };
        Some(watch.news_at + patience)
    }

    fn poll_carrier(&mut self) {
        let Some(call_sid) = self.watch.call_sid.clone() else { return };
        self.watch.polling = true;
        let (app, order_id) = (Arc::clone(&self.app), self.order_id.clone());
        self.chores.spawn(async move {
            match app.carrier.fetch(&call_sid).await {
                Ok(call) => Chore::Polled(carrier::progress(call.status, call.duration_s())),
                Err(error) => {
                    tracing::warn!(%order_id, error = %with_causes(&error), "the carrier does not tell how the call gets on");
                    Chore::Polled(None)
                }
            }
        });
    }

    fn perform(&mut self, output: Output) {
        match output {
            Output::OpenVoice { provider, beside } => self.open_voice(provider, beside),
            Output::SwitchVoice => self.switch_voice(),
            Output::Dial => {
                let (app, order_id, order) = (Arc::clone(&self.app), self.order_id.clone(), Arc::clone(&self.order));
                self.chores.spawn(async move { Chore::Dialled(dial::dial(&app, &order_id, &order).await) });
            }
            Output::Carrier(command) => self.send_to_carrier(command),
            Output::Voice(command) => self.send_to_voice(command),
            Output::BringBack => self.bring_back(),
            Output::HangUp => self.hang_up(),
            Output::CloseVoice => self.close_voice(),
            Output::Event(event) => self.record(event),
            Output::Ledger(ledger) => self.keep_ledger(&ledger),
            Output::Ended(result) => self.result = Some(result),
        }
    }

    fn send_to_carrier(&mut self, command: CarrierCommand) {
        let Some(media) = &mut self.media else { return };
        if let Err(error) = media.send(&command) {
            return self.on_media(Input::StreamLost { message: error.to_string() });
        }
        match command {
            CarrierCommand::Audio(audio) => {
                self.tape(|mix, at| mix.agent_sent(at, audio.clone()));
                self.monitor.agent_sent(audio, Instant::now());
            }
            CarrierCommand::Clear => {
                self.tape(Mix::cleared);
                self.monitor.cleared(Instant::now());
            }
            CarrierCommand::Mark { name } => self.tape(|mix, _| mix.mark_sent(&name)),
        }
    }

    /// Ends the call at the carrier. Goes on after the call's own end if the carrier is slow to confirm.
    fn hang_up(&mut self) {
        self.watch.hanging_up = true;
        let politely = self.says_farewell();
        let (app, call, order_id) = (Arc::clone(&self.app), Arc::clone(&self.call), self.order_id.clone());
        self.app.errands.spawn(async move {
            let Some(call_sid) = call.call_sid() else {
                tracing::error!(%order_id, "there is no call to hang up yet");
                return;
            };
            tracing::info!(%order_id, %call_sid, "hanging up at the carrier");
            let ended = match politely {
                true => super::farewell(&app, &call_sid).await,
                false => super::hang_up_until_over(&app, &call_sid).await,
            };
            if let Some(ended) = ended
                && let Some(progress) = carrier::progress(ended.status, ended.duration_s())
            {
                // The call may have ended without this confirmation.
                if call.tell(Message::Progress(progress)).await.is_err() {
                    crate::late::news(&app, &order_id, &call_sid, progress).await;
                }
            }
        });
    }

    fn tell_passed_over(&self, who: &str, (unknown, unreadable): (u32, u32)) {
        if unknown + unreadable > 0 {
            tracing::info!(order_id = %self.order_id, unknown, unreadable, "{who} sent what was passed over");
        }
    }

    /// Makes an event durable, then shows it.
    fn record(&mut self, event: CallEvent) {
        if let CallEvent::Stage { stage } = &event {
            match stage {
                CallStage::Ringing => tracing::info!(order_id = %self.order_id, "ringing"),
                CallStage::Connected => tracing::info!(order_id = %self.order_id, "answered"),
                CallStage::Queued | CallStage::Dialling | CallStage::Ended => {}
            }
        }
        let call = Arc::clone(&self.call);
        let order_id = self.order_id.clone();
        let submitted = self.app.store.append_event(order_id, self.at_ms(), event, move |stored| match stored {
            Ok(event) => call.publish(event),
            Err(error) => tracing::error!(error = %with_causes(&error), "an event of a call could not be stored"),
        });
        if let Err(error) = submitted {
            tracing::error!(order_id = %self.order_id, error = %with_causes(&error), "an event of a call could not be stored");
        }
    }

    /// Milliseconds since the order was accepted.
    fn at_ms(&self) -> u64 {
        u64::try_from(self.now().as_millis()).unwrap_or(u64::MAX)
    }

    /// Makes the result durable and lets everything go.
    async fn finish(mut self, mut result: CallResult) {
        result.cost = estimate::cost(&self.app.config, &self.order, &self.choice, &result, self.session.second_usage());
        result.voices = self.voices_that_spoke();
        let age = self.now();
        if let Some(taping) = self.taping.take() {
            self.recorded = Some(taping.close(age).await);
        }
        result.recording = self.recorded.take();
        let turns = |speaker: Speaker| result.transcript.iter().filter(|line| line.speaker == speaker).count();
        tracing::info!(order_id = %self.order_id, call_sid = self.watch.call_sid.as_ref().map(CallSid::as_str),
            conversation_id = result.conversation_id.as_ref().map(|id| id.as_str()), reason = ?result.ended_reason,
            status = ?result.status, duration_s = result.duration, callee_turns = turns(Speaker::Callee),
            agent_turns = turns(Speaker::Agent), "the end of the call was noticed");
        let (refusal, report) = if self.answered { (None, true) } else { answer::of_unanswered(&result) };
        let at_ms = self.at_ms();
        finish(&self.app, &self.call, result, at_ms, refusal.clone(), report).await;
        if refusal.is_some() {
            self.answer.send_replace(refusal);
        }
        self.close_voice();
        if let Some(media) = self.media.take() {
            self.app.errands.spawn(media.close(CLOSE_LIMIT));
        }
    }
}

/// What the session of an order is born with, where this voice speaks.
pub(crate) fn configured(
    voice: &Voice,
    tuning: &session::Tuning,
    order_id: &OrderId,
    order: &Order,
) -> (session::Config, session::Tuning) {
    let config = session::Config {
        order_id: order_id.clone(),
        conversation_id: order.conversation_id.clone(),
        attempt: order.attempt,
        briefing: briefing(order, &voice.choice(order)),
        limits: order.limits.clone(),
        second_voice: false,
    };
    let mut tuning = tuning.clone();
    tuning.endpoint_silence = Duration::from_millis(voice.options.turns.silence_ms().into());
    (config, tuning)
}

/// What the voice is told, in the language that holds here.
pub(crate) fn briefing(order: &Order, choice: &VoiceChoice) -> Briefing {
    Briefing::of(&Order { language: choice.language.clone(), ..order.clone() })
}

/// Stores a result, tells those who watch, and wakes the outbox.
pub(crate) async fn finish(app: &App, call: &LiveCall, result: CallResult, at_ms: u64, answer: Option<Answer>, report: bool) {
    crash_point::reach("handler.before_result_stored");
    let mut pause = FINISH_PAUSE;
    while !app.stop.is_cancelled() {
        match app.store.finish(result.clone(), at_ms, answer.clone(), report).await {
            Ok(ended) => {
                crash_point::reach("handler.after_result_stored");
                if let Some(ended) = ended {
                    call.publish(ended);
                }
                if report {
                    app.outbox_wake.notify_one();
                }
                return;
            }
            Err(error) => {
                tracing::error!(order_id = %result.order_id, error = %with_causes(&error), "the result could not be stored; trying again");
                tokio::select! {
                    () = tokio::time::sleep(pause) => {}
                    () = app.stop.cancelled() => {}
                }
                pause = (pause * 2).min(FINISH_PAUSE_MAX);
            }
        }
    }
    tracing::error!(order_id = %result.order_id, "the result is lost for now; the next start looks the call up at the carrier");
}

async fn next_of_media(media: &mut Option<Box<MediaSocket>>) -> Input {
    match media {
        Some(media) => media.next().await,
        None => pending().await,
    }
}

async fn next_of_voice(voice: &mut Option<Box<VoiceSocket>>) -> Input {
    match voice {
        Some(voice) => voice.next().await,
        None => pending().await,
    }
}
