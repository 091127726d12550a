//! Reading the settings: defaults, file, environment and flags, and what is said when one of them is wrong.

use super::{KEYS, Key, Kind, OTHER_VARIABLES, Settings};
use anyhow::{Context, bail};
use figment::{
    Figment, Metadata, Profile, Provider,
    providers::{Format, Toml},
    value::{Dict, Map, Value},
};
use std::path::PathBuf;

/// One value from the environment, a flag or the defaults, remembered with where it came from.
struct Given {
    source: String,
    key: &'static str,
    value: Value,
}

impl Provider for Given {
    fn metadata(&self) -> Metadata {
        Metadata::named(self.source.clone())
    }
    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        let nested = figment::util::nest(self.key, self.value.clone());
        Ok(Profile::Default.collect(nested.into_dict().unwrap_or_default()))
    }
}

impl Given {
    fn read(source: String, key: &Key, text: &str) -> anyhow::Result<Self> {
        let value = match key.kind {
            Kind::Text | Kind::Secret => Value::from(text),
            Kind::Number => {
                let number: u64 =
                    text.trim().parse().ok().with_context(|| format!("{source} must be a whole number, not {text:?}"))?;
                Value::from(number)
            }
            Kind::Decimal => {
                let number: f64 = text.trim().parse().ok().with_context(|| format!("{source} must be a number, not {text:?}"))?;
                Value::from(number)
            }
            Kind::Switch => match text.trim().to_lowercase().as_str() {
                "true" | "yes" | "on" | "1" => Value::from(true),
                "false" | "no" | "off" | "0" => Value::from(false),
                _ => bail!("{source} must be true or false, not {text:?}"),
            },
            Kind::List => {
                Value::from(text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(String::from).collect::<Vec<_>>())
            }
        };
        Ok(Self { source, key: key.key, value })
    }
}

impl Settings {
    /// Reads the defaults, the file, the environment and the flags, the later winning over the earlier.
    ///
    /// `flag` tells what was given for a flag's name, `variables` is the environment.
    pub(crate) fn read(
        file: Option<&PathBuf>,
        variables: impl IntoIterator<Item = (String, String)>,
        flag: impl Fn(&str) -> Option<String>,
    ) -> anyhow::Result<Self> {
        let mut figment = Figment::new();
        for key in KEYS.iter().filter(|key| !key.default.is_empty() && !key.default.contains(['<', '~'])) {
            figment = figment.merge(Given::read(format!("the default of {}", key.key), key, key.default)?);
        }
        if let Some(file) = file {
            if !file.is_file() {
                bail!("there is no configuration file {}; name another with --config", file.display());
            }
            figment = figment.merge(Toml::file_exact(file));
        }
        for (name, text) in variables {
            // An empty variable is one that is not set.
            if text.is_empty() {
                continue;
            }
            match KEYS.iter().find(|key| key.env == name) {
                Some(key) => figment = figment.merge(Given::read(format!("the environment variable {name}"), key, &text)?),
                None if name.starts_with("RINGBACK_") && !OTHER_VARIABLES.contains(&name.as_str()) => {
                    bail!(
                        "there is no environment variable {name}; did you mean {}?",
                        nearest(&name, KEYS.iter().map(|key| key.env))
                    )
                }
                None => {}
            }
        }
        for key in KEYS {
            if let Some(text) = flag(key.flag) {
                figment = figment.merge(Given::read(format!("the flag --{}", key.flag), key, &text)?);
            }
        }
        figment.extract().map_err(|error| anyhow::anyhow!(explain(error)))
    }
}

/// Says in a sentence which key is wrong, where it stands and what would be right; never shows a secret.
fn explain(error: figment::Error) -> String {
    let mut sentences = Vec::new();
    for error in error {
        let place = error.path.join(".");
        let source = error.metadata.as_ref().map(|m| match &m.source {
            Some(source) => format!(" in {source}"),
            None => format!(" from {}", m.name),
        });
        let source = source.unwrap_or_default();
        let secret = KEYS.iter().any(|key| key.key == place && key.kind == Kind::Secret);
        sentences.push(if let figment::error::Kind::UnknownField(field, _) = &error.kind {
            let full = error.path.iter().filter(|part| *part != field).chain([field]).cloned().collect::<Vec<_>>().join(".");
            format!("unknown key {full:?}{source}; did you mean {:?}?", nearest(&full, KEYS.iter().map(|key| key.key)))
        } else if secret {
            format!("{place}{source} must be a text")
        } else if place.is_empty() {
            format!("{}{source}", error.kind)
        } else {
            format!("{place}{source}: {}", error.kind)
        });
    }
    sentences.join("; ")
}

/// The known name most like a wrong one.
fn nearest<'a>(wrong: &str, known: impl Iterator<Item = &'a str>) -> &'a str {
    known.max_by(|a, b| strsim::jaro_winkler(wrong, a).total_cmp(&strsim::jaro_winkler(wrong, b))).unwrap_or_default()
}
