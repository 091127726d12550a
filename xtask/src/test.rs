//! Every test: lints, Rust, the page alone, the whole story in a browser, the APIs, and the providers' own clients.

use crate::{
    api, chaos, interop, models, needs, page,
    run::{command, root, target_dir},
};
use anyhow::bail;
use std::path::PathBuf;

/// A part of the tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Part {
    /// Formatting, clippy, and whether the generated types are fresh.
    Lint,
    /// The crates' tests.
    Rust,
    /// Whole calls while engine, handler and the network between them fail.
    Chaos,
    /// The page's own tests, in a browser, against a scripted engine.
    Page,
    /// The whole product in a browser, with real sound.
    Story,
    /// The APIs against their own documents.
    Api,
    /// The providers' own clients against our servers.
    Interop,
}

/// Runs one part, or all of them.
pub(crate) fn run(part: Option<Part>) -> anyhow::Result<()> {
    let wanted = |which| part.is_none_or(|part| part == which);
    needs::node()?;
    needs::python()?;
    if std::env::var_os("RINGBACK_CONTRACTS").is_none() {
        eprintln!("  RINGBACK_CONTRACTS names no folder: the checks against the providers' own schemas are skipped");
    }
    // The page is embedded in the program, so it is built before anything is compiled.
    page::build()?;
    models::fetch(&models::default_dir())?;
    if wanted(Part::Lint) {
        lint()?;
    }
    if wanted(Part::Rust) {
        command("cargo").args(["test", "--release", "--workspace", "--no-fail-fast"]).step("Testing the crates")?;
    }
    if wanted(Part::Chaos) {
        chaos::short(&program()?)?;
    }
    if wanted(Part::Page) {
        command("npm").args(["run", "--silent", "check"]).folder("ui").step("Checking the page's types")?;
        command("npm").args(["run", "--silent", "test"]).folder("ui").step("Testing the page's parts")?;
        command("npm")
            .args(["run", "--silent", "test:page"])
            .folder("ui")
            .env("CHROMIUM", needs::chromium()?)
            .step("Testing the page in a browser")?;
    }
    if wanted(Part::Story) {
        let program = program()?;
        // Examples are built with the tests; this one makes what the story's microphone speaks.
        let say = program.with_file_name("examples").join("say").with_extension(std::env::consts::EXE_EXTENSION);
        command("npm")
            .args(["run", "--silent", "test:story"])
            .folder("ui")
            .env("CHROMIUM", needs::chromium()?)
            .env("RINGBACK", program)
            .env("STORY_SAY", say)
            .step("Testing the whole story in a browser")?;
    }
    if wanted(Part::Api) {
        api::run(&program()?)?;
    }
    if wanted(Part::Interop) {
        interop::run(&program()?)?;
    }
    eprintln!("\x1b[1m✓ everything passed\x1b[0m");
    Ok(())
}

/// The program as the crates' tests build it: a second build with other features would compile everything once more.
fn program() -> anyhow::Result<PathBuf> {
    command("cargo").args(["test", "--release", "--workspace", "--no-run", "--quiet"]).step("Building ringback (release)")?;
    Ok(target_dir()?.join("release").join("ringback"))
}

fn lint() -> anyhow::Result<()> {
    command("cargo").args(["fmt", "--all", "--check"]).step("Checking the formatting")?;
    command("cargo")
        .args(["clippy", "--quiet", "--workspace", "--all-targets", "--", "--deny", "warnings"])
        .step("Running clippy")?;
    let before = generated_types()?;
    page::types()?;
    if generated_types()? != before {
        bail!("ui/src/types was not what the Rust types say; it has been written anew: commit it");
    }
    Ok(())
}

/// The generated TypeScript files with their texts, sorted by name.
fn generated_types() -> anyhow::Result<Vec<(String, String)>> {
    let mut files = Vec::new();
    let mut folders = vec![root().join("ui/src/types")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push((path.to_string_lossy().into_owned(), std::fs::read_to_string(&path)?));
            }
        }
    }
    files.sort();
    Ok(files)
}
