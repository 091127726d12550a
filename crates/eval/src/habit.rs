//! How handlers of calls behave that have not learned from the line: each such habit by itself, so that it can be shown which
//! scenario a call fails with it.
//!
//! A habit is a tuning of the session core where the core has one for it, and otherwise stands in the evaluation's own shell
//! ([`crate::call`]), between the core and its wires. The core knows none of them.

use serde::{Deserialize, Serialize};
use session::Tuning;
use std::time::Duration;
use types::CallLimits;

/// One way to handle calls badly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Habit {
    /// All audio goes to the carrier as it comes, and is cleared only while the model still makes it.
    ClearsTooSeldom,
    /// Whenever the callee begins to speak the model's last words are truncated at the time that has passed since they began.
    TruncatesByTheClock,
    /// Audio goes out 20 ms by 20 ms, just in time.
    SendsJustInTime,
    /// What is computed for any call is computed in the loop that serves all of them.
    ComputesInTheLoop,
    /// No time limit but the carrier's own.
    KnowsNoLimit,
    /// The call is ended as soon as the model has made its goodbye.
    HangsUpOnceMade,
    /// The model's session is opened when somebody has picked up.
    OpensModelLate,
    /// The opening is asked for at once when somebody picks up.
    SpeaksAtPickup,
    /// Nothing is heard or said before the carrier has told whether a person or a machine has answered.
    WaitsForVerdict,
    /// Whatever answers is a person.
    TakesMachinesForPeople,
    /// A key that the model says it presses counts as pressed.
    BelievesInKeys,
    /// A lost model is a lost call.
    GivesUpWithModel,
    /// Whenever the callee begins to speak a response is cancelled, and an error of the model's server ends the call.
    CancelsWhatIsOver,
    /// The model's server answers by itself, and the handler asks for an answer, too.
    AnswersTwice,
    /// The transcript has its lines in the order in which their texts came.
    OrdersByArrival,
    /// Any sound is the callee's and stops the agent.
    StopsForAnySound,
}

impl Habit {
    /// All of them, in the order of the table.
    pub const ALL: [Self; 16] = [
        Self::ClearsTooSeldom,
        Self::TruncatesByTheClock,
        Self::SendsJustInTime,
        Self::ComputesInTheLoop,
        Self::KnowsNoLimit,
        Self::HangsUpOnceMade,
        Self::OpensModelLate,
        Self::SpeaksAtPickup,
        Self::WaitsForVerdict,
        Self::TakesMachinesForPeople,
        Self::BelievesInKeys,
        Self::GivesUpWithModel,
        Self::CancelsWhatIsOver,
        Self::AnswersTwice,
        Self::OrdersByArrival,
        Self::StopsForAnySound,
    ];

    /// The habit of this name: small letters and hyphens, as in a scenario's `fails_with`.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|habit| habit.name() == name)
    }

    /// Its name.
    pub fn name(self) -> String {
        crate::judge::name(&self)
    }

    /// What callers meet with it.
    pub fn symptom(self) -> &'static str {
        match self {
            Self::ClearsTooSeldom => "it talks on after it is interrupted",
            Self::TruncatesByTheClock => "after an interruption it is silent for the rest of the call",
            Self::SendsJustInTime => "its words come in pieces",
            Self::ComputesInTheLoop => "several calls at a time are worse than one",
            Self::KnowsNoLimit => "a call does not end",
            Self::HangsUpOnceMade => "it hangs up before its goodbye is heard",
            Self::OpensModelLate => "silence at the beginning, or a late first word",
            Self::SpeaksAtPickup => "it talks over whoever picks up",
            Self::WaitsForVerdict => "seconds are lost deciding who has answered",
            Self::TakesMachinesForPeople => "voicemail, a screener, a menu or a fax machine is taken for a person",
            Self::BelievesInKeys => "it says that it presses a key, and presses none",
            Self::GivesUpWithModel => "the model's outage ends the call",
            Self::CancelsWhatIsOver => "cancelling what is over ends the call",
            Self::AnswersTwice => "two answers to one turn",
            Self::OrdersByArrival => "the transcript is out of order",
            Self::StopsForAnySound => "noise, an echo or \"mm-hm\" stops it",
        }
    }

    /// What of it is a matter of the session core's times.
    pub(crate) fn tune(self, tuning: &mut Tuning) {
        match self {
            Self::ClearsTooSeldom => tuning.lead_max = Duration::from_secs(600),
            Self::SendsJustInTime => (tuning.lead_max, tuning.piece_max) = (Duration::from_millis(20), Duration::from_millis(20)),
            Self::SpeaksAtPickup => tuning.opener_silence = Duration::ZERO,
            Self::TakesMachinesForPeople => tuning.tells_machines = false,
            Self::BelievesInKeys => tuning.claims_told_max = 0,
            Self::GivesUpWithModel => tuning.reopenings_max = 0,
            Self::StopsForAnySound => {
                tuning.barge_in_min = Duration::ZERO;
                tuning.nods_max = Duration::ZERO;
                tuning.barge_in_trusted = Duration::ZERO;
                tuning.double_talk_min = Duration::ZERO;
                tuning.voice_min = Duration::ZERO;
                tuning.goodbye_barge_in_min = Duration::ZERO;
                tuning.disclosure_barge_in_min = Duration::ZERO;
                tuning.echo_min = 2.0;
            }
            // Nor does it ask why no answer comes.
            Self::TruncatesByTheClock => tuning.response_start_max = Duration::from_secs(3_600),
            Self::CancelsWhatIsOver => tuning.reopenings_max = 0,
            Self::ComputesInTheLoop
            | Self::KnowsNoLimit
            | Self::HangsUpOnceMade
            | Self::OpensModelLate
            | Self::WaitsForVerdict
            | Self::AnswersTwice
            | Self::OrdersByArrival => {}
        }
    }
}

/// The habits of one run; none of them is how Ringback handles calls.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Habits(Vec<Habit>);

impl Habits {
    /// These.
    pub fn of(habits: &[Habit]) -> Self {
        Self(habits.to_vec())
    }

    pub(crate) fn has(&self, habit: Habit) -> bool {
        self.0.contains(&habit)
    }

    pub(crate) fn tune(&self, tuning: &mut Tuning, limits: &mut CallLimits) {
        self.0.iter().for_each(|habit| habit.tune(tuning));
        if self.has(Habit::KnowsNoLimit) {
            // As long as an order can ask for; the carrier's own limit is four hours.
            (limits.silence_timeout_s, limits.call_max_s, limits.hold_max_s) = (3_600, 3_600, 3_600);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_habit_is_known_by_its_name() {
        for habit in Habit::ALL {
            assert_eq!(Habit::of_name(&habit.name()), Some(habit));
        }
        assert_eq!(Habit::ClearsTooSeldom.name(), "clears-too-seldom");
        assert_eq!(Habit::of_name("polite"), None);
    }

    #[test]
    fn without_habits_nothing_is_changed() {
        let (mut tuning, mut limits) = (Tuning::default(), CallLimits::default());
        Habits::default().tune(&mut tuning, &mut limits);
        assert_eq!(format!("{tuning:?}{limits:?}"), format!("{:?}{:?}", Tuning::default(), CallLimits::default()));
        Habits::of(&[Habit::KnowsNoLimit, Habit::GivesUpWithModel]).tune(&mut tuning, &mut limits);
        assert_eq!((tuning.reopenings_max, limits.call_max_s), (0, 3_600));
    }
}
