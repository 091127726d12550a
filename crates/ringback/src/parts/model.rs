//! The realtime model: where it is, how it is spoken to, and what its sessions are set to. Every value is checked here, so that
//! a wrong one is named at the start and not in the first call.

use super::needed;
use crate::settings::{Auth, Dialect, Settings, TurnDetection, VoiceSettings};
use anyhow::{Context as _, bail, ensure};
use handler::voice::{self, KeyForm, Options, Turns};
use types::{VoiceChoice, language};
use url::Url;
use wire::realtime::{
    Eagerness, Inf, MaxTokens, NoiseField, NoiseReduction, Retention, RetentionTag, Truncation, TruncationMode,
};

/// The silence that ends a turn, if nothing else is set; milliseconds.
const SILENCE_MS: u32 = 300;
/// How the local voice's models are called.
const LOCAL: &str = "ringback-";

/// The realtime model.
pub(crate) struct Voice(pub(crate) handler::Voice);

impl Voice {
    /// The configured one.
    pub(crate) fn configured(settings: &Settings) -> anyhow::Result<Self> {
        let voice = &settings.voice;
        let url = match &voice.url {
            Some(url) => url.clone(),
            None => {
                let mut url = voice.base_url.clone();
                let path: &[&str] = match voice.dialect {
                    Dialect::Realtime => &["realtime"],
                    Dialect::Live => &["live", "sessions"],
                };
                url.path_segments_mut().ok().context("voice.base_url must be an http or https URL")?.pop_if_empty().extend(path);
                url
            }
        };
        // A voice of one's own may need no key; the provider's does.
        let api_key = match (&voice.api_key, &voice.url) {
            (Some(key), _) => key.clone(),
            (None, Some(_)) => String::new(),
            (None, None) => needed(&voice.api_key, "voice.api_key", "OPENAI_API_KEY", "the model provider's key")?,
        };
        let key_form = match voice.auth {
            Auth::Auto => KeyForm::of_host(url.host_str().unwrap_or_default()),
            Auth::Bearer => KeyForm::Bearer,
            Auth::ApiKey => KeyForm::ApiKey,
        };
        Ok(Self(handler::Voice {
            dialect: dialect(voice)?,
            url,
            api_key,
            key_form,
            model: voice.model.clone(),
            name: voice.name.clone(),
            simulated: voice.model.starts_with(LOCAL),
            options: options(voice)?,
        }))
    }

    /// The one that takes over where the first one is lost, if there is one.
    pub(crate) fn second(settings: &Settings) -> anyhow::Result<Option<Self>> {
        let second = &settings.second_voice;
        let Some(url) = second.url.clone() else {
            let alone =
                [&second.api_key, &second.model, &second.name, &second.transcription_model].iter().any(|set| set.is_some());
            ensure!(
                !alone,
                "second_voice.url is not set, so the rest of [second_voice] means nothing; set it, or leave the rest out"
            );
            return Ok(None);
        };
        let model = needed(&second.model, "second_voice.model", "RINGBACK_SECOND_VOICE_MODEL", "the second voice's model")?;
        let name = second.name.clone().unwrap_or_else(|| settings.voice.name.clone());
        let choice = VoiceChoice { voice: Some(name.clone()), model: Some(model.clone()), language: None };
        choice.check("").map_err(|error| anyhow::anyhow!("second_voice: {} {}", error.field, error.problem))?;
        let mut options = options(&settings.voice)?;
        if let Some(transcription) = &second.transcription_model {
            options.transcription_model.clone_from(transcription);
        }
        Ok(Some(Self(handler::Voice {
            dialect: voice::Dialect::Realtime,
            key_form: KeyForm::of_host(url.host_str().unwrap_or_default()),
            url,
            api_key: second.api_key.clone().unwrap_or_default(),
            simulated: model.starts_with(LOCAL),
            model,
            name,
            options,
        })))
    }

    /// The local one. Only its own models may be asked of it.
    pub(crate) fn local(settings: &Settings, url: Url) -> anyhow::Result<Self> {
        let voice = &settings.voice;
        let model = if voice.model.starts_with(LOCAL) { voice.model.clone() } else { "ringback-local".into() };
        Ok(Self(handler::Voice {
            dialect: voice::Dialect::Realtime,
            url,
            api_key: String::new(),
            key_form: KeyForm::Bearer,
            model,
            name: voice.name.clone(),
            simulated: true,
            options: options(voice)?,
        }))
    }
}

/// The dialect, refused together with what it cannot do.
fn dialect(voice: &VoiceSettings) -> anyhow::Result<voice::Dialect> {
    if voice.dialect == Dialect::Realtime {
        return Ok(voice::Dialect::Realtime);
    }
    ensure!(
        !voice.model.starts_with("gpt-realtime"),
        "voice.model is {:?}, which does not speak the live dialect; set it to a Live model, as in gpt-live-1",
        voice.model
    );
    ensure!(
        voice.delegate_model.is_some(),
        "voice.delegate_model is not set: in the live dialect a text model reports the outcome and ends the call; name one"
    );
    let semantic = (voice.turn_detection == TurnDetection::SemanticVad).then_some(());
    for (key, set) in [
        ("turn_detection", semantic.is_some()),
        ("vad_threshold", voice.vad_threshold.is_some()),
        ("prefix_padding_ms", voice.prefix_padding_ms.is_some()),
        ("silence_duration_ms", voice.silence_duration_ms.is_some()),
        ("eagerness", voice.eagerness.is_some()),
        ("noise_reduction", voice.noise_reduction.is_some()),
        ("transcription_language", voice.transcription_language.is_some()),
        ("transcription_prompt", voice.transcription_prompt.is_some()),
        ("speed", voice.speed.is_some()),
        ("max_output_tokens", voice.max_output_tokens.is_some()),
        ("truncation", voice.truncation.is_some()),
    ] {
        ensure!(!set, "voice.{key} has no meaning in the live dialect, whose model decides this by itself; leave it out");
    }
    Ok(voice::Dialect::Live)
}

/// What sessions are set to.
fn options(voice: &VoiceSettings) -> anyhow::Result<Options> {
    let choice = VoiceChoice { voice: Some(voice.name.clone()), model: Some(voice.model.clone()), language: None };
    if let Err(error) = choice.check("") {
        let key = if error.field == "voice" { "voice.name" } else { "voice.model" };
        bail!("{key} {}", error.problem);
    }
    if let Some(prompt) = &voice.transcription_prompt {
        ensure!(prompt.chars().count() <= 1_000, "voice.transcription_prompt must have at most 1000 characters");
    }
    if let Some(code) = &voice.transcription_language {
        let two = code.len() == 2 && code.bytes().all(|b| b.is_ascii_lowercase());
        ensure!(two, "voice.transcription_language must be two small letters, as in {:?}, not {code:?}", language::primary("de"));
    }
    if let Some(speed) = voice.speed {
        ensure!((0.25..=1.5).contains(&speed), "voice.speed must be 0.25 to 1.5, not {speed}");
    }
    Ok(Options {
        turns: turns(voice)?,
        noise_reduction: noise_reduction(voice.noise_reduction.as_deref())?,
        transcription_model: voice.transcription_model.clone(),
        transcription_language: voice.transcription_language.clone(),
        transcription_prompt: voice.transcription_prompt.clone(),
        speed: voice.speed,
        max_output_tokens: max_output_tokens(voice.max_output_tokens.as_deref())?,
        truncation: truncation(voice.truncation.as_deref())?,
        delegate_model: voice.delegate_model.clone(),
    })
}

fn turns(voice: &VoiceSettings) -> anyhow::Result<Turns> {
    match voice.turn_detection {
        TurnDetection::ServerVad => {
            ensure!(
                voice.eagerness.is_none(),
                "voice.eagerness belongs to voice.turn_detection = \"semantic_vad\"; leave it out"
            );
            if let Some(threshold) = voice.vad_threshold {
                ensure!((0.0..=1.0).contains(&threshold), "voice.vad_threshold must be 0 to 1, not {threshold}");
            }
            if let Some(ms) = voice.prefix_padding_ms {
                ensure!(ms <= 5_000, "voice.prefix_padding_ms must be 0 to 5000, not {ms}");
            }
            let silence_ms = voice.silence_duration_ms.unwrap_or(SILENCE_MS);
            ensure!((100..=5_000).contains(&silence_ms), "voice.silence_duration_ms must be 100 to 5000, not {silence_ms}");
            Ok(Turns::Silence { threshold: voice.vad_threshold, prefix_padding_ms: voice.prefix_padding_ms, silence_ms })
        }
        TurnDetection::SemanticVad => {
            for (key, set) in [
                ("vad_threshold", voice.vad_threshold.is_some()),
                ("prefix_padding_ms", voice.prefix_padding_ms.is_some()),
                ("silence_duration_ms", voice.silence_duration_ms.is_some()),
            ] {
                ensure!(!set, "voice.{key} belongs to voice.turn_detection = \"server_vad\"; leave it out");
            }
            let eagerness = match voice.eagerness.as_deref() {
                None => None,
                Some("low") => Some(Eagerness::Low),
                Some("medium") => Some(Eagerness::Medium),
                Some("high") => Some(Eagerness::High),
                Some("auto") => Some(Eagerness::Auto),
                Some(other) => bail!("voice.eagerness must be low, medium, high or auto, not {other:?}"),
            };
            Ok(Turns::Meaning { eagerness })
        }
    }
}

fn noise_reduction(text: Option<&str>) -> anyhow::Result<Option<Option<NoiseReduction>>> {
    let field = |kind| Ok(Some(Some(NoiseReduction { kind })));
    match text {
        None => Ok(None),
        Some("near_field") => field(NoiseField::NearField),
        Some("far_field") => field(NoiseField::FarField),
        Some("off") => Ok(Some(None)),
        Some(other) => bail!("voice.noise_reduction must be near_field, far_field or off, not {other:?}"),
    }
}

fn max_output_tokens(text: Option<&str>) -> anyhow::Result<Option<MaxTokens>> {
    let Some(text) = text else { return Ok(None) };
    if text == "inf" {
        return Ok(Some(MaxTokens::Unlimited(Inf::Inf)));
    }
    let count = text.parse().ok().filter(|count| (1..=32_000).contains(count));
    let count = count.with_context(|| format!("voice.max_output_tokens must be 1 to 32000, or inf, not {text:?}"))?;
    Ok(Some(MaxTokens::Count(count)))
}

fn truncation(text: Option<&str>) -> anyhow::Result<Option<Truncation>> {
    Ok(Some(match text {
        None => return Ok(None),
        Some("auto") => Truncation::Mode(TruncationMode::Auto),
        Some("disabled") => Truncation::Mode(TruncationMode::Disabled),
        Some(text) => {
            let ratio = text.parse().ok().filter(|ratio| (0.0..=1.0).contains(ratio));
            let retention_ratio = ratio.with_context(|| {
                format!("voice.truncation must be auto, disabled, or a share from 0 to 1 as in 0.8, not {text:?}")
            })?;
            Truncation::Retention(Retention { kind: RetentionTag::RetentionRatio, retention_ratio, token_limits: None })
        }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    fn with(file: &str) -> anyhow::Result<handler::Voice> {
        let mut toml = tempfile::NamedTempFile::new()?;
        toml.write_all(format!("[voice]\napi_key = \"sk-x\"\n{file}").as_bytes())?;
        Voice::configured(&Settings::read(Some(&toml.path().to_path_buf()), [], |_| None)?).map(|voice| voice.0)
    }

    #[test]
    fn nothing_set_is_nothing_sent() {
        let voice = with("").unwrap();
        assert_eq!(voice.options, Options::default());
        assert_eq!(voice.url.as_str(), "https://api.openai.com/v1/realtime");
        assert_eq!((voice.key_form, voice.simulated), (KeyForm::Bearer, false));
    }

    #[test]
    fn every_option_is_read() {
        let voice = with(
            "turn_detection = \"server_vad\"\nvad_threshold = 0.6\nprefix_padding_ms = 200\nsilence_duration_ms = 450\n\
             noise_reduction = \"near_field\"\ntranscription_language = \"de\"\ntranscription_prompt = \"Pizza\"\nspeed = 1.1\n\
             max_output_tokens = 900\ntruncation = 0.8\n",
        )
        .unwrap();
        let options = voice.options;
        let silence = Turns::Silence { threshold: Some(0.6), prefix_padding_ms: Some(200), silence_ms: 450 };
        assert_eq!((options.turns, options.speed), (silence, Some(1.1)));
        assert_eq!(options.noise_reduction, Some(Some(NoiseReduction { kind: NoiseField::NearField })));
        assert_eq!(options.max_output_tokens, Some(MaxTokens::Count(900)));
        let Some(Truncation::Retention(retention)) = options.truncation else { panic!("{:?}", options.truncation) };
        assert_eq!(retention.retention_ratio.to_string(), "0.8");
        let voice = with("turn_detection = \"semantic_vad\"\neagerness = \"low\"\nmax_output_tokens = \"inf\"\ntruncation = \"disabled\"\nnoise_reduction = \"off\"\n").unwrap();
        assert_eq!(voice.options.turns, Turns::Meaning { eagerness: Some(Eagerness::Low) });
        assert_eq!(voice.options.max_output_tokens, Some(MaxTokens::Unlimited(Inf::Inf)));
        assert_eq!(
            (voice.options.truncation, voice.options.noise_reduction),
            (Some(Truncation::Mode(TruncationMode::Disabled)), Some(None))
        );
    }

    #[test]
    fn a_wrong_option_is_named() {
        for (file, key) in [
            ("turn_detection = \"vad\"", "voice.turn_detection"),
            ("vad_threshold = 2.0", "voice.vad_threshold"),
            ("prefix_padding_ms = 6000", "voice.prefix_padding_ms"),
            ("silence_duration_ms = 5", "voice.silence_duration_ms"),
            ("eagerness = \"low\"", "voice.eagerness"),
            ("turn_detection = \"semantic_vad\"\neagerness = \"fast\"", "voice.eagerness"),
            ("turn_detection = \"semantic_vad\"\nsilence_duration_ms = 500", "voice.silence_duration_ms"),
            ("noise_reduction = \"some\"", "voice.noise_reduction"),
            ("transcription_language = \"german\"", "voice.transcription_language"),
            ("speed = 2.0", "voice.speed"),
            ("max_output_tokens = 0", "voice.max_output_tokens"),
            ("truncation = 1.5", "voice.truncation"),
            ("truncation = \"often\"", "voice.truncation"),
            ("name = \"a b\"", "voice.name"),
            ("model = \"a?b\"", "voice.model"),
            ("auth = \"basic\"", "voice.auth"),
            ("dialect = \"morse\"", "voice.dialect"),
            ("dialect = \"live\"", "voice.model"),
            ("dialect = \"live\"\nmodel = \"gpt-live-1\"", "voice.delegate_model"),
            ("dialect = \"live\"\nmodel = \"gpt-live-1\"\ndelegate_model = \"m\"\nspeed = 1.0", "voice.speed"),
        ] {
            let error = with(file).map(|_| ()).unwrap_err();
            let text = format!("{error:#}");
            assert!(text.contains(key), "{file}: {text}");
        }
    }

    #[test]
    fn azure_is_known_by_its_host_unless_it_is_said_otherwise() {
        let url = "url = \"wss://mine.openai.azure.com/openai/v1/realtime\"\nmodel = \"my-deployment\"\n";
        let voice = with(url).unwrap();
        assert_eq!(voice.key_header(), Some(("api-key", "sk-x".into())));
        assert_eq!(voice.address(None).as_str(), "wss://mine.openai.azure.com/openai/v1/realtime?model=my-deployment");
        assert_eq!(with(&format!("{url}auth = \"bearer\"\n")).unwrap().key_form, KeyForm::Bearer);
        let proxied = with("url = \"wss://proxy.example.com/openai/v1/realtime\"\nauth = \"api_key\"\n").unwrap();
        assert_eq!(proxied.key_form, KeyForm::ApiKey);
    }

    #[test]
    fn the_live_dialect_has_an_address_of_its_own() {
        let voice = with("dialect = \"live\"\nmodel = \"gpt-live-1\"\ndelegate_model = \"m\"\n").unwrap();
        assert_eq!(voice.dialect, voice::Dialect::Live);
        assert_eq!(voice.url.as_str(), "https://api.openai.com/v1/live/sessions");
    }

    #[test]
    fn a_second_voice_needs_an_address_and_a_model() {
        let second = |file: &str| {
            let mut toml = tempfile::NamedTempFile::new()?;
            toml.write_all(format!("[second_voice]\n{file}").as_bytes())?;
            Voice::second(&Settings::read(Some(&toml.path().to_path_buf()), [], |_| None)?)
        };
        assert!(second("").unwrap().is_none());
        let told = |file: &str| format!("{:#}", second(file).map(|_| ()).unwrap_err());
        assert!(told("model = \"m\"").contains("second_voice.url is not set"));
        assert!(told("url = \"wss://other.example.com/v1/realtime\"").contains("second_voice.model"));
        let voice = second("url = \"wss://mine.openai.azure.com/openai/v1/realtime\"\napi_key = \"k\"\nmodel = \"m\"\n");
        let voice = voice.unwrap().unwrap().0;
        assert_eq!(
            (voice.model.as_str(), voice.name.as_str(), voice.key_header()),
            ("m", "marin", Some(("api-key", "k".into())))
        );
    }

    #[test]
    fn the_local_voice_is_simulated() {
        let settings = Settings::read(None, [], |_| None).unwrap();
        let url = Url::parse("ws://127.0.0.1:1/v1/realtime").unwrap();
        let voice = Voice::local(&settings, url).unwrap().0;
        assert_eq!((voice.model.as_str(), voice.simulated, voice.key_header()), ("ringback-local", true, None));
    }
}
