//! Trouble with the model: its session is lost, expires, fails or is refused. Another one is opened, told what was heard, and the
//! call goes on; if none can be had in time, the call ends politely.

mod busy;
mod filler;
mod go_on;
mod outage;
mod replay;
mod swap;

pub(crate) use filler::Filler;
pub(crate) use outage::Outage;
pub(crate) use replay::Replay;
pub(crate) use swap::Swap;

use crate::{Input, Session};
use std::time::Duration;
use types::{CallEvent, TroubleKind, TroubleMet, Usage};

/// What is the matter with the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Its socket could not be opened, broke off, stalled, or said what nobody understands.
    Connection,
    /// Its session's time is over.
    Expired,
    /// Its server failed.
    Server,
    /// Its server wants fewer requests.
    Busy {
        /// When it takes some again, if it said so.
        wait: Option<Duration>,
    },
    /// Its server does not take us, and will not: the key, the quota, the model's name.
    Refused,
}

impl Trouble {
    pub(crate) fn kind(self) -> TroubleKind {
        match self {
            Self::Connection => TroubleKind::VoiceLost,
            Self::Expired => TroubleKind::VoiceExpired,
            Self::Server => TroubleKind::VoiceFailed,
            Self::Busy { .. } => TroubleKind::VoiceBusy,
            Self::Refused => TroubleKind::VoiceRefused,
        }
    }
}

/// Which of the configured models.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Provider {
    /// The usual one.
    #[default]
    First,
    /// The one for when the first cannot be had.
    Second,
}

impl Provider {
    pub(crate) fn other(self) -> Self {
        match self {
            Self::First => Self::Second,
            Self::Second => Self::First,
        }
    }
}

/// Everything that is known of the model's troubles in this call.
#[derive(Debug, Default)]
pub(crate) struct Troubles {
    /// Which model is spoken to, or is being opened.
    pub(crate) provider: Provider,
    /// Those that will not take us.
    refused: Vec<Provider>,
    pub(crate) outage: Option<Outage>,
    /// Sessions that were opened in place of a lost one.
    pub(crate) reopened: u32,
    /// Troubles that were met; renewals are none.
    pub(crate) breaks: u32,
    pub(crate) swap: Swap,
    busy: busy::Busy,
    /// When the model last said anything at all.
    heard_at: Duration,
    /// What a living model's server complained of last.
    complaint: Option<Trouble>,
    pub(crate) filler: Filler,
    pub(crate) replay: Replay,
    /// The callee's last words went to the new session as sound; if no turn comes of them they are asked for.
    turn_due: Option<Duration>,
    /// Which models spoke, in their order.
    pub(crate) spoke: Vec<Provider>,
    /// Of what was counted, the second model's share.
    pub(crate) second_usage: Usage,
}

impl Troubles {
    /// An earlier part of the call had these.
    pub(crate) fn remembered(ledger: &crate::Ledger) -> Self {
        Self {
            provider: ledger.provider,
            reopened: ledger.reopened,
            breaks: ledger.breaks,
            spoke: ledger.spoke.clone(),
            second_usage: ledger.second_usage,
            ..Self::default()
        }
    }

    fn usable(&self, provider: Provider, second: bool) -> bool {
        (provider == Provider::First || second) && !self.refused.contains(&provider)
    }
}

impl Session {
    /// The models that spoke, in the order in which they began.
    pub fn voices(&self) -> &[Provider] {
        &self.troubles.spoke
    }

    /// Of [`Session::usage`], what the second model counted.
    pub fn second_usage(&self) -> &Usage {
        &self.troubles.second_usage
    }

    pub(crate) fn count(&mut self, usage: Usage) {
        self.usage.add(usage);
        match self.troubles.provider {
            Provider::First => {}
            Provider::Second => self.troubles.second_usage.add(usage),
        }
    }

    /// The model has been heard to speak.
    pub(crate) fn voice_speaks(&mut self) {
        let provider = self.troubles.provider;
        if !self.troubles.spoke.contains(&provider) {
            self.troubles.spoke.push(provider);
        }
    }

    /// Whether the model has said anything since then.
    pub(crate) fn model_spoke_since(&self, then: Duration) -> bool {
        self.troubles.heard_at > then
    }

    /// How often something broke and was met.
    pub(crate) fn breaks(&self) -> u32 {
        self.troubles.breaks
    }

    /// A session of the model is open from now on.
    pub(crate) fn voice_begins(&mut self) {
        self.troubles.swap = Swap::begun(self.now);
    }

    pub(crate) fn tell_trouble(&mut self, what: TroubleKind, met: TroubleMet, gap: Duration) {
        match met {
            TroubleMet::Swapped => {}
            TroubleMet::Reconnected
            | TroubleMet::OtherVoice
            | TroubleMet::Waited
            | TroubleMet::BroughtBack
            | TroubleMet::NotMet => self.troubles.breaks += 1,
        }
        let gap_ms = u32::try_from(gap.as_millis()).unwrap_or(u32::MAX);
        self.event(CallEvent::Trouble { what, met, gap_ms });
    }

    /// The model lives, if it has said this.
    pub(crate) fn note_life(&mut self, input: &Input) {
        match input {
            Input::VoiceReady
            | Input::VoiceTrouble { .. }
            | Input::SpeechStarted { .. }
            | Input::SpeechStopped { .. }
            | Input::SpeechCommitted { .. }
            | Input::CalleeDoubted { .. }
            | Input::CalleeText { .. }
            | Input::ResponseStarted { .. }
            | Input::AgentAudio { .. }
            | Input::AgentAudioDone { .. }
            | Input::AgentTextDelta { .. }
            | Input::ToolCall { .. }
            | Input::ResponseEnded { .. }
            | Input::VoiceError { .. } => self.troubles.heard_at = self.now,
            Input::Tick
            | Input::Dialled { .. }
            | Input::DialRefused { .. }
            | Input::DialUnknown { .. }
            | Input::Progress(_)
            | Input::AnsweredBy(_)
            | Input::StreamStarted
            | Input::CalleeAudio(_)
            | Input::MarkReturned { .. }
            | Input::DigitReceived(_)
            | Input::StreamStopped
            | Input::StreamLost { .. }
            | Input::StreamRefused { .. }
            | Input::VoiceExpires { .. }
            | Input::VoiceLost { .. }
            | Input::StandbyReady
            | Input::StandbyLost { .. }
            | Input::Filler { .. }
            | Input::UserAnswer { .. }
            | Input::Instruction { .. }
            | Input::TakeOver
            | Input::UserAudio(_)
            | Input::UserLost
            | Input::HandBack
            | Input::Counted(_)
            | Input::Cost { .. }
            | Input::HangUp { .. } => {}
        }
    }
}
