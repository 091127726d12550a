//! Lines of the standard input, of bounded length.

use std::io::BufRead;

/// The longest line that is read, bytes.
const BYTES_MAX: usize = 8 * 1024;

/// A line as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Line {
    Text(String),
    /// It was longer than a line may be; nothing of it is kept.
    TooLong,
    /// It is no UTF-8.
    NotText,
}

impl Line {
    /// Why it cannot be used; `None` for a text.
    pub(super) fn problem(&self) -> Option<String> {
        match self {
            Self::Text(_) => None,
            Self::TooLong => Some(format!("it is longer than {BYTES_MAX} bytes")),
            Self::NotText => Some("it is not UTF-8".into()),
        }
    }
}

/// The next line; `None` when the input has ended.
pub(super) fn read(input: &mut impl BufRead) -> std::io::Result<Option<Line>> {
    let mut line = Vec::new();
    let (mut any, mut too_long) = (false, false);
    loop {
        let some = match input.fill_buf() {
            Ok(some) => some,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if some.is_empty() {
            break;
        }
        any = true;
        let end = some.iter().position(|byte| *byte == b'\n');
        let taken = end.map_or(some.len(), |end| end + 1);
        too_long |= line.len() + taken > BYTES_MAX;
        if !too_long {
            line.extend_from_slice(&some[..taken]);
        }
        input.consume(taken);
        if end.is_some() {
            break;
        }
    }
    Ok(match (any, too_long) {
        (false, _) => None,
        (true, true) => Some(Line::TooLong),
        (true, false) => Some(String::from_utf8(line).map_or(Line::NotText, Line::Text)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::BufReader;

    #[test]
    fn lines_are_bounded_and_a_long_one_costs_only_itself() {
        let long = "x".repeat(BYTES_MAX * 5);
        let input = [b"one\n".as_slice(), long.as_bytes(), b"\n\xff\n\nlast"].concat();
        // In small pieces, as a pipe gives them.
        let mut input = BufReader::with_capacity(100, input.as_slice());
        let mut lines = Vec::new();
        while let Some(line) = read(&mut input).unwrap() {
            lines.push(line);
        }
        let text = |text: &str| Line::Text(text.into());
        assert_eq!(lines, [text("one\n"), Line::TooLong, Line::NotText, text("\n"), text("last")]);
        assert!(lines[1].problem().is_some_and(|why| why.contains("8192 bytes")));
    }
}
