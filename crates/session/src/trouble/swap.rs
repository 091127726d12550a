//! Before a session of the model comes to the end of its time a second one is opened beside it, and takes over when nobody
//! speaks and nothing is open. Nobody hears of it.

use crate::Session;
use crate::io::Output;
use crate::opening::VoiceLink;
use std::time::Duration;
use tracing::{info, warn};
use types::{TroubleKind, TroubleMet};

/// How long a second session that does not open is waited for, and the pause before it is tried again.
const AGAIN_AFTER: Duration = Duration::from_secs(15);

/// The session's time, and the one beside it.
#[derive(Debug, Default)]
pub(crate) struct Swap {
    opened_at: Duration,
    expires_at: Option<Duration>,
    beside: Beside,
}

#[derive(Debug, Default)]
enum Beside {
    #[default]
    None,
    /// Asked for then, or lost then.
    Opening(Duration),
    Ready,
}

impl Swap {
    pub(super) fn ready(&self) -> bool {
        matches!(self.beside, Beside::Ready)
    }

    /// A session is asked for now.
    pub(super) fn asked(now: Duration) -> Self {
        Self::begun(now)
    }

    /// A session was opened now.
    pub(super) fn begun(now: Duration) -> Self {
        Self { opened_at: now, ..Self::default() }
    }
}

impl Session {
    /// The session that is open, or is opened next, lives so long.
    pub(crate) fn on_voice_expires(&mut self, after: Duration) {
        self.troubles.swap.expires_at = Some(self.now.saturating_add(after));
    }

    /// When the first session was asked for, if that was not at the beginning.
    pub(crate) fn voice_asked_at(&self) -> Duration {
        self.troubles.swap.opened_at
    }

    /// When the session should be renewed.
    fn renewal_at(&self) -> Duration {
        let swap = &self.troubles.swap;
        let own = swap.opened_at + self.tuning.session_max;
        let told = swap.expires_at.map_or(own, |at| at.saturating_sub(self.tuning.swap_before));
        own.min(told).max(swap.opened_at + self.tuning.session_min)
    }

    /// When a second session is opened: at a quiet moment, or, shortly before the end, whatever happens.
    pub(crate) fn swap_at(&self) -> Option<Duration> {
        let open = self.voice == VoiceLink::Open && self.closing.is_none() && self.call.answered_at.is_some();
        if !open || self.ending.reason().is_some() {
            return None;
        }
        let due = self.renewal_at();
        let pressing = due + self.tuning.swap_before / 2;
        let quiet = self.quiet_from();
        match self.troubles.swap.beside {
            Beside::Ready => quiet,
            Beside::Opening(since) => Some(since + AGAIN_AFTER),
            Beside::None => Some(quiet.map_or(pressing, |quiet| due.max(quiet).min(pressing))),
        }
    }

    pub(crate) fn swap_due(&mut self) {
        match self.troubles.swap.beside {
            Beside::Ready => self.take_standby(),
            Beside::None | Beside::Opening(_) => {
                info!(order_id = %self.config.order_id, "the model's session nears its end; opening another one beside it");
                self.troubles.swap.beside = Beside::Opening(self.now);
                self.outputs.push_back(Output::OpenVoice { provider: self.troubles.provider, beside: true });
            }
        }
    }

    pub(crate) fn on_standby_ready(&mut self) {
        if matches!(self.troubles.swap.beside, Beside::Opening(_)) {
            self.troubles.swap.beside = Beside::Ready;
            if self.troubles.outage.is_some() {
                self.take_standby();
            }
        }
    }

    pub(crate) fn on_standby_lost(&mut self, message: &str) {
        match self.troubles.swap.beside {
            Beside::None => {}
            Beside::Opening(_) | Beside::Ready => {
                warn!(order_id = %self.config.order_id, cause = message, "the second session of the model is lost");
                self.troubles.swap.beside = Beside::Opening(self.now);
            }
        }
    }

    /// The second session takes over.
    pub(super) fn take_standby(&mut self) {
        let lost = self.troubles.outage.take();
        let (what, gap) = lost
            .as_ref()
            .map_or((TroubleKind::VoiceExpired, Duration::ZERO), |outage| (outage.what, self.now.saturating_sub(outage.since)));
        info!(order_id = %self.config.order_id, ?what, "the second session of the model takes over");
        self.outputs.push_back(Output::SwitchVoice);
        self.tell_trouble(what, if lost.is_some() { TroubleMet::Reconnected } else { TroubleMet::Swapped }, gap);
        self.go_on(lost);
    }

    /// From when on a moment is quiet: nobody speaks, nothing is queued, nothing is open.
    fn quiet_from(&self) -> Option<Duration> {
        let responses = self.responses.idle() && self.responses.wanted().is_none();
        let callee = !self.turns.callee_has_floor() && !self.transcript.awaits_text();
        let quiet = responses && callee && self.playback.idle() && self.talking();
        quiet.then(|| self.turns.last_sound() + self.tuning.quiet_moment)
    }
}
