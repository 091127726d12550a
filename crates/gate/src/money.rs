//! Money: a call whose cost cannot be told is not made where there is a limit, and a day has its most.

use crate::{Asked, Record, Refusal, Rule, Rules};
use types::money::in_words;

/// Refuses a call for its cost.
pub(crate) fn check(rules: &Rules, asked: Asked<'_>, record: Record) -> Result<(), Refusal> {
    let for_a_call = rules.cost_per_call_micros.is_some() || asked.cost_limited;
    if !for_a_call && rules.cost_per_day_micros.is_none() {
        return Ok(());
    }
    let Some(estimate) = asked.estimate.filter(|estimate| estimate.with_carrier) else {
        let missing = match asked.estimate {
            Some(_) => format!("there is no price for a minute to {}; set prices.carrier_minute or [prices.carrier]", asked.to),
            None => "the realtime model, or what writes down the callee's words, has no price; set it in [prices.models]".into(),
        };
        return Err(Refusal::of(
            Rule::CostUnknown,
            format!(
                "there is a limit on money, and what the call may cost cannot be told: {missing}, or take gate.cost_per_call, gate.cost_per_day and the order's own limit away"
            ),
        ));
    };
    let words = |micros: u64| in_words(&estimate.currency, micros);
    if for_a_call && estimate.most_micros < estimate.minute_micros {
        return Err(Refusal::of(
            Rule::CostPerCall,
            format!(
                "a call may cost {}, and a minute of it is expected to cost {}; allow more for the call, or raise gate.cost_per_call",
                words(estimate.most_micros),
                words(estimate.minute_micros)
            ),
        ));
    }
    let sum = record.cost_micros.saturating_add(estimate.most_micros);
    match rules.cost_per_day_micros {
        Some(most) if sum > most => Err(Refusal::of(
            Rule::CostPerDay,
            format!(
                "with this call, which can cost {}, calls could cost {} within 24 hours, and the limit is {}; try again later, allow less for the call, or raise gate.cost_per_day",
                words(estimate.most_micros),
                words(sum),
                words(most)
            ),
        )),
        Some(_) | None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use types::{CostEstimate, PhoneNumber};

    /// An estimate of ten cents a minute and fifty at most.
    fn estimate() -> CostEstimate {
        CostEstimate { currency: "USD".into(), minute_micros: 100_000, most_micros: 500_000, with_carrier: true }
    }

    fn asked(rules: &Rules, estimate: Option<&CostEstimate>, cost_limited: bool, spent: u64) -> Result<(), Refusal> {
        let to = PhoneNumber::parse("+14155550100").unwrap();
        let record = Record { cost_micros: spent, ..Record::default() };
        check(rules, Asked { to: &to, call_max_s: 300, estimate, cost_limited }, record)
    }

    fn rules(call: Option<u64>, day: Option<u64>) -> Rules {
        Rules { cost_per_call_micros: call, cost_per_day_micros: day, ..Rules::from_region("US") }
    }

    #[test]
    fn an_unknown_cost_is_refused_only_where_money_is_limited() {
        assert_eq!(asked(&rules(None, None), None, false, 0), Ok(()));
        let without_carrier = CostEstimate { with_carrier: false, ..estimate() };
        for unknown in [None, Some(&without_carrier)] {
            for (rules, limited) in
                [(rules(Some(1_000_000), None), false), (rules(None, Some(1_000_000)), false), (rules(None, None), true)]
            {
                assert_eq!(asked(&rules, unknown, limited, 0).unwrap_err().rule, Rule::CostUnknown);
            }
        }
        let told = asked(&rules(None, Some(1)), Some(&without_carrier), false, 0).unwrap_err().message;
        assert!(told.contains("[prices.carrier]") && told.contains("+14155550100"), "{told}");
    }

    #[test]
    fn a_day_has_its_most_and_may_reach_it() {
        let rules = rules(None, Some(2_000_000));
        assert_eq!(asked(&rules, Some(&estimate()), false, 1_500_000), Ok(()));
        let refusal = asked(&rules, Some(&estimate()), false, 1_500_001).unwrap_err();
        assert_eq!(refusal.rule, Rule::CostPerDay);
        assert!(refusal.message.contains("$0.50") && refusal.message.contains("$2.00"), "{refusal}");
        assert!(refusal.message.contains("gate.cost_per_day"), "{refusal}");
        assert_eq!(asked(&rules, Some(&estimate()), false, u64::MAX).unwrap_err().rule, Rule::CostPerDay);
    }

    #[test]
    fn a_limit_below_a_minute_is_no_call() {
        let small = CostEstimate { most_micros: 99_999, ..estimate() };
        assert_eq!(asked(&rules(Some(99_999), None), Some(&small), false, 0).unwrap_err().rule, Rule::CostPerCall);
        assert_eq!(asked(&rules(None, None), Some(&small), true, 0).unwrap_err().rule, Rule::CostPerCall);
        assert_eq!(asked(&rules(None, None), Some(&estimate()), true, 0), Ok(()));
    }
}
