//! What passes over a telephone line as sound: the codec, keys as tones, and what can be told from it. No I/O, no clock: time is
//! the number of samples.

pub mod dtmf;
pub mod echo;
pub mod g711;
pub mod line;
#[cfg(any(test, feature = "made-up"))]
pub mod made_up;
#[cfg(any(test, feature = "made-up"))]
pub mod synthetic;
pub mod talk;
pub mod tones;
