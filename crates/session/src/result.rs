//! The one result of a call: the carrier's word where there is one, ours where there is none.

use crate::closing::Closing;
use crate::tools::ReportedFact;
use crate::{Session, summary};
use std::time::Duration;
use types::{CallResult, Disposition, EndedReason, Outcome, OutcomeStatus, Reported, Speaker, TranscriptLine, UserSpoke};

impl Session {
    /// What is told of the call. `unconfirmed`: the carrier has not said that it is over.
    pub(crate) fn result(&self, closing: &Closing, unconfirmed: bool) -> CallResult {
        let status = self.disposition(closing);
        let transcript = self.transcript.lines(self.stream.clock_ms(closing.at));
        let outcome = self.outcome(status, &transcript);
        let duration = self.duration_s(closing, status);
        let mut error_message = closing.error.clone();
        if unconfirmed {
            let note = "the carrier did not confirm that the call has ended";
            error_message = Some(error_message.map_or_else(|| note.to_owned(), |error| format!("{error}; {note}")));
        }
        let summary = summary::of(&summary::Told {
            status,
            reason: closing.reason,
            error: closing.error.as_deref(),
            duration_s: duration,
            streamed: self.stream.started_at().is_some(),
            machine: self.answered.in_a_sentence(),
            callee_spoke: transcript.iter().any(|line| line.speaker == Speaker::Callee),
            report: self.report.as_ref(),
            outcome: outcome.status,
        });
        let summary = if self.survival.resumed() > 0 && self.stream.has_come() {
            format!("{summary} The line broke off in between and the call was taken up again.")
        } else {
            summary
        };
        let summary = match spoken_s(self.user_voice.spoke()) {
            0 => summary,
            seconds => format!("{summary} The user spoke with them for {seconds} s; those words are not written down."),
        };
        let summary = match self.asking.late_answers() {
            0 => summary,
            1 => format!("{summary} An answer of the user came too late; they have not been told it."),
            late => format!("{summary} {late} answers of the user came too late; they have not been told them."),
        };
        CallResult {
            call_sid: self.call.sid.clone(),
            order_id: self.config.order_id.clone(),
            conversation_id: self.config.conversation_id.clone(),
            attempt: self.config.attempt,
            status,
            answered_by: self.answered.by(),
            message_left: self.answered.message_left(),
            ended_reason: closing.reason,
            duration,
            summary,
            error_message,
            outcome,
            // Whoever ordered the call may have it read.
            read_again: false,
            transcript,
            user_spoke: self.user_voice.spoke().to_vec(),
            disclosed_at_ms: self.disclosure.heard_at_ms(),
            usage: self.usage,
            // The shell knows the prices.
            cost: None,
            held_s: u32::try_from(self.hold.held(closing.at).as_secs()).unwrap_or(u32::MAX),
            breaks: self.breaks(),
            // The shell knows their names.
            voices: Vec::new(),
            turn_latency_ms: self.turn_latency_ms.clone(),
            // The shell records.
            recording: None,
        }
    }

    fn disposition(&self, closing: &Closing) -> Disposition {
        if let Some(settled) = closing.settled {
            return settled;
        }
        let answered = self.call.answered_at.is_some();
        let ours = match closing.reason {
            EndedReason::UserHungUp | EndedReason::Shutdown => Disposition::Canceled,
            EndedReason::NotConnected => Disposition::NoAnswer,
            EndedReason::CarrierRefused
            | EndedReason::CarrierLost
            | EndedReason::VoiceLost
            | EndedReason::AgentHungUp
            | EndedReason::MachineAnswered
            | EndedReason::CalleeHungUp
            | EndedReason::Silence
            | EndedReason::TimeLimit
            | EndedReason::CostLimit
            | EndedReason::HoldLimit
            | EndedReason::MenuLimit => Disposition::Failed,
        };
        match self.call.over.map(|over| over.disposition) {
            None | Some(Disposition::Unknown) if answered => self.answered.disposition(Disposition::Completed),
            None | Some(Disposition::Unknown) => ours,
            // Our own hang-up of a call that only rang: carriers tell it in these ways.
            Some(Disposition::Completed | Disposition::Canceled) if !answered && closing.hung_up_at.is_some() => ours,
            Some(told) => self.answered.disposition(told),
        }
    }

    fn duration_s(&self, closing: &Closing, status: Disposition) -> u32 {
        let answered = self.call.answered_at;
        let by_carrier = self.call.over.and_then(|over| over.duration_s).filter(|_| {
            // Some carriers count the ringing of calls that were never answered.
            answered.is_some() || status == Disposition::Completed
        });
        let by_us = answered.map_or(Duration::ZERO, |at| closing.at.saturating_sub(at)).as_secs();
        by_carrier.unwrap_or_else(|| u32::try_from(by_us).unwrap_or(u32::MAX))
    }

    /// What came of it: the report of the model held against what the callee said. Without a report, what can be read out of it.
    fn outcome(&self, status: Disposition, transcript: &[TranscriptLine]) -> Outcome {
        if self.answered.is_machine() {
            return Outcome { status: OutcomeStatus::NotAchieved, ..Outcome::default() };
        }
        let transcript = &evidence::with_user(transcript, self.user_voice.spoke());
        let proof = status == Disposition::Completed && transcript.iter().any(|line| line.speaker == Speaker::Callee);
        let reported = self.report.as_ref().map_or_else(|| without_report(status), |report| report.status);
        let claims_success = matches!(reported, OutcomeStatus::Achieved | OutcomeStatus::Partly);
        let claims: Vec<evidence::Claim<'_>> =
            self.report.iter().flat_map(|report| &report.facts).map(ReportedFact::claim).collect();
        let briefing = &self.config.briefing;
        let facts = evidence::facts(&briefing.facts_wanted, &claims, transcript);
        let promises = evidence::promises(transcript);
        let wish = evidence::Wish { details: &briefing.details, callee_name: None };
        let next_steps = evidence::next_steps(wish, &facts, &promises, transcript);
        let status = if claims_success && !proof {
            OutcomeStatus::Unknown
        } else if self.report.is_none() && proof {
            evidence::unreported(&briefing.facts_wanted, &facts, transcript)
        } else {
            // Whether the callee told it; how sure its words are is the facts' own matter.
            let told = evidence::facts(&briefing.facts_wanted, &claims, &evidence::undoubted(transcript));
            evidence::goal(reported, &briefing.facts_wanted, &told, transcript)
        };
        // Kept only where somebody spoke: nothing that is read later proves a success that nobody told.
        let unproven = self.report.as_ref().filter(|report| proof && report.status != status);
        let reported = unproven.map(|report| Reported { status: report.status, summary: report.summary.clone() });
        Outcome { status, reported, facts, promises, next_steps }
    }
}

/// How long the user spoke, seconds.
fn spoken_s(spoke: &[UserSpoke]) -> u64 {
    spoke.iter().map(|spoke| spoke.end_ms.saturating_sub(spoke.start_ms)).sum::<u64>().div_ceil(1_000)
}

/// A call that reached nobody has not met its goal; of any other nothing is known.
fn without_report(status: Disposition) -> OutcomeStatus {
    match status {
        Disposition::Busy | Disposition::NoAnswer | Disposition::Canceled | Disposition::Failed => OutcomeStatus::NotAchieved,
        Disposition::Completed | Disposition::Voicemail | Disposition::Unknown => OutcomeStatus::Unknown,
    }
}
