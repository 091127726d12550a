//! The sockets of the model: the one that speaks, the one that waits beside it, and those that are being opened. Each opening has
//! a number, so that what comes late of one that was given up is dropped.

use super::{Actor, CLOSE_LIMIT, Chore, briefing};
use crate::call::voice::VoiceSocket;
use crate::error::with_causes;
use session::{Input, Provider, Trouble, VoiceCommand};
use std::sync::Arc;
use tokio::task::AbortHandle;
use tokio::time::Instant;
use types::VoiceChoice;

/// The model's side of a call.
#[derive(Default)]
pub(super) struct VoiceSide {
    pub(super) socket: Option<Box<VoiceSocket>>,
    pub(super) standby: Option<Box<VoiceSocket>>,
    opening: Option<Opening>,
    opening_beside: Option<Opening>,
    opened: u64,
}

/// A session that is being opened.
struct Opening {
    number: u64,
    task: AbortHandle,
}

/// How the opening of a session came out.
pub(super) struct Opened {
    number: u64,
    voice: Result<Box<VoiceSocket>, (Trouble, String)>,
}

impl VoiceSide {
    fn stop_opening(&mut self, beside: bool) {
        let opening = if beside { &mut self.opening_beside } else { &mut self.opening };
        if let Some(opening) = opening.take() {
            opening.task.abort();
        }
    }
}

impl Actor {
    /// Opens a session in place of the one that is there, or beside it.
    pub(super) fn open_voice(&mut self, provider: Provider, beside: bool) {
        if beside {
            self.voice.stop_opening(true);
            let standby = self.voice.standby.take();
            self.let_go(standby);
        } else {
            self.voice.stop_opening(false);
            let socket = self.voice.socket.take();
            self.let_go(socket);
        }
        self.voice.opened += 1;
        let number = self.voice.opened;
        let (app, order, order_id) = (Arc::clone(&self.app), Arc::clone(&self.order), self.order_id.clone());
        let choice = choice_of(provider, &self.choice);
        let task = self.chores.spawn(async move {
            let Some(voice) = app.config.voice_of(provider) else {
                let voice = Err((Trouble::Refused, "no second voice is configured".to_owned()));
                return Chore::VoiceOpened(Opened { number, voice });
            };
            let limit = app.config.timing.voice_open_timeout;
            let opened = VoiceSocket::open(limit, voice, &briefing(&order, &choice), &choice).await;
            if opened.is_ok() {
                let model = voice.model_of(choice.model.as_deref());
                tracing::info!(%order_id, model, language = choice.language, beside, "voice open");
            }
            let voice = opened.map(Box::new).map_err(|error| (error.trouble(), with_causes(&error)));
            Chore::VoiceOpened(Opened { number, voice })
        });
        let opening = Some(Opening { number, task });
        if beside {
            self.voice.opening_beside = opening;
        } else {
            self.voice.opening = opening;
        }
    }

    pub(super) fn on_voice_opened(&mut self, Opened { number, voice }: Opened) {
        let is = |opening: &Option<Opening>| opening.as_ref().is_some_and(|opening| opening.number == number);
        if is(&self.voice.opening) {
            self.voice.opening = None;
            match voice {
                Ok(voice) => {
                    self.voice.socket = Some(voice);
                    self.cost.voice_opened(self.now());
                    self.feed(Input::VoiceReady);
                    self.tell_expiry();
                    self.ask_for_filler();
                }
                Err((trouble, message)) => self.feed(Input::VoiceLost { trouble, message }),
            }
        } else if is(&self.voice.opening_beside) {
            self.voice.opening_beside = None;
            match voice {
                Ok(voice) => {
                    self.voice.standby = Some(voice);
                    self.feed(Input::StandbyReady);
                }
                Err((_, message)) => self.feed(Input::StandbyLost { message }),
            }
        } else {
            // It was given up meanwhile.
            self.let_go(voice.ok());
        }
    }

    /// The session that waits beside takes over.
    pub(super) fn switch_voice(&mut self) {
        self.voice.stop_opening(false);
        let standby = self.voice.standby.take();
        let old = std::mem::replace(&mut self.voice.socket, standby);
        self.let_go(old);
        if self.voice.socket.is_some() {
            self.tell_expiry();
        } else {
            // It broke off at this very moment.
            self.feed(Input::VoiceLost { trouble: Trouble::Connection, message: "the second session is gone, too".into() });
        }
    }

    fn tell_expiry(&mut self) {
        if let Some(after) = self.voice.socket.as_ref().and_then(|voice| voice.expires_after()) {
            self.feed(Input::VoiceExpires { after });
        }
    }

    pub(super) fn send_to_voice(&mut self, command: VoiceCommand) {
        let Some(voice) = &mut self.voice.socket else { return };
        if let Err(error) = voice.send(command) {
            self.on_voice(Input::VoiceLost { trouble: Trouble::Connection, message: error.to_string() });
        }
    }

    pub(super) fn on_voice(&mut self, input: Input) {
        if matches!(input, Input::VoiceLost { .. }) {
            let socket = self.voice.socket.take();
            self.let_go(socket);
        }
        let counts = matches!(input, Input::ResponseEnded { .. } | Input::Counted(_));
        self.feed(input);
        if counts {
            self.tell_cost();
        }
    }

    /// The session that waits says something: only its end is of interest, and what it counts.
    pub(super) fn on_standby(&mut self, input: Input) {
        if let Input::VoiceLost { message, .. } = input {
            let standby = self.voice.standby.take();
            self.let_go(standby);
            self.feed(Input::StandbyLost { message });
        } else if let Input::Counted(usage) = input {
            self.feed(Input::Counted(usage));
        }
    }

    /// Whether the sockets live.
    pub(super) fn check_voices(&mut self, now: Instant) {
        let (stall, idle) = (self.app.config.timing.stall_timeout, self.app.config.timing.voice_idle_timeout);
        if let Some(Err(message)) = self.voice.socket.as_mut().map(|voice| voice.check(now, idle, stall)) {
            self.on_voice(Input::VoiceLost { trouble: Trouble::Connection, message });
        }
        if let Some(Err(message)) = self.voice.standby.as_mut().map(|voice| voice.check(now, idle, stall)) {
            self.on_standby(Input::VoiceLost { trouble: Trouble::Connection, message });
        }
    }

    pub(super) fn close_voice(&mut self) {
        self.voice.stop_opening(false);
        self.voice.stop_opening(true);
        let (socket, standby) = (self.voice.socket.take(), self.voice.standby.take());
        self.let_go(socket);
        self.let_go(standby);
    }

    fn let_go(&self, voice: Option<Box<VoiceSocket>>) {
        if let Some(voice) = voice {
            self.tell_passed_over("the realtime model", voice.passed_over());
            self.app.errands.spawn(voice.close(CLOSE_LIMIT));
        }
    }

    /// The names of the models that spoke.
    pub(super) fn voices_that_spoke(&self) -> Vec<String> {
        let name = |provider: &Provider| {
            let voice = self.app.config.voice_of(*provider)?;
            Some(voice.model_of(choice_of(*provider, &self.choice).model.as_deref()))
        };
        self.session.voices().iter().filter_map(name).collect()
    }

    fn ask_for_filler(&mut self) {
        if self.filler_asked || !self.app.config.fillers {
            return;
        }
        self.filler_asked = true;
        let (app, choice) = (Arc::clone(&self.app), self.choice.clone());
        self.chores.spawn(async move { Chore::Filler(app.fillers.get(&app.config, &choice).await) });
    }
}

/// What of an order's choice holds for a model: the names of voices and models are those of the first.
pub(super) fn choice_of(provider: Provider, choice: &VoiceChoice) -> VoiceChoice {
    match provider {
        Provider::First => choice.clone(),
        Provider::Second => VoiceChoice { voice: None, model: None, language: choice.language.clone() },
    }
}
