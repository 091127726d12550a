//! The engine's and the handler's APIs against their own documents: generated requests to a running demo.

use crate::{
    run::{command, root},
    server::Demo,
    venv::Venv,
};
use std::path::Path;

/// Where the requirements, the configuration and the hooks stand.
const FOLDER: &str = "api-tests";

/// Starts a demo of its own and sends requests that the documents allow, and some that they do not: no answer may be a server
/// error or differ from its document. Orders go to the simulator's busy line only.
///
/// # Errors
/// When something was found (it is printed above), or Python's tools cannot be installed.
pub(crate) fn run(program: &Path) -> anyhow::Result<()> {
    let tools = Venv::ready("api-tests", &root().join(FOLDER).join("requirements.txt"))?;
    // Busy calls are short, but the orders come faster; and most of the carrier's callbacks are not signed.
    let demo = Demo::with(program, "error,handler::outbox=off", &["--max-calls", "500"])?;
    for (name, address) in [("engine", &demo.addresses.engine), ("call handler", &demo.addresses.handler)] {
        let document = format!("{}/openapi.json", address.trim_end_matches('/'));
        command(tools.program("schemathesis"))
            .args(["--config-file", "schemathesis.toml", "run", &document])
            .folder(FOLDER)
            // The hooks' compiled form stays out of the tree.
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .step(&format!("Testing the {name}'s API against its document"))?;
    }
    Ok(())
}
