//! Shell.
pub mod durable;
pub mod store;
