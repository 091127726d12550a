//! Build, demo, test and bench tasks.
mod models;

fn main() -> anyhow::Result<()> {
    models::fetch(&models::default_dir())
}
