//! Cutting a text into what is synthesised in one go.

/// Titles and the like, whose dot ends no sentence.
const ABBREVIATIONS: &[&str] =
    &["dr", "mr", "mrs", "ms", "st", "prof", "jr", "sr", "no", "apt", "vs", "e.g", "i.e", "ave", "blvd", "rd"];
/// Longer sentences are cut at a comma or space: the model is made for about 400 sounds at a time. In bytes.
const LEN_MAX: usize = 280;

/// The sentences of a text, in order, without the space around them. Nothing but space is left out. A very long sentence comes
/// in pieces.
pub fn sentences(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut begin = 0;
    for (at, c) in text.char_indices() {
        let after = at + c.len_utf8();
        let rest = &text[after..];
        let ends = match c {
            '\n' => true,
            '!' | '?' | '…' => rest.is_empty() || rest.starts_with(char::is_whitespace),
            '.' => ends_sentence(&text[begin..at], rest),
            _ => false,
        };
        if ends {
            push(&mut found, &text[begin..after]);
            begin = after;
        }
    }
    push(&mut found, &text[begin..]);
    found
}

/// Whether a dot between the two is a full stop.
fn ends_sentence(before: &str, after: &str) -> bool {
    let Some(next) = after.trim_start().chars().next() else { return true };
    if !after.starts_with(char::is_whitespace) || next.is_lowercase() {
        return false;
    }
    let word = before.rsplit(|c: char| c.is_whitespace() || c == '(').next().unwrap_or_default();
    let initial = word.len() == 1 && word.chars().all(char::is_uppercase);
    !initial && !ABBREVIATIONS.contains(&word.to_lowercase().as_str())
}

fn push<'a>(found: &mut Vec<&'a str>, sentence: &'a str) {
    let mut rest = sentence.trim();
    while rest.len() > LEN_MAX {
        let end = (0..=LEN_MAX).rev().find(|&i| rest.is_char_boundary(i)).unwrap_or(0);
        let head = &rest[..end];
        let cut = head.rfind([',', ';', ':', '—']).filter(|&i| i > LEN_MAX / 3).or_else(|| head.rfind(char::is_whitespace));
        let cut = cut.map_or(end, |i| i + head[i..].chars().next().map_or(1, char::len_utf8));
        found.push(rest[..cut].trim());
        rest = rest[cut..].trim();
    }
    // Punctuation alone cannot be said.
    if rest.chars().any(char::is_alphanumeric) {
        found.push(rest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_at_full_stops_only() {
        assert_eq!(
            sentences("Hi, Dr. Lee. It is $18.50. At 7 p.m. please! J. K. Rowling?\nYes"),
            ["Hi, Dr. Lee.", "It is $18.50.", "At 7 p.m. please!", "J. K. Rowling?", "Yes"]
        );
        assert_eq!(sentences("  "), Vec::<&str>::new());
        assert_eq!(sentences("… - ."), Vec::<&str>::new());
    }

    #[test]
    fn a_very_long_sentence_comes_in_pieces() {
        let long = "a very long wish, with many words é ".repeat(40);
        let pieces = sentences(&long);
        assert!(pieces.len() > 4 && pieces.iter().all(|piece| piece.len() <= LEN_MAX));
        let without_space = |text: &str| text.split_whitespace().collect::<String>();
        assert_eq!(without_space(&pieces.concat()), without_space(&long));
        assert!(sentences(&"é".repeat(1_000)).iter().all(|piece| piece.len() <= LEN_MAX));
    }
}
