//! While the model is lost: other sessions are asked for, one after the other, until one is there or the time is over.

use super::{Provider, Trouble};
use crate::Session;
use crate::io::Output;
use crate::opening::VoiceLink;
use crate::response::Ask;
use std::time::Duration;
use tracing::{info, warn};
use types::{EndedReason, TroubleKind, TroubleMet};

/// The longest pause between two tries.
const PAUSE_MAX: Duration = Duration::from_secs(2);

/// The model is lost.
#[derive(Debug)]
pub(crate) struct Outage {
    pub(super) since: Duration,
    pub(super) what: TroubleKind,
    /// The model that was lost.
    pub(super) before: Provider,
    cause: String,
    /// Since when a session is being opened.
    opening_since: Option<Duration>,
    /// When the next one is asked for, if none is being opened.
    try_at: Duration,
    pub(super) tries: u32,
    /// The last time that the other model may still be tried, although the usual time is over.
    last_chance: bool,
    /// The callee has spoken, or was about to be answered: they wait for us.
    pub(super) owed: bool,
    /// What is asked for in the new session.
    pub(super) ask: Option<Ask>,
    /// The agent broke off in the middle of its words.
    pub(super) broke_off: bool,
    /// The callee's words of the last turn are not known: only their sound is.
    pub(super) unheard: bool,
}

impl Session {
    /// The model cannot be spoken to any more. What the callee hears is not touched.
    pub(crate) fn lose_voice(&mut self, trouble: Trouble, message: String) {
        if self.closing.is_some() || self.troubles.outage.is_some() {
            return;
        }
        warn!(order_id = %self.config.order_id, ?trouble, cause = %message, "the model's session is lost");
        let opening = self.voice == VoiceLink::Opening;
        let since = if opening { self.survival.resumed_at() } else { self.now };
        let (ask, broke_off) = self.drop_response();
        let unheard = self.drop_turn();
        let ask = ask.max(self.responses.take_wanted());
        let owed = unheard || ask.is_some() || broke_off;
        // Until it has been said the call is not hung up.
        if ask == Some(Ask::Goodbye) {
            self.want(Ask::Goodbye);
        }
        self.voice = VoiceLink::Lost;
        self.troubles.outage = Some(Outage {
            since,
            what: trouble.kind(),
            before: self.troubles.provider,
            cause: message,
            opening_since: None,
            try_at: self.now,
            tries: 0,
            last_chance: false,
            owed,
            ask,
            broke_off,
            unheard,
        });
        if trouble == Trouble::Refused {
            self.refuse();
        } else if matches!(trouble, Trouble::Busy { .. }) || opening {
            self.take_other();
        }
        if self.troubles.swap.ready() {
            self.take_standby();
        } else if self.troubles.reopened >= self.tuning.reopenings_max {
            self.give_voice_up("its session was lost too often");
        }
    }

    /// A session that was asked for in place of the lost one does not come.
    pub(crate) fn reopening_failed(&mut self, trouble: Trouble, message: String) {
        let pause = self.tuning.reopen_pause;
        let Some(outage) = self.troubles.outage.as_mut().filter(|outage| outage.opening_since.is_some()) else { return };
        warn!(order_id = %self.config.order_id, ?trouble, cause = %message, tries = outage.tries, "no other session of the model");
        outage.opening_since = None;
        let pause = (pause * 2_u32.saturating_pow(outage.tries.saturating_sub(1))).min(PAUSE_MAX);
        outage.try_at = self.now + pause;
        if trouble == Trouble::Refused {
            self.refuse();
        } else {
            self.take_other();
        }
    }

    /// Before anything was dialled: the other model is tried, once.
    pub(crate) fn take_second_voice(&mut self) -> bool {
        let possible = self.config.second_voice && self.troubles.provider == Provider::First;
        if possible {
            self.troubles.provider = Provider::Second;
            self.troubles.swap = super::Swap::asked(self.now);
            self.outputs.push_back(Output::OpenVoice { provider: Provider::Second, beside: false });
        }
        possible
    }

    /// The model's server will not take us in this call.
    fn refuse(&mut self) {
        let provider = self.troubles.provider;
        if !self.troubles.refused.contains(&provider) {
            self.troubles.refused.push(provider);
        }
        self.take_other();
        if !self.troubles.usable(self.troubles.provider, self.config.second_voice) {
            self.give_voice_up("no other is configured");
        }
    }

    /// The next try is the other model's, if there is one. It need not be waited for.
    fn take_other(&mut self) {
        let other = self.troubles.provider.other();
        if self.troubles.usable(other, self.config.second_voice) {
            self.troubles.provider = other;
            let now = self.now;
            // The first change comes at once; going to and fro has its pauses.
            if let Some(outage) = self.troubles.outage.as_mut().filter(|outage| outage.tries <= 1) {
                outage.try_at = now;
            }
        }
    }

    pub(crate) fn reopen_at(&self) -> Option<Duration> {
        let outage = self.troubles.outage.as_ref().filter(|_| self.closing.is_none())?;
        Some(outage.opening_since.map_or(outage.try_at, |since| since + self.tuning.reopen_max))
    }

    pub(crate) fn reopen(&mut self) {
        let now = self.now;
        let Some(outage) = &mut self.troubles.outage else { return };
        if outage.opening_since.is_some() {
            return self.reopening_failed(Trouble::Connection, "its session did not open in time".to_owned());
        }
        outage.opening_since = Some(now);
        outage.tries += 1;
        let provider = self.troubles.provider;
        info!(order_id = %self.config.order_id, ?provider, "asking for another session of the model");
        self.outputs.push_back(Output::OpenVoice { provider, beside: false });
    }

    /// When the call can wait for a model no longer. What the callee still hears of our words is waited for.
    pub(crate) fn outage_over_at(&self) -> Option<Duration> {
        let outage = self.troubles.outage.as_ref().filter(|_| self.closing.is_none())?;
        let extra = if outage.last_chance { self.tuning.reopen_max } else { Duration::ZERO };
        let at = outage.since + self.tuning.outage_max + extra;
        let talking = if self.playback.speaks() { self.playback.play_end() + self.playback.unsent() } else { Duration::ZERO };
        Some(at.max(talking.min(outage.since + 3 * self.tuning.outage_max)))
    }

    pub(crate) fn outage_over(&mut self) {
        let second = Provider::Second;
        let untried = self.troubles.provider != second && self.troubles.usable(second, self.config.second_voice);
        if let Some(outage) = self.troubles.outage.as_mut().filter(|outage| untried && !outage.last_chance) {
            (outage.last_chance, outage.opening_since, outage.try_at) = (true, None, self.now);
            self.troubles.provider = second;
            return;
        }
        self.give_voice_up("no other session could be opened in time");
    }

    /// There will be no model: the call comes to its end, with what was learned so far.
    fn give_voice_up(&mut self, why: &str) {
        let Some(outage) = self.troubles.outage.take() else { return };
        warn!(order_id = %self.config.order_id, cause = %outage.cause, why, "the call goes on without a model no longer");
        self.tell_trouble(outage.what, TroubleMet::NotMet, self.now.saturating_sub(outage.since));
        self.voice = VoiceLink::Gone;
        self.outputs.push_back(Output::CloseVoice);
        let message = format!("the realtime model was lost: {}", outage.cause);
        match self.ending.reason() {
            // It was being ended anyway.
            Some(reason) => self.close(reason, Some(message)),
            None => self.close(EndedReason::VoiceLost, Some(message)),
        }
    }
}
