//! Rebuilds this crate whenever the built page changes. It only watches files: building the page is npm's work, never cargo's.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() {
    let manifest = env::var("CARGO_MANIFEST_DIR").unwrap_or_else(|_| ".".into());
    let dist: PathBuf = [manifest.as_str(), "..", "..", "ui", "dist"].iter().collect();
    println!("cargo::rerun-if-changed=build.rs");
    // Cargo takes a watched path that does not exist as changed at every build, so an unbuilt page is an empty folder.
    // Should that fail (a read-only source tree), builds are only less lazy.
    let _ = fs::create_dir_all(&dist);
    // The folder itself as well as its files: a file that is added changes none that was there.
    println!("cargo::rerun-if-changed={}", dist.display());
    if let Err(error) = watch_files(&dist)
        && error.kind() != io::ErrorKind::NotFound
    {
        println!("cargo::warning=reading {} failed: {error}", dist.display());
    }
}

fn watch_files(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        println!("cargo::rerun-if-changed={}", path.display());
        if path.is_dir() {
            watch_files(&path)?;
        }
    }
    Ok(())
}
