//! What people write, what templates and stored runs say, almost right: nothing panics, nothing takes long, and what has been read
//! once is read again as the same.

use crate::world::{CONVERSATION, Chat, STORY, graph};
use async_trait::async_trait;
use futures_util::FutureExt;
use graph::brain::{Brain, BuiltIn, Heard};
use graph::locale::{Here, Locale};
use graph::parse::{Found, appointment, asked, change, item, name, phone, question, spelling, time};
use graph::runtime::{Body, Envelope, Graph, Run};
use graph::task::{Calls, HangUpError, Input, PlaceError, State, StatusError, TaskGraph, TellError};
use graph::template::{Kind, Template, Templates};
use odd_input::fuzz;
use std::sync::{Arc, LazyLock};
use types::{CallView, Estimated, IdempotencyKey, Order, OrderAccepted, OrderId};

const SAID: [&str; 16] = [
    STORY,
    "+1 (415) 555-0100, extension 12",
    "tomorrow at half past seven in the evening",
    "next Tuesday, 12/24/2026 or on the 3rd of March at 19:30",
    "for two and a half, twenty-one people, a dozen of them children",
    "at most $25.50, twenty dollars or 1.200,50 euros",
    "make it large, two pepperoni pizzas and one small Hawaiian with extra cheese and no onions",
    "12 Elm Street, apartment 4B, Springfield, IL 62704",
    "my name is María-José O'Neill-Smith the third",
    "Luigi's at +1 415 555 0101, ask if they have oat milk and until when they are open today",
    "move my table from Friday at 8 to Saturday at 9, under the name of Lopez, number 4471",
    "a dentist's appointment for a cleaning, in the morning, noon is fine too",
    "maria.lopez@example.com",
    "yes, but change the size to medium, please call them",
    "no no no, never mind, hang up!",
    "in 3 hours, a quarter to twelve p.m., midnight, 24:00",
];
const KINDS: [Kind; 22] = [
    Kind::Text,
    Kind::Item,
    Kind::Size,
    Kind::Count,
    Kind::Fulfilment,
    Kind::Address,
    Kind::Person,
    Kind::Business,
    Kind::Phone,
    Kind::Date,
    Kind::OldDate,
    Kind::Time,
    Kind::VisitTime,
    Kind::OldTime,
    Kind::NewTime,
    Kind::Appointment,
    Kind::Booking,
    Kind::Change,
    Kind::Contact,
    Kind::Money,
    Kind::Question,
    Kind::Message,
];
static LOCALE: LazyLock<Locale> = LazyLock::new(Locale::default);
static TEMPLATES: LazyLock<Templates> = LazyLock::new(|| Templates::built_in().unwrap());

fn here() -> Here<'static> {
    Here { locale: &LOCALE, now: "2026-11-21T12:00:00Z".parse().unwrap() }
}

fn lies_in(found: Option<Found>, text: &str) {
    assert!(found.is_none_or(|found| text.get(found.range).is_some()), "a place that is none");
}

fn details(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for kind in KINDS {
        lies_in(kind.find(&text, here()), &text);
        if let Ok(once) = kind.read(&text, here()) {
            assert!(once.len() <= 8 * text.len() + 100, "{kind:?} makes {} bytes of {}", once.len(), text.len());
            // These are put in one form, and that form is read as itself.
            let settled = [Kind::Size, Kind::Count, Kind::Fulfilment, Kind::Phone, Kind::Date, Kind::Time, Kind::Money];
            if settled.contains(&kind) {
                assert_eq!(kind.read(&once, here()).as_ref(), Ok(&once), "{kind:?} of {text:?}");
            }
        }
    }
    let _ = (item::split(&text), item::find(&text), question::indirect(&text), question::errand(&text), spelling::mend(&text));
    let _ =
        (appointment::find(&text), appointment::find_booking(&text), asked::find(&text, Some("Luigi's")), change::find(&text));
    lies_in(phone::find(&text, "DE"), &text);
    lies_in(name::find_proper_business(&text), &text);
    lies_in(time::find(&text), &text);
}

fn messages(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for state in
        [State::default(), State { task_kind: Some("order_food".into()), asked: Some("size".into()), ..State::default() }]
    {
        let here = here();
        let heard = Heard { text: &text, state: &state, templates: &TEMPLATES, locale: here.locale, now: here.now };
        BuiltIn.understand(&heard).now_or_never().expect("the core never waits").expect("the built-in brain never fails");
    }
}

fn templates(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Ok(template) = Template::read("fuzz", &text) {
        let known = template.slots.iter().map(|slot| (slot.name.clone(), "seven".to_owned())).collect();
        let words = template.words(&known);
        assert!(!template.goal.fill(&words).is_empty() || template.goal.names().is_empty());
        assert!(template.needed(&known).count() <= template.slots.len());
    }
}

/// A call handler that nobody reaches.
#[derive(Debug)]
struct Nobody;

#[async_trait]
impl Calls for Nobody {
    fn order_url(&self) -> String {
        String::new()
    }
    async fn estimate(&self, _: &Order) -> Result<Estimated, StatusError> {
        Err(StatusError { message: "nobody".into() })
    }
    async fn place_order(&self, _: &Order, _: &IdempotencyKey) -> Result<OrderAccepted, PlaceError> {
        Err(PlaceError::Unclear { message: "nobody".into() })
    }
    async fn order_status(&self, _: &IdempotencyKey) -> Result<Option<CallView>, StatusError> {
        Err(StatusError { message: "nobody".into() })
    }
    async fn hang_up(&self, _: &OrderId) -> Result<(), HangUpError> {
        Err(HangUpError::AlreadyEnded)
    }
    async fn answer(&self, _: &OrderId, _: &str, _: &str) -> Result<(), TellError> {
        Err(TellError::Ended)
    }
    async fn instruct(&self, _: &OrderId, _: &str, _: &str) -> Result<(), TellError> {
        Err(TellError::Ended)
    }
}

static GRAPH: LazyLock<TaskGraph> = LazyLock::new(|| graph(Arc::new(Nobody)));

/// A stored run that can be read can also be gone on with.
fn stored_runs(bytes: &[u8]) {
    let Ok(mut run) = serde_json::from_slice::<Run<TaskGraph>>(bytes) else { return };
    for (n, text) in ["what?", "yes", "hang up", "try again"].into_iter().enumerate() {
        let say = Input::Say { text: text.into(), at: None, voice_choice: None, user_id: None };
        let _ = run.offer(Envelope { id: format!("fuzz-{n}"), body: Body::Input(say) });
        for _ in 0..40 {
            let Some(task) = run.ready(here().now) else { break };
            let step = GRAPH.step(task.clone()).now_or_never().expect("the core never waits");
            run.apply(step.unwrap_or_else(|error| TaskGraph::give_up(task, error.to_string())));
        }
    }
    let stored = serde_json::to_string(&run).expect("a run is written");
    serde_json::from_str::<Run<TaskGraph>>(&stored).expect("and read again");
    let _ = run.state().view(&types::ConversationId::new(CONVERSATION));
}

#[test]
fn details_that_are_almost_ones() {
    fuzz(150, &SAID, details);
}

#[test]
fn messages_of_all_kinds() {
    fuzz(100, &SAID, messages);
}

#[test]
fn templates_that_are_almost_ones() {
    fuzz(150, &[include_str!("../../templates/order_food.toml"), include_str!("../../templates/errand.toml")], templates);
}

#[test]
fn stored_runs_that_are_almost_ones() {
    let mut chat = Chat::planned();
    let planned = chat.stored().to_owned();
    chat.say("yes");
    let called = chat.stored().to_owned();
    chat.result(crate::world::result(1, "completed", "achieved", "Done."));
    fuzz(100, &[&planned, &called, chat.stored()], stored_runs);
}
