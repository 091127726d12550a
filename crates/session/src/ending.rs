//! How we end a call: the goodbye is played to its last mark, then we hang up.

use crate::Session;
use crate::response::Ask;
use crate::{io::HangUpBy, words};
use std::time::Duration;
use tracing::info;
use types::EndedReason;

/// A goodbye as old as this still counts when the model ends the call without another word.
const GOODBYE_FRESH: Duration = Duration::from_secs(15);
/// However long a goodbye is, it does not take longer.
const GOODBYE_LONGEST: Duration = Duration::from_secs(60);
/// After the last of its audio should have been played.
const GOODBYE_TAIL: Duration = Duration::from_secs(2);

/// The wish to hang up.
#[derive(Debug, Default)]
pub(crate) struct Endings {
    current: Option<Ending>,
    /// Goodbyes that the callee turned back into a conversation.
    undone: u32,
    goodbye_said_at: Option<Duration>,
}

#[derive(Debug)]
struct Ending {
    reason: EndedReason,
    since: Duration,
    /// The goodbye is said even over the callee.
    forced: bool,
}

impl Endings {
    pub(crate) fn reason(&self) -> Option<EndedReason> {
        self.current.as_ref().map(|ending| ending.reason)
    }

    pub(crate) fn undone(&self) -> u32 {
        self.undone
    }

    pub(crate) fn undo(&mut self) {
        if self.current.take().is_some() {
            self.undone += 1;
        }
        self.goodbye_said_at = None;
    }

    pub(crate) fn drop(&mut self) {
        self.current = None;
    }

    /// The agent's words were heard to their end.
    pub(crate) fn agent_said(&mut self, text: &str, now: Duration) {
        self.goodbye_said_at = words::says_goodbye(text).then_some(now);
    }
}

impl Session {
    /// The agent wants to hang up; what it is saying, or is about to say in the same response, is its goodbye.
    pub(crate) fn hang_up_wanted(&mut self) {
        if self.ending.current.is_none() {
            info!(order_id = %self.config.order_id, "the agent ends the call");
            self.ending.current = Some(Ending { reason: EndedReason::AgentHungUp, since: self.now, forced: false });
            self.responses.want_nothing();
        }
    }

    /// We end the call for a reason of our own, with a goodbye that has to be said first.
    pub(crate) fn say_goodbye(&mut self, reason: EndedReason) {
        self.ending.current = Some(Ending { reason, since: self.now, forced: false });
        self.responses.want_nothing();
        self.want(Ask::Goodbye);
    }

    /// A response in which the agent ended the call had no audio.
    pub(crate) fn goodbye_if_none_was_said(&mut self, ask: Ask) {
        let fresh = self.ending.goodbye_said_at.is_some_and(|at| self.now - at <= GOODBYE_FRESH);
        if !fresh && ask != Ask::Goodbye {
            self.want(Ask::Goodbye);
        }
    }

    pub(crate) fn goodbye_is_forced(&self) -> bool {
        self.ending.current.as_ref().is_some_and(|ending| ending.forced)
    }

    /// Hangs up once everything has been said and heard, and the callee is not speaking.
    pub(crate) fn hang_up_after_goodbye(&mut self) {
        let Some(ending) = &self.ending.current else { return };
        let said = self.responses.idle() && self.responses.wanted().is_none() && self.playback.idle();
        if said && self.closing.is_none() && (!self.turns.callee_has_floor() || self.barge_in_at().is_none()) {
            let reason = ending.reason;
            self.close(reason, None);
        }
    }

    pub(crate) fn goodbye_overdue_at(&self) -> Option<Duration> {
        let ending = self.ending.current.as_ref().filter(|_| self.closing.is_none())?;
        let playing = if self.playback.audible() {
            self.playback.play_end() + self.playback.unsent() + GOODBYE_TAIL
        } else {
            Duration::ZERO
        };
        Some((ending.since + self.tuning.goodbye_max).max(playing).min(ending.since + GOODBYE_LONGEST))
    }

    pub(crate) fn goodbye_overdue(&mut self) {
        if let Some(reason) = self.ending.reason() {
            self.close(reason, None);
        }
    }

    fn time_limit(&self) -> Option<Duration> {
        let limit = Duration::from_secs(u64::from(self.config.limits.call_max_s));
        self.call.answered_at.filter(|_| self.closing.is_none()).map(|at| at + limit)
    }

    /// When the agent must come to its end.
    pub(crate) fn time_notice_at(&self) -> Option<Duration> {
        // Over the user's voice nothing is said; the longest time holds all the same.
        let wanted = self.talking() && self.ending.current.is_none() && !self.is_taken_over();
        self.time_limit().filter(|_| wanted).map(|at| at.saturating_sub(self.tuning.time_limit_notice))
    }

    pub(crate) fn time_notice(&mut self) {
        info!(order_id = %self.config.order_id, "the call nears its longest time");
        self.say_goodbye(EndedReason::TimeLimit);
    }

    /// When the goodbye must be said whoever speaks.
    pub(crate) fn time_force_at(&self) -> Option<Duration> {
        let ending = self.ending.current.as_ref().filter(|ending| !ending.forced)?;
        match ending.reason {
            EndedReason::TimeLimit => self.time_limit().map(|at| at.saturating_sub(self.tuning.time_limit_force)),
            // What the callee still says costs too, so the goodbye waits for it no longer than at the time limit. Music and menus
            // never end.
            EndedReason::CostLimit | EndedReason::HoldLimit | EndedReason::MenuLimit => {
                let patience = self.tuning.time_limit_notice.saturating_sub(self.tuning.time_limit_force);
                self.time_limit().map(|_| ending.since + patience)
            }
            EndedReason::AgentHungUp
            | EndedReason::CalleeHungUp
            | EndedReason::MachineAnswered
            | EndedReason::UserHungUp
            | EndedReason::NotConnected
            | EndedReason::CarrierRefused
            | EndedReason::Silence
            | EndedReason::CarrierLost
            | EndedReason::VoiceLost
            | EndedReason::Shutdown => None,
        }
    }

    pub(crate) fn time_force(&mut self) {
        if let Some(ending) = &mut self.ending.current {
            ending.forced = true;
        }
        if self.responses.wanted() == Some(Ask::Goodbye) {
            self.interrupt_agent();
        }
    }

    pub(crate) fn time_limit_at(&self) -> Option<Duration> {
        self.time_limit()
    }

    pub(crate) fn time_limit_reached(&mut self) {
        self.close(EndedReason::TimeLimit, None);
    }

    pub(crate) fn on_hang_up(&mut self, by: HangUpBy) {
        if self.closing.is_some() {
            return;
        }
        let (reason, error) = match by {
            HangUpBy::User => (EndedReason::UserHungUp, None),
            HangUpBy::Shutdown => (EndedReason::Shutdown, Some("the call handler was shut down".to_owned())),
        };
        info!(order_id = %self.config.order_id, ?by, "hang-up asked for");
        self.close(reason, error);
    }
}
