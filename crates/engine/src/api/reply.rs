//! The answer to a message or a decision: what the assistant said in that step. Given once, and kept.

use super::{App, Problem};
use crate::{
    durable::Engine,
    store::{self, Doing, rows},
};
use tokio::time::Instant;
use types::{
    ConversationId,
    chat::{ChatResponse, ConversationEvent, Role},
};

/// The most events that one step is looked for in.
const EVENTS_MAX: u32 = 1_000;
/// What is answered when the graph has said nothing in time.
const LATER: &str = "I am still working on it. The answer will appear in this conversation.";

/// A request that is answered once, however often it is sent.
pub(super) struct Request {
    /// Whose ids these are: a conversation, or nobody's yet.
    pub(super) scope: String,
    /// The sender's id; `None` for a request that cannot be told from another.
    pub(super) id: Option<String>,
    pub(super) conversation: ConversationId,
    /// The number of the last event before it.
    pub(super) after: u64,
}

impl App {
    /// Notes that a request has come; one that has come before keeps its place, and its answer if it was given.
    pub(super) async fn note(
        &self,
        scope: &str,
        id: Option<String>,
        conversation: &ConversationId,
    ) -> Result<(Request, Option<ChatResponse>), Problem> {
        let (scope, conversation) = (scope.to_owned(), conversation.clone());
        let noted = self.store.write(move |db| {
            let after = rows::last_event(db, conversation.as_str())?;
            let Some(id) = id else { return Ok((Request { scope, id: None, conversation, after }, None)) };
            if let Some(asked) = rows::asked(db, &scope, &id)? {
                let answer = asked.answer.map(|body| serde_json::from_str(&body)).transpose().doing("read an answer")?;
                let conversation = ConversationId::new(asked.conversation);
                return Ok((Request { scope, id: Some(id), conversation, after: asked.after_n }, answer));
            }
            rows::ask(db, &scope, &id, conversation.as_str(), after)?;
            Ok((Request { scope, id: Some(id), conversation, after }, None))
        });
        Ok(noted.await?)
    }

    /// The conversation that a request went to when it was sent before.
    pub(super) async fn begun_by(&self, scope: &str, id: &str) -> Result<Option<ConversationId>, Problem> {
        let (scope, id) = (scope.to_owned(), id.to_owned());
        let asked = self.store.read(move |db| rows::asked(db, &scope, &id)).await?;
        Ok(asked.map(|asked| ConversationId::new(asked.conversation)))
    }

    /// Waits until the request has been worked off and answers it. What was not ready in time is not kept as the answer.
    pub(super) async fn reply(&self, request: Request, deadline: Instant) -> Result<ChatResponse, Problem> {
        let settled = self.settle(&request.conversation, deadline).await && !self.draining.is_cancelled();
        let state = self.state(&request.conversation).await?;
        let said = self.said(&request.conversation, request.after).await?;
        let response = ChatResponse {
            response: if said.is_empty() { LATER.to_owned() } else { said },
            conversation_id: request.conversation,
            node: state.node,
            plan_id: state.plan.map(|plan| plan.plan_id),
        };
        if let (true, Some(id)) = (settled, request.id) {
            let body = serde_json::to_string(&response).doing("write an answer")?;
            self.store.write(move |db| rows::answer(db, &request.scope, &id, &body)).await?;
        }
        Ok(response)
    }

    /// What the assistant said after an event, up to the user's next message but one: the first is the one that is answered.
    async fn said(&self, conversation: &ConversationId, after: u64) -> Result<String, store::Error> {
        let mut lines = Vec::new();
        let mut heard = 0;
        for event in self.engine.events(conversation, after, EVENTS_MAX).await? {
            if let ConversationEvent::Message { message } = event.event {
                match message.role {
                    Role::Assistant => lines.push(message.content),
                    Role::User => heard += 1,
                }
            }
            if heard > 1 {
                break;
            }
        }
        Ok(lines.join("\n\n"))
    }
}
