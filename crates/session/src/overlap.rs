//! What the callee's side sounded while the agent was speaking, and what it is taken for: noise, the agent's own echo, a nod, a
//! remark, or an interruption.
//!
//! Sound decides at first, since words come late: [`crate::hearing`]. Words decide in the end. Whatever was decided is told.

mod words;

use crate::response::Ask;
use crate::{Session, hearing};
use std::collections::VecDeque;
use std::time::Duration;
use tracing::info;
use types::{CallEvent, Overlap as TakenFor};
pub(crate) use words::Said;

/// Overlaps that may still be decided; older ones are forgotten.
const OVERLAPS_MAX: usize = 8;
/// Of the agent's words before an overlap, so much may be in its echo.
const ECHO_WORDS: Duration = Duration::from_secs(8);
/// Just after a question, and near its end, a nod is an answer.
const QUESTION_LETTERS: usize = 24;

/// One speech of the callee over the agent's.
#[derive(Debug)]
pub(crate) struct Overlap {
    item_id: String,
    began: Duration,
    /// The agent's words that it lies over began then.
    agent_began: Option<Duration>,
    stopped_at: Option<Duration>,
    /// How much the agent still had to say when the callee stopped.
    left: Duration,
    /// The agent was silent: it is a late echo, a noise, or an ordinary turn.
    tail: bool,
    /// All that is known of its words are nods.
    nods: bool,
    after_question: bool,
    /// The agent was stopped by it.
    stopped_agent: bool,
    committed: bool,
    /// The answer to it was asked for before its words were known.
    answered: bool,
    taken_for: Option<TakenFor>,
    /// Its words are awaited until then.
    words_due: Option<Duration>,
    /// What was known before it, in case that it was nobody.
    before: (bool, bool),
}

/// The overlaps of late.
#[derive(Debug, Default)]
pub(crate) struct Overlaps(VecDeque<Overlap>);

impl Overlaps {
    fn of(&mut self, item_id: &str) -> Option<&mut Overlap> {
        self.0.iter_mut().rfind(|overlap| overlap.item_id == item_id)
    }
}

impl Session {
    /// The callee's side is heard. An echo can come when the agent is silent again, and a noise at any time.
    pub(crate) fn overlap_begins(&mut self, item_id: &str, began: Duration, before: (bool, bool)) {
        let tail = !self.playback.audible();
        let after_question = !tail && self.has_just_asked();
        self.turns.overlaps.0.push_back(Overlap {
            item_id: item_id.to_owned(),
            began,
            agent_began: self.turns.agent_began(),
            stopped_at: None,
            left: Duration::ZERO,
            tail,
            nods: false,
            after_question,
            stopped_agent: false,
            committed: false,
            answered: false,
            taken_for: None,
            words_due: None,
            before,
        });
        if self.turns.overlaps.0.len() > OVERLAPS_MAX {
            self.turns.overlaps.0.pop_front();
        }
    }

    /// The callee's side is silent again, since about `ended`: an echo is known by its sound.
    pub(crate) fn overlap_stops(&mut self, item_id: &str, ended: Duration) {
        let (now, left) = (self.now, self.agent_has_left());
        let Some(overlap) = self.turns.overlaps.of(item_id) else { return };
        if overlap.stopped_at.replace(ended).is_some() {
            return;
        }
        overlap.left = if left.is_zero() { left } else { left + now.saturating_sub(ended) };
        let began = overlap.began;
        if overlap.taken_for.is_none() && self.echoes(began, ended) {
            self.take_overlap_for(item_id, TakenFor::Echo);
        }
    }

    /// The callee's speech can be answered now. Whether it is to be, and at once; if not, its words will tell.
    pub(crate) fn overlap_is_answered(&mut self, item_id: &str) -> bool {
        let (now, tuning) = (self.now, &self.tuning);
        let Some(overlap) = self.turns.overlaps.of(item_id) else { return true };
        overlap.committed = true;
        if overlap.stopped_agent {
            overlap.answered = true;
            return true;
        }
        if overlap.taken_for.is_some_and(|taken_for| taken_for != TakenFor::Remark) {
            return false;
        }
        let heard = self.stream.hearing.between(overlap.began, overlap.stopped_at.unwrap_or(now));
        let voice = heard.blind || heard.voice >= tuning.voice_min;
        let long = overlap.stopped_at.unwrap_or(now).saturating_sub(overlap.began) >= tuning.voice_min;
        // Who begins at the end of our words has taken a turn; who nods has more of them to hear.
        let turn = overlap.tail || overlap.left < tuning.backchannel_left_min;
        overlap.answered = overlap.taken_for.is_some() || (turn && voice && (long || overlap.tail));
        if !overlap.answered {
            overlap.words_due = Some(now + tuning.overlap_words_max);
        }
        let answered = overlap.answered;
        if !answered && self.transcript.is_done(item_id) {
            self.overlap_words(item_id, true);
            return false;
        }
        answered
    }

    /// The callee's words, as far as they are understood.
    pub(crate) fn overlap_words(&mut self, item_id: &str, done: bool) {
        let text = self.transcript.text_of(item_id).to_owned();
        let said = words::read(&text);
        let agent_since = self.stream.clock_ms(self.now.saturating_sub(ECHO_WORDS));
        let own = self.transcript.agent_words_since(agent_since, &self.playback);
        let agent_began = self.turns.agent_began();
        let Some(overlap) = self.turns.overlaps.of(item_id) else { return };
        overlap.nods = said == Said::Nod;
        let (tail, stopped) = (overlap.tail, overlap.stopped_at.is_some());
        let near_end = overlap.left < self.tuning.backchannel_left_min;
        if overlap.stopped_agent {
            if done {
                self.regret_interruption(item_id, said, &own);
            }
            return;
        }
        match overlap.taken_for {
            None => {}
            // What sounds like an echo may have somebody else's words in it.
            Some(TakenFor::Echo) if done && said >= Said::Short && !words::repeats(&text, &own) => {
                if said >= Said::Stop && words::foreign(&text, &own) {
                    overlap.taken_for = None;
                } else {
                    return;
                }
            }
            Some(TakenFor::Noise | TakenFor::Echo | TakenFor::Backchannel | TakenFor::Remark | TakenFor::Interruption) => return,
        }
        // The words may come when the answer to them is already being heard.
        let over = !tail && !overlap.answered && self.playback.audible() && overlap.agent_began == agent_began;
        let own_words = words::repeats(&text, &own);
        if own_words && !done {
            return;
        }
        let nod = !tail && !near_end && self.is_no_answer(item_id);
        match said {
            _ if own_words => self.take_overlap_for(item_id, TakenFor::Echo),
            Said::Nothing if done => self.take_overlap_for(item_id, TakenFor::Noise),
            Said::Nod if done && nod => self.take_overlap_for(item_id, TakenFor::Backchannel),
            Said::Stop | Said::Talk if over && words::foreign(&text, &own) && self.may_be_stopped_by(said, &text) => {
                self.barge_in_by(item_id);
                self.answer_overlap(item_id);
            }
            Said::Nod | Said::Short | Said::Stop | Said::Talk if done && stopped => {
                if !tail {
                    self.take_overlap_for(item_id, TakenFor::Remark);
                }
                self.answer_overlap(item_id);
            }
            Said::Nothing | Said::Nod | Said::Short | Said::Stop | Said::Talk => {}
        }
    }

    /// When the words of an overlap are awaited no longer.
    pub(crate) fn overlap_due_at(&self) -> Option<Duration> {
        self.turns.overlaps.0.iter().filter(|overlap| overlap.taken_for.is_none()).filter_map(|overlap| overlap.words_due).min()
    }

    /// No words have come: a voice is answered, anything else was a noise.
    pub(crate) fn overlap_due(&mut self) {
        let now = self.now;
        let due = self.turns.overlaps.0.iter_mut().find(|o| o.taken_for.is_none() && o.words_due.is_some_and(|at| at <= now));
        let Some(overlap) = due else { return };
        overlap.words_due = None;
        let item_id = overlap.item_id.clone();
        let heard = self.stream.hearing.between(overlap.began, overlap.stopped_at.unwrap_or(now));
        if heard.voice >= self.tuning.voice_min {
            self.take_overlap_for(&item_id, TakenFor::Remark);
            self.answer_overlap(&item_id);
        } else {
            self.take_overlap_for(&item_id, TakenFor::Noise);
        }
    }

    /// The agent stops for this speech.
    pub(crate) fn overlap_interrupts(&mut self, item_id: &str) {
        if let Some(overlap) = self.turns.overlaps.of(item_id) {
            overlap.stopped_agent = true;
        }
        self.take_overlap_for(item_id, TakenFor::Interruption);
    }

    /// What stopped the agent has come to nothing: it goes on by itself.
    pub(crate) fn overlap_came_to_nothing(&mut self, item_id: &str) {
        let owed = self.turns.overlaps.of(item_id).filter(|overlap| overlap.stopped_agent && !overlap.answered);
        let Some(overlap) = owed else { return };
        overlap.answered = true;
        if self.closing.is_none() && self.ending.reason().is_none() {
            self.want(Ask::Answer);
        }
    }

    /// Whether what is heard since then is the agent's own voice.
    pub(crate) fn echoes(&self, from: Duration, until: Duration) -> bool {
        self.stream.hearing.echoed(from, until).is_some_and(|share| share >= self.tuning.echo_min)
    }

    /// What is heard of this speech so far.
    pub(crate) fn heard_of(&self, began: Duration) -> hearing::Heard {
        self.stream.hearing.between(began, self.now)
    }

    /// The words of this speech are nods so far.
    pub(crate) fn nods_so_far(&self, item_id: &str) -> bool {
        self.turns.overlaps.0.iter().rfind(|overlap| overlap.item_id == item_id).is_some_and(|overlap| overlap.nods)
    }

    fn answer_overlap(&mut self, item_id: &str) {
        let Some(overlap) = self.turns.overlaps.of(item_id).filter(|overlap| !overlap.answered) else { return };
        // Until then it can not be answered; it will be when it can.
        if !overlap.committed {
            return;
        }
        overlap.answered = true;
        if self.closing.is_none() && self.ending.reason().is_none() {
            self.want(Ask::Answer);
        }
    }

    /// A nod is an answer when the agent has just asked something.
    fn is_no_answer(&mut self, item_id: &str) -> bool {
        self.turns.overlaps.of(item_id).is_some_and(|overlap| !overlap.after_question)
    }

    /// The agent was stopped by something that was no interruption. The record shows it; the answer that follows goes on.
    fn regret_interruption(&mut self, item_id: &str, said: Said, own: &str) {
        let echo = words::repeats(self.transcript.text_of(item_id), own);
        let wrong = match said {
            _ if echo => TakenFor::Echo,
            Said::Nothing => TakenFor::Noise,
            Said::Nod if self.is_no_answer(item_id) => TakenFor::Backchannel,
            Said::Nod | Said::Short | Said::Stop | Said::Talk => return,
        };
        self.take_overlap_for(item_id, wrong);
    }

    fn take_overlap_for(&mut self, item_id: &str, taken_for: TakenFor) {
        let now = self.now;
        let Some(overlap) = self.turns.overlaps.of(item_id).filter(|overlap| overlap.taken_for != Some(taken_for)) else {
            return;
        };
        overlap.taken_for = Some(taken_for);
        let heard = overlap.stopped_at.unwrap_or(now).saturating_sub(overlap.began);
        let (before, stopped_agent, answered) = (overlap.before, overlap.stopped_agent, overlap.answered);
        let ms = u32::try_from(heard.as_millis()).unwrap_or(u32::MAX);
        info!(order_id = %self.config.order_id, ?taken_for, duration_ms = ms, stopped_agent, "the callee's side was heard over the agent");
        self.event(CallEvent::Overlap { taken_for, ms, stopped_agent });
        if matches!(taken_for, TakenFor::Noise | TakenFor::Echo) {
            self.turns.nobody_was_heard(before);
            // An answer that was asked for before its words were known is not given; one that goes on after a stop is.
            if answered && !stopped_agent && self.turns.is_last(item_id) {
                self.take_answer_back();
            }
        }
        if taken_for == TakenFor::Echo
            && let Some(caption) = self.transcript.forget_callee(item_id)
        {
            self.event(caption);
        }
    }

    /// How long the agent will go on at least, as far as is known.
    fn agent_has_left(&self) -> Duration {
        if !self.playback.audible() {
            return Duration::ZERO;
        }
        let known = self.playback.play_end().saturating_sub(self.now) + self.playback.unsent();
        // What is still being made is long enough.
        if self.responses.live() { known.max(self.tuning.backchannel_left_min) } else { known }
    }

    /// The sentence that is being heard is a question, or the one before it was and has hardly ended.
    fn has_just_asked(&self) -> bool {
        self.playback.items().filter(|item| item.sent > 0).any(|item| {
            let heard = crate::words::share(&item.text, self.playback.heard(self.now, item), item.queued.max(1));
            let rest = &item.text[heard.len()..];
            let asks = rest.find(['?', '.', '!']).is_some_and(|at| rest[at..].starts_with('?'));
            let since = heard.rfind('?').map(|at| heard[at..].chars().count());
            (asks && !heard.is_empty()) || since.is_some_and(|letters| letters <= QUESTION_LETTERS)
        })
    }
}
