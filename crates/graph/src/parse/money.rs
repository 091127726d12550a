//! The most that may be spent, as "$20" or "15 euros".

use super::{Found, number_word, pattern, tidy};
use regex::Regex;
use std::sync::LazyLock;

const AMOUNT: &str = r"\d{1,3}(?:,\d{3})+|\d{1,6}(?:[.,]\d{2})?|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[ -](?:one|two|three|four|five|six|seven|eight|nine))?|five|ten|twelve|fifteen|a\s+hundred";
const UNIT: &str = r"dollars?|bucks|usd|euros?|eur|€|pounds?|quid|gbp|£|\$";
/// The most that can be meant in a call.
const AMOUNT_MAX: u32 = 100_000;

/// "under $20", "up to 15 euros", "a budget of 30 dollars", "20 dollars at most".
static LIMIT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?ix)
        (?:\b(?:for|worth|costing|which\s+costs?|that\s+costs?|it\s+(?:must|should)\s+cost|spend(?:ing)?|pay(?:ing)?|budget(?:\s+is|:)?|with|keep\s+it|my|a|of|the)\s+)*
        (?:
            \b(?P<lead>under|below|up\s+to|at\s+(?:the\s+)?most|(?:not?|nothing)\s+(?:more|over)\s+than|not\s+over|less\s+than|cheaper\s+than|max(?:imum)?(?:\s+of)?|within|a\s+budget\s+of|budget\s+(?:of|is)|budget:?|limit\s+(?:of|is))
              \s+(?:about\s+|around\s+)?(?:(?P<sign>\$|€|£)\s?(?P<signed>{AMOUNT})|(?P<amount>{AMOUNT})\s?(?P<unit>{UNIT})?)
          | (?:(?P<sign2>\$|€|£)\s?(?P<signed2>{AMOUNT})|\b(?P<amount2>{AMOUNT})\s?(?P<unit2>{UNIT}))\s+(?:at\s+(?:the\s+)?most|max(?:imum)?|or\s+less|tops)\b
        )"
    ))
});
static ALONE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?ix)^(?:(?:about|around|maybe|it's|it\s+is|no|only|just)\s+)*(?:(?P<sign>\$|€|£)\s?(?P<signed>{AMOUNT})|(?P<amount>{AMOUNT})\s?(?P<unit>{UNIT})?)(?:\s+(?:please|in\s+all|in\s+total|altogether))*$"
    ))
});

/// The most that may be spent, said within a sentence: with a word for the limit, and with a currency unless it is called a budget.
pub fn find(text: &str, region: &str) -> Option<Found> {
    for found in LIMIT.captures_iter(text) {
        let whole = found.get(0)?;
        let group = |name: &str| found.name(name).map(|m| m.as_str());
        let unit = group("sign").or(group("unit")).or(group("sign2")).or(group("unit2"));
        let named = whole.as_str().to_lowercase();
        if unit.is_none() && !named.contains("budget") && !named.contains("spend") {
            continue;
        }
        // "under 20 dollarsome" and "at most 20.555" are none.
        if text[whole.end()..].starts_with(|c: char| c.is_alphanumeric()) {
            continue;
        }
        let amount = group("signed").or(group("amount")).or(group("signed2")).or(group("amount2"))?;
        return Some(Found { range: whole.range(), value: meant(amount, unit, region) });
    }
    None
}

/// A text that ought to be an amount of money: "20 dollars", "$15.50", "at most 30".
pub fn read(text: &str, region: &str) -> Result<String, String> {
    if let Some(found) = find(text, region) {
        return found.value;
    }
    let text = tidy(text);
    let bare = text
        .to_lowercase()
        .strip_prefix("at most ")
        .or(text.to_lowercase().strip_prefix("up to "))
        .map_or_else(|| text.clone(), |_| text.splitn(3, ' ').nth(2).unwrap_or_default().to_owned());
    let found =
        ALONE.captures(&bare).ok_or_else(|| "I did not find an amount there. For example: $20, or 15 euros.".to_owned())?;
    let group = |name: &str| found.name(name).map(|m| m.as_str());
    meant(group("signed").or(group("amount")).unwrap_or_default(), group("sign").or(group("unit")), region)
}

fn meant(amount: &str, unit: Option<&str>, region: &str) -> Result<String, String> {
    let wrong = || "I did not understand the amount. For example: $20, or 15 euros.".to_owned();
    let lower = amount.to_lowercase();
    let (whole, cents) = match lower.char_indices().rev().nth(2) {
        Some((at, '.' | ',')) => (lower[..at].to_owned(), lower[at + 1..].parse::<u32>().map_err(|_| wrong())?),
        Some(_) | None => (lower, 0),
    };
    let whole: u32 = match whole.as_str() {
        words if words.split_whitespace().eq(["a", "hundred"]) => 100,
        words => words.replace(',', "").parse().ok().or_else(|| number_word(words)).ok_or_else(wrong)?,
    };
    if whole > AMOUNT_MAX || whole == 0 && cents == 0 {
        return Err(format!("The amount must be more than nothing and at most {AMOUNT_MAX}. For example: $20."));
    }
    let number = if cents == 0 { whole.to_string() } else { format!("{whole}.{cents:02}") };
    let unit = unit.map(str::to_lowercase);
    Ok(match unit.as_deref().or(currency(region)) {
        Some("$" | "dollar" | "dollars" | "bucks" | "usd") => format!("${number}"),
        Some("€" | "euro" | "euros" | "eur") => format!("{number} euros"),
        Some("£" | "pound" | "pounds" | "quid" | "gbp") => format!("{number} pounds"),
        Some(_) | None => return Err(format!("Which currency are the {number} in? For example: ${number}, or {number} euros.")),
    })
}

/// What an amount without a currency is meant in.
fn currency(region: &str) -> Option<&'static str> {
    match region {
        "US" | "CA" | "AU" | "NZ" | "SG" => Some("$"),
        "GB" => Some("£"),
        "AT" | "BE" | "CY" | "DE" | "EE" | "ES" | "FI" | "FR" | "GR" | "HR" | "IE" | "IT" | "LT" | "LU" | "LV" | "MT" | "NL"
        | "PT" | "SI" | "SK" => Some("€"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_within_a_sentence() {
        for (text, limit) in [
            ("a pizza for under $20 please", Some("$20")),
            ("up to 15 euros", Some("15 euros")),
            ("sushi worth up to $40", Some("$40")),
            ("no more than 25 dollars, deliver it", Some("$25")),
            ("at most twenty-five dollars", Some("$25")),
            ("my budget is 30", Some("$30")),
            ("spend at most 30 dollars", Some("$30")),
            ("$12.50 max", Some("$12.50")),
            ("less than £18", Some("18 pounds")),
            ("under 1,200 dollars", Some("$1200")),
            ("a table for no more than 20", None),
            ("under the name Maria", None),
            ("a pizza for 20 dollars", None),
        ] {
            assert_eq!(find(text, "US").and_then(|f| f.value.ok()).as_deref(), limit, "{text}");
        }
        let text = "a ham pizza for under $20 please";
        assert_eq!(&text[find(text, "US").unwrap().range], "for under $20");
    }

    #[test]
    fn amounts_as_answers() {
        for (text, limit) in
            [("20", "$20"), ("$20", "$20"), ("fifty bucks", "$50"), ("15 euros", "15 euros"), ("up to 30", "$30")]
        {
            assert_eq!(read(text, "US").as_deref(), Ok(limit), "{text}");
            assert_eq!(read(limit, "US").as_deref(), Ok(limit), "read again: {limit}");
        }
        assert_eq!(read("20", "DE").as_deref(), Ok("20 euros"));
        assert!(read("20", "CH").unwrap_err().contains("currency"));
        for bad in ["cheap", "0", "$9999999", "yes"] {
            assert!(read(bad, "US").is_err(), "{bad}");
        }
    }
}
