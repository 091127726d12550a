//! For tests: input that is almost right. Valid examples with a few things wrong in them, in their structure where they are
//! JSON, else in their bytes; and now and then no sense at all.
//!
//! A reader's test is one function of bytes, as a coverage-guided fuzzer would call it, given to [`fuzz`].

mod change;

use change::Change;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestError, TestRunner};
use std::time::{Duration, Instant};

/// Nothing that reads one input may take longer, not even on a busy machine.
const LONGEST: Duration = Duration::from_secs(10);

/// Gives a reader so much odd input, or as much as `PROPTEST_CASES` says. Panics with the smallest input that it panics on, or
/// that it takes too long for.
pub fn fuzz(usual: u32, examples: &[&str], reader: impl Fn(&[u8])) {
    let asked = std::env::var_os("PROPTEST_CASES").is_some();
    let default = Config::default();
    // The smallest input is printed; a file of them would only be found by chance.
    let config = Config { cases: if asked { default.cases } else { usual }, failure_persistence: None, ..default };
    let result = TestRunner::new(config).run(&almost(examples), |bytes| {
        let begun = Instant::now();
        reader(&bytes);
        prop_assert!(begun.elapsed() < LONGEST, "it took {:?}", begun.elapsed());
        Ok(())
    });
    match result {
        Ok(()) => {}
        Err(TestError::Fail(reason, input)) => panic!("{reason}\nfor this input: {}", String::from_utf8_lossy(&input)),
        Err(TestError::Abort(reason)) => panic!("{reason}"),
    }
}

/// Input that is almost like one of the examples.
pub fn almost(examples: &[&str]) -> impl Strategy<Value = Vec<u8>> + use<> {
    let examples: Vec<Vec<u8>> = examples.iter().map(|example| example.as_bytes().to_vec()).collect();
    let changed = (prop::sample::select(examples), prop::collection::vec(any::<Change>(), 0..5))
        .prop_map(|(example, changes)| changes.iter().fold(example, |bytes, change| change.make(bytes)));
    prop_oneof![
        12 => changed,
        1 => prop::collection::vec(any::<u8>(), 0..300),
        1 => "\\PC{0,200}".prop_map(String::into_bytes),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_that_panics_is_found_with_a_small_input() {
        let found = std::panic::catch_unwind(|| {
            fuzz(2_000, &[r#"{"a": {"b": 1}}"#], |bytes| {
                let value: serde_json::Value = serde_json::from_slice(bytes).unwrap_or_default();
                assert!(!value["a"]["b"].is_null() || value.is_null() || value["a"].is_null(), "b is gone");
            });
        });
        let told = found.expect_err("it is found");
        assert!(told.downcast_ref::<String>().is_some_and(|told| told.contains("b is gone")));
    }

    #[test]
    fn most_of_the_input_is_still_json() {
        let counts = std::cell::Cell::new((0_u32, 0_u32));
        fuzz(1_000, &[r#"{"a": [1, "two", {"b": null}]}"#], |bytes| {
            let (all, json) = counts.get();
            counts.set((all + 1, json + u32::from(serde_json::from_slice::<serde_json::Value>(bytes).is_ok())));
        });
        let (all, json) = counts.get();
        assert!(json > all / 3 && json < all, "{json} of {all}");
    }
}
