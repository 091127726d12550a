//! What a recogniser makes of sounds that are no speech: signs for music, and the same words over and over.

/// How often the same words follow one another in nobody's speech.
const REPEATS_MIN: usize = 6;
/// How many words the repeated phrase has at most.
const PHRASE_MAX: usize = 16;

/// The words, or nothing if they are only what the recogniser makes of music or noise.
pub(crate) fn without_babble(text: &str) -> &str {
    let music = text.contains(['\u{266a}', '\u{266b}', '\u{1f3b5}', '\u{1f3b6}']);
    // The ears know English only.
    let foreign = !text.is_empty() && !text.chars().any(|c| c.is_ascii_alphanumeric());
    if music || foreign || repeats(text) { "" } else { text }
}

/// Whether most of the text is one phrase again and again.
fn repeats(text: &str) -> bool {
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric() && c != '\'').filter(|word| !word.is_empty()).collect();
    (1..=PHRASE_MAX).any(|len| {
        // A long phrase needs fewer repeats to be nobody's.
        let times = if len > 4 { 3 } else { REPEATS_MIN };
        let (mut run, mut longest) = (0, 0);
        for at in len..words.len() {
            run = if words[at] == words[at - len] { run + 1 } else { 0 };
            longest = longest.max(run);
        }
        longest >= len * (times - 1) && (longest + len) * 2 >= words.len()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_of_music_is_no_speech() {
        for text in [
            "\u{266a}\u{266a}\u{266a}\u{266a}",
            "\u{1f3b5}I'm so sorry \u{1f3b5}I'm so sorry",
            "Oh, oh, oh, oh, oh, oh, oh, oh",
            ">> >> I'm sorry, I'm sorry, I'm sorry, I'm sorry, I'm sorry, I'm sorry, I'm",
            "We're going to talk about the real real real real real real real real real",
            "The first step is to make the world. The first step is to make the world. The first step is to make the world.",
            "\u{4f60}\u{53eb}\u{53eb}",
        ] {
            assert_eq!(without_babble(text), "", "{text}");
        }
        for text in [
            "No, no, no, that's not right.",
            "Four one five, five five five, zero one zero zero.",
            "One large pizza, and one large pizza, and one small one.",
            "Hello? Hello? Hello?",
            "",
        ] {
            assert_eq!(without_babble(text), text);
        }
    }
}
