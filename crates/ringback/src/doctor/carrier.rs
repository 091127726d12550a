//! Whether the carrier knows the account and may be called through.

use super::{finding::Finding, patient, patient::Patient};
use crate::{causes, parts::Carrier};
use reqwest::StatusCode;
use serde::{Deserialize, de::DeserializeOwned};
use std::time::Duration;
use url::Url;
use wire::rest::{API_VERSION, ErrorBody};

const WITHIN: Duration = Duration::from_secs(8);
/// The longest answer that is read, bytes.
const ANSWER_MAX: usize = 256 * 1024;

/// What matters of an account.
#[derive(Deserialize)]
struct Account {
    #[serde(default)]
    status: String,
    #[serde(default, rename = "type")]
    kind: String,
}

/// The account's numbers that are the one in question.
#[derive(Deserialize)]
struct Numbers {
    incoming_phone_numbers: Vec<Number>,
}

#[derive(Deserialize)]
struct Number {
    capabilities: Option<Capabilities>,
}

#[derive(Deserialize)]
struct Capabilities {
    #[serde(default)]
    voice: bool,
}

/// Why there is no answer.
enum Trouble {
    Unreachable(String),
    Refused(StatusCode, String),
    Unreadable,
}

pub(super) async fn check(patient: &Patient) -> Finding {
    let carrier = match patient.carrier() {
        Ok(carrier) => carrier,
        Err(_) => return Finding::fail("not asked, because its keys are missing".into()),
    };
    let sid = &carrier.account_sid;
    let account = match ask::<Account>(&carrier, &format!("Accounts/{sid}.json"), &[]).await {
        // A carrier that has no such page, but perhaps calls.
        Err(Trouble::Refused(StatusCode::NOT_FOUND, _)) => {
            match ask::<wire::rest::CallPage>(&carrier, &format!("Accounts/{sid}/Calls.json"), &[("PageSize", "1")]).await {
                Ok(_) => return Finding::ok("it knows the account".into()),
                Err(trouble) => Err(trouble),
            }
        }
        other => other,
    };
    match account {
        Ok(account) if !account.status.is_empty() && account.status != "active" => {
            Finding::fail(format!("the account is {}; see the carrier's console", account.status))
        }
        Ok(account) => number(&carrier, account.kind == "Trial").await,
        Err(Trouble::Unreachable(why)) => Finding::fail(format!("{} cannot be reached: {why}", shown(&carrier.url))),
        Err(Trouble::Refused(StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN, _)) => Finding::fail(
            "it does not accept the keys; check that TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN are of the same account".into(),
        ),
        Err(Trouble::Refused(status, message)) => {
            Finding::fail(format!("it answered {status}: {message}; check carrier.url and TWILIO_ACCOUNT_SID"))
        }
        Err(Trouble::Unreadable) => {
            Finding::fail(format!("what answers at {} is no carrier; check carrier.url", shown(&carrier.url)))
        }
    }
}

async fn number(carrier: &Carrier, trial: bool) -> Finding {
    let (sid, from) = (&carrier.account_sid, carrier.from_number.as_str());
    let path = format!("Accounts/{sid}/IncomingPhoneNumbers.json");
    let known = ask::<Numbers>(carrier, &path, &[("PhoneNumber", from), ("PageSize", "1")]).await;
    let silent = |number: &Number| number.capabilities.as_ref().is_some_and(|can| !can.voice);
    match known {
        Ok(numbers) if numbers.incoming_phone_numbers.is_empty() => Finding::warn(format!(
            "it knows the account, but {from} is not one of its numbers; calls are refused unless it is a verified caller ID"
        )),
        Ok(numbers) if numbers.incoming_phone_numbers.iter().all(silent) => {
            Finding::fail(format!("{from} cannot make voice calls; set TWILIO_PHONE_NUMBER to a number that can"))
        }
        Ok(_) | Err(_) if trial => Finding::warn(
            "it knows the account, a trial: it calls verified numbers only and plays a notice first; upgrade it to call others"
                .into(),
        ),
        Ok(_) => Finding::ok(format!("it knows the account and its number {from}")),
        Err(_) => Finding::ok("it knows the account; it does not tell of its numbers".into()),
    }
}

async fn ask<T: DeserializeOwned>(carrier: &Carrier, path: &str, query: &[(&str, &str)]) -> Result<T, Trouble> {
    let mut url = carrier.url.clone();
    url.set_path(&format!("{}/{API_VERSION}/{path}", carrier.url.path().trim_end_matches('/')));
    let unreachable = |error: reqwest::Error| Trouble::Unreachable(causes::told(&error.without_url()));
    let request = patient::client(&url).map_err(unreachable)?.get(url).query(query).timeout(WITHIN);
    let mut answer = request.basic_auth(&carrier.account_sid, Some(&carrier.auth_token)).send().await.map_err(unreachable)?;
    let status = answer.status();
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(unreachable)? {
        body.extend_from_slice(&chunk);
        if body.len() > ANSWER_MAX {
            return Err(Trouble::Unreadable);
        }
    }
    if status.is_success() {
        return serde_json::from_slice(&body).map_err(|_| Trouble::Unreadable);
    }
    let told: Option<ErrorBody> = serde_json::from_slice(&body).ok();
    Err(Trouble::Refused(status, told.map_or_else(String::new, |told| told.message)))
}

/// The address without what may be secret in it.
fn shown(url: &Url) -> String {
    url.host_str().unwrap_or("the carrier's address").to_owned()
}
