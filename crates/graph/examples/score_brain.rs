//! Prints how well the built-in brain understands phrasings; fails if too much of what was scored is understood wrongly.
//!
//! Without arguments: every miss of the development set, and the totals of the held-out one, which is the measure; the worse of the
//! two decides.
//! `--misses FILE` and `--totals FILE` score any other file; the latter shows nothing of its phrasings, so that it stays fit to
//! measure by.

use futures_util::FutureExt;
use graph::{
    brain::{
        BuiltIn,
        score::{self, Mark, Phrasing, Score, WRONG_LIMIT},
    },
    template::Templates,
};
use std::{error::Error, process::ExitCode};

const USAGE: &str = "expected no arguments, --totals FILE or --misses FILE";

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let scored = match *words.as_slice() {
        [] => {
            let developed = of(&score::development()?)?;
            print!("Phrasings that it is developed on:\n{developed}\n");
            let measured = of(&score::held_out()?)?;
            match measured.all {
                0 => println!("Phrasings that it is measured by: none are left; a new set has to be written"),
                _ => print!("Phrasings that it is measured by:\n{}", measured.totals()),
            }
            if measured.share(Mark::Wrong) > developed.share(Mark::Wrong) { measured } else { developed }
        }
        ["--totals", path] => {
            let measured = of(&score::read(&std::fs::read_to_string(path)?)?)?;
            print!("{}", measured.totals());
            measured
        }
        ["--misses", path] => {
            let measured = of(&score::read(&std::fs::read_to_string(path)?)?)?;
            print!("{measured}");
            measured
        }
        _ => return Err(USAGE.into()),
    };
    let good = scored.share(Mark::Wrong) < WRONG_LIMIT;
    if !good {
        eprintln!("{:.0} % or more are understood wrongly", WRONG_LIMIT * 100.0);
    }
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn of(phrasings: &[Phrasing]) -> Result<Score, Box<dyn Error>> {
    let templates = Templates::built_in()?;
    let score = score::score(&BuiltIn, &templates, phrasings).now_or_never();
    Ok(score.ok_or("the built-in brain waits for nothing")??)
}
