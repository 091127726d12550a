//! The task graph: from what a user says to a call and its outcome. One file per node.

mod calls;
mod change;
mod correct;
mod cost;
mod draw;
mod give_up;
mod late;
mod late_answer;
mod machine;
mod nodes;
mod order;
mod presume;
mod reread;
mod retry;
mod say;
mod state;
mod turn;

pub use calls::{Calls, HangUpError, PlaceError, StatusError, TellError};
pub use draw::{mermaid, node_name};
pub use state::{ClosedPlan, OpenQuestion, PlanStanding, State};

use crate::{
    brain::{Brain, Heard, Intent, Understanding},
    locale::Locale,
    reader::Reader,
    runtime,
    template::Templates,
};
use jiff::Timestamp;
use machine::MachineSaid;
use nodes::{analyze_task, ask_for_details, await_result, await_retry, cancelled, confirm_task, report_result, trigger_call};
use retry::RetrySaid;
use runtime::{Arrival, Graph, Step, Task};
use serde::{Deserialize, Serialize};
use std::{sync::Arc, time::Duration};
use turn::Turn;
use types::chat::{ConversationEvent, Decision, Node};
use types::{
    CallCorrection, CallLimits, CallResult, CallSid, CallStage, PlanId, QuestionEnd, RetryPolicy, UserQuestion, VoiceChoice,
};

/// What may arrive in a conversation.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Input {
    /// The user says something.
    Say {
        /// Their words. Beyond 4,000 characters they are cut.
        text: String,
        /// When they were said, if that is known better than by the time of the step.
        #[serde(default)]
        at: Option<Timestamp>,
        /// What they choose of the voice, for the plans from now on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        voice_choice: Option<VoiceChoice>,
        /// Who says it, if they say so. The first one of a conversation stays.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        user_id: Option<String>,
    },
    /// The user decides on a plan. Has no effect unless the plan is open.
    Decide {
        /// Which plan.
        plan_id: PlanId,
        /// What is to become of it.
        decision: Decision,
    },
    /// A call has come further. News of an earlier stage, or of another attempt, has no effect.
    Progress {
        /// Which attempt.
        attempt: u32,
        /// How far it is.
        stage: CallStage,
        /// The carrier's name for the call, if it is known.
        #[serde(default)]
        call_sid: Option<CallSid>,
    },
    /// The agent asks the user something from the live call. From another attempt, it has no effect.
    Question {
        /// Which attempt.
        attempt: u32,
        /// What is asked.
        question: UserQuestion,
    },
    /// A question from the live call is closed. If it is not open, it has no effect, unless it tells that an answer came too
    /// late: that is kept, once, also when the call is over.
    QuestionClosed {
        /// Which attempt.
        attempt: u32,
        /// Which question.
        id: String,
        /// Why.
        how: QuestionEnd,
        /// The answer, if there is one.
        #[serde(default)]
        answer: Option<String>,
    },
    /// The carrier contradicts the result of a call that has ended. Taken once for each attempt.
    Correction {
        /// What it tells.
        correction: Box<CallCorrection>,
    },
    /// A call has ended. For an attempt that has ended already, or never was, it has no effect.
    Result {
        /// Its result.
        result: Box<CallResult>,
    },
}

/// What the task graph can be told to do otherwise.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where the user is.
    pub locale: Locale,
    /// The kinds of tasks; `None` for those that come with the program.
    pub templates: Option<Arc<Templates>>,
    /// Who may be called, and when. The call handler has its own, with a record of its calls.
    pub gate: gate::Gate,
    /// The limits of every call; a template may have others.
    pub limits: CallLimits,
    /// The voice, model and language of every call; a template or the user may choose otherwise.
    pub voice_choice: VoiceChoice,
    /// How a call that reaches nobody is tried again without asking again; the user may wish otherwise. `None`: not at all.
    pub retry: Option<RetryPolicy>,
    /// How long a plan can be approved.
    pub plan_lifetime: Duration,
    /// How long after a call's longest time its result is asked for.
    pub watchdog_slack: Duration,
    /// How often the watchdog asks in vain before the call is given up as unknown.
    pub watchdog_rounds_max: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            locale: Locale::default(),
            templates: None,
            gate: gate::Gate::simulated(),
            limits: CallLimits::default(),
            voice_choice: VoiceChoice::default(),
            retry: None,
            plan_lifetime: Duration::from_secs(30 * 60),
            watchdog_slack: Duration::from_secs(30),
            watchdog_rounds_max: 5,
        }
    }
}

/// The task graph.
#[derive(Clone, Debug)]
pub struct TaskGraph {
    brain: Arc<dyn Brain>,
    calls: Arc<dyn Calls>,
    templates: Arc<Templates>,
    settings: Arc<Settings>,
    /// Who reads calls again after they have ended.
    reader: Option<Arc<dyn Reader>>,
}

impl TaskGraph {
    /// A graph. Refuses settings that no call could be made with.
    pub fn new(brain: Arc<dyn Brain>, calls: Arc<dyn Calls>, settings: Settings) -> Result<Self, Error> {
        settings.limits.check()?;
        settings.voice_choice.check("voice_choice.")?;
        settings.retry.map_or(Ok(()), |policy| policy.check())?;
        let templates = match &settings.templates {
            Some(templates) => templates.clone(),
            None => Arc::new(Templates::built_in()?),
        };
        Ok(Self { brain, calls, templates, settings: Arc::new(settings), reader: None })
    }

    /// The same graph with somebody who reads every call again after it has ended, before its result is shown.
    pub fn with_reader(&self, reader: Arc<dyn Reader>) -> Self {
        Self { reader: Some(reader), ..self.clone() }
    }

    /// The same graph with another call handler.
    pub fn with_calls(&self, calls: Arc<dyn Calls>) -> Self {
        Self { calls, ..self.clone() }
    }
}

/// Why a task graph cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The limits are out of range, or what every call is to sound like is no voice, model or language.
    #[error("what is set for every call cannot be used")]
    Settings(#[from] types::FieldError),
    /// The built-in templates contradict themselves.
    #[error("task templates cannot be used")]
    Templates(#[from] crate::template::Error),
}

impl Graph for TaskGraph {
    type Node = Node;
    type State = State;
    type Input = Input;
    type Event = ConversationEvent;
    const START: Node = Node::AnalyzeTask;

    async fn step(&self, task: Task<Self>) -> Result<Step<Self>, runtime::Error> {
        let mut turn = Turn::of(self, &task);
        if let Arrival::Input(Input::Say { text, voice_choice, user_id, .. }) = &task.input {
            turn.retry = RetrySaid::hear(&mut turn.state, text);
            turn.machine = MachineSaid::hear(&mut turn.state, text);
            if let Some(choice) = voice_choice {
                turn.state.voice_choice = choice.or(&turn.state.voice_choice);
            }
            // An order that may have to be sent again stays the same.
            if !matches!(task.node, Node::TriggerCall | Node::AwaitResult | Node::AwaitRetry) {
                turn.state.user_id = turn.state.user_id.take().or_else(|| user_id.clone());
            }
        }
        if let Arrival::Input(Input::Correction { correction }) = task.input {
            correct::take(&mut turn, *correction);
            return Ok(turn.stay());
        }
        // It may come when the call is long over.
        if let Arrival::Input(Input::QuestionClosed { attempt, id, how: QuestionEnd::TooLate, answer }) = task.input {
            late_answer::take(&mut turn, attempt, &id, answer.as_deref().unwrap_or_default());
            return Ok(turn.stay());
        }
        match (task.node, task.input) {
            // Results arrive when they like; only one node waits for them.
            (
                Node::AnalyzeTask
                | Node::AskForDetails
                | Node::ConfirmTask
                | Node::TriggerCall
                | Node::ReportResult
                | Node::Cancelled,
                Arrival::Input(Input::Result { result }),
            ) => {
                late::take(&mut turn, result).await;
                Ok(turn.stay())
            }
            (Node::AnalyzeTask, input) => analyze_task::run(turn, input).await,
            (Node::AskForDetails, _) => Ok(ask_for_details::run(turn)),
            (Node::ConfirmTask, input) => confirm_task::run(turn, input).await,
            (Node::TriggerCall, _) => trigger_call::run(turn).await,
            (Node::AwaitResult, input) => await_result::run(turn, input).await,
            (Node::AwaitRetry, input) => await_retry::run(turn, input).await,
            (Node::ReportResult, input) => report_result::run(turn, input).await,
            (Node::Cancelled, input) => cancelled::run(turn, input).await,
        }
    }

    fn give_up(task: Task<Self>, error: String) -> Step<Self> {
        give_up::step(task, &error)
    }
}

impl Turn<'_> {
    /// What the words mean where the conversation stands.
    async fn understand(&self, text: &str) -> Result<Understanding, runtime::Error> {
        // How often it is to be tried is no time and no count of the task's.
        let text = &self.machine.rest(&self.retry.rest(text));
        if text.is_empty() && self.says_how() {
            return Ok(Understanding { intent: Intent::Tell, problem: self.retry.problem(), ..Understanding::default() });
        }
        let (brain, settings) = (&self.graph.brain, &self.graph.settings);
        let heard = Heard { text, state: &self.state, templates: &self.graph.templates, locale: &settings.locale, now: self.now };
        let understood = brain.understand(&heard).await;
        let mut understood = understood.map_err(|error| runtime::Error::Unfinished { message: error.to_string() })?;
        understood.problem = self.retry.problem().or(understood.problem);
        Ok(understood)
    }
}
