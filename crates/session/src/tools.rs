//! The tools that the model has, a file for each that has much to say.

mod report;

pub(crate) use report::Report;

use crate::Session;
use crate::io::VoiceCommand;
use serde_json::json;
use tracing::{debug, info};

/// Longer than any honest report.
const ARGUMENTS_BYTES_MAX: usize = 16 * 1024;

/// Why a tool call cannot be carried out; the text is for the model, so that it can do better.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("unknown tool `{0}`; the tools are `report_outcome` and `end_call`")]
    Unknown(String),
    #[error("the arguments are longer than {ARGUMENTS_BYTES_MAX} bytes; be brief")]
    TooLong,
    #[error("the arguments are not what `{tool}` takes: {cause}")]
    Arguments { tool: &'static str, cause: String },
    #[error("`{field}` {problem}")]
    Field { field: String, problem: String },
}

impl Session {
    pub(crate) fn on_tool_call(&mut self, response_id: &str, call_id: String, name: &str, arguments: &str) {
        if !self.call.asked() {
            return;
        }
        self.response_gives(response_id, false);
        self.response_calls_tool(response_id);
        let output = match self.use_tool(response_id, name, arguments) {
            Ok(done) => json!({ "status": done }),
            Err(error) => {
                debug!(order_id = %self.config.order_id, tool = name, "tool call refused");
                json!({ "error": error.to_string() })
            }
        };
        self.tell_voice(VoiceCommand::ToolResult { call_id, output: output.to_string() });
    }

    fn use_tool(&mut self, response_id: &str, name: &str, arguments: &str) -> Result<&'static str, Error> {
        if arguments.len() > ARGUMENTS_BYTES_MAX {
            return Err(Error::TooLong);
        }
        match name {
            "report_outcome" => {
                let report = report::read(arguments)?;
                info!(order_id = %self.config.order_id, status = ?report.status, facts = report.facts.len(), "outcome reported");
                self.report = Some(report);
                Ok("recorded")
            }
            "end_call" => {
                read_nothing(arguments)?;
                if !self.talking() || !self.responses.is_live(response_id) {
                    return Ok("not ended: the callee has begun to speak");
                }
                self.hang_up_wanted();
                Ok("ending once the goodbye has been heard")
            }
            other => Err(Error::Unknown(other.chars().take(60).collect())),
        }
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
