//! The user's line into the call.

use super::actor::Actor;
use crate::asked::Instructed;
use crate::user_voice::TakeOver;
use bytes::Bytes;
use session::{Input, QuestionStanding};
use std::future::pending;
use tokio::sync::{mpsc, oneshot};

/// How many pieces of the user's voice may wait: half a second.
const VOICE_MAX: usize = 25;

/// What comes from a user who has taken the call over.
#[derive(Debug)]
pub(crate) enum UserSays {
    /// A piece of voice, µ-law, 8 kHz.
    Voice(Bytes),
    /// The agent is to speak again.
    HandBack,
}

/// The line of the user who has the call.
pub(super) type UserLine = mpsc::Receiver<UserSays>;

impl Actor {
    pub(super) fn on_answer(&mut self, question_id: String, text: String, reply: oneshot::Sender<QuestionStanding>) {
        let standing = self.session.question_standing(&question_id);
        self.feed(Input::UserAnswer { id: question_id, text });
        // The event is on its way to the store before who asked looks for it there.
        self.carry_out();
        // They may have gone already.
        drop(reply.send(standing));
    }

    pub(super) fn on_instruction(&mut self, instruction_id: String, text: String, reply: oneshot::Sender<Instructed>) {
        let known = self.session.has_instruction(&instruction_id);
        let told = match (known, self.session.ends_because(), self.session.takes_instructions()) {
            (true, ..) => Instructed::Taken,
            (false, Some(_), _) => Instructed::Ending,
            (false, None, false) => Instructed::TooMany,
            (false, None, true) => {
                self.feed(Input::Instruction { id: instruction_id, text });
                self.carry_out();
                Instructed::Taken
            }
        };
        let _ = reply.send(told);
    }

    pub(super) fn on_take_over(&mut self, reply: oneshot::Sender<TakeOver>) {
        if !self.session.can_be_taken_over() {
            let told = if self.session.is_taken_over() { TakeOver::Taken } else { TakeOver::NotLive };
            return drop(reply.send(told));
        }
        let (says, line) = mpsc::channel(VOICE_MAX);
        // Who asked may be gone already: then the line is closed, which hands back.
        drop(reply.send(TakeOver::Yours(says)));
        self.user = Some(line);
        self.feed(Input::TakeOver);
    }

    pub(super) fn on_user(&mut self, said: Option<UserSays>) {
        match said {
            Some(UserSays::Voice(audio)) => self.feed(Input::UserAudio(audio)),
            Some(UserSays::HandBack) => {
                self.user = None;
                self.feed(Input::HandBack);
            }
            None => {
                self.user = None;
                self.feed(Input::UserLost);
            }
        }
    }

    /// A user who does not have the call any more is let go.
    pub(super) fn let_user_go(&mut self) {
        if self.user.is_some() && !self.session.is_taken_over() {
            self.user = None;
        }
    }
}

pub(super) async fn next_of_user(user: &mut Option<UserLine>) -> Option<UserSays> {
    match user {
        Some(line) => line.recv().await,
        None => pending().await,
    }
}
