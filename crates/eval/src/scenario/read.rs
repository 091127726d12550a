//! Reading scenario files: one, or a folder of them.

use super::Scenario;
use std::io;
use std::path::{Path, PathBuf};

/// The longest file that is read, bytes.
const FILE_BYTES_MAX: u64 = 256 * 1024;
/// How many files of a folder are read.
const FILES_MAX: usize = 1_000;
/// The number that is called where neither the order nor the callee names one.
const NUMBER: &str = "+14155550199";

/// Why a scenario cannot be run.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file cannot be read.
    #[error("reading the scenario {path}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// It is too long.
    #[error("the scenario {path} is longer than {} KiB; one file is one call", FILE_BYTES_MAX / 1024)]
    TooLong {
        /// Which.
        path: PathBuf,
    },
    /// There are too many.
    #[error("the folder {path} has more than {FILES_MAX} scenarios; name some of them")]
    TooMany {
        /// Where.
        path: PathBuf,
    },
    /// The folder has none.
    #[error("the folder {path} has no scenario: a file whose name ends in .toml")]
    Empty {
        /// Where.
        path: PathBuf,
    },
    /// It is not what a scenario looks like.
    #[error("the scenario {name}{line} cannot be read{field}: {problem}")]
    Shape {
        /// Of which.
        name: String,
        /// `, line 7`, or nothing.
        line: String,
        /// ` at callee.pitch`, or nothing.
        field: String,
        /// What is wrong.
        problem: String,
    },
    /// A value cannot be used.
    #[error("the scenario {name}: {field} {problem}")]
    Value {
        /// Of which.
        name: String,
        /// Which.
        field: String,
        /// What would be right.
        problem: String,
    },
}

/// The scenarios of a file or of a folder, in the order of their names.
///
/// # Errors
/// When one of them cannot be read.
pub fn of_path(path: &Path) -> Result<Vec<Scenario>, Error> {
    let failed = |source| Error::File { path: path.into(), source };
    if !std::fs::metadata(path).map_err(failed)?.is_dir() {
        return Ok(vec![of_file(path)?]);
    }
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path).map_err(failed)? {
        let file = entry.map_err(failed)?.path();
        if file.extension().is_some_and(|ending| ending == "toml") {
            files.push(file);
        }
        if files.len() > FILES_MAX {
            return Err(Error::TooMany { path: path.into() });
        }
    }
    if files.is_empty() {
        return Err(Error::Empty { path: path.into() });
    }
    files.sort();
    files.iter().map(|file| of_file(file)).collect()
}

fn of_file(path: &Path) -> Result<Scenario, Error> {
    let failed = |source| Error::File { path: path.into(), source };
    if std::fs::metadata(path).map_err(failed)?.len() > FILE_BYTES_MAX {
        return Err(Error::TooLong { path: path.into() });
    }
    of_text(&path.display().to_string(), &std::fs::read_to_string(path).map_err(failed)?)
}

/// A scenario as text; `name` is what errors call it.
///
/// # Errors
/// When it is no scenario, with the line and the field.
pub fn of_text(name: &str, text: &str) -> Result<Scenario, Error> {
    let shape = |line: Option<usize>, field: &str, problem: &str| Error::Shape {
        name: name.into(),
        line: line.map_or_else(String::new, |line| format!(", line {line}")),
        field: if field.is_empty() || field == "." { String::new() } else { format!(" at {field}") },
        problem: problem.into(),
    };
    let line_of = |error: &toml::de::Error| error.span().map(|span| text[..span.start.min(text.len())].split('\n').count());
    let mut table: toml::Table = toml::from_str(text).map_err(|error| shape(line_of(&error), "", error.message()))?;
    complete(&mut table);
    let read: Result<Scenario, _> = serde_path_to_error::deserialize(toml::Value::Table(table));
    let scenario = read.map_err(|error| {
        // A table knows no lines, so the line is where the text sets the field.
        let field = error.path().to_string();
        shape(line_named(text, &field), &field, error.inner().message())
    })?;
    scenario.check().map_err(|(field, problem)| Error::Value { name: name.into(), field, problem })?;
    Ok(scenario)
}

/// The line on which the last part of a field's path is set.
fn line_named(text: &str, field: &str) -> Option<usize> {
    let key = field.rsplit('.').next()?.split('[').next().filter(|key| !key.is_empty())?;
    let sets = |line: &str| line.trim_start().strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with('='));
    text.lines().position(sets).map(|line| line + 1)
}

/// What an order must have and a scenario need not say.
fn complete(table: &mut toml::Table) {
    let callee = table.get("callee").and_then(|callee| callee.get("number")).and_then(toml::Value::as_str);
    let number = callee.unwrap_or(NUMBER).to_owned();
    let Some(order) = table.get_mut("order").and_then(toml::Value::as_table_mut) else { return };
    order.entry("target_phone_number").or_insert_with(|| number.into());
    let goal = order.get("goal").and_then(toml::Value::as_str).unwrap_or("Do what the details say.").to_owned();
    order.entry("final_instructions").or_insert_with(|| goal.into());
}

#[cfg(test)]
mod tests {
    use super::*;
    use types::OutcomeStatus;

    const LEAST: &str = "name = \"a\"\nshows = \"b\"\n[order]\ngoal = \"ask whether it is open\"\n[callee]\n\
        number = \"+14155550102\"\n[expect]\nstatus = \"achieved\"\n";

    fn told(text: &str) -> String {
        of_text("x.toml", text).unwrap_err().to_string()
    }

    #[test]
    fn a_short_scenario_is_enough() {
        let scenario = of_text("x", LEAST).unwrap();
        assert_eq!(scenario.order.target_phone_number.as_str(), "+14155550102");
        assert_eq!(scenario.order.final_instructions, "ask whether it is open");
        assert!(scenario.expect.status.allows(&OutcomeStatus::Achieved));
        assert!(!scenario.expect.status.allows(&OutcomeStatus::Unknown));
        assert!(scenario.expect.disposition.allows(&types::Disposition::Busy));
    }

    #[test]
    fn an_error_names_the_line_the_field_and_what_to_do() {
        let wrong = told(&LEAST.replace("\"achieved\"", "\"done\""));
        assert!(wrong.starts_with("the scenario x.toml, line 8 cannot be read at expect.status"), "{wrong}");
        let unknown = told(&format!("{LEAST}[line]\nnoize_db = 3\n"));
        assert!(unknown.contains("line 10") && unknown.contains("noize_db") && unknown.contains("noise_db"), "{unknown}");
        let broken = told("name = \n");
        assert!(broken.contains("line 1"), "{broken}");
        let value = told(&format!("{LEAST}[line]\nloss = 0.7\n"));
        assert_eq!(value, "the scenario x.toml: line.loss must be 0 to 0.5, not 0.7");
        let order = told(&LEAST.replace("goal", "limits = { call_max_s = 5 }\ngoal"));
        assert_eq!(order, "the scenario x.toml: order.limits.call_max_s must be 15 to 3600 seconds, not 5");
    }

    #[test]
    fn a_folder_without_scenarios_is_an_error() {
        let path = std::env::temp_dir().join("ringback-eval-none");
        std::fs::create_dir_all(&path).unwrap();
        assert!(matches!(of_path(&path), Err(Error::Empty { .. })));
        assert!(matches!(of_path(&path.join("no.toml")), Err(Error::File { .. })));
    }
}
