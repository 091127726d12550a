//! The order: what the engine asks of the call handler.

use crate::{CallLimits, CallSid, ConversationId, Details, FieldError, OnMachine, OrderId, PhoneNumber, PlanId, VoiceChoice};
use serde::{Deserialize, Serialize};

/// The body of `POST /order`. Only the first two fields must be there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Order {
    /// Who is called.
    pub target_phone_number: PhoneNumber,
    /// What the voice is to do, in words. 1 to 8,000 characters.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 8_000, pattern = "\\S"))]
    pub final_instructions: String,
    /// The task's goal in one short sentence that can follow "I would like to": `order a large pepperoni pizza for delivery`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 300, pattern = "\\S"))]
    pub goal: Option<String>,
    /// The kind of task, a template's name: `order_food`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 60, pattern = "\\S"))]
    pub task_kind: Option<String>,
    /// The business that is called, as the user names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 120, pattern = "\\S"))]
    pub callee_name: Option<String>,
    /// On whose behalf the call is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 120, pattern = "\\S"))]
    pub user_name: Option<String>,
    /// The user's address, when the callee may be told it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 300, pattern = "\\S"))]
    pub user_address: Option<String>,
    /// Everything that the callee may be told, by name.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = std::collections::BTreeMap<String, String>))]
    pub gathered_details: Details,
    /// What is to be found out. At most 20.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_items = 20))]
    pub facts_wanted: Vec<FactWanted>,
    /// How long the call may take.
    #[serde(default)]
    pub limits: CallLimits,
    /// What is done if no person answers but a machine.
    #[serde(default)]
    pub on_machine: OnMachine,
    /// The voice that speaks, by the name that the realtime model has for it: `marin`. By default the configured one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 100, pattern = "^[A-Za-z0-9_.:-]+$"))]
    pub voice: Option<String>,
    /// The realtime model: `gpt-realtime`. By default the configured one; a simulated call has only one and passes this over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 100, pattern = "^[A-Za-z0-9_.:/-]+$"))]
    pub model: Option<String>,
    /// The language to be spoken, a BCP 47 tag: `en`, `de`, `pt-BR`. By default none is asked for, and the
    /// call opens in English; a simulated call is always in English and passes this over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(min_length = 2, max_length = 35, pattern = "^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$"))]
    pub language: Option<String>,
    /// Whether the call may be recorded, where the call handler records calls at all; by default it may. The callee is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<bool>,
    /// For whom the call is made, where several people share an installation: their calls are counted apart. 1 to 100 visible
    /// ASCII characters; all who have none are one user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 100, pattern = "^[!-~]+$"))]
    pub user_id: Option<String>,
    /// The conversation that the result belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation_id: Option<ConversationId>,
    /// The plan that the user approved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan_id: Option<PlanId>,
    /// Which attempt at this task it is, from 1.
    #[serde(default = "first_attempt")]
    #[cfg_attr(feature = "openapi", schema(minimum = 1))]
    pub attempt: u32,
}

fn first_attempt() -> u32 {
    1
}

/// A fact that the call should bring back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export, export_to = "api.ts")]
pub struct FactWanted {
    /// Its name in snake_case: `ready_time`.
    pub name: String,
    /// What is meant, as a question to the callee: `When will it be ready?`
    pub question: String,
    /// What kind of value it has; by default what its name says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<FactKind>,
}

/// What kind of value a fact has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ts_rs::TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[ts(export, export_to = "api.ts")]
#[serde(rename_all = "snake_case")]
pub enum FactKind {
    /// An amount of money: `$18.50`.
    Money,
    /// When something will be: `7:15 pm`, or how long until then: `40 minutes`.
    Time,
    /// How long something lasts: `2 hours`.
    Duration,
    /// A day, a time of day, or both: `Saturday at 7:00 pm`.
    Date,
    /// How many: `4`.
    Count,
    /// A number or a mixture of letters and digits that names something: `RB4821`.
    Code,
    /// Anything else, in words.
    Text,
}

/// The answer to an accepted `POST /order`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OrderAccepted {
    /// `Call initiated`.
    pub status: String,
    /// The carrier's name for the call.
    pub call_sid: CallSid,
    /// The handler's name for the order; `GET /calls/{order_id}` tells of it.
    pub order_id: OrderId,
}

/// The `Idempotency-Key` of an order: the same key is the same call. 1 to 200 visible ASCII characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// The engine's key for one attempt of one conversation.
    pub fn of_attempt(conversation: &ConversationId, attempt: u32) -> Self {
        Self(format!("{conversation}:{attempt}"))
    }
    /// Reads a key that came from outside.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        let good = (1..=200).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
        if good {
            Ok(Self(text.into()))
        } else {
            Err(FieldError::new("Idempotency-Key", "must be 1 to 200 visible ASCII characters"))
        }
    }
    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Refuses what cannot name a user.
pub fn check_user_id(user_id: Option<&str>) -> Result<(), FieldError> {
    let good = |id: &str| (1..=100).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_graphic());
    if user_id.is_none_or(good) { Ok(()) } else { Err(FieldError::new("user_id", "must be 1 to 100 visible ASCII characters")) }
}

impl Order {
    /// Refuses what cannot be carried out, naming the field. The shape itself is checked by reading it.
    pub fn check(&self) -> Result<(), FieldError> {
        let length = |field: &str, text: &str, most: usize| {
            if text.trim().is_empty() {
                Err(FieldError::new(field, "must not be empty"))
            } else if text.chars().count() > most {
                Err(FieldError::new(field, format!("must be at most {most} characters long")))
            } else {
                Ok(())
            }
        };
        length("final_instructions", &self.final_instructions, 8_000)?;
        for (field, text, most) in [
            ("goal", &self.goal, 300),
            ("task_kind", &self.task_kind, 60),
            ("callee_name", &self.callee_name, 120),
            ("user_name", &self.user_name, 120),
            ("user_address", &self.user_address, 300),
        ] {
            if let Some(text) = text {
                length(field, text, most)?;
            }
        }
        if self.gathered_details.len() > 40 {
            return Err(FieldError::new("gathered_details", "must have at most 40 entries"));
        }
        for (name, value) in &self.gathered_details {
            length(&format!("gathered_details.{name}"), value, 500)?;
        }
        if self.facts_wanted.len() > 20 {
            return Err(FieldError::new("facts_wanted", "must have at most 20 entries"));
        }
        if self.attempt == 0 {
            return Err(FieldError::new("attempt", "must be 1 or more"));
        }
        check_user_id(self.user_id.as_deref())?;
        self.voice_choice().check("")?;
        self.on_machine.check()?;
        self.limits.check()
    }

    /// What it says of the voice, the model and the language.
    pub fn voice_choice(&self) -> VoiceChoice {
        VoiceChoice { voice: self.voice.clone(), model: self.model.clone(), language: self.language.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn least() -> Order {
        serde_json::from_str(r#"{"target_phone_number":"+14155550100","final_instructions":"Order a pizza."}"#).unwrap()
    }

    #[test]
    fn two_fields_are_enough() {
        let order = least();
        assert_eq!((order.attempt, order.check()), (1, Ok(())));
    }

    #[test]
    fn a_voice_a_model_and_a_language_are_checked() {
        let order = Order { voice: Some("cedar".into()), language: Some("pt-BR".into()), ..least() };
        assert_eq!(order.check(), Ok(()));
        let order = Order { language: Some("deutsch!".into()), ..least() };
        assert_eq!(order.check().unwrap_err().field, "language");
        let order = Order { model: Some("m n".into()), ..least() };
        assert_eq!(order.check().unwrap_err().field, "model");
    }

    #[test]
    fn the_field_at_fault_is_named() {
        let mut order = least();
        order.limits.call_max_s = 5;
        assert_eq!(order.check().unwrap_err().field, "limits.call_max_s");
        let mut order = least();
        order.user_id = Some("two words".into());
        assert_eq!(order.check().unwrap_err().field, "user_id");
        let mut order = least();
        order.final_instructions = " ".into();
        assert_eq!(order.check().unwrap_err().to_string(), "final_instructions must not be empty");
    }
}
