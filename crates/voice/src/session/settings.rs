//! The session's configuration: defaults, changes, and what they mean here.

use super::Refusal;
use crate::audio::Format;
use speech::{EarConfig, Voice};
use wire::realtime::{
    AudioConfig, AudioFormat, AudioInput, AudioOutput, Eagerness, Function, INCLUDE_LOGPROBS, Inf, MaxTokens, Modality, PcmRate,
    SessionConfig, Tool, ToolChoice, ToolChoiceMode, TurnDetection, Voice as NamedVoice,
};

/// The longest instructions, in bytes.
const INSTRUCTIONS_MAX: usize = 256 * 1024;
const TOOLS_MAX: usize = 128;
const DELAY_MS_MAX: u32 = 10_000;
/// Voices of the real service that are men's, and our own name for it.
const DEEP_VOICES: &[&str] = &["ash", "ballad", "cedar", "echo", "onyx", "verse", "deep"];

/// The configuration; every property has a value.
pub(crate) struct Settings {
    config: SessionConfig,
}

/// How the end of a turn is found, and what follows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Turns {
    pub(crate) ear: EarConfig,
    pub(crate) create_response: bool,
    pub(crate) interrupt_response: bool,
}

impl Settings {
    /// The defaults of the real service.
    pub(crate) fn new(model: String) -> Self {
        let pcm = Some(AudioFormat::Pcm { rate: Some(PcmRate) });
        let turn_detection = Some(Some(TurnDetection::ServerVad {
            threshold: Some(0.5),
            prefix_padding_ms: Some(300),
            silence_duration_ms: Some(500),
            create_response: Some(true),
            interrupt_response: Some(true),
            idle_timeout_ms: Some(None),
        }));
        Self {
            config: SessionConfig {
                model: Some(model),
                output_modalities: Some(vec![Modality::Audio]),
                instructions: Some(String::new()),
                audio: Some(AudioConfig {
                    input: Some(AudioInput {
                        format: pcm,
                        transcription: Some(None),
                        noise_reduction: Some(None),
                        turn_detection,
                    }),
                    output: Some(AudioOutput { format: pcm, voice: Some(NamedVoice::Named("marin".into())), speed: Some(1.0) }),
                }),
                tools: Some(Vec::new()),
                tool_choice: Some(ToolChoice::Mode(ToolChoiceMode::Auto)),
                max_output_tokens: Some(MaxTokens::Unlimited(Inf::Inf)),
                tracing: Some(None),
                ..SessionConfig::default()
            },
        }
    }

    pub(crate) fn config(&self) -> &SessionConfig {
        &self.config
    }

    /// Takes a change as a whole, or refuses it as a whole.
    pub(crate) fn update(&mut self, change: SessionConfig, has_spoken: bool) -> Result<(), Refusal> {
        let mut new = self.config.clone();
        if change.model.is_some() && change.model != new.model {
            return Err(Refusal::of("cannot_update_model", "session.model", "the model of an open session cannot be changed"));
        }
        if change.instructions.as_ref().is_some_and(|text| text.len() > INSTRUCTIONS_MAX) {
            let message = format!("instructions have at most {INSTRUCTIONS_MAX} bytes");
            return Err(Refusal::of("invalid_value", "session.instructions", message));
        }
        if change.tools.as_ref().is_some_and(|tools| tools.len() > TOOLS_MAX) {
            return Err(Refusal::of("invalid_value", "session.tools", format!("a session has at most {TOOLS_MAX} tools")));
        }
        if change.output_modalities.as_ref().is_some_and(|list| list.len() != 1) {
            let message = "output_modalities is [\"audio\"] or [\"text\"]";
            return Err(Refusal::of("invalid_value", "session.output_modalities", message));
        }
        let audio = change.audio.unwrap_or_default();
        let known = new.audio.get_or_insert_default();
        merge_input(known.input.get_or_insert_default(), audio.input.unwrap_or_default())?;
        merge_output(known.output.get_or_insert_default(), audio.output.unwrap_or_default(), has_spoken)?;
        take(&mut new.output_modalities, change.output_modalities);
        take(&mut new.instructions, change.instructions);
        take(&mut new.tools, change.tools);
        take(&mut new.tool_choice, change.tool_choice);
        take(&mut new.max_output_tokens, change.max_output_tokens);
        take(&mut new.parallel_tool_calls, change.parallel_tool_calls);
        take(&mut new.truncation, change.truncation);
        take(&mut new.tracing, change.tracing);
        take(&mut new.reasoning, change.reasoning);
        take(&mut new.prompt, change.prompt);
        take(&mut new.include, change.include);
        self.config = new;
        Ok(())
    }

    pub(crate) fn instructions(&self) -> &str {
        self.config.instructions.as_deref().unwrap_or_default()
    }

    /// The names of the functions that may be called.
    pub(crate) fn functions(&self) -> Vec<String> {
        if matches!(self.config.tool_choice, Some(ToolChoice::Mode(ToolChoiceMode::None))) {
            return Vec::new();
        }
        let tools = self.config.tools.iter().flatten();
        tools
            .filter_map(|tool| match tool {
                Tool::Function(function) => Some(function.name.clone()),
                Tool::Other(_) => None,
            })
            .collect()
    }

    /// What the client has told of its functions, whether they may be called now or not.
    pub(crate) fn told_functions(&self) -> Vec<Function> {
        let tools = self.config.tools.iter().flatten();
        tools
            .filter_map(|tool| match tool {
                Tool::Function(function) => Some(function.clone()),
                Tool::Other(_) => None,
            })
            .collect()
    }

    pub(crate) fn modality(&self) -> Modality {
        self.config.output_modalities.iter().flatten().next().copied().unwrap_or(Modality::Audio)
    }

    pub(crate) fn input_format(&self) -> Format {
        self.input().and_then(|input| input.format).and_then(Format::of).unwrap_or(Format::Pcm24)
    }

    pub(crate) fn output_format(&self) -> Format {
        self.output().and_then(|output| output.format).and_then(Format::of).unwrap_or(Format::Pcm24)
    }

    /// Whether the client wants to know how surely it was understood.
    pub(crate) fn tells_likelihood(&self) -> bool {
        self.config.include.iter().flatten().any(|wanted| wanted == INCLUDE_LOGPROBS)
    }

    /// Whether the client wants to read what was said.
    pub(crate) fn transcribes(&self) -> bool {
        self.input().is_some_and(|input| matches!(input.transcription, Some(Some(_))))
    }

    pub(crate) fn voice(&self) -> Voice {
        match self.output().and_then(|output| output.voice.as_ref()) {
            Some(NamedVoice::Named(name)) if DEEP_VOICES.contains(&name.as_str()) => Voice::Deep,
            Some(NamedVoice::Named(_) | NamedVoice::Custom { .. }) | None => Voice::Bright,
        }
    }

    /// `None` if the client says itself when a turn is over.
    pub(crate) fn turns(&self) -> Option<Turns> {
        let detection = self.input().and_then(|input| input.turn_detection.clone()).flatten()?;
        let usual = EarConfig::default();
        Some(match detection {
            TurnDetection::ServerVad {
                threshold,
                prefix_padding_ms,
                silence_duration_ms,
                create_response,
                interrupt_response,
                idle_timeout_ms: _,
            } => Turns {
                ear: EarConfig {
                    threshold: threshold.map_or(usual.threshold, |threshold| threshold as f32),
                    prefix_padding_ms: prefix_padding_ms.unwrap_or(300),
                    silence_ms: silence_duration_ms.unwrap_or(500),
                    ..usual
                },
                create_response: create_response.unwrap_or(true),
                interrupt_response: interrupt_response.unwrap_or(true),
            },
            // What was said is not looked at; the silence that is waited for stands in for it.
            TurnDetection::SemanticVad { eagerness, create_response, interrupt_response } => Turns {
                ear: EarConfig {
                    silence_ms: match eagerness {
                        Some(Eagerness::Low) => 1_000,
                        Some(Eagerness::Medium | Eagerness::Auto) | None => 600,
                        Some(Eagerness::High) => 300,
                    },
                    ..usual
                },
                create_response: create_response.unwrap_or(true),
                interrupt_response: interrupt_response.unwrap_or(true),
            },
        })
    }

    fn input(&self) -> Option<&AudioInput> {
        self.config.audio.as_ref()?.input.as_ref()
    }

    fn output(&self) -> Option<&AudioOutput> {
        self.config.audio.as_ref()?.output.as_ref()
    }
}

fn take<T>(known: &mut Option<T>, change: Option<T>) {
    if change.is_some() {
        *known = change;
    }
}

fn format_is_known(format: Option<AudioFormat>, param: &str) -> Result<(), Refusal> {
    match format {
        Some(format) if Format::of(format).is_none() => {
            Err(Refusal::of("invalid_value", param, "this server speaks audio/pcmu and audio/pcm, not audio/pcma"))
        }
        Some(_) | None => Ok(()),
    }
}

fn merge_input(known: &mut AudioInput, change: AudioInput) -> Result<(), Refusal> {
    format_is_known(change.format, "session.audio.input.format")?;
    if let Some(Some(TurnDetection::ServerVad { threshold, prefix_padding_ms, silence_duration_ms, idle_timeout_ms, .. })) =
        &change.turn_detection
    {
        let refuse = |name: &str, message: String| {
            Err(Refusal::of("invalid_value", &format!("session.audio.input.turn_detection.{name}"), message))
        };
        if threshold.is_some_and(|threshold| !(0.0..=1.0).contains(&threshold)) {
            return refuse("threshold", "threshold is 0 to 1".into());
        }
        for (name, value) in [("prefix_padding_ms", prefix_padding_ms), ("silence_duration_ms", silence_duration_ms)] {
            if value.is_some_and(|ms| ms > DELAY_MS_MAX) {
                return refuse(name, format!("{name} is at most {DELAY_MS_MAX}"));
            }
        }
        if matches!(idle_timeout_ms, Some(Some(_))) {
            return refuse("idle_timeout_ms", "this server does not speak of itself into a silence; leave it null".into());
        }
    }
    take(&mut known.format, change.format);
    take(&mut known.transcription, change.transcription);
    take(&mut known.noise_reduction, change.noise_reduction);
    take(&mut known.turn_detection, change.turn_detection);
    Ok(())
}

fn merge_output(known: &mut AudioOutput, change: AudioOutput, has_spoken: bool) -> Result<(), Refusal> {
    format_is_known(change.format, "session.audio.output.format")?;
    if has_spoken && change.voice.is_some() && change.voice != known.voice {
        let message = "the voice cannot be changed after the first audio";
        return Err(Refusal::of("cannot_update_voice", "session.audio.output.voice", message));
    }
    if change.speed.is_some_and(|speed| !(0.25..=1.5).contains(&speed)) {
        return Err(Refusal::of("invalid_value", "session.audio.output.speed", "speed is 0.25 to 1.5"));
    }
    take(&mut known.format, change.format);
    take(&mut known.voice, change.voice);
    take(&mut known.speed, change.speed);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_more_eager_the_shorter_the_silence() {
        let silence = |eagerness: Option<Eagerness>| {
            let mut settings = Settings::new("ringback-local".into());
            let detection =
                TurnDetection::SemanticVad { eagerness, create_response: Some(false), interrupt_response: Some(false) };
            let input = AudioInput { turn_detection: Some(Some(detection)), ..AudioInput::default() };
            let audio = Some(AudioConfig { input: Some(input), output: None });
            settings.update(SessionConfig { audio, ..SessionConfig::default() }, false).map_err(drop).unwrap();
            let turns = settings.turns().unwrap();
            assert_eq!((turns.create_response, turns.interrupt_response), (false, false));
            turns.ear.silence_ms
        };
        let told = [Some(Eagerness::High), Some(Eagerness::Medium), Some(Eagerness::Auto), None, Some(Eagerness::Low)];
        assert_eq!(told.map(silence), [300, 600, 600, 600, 1_000]);
    }
}
