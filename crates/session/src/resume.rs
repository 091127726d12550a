//! A call that goes on after the process that carried it out is gone: taken up from its record, brought back to a new media
//! stream, and joined where it broke off.

use crate::io::{CallProgress, Output};
use crate::opening::{ENGLISH, VoiceLink};
use crate::playback::{BYTES_A_LETTER_MAX, Item};
use crate::record::{Ledger, Record};
use crate::response::Ask;
use crate::trouble::Troubles;
use crate::{Config, Session, Tuning, stream, transcript, words};
use std::time::Duration;
use tracing::{info, warn};
use types::{CallEvent, CallStage, EndedReason, Speaker, TroubleKind, TroubleMet, briefing, language};

/// How old the stored count of what was heard of a line under way may be.
const HEARD_EVERY: Duration = Duration::from_secs(1);
/// The longest line that is said again; of a longer one the callee is asked where they were.
const AGAIN_CHARS_MAX: usize = 400;

/// How often a call was taken up again, and what of it was put out for the record.
#[derive(Debug, Default)]
pub(crate) struct Survival {
    resumed: u32,
    resumed_at: Duration,
    brought_back_at: Option<Duration>,
    /// When the stream broke off that is being brought back.
    lost_at: Option<Duration>,
    /// The goodbye was under way when the line broke off, for this reason.
    was_ending: Option<EndedReason>,
    stored: Ledger,
    stored_at: Duration,
}

impl Survival {
    /// When the call was taken up the last time; its beginning if it never was.
    pub(crate) fn resumed_at(&self) -> Duration {
        self.resumed_at
    }

    /// How often it was taken up.
    pub(crate) fn resumed(&self) -> u32 {
        self.resumed
    }
}

impl Session {
    /// A call that an earlier session began, on that session's clock. It is not dialled: once the model's session is open it
    /// is brought back to a new media stream, or, if nobody has answered yet, waited for. What the callee is not known to have
    /// heard counts as not said. A call that is over, was being ended, or was taken up too often only comes to its end.
    ///
    /// The record must name the call. `progress` is what the carrier says of it now. The first outputs are waiting.
    pub fn resume(config: Config, tuning: Tuning, record: &Record, progress: Option<CallProgress>, now: Duration) -> Self {
        let mut session = Self::unborn(config, tuning);
        session.now = now;
        session.remember(record);
        if let Some(progress) = progress {
            session.on_progress(progress);
        }
        if let Some(reason) = record.ledger.closing {
            session.close(reason, None);
        } else if session.survival.resumed > session.tuning.resumes_max {
            session.close(EndedReason::Shutdown, Some("the call handler was restarted too often during the call".to_owned()));
        }
        if session.closing.is_some() {
            session.voice = VoiceLink::Gone;
        } else {
            info!(order_id = %session.config.order_id, times = session.survival.resumed, "taking a call up again");
            let provider = session.troubles.provider;
            session.outputs.push_back(Output::OpenVoice { provider, beside: false });
        }
        session.settle();
        session.run_timers();
        session.keep_ledger();
        session
    }

    fn remember(&mut self, record: &Record) {
        let (ledger, lines) = (&record.ledger, record.transcript());
        self.call.stage = Some(record.stage.unwrap_or(CallStage::Dialling));
        self.call.asked_at = Some(self.now);
        self.call.sid.clone_from(&record.call_sid);
        self.carrier_knows_the_call();
        self.call.answered_at = ledger.answered_ms.map(Duration::from_millis);
        self.stream = stream::Stream::resumed(ledger.stream_ms.map(Duration::from_millis));
        let opened = lines.iter().any(|line| line.speaker == Speaker::Agent && !line.interrupted);
        self.disclosure.remember(record.disclosed_at_ms, opened);
        if lines.iter().any(|line| line.speaker == Speaker::Callee) {
            self.turns.heard_callee(self.now);
        }
        self.hold.remember(Duration::from_millis(ledger.held_ms));
        self.turn_latency_ms.clone_from(&record.turn_latency_ms);
        self.usage = ledger.usage;
        self.answered.remember(record.answered_by, ledger.message_left, self.now);
        self.report.clone_from(&ledger.report);
        (self.asking, self.instructions) = (record.asking.clone(), record.instructions.clone());
        self.user_voice.remember(&record.user_spoke);
        // Whose voice it was has not come along.
        if record.taken_over {
            self.event(CallEvent::TakenOver { on: false });
        }
        *self.troubles = Troubles::remembered(ledger);
        self.transcript = transcript::Transcript::recorded(lines);
        self.survival = Survival {
            resumed: ledger.resumed + 1,
            resumed_at: self.now,
            brought_back_at: None,
            lost_at: None,
            was_ending: ledger.ending,
            stored: ledger.clone(),
            stored_at: self.now,
        };
    }

    /// Why the call is being ended, once it is.
    pub fn ends_because(&self) -> Option<EndedReason> {
        self.closing.as_ref().map(|closing| closing.reason)
    }

    /// The media stream broke off and the call may still be at the carrier: it is brought back, unless that was too often.
    /// What the callee had not heard of our words is lost with the stream.
    pub(crate) fn lose_stream(&mut self, message: String) {
        self.stream.stop();
        if self.closing.is_some() {
            return;
        }
        warn!(order_id = %self.config.order_id, cause = %message, "media stream lost");
        let again = self.survival.resumed < self.tuning.resumes_max && self.call.sid.is_some();
        if !again {
            return self.close(EndedReason::CarrierLost, Some(format!("the carrier's media stream broke off: {message}")));
        }
        self.interrupt_agent();
        self.turns.model_is_gone();
        self.survival.was_ending = self.ending.reason();
        self.ending.drop();
        self.responses.want_nothing();
        self.survival.resumed += 1;
        self.survival.lost_at = Some(self.now);
        self.survival.brought_back_at = Some(self.now);
        self.stream.await_another();
        self.outputs.push_back(Output::BringBack);
    }

    /// A stream is there again.
    pub(crate) fn stream_is_back(&mut self) {
        if let Some(lost_at) = self.survival.lost_at.take() {
            self.tell_trouble(TroubleKind::StreamLost, TroubleMet::BroughtBack, self.now.saturating_sub(lost_at));
            self.recall_break();
        }
    }

    /// The call was taken up from another process and has not been brought back yet, because its model was not there.
    pub(crate) fn comes_back_by_us(&self) -> bool {
        self.survival.resumed > 0 && self.survival.brought_back_at.is_none()
    }

    /// The call is brought back to us if somebody has answered it.
    pub(crate) fn bring_back(&mut self) {
        if self.call.answered_at.is_some() && !self.stream.has_come() {
            self.survival.brought_back_at = Some(self.now);
            self.outputs.push_back(Output::BringBack);
        }
    }

    /// Since when an answered call should have a media stream. While the model is awaited, that is not yet.
    pub(crate) fn stream_expected_at(&self) -> Option<Duration> {
        match self.survival.resumed {
            0 => self.call.answered_at,
            _ => self.survival.brought_back_at.or(self.call.answered_at.filter(|_| self.voice == VoiceLink::Open)),
        }
    }

    /// The callee can hear us again: what is said first.
    pub(crate) fn pick_up_the_thread(&mut self) {
        let told_nothing = self.transcript.is_empty() && self.disclosure.heard_at_ms().is_none();
        // To a recording nobody excuses himself; who waits on hold and has not told who is calling has met no person.
        let holding = self.config.briefing.waits_on_hold() && self.disclosure.due();
        if self.survival.resumed == 0 || told_nothing || holding {
            return;
        }
        if let Some(reason) = self.survival.was_ending {
            self.say_goodbye(reason);
        } else {
            self.want(Ask::PickUp);
        }
    }

    /// An excuse, and then what the callee has not heard of our last words, or the wish to hear theirs again: what they said
    /// meanwhile reached nobody. None if our words are not known to their end: then the model says the rest by itself.
    pub(crate) fn words_to_pick_up(&self) -> Option<String> {
        let told = self.config.briefing.language.as_deref().and_then(language::phrases).unwrap_or(&ENGLISH);
        let again = self.transcript.cut_off_last().map(|(text, heard)| words::unheard(text, heard));
        if again.is_some_and(|rest| !words::is_complete(rest)) {
            return None;
        }
        let again = again.filter(|text| text.chars().count() <= AGAIN_CHARS_MAX);
        Some(briefing::say_exactly(&format!("{} {}", told.lost_you, again.unwrap_or(told.say_again))))
    }

    /// Puts the ledger out if something in it has changed that must not be lost, or what was heard has become old.
    pub(crate) fn keep_ledger(&mut self) {
        let ms = |at: Option<Duration>| at.map(|at| u64::try_from(at.as_millis()).unwrap_or(u64::MAX));
        let stored = &self.survival.stored;
        let same = stored.resumed == self.survival.resumed
            && stored.answered_ms == ms(self.call.answered_at)
            && stored.stream_ms == ms(self.stream.started_at())
            && stored.held_ms == ms(Some(self.hold.over())).unwrap_or(0)
            && stored.usage == self.usage
            && stored.ending == self.ending.reason()
            && stored.closing == self.ends_because()
            && stored.message_left == self.answered.message_left()
            && stored.report == self.report
            && (stored.breaks, stored.reopened) == (self.troubles.breaks, self.troubles.reopened)
            && stored.provider == self.troubles.provider
            && stored.spoke == self.troubles.spoke;
        let old = self.playback.audible() && self.now >= self.survival.stored_at + HEARD_EVERY;
        if !self.ended && (!same || old) {
            self.put_out_ledger();
        }
    }

    /// The process leaves the call to another one: what has been heard up to now is put out for the record.
    pub fn leave(&mut self, now: Duration) {
        self.now = self.now.max(now);
        self.put_out_ledger();
    }

    fn put_out_ledger(&mut self) {
        let ms = |at: Option<Duration>| at.map(|at| u64::try_from(at.as_millis()).unwrap_or(u64::MAX));
        let heard = self.playback.items().filter_map(|item| Some((item.line?, self.surely_heard(item).to_owned())));
        let ledger = Ledger {
            resumed: self.survival.resumed,
            answered_ms: ms(self.call.answered_at),
            stream_ms: ms(self.stream.started_at()),
            held_ms: ms(Some(self.hold.over())).unwrap_or(0),
            usage: self.usage,
            ending: self.ending.reason(),
            closing: self.ends_because(),
            heard: heard.collect(),
            message_left: self.answered.message_left(),
            report: self.report.clone(),
            provider: self.troubles.provider,
            second_usage: self.troubles.second_usage,
            spoke: self.troubles.spoke.clone(),
            reopened: self.troubles.reopened,
            breaks: self.troubles.breaks,
        };
        self.survival.stored_at = self.now;
        if self.survival.stored != ledger {
            self.survival.stored = ledger.clone();
            self.outputs.push_back(Output::Ledger(Box::new(ledger)));
        }
    }

    /// The words of an item that have been heard, rather fewer than more: its text may run ahead of its audio.
    fn surely_heard<'a>(&self, item: &'a Item) -> &'a str {
        let letters = item.text.chars().count() as u64;
        let total = if item.closed { item.whole() } else { item.queued.max(letters * BYTES_A_LETTER_MAX) };
        words::share(&item.text, self.playback.heard(self.now, item), total.max(1))
    }
}
