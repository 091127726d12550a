//! The most that may be spent, against what the callee wants.

use super::facts::{Sort, Told, sort};
use types::Briefing;

/// The total that the callee has told, if it is more than may be spent. Only amounts in the same currency are compared.
pub(super) fn exceeded<'a>(briefing: &Briefing, facts: &'a [Told]) -> Option<&'a str> {
    let most = dollars(briefing.details.get("budget")?)?;
    let total = facts.iter().find(|fact| sort(&fact.name) == Sort::Money)?;
    (dollars(&total.value)? > most).then_some(total.value.as_str())
}

/// An amount in dollars, in cents.
fn dollars(amount: &str) -> Option<u64> {
    let (whole, cents) = amount.strip_prefix('$')?.split_once('.').unwrap_or((&amount[1..], "00"));
    Some(whole.parse::<u64>().ok()?.checked_mul(100)? + cents.parse::<u64>().ok().filter(|cents| *cents < 100)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_surely_more_is_too_much() {
        for (budget, total, over) in [
            ("$20", "$22.50", true),
            ("$20", "$20", false),
            ("$20", "$9.99", false),
            ("15 euros", "$22.50", false),
            ("$20", "soon", false),
        ] {
            let briefing = Briefing { details: [("budget".to_owned(), budget.to_owned())].into(), ..Briefing::default() };
            let facts = [Told { name: "total".into(), value: total.into(), quote: String::new() }];
            assert_eq!(exceeded(&briefing, &facts).is_some(), over, "{budget} {total}");
        }
    }
}
