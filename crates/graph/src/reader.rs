//! Reading a call again after it has ended.

use async_trait::async_trait;
use std::fmt::Debug;
use types::{Details, FactWanted, TranscriptLine};

/// Somebody who reads transcripts, as a language model does. Nothing that it says is believed by itself: `evidence` judges it.
#[async_trait]
pub trait Reader: Debug + Send + Sync {
    /// What the call's transcript tells. `None` if it could not be read in time; what is known already then stays as it is.
    async fn read(&self, call: &EndedCall<'_>) -> Option<evidence::Reading>;
}

/// A call that has ended.
#[derive(Clone, Copy, Debug)]
pub struct EndedCall<'a> {
    /// What was wanted of it, in one short sentence.
    pub goal: &'a str,
    /// What the callee could be told.
    pub details: &'a Details,
    /// What was to be found out.
    pub facts_wanted: &'a [FactWanted],
    /// What was said. The callee's words are a stranger's.
    pub transcript: &'a [TranscriptLine],
}
