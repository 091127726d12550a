//! Who speaks when, as it is configured.

use crate::settings::TurnSettings;
use anyhow::bail;
use session::Tuning;
use std::ops::RangeInclusive;
use std::time::Duration;

/// The session's times with those of `[turns]`.
pub(super) fn tuning(turns: TurnSettings) -> anyhow::Result<Tuning> {
    let TurnSettings { opener_ms, interrupt_ms, unfinished_ms, patience_s } = turns;
    Ok(Tuning {
        opener_silence: Duration::from_millis(within("opener_ms", opener_ms, 0..=10_000)?),
        barge_in_min: Duration::from_millis(within("interrupt_ms", interrupt_ms, 200..=2_000)?),
        fragment_wait: Duration::from_millis(within("unfinished_ms", unfinished_ms, 0..=5_000)?),
        patience: Duration::from_secs(within("patience_s", patience_s, 5..=300)?),
        ..Tuning::default()
    })
}

fn within(key: &str, value: u64, range: RangeInclusive<u64>) -> anyhow::Result<u64> {
    if range.contains(&value) {
        return Ok(value);
    }
    bail!("turns.{key} is {value}: give a number from {} to {}", range.start(), range.end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_configured_holds_and_what_is_out_of_range_is_named() {
        let turns = TurnSettings { opener_ms: 0, interrupt_ms: 700, unfinished_ms: 5_000, patience_s: 60 };
        let tuning = tuning(turns).unwrap();
        assert_eq!((tuning.opener_silence, tuning.barge_in_min), (Duration::ZERO, Duration::from_millis(700)));
        assert_eq!((tuning.fragment_wait, tuning.patience), (Duration::from_secs(5), Duration::from_secs(60)));
        let refused = super::tuning(TurnSettings { interrupt_ms: 100, ..turns }).unwrap_err().to_string();
        assert_eq!(refused, "turns.interrupt_ms is 100: give a number from 200 to 2000");
    }

    #[test]
    fn the_documented_defaults_are_the_sessions_own() {
        let documented = |key: &str| {
            let key = crate::settings::KEYS.iter().find(|known| known.key == key).unwrap();
            key.default.parse::<u64>().unwrap()
        };
        let own = Tuning::default();
        assert_eq!(Duration::from_millis(documented("turns.opener_ms")), own.opener_silence);
        assert_eq!(Duration::from_millis(documented("turns.interrupt_ms")), own.barge_in_min);
        assert_eq!(Duration::from_millis(documented("turns.unfinished_ms")), own.fragment_wait);
        assert_eq!(Duration::from_secs(documented("turns.patience_s")), own.patience);
    }
}
