//! The providers' own schemas, strictly: what we send must be nothing else than what they describe. They stand outside the
//! repository, in the folder that `RINGBACK_CONTRACTS` names.
//!
//! The carrier takes unknown form fields and query parameters without a word, so their names are checked here.

use super::tape::Asked;
use jsonschema::Validator;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::OnceLock;

/// The schemas of everything that the handler sends.
pub(crate) struct Contracts {
    rest: Value,
    model: Validator,
    live: Validator,
    media: Validator,
}

impl Contracts {
    /// Read once; `None` without the folder.
    pub(crate) fn get() -> Option<&'static Self> {
        static READ: OnceLock<Option<Contracts>> = OnceLock::new();
        READ.get_or_init(|| Some(Self::read(Path::new(&std::env::var_os("RINGBACK_CONTRACTS")?)))).as_ref()
    }

    fn read(folder: &Path) -> Self {
        let json = |name: &str| -> Value {
            let text = std::fs::read_to_string(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"))
        };
        let events = json("openai/realtime-client-events.strict.schema.json");
        let live = json("openai/live-events.schema.json");
        let streams = json("twilio/media-streams.schema.json");
        Self {
            rest: json("twilio/calls-strict.openapi.json"),
            model: validator(json!({"$defs": events["$defs"], "$ref": "#/$defs/RealtimeClientEvent"})),
            live: validator(json!({"$defs": live["$defs"], "$ref": "#/$defs/client_event"})),
            media: validator(json!({"$defs": streams["$defs"], "allOf": [streams["server_to_twilio"]]})),
        }
    }

    pub(crate) fn model_event(&self, text: &str) {
        matches(&self.model, &serde_json::from_str(text).unwrap(), text);
    }

    /// The published schema of the Live protocol, which takes more than the service does.
    pub(crate) fn live_event(&self, text: &str) {
        matches(&self.live, &serde_json::from_str(text).unwrap(), text);
    }

    pub(crate) fn media_message(&self, text: &str) {
        matches(&self.media, &serde_json::from_str(text).unwrap(), text);
    }

    /// A request against the operation of its path: the path's and the query's parameters, and the form.
    pub(crate) fn request(&self, asked: &Asked) {
        let shown = format!("{} {}?{} {}", asked.method, asked.path, asked.query, asked.body);
        let (in_path, operation) = self.operation(asked).unwrap_or_else(|| panic!("the API has no such operation: {shown}"));
        let declared =
            |place: &str| object(operation["parameters"].as_array().into_iter().flatten().filter(|p| p["in"] == place));
        for (schema, pairs) in [(declared("path"), in_path), (declared("query"), pairs(&asked.query))] {
            self.check_pairs(schema, pairs, &shown);
        }
        let form = &operation["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"];
        if form.is_null() {
            assert_eq!(asked.body, "", "no body is declared: {shown}");
            return;
        }
        assert_eq!(asked.content_type, "application/x-www-form-urlencoded", "{shown}");
        assert_eq!(form["additionalProperties"], false, "the schema is the strict one");
        self.check_pairs(form.clone(), pairs(&asked.body), &shown);
    }

    /// The operation and its path's parameters. A path without parameters at a place wins over one with.
    fn operation(&self, asked: &Asked) -> Option<(Vec<(String, String)>, &Value)> {
        let paths = self.rest["paths"].as_object().unwrap();
        let mut found: Vec<_> = paths.iter().filter_map(|(path, item)| Some((values(path, &asked.path)?, item))).collect();
        found.sort_by_key(|(parameters, _)| parameters.len());
        let (parameters, item) = found.into_iter().next()?;
        item.get(asked.method.to_lowercase()).map(|operation| (parameters, operation))
    }

    fn check_pairs(&self, schema: Value, pairs: Vec<(String, String)>, shown: &str) {
        let mut instance = Map::new();
        for (name, text) in pairs {
            let property = self.resolved(&schema["properties"][&name]);
            if property["type"] == "array" {
                let item = typed(self.resolved(&property["items"]), text);
                let list = instance.entry(name).or_insert_with(|| json!([]));
                list.as_array_mut().unwrap().push(item);
            } else {
                let before = instance.insert(name.clone(), typed(property, text));
                assert_eq!(before, None, "{name} is given twice and is no list: {shown}");
            }
        }
        let schema = json!({"components": self.rest["components"], "allOf": [schema]});
        matches(&validator(schema), &Value::Object(instance), shown);
    }

    fn resolved<'a>(&'a self, schema: &'a Value) -> &'a Value {
        let target = schema["$ref"].as_str().and_then(|target| target.strip_prefix('#'));
        target.map_or(schema, |pointer| self.rest.pointer(pointer).unwrap())
    }
}

fn validator(schema: Value) -> Validator {
    jsonschema::validator_for(&schema).unwrap()
}

#[track_caller]
fn matches(validator: &Validator, value: &Value, shown: &str) {
    if let Some(error) = validator.iter_errors(value).next() {
        panic!("{error}\nat {}\nin {shown}", error.instance_path());
    }
}

/// Parameters as the schema of one object that takes no others.
fn object<'a>(parameters: impl Iterator<Item = &'a Value>) -> Value {
    let parameters: BTreeMap<_, _> = parameters.map(|p| (p["name"].as_str().unwrap(), p)).collect();
    let properties: Map<_, _> = parameters.iter().map(|(name, p)| ((*name).to_owned(), p["schema"].clone())).collect();
    let required: Vec<_> = parameters.iter().filter(|(_, p)| p["required"] == true).map(|(name, _)| *name).collect();
    json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
}

/// What stands at a template's parameters, if the path is the template's.
fn values(template: &str, path: &str) -> Option<Vec<(String, String)>> {
    let (wanted, given): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
    if wanted.len() != given.len() {
        return None;
    }
    let mut values = Vec::new();
    for (wanted, given) in wanted.into_iter().zip(given) {
        match wanted.strip_prefix('{').and_then(|rest| rest.split_once('}')) {
            Some((name, suffix)) => values.push((name.to_owned(), given.strip_suffix(suffix)?.to_owned())),
            None if wanted == given => {}
            None => return None,
        }
    }
    Some(values)
}

fn pairs(text: &str) -> Vec<(String, String)> {
    url::form_urlencoded::parse(text.as_bytes()).into_owned().collect()
}

/// A form's text as the type that its schema names.
fn typed(schema: &Value, text: String) -> Value {
    match schema["type"].as_str() {
        Some("integer" | "number" | "boolean") => serde_json::from_str(&text).unwrap_or(Value::String(text)),
        Some(_) | None => Value::String(text),
    }
}
