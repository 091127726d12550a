//! Writing a request.

use crate::dialect::{Form, ShapeForm};
use crate::{FunctionCall, Message, Request};
use serde_json::{Value, json};

/// The JSON of a request.
pub(crate) fn write(request: &Request, model: &str, tokens_max: u32, form: Form) -> Value {
    let mut messages: Vec<Value> = request.messages.iter().map(message).collect();
    let limit = if form.old_limit { "max_tokens" } else { "max_completion_tokens" };
    let mut body = json!({ "model": model, "stream": true, limit: tokens_max });
    if let Some(shape) = &request.shape {
        match form.shape {
            ShapeForm::Schema => {
                let schema = json!({ "name": shape.name, "strict": true, "schema": shape.schema });
                body["response_format"] = json!({ "type": "json_schema", "json_schema": schema });
            }
            ShapeForm::Json => body["response_format"] = json!({ "type": "json_object" }),
            ShapeForm::Words => {}
        }
        if form.shape != ShapeForm::Schema {
            let words = format!("Answer with one JSON object and nothing else. It must match this JSON Schema: {}", shape.schema);
            messages.push(json!({ "role": "system", "content": words }));
        }
    }
    if !request.functions.is_empty() {
        body["tools"] = request
            .functions
            .iter()
            .map(|function| {
                let (name, description, parameters) = (&function.name, &function.description, &function.parameters);
                json!({ "type": "function", "function": { "name": name, "description": description, "parameters": parameters } })
            })
            .collect();
    }
    body["messages"] = messages.into();
    body
}

fn message(message: &Message) -> Value {
    match message {
        Message::System(text) => json!({ "role": "system", "content": text }),
        Message::User(text) => json!({ "role": "user", "content": text }),
        Message::Assistant { text, calls } if calls.is_empty() => json!({ "role": "assistant", "content": text }),
        Message::Assistant { text, calls } => {
            let calls: Vec<Value> = calls.iter().map(call).collect();
            let text = (!text.is_empty()).then_some(text);
            json!({ "role": "assistant", "content": text, "tool_calls": calls })
        }
        Message::Returned { id, output } => json!({ "role": "tool", "tool_call_id": id, "content": output }),
    }
}

fn call(call: &FunctionCall) -> Value {
    json!({ "id": call.id, "type": "function", "function": { "name": call.name, "arguments": call.arguments } })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Function, Shape};

    const NEW: Form = Form { old_limit: false, shape: ShapeForm::Schema };

    fn request() -> Request {
        let call = FunctionCall { id: "c1".into(), name: "end_call".into(), arguments: "{}".into() };
        Request {
            messages: vec![
                Message::System("Be nice.".into()),
                Message::User("Hello".into()),
                Message::Assistant { text: String::new(), calls: vec![call] },
                Message::Returned { id: "c1".into(), output: "ok".into() },
                Message::Assistant { text: "Bye".into(), calls: Vec::new() },
            ],
            functions: vec![Function {
                name: "end_call".into(),
                description: "Ends it.".into(),
                parameters: json!({ "type": "object" }),
            }],
            shape: Some(Shape { name: "reading", schema: json!({ "type": "object" }) }),
        }
    }

    #[test]
    fn a_request_has_the_shape_of_the_protocol() {
        let function = json!({ "name": "end_call", "description": "Ends it.", "parameters": { "type": "object" } });
        let expected = json!({
            "model": "m", "stream": true, "max_completion_tokens": 7,
            "response_format": { "type": "json_schema",
                "json_schema": { "name": "reading", "strict": true, "schema": { "type": "object" } } },
            "tools": [{ "type": "function", "function": function }],
            "messages": [
                { "role": "system", "content": "Be nice." },
                { "role": "user", "content": "Hello" },
                { "role": "assistant", "content": null,
                    "tool_calls": [{ "id": "c1", "type": "function", "function": { "name": "end_call", "arguments": "{}" } }] },
                { "role": "tool", "tool_call_id": "c1", "content": "ok" },
                { "role": "assistant", "content": "Bye" },
            ],
        });
        assert_eq!(write(&request(), "m", 7, NEW), expected);
    }

    #[test]
    fn older_servers_are_told_in_words() {
        let json = write(&request(), "m", 7, Form { old_limit: true, shape: ShapeForm::Json });
        assert_eq!((&json["max_tokens"], &json["max_completion_tokens"]), (&json!(7), &Value::Null));
        assert_eq!(json["response_format"], json!({ "type": "json_object" }));
        assert!(json["messages"][5]["content"].as_str().unwrap().ends_with(r#"{"type":"object"}"#));
        let words = write(&request(), "m", 7, Form { old_limit: true, shape: ShapeForm::Words });
        assert_eq!((words.get("response_format"), &words["messages"][5]), (None, &json["messages"][5]));
    }
}
