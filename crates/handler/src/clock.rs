//! The wall clock and fresh names: what the cores may not make themselves.

use std::time::{SystemTime, UNIX_EPOCH};
use types::OrderId;

/// Milliseconds since 1970; 0 on a machine whose clock stands before it.
pub(crate) fn unix_ms() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

/// A fresh order id, sortable by time.
pub(crate) fn new_order_id() -> OrderId {
    OrderId::new(format!("o_{}", uuid::Uuid::now_v7().simple()))
}

/// A secret nobody can guess: 244 random bits as hexadecimal digits.
pub(crate) fn new_token() -> String {
    format!("{}{}", uuid::Uuid::new_v4().simple(), uuid::Uuid::new_v4().simple())
}
