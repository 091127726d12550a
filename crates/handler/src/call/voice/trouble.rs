//! What a model's server complains of, as the session core knows it.

use session::Trouble;
use std::time::Duration;
use tokio_tungstenite::tungstenite::Error as SocketError;

/// The longest wait that is believed.
const WAIT_MAX: Duration = Duration::from_secs(600);

/// An error of the API by its code, its type and its sentence; none if it is about a single command of ours. Codes and types are
/// those of OpenAI's error guide; compatible servers have the same ones.
pub(super) fn of_api(code: Option<&str>, kind: &str, message: &str) -> Option<Trouble> {
    let known = |word: &str| match word {
        "rate_limit_exceeded" | "rate_limit_error" | "tokens" | "requests" | "too_many_requests" => {
            Some(Trouble::Busy { wait: wait_in(message) })
        }
        "insufficient_quota"
        | "billing_hard_limit_reached"
        | "billing_not_active"
        | "invalid_api_key"
        | "authentication_error"
        | "permission_denied"
        | "permission_error"
        | "model_not_found"
        | "account_deactivated" => Some(Trouble::Refused),
        "session_expired" => Some(Trouble::Expired),
        "server_error"
        | "internal_error"
        | "internal_server_error"
        | "service_unavailable"
        | "overloaded"
        | "engine_overloaded"
        | "inference_rate_limit_exceeded" => Some(Trouble::Server),
        _ => None,
    };
    code.and_then(known).or_else(|| known(kind))
}

/// A refusal of the socket itself.
pub(super) fn of_socket(error: &SocketError) -> Trouble {
    let SocketError::Http(response) = error else { return Trouble::Connection };
    match response.status().as_u16() {
        401 | 403 | 404 => Trouble::Refused,
        429 => {
            let wait = response.headers().get("retry-after").and_then(|value| value.to_str().ok()?.parse().ok());
            Trouble::Busy { wait: wait.map(|s| Duration::from_secs(s).min(WAIT_MAX)) }
        }
        500..=599 => Trouble::Server,
        _ => Trouble::Connection,
    }
}

/// The time in "Please try again in 1.5s." or "… in 320ms.".
fn wait_in(message: &str) -> Option<Duration> {
    let (_, after) = message.split_once("try again in ")?;
    let digits = after.find(|sign: char| !sign.is_ascii_digit() && sign != '.').unwrap_or(after.len());
    let number: f64 = after[..digits].trim_end_matches('.').parse().ok()?;
    let unit = &after[digits..];
    let seconds = if unit.starts_with("ms") {
        number / 1_000.0
    } else if unit.starts_with('s') {
        number
    } else if unit.starts_with('m') {
        number * 60.0
    } else {
        return None;
    };
    Duration::try_from_secs_f64(seconds).ok().map(|wait| wait.min(WAIT_MAX))
}

/// So many seconds, as a server says them.
pub(super) fn seconds(seconds: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(seconds).ok().map(|wait| wait.min(WAIT_MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_comes_before_a_type_and_commands_of_ours_are_no_trouble() {
        assert_eq!(of_api(Some("insufficient_quota"), "rate_limit_error", ""), Some(Trouble::Refused));
        assert_eq!(of_api(Some("something_new"), "server_error", ""), Some(Trouble::Server));
        assert_eq!(of_api(None, "server_error", ""), Some(Trouble::Server));
        assert_eq!(of_api(Some("session_expired"), "invalid_request_error", ""), Some(Trouble::Expired));
        for code in ["response_cancel_not_active", "conversation_already_has_active_response", "item_truncate_invalid_item_id"] {
            assert_eq!(of_api(Some(code), "invalid_request_error", "no"), None);
        }
    }

    #[test]
    fn the_wait_is_read_from_the_sentence() {
        let busy = |message: &str| of_api(Some("rate_limit_exceeded"), "", message);
        let ms = |ms| Some(Trouble::Busy { wait: Some(Duration::from_millis(ms)) });
        assert_eq!(busy("Rate limit reached. Please try again in 1.5s. Visit the limits page."), ms(1_500));
        assert_eq!(busy("Please try again in 320ms."), ms(320));
        assert_eq!(busy("Please try again in 2m."), ms(120_000));
        assert_eq!(busy("Please try again in 99999999s."), ms(600_000));
        for unclear in ["", "try again in a while", "try again in 5 parsecs", "try again in ...s"] {
            assert_eq!(busy(unclear), Some(Trouble::Busy { wait: None }), "{unclear}");
        }
    }
}
