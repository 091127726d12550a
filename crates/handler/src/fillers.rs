//! "One moment, please.", said beforehand in the agent's voice, for the moments in which no model is there to say it.
//!
//! It is made once for each model, voice and language, in a session of its own while the first call with them rings, and kept as a
//! file. So no call's own session ever has two answers under way, and no call waits for it.

use crate::call::VoiceSocket;
use crate::config::Config;
use crate::error::with_causes;
use crate::voice::Dialect;
use bytes::{Bytes, BytesMut};
use session::{Input, ResponseStatus, VoiceCommand};
use sha2::{Digest as _, Sha256};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::OnceCell;
use types::{Briefing, VoiceChoice, briefing, language};

/// In English; the other languages have theirs.
const ENGLISH: &str = "One moment, please.";
/// More voices than anybody has; orders may name any.
const KEPT_MAX: usize = 100;
/// Half a second to six: anything else is not these words.
const BYTES_MIN: usize = 4_000;
const BYTES_MAX: usize = 48_000;
/// For the whole of making one.
const MAKE_LIMIT: Duration = Duration::from_secs(15);

/// Words and their sound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Filler {
    pub(crate) text: String,
    pub(crate) audio: Bytes,
}

/// All that were needed since the start.
#[derive(Default)]
pub(crate) struct Fillers(Mutex<HashMap<String, Arc<OnceCell<Option<Filler>>>>>);

impl Fillers {
    /// The words for an order's choice of voice; made if they are not there. `None` if they cannot be had: they are not asked for
    /// again before the next start.
    pub(crate) async fn get(&self, config: &Config, choice: &VoiceChoice) -> Option<Filler> {
        // The Live dialect says nothing word for word for certain.
        if config.voice.dialect == Dialect::Live {
            return None;
        }
        let name = file_name(config, choice);
        let cell = {
            let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if known.len() >= KEPT_MAX && !known.contains_key(&name) {
                return None;
            }
            Arc::clone(known.entry(name.clone()).or_default())
        };
        cell.get_or_init(|| load_or_make(config, choice, name)).await.clone()
    }
}

/// A different voice has a different name, and it tells nothing.
fn file_name(config: &Config, choice: &VoiceChoice) -> String {
    let voice = &config.voice;
    let parts = [
        voice.url.host_str().unwrap_or_default().to_owned(),
        voice.model_of(choice.model.as_deref()),
        choice.voice.clone().unwrap_or_else(|| voice.name.clone()),
        words(choice).to_owned(),
        voice.options.speed.map_or_else(String::new, |speed| speed.to_string()),
    ];
    let digest = Sha256::digest(parts.join("\n"));
    let hex: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    format!("{hex}.ulaw")
}

fn words(choice: &VoiceChoice) -> &'static str {
    choice.language.as_deref().and_then(language::phrases).map_or(ENGLISH, |phrases| phrases.wait_a_moment)
}

async fn load_or_make(config: &Config, choice: &VoiceChoice, name: String) -> Option<Filler> {
    let text = words(choice).to_owned();
    // Of a language without sentences here the words would be English in the middle of the call.
    let spoken = choice.language.as_deref().is_none_or(|tag| language::primary(tag) == "en" || language::phrases(tag).is_some());
    if !spoken {
        return None;
    }
    let path = config.data_dir.join("fillers").join(name);
    if let Some(audio) = load(path.clone()).await {
        return Some(Filler { text, audio });
    }
    let audio = tokio::time::timeout(MAKE_LIMIT, make(config, choice, &text)).await.ok().flatten()?;
    let kept = audio.clone();
    let stored = tokio::task::spawn_blocking(move || store(&path, &kept)).await;
    if let Ok(Err(error)) = stored {
        tracing::warn!(%error, "the words for a wait could not be kept; they are said again at the next start");
    }
    Some(Filler { text, audio })
}

async fn load(path: PathBuf) -> Option<Bytes> {
    let read = tokio::task::spawn_blocking(move || {
        let size = std::fs::metadata(&path).ok()?.len();
        usize::try_from(size).ok().filter(|size| (BYTES_MIN..=BYTES_MAX).contains(size))?;
        std::fs::read(path).ok()
    });
    read.await.ok().flatten().map(Bytes::from)
}

/// Under another name first, so that nobody reads half of it.
fn store(path: &Path, audio: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let fresh = path.with_extension("new");
    std::fs::write(&fresh, audio)?;
    std::fs::rename(fresh, path)
}

/// Has the model say the words in a session of its own.
async fn make(config: &Config, choice: &VoiceChoice, text: &str) -> Option<Bytes> {
    let briefing = Briefing { opening: text.to_owned(), language: choice.language.clone(), ..Briefing::default() };
    let limit = config.timing.voice_open_timeout;
    let mut voice = match VoiceSocket::open(limit, &config.voice, &briefing, choice).await {
        Ok(voice) => voice,
        Err(error) => {
            tracing::warn!(error = %with_causes(&error), "the words for a wait could not be said beforehand");
            return None;
        }
    };
    let instructions = Some(briefing::say_exactly(text));
    voice.send(VoiceCommand::CreateResponse { instructions }).ok()?;
    let mut said = BytesMut::new();
    let complete = loop {
        let input = voice.next().await;
        if let Input::AgentAudio { audio, .. } = input {
            if said.len() + audio.len() > BYTES_MAX {
                break false;
            }
            said.extend_from_slice(&audio);
        } else if let Input::ResponseEnded { status, .. } = input {
            break status == ResponseStatus::Completed;
        } else if matches!(input, Input::VoiceLost { .. } | Input::VoiceTrouble { .. }) {
            break false;
        }
    };
    tokio::spawn(voice.close(Duration::from_secs(1)));
    (complete && said.len() >= BYTES_MIN).then(|| said.freeze())
}
