//! Scratch.
use speech::{Speech, Voice};
fn main() {
    let speech = Speech::load(&speech::default_models_dir(), 1).expect("models");
    for line in std::io::stdin().lines() {
        let line = line.expect("a line");
        for voice in [Voice::Bright, Voice::Deep] {
            let audio = speech.say(&line, voice).expect("said");
            #[allow(clippy::print_stdout)]
            {
                println!("{voice:?}: {line} -> {}", speech.transcribe(&audio).expect("heard"));
            }
        }
    }
}
