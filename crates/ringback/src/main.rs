//! Ringback: tell it what you need. It phones, talks, and rings back with the answer.

mod settings;

fn main() {}
