//! Whole calls in virtual time.

mod answered;
mod asking;
mod barge_in;
mod call;
mod cost;
mod deadlines;
mod disclosure;
mod endings;
mod fragments;
mod hold;
mod instructions;
mod keys;
mod ledger;
mod line;
mod long;
mod menus;
mod model;
mod overlaps;
mod properties;
mod resume;
mod rig;
mod take_over;
mod telephone;
mod tools;
mod trouble;
