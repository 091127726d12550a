//! The configuration and the shape of its keys, before anybody is asked whether they are right.

use super::{finding::Finding, finding::tail, patient::Patient};
use crate::{causes, parts};
use graph::template::Templates;
use handler::voice::{Dialect, KeyForm};

pub(super) fn configuration(patient: &Patient) -> Finding {
    let settings = &patient.settings;
    if let Some(trouble) = &patient.trouble {
        return Finding::fail(format!("what --simulated needs does not start: {trouble}"));
    }
    if let Err(error) = parts::locale(settings).and(parts::gate(settings, false).map(drop)) {
        return Finding::fail(format!("{error:#}"));
    }
    if let Some(dir) = &settings.templates_dir
        && let Err(error) = Templates::load_dir(dir)
    {
        return Finding::fail(format!("templates_dir cannot be used: {}", causes::told(&error)));
    }
    if let Err(error) = settings.order.check("order.") {
        return Finding::fail(error.to_string());
    }
    if let Err(error) = parts::prices(settings) {
        return Finding::fail(format!("{error:#}"));
    }
    if let Err(error) = parts::token_needed("engine", settings.engine.addr, None, settings.api_token.as_ref()) {
        return Finding::fail(format!("{error:#}"));
    }
    if settings.api_token.as_ref().is_some_and(|token| token.chars().count() < 16) {
        return Finding::warn("api_token is short enough to be guessed; make it 16 characters or more".into());
    }
    Finding::ok("it can be read".into())
}

pub(super) fn carrier(patient: &Patient) -> Finding {
    let carrier = match patient.carrier() {
        Ok(carrier) => carrier,
        Err(missing) => return Finding::fail(missing),
    };
    let hex = |text: &str, count: usize| text.len() == count && text.bytes().all(|b| b.is_ascii_hexdigit());
    if !carrier.account_sid.strip_prefix("AC").is_some_and(|rest| hex(rest, 32)) {
        let shown = tail(&carrier.account_sid);
        return Finding::fail(format!(
            "TWILIO_ACCOUNT_SID ({shown}) must be AC and 32 hexadecimal digits; copy it from the console"
        ));
    }
    if !hex(&carrier.auth_token, 32) {
        let shown = tail(&carrier.auth_token);
        return Finding::fail(format!(
            "TWILIO_AUTH_TOKEN ({shown}) must be 32 hexadecimal digits; copy the account's auth token, not an API key's secret"
        ));
    }
    Finding::ok(format!(
        "account {}, token {}, calls come from {}",
        tail(&carrier.account_sid),
        tail(&carrier.auth_token),
        carrier.from_number
    ))
}

pub(super) fn model(patient: &Patient) -> Finding {
    let voice = match patient.voice() {
        Ok(voice) => voice.0,
        Err(missing) => return Finding::fail(missing),
    };
    let shown = tail(&voice.api_key);
    if voice.api_key.is_empty() {
        return Finding::ok("none is needed for a voice of one's own".into());
    }
    if voice.api_key.bytes().any(|b| !b.is_ascii_graphic()) {
        return Finding::fail(format!("OPENAI_API_KEY ({shown}) has spaces or other characters that no key has; copy it again"));
    }
    let host = voice.url.host_str().unwrap_or_default();
    if KeyForm::of_host(host) == KeyForm::ApiKey {
        return azure(&voice, host, &shown);
    }
    if voice.key_form == KeyForm::Bearer && !voice.api_key.starts_with("sk-") {
        let text = format!("OPENAI_API_KEY ({shown}) does not begin with sk-; that is right for another provider only");
        let provider = host == "api.openai.com";
        return if provider { Finding::fail(text) } else { Finding::warn(text) };
    }
    Finding::ok(format!("key {shown} for {}", voice.model_of(None)))
}

/// Azure's addresses: `wss://{resource}.openai.azure.com/openai/v1/realtime`, the deployment as the model.
fn azure(voice: &handler::Voice, host: &str, shown: &str) -> Finding {
    let path = voice.url.path().trim_end_matches('/');
    let version = voice.url.query_pairs().any(|(name, _)| name == "api-version");
    let right = match voice.dialect {
        Dialect::Realtime => "/openai/v1/realtime",
        Dialect::Live => "/openai/v1/live/sessions",
    };
    if voice.api_key.starts_with("sk-") {
        return Finding::fail(format!("OPENAI_API_KEY ({shown}) is OpenAI's own; Azure wants one of the resource's two keys"));
    }
    if path == right {
        if version {
            return Finding::fail(format!(
                "voice.url has an api-version, which belongs to the preview only; use wss://{host}{right}"
            ));
        }
        let form = match voice.key_form {
            KeyForm::ApiKey => "as api-key",
            KeyForm::Bearer => "as a Microsoft Entra token",
        };
        let model = voice.model_of(None);
        return Finding::ok(format!(
            "key {shown} {form} for Azure; voice.model ({model}) and voice.transcription_model must be names of deployments"
        ));
    }
    if path == "/openai/realtime" && version {
        return Finding::warn(format!(
            "voice.url is Azure's preview address, whose sessions are set up in an older way; use wss://{host}{right} if you can"
        ));
    }
    Finding::fail(format!("voice.url is no address of Azure's for this; it must be wss://{host}{right}"))
}
