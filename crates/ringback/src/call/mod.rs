//! `ringback call`: one call from a terminal, by the same plan, confirmation and order as in the page. It only ever speaks
//! the engine's public API, so nothing here can dial without an approved plan.

mod arguments;
mod client;
mod driven;
mod exit;
mod follow;
mod gather;
mod given;
mod line;
mod person;
mod screen;
mod show;
mod stream;
mod typed;
mod venue;

pub(crate) use arguments::{Asked, command};
pub(crate) use exit::Exit;

use crate::{causes, settings::Settings};
use client::Engine;
use gather::Gathering;
use given::Given;
use graph::template::{NUMBER_SLOT, Templates};
use person::Person;
use show::Show;
use std::io::IsTerminal as _;
use types::{
    CallResult, ErrorBody,
    chat::{Decision, Plan},
};
use venue::Venue;

/// Why there is no result.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The command was used wrongly. Nothing was dialled.
    #[error("{0}")]
    Usage(String),
    /// Details are missing and nobody can be asked. Nothing was dialled.
    #[error("{message}")]
    Missing {
        /// What is missing, and how to give it.
        message: String,
        /// The details by name.
        names: Vec<String>,
    },
    /// The plan was not agreed to. Nothing was dialled.
    #[error("not called; nothing was dialled")]
    Declined,
    /// The user left before the call had ended.
    #[error("left before the call had ended; what came of it stands in the conversation {0}")]
    Left(types::ConversationId),
    /// The engine did not do what it was asked.
    #[error("{}", causes::told(.0))]
    Engine(client::Error),
    /// Something else that is Ringback's fault.
    #[error("{0:#}")]
    Ringback(#[from] anyhow::Error),
}

impl From<client::Error> for Error {
    fn from(error: client::Error) -> Self {
        match error {
            // What cannot be read is the user's; so is a plan that was left lying.
            client::Error::Refused { status, body, .. } if status.as_u16() == 422 || body.code == "plan_expired" => {
                Self::Usage(body.message)
            }
            client::Error::Client(_)
            | client::Error::Unreachable { .. }
            | client::Error::Silent { .. }
            | client::Error::Refused { .. }
            | client::Error::Unreadable { .. } => Self::Engine(error),
        }
    }
}

impl Error {
    fn code(&self) -> &'static str {
        match self {
            Self::Usage(_) => "wrong_use",
            Self::Missing { .. } => "details_missing",
            Self::Declined => "declined",
            Self::Left(_) => "left",
            Self::Engine(_) | Self::Ringback(_) => "failed",
        }
    }
}

/// Makes the call, tells of it, and says how it went.
pub(crate) async fn run(asked: Asked) -> Exit {
    let mut show = Show::new(asked.json);
    match Box::pin(call(asked, &mut show)).await {
        Ok(result) => {
            show.result(&result);
            Exit::of(&result)
        }
        Err(error) => {
            let missing = match &error {
                Error::Missing { names, .. } => names.clone(),
                Error::Usage(_) | Error::Declined | Error::Left(_) | Error::Engine(_) | Error::Ringback(_) => Vec::new(),
            };
            show.problem(&ErrorBody::new(error.code(), error.to_string()), &missing);
            Exit::of_error(&error)
        }
    }
}

async fn call(asked: Asked, show: &mut Show) -> Result<CallResult, Error> {
    let settings = match &asked.settings {
        Ok(settings) => settings,
        Err(error) => return Err(Error::Usage(format!("{error:#}"))),
    };
    let given = Given::read(&asked, &settings.phone_region)?;
    let mut person = Person::new(!asked.json && std::io::stdin().is_terminal())?;
    let venue = tokio::select! {
        venue = Venue::find(&asked, settings) => venue?,
        () = person.interrupted() => return Err(Error::Declined),
    };
    show.simulated(venue.simulated);
    if let Some(phone) = venue.phone.as_ref().filter(|phone| given.get(NUMBER_SLOT) == Some(phone.number.as_str())) {
        show.note(&format!("This number rings in your browser: open {} and answer there.", phone.page));
    }
    let done = arranged(&asked, settings, given, &venue.engine, &mut person, show).await;
    venue.leave(matches!(done, Err(Error::Left(_)))).await;
    done
}

/// Finds out what is to be done, has it confirmed, and follows the call.
async fn arranged(
    asked: &Asked,
    settings: &Settings,
    given: Given,
    engine: &Engine,
    person: &mut Person,
    show: &mut Show,
) -> Result<CallResult, Error> {
    let locale = crate::parts::locale(settings)?;
    let templates = match &settings.templates_dir {
        Some(dir) => Templates::load_dir(dir),
        None => Templates::built_in(),
    };
    let templates = templates.map_err(|error| Error::Usage(format!("templates_dir cannot be used: {}", causes::told(&error))))?;
    let begun = engine.begin(&asked.task, &asked.choice).await?;
    let conversation = begun.conversation_id.clone();
    let mut gathering =
        Gathering { engine, conversation: &conversation, given, locale: &locale, templates: &templates, person, show };
    let plan = match gathering.plan(begun).await {
        Ok(plan) => plan,
        Err(error) => {
            // Nothing came of it: the list of conversations need not remember it.
            drop(engine.delete(&conversation).await);
            return Err(error);
        }
    };
    if let Err(error) = agreed(asked, &plan, person, show).await {
        drop(engine.decide(&conversation, &plan.plan_id, &Decision::Cancel).await);
        return Err(error);
    }
    follow::follow(engine, &conversation, &plan, person, asked.json_input, show).await
}

/// Shows the plan and has it agreed to.
async fn agreed(asked: &Asked, plan: &Plan, person: &mut Person, show: &mut Show) -> Result<(), Error> {
    let ask = !asked.yes && person.can_be_asked();
    show.plan(plan, ask);
    if asked.yes {
        return Ok(());
    }
    if !ask {
        let text = "nobody can be asked whether to call; add --yes to agree to the plan beforehand (nothing was dialled)";
        return Err(Error::Usage(text.into()));
    }
    match person.ask("Call? [y/N] ").await?.as_deref().map(|answer| answer.trim().to_lowercase()).as_deref() {
        Some("y" | "yes") => Ok(()),
        Some(_) | None => Err(Error::Declined),
    }
}
