//! Whether this machine's clock is right: by it "tomorrow at seven" is meant, and a call is found again at the carrier.

use super::{finding::Finding, patient, patient::Patient};
use jiff::{SignedDuration, Timestamp};
use std::time::Duration;

const WITHIN: Duration = Duration::from_secs(10);
/// From here on a call that the carrier took may not be recognised as the one that was asked for.
const WARN_S: u64 = 5;
/// From here on certificates and appointments go wrong.
const FAIL_S: u64 = 60;

pub(super) async fn check(patient: &Patient) -> Finding {
    let url = &patient.settings.carrier.url;
    let host = url.host_str().unwrap_or_default();
    let before = Timestamp::now();
    let answer = match patient::client(url) {
        Ok(client) => client.get(url.clone()).timeout(WITHIN).send().await,
        Err(error) => Err(error),
    };
    let after = Timestamp::now();
    let Ok(answer) = answer else { return Finding::warn(format!("not checked, because {host} cannot be reached")) };
    let date =
        answer.headers().get("date").and_then(|value| value.to_str().ok()).and_then(|text| jiff::fmt::rfc2822::parse(text).ok());
    let Some(date) = date else { return Finding::warn(format!("not checked, because {host} tells no time")) };
    judge(date.timestamp(), before, after, host)
}

/// `told` was the other's time at some moment between `before` and `after`, cut to the second.
fn judge(told: Timestamp, before: Timestamp, after: Timestamp, host: &str) -> Finding {
    let ahead = before.duration_since(told) - SignedDuration::from_secs(1);
    let behind = told.duration_since(after);
    let (off, which) = if ahead > behind { (ahead, "ahead of") } else { (behind, "behind") };
    let seconds = u64::try_from(off.as_secs()).unwrap_or(0);
    let says = format!("it is {seconds} s {which} that of {host}; let it be set by NTP");
    match seconds {
        s if s >= FAIL_S => Finding::fail(says),
        s if s >= WARN_S => Finding::warn(says),
        _ => Finding::ok(format!("it agrees with that of {host}")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::Verdict;
    use super::*;

    #[test]
    fn what_the_network_takes_is_no_skew() {
        let at = |ms: i64| Timestamp::from_millisecond(1_800_000_000_000 + ms).unwrap();
        let verdict = |told: i64, before: i64, after: i64| judge(at(told), at(before), at(after), "h").verdict;
        assert_eq!(verdict(0, 0, 100), Verdict::Ok);
        assert_eq!(verdict(0, 900, 8_000), Verdict::Ok, "a slow answer");
        assert_eq!(verdict(0, 7_000, 7_100), Verdict::Warn, "ahead");
        assert_eq!(verdict(7_000, 0, 1_000), Verdict::Warn, "behind");
        assert_eq!(verdict(0, 3_600_000, 3_600_100), Verdict::Fail);
        assert_eq!(verdict(3_600_000, 0, 100), Verdict::Fail);
    }
}
