//! sim
mod callee;
mod numbers;
mod playback;
