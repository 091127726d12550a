//! Lines on the standard output. On a terminal the last one may grow; anywhere else only finished lines are written.

use console::Term;
use std::io::Write as _;

/// Where words are shown.
pub(super) struct Screen {
    /// The terminal, if the standard output is one.
    term: Option<Term>,
    /// Whether a growing line stands at the bottom.
    growing: bool,
    /// Nothing is drawn but finished lines: somebody types.
    rests: bool,
}

impl Screen {
    pub(super) fn new() -> Self {
        let term = Term::stdout();
        Self { term: term.is_term().then_some(term), growing: false, rests: false }
    }

    /// A finished line, or several.
    pub(super) fn line(&mut self, text: &str) {
        self.wipe();
        let mut out = std::io::stdout().lock();
        for line in text.split('\n') {
            // A reader that has gone away must not end a call that is under way.
            drop(writeln!(out, "{}", plain(line)));
        }
        drop(out.flush());
    }

    /// The line at the bottom as it is by now; its end, if it is too long.
    pub(super) fn growing(&mut self, label: &str, text: &str) {
        self.wipe();
        let Some(term) = self.term.as_ref().filter(|_| !self.rests) else { return };
        let width = usize::from(term.size().1).saturating_sub(1);
        let shown = end_of(&plain(text), width.saturating_sub(console::measure_text_width(label)));
        drop(term.write_str(&format!("{label}{shown}")));
        drop(term.flush());
        self.growing = true;
    }

    /// Whether lines grow from now on, or are shown when they are finished.
    pub(super) fn rest(&mut self, rests: bool) {
        self.wipe();
        self.rests = rests;
    }

    fn wipe(&mut self) {
        if let Some(term) = self.term.as_ref().filter(|_| std::mem::take(&mut self.growing)) {
            drop(term.clear_line());
        }
    }
}

/// What fits of the end of a text.
fn end_of(text: &str, width: usize) -> String {
    if console::measure_text_width(text) <= width {
        return text.to_owned();
    }
    let mut rest = text.chars();
    while !rest.as_str().is_empty() && console::measure_text_width(rest.as_str()) >= width {
        rest.next();
    }
    format!("…{}", rest.as_str())
}

/// Without what would make the terminal do something: the words come from a stranger.
pub(super) fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_shows_its_end() {
        assert_eq!(end_of("one two three", 20), "one two three");
        assert_eq!(end_of("one two three", 6), "…three");
        assert_eq!(end_of("one", 0), "…");
    }

    #[test]
    fn a_stranger_cannot_steer_the_terminal() {
        assert_eq!(plain("hi\u{1b}[2J\r\nthere"), "hi [2J  there");
    }
}
