//! The user's own kinds of tasks, from a folder.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use graph::template::Templates;
use std::{fs, path::PathBuf};

const TAXI: &str = r#"
name = "order_taxi"
title = "Order a taxi"
offer = "order a taxi"
welcome = "Sure, I can order that by phone."
triggers = ["taxi", "cab"]
hints = []
goal = "order a taxi to {destination} {at_time}"
instructions = "Order a taxi for {user_name} to {destination} {at_time}.[ It is for {passengers} people.]"
[limits]
call_max_s = 120
[[slots]]
name = "destination"
kind = "text"
question = "Where to?"
[[slots]]
name = "time"
kind = "time"
question = "At what time?"
[[slots]]
name = "passengers"
kind = "count"
question = "For how many?"
required = false
[[slots]]
name = "user_name"
kind = "person"
question = "Under which name?"
[[slots]]
name = "target_phone_number"
kind = "phone"
question = "Which number should I call?"
[[facts]]
name = "arrival"
question = "When will it come to {destination}?"
"#;

/// A folder that is removed in the end.
struct Folder(tempfile::TempDir);

impl Folder {
    fn with(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(folder.path().join(name), text).unwrap();
        }
        Self(folder)
    }

    fn error(&self) -> String {
        Templates::load_dir(self.0.path()).unwrap_err().to_string()
    }
}

#[test]
fn another_kind_is_offered_and_one_of_the_same_name_replaced() {
    let errand = include_str!("../templates/errand.toml").replace("Make a call", "Call somebody");
    let folder = Folder::with(&[("taxi.toml", TAXI), ("my errand.toml", &errand), ("notes.txt", "no template")]);
    let templates = Templates::load_dir(folder.0.path()).unwrap();
    let built_in = Templates::built_in().unwrap().iter().count();
    assert_eq!(templates.iter().count(), built_in + 1);
    assert_eq!(templates.iter().last().unwrap().name, "order_taxi");
    assert_eq!(templates.get("errand").unwrap().title, "Call somebody");
    assert_eq!(templates.get("order_food").unwrap().title, "Order food");
}

#[test]
fn an_empty_folder_changes_nothing() {
    let folder = Folder::with(&[]);
    assert_eq!(Templates::load_dir(folder.0.path()).unwrap().iter().count(), Templates::built_in().unwrap().iter().count());
}

#[test]
fn an_error_names_the_file_the_place_and_what_would_be_right() {
    for (from, to, said) in [
        // Form: the line and the key come from the reader.
        ("offer =", "ofer =", &["line 4", "unknown field `ofer`", "`offer`"][..]),
        ("kind = \"time\"", "kind = \"hour\"", &["line 18", "unknown variant `hour`", "`visit_time`"]),
        ("title = \"Order a taxi\"\n", "", &["missing field `title`"]),
        ("call_max_s = 120", "call_max_minutes = 2", &["line 11", "`call_max_minutes`", "`call_max_s`"]),
        ("{destination} {at_time}\"", "{destination\"", &["line 8", "a { is never closed"]),
        // Sense: the key is named.
        ("{destination}?", "{place}?", &["a fact's question: {place} is not a slot; the slots are destination, time"]),
        ("call_max_s = 120", "call_max_s = 9", &["limits.call_max_s must be 15 to 3600 seconds, not 9"]),
        ("\"taxi\"", "\"Taxi\"", &["triggers: \"Taxi\" must be words in lower case"]),
        ("name = \"time\"", "name = \"Time\"", &["slot \"Time\": its name must be in snake_case"]),
    ] {
        assert_ne!(TAXI.replacen(from, to, 1), TAXI, "{from}");
        let error = Folder::with(&[("taxi.toml", &TAXI.replacen(from, to, 1))]).error();
        assert!(error.contains("taxi.toml"), "{error}");
        for part in said {
            assert!(error.contains(part), "{part}: {error}");
        }
    }
}

#[test]
fn what_is_too_much_is_refused() {
    let long = format!("# {}\n{TAXI}", "x".repeat(70_000));
    assert!(Folder::with(&[("taxi.toml", &long)]).error().contains("65536 is the most"));
    let many: Vec<(String, &str)> = (0..60).map(|n| (format!("{n}.toml"), TAXI)).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|(name, text)| (name.as_str(), *text)).collect();
    assert!(Folder::with(&many).error().contains("60 files; 50 is the most"));
    assert!(Templates::load_dir(&PathBuf::from("/nowhere/at/all")).unwrap_err().to_string().contains("/nowhere/at/all"));
}
