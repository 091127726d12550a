//! Amounts of money as people read them.

/// Millionths in a cent, or in what a hundredth of another currency is called.
const CENT: u64 = 10_000;
/// The smallest part that is shown of less than a cent.
const SMALLEST: u64 = 100;

/// `$1.20`, `€0.05`, `0.12 CHF`; rounded up, so that a limit is never told too low. Less than a cent has four places.
pub fn in_words(currency: &str, micros: u64) -> String {
    let (places, unit) = if micros == 0 || micros >= CENT { (2, CENT) } else { (4, SMALLEST) };
    let (rounded, whole) = (micros.div_ceil(unit), 1_000_000 / unit);
    let amount = format!("{}.{:0places$}", rounded / whole, rounded % whole);
    match currency {
        "USD" => format!("${amount}"),
        "EUR" => format!("€{amount}"),
        "GBP" => format!("£{amount}"),
        other => format!("{amount} {other}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_rounded_up_to_the_cent() {
        for (micros, words) in [
            (0, "$0.00"),
            (1, "$0.0001"),
            (9_999, "$0.0100"),
            (10_000, "$0.01"),
            (10_001, "$0.02"),
            (999_999, "$1.00"),
            (1_200_000, "$1.20"),
            (123_000_000, "$123.00"),
        ] {
            assert_eq!(in_words("USD", micros), words, "{micros}");
        }
        assert_eq!((in_words("EUR", 50_000), in_words("CHF", 120_000)), ("€0.05".into(), "0.12 CHF".into()));
    }
}
