//! Amounts of money as they are said: "$18.50", "eighteen fifty", "twenty dollars", "no charge".

use crate::meaning::{Meaning, Mention};
use crate::numbers::Token;

const UNITS: [&str; 26] = [
    "minute", "hour", "day", "week", "month", "year", "percent", "people", "person", "pm", "am", "inch", "large", "small",
    "medium", "slice", "mile", "block", "piece", "guest", "pizza", "st", "nd", "rd", "th", "order",
];

/// Every amount in the text.
pub(crate) fn read(text: &str, tokens: &[Token]) -> Vec<Mention> {
    let mut found = free(text);
    let mut at = 0;
    while at < tokens.len() {
        match amount(text, tokens, at) {
            Some((mention, used)) => {
                found.push(mention);
                at += used;
            }
            None => at += 1,
        }
    }
    found.sort_by_key(|mention| mention.start);
    found
}

fn free(text: &str) -> Vec<Mention> {
    let lower = text.to_ascii_lowercase();
    ["no charge", "free of charge", "on the house", "it's free", "that's free", "is free"]
        .iter()
        .filter_map(|words| lower.find(words).map(|start| (start, start + words.len())))
        .filter(|(_, end)| !lower[*end..].starts_with(char::is_alphanumeric))
        .map(|(start, end)| Mention { meaning: Meaning::Money(0), start, end, bare: false })
        .collect()
}

fn amount(text: &str, tokens: &[Token], at: usize) -> Option<(Mention, usize)> {
    let token = tokens.get(at).filter(|token| token.number)?;
    let whole: u64 = token.word.parse().ok().filter(|value| *value < 1_000_000)?;
    let words = text[token.start..token.end].to_lowercase();
    let mention = |cents: u64, end: usize, bare: bool| Mention { meaning: Meaning::Money(cents), start: token.start, end, bare };
    let dollars = words.starts_with('$') || words.contains("dollar") || words.contains("buck") || words.contains("usd");
    if words.contains("cent") && !dollars {
        return Some((mention(whole, token.end, false), 1));
    }
    let rest = &text[token.end..];
    if let Some(cents) = decimals(rest) {
        let end = token.end + 3;
        let used = tokens[at..].iter().take_while(|other| other.start < end).count();
        return (!has_unit(tokens, at + used)).then(|| (mention(whole * 100 + cents, end, !dollars), used));
    }
    if rest.starts_with(':') || rest.starts_with('%') || rest.to_lowercase().trim_start().starts_with("o'clock") {
        return None;
    }
    if let Some((cents, used, end)) = spoken_cents(text, tokens, at + 1, token.end, dollars) {
        return Some((mention(whole * 100 + cents, end, !dollars), 1 + used));
    }
    (dollars || !has_unit(tokens, at + 1)).then(|| (mention(whole * 100, token.end, !dollars), 1))
}

/// `.50` right after the number.
fn decimals(rest: &str) -> Option<u64> {
    let digits = rest.strip_prefix('.')?.get(..2)?;
    let more = rest.get(3..4).is_some_and(|next| next.starts_with(|c: char| c.is_ascii_digit()));
    (!more && digits.bytes().all(|b| b.is_ascii_digit())).then(|| digits.parse().ok()).flatten()
}

/// "fifty" after "eighteen", "and fifty cents" after "eighteen dollars".
fn spoken_cents(text: &str, tokens: &[Token], at: usize, after: usize, dollars: bool) -> Option<(u64, usize, usize)> {
    let token = tokens.get(at).filter(|token| token.number && !token.word.is_empty())?;
    let gap = text.get(after..token.start)?.to_lowercase();
    let named = text[token.start..token.end].to_lowercase().contains("cent");
    let close = gap.chars().all(|c| c.is_whitespace() || c == '-') || (dollars && gap.trim() == "and");
    if !close || text[token.start..].starts_with('$') {
        return None;
    }
    let (value, used, end) = match (token.word.as_str(), tokens.get(at + 1).filter(|next| next.number && next.word.len() == 1)) {
        ("0", Some(next)) => (next.word.parse().ok()?, 2, next.end),
        (word, _) => (word.parse().ok()?, 1, token.end),
    };
    let pair = used == 2 || (10..100).contains(&value);
    ((pair || named) && value < 100 && !has_unit(tokens, at + used)).then_some((value, used, end))
}

fn has_unit(tokens: &[Token], at: usize) -> bool {
    tokens.get(at).is_some_and(|next| UNITS.contains(&next.word.as_str()))
}
