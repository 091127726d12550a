//! From the task in words to a plan that says what the command line says: by the chat's own questions and changes.

use super::{Error, client::Engine, given::Given, given::in_plan, person::Person, show::Show};
use graph::{locale::Locale, template::Templates};
use std::collections::HashSet;
use types::{
    ConversationId,
    chat::{ChatResponse, ConversationView, Decision, Node, Plan},
};

/// How many answers and changes a plan may take.
const TURNS_MAX: u32 = 60;
/// What the engine lists as missing while it does not know what kind of task it is.
const TASK: &str = "task_description";

/// What takes tries without asking out of a plan.
const NO_RETRIES: &str = "no retries please";

/// A conversation on its way to a plan.
pub(super) struct Gathering<'a> {
    pub(super) engine: &'a Engine,
    pub(super) conversation: &'a ConversationId,
    pub(super) given: Given,
    pub(super) locale: &'a Locale,
    pub(super) templates: &'a Templates,
    pub(super) person: &'a mut Person,
    pub(super) show: &'a mut Show,
}

impl Gathering<'_> {
    /// Answers what is asked, from the command line or by asking on, until there is a plan that has all that was given.
    pub(super) async fn plan(&mut self, begun: ChatResponse) -> Result<Plan, Error> {
        let mut answer = begun;
        let (mut answered, mut changed, mut checked) = (HashSet::new(), HashSet::new(), None);
        for _ in 0..TURNS_MAX {
            let view = self.engine.conversation(self.conversation).await?;
            if view.task_kind.is_some() && view.task_kind != checked {
                let template = view.task_kind.as_deref().and_then(|kind| self.templates.get(kind));
                // An engine with other kinds of tasks than are known here judges for itself.
                if let Some(template) = template.filter(|it| view.required_details.iter().all(|name| it.slot(name).is_some())) {
                    self.given.check(template, self.locale)?;
                }
                checked.clone_from(&view.task_kind);
            }
            if let Some(plan) = view.plan.clone() {
                // A terminal that places one call is gone when the next would be due.
                if plan.retry.is_some() {
                    answer = self.engine.say(self.conversation, NO_RETRIES).await?;
                    continue;
                }
                let differing = self.given.not_in(&plan);
                if differing.is_empty() {
                    return Ok(plan);
                }
                if !differing.keys().all(|name| changed.insert(name.clone())) {
                    return Err(not_taken(&plan, &differing));
                }
                answer = self.engine.decide(self.conversation, &plan.plan_id, &Decision::Change { details: differing }).await?;
                continue;
            }
            answer = match view.node {
                Node::AskForDetails | Node::AnalyzeTask => self.answer(&view, &answer, &mut answered).await?,
                Node::ConfirmTask if self.person.can_be_asked() => self.ask(&answer.response).await?,
                Node::ConfirmTask
                | Node::TriggerCall
                | Node::AwaitResult
                | Node::AwaitRetry
                | Node::ReportResult
                | Node::Cancelled => {
                    return Err(Error::Usage(format!("this did not lead to a plan: {}", answer.response)));
                }
            };
        }
        Err(Error::Usage("this did not lead to a plan; say the task in other words".into()))
    }

    /// Answers the question that stands.
    async fn answer(
        &mut self,
        view: &ConversationView,
        asked: &ChatResponse,
        answered: &mut HashSet<String>,
    ) -> Result<ChatResponse, Error> {
        let wanted = view.missing_details.first().filter(|name| *name != TASK);
        if let Some(name) = wanted
            && let Some(value) = self.given.get(name)
            && answered.insert(name.clone())
        {
            return Ok(self.engine.say(self.conversation, value).await?);
        }
        if self.person.can_be_asked() {
            return self.ask(&asked.response).await;
        }
        Err(self.missing(view, &asked.response))
    }

    async fn ask(&mut self, question: &str) -> Result<ChatResponse, Error> {
        self.show.asked(question);
        loop {
            let Some(line) = self.person.ask("> ").await? else { return Err(Error::Declined) };
            if !line.trim().is_empty() {
                return Ok(self.engine.say(self.conversation, line.trim()).await?);
            }
        }
    }

    fn missing(&self, view: &ConversationView, said: &str) -> Error {
        let names: Vec<String> =
            view.missing_details.iter().filter(|name| *name != TASK && self.given.get(name).is_none()).cloned().collect();
        if names.is_empty() {
            return Error::Usage(said.to_owned());
        }
        let flags: Vec<String> = names
            .iter()
            .map(|name| if name == "user_name" { "--name …".to_owned() } else { format!("--detail {name}=…") })
            .collect();
        let message = format!(
            "details are missing: {}; give them with {} (the next question would be: {said})",
            names.join(", "),
            flags.join(" ")
        );
        Error::Missing { message, names }
    }
}

/// A plan that will not say what was given is not to be called with.
fn not_taken(plan: &Plan, differing: &types::Details) -> Error {
    let told: Vec<String> = differing
        .iter()
        .map(|(name, value)| match in_plan(plan, name) {
            Some(other) => format!("{name} is {other:?} in the plan and not {value:?}"),
            None => format!("{name} does not belong to this plan, leave it out"),
        })
        .collect();
    Error::Usage(told.join("; "))
}
