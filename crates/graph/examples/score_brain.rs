//! Prints how well the built-in brain understands the held-out phrasings; fails if too much is understood wrongly.

use futures_util::FutureExt;
use graph::{
    brain::{
        BuiltIn,
        score::{Mark, Phrasing, WRONG_LIMIT, fresh, held_out, score},
    },
    template::Templates,
};
use std::{error::Error, process::ExitCode};

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let (templates, unseen, measured) = (Templates::built_in()?, fresh()?, held_out()?);
    let of = |phrasings: &[Phrasing]| {
        score(&BuiltIn, &templates, phrasings).now_or_never().ok_or("the built-in brain waits for nothing")
    };
    println!("Phrasings that were written after the rules:\n{}", of(&unseen)??);
    let score = of(&measured)??;
    print!("Phrasings that it is measured by:\n{score}");
    let good = score.share(Mark::Wrong) < WRONG_LIMIT;
    if !good {
        eprintln!("{:.0} % or more are understood wrongly", WRONG_LIMIT * 100.0);
    }
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
