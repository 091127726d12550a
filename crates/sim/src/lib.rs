//! sim
mod callee;
