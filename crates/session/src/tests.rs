//! Whole calls in virtual time.

mod call;
mod rig;
