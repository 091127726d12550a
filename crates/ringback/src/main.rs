//! Ringback: tell it what you need. It phones, talks, and rings back with the answer.

mod cli;
mod settings;

fn main() -> anyhow::Result<()> {
    let _asked = cli::read()?;
    Ok(())
}
