//! The kinds of tasks and what each needs.

/// Every kind of task.
#[derive(Clone, Debug)]
pub struct Templates {}

/// Why templates cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file is not a template.
    #[error("template {name} cannot be read")]
    Unreadable {
        /// Which.
        name: String,
        /// Why.
        source: toml::de::Error,
    },
}

impl Templates {
    /// The templates that come with the program.
    pub fn built_in() -> Result<Self, Error> {
        Ok(Self {})
    }
}
