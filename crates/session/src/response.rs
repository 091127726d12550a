//! The one owner of `response.create` and `response.cancel`: at most one response is under way.

use crate::io::{ResponseStatus, VoiceCommand};
use crate::trouble::Trouble;
use crate::{Session, opening};
use std::collections::VecDeque;
use std::time::Duration;
use tracing::{debug, warn};
use types::Usage;

/// What a response is asked for; the greater one is the more urgent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Ask {
    /// A word into a long silence.
    StillThere,
    /// A word to a callee who waits while the user is asked.
    StillChecking,
    /// The callee is asked to wait while the user is asked.
    OneMoment,
    /// The answer to what the callee said, or to a tool's result.
    Answer,
    /// The first words after the line was lost and has come back.
    PickUp,
    /// The sentence that tells that an AI is calling, because it was missing.
    Disclosure,
    /// The first words.
    Opening,
    /// Who is calling and why, because a machine asks.
    Name,
    /// The key that a machine wants before it puts us through.
    Key,
    /// The message for voicemail.
    Message,
    /// The last words.
    Goodbye,
}

/// Tool calls without a word that are answered with another response, one after the other.
const SILENT_TOOL_ROUNDS_MAX: u32 = 5;
/// Responses that may fail one after the other before the model counts as lost.
const FAILURES_MAX: u32 = 2;
const RECENT_MAX: usize = 16;

#[derive(Debug, Default)]
enum State {
    #[default]
    Idle,
    /// Asked for; the model has not begun it. `void`: it will be cancelled as soon as it has a name.
    Requested {
        ask: Ask,
        since: Duration,
        void: bool,
    },
    Active(Active),
    /// The model says that a response is active of which we know nothing.
    Blocked {
        ask: Ask,
        since: Duration,
    },
}

#[derive(Debug)]
struct Active {
    id: String,
    ask: Ask,
    since: Duration,
    cancelled_at: Option<Duration>,
    audio: bool,
    tools: bool,
    /// It has done something after which one waits for the callee.
    nothing_follows: bool,
    /// A tool's result comes later.
    later: bool,
}

/// The response under way, and the one that is wanted next.
#[derive(Debug, Default)]
pub(crate) struct Responses {
    state: State,
    wanted: Option<Ask>,
    /// In a row.
    failures: u32,
    silent_tool_rounds: u32,
    last_error: Option<String>,
    /// Lately over, so that a repeat is not counted again.
    ended: VecDeque<String>,
    /// Lately cancelled; what still comes of them is not taken.
    dropped: VecDeque<String>,
    /// Items of late of which audio was taken, or which the model was told to forget.
    settled: VecDeque<String>,
}

impl Responses {
    /// Whether the item was not settled before.
    fn settle(&mut self, item_id: &str) -> bool {
        let fresh = !self.settled.iter().any(|known| known == item_id);
        if fresh {
            remember(&mut self.settled, item_id);
        }
        fresh
    }

    /// No response is under way; one may be wanted.
    pub(crate) fn idle(&self) -> bool {
        matches!(self.state, State::Idle)
    }

    /// A response is under way that nobody has cancelled.
    pub(crate) fn live(&self) -> bool {
        match &self.state {
            State::Idle | State::Blocked { .. } => false,
            State::Requested { void, .. } => !void,
            State::Active(active) => active.cancelled_at.is_none(),
        }
    }

    /// It is live and no audio of it has come.
    pub(crate) fn live_without_audio(&self) -> bool {
        self.live() && !matches!(&self.state, State::Active(Active { audio: true, .. }))
    }

    pub(crate) fn wanted(&self) -> Option<Ask> {
        self.wanted
    }

    pub(crate) fn want_nothing(&mut self) {
        self.wanted = None;
    }

    /// The live response has this id.
    pub(crate) fn is_live(&self, id: &str) -> bool {
        matches!(&self.state, State::Active(active) if active.id == id && active.cancelled_at.is_none())
    }

    /// Of the live response: its tool calls want no further answer.
    pub(crate) fn nothing_follows(&mut self, id: &str) {
        if let State::Active(active) = &mut self.state
            && active.id == id
        {
            active.nothing_follows = true;
        }
    }

    pub(crate) fn take_wanted(&mut self) -> Option<Ask> {
        self.wanted.take()
    }

    pub(crate) fn note_error(&mut self, message: String) {
        self.last_error = Some(message);
    }

    /// The session that was asked is gone. What it was asked for and has not given in full; nothing of the old session's names
    /// is remembered.
    pub(crate) fn start_afresh(&mut self) -> Option<Ask> {
        (self.failures, self.silent_tool_rounds) = (0, 0);
        self.ended.clear();
        self.dropped.clear();
        self.settled.clear();
        match std::mem::take(&mut self.state) {
            State::Idle | State::Requested { void: true, .. } => None,
            State::Requested { ask, .. } | State::Blocked { ask, .. } => Some(ask),
            State::Active(active) => active.cancelled_at.is_none().then_some(active.ask),
        }
    }

    /// Since when an answer is waited for, if that is long.
    pub(crate) fn slow_since(&self, now: Duration, tuning: &crate::Tuning) -> Option<Duration> {
        let since = match &self.state {
            State::Idle => return None,
            State::Requested { since, .. } | State::Blocked { since, .. } => *since,
            State::Active(active) if active.audio || active.cancelled_at.is_some() => return None,
            State::Active(active) => active.since,
        };
        (now >= since + tuning.slow_after).then_some(since)
    }

    pub(crate) fn timer(&self, tuning: &crate::Tuning) -> Option<Duration> {
        match &self.state {
            State::Idle => None,
            State::Requested { since, .. } => Some(*since + tuning.response_start_max),
            State::Active(Active { cancelled_at: Some(at), .. }) => Some(*at + tuning.cancel_max),
            State::Active(active) => Some(active.since + tuning.response_max),
            State::Blocked { since, .. } => Some(*since + tuning.response_start_max),
        }
    }
}

impl Session {
    /// A response of this kind is owed. It is created when nothing else is under way and nobody speaks.
    pub(crate) fn want(&mut self, ask: Ask) {
        if self.answered.mutes(ask) {
            return;
        }
        self.responses.wanted = self.responses.wanted.max(Some(ask));
    }

    /// Creates the response that is owed, if this is the moment.
    pub(crate) fn pump_response(&mut self) {
        let Some(ask) = self.responses.wanted else { return };
        if self.is_taken_over() {
            self.responses.wanted = None;
            return;
        }
        let free = self.responses.idle() && !self.playback.speaks();
        let floor = !self.turns.callee_has_floor() || self.goodbye_is_forced() || self.answered.leaves_message();
        let held = ask == Ask::Answer && (self.turns.answer_at().is_some() || self.answer_waits_until().is_some());
        let held = held || ask != Ask::Goodbye && self.hold.waiting();
        if !self.talking() || !free || !floor || held || self.keys.busy() || self.held_back() {
            return;
        }
        // Somebody has spoken, and their words do not come.
        self.end_hold();
        self.responses.wanted = None;
        let Some(ask) = self.disclosure_first(ask) else { return };
        let instructions = match ask {
            Ask::PickUp => self.words_to_pick_up(),
            Ask::StillThere
            | Ask::StillChecking
            | Ask::OneMoment
            | Ask::Answer
            | Ask::Disclosure
            | Ask::Opening
            | Ask::Name
            | Ask::Key
            | Ask::Message
            | Ask::Goodbye => opening::instructions(ask, &self.config.briefing, self.ending.reason()),
        };
        if ask == Ask::Answer {
            self.instructions.followed();
        }
        self.responses.state = State::Requested { ask, since: self.now, void: false };
        self.tell_voice(VoiceCommand::CreateResponse { instructions });
    }

    /// Stops the response that is under way, if there is one.
    pub(crate) fn cancel_response(&mut self) {
        let now = self.now;
        let id = match &mut self.responses.state {
            State::Idle | State::Blocked { .. } => return,
            State::Requested { void, .. } => {
                *void = true;
                return;
            }
            State::Active(active) if active.cancelled_at.is_some() => return,
            State::Active(active) => {
                active.cancelled_at = Some(now);
                active.id.clone()
            }
        };
        remember(&mut self.responses.dropped, &id);
        self.tell_voice(VoiceCommand::CancelResponse { response_id: id });
    }

    pub(crate) fn on_response_started(&mut self, id: String) {
        if self.responses.ended.contains(&id) || self.responses.dropped.contains(&id) {
            return;
        }
        let (ask, void) = match &self.responses.state {
            State::Requested { ask, void, .. } => (*ask, *void),
            // Not asked for by us: it is let run like an answer, so that there are never two.
            State::Blocked { ask, .. } => {
                let ask = *ask;
                self.want(ask);
                (Ask::Answer, self.turns.callee_has_floor())
            }
            State::Idle => (Ask::Answer, self.turns.callee_has_floor()),
            State::Active(_) => return,
        };
        let void = void || self.closing.is_some() || self.is_taken_over();
        let (tools, nothing_follows, later) = (false, false, false);
        let active = Active { id, ask, since: self.now, cancelled_at: None, audio: false, tools, nothing_follows, later };
        self.responses.state = State::Active(active);
        if void {
            self.cancel_response();
        }
    }

    /// The response gives something: audio or something else. Whether it is the live one.
    pub(crate) fn response_gives(&mut self, id: &str, audio: bool) -> bool {
        if matches!(self.responses.state, State::Requested { .. }) {
            self.on_response_started(id.to_owned());
        }
        if audio && self.responses.is_live(id) {
            self.server_answers();
        }
        match &mut self.responses.state {
            State::Active(active) if active.id == id && active.cancelled_at.is_none() => {
                active.audio |= audio;
                if audio {
                    self.responses.failures = 0;
                    self.responses.silent_tool_rounds = 0;
                }
                true
            }
            State::Active(_) | State::Idle | State::Requested { .. } | State::Blocked { .. } => false,
        }
    }

    /// Audio of the item is taken.
    pub(crate) fn audio_is_taken(&mut self, item_id: &str) {
        self.responses.settle(item_id);
    }

    /// Audio of an answer comes that was stopped before any of it had come: the model makes faster than it is heard, and takes
    /// for said what nobody will hear. It is told once.
    pub(crate) fn forget_unheard(&mut self, response_id: &str, item_id: &str, content_index: u32) {
        if self.responses.dropped.iter().any(|id| id == response_id) && self.responses.settle(item_id) {
            self.tell_voice(VoiceCommand::Truncate { item_id: item_id.to_owned(), content_index, audio_end_ms: 0 });
        }
    }

    /// The response has called a tool; `later`: whose result it does not wait for.
    pub(crate) fn response_calls_tool(&mut self, id: &str, later: bool) {
        if let State::Active(active) = &mut self.responses.state
            && active.id == id
        {
            active.tools = true;
            active.later |= later;
        }
    }

    pub(crate) fn on_response_ended(&mut self, id: &str, status: ResponseStatus, usage: Usage) {
        if self.responses.ended.iter().any(|ended| ended == id) {
            return;
        }
        remember(&mut self.responses.ended, id);
        self.count(usage);
        match std::mem::take(&mut self.responses.state) {
            State::Active(active) if active.id == id => self.after_response(active, status),
            // The one that stood in our way, or a refusal of ours that never began.
            State::Blocked { ask, .. } => self.want(ask),
            State::Idle => {}
            State::Requested { ask, void, .. } if status == ResponseStatus::Failed => self.after_failure(ask, void),
            other @ (State::Requested { .. } | State::Active(_)) => self.responses.state = other,
        }
    }

    pub(crate) fn on_voice_error(&mut self, code: Option<&str>, message: String) {
        debug!(order_id = %self.config.order_id, code, "the model's server reports an error");
        match (code, std::mem::take(&mut self.responses.state)) {
            (Some("response_cancel_not_active"), State::Active(active)) if active.cancelled_at.is_some() => {
                self.close_items(&active.id);
            }
            (Some("conversation_already_has_active_response"), State::Requested { ask, void, .. }) => {
                if !void {
                    self.responses.state = State::Blocked { ask, since: self.now };
                }
            }
            (_, state) => {
                self.responses.state = state;
                self.responses.last_error = Some(message);
            }
        }
    }

    /// The response did not begin, or did not end, in its time.
    pub(crate) fn response_overdue(&mut self) {
        match std::mem::take(&mut self.responses.state) {
            State::Idle => {}
            State::Blocked { ask, .. } => self.after_failure(ask, false),
            State::Requested { ask, void, since }
                if !void && !self.model_spoke_since(since + self.tuning.response_start_max / 2) =>
            {
                // Not a word of it for so long: it is not slow but gone.
                self.want(ask);
                self.lose_voice(Trouble::Connection, "it does not answer".to_owned());
            }
            State::Requested { ask, void, .. } => self.after_failure(ask, void),
            State::Active(active) if active.cancelled_at.is_some() => self.close_items(&active.id),
            State::Active(active) => {
                warn!(order_id = %self.config.order_id, "the model does not finish its response");
                let (ask, silent) = (active.ask, !active.audio);
                self.responses.state = State::Active(active);
                self.cancel_response();
                if silent {
                    self.after_failure(ask, false);
                }
            }
        }
    }

    fn after_response(&mut self, active: Active, status: ResponseStatus) {
        if active.cancelled_at.is_none() && !active.nothing_follows {
            self.check_claims(&active.id);
        }
        self.close_items(&active.id);
        if active.cancelled_at.is_some() || self.closing.is_some() {
            return;
        }
        if status == ResponseStatus::Failed && !active.audio && !active.tools {
            return self.after_failure(active.ask, false);
        }
        self.responses.failures = 0;
        if active.audio {
            return;
        }
        if self.ending.reason().is_some() {
            self.goodbye_if_none_was_said(active.ask);
        } else if active.nothing_follows {
            self.turns.answer_fails();
        } else if active.later && self.asking.is_open() {
            self.want(Ask::OneMoment);
        } else if active.tools && self.responses.silent_tool_rounds < SILENT_TOOL_ROUNDS_MAX {
            self.responses.silent_tool_rounds += 1;
            self.want(Ask::Answer);
        } else {
            self.turns.answer_fails();
            self.opener_stayed_empty(active.ask);
        }
    }

    /// The server does not even begin the response that was asked for.
    pub(crate) fn response_refused(&mut self) {
        match std::mem::take(&mut self.responses.state) {
            State::Requested { ask, void, .. } => self.after_failure(ask, void),
            other @ (State::Idle | State::Blocked { .. } | State::Active(_)) => self.responses.state = other,
        }
    }

    fn after_failure(&mut self, ask: Ask, void: bool) {
        if void || self.closing.is_some() || self.waits_for_server(ask) {
            return;
        }
        self.responses.failures += 1;
        let busy = self.server_is_busy();
        self.want(ask);
        if self.responses.failures < FAILURES_MAX && !busy {
            return;
        }
        let cause = self.responses.last_error.take().map(|error| format!(": {error}")).unwrap_or_default();
        let trouble = self.blamed();
        self.lose_voice(trouble, format!("it did not answer{cause}"));
    }

    fn close_items(&mut self, response_id: &str) {
        if let Some(name) = self.playback.close(response_id) {
            self.tell_carrier(crate::io::CarrierCommand::Mark { name });
        }
    }
}

fn remember(recent: &mut VecDeque<String>, id: &str) {
    recent.push_back(id.to_owned());
    if recent.len() > RECENT_MAX {
        recent.pop_front();
    }
}
