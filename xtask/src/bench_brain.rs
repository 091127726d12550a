//! How well the built-in brain understands.

use crate::run;

/// Prints every miss of the development set and the totals of the held-out one; fails if too much of the former is understood
/// wrongly.
pub(crate) fn run() -> anyhow::Result<()> {
    run::command("cargo")
        .args(["run", "--quiet", "--package", "graph", "--example", "score_brain"])
        .step("Scoring the built-in brain")
}
