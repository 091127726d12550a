//! The nodes, one file each.

pub(super) mod analyze_task;
pub(super) mod ask_for_details;
pub(super) mod await_result;
pub(super) mod await_retry;
pub(super) mod cancelled;
pub(super) mod confirm_task;
pub(super) mod report_result;
pub(super) mod trigger_call;

mod afterwards;
mod doubt;
mod told;
