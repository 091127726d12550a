//! One session of the protocol as a state machine: client events and finished work go in, effects come out. No I/O, no clock.

mod conversation;
#[cfg(test)]
mod fuzz;
mod input;
mod response;
mod settings;
#[cfg(test)]
mod tests;

use crate::work::{Done, Job};
use conversation::Conversation;
use input::Input;
use response::Responses;
use settings::Settings;
use std::error::Error as _;
use uuid::Uuid;
use wire::realtime::{
    ApiError, ClientEvent, Item, ItemCreate, ItemPlaced, ServerEvent, Session as Told, SessionConfig, Truncate,
};

/// What the shell is to do, in this order.
#[derive(Debug)]
pub enum Effect {
    /// Send this to the client.
    Send(ServerEvent),
    /// Do this, and tell what came of it.
    Do(Job),
}

/// One session.
pub struct Session {
    ids: Ids,
    id: String,
    expires_at: u64,
    settings: Settings,
    input: Input,
    conversation: Conversation,
    responses: Responses,
    effects: Vec<Effect>,
}

/// Makes ids that are unique, and that tell what they name.
struct Ids {
    session: String,
    next: u64,
}

impl Ids {
    fn make(&mut self, kind: &str) -> String {
        let number = self.number();
        format!("{kind}_{}{number:05}", self.session)
    }

    fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }
}

/// A refusal: a stable word, the property at fault if any, a sentence.
pub(crate) struct Refusal {
    code: &'static str,
    param: Option<String>,
    message: String,
}

impl Refusal {
    fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, param: None, message: message.into() }
    }

    fn of(code: &'static str, param: &str, message: impl Into<String>) -> Self {
        Self { code, param: Some(param.into()), message: message.into() }
    }
}

impl Session {
    /// A session that tells the client first of all that it is there. `expires_at`: seconds since 1970.
    pub fn new(name: Uuid, model: String, expires_at: u64) -> Self {
        let session = name.simple().to_string()[..12].to_owned();
        let settings = Settings::new(model);
        let mut this = Self {
            id: format!("sess_{session}"),
            ids: Ids { session, next: 0 },
            expires_at,
            input: Input::new(&settings),
            settings,
            conversation: Conversation::default(),
            responses: Responses::default(),
            effects: Vec::new(),
        };
        let told = this.told();
        this.send(ServerEvent::SessionCreated { session: told });
        this
    }

    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// What is to be done now; empties the list.
    pub fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    /// An event as text, with an id of its own.
    pub fn write(&mut self, event: &ServerEvent) -> String {
        event.write(&self.ids.make("event"))
    }

    /// Whether an answer with speech has been given in full.
    pub(crate) fn has_spoken(&self) -> bool {
        self.responses.spoken > 0
    }

    /// A text message of the client.
    pub fn receive(&mut self, text: &str) {
        let received = match ClientEvent::read(text) {
            Ok(received) => received,
            Err(error) => {
                let event_id = match &error {
                    wire::realtime::Error::Shape { event_id, .. } => event_id.clone(),
                    wire::realtime::Error::TooLong(_) | wire::realtime::Error::Malformed(_) => None,
                };
                let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
                return self.refuse(Refusal::new("invalid_event", format!("{error}{cause}")), event_id);
            }
        };
        if let Err(refusal) = self.take(received.event) {
            self.refuse(refusal, received.event_id);
        }
    }

    /// A binary message of the client, which the protocol does not have.
    pub(crate) fn refuse_binary(&mut self) {
        self.refuse(Refusal::new("invalid_event", "events are text messages, not binary ones"), None);
    }

    /// Work is finished.
    pub fn done(&mut self, done: Done) {
        match done {
            Done::Transcribed { number, heard } => self.transcribed(number, heard),
            Done::Thought { number, reply } => self.thought(number, reply),
            Done::Spoken { number, audio } => self.spoken(number, audio),
        }
        self.go_on_responding();
    }

    /// The session has reached its longest time.
    pub(crate) fn expire(&mut self) {
        self.refuse(Refusal::new("session_expired", "the session has reached its longest time"), None);
    }

    fn take(&mut self, event: ClientEvent) -> Result<(), Refusal> {
        match event {
            ClientEvent::SessionUpdate { session } => self.update(*session),
            ClientEvent::Append { audio } => self.append(&audio),
            ClientEvent::Commit {} => self.commit(),
            ClientEvent::Clear {} => {
                self.clear();
                Ok(())
            }
            ClientEvent::ItemCreate(create) => self.create_item(*create),
            ClientEvent::Truncate(truncate) => self.truncate(truncate),
            ClientEvent::ItemDelete { item_id } => {
                self.conversation.delete(&item_id)?;
                self.send(ServerEvent::ItemDeleted { item_id });
                Ok(())
            }
            ClientEvent::ItemRetrieve { item_id } => {
                let item = Box::new(self.conversation.item(&item_id)?.clone());
                self.send(ServerEvent::ItemRetrieved { item });
                Ok(())
            }
            ClientEvent::ResponseCreate { response } => self.create_response(response.map(|params| *params).unwrap_or_default()),
            ClientEvent::ResponseCancel { response_id } => self.cancel_response(response_id.as_deref(), "client_cancelled"),
            ClientEvent::Unknown { kind } => {
                Err(Refusal::of("invalid_value", "type", format!("this server knows no event of the type \"{kind}\"")))
            }
        }
    }

    fn update(&mut self, change: SessionConfig) -> Result<(), Refusal> {
        self.settings.update(change, self.responses.spoken > 0)?;
        self.input.set_up(&self.settings);
        let told = self.told();
        self.send(ServerEvent::SessionUpdated { session: told });
        Ok(())
    }

    fn create_item(&mut self, create: ItemCreate) -> Result<(), Refusal> {
        let mut item = create.item;
        if item.id.is_none() {
            item.id = Some(self.ids.make("item"));
        }
        item.object = Some("realtime.item".into());
        item.status = Some("completed".into());
        let (previous_item_id, item) = self.conversation.insert(item, create.previous_item_id.as_deref())?;
        self.tell_item(previous_item_id, item);
        Ok(())
    }

    fn truncate(&mut self, truncate: Truncate) -> Result<(), Refusal> {
        self.conversation.truncate(&truncate)?;
        let Truncate { item_id, content_index, audio_end_ms } = truncate;
        self.send(ServerEvent::ItemTruncated { item_id, content_index: content_index.into(), audio_end_ms });
        Ok(())
    }

    /// An item that is complete from the beginning.
    fn tell_item(&mut self, previous_item_id: Option<String>, item: Item) {
        let placed = ItemPlaced { previous_item_id, item };
        self.send(ServerEvent::ItemAdded(Box::new(placed.clone())));
        self.send(ServerEvent::ItemDone(Box::new(placed)));
    }

    fn told(&self) -> Box<Told> {
        Box::new(Told {
            id: self.id.clone(),
            model: self.settings.config().model.clone(),
            expires_at: Some(self.expires_at),
            config: self.settings.config().clone(),
        })
    }

    fn refuse(&mut self, refusal: Refusal, event_id: Option<String>) {
        let Refusal { code, param, message } = refusal;
        let error = ApiError { kind: "invalid_request_error".into(), code: Some(code.into()), message, param, event_id };
        self.send(ServerEvent::Error { error });
    }

    fn send(&mut self, event: ServerEvent) {
        self.effects.push(Effect::Send(event));
    }

    fn ask_for(&mut self, job: Job) {
        self.effects.push(Effect::Do(job));
    }
}
