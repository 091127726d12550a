//! Twilio's REST API, as far as calls go: `/2010-04-01/Accounts/{AccountSid}/Calls…`.
//!
//! Forms are read and written as name–value pairs; the transport encodes them. Unknown names are an error on the carrier's side.

mod amd;
mod call;
mod callback;
mod error;
mod form;

pub use amd::{AmdCallback, AnsweredBy, MachineDetection};
pub use call::{Call, CallPage, CallStatus, format_number};
pub use callback::StatusCallback;
pub use error::{ErrorBody, ErrorCode};
pub use form::{CallbackEvent, CreateCall, ListCalls, Method, UpdateCall, UpdateStatus};

/// The version that stands in every path and resource.
pub const API_VERSION: &str = "2010-04-01";

/// The path of the calls of an account.
pub fn calls_path(account_sid: &str) -> String {
    format!("/{API_VERSION}/Accounts/{account_sid}/Calls.json")
}

/// The path of one call.
pub fn call_path(account_sid: &str, call_sid: &str) -> String {
    format!("/{API_VERSION}/Accounts/{account_sid}/Calls/{call_sid}.json")
}
