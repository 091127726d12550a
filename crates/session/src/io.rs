//! What goes into a call session and what comes out of it. Knows no wire format: the handler translates.

use crate::record::Ledger;
use crate::trouble::{Provider, Trouble};
use bytes::Bytes;
use std::time::Duration;
use types::{Briefing, CallEvent, CallLimits, CallResult, CallSid, ConversationId, Disposition, OrderId, Speaker, Usage};

/// What a session is born with.
#[derive(Clone, Debug)]
pub struct Config {
    /// The order that it carries out.
    pub order_id: OrderId,
    /// The conversation that the result belongs to.
    pub conversation_id: Option<ConversationId>,
    /// The order's attempt.
    pub attempt: u32,
    /// What the voice knows.
    pub briefing: Briefing,
    /// How long things may take.
    pub limits: CallLimits,
    /// Whether there is a second model for when the first cannot be had.
    pub second_voice: bool,
}

/// Everything that can happen to a call.
#[derive(Clone, Debug)]
pub enum Input {
    /// Time has passed; nothing else.
    Tick,

    /// The carrier accepted the call.
    Dialled {
        /// Its name for the call.
        call_sid: CallSid,
    },
    /// The carrier said no, or could not be reached before anything was sent: nothing has been dialled.
    DialRefused {
        /// Why, in a sentence.
        message: String,
    },
    /// It cannot be told whether the carrier took the call, and asking it has not helped.
    DialUnknown {
        /// Why, in a sentence.
        message: String,
    },
    /// The carrier tells how the call gets on (callback or look-up). Repeats and late arrivals are harmless.
    Progress(CallProgress),
    /// The carrier tells who has answered. Repeats, late arrivals and errors are harmless.
    AnsweredBy(CarrierVerdict),
    /// The media stream is open. It may come before `Dialled`.
    StreamStarted,
    /// µ-law from the callee, 8 kHz, one byte a sample, any length.
    CalleeAudio(Bytes),
    /// The carrier gave a mark back: played, or thrown away by `clear`.
    MarkReturned {
        /// The name that [`CarrierCommand::Mark`] gave it.
        name: String,
    },
    /// The callee pressed a key: `0`–`9`, `*`, `#`.
    DigitReceived(char),
    /// The carrier sent `stop`.
    StreamStopped,
    /// The media socket broke off without `stop`, or takes nothing any more.
    StreamLost {
        /// Why, in a sentence.
        message: String,
    },
    /// The media socket was closed by us: it flooded us, or its messages cannot be read.
    StreamRefused {
        /// Why, in a sentence.
        message: String,
    },

    /// The model's session that was asked for last is open and configured.
    VoiceReady,
    /// The model's session that is open lives so long from now on. After `VoiceReady`, or [`Output::SwitchVoice`].
    VoiceExpires {
        /// Until its server ends it.
        after: Duration,
    },
    /// The model's socket could not be opened, broke off, or cannot go on; it is closed.
    VoiceLost {
        /// Of what kind.
        trouble: Trouble,
        /// Why, in a sentence.
        message: String,
    },
    /// The model's server reports something that concerns more than one command of ours; the socket lives on. Comes before the
    /// end of the response that it broke.
    VoiceTrouble {
        /// Of what kind.
        trouble: Trouble,
        /// A sentence.
        message: String,
    },
    /// The session that was asked for beside the one that is open is open and configured, too.
    StandbyReady,
    /// It could not be opened, or broke off before it was switched to.
    StandbyLost {
        /// Why, in a sentence.
        message: String,
    },
    /// The words for a wait, said beforehand in the agent's voice: "One moment, please."
    Filler {
        /// The words.
        text: String,
        /// Their sound, µ-law, 8 kHz.
        audio: Bytes,
    },
    /// The callee began to speak.
    SpeechStarted {
        /// The item that the speech will become.
        item_id: String,
        /// Where in the audio that was appended, milliseconds.
        audio_start_ms: u64,
    },
    /// The callee stopped speaking.
    SpeechStopped {
        /// The same item.
        item_id: String,
        /// Where in the audio that was appended, milliseconds.
        audio_end_ms: u64,
    },
    /// The callee's speech has become an item of the model's conversation: it can be answered now.
    SpeechCommitted {
        /// The item.
        item_id: String,
        /// The item before it, if any.
        previous_item_id: Option<String>,
    },
    /// Words of the callee's speech were hard to hear; comes before its whole text.
    CalleeDoubted {
        /// The item.
        item_id: String,
        /// The words.
        words: Vec<String>,
    },
    /// What the callee said; a partial text replaces the one before.
    CalleeText {
        /// The item.
        item_id: String,
        /// The whole text so far.
        text: String,
        /// Whether it will not change any more.
        done: bool,
    },
    /// The model has begun to answer.
    ResponseStarted {
        /// The response.
        response_id: String,
    },
    /// Audio of the agent, µ-law, 8 kHz.
    AgentAudio {
        /// The response that it belongs to.
        response_id: String,
        /// The item that it belongs to.
        item_id: String,
        /// The part of the item.
        content_index: u32,
        /// The bytes.
        audio: Bytes,
    },
    /// The item's audio is complete.
    AgentAudioDone {
        /// The response.
        response_id: String,
        /// The item.
        item_id: String,
    },
    /// Words of the agent, to be added to the item's text.
    AgentTextDelta {
        /// The response.
        response_id: String,
        /// The item.
        item_id: String,
        /// The words.
        delta: String,
    },
    /// The model calls a tool; only completed calls are passed in.
    ToolCall {
        /// The response.
        response_id: String,
        /// What the result must name.
        call_id: String,
        /// The tool.
        name: String,
        /// Its arguments, a JSON object as text.
        arguments: String,
    },
    /// The response is over.
    ResponseEnded {
        /// The response.
        response_id: String,
        /// How.
        status: ResponseStatus,
        /// What was counted.
        usage: Usage,
    },
    /// Something was counted outside a response: a transcription, or the time of the session.
    Counted(Usage),
    /// What the call costs, in millionths of the limit's currency. Heeded only where the order has such a limit.
    Cost {
        /// So far.
        so_far_micros: u64,
        /// If the agent said goodbye now: with its words, the callee's, and the carrier's minutes that begin meanwhile.
        with_goodbye_micros: u64,
    },
    /// The model's server reports an error; the socket lives on.
    VoiceError {
        /// A stable word: `response_cancel_not_active` …
        code: Option<String>,
        /// A sentence.
        message: String,
    },

    /// Somebody wants the call to end.
    HangUp {
        /// Who.
        by: HangUpBy,
    },

    /// The user answers a question of [`CallEvent::Question`]. A question that is closed already stays so.
    UserAnswer {
        /// Which.
        id: String,
        /// Their words.
        text: String,
    },
    /// The user tells the agent to do something. The same name again has no effect.
    Instruction {
        /// Its name.
        id: String,
        /// Their words.
        text: String,
    },
    /// The user speaks from now on, in the agent's place. While another user does it has no effect.
    TakeOver,
    /// The user's voice, µ-law, 8 kHz, any length, as it is spoken. Heeded only after `TakeOver`.
    UserAudio(Bytes),
    /// The user's line has broken off; `TakeOver` says that it is back.
    UserLost,
    /// The agent speaks again.
    HandBack,
}

/// How the carrier says the call gets on. Twilio's `CallStatus`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallProgress {
    /// Accepted, waiting for its turn.
    Queued,
    /// Being dialled.
    Initiated,
    /// Ringing.
    Ringing,
    /// Answered.
    InProgress,
    /// Over, with the carrier's disposition and its count of seconds.
    Over {
        /// How.
        disposition: Disposition,
        /// From answer to end.
        duration_s: Option<u32>,
    },
}

/// Who the carrier says has answered. Twilio's `AnsweredBy`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CarrierVerdict {
    /// A person.
    Human,
    /// A machine, which is greeting.
    Machine,
    /// A machine, and its beep has sounded.
    MachineBeeped,
    /// A machine, and its greeting is over.
    MachineEnded,
    /// A fax machine.
    Fax,
    /// It cannot tell.
    Unknown,
}

/// Who ends a call from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HangUpBy {
    /// The user pressed hang-up.
    User,
    /// The handler is shutting down.
    Shutdown,
}

/// How a response ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResponseStatus {
    /// In full.
    Completed,
    /// It was cancelled.
    Cancelled,
    /// It broke off, was cut by a limit, or was refused.
    Failed,
}

/// Everything that a call wants done.
#[derive(Clone, Debug)]
pub enum Output {
    /// Open a session of the model and configure it with the briefing and the tools. In place of the one that is open, or is being
    /// opened, which is closed first and of which nothing more is told: answer with `VoiceReady` or `VoiceLost`. Or beside it,
    /// for [`Output::SwitchVoice`]: answer with `StandbyReady` or `StandbyLost`.
    OpenVoice {
        /// Of which model.
        provider: Provider,
        /// Beside the one that is open.
        beside: bool,
    },
    /// The session that was opened beside takes the place of the one that is open, or was lost, which is closed.
    SwitchVoice,
    /// Ask the carrier for the call; answer with `Dialled`, `DialRefused` or `DialUnknown`. Put out at most once.
    Dial,
    /// Something for the media stream.
    Carrier(CarrierCommand),
    /// Something for the model.
    Voice(VoiceCommand),
    /// Bring the call, which is at the carrier without a media stream, back to a new one; `StreamStarted` follows, or in the end
    /// `Progress(Over …)`. Never while a stream is on.
    BringBack,
    /// End the call at the carrier and repeat until it confirms; answer with `Progress(Over …)`. Put out at most once.
    HangUp,
    /// Close the model's sockets, and those that are being opened.
    CloseVoice,
    /// Something for the record and for those who watch. Never `Level` and never `Ended`: those are the shell's.
    Event(CallEvent),
    /// To be stored in place of the one before: what a process that takes the call up again needs beside the events.
    Ledger(Box<Ledger>),
    /// The call is over; the last output, exactly once. Every live thing can be let go.
    Ended(Box<CallResult>),
}

/// What goes to the media stream, in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CarrierCommand {
    /// µ-law to be played after what was sent before; at most 100 ms (800 bytes) each.
    Audio(Bytes),
    /// Tell us when everything before it has been played.
    Mark {
        /// Comes back in [`Input::MarkReturned`].
        name: String,
    },
    /// Throw away what has not been played; every pending mark comes back.
    Clear,
}

/// What goes to the model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VoiceCommand {
    /// The callee's audio, untouched.
    AppendAudio(Bytes),
    /// Ask for an answer. Never while another is active.
    CreateResponse {
        /// For this one answer only, in place of the briefing: [`types::briefing::say_exactly`] and the words. No tool may be
        /// called in it.
        instructions: Option<String>,
    },
    /// Stop the active answer.
    CancelResponse {
        /// Which.
        response_id: String,
    },
    /// Forget what was not heard.
    Truncate {
        /// The item.
        item_id: String,
        /// The part of the item.
        content_index: u32,
        /// How much of its audio was heard, milliseconds.
        audio_end_ms: u64,
    },
    /// What was said before this session of the model began; nothing is to be answered yet.
    Recall {
        /// Line by line; of an interrupted line what was heard.
        lines: Vec<Recalled>,
        /// What the model must know about the break.
        note: String,
    },
    /// Something that the model must know; nothing is to be answered yet.
    Note {
        /// What.
        text: String,
    },
    /// A tool's result.
    ToolResult {
        /// From [`Input::ToolCall`].
        call_id: String,
        /// A JSON object as text.
        output: String,
    },
}

/// A line of an earlier part of the call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recalled {
    /// Who spoke.
    pub speaker: Speaker,
    /// What was heard.
    pub text: String,
}
