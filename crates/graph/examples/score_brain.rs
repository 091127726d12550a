//! Prints how well the built-in brain understands the held-out phrasings; fails if too much is understood wrongly.

use futures_util::FutureExt;
use graph::{
    brain::{
        BuiltIn,
        score::{Mark, WRONG_LIMIT, held_out, score},
    },
    template::Templates,
};
use std::{error::Error, process::ExitCode};

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let (templates, phrasings) = (Templates::built_in()?, held_out()?);
    let score = score(&BuiltIn, &templates, &phrasings).now_or_never().ok_or("the built-in brain waits for nothing")??;
    print!("{score}");
    let good = score.share(Mark::Wrong) < WRONG_LIMIT;
    if !good {
        eprintln!("{:.0} % or more are understood wrongly", WRONG_LIMIT * 100.0);
    }
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
