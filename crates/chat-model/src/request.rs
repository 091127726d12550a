//! What is asked.

use crate::FunctionCall;
use serde_json::Value;

/// A question to the model.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Request {
    /// What it is told and what was said so far, in order.
    pub messages: Vec<Message>,
    /// What it may call.
    pub functions: Vec<Function>,
    /// The shape that its answer must have; `None` for free words.
    pub shape: Option<Shape>,
}

/// One message.
#[derive(Clone, Debug, PartialEq)]
pub enum Message {
    /// What the model is told by us.
    System(String),
    /// What the other side has said.
    User(String),
    /// What the model itself has said and called.
    Assistant {
        /// Its words; may be empty.
        text: String,
        /// Its calls. Each must be followed by a [`Message::Returned`].
        calls: Vec<FunctionCall>,
    },
    /// What a function gave.
    Returned {
        /// The id of the call.
        id: String,
        /// Any text.
        output: String,
    },
}

/// A function that the model may call.
#[derive(Clone, Debug, PartialEq)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// When it is to be called.
    pub description: String,
    /// Its arguments as a JSON Schema of an object.
    pub parameters: Value,
}

/// The shape of a structured answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Shape {
    /// Its name: letters, digits, underscores and dashes, at most 64.
    pub name: &'static str,
    /// A JSON Schema in the strict subset: every property is required, and no others are allowed.
    pub schema: Value,
}
