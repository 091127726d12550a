//! Answers: at most one at a time, from `response.created` to `response.done`.

use super::conversation::Spoken;
use super::{Refusal, Session};
use crate::brain::{Reply, ToolCall, Turn};
use crate::work::Job;
use bytes::Bytes;
use std::collections::VecDeque;
use wire::realtime::{
    ArgumentsDone, AudioDelta, Content, ContentPart, Delta, InputTokens, Item, ItemPlaced, Modality, OutputItem, OutputTokens,
    Part, Response, ResponseParams, ResponseStatus, ServerEvent, StatusDetails, StatusError, TokenUsage, ToolChoice,
    ToolChoiceMode,
};

/// How much audio goes in one event, in milliseconds.
const DELTA_MS: usize = 300;

#[derive(Default)]
pub(super) struct Responses {
    active: Option<Active>,
    /// How many answers with speech have been given in full.
    pub(super) spoken: u64,
}

struct Active {
    id: String,
    /// The number of the job that it waits for.
    number: u64,
    params: ResponseParams,
    modality: Modality,
    stage: Stage,
    /// What is complete.
    output: Vec<Item>,
    audio_ms: u64,
    words: usize,
}

enum Stage {
    /// For the callee's words.
    Waiting,
    /// For the brain.
    Thinking,
    /// For the mouth.
    Speaking(Speaking),
}

struct Speaking {
    item_id: String,
    said: String,
    /// The one in the mouth, then the ones after it.
    sentences: VecDeque<String>,
    tools: Vec<ToolCall>,
}

impl Responses {
    pub(super) fn is_active(&self) -> bool {
        self.active.is_some()
    }
}

impl Session {
    pub(super) fn create_response(&mut self, params: ResponseParams) -> Result<(), Refusal> {
        if let Some(active) = &self.responses.active {
            let message = format!("the response {} is still active; wait for its response.done", active.id);
            return Err(Refusal::new("conversation_already_has_active_response", message));
        }
        if params.input.is_some() {
            return Err(Refusal::of("invalid_value", "response.input", "this server answers the conversation only"));
        }
        let modality = match params.output_modalities.as_deref() {
            None => self.settings.modality(),
            Some([modality]) => *modality,
            Some(_) => {
                let message = "output_modalities is [\"audio\"] or [\"text\"]";
                return Err(Refusal::of("invalid_value", "response.output_modalities", message));
            }
        };
        let id = self.ids.make("resp");
        let active = Active { id, number: 0, params, modality, stage: Stage::Waiting, output: Vec::new(), audio_ms: 0, words: 0 };
        let response = active.told(ResponseStatus::InProgress);
        self.responses.active = Some(active);
        self.send(ServerEvent::ResponseCreated { response });
        self.go_on_responding();
        Ok(())
    }

    /// The answer to a turn that the server itself has seen the end of.
    pub(super) fn answer_turn(&mut self) {
        // Nothing is active and there are no parameters, so this cannot be refused.
        let _ = self.create_response(ResponseParams::default());
    }

    pub(super) fn cancel_response(&mut self, id: Option<&str>, reason: &str) -> Result<(), Refusal> {
        let wanted = |active: &mut Active| id.is_none_or(|id| id == active.id);
        let Some(mut active) = self.responses.active.take_if(wanted) else {
            return Err(Refusal::new("response_cancel_not_active", "there is no such active response to cancel"));
        };
        self.break_off(&mut active);
        let details = StatusDetails { kind: Some("cancelled".into()), reason: Some(reason.into()), error: None };
        self.finish(active, ResponseStatus::Cancelled, Some(details));
        Ok(())
    }

    /// Lets the brain think as soon as all words are known.
    pub(super) fn go_on_responding(&mut self) {
        let Some(active) = self.responses.active.as_mut() else { return };
        if !matches!(active.stage, Stage::Waiting) || !self.conversation.is_understood() {
            return;
        }
        let no_tools = matches!(active.params.tool_choice, Some(ToolChoice::Mode(ToolChoiceMode::None)));
        let turn = Turn {
            instructions: self.settings.instructions().to_owned(),
            only_now: active.params.instructions.clone(),
            lines: self.conversation.lines(),
            doubts: self.conversation.doubts(),
            tools: if no_tools { Vec::new() } else { self.settings.functions() },
            functions: self.settings.told_functions(),
        };
        active.number = self.ids.number();
        active.stage = Stage::Thinking;
        let number = active.number;
        self.ask_for(Job::Think { number, turn: Box::new(turn) });
    }

    pub(super) fn thought(&mut self, number: u64, reply: Reply) {
        let awaited = |active: &mut Active| active.number == number && matches!(active.stage, Stage::Thinking);
        let Some(mut active) = self.responses.active.take_if(awaited) else { return };
        let sentences: VecDeque<String> = speech::sentences(&reply.say).into_iter().map(str::to_owned).collect();
        if sentences.is_empty() {
            self.call_tools(&mut active, reply.tools);
            return self.finish(active, ResponseStatus::Completed, None);
        }
        let item_id = self.begin_message(&active);
        match active.modality {
            Modality::Text => {
                self.write_text(&mut active, &item_id, &Vec::from(sentences).join(" "));
                self.call_tools(&mut active, reply.tools);
                self.finish(active, ResponseStatus::Completed, None);
            }
            Modality::Audio => {
                active.stage = Stage::Speaking(Speaking { item_id, said: String::new(), sentences, tools: reply.tools });
                self.speak(active);
            }
        }
    }

    pub(super) fn spoken(&mut self, number: u64, audio: Result<Bytes, String>) {
        let Some(mut active) = self.responses.active.take_if(|active| active.number == number) else { return };
        let Stage::Speaking(speaking) = &mut active.stage else {
            self.responses.active = Some(active);
            return;
        };
        let audio = match audio {
            Ok(audio) => audio,
            Err(message) => {
                self.break_off(&mut active);
                let error =
                    StatusError { kind: Some("server_error".into()), code: Some("speech_failed".into()), message: Some(message) };
                let details = StatusDetails { kind: Some("failed".into()), reason: None, error: Some(error) };
                return self.finish(active, ResponseStatus::Failed, Some(details));
            }
        };
        let sentence = speaking.sentences.pop_front().unwrap_or_default();
        let delta = if speaking.said.is_empty() { sentence.clone() } else { format!(" {sentence}") };
        speaking.said += &delta;
        let item_id = speaking.item_id.clone();
        let format = self.settings.output_format();
        let ms = (audio.len() / format.bytes_per_ms()) as u64;
        active.audio_ms += ms;
        active.words += sentence.split_whitespace().count();
        let content = active.content(&item_id);
        self.send(ServerEvent::TranscriptDelta(Delta { content: content.clone(), delta }));
        for start in (0..audio.len()).step_by(DELTA_MS * format.bytes_per_ms()) {
            let end = (start + DELTA_MS * format.bytes_per_ms()).min(audio.len());
            let Content { response_id, item_id, output_index, content_index } = content.clone();
            let delta = audio.slice(start..end);
            self.send(ServerEvent::AudioDelta(AudioDelta { response_id, item_id, output_index, content_index, delta }));
        }
        self.conversation.spoken(&item_id, Spoken { text: sentence, ms });
        self.speak(active);
    }

    /// The next sentence, or what comes after the last.
    fn speak(&mut self, mut active: Active) {
        let Stage::Speaking(speaking) = &mut active.stage else { return };
        if let Some(sentence) = speaking.sentences.front() {
            let number = self.ids.number();
            let job = Job::Speak {
                number,
                text: sentence.clone(),
                voice: self.settings.voice(),
                format: self.settings.output_format(),
            };
            active.number = number;
            self.responses.active = Some(active);
            return self.ask_for(job);
        }
        let (item_id, said) = (speaking.item_id.clone(), std::mem::take(&mut speaking.said));
        let tools = std::mem::take(&mut speaking.tools);
        self.end_message(&mut active, &item_id, &said, "completed");
        self.call_tools(&mut active, tools);
        self.responses.spoken += 1;
        self.finish(active, ResponseStatus::Completed, None);
    }

    /// Ends what is being said where it is.
    fn break_off(&mut self, active: &mut Active) {
        if let Stage::Speaking(speaking) = &mut active.stage {
            let (item_id, said) = (speaking.item_id.clone(), std::mem::take(&mut speaking.said));
            self.end_message(active, &item_id, &said, "incomplete");
        }
    }

    fn begin_message(&mut self, active: &Active) -> String {
        let item_id = self.ids.make("item");
        let item = self.message(&item_id, Vec::new()).with_status("in_progress");
        self.begin_item(active, item);
        let part = match active.modality {
            Modality::Audio => Part::audio(""),
            Modality::Text => Part { kind: "text".into(), text: Some(String::new()), transcript: None },
        };
        self.send(ServerEvent::ContentPartAdded(ContentPart { content: active.content(&item_id), part }));
        item_id
    }

    fn end_message(&mut self, active: &mut Active, item_id: &str, said: &str, status: &str) {
        let content = active.content(item_id);
        self.send(ServerEvent::AudioDone(content.clone()));
        self.send(ServerEvent::TranscriptDone { content: content.clone(), transcript: said.into() });
        self.send(ServerEvent::ContentPartDone(ContentPart { content, part: Part::audio(said) }));
        let item = self.message(item_id, vec![Part::output_audio(said)]).with_status(status);
        self.end_item(active, item);
    }

    fn write_text(&mut self, active: &mut Active, item_id: &str, text: &str) {
        let content = active.content(item_id);
        active.words += text.split_whitespace().count();
        self.send(ServerEvent::TextDelta(Delta { content: content.clone(), delta: text.into() }));
        self.send(ServerEvent::TextDone { content: content.clone(), text: text.into() });
        let part = Part { kind: "text".into(), text: Some(text.into()), transcript: None };
        self.send(ServerEvent::ContentPartDone(ContentPart { content, part }));
        let item = self.message(item_id, vec![Part::output_text(text)]).with_status("completed");
        self.end_item(active, item);
    }

    fn call_tools(&mut self, active: &mut Active, tools: Vec<ToolCall>) {
        for ToolCall { name, arguments } in tools {
            let (item_id, call_id) = (self.ids.make("item"), self.ids.make("call"));
            let arguments = arguments.to_string();
            active.words += arguments.split_whitespace().count();
            let call = |arguments: &str, status: &str| {
                let item = Item::function_call(Some(item_id.clone()), &call_id, &name, arguments).with_status(status);
                Item { object: Some("realtime.item".into()), ..item }
            };
            self.begin_item(active, call("", "in_progress"));
            let (response_id, output_index) = (active.id.clone(), active.output.len() as u64);
            self.send(ServerEvent::ArgumentsDelta {
                response_id: response_id.clone(),
                item_id: item_id.clone(),
                output_index,
                call_id: call_id.clone(),
                delta: arguments.clone(),
            });
            self.send(ServerEvent::ArgumentsDone(ArgumentsDone {
                response_id,
                item_id: item_id.clone(),
                output_index,
                call_id: call_id.clone(),
                name: name.clone(),
                arguments: arguments.clone(),
            }));
            self.end_item(active, call(&arguments, "completed"));
        }
    }

    fn begin_item(&mut self, active: &Active, item: Item) {
        let (response_id, output_index) = (active.id.clone(), active.output.len() as u64);
        self.send(ServerEvent::OutputItemAdded(Box::new(OutputItem { response_id, output_index, item: item.clone() })));
        if active.in_conversation() {
            let previous_item_id = self.conversation.append_answer(item.clone());
            self.send(ServerEvent::ItemAdded(Box::new(ItemPlaced { previous_item_id, item })));
        }
    }

    fn end_item(&mut self, active: &mut Active, item: Item) {
        let (response_id, output_index) = (active.id.clone(), active.output.len() as u64);
        self.send(ServerEvent::OutputItemDone(Box::new(OutputItem { response_id, output_index, item: item.clone() })));
        if active.in_conversation() {
            let previous_item_id = self.conversation.complete(&item);
            self.send(ServerEvent::ItemDone(Box::new(ItemPlaced { previous_item_id, item: item.clone() })));
        }
        active.output.push(item);
    }

    fn finish(&mut self, active: Active, status: ResponseStatus, details: Option<StatusDetails>) {
        let usage = self.usage(&active);
        let response = Response { status_details: details, usage: Some(usage), ..*active.told(status) };
        self.send(ServerEvent::ResponseDone { response: Box::new(response) });
    }

    /// As the real service counts: text by words, callee's audio 10 tokens a second, ours 20.
    fn usage(&self, active: &Active) -> TokenUsage {
        let tokens = |words: usize| words as u64 * 4 / 3;
        let size = self.conversation.size();
        let input = InputTokens {
            text_tokens: tokens(size.words + self.settings.instructions().split_whitespace().count()),
            audio_tokens: size.callee_ms / 100,
            ..InputTokens::default()
        };
        let output = OutputTokens { text_tokens: tokens(active.words), audio_tokens: active.audio_ms / 50 };
        let (input_tokens, output_tokens) = (input.text_tokens + input.audio_tokens, output.text_tokens + output.audio_tokens);
        TokenUsage {
            total_tokens: input_tokens + output_tokens,
            input_tokens,
            output_tokens,
            input_token_details: input,
            output_token_details: output,
        }
    }

    fn message(&self, item_id: &str, parts: Vec<Part>) -> Item {
        Item { object: Some("realtime.item".into()), ..Item::message(Some(item_id.into()), "assistant", parts) }
    }
}

impl Active {
    fn content(&self, item_id: &str) -> Content {
        Content {
            response_id: self.id.clone(),
            item_id: item_id.into(),
            output_index: self.output.len() as u64,
            content_index: 0,
        }
    }

    fn in_conversation(&self) -> bool {
        self.params.conversation.as_deref() != Some("none")
    }

    fn told(&self, status: ResponseStatus) -> Box<Response> {
        Box::new(Response {
            status,
            output: self.output.clone(),
            output_modalities: Some(vec![self.modality]),
            metadata: self.params.metadata.clone(),
            ..Response::new(&self.id)
        })
    }
}
