//! The tools that the model has, a file for each that has much to say.

mod ask_user;
mod press_digits;
mod report;

pub(crate) use ask_user::Wish;
pub(crate) use press_digits::digits_of;
pub(crate) use report::{Report, ReportedFact};

use crate::Session;
use crate::io::VoiceCommand;
use serde_json::{Value, json};
use tracing::{debug, info};

/// Longer than any honest report.
const ARGUMENTS_BYTES_MAX: usize = 16 * 1024;

/// Why a tool call cannot be carried out; the text is for the model, so that it can do better.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error(
        "unknown tool `{0}`; the tools are `report_outcome`, `end_call`, `press_digits`, `ask_user`, `hold_started` and `hold_ended`"
    )]
    Unknown(String),
    #[error("the arguments are longer than {ARGUMENTS_BYTES_MAX} bytes; be brief")]
    TooLong,
    #[error("the arguments are not what `{tool}` takes: {cause}")]
    Arguments { tool: &'static str, cause: String },
    #[error("{0}")]
    NotNow(&'static str),
    #[error("`{field}` {problem}")]
    Field { field: String, problem: String },
}

/// What a tool gives back.
enum Answer {
    /// At once.
    Now(Value),
    /// Whoever carries it out tells the model when it is done.
    Later,
}

impl Answer {
    fn status(done: &str) -> Self {
        Self::Now(json!({ "status": done }))
    }
}

impl Session {
    pub(crate) fn on_tool_call(&mut self, response_id: &str, call_id: String, name: &str, arguments: &str) {
        if !self.call.asked() {
            return;
        }
        self.response_gives(response_id, false);
        let answer = self.use_tool(response_id, &call_id, name, arguments);
        self.response_calls_tool(response_id, matches!(answer, Ok(Answer::Later)));
        let output = match answer {
            Ok(Answer::Now(output)) => output,
            Ok(Answer::Later) => return,
            Err(error) => {
                debug!(order_id = %self.config.order_id, tool = name, "tool call refused");
                json!({ "error": error.to_string() })
            }
        };
        self.tell_voice(VoiceCommand::ToolResult { call_id, output: output.to_string() });
    }

    fn use_tool(&mut self, response_id: &str, call_id: &str, name: &str, arguments: &str) -> Result<Answer, Error> {
        if arguments.len() > ARGUMENTS_BYTES_MAX {
            return Err(Error::TooLong);
        }
        match name {
            "report_outcome" => {
                let report = report::read(arguments)?;
                info!(order_id = %self.config.order_id, status = ?report.status, facts = report.facts.len(), "outcome reported");
                self.report = Some(report);
                Ok(Answer::status("recorded"))
            }
            "end_call" => {
                read_nothing(arguments)?;
                if !self.talking() || !self.responses.is_live(response_id) {
                    return Ok(Answer::status("not ended: the callee has begun to speak"));
                }
                self.hang_up_wanted();
                Ok(Answer::status("ending once the goodbye has been heard"))
            }
            "press_digits" => {
                let digits = press_digits::read(arguments, self.digits_known())?;
                match self.press(response_id, call_id, digits) {
                    Ok(()) => Ok(Answer::Later),
                    Err(why) => Ok(Answer::Now(json!({ "status": "not sent", "why": why }))),
                }
            }
            "ask_user" => {
                let wish = ask_user::read(arguments)?;
                if !self.responses.is_live(response_id) {
                    return Err(Error::NotNow("not asked: the callee has begun to speak"));
                }
                self.ask_user(call_id.to_owned(), wish)?;
                Ok(Answer::Later)
            }
            "hold_started" => {
                self.begin_hold("the model");
                self.responses.nothing_follows(response_id);
                Ok(Answer::status("on hold: you hear nothing until a person speaks, and are told then"))
            }
            "hold_ended" => {
                self.end_hold();
                Ok(Answer::status("not on hold"))
            }
            other => Err(Error::Unknown(other.chars().take(60).collect())),
        }
    }
}

impl Session {
    /// The digits of everything that the agent may tell, and of what the callee has said.
    fn digits_known(&self) -> Vec<String> {
        let briefing = &self.config.briefing;
        let told = briefing.details.values().chain([&briefing.goal, &briefing.instructions]).map(String::as_str);
        let mut known: Vec<String> = told.map(digits_of).collect();
        let lines = self.transcript.lines(0);
        known.extend(lines.iter().filter(|line| line.speaker == types::Speaker::Callee).map(|line| digits_of(&line.text)));
        known
    }
}

/// `end_call` takes an object; what is in it does not matter.
fn read_nothing(arguments: &str) -> Result<(), Error> {
    if arguments.trim().is_empty() {
        return Ok(());
    }
    let read: Result<serde_json::Map<String, serde_json::Value>, _> = serde_json::from_str(arguments);
    read.map(|_| ()).map_err(|cause| Error::Arguments { tool: "end_call", cause: cause.to_string() })
}
