//! The statements: what is read and written inside one job. Bodies are JSON that this module does not look into; times are
//! milliseconds since 1970.

mod answer;
mod call;
mod conversation;
mod mailbox;
mod step;

pub use answer::{Asked, answer, ask, asked};
pub use call::{CallRow, call, call_of_order, live_calls};
pub use conversation::{Listed, begin, delete, exists, list};
pub use mailbox::{Letter, Mail, discard, due, mail, next_due, post};
pub use step::{CallNews, Change, EventRow, apply, events, last_event, run};

use super::{Doing, Error};
