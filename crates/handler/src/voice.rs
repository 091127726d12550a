//! The realtime model as it is configured: where it is, how it is spoken to, and what its sessions are set to.

use types::VoiceChoice;
use url::Url;
use wire::realtime::{Eagerness, MaxTokens, NoiseReduction, Truncation};

/// The end of the host names of Azure's OpenAI resources.
const AZURE: &str = ".openai.azure.com";

/// The realtime model. Has no `Debug`, so that the key never reaches a log.
#[derive(Clone)]
pub struct Voice {
    /// How it is spoken to.
    pub dialect: Dialect,
    /// Its address: `wss://api.openai.com/v1/realtime`. `http` and `https` are turned into `ws` and `wss`. Parameters that it
    /// has are kept.
    pub url: Url,
    /// Its key; may be empty for a local one.
    pub api_key: String,
    /// How the key is shown.
    pub key_form: KeyForm,
    /// Its name; in Azure the deployment's.
    pub model: String,
    /// The voice that it speaks with.
    pub name: String,
    /// It is simulated: it has one model and speaks English, whatever an order says.
    pub simulated: bool,
    /// What its sessions are set to.
    pub options: Options,
}

/// How a model is spoken to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dialect {
    /// OpenAI's Realtime protocol, generally available shape.
    #[default]
    Realtime,
    /// OpenAI's Live protocol.
    Live,
}

/// How the key is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KeyForm {
    /// `Authorization: Bearer …`
    #[default]
    Bearer,
    /// `api-key: …`, as Azure wants it.
    ApiKey,
}

impl KeyForm {
    /// The usual one of a host: `api-key` for `*.openai.azure.com`, `Authorization: Bearer` for all others.
    pub fn of_host(host: &str) -> Self {
        if host.to_ascii_lowercase().ends_with(AZURE) { Self::ApiKey } else { Self::Bearer }
    }
}

/// What a session is set to. What is `None` is not sent, so that the server's own default holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// How the end of the callee's turn is found.
    pub turns: Turns,
    /// Noise reduction; `Some(None)` switches it off.
    pub noise_reduction: Option<Option<NoiseReduction>>,
    /// The model that writes down what the callee says.
    pub transcription_model: String,
    /// The language that it expects, ISO 639-1. An order's language comes first.
    pub transcription_language: Option<String>,
    /// Words that it expects.
    pub transcription_prompt: Option<String>,
    /// How fast the voice speaks, 0.25 to 1.5.
    pub speed: Option<f64>,
    /// How long an answer may be.
    pub max_output_tokens: Option<MaxTokens>,
    /// How the context is cut when it has become too long.
    pub truncation: Option<Truncation>,
    /// In the Live dialect: the model that the tools are left to.
    pub delegate_model: Option<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            turns: Turns::default(),
            noise_reduction: None,
            transcription_model: "gpt-4o-mini-transcribe".into(),
            transcription_language: None,
            transcription_prompt: None,
            speed: None,
            max_output_tokens: None,
            truncation: None,
            delegate_model: None,
        }
    }
}

/// How the end of the callee's turn is found.
#[derive(Clone, Debug, PartialEq)]
pub enum Turns {
    /// By silence: `server_vad`.
    Silence {
        /// How loud speech is, 0 to 1.
        threshold: Option<f64>,
        /// How much audio from before the speech belongs to it, milliseconds.
        prefix_padding_ms: Option<u32>,
        /// How long the silence must be, milliseconds.
        silence_ms: u32,
    },
    /// By what was said: `semantic_vad`.
    Meaning {
        /// How soon.
        eagerness: Option<Eagerness>,
    },
}

impl Default for Turns {
    fn default() -> Self {
        Self::Silence { threshold: None, prefix_padding_ms: None, silence_ms: 300 }
    }
}

impl Turns {
    /// The silence that always lies between the end of the speech and the end of the turn, milliseconds.
    pub(crate) fn silence_ms(&self) -> u32 {
        match self {
            Self::Silence { silence_ms, .. } => *silence_ms,
            // Where the words decide there is none that could be counted on.
            Self::Meaning { .. } => 0,
        }
    }
}

impl Voice {
    /// The address as a WebSocket's; `None` if it is no address of the web.
    pub fn as_socket(url: &Url) -> Option<Url> {
        let scheme = match url.scheme() {
            "ws" | "http" => "ws",
            "wss" | "https" => "wss",
            _ => return None,
        };
        // Between the web's schemes every change is allowed, but only by way of the text.
        Url::parse(&format!("{scheme}{}", &url.as_str()[url.scheme().len()..])).ok()
    }

    /// Where a session with a model is opened: the address, with the model among its parameters where the dialect wants it
    /// there. A model that was chosen comes before the one in the address, and that before the configured one.
    pub fn address(&self, chosen: Option<&str>) -> Url {
        let mut url = self.url.clone();
        let parameter = match self.dialect {
            Dialect::Realtime => self.model_parameter(),
            Dialect::Live => return url,
        };
        let kept: Vec<(String, String)> =
            url.query_pairs().filter(|(name, _)| chosen.is_none() || name != parameter).map(owned).collect();
        let there = kept.iter().any(|(name, _)| name == parameter);
        if !there {
            let model = chosen.unwrap_or(&self.model);
            url.query_pairs_mut().clear().extend_pairs(&kept).append_pair(parameter, model);
        }
        url
    }

    /// The name of the model that a session is opened with.
    pub fn model_of(&self, chosen: Option<&str>) -> String {
        let in_address = || match self.dialect {
            Dialect::Realtime => {
                let parameter = self.model_parameter();
                self.url.query_pairs().find(|(name, _)| name == parameter).map(|(_, model)| model.into_owned())
            }
            Dialect::Live => None,
        };
        chosen.map(str::to_owned).or_else(in_address).unwrap_or_else(|| self.model.clone())
    }

    /// The header that shows the key; none without a key.
    pub fn key_header(&self) -> Option<(&'static str, String)> {
        if self.api_key.is_empty() {
            return None;
        }
        Some(match self.key_form {
            KeyForm::Bearer => ("authorization", format!("Bearer {}", self.api_key)),
            KeyForm::ApiKey => ("api-key", self.api_key.clone()),
        })
    }

    /// What of an order's choice holds here.
    pub(crate) fn choice(&self, order: &types::Order) -> VoiceChoice {
        let choice = order.voice_choice();
        if self.simulated { VoiceChoice { model: None, language: None, ..choice } } else { choice }
    }

    /// Azure's preview addresses name the deployment, all others the model.
    fn model_parameter(&self) -> &'static str {
        let preview = self.url.query_pairs().any(|(name, _)| name == "api-version" || name == "deployment");
        if preview { "deployment" } else { "model" }
    }
}

fn owned((name, value): (std::borrow::Cow<'_, str>, std::borrow::Cow<'_, str>)) -> (String, String) {
    (name.into_owned(), value.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn voice(url: &str) -> Voice {
        Voice {
            dialect: Dialect::Realtime,
            url: Voice::as_socket(&Url::parse(url).unwrap()).unwrap(),
            api_key: "key".into(),
            key_form: KeyForm::Bearer,
            model: "gpt-realtime".into(),
            name: "marin".into(),
            simulated: false,
            options: Options::default(),
        }
    }

    #[test]
    fn the_model_is_a_parameter_and_others_are_kept() {
        for (url, chosen, address) in [
            ("https://api.openai.com/v1/realtime", None, "wss://api.openai.com/v1/realtime?model=gpt-realtime"),
            ("wss://api.openai.com/v1/realtime", Some("m"), "wss://api.openai.com/v1/realtime?model=m"),
            ("ws://127.0.0.1:1/r?x=a%20b", None, "ws://127.0.0.1:1/r?x=a+b&model=gpt-realtime"),
            ("wss://h/r?model=mine&x=1", None, "wss://h/r?model=mine&x=1"),
            ("wss://h/r?model=mine&x=1", Some("m"), "wss://h/r?x=1&model=m"),
            (
                "wss://r.openai.azure.com/openai/v1/realtime",
                Some("my-deployment"),
                "wss://r.openai.azure.com/openai/v1/realtime?model=my-deployment",
            ),
            (
                "wss://r.openai.azure.com/openai/realtime?api-version=2025-04-01-preview",
                Some("my-deployment"),
                "wss://r.openai.azure.com/openai/realtime?api-version=2025-04-01-preview&deployment=my-deployment",
            ),
            (
                "wss://r.openai.azure.com/openai/realtime?api-version=v&deployment=d",
                None,
                "wss://r.openai.azure.com/openai/realtime?api-version=v&deployment=d",
            ),
        ] {
            assert_eq!(voice(url).address(chosen).as_str(), address);
        }
        assert_eq!(voice("wss://h/r?model=mine").model_of(None), "mine");
        assert_eq!(voice("wss://h/r?deployment=mine").model_of(Some("other")), "other");
        assert_eq!(voice("wss://h/r").model_of(None), "gpt-realtime");
    }

    #[test]
    fn the_live_address_has_no_model() {
        let voice = Voice { dialect: Dialect::Live, ..voice("wss://api.openai.com/v1/live/sessions") };
        assert_eq!(voice.address(Some("m")).as_str(), "wss://api.openai.com/v1/live/sessions");
        assert_eq!(voice.model_of(Some("m")), "m");
    }

    #[test]
    fn the_key_has_two_forms() {
        let mut voice = voice("wss://h/r");
        assert_eq!(voice.key_header(), Some(("authorization", "Bearer key".into())));
        voice.key_form = KeyForm::of_host("my-resource.openai.azure.com");
        assert_eq!(voice.key_header(), Some(("api-key", "key".into())));
        voice.api_key.clear();
        assert_eq!(voice.key_header(), None);
        assert_eq!(KeyForm::of_host("openai.azure.com.example"), KeyForm::Bearer);
    }
}
