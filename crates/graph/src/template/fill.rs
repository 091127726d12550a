//! Sentences with gaps.

use serde::{Deserialize, Deserializer, de::Error as _};
use types::Details;

/// A text with `{name}` for a detail, and `[…]` around what is left out when a detail inside it is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Gap(String),
    Option(Vec<Part>),
}

impl Pattern {
    /// Reads a pattern; the error says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut rest = text.trim();
        let parts = parts(&mut rest, false)?;
        Ok(Self(parts))
    }

    /// The names of all gaps.
    pub fn names(&self) -> Vec<&str> {
        fn collect<'a>(parts: &'a [Part], names: &mut Vec<&'a str>) {
            for part in parts {
                match part {
                    Part::Text(_) => {}
                    Part::Gap(name) => names.push(name),
                    Part::Option(inner) => collect(inner, names),
                }
            }
        }
        let mut names = Vec::new();
        collect(&self.0, &mut names);
        names
    }

    /// The text for these details. A gap outside brackets that is not known is filled with its name in words.
    pub fn fill(&self, known: &Details) -> String {
        let mut text = String::new();
        write(&self.0, known, &mut text);
        text
    }
}

fn write(parts: &[Part], known: &Details, text: &mut String) {
    for part in parts {
        match part {
            Part::Text(words) => text.push_str(words),
            Part::Gap(name) => match known.get(name) {
                Some(value) => text.push_str(value),
                None => text.push_str(&format!("the {}", name.replace('_', " "))),
            },
            Part::Option(inner) => {
                let complete = inner.iter().all(|part| match part {
                    Part::Gap(name) => known.contains_key(name),
                    Part::Text(_) | Part::Option(_) => true,
                });
                if complete {
                    write(inner, known, text);
                }
            }
        }
    }
}

fn parts(rest: &mut &str, inside: bool) -> Result<Vec<Part>, String> {
    let mut parts = Vec::new();
    loop {
        let Some(at) = rest.find(['{', '[', ']', '}']) else {
            if inside {
                return Err("a [ is never closed".into());
            }
            parts.push(Part::Text((*rest).to_owned()));
            return Ok(parts);
        };
        parts.push(Part::Text(rest[..at].to_owned()));
        let mark = rest.as_bytes()[at];
        *rest = &rest[at + 1..];
        match mark {
            b'{' => {
                let (name, after) = rest.split_once('}').ok_or("a { is never closed")?;
                parts.push(Part::Gap(name.to_owned()));
                *rest = after;
            }
            b'[' => parts.push(Part::Option(self::parts(rest, true)?)),
            b']' if inside => return Ok(parts),
            _ => return Err("a closing bracket closes nothing".into()),
        }
    }
}

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_filled_and_options_left_out() {
        let pattern = Pattern::parse("order {item}[ for {name}[ and {other}]] now").unwrap();
        let mut known = Details::from([("item".to_owned(), "a pizza".to_owned())]);
        assert_eq!(pattern.fill(&known), "order a pizza now");
        known.insert("name".into(), "Maria".into());
        assert_eq!(pattern.fill(&known), "order a pizza for Maria now");
        assert_eq!(pattern.names(), ["item", "name", "other"]);
        known.insert("name".into(), "{item} [x]".into());
        assert_eq!(pattern.fill(&known), "order a pizza for {item} [x] now");
    }

    #[test]
    fn a_bracket_too_many_is_told() {
        for bad in ["{a", "[a", "a]", "a}"] {
            assert!(Pattern::parse(bad).is_err(), "{bad}");
        }
    }
}
