//! The command line: one flag for every key of the configuration, the same for all commands.

use crate::settings::{KEYS, Settings};
use crate::{call, doctor, evals};
use clap::{Arg, ArgMatches, Command, builder::PathBufValueParser};
use std::path::PathBuf;

/// What the program is asked to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Everything on this machine, simulated, with no keys.
    Demo,
    /// Engine and call handler, for real.
    Serve,
    /// The engine alone.
    Engine,
    /// The call handler alone.
    Handler,
    /// The carrier simulator alone.
    CarrierSim,
    /// The local voice alone.
    Voice,
    /// Print the reference of the configuration.
    Config,
}

const MODES: [(Mode, &str, &str); 7] = [
    (Mode::Demo, "demo", "Run everything on this machine with a simulated carrier and a local voice; needs no keys"),
    (Mode::Serve, "serve", "Run the engine and the call handler with the configured carrier and model"),
    (Mode::Engine, "engine", "Run the orchestration engine alone"),
    (Mode::Handler, "handler", "Run the realtime call handler alone"),
    (Mode::CarrierSim, "carrier-sim", "Run the carrier simulator alone"),
    (Mode::Voice, "voice", "Run the local voice alone"),
    (Mode::Config, "config", "Print every key of the configuration, as a file to begin with"),
];

/// What the program is asked to do.
pub(crate) enum Task {
    /// Run parts until it is stopped.
    Run(Box<Asked>),
    /// Place one call.
    Call(Box<call::Asked>),
    /// Check whether calls can be made.
    Doctor(Box<doctor::Asked>),
    /// Run scenarios.
    Eval(Box<evals::Asked>),
}

/// What was asked on the command line.
pub(crate) struct Asked {
    /// What to be.
    pub(crate) mode: Mode,
    /// The configuration.
    pub(crate) settings: Settings,
    /// Where to write the addresses once everything listens.
    pub(crate) ready_file: Option<PathBuf>,
}

/// Reads the command line and the configuration; prints help or a usage error and ends the program where those are due.
pub(crate) fn read() -> anyhow::Result<Task> {
    ask(&command().get_matches(), std::env::vars())
}

fn ask(matches: &ArgMatches, variables: impl IntoIterator<Item = (String, String)>) -> anyhow::Result<Task> {
    let Some((name, given)) = matches.subcommand() else { anyhow::bail!("no command given") };
    match name {
        "call" => Ok(Task::Call(Box::new(call::Asked::of(given, quietly("warn", given, variables))))),
        "doctor" => Ok(Task::Doctor(Box::new(doctor::Asked::of(given, quietly("error", given, variables))))),
        "eval" => Ok(Task::Eval(Box::new(evals::Asked::of(given, quietly("error", given, variables))))),
        name => run(name, given, variables).map(|asked| Task::Run(Box::new(asked))),
    }
}

/// The configuration of a command that talks with somebody at a terminal: it logs nothing below `level`, unless asked to.
fn quietly(level: &str, given: &ArgMatches, variables: impl IntoIterator<Item = (String, String)>) -> anyhow::Result<Settings> {
    const LOG: &str = "log";
    let variables: Vec<_> = variables.into_iter().collect();
    let asked_for = variables.iter().any(|(name, text)| name == "RINGBACK_LOG" && !text.is_empty());
    Settings::read(given.get_one::<PathBuf>("config"), variables, |flag| {
        let quiet = (flag == LOG && !asked_for).then(|| level.to_owned());
        given.get_one::<String>(flag).cloned().or(quiet)
    })
}

fn run(name: &str, given: &ArgMatches, variables: impl IntoIterator<Item = (String, String)>) -> anyhow::Result<Asked> {
    let mode = MODES.iter().find(|(_, known, _)| *known == name).map_or(Mode::Demo, |(mode, ..)| *mode);
    let settings = Settings::read(given.get_one::<PathBuf>("config"), variables, |flag| given.get_one::<String>(flag).cloned())?;
    Ok(Asked { mode, settings, ready_file: given.get_one::<PathBuf>("ready-file").cloned() })
}

fn command() -> Command {
    let program = Command::new("ringback")
        .about("Tell it what you need. It phones, talks, and rings back with the answer.")
        .version(env!("CARGO_PKG_VERSION"))
        .subcommand_required(true)
        .arg_required_else_help(true);
    let ready = || path("ready-file", "Write the addresses there as JSON once everything listens");
    let program = MODES.iter().fold(program, |program, (_, name, about)| {
        program.subcommand(with_flags(Command::new(*name).about(*about)).arg(ready()))
    });
    program
        .subcommand(with_flags(call::command()))
        .subcommand(with_flags(doctor::command()))
        .subcommand(with_flags(evals::command()))
}

fn path(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).value_name("FILE").help(help).value_parser(PathBufValueParser::new())
}

fn with_flags(command: Command) -> Command {
    let command = command.arg(path("config", "TOML file with the configuration").env("RINGBACK_CONFIG"));
    KEYS.iter().fold(command, |command, key| {
        let default = if key.default.is_empty() { String::new() } else { format!(" [default: {}]", key.default) };
        let help = format!("{} [{}, {}]{default}", key.help, key.key, key.env);
        command.arg(
            Arg::new(key.flag)
                .long(key.flag)
                .value_name("VALUE")
                .help(help)
                .help_heading("Configuration [TOML key, environment variable]"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        command().debug_assert();
    }

    #[test]
    fn every_command_takes_every_flag() {
        for (mode, name, _) in MODES {
            let matches = command().try_get_matches_from(["ringback", name, "--engine-addr", "127.0.0.1:9"]).unwrap();
            let Ok(Task::Run(asked)) = ask(&matches, []) else { panic!("{name} runs parts") };
            assert_eq!((asked.mode, asked.settings.engine.addr.port()), (mode, 9));
        }
    }

    #[test]
    fn an_unknown_flag_is_an_error() {
        assert!(command().try_get_matches_from(["ringback", "demo", "--adress", "x"]).is_err());
    }
}
