//! Every moment at which a call wants to be woken, and what it does then.

use crate::Session;
use std::time::Duration;

type Timer = (fn(&Session) -> Option<Duration>, fn(&mut Session));

/// What lies before what when several are due: the ends of a call before its middle.
const TIMERS: &[Timer] = &[
    (Session::voice_overdue_at, Session::voice_overdue),
    (Session::dial_overdue_at, Session::dial_overdue),
    (Session::answer_overdue_at, Session::answer_overdue),
    (Session::stream_overdue_at, Session::stream_overdue),
    (Session::time_limit_at, Session::time_limit_reached),
    (Session::hold_limit_at, Session::hold_limit_reached),
    (Session::goodbye_overdue_at, Session::goodbye_overdue),
    (Session::hang_up_at, Session::hang_up),
    (Session::finish_timer, Session::finish_closing),
    (Session::outage_over_at, Session::outage_over),
    (Session::reopen_at, Session::reopen),
    (Session::response_overdue_at, Session::response_overdue),
    (Session::commit_overdue_at, Session::commit_overdue),
    (Session::played_at, Session::finish_played_items),
    (Session::time_force_at, Session::time_force),
    (Session::time_notice_at, Session::time_notice),
    (Session::user_gone_at, Session::user_gone),
    (Session::barge_in_at, Session::barge_in),
    (Session::overlap_due_at, Session::overlap_due),
    (Session::answer_held_at, Session::answer_is_free),
    (Session::question_overdue_at, Session::question_overdue),
    (Session::message_overdue_at, Session::message_overdue),
    (Session::screener_overdue_at, Session::screener_overdue),
    (Session::message_at, Session::message_due),
    (Session::opener_at, Session::opener_due),
    (Session::instruction_due_at, Session::instruction_due),
    (Session::still_checking_at, Session::still_checking),
    (Session::silence_at, Session::silence_due),
    (Session::keys_overdue_at, Session::keys_overdue),
    (Session::answer_waits_timer, Session::settle),
    (Session::hold_back_over_at, Session::hold_back_over),
    (Session::turn_due_at, Session::turn_is_due),
    (Session::swap_at, Session::swap_due),
    (Session::filler_at, Session::filler_due),
    (Session::send_at, Session::send_audio),
];

/// More than can be due at one moment; a timer that does not yield must not hang the call.
const ROUNDS_MAX: usize = 64;

impl Session {
    /// Does everything that is due.
    pub(crate) fn run_timers(&mut self) {
        for _ in 0..ROUNDS_MAX {
            let due = TIMERS.iter().find(|(at, _)| at(self).is_some_and(|at| at <= self.now));
            let Some((_, act)) = due.filter(|_| !self.ended) else { return };
            act(self);
            self.settle();
        }
    }

    pub(crate) fn next_timer(&self) -> Option<Duration> {
        TIMERS.iter().filter(|_| !self.ended).filter_map(|(at, _)| at(self)).min()
    }

    fn response_overdue_at(&self) -> Option<Duration> {
        self.responses.timer(&self.tuning).filter(|_| self.closing.is_none())
    }

    fn played_at(&self) -> Option<Duration> {
        self.playback.take_played_at()
    }
}
