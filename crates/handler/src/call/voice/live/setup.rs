//! What a Live session is begun with.

use super::super::tools;
use crate::voice::Voice;
use types::{Briefing, VoiceChoice};
use wire::live::{Audio, AudioFormat, AudioOutput, Delegate, Delegation, Function, StartConfig};

/// Samples a second of the telephone's audio.
const RATE: u32 = 8_000;

/// Told to the voice, which has no tools itself.
const HANDS_OVER: &str = "\
# Tools
You have no tools yourself. As soon as everything has been settled, or it is clear that it cannot be, delegate: say what came of
the call, with the callee's own words for each fact. When you have said goodbye, delegate that the call is to be ended.
";

/// Told to the model that the tools are left to.
const CARRIES_OUT: &str = "\
A voice assistant is on the telephone with the callee and follows the briefing below. You never speak to the callee. When it is
settled what came of the call, call report_outcome once, with facts that the callee has said and their own words as quotes. When
the voice has said goodbye, call end_call. Otherwise answer what the voice asks, from the briefing alone.

";

pub(super) fn session(voice: &Voice, briefing: &Briefing, choice: &VoiceChoice) -> StartConfig {
    let text = briefing.render();
    let name = choice.voice.as_ref().unwrap_or(&voice.name);
    StartConfig {
        model: voice.model_of(choice.model.as_deref()),
        instructions: Some(format!("{text}\n{HANDS_OVER}")),
        audio: Some(Audio { format: Some(AudioFormat::Pcmu { rate: RATE }), output: Some(AudioOutput { voice: name.clone() }) }),
        delegation: voice.options.delegate_model.as_ref().map(|model| Delegation::Responses {
            responses: Box::new(Delegate {
                model: model.clone(),
                instructions: Some(format!("{CARRIES_OUT}{text}")),
                // One result lets it go on.
                parallel_tool_calls: false,
                tools: tools::all().into_iter().map(function).collect(),
            }),
        }),
    }
}

fn function(tool: tools::Tool) -> Function {
    Function { name: tool.name.into(), description: tool.description.into(), parameters: tool.parameters }
}
