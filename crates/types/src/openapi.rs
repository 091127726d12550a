//! What the OpenAPI documents of the engine and of the handler have in common: errors, examples, the bearer token.
//!
//! The documents are generated from the routes' annotations; these functions add, as JSON, what would otherwise stand at
//! every route.

use crate::ErrorBody;
use serde_json::{Map, Value, json};

/// An error answer: HTTP status, stable code, and the message as an example.
pub type Problem = (u16, &'static str, &'static str);

/// A field that cannot be used; its message is made from the field's name.
pub const INVALID_FIELD: &str = "invalid_field";

/// The name of the security scheme.
const BEARER: &str = "bearer";

/// Adds the errors to an operation; each code becomes an example, and all of them the description.
pub fn add_problems(operation: &mut Value, problems: &[Problem]) {
    for (status, code, message) in problems {
        let mut body = ErrorBody::new(code, *message);
        if *code == INVALID_FIELD {
            body.field = message.split(' ').next().map(str::to_owned);
        }
        let answer = &mut operation["responses"][status.to_string()];
        let said = answer["description"].as_str().map_or_else(String::new, |text| format!("{text} "));
        answer["description"] = format!("{said}`{code}`: {message}.").into();
        let content = &mut answer["content"]["application/json"];
        content["schema"] = json!({"$ref": "#/components/schemas/ErrorBody"});
        content["examples"][*code] = json!({"value": body});
    }
    if let Some(answers) = operation["responses"].as_object_mut() {
        answers.sort_keys();
    }
}

/// A parameter that may be left out is never `null`: only JSON has that.
pub fn plain_parameters(operation: &mut Value) {
    let parameters = operation.get_mut("parameters").and_then(Value::as_array_mut);
    for parameter in parameters.into_iter().flatten() {
        // A schema that is only referred to has no type of its own.
        let Some(kind) = parameter["schema"].get_mut("type") else { continue };
        let plain = kind.as_array().and_then(|kinds| kinds.iter().find(|kind| *kind != "null")).cloned();
        if let Some(plain) = plain {
            *kind = plain;
        }
    }
}

/// Adds an example of the JSON body of a request (`status` 0) or of an answer.
pub fn add_example(operation: &mut Value, status: u16, name: &str, value: &impl serde::Serialize) {
    let body = if status == 0 { &mut operation["requestBody"] } else { &mut operation["responses"][status.to_string()] };
    body["content"]["application/json"]["examples"][name] = json!({"value": value});
}

/// Every route but those for which `open` holds needs the token, if one is set.
pub fn require_bearer(document: &mut Value, open: impl Fn(&str) -> bool, description: &str) {
    document["components"]["securitySchemes"][BEARER] = json!({"type": "http", "scheme": "bearer", "description": description});
    each_operation(document, |path, _, operation| {
        // The empty requirement: the token is optional for an installation, and nothing here is asked for without one.
        operation["security"] = if open(path) { json!([]) } else { json!([{}, {BEARER: []}]) };
    });
}

/// Calls `change` with the path, the method and the operation of each route.
pub fn each_operation(document: &mut Value, mut change: impl FnMut(&str, &str, &mut Value)) {
    let paths = document["paths"].as_object_mut().into_iter().flatten();
    for (path, item) in paths {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            change(path, method, operation);
        }
    }
}

/// Says how large an integer may be: as large as the type that reads it.
pub fn bound_integers(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            let most = match fields.get("format").and_then(Value::as_str) {
                Some("int32") => Some(u64::from(u32::MAX)),
                Some("int64") => Some(u64::MAX),
                Some(_) | None => None,
            };
            if let Some(most) = most {
                // The names are those of signed types, and our numbers have no sign.
                fields.remove("format");
                fields.entry("maximum").or_insert(most.into());
            }
            fields.values_mut().for_each(bound_integers);
        }
        Value::Array(items) => items.iter_mut().for_each(bound_integers),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// A field without a value by default has no default: that it may be left out is said elsewhere.
pub fn drop_null_defaults(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            if fields.get("default") == Some(&Value::Null) {
                fields.remove("default");
            }
            fields.values_mut().for_each(drop_null_defaults);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_null_defaults),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Every example with the schema that it must match, and where it stands. The schema has the document's components in it.
pub fn examples(document: &Value) -> Vec<(String, Value, Value)> {
    let mut found = Vec::new();
    collect(&document["paths"], "", &mut |place, media| {
        let mut schema = Map::from_iter([("components".to_owned(), document["components"].clone())]);
        schema.insert("allOf".into(), json!([media["schema"]]));
        for (name, example) in media["examples"].as_object().into_iter().flatten() {
            found.push((format!("{place}/{name}"), Value::Object(schema.clone()), example["value"].clone()));
        }
    });
    found
}

fn collect(value: &Value, place: &str, found: &mut impl FnMut(&str, &Value)) {
    if value.get("examples").is_some() && value.get("schema").is_some() {
        return found(place, value);
    }
    for (name, inner) in value.as_object().into_iter().flatten() {
        collect(inner, &format!("{place}/{name}"), found);
    }
}
