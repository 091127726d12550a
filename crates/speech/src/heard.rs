//! What was understood, and how surely.

/// A piece of a word, and how likely the model found it.
#[derive(Clone, Debug, PartialEq)]
pub struct Piece {
    /// Its letters; a space before the first one begins a word.
    pub text: String,
    /// The natural logarithm of its likelihood, 0 at most.
    pub logprob: f32,
}

/// What was said in some audio, as far as it was understood.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Heard {
    /// The words; empty for silence and for music.
    pub text: String,
    /// What they were made of, in order.
    pub pieces: Vec<Piece>,
}

impl From<&str> for Heard {
    /// Words that are sure.
    fn from(text: &str) -> Self {
        Self { text: text.to_owned(), pieces: Vec::new() }
    }
}
