//! What a server understands of the parameters that came late to the protocol, learnt from its refusals.

use std::sync::atomic::{AtomicBool, AtomicU8, Ordering::Relaxed};

/// How a request is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Form {
    /// The name of the limit in tokens is the old one, `max_tokens`.
    pub(crate) old_limit: bool,
    pub(crate) shape: ShapeForm,
}

/// How the shape of an answer is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ShapeForm {
    /// As a schema that the server enforces.
    Schema,
    /// As "JSON", with the schema in words.
    Json,
    /// In words alone.
    Words,
}

/// What has been learnt about a server.
#[derive(Debug, Default)]
pub(crate) struct Dialect {
    old_limit: AtomicBool,
    shape: AtomicU8,
}

impl Dialect {
    pub(crate) fn form(&self) -> Form {
        let shape = match self.shape.load(Relaxed) {
            0 => ShapeForm::Schema,
            1 => ShapeForm::Json,
            _ => ShapeForm::Words,
        };
        Form { old_limit: self.old_limit.load(Relaxed), shape }
    }

    /// Learns from the refusal of a request in this form; `false` if there is nothing to learn. Each lesson is learnt once, so
    /// that a server that refuses everything is asked three more times at most.
    pub(crate) fn adapt(&self, form: Form, refusal: &str) -> bool {
        let refusal = refusal.to_lowercase();
        if !form.old_limit && refusal.contains("max_completion_tokens") {
            self.old_limit.store(true, Relaxed);
            return true;
        }
        let of_shape = ["response_format", "json_schema", "json_object", "schema"].iter().any(|word| refusal.contains(word));
        if of_shape && form.shape != ShapeForm::Words {
            self.shape.store(form.shape as u8 + 1, Relaxed);
            return true;
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_lesson_is_learnt_once() {
        let dialect = Dialect::default();
        let refusal = "Unsupported parameter: 'max_completion_tokens', response_format";
        let mut lessons = 0;
        while dialect.adapt(dialect.form(), refusal) {
            lessons += 1;
        }
        assert_eq!((lessons, dialect.form()), (3, Form { old_limit: true, shape: ShapeForm::Words }));
        assert!(!Dialect::default().adapt(Dialect::default().form(), "The prompt is too long"));
    }
}
