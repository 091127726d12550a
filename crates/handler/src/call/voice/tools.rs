//! The two tools that every model is given; the session core carries them out.

use serde_json::{Value, json};

/// A tool as every dialect needs it.
pub(super) struct Tool {
    pub(super) name: &'static str,
    pub(super) description: &'static str,
    /// Its arguments as a JSON Schema.
    pub(super) parameters: Value,
}

/// All of them.
pub(super) fn all() -> [Tool; 2] {
    [
        Tool {
            name: "report_outcome",
            description: "Report what came of the call, as soon as everything is settled or it is clear that it cannot be. Before \
                the goodbye.",
            parameters: json!({
                "type": "object",
                "properties": {
                    "status": {"type": "string", "enum": ["achieved", "partly", "not_achieved"]},
                    "summary": {"type": "string", "description": "One or two sentences for the person you call for."},
                    "facts": {"type": "array", "items": {
                        "type": "object",
                        "properties": {
                            "name": {"type": "string"},
                            "value": {"type": "string"},
                            "quote": {"type": "string", "description": "The callee's own words that prove it."}
                        },
                        "required": ["name", "value", "quote"]
                    }}
                },
                "required": ["status", "summary", "facts"]
            }),
        },
        Tool {
            name: "end_call",
            description: "Hang up. Only after you have said goodbye.",
            parameters: json!({"type": "object", "properties": {}}),
        },
    ]
}
