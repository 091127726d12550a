//! Proof of a fact: the callee's line in which it was said.

use types::{Evidence, Speaker, TranscriptLine};

mod numbers;
use numbers::{Token, tokens};

/// Where the callee said it. A quote proves a fact when it is in a callee's line together with every number of the value; the
/// value itself proves it when it was said and the rest of the line is what was quoted, or nothing was quoted. The agent's
/// own words prove nothing. Of several lines the last is taken.
pub(crate) fn find(lines: &[TranscriptLine], value: &str, quote: Option<&str>) -> Option<Evidence> {
    let (value, quote) = (tokens(value), tokens(quote.unwrap_or_default()));
    let callee = lines.iter().filter(|line| line.speaker == Speaker::Callee);
    let mut best: Option<(u32, Evidence)> = None;
    for line in callee {
        let said = tokens(&line.text);
        let Some((rank, first, last)) = proof(&said, &value, &quote) else { continue };
        let found = Evidence { line: line.line, quote: line.text[first..last].to_owned(), at_ms: at_ms(line, first) };
        if best.as_ref().is_none_or(|(known, _)| *known <= rank) {
            best = Some((rank, found));
        }
    }
    best.map(|(_, evidence)| evidence)
}

/// How good a proof the line is, and from which byte to which the words lie.
fn proof(said: &[Token], value: &[Token], quote: &[Token]) -> Option<(u32, usize, usize)> {
    let quoted = place_of(quote, said);
    let valued = place_of(value, said).or_else(|| spelled(value, said));
    let numbers = value.iter().filter(|token| token.number);
    let numbers_said = valued.is_some() || numbers.clone().all(|number| said.iter().any(|token| token.word == number.word));
    match (quoted, valued) {
        (Some((first, last)), Some(_)) => Some((3, first, last)),
        (Some((first, last)), None) if numbers_said => Some((2, first, last)),
        (None, Some((first, last))) if telling(value) && alike(quote, said) => Some((1, first, last)),
        (Some(_) | None, _) => None,
    }
}

/// Where the words lie in a row.
fn place_of(wanted: &[Token], said: &[Token]) -> Option<(usize, usize)> {
    if wanted.is_empty() {
        return None;
    }
    let place = said.windows(wanted.len()).position(|row| row.iter().zip(wanted).all(|(a, b)| a.word == b.word))?;
    Some((said[place].start, said[place + wanted.len() - 1].end))
}

/// A code that was spelled out: `AB12` as "A B one two", `4821` as "forty-eight twenty-one".
fn spelled(wanted: &[Token], said: &[Token]) -> Option<(usize, usize)> {
    let code: String = wanted.iter().map(|token| token.word.as_str()).collect();
    if code.len() < 3 || !wanted.iter().any(|token| token.number) {
        return None;
    }
    for first in 0..said.len() {
        let mut rest = code.as_str();
        for token in said[first..].iter().take_while(|token| token.number || token.word.len() == 1) {
            let Some(after) = rest.strip_prefix(token.word.as_str()) else { break };
            rest = after;
            if rest.is_empty() {
                return Some((said[first].start, token.end));
            }
        }
    }
    None
}

/// A value that says something by itself; "no" is in too many sentences.
fn telling(value: &[Token]) -> bool {
    value.len() >= 2 || value.iter().any(|token| token.number || token.word.len() >= 4)
}

/// The line is about what was quoted: half of the quote's words are in it.
fn alike(quote: &[Token], said: &[Token]) -> bool {
    let shared = quote.iter().filter(|wanted| said.iter().any(|token| token.word == wanted.word)).count();
    2 * shared >= quote.len()
}

/// About when the words at this byte of the line were said.
fn at_ms(line: &TranscriptLine, byte: usize) -> u64 {
    let length = line.end_ms.saturating_sub(line.start_ms);
    line.start_ms + length * byte as u64 / (line.text.len() as u64).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(number: u32, speaker: Speaker, text: &str) -> TranscriptLine {
        let start_ms = u64::from(number) * 1_000;
        TranscriptLine {
            line: number,
            speaker,
            text: text.into(),
            heard: text.into(),
            interrupted: false,
            start_ms,
            end_ms: start_ms + 900,
        }
    }

    fn by_callee(text: &str, value: &str, quote: &str) -> Option<String> {
        find(&[line(1, Speaker::Callee, text)], value, Some(quote).filter(|q| !q.is_empty())).map(|evidence| evidence.quote)
    }

    #[test]
    fn what_only_the_agent_said_is_not_proven() {
        let agent = [line(1, Speaker::Agent, "So that is $18.50?"), line(2, Speaker::Callee, "Uh huh.")];
        assert_eq!(find(&agent, "$18.50", Some("that is $18.50")), None);
    }

    #[test]
    fn numbers_match_as_digits_and_as_words() {
        for (said, value) in [
            ("Your total is eighteen fifty.", "$18.50"),
            ("That'll be eighteen dollars and fifty cents.", "$18.50"),
            ("It comes to $18.50 with tax.", "18.50"),
            ("About twenty-five minutes.", "25 minutes"),
            ("Twenty five minutes or so", "25 minutes"),
            ("We have you down for seven p.m. on Saturday", "7:00 pm"),
            ("November twenty eighth works", "November 28"),
            ("one hundred and five people", "105"),
            ("Ready in half an hour", "30 minutes"),
            ("Your confirmation is four eight two one", "4821"),
            ("It's R B forty-eight twenty-one", "RB4821"),
            ("five five five oh one hundred", "5550100"),
        ] {
            assert!(by_callee(said, value, "").is_some(), "{said} ≠ {value}");
        }
    }

    #[test]
    fn other_numbers_do_not_match() {
        for (said, value, quote) in [
            ("Your total is eighteen fifteen.", "$18.50", "Your total is"),
            ("About twenty minutes.", "25 minutes", "about twenty minutes"),
            ("Ready in 25 minutes", "$25", "the total is $25"),
            ("Sure, no problem.", "no", ""),
            ("Number 14821", "4821", ""),
        ] {
            assert_eq!(by_callee(said, value, quote), None, "{said} = {value}");
        }
    }

    #[test]
    fn a_quote_proves_a_value_without_numbers() {
        let quote = by_callee("Yes, of course we do.", "yes, they have oat milk", "yes of course we do");
        assert_eq!(quote.as_deref(), Some("Yes, of course we do"));
    }

    #[test]
    fn the_last_line_that_says_it_is_named_with_its_moment() {
        let lines = [
            line(1, Speaker::Callee, "Twenty dollars. No wait."),
            line(3, Speaker::Callee, "Okay, the total is twenty dollars."),
        ];
        let found = find(&lines, "$20", Some("total is twenty dollars")).unwrap();
        assert_eq!((found.line, found.quote.as_str()), (3, "total is twenty dollars"));
        assert!((3_200..3_400).contains(&found.at_ms), "{}", found.at_ms);
    }
}
