//! The tools that every model is given; the session core carries them out.

use serde_json::{Value, json};

/// A tool as every dialect needs it.
pub(super) struct Tool {
    pub(super) name: &'static str,
    pub(super) description: &'static str,
    /// Its arguments as a JSON Schema.
    pub(super) parameters: Value,
}

/// All of them.
pub(super) fn all() -> Vec<Tool> {
    vec![
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
            name: "ask_user",
            description: "Ask the person you call for something that only they can decide or know, and that the callee needs now. \
                Ask the callee to hold on for a moment first. The result is the answer, or that none came in time, and may take a \
                while; until then answer what the callee says, and do not guess. Not for what your instructions tell.",
            parameters: json!({
                "type": "object",
                "properties": {
                    "question": {"type": "string", "maxLength": 300, "description": "One short question, in plain words."},
                    "choices": {"type": "array", "maxItems": 4, "items": {"type": "string", "maxLength": 80},
                        "description": "The answers to choose from, if the callee offers some."},
                    "time_limit_s": {"type": "integer", "minimum": 10, "maximum": 120,
                        "description": "How long the callee can be asked to wait; usually 45."}
                },
                "required": ["question"]
            }),
        },
        Tool {
            name: "end_call",
            description: "Hang up. Only after you have said goodbye.",
            parameters: json!({"type": "object", "properties": {}}),
        },
        Tool {
            name: "press_digits",
            description: "Press keys of the telephone, as a recorded menu or an extension wants them. Saying that you press a key does \
                nothing: only this presses it. Say nothing in the same answer. The result comes once the keys have been played; then \
                wait for what comes, and do not speak of the keys. If a menu comes again, try 0 for a person.",
            parameters: json!({
                "type": "object",
                "properties": {
                    "digits": {"type": "string", "pattern": "^[0-9*#wW]{1,20}$", "description": "0-9, * and #; w is half a second of \
                        pause. A number of three digits or more only from the details, or as the callee named it."},
                    "why": {"type": "string", "description": "What the menu offers for it, in a few words."}
                },
                "required": ["digits", "why"]
            }),
        },
        Tool {
            name: "hold_started",
            description: "Tell that you are on hold: music, a recording that asks for patience, or a person who asked you to wait and has \
                gone. You hear nothing until a person speaks again; that is told to you. Say nothing meanwhile.",
            parameters: json!({"type": "object", "properties": {}}),
        },
        Tool {
            name: "hold_ended",
            description: "Tell that you are not on hold any more, if you hear a person and were taken to be on hold.",
            parameters: json!({"type": "object", "properties": {}}),
        },
    ]
}
