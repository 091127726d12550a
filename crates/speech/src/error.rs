use std::path::PathBuf;

/// Why speech does not work.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A model file, or the library that runs the models, is not there.
    #[error("{} is missing: run `cargo xtask models` to fetch the local voice's models", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// The ONNX Runtime could not be loaded into the process.
    #[error("loading the model runtime {}", path.display())]
    Runtime {
        /// The library.
        path: PathBuf,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A model file is not what it should be.
    #[error("reading the model file {}: {reason}", path.display())]
    ModelFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A model could not be loaded or run.
    #[error("running the model for {step}")]
    Model {
        /// What it was to do.
        step: &'static str,
        /// Why.
        #[source]
        source: ort::Error,
    },
    /// A model answered in a form that it should not.
    #[error("the model for {step} gave no {what}")]
    Shape {
        /// What it was to do.
        step: &'static str,
        /// What is missing in its answer.
        what: &'static str,
    },
    /// A word has no pronunciation.
    #[error("finding the pronunciation of a text: {reason}")]
    Pronunciation {
        /// Why.
        reason: String,
    },
}
