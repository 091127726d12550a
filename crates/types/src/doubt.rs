//! Which words were hard to hear, by what whoever wrote them down tells of each piece.

/// A word is doubted when it was found less likely than this.
const LIKELY_MIN: f32 = 0.5;
/// More doubted words than this tell no more.
const WORDS_MAX: usize = 40;

/// The doubted words, without signs around them. A piece is its text and the natural logarithm of its likelihood; a space at its
/// beginning begins a word.
pub fn doubted<'a>(pieces: impl IntoIterator<Item = (&'a str, f32)>) -> Vec<String> {
    let mut words: Vec<(String, f32)> = Vec::new();
    for (text, logprob) in pieces {
        match words.last_mut().filter(|_| !text.starts_with(char::is_whitespace)) {
            // A sign is guessed from the words around it, and is no word.
            Some((word, sum)) if text.contains(char::is_alphanumeric) => {
                word.push_str(text);
                *sum += logprob;
            }
            Some((word, _)) => word.push_str(text),
            None => words.push((text.to_owned(), if text.contains(char::is_alphanumeric) { logprob } else { 0.0 })),
        }
    }
    let unlikely = words.into_iter().filter(|(_, sum)| *sum < LIKELY_MIN.ln());
    let bare = unlikely.map(|(word, _)| word.trim_matches(|c: char| !c.is_alphanumeric()).to_owned());
    bare.filter(|word| !word.is_empty()).take(WORDS_MAX).collect()
}

/// Whether so much of what the callee said was hard to hear that the rest may be wrong, too: more than every fifth word, of ten
/// and more. On a quiet line it is at most every seventh.
pub fn is_bad_line(words: usize, doubted: usize) -> bool {
    words >= 10 && 5 * doubted > words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_as_sure_as_all_its_pieces() {
        let pieces = [
            (" Your", -0.01),
            (" num", -0.4),
            ("ber", -0.4),
            (" is", -0.6),
            (",", -3.0),
            (" four", -0.9),
            (".", -2.0),
            (" -", -5.0),
        ];
        assert_eq!(doubted(pieces), ["number", "four"]);
        assert_eq!(doubted([("Yes", -0.1)]), Vec::<String>::new());
        assert_eq!(doubted([]), Vec::<String>::new());
    }

    #[test]
    fn a_line_is_bad_when_much_was_hard_to_hear() {
        assert!(is_bad_line(10, 3) && is_bad_line(100, 21));
        assert!(!is_bad_line(10, 2) && !is_bad_line(4, 4));
    }
}
