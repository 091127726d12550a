//! Whole calls in virtual time.

mod barge_in;
mod call;
mod cost;
mod deadlines;
mod disclosure;
mod endings;
mod keys;
mod ledger;
mod line;
mod menus;
mod model;
mod overlaps;
mod properties;
mod resume;
mod rig;
mod telephone;
mod tools;
