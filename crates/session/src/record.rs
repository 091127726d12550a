//! What of a call survives the process that carries it out: its events, and a small ledger beside them.

use crate::asking::Asking;
use crate::instructions::Instructions;
use crate::tools::Report;
use crate::trouble::Provider;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use types::{AnsweredBy, CallEvent, CallSid, CallStage, EndedReason, Speaker, TranscriptLine, Usage, UserSpoke};

/// What the events do not tell. Times are milliseconds on the session's clock.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Ledger {
    /// How often the call has been taken up again.
    pub resumed: u32,
    /// When the callee answered.
    pub answered_ms: Option<u64>,
    /// When the first media stream began: the origin of the transcript's clock.
    pub stream_ms: Option<u64>,
    /// What was counted.
    pub usage: Usage,
    /// How long the call was on hold, in holds that are over, milliseconds.
    pub held_ms: u64,
    /// A goodbye was under way, for this reason.
    pub ending: Option<EndedReason>,
    /// The call was being ended, for this reason.
    pub closing: Option<EndedReason>,
    /// Of the agent's lines under way, what has been heard: at most a second old, and never more than was heard.
    pub heard: BTreeMap<u32, String>,
    /// A message was left at voicemail.
    pub message_left: bool,
    /// The model that was spoken to.
    pub provider: Provider,
    /// Of `usage`, the second model's share.
    pub second_usage: Usage,
    /// The models that spoke, in their order.
    pub spoke: Vec<Provider>,
    /// How often a session was opened in place of a lost one.
    pub reopened: u32,
    /// How often something broke and was met.
    pub breaks: u32,
    /// What the model said came of the call.
    pub(crate) report: Option<Report>,
}

/// A call as far as it was recorded.
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// The ledger as it was stored last.
    pub ledger: Ledger,
    /// The carrier's name for the call.
    pub call_sid: Option<CallSid>,
    /// How far the call had come.
    pub stage: Option<CallStage>,
    /// Who has answered.
    pub answered_by: AnsweredBy,
    /// When the callee heard that an AI is calling, milliseconds since the first media stream started.
    pub disclosed_at_ms: Option<u64>,
    /// Every turn latency, milliseconds.
    pub turn_latency_ms: Vec<u32>,
    lines: BTreeMap<u32, Line>,
    pub(crate) asking: Asking,
    pub(crate) instructions: Instructions,
    /// The user spoke in the agent's place.
    pub(crate) taken_over: bool,
    /// When they did.
    pub(crate) user_spoke: Vec<UserSpoke>,
}

#[derive(Clone, Debug)]
struct Line {
    speaker: Speaker,
    text: String,
    heard: Option<String>,
    doubted: Vec<String>,
    done: bool,
    /// The first and the last caption of it, on the session's clock.
    first_ms: u64,
    last_ms: u64,
}

impl Record {
    /// A call of which nothing was recorded but, perhaps, the carrier's name for it.
    pub fn of(call_sid: Option<CallSid>) -> Self {
        Self { call_sid, ..Self::default() }
    }

    /// Takes an event of the call, in their order. `at_ms`: when, on the session's clock.
    pub fn note(&mut self, at_ms: u64, event: &CallEvent) {
        match event {
            CallEvent::Stage { stage } => self.stage = self.stage.max(Some(*stage)),
            CallEvent::Caption { line, speaker, text, done, heard, doubted } => {
                let (speaker, done) = (*speaker, *done);
                let (first_ms, last_ms) = (at_ms, at_ms);
                let fresh = Line { speaker, text: String::new(), heard: None, doubted: Vec::new(), done, first_ms, last_ms };
                let known = self.lines.entry(*line).or_insert(fresh);
                (known.done, known.last_ms) = (done, at_ms);
                text.clone_into(&mut known.text);
                known.heard.clone_from(heard);
                known.doubted.clone_from(doubted);
            }
            CallEvent::AnsweredBy { by } => self.answered_by = *by,
            CallEvent::Disclosed { at_ms } => self.disclosed_at_ms = Some(*at_ms),
            CallEvent::TurnLatency { ms } => self.turn_latency_ms.push(*ms),
            CallEvent::Question { question, until_ms } => self.asking.note_asked(question, *until_ms),
            CallEvent::QuestionClosed { id, how, answer } => self.asking.note_closed(id, *how, answer.as_ref()),
            CallEvent::Instruction { id, text } => self.instructions.note(id, text),
            CallEvent::TakenOver { on } => self.taken_over = *on,
            CallEvent::UserSpoke { start_ms, end_ms } => {
                self.user_spoke.push(UserSpoke { start_ms: *start_ms, end_ms: *end_ms });
            }
            CallEvent::Agent { .. }
            | CallEvent::Overlap { .. }
            | CallEvent::KeysPressed { .. }
            | CallEvent::KeyHeard { .. }
            | CallEvent::Hold { .. }
            | CallEvent::Trouble { .. }
            | CallEvent::Level { .. }
            | CallEvent::Ended { .. } => {}
        }
    }

    /// Every line that was captioned, by its number. Captions tell when they were made; that is as near as it gets to when
    /// they were said. Of an agent's line that was under way only what was certainly heard counts as heard.
    pub fn transcript(&self) -> Vec<TranscriptLine> {
        let origin_ms = self.ledger.stream_ms.unwrap_or(0);
        let told = |(number, line): (&u32, &Line)| {
            let broken_off = line.speaker == Speaker::Agent && !line.done;
            let certain = || self.ledger.heard.get(number).cloned().unwrap_or_default();
            let heard = line.heard.clone().or_else(|| broken_off.then(certain));
            TranscriptLine {
                line: *number,
                speaker: line.speaker,
                text: line.text.clone(),
                doubted: line.doubted.clone(),
                interrupted: heard.is_some(),
                heard: heard.unwrap_or_else(|| line.text.clone()),
                start_ms: line.first_ms.saturating_sub(origin_ms),
                end_ms: line.last_ms.saturating_sub(origin_ms),
            }
        };
        self.lines.iter().map(told).collect()
    }
}
