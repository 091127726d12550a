//! The scenarios that come with the program.

use crate::scenario::{self, Error, Scenario};

#[derive(rust_embed::RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/scenarios"]
struct Files;

/// All of them, in the order of their names.
///
/// # Errors
/// When one cannot be read, which a test rules out.
pub fn scenarios() -> Result<Vec<Scenario>, Error> {
    let mut names: Vec<_> = Files::iter().filter(|name| name.ends_with(".toml")).collect();
    names.sort();
    let read = |name: &str| {
        let file = Files::get(name).map(|file| String::from_utf8_lossy(&file.data).into_owned());
        scenario::of_text(name, &file.unwrap_or_default())
    };
    names.iter().map(|name| read(name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_shipped_scenario_is_readable_and_has_a_name_of_its_own() {
        let scenarios = scenarios().unwrap();
        let names: BTreeSet<_> = scenarios.iter().map(|scenario| scenario.name.clone()).collect();
        assert_eq!(names.len(), scenarios.len());
        assert!(scenarios.len() >= 40, "{}", scenarios.len());
        for name in Files::iter() {
            assert!(names.contains(name.trim_end_matches(".toml")), "{name} has another name inside");
        }
    }
}
