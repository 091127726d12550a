//! What `ringback call` is told on the command line.

use crate::settings::Settings;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use types::{Details, VoiceChoice};
use url::Url;

const HELP: &str = "\
Places one call, by the same plan, confirmation and order as in the page. It uses the engine at --engine, or the one that runs
at the configured address (engine.addr), or else starts what it needs for this one call.

What is missing is asked for at the terminal. Where nobody can be asked (--json, or the standard input is no terminal), missing
details end the program with code 2, and the plan must be agreed to beforehand with --yes.

Ctrl-C hangs up and waits for the result; a second Ctrl-C leaves.";

const EXIT_CODES: &str = "\
Exit codes:
  0  the goal was achieved
  1  it was achieved in part or not at all, or it cannot be told
  2  wrong use, or details are missing; nothing was dialled
  3  not connected: busy, no answer, failed, or canceled, also at \"Call? [y/N]\"
  4  Ringback itself failed

With --json every line of the standard output is one JSON object: events of the conversation ({\"stream\":\"conversation\",\"n\",\"at\",
\"event\"}) and of the call ({\"stream\":\"call\",\"n\",\"at_ms\",\"event\"}), and as the last line the call's result as the engine keeps it,
or {\"code\",\"message\",\"missing\"} where there is none.

With --json-input the call can be told something by a line of the standard input, of at most 8 KiB, which is one JSON object:
  {\"type\":\"answer\",\"question_id\":\"q1\",\"text\":\"thick\"}    answers the question of an event {\"stream\":\"call\",…,\"type\":\"question\"}
  {\"type\":\"instruction\",\"text\":\"ask if …\"}             tells the agent what to do; may have an \"instruction_id\"
Each is answered by a line {\"stream\":\"input\",\"line\",\"status\"}: \"taken\", or \"refused\" with \"code\" and \"message\"; \"line\" counts the
lines of the input from 1. It is read from when the call is placed; its end is no end of the call (SIGINT hangs up).

Examples:
  ringback call '+1 415 555 0100' 'order a large pepperoni pizza for pickup' --detail quantity=1 --name 'Maria Lopez' --simulated
  ringback call +14155550102 'ask whether they have oat milk' --simulated --yes --json";

/// What was asked for.
pub(crate) struct Asked {
    /// The configuration, or what is wrong with it.
    pub(crate) settings: anyhow::Result<Settings>,
    pub(crate) number: String,
    pub(crate) task: String,
    /// As given, `name=value`.
    pub(crate) details: Vec<(String, String)>,
    pub(crate) yes: bool,
    pub(crate) json: bool,
    /// Whether a program tells the call something on the standard input.
    pub(crate) json_input: bool,
    pub(crate) engine: Option<Url>,
    pub(crate) simulated: bool,
    /// How the call is to sound.
    pub(crate) choice: VoiceChoice,
}

impl Asked {
    /// What clap has read.
    pub(crate) fn of(given: &ArgMatches, settings: anyhow::Result<Settings>) -> Self {
        let text = |name: &str| given.get_one::<String>(name).cloned().unwrap_or_default();
        let mut details: Vec<(String, String)> =
            given.get_many::<(String, String)>("detail").unwrap_or_default().cloned().collect();
        details.extend(given.get_one::<String>("name").map(|name| ("user_name".to_owned(), name.clone())));
        Self {
            settings,
            number: text("number"),
            task: text("task"),
            details,
            yes: given.get_flag("yes"),
            json: given.get_flag("json"),
            json_input: given.get_flag("json_input"),
            engine: given.get_one::<Url>("engine").cloned(),
            simulated: given.get_flag("simulated"),
            choice: VoiceChoice {
                voice: given.get_one("voice").cloned(),
                model: given.get_one("model").cloned(),
                language: given.get_one("language").cloned(),
            },
        }
    }
}

/// The arguments, without those of the configuration.
pub(crate) fn command() -> Command {
    let flag = |name: &'static str, help: &'static str| Arg::new(name).long(name).help(help).action(ArgAction::SetTrue);
    Command::new("call")
        .about("Place one call from the terminal")
        .long_about(HELP)
        .after_help(EXIT_CODES)
        .arg(Arg::new("number").value_name("NUMBER").required(true).help("Whom to call, +1 415 555 0100"))
        .arg(Arg::new("task").value_name("TASK").required(true).help("What to do, \"book a table for two tomorrow at 7 pm\""))
        .arg(
            Arg::new("detail")
                .long("detail")
                .short('d')
                .value_name("NAME=VALUE")
                .action(ArgAction::Append)
                .value_parser(detail)
                .help("A detail of the task, as in size=large; may be repeated"),
        )
        .arg(
            Arg::new("name")
                .long("name")
                .value_name("YOUR_NAME")
                .help("On whose behalf the call is made; the same as --detail user_name=…"),
        )
        .arg(
            Arg::new("voice")
                .long("voice")
                .value_name("NAME")
                .help("The voice that speaks, marin; by default the configured one"),
        )
        .arg(Arg::new("model").long("model").value_name("NAME").help("The realtime model; by default the configured one"))
        .arg(
            Arg::new("language")
                .long("language")
                .value_name("TAG")
                .help("The language that is spoken, de or pt-BR; by default the configured one, or English"),
        )
        .arg(flag("yes", "Agree to the plan beforehand; it is shown all the same").short('y'))
        .arg(flag("json", "Print one JSON object a line instead of words, and ask nothing"))
        .arg(
            flag("json_input", "Read answers and instructions for the live call from the standard input, one JSON object a line")
                .long("json-input")
                .requires("json"),
        )
        .arg(
            Arg::new("engine")
                .long("engine")
                .value_name("URL")
                .value_parser(value_parser!(Url))
                .help("The engine to use, http://127.0.0.1:8000"),
        )
        .arg(flag("simulated", "Call a simulated business with a local voice, as the demo does; no real phone can ring"))
}

fn detail(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("must be NAME=VALUE, as in size=large")?;
    let (name, value) = (name.trim().to_lowercase().replace(['-', ' '], "_"), value.trim());
    if name.is_empty() || value.is_empty() {
        return Err("must be NAME=VALUE, as in size=large, and neither may be empty".into());
    }
    Ok((name, value.to_owned()))
}

/// The details by name; `None` names one that was given twice with different values.
pub(super) fn by_name(pairs: &[(String, String)]) -> Result<Details, String> {
    let mut details = Details::new();
    for (name, value) in pairs {
        if details.insert(name.clone(), value.clone()).is_some_and(|before| before != *value) {
            return Err(format!("the detail {name} is given twice with different values; give it once"));
        }
    }
    Ok(details)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_detail_is_a_name_and_a_value() {
        assert_eq!(
            detail("delivery-address= 12 Elm Street = left"),
            Ok(("delivery_address".into(), "12 Elm Street = left".into()))
        );
        for bad in ["size", "=large", "size= "] {
            assert!(detail(bad).unwrap_err().contains("size=large"), "{bad}");
        }
    }

    #[test]
    fn a_detail_cannot_be_two_things() {
        let pair = |value: &str| ("size".to_owned(), value.to_owned());
        assert_eq!(by_name(&[pair("large"), pair("large")]).unwrap()["size"], "large");
        assert!(by_name(&[pair("large"), pair("small")]).unwrap_err().contains("size"));
    }
}
