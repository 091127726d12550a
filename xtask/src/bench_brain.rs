//! How well the built-in brain understands.

use crate::run;

/// Prints the score and every miss; fails if too much is understood wrongly.
pub(crate) fn run() -> anyhow::Result<()> {
    run::command("cargo")
        .args(["run", "--quiet", "--package", "graph", "--example", "score_brain"])
        .step("Scoring the built-in brain")
}
