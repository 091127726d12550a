//! What thinks: the built-in brains, or a language model behind them.

use super::needed;
use crate::settings::{BrainKind, Settings};
use anyhow::{Context, bail};
use chat_model::{Config, Limits};
use graph::{brain::Brain, reader::Reader};
use std::{sync::Arc, time::Duration};

/// A chat message is answered within 30 seconds in all.
const TIMEOUT_S_MAX: u64 = 25;

/// What thinks for the engine.
pub(super) struct Chat {
    /// What understands the chat.
    pub(super) brain: Arc<dyn Brain>,
    /// What reads the calls again after they have ended: a language model, if one was chosen.
    pub(super) reader: Option<Arc<dyn Reader>>,
}

/// The brain that understands the chat and, if it is a language model, reads the calls.
pub(super) fn chat(settings: &Settings) -> anyhow::Result<Chat> {
    match settings.brain.kind {
        BrainKind::BuiltIn => Ok(Chat { brain: Arc::new(graph::brain::BuiltIn), reader: None }),
        BrainKind::Model => {
            let timeout_s = settings.brain.timeout_s;
            if !(1..=TIMEOUT_S_MAX).contains(&timeout_s) {
                bail!("brain.timeout_s must be 1 to {TIMEOUT_S_MAX}, not {timeout_s}");
            }
            let total = Duration::from_secs(timeout_s);
            let limits = Limits { total, first_token: total.mul_f64(0.7), ..Limits::default() };
            let mut config = engine::brain::Config::new(model(settings, "brain.kind", limits)?);
            config.fallback = settings.brain.fallback;
            let brain = engine::brain::ModelBrain::new(config).context("brain: the language model cannot be used")?;
            let brain = Arc::new(brain);
            Ok(Chat { brain: brain.clone(), reader: Some(brain) })
        }
    }
}

/// The brain that decides what the local voice says. Where a language model fails it always falls back: a call must not go silent.
pub(crate) fn voice(settings: &Settings) -> anyhow::Result<Arc<dyn voice::brain::Brain>> {
    match settings.local_voice.brain {
        BrainKind::BuiltIn => Ok(Arc::new(voice::brain::BuiltIn)),
        BrainKind::Model => {
            let config = model(settings, "local_voice.brain", voice::brain::LIMITS)?;
            Ok(Arc::new(voice::brain::Model::new(config).context("local_voice.brain: the language model cannot be used")?))
        }
    }
}

/// The language model that plays callees of `ringback eval`, or why there is none, in words that follow "and".
pub(crate) fn callee(settings: &Settings) -> Result<Config, String> {
    if settings.brain.model.as_ref().is_none_or(|model| model.trim().is_empty()) {
        let how = "OPENAI_MODEL, with OPENAI_API_KEY or, for a server of one's own, RINGBACK_BRAIN_BASE_URL";
        return Err(format!("none is configured: name one in {how}"));
    }
    // How long and how much the scenario says.
    model(settings, "callee.model", Limits::default()).map_err(|error| format!("it cannot be used: {error:#}"))
}

/// The language model, if anything has chosen one.
pub(crate) fn chosen(settings: &Settings, limits: Limits) -> anyhow::Result<Option<Config>> {
    let by = [("brain.kind", settings.brain.kind), ("local_voice.brain", settings.local_voice.brain)];
    let key = by.into_iter().find(|(_, kind)| *kind == BrainKind::Model).map(|(key, _)| key);
    key.map(|key| model(settings, key, limits)).transpose()
}

/// The language model, for what `key` has chosen it for.
fn model(settings: &Settings, key: &str, limits: Limits) -> anyhow::Result<Config> {
    let (brain, voice) = (&settings.brain, &settings.voice);
    let Some(model) = brain.model.clone().filter(|model| !model.trim().is_empty()) else {
        bail!(
            "{key} is model, but brain.model is not set: name the language model in OPENAI_MODEL, --openai-model or the configuration file"
        );
    };
    let base_url = brain.base_url.clone().unwrap_or_else(|| voice.base_url.clone());
    // A key is sent only to whom it was given by.
    let voice_key = voice.api_key.clone().filter(|_| base_url.origin() == voice.base_url.origin());
    let key = match (brain.api_key.clone().or(voice_key), &brain.base_url) {
        (Some(key), _) => Some(key),
        // A server of one's own may ask for none.
        (None, Some(_)) => None,
        (None, None) => Some(needed(&None, "voice.api_key", "OPENAI_API_KEY", "the model provider's key")?),
    };
    Ok(Config { base_url, key, model, limits })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(variables: &[(&str, &str)]) -> Settings {
        Settings::read(None, variables.iter().map(|(name, text)| ((*name).into(), (*text).into())), |_| None).unwrap()
    }

    fn error(variables: &[(&str, &str)]) -> String {
        let _ = rustls::crypto::ring::default_provider().install_default();
        format!("{:#}", chat(&settings(variables)).err().unwrap())
    }

    #[test]
    fn without_a_word_about_it_the_brain_is_the_built_in_one() {
        let Chat { brain, reader } = chat(&settings(&[("OPENAI_MODEL", "some-model"), ("OPENAI_API_KEY", "k")])).unwrap();
        assert_eq!((format!("{brain:?}").as_str(), reader.is_none()), ("BuiltIn", true));
    }

    #[test]
    fn a_model_needs_a_name_and_the_providers_needs_a_key() {
        let with_model = ("RINGBACK_BRAIN", "model");
        let said = error(&[with_model, ("OPENAI_API_KEY", "k")]);
        assert!(said.starts_with("brain.kind is model, but brain.model is not set") && said.contains("OPENAI_MODEL"), "{said}");
        let said = error(&[with_model, ("OPENAI_MODEL", "m")]);
        assert!(said.starts_with("voice.api_key is not set") && said.contains("OPENAI_API_KEY"), "{said}");
        let local = ("RINGBACK_BRAIN_BASE_URL", "http://127.0.0.1:9/v1");
        let said = error(&[with_model, ("OPENAI_MODEL", "m"), local, ("RINGBACK_BRAIN_TIMEOUT_S", "60")]);
        assert_eq!(said, "brain.timeout_s must be 1 to 25, not 60");
        let said = error(&[with_model, ("OPENAI_MODEL", "m"), ("RINGBACK_BRAIN_BASE_URL", "file:///v1")]);
        assert!(said.contains("must begin with https:// or http://"), "{said}");
        let Chat { brain, reader } = chat(&settings(&[with_model, ("OPENAI_MODEL", "some-model"), local])).unwrap();
        assert!(format!("{brain:?}").contains("some-model") && format!("{reader:?}").contains("some-model"));
    }

    #[test]
    fn the_local_voice_has_its_own_choice() {
        let with_model = ("RINGBACK_LOCAL_VOICE_BRAIN", "model");
        let said = voice(&settings(&[with_model])).err().unwrap().to_string();
        assert!(said.starts_with("local_voice.brain is model, but brain.model is not set"), "{said}");
        let _ = rustls::crypto::ring::default_provider().install_default();
        let local = ("RINGBACK_BRAIN_BASE_URL", "http://127.0.0.1:9/v1");
        assert!(voice(&settings(&[with_model, ("OPENAI_MODEL", "m"), local])).is_ok());
        assert!(voice(&settings(&[])).is_ok());
    }

    #[test]
    fn a_key_is_sent_only_to_whom_it_was_given_by() {
        let key = |variables: &[(&str, &str)]| {
            let all = [&[("OPENAI_MODEL", "m"), ("OPENAI_API_KEY", "theirs")], variables].concat();
            model(&settings(&all), "brain.kind", Limits::default()).unwrap().key
        };
        let elsewhere = ("RINGBACK_BRAIN_BASE_URL", "http://127.0.0.1:9/v1");
        assert_eq!(key(&[]).as_deref(), Some("theirs"));
        assert_eq!(key(&[("RINGBACK_BRAIN_BASE_URL", "https://api.openai.com/v2")]).as_deref(), Some("theirs"));
        assert_eq!(key(&[elsewhere]), None);
        assert_eq!(key(&[elsewhere, ("RINGBACK_BRAIN_API_KEY", "ours")]).as_deref(), Some("ours"));
    }
}
